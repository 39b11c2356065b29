//! Running a plan over rings: all on one thread, or a reader's thread and the query's.

use std::hint::spin_loop;
use std::thread;

use ringql_core::batch::Batch;
use ringql_core::plan::op::OutputId;
use ringql_core::query::{Query, Stop};
use ringql_core::ring::{Sink, Source};
use ringql_core::sql::OwnedPlan;
use ringql_runtime::Arena;
use ringql_runtime::ring::{RingSink, RingSource, record_ring};

use crate::run::run_from;

/// Rows of a ring: two of the largest batches, less than a core's cache.
const RING_ROWS: usize = 16_384;
/// Rows that a reader fills in at once.
const READ_ROWS: usize = 1024;

/// Pushes what the ring takes, at most `rows` records; returns how many bytes those are.
fn fill(ring: &mut RingSink, records: &[u8], record_size: usize, rows: usize) -> usize {
    let some = records.len().min(rows * record_size);
    ring.push(&records[..some]) * record_size
}

/// Waits a little: spins, and lets others run now and then, as there may be no core for each thread.
#[derive(Debug, Default)]
pub struct Wait(u32);

impl Wait {
    /// Waits.
    pub fn pause(&mut self) {
        self.0 = self.0.wrapping_add(1);
        if self.0.is_multiple_of(256) { thread::yield_now() } else { spin_loop() }
    }
}

/// Runs a plan from a ring into a ring, both filled and drained on this thread; returns how many
/// result rows there were.
///
/// # Panics
/// If the query stops with an error.
pub fn one_thread(
    plan: &OwnedPlan,
    arena: &mut Arena,
    records: &[u8],
    record_size: usize,
    mut drain: impl FnMut(&[u8]),
) -> usize {
    let plan = plan.plan();
    let result_size = plan.output(OutputId(0)).layout().record_size;
    let mut query = Query::new(&plan, arena.bytes()).expect("a valid plan");
    let (input, mut source) = record_ring(record_size, RING_ROWS);
    let (mut sink, mut output) = record_ring(result_size, RING_ROWS);
    let mut input = Some(input);
    let (mut rest, mut rows) = (records, 0);
    loop {
        if let Some(ring) = &mut input {
            let filled = fill(ring, rest, record_size, plan.batch_rows.into());
            rest = &rest[filled..];
        }
        if rest.len() < record_size
            && let Some(ring) = input.take()
        {
            ring.end();
        }
        let stop = query.poll(&mut source, &mut sink).expect("no error").stop;
        while let Some(taken) = output.take(usize::MAX, |results| {
            drain(results);
            results.len() / result_size
        }) {
            rows += taken;
        }
        if stop == Stop::Finished {
            return rows;
        }
    }
}

/// Runs a plan from a ring that another thread fills with the records, into `sink`.
///
/// # Panics
/// If the query stops with an error.
pub fn two_threads(
    plan: &OwnedPlan,
    arena: &mut Arena,
    records: &[u8],
    record_size: usize,
    sink: &mut impl Sink,
) {
    let (input, source) = record_ring(record_size, RING_ROWS);
    thread::scope(|scope| {
        scope.spawn(move || fill_all(input, records, record_size));
        run_from(plan, arena, Waiting { source, wait: Wait::default() }, sink);
    });
}

/// Passes records through a ring to another thread that only counts them, up to `most` at a time.
///
/// # Panics
/// If not all come out.
pub fn ring_alone(records: &[u8], record_size: usize, most: usize) {
    let (input, source) = record_ring(record_size, RING_ROWS);
    let rows = thread::scope(|scope| {
        scope.spawn(move || fill_all(input, records, record_size));
        let mut source = Waiting { source, wait: Wait::default() };
        let mut rows = 0;
        while !source.is_finished() {
            rows += source.read(most, |batch| (batch.rows(), batch.rows())).unwrap_or(0);
        }
        rows
    });
    assert_eq!(rows, records.len() / record_size, "records out of the ring");
}

/// Fills a ring with records, some at a time, and ends it.
fn fill_all(mut ring: RingSink, records: &[u8], record_size: usize) {
    let (mut rest, mut wait) = (records, Wait::default());
    while rest.len() >= record_size {
        let filled = fill(&mut ring, rest, record_size, READ_ROWS);
        rest = &rest[filled..];
        if filled == 0 {
            wait.pause();
        }
    }
    ring.end();
}

/// A ring's source that waits a little whenever it is empty.
struct Waiting {
    source: RingSource,
    wait: Wait,
}

impl Source for Waiting {
    fn read<R>(
        &mut self,
        max_rows: usize,
        consume: impl FnOnce(Batch<'_>) -> (usize, R),
    ) -> Option<R> {
        let read = self.source.read(max_rows, consume);
        if read.is_none() {
            self.wait.pause();
        }
        read
    }

    fn is_finished(&self) -> bool {
        self.source.is_finished()
    }
}
