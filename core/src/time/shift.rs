//! Calendar arithmetic: dates and times plus and minus intervals, and the interval between two.
//!
//! Results are DuckDB's. Where no TIMESTAMP holds one, there is `None`.

use super::calendar::DAY;
use super::civil::{civil_from_days, days_from_civil, days_in_month};
use crate::types::Span;

/// The first TIMESTAMP that arithmetic gives: midnight of the first whole day that an `i64` holds, as
/// in DuckDB.
const FIRST: i128 = -9_223_372_022_400_000_000;
/// The last one. (`i64::MAX` is DuckDB's infinity.)
const LAST: i128 = i64::MAX as i128 - 1;

/// Microseconds since 1970 as a TIMESTAMP.
///
/// ```
/// assert_eq!(ringql_core::time::shift::timestamp(5), Some(5));
/// assert_eq!(ringql_core::time::shift::timestamp(i64::MAX.into()), None);
/// ```
#[must_use]
pub const fn timestamp(micros: i128) -> Option<i64> {
    if FIRST <= micros && micros <= LAST { Some(micros as i64) } else { None }
}

/// The day that lies `months` after a day: the same day of the month, or the last that the month has.
///
/// ```
/// use ringql_core::time::civil::days_from_civil;
/// use ringql_core::time::shift::add_months;
/// let january = days_from_civil(2024, 1, 31).unwrap();
/// assert_eq!(add_months(january, 1), days_from_civil(2024, 2, 29));
/// ```
#[must_use]
pub fn add_months(days: i64, months: i32) -> Option<i64> {
    let (year, month, day) = civil_from_days(days);
    let months = year * 12 + i64::from(month) - 1 + i64::from(months);
    let (year, month) = (months.div_euclid(12), months.rem_euclid(12) as u8 + 1);
    days_from_civil(year, month, day.min(days_in_month(year, month)))
}

/// A timestamp plus an interval: first its months, then its days, then the rest.
///
/// ```
/// use ringql_core::time::calendar::DAY;
/// use ringql_core::types::Span;
/// assert_eq!(ringql_core::time::shift::add(0, Span::new(1, -1, 5)), Some(30 * DAY + 5));
/// ```
#[must_use]
pub fn add(micros: i64, span: Span) -> Option<i64> {
    let (days, time) = (micros.div_euclid(DAY), micros.rem_euclid(DAY));
    let days = if span.months() == 0 { days } else { add_months(days, span.months())? };
    let days = days + i64::from(span.days());
    timestamp(i128::from(days) * i128::from(DAY) + i128::from(time) + i128::from(span.micros()))
}

/// An instant (a TIMESTAMP WITH TIME ZONE) plus an interval: as [`add`], but if a part of the interval
/// is below zero, then its microseconds come first, as in DuckDB.
///
/// ```
/// use ringql_core::time::calendar::DAY;
/// use ringql_core::time::shift::{add, add_to_instant};
/// use ringql_core::types::Span;
/// let (march_31, back) = (89 * DAY, Span::new(-1, 0, -1));
/// assert_eq!(add_to_instant(march_31, back), Some(59 * DAY - 1)); // 30 March, 28 February
/// assert_eq!(add(march_31, back), Some(58 * DAY - 1)); // 28 February, 27 February
/// ```
#[must_use]
pub fn add_to_instant(micros: i64, span: Span) -> Option<i64> {
    if span.months() >= 0 && span.days() >= 0 && span.micros() >= 0 {
        return add(micros, span);
    }
    let moved = timestamp(i128::from(micros) + i128::from(span.micros()))?;
    add(moved, Span::new(span.months(), span.days(), 0))
}

/// An interval turned around.
#[must_use]
pub fn negated(span: Span) -> Option<Span> {
    let (months, days) = (span.months().checked_neg()?, span.days().checked_neg()?);
    Some(Span::new(months, days, span.micros().checked_neg()?))
}

/// The sum of two intervals, part by part.
#[must_use]
pub fn sum(a: Span, b: Span) -> Option<Span> {
    let (months, days) = (a.months().checked_add(b.months())?, a.days().checked_add(b.days())?);
    Some(Span::new(months, days, a.micros().checked_add(b.micros())?))
}

/// An interval less another, part by part.
#[must_use]
pub fn less(a: Span, b: Span) -> Option<Span> {
    let (months, days) = (a.months().checked_sub(b.months())?, a.days().checked_sub(b.days())?);
    Some(Span::new(months, days, a.micros().checked_sub(b.micros())?))
}

/// From timestamp `b` to timestamp `a`, in years, months and days as a calendar has them, and a time of
/// day: `AGE(a, b)`.
///
/// ```
/// use ringql_core::time::calendar::DAY;
/// use ringql_core::types::Span;
/// assert_eq!(ringql_core::time::shift::age(32 * DAY + 5, 0), Span::new(1, 1, 5));
/// ```
#[must_use]
pub fn age(a: i64, b: i64) -> Span {
    let (from, to) = if a < b { (a, b) } else { (b, a) };
    let (year, month, day) = civil_from_days(from.div_euclid(DAY));
    let (to_year, to_month, to_day) = civil_from_days(to.div_euclid(DAY));
    let mut months = (to_year - year) * 12 + i64::from(to_month) - i64::from(month);
    let mut days = i32::from(to_day) - i32::from(day);
    let mut micros = to.rem_euclid(DAY) - from.rem_euclid(DAY);
    if micros < 0 {
        micros += DAY;
        days -= 1;
    }
    // A month that is not over is as long as the one that it began in.
    while days < 0 {
        days += i32::from(days_in_month(year, month));
        months -= 1;
    }
    let sign = if a < b { -1 } else { 1 };
    // Timestamps are 7,000,000 months apart at most.
    Span::new(sign * months as i32, sign * days, i64::from(sign) * micros)
}
