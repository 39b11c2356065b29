//! INTERVAL as text, both ways: `1 year 2 months 3 days 04:05:06.5`.

use core::fmt::{self, Write};

use super::ParseError;
use crate::text::{Scan, digits};
use crate::time::time_of_day::{Clock, write_time};
use crate::types::Span;

/// Microseconds of a day and of a month of 30 days, which fractions of a month count by.
const DAY: i64 = 86_400_000_000;
const MONTH: i64 = 30 * DAY;

/// A unit of time: how many months, days and microseconds it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unit {
    pub(crate) months: i32,
    pub(crate) days: i32,
    pub(crate) micros: i64,
}

const fn unit(months: i32, days: i32, micros: i64) -> Unit {
    Unit { months, days, micros }
}

/// DuckDB's names of units.
const UNITS: [(&[&str], Unit); 13] = [
    (&["microsecond", "microseconds", "us", "usec", "usecs", "usecond", "useconds"], unit(0, 0, 1)),
    (
        &["millisecond", "milliseconds", "ms", "msec", "msecs", "msecond", "mseconds"],
        unit(0, 0, 1_000),
    ),
    (&["second", "seconds", "s", "sec", "secs"], unit(0, 0, 1_000_000)),
    (&["minute", "minutes", "m", "min", "mins"], unit(0, 0, 60_000_000)),
    (&["hour", "hours", "h", "hr", "hrs"], unit(0, 0, 3_600_000_000)),
    (&["day", "days", "d"], unit(0, 1, 0)),
    (&["week", "weeks", "w"], unit(0, 7, 0)),
    (&["month", "months", "mon", "mons"], unit(1, 0, 0)),
    (&["quarter", "quarters"], unit(3, 0, 0)),
    (&["year", "years", "y", "yr", "yrs"], unit(12, 0, 0)),
    (&["decade", "decades", "dec", "decs"], unit(120, 0, 0)),
    (&["century", "centuries", "cent", "c"], unit(1_200, 0, 0)),
    (&["millennium", "millenniums", "millennia", "millenium", "mil", "mils"], unit(12_000, 0, 0)),
];

impl Unit {
    /// The unit of a name, in any case.
    pub(crate) fn of(name: &[u8]) -> Option<Self> {
        let is = |names: &[&str]| names.iter().any(|n| name.eq_ignore_ascii_case(n.as_bytes()));
        UNITS.iter().find(|(names, _)| is(names)).map(|(_, unit)| *unit)
    }

    /// The names of all units.
    #[cfg(feature = "sql")]
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        UNITS.iter().flat_map(|(names, _)| names.iter().copied())
    }
}

/// Months, days and microseconds, on the way to an interval.
#[derive(Default)]
struct Sum {
    months: i32,
    days: i32,
    micros: i64,
}

impl Sum {
    fn add(&mut self, months: i64, days: i64, micros: i64) -> Option<()> {
        self.months = self.months.checked_add(i32::try_from(months).ok()?)?;
        self.days = self.days.checked_add(i32::try_from(days).ok()?)?;
        self.micros = self.micros.checked_add(micros)?;
        Some(())
    }

    /// Adds so many units: a whole number and billionths of a millionth.
    fn units(&mut self, unit: Unit, whole: i64, parts: i64) -> Option<()> {
        let months = whole.checked_mul(unit.months.into())?;
        let days = whole.checked_mul(unit.days.into())?;
        self.add(months, days, whole.checked_mul(unit.micros)?)?;
        if parts == 0 {
            return Some(());
        }
        // Of a year and more, a fraction is whole months; below, it goes on in the next smaller unit.
        if unit.months >= 12 {
            return self.add(part(unit.months.into(), parts), 0, 0);
        }
        let length = i64::from(unit.months) * MONTH + i64::from(unit.days) * DAY + unit.micros;
        if length == 1 {
            return Some(()); // of a microsecond there is none
        }
        let micros = part(length, parts);
        let months = if unit.months > 0 { micros / MONTH } else { 0 };
        let micros = micros - months * MONTH;
        let days = if unit.micros == 0 { micros / DAY } else { 0 };
        self.add(months, days, micros - days * DAY)
    }
}

/// Digits of a fraction that count.
const PLACES: u32 = 15;
const ONE: i64 = 10i64.pow(PLACES);

/// `parts` / 10^15 of a length, rounded halves away from zero.
const fn part(length: i64, parts: i64) -> i64 {
    let product = length as i128 * parts as i128;
    let half = if parts < 0 { -ONE / 2 } else { ONE / 2 };
    ((product + half as i128) / ONE as i128) as i64
}

/// Reads a list of numbers and units, then perhaps a time of day (behind its seconds anything may
/// stand, as in DuckDB unless `strict`), and `ago`, which turns all around.
pub(super) fn parse(text: &[u8], strict: bool) -> Result<Span, ParseError> {
    let bad = ParseError::NotAnInterval;
    let mut text = Scan::trimmed(text);
    if text.skip(b'@') {
        text.spaces();
    }
    if text.is_empty() {
        return Err(bad);
    }
    let mut sum = Sum::default();
    let mut first = true;
    while !text.is_empty() {
        let before = text;
        let negative = text.skip(b'-');
        let mut clock = text;
        let mut whole = 0i64;
        let mut any = false;
        while let Some(digit) = text.digit() {
            let next = whole.checked_mul(10).and_then(|n| n.checked_add(digit.into()));
            whole = next.ok_or(ParseError::OutOfRange)?;
            any = true;
        }
        if !any {
            let ago = before.0.eq_ignore_ascii_case(b"ago") && !first;
            return if ago { negated(&sum) } else { Err(bad) };
        }
        if text.0.first() == Some(&b':') {
            let read = Clock::read(&mut clock).ok_or(bad)?;
            if !clock.is_empty() && (strict || !read.has_seconds) {
                return Err(bad);
            }
            let micros = if negative { -read.micros } else { read.micros };
            sum.add(0, 0, micros).ok_or(ParseError::OutOfRange)?;
            break;
        }
        let mut parts = 0i64;
        if text.skip(b'.') {
            let mut unit = ONE / 10;
            while let Some(digit) = text.digit() {
                parts += i64::from(digit) * unit;
                unit /= 10;
            }
        }
        text.spaces();
        let unit = match text.letters() {
            [] if first && text.is_empty() => Unit { months: 0, days: 0, micros: 1_000_000 },
            name => Unit::of(name).ok_or(bad)?,
        };
        let sign = if negative { -1 } else { 1 };
        sum.units(unit, sign * whole, sign * parts).ok_or(ParseError::OutOfRange)?;
        text.spaces();
        first = false;
    }
    Ok(Span::new(sum.months, sum.days, sum.micros))
}

fn negated(sum: &Sum) -> Result<Span, ParseError> {
    let all = (sum.months.checked_neg(), sum.days.checked_neg(), sum.micros.checked_neg());
    match all {
        (Some(months), Some(days), Some(micros)) => Ok(Span::new(months, days, micros)),
        _ => Err(ParseError::OutOfRange),
    }
}

/// Writes an interval: years, months and days that are not zero, then the time of day; `00:00:00` if
/// all are zero.
pub(super) fn write(out: &mut impl Write, span: Span) -> fmt::Result {
    let (years, months) = (span.months() / 12, span.months() % 12);
    let mut any = false;
    for (n, unit) in [(years, "year"), (months, "month"), (span.days(), "day")] {
        if n == 0 {
            continue;
        }
        if any {
            out.write_char(' ')?;
        }
        if n < 0 {
            out.write_char('-')?;
        }
        digits(out, n.unsigned_abs().into(), 1)?;
        out.write_char(' ')?;
        out.write_str(unit)?;
        if n.unsigned_abs() != 1 {
            out.write_char('s')?;
        }
        any = true;
    }
    if any && span.micros() == 0 {
        return Ok(());
    }
    if any {
        out.write_char(' ')?;
    }
    write_time(out, span.micros())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use std::string::String;

    use super::*;

    fn written(span: Span) -> String {
        let mut out = String::new();
        write(&mut out, span).unwrap();
        out
    }

    #[test]
    fn as_duckdb_casts_them() {
        // CAST('...' AS INTERVAL)::VARCHAR in DuckDB 2.0.
        for (text, wanted) in [
            ("1 month 2 days", "1 month 2 days"),
            ("-1 year -2 months", "-1 year -2 months"),
            ("1.5 months", "1 month 15 days"),
            ("1.55 years", "1 year 7 months"),
            ("-1.55 years", "-1 year -7 months"),
            ("0.54 years", "6 months"),
            ("1.123 centuries", "112 years 4 months"),
            ("1.5 days", "1 day 12:00:00"),
            ("1.5 weeks", "10 days 12:00:00"),
            ("0.15 months", "4 days 12:00:00"),
            ("1.33 months", "1 month 9 days 21:36:00"),
            ("1.5 quarters", "4 months 15 days"),
            ("0.3 quarters", "27 days"),
            ("1 decade 1 century 1 millennium", "1110 years"),
            ("1 day 01:02:03.5", "1 day 01:02:03.5"),
            ("1 day -01:02:03.5", "1 day -01:02:03.5"),
            ("100:00:00", "100:00:00"),
            ("1:2", "01:02:00"),
            ("1 days 2 hours ago", "-1 day -02:00:00"),
            ("0 days", "00:00:00"),
            ("-0.5 seconds", "-00:00:00.5"),
            ("@ 1 day", "1 day"),
            ("1day2hour", "1 day 02:00:00"),
            ("1", "00:00:01"),
            ("9223372036854775807 microseconds", "2562047788:00:54.775807"),
            ("1.1234567 seconds", "00:00:01.123457"),
            ("1.00055 milliseconds", "00:00:00.001001"),
            ("1.9 microseconds", "00:00:00.000001"),
            ("1.00000001 days", "1 day 00:00:00.000864"),
            ("12:00:00 1 day", "12:00:00"),
            ("1:2:3:4", "01:02:03"),
            ("1 year 14 months", "2 years 2 months"),
        ] {
            assert_eq!(written(parse(text.as_bytes(), false).expect(text)), wanted, "{text}");
        }
        for text in [
            "",
            "x",
            "ago",
            "1 fortnight",
            "1 day x",
            "1 day 5",
            "- 1 day",
            "+1 day",
            ".5 days",
            "1e3 days",
            "1 months, 2 days",
            "P1Y2M",
            "01:60:00",
            "1 day 2:3 ago",
            "1 day ago 5",
            "2147483648 months",
            "2147483648 days",
            "9223372036854775808 microseconds",
            "2562047789 hours",
            "99999999999:00:00",
            "2147483647 months 1 month",
        ] {
            assert!(parse(text.as_bytes(), false).is_err(), "{text}");
        }
        assert_eq!(parse(b"12:00:00 1 day", true), Err(ParseError::NotAnInterval));
    }

    proptest! {
        #[test]
        fn every_interval_reads_back(months: i32, days: i32, micros: i64) {
            // The last one of each has no positive counterpart to be read.
            let span = Span::new(months.max(-i32::MAX), days.max(-i32::MAX), micros.max(-i64::MAX));
            let text = written(span);
            prop_assert!(text.len() <= 69);
            let read = parse(text.as_bytes(), true).unwrap();
            prop_assert_eq!(read.to_le_bytes(), span.to_le_bytes(), "{}", text);
        }

        #[test]
        fn any_text_is_read_or_refused(text: String, bytes: [u8; 12]) {
            let _ = (parse(text.as_bytes(), false), parse(&bytes, true));
        }

        #[test]
        fn equal_intervals_have_one_normal_form(months: i32, days: i32, micros: i64) {
            let span = Span::new(months, days, micros);
            prop_assert_eq!(span, span.normal());
            prop_assert_eq!(span.normal().to_le_bytes(), span.normal().normal().to_le_bytes());
        }
    }
}
