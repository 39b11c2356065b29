//! Everything that can be wrong has its own message, status 1, and whole valid rows before it.

mod common;

use common::Folder;

const STREAM: &str = "CREATE STREAM s (t TIMESTAMP NOT NULL, n INTEGER, v VARCHAR(4), WATERMARK FOR t AS t - INTERVAL '0' SECOND)";

/// The output and the message of a query over CSV.
fn failing(query: &str, csv: &str) -> (String, String) {
    let folder = Folder::new();
    folder.write("s.csv", csv);
    let sql = format!("{STREAM}; {query}");
    let threads = folder.fails(&["run", "-e", &sql, "--input", "s=s.csv"]);
    let one = folder.fails(&["run", "-e", &sql, "--input", "s=s.csv", "--single-thread"]);
    assert_eq!(threads, one);
    threads
}

#[test]
fn a_bad_row() {
    for (row, message) in [
        ("3,3", "s.csv:4: the row has 2 fields and the header 3"),
        ("3,x,a", "s.csv:4: column \"n\" (INTEGER): \"x\" is not a number"),
        ("3,1.5,a", "s.csv:4: column \"n\" (INTEGER): \"1.5\" is not a whole number"),
        ("3,2147483648,a", "s.csv:4: column \"n\" (INTEGER): \"2147483648\" is out of range"),
        ("3,3,abcde", "s.csv:4: column \"v\" (VARCHAR(4)): \"abcde\" is too long"),
        ("never,3,a", "s.csv:4: column \"t\" (TIMESTAMP): \"never\" is not a timestamp"),
        (",3,a", "s.csv:4: column \"t\" (TIMESTAMP NOT NULL) has no value"),
        ("3,3,\"a", "s.csv:4: a quoted field is never closed"),
    ] {
        let (out, err) =
            failing("SELECT n FROM s", &format!("t,n,v\n1,1,a\n2,2,b\n{row}\n5,5,e\n"));
        assert_eq!(out, "n\n1\n2\n", "{row}");
        assert!(err.starts_with(&format!("error: {message}")), "{err}");
        assert_eq!(err.lines().count(), 1, "{err}");
    }
}

#[test]
fn results_that_are_not_final_are_not_printed() {
    let csv = "t,n,v\n1,1,a\n2000000,2,b\nx,3,c\n";
    let (out, _) = failing("SELECT COUNT(*) AS c FROM s", csv);
    assert_eq!(out, "");
    // The first window closed before the bad row, the second did not.
    let windows = "SELECT window_start, COUNT(*) AS c FROM TUMBLE(s, t, INTERVAL '1' SECOND) \
                   GROUP BY window_start, window_end";
    let (out, _) = failing(windows, csv);
    assert_eq!(out, "window_start,c\n1970-01-01 00:00:00.000000,1\n");
}

#[test]
fn a_bad_row_can_be_skipped_and_is_counted() {
    let folder = Folder::new();
    folder.write("s.csv", "t,n,v\n1,1,a\n2,x,b\n3,3\n4,4,d\n");
    let sql = format!("{STREAM}; SELECT n FROM s");
    let args = ["run", "-e", &sql, "--input", "s=s.csv", "--on-bad-row", "skip"];
    let ran = folder.run(&args);
    assert_eq!((ran.status, ran.out.as_str()), (Some(0), "n\n1\n4\n"));
    assert_eq!(ran.err, "warning: 2 rows could not be read and were left out\n");
    assert_eq!(folder.ok(&[&args[..], &["--quiet"]].concat()), "n\n1\n4\n");
}

#[test]
fn a_missing_column() {
    let (out, err) = failing("SELECT n FROM s", "n,v\n1,a\n");
    assert_eq!(out, "");
    let message = "s.csv: the header has no column \"t\", which the stream declares NOT NULL";
    assert!(err.contains(message), "{err}");
}

#[test]
fn a_missing_column_that_can_be_null() {
    let folder = Folder::new();
    let stream = "CREATE STREAM s (ts TIMESTAMP, temp INTEGER)";
    for (header, hint) in [("ts,tmep", "; did you mean tmep?"), ("ts,speed", "")] {
        folder.write("readings.csv", format!("{header}\n1,2\n"));
        let one = "SELECT temp FROM s";
        for (sql, more) in [
            (format!("{stream}; {one}"), ""),
            (format!("{stream}; INSERT INTO a {one}; INSERT INTO b {one}"), "{\"temp\":null}\n"),
        ] {
            let args = ["run", "-e", &sql, "--input", "s=readings.csv", "--format", "ndjson"];
            for mode in [&[][..], &["--single-thread"]] {
                let ran = folder.run(&[&args[..], mode].concat());
                let out = format!("{{\"temp\":null}}\n{more}");
                assert_eq!((ran.status, ran.out), (Some(0), out));
                let what = "readings.csv has no column temp: it is NULL in every row";
                assert_eq!(ran.err, format!("warning: {what}{hint}\n"));
            }
            folder.ok(&[&args[..], &["--quiet"]].concat());
        }
    }
}

#[test]
fn a_value_that_stops_the_query() {
    let most = i32::MAX;
    for (query, message) in [
        ("SELECT n + 1 AS m FROM s", "at record 2: a number is out of range, or divided by 0"),
        ("SELECT CAST(v AS INTEGER) AS m FROM s", "at record 1: a value does not fit"),
        (
            "SELECT CAST(SUM(n) AS INTEGER) AS m FROM s",
            "after 2 records: in a group's result, a value does not fit",
        ),
    ] {
        let query = format!("{query} SETTINGS on_error = 'stop'");
        let (_, err) = failing(&query, &format!("t,n,v\n1,1,a\n2,{most},b\n"));
        assert!(err.starts_with(&format!("error: the query stopped {message}")), "{err}");
        assert_eq!(err.lines().count(), 1, "{err}");
    }
}

#[test]
fn a_sum_that_does_not_fit() {
    let folder = Folder::new();
    folder.write("s.csv", format!("a\n{}\n1\n", i64::MAX));
    let sql = "CREATE STREAM s (a BIGINT); SELECT SUM(a) AS x, COUNT(*) AS n FROM s";
    let stop = format!("{sql} SETTINGS on_error = 'stop'");
    let (out, err) = folder.fails(&["run", "-e", &stop, "--input", "s=s.csv"]);
    assert_eq!(out, "");
    assert!(err.contains("stopped after 2 records: in a group's result, a number is out"), "{err}");
    let ran = folder.run(&["run", "-e", sql, "--input", "s=s.csv"]);
    assert_eq!((ran.status, &*ran.out), (Some(0), "x,n\n,2\n"));
}

#[test]
fn a_full_group_table() {
    let csv = "t,n,v\n1,1,a\n2,2,b\n3,3,c\n";
    let query = "SELECT n, COUNT(*) AS c FROM s GROUP BY n SETTINGS max_groups = 2";
    let (out, err) = failing(query, csv);
    assert_eq!(out, "");
    assert!(err.contains("the group table is full: 2 groups fit"), "{err}");

    let folder = Folder::new();
    folder.write("s.csv", csv);
    let sql = format!("{STREAM}; {query}, on_full = 'drop_new'");
    let ran = folder.run(&["run", "-e", &sql, "--input", "s=s.csv"]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(0), "n,c\n1,1\n2,1\n"));
    assert_eq!(ran.err, "warning: 1 record was left out because the group table was full\n");
}

#[test]
fn what_became_null_is_counted() {
    let folder = Folder::new();
    folder.write("s.csv", "t,n,v\n1,2147483647,a\n1,0,7\n");
    let sql = format!("{STREAM}; SELECT n + n AS d, 1 % n AS m, CAST(v AS INTEGER) AS c FROM s");
    let ran = folder.run(&["run", "-e", &sql, "--input", "s=s.csv"]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(0), "d,m,c\n,1,\n0,,7\n"));
    assert_eq!(
        ran.err,
        "warning: 2 values are NULL because a number was out of range, or divided by 0\n\
         warning: 1 value is NULL because a CAST did not fit\n"
    );
}

#[test]
fn late_records_are_counted() {
    let folder = Folder::new();
    folder.write("s.csv", "t,n,v\n5000000,1,a\n1,2,b\n");
    let sql = format!(
        "{STREAM}; SELECT COUNT(*) AS c FROM TUMBLE(s, t, INTERVAL '1' SECOND) \
         GROUP BY window_start, window_end"
    );
    let ran = folder.run(&["run", "-e", &sql, "--input", "s=s.csv", "--batch-size", "1"]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(0), "c\n1\n"));
    let warning = "warning: 1 record came after its window had closed and was left out\n";
    assert_eq!(ran.err, warning);
}

#[test]
fn names_that_are_none() {
    let folder = Folder::new();
    folder.write("s.csv", "t\n1\n");
    let sql = format!("{STREAM}; SELECT n FROM s");
    let (_, err) = folder.fails(&["run", "-e", &sql, "--input", "x=s.csv"]);
    assert!(err.contains("--input x: there is no such stream; the only stream is s"), "{err}");
    let (_, err) = folder.fails(&["run", "-e", &sql]);
    assert!(err.contains("stream s has no input: give it --input s=PATH"), "{err}");
    let (_, err) = folder.fails(&["run", "-e", &sql, "--input", "s=none.csv"]);
    assert!(err.contains("none.csv: can't be read"), "{err}");
    folder.write("folder.csv/x", "");
    let (_, err) = folder.fails(&["run", "-e", &sql, "--input", "s=folder.csv"]);
    assert!(err.contains("folder.csv: can't be read"), "{err}");
    let (_, err) =
        folder.fails(&["run", "-e", &sql, "--input", "s=s.csv", "--output", "none/x.csv"]);
    assert!(err.contains("none/x.csv: can't be written"), "{err}");
    let (_, err) = folder.fails(&["run", "none.sql"]);
    assert!(err.contains("none.sql: can't be read"), "{err}");
    let (_, err) = folder.fails(&["run", "-e", STREAM, "--input", "s=s.csv"]);
    assert!(err.contains("no query"), "{err}");
    let with =
        "CREATE STREAM s (t TIMESTAMP NOT NULL) WITH (epoch_unit = 'weeks'); SELECT * FROM s";
    let (_, err) = folder.fails(&["run", "-e", with, "--input", "s=s.csv"]);
    assert!(err.contains("weeks"), "{err}");
}

#[test]
fn sql_errors_have_a_place_and_a_caret() {
    let folder = Folder::new();
    for (query, line, column) in [
        ("SELECT n n n FROM s", 2, 12),
        ("SELECT n FROM x", 2, 15),
        ("SELECT nn FROM s", 2, 8),
        ("SELECT n + v FROM s", 2, 0),
        ("SELECT n FROM s LIMIT 3", 2, 17),
    ] {
        folder.write("q.sql", format!("{STREAM};\n{query};\n"));
        for command in ["run", "explain"] {
            let (out, err) = folder.fails(&[command, "q.sql"]);
            assert_eq!(out, "");
            let place = if column > 0 {
                format!("q.sql:{line}:{column}\n")
            } else {
                format!("q.sql:{line}:")
            };
            assert!(err.contains(&place), "{err}");
            assert!(err.contains(query) && err.contains('^'), "{err}");
        }
    }
}

#[test]
fn plans_that_are_none() {
    let folder = Folder::new();
    folder.write("no.rqlp", "this is no plan");
    for args in [&["inspect", "no.rqlp"][..], &["run", "--plan", "no.rqlp", "--input", "s=s.csv"]] {
        let (_, err) = folder.fails(args);
        assert!(err.contains("no.rqlp: this is not a RingQL plan"), "{err}");
    }
}

#[test]
fn raw_and_json_inputs() {
    let folder = Folder::new();
    let sql = "CREATE STREAM s (n INTEGER NOT NULL); SELECT n FROM s";
    folder.write("s.rqlr", [1, 0, 0, 0, 2, 0]);
    let (out, err) = folder.fails(&["run", "-e", sql, "--input", "s=s.rqlr"]);
    assert_eq!(out, "n\n1\n");
    assert!(err.contains("s.rqlr: record 2: is cut"), "{err}");
    folder.write("s.ndjson", "{\"n\":1}\n{\"n\":\"two\"}\n");
    let (out, err) = folder.fails(&["run", "-e", sql, "--input", "s=s.ndjson"]);
    assert_eq!(out, "n\n1\n");
    assert!(
        err.contains("s.ndjson:2: column \"n\" (INTEGER): a string is no value of it"),
        "{err}"
    );
}

#[test]
fn a_file_that_is_no_csv_of_the_stream() {
    let folder = Folder::new();
    let sql = "CREATE STREAM s (a INTEGER, k VARCHAR(8)); SELECT a FROM s";
    for (csv, message) in [
        ("a,k\r1,x\r2,y\r", "its lines end with CR alone"),
        ("a;k\n1;x\n", "the header has no column of the stream: it is \"a;k\""),
    ] {
        folder.write("s.csv", csv);
        let (out, err) = folder.fails(&["run", "-e", sql, "--input", "s=s.csv"]);
        assert_eq!(out, "");
        assert!(err.contains(message), "{err}");
    }
}

#[test]
fn two_tables_in_one_file() {
    let folder = Folder::new();
    folder.write("s.csv", "a,k\n1,x\n");
    let sql = "CREATE STREAM s (a INTEGER, k VARCHAR(8));
               INSERT INTO one SELECT a FROM s; INSERT INTO two SELECT k, a FROM s";
    let both = ["run", "-e", sql, "--input", "s=s.csv"];
    for more in [
        &["--output", "all.csv"][..],
        &["--output", "one=x.csv", "--output", "two=x.csv"],
        &["--output", "all.rqlr", "--format", "rqlr"],
        &["--format", "rqlr"],
    ] {
        let (out, err) = folder.fails(&[&both[..], more].concat());
        assert_eq!(out, "");
        assert!(err.contains("two queries write to"), "{err}");
    }
    // On standard output one table follows the other.
    let ran = folder.run(&[&both[..], &["--format", "csv"]].concat());
    assert_eq!((ran.status, &*ran.out), (Some(0), "a\n1\nk,a\nx,1\n"));
}

#[test]
fn a_plan_says_that_it_forgets_the_epoch_unit() {
    let folder = Folder::new();
    let sql = "CREATE STREAM s (t TIMESTAMP, a INTEGER) WITH (epoch_unit = 'ms'); SELECT t FROM s";
    let ran = folder.run(&["compile", "-e", sql, "-o", "p.rqlp"]);
    assert_eq!(ran.status, Some(0));
    assert!(ran.err.contains("does not hold the epoch_unit 'ms' of stream s"), "{}", ran.err);
}

#[test]
fn a_byte_order_mark_before_the_sql() {
    let folder = Folder::new();
    folder.write("s.csv", "a\n1\n");
    folder.write("q.sql", "\u{feff}CREATE STREAM s (a INTEGER); SELECT a FROM s");
    assert_eq!(folder.ok(&["run", "q.sql", "--input", "s=s.csv"]), "a\n1\n");
}
