//! Statements: a thin parser around `sqlparser`, which parses queries and expressions.
//! SETTINGS and EMIT are in `tail.rs`.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use sqlparser::ast;
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Location, Token};

use super::ddl::{self, CreateStream};
use super::dialect::RingDialect;
use super::error::{CompileError, CompileErrorKind};
use super::expression::{HELP, REFUSED};
use super::hints;
use super::rewrite;
use super::source::{Extent, Source, lower_first};
use super::tail::{Emit, Setting};

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
    CreateView(Name, QueryStatement),
    Query(QueryStatement),
}

/// `[INSERT INTO sink] SELECT ... [EMIT ...] [SETTINGS ...]`
#[derive(Debug)]
pub(super) struct QueryStatement {
    pub(super) sink: Option<Name>,
    pub(super) query: Box<ast::Query>,
    pub(super) settings: Vec<Setting>,
    pub(super) emit: Option<Emit>,
    /// The query itself.
    pub(super) extent: Extent,
    /// The subqueries in FROM, by the parentheses around them.
    pub(super) subqueries: Vec<(Extent, QueryStatement)>,
}

/// Deepest nesting of subqueries: a bound on recursion.
const MAX_SUBQUERIES: usize = 8;

/// Parses all statements of the text.
pub(super) fn parse(source: &Source) -> Result<Vec<Statement>, CompileError> {
    let all = Extent { first: 0, last: source.tokens().len().saturating_sub(2) };
    let mut p = Statements::over(source, all, 0);
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

/// A cursor over the tokens.
pub(super) struct Statements<'s> {
    pub(super) source: &'s Source,
    pub(super) parser: Parser<'s>,
    /// How many queries deep it is.
    nesting: usize,
}

const STATEMENTS: &str =
    "a statement is CREATE STREAM, CREATE VIEW, SELECT or INSERT INTO ... SELECT";

impl<'s> Statements<'s> {
    fn over(source: &'s Source, within: Extent, nesting: usize) -> Self {
        let tokens = rewrite::tokens(source, within);
        let parser = Parser::new(&RingDialect).with_tokens_with_locations(tokens);
        Self { source, parser, nesting }
    }

    fn statement(&mut self) -> Result<Statement, CompileError> {
        let start = self.at();
        if self.word("CREATE") {
            if self.word("STREAM") {
                return ddl::create_stream(self).map(Statement::CreateStream);
            }
            if self.word("VIEW") {
                return self.create_view();
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

    /// `CREATE VIEW name AS SELECT ...`
    fn create_view(&mut self) -> Result<Statement, CompileError> {
        let help = "write CREATE VIEW name AS SELECT ...";
        let at = self.at();
        if self.source.is_word(at, "IF") {
            let extent = Extent { first: at, last: at + 2 };
            return Err(self.source.unsupported(extent, "IF NOT EXISTS", help));
        }
        let name = self.name("the name of the view")?;
        if *self.source.token(self.at()) == Token::LParen {
            let what = "a list of column names after the name of a view";
            let help = "name the columns in the SELECT list: SELECT a AS x";
            return Err(self.source.unsupported(Extent::one(self.at()), what, help));
        }
        self.expect_word("AS", "AS")?;
        if !self.source.is_word(self.at(), "SELECT") {
            return Err(self.unexpected("SELECT"));
        }
        Ok(Statement::CreateView(name, self.query(None)?))
    }

    /// `CREATE` something else.
    fn refuse_create(&self, start: usize) -> CompileError {
        let at = self.at();
        let extent = Extent { first: start, last: at };
        let help = "CREATE STREAM name (column TYPE, ..., WATERMARK FOR ts AS ts)";
        if let Token::Word(w) = self.source.token(at) {
            let near = hints::hint(self.source, at, "STREAM VIEW");
            let help = near.as_deref().unwrap_or(help);
            let what = format!("CREATE {}", w.value.to_ascii_uppercase());
            return self.source.unsupported(extent, what, help);
        }
        self.unexpected("STREAM or VIEW").with_help(help)
    }

    fn query(&mut self, sink: Option<Name>) -> Result<QueryStatement, CompileError> {
        let first = self.at();
        self.check_nesting(first)?;
        let query = self.parser.parse_query().map_err(|e| self.syntax(e))?;
        let extent = Extent { first, last: self.at().saturating_sub(1).max(first) };
        let (emit, settings) = self.tail()?;
        let mut subqueries = Vec::new();
        for inner in rewrite::subqueries(self.source, extent) {
            subqueries.push((inner, self.subquery(inner)?));
        }
        Ok(QueryStatement { sink, query, settings, emit, extent, subqueries })
    }

    /// The query in these parentheses.
    fn subquery(&self, inner: Extent) -> Result<QueryStatement, CompileError> {
        let source = self.source;
        if self.nesting >= MAX_SUBQUERIES {
            let message = "the query is nested too deeply";
            let help = "name queries by CREATE VIEW name AS SELECT ...";
            let at = Extent::one(inner.first);
            return Err(source.error(at, CompileErrorKind::Limit, message, help));
        }
        let within = Extent { first: inner.first + 1, last: inner.last - 1 };
        let mut p = Statements::over(source, within, self.nesting + 1);
        let query = p.query(None)?;
        if p.at() != inner.last {
            return Err(hints::cannot_go_on(source, within.first, p.at()));
        }
        Ok(query)
    }

    /// Refuses queries inside of queries before `sqlparser` descends into them.
    fn check_nesting(&self, first: usize) -> Result<(), CompileError> {
        let source = self.source;
        let help = "a query reads one stream: SELECT ... FROM stream";
        let (mut depth, mut in_from, mut i) = (0usize, false, first);
        let end = (first..source.tokens().len()).find(|&i| *source.token(i) == Token::SemiColon);
        let last = end.unwrap_or(source.tokens().len() - 1);
        let statement = Extent { first, last };
        let mut subqueries = rewrite::subqueries(source, statement).into_iter().peekable();
        while i <= last {
            if let Some(subquery) = subqueries.next_if(|s| s.first == i) {
                i = subquery.last + 1;
                continue;
            }
            let at = Extent::one(i);
            match source.token(i) {
                // The one around a subquery.
                Token::RParen if depth == 0 => break,
                Token::RParen => depth -= 1,
                Token::LParen => {
                    let is_call = matches!(source.token(i - 1), Token::Word(w)
                        if !matches!(w.keyword, Keyword::FROM | Keyword::JOIN | Keyword::LATERAL));
                    if depth == 0 && in_from && !is_call {
                        return Err(source.unsupported(at, "FROM in parentheses", help));
                    }
                    depth += 1;
                }
                Token::Word(w) if depth == 0 && w.quote_style.is_none() => match w.keyword {
                    // IS DISTINCT FROM is an operator.
                    Keyword::FROM => in_from = !source.is_word(i - 1, "DISTINCT"),
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
            i += 1;
        }
        Ok(())
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
