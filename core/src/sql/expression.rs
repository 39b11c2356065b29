//! Expressions: a parser of our own inside of `sqlparser`, which calls it at the start of each.
//!
//! `sqlparser`'s takes up to 80 KB of stack for each nesting in a debug build, has `=` and `IN`
//! at one level of precedence where DuckDB has two, and parses much that is not RingQL's SQL. This
//! one gives the same tree. Its levels, the loosest first, are PostgreSQL's and DuckDB's:
//!
//! `OR`, `AND`, `NOT`, `IS`, comparisons, `BETWEEN`, `IN` and `LIKE`, `|| & | << >>`, `+ -`,
//! `* / % //`, `^ **`, `AT TIME ZONE`, a sign, `::`

use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;

use super::forms;
use sqlparser::ast::{BinaryOperator, CastKind, Expr};
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Token, Word};

/// Marks an error that refuses something by name: `\u{1}what\u{2}help at Line: 1, Column: 2`.
pub(super) const REFUSED: char = '\u{1}';
/// Stands between what is refused and the help.
pub(super) const HELP: char = '\u{2}';
/// Deepest nesting: a bound on recursion.
const MAX_DEPTH: usize = 60;

pub(super) const OPERATORS: &str = "operators are + - * / % // ^, & | << >> ~, ||, \
                                    = <> < <= > >=, AND, OR, NOT, IS, BETWEEN, IN (list), LIKE, \
                                    SIMILAR TO, AT TIME ZONE and CASE";
pub(super) const FUNCTIONS: &str = "core/SQL.md lists the functions";
pub(super) const SUBQUERY: &str = "a query reads one stream: SELECT ... FROM stream";

// Levels of precedence.
pub(super) const OR: u8 = 1;
const AND: u8 = 2;
pub(super) const NOT: u8 = 3;
const IS: u8 = 4;
const COMPARISON: u8 = 5;
pub(super) const RANGE: u8 = 6;
pub(super) const OTHER: u8 = 7;
const SUM: u8 = 8;
const PRODUCT: u8 = 9;
const POWER: u8 = 10;
pub(super) const ZONE: u8 = 11;
pub(super) const SIGN: u8 = 12;
const CAST: u8 = 13;

pub(super) type Parsed<T = Expr> = Result<T, ParserError>;

/// Parses a whole expression.
pub(super) fn parse(p: &mut Parser<'_>) -> Parsed {
    level(p, OR, 0)
}

/// Parses an expression of operators that bind at least as tightly as `least`.
pub(super) fn level(p: &mut Parser<'_>, least: u8, depth: usize) -> Parsed {
    if depth > MAX_DEPTH {
        return Err(ParserError::RecursionLimitExceeded);
    }
    let mut left = super::primary::start(p, depth)?;
    let mut compared = false;
    while let Some((binds, operator)) = operator(p)?.filter(|&(binds, _)| binds >= least) {
        if binds == COMPARISON && compared {
            return refuse(p, "a chain of comparisons", "join them with AND: a < b AND b < c");
        }
        compared = binds == COMPARISON;
        left = match operator {
            Operator::Binary(op) => {
                // Of `//` and `**` both signs.
                let two = matches!(op, BinaryOperator::DuckIntegerDivide)
                    || (op == BinaryOperator::PGExp && p.peek_token_ref().token == Token::Mul);
                if two {
                    p.advance_token();
                }
                p.advance_token();
                let right = Box::new(level(p, binds + 1, depth + 1)?);
                Expr::BinaryOp { left: Box::new(left), op, right }
            }
            Operator::Cast => {
                p.advance_token();
                let data_type = p.parse_data_type()?;
                let kind = CastKind::DoubleColon;
                Expr::Cast { kind, expr: Box::new(left), data_type, format: None }
            }
            Operator::Is => is(p, Box::new(left), depth)?,
            Operator::Range => range(p, Box::new(left), depth)?,
            Operator::Zone => forms::at_time_zone(p, left, depth)?,
        };
    }
    Ok(left)
}

enum Operator {
    Binary(BinaryOperator),
    Cast,
    /// `IS ...`, `ISNULL`, `NOTNULL`
    Is,
    /// `[NOT] BETWEEN`, `[NOT] IN`, `[NOT] LIKE`, `~`
    Range,
    /// `AT TIME ZONE`
    Zone,
}

/// The operator that follows, and how tightly it binds.
fn operator(p: &Parser<'_>) -> Parsed<Option<(u8, Operator)>> {
    use BinaryOperator as B;
    let binary = |binds, op| Ok(Some((binds, Operator::Binary(op))));
    match &p.peek_token_ref().token {
        Token::Plus => binary(SUM, B::Plus),
        Token::Minus => binary(SUM, B::Minus),
        Token::Mul if p.peek_nth_token_ref(1).token == Token::Mul => binary(POWER, B::PGExp),
        Token::Mul => binary(PRODUCT, B::Multiply),
        Token::Caret => binary(POWER, B::PGExp),
        Token::StringConcat => binary(OTHER, B::StringConcat),
        Token::Ampersand => binary(OTHER, B::BitwiseAnd),
        Token::Pipe => binary(OTHER, B::BitwiseOr),
        Token::DoubleTilde => binary(OTHER, B::PGLikeMatch),
        Token::DoubleTildeAsterisk => binary(OTHER, B::PGILikeMatch),
        Token::ExclamationMarkDoubleTilde => binary(OTHER, B::PGNotLikeMatch),
        Token::ExclamationMarkDoubleTildeAsterisk => binary(OTHER, B::PGNotILikeMatch),
        Token::CaretAt => binary(OTHER, B::PGStartsWith),
        Token::ShiftLeft => binary(OTHER, B::PGBitwiseShiftLeft),
        Token::ShiftRight => binary(OTHER, B::PGBitwiseShiftRight),
        Token::Div if p.peek_nth_token_ref(1).token == Token::Div => {
            binary(PRODUCT, B::DuckIntegerDivide)
        }
        Token::Div => binary(PRODUCT, B::Divide),
        Token::Mod => binary(PRODUCT, B::Modulo),
        Token::Eq | Token::DoubleEq => binary(COMPARISON, B::Eq),
        Token::Neq => binary(COMPARISON, B::NotEq),
        Token::Lt => binary(COMPARISON, B::Lt),
        Token::LtEq => binary(COMPARISON, B::LtEq),
        Token::Gt => binary(COMPARISON, B::Gt),
        Token::GtEq => binary(COMPARISON, B::GtEq),
        Token::Tilde
        | Token::TildeAsterisk
        | Token::ExclamationMarkTilde
        | Token::ExclamationMarkTildeAsterisk => Ok(Some((RANGE, Operator::Range))),
        Token::DoubleColon => Ok(Some((CAST, Operator::Cast))),
        Token::Word(word) if word.quote_style.is_none() => by_keyword(p, word),
        Token::LBracket => refuse(p, "a subscript", OPERATORS),
        Token::EOF
        | Token::SemiColon
        | Token::Comma
        | Token::LParen
        | Token::RParen
        | Token::RBracket
        | Token::LBrace
        | Token::RBrace
        | Token::Period
        | Token::Number(..)
        | Token::SingleQuotedString(_)
        | Token::Word(_) => Ok(None),
        Token::RArrow => refuse(p, "the operator =>", "did you mean >= ?"),
        other => refuse(p, &format!("the operator {other}"), OPERATORS),
    }
}

fn by_keyword(p: &Parser<'_>, word: &Word) -> Parsed<Option<(u8, Operator)>> {
    let next = match &p.peek_nth_token_ref(1).token {
        Token::Word(next) if word.keyword == Keyword::NOT => next.keyword,
        _ => word.keyword,
    };
    let what = match next {
        Keyword::AND => return Ok(Some((AND, Operator::Binary(BinaryOperator::And)))),
        Keyword::OR => return Ok(Some((OR, Operator::Binary(BinaryOperator::Or)))),
        Keyword::IS | Keyword::NOTNULL => {
            return Ok(Some((IS, Operator::Is)));
        }
        Keyword::BETWEEN | Keyword::IN | Keyword::LIKE | Keyword::ILIKE | Keyword::SIMILAR => {
            return Ok(Some((RANGE, Operator::Range)));
        }
        Keyword::RLIKE => "RLIKE",
        Keyword::REGEXP => "REGEXP",
        Keyword::GLOB => "GLOB",
        Keyword::OVERLAPS => "OVERLAPS",
        Keyword::XOR => "XOR",
        Keyword::DIV => "DIV",
        Keyword::COLLATE => return refuse(p, "COLLATE", "texts compare by their bytes"),
        Keyword::AT if is_word(p, 1, Keyword::TIME) => {
            return Ok(Some((ZONE, Operator::Zone)));
        }
        _ if is_null(word) => return Ok(Some((IS, Operator::Is))),
        _ => return Ok(None),
    };
    refuse(p, what, OPERATORS)
}

/// `ISNULL` is no keyword of sqlparser's.
fn is_null(word: &Word) -> bool {
    word.quote_style.is_none() && word.value.eq_ignore_ascii_case("ISNULL")
}

pub(super) fn is_word(p: &Parser<'_>, nth: usize, keyword: Keyword) -> bool {
    matches!(&p.peek_nth_token_ref(nth).token, Token::Word(w) if w.keyword == keyword)
}

/// What stands behind `IS`.
fn is(p: &mut Parser<'_>, left: Box<Expr>, depth: usize) -> Parsed {
    if matches!(&p.peek_token_ref().token, Token::Word(word) if is_null(word)) {
        p.advance_token();
        return Ok(Expr::IsNull(left));
    }
    if p.parse_keyword(Keyword::NOTNULL) {
        return Ok(Expr::IsNotNull(left));
    }
    p.advance_token();
    let not = p.parse_keyword(Keyword::NOT);
    let found =
        p.parse_one_of_keywords(&[Keyword::NULL, Keyword::TRUE, Keyword::FALSE, Keyword::UNKNOWN]);
    Ok(match (found, not) {
        (Some(Keyword::NULL), false) => Expr::IsNull(left),
        (Some(Keyword::NULL), true) => Expr::IsNotNull(left),
        (Some(Keyword::TRUE), false) => Expr::IsTrue(left),
        (Some(Keyword::TRUE), true) => Expr::IsNotTrue(left),
        (Some(Keyword::FALSE), false) => Expr::IsFalse(left),
        (Some(Keyword::FALSE), true) => Expr::IsNotFalse(left),
        (Some(_), false) => Expr::IsUnknown(left),
        (Some(_), true) => Expr::IsNotUnknown(left),
        (None, _) if p.parse_keywords(&[Keyword::DISTINCT, Keyword::FROM]) => {
            let right = Box::new(level(p, IS + 1, depth + 1)?);
            match not {
                false => Expr::IsDistinctFrom(left, right),
                true => Expr::IsNotDistinctFrom(left, right),
            }
        }
        (None, _) => {
            let or_not = if not { "" } else { ", NOT" };
            let expected = format!("NULL, TRUE, FALSE, UNKNOWN{or_not} or DISTINCT FROM");
            return p.expected_ref(&expected, p.peek_token_ref());
        }
    })
}

/// `[NOT] BETWEEN low AND high`, `[NOT] IN (list)`
fn range(p: &mut Parser<'_>, expr: Box<Expr>, depth: usize) -> Parsed {
    let negated = p.parse_keyword(Keyword::NOT);
    if p.parse_keyword(Keyword::BETWEEN) {
        let low = Box::new(level(p, RANGE + 1, depth + 1)?);
        p.expect_keyword_is(Keyword::AND)?;
        let high = Box::new(level(p, RANGE + 1, depth + 1)?);
        return Ok(Expr::Between { expr, negated, low, high });
    }
    if let Some(matching) = forms::matching(p, &expr, negated, depth)? {
        return Ok(matching);
    }
    p.expect_keyword_is(Keyword::IN)?;
    if p.peek_token_ref().token != Token::LParen {
        return p.expected_ref("( and a list", p.peek_token_ref());
    }
    if is_word(p, 1, Keyword::SELECT) || is_word(p, 1, Keyword::WITH) {
        return refuse(p, "IN (SELECT ...)", "IN takes a list: x IN (1, 2, 3)");
    }
    p.advance_token();
    let mut list = Vec::new();
    if p.peek_token_ref().token != Token::RParen {
        list = commas(p, depth)?;
    }
    p.expect_token(&Token::RParen)?;
    Ok(Expr::InList { expr, list, negated })
}

pub(super) fn commas(p: &mut Parser<'_>, depth: usize) -> Parsed<Vec<Expr>> {
    let mut list = Vec::from([level(p, OR, depth + 1)?]);
    while p.consume_token(&Token::Comma) {
        list.push(level(p, OR, depth + 1)?);
    }
    Ok(list)
}

/// Refuses the next token by name.
pub(super) fn refuse<T>(p: &Parser<'_>, what: &str, help: &str) -> Parsed<T> {
    let at = p.peek_token_ref().span.start;
    Err(ParserError::ParserError(format!("{REFUSED}{what}{HELP}{help}{at}")))
}

pub(super) fn expected(p: &Parser<'_>) -> ParserError {
    let next = p.peek_token_ref();
    let at = next.span.start;
    ParserError::ParserError(format!("Expected: an expression, found: {next}{at}"))
}
