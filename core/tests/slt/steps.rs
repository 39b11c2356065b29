//! What happens while a query of the tests runs, and the run: it polls after each step.

use ringql_core::batch::Batch;
use ringql_core::counters::Counters;
use ringql_core::error::RunError;
use ringql_core::plan::Plan;
use ringql_core::query::{Query, Stop};
use ringql_core::ring::Source;

use super::support::ends::Narrow;
use super::support::{input, output};

/// A statement that happens to the queries that run.
#[derive(Debug)]
pub(crate) enum Step {
    /// Records come: of which stream, and their bytes.
    Rows(usize, Vec<u8>),
    /// The clock shows another time, microseconds.
    Clock(i64),
    /// The query is told that no record before this time comes any more, microseconds.
    Watermark(i64),
}

/// What a run gave.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) records: Vec<u8>,
    /// After which step each of them left, from 1 on.
    pub(crate) polls: Vec<usize>,
    /// Late records that were delivered.
    pub(crate) late: Vec<u8>,
    pub(crate) counters: Counters,
    pub(crate) error: Option<RunError>,
}

/// Runs a plan through all steps to the end of its input, which is one more step.
pub(crate) fn run<'a>(plan: &Plan<'_>, steps: impl Iterator<Item = &'a Step>) -> Outcome {
    let mut arena = vec![u64::MAX; plan.arena_bytes().div_ceil(8)];
    let mut query =
        Query::new(plan, bytemuck::cast_slice_mut(&mut arena)).expect("a compiled plan starts");
    let (size, out_size) = (input(plan).layout().record_size, output(plan).layout().record_size);
    let (mut sink, mut late) = (Narrow::new(None), Narrow::new(None));
    let mut outcome = Outcome::default();
    for (number, step) in steps.map(Some).chain([None]).enumerate() {
        let mut source = Given { rest: Batch::records(&[], size).expect("none"), is_last: false };
        match step {
            Some(Step::Rows(_, bytes)) => {
                source.rest = Batch::records(bytes, size).expect("whole records");
            }
            Some(Step::Clock(time)) => query.set_clock(Some(*time)),
            Some(Step::Watermark(time)) => query.advance_watermark(*time).expect("a watermark"),
            None => source.is_last = true,
        }
        loop {
            match query.poll_with_late(&mut source, &mut sink, &mut late) {
                Ok(p) if p.stop == Stop::Finished || p.rows_in + p.rows_out == 0 => break,
                Ok(_) => {}
                Err(error) => {
                    outcome.error = Some(error);
                    break;
                }
            }
        }
        outcome.polls.resize(sink.records.len() / out_size, number + 1);
        if outcome.error.is_some() {
            break;
        }
        assert_eq!(source.rest.rows(), 0, "rows are left");
    }
    outcome.counters = query.counters();
    assert_eq!(outcome.counters.rows_out, outcome.polls.len() as u64);
    Outcome { records: sink.records, late: late.records, ..outcome }
}

/// Lends the rows of one step.
struct Given<'a> {
    rest: Batch<'a>,
    is_last: bool,
}

impl Source for Given<'_> {
    fn read<R>(
        &mut self,
        max_rows: usize,
        consume: impl FnOnce(Batch<'_>) -> (usize, R),
    ) -> Option<R> {
        let rows = self.rest.slice(0, max_rows);
        if rows.rows() == 0 {
            return None;
        }
        let (done, result) = consume(rows);
        self.rest = self.rest.slice(done, usize::MAX);
        Some(result)
    }

    fn is_finished(&self) -> bool {
        self.is_last && self.rest.rows() == 0
    }
}
