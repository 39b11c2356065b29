//! RingQL as `sqllogictest` sees a database.
//!
//! - `CREATE STREAM ...` defines a stream.
//! - `INSERT INTO stream VALUES (...), ...` appends rows to what queries will read of it.
//! - A query reads all rows of its stream, in the order in which they were inserted, to their end.
//!   It runs with batches of 1, 7 and 1,024 rows, which must agree to the byte.
//! - `DESCRIBE query` gives a row (name, type) for each column of the result, as in DuckDB.
//! - `COUNTERS query` gives a row (name, number) for each counter that is not 0 after the query.
//!
//! Types of columns: `B` BOOLEAN, `I` integers, `R` REAL and DOUBLE, `N` DECIMAL, `T` text, `D`
//! DATE, TIME, TIMESTAMP and INTERVAL, `X` VARBINARY, `U` UUID.
//! NULL is written as `NULL`, and the empty text as `(empty)`.

use std::fmt;

use ringql_core::fmt::write_value;
use ringql_core::plan::Plan;
use ringql_core::record::RecordRef;
use ringql_core::types::DataType;
use sqllogictest::{ColumnType, DB, DBOutput};

use super::insert;
use super::support::run::{Chance, Outcome, run};
use super::support::{compiled, output};

/// The streams of a file and their rows.
#[derive(Default)]
pub(crate) struct Engine {
    streams: Vec<Stream>,
}

struct Stream {
    name: String,
    sql: String,
    records: Vec<u8>,
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
        if let Some((stream, values)) = insert::split(sql) {
            return self.insert(stream, values);
        }
        let rest = || sql.split_once(char::is_whitespace).map_or("", |(_, rest)| rest);
        match () {
            () if is("DESCRIBE") => self.describe(rest()),
            () if is("COUNTERS") => self.counters(rest()),
            () => self.query(sql),
        }
    }

    fn engine_name(&self) -> &str {
        "ringql"
    }
}

impl Engine {
    /// The text that defines all streams, and then `sql`.
    fn program(&self, sql: &str) -> String {
        let streams = self.streams.iter().map(|s| &*s.sql);
        streams.chain([sql]).collect::<Vec<_>>().join(";\n")
    }

    fn create(&mut self, sql: &str) -> Output {
        let program = compiled(&self.program(sql), 1).map_err(error)?;
        let name = program.streams.last().map(|s| s.name.clone()).unwrap_or_default();
        self.streams.push(Stream { name, sql: sql.to_owned(), records: Vec::new() });
        Ok(DBOutput::StatementComplete(0))
    }

    fn insert(&mut self, stream: &str, values: &str) -> Output {
        let program = compiled(&self.program(""), 1).map_err(error)?;
        let place = program.streams.iter().position(|s| s.name.eq_ignore_ascii_case(stream));
        let place = place.ok_or_else(|| Error(format!("there is no stream {stream}")))?;
        let (rows, records) = insert::records(program.streams[place].schema(), values)?;
        self.streams[place].records.extend(records);
        Ok(DBOutput::StatementComplete(rows))
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
            let stream = self.streams.iter().find(|s| s.name.eq_ignore_ascii_case(name));
            let outcome = run(&plan, stream.map_or(&[], |s| &s.records), Chance::default());
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

    fn query(&self, sql: &str) -> Output {
        self.with_outcome(sql, |plan, outcome| {
            let schema = output(plan);
            let types = schema.fields.iter().map(|f| Column::of(f.data_type)).collect();
            let row = |bytes| {
                let record = RecordRef::new(schema, bytes).expect("whole records");
                record.check().expect("values of their types");
                let column = |i: usize| text(schema.fields[i].data_type, record.get(i));
                (0..schema.fields.len()).map(column).collect()
            };
            let records = outcome.records.chunks_exact(schema.layout().record_size);
            DBOutput::Rows { types, rows: records.map(row).collect() }
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
                ("dropped", c.dropped),
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

fn text(data_type: DataType, value: Option<&[u8]>) -> String {
    let Some(value) = value else { return "NULL".to_owned() };
    let mut text = String::new();
    write_value(&mut text, data_type, value).expect("a whole value");
    if text.is_empty() { "(empty)".to_owned() } else { text }
}
