//! `cargo xtask bench`: measures everything and writes the report. Other engines alone, or
//! instructions counted; with any other arguments, Criterion's benchmarks.

mod charts;
pub(crate) mod guard;
mod machine;
mod peers;
mod report;

use std::env;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::process::{cargo, program, run as run_command};
use crate::project;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Compare with DuckDB, Polars, DataFusion, chDB and SQLite: results, then speed
    #[arg(long, conflicts_with = "guard")]
    peers: bool,
    #[command(flatten)]
    workload: peers::Workload,
    /// Count instructions under valgrind; fails on more than 3 % growth over the baseline
    #[arg(long)]
    guard: bool,
    /// With `--guard`: make the counts the baseline
    #[arg(long, requires = "guard")]
    bless: bool,
    /// Instead of the report, Criterion's benchmarks: `--benches` are all, `--bench NAME` is one,
    /// Criterion's options come after `--`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    passed: Vec<String>,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    if args.peers || args.guard {
        ensure!(args.passed.is_empty(), "not understood: {}", args.passed.join(" "));
    }
    if args.peers {
        return peers::compare(&args.workload, &[]);
    }
    if args.guard {
        return guard::run(args.bless);
    }
    if args.passed.is_empty() {
        return report::run(&args.workload);
    }
    // Not clap's list: it would drop a leading `--`, which cargo needs to see.
    let given = env::args_os().skip_while(|arg| arg != "bench").skip(1);
    run_command(huge_pages(cargo(["bench", "-p", "ringql-benches"]).args(given)))
}

/// A program whose speed is measured.
fn measured(name: impl AsRef<OsStr>) -> Command {
    let mut command = program(name);
    huge_pages(&mut command);
    command
}

/// Has glibc ask for huge pages: where the system gives them only to who asks, the engines that do
/// would be compared with others' page tables.
fn huge_pages(command: &mut Command) -> &mut Command {
    command.env("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1")
}

/// Builds a program of the benches and says where it is.
fn build(name: &str) -> Result<PathBuf> {
    let mut command = cargo(["build", "--release", "-p", "ringql-benches", "--bin", name]);
    run_command(&mut command)?;
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    Ok(project::target_dir().join("release").join(file))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        args: Args,
    }

    fn parse(args: &[&str]) -> Option<Args> {
        let words = ["bench"].iter().chain(args);
        Cli::try_parse_from(words).ok().map(|cli| cli.args)
    }

    #[test]
    fn criterion_gets_its_arguments() {
        let args = parse(&["--bench", "queries", "--", "--quick", "--guard"]).expect("valid");
        assert!(!args.peers && !args.guard);
        assert_eq!(args.passed[..2], ["--bench", "queries"]);
    }

    #[test]
    fn own_modes_exclude_each_other() {
        let args = parse(&["--peers", "--rows", "1000"]).expect("valid");
        assert!(args.peers && args.workload.rows == 1_000);
        assert!(parse(&["--guard", "--bless"]).is_some_and(|args| args.guard && args.bless));
        assert!(parse(&["--rows", "1000"]).is_some_and(|args| args.passed.is_empty()));
        for wrong in [["--peers", "--guard"], ["--guard", "--rows=5"]] {
            assert!(parse(&wrong).is_none(), "{wrong:?}");
        }
        assert!(parse(&["--bless"]).is_none());
    }
}
