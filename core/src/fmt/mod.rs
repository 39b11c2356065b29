//! The text form of values, both ways: what is read from CSV and printed to it, on the host and on
//! the device alike, and what `CAST` from and to VARCHAR means.
//!
//! | type | written | read |
//! |---|---|---|
//! | BOOLEAN | `true`, `false` | also `t`, `f`, `yes`, `no`, `y`, `n`, `1`, `0`, in any case |
//! | integers | `-12` | also a leading `+`, a fraction, an exponent, `0x1f`, `0b101`; spaces around |
//! | REAL, DOUBLE | the shortest text that reads back to the same value: `1.0`, `0.1`, `1e300`, `nan`, `inf`, `-inf` | also a leading `+`, `infinity`, any case; spaces around |
//! | TIMESTAMP | `2010-01-01 00:00:00.000000` | see [`calendar`](crate::time::calendar) |
//! | DATE | `2010-01-01` | see [`date`](crate::time::date) |
//! | TIME | `00:00:00.5` | see [`time_of_day`](crate::time::time_of_day) |
//! | TIMESTAMP WITH TIME ZONE | `2010-01-01 00:00:00.000000+00` | as TIMESTAMP; an offset is subtracted |
//! | INTERVAL | `1 year 2 months 3 days 04:05:06.5` | numbers and units, then perhaps a time of day |
//! | DECIMAL(p, s) | `-1.50`, with s digits behind the point | also a leading `+`, an exponent; spaces around |
//! | UUID | `a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11` | 32 hexadecimal digits in any case, hyphens anywhere, perhaps in braces |
//! | VARBINARY(n) | printable ASCII as it is, other bytes as `\xAB` | the same |
//! | VARCHAR(n), CHAR(n) | as it is | UTF-8 of at most n bytes |
//!
//! CSV is RFC 4180 with `\n` after each row: a text with a comma, a quote or a line break is quoted
//! and its quotes doubled; NULL is an empty field, and an empty text is `""`.

mod bytes;
mod csv;
mod decimal;
mod float;
mod interval;
mod number;
mod uuid;

use core::fmt::{self, Write};

pub use csv::{write_csv_header, write_csv_row, write_csv_text};
pub use decimal::power_of_ten;
pub(crate) use decimal::{rescaled, scaled_down};
#[cfg(feature = "sql")]
pub(crate) use interval::Unit;
pub use number::TextForm;

use crate::record::{char_bytes, text_bytes};
use crate::time::calendar::{
    LocalTimestamp, parse_timestamp, write_timestamp, write_timestamp_short,
};
use crate::time::date::{cast_date, parse_date, write_date};
use crate::time::time_of_day::{cast_time, parse_time, write_time};
use crate::types::{DataType, Kind, Span};

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
    /// Not a date, or one that no calendar has.
    NotADate,
    /// Not a time of day.
    NotATime,
    /// Not an interval.
    NotAnInterval,
    /// Not the text of bytes: `\xAB` stands for one that is not printable ASCII.
    NotBytes,
    /// Not a UUID.
    NotAUuid,
    /// A number with more digits behind its point than the DECIMAL has.
    TooFine,
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
            Self::NotADate => "is not a date (YYYY-MM-DD)",
            Self::NotATime => "is not a time of day (HH:MM:SS)",
            Self::NotAnInterval => "is not an interval (1 month 2 days 03:04:05)",
            Self::NotBytes => "is not bytes (printable ASCII, and \\xAB for other bytes)",
            Self::NotAUuid => "is not a UUID (32 hexadecimal digits)",
            Self::TooFine => "has more digits behind its point than its type",
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
        DataType::Timestamp | DataType::TimestampTz => {
            let micros = parse_timestamp(text).ok_or(ParseError::NotATimestamp)?;
            put(micros.to_le_bytes(), out)
        }
        DataType::Date => put(parse_date(text).ok_or(ParseError::NotADate)?.to_le_bytes(), out),
        DataType::Time => put(parse_time(text).ok_or(ParseError::NotATime)?.to_le_bytes(), out),
        DataType::Interval => put(interval::parse(text, true)?.to_le_bytes(), out),
        other if parse(other, text, out)? => Ok(()),
        DataType::Decimal(..) => Err(ParseError::TooFine),
        _ => Err(ParseError::NotWhole),
    }
}

/// Reads the text of a value as `CAST(x AS type)` does, which is as DuckDB does: an integer with a
/// fraction is rounded, digits may have underscores between them, a TIMESTAMP's offset from UTC is ignored, a time may stand behind a date.
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
        DataType::TimestampTz => {
            let micros = parse_timestamp(text).ok_or(ParseError::NotATimestamp)?;
            put(micros.to_le_bytes(), out)
        }
        DataType::Date => put(cast_date(text).ok_or(ParseError::NotADate)?.to_le_bytes(), out),
        DataType::Time => put(cast_time(text).ok_or(ParseError::NotATime)?.to_le_bytes(), out),
        DataType::Interval => put(interval::parse(text, false)?.to_le_bytes(), out),
        other => {
            let mut buffer = [0; NUMBER];
            let is_number = other.is_numeric() || other.is_decimal();
            let text = if is_number { without_underscores(text, &mut buffer)? } else { text };
            parse(other, text, out).map(|_| ())
        }
    }
}

/// The longest number with underscores that CAST reads.
const NUMBER: usize = 96;

/// A number's text without the underscores between its digits, which CAST allows and data does not.
fn without_underscores<'t>(
    text: &'t [u8],
    buffer: &'t mut [u8; NUMBER],
) -> Result<&'t [u8], ParseError> {
    if !text.contains(&b'_') {
        return Ok(text);
    }
    let mut len = 0;
    for (i, &byte) in text.iter().enumerate() {
        if byte == b'_' {
            let digit = |i: usize| text.get(i).is_some_and(u8::is_ascii_hexdigit);
            if !digit(i.wrapping_sub(1)) || !digit(i + 1) {
                return Err(ParseError::NotANumber);
            }
            continue;
        }
        *buffer.get_mut(len).ok_or(ParseError::NotANumber)? = byte;
        len += 1;
    }
    buffer.get(..len).ok_or(ParseError::NotANumber)
}

/// Reads a value of a type that data and CAST read alike; false if it was rounded.
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
        DataType::Char(n) => parse_char(n, text, out).map(|()| true),
        DataType::Varbinary(n) => {
            let out = out.get_mut(..data_type.size()).ok_or(ParseError::NoRoom)?;
            bytes::parse(n, text, out).map(|()| true)
        }
        DataType::Decimal(width, scale) => {
            let (value, exact) = decimal::parse(text, width, scale)?;
            match data_type.kind() {
                Kind::I64 => put((value as i64).to_le_bytes(), out)?,
                _ => put(value.to_le_bytes(), out)?,
            }
            Ok(exact)
        }
        DataType::Uuid => put(uuid::parse(text)?, out).map(|()| true),
        DataType::Timestamp | DataType::TimestampTz => Err(ParseError::NotATimestamp),
        DataType::Date => Err(ParseError::NotADate),
        DataType::Time => Err(ParseError::NotATime),
        DataType::Interval => Err(ParseError::NotAnInterval),
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

/// Puts a text into the bytes of a `CHAR(n)`: its bytes, zeros. A zero byte would end it.
fn parse_char(n: u16, text: &[u8], out: &mut [u8]) -> Result<(), ParseError> {
    if core::str::from_utf8(text).is_err() {
        return Err(ParseError::NotUtf8);
    }
    let out = out.get_mut(..n.into()).ok_or(ParseError::NoRoom)?;
    if text.contains(&0) || text.len() > out.len() {
        return Err(ParseError::TooLong);
    }
    let (used, unused) = out.split_at_mut_checked(text.len()).ok_or(ParseError::NoRoom)?;
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
        DataType::TimestampTz => {
            write_timestamp(out, i64::from_le_bytes(first(bytes)?))?;
            out.write_str("+00")
        }
        DataType::Date => write_date(out, i32::from_le_bytes(first(bytes)?)),
        DataType::Time => write_time(out, i64::from_le_bytes(first(bytes)?)),
        DataType::Interval => interval::write(out, Span::from_le_bytes(first(bytes)?)),
        DataType::Decimal(width, scale) => {
            let value = match data_type.kind() {
                Kind::I64 => i64::from_le_bytes(first(bytes)?).into(),
                _ => i128::from_le_bytes(first(bytes)?),
            };
            decimal::write(out, value, width, scale)
        }
        DataType::Uuid => uuid::write(out, first(bytes)?),
        DataType::Varbinary(_) => bytes::write(out, text_bytes(bytes).ok_or(fmt::Error)?),
        DataType::Char(n) => {
            let field = bytes.get(..n.into()).ok_or(fmt::Error)?;
            write_text(out, char_bytes(field))
        }
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
        DataType::TimestampTz => {
            write_timestamp_short(out, i64::from_le_bytes(first(bytes)?))?;
            out.write_str("+00")
        }
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
