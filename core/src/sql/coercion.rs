//! How far the arguments of a call are from what a function takes: that decides which overload is
//! called.

use super::implicit::implicit_cost;
use super::types::{Type, fits, literal_type};
use crate::function::Class;
use crate::types::DataType;

/// How far an expression of a type is from `to`; `None` if it does not go there by itself.
pub(super) fn cost(from: Type, to: DataType) -> Option<u32> {
    match from {
        Type::Null => Some(1),
        // A literal takes the type that it meets.
        Type::Integer(v) if to.is_integer() => fits(v, to).then(|| {
            if to == DataType::Integer {
                0
            } else {
                implicit_cost(DataType::TinyInt, to).unwrap_or(110)
            }
        }),
        Type::Integer(v) => implicit_cost(literal_type(v)?, to),
        Type::Text => Some(if matches!(to, DataType::Varchar(_)) { 0 } else { 2 }),
        Type::Known(from) => implicit_cost(from, to),
    }
}

/// The type of a class that values of type `t` go to by themselves.
pub(super) fn of_class(t: DataType, class: Class) -> Option<DataType> {
    use DataType::{
        BigInt, Double, Integer, Real, SmallInt, TinyInt, UBigInt, UInteger, USmallInt, UTinyInt,
    };
    if class.contains(t) {
        return Some(t);
    }
    let all =
        [TinyInt, SmallInt, Integer, BigInt, UTinyInt, USmallInt, UInteger, UBigInt, Real, Double];
    let goals = all.into_iter().filter(|&to| class.contains(to));
    let far = |to| implicit_cost(t, to).map(|cost| (cost, to));
    goals.filter_map(far).min_by_key(|&(cost, _)| cost).map(|(_, to)| to)
}
