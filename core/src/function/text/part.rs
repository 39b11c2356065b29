//! Parts of a text: SUBSTRING, LEFT, RIGHT, SPLIT_PART.

use super::search::find;
use super::{as_first, chars, count_of, len_of};
use crate::counters::Failure;
use crate::error::RunError;
use crate::function::Param::{Is, Text};
use crate::function::rows::Outcome;
use crate::function::{Function, Invocation, Returns, Shape, rows};
use crate::types::DataType::BigInt;

/// Parts of a text.
pub const PART: &[Function] = &[
    Function::new("substring", &[Text, Is(BigInt)], Returns::Text(as_first), from)
        .alias(&["substr"])
        .fails(Failure::Text)
        .doc(
            "The characters from a place on, from 1; from the end if it is below 0.",
            "substring('sensor', 3)",
        ),
    Function::new("substring", &[Text, Is(BigInt), Is(BigInt)], Returns::Text(third), from_for)
        .alias(&["substr"])
        .fails(Failure::Text)
        .doc(
            "So many characters from a place on; those before it if the number is below 0.",
            "substring('sensor', 2, 3)",
        ),
    Function::new("left", &[Text, Is(BigInt)], Returns::Text(second), left)
        .fails(Failure::Text)
        .doc("The first n characters; all but the last -n if n is below 0.", "left('sensor', 3)"),
    Function::new("right", &[Text, Is(BigInt)], Returns::Text(second), right)
        .doc("The last n characters; all but the first -n if n is below 0.", "right('sensor', 3)"),
    Function::new("split_part", &[Text, Text, Is(BigInt)], Returns::Text(as_first), split_part).doc(
        "The part of that number, from 1 (from the end if it is below 0), of a text cut at every \
         separator; '' if there is none. An empty separator cuts at every character.",
        "split_part('a/b/c', '/', 2)",
    ),
];

/// At most as many characters, of four bytes, as argument 1 says, if it is a constant from 0 up.
fn second(shapes: &[Shape]) -> u32 {
    at_most(shapes, 1)
}

fn third(shapes: &[Shape]) -> u32 {
    at_most(shapes, 2)
}

fn at_most(shapes: &[Shape], at: usize) -> u32 {
    let below_0 = shapes.get(at).and_then(|shape| shape.value).is_some_and(|value| value < 0);
    let count = count_of(shapes, at).filter(|_| !below_0);
    len_of(shapes, 0).min(count.unwrap_or(u32::MAX).saturating_mul(4))
}

/// DuckDB's range of places and lengths; others fail.
fn in_range(value: i64) -> bool {
    (-0x1_0000_0000..=0xffff_ffff).contains(&value)
}

/// The characters from place `start`, 1 the first, up to `length` of them.
fn substring(text: &[u8], start: i64, length: i64) -> Option<&[u8]> {
    if !in_range(start) || !in_range(length) {
        return None;
    }
    // The sums are below 2^34.
    let from = if start < 0 { chars::count(text) as i64 + start } else { start - 1 };
    let (from, to) = if length < 0 { (from + length, from) } else { (from, from + length) };
    Some(chars::between(text, from, to))
}

fn from(call: &mut Invocation<'_>) -> Result<(), RunError> {
    rows::texts(call, |(text, start): (&[u8], i64), out| {
        substring(text, start, 0xffff_ffff).map(|part| out.push(part)).into()
    })
}

fn from_for(call: &mut Invocation<'_>) -> Result<(), RunError> {
    rows::texts(call, |(text, start, length): (&[u8], i64, i64), out| {
        substring(text, start, length).map(|part| out.push(part)).into()
    })
}

fn left(call: &mut Invocation<'_>) -> Result<(), RunError> {
    rows::texts(call, |(text, n): (&[u8], i64), out| {
        let all = chars::count(text) as i64;
        let n = if n < 0 { all.saturating_add(n).max(0) } else { n };
        substring(text, 1, n).map(|part| out.push(part)).into()
    })
}

fn right(call: &mut Invocation<'_>) -> Result<(), RunError> {
    rows::texts(call, |(text, n): (&[u8], i64), out| {
        let all = chars::count(text) as i64;
        let from = if n < 0 { n.saturating_neg() } else { all.saturating_sub(n) };
        out.push(chars::between(text, from, all));
        Outcome::Value(())
    })
}

fn split_part(call: &mut Invocation<'_>) -> Result<(), RunError> {
    rows::texts(call, |(text, separator, n): (&[u8], &[u8], i64), out| {
        let index = match n {
            1.. => Some(n - 1),
            0 => None,
            // From the end: 0 for the first, if there are as many.
            _ => Some(parts(text, separator).count() as i64).map(|all| all.saturating_add(n)),
        };
        let index = index.and_then(|index| usize::try_from(index).ok());
        out.push(index.and_then(|index| parts(text, separator).nth(index)).unwrap_or(&[]));
        Outcome::Value(())
    })
}

/// The parts of a text between separators.
fn parts<'a>(text: &'a [u8], separator: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    let mut rest = Some(text);
    core::iter::from_fn(move || {
        let text = rest?;
        if separator.is_empty() {
            let (first, after) = chars::split_first(text)?;
            rest = Some(after);
            return Some(first);
        }
        let Some(at) = find(text, separator) else { return rest.take() };
        rest = text.get(at.saturating_add(separator.len())..);
        text.get(..at)
    })
}
