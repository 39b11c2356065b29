//! VARBINARY as text, both ways, as DuckDB's BLOB: printable ASCII as it is, other bytes and quotes
//! and backslashes as `\xAB`.

use core::fmt::{self, Write};

use super::ParseError;

/// The bytes that a text stands for.
fn decode(text: &[u8]) -> impl Iterator<Item = Result<u8, ParseError>> {
    let mut rest = text;
    core::iter::from_fn(move || {
        let (byte, after) = match rest {
            [] => return None,
            [b'\\', b'x', high, low, after @ ..] => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => (Ok(high << 4 | low), after),
                _ => (Err(ParseError::NotBytes), &[][..]),
            },
            [byte, after @ ..] if byte.is_ascii() && *byte != b'\\' => (Ok(*byte), after),
            _ => (Err(ParseError::NotBytes), &[][..]),
        };
        rest = after;
        Some(byte)
    })
}

/// The value of a hexadecimal digit.
pub(super) const fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

/// Reads a text into the bytes of a `VARBINARY(n)`, `out` of the type's size.
pub(super) fn parse(n: u16, text: &[u8], out: &mut [u8]) -> Result<(), ParseError> {
    let (length, bytes) = out.split_first_chunk_mut().ok_or(ParseError::NoRoom)?;
    bytes.fill(0);
    let mut len = 0u16;
    for byte in decode(text) {
        let byte = byte?;
        if len >= n {
            return Err(ParseError::TooLong);
        }
        *bytes.get_mut(usize::from(len)).ok_or(ParseError::NoRoom)? = byte;
        len += 1;
    }
    *length = len.to_le_bytes();
    Ok(())
}

/// Writes bytes as text.
pub(super) fn write(out: &mut impl Write, bytes: &[u8]) -> fmt::Result {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |n: u8| HEX.get(usize::from(n & 15)).map_or('0', |d| char::from(*d));
    for &byte in bytes {
        match byte {
            b'\\' | b'\'' | b'"' | ..b' ' | 127.. => {
                out.write_str("\\x")?;
                out.write_char(digit(byte >> 4))?;
                out.write_char(digit(byte))?;
            }
            plain => out.write_char(char::from(plain))?,
        }
    }
    Ok(())
}
