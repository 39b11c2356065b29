//! Evaluates random expressions and prints them with their values, for
//! `core/tests/duckdb/differential.py`.
//!
//!     ringql-differential calls
//!
//! prints each call that there is over columns, as lines `call NUMBER SQL TYPE`.
//!
//!     ringql-differential device FOLDER
//!
//! writes what `device.rs` gives a device and expects of it: `list`, a line for each expression, and
//! `expected`, the bytes that it must print.
//!
//!     ringql-differential SEED EXPRESSIONS ROWS [CALL ...]
//!
//! prints random expressions with their values; the calls of these numbers are left out. With `-` for
//! EXPRESSIONS they are the lines of standard input.
//!
//! Lines are cells with tabs in between: `column NAME TYPE`, `row VALUE ...`, `refused SQL MESSAGE`,
//! and `expression SQL TRIED HOW TYPE FAILED VALUES`. TRIED is `Expression::tried`; HOW is `~` where
//! another libm can give other last digits, otherwise `=`; FAILED has the numbers of the rows in which
//! something failed, each with the letters of `Outcome::failed`; VALUES have `|` in between. What is
//! escaped is told in `core/tests/duckdb/functions/generate.py`.

use std::error::Error;
use std::io::{self, BufRead, BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

use differential::calls::{self, Call};
use differential::columns::{self, COLUMNS};
use differential::device;
use differential::escape::escape;
use differential::evaluate::{data_type, evaluate, plan, values};
use differential::expression::Expression;
use differential::generate::{Generator, TYPES};
use differential::literal::type_name;
use differential::random::Random;
use ringql_core::fmt::write_cast;
use ringql_core::plan::op::StreamId;

/// Rows of a batch.
const BATCH: u16 = 128;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut out = BufWriter::new(io::stdout().lock());
    let done = match *arguments {
        ["calls"] => samples(&mut out),
        ["device", folder] => {
            device::bundle().write_expected(Path::new(folder)).map_err(Into::into)
        }
        [seed, expressions, rows, ref without @ ..] => {
            print(&mut out, seed, expressions, rows, without)
        }
        _ => Err("usage: ringql-differential SEED EXPRESSIONS ROWS [CALL ...]".into()),
    };
    match done.and_then(|()| Ok(out.flush()?)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn samples(out: &mut impl Write) -> Outcome {
    for (number, call) in calls::all(TYPES).iter().enumerate() {
        let (sql, result) = (call.sample().sql(), type_name(call.result));
        writeln!(out, "call\t{number}\t{}\t{result}", escape(Some(&sql)))?;
    }
    Ok(())
}

fn print(
    out: &mut impl Write,
    seed: &str,
    expressions: &str,
    rows: &str,
    without: &[&str],
) -> Outcome {
    for column in COLUMNS {
        writeln!(out, "column\t{}\t{}", column.name, type_name(column.data_type))?;
    }
    let seed = seed.parse()?;
    let rows = columns::rows(rows.parse()?, &mut Random::new(seed));
    for row in &rows {
        let cells = row.iter().map(|v| escape(v.as_deref()));
        writeln!(out, "row\t{}", cells.collect::<Vec<_>>().join("\t"))?;
    }
    let stream = columns::stream();
    let first = plan(&stream, "1", BATCH)?;
    let records = columns::records(first.plan().input(StreamId(0)), &rows);
    if expressions == "-" {
        for line in io::stdin().lock().lines() {
            one(out, &stream, &records, &Expression::leaf(line?), true)?;
        }
        return Ok(());
    }
    let left_out: Result<Vec<usize>, _> = without.iter().map(|number| number.parse()).collect();
    let left_out = left_out?;
    let kept = |(number, call): (usize, Call)| (!left_out.contains(&number)).then_some(call);
    let calls = calls::all(TYPES).into_iter().enumerate().filter_map(kept).collect();
    let mut generator = Generator::new(seed, calls);
    let (mut compiled, expressions) = (0, expressions.parse()?);
    while compiled < expressions {
        let (expression, approximate) = generator.expression();
        compiled += usize::from(one(out, &stream, &records, &expression, approximate)?);
    }
    Ok(())
}

/// Prints an expression and its values; false if it is refused.
fn one(
    out: &mut impl Write,
    stream: &str,
    records: &[u8],
    expression: &Expression,
    approximate: bool,
) -> Outcome<bool> {
    let sql = expression.sql();
    let (written, tried) = (escape(Some(&sql)), escape(Some(&expression.tried())));
    let owned = match plan(stream, &sql, BATCH) {
        Ok(owned) => owned,
        Err(error) => {
            writeln!(out, "refused\t{written}\t{}", escape(Some(error.message())))?;
            return Ok(false);
        }
    };
    let plan = owned.plan();
    let outcome = evaluate(&plan, records);
    let t = data_type(&plan);
    let texts = values(&plan, &outcome.records).map(|value| {
        let mut text = String::new();
        value.map(|value| write_cast(&mut text, t, value)).transpose()?;
        Ok(escape(value.map(|_| text.as_str())))
    });
    let texts: Result<Vec<_>, std::fmt::Error> = texts.collect();
    let failed = outcome.failed.iter().map(|(row, kinds)| format!("{row}{kinds}"));
    let (failed, how) = (failed.collect::<Vec<_>>().join(","), if approximate { "~" } else { "=" });
    let (t, texts) = (type_name(t), texts?.join("|"));
    writeln!(out, "expression\t{written}\t{tried}\t{how}\t{t}\t{failed}\t{texts}")?;
    Ok(true)
}
