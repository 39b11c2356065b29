//! Rows as JSON objects.

use std::fmt;

use ringql_core::fmt::write_value;
use ringql_core::record::RecordRef;
use ringql_core::schema::Schema;
use ringql_core::types::DataType;

use super::text::RowText;
use crate::input::OwnedSchema;

/// JSON lines.
pub(super) struct Ndjson {
    /// What stands before each column's value: a brace or comma, the name, a colon.
    keys: Vec<String>,
}

impl Ndjson {
    pub(super) fn new(schema: &OwnedSchema) -> Self {
        let schema = schema.schema();
        let key = |column| {
            let before = if column == 0 { '{' } else { ',' };
            format!("{before}{}:", quoted(schema.name(column)))
        };
        Self { keys: (0..schema.fields.len()).map(key).collect() }
    }
}

fn quoted(text: &str) -> String {
    // Serialising a string to memory has nothing that could fail.
    serde_json::to_string(text).unwrap_or_default()
}

impl RowText for Ndjson {
    fn header(&self, _: &mut String, _: Schema<'_>) -> fmt::Result {
        Ok(())
    }

    fn row(&self, out: &mut String, schema: Schema<'_>, record: &[u8]) -> fmt::Result {
        let record = RecordRef::new(schema, record).ok_or(fmt::Error)?;
        for (column, (field, key)) in schema.fields.iter().zip(&self.keys).enumerate() {
            out.push_str(key);
            match (record.get(column), field.data_type) {
                (None, _) => out.push_str("null"),
                (Some(_), DataType::Varchar(_) | DataType::Char(_)) => {
                    let text = record.text(column).ok_or(fmt::Error)?;
                    out.push_str(&quoted(&String::from_utf8_lossy(text)));
                }
                (Some(bytes), data_type @ DataType::Varbinary(_)) => {
                    // Its text has backslashes.
                    let mut text = String::new();
                    write_value(&mut text, data_type, bytes)?;
                    out.push_str(&quoted(&text));
                }
                (Some(bytes), data_type) => {
                    let start = out.len();
                    write_value(out, data_type, bytes)?;
                    let text = &out[start..];
                    let is_number = text.ends_with(|c: char| c.is_ascii_digit());
                    if data_type.is_decimal() {
                        // JSON has no .5.
                        let sign = usize::from(text.starts_with('-'));
                        if text[sign..].starts_with('.') {
                            out.insert(start + sign, '0');
                        }
                    } else if data_type != DataType::Boolean
                        && !data_type.is_integer()
                        && !(data_type.is_float() && is_number)
                    {
                        out.insert(start, '"');
                        out.push('"');
                    }
                }
            }
        }
        out.push_str("}\n");
        Ok(())
    }
}
