//! UUID as text, both ways: `a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11`.

use core::fmt::{self, Write};

use super::ParseError;
use super::bytes::hex;

/// Reads 32 hexadecimal digits, in braces or not; hyphens may stand anywhere, as in DuckDB.
pub(super) fn parse(text: &[u8]) -> Result<[u8; 16], ParseError> {
    let text = match text {
        [b'{', inner @ .., b'}'] => inner,
        [b'{', ..] => return Err(ParseError::NotAUuid),
        plain => plain,
    };
    let mut digits = text.iter().filter(|&&byte| byte != b'-');
    let mut bytes = [0; 16];
    for byte in &mut bytes {
        let mut digit = || digits.next().copied().and_then(hex).ok_or(ParseError::NotAUuid);
        *byte = digit()? << 4 | digit()?;
    }
    match digits.next() {
        None => Ok(bytes),
        Some(_) => Err(ParseError::NotAUuid),
    }
}

/// Writes a UUID in groups of 8, 4, 4, 4 and 12 lower-case digits.
pub(super) fn write(out: &mut impl Write, bytes: [u8; 16]) -> fmt::Result {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let digit = |n: u8| HEX.get(usize::from(n & 15)).map_or('0', |d| char::from(*d));
    for (i, byte) in bytes.into_iter().enumerate() {
        if matches!(i, 4 | 6 | 8 | 10) {
            out.write_char('-')?;
        }
        out.write_char(digit(byte >> 4))?;
        out.write_char(digit(byte))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use std::string::String;

    use super::*;

    #[test]
    fn as_duckdb_reads_them() {
        // TRY_CAST('...' AS UUID) in DuckDB 2.0.
        let wanted = parse(b"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11").unwrap();
        for text in [
            "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}",
            "A0EEBC999C0B4EF8BB6D6BB9BD380A11",
            "a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11",
            "-a0eebc999c0b4ef8bb6d6bb9bd380a11-",
            "a-0eebc999c0b4ef8bb6d6bb9bd380a1--1",
        ] {
            assert_eq!(parse(text.as_bytes()), Ok(wanted), "{text}");
        }
        for text in [
            "{a0eebc999c0b4ef8bb6d6bb9bd380a11",
            " a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
            "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1",
            "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a111",
            "",
        ] {
            assert_eq!(parse(text.as_bytes()), Err(ParseError::NotAUuid), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_uuid_reads_back(bytes: [u8; 16]) {
            let mut text = String::new();
            write(&mut text, bytes).unwrap();
            prop_assert_eq!(text.len(), 36);
            prop_assert_eq!(parse(text.as_bytes()), Ok(bytes));
        }
    }
}
