//! INTERVAL literals: months, days and microseconds; a fixed length where one is needed.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};

use sqlparser::ast;

use super::error::{CompileError, CompileErrorKind as Kind};
use super::source::{Extent, Source};
use crate::fmt::{ParseError, Unit, parse_cast};
use crate::nearest::nearest;
use crate::types::{DataType, Span};

const DAY: i64 = 86_400_000_000;

/// Why an interval is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum BadInterval {
    /// The value is not a number, or the text not a list of numbers and units.
    Value,
    /// A unit that does not exist.
    Unit(String),
    /// A unit without a fixed length.
    Calendar(String),
    /// It is finer than a microsecond, or has a fraction where DuckDB would cut it off.
    Fraction,
    /// It has more months, days or microseconds than an INTERVAL holds.
    Range,
    /// A form that is not supported: `TO`, a precision, an expression.
    Form,
}

/// An interval, how it is written, and its unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Interval {
    pub(super) span: Span,
    /// The number or text, with quotes if it had them.
    written: String,
    /// As DuckDB's functions name it.
    unit: Option<&'static str>,
}

/// Reads an INTERVAL literal.
pub(super) fn read(interval: &ast::Interval) -> Result<Interval, BadInterval> {
    let ast::Interval {
        value,
        leading_field,
        leading_precision,
        last_field,
        fractional_seconds_precision,
    } = interval;
    if leading_precision.is_some() || last_field.is_some() || fractional_seconds_precision.is_some()
    {
        return Err(BadInterval::Form);
    }
    let unit = match leading_field.as_ref().map(ToString::to_string) {
        Some(field) => Some(Unit::of(field.as_bytes()).ok_or(BadInterval::Unit(field))?),
        None => None,
    };
    let (digits, written) = number(value)?;
    let Some(unit) = unit else {
        if !written.starts_with('\'') {
            return Err(BadInterval::Form);
        }
        return Ok(Interval { span: text(&digits)?, written, unit: None });
    };
    let name = name(unit);
    let digits = digits.trim();
    let span = if unit.micros > 0 {
        let micros = times(digits, unit.micros)?;
        // DuckDB cuts a fraction of these units off, which nobody means.
        let whole = !matches!(name, "seconds" | "milliseconds");
        if whole && micros % unit.micros != 0 {
            return Err(BadInterval::Fraction);
        }
        Span::new(0, 0, micros)
    } else {
        let n = times(digits, 1)?;
        let times = |size: i32| n.checked_mul(size.into()).and_then(|n| i32::try_from(n).ok());
        let (months, days) = (times(unit.months), times(unit.days));
        Span::new(months.ok_or(BadInterval::Range)?, days.ok_or(BadInterval::Range)?, 0)
    };
    Ok(Interval { span, written, unit: Some(name) })
}

/// A unit as DuckDB's functions name it.
const fn name(unit: Unit) -> &'static str {
    match unit {
        Unit { months: 1, .. } => "months",
        Unit { months: 3, .. } => "quarters",
        Unit { months: 12, .. } => "years",
        Unit { months: 120, .. } => "decades",
        Unit { months: 1_200, .. } => "centuries",
        Unit { months: 1.., .. } => "millennia",
        Unit { days: 1, .. } => "days",
        Unit { days: 2.., .. } => "weeks",
        Unit { micros: 1, .. } => "microseconds",
        Unit { micros: 1_000, .. } => "milliseconds",
        Unit { micros: 1_000_000, .. } => "seconds",
        Unit { micros: 60_000_000, .. } => "minutes",
        _ => "hours",
    }
}

/// `1 month 2 days 03:04:05`, read as CAST reads it.
fn text(text: &str) -> Result<Span, BadInterval> {
    let mut bytes = [0; 16];
    match parse_cast(DataType::Interval, text.as_bytes(), &mut bytes) {
        Ok(()) => Ok(Span::from_le_bytes(bytes)),
        Err(ParseError::OutOfRange) => Err(BadInterval::Range),
        Err(_) => {
            let mut words =
                text.split(|c: char| !c.is_ascii_alphabetic()).filter(|w| !w.is_empty());
            Err(match words.find(|w| Unit::of(w.as_bytes()).is_none()) {
                Some(word) => BadInterval::Unit(word.to_owned()),
                None => BadInterval::Value,
            })
        }
    }
}

/// The microseconds of a text like `10 seconds`.
pub(super) fn of_text(written: &str) -> Result<i64, BadInterval> {
    let span = text(written)?;
    if span.months() != 0 {
        return Err(BadInterval::Calendar("month".to_owned()));
    }
    fixed(span).ok_or(BadInterval::Range)
}

/// The digits of an interval's value, and how it is written.
fn number(value: &ast::Expr) -> Result<(String, String), BadInterval> {
    match value {
        ast::Expr::Value(ast::ValueWithSpan { value, span: _ }) => match value {
            ast::Value::Number(digits, false) => Ok((digits.replace('_', ""), digits.clone())),
            ast::Value::SingleQuotedString(text) => {
                Ok((text.clone(), format!("'{}'", text.replace('\'', "''"))))
            }
            _ => Err(BadInterval::Form),
        },
        ast::Expr::Nested(inner) => number(inner),
        ast::Expr::UnaryOp { op: ast::UnaryOperator::Minus, expr } => {
            let (digits, written) = number(expr)?;
            Ok((format!("-{digits}"), format!("-{written}")))
        }
        _ => Err(BadInterval::Form),
    }
}

/// A decimal number times a unit, exactly.
fn times(digits: &str, size: i64) -> Result<i64, BadInterval> {
    let (negative, digits) = match digits.as_bytes().first() {
        Some(b'-') => (true, &digits[1..]),
        Some(b'+') => (false, &digits[1..]),
        _ => (false, digits),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if digits.is_empty() || digits == "." || !is_digits(whole) || !is_digits(fraction) {
        return Err(BadInterval::Value);
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > 12 {
        return Err(BadInterval::Fraction);
    }
    let parse = |s: &str| if s.is_empty() { Ok(0) } else { s.parse::<i128>() };
    let whole = parse(whole).map_err(|_| BadInterval::Range)?;
    let scale = 10i128.pow(fraction.len() as u32);
    let parts = parse(fraction).map_err(|_| BadInterval::Range)? * i128::from(size);
    if parts % scale != 0 {
        return Err(BadInterval::Fraction);
    }
    let micros = whole.checked_mul(i128::from(size)).ok_or(BadInterval::Range)? + parts / scale;
    i64::try_from(if negative { -micros } else { micros }).map_err(|_| BadInterval::Range)
}

/// `INTERVAL (n) DAY` of an expression that is no literal: the function to call, and its argument.
pub(super) fn call(interval: &ast::Interval) -> Option<(String, &ast::Expr)> {
    let ast::Expr::Nested(value) = &*interval.value else { return None };
    let unit = Unit::of(interval.leading_field.as_ref()?.to_string().as_bytes())?;
    let is_literal = !matches!(number(value), Err(BadInterval::Form));
    (!is_literal).then(|| (format!("to_{}", name(unit)), &**value))
}

/// The microseconds of an interval without months: a day has 24 hours.
pub(super) fn fixed(span: Span) -> Option<i64> {
    let days = i64::from(span.days()).checked_mul(DAY)?;
    if span.months() == 0 { days.checked_add(span.micros()) } else { None }
}

impl Interval {
    /// Its length in microseconds, if it has a fixed one: a day has 24 hours, a month has none.
    pub(super) fn fixed(&self) -> Result<i64, BadInterval> {
        if self.span.months() != 0 {
            let unit = self.unit.map_or("month", |unit| match unit {
                "centuries" => "century",
                "millennia" => "millennium",
                other => other.trim_end_matches('s'),
            });
            return Err(BadInterval::Calendar(unit.to_owned()));
        }
        fixed(self.span).ok_or(BadInterval::Range)
    }

    /// The text of the expression, as DuckDB names a column after it.
    pub(super) fn name(&self) -> String {
        let written = &self.written;
        match self.unit {
            None => format!("CAST({written} AS INTERVAL)"),
            Some(unit @ ("seconds" | "milliseconds")) => {
                format!("to_{unit}(CAST({written} AS DOUBLE))")
            }
            Some(unit) => {
                let long = matches!(unit, "microseconds" | "minutes" | "hours");
                let whole = if long { "BIGINT" } else { "INTEGER" };
                format!("to_{unit}(CAST(trunc(CAST({written} AS DOUBLE)) AS {whole}))")
            }
        }
    }
}

impl BadInterval {
    /// The error at the tokens of an INTERVAL.
    pub(super) fn error(&self, source: &Source, extent: Extent) -> CompileError {
        let forms = "an interval is INTERVAL '5' SECOND, INTERVAL 5 SECOND or INTERVAL '5 seconds'";
        let units = "units are MICROSECOND, MILLISECOND, SECOND, MINUTE, HOUR, DAY, WEEK, MONTH, \
            QUARTER, YEAR, DECADE, CENTURY and MILLENNIUM";
        let fixed = "units are MICROSECOND, MILLISECOND, SECOND, MINUTE, HOUR, DAY and WEEK";
        // A unit, or the text that it is in, stands at the end.
        let at = match self {
            Self::Unit(_) => Extent::one(extent.last),
            _ => extent,
        };
        let (message, help) = match self {
            Self::Value => ("this is not a length of time".into(), forms),
            Self::Form => ("this form of INTERVAL is not supported".into(), forms),
            Self::Unit(name) => {
                let message = format!("there is no unit of time {name}");
                let Some(near) = nearest(name, Unit::names().filter(|n| n.len() > 2)) else {
                    return source.error(at, Kind::Value, message, units);
                };
                let is_lower = name.bytes().any(|b| b.is_ascii_lowercase());
                let near = if is_lower { near.to_owned() } else { near.to_ascii_uppercase() };
                return source.error(at, Kind::Value, message, format!("did you mean {near}?"));
            }
            Self::Calendar(name) => (format!("a {name} has no fixed length"), fixed),
            Self::Fraction => (
                "this interval has a fraction that would be cut off".into(),
                "write it in a smaller unit, down to whole MICROSECONDs",
            ),
            Self::Range => (
                "this interval is too long".into(),
                "it is kept in 32 bits of months and of days, and 64 bits of microseconds",
            ),
        };
        source.error(at, Kind::Value, message, help)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        assert_eq!(text("1 minute 2 seconds"), Ok(Span::new(0, 0, 62_000_000)));
        assert_eq!(text("1 month"), Ok(Span::new(1, 0, 0)));
        assert_eq!(text("1 fortnight"), Err(BadInterval::Unit("fortnight".into())));
        assert_eq!(text("5 days 5"), Err(BadInterval::Value));
        assert_eq!(text(""), Err(BadInterval::Value));
        assert_eq!(text("99999999999999999999 days"), Err(BadInterval::Range));
    }

    #[test]
    fn exact() {
        assert_eq!(times("0.000001", 1_000_000), Ok(1));
        assert_eq!(times("0.0000001", 1_000_000), Err(BadInterval::Fraction));
        assert_eq!(times("99999999999999999999", 1), Err(BadInterval::Range));
        assert_eq!(times("-9223372036854775808", 1), Ok(i64::MIN));
        assert_eq!(times("1e3", 1), Err(BadInterval::Value));
        assert_eq!(times("", 1), Err(BadInterval::Value));
    }
}
