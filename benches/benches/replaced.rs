//! The way from the design that RingQL replaces (`src/replaced`) to RingQL, in one table.
//!
//!     cargo bench -p ringql-benches --bench replaced [-- Q3]
//!
//! All on one thread, from a file in the page cache to a sink that counts. Each row is measured in
//! a process of its own, best of some runs, after its results were compared with the hand-written
//! loop's.

#![allow(missing_docs)]

use std::process::Command;

use ringql_benches::data::readings;
use ringql_benches::replaced::worker::{ROWS, STEPS};

const SYSTEM: &str = env!("CARGO_BIN_EXE_replaced");
const MIMALLOC: &str = env!("CARGO_BIN_EXE_replaced_mimalloc");

fn main() {
    let only = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("s");
    std::fs::write(&file, bytemuck::cast_slice(&readings(ROWS))).expect("room");
    println!(
        "The design that RingQL replaces, step by step upon each other; {ROWS} records of S from a"
    );
    println!(
        "file in the page cache. Seconds and percent of a run; million records a second; RingQL with"
    );
    println!(
        "the same change, where it can be made there. Framework: channels, scheduling, freeing."
    );
    println!(
        "\n    {:<28}{:>15}{:>15}{:>15}{:>15}{:>9}{:>8}{:>9}{:>9}",
        "", "read", "process", "write", "framework", "M/s", "x", "RingQL", "x"
    );
    for query in ["Q1", "Q2", "Q3", "Q4"] {
        if only.as_ref().is_some_and(|only| only != query) {
            continue;
        }
        println!("{query}");
        let mut first = None;
        for (number, step) in STEPS.iter().enumerate() {
            if step.name == "SIMD aggregation" && query != "Q2" {
                println!("    {:<28}{:>15}", step.name, "only Q2 aggregates without groups");
                continue;
            }
            let worker = if step.mimalloc { MIMALLOC } else { SYSTEM };
            let output =
                Command::new(worker).arg(query).arg(number.to_string()).arg(&file).output();
            let output = output.expect("a worker");
            let errors = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{query}, {}: {errors}", step.name);
            let line = String::from_utf8_lossy(&output.stdout);
            let seconds: Vec<f64> =
                line.split_whitespace().map(|word| word.parse().expect("seconds")).collect();
            let [total, read, process, write, ringql] = seconds[..] else { panic!("{line}") };
            let of = |part: f64| format!("{part:.3} ({:.0} %)", 100.0 * part / total);
            let rate = |seconds: f64| ROWS as f64 / seconds / 1e6;
            let first = *first.get_or_insert(total);
            print!("    {:<28}{:>15}{:>15}{:>15}", step.name, of(read), of(process), of(write));
            print!("{:>15}", of((total - read - process - write).max(0.0)));
            print!("{:>9.3}{:>8.2}", rate(total), first / total);
            match ringql > 0.0 {
                true => println!("{:>9.1}{:>9.0}", rate(ringql), first / ringql),
                false => println!("{:>9}{:>9}", "-", "-"),
            }
        }
    }
}
