//! Calls with a grammar of their own, and operators that are words, as calls of plain functions:
//! `EXTRACT(year FROM t)` is `date_part('year', t)`, `a LIKE b` is `like(a, b)`.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use sqlparser::ast::{
    BinaryOperator, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentList,
    FunctionArguments, Ident, ObjectName, UnaryOperator, Value,
};
use sqlparser::keywords::Keyword;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Span, Token};

use super::expression::{OR, Parsed, RANGE, commas, level, refuse};

/// Whether a call was written as an operator, so that its extent is that of its arguments.
/// (`{fn name(...)}` is no SQL of RingQL's, so its mark is free for this.)
pub(super) const fn is_operator(call: &Function) -> bool {
    call.uses_odbc_syntax
}

/// A call of a function whose name stands at `span`.
pub(super) fn call(name: &str, span: Span, list: Vec<Expr>) -> Expr {
    Expr::Function(function(Ident::with_span(span, name), arguments(list)))
}

pub(super) fn arguments(list: Vec<Expr>) -> Vec<FunctionArg> {
    list.into_iter().map(|x| FunctionArg::Unnamed(FunctionArgExpr::Expr(x))).collect()
}

pub(super) fn function(name: Ident, args: Vec<FunctionArg>) -> Function {
    let clauses = Vec::new();
    Function {
        name: ObjectName::from(vec![name]),
        uses_odbc_syntax: false,
        parameters: FunctionArguments::None,
        args: FunctionArguments::List(FunctionArgumentList {
            duplicate_treatment: None,
            args,
            clauses,
        }),
        filter: None,
        null_treatment: None,
        over: None,
        within_group: Vec::new(),
    }
}

/// An operator that is a word, at `span`.
fn operator(name: &str, span: Span, list: Vec<Expr>) -> Expr {
    let call = function(Ident::with_span(span, name), arguments(list));
    Expr::Function(Function { uses_odbc_syntax: true, ..call })
}

fn not(negated: bool, expr: Expr) -> Expr {
    match negated {
        true => Expr::UnaryOp { op: UnaryOperator::Not, expr: Box::new(expr) },
        false => expr,
    }
}

/// `LIKE b [ESCAPE c]`, `ILIKE`, `SIMILAR TO`, `~`, behind `left [NOT]`; `None` if it is none of them.
pub(super) fn matching(
    p: &mut Parser<'_>,
    left: &Expr,
    negated: bool,
    depth: usize,
) -> Parsed<Option<Expr>> {
    use BinaryOperator as B;
    let span = p.peek_token_ref().span;
    let sign = match p.peek_token_ref().token {
        Token::Tilde => Some((negated, false)),
        Token::TildeAsterisk => Some((negated, true)),
        Token::ExclamationMarkTilde => Some((!negated, false)),
        Token::ExclamationMarkTildeAsterisk => Some((!negated, true)),
        _ => None,
    };
    if let Some((negated, either_case)) = sign {
        p.advance_token();
        let mut list = vec![left.clone(), level(p, RANGE + 1, depth + 1)?];
        if either_case {
            let options = Value::SingleQuotedString("i".into());
            list.push(Expr::Value(options.with_span(span)));
        }
        return Ok(Some(not(negated, operator("regexp_matches", span, list))));
    }
    // LIKE and ILIKE are the operators ~~ and ~~*.
    let (name, ops) = if p.parse_keyword(Keyword::LIKE) {
        ("like_escape", Some((B::PGLikeMatch, B::PGNotLikeMatch)))
    } else if p.parse_keyword(Keyword::ILIKE) {
        ("ilike_escape", Some((B::PGILikeMatch, B::PGNotILikeMatch)))
    } else if p.parse_keyword(Keyword::SIMILAR) {
        p.expect_keyword_is(Keyword::TO)?;
        ("similar_to", None)
    } else {
        return Ok(None);
    };
    let pattern = level(p, RANGE + 1, depth + 1)?;
    let escape = match p.parse_keyword(Keyword::ESCAPE) {
        true => Some(level(p, RANGE + 1, depth + 1)?),
        false => None,
    };
    Ok(Some(match (escape, ops) {
        (None, Some((op, not))) => Expr::BinaryOp {
            left: Box::new(left.clone()),
            op: if negated { not } else { op },
            right: Box::new(pattern),
        },
        (Some(escape), Some(_)) => {
            not(negated, operator(name, span, vec![left.clone(), pattern, escape]))
        }
        (None, None) => not(negated, operator(name, span, vec![left.clone(), pattern])),
        (Some(escape), None) => {
            let list = vec![left.clone(), pattern, escape];
            not(negated, operator("similar_to_escape", span, list))
        }
    }))
}

/// `AT TIME ZONE z`, behind `left`.
pub(super) fn at_time_zone(p: &mut Parser<'_>, left: Expr, depth: usize) -> Parsed {
    let span = p.peek_token_ref().span;
    p.expect_keywords(&[Keyword::AT, Keyword::TIME, Keyword::ZONE])?;
    let zone = level(p, super::expression::ZONE + 1, depth + 1)?;
    Ok(operator("timezone", span, vec![zone, left]))
}

/// A call with a grammar of its own, whose name is at hand; `None` if it is a plain one.
pub(super) fn special(p: &mut Parser<'_>, keyword: Keyword, depth: usize) -> Parsed<Option<Expr>> {
    let span = p.peek_token_ref().span;
    let name = match keyword {
        Keyword::EXTRACT => "date_part",
        Keyword::POSITION => "position",
        Keyword::SUBSTRING => "substring",
        Keyword::SUBSTR => "substr",
        Keyword::TRIM => "trim",
        Keyword::CEIL => "ceil",
        Keyword::FLOOR => "floor",
        Keyword::OVERLAY | Keyword::CONVERT | Keyword::TRY_CONVERT => {
            return refuse(p, &p.peek_token_ref().to_string(), super::expression::FUNCTIONS);
        }
        _ => return Ok(None),
    };
    p.advance_token();
    p.expect_token(&Token::LParen)?;
    let (name, list) = match keyword {
        Keyword::EXTRACT => (name, extract(p, depth)?),
        Keyword::POSITION => (name, position(p, depth)?),
        Keyword::SUBSTRING | Keyword::SUBSTR => (name, substring(p, depth)?),
        Keyword::TRIM => trim(p, depth)?,
        _ => (name, commas(p, depth)?),
    };
    p.expect_token(&Token::RParen)?;
    Ok(Some(call(name, span, list)))
}

/// `year FROM t`
fn extract(p: &mut Parser<'_>, depth: usize) -> Parsed<Vec<Expr>> {
    let token = p.next_token();
    let part = match &token.token {
        Token::Word(word) => part(&word.value),
        Token::SingleQuotedString(text) => text.clone(),
        _ => return p.expected("a part of a date, such as year", token),
    };
    p.expect_keyword_is(Keyword::FROM)?;
    let part = Expr::Value(Value::SingleQuotedString(part).with_span(token.span));
    Ok(vec![part, level(p, OR, depth + 1)?])
}

/// A part of a date as DuckDB writes it in names: words of its grammar in capitals.
fn part(word: &str) -> String {
    const WORDS: [&str; 13] = [
        "YEAR",
        "MONTH",
        "DAY",
        "HOUR",
        "MINUTE",
        "SECOND",
        "MILLISECONDS",
        "MICROSECONDS",
        "WEEK",
        "QUARTER",
        "DECADE",
        "CENTURY",
        "MILLENNIUM",
    ];
    let singular = |word: &str| word.trim_end_matches('S').to_string();
    let upper = singular(&word.to_ascii_uppercase());
    let known = WORDS.iter().find(|known| singular(known) == upper);
    known.map_or_else(|| word.to_string(), ToString::to_string)
}

/// `needle IN haystack`: the haystack first, as STRPOS has it.
fn position(p: &mut Parser<'_>, depth: usize) -> Parsed<Vec<Expr>> {
    let needle = level(p, RANGE + 1, depth + 1)?;
    if p.consume_token(&Token::Comma) {
        return Ok(vec![needle, level(p, OR, depth + 1)?]);
    }
    p.expect_keyword_is(Keyword::IN)?;
    Ok(vec![level(p, OR, depth + 1)?, needle])
}

/// `x, start, length`, or `x FROM start FOR length`
fn substring(p: &mut Parser<'_>, depth: usize) -> Parsed<Vec<Expr>> {
    let mut list = vec![level(p, OR, depth + 1)?];
    if p.parse_keyword(Keyword::FROM) {
        list.push(level(p, OR, depth + 1)?);
    } else if p.peek_keyword(Keyword::FOR) {
        let one = Value::Number("1".into(), false);
        list.push(Expr::Value(one.with_span(p.peek_token_ref().span)));
    }
    if list.len() == 2 && p.parse_keyword(Keyword::FOR) {
        list.push(level(p, OR, depth + 1)?);
    }
    while p.consume_token(&Token::Comma) {
        list.push(level(p, OR, depth + 1)?);
    }
    Ok(list)
}

/// `x`, `x, characters`, `[BOTH | LEADING | TRAILING] [characters] FROM x`
fn trim(p: &mut Parser<'_>, depth: usize) -> Parsed<(&'static str, Vec<Expr>)> {
    let side = p.parse_one_of_keywords(&[Keyword::BOTH, Keyword::LEADING, Keyword::TRAILING]);
    let name = match side {
        Some(Keyword::LEADING) => "ltrim",
        Some(Keyword::TRAILING) => "rtrim",
        _ => "trim",
    };
    if p.parse_keyword(Keyword::FROM) {
        return Ok((name, vec![level(p, OR, depth + 1)?]));
    }
    let first = level(p, OR, depth + 1)?;
    if p.parse_keyword(Keyword::FROM) {
        return Ok((name, vec![level(p, OR, depth + 1)?, first]));
    }
    let mut list = vec![first];
    while p.consume_token(&Token::Comma) {
        list.push(level(p, OR, depth + 1)?);
    }
    Ok((name, list))
}
