//! What a syntax error says beside what was expected: the clauses that could follow, and which
//! word is likely a misspelling.

use alloc::format;
use alloc::string::String;

use sqlparser::tokenizer::Token;

use super::error::CompileError;
use super::error::CompileErrorKind::Syntax;
use super::source::{Extent, Source};
use crate::nearest::nearest;

/// The words between expressions.
const OPERATORS: [&str; 9] =
    ["AND", "OR", "NOT", "IN", "LIKE", "ILIKE", "BETWEEN", "SIMILAR", "AS"];

/// What can follow in each clause. The words in capitals are those that are looked for, but for END,
/// which is the end of the statement or subquery.
const CLAUSES: [(&str, &str); 11] = [
    ("SELECT", "a comma or FROM"),
    ("FROM", "WHERE, GROUP BY, HAVING, ORDER BY, LIMIT, EMIT, SETTINGS, END"),
    ("WHERE", "AND, OR, GROUP BY, HAVING, ORDER BY, LIMIT, EMIT, SETTINGS, END"),
    ("GROUP", "a comma, HAVING, ORDER BY, LIMIT, EMIT, SETTINGS, END"),
    ("HAVING", "AND, OR, ORDER BY, LIMIT, EMIT, SETTINGS, END"),
    ("ORDER", "a comma, ASC, DESC, NULLS, LIMIT, OFFSET, EMIT, SETTINGS, END"),
    ("LIMIT", "OFFSET, EMIT, SETTINGS, END"),
    ("OFFSET", "LIMIT, EMIT, SETTINGS, END"),
    ("FETCH", "EMIT, SETTINGS, END"),
    ("EMIT", "WITH RETRACTIONS, SETTINGS, END"),
    ("SETTINGS", "a comma, EMIT, END"),
];

const END: &str = "; or the end of the statement";

/// The error at a token with which a statement that began at `first` can't go on.
pub(super) fn cannot_go_on(source: &Source, first: usize, at: usize) -> CompileError {
    let (clause, expected) = clause(source, first, at);
    if source.is_word(at, "GROUP") && !source.is_word(at + 1, "BY") {
        return unexpected(source, at + 1, "BY");
    }
    // A misspelt keyword was taken for an alias, and what follows it is in the way.
    let is_alias = at >= first + 3
        && matches!(clause, "SELECT" | "FROM")
        && !CLAUSES.iter().any(|(word, _)| source.is_word(at - 2, word))
        && !OPERATORS.iter().any(|word| source.is_word(at - 2, word))
        && matches!(
            source.token(at - 2),
            Token::Word(_)
                | Token::Number(..)
                | Token::SingleQuotedString(_)
                | Token::RParen
                | Token::Mul
        );
    // A subquery ends where its parentheses do.
    let is_subquery = first > 0 && *source.token(first - 1) == Token::LParen;
    let end = if is_subquery { ") behind the subquery" } else { END };
    let expected = &*expected.replace(", END", &format!(", {end}"));
    let misspelt = |at: &usize| hint(source, *at, expected).is_some();
    let at = [at].into_iter().chain(is_alias.then(|| at - 1)).find(misspelt).unwrap_or(at);
    unexpected(source, at, expected)
}

/// The clause that a token stands in, and what can follow there.
fn clause(source: &Source, first: usize, at: usize) -> (&'static str, &'static str) {
    let mut depth = 0usize;
    let mut found = ("", END);
    for i in first..at {
        match source.token(i) {
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.saturating_sub(1),
            Token::Word(_) if depth == 0 => {
                // IS DISTINCT FROM is an operator.
                if source.is_word(i, "FROM") && i > first && source.is_word(i - 1, "DISTINCT") {
                    continue;
                }
                if let Some(clause) = CLAUSES.iter().find(|(word, _)| source.is_word(i, word)) {
                    found = *clause;
                }
                if source.is_word(i, "STREAM") && i == first + 1 {
                    return ("STREAM", "WITH, ; or the end of the statement");
                }
            }
            _ => {}
        }
    }
    found
}

/// "expected X, found Y", with a hint.
pub(super) fn unexpected(source: &Source, at: usize, expected: &str) -> CompileError {
    let message = format!("expected {expected}, found {}", source.text(at));
    let help = hint(source, at, expected).unwrap_or_default();
    source.error(Extent::one(at), Syntax, message, help)
}

/// What to do about a token that stands where something else was expected.
pub(super) fn hint(source: &Source, at: usize, expected: &str) -> Option<String> {
    let before = at.checked_sub(1);
    match (before.map(|i| source.token(i)), source.token(at)) {
        (Some(Token::Eq), Token::Lt) => return Some("did you mean <= ?".into()),
        (Some(Token::Eq), Token::Gt) => return Some("did you mean >= ?".into()),
        (_, Token::LBracket) => {
            return Some("there are no arrays and lists: a value is one of a type".into());
        }
        (_, Token::Word(word)) if word.quote_style.is_none() => {
            if source.is_word(at, "MOD") {
                return Some("the rest of a division is x % y or MOD(x, y)".into());
            }
            // Shorter words are near to anything.
            if word.value.len() < 3 {
                return None;
            }
            let words = expected.split(|c: char| !c.is_ascii_alphabetic());
            let keywords =
                words.filter(|w| w.len() > 1 && w.bytes().all(|b| b.is_ascii_uppercase()));
            let near = nearest(&word.value, keywords.chain(OPERATORS))?;
            if !near.eq_ignore_ascii_case(&word.value) {
                return Some(format!("did you mean {near}?"));
            }
        }
        _ => {}
    }
    None
}
