//! The SQL reference (`core/SQL.md`) says what the tables say: its generated parts are made from
//! the signatures of the functions, the types and the conversions that the binder uses.
//! `RINGQL_BLESS=1` writes them.
#![cfg(feature = "sql")]
#![allow(missing_docs)]

use std::fmt::Write;

use ringql_core::fmt::write_cast;
use ringql_core::function::{ALL, Class, Function, Param, Returns};
use ringql_core::plan::AggregateFunction;
use ringql_core::plan::aggregates::{Doc, Info, Parameter, Takes};
use ringql_core::plan::layout::aggregate_bytes;
use ringql_core::plan::op::{OutputId, cast_defined};
use ringql_core::query::Query;
use ringql_core::record::RecordRef;
use ringql_core::ring::{RecordSink, RecordSource};
use ringql_core::sql::{CompileErrorKind, Options, compile, implicit_conversions};
use ringql_core::types::DataType;

/// Every type, and an expression that gives a value of it.
const TYPES: [(DataType, &str); 20] = [
    (DataType::Boolean, "1 < 2"),
    (DataType::TinyInt, "CAST(127 AS TINYINT)"),
    (DataType::SmallInt, "CAST(32767 AS SMALLINT)"),
    (DataType::Integer, "2147483647"),
    (DataType::BigInt, "9_000_000_000"),
    (DataType::UTinyInt, "CAST(255 AS TINYINT UNSIGNED)"),
    (DataType::USmallInt, "CAST(65535 AS SMALLINT UNSIGNED)"),
    (DataType::UInteger, "CAST(4294967295 AS INTEGER UNSIGNED)"),
    (DataType::UBigInt, "18446744073709551615"),
    (DataType::Real, "CAST(0.1 AS REAL)"),
    (DataType::Double, "1e-3"),
    (DataType::Decimal(18, 3), "CAST('1234.5678' AS DECIMAL(18, 3))"),
    (DataType::Date, "DATE '2024-02-29'"),
    (DataType::Time, "TIME '12:30:00.5'"),
    (DataType::Timestamp, "TIMESTAMP '2024-02-29 12:30:00'"),
    (DataType::TimestampTz, "TIMESTAMPTZ '2024-02-29 12:30:00+01'"),
    (DataType::Interval, "INTERVAL '1 month 2 days 3 seconds'"),
    (DataType::Varchar(16), "'it''s'"),
    (DataType::Varbinary(16), "CAST('\\xAB\\x00C' AS VARBINARY)"),
    (DataType::Uuid, "UUID '123e4567-e89b-12d3-a456-426614174000'"),
];

/// What holds, and an expression that shows it.
const RULES: &[(&str, &str)] = &[
    ("NULL and FALSE is FALSE, whatever the NULL is", "NULL AND FALSE"),
    ("NULL or FALSE is not known", "NULL OR FALSE"),
    ("a comparison with NULL is NULL", "1 = NULL"),
    ("but for this one", "NULL IS NOT DISTINCT FROM NULL"),
    ("IN a list with NULL is NULL if nothing is equal", "3 IN (1, 2, NULL)"),
    ("NaN is above infinity", "CAST('nan' AS DOUBLE) > CAST('inf' AS DOUBLE)"),
    ("NaN equals itself", "CAST('nan' AS DOUBLE) = CAST('nan' AS DOUBLE)"),
    ("floats divide as IEEE 754 says", "1 / 0"),
    ("integers divide to DOUBLE", "7 / 2"),
    ("`//` divides whole", "-7 // 2"),
    ("`%` has the sign of the left", "-7 % 3"),
    ("a float rounds halves to even", "CAST(CAST(2.5 AS DOUBLE) AS INTEGER)"),
    ("a DECIMAL rounds halves away from zero", "CAST(2.5 AS INTEGER)"),
    ("DECIMALs are exact", "0.1 + 0.2 = 0.3"),
    ("texts compare by their bytes", "'Z' < 'a'"),
    ("a month is 30 days where intervals compare", "INTERVAL '1 month' = INTERVAL '30 days'"),
    ("a branch that is not taken can't fail", "CASE WHEN TRUE THEN 1 ELSE 1 % 0 END"),
    ("TRY_CAST gives NULL", "TRY_CAST('x' AS INTEGER)"),
    ("a text literal becomes the type that it meets", "DATE '2024-02-29' = '2024-02-29'"),
];

/// The name of a type without its lengths.
fn name(t: DataType) -> String {
    bare(&t.to_string())
}

fn bare(text: &str) -> String {
    text.split_once('(').map_or(text, |(name, _)| name).to_owned()
}

fn param(param: &Param) -> String {
    match param {
        Param::Is(t) => name(*t),
        Param::Text => "VARCHAR".into(),
        Param::AsText | Param::Printed => "any".into(),
        Param::Bytes => "VARBINARY".into(),
        Param::Decimal => "DECIMAL".into(),
        Param::T(Class::Integers) => "integer".into(),
        Param::T(Class::Signed) => "signed integer".into(),
        Param::T(Class::Unsigned) => "unsigned integer".into(),
        Param::T(Class::Floats) => "float".into(),
        Param::T(Class::Numbers) => "number".into(),
        Param::T(Class::All) => "T".into(),
        Param::Prepared(prepared) => prepared.what.into(),
    }
}

fn call(function: &Function) -> String {
    let signature = &function.signature;
    let mut params: Vec<String> = signature.params.iter().map(param).collect();
    let name = signature.name;
    if name.bytes().all(|b| b.is_ascii_punctuation()) {
        return match &*params {
            [a] => format!("{name}{a}"),
            [a, b] => format!("{a} {name} {b}"),
            _ => panic!("an operator of {} operands", params.len()),
        };
    }
    if signature.variadic {
        params.push("...".into());
    }
    format!("{name}({})", params.join(", "))
}

fn result(function: &Function) -> String {
    let shared = || function.signature.params.iter().find(|p| matches!(p, Param::T(_)));
    match function.signature.returns {
        Returns::Is(t) => name(t),
        Returns::T => shared().map_or_else(String::new, param),
        Returns::Text(_) => "VARCHAR".into(),
        Returns::Bytes(_) => "VARBINARY".into(),
        Returns::Rule(_) => "DECIMAL".into(),
    }
}

/// What an expression without columns gives, as text.
fn evaluate(expression: &str) -> String {
    let sql = format!("CREATE STREAM s (b BOOLEAN);\nSELECT {expression} AS x FROM s");
    let program = compile(&sql, &Options { batch_rows: 1, ..Options::default() });
    let program = program.unwrap_or_else(|e| panic!("{}", e.render(&sql, "example")));
    let plan = program.queries[0].plan();
    let mut arena = vec![0u64; plan.arena_bytes().div_ceil(8)];
    let mut query = Query::new(&plan, bytemuck::cast_slice_mut(&mut arena)).unwrap();
    let schema = plan.output(OutputId(0));
    let mut out = vec![0; schema.layout().record_size];
    let mut sink = RecordSink::new(&mut out);
    query.poll(&mut RecordSource::new(&[0, 0], 2), &mut sink).unwrap();
    let record = RecordRef::new(schema, &out).unwrap();
    let Some(bytes) = record.get(0) else { return "NULL".into() };
    let mut text = String::new();
    write_cast(&mut text, schema.fields[0].data_type, bytes).unwrap();
    text
}

fn code(text: &str) -> String {
    format!("`{}`", text.replace('|', "\\|"))
}

fn functions() -> String {
    let mut out = String::new();
    for (title, family) in ALL.families() {
        writeln!(out, "### {title}\n").unwrap();
        writeln!(out, "| call | result | | example | gives |").unwrap();
        writeln!(out, "|---|---|---|---|---|").unwrap();
        let mut all: Vec<&Function> = family.iter().collect();
        all.sort_by_key(|f| f.signature.name);
        // Overloads of one description share a line.
        let lines = all.chunk_by(|a, b| a.signature.name == b.signature.name);
        for overloads in lines {
            for same in overloads.chunk_by(|a, b| a.doc.text == b.doc.text) {
                let doc = same[0].doc;
                assert!(!doc.text.is_empty(), "{} has no description", call(same[0]));
                assert!(!doc.example.is_empty(), "{} has no example", call(same[0]));
                let calls: Vec<_> = same.iter().map(|f| code(&call(f))).collect();
                let mut results: Vec<_> = same.iter().map(|f| result(f)).collect();
                results.dedup();
                let aliases = match doc.aliases {
                    [] => String::new(),
                    names => format!(" Also {}.", names.join(", ")),
                };
                let fails = match same.iter().find_map(|f| f.signature.fails) {
                    Some(_) => " Can fail.",
                    None => "",
                };
                let given = evaluate(doc.example);
                let given = if given.is_empty() { String::new() } else { code(&given) };
                writeln!(
                    out,
                    "| {} | {} | {}{aliases}{fails} | {} | {given} |",
                    calls.join("<br>"),
                    results.join(", "),
                    doc.text.replace('|', "\\|"),
                    code(doc.example),
                )
                .unwrap();
            }
        }
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out + "\n"
}

/// Columns of which each is what an aggregate takes, and what that is called.
fn taken(takes: Takes) -> (&'static str, &'static str) {
    match takes {
        Takes::Any | Takes::Order => ("d", "any type"),
        Takes::Number | Takes::Double => ("d", "number"),
        Takes::Line => ("d", "number, date or time"),
        Takes::Integer => ("i", "integer"),
        Takes::Boolean => ("b", "BOOLEAN"),
        Takes::Text => ("s", "any, as its text"),
    }
}

/// The bytes of a group's state.
fn state(info: &Info) -> u64 {
    let arguments = info.takes.iter().map(|takes| taken(*takes).0);
    let constants = info.parameters.iter().map(|parameter| match parameter {
        Parameter::Fraction | Parameter::Weight => "0.5",
        Parameter::Bound => "0",
        Parameter::Count(_) => "10",
        Parameter::Separator => "','",
    });
    let mut all: Vec<_> = arguments.chain(constants).collect();
    if let [_, low @ "0", _, _] = &mut *all {
        *low = "-1"; // below high
    }
    let sql = format!(
        "CREATE STREAM s (ts TIMESTAMP NOT NULL, d DOUBLE, i INTEGER, b BOOLEAN, s VARCHAR(16), \
         WATERMARK FOR ts AS ts);\nSELECT {}({}) FROM s",
        info.name,
        all.join(", ")
    );
    let program = compile(&sql, &Options::default());
    let program = program.unwrap_or_else(|e| panic!("{}", e.render(&sql, info.name)));
    let plan = program.queries[0].plan();
    aggregate_bytes(&plan, &plan.aggregates[0], 8, true) / 8
}

fn aggregates() -> String {
    let mut out = String::from(
        "| call | x is | result | NULL | state | off by | |\n|---|---|---|---|---|---|---|\n",
    );
    for info in Info::ALL {
        let Doc { text, nulls, error, aliases } = info.doc;
        let first = info.takes.first();
        let mut results: Vec<String> = Vec::new();
        let mut as_x = true;
        for (t, _) in TYPES.iter().filter(|(t, _)| first.is_none_or(|takes| takes.accepts(*t))) {
            let result = info.function.result_type(*t, 1).unwrap();
            as_x &= result == *t;
            let result = bare(&result.to_string());
            if !results.contains(&result) {
                results.push(result);
            }
        }
        let result = match results.len() {
            _ if info.function == AggregateFunction::QuantileCont => {
                "as x; DOUBLE of integers, TIMESTAMP of DATE".into()
            }
            _ if info.function == AggregateFunction::Median => {
                "as QUANTILE_CONT or QUANTILE_DISC".into()
            }
            2.. if as_x => "as x".into(),
            _ => results.join(", "),
        };
        let aliases = match aliases {
            [] => String::new(),
            names => format!(" Also {}.", names.join(", ")),
        };
        writeln!(
            out,
            "| {} | {} | {result} | {nulls} | {} | {error} | {}{aliases} |",
            code(&format!("{}({})", info.name, info.arguments())),
            first.map_or("", |takes| taken(*takes).1),
            state(info),
            text.replace('|', "\\|"),
        )
        .unwrap();
    }
    out
}

fn errors() -> String {
    let mut out = String::from("| kind | |\n|---|---|\n");
    for (kind, text) in CompileErrorKind::ALL {
        writeln!(out, "| {kind:?} | {text} |").unwrap();
    }
    out
}

/// Which conversions there are: one line per type.
fn casts() -> String {
    let mut out = String::from("| from | goes by itself to | with CAST to |\n|---|---|---|\n");
    for (from, _) in TYPES {
        let implicit = implicit_conversions().find(|(t, _)| bare(t) == name(from));
        let implicit = implicit.unwrap_or_else(|| panic!("{from} has no line")).1;
        let implicit: Vec<_> = implicit.iter().map(|t| bare(t)).collect();
        let explicit: Vec<_> = TYPES
            .into_iter()
            .map(|(to, _)| to)
            .filter(|&to| to != from && cast_defined(from, to))
            .map(name)
            .filter(|to| !implicit.contains(to))
            .collect();
        let all = |names: Vec<String>| names.join(", ");
        writeln!(out, "| {} | {} | {} |", name(from), all(implicit), all(explicit)).unwrap();
    }
    out
}

/// The bytes that each type takes.
fn types() -> String {
    let mut out = String::from(
        "| type | bytes in a record | alignment | example | gives |\n|---|---|---|---|---|\n",
    );
    for (t, example) in TYPES {
        let (shown, size) = match t {
            DataType::Varchar(_) => ("VARCHAR(n)".into(), "2 + n, rounded up to 2".into()),
            DataType::Varbinary(_) => ("VARBINARY(n)".into(), "2 + n, rounded up to 2".into()),
            DataType::Decimal(..) => ("DECIMAL(p, s)".into(), "8 up to p = 18, else 16".into()),
            t => (t.to_string(), t.size().to_string()),
        };
        let (gives, example) = (code(&evaluate(example)), code(example));
        writeln!(out, "| {shown} | {size} | {} | {example} | {gives} |", t.align()).unwrap();
    }
    writeln!(out, "| CHAR(n) | n | 1 | (of a column) | VARCHAR(n) |").unwrap();
    out
}

fn rules() -> String {
    let mut out = String::from("| | example | gives |\n|---|---|---|\n");
    for (text, example) in RULES {
        writeln!(out, "| {text} | {} | {} |", code(example), code(&evaluate(example))).unwrap();
    }
    out
}

/// The differences that the tests of functions apply, one line a reason, with two examples.
fn differences() -> String {
    let mut reasons: Vec<(String, Vec<String>)> = Vec::new();
    for line in include_str!("duckdb/functions/differences.tsv").lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        let [_, expression, _, _, reason] = *cells else { continue };
        if line.starts_with('#') || expression.contains(':') && !expression.contains('(') {
            continue; // a comment, or a selector such as type:HUGEINT
        }
        let at = reasons.iter().position(|(r, _)| r == reason).unwrap_or_else(|| {
            reasons.push((reason.into(), Vec::new()));
            reasons.len() - 1
        });
        let examples = &mut reasons[at].1;
        if examples.len() < 2 && !examples.iter().any(|e| e == expression) {
            examples.push(expression.into());
        }
    }
    let mut out = String::from("| such as | because |\n|---|---|\n");
    for (reason, examples) in reasons {
        let examples: Vec<_> = examples.iter().map(|e| code(e)).collect();
        writeln!(out, "| {} | {} |", examples.join(", "), reason.replace('|', "\\|")).unwrap();
    }
    out
}

/// The rules that explain what random expressions find.
fn found() -> String {
    let script = include_str!("duckdb/differential.py");
    let reasons =
        script.lines().filter_map(|line| line.strip_prefix("@rule(\"")?.strip_suffix("\")"));
    reasons.map(|reason| format!("- {reason}\n")).collect()
}

#[test]
fn the_reference_is_that_of_the_tables() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("SQL.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut made = text.clone();
    for (part, content) in [
        ("types", types()),
        ("rules", rules()),
        ("conversions", casts()),
        ("aggregates", aggregates()),
        ("functions", functions()),
        ("errors", errors()),
        ("differences", differences()),
        ("found", found()),
    ] {
        let (start, end) = (format!("<!-- made: {part} -->\n"), format!("<!-- end: {part} -->"));
        let from = made.find(&start).unwrap_or_else(|| panic!("no {start}")) + start.len();
        let to = made.find(&end).unwrap_or_else(|| panic!("no {end}"));
        made.replace_range(from..to, &content);
    }
    if std::env::var_os("RINGQL_BLESS").is_some() {
        std::fs::write(&path, &made).unwrap();
    } else {
        assert!(made == text, "RINGQL_BLESS=1 cargo test --test reference writes core/SQL.md");
    }
}
