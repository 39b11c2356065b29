//! Dates as text, both ways: ISO 8601 on the proleptic Gregorian calendar.
//!
//! A date is an `i32` of days since 1970-01-01. Years above 9999 have as many digits as they need,
//! years before 1 are written as `0044-03-15 (BC)`.

use core::fmt::{self, Write};

use super::calendar::{DAY, LocalTimestamp, SEPARATORS};
use super::civil::{civil_from_days, days_from_civil};
use crate::text::{Scan, digits};

/// The days that a DATE has: those of DuckDB, which keeps both ends of `i32` for its infinities.
const FIRST: i64 = i32::MIN as i64 + 2;
const LAST: i64 = i32::MAX as i64 - 1;

/// Reads a date: `2020-02-29` or `epoch`, also with `/`, `\` or a space between its parts, with months and days
/// of one digit, and with ` (BC)` behind it.
///
/// ```
/// use ringql_core::time::date::parse_date;
/// assert_eq!(parse_date(b"1970-01-02"), Some(1));
/// assert_eq!(parse_date(b"2019-02-29"), None);
/// ```
#[must_use]
pub fn parse_date(text: &[u8]) -> Option<i32> {
    let mut text = Scan::trimmed(text);
    if text.0.eq_ignore_ascii_case(b"epoch") {
        return Some(0);
    }
    let negative = text.skip(b'-');
    let (year, digits) = text.number(7);
    if digits == 0 {
        return None;
    }
    let separator = SEPARATORS.into_iter().find(|&byte| text.skip(byte))?;
    let (month, month_digits) = text.number(2);
    if month_digits == 0 || !text.skip(separator) {
        return None;
    }
    let (day, day_digits) = text.number(2);
    let mut year = i64::from(year);
    if text.0.eq_ignore_ascii_case(b" (BC)") {
        if negative || year == 0 {
            return None;
        }
        year = 1 - year;
    } else if !text.is_empty() {
        return None;
    } else if negative {
        year = -year;
    }
    if day_digits == 0 {
        return None;
    }
    let days = days_from_civil(year, month as u8, day as u8)?;
    date(days)
}

/// A day as a DATE; `None` if it is none of those that a DATE has.
///
/// ```
/// assert_eq!(ringql_core::time::date::date(-1), Some(-1));
/// assert_eq!(ringql_core::time::date::date(i32::MAX.into()), None);
/// ```
#[must_use]
pub const fn date(days: i64) -> Option<i32> {
    if FIRST <= days && days <= LAST { Some(days as i32) } else { None }
}

/// Reads a date as `CAST` does: a time may stand behind it, which changes nothing.
#[must_use]
pub fn cast_date(text: &[u8]) -> Option<i32> {
    if let Some(date) = parse_date(text) {
        return Some(date);
    }
    LocalTimestamp::parse(text)?;
    let clock = text.iter().position(|&byte| byte == b':')?;
    let before = text.get(..clock)?;
    let end = before.iter().rposition(|byte| matches!(byte, b' ' | b'\t'..=b'\r' | b'T'))?;
    parse_date(before.get(..end)?)
}

/// The day of a timestamp.
///
/// ```
/// assert_eq!(ringql_core::time::date::date_of(-1), Some(-1));
/// ```
#[must_use]
pub fn date_of(micros: i64) -> Option<i32> {
    i32::try_from(micros.div_euclid(DAY)).ok()
}

/// The timestamp of a day's midnight; `None` if no `i64` holds it.
#[must_use]
pub const fn midnight(days: i32) -> Option<i64> {
    (days as i64).checked_mul(DAY)
}

/// Writes `YYYY-MM-DD`.
///
/// ```
/// use ringql_core::time::date::write_date;
/// let mut out = String::new();
/// write_date(&mut out, 18_321).unwrap();
/// assert_eq!(out, "2020-02-29");
/// ```
///
/// # Errors
/// Those of `out`.
pub fn write_date(out: &mut impl Write, days: i32) -> fmt::Result {
    let (year, month, day) = civil_from_days(days.into());
    let shown = if year > 0 { year } else { 1 - year };
    digits(out, shown.unsigned_abs(), 4)?;
    for part in [month, day] {
        out.write_char('-')?;
        digits(out, part.into(), 2)?;
    }
    if year > 0 { Ok(()) } else { out.write_str(" (BC)") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use std::string::String;

    use super::*;

    #[test]
    fn as_duckdb_casts_them() {
        // CAST('...' AS DATE)::VARCHAR in DuckDB 2.0.
        for (text, wanted) in [
            ("2020-02-29 10:00:00", "2020-02-29"),
            ("2020/2/9", "2020-02-09"),
            ("2020 2 9", "2020-02-09"),
            ("2020\\01\\01", "2020-01-01"),
            (" 2020-02-29 ", "2020-02-29"),
            ("0044-03-15 (BC)", "0044-03-15 (BC)"),
            ("-0044-03-15", "0045-03-15 (BC)"),
            ("0-1-1", "0001-01-01 (BC)"),
            ("5881580-07-10", "5881580-07-10"),
            ("5877642-06-25 (BC)", "5877642-06-25 (BC)"),
            ("2020-02-29T10:00:00Z", "2020-02-29"),
            ("2020-02-29 24:00:00", "2020-02-29"),
            ("2020-01-01 23:00:00-05", "2020-01-01"),
            ("epoch", "1970-01-01"),
        ] {
            let mut out = String::new();
            write_date(&mut out, cast_date(text.as_bytes()).expect(text)).unwrap();
            assert_eq!(out, wanted, "{text}");
        }
        for text in [
            "",
            "2020-02-29x",
            "2020-02-30",
            "2020-13-01",
            "2020-001-01",
            "2020-01-001",
            "20200101",
            "2020-01/01",
            "2020.01.01",
            "2020-01-01(BC)",
            "2020-01-01 x",
            "+2020-01-01",
            "5881580-07-11",
            "5877642-06-24 (BC)",
            "2020-02-29 10",
        ] {
            assert_eq!(cast_date(text.as_bytes()), None, "{text}");
        }
        assert_eq!(parse_date(b"2020-02-29 10:00:00"), None);
    }

    proptest! {
        #[test]
        fn every_date_reads_back(days in FIRST as i32..=LAST as i32) {
            let mut out = String::new();
            write_date(&mut out, days).unwrap();
            prop_assert_eq!(parse_date(out.as_bytes()), Some(days));
            prop_assert!(out.len() <= 18);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: [u8; 14]) {
            let _ = cast_date(&bytes);
        }
    }
}
