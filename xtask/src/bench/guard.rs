//! `cargo xtask bench --guard`: instructions of the reference queries beside a committed count.
//!
//! Time on a shared machine tells nothing of a few percent; instructions are the same in every run.
//! valgrind counts them on a processor of its own, which is the same on every host with AVX2: no
//! AVX-512, and always the same feature bits. Another compiler makes other code, so the baseline
//! names the one that it was made with.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::build;
use crate::process::{capture, program};
use crate::project;
use crate::tools::{Missing, need_from_apt};

/// Growth in percent that is let pass.
const TOLERANCE: f64 = 3.0;
/// The same where another compiler made the baseline.
const OTHER_COMPILER: f64 = 15.0;
/// The function of `benches/src/bin/guard.rs` that is counted with all that it calls.
const COUNTED: &str = "--toggle-collect=guard::measured*";

/// What was counted, and what the counts depend on.
struct Counts {
    rustc: String,
    cpu: String,
    instructions: BTreeMap<String, u64>,
}

/// Fails on growth over the baseline; with `bless`, rewrites it instead.
pub(crate) fn run(bless: bool) -> Result<()> {
    need_from_apt("valgrind", &["valgrind"])?;
    let found = count()?;
    if bless {
        return found.write();
    }
    let baseline = Counts::read()?;
    let tolerance = tolerance(&baseline, &found)?;
    let grown = compare(&baseline.instructions, &found.instructions, tolerance);
    ensure!(
        grown.is_empty(),
        "more than {tolerance} % above {}: {}; if it is meant, `cargo xtask bench --guard --bless`",
        path().display(),
        grown.join(", ")
    );
    Ok(())
}

fn path() -> PathBuf {
    Path::new("benches").join("instructions.json")
}

fn count() -> Result<Counts> {
    let guard = build("guard")?;
    let valgrind = |tool: &str| {
        let mut command = program("valgrind");
        command.arg("-q").arg(format!("--tool={tool}"));
        command
    };
    let cpu = capture(valgrind("none").arg(&guard).arg("cpu"))?.trim().to_owned();
    let rustc = capture(program("rustc").arg("--version"))?.trim().to_owned();
    let out = project::target_dir().join("guard.callgrind");
    let mut instructions = BTreeMap::new();
    for name in capture(program(&guard).arg("list"))?.lines() {
        let mut command = valgrind("callgrind");
        command.arg(format!("--callgrind-out-file={}", out.display())).arg(COUNTED);
        capture(command.arg(&guard).arg(name))?;
        let profile = fs::read_to_string(&out).context("callgrind's profile")?;
        let total = profile.lines().find_map(|line| line.strip_prefix("summary: "));
        let total = total.and_then(|total| total.trim().parse().ok()).unwrap_or(0);
        ensure!(total > 0, "callgrind counted nothing of {name}");
        instructions.insert(name.to_owned(), total);
    }
    Ok(Counts { rustc, cpu, instructions })
}

/// The growth to let pass; [`Missing`] where the counts can't be compared.
fn tolerance(baseline: &Counts, found: &Counts) -> Result<f64> {
    if baseline.cpu != found.cpu {
        bail!(Missing {
            what: format!("a baseline for {} (it is for {})", found.cpu, baseline.cpu),
            install: "cargo xtask bench --guard --bless".to_owned(),
        });
    }
    if baseline.rustc == found.rustc {
        return Ok(TOLERANCE);
    }
    println!(
        "    the baseline is by {}, this is {}: only growth over {OTHER_COMPILER} % counts",
        baseline.rustc, found.rustc
    );
    Ok(OTHER_COMPILER)
}

/// Prints all counts; returns those that grew too much, or that are on one side alone.
fn compare(
    baseline: &BTreeMap<String, u64>,
    found: &BTreeMap<String, u64>,
    tolerance: f64,
) -> Vec<String> {
    let mut grown = Vec::new();
    for (name, &now) in found {
        let Some(&before) = baseline.get(name) else {
            grown.push(format!("{name} (not in the baseline)"));
            continue;
        };
        let growth = (now as f64 - before as f64) * 100.0 / before as f64;
        println!("    {name:<22} {now:>12} instructions {growth:>+7.2} %");
        if growth > tolerance {
            grown.push(format!("{name} {growth:+.2} %"));
        }
    }
    let gone = baseline.keys().filter(|name| !found.contains_key(*name));
    grown.extend(gone.map(|name| format!("{name} (in the baseline alone)")));
    grown
}

impl Counts {
    fn read() -> Result<Self> {
        let text = fs::read_to_string(project::root().join(path()))
            .with_context(|| format!("{}; `--bless` makes it", path().display()))?;
        let value: Value = serde_json::from_str(&text).context("the baseline")?;
        let word = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
        let counts =
            value["instructions"].as_object().context("no instructions in the baseline")?;
        let count = |(name, count): (&String, &Value)| Some((name.clone(), count.as_u64()?));
        Ok(Self {
            rustc: word("rustc"),
            cpu: word("cpu"),
            instructions: counts.iter().filter_map(count).collect(),
        })
    }

    fn write(&self) -> Result<()> {
        let Self { rustc, cpu, instructions } = self;
        let value = json!({ "rustc": rustc, "cpu": cpu, "instructions": instructions });
        let text = format!("{}\n", serde_json::to_string_pretty(&value)?);
        fs::write(project::root().join(path()), text)?;
        println!("    wrote {}", path().display());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(of: &[(&str, u64)]) -> BTreeMap<String, u64> {
        of.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
    }

    #[test]
    fn growth_beyond_the_tolerance_is_found() {
        let baseline = counts(&[("a", 1_000), ("b", 1_000), ("c", 1_000)]);
        let found = counts(&[("a", 1_030), ("b", 1_031), ("c", 500)]);
        assert_eq!(compare(&baseline, &found, 3.0), ["b +3.10 %"]);
    }

    #[test]
    fn work_on_one_side_alone_is_found() {
        let (one, other) = (counts(&[("a", 1)]), counts(&[("b", 1)]));
        let expected = ["b (not in the baseline)", "a (in the baseline alone)"];
        assert_eq!(compare(&one, &other, 3.0), expected);
    }

    #[test]
    fn another_compiler_gets_more_room_and_another_processor_is_not_compared() {
        let of = |rustc: &str, cpu: &str| Counts {
            rustc: rustc.to_owned(),
            cpu: cpu.to_owned(),
            instructions: BTreeMap::new(),
        };
        let baseline = of("1", "x86_64 avx2");
        assert_eq!(tolerance(&baseline, &of("1", "x86_64 avx2")).ok(), Some(TOLERANCE));
        assert_eq!(tolerance(&baseline, &of("2", "x86_64 avx2")).ok(), Some(OTHER_COMPILER));
        let error = tolerance(&baseline, &of("1", "x86_64 sse2")).expect_err("not comparable");
        assert!(error.downcast_ref::<Missing>().is_some());
    }
}
