use ringql_core::types::DataType;

use crate::input::testing::{mixed, read_all, schema};
use crate::input::{EpochUnit, Format, OnBadRow, ReadOptions};

fn read(text: &str) -> (Vec<String>, Option<String>) {
    let (rows, error, _) =
        read_all(Format::Csv, text.as_bytes(), &mixed(), &ReadOptions::default());
    (rows, error)
}

#[test]
fn columns_by_name_in_any_order_and_case() {
    let text =
        "\u{feff}X, n ,extra,T,S,b\r\n1.5,-2,?,2010-01-01T00:00:00Z,\"a,b\",t\r\n,,,1,\"\",\r\n";
    let expected = vec![
        "2010-01-01 00:00:00.000000,-2,\"a,b\",true,1.5".to_owned(),
        "1970-01-01 00:00:00.000001,,\"\",,".to_owned(),
    ];
    assert_eq!(read(text), (expected, None));
}

#[test]
fn a_missing_column_is_null_or_an_error() {
    let expected = vec!["1970-01-01 00:00:00.000005,,,,".to_owned()];
    assert_eq!(read("t\n5\n"), (expected, None));
    let (rows, error) = read("n,s\n1,a\n");
    assert!(rows.is_empty());
    assert_eq!(
        error.unwrap(),
        "in: the header has no column \"t\", which the stream declares NOT NULL"
    );
    let error = read("t,T\n1,2\n").1.unwrap();
    assert_eq!(error, "in: the header has the column \"T\" twice");
    assert_eq!(read("").1.unwrap(), "in: is empty: a CSV file starts with a header row");
}

#[test]
fn bad_rows_are_named_after_the_rows_before_them() {
    for (row, what) in [
        ("1,2", "the row has 2 fields and the header 3"),
        ("1,2,a,4", "the row has 4 fields and the header 3"),
        ("1,x,a", "column \"n\" (SMALLINT): \"x\" is not a number"),
        ("1,1.5,a", "column \"n\" (SMALLINT): \"1.5\" is not a whole number"),
        ("1,32768,a", "column \"n\" (SMALLINT): \"32768\" is out of range"),
        ("1,1,abcde", "column \"s\" (VARCHAR(4)): \"abcde\" is too long"),
        (
            "tomorrow,1,a",
            "column \"t\" (TIMESTAMP): \"tomorrow\" is not a timestamp (YYYY-MM-DD HH:MM:SS)",
        ),
        (
            "99999999999999999999,1,a",
            "column \"t\" (TIMESTAMP): \"99999999999999999999\" is out of range",
        ),
        (",1,a", "column \"t\" (TIMESTAMP NOT NULL) has no value"),
        ("1,1,\"a\"b", "a quote inside a quoted field must be doubled"),
        ("1,1,\"a", "a quoted field is never closed"),
    ] {
        let (rows, error) = read(&format!("t,n,s\n0,0,\"a\nb\"\n{row}\n"));
        assert_eq!(rows, ["1970-01-01 00:00:00.000000,0,\"a\nb\",,"]);
        assert_eq!(error.unwrap(), format!("in:4: {what}"));
    }
}

#[test]
fn skipped_rows_are_counted() {
    let options = ReadOptions { on_bad_row: OnBadRow::Skip, ..ReadOptions::default() };
    let text = "t,n\n1,1\nx,1\n2\n3,3\n4,\"\n5,5\n\n6,6";
    let (rows, error, skipped) = read_all(Format::Csv, text.as_bytes(), &mixed(), &options);
    assert_eq!((rows.len(), error, skipped), (4, None, 3));
    // A bad header is not a bad row.
    let (_, error, _) = read_all(Format::Csv, b"n\n1\n", &mixed(), &options);
    assert!(error.is_some());
}

#[test]
fn epochs() {
    for (epoch_unit, expected) in [
        (EpochUnit::Seconds, "1970-01-01 00:01:00.000000,,,,"),
        (EpochUnit::Millis, "1970-01-01 00:00:00.060000,,,,"),
        (EpochUnit::Micros, "1970-01-01 00:00:00.000060,,,,"),
    ] {
        let options = ReadOptions { epoch_unit, ..ReadOptions::default() };
        let (rows, _, _) = read_all(Format::Csv, b"t\n60\n", &mixed(), &options);
        assert_eq!(rows, [expected]);
    }
    let options = ReadOptions { epoch_unit: EpochUnit::Seconds, ..ReadOptions::default() };
    let (_, error, _) = read_all(Format::Csv, b"t\n9223372036854775807\n", &mixed(), &options);
    assert!(error.unwrap().ends_with("is out of range"));
}

#[test]
fn one_column_can_have_blank_rows() {
    let one = schema(&[("v", DataType::Integer, true)]);
    let (rows, error, _) = read_all(Format::Csv, b"v\n1\n\n2\n", &one, &ReadOptions::default());
    assert_eq!((rows, error), (vec!["1".to_owned(), String::new(), "2".to_owned()], None));
}
