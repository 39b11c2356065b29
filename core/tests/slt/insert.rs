//! `INSERT INTO stream VALUES (...), ...`: a statement of the tests, not of RingQL.

use ringql_core::fmt::parse_value;
use ringql_core::record::RecordMut;
use ringql_core::schema::Schema;

use super::engine::Error;

/// The stream and what follows VALUES, if it is such a statement.
pub(crate) fn split(sql: &str) -> Option<(&str, &str)> {
    let rest = word(sql, "INSERT")?;
    let rest = word(rest, "INTO")?;
    let (name, rest) = rest.split_once(char::is_whitespace)?;
    Some((name, word(rest, "VALUES")?))
}

/// What follows a word.
fn word<'a>(text: &'a str, expected: &str) -> Option<&'a str> {
    let text = text.trim_start();
    let found = text.get(..expected.len())?;
    let rest = &text[expected.len()..];
    found.eq_ignore_ascii_case(expected).then(|| rest.trim_start())
}

/// The records of the rows, and how many they are.
pub(crate) fn records(schema: Schema<'_>, values: &str) -> Result<(u64, Vec<u8>), Error> {
    let size = schema.layout().record_size;
    let mut records = Vec::new();
    let mut count = 0;
    for row in rows(values)? {
        let start = records.len();
        records.resize(start + size, 0);
        let mut record = RecordMut::new(schema, &mut records[start..]).expect("a whole record");
        if row.len() != schema.fields.len() {
            return Err(Error(format!("{} values for {} columns", row.len(), schema.fields.len())));
        }
        for (column, value) in row.iter().enumerate() {
            let field = schema.fields[column];
            let Some(text) = value else {
                let set = record.set_null(column);
                set.ok_or_else(|| Error(format!("{} can't be NULL", schema.name(column))))?;
                continue;
            };
            let mut bytes = vec![0; field.data_type.size()];
            parse_value(field.data_type, text.as_bytes(), &mut bytes)
                .map_err(|e| Error(format!("{text} {e} in {}", schema.name(column))))?;
            record.set(column, &bytes).expect("a value of its size");
        }
        count += 1;
    }
    Ok((count, records))
}

/// The texts of the values of each row; `None` for NULL.
fn rows(values: &str) -> Result<Vec<Vec<Option<String>>>, Error> {
    let mut rest = values.chars().peekable();
    let mut rows = Vec::new();
    let mut row = Vec::new();
    let mut value = String::new();
    let mut quoted = false;
    let mut depth = 0;
    while let Some(c) = rest.next() {
        match c {
            '\'' => {
                // A word before the quote names a type: TIMESTAMP '...'.
                value.clear();
                quoted = true;
                loop {
                    match rest.next() {
                        Some('\'') if rest.peek() == Some(&'\'') => {
                            rest.next();
                            value.push('\'');
                        }
                        Some('\'') => break,
                        Some(c) => value.push(c),
                        None => return Err(Error("a quote is open".to_owned())),
                    }
                }
            }
            '(' => depth += 1,
            ',' | ')' if depth > 0 => {
                let null = !quoted && value.eq_ignore_ascii_case("NULL");
                row.push((!null).then(|| std::mem::take(&mut value)));
                value.clear();
                quoted = false;
                if c == ')' {
                    depth -= 1;
                    rows.push(std::mem::take(&mut row));
                }
            }
            ',' => {}
            c if c.is_whitespace() => {}
            c if depth == 0 => return Err(Error(format!("{c} between rows"))),
            c => value.push(c),
        }
    }
    Ok(rows)
}
