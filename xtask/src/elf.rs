//! What is in a firmware image: its sections, its memories, and no allocator.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use object::{File, Object, ObjectSection, ObjectSymbol, SectionFlags, elf};
use rustc_demangle::demangle;

use crate::memory_map::Region;

/// A table of the sections that take memory on the device, and each memory's sum.
///
/// The stack is not in it: it is what RAM is left.
pub(crate) fn usage(image: &Path, regions: &[Region]) -> Result<String> {
    let bytes = load(image)?;
    let mut table = format!("    {:<16}{:>12}{:>10}  memory\n", "section", "address", "bytes");
    for Section { name, start, size, home, copied_from } in
        sections(&parse(&bytes, image)?, regions)?
    {
        let mut memory = regions[home].name.clone();
        if let Some(from) = copied_from {
            write!(memory, ", its initial values in {}", regions[from].name)?;
        }
        writeln!(table, "    {name:<16}{start:>#12x}{size:>10}  {memory}")?;
    }
    for (region, used) in regions.iter().zip(used(image, regions)?) {
        let length = region.addresses.end - region.addresses.start;
        writeln!(table, "    {} used: {used} of {length} bytes", region.name)?;
    }
    Ok(table)
}

/// A section that takes memory on the device.
struct Section {
    name: String,
    start: u64,
    size: u64,
    /// The memory that it lies in.
    home: usize,
    /// The memory that its initial values lie in too, to be copied at the start.
    copied_from: Option<usize>,
}

fn sections(file: &File<'_>, regions: &[Region]) -> Result<Vec<Section>> {
    let flash = regions.iter().position(|r| r.name == "FLASH");
    let mut found = Vec::new();
    for section in file.sections() {
        let SectionFlags::Elf { sh_flags, .. } = section.flags() else {
            bail!("this is not an ELF file");
        };
        if !sh_flags.contains(elf::SHF_ALLOC) || section.size() == 0 {
            continue;
        }
        let name = section.name()?.to_owned();
        let (start, size) = (section.address(), section.size());
        let home = regions.iter().position(|r| r.addresses.contains(&start));
        let home = home.with_context(|| format!("{name} lies in no memory of the board"))?;
        let has_values = section.file_range().is_some();
        let copied_from = flash.filter(|flash| *flash != home && has_values);
        found.push(Section { name, start, size, home, copied_from });
    }
    Ok(found)
}

/// Bytes that an image takes of each memory, in the order of `regions`.
pub(crate) fn used(image: &Path, regions: &[Region]) -> Result<Vec<u64>> {
    let bytes = load(image)?;
    let sections = sections(&parse(&bytes, image)?, regions)?;
    let of_region = |at| sections.iter().filter(move |s| s.home == at || s.copied_from == Some(at));
    Ok((0..regions.len()).map(|at| of_region(at).map(|s| s.size).sum()).collect())
}

/// The size of the static of this name, in whatever function it is declared.
pub(crate) fn static_bytes(image: &Path, name: &str) -> Result<u64> {
    let bytes = load(image)?;
    let file = parse(&bytes, image)?;
    let path = format!("::{name}");
    let is_it = |symbol: &str| format!("{:#}", demangle(symbol)).ends_with(&path);
    let found = file.symbols().find(|s| s.name().is_ok_and(is_it));
    Ok(found.with_context(|| format!("no static {name} in {}", image.display()))?.size())
}

/// Whether these bytes are somewhere in the image.
pub(crate) fn contains(image: &Path, part: &[u8]) -> Result<bool> {
    Ok(load(image)?.windows(part.len().max(1)).any(|bytes| bytes == part))
}

/// Fails if anything of a global allocator is in the image.
///
/// Symbols alone would not tell: link-time optimisation can put a small allocator
/// wholly into its callers. What was inlined is still named in the debug information.
pub(crate) fn check_no_allocator(image: &Path) -> Result<()> {
    const NAMES: &str = ".debug_str";
    let bytes = load(image)?;
    let file = parse(&bytes, image)?;
    let symbols: Vec<&str> = file.symbols().filter_map(|s| s.name().ok()).collect();
    let names = file.section_by_name(NAMES);
    let (Some(names), false) = (names, symbols.is_empty()) else {
        bail!("{} has no symbols or no {NAMES} to search", image.display());
    };
    let inlined = names.data()?.split(|byte| *byte == 0);
    let inlined = inlined.filter_map(|name| std::str::from_utf8(name).ok());
    let of_c = symbols.iter().copied().filter(|name| C_ALLOCATOR.contains(name));
    let of_rust = symbols.iter().copied().chain(inlined).filter(|name| is_of_rust(name));
    let found: BTreeSet<&str> = of_c.chain(of_rust).collect();
    if !found.is_empty() {
        let found: Vec<&str> = found.into_iter().collect();
        bail!("an allocator is linked:\n    {}", found.join("\n    "));
    }
    Ok(())
}

const C_ALLOCATOR: [&str; 4] = ["malloc", "calloc", "realloc", "free"];

/// Rust's allocator entry points carry these in their names, mangled or not; `5alloc`
/// is how both manglings write the crate `alloc`, without which nothing allocates.
fn is_of_rust(name: &str) -> bool {
    const ENTRY_POINTS: [&str; 5] =
        ["__rust_alloc", "__rust_dealloc", "__rust_realloc", "__rust_no_alloc_shim", "GlobalAlloc"];
    ENTRY_POINTS.iter().any(|part| name.contains(part))
        || name.starts_with("_ZN5alloc")
        || name.contains("_5alloc")
}

pub(crate) fn load(image: &Path) -> Result<Vec<u8>> {
    fs::read(image).with_context(|| format!("reading {}", image.display()))
}

pub(crate) fn parse<'data>(bytes: &'data [u8], image: &Path) -> Result<File<'data>> {
    File::parse(bytes).with_context(|| format!("{} is not an ELF file", image.display()))
}

#[cfg(test)]
mod tests {
    use super::is_of_rust;

    #[test]
    fn allocator_symbols_are_known_in_each_mangling() {
        for name in [
            "__rust_alloc",
            "_RNvCs5QKde7ScR4H_7___rustc12___rust_alloc",
            "_ZN5alloc7raw_vec12handle_error17h0123456789abcdefE",
            "_RNvNtCsbpV2d4ExMbp_5alloc7raw_vec12handle_error",
        ] {
            assert!(is_of_rust(name), "{name}");
        }
        for name in [
            "main",
            "SysTick",
            "_ZN4core3fmt5write17h0E",
            "_RNvNtNtCs7ldSeZOOJos_4core5alloc6layout6Layout",
        ] {
            assert!(!is_of_rust(name), "{name}");
        }
    }
}
