//! How long a text is.

use super::chars;
use crate::error::RunError;
use crate::function::Param::Text;
use crate::function::{Function, Invocation, Returns, rows};
use crate::types::DataType::BigInt;

/// How long a text is.
pub const LENGTH: &[Function] = &[
    Function::new("length", &[Text], Returns::Is(BigInt), length)
        .alias(&["len", "char_length", "character_length"])
        .doc("How many characters (code points) a text has.", "length('né')"),
    Function::new("strlen", &[Text], Returns::Is(BigInt), strlen)
        .alias(&["octet_length"])
        .doc("How many bytes of UTF-8 a text has.", "strlen('né')"),
    Function::new("bit_length", &[Text], Returns::Is(BigInt), bit_length)
        .doc("How many bits of UTF-8 a text has.", "bit_length('né')"),
];

fn length(call: &mut Invocation<'_>) -> Result<(), RunError> {
    rows::map(call, |(text,): (&[u8],)| chars::count(text) as i64)
}

fn strlen(call: &mut Invocation<'_>) -> Result<(), RunError> {
    rows::map(call, |(text,): (&[u8],)| text.len() as i64)
}

fn bit_length(call: &mut Invocation<'_>) -> Result<(), RunError> {
    rows::map(call, |(text,): (&[u8],)| text.len() as i64 * 8)
}
