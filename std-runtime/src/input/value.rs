//! One value of an input, from its text.

use std::str::FromStr;

use ringql_core::fmt::{ParseError, TextForm, parse_value};
use ringql_core::record::RecordMut;
use ringql_core::schema::{Field, Schema};
use ringql_core::types::DataType;

/// What an integer in a TIMESTAMP or TIMESTAMPTZ column counts since 1970-01-01 00:00:00 UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EpochUnit {
    /// `'s'`
    Seconds,
    /// `'ms'`
    Millis,
    /// `'us'`
    #[default]
    Micros,
}

impl EpochUnit {
    const fn micros(self) -> i64 {
        match self {
            Self::Seconds => 1_000_000,
            Self::Millis => 1_000,
            Self::Micros => 1,
        }
    }
}

impl FromStr for EpochUnit {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text.to_ascii_lowercase().as_str() {
            "s" => Ok(Self::Seconds),
            "ms" => Ok(Self::Millis),
            "us" => Ok(Self::Micros),
            _ => Err(()),
        }
    }
}

/// Sets a column from its text.
pub(super) fn set_text(
    record: &mut RecordMut<'_>,
    column: usize,
    field: &Field,
    text: &[u8],
    unit: EpochUnit,
) -> Result<(), ParseError> {
    let out = record.value_mut(column).ok_or(ParseError::NoRoom)?;
    if matches!(field.data_type, DataType::Timestamp | DataType::TimestampTz)
        && let [b'0'..=b'9', rest @ ..] | [b'+' | b'-', b'0'..=b'9', rest @ ..] = text
        && rest.iter().all(u8::is_ascii_digit)
    {
        let micros = i64::parse(text)?.checked_mul(unit.micros()).ok_or(ParseError::OutOfRange)?;
        out.copy_from_slice(&micros.to_le_bytes());
        return Ok(());
    }
    parse_value(field.data_type, text, out)
}

/// What is wrong with a column's text, for a message.
pub(super) fn complaint(schema: Schema<'_>, column: usize, text: &[u8], e: ParseError) -> String {
    const SHOWN: usize = 60;
    let shown = String::from_utf8_lossy(text.get(..SHOWN).unwrap_or(text));
    let more = if text.len() > SHOWN { "..." } else { "" };
    let data_type = schema.fields.get(column).map_or(DataType::Boolean, |f| f.data_type);
    format!("column \"{}\" ({data_type}): \"{shown}{more}\" {e}", schema.name(column))
}

/// What is wrong with a NULL, for a message.
pub(super) fn null_complaint(schema: Schema<'_>, column: usize) -> String {
    let data_type = schema.fields.get(column).map_or(DataType::Boolean, |f| f.data_type);
    format!("column \"{}\" ({data_type} NOT NULL) has no value", schema.name(column))
}
