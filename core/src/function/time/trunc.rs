//! DATE_TRUNC.

use super::part::{Part, UNIT};
use super::{HOUR, MINUTE, prepared};
use crate::counters::Failure;
use crate::error::RunError;
use crate::expr::call::Invocation;
use crate::expr::function::Function;
use crate::expr::rows;
use crate::plan::signature::Param::{Is, Prepared};
use crate::plan::signature::Returns;
use crate::time::calendar::{DAY, SECOND};
use crate::time::civil::{civil_from_days, days_from_civil, iso_week, weekday};
use crate::time::shift::timestamp;
use crate::types::DataType::{Date, Interval, Timestamp, TimestampTz};
use crate::types::Span;

/// DATE_TRUNC of each type.
pub const TRUNC: &[Function] = &[
    Function::new("date_trunc", &[Prepared(UNIT), Is(Timestamp)], Returns::Is(Timestamp), stamps)
        .fails(Failure::Time)
        .alias(&["datetrunc"])
        .doc(
            "The start of the unit of time that a timestamp lies in.",
            "date_trunc('month', TIMESTAMP '2020-02-29 12:34:56')",
        ),
    Function::new("date_trunc", &[Prepared(UNIT), Is(Date)], Returns::Is(Timestamp), dates)
        .fails(Failure::Time)
        .alias(&["datetrunc"])
        .doc(
            "The start of the unit of time that a day lies in, a TIMESTAMP.",
            "date_trunc('week', DATE '2020-02-29')",
        ),
    Function::new(
        "date_trunc",
        &[Prepared(UNIT), Is(TimestampTz)],
        Returns::Is(TimestampTz),
        stamps,
    )
    .fails(Failure::Time)
    .alias(&["datetrunc"])
    .doc(
        "The start of the unit of time that a timestamp lies in, in UTC.",
        "date_trunc('day', TIMESTAMPTZ '2020-02-29 12:34:56+01')",
    ),
    Function::new("date_trunc", &[Prepared(UNIT), Is(Interval)], Returns::Is(Interval), spans)
        .alias(&["datetrunc"])
        .doc(
            "An interval without what is smaller than a unit.",
            "date_trunc('day', INTERVAL '1 month 2 days 03:04:05')",
        ),
];

fn unit(call: &Invocation<'_>) -> Result<Part, RunError> {
    Part::read(prepared(call)).ok_or(RunError::Internal)
}

fn stamps(call: &mut Invocation<'_>) -> Result<(), RunError> {
    let unit = unit(call)?;
    rows::try_map(call, |(_, micros): (&[u8], i64)| start(unit, micros))
}

fn dates(call: &mut Invocation<'_>) -> Result<(), RunError> {
    let unit = unit(call)?;
    rows::try_map(call, |(_, days): (&[u8], i32)| start(unit, i64::from(days).checked_mul(DAY)?))
}

fn spans(call: &mut Invocation<'_>) -> Result<(), RunError> {
    let unit = unit(call)?;
    rows::map(call, |(_, span): (&[u8], Span)| whole(unit, span))
}

/// The start of the unit that a timestamp lies in.
fn start(unit: Part, micros: i64) -> Option<i64> {
    let length = match unit {
        Part::Hour => HOUR,
        Part::Minute => MINUTE,
        Part::Second | Part::Epoch => SECOND,
        Part::Millisecond => 1_000,
        Part::Microsecond => 1,
        _ => {
            let day = start_day(unit, micros.div_euclid(DAY))?;
            return timestamp(i128::from(day) * i128::from(DAY));
        }
    };
    timestamp(i128::from(micros) - i128::from(micros.checked_rem_euclid(length)?))
}

/// The first day of the unit that a day lies in. (Years are divided towards 0, as DuckDB does.)
fn start_day(unit: Part, days: i64) -> Option<i64> {
    let (year, month, _) = civil_from_days(days);
    let january = |year| days_from_civil(year, 1, 1);
    let monday = days - i64::from(weekday(days)) + 1;
    match unit {
        Part::Millennium => january(year / 1_000 * 1_000),
        Part::Century => january(year / 100 * 100),
        Part::Decade => january(year / 10 * 10),
        Part::Year => january(year),
        Part::Quarter => days_from_civil(year, (month - 1) / 3 * 3 + 1, 1),
        Part::Month => days_from_civil(year, month, 1),
        Part::Week | Part::YearWeek => Some(monday),
        Part::IsoYear => Some(monday - (i64::from(iso_week(days).1) - 1) * 7),
        _ => Some(days),
    }
}

/// What an interval has of a unit and of larger ones.
const fn whole(unit: Part, span: Span) -> Span {
    let (months, days, micros) = (span.months(), span.days(), span.micros());
    match unit {
        Part::Millennium => Span::new(months / 12_000 * 12_000, 0, 0),
        Part::Century => Span::new(months / 1_200 * 1_200, 0, 0),
        Part::Decade => Span::new(months / 120 * 120, 0, 0),
        Part::Year | Part::IsoYear => Span::new(months / 12 * 12, 0, 0),
        Part::Quarter => Span::new(months / 3 * 3, 0, 0),
        Part::Month => Span::new(months, 0, 0),
        Part::Week | Part::YearWeek => Span::new(months, days / 7 * 7, 0),
        Part::Hour => Span::new(months, days, micros / HOUR * HOUR),
        Part::Minute => Span::new(months, days, micros / MINUTE * MINUTE),
        Part::Second | Part::Epoch => Span::new(months, days, micros / SECOND * SECOND),
        Part::Millisecond => Span::new(months, days, micros / 1_000 * 1_000),
        Part::Microsecond => span,
        _ => Span::new(months, days, 0),
    }
}
