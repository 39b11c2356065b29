//! The record layout, to the byte, and reading and writing the fields of one record.
//!
//! Fields lie in declared order, little-endian, each at the next multiple of its alignment:
//!
//! | type | size | alignment | bytes |
//! |---|---|---|---|
//! | BOOLEAN | 1 | 1 | 0 or 1 |
//! | TINYINT, TINYINT UNSIGNED | 1 | 1 | i8, u8 |
//! | SMALLINT, SMALLINT UNSIGNED | 2 | 2 | i16, u16 |
//! | INTEGER, INTEGER UNSIGNED | 4 | 4 | i32, u32 |
//! | BIGINT, BIGINT UNSIGNED | 8 | 8 | i64, u64 |
//! | REAL | 4 | 4 | IEEE 754 binary32 |
//! | DOUBLE | 8 | 8 | IEEE 754 binary64 |
//! | TIMESTAMP | 8 | 8 | i64, microseconds since 1970-01-01 00:00:00 UTC |
//! | TIMESTAMP WITH TIME ZONE | 8 | 8 | the same |
//! | DATE | 4 | 4 | i32, days since 1970-01-01 |
//! | TIME | 8 | 8 | i64, microseconds since midnight, 0 to 86,400,000,000 |
//! | INTERVAL | 16 | 8 | i32 months, i32 days, i64 microseconds |
//! | DECIMAL(p, s), p up to 18 | 8 | 8 | i64, the value times 10^s |
//! | DECIMAL(p, s), p from 19 on | 16 | 8 | i128, the value times 10^s |
//! | UUID | 16 | 1 | in the order of RFC 4122, as they are written |
//! | VARCHAR(n) | 2 + n, rounded up to even | 2 | u16 length, UTF-8, unused bytes zero |
//! | VARBINARY(n) | 2 + n, rounded up to even | 2 | u16 length, bytes, unused bytes zero |
//! | CHAR(n) | n | 1 | UTF-8 up to the first zero byte or n (C's `char name[n]`), unused bytes zero |
//!
//! If any column is nullable, a validity bitmap follows right after the last field, with a bit for
//! every column of the schema, nullable or not: column i has bit i % 8 (1 = lowest) of byte i / 8,
//! set if the value is not NULL. The bytes of a NULL value are zero when written, and not looked at
//! when read.
//!
//! The record's alignment is the largest of its fields' and its size is rounded up to it. All
//! padding is zero, so that equal records are equal bytes. The layout is that of a C struct of the
//! same members ([`Layout`] computes it).
//!
//! For example `(ts TIMESTAMP NOT NULL, temp REAL, name VARCHAR(3))`:
//!
//! | bytes | |
//! |---|---|
//! | 0..8 | `ts` |
//! | 8..12 | `temp` |
//! | 12..14 | length of `name` |
//! | 14..17 | bytes of `name` |
//! | 17 | padding that makes `name` even |
//! | 18 | validity: bit 0 `ts`, bit 1 `temp`, bit 2 `name` |
//! | 19..24 | padding up to a multiple of 8 |

use crate::schema::{Layout, Schema};
use crate::types::{DataType, Kind, Span};

/// One record, to be read.
///
/// ```
/// use ringql_core::record::{RecordMut, RecordRef};
/// use ringql_core::schema::{Field, Schema, Text};
/// use ringql_core::types::DataType;
///
/// let name = Text { offset: 0, len: 0 };
/// let fields = [
///     Field { name, data_type: DataType::Timestamp, nullable: false, offset: 0 },
///     Field { name, data_type: DataType::Real, nullable: true, offset: 8 },
///     Field { name, data_type: DataType::Varchar(3), nullable: true, offset: 12 },
/// ];
/// let schema = Schema { fields: &fields, texts: "" };
///
/// let mut bytes = [0xff; 24];
/// let mut record = RecordMut::new(schema, &mut bytes).unwrap();
/// record.set(0, &7i64.to_le_bytes()).unwrap();
/// record.set_text(2, "abc").unwrap();
/// assert_eq!(bytes[8..], [0, 0, 0, 0, 3, 0, b'a', b'b', b'c', 0, 0b101, 0, 0, 0, 0, 0]);
///
/// let record = RecordRef::new(schema, &bytes).unwrap();
/// assert_eq!(record.get(0), Some(&7i64.to_le_bytes()[..]));
/// assert_eq!(record.get(1), None); // NULL
/// assert_eq!(record.text(2), Some(&b"abc"[..]));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct RecordRef<'a> {
    schema: Schema<'a>,
    validity: Option<usize>,
    bytes: &'a [u8],
}

impl<'a> RecordRef<'a> {
    /// The record in `bytes`; `None` if they are not as many as the schema's records have.
    #[must_use]
    pub fn new(schema: Schema<'a>, bytes: &'a [u8]) -> Option<Self> {
        let Layout { record_size, validity, .. } = schema.layout();
        (bytes.len() == record_size).then_some(Self { schema, validity, bytes })
    }

    /// The bytes of a column's value; `None` if it is NULL or there is no such column.
    #[must_use]
    pub fn get(&self, column: usize) -> Option<&'a [u8]> {
        if !self.is_valid(column) {
            return None;
        }
        let field = self.schema.fields.get(column)?;
        self.bytes.get(field.offset.into()..)?.get(..field.data_type.size())
    }

    /// The UTF-8 of a VARCHAR or CHAR column, the bytes of a VARBINARY column; `None` if it is NULL
    /// or another column.
    #[must_use]
    pub fn text(&self, column: usize) -> Option<&'a [u8]> {
        match self.schema.fields.get(column)?.data_type {
            DataType::Varchar(_) | DataType::Varbinary(_) => text_bytes(self.get(column)?),
            DataType::Char(_) => self.get(column).map(char_bytes),
            _ => None,
        }
    }

    /// The whole number that a DECIMAL column's value is times 10^s; `None` if it is NULL or not a
    /// DECIMAL.
    #[must_use]
    pub fn decimal(&self, column: usize) -> Option<i128> {
        let data_type = self.schema.fields.get(column)?.data_type;
        if !data_type.is_decimal() {
            return None;
        }
        let bytes = self.get(column)?;
        match data_type.kind() {
            Kind::I64 => bytes.first_chunk().map(|b| i64::from_le_bytes(*b).into()),
            _ => bytes.first_chunk().map(|b| i128::from_le_bytes(*b)),
        }
    }

    /// The value of an INTERVAL column; `None` if it is NULL or not one.
    #[must_use]
    pub fn interval(&self, column: usize) -> Option<Span> {
        match self.schema.fields.get(column)?.data_type {
            DataType::Interval => self.get(column)?.first_chunk().map(|b| Span::from_le_bytes(*b)),
            _ => None,
        }
    }

    /// Whether a column's value is not NULL.
    #[must_use]
    pub fn is_valid(&self, column: usize) -> bool {
        let Some(field) = self.schema.fields.get(column) else { return false };
        match self.validity {
            Some(at) if field.nullable => {
                self.bytes.get(at + column / 8).is_some_and(|bits| bits >> (column % 8) & 1 != 0)
            }
            _ => true,
        }
    }

    /// Whether every value is one of its type, as bytes from outside may not be; if not, the first
    /// column that is not, and why.
    ///
    /// # Errors
    /// The column and what is wrong with its value.
    pub fn check(&self) -> Result<(), (usize, ValueError)> {
        for (column, field) in self.schema.fields.iter().enumerate() {
            if let Some(bytes) = self.get(column) {
                check_value(field.data_type, bytes).map_err(|e| (column, e))?;
            }
        }
        Ok(())
    }
}

/// One record, to be written.
#[derive(Debug)]
pub struct RecordMut<'a> {
    schema: Schema<'a>,
    validity: Option<usize>,
    bytes: &'a mut [u8],
}

impl<'a> RecordMut<'a> {
    /// The record in `bytes`, which become zero (but for the validity of columns that can't be
    /// NULL): nullable columns are NULL until they are set. `None` if the bytes are not as many as
    /// the schema's records have.
    #[must_use]
    pub fn new(schema: Schema<'a>, bytes: &'a mut [u8]) -> Option<Self> {
        let Layout { record_size, validity, .. } = schema.layout();
        if bytes.len() != record_size {
            return None;
        }
        bytes.fill(0);
        let mut record = Self { schema, validity, bytes };
        for (column, field) in schema.fields.iter().enumerate() {
            if !field.nullable {
                record.set_validity(column, true);
            }
        }
        Some(record)
    }

    /// The bytes of a column's value, to be filled; the column is no longer NULL.
    /// `None` if there is no such column.
    pub fn value_mut(&mut self, column: usize) -> Option<&mut [u8]> {
        let field = self.schema.fields.get(column)?;
        self.set_validity(column, true);
        self.bytes.get_mut(field.offset.into()..)?.get_mut(..field.data_type.size())
    }

    /// Sets a column's value. `None` if there is no such column or the value has another size.
    #[must_use = "`None` is a value that was not set"]
    pub fn set(&mut self, column: usize, value: &[u8]) -> Option<()> {
        let size = self.schema.fields.get(column)?.data_type.size();
        if value.len() != size {
            return None;
        }
        self.value_mut(column)?.copy_from_slice(value);
        Some(())
    }

    /// Sets a VARCHAR or CHAR column. `None` if it is not one or the text is too long (or has a zero
    /// byte, which would end a CHAR).
    #[must_use = "`None` is a value that was not set"]
    pub fn set_text(&mut self, column: usize, text: &str) -> Option<()> {
        let data_type = self.schema.fields.get(column)?.data_type;
        match data_type {
            DataType::Varchar(n) if text.len() <= n.into() => {}
            DataType::Char(n) if text.len() <= n.into() && !text.contains('\0') => {}
            _ => return None,
        }
        crate::fmt::parse_value(data_type, text.as_bytes(), self.value_mut(column)?).ok()
    }

    /// Sets a VARBINARY column. `None` if it is not one or there are too many bytes.
    #[must_use = "`None` is a value that was not set"]
    pub fn set_bytes(&mut self, column: usize, bytes: &[u8]) -> Option<()> {
        let DataType::Varbinary(n) = self.schema.fields.get(column)?.data_type else { return None };
        let len = u16::try_from(bytes.len()).ok().filter(|&len| len <= n)?;
        let (length, place) = self.value_mut(column)?.split_first_chunk_mut()?;
        *length = len.to_le_bytes();
        let (used, unused) = place.split_at_mut_checked(bytes.len())?;
        used.copy_from_slice(bytes);
        unused.fill(0);
        Some(())
    }

    /// Sets a DECIMAL column to a whole number times 10^-s. `None` if it is not one, or the number
    /// has more digits than it.
    #[must_use = "`None` is a value that was not set"]
    pub fn set_decimal(&mut self, column: usize, value: i128) -> Option<()> {
        let data_type = self.schema.fields.get(column)?.data_type;
        let DataType::Decimal(width, _) = data_type else { return None };
        if value.unsigned_abs() >= crate::fmt::power_of_ten(width).unsigned_abs() {
            return None;
        }
        match data_type.kind() {
            Kind::I64 => self.set(column, &(value as i64).to_le_bytes()),
            _ => self.set(column, &value.to_le_bytes()),
        }
    }

    /// Sets an INTERVAL column. `None` if it is not one.
    #[must_use = "`None` is a value that was not set"]
    pub fn set_interval(&mut self, column: usize, value: Span) -> Option<()> {
        match self.schema.fields.get(column)?.data_type {
            DataType::Interval => self.set(column, &value.to_le_bytes()),
            _ => None,
        }
    }

    /// Makes a column NULL. `None` if it can't be.
    #[must_use = "`None` is a value that was not set"]
    pub fn set_null(&mut self, column: usize) -> Option<()> {
        if !self.schema.fields.get(column)?.nullable {
            return None;
        }
        self.value_mut(column)?.fill(0);
        self.set_validity(column, false);
        Some(())
    }

    fn set_validity(&mut self, column: usize, valid: bool) {
        if let Some(bits) = self.validity.and_then(|at| self.bytes.get_mut(at + column / 8)) {
            let bit = 1 << (column % 8);
            if valid {
                *bits |= bit;
            } else {
                *bits &= !bit;
            }
        }
    }
}

/// What is wrong with a value's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ValueError {
    /// Fewer or more bytes than the type has.
    Size,
    /// A BOOLEAN that is not 0 or 1.
    Boolean,
    /// A text whose length is above n.
    Length,
    /// A text that is not UTF-8.
    Utf8,
    /// A text or bytes whose unused bytes are not zero.
    Unused,
    /// A DECIMAL of more digits than its type has.
    Digits,
    /// A TIME that is not from 00:00:00 to 24:00:00.
    Time,
}

impl core::fmt::Display for ValueError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Size => "has the wrong size",
            Self::Boolean => "is a BOOLEAN that is not 0 or 1",
            Self::Length => "is a text that is longer than its column",
            Self::Utf8 => "is a text that is not UTF-8",
            Self::Unused => "is a text whose unused bytes are not zero",
            Self::Digits => "is a DECIMAL of too many digits",
            Self::Time => "is a TIME that is not from 00:00:00 to 24:00:00",
        })
    }
}

impl core::error::Error for ValueError {}

/// Checks that bytes are a value of a type.
///
/// ```
/// use ringql_core::record::{ValueError, check_value};
/// use ringql_core::types::DataType;
/// assert_eq!(check_value(DataType::Boolean, &[1]), Ok(()));
/// assert_eq!(check_value(DataType::Boolean, &[2]), Err(ValueError::Boolean));
/// ```
///
/// # Errors
/// See [`ValueError`].
pub fn check_value(data_type: DataType, bytes: &[u8]) -> Result<(), ValueError> {
    if bytes.len() != data_type.size() {
        return Err(ValueError::Size);
    }
    match data_type {
        DataType::Boolean if bytes.first().is_some_and(|&byte| byte > 1) => {
            Err(ValueError::Boolean)
        }
        DataType::Varchar(n) | DataType::Varbinary(n) => {
            let text = text_bytes(bytes).ok_or(ValueError::Length)?;
            if text.len() > usize::from(n) {
                return Err(ValueError::Length);
            }
            if matches!(data_type, DataType::Varchar(_)) && core::str::from_utf8(text).is_err() {
                return Err(ValueError::Utf8);
            }
            unused(bytes, 2 + text.len())
        }
        DataType::Char(_) => {
            let text = char_bytes(bytes);
            if core::str::from_utf8(text).is_err() {
                return Err(ValueError::Utf8);
            }
            unused(bytes, text.len())
        }
        DataType::Decimal(width, _) => {
            let value = match (data_type.kind(), bytes.first_chunk(), bytes.first_chunk()) {
                (Kind::I64, Some(narrow), _) => i64::from_le_bytes(*narrow).into(),
                (_, _, Some(wide)) => i128::from_le_bytes(*wide),
                _ => return Err(ValueError::Size),
            };
            let fits = value.unsigned_abs() < crate::fmt::power_of_ten(width).unsigned_abs();
            if fits { Ok(()) } else { Err(ValueError::Digits) }
        }
        DataType::Time => {
            let micros = bytes.first_chunk().map(|b| i64::from_le_bytes(*b));
            let fits = micros.is_some_and(|m| (0..=crate::time::calendar::DAY).contains(&m));
            if fits { Ok(()) } else { Err(ValueError::Time) }
        }
        _ => Ok(()),
    }
}

/// Checks that the bytes from `used` on are zero.
fn unused(bytes: &[u8], used: usize) -> Result<(), ValueError> {
    match bytes.iter().skip(used).any(|&byte| byte != 0) {
        true => Err(ValueError::Unused),
        false => Ok(()),
    }
}

/// The used bytes of a CHAR(n)'s value: those before the first zero byte.
#[must_use]
pub fn char_bytes(value: &[u8]) -> &[u8] {
    let end = value.iter().position(|&byte| byte == 0).unwrap_or(value.len());
    value.get(..end).unwrap_or(value)
}

/// The used bytes of a VARCHAR's or VARBINARY's value; `None` if its length points beyond it.
#[must_use]
pub fn text_bytes(value: &[u8]) -> Option<&[u8]> {
    let (len, text) = value.split_first_chunk()?;
    text.get(..u16::from_le_bytes(*len).into())
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
