//! RingQL's dialect of `sqlparser`: names and literals as DuckDB has them.

use sqlparser::ast::Expr;
use sqlparser::dialect::Dialect;
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::Token;

use super::expression;

/// What the parser accepts. What it parses beyond RingQL's SQL, the binder refuses by name.
#[derive(Debug)]
pub(super) struct RingDialect;

impl Dialect for RingDialect {
    fn is_identifier_start(&self, ch: char) -> bool {
        ch.is_alphabetic() || ch == '_'
    }

    fn is_identifier_part(&self, ch: char) -> bool {
        ch.is_alphanumeric() || ch == '_' || ch == '$'
    }

    fn is_delimited_identifier_start(&self, ch: char) -> bool {
        ch == '"'
    }

    fn identifier_quote_style(&self, _: &str) -> Option<char> {
        Some('"')
    }

    fn supports_numeric_literal_underscores(&self) -> bool {
        true
    }

    fn supports_nested_comments(&self) -> bool {
        true
    }

    fn supports_order_by_all(&self) -> bool {
        true
    }

    // The following are parsed so that they can be refused by name.

    fn supports_filter_during_aggregation(&self) -> bool {
        true
    }

    fn supports_group_by_expr(&self) -> bool {
        true
    }

    fn supports_match_recognize(&self) -> bool {
        true
    }

    fn supports_notnull_operator(&self) -> bool {
        true
    }

    fn supports_in_empty_list(&self) -> bool {
        true
    }

    fn supports_bitwise_shift_operators(&self) -> bool {
        true
    }

    fn supports_select_wildcard_exclude(&self) -> bool {
        true
    }

    fn parse_prefix(&self, parser: &mut Parser<'_>) -> Option<Result<Expr, ParserError>> {
        Some(expression::parse(parser))
    }

    /// `EMIT` and `SETTINGS` after a query are clauses, not aliases.
    fn is_table_alias(&self, kw: &Keyword, parser: &mut Parser<'_>) -> bool {
        let clause = matches!(&parser.get_current_token().token, Token::Word(w)
            if w.quote_style.is_none() && is_clause(&w.value));
        !clause && !sqlparser::keywords::RESERVED_FOR_TABLE_ALIAS.contains(kw)
    }

    fn is_column_alias(&self, kw: &Keyword, parser: &mut Parser<'_>) -> bool {
        let clause = matches!(&parser.get_current_token().token, Token::Word(w)
            if w.quote_style.is_none() && is_clause(&w.value));
        !clause && !sqlparser::keywords::RESERVED_FOR_COLUMN_ALIAS.contains(kw)
    }
}

/// The clauses that are RingQL's own.
pub(super) fn is_clause(word: &str) -> bool {
    word.eq_ignore_ascii_case("EMIT") || word.eq_ignore_ascii_case("SETTINGS")
}
