//! Expressions for a device.

use ringql_core::plan::op::StreamId;

use crate::bundle::Bundle;
use crate::calls;
use crate::columns;
use crate::evaluate::plan;
use crate::generate::{Generator, TYPES};
use crate::random::Random;

/// How many expressions there are.
pub const EXPRESSIONS: usize = 2000;
/// Over how many rows.
pub const ROWS: usize = 64;
/// Rows of a batch: a device has few, and several batches are more of a test.
const BATCH: u16 = 24;
const SEED: u64 = 1;
/// Room for the results, bytes: for each row a text is 4,096 at most.
const RESULT_BYTES: usize = 1 << 19;

/// The expressions and the records: the same at every call.
///
/// # Panics
/// If the stream can't be compiled.
#[must_use]
pub fn bundle() -> Bundle {
    let stream = columns::stream();
    let first = plan(&stream, "1", BATCH).expect("the stream");
    let rows = columns::rows(ROWS, &mut Random::new(SEED));
    let records = columns::records(first.plan().input(StreamId(0)), &rows);
    let mut generator = Generator::new(SEED, calls::all(TYPES));
    let mut bundle = Bundle::new(vec![records], RESULT_BYTES);
    while bundle.len() < EXPRESSIONS {
        let sql = generator.expression().0.sql();
        if let Ok(plan) = plan(&stream, &sql, BATCH) {
            bundle.add(&sql, 0, plan);
        }
    }
    bundle
}
