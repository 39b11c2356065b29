//! LPAD and RPAD: texts brought to a number of characters.

use super::{chars, count_of, len_of};
use crate::counters::Failure;
use crate::error::RunError;
use crate::function::Param::{Is, Text};
use crate::function::rows::{Outcome, TextWriter};
use crate::function::{Function, Invocation, Returns, Shape, rows};
use crate::types::DataType::Integer;

/// Texts brought to a number of characters.
pub const PAD: &[Function] = &[
    Function::new("lpad", &[Text, Is(Integer), Text], Returns::Text(padded), lpad)
        .fails(Failure::Text)
        .doc(
            "The text with so many characters: cut, or with the third text's characters in front. \
             It fails if there are none.",
            "lpad('7', 3, '0')",
        ),
    Function::new("rpad", &[Text, Is(Integer), Text], Returns::Text(padded), rpad)
        .fails(Failure::Text)
        .doc(
            "The text with so many characters: cut, or with the third text's characters behind it. \
             It fails if there are none.",
            "rpad('7', 3, '.')",
        ),
];

/// Most bytes of so many characters: as many of four bytes as the text can have, one of what is then
/// left of its bytes if that is more than padding takes, and padding for the rest.
fn padded(shapes: &[Shape]) -> u32 {
    let Some(count) = count_of(shapes, 1) else { return Returns::UNBOUNDED };
    let text = len_of(shapes, 0).min(count.saturating_mul(4));
    let padding = len_of(shapes, 2).min(4);
    let full = text / 4;
    let rest = count.saturating_sub(full).saturating_mul(padding);
    let left = (text % 4).saturating_sub(padding);
    (full * 4).saturating_add(rest).saturating_add(left).min(Returns::UNBOUNDED - 1)
}

fn lpad(call: &mut Invocation<'_>) -> Result<(), RunError> {
    rows::texts(call, |(text, count, padding): (&[u8], i32, &[u8]), out| {
        let (text, missing) = cut(text, count);
        let outcome = fill(out, padding, missing);
        out.push(text);
        outcome
    })
}

fn rpad(call: &mut Invocation<'_>) -> Result<(), RunError> {
    rows::texts(call, |(text, count, padding): (&[u8], i32, &[u8]), out| {
        let (text, missing) = cut(text, count);
        out.push(text);
        fill(out, padding, missing)
    })
}

/// At most so many characters of a text, and how many are missing.
fn cut(text: &[u8], count: i32) -> (&[u8], usize) {
    let count = usize::try_from(count).unwrap_or(0);
    let text = text.get(..chars::offset(text, count)).unwrap_or(text);
    (text, count.saturating_sub(chars::count(text)))
}

/// Appends so many characters of a padding that is repeated.
fn fill(out: &mut TextWriter<'_>, padding: &[u8], mut missing: usize) -> Outcome<()> {
    let whole = chars::count(padding);
    if missing > 0 && whole == 0 {
        return Outcome::Failed;
    }
    while missing >= whole && missing > 0 && !out.is_full() {
        out.push(padding);
        missing = missing.saturating_sub(whole);
    }
    out.push(padding.get(..chars::offset(padding, missing)).unwrap_or(&[]));
    Outcome::Value(())
}
