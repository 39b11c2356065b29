//! Random queries over random rows, answered by RingQL and by SQLite.
//!
//! Where the two languages differ the generator writes what RingQL means in SQLite's words; what
//! SQLite lacks (NaN, infinity, integers of 64 bits without a sign) it leaves out, and sums of floats
//! are those that are exact in any order.

mod common;
mod support;

#[path = "sqlite/cast.rs"]
mod cast;
#[path = "sqlite/data.rs"]
mod data;
#[path = "sqlite/expr.rs"]
mod expr;
#[path = "sqlite/query.rs"]
mod query;
#[path = "sqlite/types.rs"]
mod types;

use common::Random;
use ringql_core::function::ALL;
use ringql_core::plan::verify::verify;
use ringql_core::sql::Program;
use ringql_core::types::DataType;
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use support::run::{Chance, run};
use support::values::{Value, records, rows};
use support::{compiled, output};

/// How many; another number and another seed can be given as `RINGQL_QUERIES` and `RINGQL_SEED`.
const QUERIES: u64 = 4_000;
/// Queries over the same rows.
const PER_DATABASE: u64 = 20;
const SEED: u64 = 2026;

fn given(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().expect("a number"))
}

#[test]
fn random_queries_agree_with_sqlite() {
    let mut compared = 0;
    let (mut all, mut nulls) = (0, 0);
    let mut skipped = Vec::new();
    let mut table: Option<(Vec<Vec<Value>>, Connection)> = None;
    let (queries, seed) = (given("RINGQL_QUERIES", QUERIES), given("RINGQL_SEED", SEED));
    for number in 0..queries {
        if number % PER_DATABASE == 0 {
            let rows = data::rows(&mut Random::new(seed ^ number << 32));
            let db = data::database(&rows).expect("a database in memory");
            table = Some((rows, db));
        }
        let Some((values, db)) = &table else { continue };
        let query = query::query(&mut Random::new(seed + number));
        let mut random = Random::new(number);
        let batch_rows = [1, 7, 64, 1024][random.below(4)];
        let sql = format!("{};\n{}", data::create_stream(), query.ring);
        let about = || {
            format!(
                "query {number} of seed {seed}, batches of {batch_rows}\n{}\n{}\n",
                query.ring, query.lite
            )
        };
        let program = match compiled(&sql, batch_rows) {
            Ok(program) => program,
            Err(error) => {
                skipped.push(format!("{}{error}", about()));
                continue;
            }
        };
        let expected = match answer(db, &query.lite, &query.types) {
            Ok(rows) => rows,
            Err(error) => {
                skipped.push(format!("{}SQLite: {error}", about()));
                continue;
            }
        };
        let chance = Chance { cuts: Some(random.next()), sink: Some(random.next()) };
        let found = ours(&program, values, &query.types, chance, &about);
        let same = found.len() == expected.len()
            && found.iter().zip(&expected).all(|(a, b)| a.iter().zip(b).all(|(a, b)| equal(a, b)));
        assert!(
            same,
            "{}RingQL: {found:?}\nSQLite: {expected:?}\nrows:\n{}",
            about(),
            values.iter().map(|row| format!("{row:?}\n")).collect::<String>()
        );
        compared += 1;
        all += expected.iter().flatten().count();
        nulls += expected.iter().flatten().filter(|v| **v == Value::Null).count();
    }
    println!(
        "{compared} queries compared with SQLite, {} skipped; {all} values, {} % of them NULL",
        skipped.len(),
        nulls * 100 / all
    );
    for skipped in skipped.iter().take(3) {
        println!("skipped: {skipped}\n");
    }
    assert!(skipped.len() * 100 < compared, "too many queries were skipped");
}

/// RingQL's rows.
fn ours(
    program: &Program,
    values: &[Vec<Value>],
    types: &[DataType],
    chance: Chance,
    about: &dyn Fn() -> String,
) -> Vec<Vec<Value>> {
    let plan = program.queries[0].plan();
    assert_eq!(verify(&plan, &ALL), Ok(()), "{}", about());
    let schema = output(&plan);
    let given = schema.fields.iter().map(|f| f.data_type);
    for (given, &wanted) in given.zip(types) {
        assert!(given.same_family(wanted), "{}{given} instead of {wanted}", about());
    }
    let records = records(program.streams[0].schema(), values);
    let outcome = run(&plan, &records, chance);
    assert_eq!(outcome.error, None, "{}", about());
    rows(schema, &outcome.records)
}

/// SQLite's rows.
fn answer(db: &Connection, sql: &str, types: &[DataType]) -> rusqlite::Result<Vec<Vec<Value>>> {
    let mut statement = db.prepare(sql)?;
    let rows = statement.query_map([], |row| {
        let value = |(i, t): (usize, &DataType)| Ok(from_lite(row.get_ref(i)?, *t));
        types.iter().enumerate().map(value).collect::<rusqlite::Result<Vec<_>>>()
    })?;
    rows.collect()
}

fn from_lite(value: ValueRef<'_>, t: DataType) -> Value {
    match (value, t) {
        (ValueRef::Null, _) => Value::Null,
        (ValueRef::Integer(v), DataType::Boolean) => Value::Bool(v != 0),
        (ValueRef::Integer(v), t) if t.is_integer() => Value::Int(v.into()),
        (ValueRef::Real(v), t) if t.is_float() => Value::Float(v),
        (ValueRef::Text(v), DataType::Varchar(_)) => {
            Value::Text(String::from_utf8_lossy(v).into_owned())
        }
        (other, t) => panic!("SQLite gives {other:?} as {t}"),
    }
}

/// Floats are equal if they are the same number: SQLite knows no -0.0.
fn equal(a: &Value, b: &Value) -> bool {
    a == b
}
