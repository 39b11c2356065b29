//! What a ring between two threads costs: each reference query from memory on one thread and through
//! a ring that another thread fills, and the ring without a query.
//!
//!     cargo run --release -p ringql-benches --bin threads -- [seconds for each query]
//!
//! The ways take turns over few records, so that some turn has both cores for itself even where
//! other programs run; the best turn of each counts.

use std::time::{Duration, Instant};
use std::{env, fs, iter};

use ringql_benches::data::{Reading, readings};
use ringql_benches::measure::row_major;
use ringql_benches::queries;
use ringql_benches::rings::{ring_alone, two_threads};
use ringql_benches::run::{CountingSink, arena, plan};

const ROWS: usize = 400_000;
const BATCH_ROWS: u16 = 1024;

fn main() {
    let budget = env::args().nth(1).and_then(|seconds| seconds.parse().ok()).unwrap_or(4);
    let budget = Duration::from_secs(budget);
    let rows = readings(ROWS);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("million records a second, the best of turns over {ROWS}; load {}", load.trim());
    println!("{:<4}{:>8}{:>12}{:>8}{:>14}", "", "memory", "two threads", "ratio", "ring alone");
    for (name, sql) in queries::ALL {
        let mut memory = row_major(sql, BATCH_ROWS, &rows);
        let plan = plan(sql, BATCH_ROWS);
        let mut arena = arena(&plan);
        let records = bytemuck::cast_slice(&rows);
        let mut threads = || {
            let mut sink = CountingSink::default();
            two_threads(&plan, &mut arena, records, size_of::<Reading>(), &mut sink);
            assert!(sink.rows > 0, "no results");
        };
        let mut ring = || ring_alone(records, size_of::<Reading>(), BATCH_ROWS.into());
        let [memory, threads, ring] = best(budget, [&mut memory, &mut threads, &mut ring])
            .map(|seconds| ROWS as f64 / seconds / 1e6);
        println!("{name:<4}{memory:>8.0}{threads:>12.0}{:>8.2}{ring:>14.0}", threads / memory);
    }
}

/// Seconds of the best turn of each.
fn best<const N: usize>(budget: Duration, mut ways: [&mut dyn FnMut(); N]) -> [f64; N] {
    let start = Instant::now();
    let turns = iter::repeat(()).take_while(|()| start.elapsed() < budget);
    turns.fold([f64::INFINITY; N], |mut best, ()| {
        for (way, best) in ways.iter_mut().zip(&mut best) {
            let turn = Instant::now();
            way();
            *best = best.min(turn.elapsed().as_secs_f64());
        }
        best
    })
}
