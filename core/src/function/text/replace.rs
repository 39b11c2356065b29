//! REPLACE and TRANSLATE: texts with other texts or characters in some places.

use super::search::find;
use super::{chars, len_of};
use crate::error::RunError;
use crate::function::Param::Text;
use crate::function::rows::Outcome;
use crate::function::{Function, Invocation, Returns, Shape, rows};

/// Texts with other texts or characters in some places.
pub const REPLACE: &[Function] = &[
    Function::new("replace", &[Text, Text, Text], Returns::Text(replaced), replace)
        .doc("The third text for every second one in the first.", "replace('a-b-c', '-', '::')"),
    Function::new("translate", &[Text, Text, Text], Returns::Text(translated), translate).doc(
        "The third text's character for the second's in the same place; without those that have \
         none.",
        "translate('2,5-', ',-', '.')",
    ),
];

/// Every byte can become a whole text.
fn replaced(shapes: &[Shape]) -> u32 {
    len_of(shapes, 0).saturating_mul(len_of(shapes, 2).max(1))
}

/// A character of one byte can become one of up to four, if the third text has room for it.
fn translated(shapes: &[Shape]) -> u32 {
    len_of(shapes, 0).saturating_mul(len_of(shapes, 2).clamp(1, 4))
}

fn replace(call: &mut Invocation<'_>) -> Result<(), RunError> {
    rows::texts(call, |(mut text, from, to): (&[u8], &[u8], &[u8]), out| {
        while !from.is_empty()
            && !out.is_full()
            && let Some((before, found)) = find(text, from).and_then(|at| text.split_at_checked(at))
        {
            out.push(before);
            out.push(to);
            text = found.get(from.len()..).unwrap_or(&[]);
        }
        out.push(text);
        Outcome::Value(())
    })
}

fn translate(call: &mut Invocation<'_>) -> Result<(), RunError> {
    rows::texts(call, |(mut text, from, to): (&[u8], &[u8], &[u8]), out| {
        while let Some((character, rest)) = chars::split_first(text) {
            match place(from, character) {
                Some(at) => out.push(chars::between(to, at, at.saturating_add(1))),
                None => out.push(character),
            }
            text = rest;
        }
        Outcome::Value(())
    })
}

/// Where a character is first in a list of them, from 0.
fn place(mut list: &[u8], character: &[u8]) -> Option<i64> {
    let mut at = 0;
    while let Some((one, rest)) = chars::split_first(list) {
        if one == character {
            return Some(at);
        }
        (list, at) = (rest, at + 1);
    }
    None
}
