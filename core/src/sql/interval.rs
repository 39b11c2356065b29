//! INTERVAL literals: a fixed length of time, in microseconds.

use alloc::format;
use alloc::string::{String, ToString};

use sqlparser::ast;

/// Microseconds of one unit, and its name as DuckDB's functions have it.
fn unit(name: &str) -> Option<(&'static str, i64)> {
    let name = name.to_ascii_lowercase();
    Some(match name.as_str() {
        "microsecond" | "microseconds" | "us" | "usec" | "usecs" | "usecond" | "useconds" => {
            ("microseconds", 1)
        }
        "millisecond" | "milliseconds" | "ms" | "msec" | "msecs" => ("milliseconds", 1_000),
        "second" | "seconds" | "s" | "sec" | "secs" => ("seconds", 1_000_000),
        "minute" | "minutes" | "m" | "min" | "mins" => ("minutes", 60_000_000),
        "hour" | "hours" | "h" | "hr" | "hrs" => ("hours", 3_600_000_000),
        "day" | "days" | "d" => ("days", 86_400_000_000),
        "week" | "weeks" | "w" => ("weeks", 604_800_000_000),
        _ => return None,
    })
}

/// Units that have no fixed length.
fn is_calendar_unit(name: &str) -> bool {
    const UNITS: [&str; 7] =
        ["month", "quarter", "year", "decade", "century", "centurie", "millennium"];
    let name = name.to_ascii_lowercase();
    UNITS.contains(&name.trim_end_matches('s'))
        || ["mon", "mons", "y", "yr", "yrs"].contains(&&*name)
}

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
    /// It is longer than what 64 bits of microseconds hold.
    Range,
    /// A form that is not supported: `TO`, a precision, an expression.
    Form,
}

/// The value of an interval, as it is written, and its unit's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Interval {
    pub(super) micros: i64,
    /// The number or text, with quotes if it had them.
    written: String,
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
    let (digits, written) = number(value)?;
    let Some(field) = leading_field else {
        if !written.starts_with('\'') {
            return Err(BadInterval::Form);
        }
        return Ok(Interval { micros: list(&digits)?, written, unit: None });
    };
    let field = field.to_string();
    let Some((name, size)) = unit(&field) else { return Err(unknown_unit(&field)) };
    let micros = times(digits.trim(), size)?;
    // DuckDB cuts a fraction of these units off, which nobody means.
    let whole = !matches!(name, "seconds" | "milliseconds");
    if whole && micros % size != 0 {
        return Err(BadInterval::Fraction);
    }
    Ok(Interval { micros, written, unit: Some(name) })
}

fn unknown_unit(name: &str) -> BadInterval {
    if is_calendar_unit(name) {
        BadInterval::Calendar(name.to_ascii_lowercase())
    } else {
        BadInterval::Unit(name.to_ascii_lowercase())
    }
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

/// `5 minutes 30 seconds`
fn list(text: &str) -> Result<i64, BadInterval> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err(BadInterval::Value);
    }
    let mut total: i64 = 0;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && !"+-.".contains(c));
        let (digits, after) = rest.split_at(end.unwrap_or(rest.len()));
        let after = after.trim_start();
        let end = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        let (name, after) = after.split_at(end);
        if digits.is_empty() || name.is_empty() {
            return Err(BadInterval::Value);
        }
        let Some((_, size)) = unit(name) else { return Err(unknown_unit(name)) };
        let micros = times(digits, size)?;
        total = total.checked_add(micros).ok_or(BadInterval::Range)?;
        rest = after.trim_start();
    }
    Ok(total)
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

impl Interval {
    /// The text of the expression, as DuckDB names a column after it.
    pub(super) fn name(&self) -> String {
        let written = &self.written;
        match self.unit {
            None => format!("CAST({written} AS INTERVAL)"),
            Some(unit @ ("seconds" | "milliseconds")) => {
                format!("to_{unit}(CAST({written} AS DOUBLE))")
            }
            Some(unit) => {
                let whole = if matches!(unit, "days" | "weeks") { "INTEGER" } else { "BIGINT" };
                format!("to_{unit}(CAST(trunc(CAST({written} AS DOUBLE)) AS {whole}))")
            }
        }
    }
}

impl BadInterval {
    /// What is wrong, and what would be accepted.
    pub(super) fn message(&self) -> (String, &'static str) {
        let forms = "an interval is INTERVAL '5' SECOND, INTERVAL 5 SECOND or INTERVAL '5 seconds'";
        let units = "units are MICROSECOND, MILLISECOND, SECOND, MINUTE, HOUR, DAY and WEEK";
        match self {
            Self::Value => ("this is not a length of time".into(), forms),
            Self::Form => ("this form of INTERVAL is not supported".into(), forms),
            Self::Unit(name) => (format!("there is no unit of time {name}"), units),
            Self::Calendar(name) => (format!("a {name} has no fixed length"), units),
            Self::Fraction => (
                "this interval has a fraction that would be cut off".into(),
                "write it in a smaller unit, down to whole MICROSECONDs",
            ),
            Self::Range => {
                ("this interval is too long".into(), "it is kept in 64 bits of microseconds")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists() {
        assert_eq!(list("5 seconds"), Ok(5_000_000));
        assert_eq!(list("1 minute 2 seconds"), Ok(62_000_000));
        assert_eq!(list("1us"), Ok(1));
        assert_eq!(list("1.5 minutes"), Ok(90_000_000));
        assert_eq!(list("-5 sec"), Ok(-5_000_000));
        assert_eq!(list("1 month"), Err(BadInterval::Calendar("month".into())));
        assert_eq!(list("1 fortnight"), Err(BadInterval::Unit("fortnight".into())));
        assert_eq!(list("5"), Err(BadInterval::Value));
        assert_eq!(list(""), Err(BadInterval::Value));
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
