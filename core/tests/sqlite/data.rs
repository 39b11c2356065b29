//! The stream, its rows, and the same as a table of SQLite.

use ringql_core::types::DataType;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::{Value as Lite, ValueRef};
use rusqlite::{Connection, params_from_iter};

use super::common::Random;
use super::support::values::Value;
use super::types::{TEXT, range};

/// Name, type, whether it can be NULL.
pub(crate) const COLUMNS: [(&str, DataType, bool); 17] = [
    ("b", DataType::Boolean, true),
    ("c", DataType::Boolean, false),
    ("i1", DataType::TinyInt, true),
    ("i2", DataType::SmallInt, true),
    ("i4", DataType::Integer, true),
    ("j4", DataType::Integer, false),
    ("i8", DataType::BigInt, true),
    ("u1", DataType::UTinyInt, true),
    ("u2", DataType::USmallInt, false),
    ("u4", DataType::UInteger, true),
    ("u8", DataType::UBigInt, true),
    ("r", DataType::Real, true),
    ("q", DataType::Real, false),
    ("d", DataType::Double, true),
    ("e", DataType::Double, false),
    ("s", TEXT, true),
    ("t", TEXT, false),
];

/// Texts of `s` and of `t`; those of `t` are read as numbers, too.
pub(crate) const WORDS: [&str; 7] = ["", "a", "b", "B", "ab", "ä", "word"];
pub(crate) const NUMBERS: [&str; 8] = ["0", "7", "-12", "127", "300", "-70000", "x", ""];

pub(crate) fn create_stream() -> String {
    let column = |&(name, t, nullable): &(&str, DataType, bool)| {
        format!("{name} {t}{}", if nullable { "" } else { " NOT NULL" })
    };
    format!("CREATE STREAM n ({})", COLUMNS.each_ref().map(column).join(", "))
}

/// The floats are multiples of 1/4 below 1,000: all their sums are exact, in any order.
fn value(name: &str, t: DataType, random: &mut Random) -> Value {
    match t {
        DataType::Boolean => Value::Bool(random.one_in(2)),
        DataType::Real | DataType::Double => {
            let quarters = match random.below(3) {
                0 => random.below(5) as f64 - 2.0,
                _ => random.below(8_001) as f64 - 4_000.0,
            };
            Value::Float(quarters / 4.0)
        }
        DataType::Varchar(_) => {
            let texts: &[&str] = if name == "t" { &NUMBERS } else { &WORDS };
            Value::Text(texts[random.below(texts.len())].to_owned())
        }
        integer => {
            let (low, high) = range(integer);
            let v = match random.below(8) {
                0 => low,
                1 => high,
                2 => (random.next() as i64).clamp(low, high),
                _ => (random.below(11) as i64 - 3).max(low),
            };
            Value::Int(v.into())
        }
    }
}

/// Random rows.
pub(crate) fn rows(random: &mut Random) -> Vec<Vec<Value>> {
    let count = if random.one_in(12) { random.below(2) } else { 5 + random.below(45) };
    let nulls = [3, 10, 1_000][random.below(3)];
    let mut row = || {
        let column = |&(name, t, nullable): &(&str, DataType, bool)| {
            if nullable && random.one_in(nulls) { Value::Null } else { value(name, t, random) }
        };
        COLUMNS.iter().map(column).collect()
    };
    (0..count).map(|_| row()).collect()
}

/// A database with the rows in table `n`, and the functions that SQLite has not.
pub(crate) fn database(rows: &[Vec<Value>]) -> rusqlite::Result<Connection> {
    let db = Connection::open_in_memory()?;
    functions(&db)?;
    let columns = COLUMNS.map(|(name, t, _)| {
        let affinity = match t {
            DataType::Real | DataType::Double => "REAL",
            DataType::Varchar(_) => "TEXT",
            _ => "INTEGER",
        };
        format!("{name} {affinity}")
    });
    db.execute_batch(&format!("CREATE TABLE n ({}); BEGIN", columns.join(", ")))?;
    let places = ["?"; COLUMNS.len()].join(", ");
    let mut insert = db.prepare(&format!("INSERT INTO n VALUES ({places})"))?;
    for row in rows {
        insert.execute(params_from_iter(row.iter().map(to_lite)))?;
    }
    drop(insert);
    db.execute_batch("COMMIT")?;
    Ok(db)
}

fn to_lite(value: &Value) -> Lite {
    match value {
        Value::Null => Lite::Null,
        Value::Bool(v) => Lite::Integer((*v).into()),
        Value::Int(v) => Lite::Integer(i64::try_from(*v).expect("an integer of SQLite")),
        Value::Float(v) => Lite::Real(*v),
        Value::Text(v) => Lite::Text(v.clone()),
        Value::Time(v) => Lite::Integer(*v),
    }
}

/// - `fit(x, low, high)`: the integer x if it is in the range, else NULL. SQLite goes over to REAL
///   where a 64-bit integer overflows; that is NULL, too.
/// - `f32(x)`: x rounded to a REAL. The sum, difference, product or quotient of two REALs rounded to
///   64 bits first comes to the same.
/// - `half_even(x)`: the whole number next to x.
fn functions(db: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    db.create_scalar_function("fit", 3, flags, |c| {
        let (low, high): (i64, i64) = (c.get(1)?, c.get(2)?);
        Ok(match c.get_raw(0) {
            ValueRef::Integer(v) if (low..=high).contains(&v) => Some(v),
            _ => None,
        })
    })?;
    db.create_scalar_function("f32", 1, flags, |c| {
        Ok(match c.get_raw(0) {
            ValueRef::Integer(v) => Some(f64::from(v as f32)),
            ValueRef::Real(v) => Some(f64::from(v as f32)),
            _ => None,
        })
    })?;
    db.create_scalar_function("half_even", 1, flags, |c| {
        let x: Option<f64> = c.get(0)?;
        let whole = x.map(f64::round_ties_even);
        let limit = 9_223_372_036_854_775_808.0;
        Ok(whole.filter(|w| (-limit..limit).contains(w)).map(|w| w as i64))
    })
}
