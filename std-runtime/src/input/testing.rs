//! What the readers' tests share.

use ringql_core::record::RecordRef;
use ringql_core::schema::{Field, Layout, Text};
use ringql_core::types::DataType;

use super::*;

/// A schema of these columns.
pub(crate) fn schema(columns: &[(&str, DataType, bool)]) -> OwnedSchema {
    let mut owned = OwnedSchema::default();
    for &(name, data_type, nullable) in columns {
        let at = Text { offset: owned.texts.len() as u16, len: name.len() as u16 };
        owned.texts.push_str(name);
        let offset = Layout::next_offset(&owned.fields, data_type) as u16;
        owned.fields.push(Field { name: at, data_type, nullable, offset });
    }
    owned
}

/// `t TIMESTAMP NOT NULL, n SMALLINT, s VARCHAR(4), b BOOLEAN, x REAL`.
pub(super) fn mixed() -> OwnedSchema {
    schema(&[
        ("t", DataType::Timestamp, false),
        ("n", DataType::SmallInt, true),
        ("s", DataType::Varchar(4), true),
        ("b", DataType::Boolean, true),
        ("x", DataType::Real, true),
    ])
}

/// Gives its bytes one by one.
pub(super) struct Slow(pub(super) Vec<u8>);

impl Read for Slow {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        if self.0.is_empty() || room.is_empty() {
            return Ok(0);
        }
        room[0] = self.0.remove(0);
        Ok(1)
    }
}

/// All rows as CSV lines, the error that came after them if any, and the skipped rows.
pub(super) fn read_all(
    format: Format,
    bytes: &[u8],
    owned: &OwnedSchema,
    options: &ReadOptions,
) -> (Vec<String>, Option<String>, u64) {
    let slow = drain(
        reader(format, "in", Box::new(Slow(bytes.to_vec())), owned.clone(), options.clone()),
        owned,
    );
    let bytes = Box::new(io::Cursor::new(bytes.to_vec()));
    let quick = drain(reader(format, "in", bytes, owned.clone(), options.clone()), owned);
    assert_eq!(slow, quick);
    quick
}

fn drain(mut reader: Box<dyn Reader>, owned: &OwnedSchema) -> (Vec<String>, Option<String>, u64) {
    let size = owned.schema().layout().record_size;
    let mut room = vec![0xff; size * 3];
    let mut rows = Vec::new();
    let error = loop {
        match reader.read(&mut room) {
            Ok(0) => break None,
            Ok(n) => rows.extend(room[..n * size].chunks_exact(size).map(|record| {
                assert_eq!(RecordRef::new(owned.schema(), record).unwrap().check(), Ok(()));
                let mut line = String::new();
                ringql_core::fmt::write_csv_row(&mut line, owned.schema(), record).unwrap();
                line.trim_end_matches('\n').to_owned()
            })),
            Err(e) => break Some(e.to_string()),
        }
    };
    (rows, error, reader.skipped())
}
