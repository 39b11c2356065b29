//! Expressions against DuckDB: names, types and values of `duckdb/expressions.tsv`, which
//! `duckdb/expressions.py` writes.
#![cfg(feature = "sql")]

use ringql_core::fmt::{parse_value, write_cast};
use ringql_core::query::Query;
use ringql_core::record::{RecordMut, RecordRef};
use ringql_core::ring::{RecordSink, RecordSource};
use ringql_core::sql::{CompileErrorKind, Options, compile};
use ringql_core::types::DataType;

const STREAM: &str = "CREATE STREAM s (
    b BOOLEAN, i1 TINYINT, i2 SMALLINT, i4 INTEGER, i8 BIGINT,
    u1 UTINYINT, u2 USMALLINT, u4 UINTEGER, u8 UBIGINT,
    r REAL, d DOUBLE, t TIMESTAMP, s VARCHAR(32)
);\n";

/// What is refused, though DuckDB takes it.
const STRICTER_THAN_DUCKDB: &[&str] = &[
    "takes numbers, not", // a text literal in arithmetic
    "'1' can't be read",  // a literal that can't be converted, which DuckDB finds in a row
];

#[test]
fn like_duckdb() {
    let table = include_str!("duckdb/expressions.tsv");
    let mut rows: Vec<Vec<u8>> = Vec::new();
    let mut wrong = Vec::new();
    let mut compared = 0;
    for line in table.lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        if cells[0] == "row" {
            rows.push(record(&cells[1..]));
            continue;
        }
        let [expression, name, data_type, values] = *cells else { panic!("{line}") };
        if let Err(problem) = check(expression, name, data_type, values, &rows) {
            wrong.push(format!("{expression}: {problem}"));
        }
        compared += 1;
    }
    assert!(compared > 1_000 && rows.len() > 4);
    assert!(wrong.is_empty(), "{} of {compared}:\n{}", wrong.len(), wrong.join("\n"));
}

/// A record of the stream from texts.
fn record(cells: &[&str]) -> Vec<u8> {
    let program = compile(STREAM, &Options::default()).unwrap();
    let schema = program.streams[0].schema();
    let mut bytes = vec![0; schema.layout().record_size];
    let mut record = RecordMut::new(schema, &mut bytes).unwrap();
    for (i, text) in cells.iter().enumerate().filter(|(_, text)| **text != "NULL") {
        let data_type = schema.fields[i].data_type;
        parse_value(data_type, text.as_bytes(), record.value_mut(i).unwrap()).unwrap();
    }
    bytes
}

fn check(
    expression: &str,
    name: &str,
    data_type: &str,
    values: &str,
    rows: &[Vec<u8>],
) -> Result<(), String> {
    let sql = format!("{STREAM}SELECT {expression} FROM s");
    let compiled = compile(&sql, &Options { batch_rows: 1, ..Options::default() });
    let program = match (compiled, data_type) {
        (Err(_), "error" | "HUGEINT") => return Ok(()),
        (Ok(_), "error") => return Err(format!("DuckDB says {values}")),
        // A constant that fails in every row is refused.
        (Err(e), _) if e.kind() == CompileErrorKind::Value && nulls(values) => return Ok(()),
        (Err(e), _) if STRICTER_THAN_DUCKDB.iter().any(|s| e.message().contains(s)) => {
            return Ok(());
        }
        (Err(e), _) => return Err(e.to_string()),
        (Ok(program), _) => program,
    };
    let plan = program.queries[0].plan();
    let field = plan.fields[13];
    if field.name.of(plan.texts) != name {
        return Err(format!("the name is {}, not {name}", field.name.of(plan.texts)));
    }
    let own = match field.data_type {
        DataType::UTinyInt => "UTINYINT".into(),
        DataType::USmallInt => "USMALLINT".into(),
        DataType::UInteger => "UINTEGER".into(),
        DataType::UBigInt => "UBIGINT".into(),
        DataType::Real => "FLOAT".into(),
        DataType::Varchar(_) => "VARCHAR".into(),
        other => other.to_string(),
    };
    let wanted = match data_type {
        "NULL" => "INTEGER",
        // Values of BIGINT UNSIGNED together with signed ones.
        "HUGEINT" => "DECIMAL(20,0)",
        other => other,
    };
    if own != wanted {
        return Err(format!("the type is {own}, not {wanted}"));
    }
    if values == "*" {
        return Ok(());
    }
    for (row, wanted) in rows.iter().zip(values.split('|')) {
        let mut arena = vec![0u64; plan.arena_bytes().div_ceil(8)];
        let mut query = Query::new(&plan, bytemuck::cast_slice_mut(&mut arena)).unwrap();
        let schema = plan.output(ringql_core::plan::op::OutputId(0));
        let mut out = vec![0; schema.layout().record_size];
        let mut sink = RecordSink::new(&mut out);
        query.poll(&mut RecordSource::new(row, row.len()), &mut sink).unwrap();
        let counters = query.counters();
        assert_eq!(counters.rows_out, 1);
        let record = RecordRef::new(schema, &out).unwrap();
        let mut text = String::new();
        match record.get(0) {
            Some(bytes) => write_cast(&mut text, field.data_type, bytes).unwrap(),
            None => text.push_str("NULL"),
        }
        let failed = counters.arithmetic_errors + counters.cast_errors > 0;
        // Where DuckDB fails the whole expression, here the part that fails is NULL and counted.
        if if failed { wanted != "NULL" } else { text != wanted } {
            return Err(format!("{text} (failed: {failed}), not {wanted} of {values}"));
        }
    }
    Ok(())
}

fn nulls(values: &str) -> bool {
    values == "*" || values.split('|').all(|v| v == "NULL")
}
