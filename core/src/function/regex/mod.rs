//! Regular expressions with constant patterns, in RE2's syntax and with its leftmost-first
//! matches, as DuckDB has them.
//!
//! A pattern is compiled with the query: [`parse`] reads it, `regex-automata` makes it a
//! nondeterministic automaton, [`determinize`] a deterministic one, [`minimize`] the smallest, and
//! [`form`] describes the table that travels inside the plan. A device looks up one cell a byte
//! ([`run`]): time is linear in the text whatever the pattern, and memory is a few registers on the
//! stack.
//!
//! # Why a form of our own
//! `regex-automata` can store its automata too, but it validates one in O(size) each time that it
//! is loaded from bytes (its loader without a check is `unsafe`, which this crate forbids), and
//! they find no groups. Here `verify` checks a table once, a search starts in O(1), its loop is
//! safe whatever the bytes are, and any group of any pattern is found in one pass over the text.
//!
//! # Texts that are not UTF-8
//! `.`, `[^a]` and the like match whole characters. A byte that belongs to none, which only a broken
//! producer sends, is matched by nothing, so no match goes across it.
//!
//! # What differs from RE2
//! `\C`, one byte, is refused, and `\B` is not found within a character: both would take it apart.
//! A `.` matches no surrogates and no overlong forms, which are not UTF-8. Unicode's tables are those
//! of `regex-syntax`, which may be newer.

mod form;
mod replace;
mod run;

#[cfg(feature = "sql")]
mod class;
#[cfg(feature = "sql")]
mod compile;
#[cfg(feature = "sql")]
mod determinize;
#[cfg(feature = "sql")]
mod minimize;
#[cfg(feature = "sql")]
mod parse;
#[cfg(all(test, feature = "sql"))]
mod tests;

use super::Param::{Is, Prepared as Literal, Text};
use super::rows::{self, Outcome, TextWriter};
use super::{Function, Invocation, Prepared, Returns, Shape};
use crate::error::RunError;
use crate::types::DataType::{Boolean, Integer};
use form::Automaton;
#[cfg(feature = "sql")]
use {
    super::Problem,
    alloc::{format, string::String, vec::Vec},
    compile::{Goal, Options},
};

/// A pattern that is searched for.
const SEARCHED: Prepared = Prepared {
    what: "a pattern",
    check: |bytes| form::check(bytes, |groups| groups == 0),
    #[cfg(feature = "sql")]
    compile: |pattern, behind| compiled(pattern, behind.first(), Goal::Search),
};

/// A pattern of the whole text.
const FULL: Prepared = Prepared {
    #[cfg(feature = "sql")]
    compile: |pattern, behind| compiled(pattern, behind.first(), Goal::Full),
    ..SEARCHED
};

/// A pattern that a group of is taken.
const EXTRACTED: Prepared = Prepared {
    what: "a pattern",
    check: |bytes| form::check(bytes, |groups| groups == 1),
    #[cfg(feature = "sql")]
    compile: |pattern, behind| {
        let group = match behind.first() {
            None => 0,
            Some(Some(digits)) => match digits.parse() {
                Ok(group @ 0..=9) => group,
                _ => {
                    let text = format!("the group {digits} is not one of 0 to 9");
                    return Err(Problem { text, behind: 1 });
                }
            },
            Some(None) => {
                return Err(Problem { text: "the group must be a constant".into(), behind: 1 });
            }
        };
        compiled(pattern, behind.get(1), Goal::Group(group))
    },
};

/// The same where options stand in the group's place.
const EXTRACTED_WITH: Prepared = Prepared {
    #[cfg(feature = "sql")]
    compile: |pattern, behind| compiled(pattern, behind.first(), Goal::Group(0)),
    ..EXTRACTED
};

/// Letters that were heeded when the pattern was compiled: nothing is left of them.
const OPTIONS: Prepared = Prepared {
    what: "the options",
    check: <[u8]>::is_empty,
    #[cfg(feature = "sql")]
    compile: |letters, _| Options::read(letters).map(|_| Vec::new()).map_err(Into::into),
};

#[cfg(feature = "sql")]
fn compiled(
    pattern: &str,
    letters: Option<&Option<String>>,
    goal: Goal,
) -> Result<Vec<u8>, Problem> {
    // Letters that are no constant are refused for themselves.
    let letters = letters.and_then(Option::as_deref).unwrap_or_default();
    let options = Options::read(letters).unwrap_or_default();
    if options.global {
        return Err("the option g, to replace all, is one of regexp_replace alone".into());
    }
    compile::compile(pattern, options, goal)
}

/// Regular expressions.
pub const REGEX: &[Function] = &[
    Function::new("regexp_matches", &[Text, Literal(SEARCHED)], Returns::Is(Boolean), matches)
        .doc("Whether a part of a text matches a pattern.", "regexp_matches('anabanana', '(an)+')"),
    Function::new(
        "regexp_matches",
        &[Text, Literal(SEARCHED), Literal(OPTIONS)],
        Returns::Is(Boolean),
        matches,
    )
    .doc("The same with options.", "regexp_matches('anabanana', 'NAB', 'i')"),
    Function::new("regexp_full_match", &[Text, Literal(FULL)], Returns::Is(Boolean), matches)
        .doc("Whether a whole text matches a pattern.", "regexp_full_match('anabanana', '(an)*')"),
    Function::new(
        "regexp_full_match",
        &[Text, Literal(FULL), Literal(OPTIONS)],
        Returns::Is(Boolean),
        matches,
    )
    .doc("The same with options.", "regexp_full_match('anabanana', '[A-N]*', 'i')"),
    Function::new("similar_to", &[Text, Literal(FULL)], Returns::Is(Boolean), matches).doc(
        "Whether a whole text matches a pattern: a SIMILAR TO b.",
        "'anabanana' SIMILAR TO '[abn]+'",
    ),
    Function::new("regexp_extract", &[Text, Literal(EXTRACTED)], Returns::Text(whole), extract)
        .doc(
            "The first part of a text that matches a pattern; the empty text if there is none.",
            "regexp_extract('line 17: 3 errors', '[0-9]+')",
        ),
    Function::new(
        "regexp_extract",
        &[Text, Literal(EXTRACTED_WITH), Literal(OPTIONS)],
        Returns::Text(whole),
        extract,
    )
    .doc("The same with options.", "regexp_extract('Temp=21.5;', 'temp', 'i')"),
    Function::new(
        "regexp_extract",
        &[Text, Literal(EXTRACTED), Is(Integer)],
        Returns::Text(whole),
        extract,
    )
    .doc(
        "What a group of the pattern, 1 to 9, matched in it; the empty text if it did not.",
        "regexp_extract('temp=21.5;', '([a-z]+)=([0-9.]+)', 2)",
    ),
    Function::new(
        "regexp_extract",
        &[Text, Literal(EXTRACTED), Is(Integer), Literal(OPTIONS)],
        Returns::Text(whole),
        extract,
    )
    .doc("The same with options.", "regexp_extract('Temp=21.5;', 'temp=(.*);', 1, 'i')"),
    Function::new(
        "regexp_replace",
        &[Text, Literal(replace::PATTERN), Text],
        Returns::Text(replace::longest),
        replace::replace,
    )
    .doc(
        "A text with a constant in the place of its first part that matches a pattern; \\1 in the \
         constant is what group 1 matched, \\0 the whole part, \\\\ a backslash.",
        "regexp_replace('21.5 C', '([0-9.]+) *([CF])', '\\2 \\1')",
    ),
    Function::new(
        "regexp_replace",
        &[Text, Literal(replace::PATTERN), Text, Literal(replace::OPTIONS)],
        Returns::Text(replace::longest),
        replace::replace,
    )
    .doc(
        "The same with options: with g, all parts that match are replaced.",
        "regexp_replace('a1b22', '[0-9]+', '#', 'g')",
    ),
];

/// As long as the text.
fn whole(shapes: &[Shape]) -> u32 {
    shapes.first().map_or(0, |text| text.len())
}

/// The automaton of a call.
fn automaton<'a>(call: &Invocation<'a>) -> Result<Automaton<'a>, RunError> {
    Automaton::read(call.input(1)?.prepared()).ok_or(RunError::Internal)
}

fn matches(call: &mut Invocation<'_>) -> Result<(), RunError> {
    let automaton = automaton(call)?;
    rows::map(call, |(text,): (&[u8],)| automaton.is_match(text))
}

fn extract(call: &mut Invocation<'_>) -> Result<(), RunError> {
    let automaton = automaton(call)?;
    rows::texts(call, |(text,): (&[u8],), out: &mut TextWriter<'_>| {
        let group = automaton.find(text, 0).and_then(|places| places.group(0));
        if let Some((start, end)) = group {
            out.push(text.get(start..end).unwrap_or_default());
        }
        Outcome::Value(())
    })
}
