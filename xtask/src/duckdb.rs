//! Python with the DuckDB that the expected values come from, in a virtual environment under the
//! target folder.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::process::{program, run, run_within};
use crate::project;
use crate::tools::{Missing, need_from_apt};

/// The version that all expectations were made with.
const VERSION: &str = "duckdb==2.0.0";
/// What a slow network may take.
const INSTALLATION: Duration = Duration::from_secs(600);

/// Fails unless DuckDB still says what the committed expectations say.
pub(crate) fn check() -> Result<()> {
    let python = python()?;
    run(program(&python).arg("core/tests/slt/expect.py"))?;
    run(program(&python).arg("core/tests/duckdb/check.py"))
}

/// A Python that can `import duckdb`.
pub(crate) fn python() -> Result<PathBuf> {
    let folder = project::target_dir().join("duckdb");
    let bin = if cfg!(windows) { "Scripts" } else { "bin" };
    let python = folder.join(bin).join(format!("python{}", std::env::consts::EXE_SUFFIX));
    let ready = || {
        let wanted = VERSION.rsplit('=').next().unwrap_or_default();
        let test = format!("import duckdb; assert duckdb.__version__ == '{wanted}'");
        let mut command = program(&python);
        command.args(["-c", &test]).stderr(std::process::Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    if python.exists() && ready() {
        return Ok(python);
    }
    need_from_apt("python3", &["python3"])?;
    let missing = || Missing {
        what: "DuckDB for Python".to_owned(),
        install: format!("python3 -m venv {} && pip install {VERSION}", folder.display()),
    };
    let venv = || run(program("python3").args(["-m", "venv", "--clear"]).arg(&folder));
    if venv().is_err() {
        // Debian's Python comes without it.
        crate::tools::install_from_apt("python3-venv", &["python3-venv"])?;
        venv()?;
    }
    let mut pip = program(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", VERSION]);
    run_within(&mut pip, INSTALLATION).with_context(missing)?;
    Ok(python)
}
