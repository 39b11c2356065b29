//! Upper and lower case, and characters in reverse.

use super::{as_first, chars, len_of};
use crate::error::RunError;
use crate::function::Param::Text;
use crate::function::rows::{Outcome, TextWriter};
use crate::function::{Function, Invocation, Returns, Shape, rows};

/// Texts with other characters in the same places, or in reverse.
pub const CASE: &[Function] = &[
    Function::new("lower", &[Text], Returns::Text(half_as_long_again), lower)
        .alias(&["lcase"])
        .doc("The text in lower case, character by character.", "lower('Hello É')"),
    Function::new("upper", &[Text], Returns::Text(half_as_long_again), upper)
        .alias(&["ucase"])
        .doc("The text in upper case, character by character.", "upper('Hello é')"),
    Function::new("reverse", &[Text], Returns::Text(as_first), reverse)
        .doc("The characters (code points) of a text from the last to the first.", "reverse('né')"),
];

/// Some characters of two bytes become one of three: `chars` tests that.
fn half_as_long_again(shapes: &[Shape]) -> u32 {
    let len = len_of(shapes, 0);
    len + len / 2
}

fn lower(call: &mut Invocation<'_>) -> Result<(), RunError> {
    rows::texts(call, |(text,): (&[u8],), out| {
        each(text, out, |byte| byte.to_ascii_lowercase(), chars::lower)
    })
}

fn upper(call: &mut Invocation<'_>) -> Result<(), RunError> {
    rows::texts(call, |(text,): (&[u8],), out| {
        each(text, out, |byte| byte.to_ascii_uppercase(), chars::upper)
    })
}

/// Writes every character of a text as it is mapped.
fn each(
    mut text: &[u8],
    out: &mut TextWriter<'_>,
    ascii: impl Fn(u8) -> u8,
    other: impl Fn(char) -> char,
) -> Outcome<()> {
    loop {
        let plain = text.iter().take_while(|byte| byte.is_ascii()).count();
        let Some((run, rest)) = text.split_at_checked(plain) else { break };
        let start = out.written().len();
        out.push(run);
        for byte in out.written().iter_mut().skip(start) {
            *byte = ascii(*byte);
        }
        let Some((character, rest)) = chars::split_first(rest) else { break };
        match chars::decode(character) {
            Some(c) => out.push_char(other(c)),
            None => out.push(character),
        }
        text = rest;
    }
    Outcome::Value(())
}

fn reverse(call: &mut Invocation<'_>) -> Result<(), RunError> {
    rows::texts(call, |(mut text,): (&[u8],), out| {
        while let Some((last, before)) = chars::split_last(text) {
            out.push(last);
            text = before;
        }
        Outcome::Value(())
    })
}
