//! `regexp_replace`: RE2's `Replace` and `GlobalReplace`.

use super::form::{self, Automaton};
use super::run::Places;
use crate::error::RunError;
use crate::function::rows::{Outcome, Read, TextWriter, texts_by_row};
use crate::function::{Invocation, Prepared, Returns, Shape};
#[cfg(feature = "sql")]
use {
    super::compile::{Goal, Options, compile},
    crate::function::Problem,
    alloc::{format, string::String, vec::Vec},
};

#[cfg(feature = "sql")]
const CONSTANT: &str = "the replacement must be a constant\n\
    it is prepared when the query is compiled, so it can't change by row";

/// The pattern: the groups that the replacement names are found.
pub(super) const PATTERN: Prepared = Prepared {
    what: "a pattern",
    check: |bytes| form::check(bytes, |groups| groups > 0),
    #[cfg(feature = "sql")]
    compile: |pattern, behind| {
        let Some(Some(replacement)) = behind.first() else {
            return Err(Problem { text: CONSTANT.into(), behind: 1 });
        };
        let last = last_group(replacement).map_err(|text| Problem { text, behind: 1 })?;
        let letters = behind.get(1).and_then(Option::as_deref).unwrap_or_default();
        let options = Options::read(letters).unwrap_or_default();
        compile(pattern, options, Goal::Groups(last))
    },
};

/// What is left of the options at run time: whether all matches are replaced.
pub(super) const OPTIONS: Prepared = Prepared {
    what: "the options",
    check: |bytes| matches!(bytes, [] | b"g"),
    #[cfg(feature = "sql")]
    compile: |letters, _| {
        let options = Options::read(letters)?;
        Ok(if options.global { b"g".to_vec() } else { Vec::new() })
    },
};

/// The greatest group that a replacement names.
#[cfg(feature = "sql")]
fn last_group(replacement: &str) -> Result<u32, String> {
    let (mut last, mut chars) = (0, replacement.chars());
    while let Some(c) = chars.next() {
        match (c, chars.clone().next()) {
            ('\\', Some('\\')) => {
                chars.next();
            }
            ('\\', Some(digit @ '0'..='9')) => last = last.max(digit.to_digit(10).unwrap_or(0)),
            ('\\', _) => {
                return Err(format!(
                    "in the replacement {replacement:?} a \\ needs a digit behind it, the number \
                     of a group, or another \\"
                ));
            }
            _ => {}
        }
    }
    Ok(last)
}

/// Most bytes of a result: a replacement before each byte and at the end, and what the groups that
/// it names match, which is at most the text for each one.
pub(super) fn longest(shapes: &[Shape]) -> u32 {
    let len = |at| shapes.get(at).map_or(0, |shape: &Shape| shape.len());
    let (text, new) = (len(0), len(2));
    let all = text.saturating_mul(new.saturating_add(1)).saturating_add(new);
    all.saturating_add((new / 2).saturating_mul(text)).min(Returns::UNBOUNDED - 1)
}

pub(super) fn replace(call: &mut Invocation<'_>) -> Result<(), RunError> {
    let automaton = super::automaton(call)?;
    let text = <&[u8]>::column(call.input(0)?, call.rows())?;
    let new = <&[u8]>::column(call.input(2)?, call.rows())?;
    let all = call.arguments() > 3 && !call.input(3)?.prepared().is_empty();
    texts_by_row(call, |row, out| {
        one(&automaton, <&[u8]>::at(&text, row), <&[u8]>::at(&new, row), all, out);
        Outcome::Value(())
    })
}

/// Writes `text` with its first match, or all of them, replaced.
pub(super) fn one(
    automaton: &Automaton<'_>,
    text: &[u8],
    new: &[u8],
    all: bool,
    out: &mut TextWriter<'_>,
) {
    // Where the text is not written yet, and where the last match ended.
    let (mut at, mut last) = (0, None);
    while at <= text.len() && !out.is_full() {
        let Some(places) = automaton.find(text, at) else { break };
        let Some((start, end)) = places.group(0) else { break };
        out.push(text.get(at..start).unwrap_or_default());
        at = end;
        if start == end && last == Some(end) {
            // Nothing at the end of the last match is no match: on, by a character.
            let rest = text.get(end..).unwrap_or_default();
            let size = 1 + rest.iter().skip(1).take(3).take_while(|b| **b & 0xc0 == 0x80).count();
            out.push(rest.get(..size).unwrap_or(rest));
            at = end.saturating_add(size);
            continue;
        }
        last = Some(end);
        rewrite(new, text, &places, out);
        if !all {
            break;
        }
    }
    out.push(text.get(at..).unwrap_or_default());
}

/// Writes the replacement of a match.
fn rewrite(new: &[u8], text: &[u8], places: &Places, out: &mut TextWriter<'_>) {
    let mut bytes = new.iter();
    while let Some(byte) = bytes.next() {
        if *byte != b'\\' {
            out.push(&[*byte]);
            continue;
        }
        match bytes.next() {
            Some(digit @ b'0'..=b'9') => {
                let group = places.group(usize::from(digit & 0x0f));
                let matched = group.and_then(|(start, end)| text.get(start..end));
                out.push(matched.unwrap_or_default());
            }
            other => out.push(other.map_or(b"\\", core::slice::from_ref)),
        }
    }
}
