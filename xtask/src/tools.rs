//! What the checks need beyond Rust: installed when possible, otherwise named.

use std::env;
use std::fmt;

use anyhow::Result;

use crate::process::{self, answers, capture, program};

/// A tool that is not there and could not be installed; says how to do it by hand.
#[derive(Debug)]
pub(crate) struct Missing {
    pub(crate) what: String,
    pub(crate) install: String,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is missing; install it with `{}`", self.what, self.install)
    }
}

impl std::error::Error for Missing {}

/// Whether this is an unattended run, in which no check may be left out.
pub(crate) fn in_ci() -> bool {
    env::var("CI").is_ok_and(|value| value == "true" || value == "1")
}

/// Makes sure of a program from a Debian package.
pub(crate) fn need_from_apt(name: &str, packages: &[&str]) -> Result<()> {
    if answers(name) {
        return Ok(());
    }
    install_from_apt(name, packages)
}

/// Installs Debian packages if this is root on such a system; else [`Missing`].
pub(crate) fn install_from_apt(what: &str, packages: &[&str]) -> Result<()> {
    const INSTALL: [&str; 3] = ["install", "-y", "--no-install-recommends"];
    let missing = || Missing {
        what: what.to_owned(),
        install: format!("apt-get update && apt-get {} {}", INSTALL.join(" "), packages.join(" ")),
    };
    if !answers("apt-get") || !is_root() {
        return Err(missing().into());
    }
    println!("    {what} is missing; installing it");
    let apt = || {
        let mut command = program("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    // Old lists are often good enough, so only the installation decides.
    if let Err(error) = process::run(apt().arg("update")) {
        println!("    going on without fresh package lists: {error}");
    }
    process::run(apt().args(INSTALL).args(packages)).map_err(|e| e.context(missing()))
}

fn is_root() -> bool {
    capture(program("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}
