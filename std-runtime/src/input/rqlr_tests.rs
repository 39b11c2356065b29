use ringql_core::types::DataType;

use crate::input::testing::{read_all, schema};
use crate::input::{Format, OnBadRow, ReadOptions};

/// `v SMALLINT NOT NULL, b BOOLEAN NOT NULL`: 4 bytes, the last one padding.
fn read(bytes: &[u8], on_bad_row: OnBadRow) -> (Vec<String>, Option<String>, u64) {
    let two = schema(&[("v", DataType::SmallInt, false), ("b", DataType::Boolean, false)]);
    let options = ReadOptions { on_bad_row, ..ReadOptions::default() };
    read_all(Format::Rqlr, bytes, &two, &options)
}

#[test]
fn records() {
    let rows = |rows: &[&str]| rows.iter().map(|&r| r.to_owned()).collect::<Vec<_>>();
    let bytes = [1, 0, 1, 0, 2, 0, 0, 0, 3, 0, 1, 0, 4, 0, 1, 0];
    let expected = rows(&["1,true", "2,false", "3,true", "4,true"]);
    assert_eq!(read(&bytes, OnBadRow::Error), (expected, None, 0));
    assert_eq!(read(&[], OnBadRow::Error), (vec![], None, 0));
}

#[test]
fn a_cut_record() {
    let (rows, error, _) = read(&[1, 0, 1, 0, 2], OnBadRow::Error);
    assert_eq!(rows, ["1,true"]);
    assert_eq!(error.unwrap(), "in: record 2: is cut: the file ends after 1 of its 4 bytes");
    assert_eq!(read(&[1, 0, 1, 0, 2], OnBadRow::Skip), (vec!["1,true".to_owned()], None, 1));
}

#[test]
fn a_value_that_is_none() {
    let bytes = [1, 0, 1, 0, 2, 0, 7, 0, 3, 0, 0, 0];
    let (rows, error, _) = read(&bytes, OnBadRow::Error);
    assert_eq!(rows, ["1,true"]);
    let expected = "in: record 2: column \"b\" (BOOLEAN) is a BOOLEAN that is not 0 or 1";
    assert_eq!(error.unwrap(), expected);
    let expected = vec!["1,true".to_owned(), "3,false".to_owned()];
    assert_eq!(read(&bytes, OnBadRow::Skip), (expected, None, 1));
    assert_eq!(read(&[0, 0, 9, 0], OnBadRow::Skip), (vec![], None, 1));
}
