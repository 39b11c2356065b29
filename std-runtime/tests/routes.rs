//! Where streams come from, where results go, and what the arguments may be.

mod common;

use common::Folder;

const STREAM: &str = "CREATE STREAM s (a INTEGER)";

#[test]
fn the_streams_own_source_is_relative_to_the_query_file() {
    let folder = Folder::new();
    folder.write("data/s.csv", "a\n1\n");
    folder.write("data/other.csv", "a\n2\n");
    let sql = format!("{STREAM} WITH (source = '../data/s.csv'); SELECT * FROM s");
    folder.write("queries/q.sql", &sql);
    assert_eq!(folder.ok(&["run", "queries/q.sql"]), "a\n1\n");
    // --input comes first, and is relative to where the program runs.
    assert_eq!(folder.ok(&["run", "queries/q.sql", "--input", "s=data/other.csv"]), "a\n2\n");
    let sql = format!("{STREAM} WITH (source = 'data/s.csv'); SELECT * FROM s");
    assert_eq!(folder.ok(&["run", "-e", &sql]), "a\n1\n");
}

#[test]
fn standard_input_and_output() {
    let folder = Folder::new();
    let sql = format!("{STREAM}; SELECT a * 2 AS twice FROM s");
    let ran = folder.run_with(&["run", "-e", &sql, "--input", "s=-", "--output", "-"], b"a\n4\n");
    assert_eq!((ran.status, ran.out.as_str()), (Some(0), "twice\n8\n"));
    let args = ["run", "-e", &sql, "--input", "s=-", "--input-format", "ndjson"];
    let ran = folder.run_with(&args, b"{\"a\":5}\n");
    assert_eq!((ran.status, ran.out.as_str()), (Some(0), "twice\n10\n"));
}

#[test]
fn several_queries_run_in_order_and_each_reads_its_input_anew() {
    let folder = Folder::new();
    folder.write("s.csv", "a\n1\n5\n");
    let sql = format!(
        "{STREAM}; SELECT a FROM s WHERE a > 1; SELECT COUNT(*) AS n FROM s; SELECT -a AS m FROM s"
    );
    let args = ["run", "-e", &sql, "--input", "s=s.csv"];
    let ran = folder.run(&args);
    assert_eq!((ran.status, &*ran.out), (Some(0), "a\n5\nn\n2\nm\n-1\n-5\n"));
    assert!(ran.err.starts_with("warning: 3 queries write to standard output"), "{}", ran.err);
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
    for quiet in [&["--quiet"][..], &["--format", "ndjson"]] {
        folder.ok(&[&args[..], quiet].concat());
    }
    let ran = folder.run_with(&["run", "-e", &sql, "--input", "s=-"], b"a\n1\n");
    assert_eq!(ran.status, Some(1));
    assert!(ran.err.contains("3 queries read standard input"), "{}", ran.err);
}

#[test]
fn late_records_have_a_route() {
    let folder = Folder::new();
    let rows =
        ["1,0", "2,5", "3,2", "4,9", "5,1"].map(|row| row.replace(',', ",2024-01-01 00:00:0"));
    folder.write("s.csv", format!("a,ts\n{}\n", rows.join("\n")));
    let sql = "CREATE STREAM s (a INTEGER, ts TIMESTAMP NOT NULL, WATERMARK FOR ts AS ts); INSERT \
               INTO sums SELECT SUM(a) AS n FROM TUMBLE(s, ts, INTERVAL '1' SECOND) GROUP BY \
               window_start SETTINGS late = 'behind'";
    let args = ["run", "-e", sql, "--input", "s=s.csv"];
    for threads in [&[][..], &["--single-thread"]] {
        let ran = folder.run(&[&args[..], &["--output", "behind=late.csv"], threads].concat());
        assert_eq!((ran.status, &*ran.out, &*ran.err), (Some(0), "n\n1\n2\n4\n", ""));
        let late = "a,ts\n3,2024-01-01 00:00:02.000000\n5,2024-01-01 00:00:01.000000\n";
        assert_eq!(folder.read("late.csv"), late);
    }
    let ran = folder.run(&[&args[..], &["--output", "behind=late.csv", "--stats"]].concat());
    let line = |name: &str| format!("{name:<18}{:>14}\n", 2);
    assert!(ran.err.contains(&(line("late") + &line("  1 window"))), "{}", ran.err);
    // Not between the results.
    let (_, err) = folder.fails(&args);
    assert!(err.contains("--output behind=PATH"), "{err}");
    let one = ["--output", "behind=x.csv", "--output", "sums=x.csv"];
    let (_, err) = folder.fails(&[&args[..], &one].concat());
    assert!(err.contains("--output behind=PATH"), "{err}");
}

#[test]
fn sinks_have_routes() {
    let folder = Folder::new();
    folder.write("s.csv", "a\n1\n5\n");
    let sql = format!(
        "{STREAM}; INSERT INTO low SELECT a FROM s WHERE a < 3; INSERT INTO high SELECT a FROM s \
         WHERE a >= 3"
    );
    let args = ["run", "-e", &sql, "--input", "s=s.csv", "--output", "LOW=low.csv"];
    assert_eq!(folder.ok(&args), "a\n5\n");
    assert_eq!(folder.read("low.csv"), "a\n1\n");
    let (_, err) =
        folder.fails(&["run", "-e", &sql, "--input", "s=s.csv", "--output", "mid=x.csv"]);
    assert!(err.contains("no query says INSERT INTO mid; the sinks are low, high"), "{err}");
    assert!(!folder.path("x.csv").exists());
}

#[test]
fn an_input_is_never_overwritten() {
    let folder = Folder::new();
    folder.write("s.csv", "a\n1\n");
    let sql = format!("{STREAM}; SELECT a FROM s");
    let (_, err) = folder.fails(&["run", "-e", &sql, "--input", "s=s.csv", "--output", "./s.csv"]);
    assert!(err.contains("is an input and an output"), "{err}");
    assert_eq!(folder.read("s.csv"), "a\n1\n");
}

#[test]
fn sql_can_begin_with_a_comment() {
    let folder = Folder::new();
    folder.write("s.csv", "a\n1\n");
    let sql = format!("-- c\n{STREAM}; SELECT a FROM s");
    assert_eq!(folder.ok(&["run", "-e", &sql, "--input", "s=s.csv"]), "a\n1\n");
    assert!(folder.ok(&["explain", "-e", &sql]).contains('a'));
    folder.ok(&["compile", "-e", &sql, "-o", "p.rqlp"]);
}

#[test]
fn formats_of_a_stream() {
    let folder = Folder::new();
    folder.write("s.csv", "a\n1\n");
    folder.write("s.jsonl", "{\"a\":1}\n");
    let with = |source: &str, format: &str| {
        format!("{STREAM}\nWITH (source = '{source}', format = '{format}'); SELECT a FROM s")
    };
    assert_eq!(folder.ok(&["run", "-e", &with("s.csv", "csv")]), "a\n1\n");
    assert_eq!(folder.ok(&["run", "-e", &with("s.jsonl", "ndjson")]), "a\n1\n");
    let named = format!("{STREAM} WITH (source = 's.jsonl'); SELECT a FROM s");
    assert_eq!(folder.ok(&["run", "-e", &named]), "a\n1\n");
    for format in ["jsonl", "xml", ""] {
        for command in ["run", "explain"] {
            let (_, err) = folder.fails(&[command, "-e", &with("s.csv", format)]);
            assert!(err.contains("-e:2:") && err.contains('^'), "{err}");
            assert!(err.contains("help: format is 'csv', 'ndjson' or 'rqlr'"), "{err}");
        }
    }
}

#[test]
fn the_input_format_can_be_said() {
    let folder = Folder::new();
    folder.write("s.txt", "a\n1\n");
    let sql = format!("{STREAM}; SELECT a FROM s");
    let (_, err) = folder.fails(&["run", "-e", &sql, "--input", "s=s.txt"]);
    assert!(err.contains("--input-format"), "{err}");
    let args = ["run", "-e", &sql, "--input", "s=s.txt", "--input-format", "csv"];
    assert_eq!(folder.ok(&args), "a\n1\n");
}

#[test]
fn wrong_usage_has_status_2() {
    let folder = Folder::new();
    folder.write("q.sql", format!("{STREAM}; SELECT a FROM s"));
    for args in [
        &[][..],
        &["fly"],
        &["run"],
        &["run", "q.sql", "-e", "SELECT 1"],
        &["run", "q.sql", "--plan", "p.rqlp"],
        &["run", "q.sql", "--input", "s"],
        &["run", "q.sql", "--input", "=x"],
        &["run", "q.sql", "--input", "s="],
        &["run", "q.sql", "--input", "s=a.csv", "--input", "S=b.csv"],
        &["run", "q.sql", "--output", "a.csv", "--output", "b.csv"],
        &["run", "q.sql", "--output", "x=a.csv", "--output", "x=b.csv"],
        &["run", "q.sql", "--output", "x="],
        &["run", "q.sql", "--format", "xml"],
        &["run", "q.sql", "--on-bad-row", "cry"],
        &["run", "q.sql", "--batch-size", "0"],
        &["run", "q.sql", "--batch-size", "many"],
        &["run", "--plan", "p.rqlp", "--batch-size", "7"],
        &["run", "q.sql", "--frobnicate"],
        &["compile", "q.sql"],
        &["explain", "q.sql", "--format", "png"],
        &["inspect"],
    ] {
        let ran = folder.run(args);
        assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""), "{args:?}\n{}", ran.err);
        assert!(ran.err.contains("ringql") || ran.err.contains("--help"), "{args:?}\n{}", ran.err);
    }
}

#[test]
fn help_teaches() {
    let folder = Folder::new();
    assert!(folder.ok(&["--version"]).starts_with("ringql "));
    for args in [&["--help"][..], &["help"], &["help", "run"], &["run", "--help"]] {
        let out = folder.ok(args);
        assert!(out.contains("Examples:") && out.contains("ringql run"), "{args:?}\n{out}");
    }
    for command in ["explain", "compile", "inspect"] {
        assert!(folder.ok(&["help", command]).contains(&format!("ringql {command} ")));
    }
}
