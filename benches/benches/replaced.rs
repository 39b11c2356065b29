//! The way from the design that RingQL replaces (`src/replaced`) to RingQL, in one table.
//!
//!     cargo bench -p ringql-benches --bench replaced [-- Q3]
//!
//! All on one thread, from a file in the page cache to a sink that counts. Each row is measured in
//! a process of its own, best of some runs, after its results were compared with the hand-written
//! loop's. At the end of each query RingQL and the loop over records in memory.
//!
//! The rebuilt design is faster than programs of its kind, which add headers, traces and buffers of
//! records to it: what RingQL is ahead of them is more than what the table says.

#![allow(missing_docs)]

use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use ringql_benches::data::{Reading, readings};
use ringql_benches::hand::{self, Q1Row};
use ringql_benches::queries;
use ringql_benches::replaced::worker::{ROWS, STEPS, Step};
use ringql_benches::run::{CountingSink, arena, plan, run};

const SYSTEM: &str = env!("CARGO_BIN_EXE_replaced");
const MIMALLOC: &str = env!("CARGO_BIN_EXE_replaced_mimalloc");
/// Runs of what is short, of which the best counts.
const RUNS: usize = 30;

const TITLE: &str = "
The design that RingQL replaces, improved step by step (each upon those before), and RingQL with
the same change where it can be made there. Seconds and percent of a run; million records a second;
times the design as it was. Framework: channels, scheduling, freeing. SIMD aggregation is of Q2
alone, which has no groups.
";

fn main() {
    let only = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let rows = readings(ROWS);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("s");
    std::fs::write(&file, bytemuck::cast_slice(&rows)).expect("room");
    println!("{TITLE}\n{ROWS} records of S from a file in the page cache");
    let heading = ["read", "process", "write", "framework"].map(|name| format!("{name:>15}"));
    println!(
        "    {:<28}{}{:>9}{:>8}{:>9}{:>9}",
        "",
        heading.concat(),
        "M/s",
        "times",
        "RingQL",
        "times"
    );
    for (query, sql) in queries::ALL.into_iter().filter(|(name, _)| *name != "Q5") {
        if only.as_ref().is_some_and(|only| only != query) {
            continue;
        }
        println!("{query}");
        let mut first = None;
        for (number, step) in STEPS.iter().enumerate() {
            if step.name != "SIMD aggregation" || query == "Q2" {
                let Some(seconds) = worker(query, number, step, &file) else {
                    println!("    {:<28}not in this kernel", step.name);
                    continue;
                };
                print_row(step.name, seconds, *first.get_or_insert(seconds[0]));
            }
        }
        let first = first.unwrap_or(0.0);
        let (ringql, by_hand) = (ringql_seconds(sql, &rows), by_hand_seconds(query, &rows));
        println!(
            "    {:<105}{:>9.1}{:>9.0}",
            "RingQL itself, records in memory",
            rate(ringql),
            first / ringql
        );
        println!(
            "    {:<105}{:>9.1}{:>9.0}",
            "the hand-written loop, records in memory",
            rate(by_hand),
            first / by_hand
        );
    }
}

fn rate(seconds: f64) -> f64 {
    ROWS as f64 / seconds / 1e6
}

/// Seconds of total, read, process, write; and RingQL's total, or 0. `None` if the kernel lacks it.
fn worker(query: &str, number: usize, step: &Step, file: &Path) -> Option<[f64; 5]> {
    let worker = if step.mimalloc { MIMALLOC } else { SYSTEM };
    let output = Command::new(worker).arg(query).arg(number.to_string()).arg(file).output();
    let output = output.expect("a worker");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{query}, {}: {errors}", step.name);
    let line = String::from_utf8_lossy(&output.stdout);
    let seconds: Vec<f64> =
        line.split_whitespace().map(|word| word.parse().expect("seconds")).collect();
    (!seconds.is_empty()).then(|| seconds.try_into().expect("five figures"))
}

fn print_row(name: &str, [total, read, process, write, ringql]: [f64; 5], first: f64) {
    let framework = (total - read - process - write).max(0.0);
    let parts = [read, process, write, framework]
        .map(|part| format!("{:>15}", format!("{part:.3} ({:.0} %)", 100.0 * part / total)));
    print!("    {name:<28}{}{:>9.3}{:>8.2}", parts.concat(), rate(total), first / total);
    match ringql > 0.0 {
        true => println!("{:>9.1}{:>9.0}", rate(ringql), first / ringql),
        false => println!("{:>9}{:>9}", "-", "-"),
    }
}

/// The best of some runs.
fn best(mut once: impl FnMut()) -> f64 {
    let mut seconds = || {
        let start = Instant::now();
        once();
        start.elapsed().as_secs_f64()
    };
    (0..RUNS).map(|_| seconds()).fold(f64::INFINITY, f64::min)
}

fn ringql_seconds(sql: &str, rows: &[Reading]) -> f64 {
    let plan = plan(sql, 1024);
    let mut arena = arena(&plan);
    best(|| {
        let records = bytemuck::cast_slice(black_box(rows));
        let mut sink = CountingSink::default();
        run(&plan, &mut arena, records, size_of::<Reading>(), &mut sink);
        black_box(sink.rows);
    })
}

fn by_hand_seconds(query: &str, rows: &[Reading]) -> f64 {
    let mut out = [Q1Row::default(); 2048];
    best(|| {
        let rows = black_box(rows);
        match query {
            "Q1" => _ = black_box(hand::q1_branch_free(rows, &mut out)),
            "Q2" => _ = black_box(hand::q2(rows)),
            "Q3" => hand::q3(rows, |row| _ = black_box(row)),
            _ => hand::q4(rows, |row| _ = black_box(row)),
        }
    })
}
