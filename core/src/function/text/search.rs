//! Where a text is in another.

use super::chars;
use crate::error::RunError;
use crate::function::Param::Text;
use crate::function::{Function, Invocation, Returns, rows};
use crate::types::DataType::{BigInt, Boolean};

/// Where a text is in another.
pub const SEARCH: &[Function] = &[
    Function::new("strpos", &[Text, Text], Returns::Is(BigInt), strpos)
        .alias(&["instr", "position"])
        .doc(
            "Where the second text begins in the first: its character, from 1, or 0. \
             POSITION(a IN b) is STRPOS(b, a).",
            "strpos('sensor', 'so')",
        ),
    Function::new("contains", &[Text, Text], Returns::Is(Boolean), contains)
        .doc("Whether the second text is in the first.", "contains('sensor', 'so')"),
    Function::new("starts_with", &[Text, Text], Returns::Is(Boolean), starts_with)
        .alias(&["prefix", "^@"])
        .doc("Whether the first text starts with the second.", "starts_with('sensor', 'se')"),
    Function::new("ends_with", &[Text, Text], Returns::Is(Boolean), ends_with)
        .alias(&["suffix"])
        .doc("Whether the first text ends with the second.", "ends_with('sensor', 'or')"),
];

/// Where the bytes of `needle` begin in `text`.
pub(super) fn find(text: &[u8], needle: &[u8]) -> Option<usize> {
    let Some((first, others)) = needle.split_first() else { return Some(0) };
    let mut rest = text;
    loop {
        let at = rest.iter().position(|byte| byte == first)?;
        rest = rest.get(at..)?.split_first()?.1;
        if rest.starts_with(others) {
            return text.len().checked_sub(rest.len())?.checked_sub(1);
        }
    }
}

fn strpos(call: &mut Invocation<'_>) -> Result<(), RunError> {
    rows::map(call, |(text, needle): (&[u8], &[u8])| match find(text, needle) {
        Some(at) => chars::count(text.get(..at).unwrap_or(&[])) as i64 + 1,
        None => 0,
    })
}

fn contains(call: &mut Invocation<'_>) -> Result<(), RunError> {
    rows::map(call, |(text, needle): (&[u8], &[u8])| find(text, needle).is_some())
}

fn starts_with(call: &mut Invocation<'_>) -> Result<(), RunError> {
    rows::map(call, |(text, start): (&[u8], &[u8])| text.starts_with(start))
}

fn ends_with(call: &mut Invocation<'_>) -> Result<(), RunError> {
    rows::map(call, |(text, end): (&[u8], &[u8])| text.ends_with(end))
}
