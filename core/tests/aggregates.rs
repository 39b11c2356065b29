//! Every aggregate function against DuckDB: types and values of `duckdb/aggregates.tsv`, which
//! `duckdb/aggregates.py` writes and describes. Merging and the sketches are tested beside the
//! functions (`src/aggregate/tests`).
//!
//! `RINGQL_AGGREGATE=median cargo test -p ringql-core --all-features --test aggregates` takes only
//! expressions that contain this.
#![cfg(feature = "sql")]

mod duckdb {
    pub(crate) mod texts;
}

use duckdb::texts::{duckdb_name, escape, record, unescape};
use ringql_core::fmt::write_cast;
use ringql_core::plan::op::OutputId;
use ringql_core::query::{Query, Stop};
use ringql_core::record::RecordRef;
use ringql_core::ring::{RecordSink, RecordSource};
use ringql_core::sql::{Options, compile};
use ringql_core::types::DataType;

/// What floats may differ by, relative to the greater one, where they are added up otherwise.
const RELATIVE: f64 = 1e-9;

/// What differs on purpose: an expression begins so, and why it is refused here.
const REFUSED: &[(&str, &str)] = &[
    ("sum('x')", "a text literal is no number"),
    ("median('x')", "likewise"),
    ("var_samp('x')", "likewise"),
    ("avg(t)", "AVG takes numbers: EPOCH(t) is one"),
    ("avg(dt)", "likewise"),
    ("avg(tm)", "likewise"),
    ("avg(iv)", "likewise"),
];

/// The table of the file.
#[derive(Default)]
struct Table {
    columns: Vec<(String, String)>,
    rows: Vec<Vec<Option<String>>>,
}

/// The results of a query, row by row: the texts of its columns.
struct Results {
    data_type: DataType,
    rows: Vec<Vec<String>>,
    failures: u64,
}

impl Table {
    /// Runs a query over the columns that it names; with event time if `ts` is one of them.
    fn run(&self, query: &str, by_time: bool) -> Result<Results, String> {
        let words: Vec<&str> =
            query.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).collect();
        let used: Vec<usize> = (0..self.columns.len())
            .filter(|i| {
                let name = &*self.columns[*i].0;
                name == "k" || words.contains(&name) || by_time && name == "ts"
            })
            .collect();
        let mut columns: Vec<String> = used
            .iter()
            .map(|i| {
                let (name, data_type) = &self.columns[*i];
                let not_null = if by_time && name == "ts" { " NOT NULL" } else { "" };
                format!("{name} {data_type}{not_null}")
            })
            .collect();
        if by_time {
            columns.push("WATERMARK FOR ts AS ts".into());
        }
        let sql = format!(
            "CREATE STREAM s ({});\n{query} SETTINGS max_values = 1000, max_distinct = 1000, \
             max_text = 4096, max_groups = 16",
            columns.join(", ")
        );
        let program = compile(&sql, &Options { batch_rows: 64, ..Options::default() });
        let program = program.map_err(|e| format!("refused: {e}"))?;
        let plan = program.queries[0].plan();
        let schema = program.streams[0].schema();
        let mut input = Vec::new();
        for row in &self.rows {
            input.extend(record(schema, used.iter().map(|i| row[*i].as_deref()))?);
        }
        let size = schema.layout().record_size;
        let mut arena = vec![0u64; plan.arena_bytes().div_ceil(8)];
        let mut query = Query::new(&plan, bytemuck::cast_slice_mut(&mut arena)).unwrap();
        let schema = plan.output(OutputId(0));
        let record_size = schema.layout().record_size;
        let mut out = vec![0; record_size * 16];
        let (mut source, mut sink) = (RecordSource::new(&input, size), RecordSink::new(&mut out));
        let allocations = allocation_counter::measure(|| {
            while query.poll(&mut source, &mut sink).unwrap().stop != Stop::Finished {}
        });
        assert_eq!(allocations.count_total, 0, "{sql} allocates");
        let counters = query.counters();
        let mut rows = Vec::new();
        for bytes in out.chunks(record_size).take(counters.rows_out as usize) {
            let record = RecordRef::new(schema, bytes).unwrap();
            let text = |i: usize| match record.get(i) {
                Some(bytes) => {
                    let mut text = String::new();
                    write_cast(&mut text, schema.fields[i].data_type, bytes).unwrap();
                    escape(&text)
                }
                None => "NULL".into(),
            };
            rows.push((0..schema.fields.len()).map(text).collect());
        }
        let data_type = schema.fields[schema.fields.len() - 1].data_type;
        Ok(Results { data_type, rows, failures: counters.errors() })
    }

    /// The values of an expression: of all rows, then of each group from the least key on.
    fn evaluate(&self, expression: &str, by_time: bool) -> Result<Results, String> {
        let all = self.run(&format!("SELECT {expression} FROM s"), by_time)?;
        let mut groups = self.run(&format!("SELECT k, {expression} FROM s GROUP BY k"), by_time)?;
        groups.rows.sort_by_key(|row| row[0].parse::<i32>().unwrap());
        let rows =
            all.rows.into_iter().chain(groups.rows.into_iter().map(|row| vec![row[1].clone()]));
        Ok(Results { rows: rows.collect(), failures: all.failures + groups.failures, ..groups })
    }
}

fn near(a: &str, b: &str) -> bool {
    let (Ok(a), Ok(b)) = (a.parse::<f64>(), b.parse::<f64>()) else { return false };
    a == b || a.is_nan() && b.is_nan() || (a - b).abs() <= RELATIVE * a.abs().max(b.abs()).max(1.0)
}

fn same_type(own: DataType, duckdb: &str) -> bool {
    match duckdb {
        // Sums of integers.
        "HUGEINT" => own == DataType::BigInt,
        // Of REGR_COUNT: a stream has no last row.
        "UINTEGER" if own == DataType::BigInt => true,
        "NULL" => true,
        name => duckdb_name(own) == name,
    }
}

fn check(table: &Table, cells: &[&str; 5]) -> Result<(), String> {
    let [expression, data_type, how, time, values] = *cells;
    let outcome = table.evaluate(expression, time == "ts");
    let own = match (outcome, data_type) {
        (Err(_), "error") => return Ok(()),
        (Ok(own), "error") if values.contains("out of range") && own.failures > 0 => return Ok(()),
        (Ok(_), "error") => return Err(format!("DuckDB says {values}")),
        (Err(_), _) if REFUSED.iter().any(|(start, _)| expression.starts_with(start)) => {
            return Ok(());
        }
        (Err(error), _) => return Err(error),
        (Ok(own), _) => own,
    };
    if !same_type(own.data_type, data_type) {
        return Err(format!("the type is {}, not {data_type}", own.data_type));
    }
    let own_values: Vec<&str> = own.rows.iter().map(|row| &*row[0]).collect();
    let wanted: Vec<&str> = values.split('|').collect();
    // With an infinity a covariance is NaN; DuckDB's is infinite if it is among the last values.
    let is_pair = ["covar", "regr_s", "corr"].iter().any(|name| expression.starts_with(name));
    let same = |(own, wanted): (&&str, &&str)| {
        let unknown = is_pair && *own == "nan" && wanted.ends_with("inf");
        own == wanted || how == "~" && (near(own, wanted) || unknown)
    };
    // A sum that is no BIGINT is NULL here, and counted.
    let overflows = data_type == "HUGEINT" && own.failures > 0;
    if overflows || own_values.len() == wanted.len() && own_values.iter().zip(&wanted).all(same) {
        return if own.failures > 0 && !overflows {
            Err("something failed".into())
        } else {
            Ok(())
        };
    }
    Err(format!("\n   {}\n   {values}", own_values.join("|")))
}

#[test]
fn like_duckdb() {
    let only = std::env::var("RINGQL_AGGREGATE").unwrap_or_default();
    let mut table = Table::default();
    let (mut compared, mut wrong) = (0, Vec::new());
    for line in include_str!("duckdb/aggregates.tsv").lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        match *cells {
            ["column", name, data_type] => table.columns.push((name.into(), data_type.into())),
            ["row", ref cells @ ..] => {
                table.rows.push(cells.iter().map(|cell| unescape(cell)).collect());
            }
            [a, b, c, d, e] if a.contains(&only) => {
                compared += 1;
                if let Err(problem) = check(&table, &[a, b, c, d, e]) {
                    wrong.push(format!("{a} ({d}): {problem}"));
                }
            }
            [_, _, _, _, _] => {}
            _ => panic!("{line}"),
        }
    }
    assert!(compared > 2_000 || !only.is_empty());
    assert!(wrong.is_empty(), "{} of {compared}:\n{}", wrong.len(), wrong.join("\n"));
}
