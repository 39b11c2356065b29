//! The operator table of a plan.

use alloc::vec::Vec;

use super::super::emit::ValueId;
use super::super::lower::{self, Shape};
use super::{Around, Programs, Tables, TooLarge, range};
use crate::plan::op::{OperatorId, OutputId, StreamId};
use crate::plan::{
    Aggregate, AggregateTable, EmitMode, EventTime, OnFull, Operator, Range, SortTable, TimeSource,
    WindowShape, WindowTable,
};
use crate::time::panes::Panes;

/// A call of an aggregate function, with virtual registers.
#[derive(Debug)]
pub(in super::super) struct Folded {
    pub(in super::super) call: lower::Call,
    pub(in super::super) arguments: Vec<ValueId>,
    pub(in super::super) filter: Option<ValueId>,
    pub(in super::super) result: ValueId,
}

/// What a query is made of, with virtual registers.
#[derive(Debug)]
pub(in super::super) enum Work {
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

/// Whether the panes that are held at once can be counted.
fn has_room(time: Option<EventTime>, table: &WindowTable) -> bool {
    let delay = match table.time {
        TimeSource::Event => time.map_or(0, |time| time.delay),
        _ => 0,
    };
    Panes::of(table, delay).is_none_or(|panes| panes.held() <= u16::MAX.into())
}

impl Tables<'_> {
    /// Appends the entry of a piece of work, if it needs one.
    pub(super) fn operator(
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
}
