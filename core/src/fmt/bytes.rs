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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use std::string::String;
    use std::vec::Vec;

    use super::*;

    #[test]
    fn as_duckdb_casts_them() {
        // '...'::BLOB::VARCHAR in DuckDB 2.0.
        let cast = |text: &str| {
            let mut out = String::new();
            let mut bytes = [0; 10];
            parse(8, text.as_bytes(), &mut bytes).map(|()| {
                let len = usize::from(bytes[0]);
                write(&mut out, &bytes[2..2 + len]).unwrap();
                out
            })
        };
        assert_eq!(cast("\\xab").as_deref(), Ok("\\xAB"));
        assert_eq!(cast("a'b\"c").as_deref(), Ok("a\\x27b\\x22c"));
        assert_eq!(cast("\x7f\n").as_deref(), Ok("\\x7F\\x0A"));
        assert_eq!(cast(" a ").as_deref(), Ok(" a "));
        for text in ["\\xA", "\\xg0", "\\Xab", "a\\b", "é"] {
            assert_eq!(cast(text), Err(ParseError::NotBytes), "{text}");
        }
        assert_eq!(cast("123456789"), Err(ParseError::TooLong));
    }

    proptest! {
        #[test]
        fn all_bytes_read_back(bytes in proptest::collection::vec(any::<u8>(), 0..9)) {
            let mut text = String::new();
            write(&mut text, &bytes).unwrap();
            let mut out = [0xff; 10];
            parse(8, text.as_bytes(), &mut out).unwrap();
            let mut wanted: Vec<u8> = [bytes.len() as u8, 0].into();
            wanted.extend(&bytes);
            wanted.resize(10, 0);
            prop_assert_eq!(&out[..], wanted);
        }
    }
}
