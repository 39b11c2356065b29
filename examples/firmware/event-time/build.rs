//! Compiles the kept cases of event time to plan files, and makes the records that they are over.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use event_time::device::bundle;

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=memory.x");
    // Where the linker script of `cortex-m-rt` looks for it.
    fs::copy("memory.x", out.join("memory.x"))?;
    println!("cargo::rustc-link-search={}", out.display());

    bundle()?.write_input(&out)?;
    Ok(())
}
