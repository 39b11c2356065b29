//! What `sqlparser` sees of the text: Flink's spelling of windows as RingQL's, and each subquery in
//! FROM as a name. The tokens keep their places.
//!
//! `TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), ...))` becomes `TUMBLE(s, ts, ...)`. A subquery is parsed
//! on its own (`parse.rs`), so that what is wrong in it is told where it is, and no depth of them
//! takes much of the stack.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Span, Token, TokenWithSpan, Word};

use super::source::{Extent, Source};

/// The window functions that Flink has.
const FLINK: [&str; 4] = ["TUMBLE", "HOP", "CUMULATE", "SESSION"];

/// The tokens of `within`, and the one behind it, for the parser.
pub(super) fn tokens(source: &Source, within: Extent) -> Vec<TokenWithSpan> {
    let dropped = flink(source, within);
    let mut subqueries = subqueries(source, within).into_iter().peekable();
    let mut kept = Vec::new();
    let mut i = within.first;
    while i <= within.last + 1 {
        let Some(token) = source.tokens().get(i) else { break };
        if let Some(subquery) = subqueries.next_if(|s| s.first == i) {
            let end = source.tokens().get(subquery.last).map_or(token.span.end, |t| t.span.end);
            let name = Word {
                value: SUBQUERY.into(),
                quote_style: Some('"'),
                keyword: Keyword::NoKeyword,
            };
            let span = Span::new(token.span.start, end);
            kept.push(TokenWithSpan::new(Token::Word(name), span));
            i = subquery.last;
        } else if !dropped.contains(&i) {
            kept.push(token.clone());
        }
        i += 1;
    }
    if kept.last().is_none_or(|t| t.token != Token::EOF) {
        let end = kept.last().map_or(Span::empty(), |t| Span::new(t.span.end, t.span.end));
        kept.push(TokenWithSpan::new(Token::EOF, end));
    }
    kept
}

/// What a subquery is called where it has no alias, as in DuckDB.
pub(super) const SUBQUERY: &str = "unnamed_subquery";

/// The subqueries in FROM of the queries in `within`, in parentheses, without those inside of them.
pub(super) fn subqueries(source: &Source, within: Extent) -> Vec<Extent> {
    let mut found = Vec::new();
    let (mut depth, mut in_from, mut i) = (0usize, false, within.first);
    while i <= within.last {
        match source.token(i) {
            Token::SemiColon => (depth, in_from) = (0, false),
            Token::RParen => depth = depth.saturating_sub(1),
            Token::LParen => {
                let is_query = source.is_word(i + 1, "SELECT");
                if in_from && is_query && i > within.first && starts(source, i - 1, depth) {
                    let last = source.closing(i);
                    if last > i {
                        found.push(Extent { first: i, last });
                        i = last + 1;
                        continue;
                    }
                }
                depth += 1;
            }
            Token::Word(w) if depth == 0 && w.quote_style.is_none() => match w.keyword {
                Keyword::FROM => {
                    in_from = i == within.first || !source.is_word(i - 1, "DISTINCT");
                }
                Keyword::WHERE | Keyword::GROUP | Keyword::HAVING | Keyword::ORDER => {
                    in_from = false;
                }
                _ => {}
            },
            _ => {}
        }
        i += 1;
    }
    found
}

/// Whether a subquery can stand behind the token at `before`: FROM, or the start of the arguments
/// of a window.
fn starts(source: &Source, before: usize, depth: usize) -> bool {
    if depth == 0 {
        return source.is_word(before, "FROM");
    }
    match source.token(before) {
        Token::LParen => before > 0 && matches!(source.token(before - 1), Token::Word(_)),
        Token::RArrow => true,
        _ => source.is_word(before, "TABLE"),
    }
}

/// What Flink's spelling has more.
fn flink(source: &Source, within: Extent) -> BTreeSet<usize> {
    let mut dropped = BTreeSet::new();
    for i in within.first..=within.last {
        let is_call = source.is_word(i, "TABLE")
            && *source.token(i + 1) == Token::LParen
            && FLINK.iter().any(|name| source.is_word(i + 2, name))
            && *source.token(i + 3) == Token::LParen;
        if !is_call {
            continue;
        }
        let close = source.closing(i + 3);
        dropped.extend([i, i + 1, source.closing(i + 1)]);
        for j in i + 4..close {
            let opens =
                *source.token(j - 1) == Token::LParen || *source.token(j - 1) == Token::RArrow;
            if opens && source.is_word(j, "TABLE") {
                dropped.insert(j);
            }
            if source.is_word(j, "DESCRIPTOR") && *source.token(j + 1) == Token::LParen {
                dropped.extend([j, j + 1, source.closing(j + 1)]);
            }
        }
        if let Some(keys) = partition(source, Extent { first: i + 4, last: close }) {
            dropped.extend(keys.first..=keys.last);
        }
    }
    dropped
}

/// The `PARTITION BY ...` in Flink's call of a window whose arguments are `within`.
pub(super) fn partition(source: &Source, within: Extent) -> Option<Extent> {
    let mut all = within.first..within.last;
    let first = all.find(|&i| source.is_word(i, "PARTITION") && source.is_word(i + 1, "BY"))?;
    // It ends before the next argument.
    let ends = |&i: &usize| {
        i >= within.last
            || *source.token(i) == Token::Comma
                && (source.is_word(i + 1, "DESCRIPTOR") || *source.token(i + 2) == Token::RArrow)
    };
    let end = (first + 2..=within.last).find(ends)?;
    Some(Extent { first, last: end - 1 })
}
