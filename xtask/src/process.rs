//! Starting other programs: announced, with a clean environment, never for ever.

use std::env;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::project;

/// What an outer `cargo run` tells this program about itself. A cargo started from
/// here must not take it for its own: build scripts would see it change and run again.
const OUTER_PREFIXES: [&str; 2] = ["CARGO_PKG_", "CARGO_BIN_"];
const OUTER: [&str; 5] = [
    "CARGO_CRATE_NAME",
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_PATH",
    "CARGO_PRIMARY_PACKAGE",
    "OUT_DIR",
];

/// A program to run in the workspace's folder, without the outer cargo's variables.
pub(crate) fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(project::root());
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if OUTER.contains(&&*text) || OUTER_PREFIXES.iter().any(|p| text.starts_with(p)) {
            command.env_remove(&name);
        }
    }
    command
}

/// A program that chooses a toolchain itself: what this one inherited names the outer one.
pub(crate) fn outside(name: impl AsRef<OsStr>) -> Command {
    let mut command = program(name);
    for outer in ["CARGO", "RUSTC", "RUSTDOC", "RUSTUP_TOOLCHAIN", "LD_LIBRARY_PATH"] {
        command.env_remove(outer);
    }
    command
}

/// The cargo that started this program.
pub(crate) fn cargo<const N: usize>(args: [&str; N]) -> Command {
    let mut command = program(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(args);
    command
}

/// The command as one would type it, with the variables set for it.
pub(crate) fn display(command: &Command) -> String {
    let mut text = String::new();
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            let _ = write!(text, "{}={} ", name.display(), value.display());
        }
    }
    let program = std::path::Path::new(command.get_program());
    // `cargo` reads better than where rustup keeps it; Debian's is named in full,
    // because there the folder is the point.
    let short = if program.starts_with("/usr") {
        program.as_os_str()
    } else {
        program.file_name().unwrap_or(command.get_program())
    };
    let _ = write!(text, "{}", short.display());
    for argument in command.get_args() {
        let _ = write!(text, " {}", argument.display());
    }
    text
}

/// Announces a command, runs it, and fails if it fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let shown = display(command);
    println!("    $ {shown}");
    let status = command.status().with_context(|| format!("cannot start `{shown}`"))?;
    check(status, &shown)
}

/// As [`run`], for a command that could hang on a network that swallows packets.
pub(crate) fn run_within(command: &mut Command, limit: Duration) -> Result<()> {
    let shown = display(command);
    println!("    $ {shown}");
    let mut child = command.spawn().with_context(|| format!("cannot start `{shown}`"))?;
    match wait_within(&mut child, limit)? {
        Some(status) => check(status, &shown),
        None => bail!("`{shown}` took more than {} s", limit.as_secs()),
    }
}

/// Runs a command quietly and returns its standard output.
pub(crate) fn capture(command: &mut Command) -> Result<String> {
    let shown = display(command);
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start `{shown}`"))?;
    check(output.status, &shown)?;
    String::from_utf8(output.stdout).with_context(|| format!("`{shown}` printed no text"))
}

/// Whether a program is there and answers `--version`.
pub(crate) fn answers(name: &str) -> bool {
    let mut command = program(name);
    command.arg("--version");
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Waits for a child; after `limit` it is killed and the answer is `None`.
pub(crate) fn wait_within(child: &mut Child, limit: Duration) -> Result<Option<ExitStatus>> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= deadline {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(10));
    }
}

fn check(status: ExitStatus, shown: &str) -> Result<()> {
    if !status.success() {
        bail!("`{shown}` failed: {status}");
    }
    Ok(())
}
