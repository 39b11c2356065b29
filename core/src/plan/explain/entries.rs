//! What an explanation is made of.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

/// The arena's bytes. The parts sum to the total.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Arena {
    /// [`Plan::arena_bytes`](crate::plan::Plan::arena_bytes).
    pub total: u64,
    /// Counters and phase.
    pub header: u64,
    /// State of the streams.
    pub streams: u64,
    /// Where the calls' functions are.
    pub calls: u64,
    /// Registers.
    pub registers: u64,
    /// States of the operators.
    pub operators: u64,
}

/// The records of a stream or output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Records {
    /// Its name; an output may have none.
    pub name: String,
    /// Bytes of a record.
    pub record_bytes: u64,
    /// Where the validity bitmap starts, if there is one.
    pub validity_offset: Option<u64>,
    /// Its event time, if it has one.
    pub event_time: Option<EventTimeEntry>,
    /// The columns.
    pub columns: Vec<ColumnEntry>,
}

/// Event time of a stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EventTimeEntry {
    /// The column.
    pub column: String,
    /// How far the watermark trails behind, microseconds.
    pub delay_micros: i64,
}

/// A column of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ColumnEntry {
    /// Its name.
    pub name: String,
    /// Its SQL type.
    #[serde(rename = "type")]
    pub data_type: String,
    /// Whether it can be NULL.
    pub nullable: bool,
    /// First byte in the record.
    pub offset: u16,
    /// Bytes.
    pub bytes: u64,
}

/// An entry of the register table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RegisterEntry {
    /// Its number.
    pub register: u16,
    /// Its SQL type.
    #[serde(rename = "type")]
    pub data_type: String,
    /// Whether it has a validity mask.
    pub nullable: bool,
    /// First byte in the arena.
    pub offset: u32,
    /// Bytes, with the mask.
    pub bytes: u64,
    /// The columns or results that it holds, as far as those have names.
    pub holds: Option<String>,
}

/// An entry of the operator table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OperatorEntry {
    /// Its number.
    pub operator: u16,
    /// What it is.
    pub name: &'static str,
    /// The operator whose rows it reads.
    pub input: Option<u16>,
    /// The stream that it reads, for a scan.
    pub stream: Option<u16>,
    /// The output that it writes, for an emit.
    pub output: Option<u16>,
    /// What it does, in a line.
    pub summary: String,
    /// Its program.
    pub program: Vec<Step>,
    /// Its aggregates.
    pub aggregates: Vec<AggregateEntry>,
    /// Its state.
    pub state: Option<State>,
}

/// An entry of the expression table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Its number.
    pub instruction: u16,
    /// The opcode.
    pub op: &'static str,
    /// The kind it works on.
    pub kind: &'static str,
    /// The register it writes, as `r7`.
    pub dst: Option<String>,
    /// Operand a: a column's name, a register or a constant's value.
    pub a: Option<String>,
    /// Operand b.
    pub b: Option<String>,
    /// What it computes.
    pub meaning: String,
}

/// An entry of the aggregate table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AggregateEntry {
    /// Its number.
    pub aggregate: u16,
    /// The function and its argument.
    pub function: String,
    /// The register of its result, as `r7`.
    pub result: String,
    /// First byte of its states in the arena.
    pub offset: u32,
    /// Bytes of its states over all groups.
    pub bytes: u64,
}

/// An operator's state. The parts sum to `bytes`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct State {
    /// First byte in the arena.
    pub offset: u32,
    /// Bytes.
    pub bytes: u64,
    /// What they are.
    pub parts: Vec<Part>,
}

/// A part of a state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub meaning: &'static str,
    /// How many of how many bytes, such as `6 groups x 8`; empty for one of a fixed size. What that
    /// gives is rounded up to 8 bytes.
    pub split: String,
    /// Bytes.
    pub bytes: u64,
}
