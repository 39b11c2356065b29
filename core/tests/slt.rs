//! The `.slt` files of `slt/`, run by the engine that `slt/engine.rs` describes.

mod common;
mod support;

#[path = "slt/engine.rs"]
mod engine;
#[path = "slt/insert.rs"]
mod insert;
#[path = "slt/steps.rs"]
mod steps;

use engine::Engine;
use sqllogictest::harness::{Arguments, Trial, glob, run};
use sqllogictest::{Runner, parse_file, strict_column_validator};

fn main() {
    let files = glob("tests/slt/**/*.slt").expect("a pattern");
    let mut trials = Vec::new();
    for file in files {
        let file = file.expect("a readable folder");
        let name = file.strip_prefix("tests/slt").unwrap_or(&file).display().to_string();
        trials.push(Trial::test(name, move || {
            let mut runner = Runner::new(|| async { Ok(Engine::default()) });
            runner.with_column_validator(strict_column_validator);
            // All that is wrong in a file, not the first of it.
            let records = parse_file(&file)?.into_iter();
            let errors = records.filter_map(|r| runner.run(r).err().map(|e| e.to_string()));
            match errors.collect::<Vec<_>>() {
                errors if errors.is_empty() => Ok(()),
                errors => Err(errors.join("\n").into()),
            }
        }));
    }
    assert!(!trials.is_empty(), "there are no .slt files");
    run(&Arguments::from_args(), trials).exit();
}
