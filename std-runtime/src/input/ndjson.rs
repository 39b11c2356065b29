//! NDJSON in: one object per line, keys matched without regard to case.
//!
//! A missing key and `null` are NULL; other keys are ignored. A number goes into a number column, a
//! boolean into a BOOLEAN, a string into any other column, an integer into a TIMESTAMP or TIMESTAMPTZ
//! too. JSON has no NaN and no infinities: the strings `"nan"`, `"inf"`, `"-inf"` stand for
//! them in REAL and DOUBLE columns, and the writer writes them so.

use std::borrow::Cow;
use std::fmt;

use ringql_core::record::RecordMut;
use ringql_core::schema::{Field, Schema};
use ringql_core::types::DataType;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::lines::Lines;
use super::rows::RowFormat;
use super::value::{EpochUnit, complaint, null_complaint, set_text};
use super::{Bytes, InputError, Place};

/// A reader of JSON lines.
pub(super) struct Ndjson {
    file: String,
    lines: Lines,
    unit: EpochUnit,
    /// Which columns the current object has given.
    given: Vec<bool>,
}

impl Ndjson {
    pub(super) fn new(file: &str, bytes: Bytes, unit: EpochUnit) -> Self {
        Self { file: file.to_owned(), lines: Lines::new(bytes), unit, given: Vec::new() }
    }
}

impl RowFormat for Ndjson {
    fn at_hand(&mut self) -> bool {
        self.lines.at_hand()
    }

    fn next(&mut self, schema: Schema<'_>, record: &mut RecordMut<'_>) -> Result<bool, InputError> {
        loop {
            let line = self.lines.line().map_err(|e| InputError::io(&self.file, e))?;
            let Some(end) = line else { return Ok(false) };
            let text = self.lines.text(end);
            let blank = text.trim_ascii().is_empty();
            let filled = if blank {
                Ok(())
            } else {
                self.given.clear();
                self.given.resize(schema.fields.len(), false);
                let object = Object { schema, record, unit: self.unit, given: &mut self.given };
                object.read(text)
            };
            let line = Place::Line(self.lines.number());
            self.lines.consume(end, 1);
            if !blank {
                return filled
                    .map(|()| true)
                    .map_err(|what| InputError::bad(&self.file, line, what));
            }
        }
    }
}

/// A JSON object on its way into a record.
struct Object<'a, 'b> {
    schema: Schema<'a>,
    record: &'a mut RecordMut<'b>,
    unit: EpochUnit,
    given: &'a mut [bool],
}

impl Object<'_, '_> {
    fn read(mut self, text: &[u8]) -> Result<(), String> {
        let mut json = serde_json::Deserializer::from_slice(text);
        let read = (&mut self).deserialize(&mut json).and_then(|()| json.end());
        read.map_err(|e| plain(&e))?;
        for (column, field) in self.schema.fields.iter().enumerate() {
            if !field.nullable && !self.given.get(column).copied().unwrap_or(false) {
                return Err(null_complaint(self.schema, column));
            }
        }
        Ok(())
    }

    /// Sets a column from the JSON of its value.
    fn set(&mut self, column: usize, field: &Field, json: &str) -> Result<(), String> {
        let mismatch = |what| {
            let name = self.schema.name(column);
            Err(format!("column \"{name}\" ({}): {what} is no value of it", field.data_type))
        };
        let is_float = field.data_type.is_float();
        let text = match (json.as_bytes().first(), field.data_type) {
            (Some(b'n'), _) => return Ok(()),
            (Some(b't' | b'f'), DataType::Boolean) => Cow::Borrowed(json),
            (Some(b't' | b'f'), _) => return mismatch("a boolean"),
            (Some(b'"'), t) if is_string(t) || is_instant(t) => string(json)?,
            (Some(b'"'), _) => match string(json)? {
                text if is_float && matches!(&*text, "nan" | "inf" | "-inf") => text,
                _ => return mismatch("a string"),
            },
            (Some(b'['), _) => return mismatch("an array"),
            (Some(b'{'), _) => return mismatch("an object"),
            (_, DataType::Boolean) => return mismatch("a number"),
            (_, t) if is_string(t) => return mismatch("a number"),
            (_, _) => Cow::Borrowed(json),
        };
        set_text(self.record, column, field, text.as_bytes(), self.unit)
            .map_err(|e| complaint(self.schema, column, text.as_bytes(), e))?;
        if let Some(given) = self.given.get_mut(column) {
            *given = true;
        }
        Ok(())
    }
}

/// Whether a type's values are strings in JSON and nothing else.
const fn is_string(t: DataType) -> bool {
    matches!(
        t,
        DataType::Varchar(_)
            | DataType::Char(_)
            | DataType::Varbinary(_)
            | DataType::Date
            | DataType::Time
            | DataType::Interval
            | DataType::Uuid
    )
}

/// Whether a type's values are strings or integers.
const fn is_instant(t: DataType) -> bool {
    matches!(t, DataType::Timestamp | DataType::TimestampTz)
}

fn string(json: &str) -> Result<Cow<'_, str>, String> {
    match json.get(1..json.len().saturating_sub(1)) {
        Some(plain) if !plain.contains('\\') => Ok(Cow::Borrowed(plain)),
        _ => serde_json::from_str::<String>(json).map(Cow::Owned).map_err(|e| plain(&e)),
    }
}

/// An error of `serde_json` with the column but not the line, which is always its first.
fn plain(e: &serde_json::Error) -> String {
    let text = e.to_string();
    match text.rsplit_once(" at line ") {
        Some((what, _)) if e.is_data() => what.to_owned(),
        Some((what, _)) => format!("is not a JSON object: {what} at column {}", e.column()),
        None => text,
    }
}

impl<'de> DeserializeSeed<'de> for &mut Object<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for &mut Object<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        // Objects of one stream tend to have the same order: try the column after the last one first.
        let mut next = 0;
        while let Some(Key(key)) = map.next_key()? {
            let column = if self.schema.name(next).eq_ignore_ascii_case(&key) {
                Some(next)
            } else {
                self.schema.position(&key)
            };
            let Some((column, field)) = column.and_then(|c| Some((c, self.schema.fields.get(c)?)))
            else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            if self.given.get(column).copied().unwrap_or(false) {
                return Err(A::Error::custom(format!("the key \"{key}\" stands there twice")));
            }
            let json: &RawValue = map.next_value()?;
            self.set(column, field, json.get()).map_err(A::Error::custom)?;
            next = column + 1;
        }
        Ok(())
    }
}

/// A key, copied only where it has escapes.
#[derive(serde::Deserialize)]
#[serde(transparent)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
#[path = "ndjson_tests.rs"]
mod tests;
