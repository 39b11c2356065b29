//! Every function and cast against DuckDB: types and values of `duckdb/functions/FAMILY.tsv`, which
//! `duckdb/functions/generate.py` writes and describes. What differs on purpose is listed in
//! `duckdb/functions/differences.tsv`.
//!
//! `RINGQL_FAMILY_REPORT=1 cargo test -p ringql-core --all-features --test functions math` prints
//! what differs instead of failing; another text than 1 takes only expressions that contain it.
//! Wrong values come first, then refused expressions.
#![cfg(feature = "sql")]

mod duckdb {
    pub(crate) mod differences;
    pub(crate) mod evaluate;
    pub(crate) mod texts;
}

use std::env;
use std::io::{Write, stderr};

use duckdb::differences::Differences;
use duckdb::evaluate::{Outcome, Table, same_float};

/// The environment variable that asks for a report.
const REPORT: &str = "RINGQL_FAMILY_REPORT";

macro_rules! families {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            let name = stringify!($name);
            family(name, include_str!(concat!("duckdb/functions/", stringify!($name), ".tsv")));
        }
    )*};
}

families! { math text time conditional bytes regex decimal casts }

fn family(name: &str, tsv: &str) {
    let report = env::var(REPORT).ok();
    let only = report.as_deref().filter(|only| *only != "1").unwrap_or_default();
    let mut table = Table::default();
    let mut differences = Differences::of(name);
    let mut agree = 0;
    let (mut differ, mut refused) = (Vec::new(), Vec::new());
    for line in tsv.lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        match *cells {
            ["column", column, data_type] => table.column(column, data_type),
            ["row", ref values @ ..] => table.row(values),
            [expression, data_type, how, values] if expression.contains(only) => {
                let outcome = table.evaluate(expression);
                let wanted = Wanted { expression, data_type, approximate: how == "~", values };
                match (compare(&wanted, &outcome, &mut differences), outcome) {
                    (Ok(()), _) => agree += 1,
                    (Err(problem), Outcome::Refused(..)) => {
                        refused.push(format!("{expression}: refused: {problem}"));
                    }
                    (Err(problem), _) => differ.push(format!("{expression}: {problem}")),
                }
            }
            [_, _, _, _] => {}
            _ => panic!("{line}"),
        }
    }
    let summary = format!("{agree} agree, {} differ, {} refused", differ.len(), refused.len());
    let mut problems = [differ, refused].concat();
    if report.is_some() {
        problems.truncate(40);
        let text = format!("{name}: {summary}\n  {}\n", problems.join("\n  "));
        stderr().write_all(text.as_bytes()).unwrap(); // past the capture of tests
        return;
    }
    problems.extend(differences.unused());
    assert!(problems.is_empty(), "{summary}:\n{}", problems.join("\n"));
    assert!(agree > 100);
}

/// A line of a table: what DuckDB says.
struct Wanted<'a> {
    expression: &'a str,
    data_type: &'a str,
    approximate: bool,
    values: &'a str,
}

/// Whether RingQL and DuckDB, but for the differences on purpose, say the same.
fn compare(
    wanted: &Wanted<'_>,
    outcome: &Outcome,
    differences: &mut Differences,
) -> Result<(), String> {
    let Wanted { expression, data_type, approximate, values } = *wanted;
    let mut on_purpose =
        |place: &str| differences.find(expression, data_type, place).map(str::to_owned);
    let (own_type, rows) = match outcome {
        Outcome::Refused(message) => {
            // What has a value in no row may be refused.
            let never =
                values.split('|').all(|v| matches!(v, "!" | "NULL")) && values.contains('!');
            if data_type == "error" || never || on_purpose("refused").is_some() {
                return Ok(());
            }
            return Err(message.clone());
        }
        Outcome::Wrong(problem) => return Err(problem.clone()),
        Outcome::Rows(own_type, rows) if data_type == "error" || values == "!" => {
            let accepted = rows.iter().any(|value| value.failures == 0);
            if accepted && on_purpose("accepted").is_some() {
                return Ok(());
            } else if data_type == "error" {
                return Err(format!("DuckDB says {values}"));
            }
            (own_type, rows)
        }
        Outcome::Rows(own_type, rows) => (own_type, rows),
    };
    let wanted_type = on_purpose("type");
    let wanted_type = wanted_type.as_deref().unwrap_or(match data_type {
        "NULL" => "INTEGER",
        other => other,
    });
    if own_type != wanted_type {
        return Err(format!("the type is {own_type}, not {wanted_type}"));
    }
    for (i, (own, duckdb)) in rows.iter().zip(values.split('|').cycle()).enumerate() {
        let purpose = on_purpose(&i.to_string());
        let wanted = purpose.as_deref().unwrap_or(duckdb);
        let same = own.text == wanted || same_float(data_type, &own.text, wanted, approximate);
        let fails = own.failures > 0;
        let right = match wanted {
            "!" => fails && (own.text == "!" || on_purpose("failed").is_some()),
            _ => same && !fails,
        };
        if !right || purpose.as_deref() == Some(duckdb) {
            let all: Vec<&str> = rows.iter().map(|value| &*value.text).collect();
            let failed = if fails { " (something failed)" } else { "" };
            return Err(format!(
                "row {i} is {}{failed}, not {wanted}; {}",
                own.text,
                all.join("|")
            ));
        }
    }
    Ok(())
}
