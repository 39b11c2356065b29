//! TIME_BUCKET.

use crate::counters::Failure;
use crate::error::RunError;
use crate::expr::call::Invocation;
use crate::expr::function::{Function, VectorKernel};
use crate::expr::rows;
use crate::plan::signature::Param::Is;
use crate::plan::signature::{Param, Returns};
use crate::time::calendar::DAY;
use crate::time::civil::{civil_from_days, days_from_civil};
use crate::time::date::{date, date_of, midnight};
use crate::time::shift::{add, add_to_instant, negated, timestamp};
use crate::time::time_of_day::time_of;
use crate::types::DataType::{self, Date, Interval, Time, Timestamp, TimestampTz};
use crate::types::Span;

type Done = Result<(), RunError>;

/// TIME_BUCKET of each type.
pub const BUCKET: &[Function] = &[
    bucket(&[Is(Interval), Is(Timestamp)], Timestamp, stamps)
        .doc(PLAIN, "time_bucket(INTERVAL '15' MINUTE, TIMESTAMP '2020-02-29 12:34:56')"),
    bucket(&[Is(Interval), Is(Date)], Date, dates)
        .doc(PLAIN, "time_bucket(INTERVAL '1' MONTH, DATE '2020-02-29')"),
    bucket(&[Is(Interval), Is(TimestampTz)], TimestampTz, stamps)
        .doc(PLAIN, "time_bucket(INTERVAL '1' DAY, TIMESTAMPTZ '2020-02-29 12:34:56+01')"),
    bucket(&[Is(Interval), Is(Time)], Time, times)
        .doc(PLAIN, "time_bucket(INTERVAL '15' MINUTE, TIME '12:34:56')"),
    bucket(&[Is(Interval), Is(Timestamp), Is(Interval)], Timestamp, stamps_offset).doc(
        OFFSET,
        "time_bucket(INTERVAL '1' DAY, TIMESTAMP '2020-02-29 12:34:56', INTERVAL '6' HOUR)",
    ),
    bucket(&[Is(Interval), Is(Date), Is(Interval)], Date, dates_offset)
        .doc(OFFSET, "time_bucket(INTERVAL '7' DAY, DATE '2020-02-29', INTERVAL '1' DAY)"),
    bucket(&[Is(Interval), Is(TimestampTz), Is(Interval)], TimestampTz, instants_offset).doc(
        OFFSET,
        "time_bucket(INTERVAL '1' DAY, TIMESTAMPTZ '2020-02-29 12:34:56+01', INTERVAL '6' HOUR)",
    ),
    bucket(&[Is(Interval), Is(Time), Is(Interval)], Time, times_offset)
        .doc(OFFSET, "time_bucket(INTERVAL '1' HOUR, TIME '12:34:56', INTERVAL '10' MINUTE)"),
    bucket(&[Is(Interval), Is(Timestamp), Is(Timestamp)], Timestamp, stamps_origin).doc(
        ORIGIN,
        "time_bucket(INTERVAL '7' DAY, TIMESTAMP '2020-02-29 12:00:00', TIMESTAMP '2020-01-01')",
    ),
    bucket(&[Is(Interval), Is(Date), Is(Date)], Date, dates_origin)
        .doc(ORIGIN, "time_bucket(INTERVAL '7' DAY, DATE '2020-02-29', DATE '2020-01-01')"),
    bucket(&[Is(Interval), Is(TimestampTz), Is(TimestampTz)], TimestampTz, stamps_origin).doc(
        ORIGIN,
        "time_bucket(INTERVAL '7' DAY, TIMESTAMPTZ '2020-02-29 12:00:00+00', \
            TIMESTAMPTZ '2020-01-01 00:00:00+00')",
    ),
    bucket(&[Is(Interval), Is(Time), Is(Time)], Time, times_origin)
        .doc(ORIGIN, "time_bucket(INTERVAL '1' HOUR, TIME '12:34:56', TIME '00:10:00')"),
];

const PLAIN: &str = "The start of the bucket of a width that a time lies in. Buckets of months count \
    from 2000-01-01, others from Monday 2000-01-03.";
const OFFSET: &str = "The start of a bucket, with all buckets moved by an interval.";
const ORIGIN: &str = "The start of a bucket, with a bucket that starts at the third argument (in its \
    month, if the width is months).";

const fn bucket(params: &'static [Param], returns: DataType, kernel: VectorKernel) -> Function {
    Function::new("time_bucket", params, Returns::Is(returns), kernel).fails(Failure::Time)
}

/// Where buckets start that are no months long: Monday 2000-01-03.
const MONDAY: i64 = 10_959 * DAY;
/// Where those of months start: 2000-01-01, in months since 1970.
const JANUARY: i64 = 360;

/// The width of a bucket.
enum Width {
    Micros(i64),
    Months(i64),
}

impl Width {
    /// A width of months alone, or of days and less, that is more than nothing.
    fn of(span: Span) -> Option<Self> {
        if span.months() == 0 {
            let days = i64::from(span.days()).checked_mul(DAY)?;
            let micros = days.checked_add(span.micros())?;
            return (micros > 0).then_some(Self::Micros(micros));
        }
        let is_months = span.months() > 0 && span.days() == 0 && span.micros() == 0;
        is_months.then_some(Self::Months(span.months().into()))
    }
}

/// The start of the bucket that a timestamp lies in.
fn start(width: Span, micros: i64, origin: Option<i64>) -> Option<i64> {
    match Width::of(width)? {
        Width::Micros(width) => {
            let origin = origin.unwrap_or(MONDAY).checked_rem(width)?;
            let since = micros.checked_sub(origin)?;
            let start = since.checked_sub(since.checked_rem_euclid(width)?)?;
            start.checked_add(origin)
        }
        Width::Months(width) => {
            let origin = origin.map(|origin| origin.div_euclid(DAY));
            let day = first_day(width, micros.div_euclid(DAY), origin)?;
            timestamp(i128::from(day) * i128::from(DAY))
        }
    }
}

/// The same for a day.
fn start_day(width: Span, day: i32, origin: Option<i32>) -> Option<i32> {
    match Width::of(width)? {
        Width::Micros(_) => {
            let origin = match origin {
                Some(origin) => Some(midnight(origin)?),
                None => None,
            };
            date_of(start(width, midnight(day)?, origin)?)
        }
        Width::Months(width) => date(first_day(width, day.into(), origin.map(i64::from))?),
    }
}

/// The first day of a day's bucket of months.
fn first_day(width: i64, day: i64, origin: Option<i64>) -> Option<i64> {
    let origin = origin.map_or(JANUARY, months).checked_rem(width)?;
    let since = months(day) - origin;
    let start = since - since.checked_rem_euclid(width)? + origin;
    days_from_civil(1970 + start.div_euclid(12), start.rem_euclid(12) as u8 + 1, 1)
}

/// The same with all buckets moved.
fn moved(width: Span, micros: i64, offset: Span, add: Add) -> Option<i64> {
    add(start(width, add(micros, negated(offset)?)?, None)?, offset)
}

/// A time plus an interval.
type Add = fn(i64, Span) -> Option<i64>;

/// The month of a day, counted from January 1970.
fn months(day: i64) -> i64 {
    let (year, month, _) = civil_from_days(day);
    (year - 1970) * 12 + i64::from(month) - 1
}

fn stamps(call: &mut Invocation<'_>) -> Done {
    rows::try_map(call, |(width, t): (Span, i64)| start(width, t, None))
}

fn stamps_offset(call: &mut Invocation<'_>) -> Done {
    rows::try_map(call, |(width, t, offset): (Span, i64, Span)| moved(width, t, offset, add))
}

fn instants_offset(call: &mut Invocation<'_>) -> Done {
    rows::try_map(call, |(width, t, offset): (Span, i64, Span)| {
        moved(width, t, offset, add_to_instant)
    })
}

fn stamps_origin(call: &mut Invocation<'_>) -> Done {
    rows::try_map(call, |(width, t, origin): (Span, i64, i64)| start(width, t, Some(origin)))
}

fn dates(call: &mut Invocation<'_>) -> Done {
    rows::try_map(call, |(width, d): (Span, i32)| start_day(width, d, None))
}

fn dates_offset(call: &mut Invocation<'_>) -> Done {
    rows::try_map(call, |(width, d, offset): (Span, i32, Span)| {
        date_of(moved(width, midnight(d)?, offset, add)?)
    })
}

fn dates_origin(call: &mut Invocation<'_>) -> Done {
    rows::try_map(call, |(width, d, origin): (Span, i32, i32)| start_day(width, d, Some(origin)))
}

/// Times of day are those of 1970-01-01.
fn times(call: &mut Invocation<'_>) -> Done {
    rows::try_map(call, |(width, t): (Span, i64)| start(width, t, None).map(time_of))
}

fn times_offset(call: &mut Invocation<'_>) -> Done {
    rows::try_map(call, |(width, t, offset): (Span, i64, Span)| {
        moved(width, t, offset, add).map(time_of)
    })
}

fn times_origin(call: &mut Invocation<'_>) -> Done {
    rows::try_map(call, |(width, t, origin): (Span, i64, i64)| {
        start(width, t, Some(origin)).map(time_of)
    })
}
