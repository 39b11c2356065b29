//! What stands between the operators of an expression: values, names, calls, CASE, CAST, and the
//! operators in front.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use sqlparser::ast::helpers::attached_token::AttachedToken;
use sqlparser::ast::{
    CaseWhen, CastKind, DateTimeField, DuplicateTreatment, Expr, FunctionArg, FunctionArgExpr,
    FunctionArguments, Interval, TypedString, UnaryOperator, Value,
};
use sqlparser::keywords::Keyword;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, Word};

use super::dialect::is_clause;
use super::expression::{
    FUNCTIONS, NOT, OPERATORS, OR, OTHER, Parsed, SIGN, SUBQUERY, commas, expected, is_word, level,
    refuse,
};
use super::forms;

/// The start of an expression: a value, a name, a call, or an operator in front.
pub(super) fn start(p: &mut Parser<'_>, depth: usize) -> Parsed {
    match &p.peek_token_ref().token {
        Token::Number(..)
        | Token::SingleQuotedString(_)
        | Token::HexStringLiteral(_)
        | Token::NationalStringLiteral(_)
        | Token::Placeholder(_) => p.parse_value().map(Expr::Value),
        Token::Minus => sign(p, UnaryOperator::Minus, SIGN, depth),
        Token::Plus => sign(p, UnaryOperator::Plus, SIGN, depth),
        Token::LParen => parentheses(p, depth),
        Token::LBracket | Token::LBrace => refuse(p, "a list", OPERATORS),
        // As tight as `&`: ~a + b is ~(a + b), as in PostgreSQL.
        Token::Tilde => sign(p, UnaryOperator::BitwiseNot, OTHER + 1, depth),
        Token::Word(word) if word.quote_style.is_some() => name(p, depth),
        Token::Word(Word { keyword, .. }) => word(p, *keyword, depth),
        _ => Err(expected(p)),
    }
}

fn sign(p: &mut Parser<'_>, op: UnaryOperator, binds: u8, depth: usize) -> Parsed {
    p.advance_token();
    let expr = Box::new(level(p, binds, depth + 1)?);
    Ok(Expr::UnaryOp { op, expr })
}

fn parentheses(p: &mut Parser<'_>, depth: usize) -> Parsed {
    if [Keyword::SELECT, Keyword::WITH, Keyword::VALUES].iter().any(|k| is_word(p, 1, *k)) {
        return refuse(p, "a subquery", SUBQUERY);
    }
    p.advance_token();
    let expr = Box::new(level(p, OR, depth + 1)?);
    if p.peek_token_ref().token == Token::Comma {
        return refuse(p, "a row of values", OPERATORS);
    }
    p.expect_token(&Token::RParen)?;
    Ok(Expr::Nested(expr))
}

fn word(p: &mut Parser<'_>, keyword: Keyword, depth: usize) -> Parsed {
    let next = &p.peek_nth_token_ref(1).token;
    match keyword {
        Keyword::TRUE | Keyword::FALSE | Keyword::NULL => p.parse_value().map(Expr::Value),
        Keyword::NOT => {
            p.advance_token();
            let expr = Box::new(level(p, NOT, depth + 1)?);
            Ok(Expr::UnaryOp { op: UnaryOperator::Not, expr })
        }
        Keyword::CASE => case(p, depth),
        Keyword::INTERVAL
            if matches!(
                next,
                Token::Number(..) | Token::SingleQuotedString(_) | Token::LParen | Token::Minus
            ) =>
        {
            interval(p, depth)
        }
        // What ends a clause or a CASE is no name.
        Keyword::SELECT
        | Keyword::FROM
        | Keyword::WHERE
        | Keyword::GROUP
        | Keyword::HAVING
        | Keyword::ORDER
        | Keyword::LIMIT
        | Keyword::UNION
        | Keyword::WHEN
        | Keyword::THEN
        | Keyword::ELSE
        | Keyword::END
        | Keyword::AND
        | Keyword::OR
        | Keyword::AS
        | Keyword::BY
        | Keyword::IN
        | Keyword::IS => Err(expected(p)),
        Keyword::CURRENT_TIMESTAMP | Keyword::CURRENT_DATE | Keyword::LOCALTIMESTAMP
            if *next != Token::LParen =>
        {
            let token = p.next_token();
            Ok(forms::call(&token.to_string(), token.span, Vec::new()))
        }
        Keyword::CURRENT_TIME | Keyword::LOCALTIME => {
            refuse(p, "a time of now", "write NOW(), and CAST it: CAST(NOW() AS TIMESTAMP)")
        }
        _ => match next {
            Token::SingleQuotedString(_) => typed_text(p),
            Token::Word(w) if matches!(w.keyword, Keyword::WITH | Keyword::WITHOUT) => {
                typed_text(p)
            }
            Token::LBracket if keyword == Keyword::ARRAY => refuse(p, "ARRAY", OPERATORS),
            _ => name(p, depth),
        },
    }
}

/// `TIMESTAMP '2020-01-01'`
fn typed_text(p: &mut Parser<'_>) -> Parsed {
    let data_type = p.parse_data_type()?;
    let value = p.parse_value()?;
    Ok(Expr::TypedString(TypedString { data_type, value, uses_odbc_syntax: false }))
}

fn case(p: &mut Parser<'_>, depth: usize) -> Parsed {
    let case_token = AttachedToken(p.next_token());
    let operand = match p.peek_keyword(Keyword::WHEN) {
        true => None,
        false => Some(Box::new(level(p, OR, depth + 1)?)),
    };
    let mut conditions = Vec::new();
    p.expect_keyword_is(Keyword::WHEN)?;
    loop {
        let condition = level(p, OR, depth + 1)?;
        p.expect_keyword_is(Keyword::THEN)?;
        let result = level(p, OR, depth + 1)?;
        conditions.push(CaseWhen { condition, result });
        if !p.parse_keyword(Keyword::WHEN) {
            break;
        }
    }
    let else_result = match p.parse_keyword(Keyword::ELSE) {
        true => Some(Box::new(level(p, OR, depth + 1)?)),
        false if p.peek_keyword(Keyword::END) => None,
        false => return p.expected_ref("WHEN, ELSE or END", p.peek_token_ref()),
    };
    let end_token = AttachedToken(p.expect_keyword(Keyword::END)?);
    Ok(Expr::Case { case_token, end_token, operand, conditions, else_result })
}

/// `INTERVAL '5' SECOND`: what the value and the unit are, `interval.rs` says.
fn interval(p: &mut Parser<'_>, depth: usize) -> Parsed {
    p.advance_token();
    let value = Box::new(level(p, SIGN, depth + 1)?);
    // Units that the parser knows no word for, and misspelt ones: a number without a unit is no
    // interval, so that the word behind it is no alias.
    let is_unit = !has_unit(&value)
        && matches!(&p.peek_token_ref().token, Token::Word(word)
            if word.quote_style.is_none()
                && word.keyword == Keyword::NoKeyword
                && !is_clause(&word.value));
    let leading_field = match p.next_token_is_temporal_unit() {
        _ if is_unit => Some(DateTimeField::Custom(p.parse_identifier()?)),
        true => Some(p.parse_date_time_field()?),
        false => None,
    };
    if p.peek_keyword(Keyword::TO) {
        return refuse(p, "an INTERVAL of two units", "write INTERVAL '1 minute 30 seconds'");
    }
    Ok(Expr::Interval(Interval {
        value,
        leading_field,
        leading_precision: None,
        last_field: None,
        fractional_seconds_precision: None,
    }))
}

/// Whether the value of an INTERVAL is a text with units, or of a clock: '5 minutes', '01:02:03'.
fn has_unit(value: &Expr) -> bool {
    matches!(value, Expr::Value(value) if matches!(&value.value, Value::SingleQuotedString(text)
        if text.contains(|c: char| c.is_alphabetic() || c == ':')))
}

/// A name, `stream.name`, or a call.
fn name(p: &mut Parser<'_>, depth: usize) -> Parsed {
    match p.peek_nth_token_ref(1).token {
        Token::LParen => call(p, depth),
        Token::Period => {
            let mut parts = Vec::from([p.parse_identifier()?]);
            while p.consume_token(&Token::Period) {
                parts.push(p.parse_identifier()?);
            }
            if p.peek_token_ref().token == Token::LParen {
                return refuse(p, "a function of another schema", FUNCTIONS);
            }
            Ok(Expr::CompoundIdentifier(parts))
        }
        _ => p.parse_identifier().map(Expr::Identifier),
    }
}

/// `name(...)`, `CAST(...)`
fn call(p: &mut Parser<'_>, depth: usize) -> Parsed {
    let (keyword, upper) = match &p.peek_token_ref().token {
        Token::Word(w) if w.quote_style.is_none() => (w.keyword, w.value.to_ascii_uppercase()),
        _ => (Keyword::NoKeyword, String::new()),
    };
    match keyword {
        Keyword::CAST => return cast(p, CastKind::Cast, depth),
        Keyword::TRY_CAST => return cast(p, CastKind::TryCast, depth),
        Keyword::SAFE_CAST => return cast(p, CastKind::SafeCast, depth),
        Keyword::EXISTS => return refuse(p, "a subquery", SUBQUERY),
        Keyword::ARRAY => return refuse(p, &upper, FUNCTIONS),
        _ => {}
    }
    if let Some(call) = forms::special(p, keyword, depth)? {
        return Ok(call);
    }
    let name = p.parse_identifier()?;
    p.advance_token();
    let (duplicate_treatment, args) = arguments(p, depth)?;
    p.expect_token(&Token::RParen)?;
    let filter = filter(p, depth)?;
    if let Token::Word(word) = &p.peek_token_ref().token
        && word.quote_style.is_none()
    {
        let help = match &*word.value.to_ascii_uppercase() {
            "OVER" => "aggregates are over groups: GROUP BY, or FROM TUMBLE(...)",
            "FILTER" => "write FILTER (WHERE condition)",
            "WITHIN" | "IGNORE" | "RESPECT" => FUNCTIONS,
            _ => "",
        };
        if !help.is_empty() {
            let what = format!("{} behind a function", word.value.to_ascii_uppercase());
            return refuse(p, &what, help);
        }
    }
    let mut call = forms::function(name, args);
    call.filter = filter;
    if let FunctionArguments::List(list) = &mut call.args {
        list.duplicate_treatment = duplicate_treatment;
    }
    Ok(Expr::Function(call))
}

/// `FILTER (WHERE condition)`
fn filter(p: &mut Parser<'_>, depth: usize) -> Parsed<Option<Box<Expr>>> {
    let opens = p.peek_nth_token_ref(1).token == Token::LParen;
    if !opens || !p.parse_keyword(Keyword::FILTER) {
        return Ok(None);
    }
    p.expect_token(&Token::LParen)?;
    p.expect_keyword_is(Keyword::WHERE)?;
    let condition = level(p, OR, depth + 1)?;
    p.expect_token(&Token::RParen)?;
    Ok(Some(Box::new(condition)))
}

/// The arguments of a call, and whether DISTINCT or ALL stands before them.
fn arguments(
    p: &mut Parser<'_>,
    depth: usize,
) -> Parsed<(Option<DuplicateTreatment>, Vec<FunctionArg>)> {
    if p.consume_token(&Token::Mul) {
        return Ok((None, vec![FunctionArg::Unnamed(FunctionArgExpr::Wildcard)]));
    }
    if p.peek_token_ref().token == Token::RParen {
        return Ok((None, Vec::new()));
    }
    let treatment = match p.parse_one_of_keywords(&[Keyword::DISTINCT, Keyword::ALL]) {
        Some(Keyword::DISTINCT) => Some(DuplicateTreatment::Distinct),
        Some(_) => Some(DuplicateTreatment::All),
        None => None,
    };
    let list = commas(p, depth)?;
    if p.peek_keyword(Keyword::ORDER) {
        return refuse(p, "ORDER BY in a call", FUNCTIONS);
    }
    Ok((treatment, forms::arguments(list)))
}

fn cast(p: &mut Parser<'_>, kind: CastKind, depth: usize) -> Parsed {
    p.advance_token();
    p.advance_token();
    let expr = Box::new(level(p, OR, depth + 1)?);
    p.expect_keyword_is(Keyword::AS)?;
    let data_type = p.parse_data_type()?;
    if p.peek_keyword(Keyword::FORMAT) {
        return refuse(p, "CAST with FORMAT", "write CAST(x AS TYPE)");
    }
    p.expect_token(&Token::RParen)?;
    Ok(Expr::Cast { kind, expr, data_type, format: None })
}
