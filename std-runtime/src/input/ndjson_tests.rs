use crate::input::testing::{mixed, read_all};
use crate::input::{EpochUnit, Format, OnBadRow, ReadOptions};

fn read(text: &str) -> (Vec<String>, Option<String>) {
    let options = ReadOptions { epoch_unit: EpochUnit::Seconds, ..ReadOptions::default() };
    let (rows, error, _) = read_all(Format::Ndjson, text.as_bytes(), &mixed(), &options);
    (rows, error)
}

#[test]
fn keys_in_any_order_and_case() {
    let text = concat!(
        "{\"X\":1.5,\"n\":-2,\"extra\":[{}],\"T\":\"2010-01-01T00:00:00Z\",\"s\":\"a\\\"\\u0062\",\"b\":true}\n",
        "\n",
        "{\"t\":60, \"n\":null, \"s\":\"\"}\r\n",
        "{\"t\":0,\"x\":\"nan\",\"n\":1e2}",
    );
    let expected = vec![
        "2010-01-01 00:00:00.000000,-2,\"a\"\"b\",true,1.5".to_owned(),
        "1970-01-01 00:01:00.000000,,\"\",,".to_owned(),
        "1970-01-01 00:00:00.000000,100,,,nan".to_owned(),
    ];
    assert_eq!(read(text), (expected, None));
}

#[test]
fn bad_lines_are_named() {
    for (line, what) in [
        ("{\"t\":1,\"n\":\"5\"}", "column \"n\" (SMALLINT): a string is no value of it"),
        ("{\"t\":1,\"n\":1.5}", "column \"n\" (SMALLINT): \"1.5\" is not a whole number"),
        ("{\"t\":1,\"n\":99999}", "column \"n\" (SMALLINT): \"99999\" is out of range"),
        ("{\"t\":1,\"n\":true}", "column \"n\" (SMALLINT): a boolean is no value of it"),
        ("{\"t\":1,\"b\":1}", "column \"b\" (BOOLEAN): a number is no value of it"),
        ("{\"t\":1,\"s\":[1]}", "column \"s\" (VARCHAR(4)): an array is no value of it"),
        ("{\"t\":1,\"s\":{}}", "column \"s\" (VARCHAR(4)): an object is no value of it"),
        ("{\"t\":1,\"s\":\"abcde\"}", "column \"s\" (VARCHAR(4)): \"abcde\" is too long"),
        ("{\"t\":1,\"x\":\"NaN\"}", "column \"x\" (REAL): a string is no value of it"),
        (
            "{\"t\":1.5}",
            "column \"t\" (TIMESTAMP): \"1.5\" is not a timestamp (YYYY-MM-DD HH:MM:SS)",
        ),
        ("{\"n\":1}", "column \"t\" (TIMESTAMP NOT NULL) has no value"),
        ("{\"t\":null}", "column \"t\" (TIMESTAMP NOT NULL) has no value"),
        ("{\"t\":1,\"T\":2}", "the key \"T\" stands there twice"),
        ("{\"t\":1", "is not a JSON object: EOF while parsing an object at column 6"),
        ("{\"t\":1} x", "is not a JSON object: trailing characters at column 9"),
        ("[1]", "invalid type: sequence, expected an object"),
    ] {
        let (rows, error) = read(&format!("{{\"t\":0}}\n{line}\n"));
        assert_eq!(rows, ["1970-01-01 00:00:00.000000,,,,"]);
        assert_eq!(error.unwrap(), format!("in:2: {what}"), "{line}");
    }
}

#[test]
fn skipped_lines_are_counted() {
    let options = ReadOptions { on_bad_row: OnBadRow::Skip, ..ReadOptions::default() };
    let text = "{\"t\":1}\nnonsense\n{\"t\":2}\n{}\n";
    let (rows, error, skipped) = read_all(Format::Ndjson, text.as_bytes(), &mixed(), &options);
    assert_eq!((rows.len(), error, skipped), (2, None, 2));
}
