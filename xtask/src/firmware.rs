//! `cargo xtask firmware`: build, run under QEMU, compare with the host, measure.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::process;
use crate::route::{Route, TARGET};
use crate::{elf, expected, memory_map, project, qemu};

/// The firmware's program, as its manifest names it.
const PROGRAM: &str = "ringql-firmware";

#[derive(clap::Args, Default)]
pub(crate) struct Args {
    #[command(flatten)]
    build: BuildArgs,
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
    let image = build(&args.build)?;
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
    let route = Route::find(args.route)?;
    println!("    firmware compiler: {}", route.describe());
    // Each route has its folder: neither undoes the other's work or the host's.
    let folder = format!("firmware-{route:?}").to_lowercase();
    let target_dir = project::target_dir().join(folder);
    let mut command = route.cargo("build");
    if !args.debug {
        command.arg("--release");
    }
    process::run(command.arg("--target-dir").arg(&target_dir))?;
    let profile = if args.debug { "debug" } else { "release" };
    Ok(target_dir.join(TARGET).join(profile).join(PROGRAM))
}
