//! Plans: the tables that a query runs from.
//!
//! A [`Plan`] is a view of tables. They can lie in flash (`const`), be decoded from bytes into
//! fixed-capacity tables ([`wire`]), or come straight from SQL (feature `sql`). Whatever their
//! origin, [`verify`](verify::verify) checks them once before a query runs them.

pub mod aggregates;
#[cfg(feature = "sql")]
pub mod explain;
pub mod layout;
pub mod op;
pub mod signature;
#[cfg(feature = "sql")]
pub mod source;
pub mod uses;
pub mod verify;
mod window;
pub mod wire;

use serde::{Deserialize, Serialize};

use crate::schema::{Field, Schema, Text};
use crate::types::DataType;
pub use aggregates::AggregateFunction;
use op::{
    ColumnId, FunctionId, Instruction, Operand, OperatorId, OutputId, Register, RegisterId,
    StreamId,
};
pub use window::{EmitMode, SortTable, TimeSource, WindowShape, WindowTable, WindowTime};

/// A run of entries in one of a plan's tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Range {
    /// First entry.
    pub start: u16,
    /// Entries.
    pub len: u16,
}

impl Range {
    /// No entries.
    pub const EMPTY: Self = Self { start: 0, len: 0 };

    /// The entries of `table`; none if the range points outside (which `verify` refuses).
    #[must_use]
    pub const fn of<T>(self, table: &[T]) -> &[T] {
        let Some((_, rest)) = table.split_at_checked(self.start as usize) else { return &[] };
        let Some((entries, _)) = rest.split_at_checked(self.len as usize) else { return &[] };
        entries
    }
}

/// Event time of a stream: which column holds it and how far the watermark trails behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct EventTime {
    /// A TIMESTAMP NOT NULL column.
    pub column: ColumnId,
    /// Watermark = highest event time seen - delay, microseconds (0 or more).
    pub delay: i64,
    /// A BOOLEAN column: a record in which it is true moves the watermark to its own event time
    /// (punctuation).
    pub punctuation: Option<ColumnId>,
}

/// An input of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Stream {
    /// Its name.
    pub name: Text,
    /// Its columns in the field table.
    pub fields: Range,
    /// Its event time, if it has one.
    pub time: Option<EventTime>,
}

/// An output of the plan: where result rows go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Output {
    /// Its name: that of `INSERT INTO`, else empty.
    pub name: Text,
    /// Its columns in the field table.
    pub fields: Range,
}

/// What to do with a record whose group finds no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum OnFull {
    /// Stop with [`RunError::GroupsFull`](crate::error::RunError::GroupsFull).
    Error,
    /// Drop the record and count it.
    DropNew,
    /// Forget the group, or the session, that has had its place the longest, and count its records.
    EvictOldest,
    /// Let the group, or the session, that has had its place the longest leave with what it has.
    CloseOldest,
}

/// What to do with a value that can't be computed: an integer that overflows, a division by zero
/// that has no result, a CAST that does not fit, a date out of range, a text longer than its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum OnError {
    /// It becomes NULL and is counted.
    #[default]
    Null,
    /// Stop with [`RunError::Failed`](crate::error::RunError::Failed) before its record, or with
    /// [`RunError::GroupFailed`](crate::error::RunError::GroupFailed) at its group.
    Stop,
}

/// One entry of the operator table. An entry names its input, which stands before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Operator {
    /// Rows of a stream, as they come.
    Scan {
        /// Which stream.
        stream: StreamId,
    },
    /// Keeps the rows for which `predicate` is true, as a selection.
    Filter {
        /// Where rows come from.
        input: OperatorId,
        /// Computes the predicate.
        program: Range,
        /// A BOOLEAN register.
        predicate: RegisterId,
        /// Arena offset of the selection vector.
        state: u32,
    },
    /// Puts each row into windows; drops and counts late rows. An [`Operator::Aggregate`] follows.
    Window(WindowTable),
    /// Groups rows and folds them into aggregates, in each pane of the window before it.
    Aggregate(AggregateTable),
    /// Evaluates the SELECT list.
    Project {
        /// Where rows come from.
        input: OperatorId,
        /// Computes the columns.
        program: Range,
    },
    /// Writes rows as records to an output.
    Emit {
        /// Where rows come from.
        input: OperatorId,
        /// Which output.
        output: OutputId,
        /// One register per field of the output, in [`Plan::lists`].
        columns: Range,
    },
    /// Holds the rows of a window, and lets them leave in an order.
    Sort(SortTable),
}

/// The [`Operator::Aggregate`] entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct AggregateTable {
    /// Where rows come from: an [`Operator::Window`] entry if groups are per window.
    pub input: OperatorId,
    /// Computes keys and arguments.
    pub program: Range,
    /// Key registers, in [`Plan::lists`].
    pub keys: Range,
    /// As many registers of the same types, in [`Plan::lists`]: the keys of the groups that leave.
    pub key_results: Range,
    /// In the aggregate table.
    pub aggregates: Range,
    /// Start and end of the window of the groups that leave, in [`Plan::lists`]: two TIMESTAMP
    /// registers (BIGINT for windows of rows) if the input is a window, else none.
    pub window_results: Range,
    /// Groups that fit, over all open windows; sessions of windows of each group. 1 without keys.
    pub groups: u32,
    /// When they don't.
    pub on_full: OnFull,
    /// When results leave.
    pub emit: EmitMode,
    /// Groups that leave again are retracted first: result rows have a first column
    /// `retraction` (BOOLEAN), which is true in a row that takes an earlier one back.
    pub retract: bool,
    /// Arena offset of the state.
    pub state: u32,
}

/// One aggregate of an [`AggregateTable`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Aggregate {
    /// Which function.
    pub function: AggregateFunction,
    /// Whether each value counts once.
    pub distinct: bool,
    /// A BOOLEAN register: rows where it is not true don't count.
    pub filter: Option<RegisterId>,
    /// What it folds, in [`Plan::lists`]; the event time last, if the function uses it.
    pub arguments: Range,
    /// Constants that belong to the call, in [`Plan::constants`].
    pub parameters: Range,
    /// Values, or bytes of text, that the state of a group has room for; 0 if it needs none.
    pub capacity: u16,
    /// Where its result goes when groups leave.
    pub result: RegisterId,
    /// Arena offset of its states.
    pub state: u32,
}

/// A call of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Call {
    /// Which function.
    pub function: FunctionId,
    /// In the argument table.
    pub arguments: Range,
}

/// An argument of a [`Call`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Argument {
    /// Its type: that of its register, or what its constant's bits stand for.
    pub data_type: DataType,
    /// A register or a constant.
    pub operand: Operand,
}

/// A constant: the value's bits (numbers sign-extended or as IEEE 754 bits), or a place as
/// `offset | len << 16`: a text's in the text pool, that of bytes and 16-byte values in the byte
/// pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(transparent)]
pub struct Constant(pub u64);

impl Constant {
    /// A text constant.
    #[must_use]
    pub const fn text(t: Text) -> Self {
        Self(t.offset as u64 | (t.len as u64) << 16)
    }

    /// A constant in the byte pool.
    #[must_use]
    pub const fn bytes(r: Range) -> Self {
        Self(r.start as u64 | (r.len as u64) << 16)
    }

    /// The place of a constant in the byte pool.
    #[must_use]
    pub const fn as_bytes(self) -> Range {
        Range { start: self.0 as u16, len: (self.0 >> 16) as u16 }
    }

    /// The place of a text constant.
    #[must_use]
    pub const fn as_text(self) -> Text {
        Text { offset: self.0 as u16, len: (self.0 >> 16) as u16 }
    }
}

/// The tables of a compiled query: a `Copy` view that can lie in flash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Plan<'a> {
    /// Rows of a batch (B): the capacity of every register.
    pub batch_rows: u16,
    /// What to do with a value that can't be computed.
    pub on_error: OnError,
    /// Inputs.
    pub streams: &'a [Stream],
    /// Outputs.
    pub outputs: &'a [Output],
    /// Columns of inputs and outputs.
    pub fields: &'a [Field],
    /// Constants.
    pub constants: &'a [Constant],
    /// Registers.
    pub registers: &'a [Register],
    /// The expression table.
    pub instructions: &'a [Instruction],
    /// The operator table, in topological order.
    pub operators: &'a [Operator],
    /// Aggregates of the aggregate operators.
    pub aggregates: &'a [Aggregate],
    /// Lists of registers that operators name.
    pub lists: &'a [RegisterId],
    /// Calls of functions.
    pub calls: &'a [Call],
    /// Arguments of the calls.
    pub arguments: &'a [Argument],
    /// Names and text constants.
    pub texts: &'a str,
    /// Constants that are bytes or take 16 bytes, and tables of compiled patterns.
    pub bytes: &'a [u8],
}

impl<'a> Plan<'a> {
    /// No tables at all: what `..Plan::EMPTY` fills the others with.
    pub const EMPTY: Self = Self {
        batch_rows: 0,
        on_error: OnError::Null,
        streams: &[],
        outputs: &[],
        fields: &[],
        constants: &[],
        registers: &[],
        instructions: &[],
        operators: &[],
        aggregates: &[],
        lists: &[],
        calls: &[],
        arguments: &[],
        texts: "",
        bytes: &[],
    };

    /// The schema of an input.
    #[must_use]
    pub const fn input(&self, stream: StreamId) -> Schema<'a> {
        let fields = match self.streams.split_at_checked(stream.index()) {
            Some((_, [stream, ..])) => stream.fields,
            _ => Range::EMPTY,
        };
        Schema { fields: fields.of(self.fields), texts: self.texts }
    }

    /// The schema of an output.
    #[must_use]
    pub const fn output(&self, output: OutputId) -> Schema<'a> {
        let fields = match self.outputs.split_at_checked(output.index()) {
            Some((_, [output, ..])) => output.fields,
            _ => Range::EMPTY,
        };
        Schema { fields: fields.of(self.fields), texts: self.texts }
    }

    /// The exact size of the arena that a query over this plan needs, bytes.
    ///
    /// It is `const`: a plan known at build time gives the size of a static block.
    #[must_use]
    pub const fn arena_bytes(&self) -> usize {
        layout::arena_bytes(self)
    }
}

impl Operator {
    /// The operator that rows come from.
    #[must_use]
    pub const fn input(&self) -> Option<OperatorId> {
        match *self {
            Self::Scan { .. } => None,
            Self::Filter { input, .. } | Self::Project { input, .. } | Self::Emit { input, .. } => {
                Some(input)
            }
            Self::Window(ref t) => Some(t.input),
            Self::Aggregate(ref t) => Some(t.input),
            Self::Sort(ref t) => Some(t.input),
        }
    }

    /// Its name in `EXPLAIN`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Scan { .. } => "scan",
            Self::Filter { .. } => "filter",
            Self::Window(_) => "window",
            Self::Aggregate(_) => "aggregate",
            Self::Project { .. } => "project",
            Self::Sort(_) => "sort",
            Self::Emit { .. } => "emit",
        }
    }
}
