//! Whole queries against DuckDB: names and rows of `duckdb/queries.tsv`, which
//! `duckdb/queries.py` writes, with several batch sizes.
#![cfg(feature = "sql")]

use ringql_core::counters::Counters;
use ringql_core::fmt::{parse_value, write_cast};
use ringql_core::plan::op::OutputId;
use ringql_core::query::{Query, Stop};
use ringql_core::record::{RecordMut, RecordRef};
use ringql_core::ring::{RecordSink, RecordSource};
use ringql_core::sql::{Options, compile};

const STREAM: &str = "CREATE STREAM s (ts TIMESTAMP, device INTEGER, temp REAL, \
    humidity REAL, status UTINYINT, n INTEGER, name VARCHAR(8), ok BOOLEAN, \
    WATERMARK FOR ts AS ts - INTERVAL '2' SECOND);\n";

/// The names of a query's columns, its rows as text, and its counters.
fn run(sql: &str, records: &[u8], batch_rows: u16) -> (Vec<String>, Vec<String>, Counters) {
    let text = format!("{STREAM}{sql}");
    let program = compile(&text, &Options { batch_rows, ..Options::default() })
        .unwrap_or_else(|e| panic!("{}", e.render(&text, "query")));
    let size = program.streams[0].schema().layout().record_size;
    let plan = program.queries[0].plan();
    let schema = plan.output(OutputId(0));
    let mut arena = vec![0u64; plan.arena_bytes().div_ceil(8)];
    let mut query = Query::new(&plan, bytemuck::cast_slice_mut(&mut arena)).unwrap();
    let mut source = RecordSource::new(records, size);
    let out_size = schema.layout().record_size;
    let mut block = vec![0; out_size * 7];
    let mut rows = Vec::new();
    loop {
        let mut sink = RecordSink::new(&mut block);
        let stop = query.poll(&mut source, &mut sink).unwrap().stop;
        for record in sink.written().chunks_exact(out_size) {
            let record = RecordRef::new(schema, record).unwrap();
            let mut row = Vec::new();
            for (i, field) in schema.fields.iter().enumerate() {
                let mut text = String::new();
                match record.get(i) {
                    Some(bytes) => write_cast(&mut text, field.data_type, bytes).unwrap(),
                    None => text.push_str("NULL"),
                }
                row.push(text);
            }
            rows.push(row.join("\t"));
        }
        if stop == Stop::Finished {
            break;
        }
    }
    rows.sort();
    let names = (0..schema.fields.len()).map(|i| schema.name(i).to_string()).collect();
    (names, rows, query.counters())
}

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

#[test]
fn like_duckdb() {
    let table = include_str!("duckdb/queries.tsv");
    let mut records = Vec::new();
    let mut queries: Vec<(&str, Vec<&str>, Vec<&str>)> = Vec::new();
    for line in table.lines() {
        let (kind, rest) = line.split_once('\t').unwrap();
        match kind {
            "row" => records.extend(record(&rest.split('\t').collect::<Vec<_>>())),
            "query" => queries.push((rest, Vec::new(), Vec::new())),
            "names" => queries.last_mut().unwrap().1 = rest.split('\t').collect(),
            _ => queries.last_mut().unwrap().2.push(rest),
        }
    }
    assert!(queries.len() > 40);
    for (query, names, wanted) in queries {
        for batch_rows in [1, 7, 64, 1024] {
            let (own_names, rows, counters) = run(query, &records, batch_rows);
            assert_eq!(own_names, names, "{query}");
            assert_eq!(rows, wanted, "{query} in batches of {batch_rows}");
            assert_eq!(counters.arithmetic_errors + counters.cast_errors, 0, "{query}");
        }
    }
}

/// A row fails only where SQL would evaluate what fails, and is counted once.
#[test]
fn failures_count_once() {
    let row = |device: &str, n: &str| {
        record(&["2020-01-01 00:00:00", device, "1", "1", "1", n, "abc", "true"])
    };
    let records = [row("0", "5"), row("1", "2147483647"), row("2", "NULL")].concat();
    for (sql, arithmetic, cast) in [
        ("SELECT n + 1 FROM s", 1, 0),
        ("SELECT n + 1, n + 1 FROM s WHERE n + 1 > 0 OR TRUE", 1, 0),
        ("SELECT n + 1, (n + 1) * 2 FROM s WHERE n + 1 > 0 OR device >= 0", 1, 0),
        ("SELECT 10 % device FROM s", 1, 0),
        ("SELECT n FROM s WHERE device <> 0 AND 10 % device = 0", 0, 0),
        ("SELECT n FROM s WHERE 10 % device = 0 AND device <> 0", 1, 0),
        ("SELECT n FROM s WHERE device = 0 OR 10 % device = 0", 0, 0),
        ("SELECT CASE WHEN device <> 0 THEN 10 % device END FROM s", 0, 0),
        ("SELECT CASE WHEN device = 0 THEN 1 ELSE 10 % device END FROM s", 0, 0),
        ("SELECT CASE WHEN device = 0 THEN 1 WHEN 10 % device = 0 THEN 2 END FROM s", 0, 0),
        ("SELECT CASE WHEN device = 1 THEN 10 % device ELSE 10 % device END FROM s", 1, 0),
        ("SELECT CASE WHEN device = 0 THEN 1 END, 10 % device FROM s", 1, 0),
        ("SELECT CASE WHEN device <> 0 THEN 10 % device END, 10 % device FROM s", 1, 0),
        ("SELECT 10 % device, CASE WHEN device = 0 THEN 10 % device END FROM s", 1, 0),
        ("SELECT CASE WHEN device = 0 THEN CASE WHEN n = 5 THEN 1 ELSE n + 1 END END FROM s", 0, 0),
        ("SELECT COALESCE(n, 10 % device) FROM s", 0, 0),
        ("SELECT COALESCE(n, n + 1, 10 % (device - 2)) FROM s", 1, 0),
        ("SELECT CAST(name AS INTEGER) FROM s", 0, 3),
        ("SELECT CAST(n AS TINYINT) FROM s WHERE CAST(n AS TINYINT) > 0", 0, 1),
        ("SELECT CASE WHEN device = 5 THEN CAST(name AS INTEGER) END FROM s", 0, 0),
        ("SELECT SUM(n + 1), MAX(n + 1) FROM s", 1, 0),
        ("SELECT n + 1, COUNT(*) FROM s GROUP BY n + 1 HAVING n + 1 > 0", 1, 0),
    ] {
        for batch_rows in [1, 2, 64] {
            let (_, _, counters) = run(sql, &records, batch_rows);
            assert_eq!(counters.arithmetic_errors, arithmetic, "{sql}");
            assert_eq!(counters.cast_errors, cast, "{sql}");
        }
    }
}
