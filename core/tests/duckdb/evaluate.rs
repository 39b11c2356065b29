//! Expressions over the rows of a family's table, evaluated by RingQL.

use ringql_core::fmt::write_cast;
use ringql_core::plan::op::OutputId;
use ringql_core::query::Query;
use ringql_core::record::RecordRef;
use ringql_core::ring::{RecordSink, RecordSource};
use ringql_core::schema::Schema;
use ringql_core::sql::{Options, compile};

use super::texts::{duckdb_name, escape, record, unescape};

/// The most that a float may differ from another libm's, units in the last place.
const ULPS: u64 = 4;

/// The table of a family, as texts.
#[derive(Default)]
pub(crate) struct Table {
    columns: Vec<(String, String)>,
    rows: Vec<Vec<Option<String>>>,
}

/// The value of an expression in a row.
pub(crate) struct Value {
    /// In the escaped form of the tables; `!` for a NULL by a failure.
    pub(crate) text: String,
    /// What failed on the way.
    pub(crate) failures: u64,
}

/// What RingQL makes of an expression.
pub(crate) enum Outcome {
    Refused(String),
    /// The type by DuckDB's name, and the values row by row.
    Rows(String, Vec<Value>),
    /// Something that must not be.
    Wrong(String),
}

impl Table {
    pub(crate) fn column(&mut self, name: &str, data_type: &str) {
        self.columns.push((name.into(), data_type.into()));
    }

    pub(crate) fn row(&mut self, cells: &[&str]) {
        assert_eq!(cells.len(), self.columns.len());
        self.rows.push(cells.iter().map(|cell| unescape(cell)).collect());
    }

    /// Evaluates an expression in each row alone, and in all rows as one batch.
    pub(crate) fn evaluate(&self, expression: &str) -> Outcome {
        // Only the columns that it names, so that a type which is missing stops nothing else.
        let mut used: Vec<usize> = (0..self.columns.len())
            .filter(|i| words(expression).any(|word| word == self.columns[*i].0))
            .collect();
        if used.is_empty() {
            used.push(0);
        }
        let columns: Vec<String> =
            used.iter().map(|i| format!("{} {}", self.columns[*i].0, self.columns[*i].1)).collect();
        let sql = format!("CREATE STREAM s ({});\nSELECT {expression} FROM s", columns.join(", "));
        let program = match compile(&sql, &Options { batch_rows: 64, ..Options::default() }) {
            Ok(program) => program,
            Err(error) => return Outcome::Refused(error.to_string()),
        };
        let input: Result<Vec<_>, _> = self
            .rows
            .iter()
            .map(|row| record(program.streams[0].schema(), used.iter().map(|i| row[*i].as_deref())))
            .collect();
        let input = match input {
            Ok(input) => input,
            Err(problem) => return Outcome::Wrong(problem),
        };
        let plan = program.queries[0].plan();
        let schema = plan.output(OutputId(0));
        let run = |rows: &[u8], count: usize| {
            let mut arena = vec![0u64; plan.arena_bytes().div_ceil(8)];
            let mut query = Query::new(&plan, bytemuck::cast_slice_mut(&mut arena)).unwrap();
            let mut out = vec![0; schema.layout().record_size * count];
            let size = rows.len() / count;
            let mut sink = RecordSink::new(&mut out);
            let mut source = RecordSource::new(rows, size);
            let allocations = allocation_counter::measure(|| {
                query.poll(&mut source, &mut sink).unwrap();
            });
            assert_eq!(allocations.count_total, 0, "{expression} allocates");
            assert_eq!(query.counters().rows_out, count as u64);
            (out, failures(&format!("{:?}", query.counters())))
        };
        let (mut one_by_one, mut failed, mut values) = (Vec::new(), 0, Vec::new());
        let data_type = schema.fields[schema.fields.len() - 1].data_type;
        for row in &input {
            let (out, failures) = run(row, 1);
            let text = match value(schema, &out) {
                null if null == "NULL" && failures > 0 => "!".into(),
                text => text,
            };
            values.push(Value { text, failures });
            one_by_one.extend(out);
            failed += failures;
        }
        if run(&input.concat(), input.len()) != (one_by_one, failed) {
            return Outcome::Wrong("one batch of all rows gives other records".into());
        }
        Outcome::Rows(duckdb_name(data_type), values)
    }
}

/// The words of an expression, the names of its columns among them.
pub(crate) fn words(expression: &str) -> impl Iterator<Item = &str> {
    expression.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
}

/// The only value of a record, in the escaped form.
fn value(schema: Schema<'_>, record: &[u8]) -> String {
    let record = RecordRef::new(schema, record).unwrap();
    let Some(bytes) = record.get(0) else { return "NULL".into() };
    let mut text = String::new();
    write_cast(&mut text, schema.fields[0].data_type, bytes).unwrap();
    escape(&text)
}

/// The sum of the counters whose name ends in `_errors`, whichever there are.
fn failures(counters: &str) -> u64 {
    counters
        .split("_errors: ")
        .skip(1)
        .map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next().unwrap())
        .map(|digits| digits.parse::<u64>().unwrap())
        .sum()
}

/// Whether two texts are the same float, whatever digits they show it with, or, approximately, floats
/// that differ by no more than another libm explains.
pub(crate) fn same_float(data_type: &str, a: &str, b: &str, approximate: bool) -> bool {
    /// The place of a number in the order of the floats, from its bits.
    fn place(bits: i64, negative_zero: i64) -> i64 {
        if bits < 0 { negative_zero - bits } else { bits }
    }
    let bits: fn(&str) -> Option<i64> = match data_type {
        "DOUBLE" => |text| Some(text.parse::<f64>().ok()?.to_bits().cast_signed()),
        "FLOAT" => |text| Some(text.parse::<f32>().ok()?.to_bits().cast_signed().into()),
        _ => return false,
    };
    let negative_zero = if data_type == "FLOAT" { i32::MIN.into() } else { i64::MIN };
    bits(a).zip(bits(b)).is_some_and(|(a, b)| {
        let near = place(a, negative_zero).abs_diff(place(b, negative_zero)) <= ULPS;
        a == b || approximate && near
    })
}
