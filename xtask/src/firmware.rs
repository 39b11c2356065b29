//! `cargo xtask firmware`: build, run under QEMU, compare with the host, measure.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::process;
use crate::route::{Route, TARGET};
use crate::{elf, expected, memory_map, project, qemu};

/// The firmware's program, as its manifest names it.
const PROGRAM: &str = "ringql-firmware";

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    build: BuildArgs,
    /// Lint it too, where its compiler comes with clippy (rustup's does)
    #[arg(long)]
    lint: bool,
}

impl Args {
    /// Everything this command can check, as `cargo xtask test` wants it.
    pub(crate) fn thorough() -> Self {
        Self { build: BuildArgs::default(), lint: true }
    }
}

#[derive(clap::Args, Default)]
pub(crate) struct BuildArgs {
    /// Build it optimised (the default)
    #[arg(long = "release", overrides_with = "debug")]
    _release: bool,
    /// Build it without optimisation
    #[arg(long)]
    debug: bool,
    /// Which compiler builds it; by default the first that works
    #[arg(long, value_enum)]
    route: Option<Route>,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let route = find_route(&args.build)?;
    if args.lint && route == Route::Rustup {
        let mut clippy = route.cargo("clippy");
        clippy.arg("--target-dir").arg(target_dir(route));
        process::run(clippy.args(["--", "-D", "warnings"]))?;
    }
    let image = build_by(route, &args.build)?;
    let actual = qemu::run(&image)?;
    if let Some(difference) = expected::difference(&expected::output()?, &actual) {
        bail!("the firmware's output is not the host's: {difference}");
    }
    println!("    output equals the host's: {} bytes", actual.len());
    elf::check_no_allocator(&image)?;
    println!("    no allocator is linked");
    print!("{}", elf::usage(&image, &memory_map::read()?)?);
    Ok(())
}

/// Builds the firmware and returns where its ELF file is.
pub(crate) fn build(args: &BuildArgs) -> Result<PathBuf> {
    build_by(find_route(args)?, args)
}

fn build_by(route: Route, args: &BuildArgs) -> Result<PathBuf> {
    let mut command = route.cargo("build");
    if !args.debug {
        command.arg("--release");
    }
    process::run(command.arg("--target-dir").arg(target_dir(route)))?;
    let profile = if args.debug { "debug" } else { "release" };
    let folder = target_dir(route).join(TARGET).join(profile);
    Ok(folder.join(PROGRAM))
}

fn find_route(args: &BuildArgs) -> Result<Route> {
    let route = Route::find(args.route)?;
    println!("    firmware compiler: {}", route.describe());
    Ok(route)
}

/// Each route has its folder: neither undoes the other's work or the host's.
fn target_dir(route: Route) -> PathBuf {
    project::target_dir().join(match route {
        Route::Rustup => "firmware-rustup",
        Route::Debian => "firmware-debian",
    })
}
