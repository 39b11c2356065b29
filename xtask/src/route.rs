//! Which compiler builds the firmware.
//!
//! Normally rustup's, with the target's libraries from rustup. Some machines can't
//! fetch those; there Debian's compiler builds `core` itself from Debian's sources.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};
use clap::ValueEnum;

use crate::process::{answers, capture, program, run_within};
use crate::{project, tools};

/// A Cortex-M4 with its floating-point unit.
pub(crate) const TARGET: &str = "thumbv7em-none-eabihf";

const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_CORE: &str = "/usr/lib/rustlib/src/rust/library/core";
const DEBIAN_LINKER: &str = "ld.lld";
/// Everything that firmware work takes on a fresh Debian; the names are the ones whose
/// compiler is new enough. qemu-system-misc must stay out: it conflicts with these.
const DEBIAN_PACKAGES: [&str; 7] = [
    "rustc-web",
    "cargo-web",
    "rust-web-src",
    "lld",
    "qemu-system-arm",
    "binutils-arm-none-eabi",
    "valgrind",
];

const DOWNLOAD_LIMIT: Duration = Duration::from_secs(180);

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Route {
    /// The current compiler with the target's libraries from rustup
    Rustup,
    /// Debian's compiler, which builds `core` from Debian's rust-web-src
    Debian,
}

impl Route {
    /// The first route that works here, or the wanted one.
    pub(crate) fn find(wanted: Option<Self>) -> Result<Self> {
        match wanted {
            Some(Self::Rustup) if !target_ready() => {
                bail!("the target's libraries can't be had: try `rustup target add {TARGET}`")
            }
            Some(Self::Debian) => debian(),
            _ if target_ready() => Ok(Self::Rustup),
            _ => debian(),
        }
    }

    pub(crate) fn describe(self) -> &'static str {
        match self {
            Self::Rustup => "the current compiler, with the target's libraries installed",
            Self::Debian => "Debian's compiler, building `core` from Debian's sources",
        }
    }

    pub(crate) fn cargo(self, subcommand: &str) -> Command {
        // One of these, left by an outer cargo or a user's shell, would choose another
        // compiler or drop the linker script.
        const INHERITED: [&str; 7] = [
            "CARGO",
            "RUSTC",
            "RUSTDOC",
            "RUSTC_WRAPPER",
            "RUSTC_WORKSPACE_WRAPPER",
            "RUSTFLAGS",
            "CARGO_ENCODED_RUSTFLAGS",
        ];
        let mut command = match self {
            Self::Rustup => crate::process::cargo([]),
            Self::Debian => program(DEBIAN_CARGO),
        };
        command.current_dir(project::firmware());
        for name in INHERITED {
            command.env_remove(name);
        }
        command.arg(subcommand).args(["--target", TARGET]);
        if self == Self::Debian {
            // An outer `cargo run` points this at its own compiler's libraries.
            command.env_remove("LD_LIBRARY_PATH");
            command.env_remove("RUSTUP_TOOLCHAIN");
            command.env("RUSTC", DEBIAN_RUSTC);
            // Building `core` is unstable; the firmware itself uses nothing unstable.
            command.env("RUSTC_BOOTSTRAP", "1");
            command.env("CARGO_TARGET_THUMBV7EM_NONE_EABIHF_LINKER", DEBIAN_LINKER);
            command.arg("-Zbuild-std=core,compiler_builtins");
            command.arg("-Zbuild-std-features=compiler-builtins-mem");
        }
        command
    }
}

/// Whether the current compiler has the target's libraries, fetching them if it can.
fn target_ready() -> bool {
    target_installed()
        || (answers("rustup")
            && run_within(program("rustup").args(["target", "add", TARGET]), DOWNLOAD_LIMIT)
                .inspect_err(|error| println!("    {error}"))
                .is_ok()
            && target_installed())
}

/// Asks the compiler rather than rustup, so that it holds for any way of installing.
fn target_installed() -> bool {
    capture(program("rustc").args(["--print", "target-libdir", "--target", TARGET]))
        .is_ok_and(|folder| Path::new(folder.trim()).is_dir())
}

fn debian() -> Result<Route> {
    let complete = answers(DEBIAN_RUSTC)
        && answers(DEBIAN_CARGO)
        && answers(DEBIAN_LINKER)
        && Path::new(DEBIAN_CORE).is_dir();
    if !complete {
        tools::install_from_apt("a Rust compiler for the firmware", &DEBIAN_PACKAGES)?;
    }
    Ok(Route::Debian)
}
