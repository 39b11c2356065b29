//! What figures of a report depend on.

use std::fs;
use std::path::Path;
use std::thread::available_parallelism;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use chrono::DateTime;

use crate::process::{capture, program};

/// The machine, the versions and the date, each by name.
pub(super) fn describe() -> Result<[(&'static str, String); 9]> {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let date = DateTime::from_timestamp(seconds.cast_signed(), 0).context("the date")?;
    Ok([
        ("Date", date.date_naive().to_string()),
        ("Processor", line_of("/proc/cpuinfo", "model name")),
        ("Cores", available_parallelism()?.to_string()),
        ("Memory", line_of("/proc/meminfo", "MemTotal")),
        ("Huge pages", line(Path::new("/sys/kernel/mm/transparent_hugepage/enabled"))),
        ("Load when it began", load()),
        ("System", said("uname", &["-srm"])),
        ("Compiler", said("rustc", &["--version"])),
        ("Commit", said("git", &["describe", "--always", "--dirty"])),
    ])
}

fn said(name: &str, args: &[&str]) -> String {
    let answer = capture(program(name).args(args));
    answer.map_or_else(|_| "unknown".to_owned(), |text| text.trim().to_owned())
}

/// Processes that were ready to run, on average over a minute: others take from the figures.
fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().filter(|text| !text.is_empty()).unwrap_or("unknown").to_owned()
}

/// A file of one line.
fn line(path: &Path) -> String {
    let text = fs::read_to_string(path);
    text.map_or_else(|_| "unknown".to_owned(), |text| text.trim().to_owned())
}

/// The value of the first `key: value` of a file.
fn line_of(path: &str, key: &str) -> String {
    let text = fs::read_to_string(path).unwrap_or_default();
    let mut lines = text.lines().filter_map(|line| line.split_once(':'));
    let found = lines.find(|(name, _)| name.trim() == key);
    found.map_or_else(|| "unknown".to_owned(), |(_, value)| value.trim().to_owned())
}
