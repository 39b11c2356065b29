//! `cargo xtask bench`: the benchmarks, with whatever arguments Criterion takes.

use std::env;

use anyhow::Result;

use crate::process::{cargo, run as run_command};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Passed through: a bench's name with `--bench NAME`, Criterion's options after `--`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    _args: Vec<String>,
}

pub(crate) fn run(_: &Args) -> Result<()> {
    // Not clap's list: it would drop a leading `--`, which cargo needs to see.
    let given = env::args_os().skip_while(|arg| arg != "bench").skip(1);
    run_command(cargo(["bench", "-p", "ringql-benches"]).args(given))
}
