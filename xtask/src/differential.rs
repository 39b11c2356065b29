//! `cargo xtask differential`: random expressions, RingQL against DuckDB.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::process::{cargo, program, run as run_command};
use crate::{duckdb, project};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// How many expressions RingQL must compile
    #[arg(long, default_value_t = 20_000)]
    expressions: u32,
    /// Over how many rows
    #[arg(long, default_value_t = 1000)]
    rows: u32,
    /// Another seed gives other expressions and rows
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Compare this expression instead (repeatable)
    #[arg(long, value_name = "SQL")]
    only: Vec<String>,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let evaluator = build()?;
    let script = Path::new("core").join("tests").join("duckdb").join("differential.py");
    let mut command = program(duckdb::python()?);
    command.arg("-B").arg(script).arg(evaluator);
    command.arg("--expressions").arg(args.expressions.to_string());
    command.arg("--rows").arg(args.rows.to_string()).arg("--seed").arg(args.seed.to_string());
    for sql in &args.only {
        command.arg(format!("--only={sql}"));
    }
    run_command(&mut command)
}

/// Builds the program that makes expressions and evaluates them.
pub(crate) fn build() -> Result<PathBuf> {
    run_command(&mut cargo(["build", "--release", "--package", "ringql-differential"]))?;
    let name = format!("ringql-differential{}", std::env::consts::EXE_SUFFIX);
    Ok(project::target_dir().join("release").join(name))
}
