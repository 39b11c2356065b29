//! Hand-made plans for the tests of the plan's own modules.
#![allow(dead_code, missing_docs, unreachable_pub)] // each test file uses a part

pub mod mutate;
pub mod run;
pub mod samples;
#[cfg(feature = "sql")]
pub mod sql;

use ringql_core::plan::layout::{self, Place};
use ringql_core::plan::op::{
    ColumnId, ConstantId, Instruction, Op, Operand, OperatorId, Register, RegisterId,
};
use ringql_core::plan::{Aggregate, AggregateFunction, Constant, EventTime, Operator, Output};
use ringql_core::plan::{Argument, Call, OnError, Plan, Range, Stream};
use ringql_core::schema::{Field, Layout, Text};
use ringql_core::types::{DataType, Kind};

/// A plan's tables, to build and to change.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tables {
    pub batch_rows: u16,
    pub on_error: OnError,
    pub streams: Vec<Stream>,
    pub outputs: Vec<Output>,
    pub fields: Vec<Field>,
    pub constants: Vec<Constant>,
    pub registers: Vec<Register>,
    pub instructions: Vec<Instruction>,
    pub operators: Vec<Operator>,
    pub aggregates: Vec<Aggregate>,
    pub lists: Vec<RegisterId>,
    pub calls: Vec<Call>,
    pub arguments: Vec<Argument>,
    pub texts: String,
    pub bytes: Vec<u8>,
}

pub type Column<'a> = (&'a str, DataType, bool);

impl Tables {
    pub fn new(batch_rows: u16) -> Self {
        Self { batch_rows, ..Self::default() }
    }

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

    pub fn of(plan: &Plan<'_>) -> Self {
        Self {
            batch_rows: plan.batch_rows,
            on_error: plan.on_error,
            streams: plan.streams.to_vec(),
            outputs: plan.outputs.to_vec(),
            fields: plan.fields.to_vec(),
            constants: plan.constants.to_vec(),
            registers: plan.registers.to_vec(),
            instructions: plan.instructions.to_vec(),
            operators: plan.operators.to_vec(),
            aggregates: plan.aggregates.to_vec(),
            lists: plan.lists.to_vec(),
            calls: plan.calls.to_vec(),
            arguments: plan.arguments.to_vec(),
            texts: plan.texts.to_owned(),
            bytes: plan.bytes.to_vec(),
        }
    }

    /// Sets every offset of the arena's layout.
    pub fn seal(mut self) -> Self {
        let mut places = Vec::new();
        layout::walk(&self.plan(), |place, offset| places.push((place, offset)));
        for (place, offset) in places {
            let offset = u32::try_from(offset).unwrap_or(u32::MAX);
            match place {
                Place::Register(i) => self.registers[i].offset = offset,
                Place::Operator(i) => self.operators[i].set_state(offset),
                Place::Aggregate(i) => self.aggregates[i].state = offset,
            }
        }
        self
    }

    pub fn text(&mut self, text: &str) -> Text {
        let offset = self.texts.find(text).unwrap_or_else(|| {
            self.texts.push_str(text);
            self.texts.len() - text.len()
        });
        Text { offset: offset as u16, len: text.len() as u16 }
    }

    fn columns(&mut self, columns: &[Column<'_>]) -> Range {
        let start = self.fields.len();
        for &(name, data_type, nullable) in columns {
            let offset = Layout::next_offset(&self.fields[start..], data_type) as u16;
            let name = self.text(name);
            self.fields.push(Field { name, data_type, nullable, offset });
        }
        Range { start: start as u16, len: columns.len() as u16 }
    }

    pub fn stream(&mut self, name: &str, columns: &[Column<'_>], time: Option<(u16, i64)>) {
        let name = self.text(name);
        let fields = self.columns(columns);
        let time = time.map(|(column, delay)| EventTime {
            column: ColumnId(column),
            delay,
            punctuation: None,
        });
        self.streams.push(Stream { name, fields, time });
    }

    pub fn output(&mut self, columns: &[Column<'_>]) {
        let fields = self.columns(columns);
        self.outputs.push(Output { name: Text { offset: 0, len: 0 }, fields });
    }

    pub fn register(&mut self, data_type: DataType, nullable: bool) -> RegisterId {
        self.registers.push(Register { data_type, nullable, offset: 0 });
        RegisterId(self.registers.len() as u16 - 1)
    }

    pub fn constant(&mut self, bits: u64) -> Operand {
        self.constants.push(Constant(bits));
        Operand::constant(ConstantId(self.constants.len() as u16 - 1))
    }

    pub fn text_constant(&mut self, text: &str) -> Operand {
        let text = self.text(text);
        self.constant(Constant::text(text).0)
    }

    pub fn step(&mut self, op: Op, kind: Kind, dst: RegisterId, a: Operand, b: Operand) {
        self.instructions.push(Instruction { op, kind, dst, a, b });
    }

    /// Loads column `column` of the stream into a new register of its type.
    pub fn load(&mut self, column: u16) -> RegisterId {
        let field = self.fields[usize::from(column)];
        let dst = self.register(field.data_type, field.nullable);
        let column = Operand::column(ColumnId(column));
        self.step(Op::Load, field.data_type.kind(), dst, column, Operand::NONE);
        dst
    }

    /// The instructions since entry `start`.
    pub fn program(&self, start: usize) -> Range {
        Range { start: start as u16, len: (self.instructions.len() - start) as u16 }
    }

    pub fn list(&mut self, registers: &[RegisterId]) -> Range {
        let start = self.lists.len() as u16;
        self.lists.extend_from_slice(registers);
        Range { start, len: registers.len() as u16 }
    }

    pub fn aggregate(
        &mut self,
        function: AggregateFunction,
        argument: Option<RegisterId>,
        result: RegisterId,
    ) {
        let arguments = argument.map_or(Range::EMPTY, |argument| self.list(&[argument]));
        self.aggregates.push(Aggregate {
            function,
            distinct: false,
            filter: None,
            arguments,
            parameters: Range::EMPTY,
            capacity: 0,
            result,
            state: 0,
        });
    }

    /// The last operator.
    pub fn last(&self) -> OperatorId {
        OperatorId(self.operators.len() as u16 - 1)
    }
}

/// A register as an operand.
pub fn r(register: RegisterId) -> Operand {
    Operand::register(register)
}

/// A small deterministic generator of random numbers (xorshift64*).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        ((self.next() >> 32) as usize) % n.max(1)
    }

    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}
