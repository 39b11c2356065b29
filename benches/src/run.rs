//! Running a reference query over records in memory.

use ringql_core::counters::Counters;
use ringql_core::query::{Query, Stop};
use ringql_core::ring::{RecordSource, Sink, Source};
use ringql_core::sql::{Options, OwnedPlan, compile};
use ringql_runtime::Arena;

use crate::queries::STREAM;

/// Rows of a batch where queries over memory are compared with other engines and with loops by hand.
pub const BATCH_ROWS: u16 = 4096;

/// A sink that takes result rows into a buffer, over and over, and counts them.
#[derive(Debug)]
pub struct CountingSink {
    buffer: Vec<u8>,
    /// Rows taken.
    pub rows: usize,
}

impl Default for CountingSink {
    fn default() -> Self {
        Self { buffer: vec![0; 1 << 16], rows: 0 }
    }
}

impl Sink for CountingSink {
    fn write<R>(
        &mut self,
        record_size: usize,
        max_rows: usize,
        fill: impl FnOnce(&mut [u8]) -> (usize, R),
    ) -> Option<R> {
        // Where there is room for all, without a division.
        let rows = match max_rows * record_size <= self.buffer.len() {
            true => max_rows,
            false => self.buffer.len() / record_size,
        };
        let (written, result) = fill(&mut self.buffer[..rows * record_size]);
        self.rows += written;
        Some(result)
    }
}

/// A sink that keeps all result rows.
#[derive(Debug, Default)]
pub struct CollectingSink {
    /// The records.
    pub records: Vec<u8>,
}

impl Sink for CollectingSink {
    fn write<R>(
        &mut self,
        record_size: usize,
        max_rows: usize,
        fill: impl FnOnce(&mut [u8]) -> (usize, R),
    ) -> Option<R> {
        let start = self.records.len();
        self.records.resize(start + max_rows * record_size, 0);
        let (written, result) = fill(&mut self.records[start..]);
        self.records.truncate(start + written * record_size);
        Some(result)
    }
}

/// The plan of a reference query.
///
/// # Panics
/// If it does not compile.
#[must_use]
pub fn plan(query: &str, batch_rows: u16) -> OwnedPlan {
    plan_over(STREAM, query, batch_rows)
}

/// The plan of a query over a stream that is given as SQL.
///
/// # Panics
/// If it does not compile.
#[must_use]
pub fn plan_over(stream: &str, query: &str, batch_rows: u16) -> OwnedPlan {
    let sql = format!("{stream}{query}");
    let program = compile(&sql, &Options { batch_rows, ..Options::default() })
        .unwrap_or_else(|e| panic!("{e}"));
    program.queries.into_iter().next().expect("one query")
}

/// An arena for a plan.
///
/// # Panics
/// When there is not so much memory.
#[must_use]
pub fn arena(plan: &OwnedPlan) -> Arena {
    Arena::new(&plan.plan()).expect("memory")
}

/// Runs a plan over records to the end.
///
/// # Panics
/// If the query stops with an error.
pub fn run(
    plan: &OwnedPlan,
    arena: &mut Arena,
    records: &[u8],
    record_size: usize,
    sink: &mut impl Sink,
) -> Counters {
    run_from(plan, arena, RecordSource::new(records, record_size), sink)
}

/// Runs a plan over a source to its end.
///
/// # Panics
/// If the query stops with an error.
pub fn run_from(
    plan: &OwnedPlan,
    arena: &mut Arena,
    mut source: impl Source,
    sink: &mut impl Sink,
) -> Counters {
    let plan = plan.plan();
    let mut query = Query::new(&plan, arena.bytes()).expect("a valid plan");
    while query.poll(&mut source, sink).expect("no error").stop != Stop::Finished {}
    query.counters()
}
