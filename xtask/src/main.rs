//! The project's own commands, run as `cargo xtask COMMAND`.
//!
//! They are a program rather than scripts so that they work alike on every machine
//! that has Rust, and so that what a check needs is installed or named by the check.

mod bench;
mod difference;
mod differential;
mod duckdb;
mod elf;
mod evaluated;
mod event_time;
mod expected;
mod firmware;
mod fuzz;
mod known;
mod memory_map;
mod msrv;
mod panics;
mod process;
mod project;
mod python;
mod qemu;
mod route;
mod size;
mod test;
mod tools;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The project's own commands.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run every check, the firmware included; stops at the first that fails
    Test(test::Args),
    /// Build the firmware, run it under QEMU, and compare its output with the host's
    Firmware(firmware::Args),
    /// Build the firmware and print the flash and RAM it uses, by section
    Size(firmware::BuildArgs),
    /// Compare random expressions with DuckDB
    Differential(differential::Args),
    /// Compare random queries over event time with DuckDB
    EventTime(event_time::Args),
    /// Run the fuzz targets (with cargo-fuzz and the nightly compiler) and choose their corpus anew
    Fuzz(fuzz::Args),
    /// Run the benchmarks; arguments that are not listed go to `cargo bench -p ringql-benches`
    Bench(bench::Args),
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Test(args) => test::run(&args),
        Command::Firmware(args) => firmware::run(&args),
        Command::Size(args) => size::run(&args),
        Command::Differential(args) => differential::run(&args),
        Command::EventTime(args) => event_time::run(&args),
        Command::Fuzz(args) => fuzz::run(&args),
        Command::Bench(args) => bench::run(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // By hand, because `main` returning it would add a backtrace of this
            // program, which says nothing about what went wrong in another one.
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
