//! Measuring: pieces of work over records in memory, the best of some runs of each.

use std::hint::black_box;
use std::time::{Duration, Instant};

use ringql_core::batch::ColumnValues;
use ringql_core::ring::ColumnSource;
use ringql_core::sql::OwnedPlan;

use crate::columns::Columns;
use crate::data::Reading;
use crate::run::{CountingSink, arena, plan, run, run_from};

/// How long a piece of work is measured, unless that takes fewer than [`FEWEST`] runs.
const BUDGET: Duration = Duration::from_millis(400);
const FEWEST: u32 = 3;

/// Seconds of the fastest run of each piece of work. They take turns, so that what else the machine
/// does hits all of them; the first turn is not counted.
pub fn in_turns<const N: usize>(mut work: [&mut dyn FnMut(); N]) -> [f64; N] {
    let mut best = [f64::INFINITY; N];
    work.iter_mut().for_each(|work| work());
    let (start, mut turns) = (Instant::now(), 0);
    while turns < FEWEST || start.elapsed() < BUDGET * N as u32 {
        for (work, best) in work.iter_mut().zip(&mut best) {
            let run = Instant::now();
            work();
            *best = best.min(run.elapsed().as_secs_f64());
        }
        turns += 1;
    }
    best
}

/// Million records a second of work over so many.
pub fn rate(rows: usize, mut work: impl FnMut()) -> f64 {
    let [seconds] = in_turns([&mut work]);
    rows as f64 / seconds / 1e6
}

/// A query over records.
pub fn row_major(sql: &str, batch_rows: u16, rows: &[Reading]) -> impl FnMut() {
    over_records(plan(sql, batch_rows), bytemuck::cast_slice(rows), size_of::<Reading>())
}

/// A plan over records of so many bytes.
pub fn over_records(plan: OwnedPlan, records: &[u8], record_size: usize) -> impl FnMut() {
    let mut arena = arena(&plan);
    move || {
        let mut sink = CountingSink::default();
        run(&plan, &mut arena, black_box(records), record_size, &mut sink);
        black_box(sink.rows);
    }
}

/// A query over columns.
pub fn columnar(sql: &str, batch_rows: u16, columns: &Columns) -> impl FnMut() {
    over_columns(plan(sql, batch_rows), columns.values(), columns.ts.len())
}

/// A plan over so many rows in columns.
pub fn over_columns(plan: OwnedPlan, values: [ColumnValues<'_>; 5], rows: usize) -> impl FnMut() {
    let mut arena = arena(&plan);
    move || {
        let mut sink = CountingSink::default();
        run_from(&plan, &mut arena, ColumnSource::new(black_box(&values), rows), &mut sink);
        black_box(sink.rows);
    }
}

/// A loop by hand over records.
pub fn by_hand<R>(rows: &[Reading], mut f: impl FnMut(&[Reading]) -> R) -> impl FnMut() {
    move || _ = black_box(f(black_box(rows)))
}

/// Reads all memory of the records and does next to nothing else.
pub fn memory(rows: &[Reading]) -> impl FnMut() {
    by_hand(rows, |rows| {
        // Many sums, as one would wait for each addition.
        let mut sums = [0u64; 16];
        for words in bytemuck::cast_slice::<_, u64>(rows).as_chunks::<16>().0 {
            for (sum, word) in sums.iter_mut().zip(words) {
                *sum = sum.wrapping_add(*word);
            }
        }
        sums
    })
}
