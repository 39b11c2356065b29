//! Statements: a thin parser around `sqlparser`, which parses queries and expressions.

use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use sqlparser::ast;
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Location, Token, TokenWithSpan};

use super::ddl::{self, CreateStream};
use super::dialect::RingDialect;
use super::error::{CompileError, CompileErrorKind};
use super::expression::{HELP, REFUSED};
use super::hints;
use super::source::{Extent, Source, lower_first};

/// A name as it is written, and where.
#[derive(Clone, Debug)]
pub(super) struct Name {
    pub(super) text: String,
    pub(super) extent: Extent,
}

/// A statement of a SQL text.
#[derive(Debug)]
pub(super) enum Statement {
    CreateStream(CreateStream),
    Query(QueryStatement),
}

/// `[INSERT INTO sink] SELECT ... [SETTINGS ...] [EMIT FINAL]`
#[derive(Debug)]
pub(super) struct QueryStatement {
    pub(super) sink: Option<Name>,
    pub(super) query: Box<ast::Query>,
    pub(super) settings: Vec<Setting>,
    /// The query itself.
    pub(super) extent: Extent,
}

/// `key = value` of SETTINGS or WITH.
#[derive(Debug)]
pub(super) struct Setting {
    pub(super) key: Name,
    pub(super) value: Token,
    pub(super) extent: Extent,
}

/// Parses all statements of the text.
pub(super) fn parse(source: &Source) -> Result<Vec<Statement>, CompileError> {
    let parser = Parser::new(&RingDialect).with_tokens_with_locations(without_table(source));
    let mut p = Statements { source, parser };
    let mut statements = Vec::new();
    loop {
        while p.take(&Token::SemiColon) {}
        if *source.token(p.at()) == Token::EOF {
            return Ok(statements);
        }
        let first = p.at();
        statements.push(p.statement()?);
        if *source.token(p.at()) != Token::EOF && !p.take(&Token::SemiColon) {
            return Err(hints::cannot_go_on(source, first, p.at()));
        }
    }
}

/// The tokens with Flink's `TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), ...))` written as
/// `TUMBLE(s, ts, ...)`. They keep their places.
fn without_table(source: &Source) -> Vec<TokenWithSpan> {
    let mut dropped = BTreeSet::new();
    let words = |i: usize, words: &[&str]| {
        words.iter().enumerate().all(|(j, word)| match *word {
            "(" => *source.token(i + j) == Token::LParen,
            "" => matches!(source.token(i + j), Token::Word(_)),
            "," => *source.token(i + j) == Token::Comma,
            ")" => *source.token(i + j) == Token::RParen,
            word => source.is_word(i + j, word),
        })
    };
    for i in 0..source.tokens().len() {
        if words(i, &["TABLE", "(", "", "(", "TABLE", "", ",", "DESCRIPTOR", "(", "", ")"]) {
            // Without: TABLE ( . . TABLE . . DESCRIPTOR ( . ) ... )
            dropped.extend([i, i + 1, i + 4, i + 7, i + 8, i + 10, source.closing(i + 1)]);
        }
    }
    let kept = |(i, token): (usize, &TokenWithSpan)| (!dropped.contains(&i)).then(|| token.clone());
    source.tokens().iter().enumerate().filter_map(kept).collect()
}

/// A cursor over the tokens.
pub(super) struct Statements<'s> {
    pub(super) source: &'s Source,
    pub(super) parser: Parser<'s>,
}

const STATEMENTS: &str = "a statement is CREATE STREAM, SELECT or INSERT INTO ... SELECT";

impl Statements<'_> {
    fn statement(&mut self) -> Result<Statement, CompileError> {
        let start = self.at();
        if self.word("CREATE") {
            if self.word("STREAM") {
                return ddl::create_stream(self).map(Statement::CreateStream);
            }
            return Err(self.refuse_create(start));
        }
        if self.word("INSERT") {
            self.expect_word("INTO", "INTO")?;
            let sink = self.name("the name of an output")?;
            if *self.source.token(self.at()) == Token::LParen {
                return Err(self.source.unsupported(
                    Extent::one(self.at()),
                    "a column list after INSERT INTO",
                    "name the columns in the SELECT list: INSERT INTO sink SELECT a AS x, ...",
                ));
            }
            if !self.source.is_word(self.at(), "SELECT") {
                return Err(self.unexpected("SELECT"));
            }
            return self.query(Some(sink)).map(Statement::Query);
        }
        match self.source.token(start) {
            Token::Word(w) if w.keyword == Keyword::SELECT => {
                self.query(None).map(Statement::Query)
            }
            Token::Word(w) if w.quote_style.is_none() && w.keyword != Keyword::NoKeyword => {
                let what = w.value.to_ascii_uppercase();
                Err(self.source.unsupported(Extent::one(start), what, STATEMENTS))
            }
            _ => {
                let near = hints::hint(self.source, start, "SELECT CREATE INSERT");
                let help = near.as_deref().unwrap_or(STATEMENTS);
                Err(self.unexpected("a statement").with_help(help))
            }
        }
    }

    /// `CREATE` something else.
    fn refuse_create(&self, start: usize) -> CompileError {
        let at = self.at();
        let extent = Extent { first: start, last: at };
        let help = "CREATE STREAM name (column TYPE, ..., WATERMARK FOR ts AS ts)";
        if let Token::Word(w) = self.source.token(at) {
            let near = hints::hint(self.source, at, "STREAM");
            let help = near.as_deref().unwrap_or(help);
            let what = format!("CREATE {}", w.value.to_ascii_uppercase());
            return self.source.unsupported(extent, what, help);
        }
        self.unexpected("STREAM").with_help(help)
    }

    fn query(&mut self, sink: Option<Name>) -> Result<QueryStatement, CompileError> {
        let first = self.at();
        self.check_nesting(first)?;
        let query = self.parser.parse_query().map_err(|e| self.syntax(e))?;
        let extent = Extent { first, last: self.at().saturating_sub(1).max(first) };
        let mut settings: Option<Vec<Setting>> = None;
        let mut emit = false;
        loop {
            let at = self.at();
            if self.word("SETTINGS") {
                if settings.is_some() {
                    return Err(self.twice(at, "SETTINGS"));
                }
                settings = Some(self.settings()?);
            } else if self.word("EMIT") {
                if emit {
                    return Err(self.twice(at, "EMIT"));
                }
                emit = true;
                self.emit()?;
            } else {
                break;
            }
        }
        Ok(QueryStatement { sink, query, settings: settings.unwrap_or_default(), extent })
    }

    /// Refuses queries inside of queries before `sqlparser` descends into them.
    fn check_nesting(&self, first: usize) -> Result<(), CompileError> {
        let source = self.source;
        let help = "a query reads one stream: SELECT ... FROM stream";
        let (mut depth, mut in_from) = (0usize, false);
        for i in first..source.tokens().len() {
            let at = Extent::one(i);
            match source.token(i) {
                Token::SemiColon => break,
                Token::RParen => depth = depth.saturating_sub(1),
                Token::LParen => {
                    let is_call = matches!(source.token(i - 1), Token::Word(w)
                        if !matches!(w.keyword, Keyword::FROM | Keyword::JOIN | Keyword::LATERAL));
                    if depth == 0 && in_from && !is_call {
                        return Err(source.unsupported(at, "a subquery in FROM", help));
                    }
                    depth += 1;
                }
                Token::Word(w) if depth == 0 && w.quote_style.is_none() => match w.keyword {
                    Keyword::FROM => in_from = true,
                    Keyword::WHERE | Keyword::GROUP | Keyword::HAVING | Keyword::ORDER => {
                        in_from = false;
                    }
                    Keyword::UNION | Keyword::EXCEPT | Keyword::INTERSECT => {
                        let what = w.value.to_ascii_uppercase();
                        return Err(source.unsupported(at, what, help));
                    }
                    _ => {}
                },
                _ => {}
            }
        }
        Ok(())
    }

    fn settings(&mut self) -> Result<Vec<Setting>, CompileError> {
        let mut settings = Vec::new();
        loop {
            settings.push(self.setting("the name of a setting")?);
            if !self.take(&Token::Comma) {
                return Ok(settings);
            }
        }
    }

    fn emit(&mut self) -> Result<(), CompileError> {
        if self.word("FINAL") {
            return Ok(());
        }
        let at = self.at();
        let help = "EMIT FINAL (the default): a result when its window closes or the input ends";
        if self.source.is_word(at, "CHANGES") {
            let extent = Extent { first: at - 1, last: at };
            return Err(self.source.unsupported(extent, "EMIT CHANGES", help));
        }
        let near = hints::hint(self.source, at, "FINAL");
        Err(self.unexpected("FINAL").with_help(near.as_deref().unwrap_or(help)))
    }

    fn twice(&self, at: usize, what: &str) -> CompileError {
        let message = format!("{what} stands twice");
        self.source.error(Extent::one(at), CompileErrorKind::Ambiguous, message, "write it once")
    }

    /// `key = value`, the value a number, a quoted text or a word.
    pub(super) fn setting(&mut self, what: &str) -> Result<Setting, CompileError> {
        let key = self.name(what)?;
        if !self.take(&Token::Eq) {
            return Err(self.unexpected("="));
        }
        let first = self.at();
        if *self.source.token(first) == Token::Minus {
            self.parser.advance_token();
        }
        let at = self.at();
        match self.source.token(at) {
            value @ (Token::Number(..) | Token::SingleQuotedString(_) | Token::Word(_)) => {
                self.parser.advance_token();
                Ok(Setting { key, value: value.clone(), extent: Extent { first, last: at } })
            }
            _ => Err(self.unexpected("a number or a quoted text")),
        }
    }

    /// The index of the next token.
    pub(super) fn at(&self) -> usize {
        // The parser tells the token before it; at the very start that is the same as the first.
        let next = self.parser.peek_token_ref();
        self.source.at(next.span.start).unwrap_or(self.source.tokens().len() - 1)
    }

    pub(super) fn word(&mut self, word: &str) -> bool {
        let found = self.source.is_word(self.at(), word);
        if found {
            self.parser.advance_token();
        }
        found
    }

    pub(super) fn take(&mut self, token: &Token) -> bool {
        let found = self.source.token(self.at()) == token;
        if found {
            self.parser.advance_token();
        }
        found
    }

    pub(super) fn expect_word(&mut self, word: &str, what: &str) -> Result<(), CompileError> {
        if self.word(word) { Ok(()) } else { Err(self.unexpected(what)) }
    }

    pub(super) fn expect(&mut self, token: &Token) -> Result<(), CompileError> {
        if self.take(token) { Ok(()) } else { Err(self.unexpected(&format!("{token}"))) }
    }

    /// A name: a word (also a keyword) or a quoted one.
    pub(super) fn name(&mut self, what: &str) -> Result<Name, CompileError> {
        let at = self.at();
        let Token::Word(w) = self.source.token(at) else { return Err(self.unexpected(what)) };
        if w.value.is_empty() {
            return Err(self.unexpected(what));
        }
        self.parser.advance_token();
        if *self.source.token(self.at()) == Token::Period {
            return Err(self.source.unsupported(
                Extent::one(self.at()),
                "a name of several parts",
                "names of streams and outputs have one part",
            ));
        }
        Ok(Name { text: w.value.clone(), extent: Extent::one(at) })
    }

    pub(super) fn unexpected(&self, expected: &str) -> CompileError {
        hints::unexpected(self.source, self.at(), expected)
    }

    /// An error of `sqlparser`'s, with its place.
    pub(super) fn syntax(&self, error: ParserError) -> CompileError {
        let message = match error {
            ParserError::TokenizerError(m) | ParserError::ParserError(m) => m,
            ParserError::RecursionLimitExceeded => {
                return self.source.error(
                    Extent::one(self.at()),
                    CompileErrorKind::Limit,
                    "the query is nested too deeply",
                    "use fewer parentheses inside each other",
                );
            }
        };
        let (message, location) = split_location(&message);
        let extent = location.and_then(|l| self.source.at(l)).unwrap_or_else(|| self.at());
        if let Some((what, help)) = message.strip_prefix(REFUSED).and_then(|m| m.split_once(HELP)) {
            return self.source.unsupported(Extent::one(extent), what, help);
        }
        let message = message
            .replace("Expected: ", "expected ")
            .replace("found: EOF", "found the end of the text")
            .replace("found: ", "found ");
        let message = lower_first(&message);
        let expected = message.split_once(", found").map_or("", |(expected, _)| expected);
        let help = hints::hint(self.source, extent, expected).unwrap_or_default();
        self.source.error(Extent::one(extent), CompileErrorKind::Syntax, message, help)
    }
}

/// Splits `message at Line: 1, Column: 5`.
fn split_location(message: &str) -> (&str, Option<Location>) {
    let split = || {
        let (text, place) = message.rsplit_once(" at Line: ")?;
        let (line, column) = place.split_once(", Column: ")?;
        let (line, column) = (line.trim().parse().ok()?, column.trim().parse().ok()?);
        Some((text, Location { line, column }))
    };
    split().map_or((message, None), |(text, location)| (text, Some(location)))
}
