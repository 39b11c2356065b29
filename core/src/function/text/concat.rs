//! Texts one behind the other: CONCAT, `||`, CONCAT_WS, REPEAT.

use super::{count_of, len_of};
use crate::error::RunError;
use crate::function::Param::{AsText, Is, Text};
use crate::function::rows::{Outcome, Read};
use crate::function::{Function, Invocation, MAX_ARGUMENTS, Nulls, Returns, Shape, rows};
use crate::types::DataType::BigInt;

/// Texts one behind the other.
pub const CONCAT: &[Function] = &[
    Function::new("||", &[AsText, AsText], Returns::Text(sum), append)
        .doc("One text behind the other.", "'sensor ' || 7"),
    Function::new("concat", &[AsText], Returns::Text(sum), concat)
        .variadic()
        .nulls(Nulls::Never)
        .doc("All texts one behind the other; NULL is ''.", "concat('t = ', 21.5, NULL, ' C')"),
    Function::new("concat_ws", &[Text, AsText], Returns::Text(separated), concat_ws)
        .variadic()
        .nulls(Nulls::Sometimes)
        .doc(
            "All texts but the first, without NULLs, with the first between them; NULL if the \
             first is NULL.",
            "concat_ws('/', 'plant', NULL, 7)",
        ),
    Function::new("repeat", &[Text, Is(BigInt)], Returns::Text(times), repeat)
        .doc("The text so many times; '' below 1.", "repeat('ab', 3)"),
];

fn sum(shapes: &[Shape]) -> u32 {
    shapes.iter().map(|shape| shape.len()).fold(0, u32::saturating_add)
}

fn separated(shapes: &[Shape]) -> u32 {
    let others = shapes.get(1..).unwrap_or(&[]);
    let gaps = u32::try_from(others.len().saturating_sub(1)).unwrap_or(0);
    sum(others).saturating_add(gaps.saturating_mul(len_of(shapes, 0)))
}

fn times(shapes: &[Shape]) -> u32 {
    match count_of(shapes, 1) {
        // What is too long for a VARCHAR stays a bound.
        Some(count) => len_of(shapes, 0).saturating_mul(count).min(Returns::UNBOUNDED - 1),
        None => Returns::UNBOUNDED,
    }
}

fn append(call: &mut Invocation<'_>) -> Result<(), RunError> {
    rows::texts(call, |(a, b): (&[u8], &[u8]), out| {
        out.push(a);
        out.push(b);
        Outcome::Value(())
    })
}

type Column<'a> = <Option<&'a [u8]> as Read<'a>>::Column;

/// The values of arguments, however many there are.
fn columns<'a>(call: &Invocation<'a>) -> Result<[Option<Column<'a>>; MAX_ARGUMENTS], RunError> {
    let mut columns = [None; MAX_ARGUMENTS];
    for (at, column) in columns.iter_mut().enumerate().take(call.arguments()) {
        *column = Some(<Option<&[u8]>>::column(call.input(at)?, call.rows())?);
    }
    Ok(columns)
}

fn concat(call: &mut Invocation<'_>) -> Result<(), RunError> {
    let columns = columns(call)?;
    rows::texts_by_row(call, |row, out| {
        for column in columns.iter().flatten() {
            let text: Option<&[u8]> = Read::at(column, row);
            out.push(text.unwrap_or(&[]));
        }
        Outcome::Value(())
    })
}

fn concat_ws(call: &mut Invocation<'_>) -> Result<(), RunError> {
    let columns = columns(call)?;
    let mut columns = columns.iter().flatten();
    let separator = columns.next().ok_or(RunError::Internal)?;
    rows::texts_by_row(call, |row, out| {
        let Some(separator): Option<&[u8]> = Read::at(separator, row) else { return Outcome::Null };
        let mut between: &[u8] = &[];
        for column in columns.clone() {
            let Some(text): Option<&[u8]> = Read::at(column, row) else { continue };
            out.push(between);
            out.push(text);
            between = separator;
        }
        Outcome::Value(())
    })
}

fn repeat(call: &mut Invocation<'_>) -> Result<(), RunError> {
    rows::texts(call, |(text, count): (&[u8], i64), out| {
        if !text.is_empty() {
            for _ in 0..count {
                out.push(text);
                if out.is_full() {
                    break;
                }
            }
        }
        Outcome::Value(())
    })
}
