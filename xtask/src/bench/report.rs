//! `cargo xtask bench`: figures of one run as `benches/REPORT.md` and charts.

mod costs;
mod markdown;
mod sections;
mod targets;

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result};
use serde_json::Value;

use super::{build, huge_pages, machine, measured, peers};
use crate::process::{capture, cargo, run as run_command};
use crate::project;

pub(super) use markdown::figure;

/// Devices of the peers' second run.
const MANY_DEVICES: u32 = 1_000_000;

/// All that was measured.
struct Figures {
    /// The reference queries, and what is swept (`benches/src/bin/sweep.rs`).
    sweep: Value,
    /// The engines over the workload, and their Q3 over many devices (`benches/peers`).
    peers: Value,
    many: Value,
    /// `benches/src/bin/variants.rs`
    variants: Value,
    /// `benches/src/bin/costs.rs`
    costs: Value,
    /// `benches/src/bin/latency.rs`, as it prints it.
    latency: String,
    /// `benches/benches/replaced.rs`, as it prints it.
    replaced: String,
}

/// Measures everything that the report says, and writes it.
pub(crate) fn run(workload: &peers::Workload) -> Result<()> {
    let machine = machine::describe()?;
    let figures = measure(workload)?;
    let benches = project::root().join("benches");
    fs::create_dir_all(benches.join("charts"))?;
    let mut text = String::from(
        "# Benchmark report\n\n\
         Written by `cargo xtask bench`, which measured all of it in one run; never edited. Rates are\n\
         million records a second, each the best of some runs; one thread, if nothing else is said.\n\
         Every program, also each other engine, ran with `GLIBC_TUNABLES=glibc.malloc.hugetlb=1`:\n\
         the allocator asks for huge pages. Without it large tables take more time, in all of them.\n\n",
    );
    for (name, value) in machine {
        let _ = writeln!(text, "- {name}: {value}");
    }
    targets::write(&mut text, &figures);
    sections::reference(&mut text, &figures.sweep);
    sections::beside_peers(&mut text, &figures.peers, &figures.many)?;
    for sweep in markdown::list(&figures.sweep["sweeps"]) {
        sections::charted(&mut text, sweep, &benches)?;
    }
    sections::variants(&mut text, &figures.variants);
    costs::rings(&mut text, &figures.costs);
    costs::latency(&mut text, &figures.latency);
    costs::plans(&mut text, &figures.costs);
    costs::snapshots(&mut text, &figures.costs);
    costs::replaced(&mut text, &figures.replaced);
    fs::write(benches.join("REPORT.md"), text)?;
    let readme = project::root().join("README.md");
    let (before, after) = (fs::read_to_string(&readme)?, sections::beside_hand(&figures.sweep));
    fs::write(&readme, quoting(&before, &after)?)?;
    println!("    wrote benches/REPORT.md, and what README.md quotes of it");
    Ok(())
}

/// README with another quotation.
fn quoting(readme: &str, quotation: &str) -> Result<String> {
    const MARKS: [&str; 2] = ["<!-- quoted -->\n", "<!-- end -->"];
    let (before, rest) = readme.split_once(MARKS[0]).context("where README.md quotes")?;
    let (_, after) = rest.split_once(MARKS[1]).context("the end of what README.md quotes")?;
    Ok([before, MARKS[0], quotation, MARKS[1], after].concat())
}

fn measure(workload: &peers::Workload) -> Result<Figures> {
    // All at once, which takes less time than one by one.
    run_command(&mut cargo(["build", "--release", "-p", "ringql-benches", "--bins"]))?;
    let rows = workload.rows.to_string();
    let said = |name: &str, words: &[&str]| -> Result<String> {
        let program = build(name)?;
        println!("    measuring: {name}");
        capture(measured(program).args(words))
    };
    let figures = |name: &str, words: &[&str]| -> Result<Value> {
        serde_json::from_str(&said(name, words)?).with_context(|| format!("the figures of {name}"))
    };
    let peers = |workload: &peers::Workload, queries: &[&str]| -> Result<Value> {
        peers::compare(workload, queries)?;
        let text = fs::read_to_string(peers::figures()).context("the peers' figures")?;
        serde_json::from_str(&text).context("the peers' figures")
    };
    Ok(Figures {
        sweep: figures("sweep", &[&rows])?,
        variants: figures("variants", &[&rows, "json"])?,
        costs: figures("costs", &[&rows])?,
        latency: said("latency", &[])?,
        replaced: capture(huge_pages(&mut cargo([
            "bench",
            "--quiet",
            "-p",
            "ringql-benches",
            "--bench",
            "replaced",
        ])))?,
        many: peers(&peers::Workload { devices: MANY_DEVICES, ..*workload }, &["Q3"])?,
        peers: peers(workload, &[])?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quoted_is_replaced() {
        let readme = quoting("a\n<!-- quoted -->\nold\n<!-- end -->\nb", "new\n").expect("marks");
        assert_eq!(readme, "a\n<!-- quoted -->\nnew\n<!-- end -->\nb");
        assert!(quoting("no marks", "").is_err());
        let readme = fs::read_to_string(project::root().join("README.md")).expect("README.md");
        assert!(quoting(&readme, "").is_ok());
    }
}
