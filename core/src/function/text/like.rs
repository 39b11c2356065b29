//! LIKE and ILIKE.

use super::pattern::{Simple, Step, matches, same, same_letter};
use crate::counters::Failure;
use crate::error::RunError;
use crate::function::Param::Text;
use crate::function::{Function, Invocation, Returns, rows};
use crate::types::DataType::Boolean;

/// LIKE and ILIKE: `a LIKE b` is `like(a, b)`.
pub const LIKE: &[Function] = &[
    Function::new("like", &[Text, Text], Returns::Is(Boolean), like).alias(&["~~"]).doc(
        "Whether a text is like a pattern, in which % stands for any characters and _ for one.",
        "'sensor 7' LIKE 'sensor _'",
    ),
    Function::new("ilike", &[Text, Text], Returns::Is(Boolean), ilike)
        .alias(&["~~*"])
        .doc("LIKE whatever the case of letters.", "'Sensor 7' ILIKE 'sensor%'"),
    Function::new("like_escape", &[Text, Text, Text], Returns::Is(Boolean), like_escape)
        .fails(Failure::Text)
        .doc(
            "LIKE with a character that takes the next one's meaning away; it fails if that \
             is not one byte long or ends the pattern.",
            "'100%' LIKE '%!%' ESCAPE '!'",
        ),
    Function::new("ilike_escape", &[Text, Text, Text], Returns::Is(Boolean), ilike_escape)
        .fails(Failure::Text)
        .doc("LIKE_ESCAPE whatever the case of letters.", "'A_B' ILIKE 'a!_b' ESCAPE '!'"),
];

fn like(call: &mut Invocation<'_>) -> Result<(), RunError> {
    match call.input(1)?.literal().and_then(Simple::of) {
        Some(simple) => rows::map(call, |(text,): (&[u8],)| simple.matches(text)),
        None => plain(call, same),
    }
}

fn ilike(call: &mut Invocation<'_>) -> Result<(), RunError> {
    plain(call, same_letter)
}

fn plain(call: &mut Invocation<'_>, step: Step) -> Result<(), RunError> {
    rows::map(call, |(text, pattern): (&[u8], &[u8])| {
        // Only an escape character can be in the way of an answer.
        matches(text, pattern, None, step).unwrap_or(false)
    })
}

fn like_escape(call: &mut Invocation<'_>) -> Result<(), RunError> {
    escaped(call, same)
}

fn ilike_escape(call: &mut Invocation<'_>) -> Result<(), RunError> {
    escaped(call, same_letter)
}

fn escaped(call: &mut Invocation<'_>, step: Step) -> Result<(), RunError> {
    rows::try_map(call, |(text, pattern, escape): (&[u8], &[u8], &[u8])| {
        let escape = match escape {
            [] => None,
            [one] => Some(*one),
            _ => return None,
        };
        matches(text, pattern, escape, step)
    })
}
