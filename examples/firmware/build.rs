//! Puts `memory.x` where the linker script of `cortex-m-rt` looks for it.

use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    fs::copy("memory.x", out.join("memory.x"))?;
    fs::copy("/tmp/plan_tmp.rs", out.join("plan.rs"))?;
    fs::copy("/tmp/plan.rqlp", out.join("query.rqlp"))?;
    fs::copy("/tmp/records.bin", out.join("records.bin"))?;
    println!("cargo::rustc-link-search={}", out.display());
    println!("cargo::rerun-if-changed=memory.x");
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}
