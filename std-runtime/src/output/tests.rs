use std::sync::{Arc, Mutex};

use ringql_core::record::RecordMut;
use ringql_core::types::DataType;

use super::*;
use crate::input::OwnedSchema;
use crate::input::testing::schema;

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn three() -> OwnedSchema {
    schema(&[
        ("a\"b", DataType::Varchar(8), true),
        ("x", DataType::Double, true),
        ("t", DataType::Timestamp, false),
    ])
}

fn record(text: Option<&str>, x: Option<f64>, t: i64) -> Vec<u8> {
    let owned = three();
    let mut bytes = vec![0; owned.schema().layout().record_size];
    let mut record = RecordMut::new(owned.schema(), &mut bytes).unwrap();
    if let Some(text) = text {
        record.set_text(0, text).unwrap();
    }
    if let Some(x) = x {
        record.set(1, &x.to_le_bytes()).unwrap();
    }
    record.set(2, &t.to_le_bytes()).unwrap();
    bytes
}

fn written(format: Format, rows: &[Vec<u8>]) -> Vec<u8> {
    let shared = Shared::default();
    let mut writer = writer(format, Box::new(shared.clone()), three());
    for row in rows {
        writer.write(row).unwrap();
    }
    writer.finish().unwrap();
    shared.0.lock().unwrap().clone()
}

fn text(format: Format, rows: &[Vec<u8>]) -> String {
    String::from_utf8(written(format, rows)).unwrap()
}

#[test]
fn csv() {
    let rows = [record(Some("a,\u{1b}"), Some(0.5), 1), record(Some(""), None, 0)];
    let expected = "\"a\"\"b\",x,t\n\
        \"a,\u{1b}\",0.5,1970-01-01 00:00:00.000001\n\
        \"\",,1970-01-01 00:00:00.000000\n";
    assert_eq!(text(Format::Csv, &rows), expected);
    assert_eq!(text(Format::Csv, &[]), "\"a\"\"b\",x,t\n");
}

#[test]
fn ndjson() {
    let rows = [
        record(Some("\"\n"), Some(f64::NAN), 0),
        record(None, Some(f64::NEG_INFINITY), 0),
        record(Some("é"), Some(1e300), 0),
        record(None, None, 0),
    ];
    let t = "\"t\":\"1970-01-01 00:00:00.000000\"}\n";
    let expected = [
        r#"{"a\"b":"\"\n","x":"nan","#,
        r#"{"a\"b":null,"x":"-inf","#,
        r#"{"a\"b":"é","x":1e300,"#,
        r#"{"a\"b":null,"x":null,"#,
    ]
    .map(|row| row.to_owned() + t)
    .concat();
    assert_eq!(text(Format::Ndjson, &rows), expected);
    assert_eq!(text(Format::Ndjson, &[]), "");
}

#[test]
fn rqlr() {
    let rows = [record(Some("x"), None, 7), record(None, None, 8)];
    assert_eq!(written(Format::Rqlr, &rows), rows.concat());
}

#[test]
fn table() {
    let rows = [record(Some("a\u{1b}"), Some(0.5), 0), record(None, Some(100.25), 1)];
    let expected = "\
┌─────────┬────────┬────────────────────────────┐
│ a\"b     ┆ x      ┆ t                          │
╞═════════╪════════╪════════════════════════════╡
│ a\\u{1b} ┆    0.5 ┆ 1970-01-01 00:00:00        │
│ NULL    ┆ 100.25 ┆ 1970-01-01 00:00:00.000001 │
└─────────┴────────┴────────────────────────────┘
";
    let table = text(Format::Table, &rows);
    assert_eq!(table, expected);
    assert!(text(Format::Table, &[]).contains("a\"b"));
}

#[test]
fn long_tables_come_in_pages() {
    let rows = vec![record(None, None, 0); 2_001];
    let table = text(Format::Table, &rows);
    assert_eq!(table.matches("a\"b").count(), 3);
    assert_eq!(table.matches("1970").count(), 2_001);
}

#[test]
fn a_flush_without_rows_writes_nothing() {
    let shared = Shared::default();
    let mut writer = writer(Format::Csv, Box::new(shared.clone()), three());
    writer.idle().unwrap();
    writer.flush().unwrap();
    assert!(shared.0.lock().unwrap().is_empty());
}
