//! Runs compiled queries in all the ways in which a host or a device may run them.
#![allow(dead_code, missing_docs, unreachable_pub)] // each test file uses a part

pub mod ends;
pub mod rows;
pub mod run;
pub mod values;

use ringql_core::plan::op::{OutputId, StreamId};
use ringql_core::plan::{OnFull, Operator, Plan};
use ringql_core::schema::Schema;
use ringql_core::sql::{CompileError, Options, Program, compile};

/// Compiles a text for batches of `batch_rows`.
pub fn compiled(sql: &str, batch_rows: u16) -> Result<Program, CompileError> {
    compile(sql, &Options { batch_rows, ..Options::default() })
}

/// The schema of the records that a plan reads.
pub fn input<'p>(plan: &Plan<'p>) -> Schema<'p> {
    plan.input(StreamId(0))
}

/// The schema of the records that a plan writes.
pub fn output<'p>(plan: &Plan<'p>) -> Schema<'p> {
    plan.output(OutputId(0))
}

/// Whether records may be dropped for want of room.
pub fn drops(plan: &Plan<'_>) -> bool {
    plan.operators
        .iter()
        .any(|op| matches!(op, Operator::Aggregate(t) if t.on_full == OnFull::DropNew))
}
