//! Expressions: a parser of our own inside of `sqlparser`, which calls it at the start of each.
//!
//! `sqlparser`'s takes up to 80 KB of stack for each nesting in a debug build, has `=` and `IN`
//! at one level of precedence where DuckDB has two, and parses much that is not RingQL's SQL. This
//! one gives the same tree. Its levels, the loosest first, are PostgreSQL's and DuckDB's:
//!
//! `OR`, `AND`, `NOT`, `IS`, comparisons, `BETWEEN` and `IN`, `+ -`, `* / %`, a sign, `::`

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use sqlparser::ast::helpers::attached_token::AttachedToken;
use sqlparser::ast::{
    BinaryOperator, CaseWhen, CastKind, Expr, Function, FunctionArg, FunctionArgExpr,
    FunctionArgumentList, FunctionArguments, Interval, ObjectName, TypedString, UnaryOperator,
};
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Token, Word};

/// Marks an error that refuses something by name: `\u{1}what\u{2}help at Line: 1, Column: 2`.
pub(super) const REFUSED: char = '\u{1}';
/// Stands between what is refused and the help.
pub(super) const HELP: char = '\u{2}';
/// Deepest nesting: a bound on recursion.
const MAX_DEPTH: usize = 60;

pub(super) const OPERATORS: &str = "operators are + - * / %, = <> < <= > >=, AND, OR, NOT, \
                                    IS NULL, BETWEEN, IN (list) and CASE";
pub(super) const FUNCTIONS: &str =
    "functions are COUNT, SUM, AVG, MIN, MAX, ABS, COALESCE and NULLIF";
const SUBQUERY: &str = "a query reads one stream: SELECT ... FROM stream";

// Levels of precedence.
const OR: u8 = 1;
const AND: u8 = 2;
const NOT: u8 = 3;
const IS: u8 = 4;
const COMPARISON: u8 = 5;
const RANGE: u8 = 6;
const SUM: u8 = 7;
const PRODUCT: u8 = 8;
const SIGN: u8 = 9;
const CAST: u8 = 10;

type Parsed<T = Expr> = Result<T, ParserError>;

/// Parses a whole expression.
pub(super) fn parse(p: &mut Parser<'_>) -> Parsed {
    level(p, OR, 0)
}

/// Parses an expression of operators that bind at least as tightly as `least`.
fn level(p: &mut Parser<'_>, least: u8, depth: usize) -> Parsed {
    if depth > MAX_DEPTH {
        return Err(ParserError::RecursionLimitExceeded);
    }
    let mut left = start(p, depth)?;
    let mut compared = false;
    while let Some((binds, operator)) = operator(p)?.filter(|&(binds, _)| binds >= least) {
        if binds == COMPARISON && compared {
            return refuse(p, "a chain of comparisons", "join them with AND: a < b AND b < c");
        }
        compared = binds == COMPARISON;
        left = match operator {
            Operator::Binary(op) => {
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
            Operator::Is => is(p, Box::new(left))?,
            Operator::Range => range(p, Box::new(left), depth)?,
        };
    }
    Ok(left)
}

enum Operator {
    Binary(BinaryOperator),
    Cast,
    /// `IS ...`, `ISNULL`, `NOTNULL`
    Is,
    /// `[NOT] BETWEEN`, `[NOT] IN`
    Range,
}

/// The operator that follows, and how tightly it binds.
fn operator(p: &Parser<'_>) -> Parsed<Option<(u8, Operator)>> {
    use BinaryOperator as B;
    let binary = |binds, op| Ok(Some((binds, Operator::Binary(op))));
    match &p.peek_token_ref().token {
        Token::Plus => binary(SUM, B::Plus),
        Token::Minus => binary(SUM, B::Minus),
        Token::Mul => binary(PRODUCT, B::Multiply),
        Token::Div => binary(PRODUCT, B::Divide),
        Token::Mod => binary(PRODUCT, B::Modulo),
        Token::Eq | Token::DoubleEq => binary(COMPARISON, B::Eq),
        Token::Neq => binary(COMPARISON, B::NotEq),
        Token::Lt => binary(COMPARISON, B::Lt),
        Token::LtEq => binary(COMPARISON, B::LtEq),
        Token::Gt => binary(COMPARISON, B::Gt),
        Token::GtEq => binary(COMPARISON, B::GtEq),
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
        Keyword::BETWEEN | Keyword::IN => return Ok(Some((RANGE, Operator::Range))),
        Keyword::LIKE => "LIKE",
        Keyword::ILIKE => "ILIKE",
        Keyword::SIMILAR => "SIMILAR TO",
        Keyword::RLIKE => "RLIKE",
        Keyword::REGEXP => "REGEXP",
        Keyword::GLOB => "GLOB",
        Keyword::OVERLAPS => "OVERLAPS",
        Keyword::XOR => "XOR",
        Keyword::DIV => "DIV",
        Keyword::COLLATE => return refuse(p, "COLLATE", "texts compare by their bytes"),
        Keyword::AT if is_word(p, 1, Keyword::TIME) => {
            return refuse(p, "AT TIME ZONE", "a TIMESTAMP is in UTC");
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

fn is_word(p: &Parser<'_>, nth: usize, keyword: Keyword) -> bool {
    matches!(&p.peek_nth_token_ref(nth).token, Token::Word(w) if w.keyword == keyword)
}

/// What stands behind `IS`.
fn is(p: &mut Parser<'_>, left: Box<Expr>) -> Parsed {
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
        (None, _) if p.peek_keyword(Keyword::DISTINCT) => {
            return refuse(p, "IS [NOT] DISTINCT FROM", OPERATORS);
        }
        (None, _) => return p.expected_ref("NULL, TRUE or FALSE", p.peek_token_ref()),
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

fn commas(p: &mut Parser<'_>, depth: usize) -> Parsed<Vec<Expr>> {
    let mut list = Vec::from([level(p, OR, depth + 1)?]);
    while p.consume_token(&Token::Comma) {
        list.push(level(p, OR, depth + 1)?);
    }
    Ok(list)
}

/// The start of an expression: a value, a name, a call, or an operator in front.
fn start(p: &mut Parser<'_>, depth: usize) -> Parsed {
    match &p.peek_token_ref().token {
        Token::Number(..)
        | Token::SingleQuotedString(_)
        | Token::HexStringLiteral(_)
        | Token::NationalStringLiteral(_)
        | Token::Placeholder(_) => p.parse_value().map(Expr::Value),
        Token::Minus => sign(p, UnaryOperator::Minus, depth),
        Token::Plus => sign(p, UnaryOperator::Plus, depth),
        Token::LParen => parentheses(p, depth),
        Token::LBracket | Token::LBrace => refuse(p, "a list", OPERATORS),
        Token::Tilde => refuse(p, "the operator ~", OPERATORS),
        Token::Word(word) if word.quote_style.is_some() => name(p, depth),
        Token::Word(Word { keyword, .. }) => word(p, *keyword, depth),
        _ => Err(expected(p)),
    }
}

fn sign(p: &mut Parser<'_>, op: UnaryOperator, depth: usize) -> Parsed {
    p.advance_token();
    let expr = Box::new(level(p, SIGN, depth + 1)?);
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
        Keyword::CURRENT_TIMESTAMP
        | Keyword::CURRENT_TIME
        | Keyword::CURRENT_DATE
        | Keyword::LOCALTIME
        | Keyword::LOCALTIMESTAMP => refuse(p, "the time now", FUNCTIONS),
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
        false => None,
    };
    let end_token = AttachedToken(p.expect_keyword(Keyword::END)?);
    Ok(Expr::Case { case_token, end_token, operand, conditions, else_result })
}

/// `INTERVAL '5' SECOND`: what the value and the unit are, `interval.rs` says.
fn interval(p: &mut Parser<'_>, depth: usize) -> Parsed {
    p.advance_token();
    let value = Box::new(level(p, SIGN, depth + 1)?);
    let leading_field = match p.next_token_is_temporal_unit() {
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
        Keyword::EXISTS => return refuse(p, "a subquery", SUBQUERY),
        // These have a grammar of their own.
        Keyword::ARRAY
        | Keyword::CEIL
        | Keyword::CONVERT
        | Keyword::EXTRACT
        | Keyword::FLOOR
        | Keyword::OVERLAY
        | Keyword::POSITION
        | Keyword::SAFE_CAST
        | Keyword::SUBSTR
        | Keyword::SUBSTRING
        | Keyword::TRIM
        | Keyword::TRY_CONVERT => return refuse(p, &upper, FUNCTIONS),
        _ => {}
    }
    let name = p.parse_identifier()?;
    p.advance_token();
    let args = arguments(p, depth)?;
    p.expect_token(&Token::RParen)?;
    if let Token::Word(word) = &p.peek_token_ref().token
        && word.quote_style.is_none()
    {
        let help = match &*word.value.to_ascii_uppercase() {
            "OVER" => "aggregates are over groups: GROUP BY, or FROM TUMBLE(...)",
            "FILTER" => "put the condition into the argument: SUM(CASE WHEN c THEN x END)",
            "WITHIN" | "IGNORE" | "RESPECT" => FUNCTIONS,
            _ => "",
        };
        if !help.is_empty() {
            let what = format!("{} behind a function", word.value.to_ascii_uppercase());
            return refuse(p, &what, help);
        }
    }
    let clauses = Vec::new();
    Ok(Expr::Function(Function {
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
    }))
}

fn arguments(p: &mut Parser<'_>, depth: usize) -> Parsed<Vec<FunctionArg>> {
    if p.consume_token(&Token::Mul) {
        return Ok(vec![FunctionArg::Unnamed(FunctionArgExpr::Wildcard)]);
    }
    if p.peek_token_ref().token == Token::RParen {
        return Ok(Vec::new());
    }
    if p.peek_one_of_keywords(&[Keyword::DISTINCT, Keyword::ALL]).is_some() {
        let what = format!("{} in a call", p.peek_token_ref().to_string().to_ascii_uppercase());
        return refuse(p, &what, "aggregates take all values of a group that are not NULL");
    }
    let list = commas(p, depth)?;
    if p.peek_keyword(Keyword::ORDER) {
        return refuse(p, "ORDER BY in a call", FUNCTIONS);
    }
    Ok(list.into_iter().map(|x| FunctionArg::Unnamed(FunctionArgExpr::Expr(x))).collect())
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

/// Refuses the next token by name.
fn refuse<T>(p: &Parser<'_>, what: &str, help: &str) -> Parsed<T> {
    let at = p.peek_token_ref().span.start;
    Err(ParserError::ParserError(format!("{REFUSED}{what}{HELP}{help}{at}")))
}

fn expected(p: &Parser<'_>) -> ParserError {
    let next = p.peek_token_ref();
    let at = next.span.start;
    ParserError::ParserError(format!("Expected: an expression, found: {next}{at}"))
}
