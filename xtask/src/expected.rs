//! What the host says about the firmware's query: the program `ringql` runs it over the same data.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::process::{capture, cargo, program, run};
use crate::project;

/// What the firmware must agree with.
pub(crate) struct Expected {
    /// The result rows, as `ringql run` prints them.
    pub(crate) rows: String,
    /// Those of the example with functions of its own, as the host's example prints them.
    pub(crate) user_rows: String,
    /// The plan file that `ringql compile` writes.
    pub(crate) plan: Vec<u8>,
    /// The size of the arena that `ringql explain` states.
    pub(crate) arena_bytes: u64,
}

/// Builds the program `ringql` and asks it.
pub(crate) fn ask_host() -> Result<Expected> {
    run(&mut cargo(["build", "--package", "ringql-runtime", "--bin", "ringql"]))?;
    let query = Path::new("examples").join("firmware").join("query.sql");
    let plan = project::target_dir().join("firmware-query.rqlp");
    run(ringql("compile").arg(&query).arg("-o").arg(&plan))?;
    let rows = capture(ringql("run").arg(&query).args(["--format", "csv", "--quiet"]))?;
    let explained = capture(ringql("explain").arg(&query).args(["--format", "json"]))?;
    let explained: Value = serde_json::from_str(&explained).context("reading `ringql explain`")?;
    let user = ["run", "--quiet", "--package", "ringql-examples", "--bin", "user_function"];
    let user_rows = capture(&mut cargo(user))?;
    Ok(Expected {
        rows,
        user_rows,
        plan: fs::read(&plan).with_context(|| format!("reading {}", plan.display()))?,
        arena_bytes: arena_bytes(&explained).context("`ringql explain` states no arena")?,
    })
}

fn ringql(command: &str) -> Command {
    let folder: PathBuf = project::target_dir().join("debug");
    let mut ringql = program(folder.join(format!("ringql{}", std::env::consts::EXE_SUFFIX)));
    ringql.arg(command);
    ringql
}

/// The arena of the one query that was explained.
fn arena_bytes(explained: &Value) -> Option<u64> {
    let query = explained.as_array().map_or(Some(explained), |all| all.first())?;
    query["arena"]["total"].as_u64()
}
