//! DATE_DIFF, DATE_SUB and AGE: what lies between two times.

use super::part::{CLOCK_UNIT, Part, UNIT};
use super::{HOUR, MINUTE, prepared};
use crate::counters::Failure;
use crate::error::RunError;
use crate::expr::call::Invocation;
use crate::expr::function::{Function, VectorKernel};
use crate::expr::rows;
use crate::plan::signature::Param::{Is, Prepared};
use crate::plan::signature::{Param, Returns};
use crate::time::calendar::{DAY, SECOND};
use crate::time::civil::{civil_from_days, days_in_month, iso_week};
use crate::time::date::midnight;
use crate::time::shift;
use crate::types::DataType::{BigInt, Date, Interval, Time, Timestamp, TimestampTz};

type Done = Result<(), RunError>;

/// DATE_DIFF, DATE_SUB and AGE of each type.
pub const DIFFERENCE: &[Function] = &[
    diff(&[Prepared(UNIT), Is(Date), Is(Date)], |call| dates(call, crossed_days))
        .doc(CROSSED, "date_diff('month', DATE '2020-01-31', DATE '2020-02-01')"),
    diff(&[Prepared(UNIT), Is(Timestamp), Is(Timestamp)], |call| stamps(call, crossed)).doc(
        CROSSED,
        "date_diff('hour', TIMESTAMP '2020-01-01 00:59:00', TIMESTAMP '2020-01-01 03:00:00')",
    ),
    diff(&[Prepared(UNIT), Is(TimestampTz), Is(TimestampTz)], |call| stamps(call, crossed)).doc(
        CROSSED,
        "date_diff('day', TIMESTAMPTZ '2020-01-01 00:59:00+00', TIMESTAMPTZ '2020-01-02 00:00:00+00')",
    ),
    diff(&[Prepared(CLOCK_UNIT), Is(Time), Is(Time)], |call| stamps(call, crossed))
        .doc(CROSSED, "date_diff('minute', TIME '10:00:59', TIME '10:01:00')"),
    sub(&[Prepared(UNIT), Is(Date), Is(Date)], |call| dates(call, whole_of_days))
        .doc(WHOLE, "date_sub('month', DATE '2020-01-31', DATE '2020-02-28')"),
    sub(&[Prepared(UNIT), Is(Timestamp), Is(Timestamp)], |call| stamps(call, whole)).doc(
        WHOLE,
        "date_sub('hour', TIMESTAMP '2020-01-01 00:59:00', TIMESTAMP '2020-01-01 03:00:00')",
    ),
    sub(&[Prepared(UNIT), Is(TimestampTz), Is(TimestampTz)], |call| stamps(call, whole_of_instants)).doc(
        WHOLE,
        "date_sub('day', TIMESTAMPTZ '2020-01-01 00:59:00+00', TIMESTAMPTZ '2020-01-02 00:00:00+00')",
    ),
    sub(&[Prepared(CLOCK_UNIT), Is(Time), Is(Time)], |call| stamps(call, whole))
        .doc(WHOLE, "date_sub('minute', TIME '10:00:59', TIME '10:02:00')"),
    Function::new("age", &[Is(Timestamp), Is(Timestamp)], Returns::Is(Interval), age)
        .doc(AGE, "age(TIMESTAMP '2020-03-01 12:00:00', TIMESTAMP '2019-01-31 13:00:00')"),
    Function::new("age", &[Is(TimestampTz), Is(TimestampTz)], Returns::Is(Interval), age)
        .doc(AGE, "age(TIMESTAMPTZ '2020-03-01 12:00:00+00', TIMESTAMPTZ '2019-01-31 13:00:00+00')"),
];

const CROSSED: &str =
    "How many starts of a unit of time lie between two times; weeks are of seven days.";
const WHOLE: &str = "How many whole units of time lie between two times.";
const AGE: &str = "The interval from the second to the first, in years, months, days and a time.";

const fn diff(params: &'static [Param], kernel: VectorKernel) -> Function {
    Function::new("date_diff", params, Returns::Is(BigInt), kernel)
        .fails(Failure::Time)
        .alias(&["datediff"])
}

const fn sub(params: &'static [Param], kernel: VectorKernel) -> Function {
    Function::new("date_sub", params, Returns::Is(BigInt), kernel)
        .fails(Failure::Time)
        .alias(&["datesub"])
}

/// From a time to another, in a unit: microseconds, or days.
type Between<T = i64> = fn(Part, T, T) -> Option<i64>;

fn unit(call: &Invocation<'_>) -> Result<Part, RunError> {
    Part::read(prepared(call)).ok_or(RunError::Internal)
}

fn stamps(call: &mut Invocation<'_>, between: Between) -> Done {
    let unit = unit(call)?;
    rows::try_map(call, |(_, a, b): (&[u8], i64, i64)| between(unit, a, b))
}

fn dates(call: &mut Invocation<'_>, between: Between<i32>) -> Done {
    let unit = unit(call)?;
    rows::try_map(call, |(_, a, b): (&[u8], i32, i32)| between(unit, a, b))
}

fn age(call: &mut Invocation<'_>) -> Done {
    rows::map(call, |(a, b): (i64, i64)| shift::age(a, b))
}

/// A unit of a fixed length, microseconds.
const fn length(unit: Part) -> Option<i64> {
    Some(match unit {
        Part::Microsecond => 1,
        Part::Millisecond => 1_000,
        Part::Second | Part::Epoch => SECOND,
        Part::Minute => MINUTE,
        Part::Hour => HOUR,
        Part::Day | Part::DayOfWeek | Part::IsoDayOfWeek | Part::DayOfYear | Part::Julian => DAY,
        Part::Week | Part::YearWeek => 7 * DAY,
        _ => return None,
    })
}

/// A unit of so many months.
const fn months(unit: Part) -> i64 {
    match unit {
        Part::Quarter => 3,
        Part::Year | Part::IsoYear => 12,
        Part::Decade => 120,
        Part::Century => 1_200,
        Part::Millennium => 12_000,
        _ => 1,
    }
}

/// Starts of the unit from `a` to `b`.
fn crossed(unit: Part, a: i64, b: i64) -> Option<i64> {
    let of = |micros: i64| match length(unit) {
        Some(length) if length < DAY => micros.checked_div_euclid(length),
        _ => number(unit, micros.div_euclid(DAY)),
    };
    difference(unit, of(a)?, of(b)?)
}

/// The same of days, which are more than there are TIMESTAMPs.
fn crossed_days(unit: Part, a: i32, b: i32) -> Option<i64> {
    let of = |day: i32| match length(unit) {
        Some(length) if length < SECOND => midnight(day)?.checked_div(length),
        Some(length) if length < DAY => Some(i64::from(day) * (DAY / length)),
        _ => number(unit, day.into()),
    };
    difference(unit, of(a)?, of(b)?)
}

fn difference(unit: Part, a: i64, b: i64) -> Option<i64> {
    let starts = b.checked_sub(a)?;
    // Weeks are seven days, wherever they start.
    Some(if matches!(unit, Part::Week | Part::YearWeek) { starts / 7 } else { starts })
}

/// The number of the unit that a day lies in; of weeks and less, of the day.
fn number(unit: Part, day: i64) -> Option<i64> {
    if length(unit).is_some() {
        return Some(day);
    }
    let (year, month, _) = civil_from_days(day);
    match unit {
        Part::IsoYear => Some(iso_week(day).0),
        Part::Month | Part::Quarter => (year * 12 + i64::from(month) - 1).checked_div(months(unit)),
        // DuckDB divides years towards 0.
        _ => year.checked_div(months(unit) / 12),
    }
}

/// Whole units from `a` to `b`.
fn whole(unit: Part, a: i64, b: i64) -> Option<i64> {
    if let Some(length) = length(unit) {
        return b.checked_sub(a)?.checked_div(length);
    }
    let whole = if a > b { -whole_months(b, a) } else { whole_months(a, b) };
    whole.checked_div(months(unit))
}

fn whole_of_days(unit: Part, a: i32, b: i32) -> Option<i64> {
    whole(unit, midnight(a)?, midnight(b)?)
}

/// The same of instants, which DuckDB also counts back from the first, where it is the later.
fn whole_of_instants(unit: Part, a: i64, b: i64) -> Option<i64> {
    if a <= b || length(unit).is_some() {
        return whole(unit, a, b);
    }
    let (year, month, day) = civil_from_days(a.div_euclid(DAY));
    let (to_year, to_month, to_day) = civil_from_days(b.div_euclid(DAY));
    let last = days_in_month(to_year, to_month);
    let is_whole = (day.min(last), a.rem_euclid(DAY)) >= (to_day, b.rem_euclid(DAY));
    let back = (year - to_year) * 12 + i64::from(month) - i64::from(to_month);
    (i64::from(!is_whole) - back).checked_div(months(unit))
}

/// Whole months from `from` to the later `to`. From a day that the month of `to` lacks they are whole
/// on its last day.
fn whole_months(from: i64, to: i64) -> i64 {
    let (year, month, day) = civil_from_days(from.div_euclid(DAY));
    let (to_year, to_month, to_day) = civil_from_days(to.div_euclid(DAY));
    let last = days_in_month(to_year, to_month);
    let is_whole = (day.min(last), from.rem_euclid(DAY)) <= (to_day, to.rem_euclid(DAY));
    (to_year - year) * 12 + i64::from(to_month) - i64::from(month) - i64::from(!is_whole)
}
