//! `cargo xtask event-time`: random queries over event time, RingQL against DuckDB.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::process::{cargo, program, run as run_command};
use crate::{duckdb, project};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// How many cases
    #[arg(long, default_value_t = 5000)]
    cases: u32,
    /// Another seed gives other streams and queries
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only cases with this feature, such as HOP or MEDIAN (repeatable)
    #[arg(long, value_name = "FEATURE")]
    only: Vec<String>,
    /// Also cases that RingQL can't compile yet
    #[arg(long)]
    not_yet: bool,
    /// Choose the kept cases anew instead
    #[arg(long)]
    keep: bool,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let script = Path::new("core").join("tests").join("duckdb").join("event_time.py");
    let mut command = program(duckdb::python()?);
    command.arg("-B").arg(script);
    if args.keep {
        let kept = Path::new("core").join("event-time").join("kept.tsv");
        return run_command(command.arg("--keep").arg(kept));
    }
    command.arg(build()?).arg("--cases").arg(args.cases.to_string());
    command.arg("--seed").arg(args.seed.to_string());
    for feature in &args.only {
        command.arg(format!("--only={feature}"));
    }
    if args.not_yet {
        command.arg("--not-yet");
    }
    run_command(&mut command)
}

/// Builds the program that runs cases.
pub(crate) fn build() -> Result<PathBuf> {
    run_command(&mut cargo(["build", "--release", "--package", "ringql-event-time"]))?;
    let name = format!("ringql-event-time{}", std::env::consts::EXE_SUFFIX);
    Ok(project::target_dir().join("release").join(name))
}
