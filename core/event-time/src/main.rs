//! Runs the cases of standard input in all ways, for `core/tests/duckdb/event_time.py`.
//!
//! Prints a line for each: `same NAME`, `refused NAME MESSAGE` or `differs NAME WHAT`, with tabs in
//! between.
//!
//!     ringql-event-time device FOLDER
//!
//! writes what a device must make of the kept cases: `expected`, the bytes that it must print, and
//! `list`, a line for each query.

use std::env;
use std::error::Error;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use differential::escape::escape;
use event_time::cases::Cases;
use event_time::check::{Verdict, check};
use event_time::device;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match *arguments {
        [] => run(),
        ["device", folder] => device::bundle()
            .map_err(Into::into)
            .and_then(|bundle| Ok(bundle.write_expected(Path::new(folder))?)),
        _ => Err("usage: ringql-event-time < CASES, or ringql-event-time device FOLDER".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    let all = Cases::parse(&text)?;
    let mut out = io::stdout().lock();
    for case in &all.cases {
        let (verdict, what) = match check(&all.streams[case.stream], case) {
            Verdict::Same => ("same", String::new()),
            Verdict::Refused(message) => ("refused", message),
            Verdict::Differs(what) => ("differs", what),
        };
        writeln!(out, "{verdict}\t{}\t{}", escape(Some(&case.name)), escape(Some(&what)))?;
    }
    Ok(())
}
