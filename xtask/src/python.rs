//! Python with packages of fixed versions, in a virtual environment under the target folder.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::process::{program, run, run_within};
use crate::project;
use crate::tools::{Missing, install_from_apt, need_from_apt};

/// What a slow network may take.
const INSTALLATION: Duration = Duration::from_secs(1200);

/// Ends with an error unless each `NAME==VERSION` that it is given is installed.
const READY: &str = "
import sys
from importlib.metadata import version
for wanted in sys.argv[1:]:
    name, _, number = wanted.partition('==')
    assert version(name) == number
";

/// A Python with these packages, each `NAME==VERSION`, in the folder `target/NAME`.
pub(crate) fn with(name: &str, packages: &[&str]) -> Result<PathBuf> {
    let folder = project::target_dir().join(name);
    let bin = if cfg!(windows) { "Scripts" } else { "bin" };
    let python = folder.join(bin).join(format!("python{}", std::env::consts::EXE_SUFFIX));
    let ready = || {
        let mut command = program(&python);
        command.args(["-c", READY]).args(packages).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    if python.exists() && ready() {
        return Ok(python);
    }
    need_from_apt("python3", &["python3"])?;
    let packages_named = packages.join(" ");
    let missing = || Missing {
        what: format!("Python with {packages_named}"),
        install: format!("python3 -m venv {} && pip install {packages_named}", folder.display()),
    };
    let venv = || run(program("python3").args(["-m", "venv", "--clear"]).arg(&folder));
    if venv().is_err() {
        // Debian's Python comes without it.
        install_from_apt("python3-venv", &["python3-venv"])?;
        venv()?;
    }
    let mut pip = program(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(packages);
    run_within(&mut pip, INSTALLATION).with_context(missing)?;
    Ok(python)
}
