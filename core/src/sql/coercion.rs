//! How far an expression is from what a function takes: which overload a call means. What converts to
//! what, the table of [`super::implicit`] says.

use super::implicit::{goals, implicit_cost, target_cost};
use super::types::{Type, fits};
use crate::function::Class;
use crate::types::DataType;

/// How far an expression of a type is from `to`; `None` if it does not go there by itself.
pub(super) fn cost(from: Type, to: DataType) -> Option<u32> {
    match from {
        Type::Null => Some(1),
        // A literal takes the type that it meets.
        Type::Integer(v) if to.is_integer() => {
            fits(v, to).then_some(if to == DataType::Integer { 0 } else { target_cost(to) })
        }
        Type::Integer(_) => (to.is_numeric() || to.is_decimal()).then_some(target_cost(to)),
        Type::Text => match to {
            DataType::Varchar(_) => Some(0),
            _ => Some(2),
        },
        Type::Known(from) => implicit_cost(from, to),
    }
}

/// The type of a class that values of type `t` go to by themselves.
pub(super) fn of_class(t: DataType, class: Class) -> Option<DataType> {
    if class.contains(t) {
        return Some(t);
    }
    goals(t).filter(|&to| class.contains(to)).min_by_key(|&to| target_cost(to))
}
