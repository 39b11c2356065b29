//! TRIM: without spaces, or without other characters, at the ends.

use super::{as_first, chars};
use crate::error::RunError;
use crate::function::Param::Text;
use crate::function::rows::Outcome;
use crate::function::{Function, Invocation, Returns, rows};

/// Texts without some characters at their ends.
pub const TRIM: &[Function] = &[
    Function::new("trim", &[Text], Returns::Text(as_first), |call| spaces(call, BOTH))
        .doc("Without the spaces (of any sort) at both ends.", "trim('  a  ')"),
    Function::new("trim", &[Text, Text], Returns::Text(as_first), |call| listed(call, BOTH))
        .doc("Without any of the second text's characters at both ends.", "trim('xyaxy', 'xy')"),
    Function::new("ltrim", &[Text], Returns::Text(as_first), |call| spaces(call, LEFT))
        .doc("Without the spaces (of any sort) at the start.", "ltrim('  a')"),
    Function::new("ltrim", &[Text, Text], Returns::Text(as_first), |call| listed(call, LEFT))
        .doc("Without any of the second text's characters at the start.", "ltrim('xya', 'xy')"),
    Function::new("rtrim", &[Text], Returns::Text(as_first), |call| spaces(call, RIGHT))
        .doc("Without the spaces (of any sort) at the end.", "rtrim('a  ')"),
    Function::new("rtrim", &[Text, Text], Returns::Text(as_first), |call| listed(call, RIGHT))
        .doc("Without any of the second text's characters at the end.", "rtrim('axy', 'xy')"),
];

#[derive(Clone, Copy)]
struct Ends {
    start: bool,
    end: bool,
}

const BOTH: Ends = Ends { start: true, end: true };
const LEFT: Ends = Ends { start: true, end: false };
const RIGHT: Ends = Ends { start: false, end: true };

fn spaces(call: &mut Invocation<'_>, ends: Ends) -> Result<(), RunError> {
    rows::texts(call, |(text,): (&[u8],), out| {
        out.push(trim(text, ends, is_space));
        Outcome::Value(())
    })
}

fn listed(call: &mut Invocation<'_>, ends: Ends) -> Result<(), RunError> {
    rows::texts(call, |(text, list): (&[u8], &[u8]), out| {
        out.push(trim(text, ends, |character| contains(list, character)));
        Outcome::Value(())
    })
}

fn trim(mut text: &[u8], ends: Ends, goes: impl Fn(&[u8]) -> bool) -> &[u8] {
    while ends.start
        && let Some((first, rest)) = chars::split_first(text)
        && goes(first)
    {
        text = rest;
    }
    while ends.end
        && let Some((last, before)) = chars::split_last(text)
        && goes(last)
    {
        text = before;
    }
    text
}

/// Whether a character is one of a list's.
fn contains(mut list: &[u8], character: &[u8]) -> bool {
    while let Some((one, rest)) = chars::split_first(list) {
        if one == character {
            return true;
        }
        list = rest;
    }
    false
}

/// A space of Unicode's category Zs.
fn is_space(character: &[u8]) -> bool {
    matches!(
        chars::decode(character),
        Some(
            ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'
                ..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
        )
    )
}
