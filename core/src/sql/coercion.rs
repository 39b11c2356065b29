//! Implicit conversions: which there are, and how far they go. They decide which overload of a
//! function a call means. DuckDB's, as far as RingQL has the types.

use super::types::{Type, fits};
use crate::function::Class;
use crate::types::DataType;

use DataType::{
    BigInt, Double, Integer, Real, SmallInt, Timestamp, TinyInt, UBigInt, UInteger, USmallInt,
    UTinyInt, Varchar,
};

/// The types that a type goes to by itself, the nearest first.
const IMPLICIT: &[(DataType, &[DataType])] = &[
    (TinyInt, &[SmallInt, Integer, BigInt, Real, Double]),
    (SmallInt, &[Integer, BigInt, Real, Double]),
    (Integer, &[BigInt, Real, Double]),
    (BigInt, &[Real, Double]),
    (UTinyInt, &[SmallInt, USmallInt, Integer, UInteger, BigInt, UBigInt, Real, Double]),
    (USmallInt, &[Integer, UInteger, BigInt, UBigInt, Real, Double]),
    (UInteger, &[BigInt, UBigInt, Real, Double]),
    (UBigInt, &[Real, Double]),
    (Real, &[Double]),
];

/// How far a type is as the goal of a conversion: DuckDB's `TargetTypeCost`.
const fn target(to: DataType) -> u32 {
    match to {
        BigInt => 101,
        Double => 102,
        Integer => 103,
        Timestamp => 120,
        Varchar(_) => 149,
        _ => 110,
    }
}

/// How far an expression of a type is from `to`; `None` if it does not go there by itself.
pub(super) fn cost(from: Type, to: DataType) -> Option<u32> {
    match from {
        Type::Null => Some(1),
        // A literal takes the type that it meets.
        Type::Integer(v) if to.is_integer() => {
            fits(v, to).then_some(if to == Integer { 0 } else { target(to) })
        }
        Type::Integer(_) if to.is_numeric() => Some(target(to)),
        Type::Decimal if to.is_float() => Some(target(to)),
        Type::Text => match to {
            Varchar(_) => Some(0),
            _ => Some(2),
        },
        Type::Known(from) if from.same_family(to) => Some(0),
        Type::Known(from) => {
            let (_, goals) = IMPLICIT.iter().find(|(t, _)| *t == from)?;
            goals.contains(&to).then(|| target(to))
        }
        Type::Integer(_) | Type::Decimal => None,
    }
}

/// The type of a class that values of type `t` go to by themselves.
pub(super) fn of_class(t: DataType, class: Class) -> Option<DataType> {
    if class.contains(t) {
        return Some(t);
    }
    let (_, goals) = IMPLICIT.iter().find(|(from, _)| *from == t)?;
    let goals = goals.iter().copied().filter(|&to| class.contains(to));
    goals.min_by_key(|&to| target(to))
}
