//! `cargo xtask bench`: the benchmarks, with whatever arguments Criterion takes; other engines
//! beside them.

pub(crate) mod guard;
mod peers;

use std::env;
use std::path::PathBuf;

use anyhow::Result;

use crate::process::{cargo, run as run_command};
use crate::project;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Compare with DuckDB, Polars, DataFusion, chDB and SQLite: results, then speed
    #[arg(long)]
    peers: bool,
    #[command(flatten)]
    workload: peers::Workload,
    /// Count instructions under valgrind; fails on more than 3 % growth over the baseline
    #[arg(long)]
    guard: bool,
    /// With `--guard`: make the counts the baseline
    #[arg(long, requires = "guard")]
    bless: bool,
    /// Passed through: a bench's name with `--bench NAME`, Criterion's options after `--`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    _args: Vec<String>,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    if args.peers {
        return peers::run(&args.workload);
    }
    if args.guard {
        return guard::run(args.bless);
    }
    // Not clap's list: it would drop a leading `--`, which cargo needs to see.
    let given = env::args_os().skip_while(|arg| arg != "bench").skip(1);
    run_command(cargo(["bench", "-p", "ringql-benches"]).args(given))
}

/// Builds a program of the benches and says where it is.
fn build(name: &str) -> Result<PathBuf> {
    let mut command = cargo(["build", "--release", "-p", "ringql-benches", "--bin", name]);
    run_command(&mut command)?;
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    Ok(project::target_dir().join("release").join(file))
}
