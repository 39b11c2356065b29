//! What the program does with its arguments.
//!
//! Exit status: 0 done; 1 an error in SQL, plan or data, or in what they name; 2 wrong usage, which
//! is what the arguments alone show.

mod args;
mod explain;
mod failure;
mod program;
mod report;
mod route;
mod run;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command};
use failure::Failure;

pub(crate) fn main() -> ExitCode {
    let done = match Args::parse().command {
        Command::Run(args) => run::run(&args),
        Command::Explain(args) => explain::explain(&args),
        Command::Compile(args) => explain::compile(&args),
        Command::Inspect(args) => explain::inspect(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

/// Writes to standard output; that nobody reads it is no failure.
fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(format!("the output can't be written: {e}")))
        }
        _ => Ok(()),
    }
}
