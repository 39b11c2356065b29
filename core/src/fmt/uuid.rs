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
