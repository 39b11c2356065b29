//! The SQL text as tokens, and places in it.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use sqlparser::tokenizer::{Location, Span, Token, TokenWithSpan, Tokenizer};

use super::dialect::RingDialect;
use super::error::{CompileError, CompileErrorKind, Place};

/// Most tokens of one SQL text: a bound on the depth of what the parser builds.
const MAX_TOKENS_OF_STATEMENT: usize = 4096;
/// Longest SQL text, bytes.
const MAX_BYTES: usize = 1 << 20;

/// A run of tokens, by index, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) first: usize,
    pub(super) last: usize,
}

impl Extent {
    pub(super) const fn one(token: usize) -> Self {
        Self { first: token, last: token }
    }

    /// From the start of this one to the end of the other.
    pub(super) fn to(self, other: Self) -> Self {
        Self { first: self.first.min(other.first), last: self.last.max(other.last) }
    }
}

/// The tokens of the SQL text, without white space and comments; the last is the end of the text.
#[derive(Debug)]
pub(super) struct Source {
    tokens: Vec<TokenWithSpan>,
}

impl Source {
    pub(super) fn new(sql: &str) -> Result<Self, CompileError> {
        if sql.len() > MAX_BYTES {
            let place = Place { line: 1, column: 1, len: 1 };
            let message = format!("the SQL text is longer than {MAX_BYTES} bytes");
            return Err(CompileError::new(
                CompileErrorKind::Limit,
                place,
                message,
                "split it into files",
            ));
        }
        let mut tokens = Vec::new();
        Tokenizer::new(&RingDialect, sql).tokenize_with_location_into_buf(&mut tokens).map_err(
            |e| {
                let place = place_of(e.location, 1);
                CompileError::new(
                    CompileErrorKind::Syntax,
                    place,
                    lower_first(&e.message),
                    "the text, name, number or comment that begins here is not whole",
                )
            },
        )?;
        tokens.retain(|t| !matches!(t.token, Token::Whitespace(_)));
        // The end is just behind the last token, so that its caret stands on a line with text.
        let end = tokens.last().map_or(Location { line: 1, column: 1 }, |t| t.span.end);
        tokens.push(TokenWithSpan::new(Token::EOF, Span::new(end, end)));
        let source = Self { tokens };
        source.check()?;
        Ok(source)
    }

    /// Refuses what the parser would misread or choke on.
    fn check(&self) -> Result<(), CompileError> {
        let mut in_statement = 0;
        for (i, token) in self.tokens.iter().enumerate() {
            in_statement += 1;
            if token.token == Token::SemiColon {
                in_statement = 0;
            }
            if in_statement > MAX_TOKENS_OF_STATEMENT {
                return Err(self.error(
                    Extent::one(i),
                    CompileErrorKind::Limit,
                    format!(
                        "the statement has more than {MAX_TOKENS_OF_STATEMENT} words and signs"
                    ),
                    "split it into several statements",
                ));
            }
            // What is a number elsewhere would be read as bytes: the tokens of 0x1F and x'1F' differ
            // in their lengths alone.
            if let Token::HexStringLiteral(digits) = &token.token
                && token.span.end.column == token.span.start.column + digits.len() as u64 + 2
            {
                let even = if digits.len() % 2 == 0 { "" } else { "0" };
                let bytes = format!("x'{even}{digits}' for bytes");
                let help = match u64::from_str_radix(digits, 16) {
                    Ok(number) => format!("write {bytes}, or {number} for a number"),
                    Err(_) => format!("write {bytes}"),
                };
                let message = format!("0x{digits} is not a number");
                return Err(self.error(Extent::one(i), CompileErrorKind::Syntax, message, help));
            }
            // "1_x" or "0x" would otherwise be read as the number 1 (or 0) with an alias.
            if let Token::Number(..) = token.token
                && let Some(next) = self.tokens.get(i + 1)
                && let Token::Word(_) = next.token
                && token.span.end == next.span.start
            {
                return Err(self.error(
                    Extent { first: i, last: i + 1 },
                    CompileErrorKind::Syntax,
                    format!("{}{} is not a number", token.token, next.token),
                    "put a space between a number and a name",
                ));
            }
        }
        Ok(())
    }

    pub(super) fn tokens(&self) -> &[TokenWithSpan] {
        &self.tokens
    }

    pub(super) fn token(&self, index: usize) -> &Token {
        self.tokens.get(index).map_or(&Token::EOF, |t| &t.token)
    }

    /// The token as it is written.
    pub(super) fn text(&self, index: usize) -> String {
        match self.token(index) {
            Token::EOF => "the end of the text".into(),
            token => format!("{token}"),
        }
    }

    /// The tokens as they are written, but for white space.
    pub(super) fn written(&self, extent: Extent) -> String {
        (extent.first..=extent.last).fold(String::new(), |mut text, i| {
            let token = self.text(i);
            if !text.is_empty() && !text.ends_with('(') && !matches!(&*token, "(" | ")" | ",") {
                text.push(' ');
            }
            text.push_str(&token);
            text
        })
    }

    pub(super) fn is_word(&self, index: usize, word: &str) -> bool {
        matches!(self.token(index), Token::Word(w)
            if w.quote_style.is_none() && w.value.eq_ignore_ascii_case(word))
    }

    /// The token that starts at a place of the parser's; `None` where the parser gives none.
    pub(super) fn at(&self, location: Location) -> Option<usize> {
        if location.line == 0 {
            return None;
        }
        // The end of the text is empty: it starts where it ends.
        let last = self.tokens.len() - 1;
        let index = self.tokens[..last].partition_point(|t| t.span.end <= location);
        (index < self.tokens.len()).then_some(index)
    }

    /// The tokens of one of the parser's spans, else of `or`.
    pub(super) fn extent(&self, span: Span, or: Extent) -> Extent {
        let Some(first) = self.at(span.start) else { return or };
        let last = self.tokens.partition_point(|t| t.span.start < span.end);
        Extent { first, last: last.saturating_sub(1).max(first) }
    }

    /// The same with the parentheses that stand directly around it.
    pub(super) fn with_parentheses(&self, e: Extent) -> Extent {
        if e.first > 0
            && *self.token(e.first - 1) == Token::LParen
            && *self.token(e.last + 1) == Token::RParen
        {
            return Extent { first: e.first - 1, last: e.last + 1 };
        }
        e
    }

    /// The parenthesis that closes the one at `open`.
    pub(super) fn closing(&self, open: usize) -> usize {
        let mut depth = 0usize;
        for (i, token) in self.tokens.iter().enumerate().skip(open) {
            match token.token {
                Token::LParen => depth += 1,
                Token::RParen => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return i;
                    }
                }
                Token::SemiColon => break,
                _ => {}
            }
        }
        open
    }

    /// The first place in `within` where these keywords stand in a row, outside of parentheses.
    pub(super) fn find(&self, within: Extent, words: &[&str]) -> Extent {
        let mut depth = 0usize;
        for i in within.first..=within.last {
            match self.token(i) {
                Token::LParen => depth += 1,
                Token::RParen => depth = depth.saturating_sub(1),
                _ if depth == 0
                    && words.iter().enumerate().all(|(j, word)| self.is_word(i + j, word)) =>
                {
                    return Extent { first: i, last: i + words.len() - 1 };
                }
                _ => {}
            }
        }
        Extent::one(within.first)
    }

    /// The first comma in `within` outside of parentheses.
    pub(super) fn comma(&self, within: Extent) -> usize {
        let mut depth = 0usize;
        let is_comma = |&i: &usize| {
            match self.token(i) {
                Token::LParen => depth += 1,
                Token::RParen => depth = depth.saturating_sub(1),
                Token::Comma => return depth == 0,
                _ => {}
            }
            false
        };
        (within.first..=within.last).find(is_comma).unwrap_or(within.first)
    }

    pub(super) fn place(&self, extent: Extent) -> Place {
        let at = |i: usize| self.tokens.get(i).map_or(Span::empty(), |t| t.span);
        let (start, end) = (at(extent.first).start, at(extent.last.max(extent.first)).end);
        // Of what goes on over several lines, the first token is shown.
        let end = if end.line == start.line { end } else { at(extent.first).end };
        let len = if end.line == start.line { end.column.saturating_sub(start.column) } else { 1 };
        place_of(start, len as usize)
    }

    pub(super) fn error(
        &self,
        extent: Extent,
        kind: CompileErrorKind,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> CompileError {
        CompileError::new(kind, self.place(extent), message, help)
    }

    /// "X is not supported yet".
    pub(super) fn unsupported(
        &self,
        extent: Extent,
        what: impl core::fmt::Display,
        help: impl Into<String>,
    ) -> CompileError {
        let message = format!("{what} is not supported yet");
        self.error(extent, CompileErrorKind::Unsupported, message, help)
    }
}

pub(super) fn place_of(location: Location, len: usize) -> Place {
    Place {
        line: location.line.max(1) as usize,
        column: location.column.max(1) as usize,
        len: len.max(1),
    }
}

pub(super) fn lower_first(message: &str) -> String {
    let mut chars = message.chars();
    chars.next().map_or_else(String::new, |c| c.to_lowercase().chain(chars).collect())
}
