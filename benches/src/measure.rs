//! Measuring: the best of some runs, and what memory can do at most.

use std::hint::black_box;
use std::time::{Duration, Instant};

use ringql_core::ring::ColumnSource;

use crate::columns::Columns;
use crate::data::Reading;
use crate::run::{CountingSink, arena, plan, run, run_from};

/// How long a figure is measured, unless it takes fewer than [`FEWEST`] runs.
const BUDGET: Duration = Duration::from_millis(400);
const FEWEST: u32 = 3;

/// Seconds of the fastest run, the first one not counted.
pub fn best<R>(mut f: impl FnMut() -> R) -> f64 {
    black_box(f());
    let (start, mut runs, mut best) = (Instant::now(), 0, f64::INFINITY);
    while runs < FEWEST || start.elapsed() < BUDGET {
        let run = Instant::now();
        black_box(f());
        best = best.min(run.elapsed().as_secs_f64());
        runs += 1;
    }
    best
}

/// Million records a second of a query over records in memory.
#[must_use]
pub fn row_major(sql: &str, batch_rows: u16, rows: &[Reading]) -> f64 {
    let plan = plan(sql, batch_rows);
    let mut arena = arena(&plan);
    let seconds = best(|| {
        let mut sink = CountingSink::default();
        let records = bytemuck::cast_slice(black_box(rows));
        run(&plan, &mut arena, records, size_of::<Reading>(), &mut sink);
        sink.rows
    });
    rows.len() as f64 / seconds / 1e6
}

/// Million records a second of a query over columns in memory.
#[must_use]
pub fn columnar(sql: &str, batch_rows: u16, columns: &Columns) -> f64 {
    let plan = plan(sql, batch_rows);
    let mut arena = arena(&plan);
    let (values, rows) = (columns.values(), columns.ts.len());
    let seconds = best(|| {
        let mut sink = CountingSink::default();
        let source = ColumnSource::new(black_box(&values), rows);
        run_from(&plan, &mut arena, source, &mut sink);
        sink.rows
    });
    rows as f64 / seconds / 1e6
}

/// Million records a second of a loop by hand.
#[must_use]
pub fn by_hand<R>(rows: &[Reading], mut f: impl FnMut(&[Reading]) -> R) -> f64 {
    rows.len() as f64 / best(|| f(black_box(rows))) / 1e6
}

/// Gigabytes a second that one core reads of memory that is not in its caches.
#[must_use]
pub fn memory_bandwidth(rows: &[Reading]) -> f64 {
    let words: &[u64] = bytemuck::cast_slice(rows);
    let seconds = best(|| {
        // Many sums, as one would wait for each addition.
        let mut sums = [0u64; 32];
        for words in black_box(words).as_chunks::<32>().0 {
            for (sum, word) in sums.iter_mut().zip(words) {
                *sum = sum.wrapping_add(*word);
            }
        }
        sums
    });
    size_of_val(words) as f64 / seconds / 1e9
}
