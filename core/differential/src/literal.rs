//! Literals of every type.

use ringql_core::types::DataType::{self, *};

use crate::random::Random;
use crate::values::{Sort, text};

/// A literal, now and then a NULL.
pub fn of(t: DataType, random: &mut Random) -> String {
    if random.one_in(12) {
        let name = type_name(t);
        return if random.one_in(2) { "NULL".into() } else { format!("CAST(NULL AS {name})") };
    }
    let value = text(t, Sort::Plain, random);
    let quoted = format!("'{}'", value.replace('\'', "''"));
    match t {
        Boolean => value.to_uppercase(),
        t if t.is_integer() => sign(&value),
        Double if value.contains('.') && !value.contains('e') && random.one_in(2) => {
            sign(&format!("{value}e0"))
        }
        Decimal(..) if random.one_in(2) => sign(&value),
        Date => format!("DATE {quoted}"),
        Time => format!("TIME {quoted}"),
        Timestamp => format!("TIMESTAMP {quoted}"),
        TimestampTz => format!("TIMESTAMPTZ {quoted}"),
        Interval => format!("INTERVAL {quoted}"),
        Varchar(_) => quoted,
        other => format!("CAST({quoted} AS {})", type_name(other)),
    }
}

/// A number that a sign before it leaves alone.
fn sign(number: &str) -> String {
    if number.starts_with('-') { format!("({number})") } else { number.to_owned() }
}

/// A type's name that DuckDB understands too.
#[must_use]
pub fn type_name(t: DataType) -> String {
    match t {
        UTinyInt => "UTINYINT".into(),
        USmallInt => "USMALLINT".into(),
        UInteger => "UINTEGER".into(),
        UBigInt => "UBIGINT".into(),
        TimestampTz => "TIMESTAMPTZ".into(),
        Varchar(_) | Char(_) => "VARCHAR".into(),
        Varbinary(_) => "BLOB".into(),
        other => other.to_string(),
    }
}
