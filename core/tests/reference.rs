//! The SQL reference (`core/SQL.md`) says what the tables say: its generated parts are made from
//! the signatures of the functions, the types and the conversions that the binder uses.
//! `RINGQL_BLESS=1` writes them.
#![cfg(feature = "sql")]
#![allow(missing_docs)]

use std::fmt::Write;

use ringql_core::fmt::write_cast;
use ringql_core::function::{ALL, Class, FAMILIES, Function, Param, Returns};
use ringql_core::plan::op::{OutputId, cast_defined};
use ringql_core::query::Query;
use ringql_core::record::RecordRef;
use ringql_core::ring::{RecordSink, RecordSource};
use ringql_core::sql::{CompileErrorKind, Options, compile, implicit_conversions};
use ringql_core::types::DataType;

const TYPES: [DataType; 20] = [
    DataType::Boolean,
    DataType::TinyInt,
    DataType::SmallInt,
    DataType::Integer,
    DataType::BigInt,
    DataType::UTinyInt,
    DataType::USmallInt,
    DataType::UInteger,
    DataType::UBigInt,
    DataType::Real,
    DataType::Double,
    DataType::Decimal(18, 3),
    DataType::Date,
    DataType::Time,
    DataType::Timestamp,
    DataType::TimestampTz,
    DataType::Interval,
    DataType::Varchar(16),
    DataType::Varbinary(16),
    DataType::Uuid,
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
        Param::AsText => "any".into(),
        Param::Bytes => "VARBINARY".into(),
        Param::Decimal => "DECIMAL".into(),
        Param::T(Class::Integers) => "integer".into(),
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
    let mut listed = 0;
    for (title, slices) in FAMILIES {
        writeln!(out, "### {title}\n").unwrap();
        writeln!(out, "| call | result | | example | gives |").unwrap();
        writeln!(out, "|---|---|---|---|---|").unwrap();
        let mut all: Vec<&Function> = slices.iter().copied().flatten().collect();
        listed += all.len();
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
    assert_eq!(listed, ALL.iter().count(), "a family of ALL is missing in FAMILIES");
    out.truncate(out.trim_end().len());
    out + "\n"
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
    for from in TYPES {
        let implicit = implicit_conversions().find(|(t, _)| bare(t) == name(from));
        let implicit = implicit.unwrap_or_else(|| panic!("{from} has no line")).1;
        let implicit: Vec<_> = implicit.iter().map(|t| bare(t)).collect();
        let explicit: Vec<_> = TYPES
            .into_iter()
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
    let mut out = String::from("| type | bytes in a record | alignment |\n|---|---|---|\n");
    for t in TYPES {
        let (shown, size) = match t {
            DataType::Varchar(_) => ("VARCHAR(n)".into(), "2 + n, rounded up to 2".into()),
            DataType::Varbinary(_) => ("VARBINARY(n)".into(), "2 + n, rounded up to 2".into()),
            DataType::Decimal(..) => ("DECIMAL(p, s)".into(), "8 up to p = 18, else 16".into()),
            t => (t.to_string(), t.size().to_string()),
        };
        writeln!(out, "| {shown} | {size} | {} |", t.align()).unwrap();
    }
    writeln!(out, "| CHAR(n) | n | 1 |").unwrap();
    out
}

#[test]
fn the_reference_is_that_of_the_tables() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("SQL.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut made = text.clone();
    for (part, content) in [
        ("types", types()),
        ("conversions", casts()),
        ("functions", functions()),
        ("errors", errors()),
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
