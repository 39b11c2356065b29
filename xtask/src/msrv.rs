//! The minimum Rust version: that the workspace builds with the one it states.

use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use crate::process::{capture, cargo, outside, program, run, run_within};
use crate::tools::Missing;

/// What `workspace.package.rust-version` states; this package inherits it.
const MINIMUM: &str = env!("CARGO_PKG_RUST_VERSION");

const INSTALL_LIMIT: Duration = Duration::from_secs(600);

pub(crate) fn check() -> Result<()> {
    let current = capture(program("rustc").arg("--version"))?;
    let current = current.split_whitespace().nth(1).unwrap_or_default();
    if is_release_of(current, MINIMUM) {
        println!("    Rust {MINIMUM}: the current compiler ({current}) is of that version");
        return run(&mut cargo(["check", "--workspace"]));
    }
    let toolchain = match installed_toolchain() {
        Some(name) => name,
        None => install()?,
    };
    println!("    Rust {MINIMUM}: with toolchain {toolchain}");
    run(with_toolchain(&toolchain).args(["check", "--workspace"]))
}

/// Cargo of another toolchain.
fn with_toolchain(toolchain: &str) -> Command {
    let mut command = outside("rustup");
    command.args(["run", toolchain, "cargo"]);
    command
}

fn installed_toolchain() -> Option<String> {
    let list = capture(program("rustup").args(["toolchain", "list"])).ok()?;
    let mut names = list.lines().filter_map(|l| l.split_whitespace().next());
    names
        .find(|name| is_release_of(name.split('-').next().unwrap_or_default(), MINIMUM))
        .map(str::to_owned)
}

fn install() -> Result<String> {
    let arguments = ["toolchain", "install", "--profile", "minimal", MINIMUM];
    run_within(program("rustup").args(arguments), INSTALL_LIMIT).map_err(|error| {
        error.context(Missing {
            what: format!("Rust {MINIMUM}, the stated minimum"),
            install: format!("rustup {}", arguments.join(" ")),
        })
    })?;
    Ok(MINIMUM.to_owned())
}

/// Whether `version` (1.95.0) is the stated one (1.95), whatever its patch number.
fn is_release_of(version: &str, stated: &str) -> bool {
    version.strip_prefix(stated).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::is_release_of;

    #[test]
    fn a_version_is_compared_by_its_whole_parts() {
        assert!(is_release_of("1.95.0", "1.95"));
        assert!(is_release_of("1.95", "1.95"));
        assert!(!is_release_of("1.950.0", "1.95"));
        assert!(!is_release_of("1.9", "1.95"));
        assert!(!is_release_of("stable", "1.95"));
    }
}
