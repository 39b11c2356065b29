//! `cargo xtask fuzz`: the fuzz targets of `fuzz/`, each for some minutes, and then its corpus as
//! few files as reach the same code.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use clap::ValueEnum;

use crate::process::{answers, capture, outside, run as run_command};
use crate::project;
use crate::tools::Missing;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// How long, for each target
    #[arg(long, default_value_t = 10)]
    minutes: u32,
    /// This target alone (repeatable)
    #[arg(long, value_name = "TARGET")]
    target: Vec<Target>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Target {
    /// SQL to plan to results
    Sql,
    /// Any bytes as a plan
    Plan,
    /// Any bytes as a prepared pattern, format or zone
    Prepared,
    /// Texts to values and back
    Text,
}

impl Target {
    const fn name(self) -> &'static str {
        match self {
            Self::Sql => "sql",
            Self::Plan => "plan",
            Self::Prepared => "prepared",
            Self::Text => "text",
        }
    }
}

pub(crate) fn run(args: &Args) -> Result<()> {
    need()?;
    let seeds = project::target_dir().join("fuzz-seeds");
    run_command(nightly("cargo").args(["run", "--example", "seeds", "--"]).arg(&seeds))?;
    for target in Target::value_variants() {
        if args.target.is_empty() || args.target.contains(target) {
            println!("==> {}", target.name());
            fuzz(target.name(), args.minutes, &seeds)?;
        }
    }
    Ok(())
}

fn need() -> Result<()> {
    if capture(nightly("rustc").arg("--version")).is_err() {
        return Err(missing("the nightly compiler", "rustup toolchain install nightly"));
    }
    if !answers("cargo-fuzz") {
        return Err(missing("cargo-fuzz", "cargo install cargo-fuzz --locked"));
    }
    Ok(())
}

fn missing(what: &str, install: &str) -> anyhow::Error {
    Missing { what: what.to_owned(), install: install.to_owned() }.into()
}

/// Runs a target from its corpus and the seeds, then chooses the corpus anew.
fn fuzz(target: &str, minutes: u32, seeds: &Path) -> Result<()> {
    let kept = project::fuzz().join("corpus").join(target);
    let regressions = project::fuzz().join("regressions").join(target);
    let found = project::target_dir().join("fuzz-found").join(target);
    let seeds_of_target = seeds.join(target);
    for folder in [&kept, &regressions, &found] {
        fs::create_dir_all(folder)?;
    }
    let inputs = [&found, &kept, &regressions, &seeds_of_target];
    let mut dictionary = OsString::from("-dict=");
    dictionary.push(seeds.join("sql.dict"));
    run_command(
        fuzzer(target)
            .args(inputs)
            .args(["--", "-timeout=10", "-rss_limit_mb=3000", "-print_final_stats=1"])
            .arg(format!("-max_total_time={}", u64::from(minutes) * 60))
            .arg(dictionary),
    )?;
    let chosen = project::target_dir().join("fuzz-chosen").join(target);
    empty(&chosen)?;
    // By what code is reached, not how often, which would be ten times as many files.
    run_command(fuzzer(target).arg(&chosen).args(inputs).args([
        "--",
        "-set_cover_merge=1",
        "-use_counters=0",
    ]))?;
    keep(&chosen, &kept)
}

/// The files of a corpus that are committed, at most: tests run them again each time.
const KEPT: usize = 150;

/// Puts the first files that were written into the committed corpus: each one reaches the most
/// that those before it do not.
fn keep(chosen: &Path, kept: &Path) -> Result<()> {
    let mut files = Vec::new();
    for entry in fs::read_dir(chosen)? {
        let entry = entry?;
        files.push((entry.metadata()?.modified()?, entry.path(), entry.file_name()));
    }
    files.sort();
    empty(kept)?;
    println!("    {} files, {} of which are kept", files.len(), files.len().min(KEPT));
    for (_, path, name) in files.iter().take(KEPT) {
        fs::copy(path, kept.join(name))?;
    }
    Ok(())
}

fn empty(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("emptying {}", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))
}

/// `cargo fuzz run TARGET`, without a sanitizer: core forbids unsafe code, and it would take half
/// of the time.
fn fuzzer(target: &str) -> Command {
    let mut command = nightly("cargo");
    command.args(["fuzz", "run", "--sanitizer", "none", target]);
    command
}

/// A program of the nightly toolchain, in the folder of the targets.
fn nightly(name: &str) -> Command {
    let mut command = outside("rustup");
    command.args(["run", "nightly", name]).current_dir(project::fuzz());
    // Where cargo-fuzz would look for what was built differs from what cargo takes.
    command.env("CARGO_TARGET_DIR", project::target_dir());
    command
}
