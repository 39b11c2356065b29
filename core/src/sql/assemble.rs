//! All tables of a plan, without unused or double entries, and their offsets in the arena.

use alloc::string::String;
use alloc::vec::Vec;

use super::StreamDefinition;
use super::emit::{Arg, CallStep, Emitter, Step, ValueId};
use super::literal::Literal;
use super::lower::{self, Limits, Shape};
use super::registers::{Allocation, Outside, allocate, sweep};
use crate::plan::layout::{self, Place};
use crate::plan::op::{
    CallId, ConstantId, Instruction, Operand, OperatorId, OutputId, Register, RegisterId, StreamId,
};
use crate::plan::verify::{MAX_RECORD, MAX_REGISTERS};
use crate::plan::{
    Aggregate, AggregateTable, Argument, Call, Constant, EmitMode, EventTime, OnError, OnFull,
    Operator, Output, Plan, Range, SortTable, Stream, TimeSource, WindowShape, WindowTable,
};
use crate::schema::{Field, Layout, Text};
use crate::time::panes::Panes;
use crate::types::DataType;

/// A compiled query: the tables of a plan in vectors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnedPlan {
    batch_rows: u16,
    on_error: OnError,
    streams: Vec<Stream>,
    outputs: Vec<Output>,
    fields: Vec<Field>,
    constants: Vec<Constant>,
    registers: Vec<Register>,
    instructions: Vec<Instruction>,
    operators: Vec<Operator>,
    aggregates: Vec<Aggregate>,
    lists: Vec<RegisterId>,
    calls: Vec<Call>,
    arguments: Vec<Argument>,
    texts: String,
    bytes: Vec<u8>,
}

impl OwnedPlan {
    /// The plan.
    ///
    /// ```
    /// use ringql_core::plan::verify::verify;
    /// use ringql_core::sql::{Options, compile};
    ///
    /// let sql = "CREATE STREAM s (id BIGINT); SELECT id FROM s";
    /// let program = compile(sql, &Options::default())?;
    /// let plan = program.queries[0].plan();
    /// assert_eq!(plan.streams[0].name.of(plan.texts), "s");
    /// assert!(verify(&plan, &ringql_core::function::ALL).is_ok());
    /// # Ok::<(), ringql_core::sql::CompileError>(())
    /// ```
    #[must_use]
    pub fn plan(&self) -> Plan<'_> {
        Plan {
            batch_rows: self.batch_rows,
            on_error: self.on_error,
            streams: &self.streams,
            outputs: &self.outputs,
            fields: &self.fields,
            constants: &self.constants,
            registers: &self.registers,
            instructions: &self.instructions,
            operators: &self.operators,
            aggregates: &self.aggregates,
            lists: &self.lists,
            calls: &self.calls,
            arguments: &self.arguments,
            texts: &self.texts,
            bytes: &self.bytes,
        }
    }
}

/// A pool of texts in which nothing stands twice.
#[derive(Debug, Default)]
pub(super) struct Texts(String);

impl Texts {
    /// The place of a text; `None` if the pool is full.
    pub(super) fn add(&mut self, text: &str) -> Option<Text> {
        let offset = self.0.find(text).unwrap_or_else(|| {
            self.0.push_str(text);
            self.0.len() - text.len()
        });
        let text = Text { offset: offset.try_into().ok()?, len: text.len().try_into().ok()? };
        (self.0.len() <= usize::from(u16::MAX)).then_some(text)
    }

    pub(super) fn into_string(self) -> String {
        self.0
    }
}

/// A call of an aggregate function, with virtual registers.
#[derive(Debug)]
pub(super) struct Folded {
    pub(super) call: lower::Call,
    pub(super) arguments: Vec<ValueId>,
    pub(super) filter: Option<ValueId>,
    pub(super) result: ValueId,
}

/// What a query is made of, with virtual registers.
#[derive(Debug)]
pub(super) enum Work {
    Scan,
    Filter {
        program: usize,
        predicate: ValueId,
    },
    Window {
        time: TimeSource,
        shape: Shape,
        /// Of STATE_WINDOW: the program of both conditions, and their values.
        conditions: Option<(usize, ValueId, ValueId)>,
    },
    Aggregate {
        program: usize,
        keys: Vec<ValueId>,
        key_results: Vec<ValueId>,
        window_results: Vec<ValueId>,
        aggregates: Vec<Folded>,
        groups: u32,
        on_full: OnFull,
        emit: EmitMode,
        retract: bool,
    },
    Project {
        program: usize,
    },
    Sort {
        keys: Vec<ValueId>,
        descending: u16,
        nulls_first: u16,
        offset: u32,
        limit: u32,
        capacity: u32,
    },
    Emit {
        columns: Vec<ValueId>,
    },
}

/// What surrounds a query.
#[derive(Debug)]
pub(super) struct Around<'s> {
    pub(super) stream: &'s StreamDefinition,
    pub(super) sink: &'s str,
    pub(super) limits: &'s Limits,
    /// Name, type and whether it can be NULL, of each column of the result.
    pub(super) outputs: Vec<(&'s str, DataType, bool)>,
}

/// What a plan can't hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TooLarge {
    Record,
    Texts,
    Registers,
    /// Instructions, constants, lists.
    Tables,
    Windows,
    Arena,
}

/// Whether the panes that are held at once can be counted.
fn has_room(time: Option<EventTime>, table: &WindowTable) -> bool {
    let delay = match table.time {
        TimeSource::Event => time.map_or(0, |time| time.delay),
        _ => 0,
    };
    Panes::of(table, delay).is_none_or(|panes| panes.held() <= u16::MAX.into())
}

/// Makes the plan.
pub(super) fn assemble(
    around: &Around<'_>,
    work: &[Work],
    emitter: Emitter<'_>,
    outside: &Outside,
) -> Result<OwnedPlan, TooLarge> {
    let Emitter { mut steps, values, literals, calls, .. } = emitter;
    sweep(&mut steps, &calls, outside);
    let allocation = allocate(&steps, &calls, &values, outside).ok_or(TooLarge::Registers)?;
    if allocation.registers.len() > MAX_REGISTERS {
        return Err(TooLarge::Registers);
    }
    let mut tables = Tables::new(around, &allocation)?;
    tables.instructions(&steps, &calls, &literals)?;
    let programs = Programs(&steps);
    for work in work {
        tables.operator(around, &programs, work)?;
    }
    tables.finish()
}

struct Programs<'s>(&'s [Step]);

impl Programs<'_> {
    fn range(&self, program: usize) -> Result<Range, TooLarge> {
        let start = self.0.partition_point(|s| s.program < program);
        range(start, self.0.partition_point(|s| s.program <= program) - start)
    }
}

fn range(start: usize, len: usize) -> Result<Range, TooLarge> {
    let number = |n: usize| u16::try_from(n).map_err(|_| TooLarge::Tables);
    number(start + len)?;
    if len == 0 { Ok(Range::EMPTY) } else { Ok(Range { start: number(start)?, len: number(len)? }) }
}

struct Tables<'a> {
    plan: OwnedPlan,
    texts: Texts,
    allocation: &'a Allocation,
}

impl<'a> Tables<'a> {
    fn new(around: &Around<'_>, allocation: &'a Allocation) -> Result<Self, TooLarge> {
        let StreamDefinition { name, fields, texts: names, time, with: _ } = around.stream;
        let mut texts = Texts::default();
        let mut add = |text: &str| texts.add(text).ok_or(TooLarge::Texts);
        let mut all: Vec<Field> = Vec::with_capacity(fields.len() + around.outputs.len());
        let stream = Stream { name: add(name)?, fields: range(0, fields.len())?, time: *time };
        for field in fields {
            all.push(Field { name: add(field.name.of(names))?, ..*field });
        }
        let output =
            Output { name: add(around.sink)?, fields: range(all.len(), around.outputs.len())? };
        let mut outputs = Vec::from([output]);
        // Late records are as they came.
        let late = all.clone();
        let mut own: Vec<Field> = Vec::with_capacity(around.outputs.len());
        let mut end = 0;
        for &(name, data_type, nullable) in &around.outputs {
            let offset = Layout::place(end, data_type);
            end = offset.saturating_add(data_type.size());
            let offset = u16::try_from(offset).map_err(|_| TooLarge::Record)?;
            own.push(Field { name: add(name)?, data_type, nullable, offset });
        }
        if Layout::of(&own).record_size > MAX_RECORD {
            return Err(TooLarge::Record);
        }
        all.append(&mut own);
        if let Some(name) = &around.limits.late {
            outputs.push(Output { name: add(name)?, fields: range(all.len(), late.len())? });
            all.extend(late);
        }
        let plan = OwnedPlan {
            batch_rows: around.limits.batch_rows,
            on_error: around.limits.on_error,
            streams: [stream].into(),
            outputs,
            fields: all,
            constants: Vec::new(),
            registers: allocation.registers.clone(),
            instructions: Vec::new(),
            operators: Vec::new(),
            aggregates: Vec::new(),
            lists: Vec::new(),
            calls: Vec::new(),
            arguments: Vec::new(),
            texts: String::new(),
            bytes: Vec::new(),
        };
        Ok(Self { plan, texts, allocation })
    }

    fn instructions(
        &mut self,
        steps: &[Step],
        calls: &[CallStep],
        literals: &[Literal],
    ) -> Result<(), TooLarge> {
        for step in steps {
            let a = match step.a {
                Arg::Call(call) => self.call(calls.get(call).ok_or(TooLarge::Tables)?, literals)?,
                arg => self.operand(arg, literals)?,
            };
            let b = self.operand(step.b, literals)?;
            let dst = step.dst.map_or(RegisterId(0), |v| self.allocation.get(v));
            let instruction = Instruction { op: step.op, kind: step.kind, dst, a, b };
            self.plan.instructions.push(instruction);
        }
        range(0, self.plan.instructions.len()).map(|_| ())
    }

    /// The next entry of the call table.
    fn call(&mut self, call: &CallStep, literals: &[Literal]) -> Result<Operand, TooLarge> {
        let start = self.plan.arguments.len();
        for &(data_type, arg) in &call.arguments {
            let operand = self.operand(arg, literals)?;
            self.plan.arguments.push(Argument { data_type, operand });
        }
        let arguments = range(start, call.arguments.len())?;
        self.plan.calls.push(Call { function: call.function, arguments });
        let at = u16::try_from(self.plan.calls.len() - 1).ok().filter(|&at| at < 0x8000);
        Ok(Operand::call(CallId(at.ok_or(TooLarge::Tables)?)))
    }

    fn operand(&mut self, arg: Arg, literals: &[Literal]) -> Result<Operand, TooLarge> {
        Ok(match arg {
            Arg::None | Arg::Call(_) => Operand::NONE,
            Arg::Value(value) => Operand::register(self.allocation.get(value)),
            Arg::Column(column) => Operand::column(column),
            Arg::Constant(i) => {
                let constant = match literals.get(i) {
                    Some(literal) => self.constant(literal)?,
                    None => Constant(0),
                };
                let constants = &mut self.plan.constants;
                let at = constants.iter().position(|c| *c == constant).unwrap_or_else(|| {
                    constants.push(constant);
                    constants.len() - 1
                });
                let at = u16::try_from(at).ok().filter(|&i| i < 0x8000);
                Operand::constant(ConstantId(at.ok_or(TooLarge::Tables)?))
            }
        })
    }

    fn constant(&mut self, literal: &Literal) -> Result<Constant, TooLarge> {
        Ok(match literal {
            Literal::Bits(bits) => Constant(*bits),
            Literal::Text(text) => Constant::text(self.texts.add(text).ok_or(TooLarge::Texts)?),
            Literal::Bytes(bytes) => Constant::bytes(self.bytes(bytes)?),
        })
    }

    /// Constants side by side; the place of equal ones, if there are some already.
    fn constants(&mut self, literals: &[Literal]) -> Result<Range, TooLarge> {
        if literals.is_empty() {
            return Ok(Range::EMPTY);
        }
        let list: Vec<_> = literals.iter().map(|l| self.constant(l)).collect::<Result<_, _>>()?;
        let pool = &mut self.plan.constants;
        let start = pool.windows(list.len()).position(|w| *w == *list).unwrap_or_else(|| {
            pool.extend_from_slice(&list);
            pool.len() - list.len()
        });
        range(start, list.len())
    }

    /// The place of bytes in the byte pool, in which nothing stands twice.
    fn bytes(&mut self, bytes: &[u8]) -> Result<Range, TooLarge> {
        let pool = &mut self.plan.bytes;
        let found = pool.windows(bytes.len().max(1)).position(|w| w == bytes);
        let start = found.unwrap_or_else(|| {
            pool.extend_from_slice(bytes);
            pool.len() - bytes.len()
        });
        range(start, bytes.len())
    }

    /// A list of registers; the place of an equal one, if there is one already.
    fn list(&mut self, values: &[ValueId]) -> Result<Range, TooLarge> {
        if values.is_empty() {
            return Ok(Range::EMPTY);
        }
        let list: Vec<_> = values.iter().map(|&v| self.allocation.get(v)).collect();
        let lists = &mut self.plan.lists;
        let start = lists.windows(list.len()).position(|w| *w == *list).unwrap_or_else(|| {
            lists.extend_from_slice(&list);
            lists.len() - list.len()
        });
        range(start, list.len())
    }

    fn operator(
        &mut self,
        around: &Around<'_>,
        programs: &Programs<'_>,
        work: &Work,
    ) -> Result<(), TooLarge> {
        let before = u16::try_from(self.plan.operators.len()).map_err(|_| TooLarge::Tables)?;
        let input = OperatorId(before.saturating_sub(1));
        let state = 0;
        let operator = match work {
            Work::Scan => Operator::Scan { stream: StreamId(0) },
            Work::Filter { program, predicate } => Operator::Filter {
                input,
                program: programs.range(*program)?,
                predicate: self.allocation.get(*predicate),
                state,
            },
            Work::Window { time, shape, conditions } => {
                let table = self.window(around, programs, input, *time, *shape, *conditions)?;
                if !has_room(around.stream.time, &table) {
                    return Err(TooLarge::Windows);
                }
                Operator::Window(table)
            }
            Work::Aggregate {
                program,
                keys,
                key_results,
                window_results,
                aggregates,
                groups,
                on_full,
                emit,
                retract,
            } => {
                let start = self.plan.aggregates.len();
                for Folded { call, arguments, filter, result } in aggregates {
                    let aggregate = Aggregate {
                        function: call.function,
                        distinct: call.distinct,
                        filter: filter.map(|v| self.allocation.get(v)),
                        arguments: self.list(arguments)?,
                        parameters: self.constants(&call.parameters)?,
                        capacity: call.capacity,
                        result: self.allocation.get(*result),
                        state,
                    };
                    self.plan.aggregates.push(aggregate);
                }
                Operator::Aggregate(AggregateTable {
                    input,
                    program: programs.range(*program)?,
                    keys: self.list(keys)?,
                    key_results: self.list(key_results)?,
                    aggregates: range(start, aggregates.len())?,
                    window_results: self.list(window_results)?,
                    groups: *groups,
                    on_full: *on_full,
                    emit: *emit,
                    retract: *retract,
                    state,
                })
            }
            Work::Project { program } => {
                let program = programs.range(*program)?;
                if program == Range::EMPTY {
                    return Ok(()); // all columns are there already
                }
                Operator::Project { input, program }
            }
            Work::Sort { keys, descending, nulls_first, offset, limit, capacity } => {
                Operator::Sort(SortTable {
                    input,
                    keys: self.list(keys)?,
                    descending: *descending,
                    nulls_first: *nulls_first,
                    offset: *offset,
                    limit: *limit,
                    capacity: *capacity,
                    state,
                })
            }
            Work::Emit { columns } => {
                Operator::Emit { input, output: OutputId(0), columns: self.list(columns)? }
            }
        };
        self.plan.operators.push(operator);
        Ok(())
    }

    fn window(
        &self,
        around: &Around<'_>,
        programs: &Programs<'_>,
        input: OperatorId,
        time: TimeSource,
        shape: Shape,
        conditions: Option<(usize, ValueId, ValueId)>,
    ) -> Result<WindowTable, TooLarge> {
        let shape = match shape {
            Shape::Slide { pane, offset, size, every } => {
                WindowShape::Slide { pane, offset, size, every }
            }
            Shape::Cumulate { pane, offset, steps } => {
                WindowShape::Cumulate { pane, offset, steps }
            }
            Shape::Session { gap } => WindowShape::Session { gap },
            Shape::State { .. } => {
                let (program, begin, end) = conditions.ok_or(TooLarge::Tables)?;
                let (begin, end) = (self.allocation.get(begin), self.allocation.get(end));
                WindowShape::State { program: programs.range(program)?, begin, end }
            }
        };
        let limits = around.limits;
        // Other times than the stream's never are late.
        let table = WindowTable {
            input,
            time,
            shape,
            lateness: limits.lateness,
            max_ahead: limits.max_ahead,
            idle_timeout: limits.idle_timeout,
            late: limits.late.is_some().then_some(OutputId(1)),
            state: 0,
        };
        Ok(match time {
            TimeSource::Event => table,
            _ => WindowTable { lateness: 0, max_ahead: 0, idle_timeout: 0, late: None, ..table },
        })
    }

    /// Sets all offsets.
    fn finish(mut self) -> Result<OwnedPlan, TooLarge> {
        self.plan.texts = self.texts.into_string();
        if self.plan.texts.len() > usize::from(u16::MAX) {
            return Err(TooLarge::Texts);
        }
        let mut owned = self.plan;
        let mut places = Vec::new();
        layout::walk(&owned.plan(), |place, offset| places.push((place, offset)));
        // verify wants less than u32::MAX.
        let bytes = u32::try_from(owned.plan().arena_bytes()).map_err(|_| TooLarge::Arena)?;
        if bytes == u32::MAX {
            return Err(TooLarge::Arena);
        }
        for (place, offset) in places {
            let offset = u32::try_from(offset).map_err(|_| TooLarge::Arena)?;
            match place {
                Place::Register(i) => owned.registers[i].offset = offset,
                Place::Operator(i) => owned.operators[i].set_state(offset),
                Place::Aggregate(i) => owned.aggregates[i].state = offset,
            }
        }
        Ok(owned)
    }
}
