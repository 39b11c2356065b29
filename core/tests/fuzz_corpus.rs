//! What the fuzzers found is run again: the corpus and the regressions of `fuzz/`, through the very
//! functions that are fuzzed.
//!
//! How many of them ran, not only were refused, is asserted too.
#![cfg(feature = "sql")]

mod common;
mod support;
#[path = "../../fuzz/src/targets/mod.rs"]
mod targets;

use std::fs;
use std::path::Path;

/// Calls a target with each of its files; how many there are, and how many it says ran.
fn replay(target: &str, ran: impl Fn(&[u8]) -> bool) -> (usize, usize) {
    let (mut files, mut count) = (0, 0);
    for kind in ["corpus", "regressions"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz").join(kind).join(target);
        let Ok(entries) = fs::read_dir(folder) else { continue };
        for entry in entries {
            let path = entry.expect("a readable folder").path();
            let data = fs::read(&path).expect("a readable file");
            // Is the last line if the target panics.
            println!("{kind}/{target}/{}", path.file_name().unwrap_or_default().display());
            files += 1;
            count += usize::from(ran(&data));
        }
    }
    (files, count)
}

#[track_caller]
fn most((files, ran): (usize, usize)) {
    assert!(files > 20 && ran > files / 4, "{ran} of {files} ran");
}

#[test]
fn sql() {
    most(replay("sql", |data| targets::sql::run(data) > 0));
}

/// Plans of an older form are all refused: `cargo xtask fuzz` finds new ones.
#[test]
fn plan() {
    most(replay("plan", targets::plan::run));
}

#[test]
fn prepared() {
    most(replay("prepared", targets::prepared::run));
}

/// What the compiler makes is accepted, so that the target gets behind the check of each function.
#[test]
fn prepared_by_the_compiler() {
    for (number, call) in (0u8..).zip(targets::prepared::CALLS) {
        let data = [&[number, 0], &*targets::prepared::original(call)].concat();
        assert!(targets::prepared::run(&data), "{call}");
    }
}

#[test]
fn text() {
    most(replay("text", |data| targets::text::run(data) > 0));
}
