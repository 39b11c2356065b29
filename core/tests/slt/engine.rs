//! RingQL as `sqllogictest` sees a database.
//!
//! - `CREATE STREAM ...` defines a stream.
//! - `CREATE VIEW ...` defines a view.
//!
//! What happens while a query runs is a list of steps, in the order in which they are written:
//! - `INSERT INTO stream VALUES (...), ...`: records come.
//! - `CLOCK 'time'`: the query's clock shows another time (`Query::set_clock`).
//! - `WATERMARK 'time'`: the query is told so (`Query::advance_watermark`).
//!
//! A query runs through all steps above it (but for records of other streams) and is polled after
//! each until it has nothing to do; then its input ends. It runs with batches of 1, 7 and 1,024
//! rows, which must agree to the byte (with 1,024 alone where results are those of each poll: `EMIT
//! CHANGES`, `allowed_lateness`).
//! - `query` gives its rows.
//! - `POLLS query` gives them with a column before: the number of the step after which each left,
//!   counted from 1; the end of the input is the last.
//! - `LATE query` gives the late records that it delivers.
//! - `COUNTERS query` gives a row (name, number) for each counter that is not 0 after the query.
//! - `DESCRIBE query` gives a row (name, type) for each column of the result, as in DuckDB.
//!
//! Types of columns: `B` BOOLEAN, `I` integers, `R` REAL and DOUBLE, `N` DECIMAL, `T` text, `D`
//! DATE, TIME, TIMESTAMP and INTERVAL, `X` VARBINARY, `U` UUID.
//! NULL is written as `NULL`, and the empty text as `(empty)`.

use std::fmt;

use ringql_core::fmt::{parse_value, write_value};
use ringql_core::plan::{EmitMode, Operator, Plan};
use ringql_core::record::RecordRef;
use ringql_core::schema::Schema;
use ringql_core::types::DataType;
use sqllogictest::{ColumnType, DB, DBOutput};

use super::insert;
use super::steps::{Outcome, Step, run};
use super::support::{compiled, input, output};

/// What the statements of a file said so far.
#[derive(Default)]
pub(crate) struct Engine {
    streams: Vec<Stream>,
    /// The statements that define views.
    views: Vec<String>,
    steps: Vec<Step>,
}

struct Stream {
    name: String,
    sql: String,
}

/// The type of a column of results.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    Boolean,
    Integer,
    Float,
    Text,
    Time,
    Decimal,
    Bytes,
    Uuid,
    Other(char),
}

impl ColumnType for Column {
    fn from_char(value: char) -> Option<Self> {
        Some(match value {
            'B' => Self::Boolean,
            'I' => Self::Integer,
            'R' => Self::Float,
            'T' => Self::Text,
            'D' => Self::Time,
            'N' => Self::Decimal,
            'X' => Self::Bytes,
            'U' => Self::Uuid,
            other => Self::Other(other),
        })
    }

    fn to_char(&self) -> char {
        match self {
            Self::Boolean => 'B',
            Self::Integer => 'I',
            Self::Float => 'R',
            Self::Text => 'T',
            Self::Time => 'D',
            Self::Decimal => 'N',
            Self::Bytes => 'X',
            Self::Uuid => 'U',
            Self::Other(c) => *c,
        }
    }
}

impl Column {
    const fn of(data_type: DataType) -> Self {
        match data_type {
            DataType::Boolean => Self::Boolean,
            DataType::Real | DataType::Double => Self::Float,
            DataType::Varchar(_) => Self::Text,
            DataType::Timestamp
            | DataType::TimestampTz
            | DataType::Date
            | DataType::Time
            | DataType::Interval => Self::Time,
            DataType::Decimal(..) => Self::Decimal,
            DataType::Varbinary(_) => Self::Bytes,
            DataType::Uuid => Self::Uuid,
            _ => Self::Integer,
        }
    }
}

/// What the program would print to its standard error.
#[derive(Debug)]
pub(crate) struct Error(pub(crate) String);

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

fn error(e: impl fmt::Display) -> Error {
    Error(e.to_string())
}

type Output = Result<DBOutput<Column>, Error>;

impl DB for Engine {
    type Error = Error;
    type ColumnType = Column;

    fn run(&mut self, sql: &str) -> Output {
        let sql = sql.trim().trim_end_matches(';');
        let is = |words: &str| {
            let mut found = sql.split_whitespace();
            words.split(' ').all(|w| found.next().is_some_and(|f| f.eq_ignore_ascii_case(w)))
        };
        if is("CREATE STREAM") {
            return self.create(sql);
        }
        if is("CREATE VIEW") {
            compiled(&self.program(sql), 1).map_err(error)?;
            self.views.push(sql.to_owned());
            return Ok(DBOutput::StatementComplete(0));
        }
        if let Some((stream, values)) = insert::split(sql) {
            return self.insert(stream, values);
        }
        let rest = || sql.split_once(char::is_whitespace).map_or("", |(_, rest)| rest);
        match () {
            () if is("DESCRIBE") => self.describe(rest()),
            () if is("COUNTERS") => self.counters(rest()),
            () if is("CLOCK") => self.step(Step::Clock(time(rest())?)),
            () if is("WATERMARK") => self.step(Step::Watermark(time(rest())?)),
            () if is("POLLS") => self.query(rest(), true),
            () if is("LATE") => self.late(rest()),
            () => self.query(sql, false),
        }
    }

    fn engine_name(&self) -> &str {
        "ringql"
    }
}

impl Engine {
    /// The text that defines all streams and views, and then `sql`.
    fn program(&self, sql: &str) -> String {
        let streams = self.streams.iter().map(|s| &*s.sql);
        streams.chain(self.views.iter().map(|v| &**v)).chain([sql]).collect::<Vec<_>>().join(";\n")
    }

    fn create(&mut self, sql: &str) -> Output {
        let program = compiled(&self.program(sql), 1).map_err(error)?;
        let name = program.streams.last().map(|s| s.name.clone()).unwrap_or_default();
        self.streams.push(Stream { name, sql: sql.to_owned() });
        Ok(DBOutput::StatementComplete(0))
    }

    fn insert(&mut self, stream: &str, values: &str) -> Output {
        let program = compiled(&self.program(""), 1).map_err(error)?;
        let place = program.streams.iter().position(|s| s.name.eq_ignore_ascii_case(stream));
        let place = place.ok_or_else(|| Error(format!("there is no stream {stream}")))?;
        let (rows, records) = insert::records(program.streams[place].schema(), values)?;
        self.steps.push(Step::Rows(place, records));
        Ok(DBOutput::StatementComplete(rows))
    }

    fn step(&mut self, step: Step) -> Output {
        self.steps.push(step);
        Ok(DBOutput::StatementComplete(0))
    }

    /// Compiles and runs a query, with every size of batches, and passes on what came of it.
    fn with_outcome<R>(
        &self,
        sql: &str,
        f: impl FnOnce(&Plan<'_>, &Outcome) -> R,
    ) -> Result<R, Error> {
        let sql = self.program(sql);
        let mut first: Option<Outcome> = None;
        for batch_rows in [1024, 1, 7] {
            let program = compiled(&sql, batch_rows).map_err(error)?;
            let [query] = &*program.queries else {
                return Err(Error(format!("{} queries in one", program.queries.len())));
            };
            let plan = query.plan();
            let name = plan.streams.first().map_or("", |s| s.name.of(plan.texts));
            let stream = self.streams.iter().position(|s| s.name.eq_ignore_ascii_case(name));
            let others = |step: &&Step| !matches!(step, Step::Rows(of, _) if Some(*of) != stream);
            if first.is_some() && emits_each_poll(&plan) {
                break;
            }
            let outcome = run(&plan, self.steps.iter().filter(others));
            if let Some(first) = &first {
                assert_eq!(*first, outcome, "batches of {batch_rows} differ from 1024: {sql}");
            } else {
                first = Some(outcome);
            }
        }
        let program = compiled(&sql, 1024).map_err(error)?;
        match (program.queries.first(), &first) {
            (Some(_), Some(Outcome { error: Some(e), .. })) => Err(error(e)),
            (Some(query), Some(outcome)) => Ok(f(&query.plan(), outcome)),
            _ => Err(Error("no query".to_owned())),
        }
    }

    fn query(&self, sql: &str, polls: bool) -> Output {
        self.with_outcome(sql, |plan, outcome| {
            let (mut types, mut rows) = table(output(plan), &outcome.records);
            if polls {
                types.insert(0, Column::Integer);
                for (row, poll) in rows.iter_mut().zip(&outcome.polls) {
                    row.insert(0, poll.to_string());
                }
            }
            DBOutput::Rows { types, rows }
        })
    }

    fn late(&self, sql: &str) -> Output {
        self.with_outcome(sql, |plan, outcome| {
            let (types, rows) = table(input(plan), &outcome.late);
            DBOutput::Rows { types, rows }
        })
    }

    fn describe(&self, sql: &str) -> Output {
        let program = compiled(&self.program(sql), 1).map_err(error)?;
        let query = program.queries.first().ok_or_else(|| Error("no query".to_owned()))?;
        let schema = output(&query.plan());
        let row = |(i, field): (usize, &ringql_core::schema::Field)| {
            let data_type = match field.data_type {
                DataType::Varchar(_) => "VARCHAR".to_owned(),
                DataType::Varbinary(_) => "VARBINARY".to_owned(),
                other => other.to_string(),
            };
            vec![schema.name(i).to_owned(), data_type]
        };
        let rows = schema.fields.iter().enumerate().map(row).collect();
        Ok(DBOutput::Rows { types: vec![Column::Text; 2], rows })
    }

    fn counters(&self, sql: &str) -> Output {
        self.with_outcome(sql, |_, outcome| {
            let c = &outcome.counters;
            let rows = [
                ("rows_in", c.rows_in),
                ("rows_out", c.rows_out),
                ("filtered", c.filtered),
                ("late", c.late),
                ("ahead", c.ahead),
                ("dropped", c.dropped),
                ("evicted", c.evicted),
                ("arithmetic_errors", c.arithmetic_errors),
                ("cast_errors", c.cast_errors),
                ("text_errors", c.text_errors),
                ("time_errors", c.time_errors),
                ("function_errors", c.function_errors),
                ("capacity_errors", c.capacity_errors),
            ];
            let rows = rows.into_iter().filter(|(_, n)| *n > 0);
            let rows = rows.map(|(name, n)| vec![name.to_owned(), n.to_string()]).collect();
            DBOutput::Rows { types: vec![Column::Text, Column::Integer], rows }
        })
    }
}

/// Whether results depend on where a poll ends.
fn emits_each_poll(plan: &Plan<'_>) -> bool {
    let late = |op: &Operator| matches!(op, Operator::Window(w) if w.lateness > 0);
    let takes_late = plan.operators.iter().any(late);
    plan.operators.iter().any(|op| match op {
        Operator::Aggregate(a) => match a.emit {
            EmitMode::Final => takes_late,
            EmitMode::Changes => true,
            EmitMode::Every(_) => false,
        },
        _ => false,
    })
}

/// The types of the columns of records, and their values.
fn table(schema: Schema<'_>, records: &[u8]) -> (Vec<Column>, Vec<Vec<String>>) {
    let types = schema.fields.iter().map(|f| Column::of(f.data_type)).collect();
    let row = |bytes| {
        let record = RecordRef::new(schema, bytes).expect("whole records");
        record.check().expect("values of their types");
        let column = |i: usize| text(schema.fields[i].data_type, record.get(i));
        (0..schema.fields.len()).map(column).collect()
    };
    (types, records.chunks_exact(schema.layout().record_size).map(row).collect())
}

/// A timestamp in quotes.
fn time(text: &str) -> Result<i64, Error> {
    let mut micros = [0; 8];
    parse_value(DataType::Timestamp, text.trim_matches('\'').as_bytes(), &mut micros)
        .map_err(|e| Error(format!("{text} {e}")))?;
    Ok(i64::from_le_bytes(micros))
}

fn text(data_type: DataType, value: Option<&[u8]>) -> String {
    let Some(value) = value else { return "NULL".to_owned() };
    let mut text = String::new();
    write_value(&mut text, data_type, value).expect("a whole value");
    if text.is_empty() { "(empty)".to_owned() } else { text }
}
