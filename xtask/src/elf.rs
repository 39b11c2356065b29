//! What is in a firmware image: its sections, its memories, and no allocator.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use object::{File, Object, ObjectSection, ObjectSymbol, SectionFlags, elf};

use crate::memory_map::Region;

/// A table of the sections that take memory on the device, and each memory's sum.
///
/// The stack is not in it: it is what RAM is left.
pub(crate) fn usage(image: &Path, regions: &[Region]) -> Result<String> {
    let bytes = load(image)?;
    let file = parse(&bytes, image)?;
    let mut used = vec![0; regions.len()];
    let flash = regions.iter().position(|r| r.name == "FLASH");
    let mut table = format!(
        "    {:<16}{:>12}{:>10}  memory\n",
        "section", "address", "bytes"
    );
    for section in file.sections() {
        let SectionFlags::Elf { sh_flags, .. } = section.flags() else {
            bail!("{} is not an ELF file", image.display());
        };
        if !sh_flags.contains(elf::SHF_ALLOC) || section.size() == 0 {
            continue;
        }
        let name = section.name()?;
        let (start, size) = (section.address(), section.size());
        let home = regions.iter().position(|r| r.addresses.contains(&start));
        let home = home.with_context(|| format!("{name} lies in no memory of the board"))?;
        used[home] += size;
        let mut memory = regions[home].name.clone();
        // Variables with initial values are copied out of flash at the start.
        if let Some(flash) = flash
            && flash != home
            && section.file_range().is_some()
        {
            used[flash] += size;
            memory += ", its initial values in FLASH";
        }
        writeln!(table, "    {name:<16}{start:>#12x}{size:>10}  {memory}")?;
    }
    for (region, used) in regions.iter().zip(used) {
        let length = region.addresses.end - region.addresses.start;
        writeln!(table, "    {} used: {used} of {length} bytes", region.name)?;
    }
    Ok(table)
}

/// Fails if anything of a global allocator is in the image.
pub(crate) fn check_no_allocator(image: &Path) -> Result<()> {
    let bytes = load(image)?;
    let file = parse(&bytes, image)?;
    let mut names = file
        .symbols()
        .filter_map(|symbol| symbol.name().ok())
        .peekable();
    if names.peek().is_none() {
        bail!("{} has no symbols to look through", image.display());
    }
    let found: Vec<&str> = names.filter(|name| is_of_allocator(name)).collect();
    if !found.is_empty() {
        bail!("a global allocator is linked: {}", found.join(", "));
    }
    Ok(())
}

/// Rust's allocator entry points carry these in their names, mangled or not; `5alloc`
/// is how both manglings write the crate `alloc`, without which nothing allocates.
fn is_of_allocator(symbol: &str) -> bool {
    const ENTRY_POINTS: [&str; 5] = [
        "__rust_alloc",
        "__rust_dealloc",
        "__rust_realloc",
        "__rust_no_alloc_shim",
        "GlobalAlloc",
    ];
    const C: [&str; 4] = ["malloc", "calloc", "realloc", "free"];
    ENTRY_POINTS.iter().any(|part| symbol.contains(part))
        || C.contains(&symbol)
        || symbol.starts_with("_ZN5alloc")
        || symbol.contains("_5alloc")
}

fn load(image: &Path) -> Result<Vec<u8>> {
    fs::read(image).with_context(|| format!("reading {}", image.display()))
}

fn parse<'data>(bytes: &'data [u8], image: &Path) -> Result<File<'data>> {
    File::parse(bytes).with_context(|| format!("{} is not an ELF file", image.display()))
}

#[cfg(test)]
mod tests {
    use super::is_of_allocator;

    #[test]
    fn allocator_symbols_are_known_in_each_mangling() {
        for name in [
            "__rust_alloc",
            "_RNvCs5QKde7ScR4H_7___rustc12___rust_alloc",
            "_ZN5alloc7raw_vec12handle_error17h0123456789abcdefE",
            "_RNvNtCsbpV2d4ExMbp_5alloc7raw_vec12handle_error",
            "malloc",
        ] {
            assert!(is_of_allocator(name), "{name}");
        }
        for name in ["main", "memcpy", "SysTick", "_ZN4core3fmt5write17h0E"] {
            assert!(!is_of_allocator(name), "{name}");
        }
    }
}
