//! The implicit conversions: what SQL converts without a CAST. One table, DuckDB's, from which both the
//! common type of two values and the argument of a function come.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::mem::discriminant;

use super::types::Use;
use crate::types::DataType;

use DataType::{
    BigInt, Boolean, Date, Decimal, Double, Integer, Interval, Real, SmallInt, Time, Timestamp,
    TimestampTz, TinyInt, UBigInt, UInteger, USmallInt, UTinyInt, Uuid, Varbinary, Varchar,
};

/// Stand for types of any digits and any length.
const DECIMAL: DataType = Decimal(18, 3);
const BYTES: DataType = Varbinary(1);
const TEXT: DataType = Varchar(1);

/// A type and the types that its values are converted to where those are needed. A common type of two
/// is the first one of this table that both are or become.
type Row = (DataType, &'static [DataType]);
const TABLE: [Row; 20] = [
    (Boolean, &[]),
    (TinyInt, &[SmallInt, Integer, BigInt, DECIMAL, Real, Double]),
    (UTinyInt, &[SmallInt, USmallInt, Integer, UInteger, BigInt, UBigInt, DECIMAL, Real, Double]),
    (SmallInt, &[Integer, BigInt, DECIMAL, Real, Double]),
    (USmallInt, &[Integer, UInteger, BigInt, UBigInt, DECIMAL, Real, Double]),
    (Integer, &[BigInt, DECIMAL, Real, Double]),
    (UInteger, &[BigInt, UBigInt, DECIMAL, Real, Double]),
    (BigInt, &[DECIMAL, Real, Double]),
    (UBigInt, &[DECIMAL, Real, Double]),
    (DECIMAL, &[Real, Double]),
    (Real, &[Double]),
    (Double, &[]),
    (Date, &[Timestamp, TimestampTz]),
    (Time, &[]),
    (Timestamp, &[TimestampTz]),
    (TimestampTz, &[]),
    (Interval, &[]),
    (Uuid, &[]),
    (BYTES, &[]),
    (TEXT, &[]),
];

/// Whether two types differ in digits or length at most.
fn same(a: DataType, b: DataType) -> bool {
    discriminant(&a) == discriminant(&b)
}

/// The types that a type's values are converted to without a CAST.
pub(super) fn goals(from: DataType) -> impl Iterator<Item = DataType> {
    let found = TABLE.iter().find(|(t, _)| same(*t, from));
    let goals = found.map_or(&[][..], |(_, goals)| *goals);
    goals.iter().map(move |&to| match (to, as_decimal(from)) {
        (Decimal(..), Some((p, s))) => Decimal(p, s),
        _ => to,
    })
}

/// How far a type is as the goal of a conversion: DuckDB's `TargetTypeCost`.
pub(super) const fn target_cost(to: DataType) -> u32 {
    match to {
        BigInt => 101,
        Double => 102,
        Integer => 103,
        Decimal(..) => 104,
        Timestamp => 120,
        TimestampTz => 123,
        Varchar(_) => 149,
        _ => 110,
    }
}

/// How dear DuckDB takes the conversion of an argument without a CAST to be: 0 for none, `None` if
/// there is no such conversion.
pub(super) fn implicit_cost(from: DataType, to: DataType) -> Option<u32> {
    if same(from, to) {
        return Some(0);
    }
    goals(from).any(|goal| same(goal, to)).then(|| target_cost(to))
}

/// What SQL converts without a CAST: the name of each type, and of those that its values become where
/// they are needed.
///
/// ```
/// use ringql_core::sql::implicit_conversions;
/// let (_, date) = implicit_conversions().find(|(from, _)| from == "DATE").unwrap();
/// assert_eq!(date, ["TIMESTAMP", "TIMESTAMP WITH TIME ZONE"]);
/// ```
pub fn implicit_conversions() -> impl Iterator<Item = (String, Vec<String>)> {
    let name = |t: &DataType| match t {
        Decimal(..) => "DECIMAL(p,s)".to_owned(),
        Varbinary(_) => "VARBINARY(n)".to_owned(),
        Varchar(_) => "VARCHAR(n)".to_owned(),
        other => other.to_string(),
    };
    TABLE.iter().map(move |(from, to)| (name(from), to.iter().map(name).collect()))
}

/// The type that values of two types become together, if there is one.
pub(super) fn common_type(a: DataType, b: DataType, usage: Use) -> Option<DataType> {
    match (a, b) {
        (Varchar(a), Varchar(b)) => return Some(Varchar(a.max(b))),
        (Varbinary(a), Varbinary(b)) => return Some(Varbinary(a.max(b))),
        _ => {}
    }
    let both = |t: &DataType| implicit_cost(a, *t).is_some() && implicit_cost(b, *t).is_some();
    let found = TABLE.iter().map(|(t, _)| *t).find(both)?;
    match found {
        Decimal(..) => common_decimal(as_decimal(a)?, as_decimal(b)?, usage),
        other => Some(other),
    }
}

/// The DECIMAL that holds every value of a type: its digits and its scale.
pub(crate) const fn as_decimal(t: DataType) -> Option<(u8, u8)> {
    Some(match t {
        Decimal(p, s) => (p, s),
        TinyInt | UTinyInt => (3, 0),
        SmallInt | USmallInt => (5, 0),
        Integer | UInteger => (10, 0),
        BigInt => (19, 0),
        UBigInt => (20, 0),
        _ => return None,
    })
}

/// The DECIMAL of the larger whole part and the larger scale. Of more than 38 digits, DuckDB leaves
/// those behind the point out that are too many, but in a comparison those before it.
fn common_decimal((p, s): (u8, u8), (q, t): (u8, u8), usage: Use) -> Option<DataType> {
    let (whole, scale) = ((p - s).max(q - t), s.max(t));
    let digits = (whole + scale).min(DataType::MAX_DECIMAL);
    let scale = if usage == Use::Mix { scale.min(digits - whole) } else { scale };
    Some(Decimal(digits, scale))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commons() {
        let common = |a, b| {
            let (x, y) = (common_type(a, b, Use::Mix), common_type(b, a, Use::Mix));
            assert_eq!(x, y, "{a} {b}");
            x
        };
        // From DuckDB 2.0: typeof(CASE WHEN true THEN a ELSE b END).
        assert_eq!(common(TinyInt, UTinyInt), Some(SmallInt));
        assert_eq!(common(UTinyInt, USmallInt), Some(USmallInt));
        assert_eq!(common(Integer, UInteger), Some(BigInt));
        assert_eq!(common(Integer, Real), Some(Real));
        assert_eq!(common(Decimal(2, 1), BigInt), Some(Decimal(20, 1)));
        assert_eq!(common(Decimal(2, 1), UTinyInt), Some(Decimal(4, 1)));
        assert_eq!(common(Decimal(2, 1), Decimal(4, 2)), Some(Decimal(4, 2)));
        assert_eq!(common(Decimal(38, 0), Decimal(4, 2)), Some(Decimal(38, 0)));
        assert_eq!(common(Decimal(38, 20), Decimal(38, 2)), Some(Decimal(38, 2)));
        assert_eq!(common(Decimal(2, 1), Real), Some(Real));
        assert_eq!(common(Date, Timestamp), Some(Timestamp));
        assert_eq!(common(Date, TimestampTz), Some(TimestampTz));
        assert_eq!(common(Time, TimestampTz), None);
        assert_eq!(common(Uuid, TEXT), None);
        // 12345678901234567890123456789012345678 > 0.5
        let order = common_type(Decimal(38, 0), Decimal(1, 1), Use::Order);
        assert_eq!(order, Some(Decimal(38, 1)));
        // HUGEINT there.
        assert_eq!(common(BigInt, UBigInt), Some(Decimal(20, 0)));
    }

    #[test]
    fn every_type_has_one_row() {
        for (i, (t, to)) in TABLE.iter().enumerate() {
            assert!(TABLE[..i].iter().all(|(other, _)| !same(*t, *other)));
            assert!(to.iter().all(|to| !same(*t, *to)));
            // A common type is found in the order of the table.
            assert!(to.iter().all(|to| TABLE[i..].iter().any(|(t, _)| same(*t, *to))));
        }
    }
}
