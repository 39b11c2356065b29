//! Prints Q1 to Q5 beside the hand-written loops, measured in turns in one run, after checking
//! that both give the same rows.
//!
//!     cargo run --release -p ringql-benches --bin ratios [Q4 [cache]]
//!
//! A query's name leaves out the others, `memory` or `cache` the other half.

use std::hint::black_box;
use std::time::Instant;

use ringql_benches::data::{Reading, readings};
use ringql_benches::hand::{self, Q1Row};
use ringql_benches::run::{CollectingSink, CountingSink, arena, plan, run};
use ringql_benches::{check, queries};

const ROWS: usize = 10_000_000;
const IN_CACHE: usize = 40_000;
const TURNS: usize = 7;

fn main() {
    let rows = readings(ROWS);
    check(&rows[..1_000_000]);
    println!("one thread, row-major, best of {TURNS} turns; million records a second");
    println!("{:<28} {:>12} {:>14} {:>7}", "", "hand-written", "RingQL B=1024", "ratio");
    let half = std::env::args().nth(2);
    let wanted = |name| half.as_deref().is_none_or(|half| half == name);
    if wanted("memory") {
        println!("{ROWS} records of S, from memory");
        all(&rows, 1);
    }
    if wanted("cache") {
        println!("{IN_CACHE} records of S, from cache");
        all(&rows[..IN_CACHE], 100);
    }
}

fn all(rows: &[Reading], passes: usize) {
    let mut out = [Q1Row::default(); 2048];
    if passes == 1 {
        // Over and over the same rows, a branch predictor knows them by heart.
        compare("  Q1 beside the plain loop", rows, passes, queries::Q1, |rows| {
            hand::q1_plain(rows, &mut out)
        });
    }
    compare("  Q1 beside the branch-free", rows, passes, queries::Q1, |rows| {
        hand::q1_branch_free(rows, &mut out)
    });
    compare("  Q2", rows, passes, queries::Q2, hand::q2);
    compare("  Q3", rows, passes, queries::Q3, |rows| hand::q3(rows, |row| _ = black_box(row)));
    compare("  Q4", rows, passes, queries::Q4, |rows| hand::q4(rows, |row| _ = black_box(row)));
    compare("  Q5", rows, passes, queries::Q5, |rows| hand::q5(rows, |row| _ = black_box(row)));
}

/// Takes turns, so that what else the machine does hits both.
fn compare<R>(
    name: &str,
    rows: &[Reading],
    passes: usize,
    sql: &str,
    mut by_hand: impl FnMut(&[Reading]) -> R,
) {
    if std::env::args().nth(1).is_some_and(|only| !name.contains(&only)) {
        return;
    }
    let plan = plan(sql, 1024);
    let mut arena = arena(&plan);
    let (mut hand_best, mut best) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..TURNS {
        hand_best = hand_best.min(seconds(|| {
            for _ in 0..passes {
                black_box(by_hand(black_box(rows)));
            }
        }));
        best = best.min(seconds(|| {
            for _ in 0..passes {
                let mut sink = CountingSink::default();
                let records = bytemuck::cast_slice(black_box(rows));
                run(&plan, &mut arena, records, size_of::<Reading>(), &mut sink);
            }
        }));
    }
    let rate = |seconds: f64| (rows.len() * passes) as f64 / seconds / 1e6;
    let ratio = hand_best / best;
    println!("{name:<28} {:>12.0} {:>14.0} {ratio:>7.2}", rate(hand_best), rate(best));
}

fn seconds<R>(f: impl FnOnce() -> R) -> f64 {
    let start = Instant::now();
    black_box(f());
    start.elapsed().as_secs_f64()
}

/// Compares the result rows with the hand-written loops'.
fn check(rows: &[Reading]) {
    for (name, sql) in queries::ALL {
        let plan = plan(sql, 1024);
        let mut sink = CollectingSink::default();
        let records = bytemuck::cast_slice(rows);
        run(&plan, &mut arena(&plan), records, size_of::<Reading>(), &mut sink);
        check::same(name, check::decode(&plan.plan(), &sink.records), check::by_hand(name, rows));
    }
}
