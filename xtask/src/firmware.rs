//! `cargo xtask firmware`: build, run under QEMU, compare with the host, measure.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::expected::{self, Expected};
use crate::route::{Route, TARGET};
use crate::{difference, elf, evaluated, known, panics, process, project, qemu, size};

/// The ELF files of the firmware's programs, named as in its manifest.
pub(crate) struct Images {
    pub(crate) const_plan: PathBuf,
    pub(crate) decoded_plan: PathBuf,
    pub(crate) user_function: PathBuf,
    pub(crate) without_query: PathBuf,
    cost: PathBuf,
}

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
        for workspace in project::firmwares() {
            let mut clippy = route.cargo("clippy");
            clippy.current_dir(workspace).arg("--target-dir").arg(target_dir(route));
            process::run(clippy.args(["--", "-D", "warnings"]))?;
        }
    }
    let images = build_by(route, &args.build)?;
    let expected = expected::ask_host()?;
    compare(&images, &expected)?;
    for image in [&images.const_plan, &images.decoded_plan, &images.user_function] {
        elf::check_no_allocator(image)?;
    }
    println!("    no allocator is linked");
    if !args.build.debug {
        for image in [&images.const_plan, &images.decoded_plan, &images.user_function] {
            panics::check(image)?;
        }
        println!("    no panic is linked");
        qemu::run(&images.cost)?;
        evaluated::check(route, &target_dir(route))?;
        known::check(route, &target_dir(route))?;
    }
    size::report(&images)
}

/// Fails unless both programs print what the host does, from the host's plan, in its arena.
fn compare(images: &Images, expected: &Expected) -> Result<()> {
    for (image, rows) in [
        (&images.const_plan, &expected.rows),
        (&images.decoded_plan, &expected.rows),
        (&images.user_function, &expected.user_rows),
    ] {
        let actual = qemu::run(image)?;
        if let Some(difference) = difference::first(rows.as_bytes(), &actual) {
            bail!("the firmware's output is not the host's: {difference}");
        }
        println!("    output equals the host's: {} bytes", actual.len());
    }
    // The program itself has checked that the tables in flash are what this file decodes to.
    if !elf::contains(&images.decoded_plan, &expected.plan)? {
        bail!("the plan in the firmware is not what `ringql compile` writes");
    }
    println!("    the plan is what `ringql compile` writes: {} bytes", expected.plan.len());
    let arena = elf::static_bytes(&images.const_plan, "ARENA")?;
    if arena != expected.arena_bytes {
        let explained = expected.arena_bytes;
        bail!("the static ARENA has {arena} bytes and `ringql explain` says {explained}");
    }
    println!("    the static ARENA has the size that `ringql explain` says: {arena} bytes");
    Ok(())
}

/// Builds the firmware, and prints the flash and RAM that its programs take.
pub(crate) fn measure(args: &BuildArgs) -> Result<()> {
    let route = find_route(args)?;
    size::report(&build_by(route, args)?)?;
    known::check(route, &target_dir(route))
}

fn build_by(route: Route, args: &BuildArgs) -> Result<Images> {
    let mut command = route.cargo("build");
    if !args.debug {
        command.arg("--release");
    }
    process::run(command.arg("--target-dir").arg(target_dir(route)))?;
    let profile = if args.debug { "debug" } else { "release" };
    let folder = target_dir(route).join(TARGET).join(profile);
    Ok(Images {
        const_plan: folder.join("const_plan"),
        decoded_plan: folder.join("decoded_plan"),
        user_function: folder.join("user_function"),
        without_query: folder.join("without_query"),
        cost: folder.join("cost"),
    })
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
