//! Evaluates random expressions and prints them with their values, for
//! `core/tests/duckdb/differential.py`.
//!
//!     ringql-differential SEED EXPRESSIONS ROWS [FUNCTION ...]
//!
//! FUNCTIONs are left out. With `-` for EXPRESSIONS they are the lines of standard input.
//!
//! It prints lines of cells with tabs in between: `column NAME TYPE`, `row VALUE ...`,
//! `refused SQL MESSAGE`, and `expression SQL LAZY TYPE FAILED VALUES`. FAILED are the numbers of rows in
//! which a value failed, VALUES are separated by `|`; what is escaped is told in
//! `core/tests/duckdb/functions/generate.py`.

use std::error::Error;
use std::io::{self, BufRead, BufWriter, Write};
use std::process::ExitCode;

use differential::columns::{self, COLUMNS};
use differential::evaluate::{data_type, evaluate, plan, values};
use differential::expression::Expression;
use differential::generate::Generator;
use differential::literal::type_name;
use differential::random::Random;
use ringql_core::fmt::write_cast;
use ringql_core::plan::op::StreamId;

/// Rows of a batch.
const BATCH: u16 = 128;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match print(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn print(arguments: &[&str]) -> Result<(), Box<dyn Error>> {
    let [seed, expressions, rows, without @ ..] = arguments else {
        return Err("usage: ringql-differential SEED EXPRESSIONS ROWS [FUNCTION ...]".into());
    };
    let (seed, rows): (u64, usize) = (seed.parse()?, rows.parse()?);
    let mut out = BufWriter::new(io::stdout().lock());

    for column in COLUMNS {
        writeln!(out, "column\t{}\t{}", column.name, type_name(column.data_type))?;
    }
    let rows = columns::rows(rows, &mut Random::new(seed));
    for row in &rows {
        let cells = row.iter().map(|v| escape(v.as_deref()));
        writeln!(out, "row\t{}", cells.collect::<Vec<_>>().join("\t"))?;
    }
    let stream = columns::stream();
    let first = plan(&stream, "1", BATCH)?;
    let records = columns::records(first.plan().input(StreamId(0)), &rows);

    let mut one = |expression: &Expression| -> Result<bool, Box<dyn Error>> {
        let sql = expression.sql();
        let owned = match plan(&stream, &sql, BATCH) {
            Ok(owned) => owned,
            Err(error) => {
                writeln!(out, "refused\t{}\t{}", escape(Some(&sql)), escape(Some(error.message())))?;
                return Ok(false);
            }
        };
        let plan = owned.plan();
        let outcome = evaluate(&plan, &records);
        let t = data_type(&plan);
        let texts = values(&plan, &outcome.records).map(|value| {
            let mut text = String::new();
            value.map(|value| write_cast(&mut text, t, value)).transpose()?;
            Ok(escape(value.map(|_| text.as_str())))
        });
        let texts: Result<Vec<_>, std::fmt::Error> = texts.collect();
        let failed: Vec<String> = outcome.failed.iter().map(usize::to_string).collect();
        let (sql, lazy) = (escape(Some(&sql)), escape(Some(&expression.lazy())));
        let (t, failed) = (type_name(t), failed.join(","));
        writeln!(out, "expression\t{sql}\t{lazy}\t{t}\t{failed}\t{}", texts?.join("|"))?;
        Ok(true)
    };
    if *expressions == "-" {
        for line in io::stdin().lock().lines() {
            one(&Expression::leaf(line?))?;
        }
        out.flush()?;
        return Ok(());
    }
    let expressions: usize = expressions.parse()?;
    let mut generator = Generator::new(seed, without);
    let mut compiled = 0;
    while compiled < expressions {
        compiled += usize::from(one(&generator.expression())?);
    }
    out.flush()?;
    Ok(())
}

/// The escaped form of the tables of `core/tests/duckdb/functions`.
fn escape(value: Option<&str>) -> String {
    let Some(text) = value else { return "NULL".into() };
    if matches!(text, "NULL" | "!") {
        return format!("\\&{text}");
    }
    if !text.contains(['\\', '\t', '\n', '\r', '\0', '|']) {
        return text.to_owned();
    }
    text.chars()
        .map(|c| match c {
            '\\' => "\\\\".to_owned(),
            '\t' => "\\t".to_owned(),
            '\n' => "\\n".to_owned(),
            '\r' => "\\r".to_owned(),
            '\0' => "\\0".to_owned(),
            '|' => "\\p".to_owned(),
            c => c.to_string(),
        })
        .collect()
}
