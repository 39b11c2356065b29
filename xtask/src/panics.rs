//! That a firmware image can't panic, found in its machine code.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, bail};
use object::{File, Object, ObjectSection, ObjectSymbol, SymbolKind};
use rustc_demangle::demangle;

use crate::elf;

/// Where a call means a panic.
const ENTRIES: [&str; 6] = [
    "core::panicking::",
    "core::slice::index::slice_",
    "len_mismatch_fail",
    "unwrap_failed",
    "expect_failed",
    "slice_error_fail",
];

/// Fails if a panic is linked, and names the functions that call it.
pub(crate) fn check(image: &Path) -> Result<()> {
    let bytes = elf::load(image)?;
    let file = elf::parse(&bytes, image)?;
    let functions = functions(&file)?;
    let is_panic = |f: &&Function<'_>| ENTRIES.iter().any(|entry| f.name.contains(entry));
    let panics: BTreeMap<u64, &str> =
        functions.iter().filter(is_panic).map(|f| (f.start, f.name.as_str())).collect();
    if panics.is_empty() {
        return Ok(());
    }
    let mut lines = BTreeSet::new();
    for function in &functions {
        let called = targets(function.code, function.start).filter_map(|to| panics.get(&to));
        lines.extend(called.map(|panic| format!("\n    {} calls {panic}", function.name)));
    }
    let names = panics.values().map(|name| format!("\n    {name}"));
    bail!("panics are linked:{}{}", names.collect::<String>(), Vec::from_iter(lines).concat())
}

struct Function<'data> {
    name: String,
    start: u64,
    code: &'data [u8],
}

fn functions<'data>(file: &File<'data>) -> Result<Vec<Function<'data>>> {
    let text = file.section_by_name(".text").context("no section .text")?;
    let (base, code) = (text.address(), text.data()?);
    let mut functions = Vec::new();
    for symbol in file.symbols().filter(|s| s.kind() == SymbolKind::Text) {
        // The lowest bit says that the code is Thumb code.
        let start = symbol.address() & !1;
        let from = start.checked_sub(base).and_then(|at| usize::try_from(at).ok());
        let code = from.and_then(|at| code.get(at..at + symbol.size() as usize));
        // `{:#}` leaves the hash at the end out.
        let name = format!("{:#}", demangle(symbol.name()?));
        functions.extend(code.map(|code| Function { name, start, code }));
    }
    Ok(functions)
}

/// Where the branches of Thumb code go that name their target: `BL`, `B.W` and `B`.
fn targets(code: &[u8], start: u64) -> impl Iterator<Item = u64> {
    let half =
        |at: usize| code.get(at..at + 2).map(|b| u32::from(u16::from_le_bytes([b[0], b[1]])));
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(first) = half(at) {
            let here = start + at as u64 + 4;
            let is_long = first >> 11 >= 0b11101;
            at += if is_long { 4 } else { 2 };
            let offset = match (first >> 11, half(at.wrapping_sub(2))) {
                (0b11110, Some(second)) if second & 0x9000 == 0x9000 => long(first, second),
                (0b11100, _) => signed(first & 0x7ff, 11) * 2,
                _ => continue,
            };
            return Some(here.wrapping_add_signed(offset));
        }
        None
    })
}

/// The offset of `BL` or `B.W` (Armv7-M reference, encodings T1 and T4).
fn long(first: u32, second: u32) -> i64 {
    let sign = first >> 10 & 1;
    let i1 = !(second >> 13 ^ sign) & 1;
    let i2 = !(second >> 11 ^ sign) & 1;
    let bits = sign << 23 | i1 << 22 | i2 << 21 | (first & 0x3ff) << 11 | second & 0x7ff;
    signed(bits, 24) * 2
}

/// The lowest `bits` bits of `value` as a signed number.
fn signed(value: u32, bits: u32) -> i64 {
    let shift = 64 - bits;
    (i64::from(value) << shift) >> shift
}

#[cfg(test)]
mod tests {
    use super::targets;

    #[test]
    fn branches_are_followed() {
        // As an assembler wrote them: `bl` to 0x1000 and to 0, `b.w` to 0x18, `b` to itself.
        let code =
            [0x00, 0xf0, 0xfe, 0xff, 0xff, 0xf7, 0xfc, 0xff, 0x00, 0xf0, 0x06, 0xb8, 0xfe, 0xe7];
        let found: Vec<u64> = targets(&code, 0x8000).collect();
        assert_eq!(found, [0x9000, 0x8000, 0x8018, 0x800c]);
    }

    #[test]
    fn other_instructions_are_none() {
        // `nop`, `ldr.w r0, [r1]`, and half an instruction.
        assert_eq!(targets(&[0x00, 0xbf, 0xd1, 0xf8, 0x00, 0x00, 0x00], 0).count(), 0);
    }
}
