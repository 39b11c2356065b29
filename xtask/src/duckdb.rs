//! Python with the DuckDB that the expected values come from.

use std::path::PathBuf;

use anyhow::Result;

use crate::process::{program, run};
use crate::python;

/// The version that all expectations were made with.
const VERSION: &str = "duckdb==2.0.0";

/// Fails unless DuckDB still says what the committed expectations say.
pub(crate) fn check() -> Result<()> {
    let python = python()?;
    run(program(&python).arg("core/tests/slt/expect.py"))?;
    run(program(&python).arg("core/tests/duckdb/check.py"))
}

/// A Python that can `import duckdb`.
pub(crate) fn python() -> Result<PathBuf> {
    python::with("duckdb", &[VERSION])
}
