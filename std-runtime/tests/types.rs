//! DECIMAL, DATE, TIME, INTERVAL, TIMESTAMPTZ, CHAR, VARBINARY and UUID in every format.

mod common;

use common::Folder;

const STREAM: &str = "CREATE STREAM s (
    a DECIMAL(9, 2), b DECIMAL(38, 38), d DATE, t TIME, i INTERVAL, z TIMESTAMPTZ, x VARBINARY(8),
    u UUID
);";

const ROWS: &str = "a,b,d,t,i,z,x,u
-1.50,.00000000000000000000000000000000000001,2020-02-29,23:59:59.5,1 year 2 months -3 days,\
    2020-01-01 00:00:00.000000+00,a\\xFF,a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11
9999999.99,-.99999999999999999999999999999999999999,0044-03-15 (BC),24:00:00,-00:00:00.000001,\
    1969-12-31 23:59:59.999999+00,\"a,b\",00000000-0000-0000-0000-000000000000
0.00,,,,,,\"\",
,.00000000000000000000000000000000000000,5881580-07-10,00:00:00,00:00:00,,,\
    ffffffff-ffff-ffff-ffff-ffffffffffff
";

fn rows() -> String {
    ROWS.replace("    ", "")
}

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("all.sql", format!("{STREAM} SELECT * FROM s;"));
    folder.write("rows.csv", rows());
    folder
}

#[test]
fn every_format_keeps_every_value() {
    let folder = folder();
    assert_eq!(folder.ok(&["run", "all.sql", "--input", "s=rows.csv"]), rows());
    for format in ["rqlr", "ndjson", "csv"] {
        let file = format!("rows2.{format}");
        let to = ["run", "all.sql", "--input", "s=rows.csv", "--format", format, "--output", &file];
        folder.ok(&to);
        assert_eq!(folder.ok(&["run", "all.sql", "-i", &format!("s={file}")]), rows(), "{format}");
    }
}

#[test]
fn json_has_decimals_as_numbers_and_the_rest_as_strings() {
    let folder = folder();
    let out = folder.ok(&["run", "all.sql", "--input", "s=rows.csv", "--format", "ndjson"]);
    let lines: Vec<_> = out.lines().collect();
    assert_eq!(
        lines[0],
        "{\"a\":-1.50,\"b\":0.00000000000000000000000000000000000001,\"d\":\"2020-02-29\",\
         \"t\":\"23:59:59.5\",\"i\":\"1 year 2 months -3 days\",\
         \"z\":\"2020-01-01 00:00:00.000000+00\",\"x\":\"a\\\\xFF\",\
         \"u\":\"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11\"}"
    );
    assert!(lines[1].contains("\"b\":-0.99999999999999999999999999999999999999,"));
    for line in lines {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
}

#[test]
fn char_is_a_text_that_ends_at_a_zero_byte() {
    let folder = Folder::new();
    folder.write(
        "c.sql",
        "CREATE STREAM s (n SMALLINT NOT NULL, c CHAR(4) NOT NULL); SELECT c FROM s;",
    );
    let records = b"\x01\0ab\0\0\x02\0abcd\x03\0\0\0\0\0";
    folder.write("c.rqlr", records);
    assert_eq!(folder.ok(&["run", "c.sql", "-i", "s=c.rqlr"]), "c\nab\nabcd\n\"\"\n");
    folder.write("c.csv", "n,c\n1,ab\n2,\"\"\n");
    assert_eq!(folder.ok(&["run", "c.sql", "-i", "s=c.csv"]), "c\nab\n\"\"\n");
    folder.write("c.ndjson", "{\"n\":1,\"c\":\"ä\"}\n");
    assert_eq!(folder.ok(&["run", "c.sql", "-i", "s=c.ndjson"]), "c\nä\n");
}

#[test]
fn a_table_has_decimals_on_the_right() {
    let folder = Folder::new();
    let sql = "CREATE STREAM s (a DECIMAL(9, 2), d DATE, z TIMESTAMPTZ); SELECT * FROM s;";
    folder.write("t.sql", sql);
    folder.write("t.csv", "a,d,z\n1.50,2020-02-29,2020-01-01\n-10.00,,0\n");
    let out = folder.ok(&["run", "t.sql", "-i", "s=t.csv", "--format", "table"]);
    assert!(out.contains("│   1.50 ┆ 2020-02-29 ┆ 2020-01-01 00:00:00+00 │"), "{out}");
    assert!(out.contains("│ -10.00 ┆ NULL       ┆ 1970-01-01 00:00:00+00 │"), "{out}");
}

#[test]
fn what_is_no_value_is_named() {
    let folder = folder();
    for (column, text, what) in [
        ("a", "1.505", "(DECIMAL(9,2)): \"1.505\" has more digits behind its point than its type"),
        ("a", "10000000", "(DECIMAL(9,2)): \"10000000\" is out of range"),
        ("d", "2019-02-29", "(DATE): \"2019-02-29\" is not a date (YYYY-MM-DD)"),
        ("d", "2019-02-28 10:00:00", "\"2019-02-28 10:00:00\" is not a date (YYYY-MM-DD)"),
        ("t", "24:00:01", "(TIME): \"24:00:01\" is not a time of day (HH:MM:SS)"),
        ("i", "1 fortnight", "\"1 fortnight\" is not an interval (1 month 2 days 03:04:05)"),
        ("i", "1:02:03 x", "\"1:02:03 x\" is not an interval (1 month 2 days 03:04:05)"),
        ("x", "\\xg0", "is not bytes (printable ASCII, and \\xAB for other bytes)"),
        ("x", "123456789", "(VARBINARY(8)): \"123456789\" is too long"),
        ("u", "a0", "(UUID): \"a0\" is not a UUID (32 hexadecimal digits)"),
    ] {
        folder.write("bad.csv", format!("{column}\n{text}\n"));
        let (_, error) = folder.fails(&["run", "all.sql", "-i", "s=bad.csv", "--quiet"]);
        assert!(error.contains(what), "{error}");
    }
    folder.write("bad.ndjson", "{\"d\":7}\n");
    let (_, error) = folder.fails(&["run", "all.sql", "-i", "s=bad.ndjson"]);
    assert!(error.contains("column \"d\" (DATE): a number is no value of it"), "{error}");
    folder.write("time.sql", "CREATE STREAM s (t TIME NOT NULL); SELECT t FROM s;");
    folder.write("bad.rqlr", i64::MAX.to_le_bytes());
    let (_, error) = folder.fails(&["run", "time.sql", "-i", "s=bad.rqlr"]);
    assert!(error.contains("is a TIME that is not from 00:00:00 to 24:00:00"), "{error}");
}
