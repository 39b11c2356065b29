//! `cargo xtask test`: every check of the project, in the order of how soon each
//! can fail. The README names this command and `.ci/run` runs it.

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use clap::ValueEnum;

use crate::bench::guard;
use crate::process::{answers, cargo, run as run_command};
use crate::tools::{self, Missing};
use crate::{duckdb, firmware, msrv, project};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Leave the firmware out
    #[arg(long)]
    skip_firmware: bool,
    /// Run this step alone (repeatable)
    #[arg(long, value_name = "STEP")]
    only: Vec<Step>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Step {
    /// Formatting
    Fmt,
    /// Lints, with every warning an error
    Clippy,
    /// The core without features and with each feature alone
    Features,
    /// Tests and examples in the documentation
    Test,
    /// Whether DuckDB still says what the tests expect
    Duckdb,
    /// Documentation, with every warning an error
    Doc,
    /// Licences, duplicate and unwanted dependencies, where they come from
    Deny,
    /// The stated minimum Rust version
    Msrv,
    /// Instructions of the reference queries beside their baseline
    Guard,
    /// The firmware under QEMU
    Firmware,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.to_possible_value();
        f.pad(value.as_ref().map_or("", |v| v.get_name()))
    }
}

enum Outcome {
    Passed(Duration),
    Skipped(String),
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let start = Instant::now();
    let mut outcomes = Vec::new();
    for step in Step::value_variants() {
        let chosen = args.only.is_empty() || args.only.contains(step);
        if !chosen || (args.skip_firmware && *step == Step::Firmware) {
            continue;
        }
        println!("==> {step}");
        match take(*step) {
            Ok(outcome) => outcomes.push((*step, outcome)),
            Err(error) => {
                summarise(&outcomes);
                println!("    {step:<10} FAILED");
                return Err(error.context(format!("the step `{step}` failed")));
            }
        }
    }
    summarise(&outcomes);
    println!("==> done in {:.1} s", start.elapsed().as_secs_f64());
    Ok(())
}

/// Runs a step. A tool that is missing and can't be installed leaves the step out,
/// loudly; in an unattended run nobody would see that, so there it is a failure.
fn take(step: Step) -> Result<Outcome> {
    let start = Instant::now();
    match perform(step) {
        Ok(()) => {
            let took = start.elapsed();
            println!("    passed in {:.1} s", took.as_secs_f64());
            Ok(Outcome::Passed(took))
        }
        Err(error) => match error.downcast_ref::<Missing>() {
            Some(missing) if !tools::in_ci() => {
                println!("    NOT RUN: {error:#}");
                Ok(Outcome::Skipped(missing.to_string()))
            }
            _ => Err(error),
        },
    }
}

fn perform(step: Step) -> Result<()> {
    match step {
        Step::Fmt => {
            run_command(&mut cargo(["fmt", "--all", "--check"]))?;
            for workspace in project::other_workspaces() {
                run_command(cargo(["fmt", "--check"]).current_dir(workspace))?;
            }
            Ok(())
        }
        Step::Clippy => run_command(
            cargo(["clippy", "--workspace", "--all-targets", "--all-features"])
                .args(["--", "-D", "warnings"]),
        ),
        Step::Features => features(),
        Step::Test => run_command(&mut cargo(["test", "--workspace", "--all-features"])),
        Step::Duckdb => duckdb::check(),
        Step::Doc => run_command(
            cargo(["doc", "--workspace", "--no-deps", "--all-features"])
                .env("RUSTDOCFLAGS", "-Dwarnings"),
        ),
        Step::Deny => deny(),
        Step::Msrv => msrv::check(),
        Step::Guard => guard::run(false),
        Step::Firmware => firmware::run(&firmware::Args::thorough()),
    }
}

fn features() -> Result<()> {
    const CORE: &str = "ringql-core";
    let alone = || cargo(["check", "-p", CORE, "--no-default-features"]);
    run_command(&mut alone())?;
    for feature in project::features(CORE)? {
        run_command(alone().args(["--features", &feature]))?;
    }
    Ok(())
}

/// The advisory database is not asked: it can't be reached from every machine, and
/// a check that passes only on some would be no check.
fn deny() -> Result<()> {
    const INSTALL: [&str; 3] = ["install", "--locked", "cargo-deny"];
    if !answers("cargo-deny") {
        println!("    cargo-deny is missing; installing it takes some minutes");
        run_command(&mut cargo(INSTALL)).with_context(|| Missing {
            what: "cargo-deny".to_owned(),
            install: format!("cargo {}", INSTALL.join(" ")),
        })?;
    }
    const CHECK: [&str; 4] = ["check", "licenses", "bans", "sources"];
    run_command(cargo(["deny"]).args(CHECK))?;
    let rules = project::root().join("deny.toml");
    for workspace in project::other_workspaces() {
        let mut deny = cargo(["deny", "--config"]);
        run_command(deny.arg(&rules).args(CHECK).current_dir(workspace))?;
    }
    Ok(())
}

fn summarise(outcomes: &[(Step, Outcome)]) {
    println!("==> summary");
    for (step, outcome) in outcomes {
        match outcome {
            Outcome::Passed(took) => println!("    {step:<10} {:>7.1} s", took.as_secs_f64()),
            Outcome::Skipped(why) => println!("    {step:<10} NOT RUN: {why}"),
        }
    }
}
