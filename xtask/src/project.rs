//! Where things are in this repository.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::process::{capture, cargo};

/// The workspace's folder.
pub(crate) fn root() -> &'static Path {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own)
}

/// The firmware's folder, a workspace of its own.
pub(crate) fn firmware() -> PathBuf {
    root().join("examples").join("firmware")
}

/// The firmware that evaluates random expressions.
pub(crate) fn firmware_differential() -> PathBuf {
    firmware().join("differential")
}

/// The firmware that runs queries over event time.
pub(crate) fn firmware_event_time() -> PathBuf {
    firmware().join("event-time")
}

/// The firmware whose programs hold one query each, and nothing else.
pub(crate) fn firmware_size() -> PathBuf {
    firmware().join("size")
}

/// The fuzz targets.
pub(crate) fn fuzz() -> PathBuf {
    root().join("fuzz")
}

/// The workspaces of programs for the device.
pub(crate) fn firmwares() -> [PathBuf; 4] {
    [firmware(), firmware_differential(), firmware_event_time(), firmware_size()]
}

/// The workspaces beside the main one, each with a lock file of its own.
pub(crate) fn other_workspaces() -> impl Iterator<Item = PathBuf> {
    firmwares().into_iter().chain([fuzz()])
}

/// Where build products go; `CARGO_TARGET_DIR` is obeyed as by cargo itself.
pub(crate) fn target_dir() -> PathBuf {
    let chosen = env::var_os("CARGO_TARGET_DIR").filter(|dir| !dir.is_empty());
    // A relative one is meant from where the user stands.
    let absolute = chosen.and_then(|dir| std::path::absolute(dir).ok());
    absolute.unwrap_or_else(|| root().join("target"))
}

/// The features of a workspace member as its manifest declares them, so that a new
/// feature is checked without being listed a second time.
pub(crate) fn features(package: &str) -> Result<Vec<String>> {
    let text = capture(&mut cargo(["metadata", "--no-deps", "--format-version", "1"]))?;
    let metadata: Value = serde_json::from_str(&text).context("reading cargo metadata")?;
    let found = metadata["packages"]
        .as_array()
        .and_then(|packages| packages.iter().find(|p| p["name"] == package))
        .and_then(|found| found["features"].as_object())
        .with_context(|| format!("no package {package} in this workspace"))?;
    let names = found.keys().filter(|name| *name != "default");
    Ok(names.cloned().collect())
}
