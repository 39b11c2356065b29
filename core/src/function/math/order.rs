//! The greatest and the least of several values of any type.

use crate::error::RunError;
use crate::expr::compare::Ordered;
use crate::expr::for_value;
use crate::function::Param::T;
use crate::function::rows::{Outcome, Read, Write};
use crate::function::{Class, Function, Invocation, Nulls, Param, Returns, rows};
use crate::types::Kind;

const ANY: &[Param] = &[T(Class::All)];

/// The greatest and the least.
pub const ORDER: &[Function] = &[
    Function::new("greatest", ANY, Returns::T, |call| best(call, true))
        .variadic()
        .nulls(Nulls::IfAll)
        .doc(
            "The greatest of the values that are not NULL: in the order of comparisons, NaN on top.",
            "greatest(1, NULL, 3)",
        ),
    Function::new("least", ANY, Returns::T, |call| best(call, false))
        .variadic()
        .nulls(Nulls::IfAll)
        .doc("The least of the values that are not NULL.", "least('b', 'a', 'c')"),
];

fn best(call: &mut Invocation<'_>, greatest: bool) -> Result<(), RunError> {
    match call.result_type().kind() {
        Kind::Text => texts(call, greatest),
        Kind::Bool => values(call, |a: bool, b: bool| if greatest { a & !b } else { b & !a }),
        kind => for_value!(kind, N => values(call, |a: N, b: N| {
            if greatest { a.above(b) } else { a.below(b) }
        })),
    }
}

/// The value of each row that is better than the others.
fn values<'a, V: Copy + Read<'a> + Write>(
    call: &mut Invocation<'a>,
    better: impl Fn(V, V) -> bool,
) -> Result<(), RunError> {
    let columns = rows::columns::<Option<V>>(call)?;
    rows::by_row(call, |row| best_of(&columns, row, &better).map_or(Outcome::Null, Outcome::Value))
}

fn texts(call: &mut Invocation<'_>, greatest: bool) -> Result<(), RunError> {
    let columns = rows::columns::<Option<&[u8]>>(call)?;
    let better = |a: &[u8], b: &[u8]| if greatest { a > b } else { a < b };
    rows::texts_by_row(call, |row, out| match best_of(&columns, row, better) {
        Some(text) => {
            out.push(text);
            Outcome::Value(())
        }
        None => Outcome::Null,
    })
}

fn best_of<'a, V: Copy + Read<'a>>(
    columns: &[Option<<Option<V> as Read<'a>>::Column>],
    row: usize,
    better: impl Fn(V, V) -> bool,
) -> Option<V> {
    let values = columns.iter().flatten().filter_map(|column| Option::<V>::at(column, row));
    values.reduce(|best, value| if better(value, best) { value } else { best })
}

#[cfg(test)]
mod tests {
    use super::super::super::ALL;
    use crate::plan::signature::Shape;
    use crate::types::DataType::{BigInt, Varchar};

    #[test]
    fn the_longest_text_has_room() {
        let greatest = ALL.iter().find(|f| f.signature.name == "greatest").unwrap();
        let shape = |data_type| Shape { data_type, value: None };
        let result = |types: &[_]| greatest.signature.result(types);
        assert_eq!(result(&[shape(Varchar(3)), shape(Varchar(9))]), Some(Varchar(9)));
        assert_eq!(result(&[shape(Varchar(3)), shape(BigInt)]), None);
        assert_eq!(result(&[]), None);
    }
}
