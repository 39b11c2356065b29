//! Running a firmware image under QEMU, with an end to it.

use std::io::Read;
use std::path::Path;
use std::process::{ChildStdout, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};

use crate::process::{display, program, wait_within};
use crate::tools;

const QEMU: &str = "qemu-system-arm";

/// A healthy run takes a second or two; a hung one must not hold up everything else.
const LIMIT: Duration = Duration::from_secs(60);

/// More than any example prints; a program that prints for ever is stopped by it.
const MOST_OUTPUT: u64 = 64 << 20;

/// What the program wrote to standard output until it ended with success. What it writes to
/// standard error goes to this program's.
pub(crate) fn run(image: &Path) -> Result<Vec<u8>> {
    tools::need_from_apt(QEMU, &[QEMU])?;
    let mut command = program(QEMU);
    command
        .args(["-cpu", "cortex-m4", "-machine", "mps2-an386", "-nographic"])
        // Virtual time: 32 ns for each instruction, none for the host's moods.
        .args(["-icount", "shift=5,sleep=off"])
        .args(["-semihosting-config", "enable=on,target=native", "-kernel"])
        .arg(image);
    println!("    $ {}", display(&command));
    // Standard input would be the board's serial port, and so eat the terminal's.
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().context("cannot start QEMU")?;
    let stdout = child.stdout.take().context("QEMU has no output")?;
    let reader = thread::spawn(move || read_all(stdout));
    let status = wait_within(&mut child, LIMIT)?;
    let output = reader.join().map_err(|_| anyhow!("the reader panicked"))??;
    match status {
        Some(status) if status.success() => Ok(output),
        Some(status) => bail!("the firmware failed ({status}){}", tail(&output)),
        None => bail!(
            "the firmware did not end within {} s and was killed{}",
            LIMIT.as_secs(),
            tail(&output)
        ),
    }
}

fn read_all(stdout: ChildStdout) -> std::io::Result<Vec<u8>> {
    let mut output = Vec::new();
    stdout.take(MOST_OUTPUT).read_to_end(&mut output)?;
    Ok(output)
}

/// The last lines of the output, for a message about a run that went wrong.
fn tail(output: &[u8]) -> String {
    let text = String::from_utf8_lossy(output);
    let lines: Vec<&str> = text.lines().collect();
    let last = lines[lines.len().saturating_sub(10)..].join("\n");
    if last.is_empty() {
        "; it had printed nothing".to_owned()
    } else {
        format!("; the last it printed was\n{last}")
    }
}
