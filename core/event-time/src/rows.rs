//! Result records as rows of texts, and what is left of changes and retractions.

use std::collections::HashMap;

use differential::columns::Row;
use ringql_core::fmt::write_cast;
use ringql_core::record::RecordRef;
use ringql_core::schema::Schema;

use crate::cases::Results;

/// The rows of whole records.
///
/// # Panics
/// If a record has values that are none of its types.
#[must_use]
pub fn rows(schema: Schema<'_>, records: &[u8]) -> Vec<Row> {
    let row = |bytes| {
        let record = RecordRef::new(schema, bytes).expect("a whole record");
        record.check().expect("values of their types");
        let value = |column| {
            let bytes: &[u8] = record.get(column)?;
            let mut text = String::new();
            write_cast(&mut text, schema.fields[column].data_type, bytes).expect("a String grows");
            Some(text)
        };
        (0..schema.fields.len()).map(value).collect()
    };
    records.chunks_exact(schema.layout().record_size).map(row).collect()
}

/// What is left of rows in the end.
///
/// # Errors
/// A retraction of a row that is not there.
pub fn left(rows: Vec<Row>, results: Results) -> Result<Vec<Row>, String> {
    match results {
        Results::Rows | Results::Ordered(_) => Ok(rows),
        Results::Changes(key) => {
            let mut last: HashMap<Row, Row> = HashMap::new();
            for row in rows {
                last.insert(row.iter().take(key).cloned().collect(), row);
            }
            Ok(last.into_values().collect())
        }
        Results::Retractions => {
            let mut counts: HashMap<Row, usize> = HashMap::new();
            for mut row in rows {
                let taken_back = row.remove(0).as_deref() == Some("true");
                let count = counts.entry(row.clone()).or_default();
                *count = if taken_back { count.checked_sub(1) } else { Some(*count + 1) }
                    .ok_or_else(|| format!("takes back what it did not give: {row:?}"))?;
            }
            Ok(counts.into_iter().flat_map(|(row, n)| vec![row; n]).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows_of(rows: &[&[&str]]) -> Vec<Row> {
        rows.iter().map(|r| r.iter().map(|v| Some((*v).to_owned())).collect()).collect()
    }

    #[test]
    fn the_last_change_is_left() {
        let rows = rows_of(&[&["a", "1"], &["b", "2"], &["a", "3"]]);
        let mut found = left(rows, Results::Changes(1)).unwrap();
        found.sort();
        assert_eq!(found, rows_of(&[&["a", "3"], &["b", "2"]]));
    }

    #[test]
    fn what_is_taken_back_is_not_left() {
        let rows = [["false", "a"], ["false", "a"], ["true", "a"], ["false", "b"]];
        let rows: Vec<&[&str]> = rows.iter().map(|r| &r[..]).collect();
        let mut found = left(rows_of(&rows), Results::Retractions).unwrap();
        found.sort();
        assert_eq!(found, rows_of(&[&["a"], &["b"]]));
        assert!(left(rows_of(&[&["true", "a"]]), Results::Retractions).is_err());
    }
}
