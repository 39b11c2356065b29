//! The memories of the board, as the firmware's `memory.x` gives them to the linker.

use std::fs;
use std::ops::Range;

use anyhow::{Context, Result, bail};

use crate::project;

/// One memory of the board.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Region {
    pub(crate) name: String,
    pub(crate) addresses: Range<u64>,
}

/// Reads `memory.x`, so that the addresses are written in one place only.
pub(crate) fn read() -> Result<Vec<Region>> {
    let path = project::firmware().join("memory.x");
    let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    let regions = text.lines().filter_map(region);
    let regions: Vec<Region> = regions.collect::<Result<_>>()?;
    if regions.is_empty() {
        bail!("{} names no memory", path.display());
    }
    Ok(regions)
}

/// `NAME : ORIGIN = 0x0, LENGTH = 4M`; other lines are none.
fn region(line: &str) -> Option<Result<Region>> {
    let (name, rest) = line.split_once(':')?;
    let (origin, length) = rest.split_once(',')?;
    let value = |text: &str, key: &str| -> Result<u64> {
        let found = text.trim().strip_prefix(key).map(str::trim_start);
        let found = found.and_then(|rest| rest.strip_prefix('='));
        found.and_then(number).with_context(|| format!("no {key} in `{line}`"))
    };
    Some((|| {
        let origin = value(origin, "ORIGIN")?;
        let end = origin.checked_add(value(length, "LENGTH")?);
        Ok(Region {
            name: name.trim().to_owned(),
            addresses: origin..end.context("a memory beyond all addresses")?,
        })
    })())
}

/// A linker script's number: decimal or 0x..., with K or M behind it.
fn number(text: &str) -> Option<u64> {
    let text = text.trim();
    let (digits, unit) = match text.strip_suffix(['K', 'M']) {
        Some(digits) if text.ends_with('K') => (digits, 1 << 10),
        Some(digits) => (digits, 1 << 20),
        None => (text, 1),
    };
    let value = match digits.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16).ok()?,
        None => digits.parse().ok()?,
    };
    value.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::{read, region};

    #[test]
    fn a_region_is_read() {
        let ram = region("  RAM : ORIGIN = 0x20000000, LENGTH = 64K").expect("a region");
        let ram = ram.expect("a good one");
        assert_eq!(ram.name, "RAM");
        assert_eq!(ram.addresses, 0x2000_0000..0x2001_0000);
    }

    #[test]
    fn other_lines_are_none_and_bad_ones_are_errors() {
        assert!(region("MEMORY").is_none());
        assert!(region("RAM : ORIGIN = here, LENGTH = 4M").is_some_and(|r| r.is_err()));
    }

    #[test]
    fn the_firmware_has_flash_and_ram() {
        let names: Vec<String> = read().expect("memory.x").into_iter().map(|r| r.name).collect();
        assert_eq!(names, ["FLASH", "RAM"]);
    }
}
