//! `cargo xtask bench --peers`: RingQL beside other engines, in one run.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use super::{build, measured};
use crate::process::run as run_command;
use crate::{project, python};

/// SQLite is so much slower than the others that it gets fewer rows.
const SQLITE_ROWS: u32 = 200_000;
/// Trades, which are large records, if there are not fewer rows.
const TRADES: u32 = 1_000_000;
/// Each figure is the best of so many turns of some runs.
const TURNS: u32 = 3;

#[derive(Clone, Copy, clap::Args)]
pub(crate) struct Workload {
    /// Of the report, and with `--peers`: records
    #[arg(long, default_value_t = 10_000_000, conflicts_with = "guard")]
    pub(super) rows: u32,
    /// The same: devices that all engines group by
    #[arg(long, default_value_t = 1_000, conflicts_with = "guard")]
    pub(super) devices: u32,
}

/// Where the figures of the last run lie, for the report.
pub(crate) fn figures() -> PathBuf {
    project::target_dir().join("peers.json")
}

/// Compares the engines' results, then measures them; only these queries, if any are named.
pub(crate) fn compare(workload: &Workload, queries: &[&str]) -> Result<()> {
    ensure!(workload.rows > 0 && workload.devices > 0, "there must be rows and devices");
    let folder = Path::new("benches").join("peers");
    let listed = fs::read_to_string(project::root().join(&folder).join("requirements.txt"))
        .context("requirements.txt")?;
    let packages: Vec<&str> =
        listed.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let python = python::with("peers", &packages)?;
    let ringql = build("on_demand")?;
    let mut command = measured(python);
    command.arg("-B").arg(folder.join("compare.py")).arg(ringql);
    for (option, value) in [
        ("--rows", workload.rows),
        ("--devices", workload.devices),
        ("--trades", workload.rows.min(TRADES)),
        ("--sqlite-rows", SQLITE_ROWS),
        ("--turns", TURNS),
    ] {
        command.arg(option).arg(value.to_string());
    }
    if !queries.is_empty() {
        command.arg("--queries").args(queries);
    }
    run_command(command.arg("--json").arg(figures()))
}
