//! Characters and their code points.

use super::chars;
use crate::counters::Failure;
use crate::error::RunError;
use crate::function::Param::{Is, Text};
use crate::function::{Function, Invocation, Returns, rows};
use crate::types::DataType::Integer;

/// Characters and their code points.
pub const CODE: &[Function] = &[
    Function::new("ascii", &[Text], Returns::Is(Integer), ascii)
        .doc("The code point of the first character; 0 of ''.", "ascii('A')"),
    Function::new("unicode", &[Text], Returns::Is(Integer), unicode)
        .alias(&["ord"])
        .doc("The code point of the first character; -1 of ''.", "unicode('é')"),
    Function::new("chr", &[Is(Integer)], Returns::Text(|_| 4), chr)
        .fails(Failure::Text)
        .doc("The character of a code point; it fails if there is none.", "chr(233)"),
];

fn ascii(call: &mut Invocation<'_>) -> Result<(), RunError> {
    rows::map(call, |(text,): (&[u8],)| first(text).unwrap_or(0))
}

fn unicode(call: &mut Invocation<'_>) -> Result<(), RunError> {
    rows::map(call, |(text,): (&[u8],)| first(text).unwrap_or(-1))
}

/// The code point of the first character; U+FFFD if it is no UTF-8.
fn first(text: &[u8]) -> Option<i32> {
    let (character, _) = chars::split_first(text)?;
    let c = chars::decode(character).unwrap_or(char::REPLACEMENT_CHARACTER);
    i32::try_from(u32::from(c)).ok()
}

fn chr(call: &mut Invocation<'_>) -> Result<(), RunError> {
    rows::texts(call, |(code,): (i32,), out| {
        u32::try_from(code).ok().and_then(char::from_u32).map(|c| out.push_char(c)).into()
    })
}
