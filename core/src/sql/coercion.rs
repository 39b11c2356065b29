//! How far an argument of a call is from what a function takes: which overload is meant.

use super::implicit::{becomes, implicit_cost};
use super::types::{Type, fits};
use crate::function::Class;
use crate::types::DataType::{self, Integer, Varchar};

/// How far an expression of a type is from `to`; `None` if it does not go there by itself.
pub(super) fn cost(from: Type, to: DataType) -> Option<u32> {
    match from {
        Type::Null => Some(1),
        // A literal takes the type that it meets.
        Type::Integer(v) if to.is_integer() => {
            let goal = implicit_cost(DataType::TinyInt, to).unwrap_or(110);
            fits(v, to).then_some(if to == Integer { 0 } else { goal })
        }
        Type::Integer(_) => implicit_cost(Integer, to),
        Type::Text => match to {
            Varchar(_) => Some(0),
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
    let goals = becomes(t).iter().copied().filter(|&to| class.contains(to));
    goals.min_by_key(|&to| implicit_cost(t, to))
}
