//! CSV rows out: RFC 4180 with `\n` after each row.

use core::fmt::{self, Write};

use super::{write_text, write_value};
use crate::record::{RecordRef, char_bytes, text_bytes};
use crate::schema::Schema;
use crate::types::DataType;

/// Writes the header row: the columns' names.
///
/// # Errors
/// Those of `out`.
pub fn write_csv_header(out: &mut impl Write, schema: Schema<'_>) -> fmt::Result {
    for column in 0..schema.fields.len() {
        if column > 0 {
            out.write_char(',')?;
        }
        write_csv_text(out, schema.name(column).as_bytes())?;
    }
    out.write_char('\n')
}

/// Writes one record as a row.
///
/// ```
/// use ringql_core::fmt::{write_csv_header, write_csv_row};
/// use ringql_core::schema::{Field, Schema, Text};
/// use ringql_core::types::DataType;
///
/// let field = |offset, data_type| Field {
///     name: Text { offset: 0, len: 1 }, data_type, nullable: false, offset,
/// };
/// let fields = [field(0, DataType::SmallInt), field(2, DataType::Varchar(4))];
/// let schema = Schema { fields: &fields, texts: "x" };
/// let mut out = String::new();
/// write_csv_header(&mut out, schema).unwrap();
/// write_csv_row(&mut out, schema, b"\x07\x00\x03\x00a,b\x00").unwrap();
/// assert_eq!(out, "x,x\n7,\"a,b\"\n");
/// ```
///
/// # Errors
/// Those of `out`, and `fmt::Error` if `record` is not one record of the schema.
pub fn write_csv_row(out: &mut impl Write, schema: Schema<'_>, record: &[u8]) -> fmt::Result {
    let record = RecordRef::new(schema, record).ok_or(fmt::Error)?;
    for (column, field) in schema.fields.iter().enumerate() {
        if column > 0 {
            out.write_char(',')?;
        }
        match (record.get(column), field.data_type) {
            (None, _) => {}
            (Some(bytes), DataType::Varchar(_)) => {
                write_csv_text(out, text_bytes(bytes).ok_or(fmt::Error)?)?;
            }
            (Some(bytes), DataType::Char(_)) => write_csv_text(out, char_bytes(bytes))?,
            (Some(bytes), DataType::Varbinary(_)) => {
                // Its text has no quotes and no line breaks.
                let quote = if text_bytes(bytes).is_some_and(|b| b.is_empty() || b.contains(&b','))
                {
                    "\""
                } else {
                    ""
                };
                out.write_str(quote)?;
                write_value(out, field.data_type, bytes)?;
                out.write_str(quote)?;
            }
            (Some(bytes), data_type) => write_value(out, data_type, bytes)?,
        }
    }
    out.write_char('\n')
}

/// Writes one field of text, quoted if it must be or is empty (NULL is the empty field).
///
/// # Errors
/// Those of `out`.
pub fn write_csv_text(out: &mut impl Write, text: &[u8]) -> fmt::Result {
    let special = |byte: &u8| matches!(byte, b',' | b'"' | b'\n' | b'\r');
    if !text.is_empty() && !text.iter().any(special) {
        return write_text(out, text);
    }
    out.write_char('"')?;
    for (i, part) in text.split(|&byte| byte == b'"').enumerate() {
        if i > 0 {
            out.write_str("\"\"")?;
        }
        write_text(out, part)?;
    }
    out.write_char('"')
}
