//! `cargo xtask bench`: the benchmarks, with whatever arguments Criterion takes; other engines
//! beside them; a report of it all; instructions counted. Without arguments: all benchmarks and the
//! report.

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
    #[arg(long, conflicts_with_all = ["guard", "report"])]
    peers: bool,
    #[command(flatten)]
    workload: peers::Workload,
    /// Write benches/REPORT.md: the peers, loops by hand, and sweeps with charts
    #[arg(long, conflicts_with = "guard")]
    report: bool,
    /// Count instructions under valgrind; fails on more than 3 % growth over the baseline
    #[arg(long)]
    guard: bool,
    /// With `--guard`: make the counts the baseline
    #[arg(long, requires = "guard")]
    bless: bool,
    /// Passed through: a bench's name with `--bench NAME`, Criterion's options after `--`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    passed: Vec<String>,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    if args.peers || args.guard || args.report {
        ensure!(args.passed.is_empty(), "not understood: {}", args.passed.join(" "));
    }
    if args.peers {
        return peers::run(&args.workload);
    }
    if args.guard {
        return guard::run(args.bless);
    }
    if args.report {
        return report::run(&args.workload);
    }
    // Not clap's list: it would drop a leading `--`, which cargo needs to see.
    let given: Vec<_> = env::args_os().skip_while(|arg| arg != "bench").skip(1).collect();
    run_command(huge_pages(cargo(["bench", "-p", "ringql-benches"]).args(&given)))?;
    if given.is_empty() { report::run(&args.workload) } else { Ok(()) }
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
        let args = parse(&["--bench", "queries", "--", "--quick", "--report"]).expect("valid");
        assert!(!args.peers && !args.guard && !args.report);
        assert_eq!(args.passed[..2], ["--bench", "queries"]);
    }

    #[test]
    fn own_modes_exclude_each_other() {
        let args = parse(&["--peers", "--rows", "1000"]).expect("valid");
        assert!(args.peers && args.workload.rows == 1_000);
        assert!(parse(&["--guard", "--bless"]).is_some_and(|args| args.guard && args.bless));
        for wrong in [
            ["--peers", "--guard"],
            ["--report", "--guard"],
            ["--peers", "--report"],
            ["--guard", "--rows=5"],
        ] {
            assert!(parse(&wrong).is_none(), "{wrong:?}");
        }
        assert!(parse(&["--bless"]).is_none());
    }
}
