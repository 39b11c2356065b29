//! The text form of values, both ways: what is read from CSV and printed to it, on the host and on
//! the device alike, and what `CAST` from and to VARCHAR means.
//!
//! | type | written | read |
//! |---|---|---|
//! | BOOLEAN | `true`, `false` | also `t`, `f`, `yes`, `no`, `y`, `n`, `1`, `0`, in any case |
//! | integers | `-12` | also a leading `+`, a fraction, an exponent, `0x1f`, `0b101`; spaces around |
//! | REAL, DOUBLE | the shortest text that reads back to the same value: `1.0`, `0.1`, `1e300`, `nan`, `inf`, `-inf` | also a leading `+`, `infinity`, any case; spaces around |
//! | TIMESTAMP | `2010-01-01 00:00:00.000000` | see [`calendar`](crate::time::calendar) |
//! | VARCHAR(n) | as it is | UTF-8 of at most n bytes |
//!
//! CSV is RFC 4180 with `\n` after each row: a text with a comma, a quote or a line break is quoted
//! and its quotes doubled; NULL is an empty field, and an empty text is `""`.

mod csv;
pub(crate) mod digits;
mod number;

use core::fmt::{self, Write};

pub use csv::{write_csv_header, write_csv_row, write_csv_text};
pub use number::TextForm;

use crate::record::text_bytes;
use crate::time::calendar::{
    LocalTimestamp, parse_timestamp, write_timestamp, write_timestamp_short,
};
use crate::types::DataType;

/// Why a text is not a value of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ParseError {
    /// Not a number at all.
    NotANumber,
    /// A number with a fraction, where a whole one is needed.
    NotWhole,
    /// A number that the type does not hold.
    OutOfRange,
    /// Not `true` or `false`.
    NotABoolean,
    /// Not a timestamp, or one that no calendar has.
    NotATimestamp,
    /// More bytes than `VARCHAR(n)` holds.
    TooLong,
    /// Not UTF-8.
    NotUtf8,
    /// The place for the value is smaller than [`DataType::size`].
    NoRoom,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotANumber => "is not a number",
            Self::NotWhole => "is not a whole number",
            Self::OutOfRange => "is out of range",
            Self::NotABoolean => "is not true or false",
            Self::NotATimestamp => "is not a timestamp (YYYY-MM-DD HH:MM:SS)",
            Self::TooLong => "is too long",
            Self::NotUtf8 => "is not UTF-8",
            Self::NoRoom => "has no room",
        })
    }
}

impl core::error::Error for ParseError {}

/// Reads the text of a value into the bytes that a record holds for it: the first
/// [`DataType::size`] bytes of `out`, all of which are set.
///
/// This is the reading of data, so it takes no value that the text does not say: `1.5` is no
/// INTEGER here, while `CAST('1.5' AS INTEGER)` ([`parse_cast`]) rounds it to 2.
///
/// ```
/// use ringql_core::fmt::{ParseError, parse_value};
/// use ringql_core::types::DataType;
/// let mut bytes = [0; 4];
/// parse_value(DataType::Integer, b"-7", &mut bytes).unwrap();
/// assert_eq!(i32::from_le_bytes(bytes), -7);
/// assert_eq!(parse_value(DataType::TinyInt, b"128", &mut bytes), Err(ParseError::OutOfRange));
/// parse_value(DataType::Varchar(2), "é".as_bytes(), &mut bytes).unwrap();
/// assert_eq!(bytes, [2, 0, 0xc3, 0xa9]);
/// ```
///
/// # Errors
/// See [`ParseError`]. `out` then holds nothing of use.
pub fn parse_value(data_type: DataType, text: &[u8], out: &mut [u8]) -> Result<(), ParseError> {
    match data_type {
        DataType::Timestamp => {
            let micros = parse_timestamp(text).ok_or(ParseError::NotATimestamp)?;
            put(micros.to_le_bytes(), out)
        }
        other if parse(other, text, out)? => Ok(()),
        _ => Err(ParseError::NotWhole),
    }
}

/// Reads the text of a value as `CAST(x AS type)` does, which is as DuckDB does: an integer with a
/// fraction is rounded, and a timestamp's offset from UTC is ignored.
///
/// ```
/// use ringql_core::fmt::parse_cast;
/// use ringql_core::types::DataType;
/// let mut bytes = [0; 4];
/// parse_cast(DataType::Integer, b"1.5", &mut bytes).unwrap();
/// assert_eq!(i32::from_le_bytes(bytes), 2);
/// ```
///
/// # Errors
/// See [`ParseError`]. `out` then holds nothing of use.
pub fn parse_cast(data_type: DataType, text: &[u8], out: &mut [u8]) -> Result<(), ParseError> {
    match data_type {
        DataType::Timestamp => {
            let local = LocalTimestamp::parse(text).ok_or(ParseError::NotATimestamp)?;
            put(local.micros.to_le_bytes(), out)
        }
        other => parse(other, text, out).map(|_| ()),
    }
}

/// Reads a value of any type but TIMESTAMP; false if it was rounded to a whole number.
fn parse(data_type: DataType, text: &[u8], out: &mut [u8]) -> Result<bool, ParseError> {
    fn number<T: TextForm, const N: usize>(
        text: &[u8],
        bytes: impl FnOnce(T) -> [u8; N],
        out: &mut [u8],
    ) -> Result<bool, ParseError> {
        let (value, exact) = T::parse_exact(text)?;
        put(bytes(value), out).map(|()| exact)
    }
    match data_type {
        DataType::Boolean => number(text, |v: bool| [u8::from(v)], out),
        DataType::TinyInt => number(text, i8::to_le_bytes, out),
        DataType::SmallInt => number(text, i16::to_le_bytes, out),
        DataType::Integer => number(text, i32::to_le_bytes, out),
        DataType::BigInt => number(text, i64::to_le_bytes, out),
        DataType::UTinyInt => number(text, u8::to_le_bytes, out),
        DataType::USmallInt => number(text, u16::to_le_bytes, out),
        DataType::UInteger => number(text, u32::to_le_bytes, out),
        DataType::UBigInt => number(text, u64::to_le_bytes, out),
        DataType::Real => number(text, f32::to_le_bytes, out),
        DataType::Double => number(text, f64::to_le_bytes, out),
        DataType::Varchar(n) => parse_text(n, text, out).map(|()| true),
        DataType::Timestamp => Err(ParseError::NotATimestamp),
    }
}

fn put<const N: usize>(bytes: [u8; N], out: &mut [u8]) -> Result<(), ParseError> {
    *out.first_chunk_mut().ok_or(ParseError::NoRoom)? = bytes;
    Ok(())
}

/// Puts a text into the bytes of a `VARCHAR(n)`: its length, its bytes, zeros.
///
/// # Errors
/// [`ParseError::TooLong`], [`ParseError::NotUtf8`] or [`ParseError::NoRoom`].
pub fn parse_text(n: u16, text: &[u8], out: &mut [u8]) -> Result<(), ParseError> {
    if core::str::from_utf8(text).is_err() {
        return Err(ParseError::NotUtf8);
    }
    let Some(len) = u16::try_from(text.len()).ok().filter(|&len| len <= n) else {
        return Err(ParseError::TooLong);
    };
    let (head, rest) = out
        .get_mut(..DataType::Varchar(n).size())
        .and_then(<[u8]>::split_first_chunk_mut)
        .ok_or(ParseError::NoRoom)?;
    *head = len.to_le_bytes();
    let (used, unused) = rest.split_at_mut_checked(text.len()).ok_or(ParseError::NoRoom)?;
    used.copy_from_slice(text);
    unused.fill(0);
    Ok(())
}

/// Writes one value, given the bytes that a record holds for it.
///
/// ```
/// use ringql_core::fmt::write_value;
/// use ringql_core::types::DataType;
/// let mut out = String::new();
/// write_value(&mut out, DataType::Real, &0.1f32.to_le_bytes()).unwrap();
/// assert_eq!(out, "0.1");
/// ```
///
/// # Errors
/// Those of `out`, and `fmt::Error` if `bytes` is shorter than the type's values.
pub fn write_value(out: &mut impl Write, data_type: DataType, bytes: &[u8]) -> fmt::Result {
    match data_type {
        DataType::Boolean => (first::<1>(bytes)? != [0]).write(out),
        DataType::TinyInt => i8::from_le_bytes(first(bytes)?).write(out),
        DataType::SmallInt => i16::from_le_bytes(first(bytes)?).write(out),
        DataType::Integer => i32::from_le_bytes(first(bytes)?).write(out),
        DataType::BigInt => i64::from_le_bytes(first(bytes)?).write(out),
        DataType::UTinyInt => u8::from_le_bytes(first(bytes)?).write(out),
        DataType::USmallInt => u16::from_le_bytes(first(bytes)?).write(out),
        DataType::UInteger => u32::from_le_bytes(first(bytes)?).write(out),
        DataType::UBigInt => u64::from_le_bytes(first(bytes)?).write(out),
        DataType::Real => f32::from_le_bytes(first(bytes)?).write(out),
        DataType::Double => f64::from_le_bytes(first(bytes)?).write(out),
        DataType::Timestamp => write_timestamp(out, i64::from_le_bytes(first(bytes)?)),
        DataType::Varchar(_) => write_text(out, text_bytes(bytes).ok_or(fmt::Error)?),
    }
}

/// Writes one value as `CAST(x AS VARCHAR)` gives it, which is DuckDB's text: as [`write_value`],
/// but a timestamp without the zeros that end its fraction, and exponents as in C (`1e+300`,
/// `1e-05`).
///
/// ```
/// use ringql_core::fmt::write_cast;
/// use ringql_core::types::DataType;
/// let mut out = String::new();
/// write_cast(&mut out, DataType::Double, &1e-7f64.to_le_bytes()).unwrap();
/// assert_eq!(out, "1e-07");
/// ```
///
/// # Errors
/// As [`write_value`].
pub fn write_cast(out: &mut impl Write, data_type: DataType, bytes: &[u8]) -> fmt::Result {
    match data_type {
        DataType::Real => f32::from_le_bytes(first(bytes)?).write_cast(out),
        DataType::Double => f64::from_le_bytes(first(bytes)?).write_cast(out),
        DataType::Timestamp => write_timestamp_short(out, i64::from_le_bytes(first(bytes)?)),
        other => write_value(out, other, bytes),
    }
}

/// Writes bytes that should be UTF-8; U+FFFD stands for what is not.
fn write_text(out: &mut impl Write, bytes: &[u8]) -> fmt::Result {
    for chunk in bytes.utf8_chunks() {
        out.write_str(chunk.valid())?;
        if !chunk.invalid().is_empty() {
            out.write_char(char::REPLACEMENT_CHARACTER)?;
        }
    }
    Ok(())
}

fn first<const N: usize>(bytes: &[u8]) -> Result<[u8; N], fmt::Error> {
    bytes.first_chunk().copied().ok_or(fmt::Error)
}

#[cfg(test)]
mod tests;
