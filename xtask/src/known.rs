//! What a query over a plan that is known links: programs with one query each, beside one with none.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use object::{Object, ObjectSection, ObjectSymbol, SymbolKind};
use rustc_demangle::demangle;

use crate::route::{Route, TARGET};
use crate::{elf, memory_map, panics, process, project};

/// A program of `examples/firmware/size`.
struct Program {
    name: &'static str,
    /// Bytes of flash that it may add, a little above what it does.
    most: u64,
    /// Bytes that it is to come to.
    target: u64,
    /// Rooms of `core/src` of which nothing may be linked, beside [`NEVER`].
    unused: &'static [&'static str],
}

/// Rooms that no query over these known plans has a use for: decoding, verification, text, functions,
/// conversions, and what only other operators need.
const NEVER: &[&str] = &[
    "expr::call",
    "expr::cast",
    "expr::fmod",
    "expr::overflow",
    "expr::rows",
    "fmt",
    "function",
    "operator::late",
    "operator::retract",
    "operator::sessions",
    "operator::sort",
    "plan::verify",
    "plan::wire",
    "query::resume",
];

/// Aggregate functions that none of them calls. (AVG keeps its sums as `sum.rs` does.)
const OTHER_AGGREGATES: [&str; 13] = [
    "aggregate::bits",
    "aggregate::cell",
    "aggregate::ewma",
    "aggregate::histogram",
    "aggregate::hll",
    "aggregate::moments",
    "aggregate::pairs",
    "aggregate::pick",
    "aggregate::quantile",
    "aggregate::series",
    "aggregate::text",
    "aggregate::top",
    "aggregate::values",
];

const PROGRAMS: [Program; 4] = [
    Program {
        name: "q1",
        most: 5_600,
        target: 4 * 1024,
        unused: &[
            "aggregate",
            "operator::advance",
            "operator::aggregate",
            "operator::bits",
            "operator::directory",
            "operator::groups",
            "operator::keys",
            "operator::leave",
            "operator::panes",
            "operator::window",
            "time",
        ],
    },
    Program {
        name: "q2",
        most: 13_800,
        target: 6 * 1024,
        unused: &["operator::directory", "operator::window", "time"],
    },
    Program { name: "q3", most: 14_100, target: 10 * 1024, unused: &["operator::window", "time"] },
    Program { name: "q4", most: 22_600, target: 14 * 1024, unused: &[] },
];

/// Builds the programs, and fails if one links what its plan does not use, or more bytes than it did.
pub(crate) fn check(route: Route, target_dir: &Path) -> Result<()> {
    let mut build = route.cargo("build");
    build.current_dir(project::firmware_size());
    process::run(build.arg("--release").arg("--target-dir").arg(target_dir))?;
    let image = |name: &str| target_dir.join(TARGET).join("release").join(name);
    let empty = flash(&image("empty"))?;
    println!("    flash of a query over a known plan, above a program without one:");
    for program in PROGRAMS {
        program.check(image(program.name), empty)?;
    }
    Ok(())
}

impl Program {
    fn check(&self, image: PathBuf, empty: u64) -> Result<()> {
        let Self { name, most, target, unused } = self;
        panics::check(&image)?;
        let linked = linked(&image)?;
        let others: &[&str] = if *name == "q1" { &[] } else { &OTHER_AGGREGATES };
        for room in NEVER.iter().chain(*unused).chain(others) {
            let of_room = |path: &&String| is_of(path, room);
            if let Some(path) = linked.iter().find(of_room) {
                bail!("{name} links {path}, though its plan has no use for {room}");
            }
        }
        let added = flash(&image)?.saturating_sub(empty);
        let (support, own): (Vec<_>, Vec<_>) =
            symbols(&image)?.into_iter().partition(|(path, _)| is_support(path));
        let support: u64 = support.iter().map(|(_, bytes)| bytes).sum();
        println!(
            "    {name}: {added:>6} bytes, {support} of them the compiler's own routines \
             (target: {target})"
        );
        for (path, bytes) in own.iter().take(5) {
            println!("        {bytes:>6} {path}");
        }
        ensure!(added <= *most, "{name} adds {added} bytes of flash, more than {most}");
        Ok(())
    }
}

/// Whether a path lies in a room of `core/src`.
fn is_of(path: &str, room: &str) -> bool {
    let rest = path.strip_prefix("ringql_core::").and_then(|path| path.strip_prefix(room));
    rest.is_some_and(|rest| rest.starts_with("::"))
}

/// Whether a function is one that the compiler calls: arithmetic that the processor has not, and
/// copying of memory.
fn is_support(path: &str) -> bool {
    path.contains("compiler_builtins::") || path.starts_with("__")
}

fn flash(image: &Path) -> Result<u64> {
    let regions = memory_map::read()?;
    let at = regions.iter().position(|region| region.name == "FLASH").context("no FLASH")?;
    elf::used(image, &regions)?.get(at).copied().context("no FLASH")
}

/// Functions and their bytes, the largest first.
fn symbols(image: &Path) -> Result<Vec<(String, u64)>> {
    let bytes = elf::load(image)?;
    let file = elf::parse(&bytes, image)?;
    let mut found = Vec::new();
    for symbol in file.symbols().filter(|s| s.kind() == SymbolKind::Text && s.size() > 0) {
        found.push((format!("{:#}", demangle(symbol.name()?)), symbol.size()));
    }
    found.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
    Ok(found)
}

/// All functions of RingQL in an image. Those that were inlined are named in the debug information.
fn linked(image: &Path) -> Result<BTreeSet<String>> {
    const NAMES: &str = ".debug_str";
    let bytes = elf::load(image)?;
    let file = elf::parse(&bytes, image)?;
    let section = file.section_by_name(NAMES).with_context(|| format!("no section {NAMES}"))?;
    let inlined = section.data()?.split(|byte| *byte == 0);
    let inlined = inlined.filter_map(|name| std::str::from_utf8(name).ok());
    let symbols = file.symbols().filter_map(|symbol| symbol.name().ok());
    let paths = inlined.chain(symbols).map(|name| format!("{:#}", demangle(name)));
    let found: BTreeSet<_> = paths.filter(|path| path.starts_with("ringql_core::")).collect();
    ensure!(!found.is_empty(), "{} names nothing of RingQL", image.display());
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::is_of;

    #[test]
    fn a_room_is_its_files_alone() {
        assert!(is_of("ringql_core::fmt::float::place", "fmt"));
        assert!(!is_of("ringql_core::operator::window::WindowState::start", "operator::sort"));
        assert!(!is_of("ringql_core::expr::function_set::get", "expr::function"));
        assert!(!is_of("core::fmt::write", "fmt"));
    }
}
