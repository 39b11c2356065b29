//! Whatever a text is, compiling it does not panic: it gives an error with a place in the text, or
//! plans that `verify` accepts and that run to their end.
//!
//! The texts are the statements of the `.slt` files, with some of their tokens removed, repeated,
//! exchanged, or replaced by tokens of other statements.

mod common;
mod support;

use common::Random;
use common::run::{Outcome, run};
use ringql_core::function::ALL;
use ringql_core::plan::verify::verify;
use support::compiled;

/// How many; another number and another seed can be given as `RINGQL_TEXTS` and `RINGQL_SEED`.
const TEXTS: u64 = 12_000;

fn given(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().expect("a number"))
}

/// The definitions of a file's streams, and its queries.
struct File {
    streams: String,
    queries: Vec<String>,
}

fn files() -> Vec<File> {
    let folder = std::fs::read_dir("tests/slt").expect("the folder of .slt files");
    let paths = folder.map(|entry| entry.expect("a readable folder").path());
    let mut paths: Vec<_> = paths.filter(|p| p.extension().is_some_and(|e| e == "slt")).collect();
    paths.sort();
    paths
        .iter()
        .map(|path| file(&std::fs::read_to_string(path).expect("a readable file")))
        .collect()
}

fn file(text: &str) -> File {
    let mut file = File { streams: String::new(), queries: Vec::new() };
    for record in text.split("\n\n") {
        let mut lines = record.lines().skip_while(|l| l.starts_with('#'));
        let head = lines.next().unwrap_or_default();
        let sql = lines.take_while(|l| *l != "----").collect::<Vec<_>>().join("\n");
        let sql = sql.trim_start_matches("DESCRIBE ").trim_start_matches("COUNTERS ").to_owned();
        if sql.starts_with("CREATE STREAM") && head == "statement ok" {
            file.streams += &format!("{sql};\n");
        } else if !sql.is_empty() && !sql.starts_with("INSERT") {
            file.queries.push(sql);
        }
    }
    file
}

/// Words, numbers, quoted texts, and single other characters.
fn tokens(sql: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let len = if first.is_alphanumeric() || first == '_' {
            rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())
        } else if first == '\'' || first == '"' {
            rest[1..].find(first).map_or(rest.len(), |at| at + 2)
        } else {
            first.len_utf8()
        };
        let (token, after) = rest.split_at(len);
        if !token.trim().is_empty() {
            tokens.push(token);
        }
        rest = after;
    }
    tokens
}

/// What kind of token it is: one is mostly replaced by another of its kind.
fn class(token: &str) -> u8 {
    match token.as_bytes().first() {
        Some(c) if c.is_ascii_digit() => 0,
        Some(b'\'') => 1,
        Some(c) if c.is_ascii_uppercase() => 2,
        Some(c) if c.is_ascii_alphabetic() => 3,
        _ => 4,
    }
}

/// A text of the same tokens but a few.
fn mutate(sql: &str, all: &[&str], random: &mut Random) -> String {
    let mut tokens = tokens(sql);
    for _ in 0..1 + random.below(2) {
        let at = random.below(tokens.len());
        let any = all[random.below(all.len())];
        match random.below(12) {
            _ if tokens.is_empty() => {}
            0 => drop(tokens.remove(at)),
            1 => tokens.insert(at, tokens[at]),
            2 => tokens.insert(at, any),
            3 => tokens[at] = any,
            4 => {
                let other = random.below(tokens.len());
                tokens.swap(at, other);
            }
            kind => {
                let of = if kind < 8 { &*tokens } else { all };
                let start = random.below(of.len());
                let mut same = of[start..].iter().filter(|t| class(t) == class(tokens[at]));
                tokens[at] = same.next().copied().unwrap_or(any);
            }
        }
    }
    tokens.join(" ")
}

#[test]
fn no_text_makes_the_compiler_panic() {
    let files = files();
    let queries: Vec<(&File, &str)> =
        files.iter().flat_map(|f| f.queries.iter().map(move |q| (f, &**q))).collect();
    let all: Vec<&str> = queries.iter().flat_map(|(_, q)| tokens(q)).collect();
    let (texts, seed) = (given("RINGQL_TEXTS", TEXTS), given("RINGQL_SEED", 7));
    let (mut accepted, mut refused) = (0, 0);
    for number in 0..texts {
        let mut random = Random::new(seed + number);
        let (file, query) = queries[random.below(queries.len())];
        let sql = format!("{}{}", file.streams, mutate(query, &all, &mut random));
        let batch_rows = [1, 16][random.below(2)];
        match compiled(&sql, batch_rows) {
            Err(error) => {
                refused += 1;
                assert!(error.render(&sql, "text.sql").contains(error.message()));
                let lines = sql.lines().count();
                assert!((1..=lines + 1).contains(&error.line()), "text {number}: {error}\n{sql}");
            }
            Ok(program) => {
                for query in &program.queries {
                    let plan = query.plan();
                    assert_eq!(verify(&plan, &ALL), Ok(()), "text {number}\n{sql}");
                    let outcome = run(&plan, &mut random);
                    accepted += u64::from(outcome == Outcome::Finished);
                }
            }
        }
    }
    println!("{texts} texts: {accepted} ran to their end, {refused} refused");
    assert!(accepted > texts / 20 && refused > texts / 20);
}
