//! Compiles each of `queries/*.sql` to a plan.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use ringql_core::plan::source::plan_source;
use ringql_core::sql::{Options, compile};

const STREAM: &str = include_str!("stream.sql");

const QUERIES: [(&str, &str); 4] = [
    ("Q1", include_str!("queries/q1.sql")),
    ("Q2", include_str!("queries/q2.sql")),
    ("Q3", include_str!("queries/q3.sql")),
    ("Q4", include_str!("queries/q4.sql")),
];

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    for name in ["build.rs", "memory.x", "stream.sql", "queries"] {
        println!("cargo::rerun-if-changed={name}");
    }
    // Where the linker script of `cortex-m-rt` looks for it.
    fs::copy("memory.x", out.join("memory.x"))?;
    println!("cargo::rustc-link-search={}", out.display());

    let mut plans = String::new();
    for (name, sql) in QUERIES {
        let program = compile(&format!("{STREAM}{sql}"), &Options::default())
            .map_err(|error| format!("{name}: {error}"))?;
        let query = program.queries.first().ok_or("a file holds a query")?;
        plans += &plan_source(&query.plan(), name);
    }
    fs::write(out.join("plans.rs"), plans)?;
    Ok(())
}
