//! Values of the tables as texts, and records of them.

use ringql_core::fmt::parse_cast;
use ringql_core::record::RecordMut;
use ringql_core::schema::Schema;
use ringql_core::types::DataType;

/// A record from the texts of its values.
pub(crate) fn record<'t>(
    schema: Schema<'_>,
    cells: impl Iterator<Item = Option<&'t str>>,
) -> Result<Vec<u8>, String> {
    let mut bytes = vec![0; schema.layout().record_size];
    let mut record = RecordMut::new(schema, &mut bytes).unwrap();
    for (i, cell) in cells.enumerate() {
        let Some(text) = cell else { continue };
        let data_type = schema.fields[i].data_type;
        parse_cast(data_type, text.as_bytes(), record.value_mut(i).unwrap())
            .map_err(|error| format!("the row's {data_type} {text:?} {error}"))?;
    }
    Ok(bytes)
}

/// A type by DuckDB's name.
pub(crate) fn duckdb_name(data_type: DataType) -> String {
    let name = data_type.to_string();
    match name.split('(').next().unwrap() {
        "TINYINT UNSIGNED" => "UTINYINT".into(),
        "SMALLINT UNSIGNED" => "USMALLINT".into(),
        "INTEGER UNSIGNED" => "UINTEGER".into(),
        "BIGINT UNSIGNED" => "UBIGINT".into(),
        "REAL" => "FLOAT".into(),
        "VARCHAR" | "CHAR" => "VARCHAR".into(),
        "VARBINARY" => "BLOB".into(),
        "TIMESTAMPTZ" => "TIMESTAMP WITH TIME ZONE".into(),
        _ => name,
    }
}

const ESCAPES: [(char, &str); 6] =
    [('\\', "\\\\"), ('\t', "\\t"), ('\n', "\\n"), ('\r', "\\r"), ('\0', "\\0"), ('|', "\\p")];

/// A text without what separates values.
pub(crate) fn escape(text: &str) -> String {
    if matches!(text, "NULL" | "!") {
        return format!("\\&{text}");
    }
    let mut out = String::new();
    for c in text.chars() {
        match ESCAPES.iter().find(|(raw, _)| *raw == c) {
            Some((_, escaped)) => out.push_str(escaped),
            None => out.push(c),
        }
    }
    out
}

/// The text of a row's value; none for NULL.
pub(crate) fn unescape(cell: &str) -> Option<String> {
    if cell == "NULL" {
        return None;
    }
    let mut out = String::new();
    let mut rest = cell;
    while let Some(c) = rest.chars().next() {
        let escape = ESCAPES.iter().find(|(_, escaped)| rest.starts_with(escaped));
        let length = match (escape, rest.starts_with("\\&")) {
            (Some((raw, escaped)), _) => {
                out.push(*raw);
                escaped.len()
            }
            (None, true) => 2,
            (None, false) => {
                out.push(c);
                c.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    Some(out)
}
