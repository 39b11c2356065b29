//! Every format in and out.

mod common;

use common::Folder;

const STREAM: &str = "CREATE STREAM s (
    t TIMESTAMP NOT NULL, b BOOLEAN, i8 TINYINT, u64 BIGINT UNSIGNED, r REAL, d DOUBLE, v VARCHAR(12)
);";

const ROWS: &str = "t,b,i8,u64,r,d,v
2010-01-01 00:00:00.000000,true,-128,18446744073709551615,0.1,0.1,plain
1969-12-31 23:59:59.999999,false,127,0,-inf,nan,\"a,b\"
0044-03-15 (BC) 00:00:00.000000,,,,,,
294247-01-10 04:00:54.775807,true,0,1,3.4028235e38,5e-324,\"\"
2010-01-01 00:00:00.000001,,0,0,1.0,-0.0,\"say \"\"hi\"\"\"
2010-01-01 00:00:00.000002,,0,0,16777216.0,1e300,\"two
lines\"
2010-01-01 00:00:00.000003,,0,0,1e-45,1e16,é\u{1f600}
";

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("all.sql", format!("{STREAM} SELECT * FROM s;"));
    folder.write("rows.csv", ROWS);
    folder
}

#[test]
fn csv_to_csv_is_the_same_text() {
    let folder = folder();
    assert_eq!(folder.ok(&["run", "all.sql", "--input", "s=rows.csv"]), ROWS);
}

#[test]
fn every_format_keeps_every_value() {
    let folder = folder();
    for format in ["rqlr", "ndjson", "csv"] {
        let file = format!("rows2.{format}");
        let to = ["run", "all.sql", "--input", "s=rows.csv", "--format", format, "--output", &file];
        folder.ok(&to);
        assert_eq!(folder.ok(&["run", "all.sql", "-i", &format!("s={file}")]), ROWS, "{format}");
    }
}

#[test]
fn ndjson_out() {
    let folder = folder();
    let out = folder.ok(&["run", "all.sql", "--input", "s=rows.csv", "--format", "ndjson"]);
    let rows: Vec<serde_json::Value> =
        out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 7);
    assert_eq!(rows[0]["u64"], 18_446_744_073_709_551_615u64);
    assert_eq!(rows[0]["t"], "2010-01-01 00:00:00.000000");
    assert_eq!((&rows[1]["r"], &rows[1]["d"]), (&"-inf".into(), &"nan".into()));
    assert!(rows[2]["v"].is_null() && rows[2]["b"].is_null());
    assert_eq!(rows[3]["v"], "");
}

#[test]
fn a_table_for_reading() {
    let folder = folder();
    let out = folder.ok(&["run", "all.sql", "--input", "s=rows.csv", "--format", "table"]);
    for word in ["u64", "NULL", "-128", "two\\nlines", "0044-03-15 (BC) 00:00:00 "] {
        assert!(out.contains(word), "{word}\n{out}");
    }
    assert_eq!(out.lines().count(), 7 + 4);
}

#[test]
fn raw_records_are_the_documented_layout() {
    let folder = Folder::new();
    folder.write("s.csv", "ts,temp,name\n1970-01-01 00:00:00.000001,1.5,xy\n1970-01-01,,\"\"\n");
    let sql =
        "CREATE STREAM s (ts TIMESTAMP NOT NULL, temp REAL, name VARCHAR(3)); SELECT * FROM s";
    folder.ok(&["run", "-e", sql, "-i", "s=s.csv", "-f", "rqlr", "-o", "s.rqlr"]);
    let expected = [
        [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xc0, 0x3f, 2, 0, b'x', b'y', 0, 0, 7, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0b101, 0, 0, 0, 0, 0],
    ];
    assert_eq!(std::fs::read(folder.path("s.rqlr")).unwrap(), expected.concat());
}

#[test]
fn csv_columns_by_name() {
    let folder = Folder::new();
    folder.write("s.csv", "extra,B , A\n?,x,1\n?,,2\n");
    let sql = "CREATE STREAM s (a INTEGER NOT NULL, b VARCHAR(4), c DOUBLE); SELECT * FROM s";
    let ran = folder.run(&["run", "-e", sql, "--input", "S=s.csv"]);
    assert_eq!((ran.status, &*ran.out), (Some(0), "a,b,c\n1,x,\n2,,\n"));
    assert_eq!(ran.err, "warning: s.csv has no column c: it is NULL in every row\n");
}

#[test]
fn timestamps_in() {
    let folder = Folder::new();
    folder.write(
        "s.csv",
        "ts\n2010-01-01\n2010-01-01 00:00:00\n2010-01-01T00:00:00Z\n2010-01-01 01:30:00.25+01:30\n",
    );
    let sql = "CREATE STREAM s (ts TIMESTAMP NOT NULL); SELECT * FROM s";
    assert_eq!(
        folder.ok(&["run", "-e", sql, "--input", "s=s.csv"]),
        "ts\n2010-01-01 00:00:00.000000\n2010-01-01 00:00:00.000000\n2010-01-01 00:00:00.000000\n\
         2010-01-01 00:00:00.250000\n"
    );
    folder.write("n.csv", "ts\n1262304000\n-1\n");
    folder.write("n.ndjson", "{\"ts\":1262304000}\n{\"ts\":-1}\n");
    for (unit, first, second) in [
        (Some("s"), "2010-01-01 00:00:00.000000", "1969-12-31 23:59:59.000000"),
        (Some("ms"), "1970-01-15 14:38:24.000000", "1969-12-31 23:59:59.999000"),
        (Some("us"), "1970-01-01 00:21:02.304000", "1969-12-31 23:59:59.999999"),
        (None, "1970-01-01 00:21:02.304000", "1969-12-31 23:59:59.999999"),
    ] {
        let with = unit.map(|unit| format!("WITH (epoch_unit = '{unit}')")).unwrap_or_default();
        let sql = format!("CREATE STREAM s (ts TIMESTAMP NOT NULL) {with}; SELECT * FROM s");
        for file in ["s=n.csv", "s=n.ndjson"] {
            let out = folder.ok(&["run", "-e", &sql, "--input", file]);
            assert_eq!(out, format!("ts\n{first}\n{second}\n"), "{unit:?} {file}");
        }
    }
}

#[test]
fn an_empty_input_gives_a_header() {
    let folder = Folder::new();
    folder.write("s.csv", "a\n");
    let sql = "CREATE STREAM s (a INTEGER); SELECT a, a + 1 AS b FROM s";
    assert_eq!(folder.ok(&["run", "-e", sql, "--input", "s=s.csv"]), "a,b\n");
    let sql = "CREATE STREAM s (a INTEGER); SELECT COUNT(*) AS n, SUM(a) AS total FROM s";
    assert_eq!(folder.ok(&["run", "-e", sql, "--input", "s=s.csv"]), "n,total\n0,\n");
}
