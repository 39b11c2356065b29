//! Pipes that end early, go on for ever, or are interrupted.

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use common::Folder;

const SQL: &str = "CREATE STREAM s (a INTEGER); SELECT a FROM s";

/// Waits for the program, but not for ever.
fn wait(mut child: Child) -> (Option<i32>, String) {
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if start.elapsed() > Duration::from_secs(20) {
            child.kill().unwrap();
            panic!("the program hangs");
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    (status.code(), err)
}

#[test]
fn a_closed_pipe_downstream_ends_it_quietly() {
    let folder = Folder::new();
    let rows: String = (0..400_000).map(|n| format!("{n}\n")).collect();
    folder.write("s.csv", format!("a\n{rows}"));
    for extra in [&[][..], &["--single-thread"], &["--format", "table"]] {
        let args = [&["run", "-e", SQL, "--input", "s=s.csv"], extra].concat();
        let mut child = folder.command(&args).spawn().unwrap();
        let mut first = String::new();
        BufReader::with_capacity(64, child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        assert!(!first.is_empty());
        assert_eq!(wait(child), (Some(0), String::new()), "{extra:?}");
    }
}

/// A run over a pipe that stays open.
fn open_ended(folder: &Folder, sql: &str, extra: &[&str]) -> Child {
    let args = [&["run", "-e", sql, "--input", "s=-"], extra].concat();
    folder.command(&args).stdin(Stdio::piped()).spawn().unwrap()
}

#[test]
fn rows_come_out_while_the_input_is_open() {
    for extra in [&[][..], &["--single-thread"]] {
        let folder = Folder::new();
        let mut child = open_ended(&folder, SQL, extra);
        let mut stdin = child.stdin.take().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
        stdin.write_all(b"a\n1\n").unwrap();
        assert_eq!(out.next().unwrap().unwrap(), "a");
        assert_eq!(out.next().unwrap().unwrap(), "1");
        stdin.write_all(b"2\n3\n4").unwrap();
        assert_eq!(out.next().unwrap().unwrap(), "2");
        assert_eq!(out.next().unwrap().unwrap(), "3");
        drop(stdin);
        assert_eq!(out.next().unwrap().unwrap(), "4");
        assert!(out.next().is_none());
        assert_eq!(wait(child), (Some(0), String::new()));
    }
}

#[test]
#[cfg(unix)]
fn ctrl_c_flushes_and_prints_the_counters() {
    let folder = Folder::new();
    let mut child = open_ended(&folder, SQL, &[]);
    let mut stdin = child.stdin.take().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
    stdin.write_all(b"a\n1\n2\n").unwrap();
    for expected in ["a", "1", "2"] {
        assert_eq!(out.next().unwrap().unwrap(), expected);
    }
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let (status, err) = wait(child);
    assert_eq!(status, Some(0), "{err}");
    let counted =
        |name: &str, n: &str| err.lines().any(|l| l.starts_with(name) && l.trim_end().ends_with(n));
    assert!(counted("rows in", " 2") && counted("rows out", " 2"), "{err}");
    assert!(out.next().is_none());
}

#[test]
#[cfg(unix)]
fn ctrl_c_prints_no_results_that_are_not_final() {
    let folder = Folder::new();
    let sql = "CREATE STREAM s (a INTEGER); SELECT COUNT(*) AS n FROM s";
    let mut child = open_ended(&folder, sql, &["--quiet"]);
    let mut stdin = child.stdin.take().unwrap();
    let mut out = child.stdout.take().unwrap();
    stdin.write_all(b"a\n1\n2\n").unwrap();
    std::thread::sleep(Duration::from_millis(300));
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert_eq!(wait(child), (Some(0), String::new()));
    let mut text = String::new();
    out.read_to_string(&mut text).unwrap();
    assert_eq!(text, "n\n");
}

#[test]
fn statistics_go_to_standard_error() {
    let folder = Folder::new();
    folder.write("s.csv", "a\n1\n2\nx\n");
    for extra in [&[][..], &["--single-thread"]] {
        let args = ["run", "-e", SQL, "--input", "s=s.csv", "--stats", "--on-bad-row", "skip"];
        let ran = folder.run(&[&args, extra].concat());
        assert_eq!((ran.status, ran.out.as_str()), (Some(0), "a\n1\n2\n"));
        for (name, value) in [("rows in", "2"), ("rows out", "2"), ("bad rows skipped", "1")] {
            let line = ran.err.lines().find(|line| line.starts_with(name)).unwrap();
            assert_eq!(line.split_whitespace().last(), Some(value), "{line}");
        }
        for name in ["read", "process", "write", "waiting", "framework", "wall"] {
            assert!(ran.err.lines().any(|line| line.starts_with(name)), "{name}\n{}", ran.err);
        }
    }
}
