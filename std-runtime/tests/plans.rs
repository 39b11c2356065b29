//! `explain`, `compile`, `inspect`, and `run` of a plan.

mod common;

use common::Folder;

const SQL: &str = "CREATE STREAM s (
    ts TIMESTAMP NOT NULL, device INTEGER UNSIGNED NOT NULL, temp REAL NOT NULL,
    WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
);
SELECT window_start, device, COUNT(*) AS n, AVG(temp) AS mean
FROM TUMBLE(s, ts, INTERVAL '1' SECOND)
GROUP BY window_start, window_end, device
SETTINGS max_groups = 8;";

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("q.sql", SQL);
    folder.write("s.csv", "ts,device,temp\n1,1,1.5\n2,2,2.5\n3,1,3\n4000000,1,4\n");
    folder
}

#[test]
fn a_plan_gives_what_its_sql_gives() {
    let folder = folder();
    assert_eq!(folder.ok(&["compile", "q.sql", "-o", "q.rqlp"]), "");
    let bytes = std::fs::read(folder.path("q.rqlp")).unwrap();
    assert!(bytes.starts_with(b"RQLP") && bytes.len() < 400, "{}", bytes.len());
    let from_sql = folder.ok(&["run", "q.sql", "--input", "s=s.csv"]);
    assert_eq!(folder.ok(&["run", "--plan", "q.rqlp", "--input", "s=s.csv"]), from_sql);
    assert_eq!(from_sql.lines().count(), 4);
    let (_, err) = folder.fails(&["run", "--plan", "q.rqlp", "--input", "x=s.csv"]);
    assert!(err.contains("the only stream is s"), "{err}");
    let (_, err) = folder.fails(&["run", "--plan", "q.rqlp"]);
    assert!(err.contains("stream s has no input"), "{err}");
}

#[test]
fn inspect_prints_what_explain_prints() {
    let folder = folder();
    folder.ok(&["compile", "q.sql", "-o", "q.rqlp", "--batch-size", "16"]);
    for format in ["text", "json", "dot"] {
        let explained = folder.ok(&["explain", "q.sql", "--batch-size", "16", "--format", format]);
        let inspected = folder.ok(&["inspect", "q.rqlp", "--format", format]);
        assert_eq!(explained, inspected);
    }
    let text = folder.ok(&["explain", "q.sql"]);
    assert!(text.contains("windows of 1 s") && text.contains("aggregate"), "{text}");
    let json = folder.ok(&["explain", "q.sql", "--format", "json"]);
    assert!(serde_json::from_str::<serde_json::Value>(&json).unwrap().is_object());
    assert!(folder.ok(&["explain", "q.sql", "--format", "dot"]).starts_with("digraph"));
}

#[test]
fn one_plan_is_one_query() {
    let folder = Folder::new();
    let stream = "CREATE STREAM s (a INTEGER)";
    let two = format!("{stream}; SELECT a FROM s; SELECT a + 1 FROM s");
    let (_, err) = folder.fails(&["compile", "-e", &two, "-o", "x.rqlp"]);
    assert!(err.contains("a plan file holds one query and there are 2"), "{err}");
    let (_, err) = folder.fails(&["compile", "-e", stream, "-o", "x.rqlp"]);
    assert!(err.contains("no query"), "{err}");
    assert!(!folder.path("x.rqlp").exists());
    let json = folder.ok(&["explain", "-e", &two, "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json.as_array().unwrap().len(), 2);
}
