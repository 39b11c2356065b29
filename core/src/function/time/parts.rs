//! DATE_PART (EXTRACT is the same), and a function for each part.

use super::part::{self, EPOCH, OF_SPAN, OF_TIME, Part, REAL, WHOLE};
use super::{Value, prepared};
use crate::error::RunError;
use crate::expr::call::Invocation;
use crate::expr::function::{Function, VectorKernel};
use crate::expr::rows;
use crate::plan::signature::Param::{Is, Prepared};
use crate::plan::signature::{Param, Returns};
use crate::time::calendar::DAY;
use crate::types::DataType::{BigInt, Date, Double, Interval, Time, Timestamp, TimestampTz};
use crate::types::Span;

type Done = Result<(), RunError>;

/// DATE_PART of each type, and YEAR, MONTH...
pub const PARTS: &[Function] = &[
    date_part(&[Prepared(WHOLE), Is(Date)], |call| dates(call, named(call)?))
        .doc(OF_DATE, "date_part('quarter', DATE '2020-02-29')"),
    date_part(&[Prepared(WHOLE), Is(Timestamp)], |call| stamps(call, named(call)?))
        .doc(OF_DATE, "date_part('hour', TIMESTAMP '2020-02-29 12:34:56')"),
    date_part(&[Prepared(WHOLE), Is(TimestampTz)], |call| stamps(call, named(call)?)).doc(
        "A part of a timestamp, in UTC.",
        "extract(hour FROM TIMESTAMPTZ '2020-02-29 12:00:00+01')",
    ),
    date_part(&[Prepared(OF_TIME), Is(Time)], |call| times(call, named(call)?))
        .doc("A part of a time of day.", "date_part('millisecond', TIME '12:34:56.789')"),
    date_part(&[Prepared(OF_SPAN), Is(Interval)], |call| spans(call, named(call)?)).doc(
        "A part of an interval, which is not carried over to the next larger one.",
        "extract(hour FROM INTERVAL '36' HOUR)",
    ),
    real_part(&[Prepared(REAL), Is(Date)], |call| real_dates(call, named(call)?))
        .doc(AS_REAL, "date_part('julian', DATE '2020-02-29')"),
    real_part(&[Prepared(REAL), Is(Timestamp)], |call| real_stamps(call, named(call)?))
        .doc(AS_REAL, "date_part('epoch', TIMESTAMP '2020-02-29 12:34:56.5')"),
    real_part(&[Prepared(REAL), Is(TimestampTz)], |call| real_instants(call, named(call)?))
        .doc(AS_REAL, "date_part('epoch', TIMESTAMPTZ '2020-02-29 12:00:00+01')"),
    real_part(&[Prepared(EPOCH), Is(Time)], epoch_of_times)
        .doc("Seconds since midnight.", "date_part('epoch', TIME '00:01:00.5')"),
    real_part(&[Prepared(EPOCH), Is(Interval)], epoch_of_spans)
        .doc(SPAN_SECONDS, "date_part('epoch', INTERVAL '1 day 1 second')"),
    real("epoch", &[Is(Date)], |call| real_dates(call, Part::Epoch))
        .doc("Seconds since 1970.", "epoch(DATE '2020-02-29')"),
    real("epoch", &[Is(Timestamp)], |call| real_stamps(call, Part::Epoch))
        .doc("Seconds since 1970.", "epoch(TIMESTAMP '2020-02-29 12:34:56.5')"),
    real("epoch", &[Is(TimestampTz)], |call| real_instants(call, Part::Epoch))
        .doc("Seconds since 1970.", "epoch(TIMESTAMPTZ '2020-02-29 12:34:56+01')"),
    real("epoch", &[Is(Time)], epoch_of_times)
        .doc("Seconds since midnight.", "epoch(TIME '00:01:00.5')"),
    real("epoch", &[Is(Interval)], epoch_of_spans)
        .doc(SPAN_SECONDS, "epoch(INTERVAL '1 day 1 second')"),
    real("julian", &[Is(Date)], |call| real_dates(call, Part::Julian))
        .doc(JULIAN, "julian(DATE '2020-02-29')"),
    real("julian", &[Is(Timestamp)], |call| real_stamps(call, Part::Julian))
        .doc(JULIAN, "julian(TIMESTAMP '2020-02-29 12:00:00')"),
    real("julian", &[Is(TimestampTz)], |call| real_stamps(call, Part::Julian))
        .doc(JULIAN, "julian(TIMESTAMPTZ '2020-02-29 12:00:00+00')"),
];

const OF_DATE: &str = "A part of a date or a timestamp; EXTRACT(part FROM x) is the same.";
const AS_REAL: &str = "Seconds since 1970 (epoch), or the Julian day and its fraction (julian).";
const SPAN_SECONDS: &str = "Seconds of an interval: a year has 365.25 days, a month 30.";
const JULIAN: &str = "The Julian day; the fraction counts from midnight.";

const fn date_part(params: &'static [Param], kernel: VectorKernel) -> Function {
    whole("date_part", params, kernel).alias(&["datepart"])
}

const fn real_part(params: &'static [Param], kernel: VectorKernel) -> Function {
    real("date_part", params, kernel).alias(&["datepart"])
}

const fn whole(name: &'static str, params: &'static [Param], kernel: VectorKernel) -> Function {
    Function::new(name, params, Returns::Is(BigInt), kernel)
}

const fn real(name: &'static str, params: &'static [Param], kernel: VectorKernel) -> Function {
    Function::new(name, params, Returns::Is(Double), kernel)
}

/// A function for each of some parts, over each of some types: the kernel, the type, an example.
macro_rules! each {
    ($($name:literal [$($alias:literal),*] $part:ident $text:literal;)* in $types:tt) => {
        &[$(each!(@ $name [$($alias),*] $part $text $types)),*]
    };
    (@ $name:literal $alias:tt $part:ident $text:literal [$kernel:ident $type:ident $value:literal]) => {
        whole($name, &[Is($type)], |call| $kernel(call, Part::$part))
            .alias(&$alias)
            .doc($text, concat!($name, "(", $value, ")"))
    };
}

macro_rules! calendar_parts {
    ($types:tt) => {
        each! {
            "year" [] Year "The year; 0 is 1 BC.";
            "month" [] Month "The month, 1 to 12.";
            "day" ["dayofmonth"] Day "The day of the month.";
            "decade" [] Decade "The year / 10.";
            "century" [] Century "The century: the 21st begins in 2001.";
            "millennium" [] Millennium "The millennium: the 3rd begins in 2001.";
            "quarter" [] Quarter "The quarter of the year, 1 to 4.";
            "week" ["weekofyear"] Week "The ISO 8601 week of the year, 1 to 53.";
            "dayofweek" ["weekday"] DayOfWeek "The day of the week: 0 is Sunday.";
            "isodow" [] IsoDayOfWeek "The day of the week: 1 is Monday, 7 is Sunday.";
            "dayofyear" [] DayOfYear "The day of the year, from 1.";
            "isoyear" [] IsoYear "The year that the ISO 8601 week belongs to.";
            "yearweek" [] YearWeek "The ISO 8601 year * 100 + the week.";
            "era" [] Era "1, or 0 before year 1.";
            in $types
        }
    };
}

macro_rules! clock_parts {
    ($types:tt) => {
        each! {
            "hour" [] Hour "The hour.";
            "minute" [] Minute "The minute, 0 to 59.";
            "second" [] Second "The whole second, 0 to 59.";
            "millisecond" [] Millisecond "Milliseconds in the minute.";
            "microsecond" [] Microsecond "Microseconds in the minute.";
            "nanosecond" [] Nanosecond "Nanoseconds in the minute.";
            in $types
        }
    };
}

macro_rules! zone_parts {
    ($types:tt) => {
        each! {
            "timezone" [] Timezone "The offset from UTC: 0, as all times are in UTC.";
            "timezone_hour" [] TimezoneHour "The hours of the offset from UTC: 0.";
            "timezone_minute" [] TimezoneMinute "The minutes of the offset from UTC: 0.";
            in $types
        }
    };
}

/// YEAR, MONTH... of dates and timestamps.
pub const CALENDAR_PARTS: [&[Function]; 3] = [
    calendar_parts!([dates Date "DATE '2020-02-29'"]),
    calendar_parts!([stamps Timestamp "TIMESTAMP '2020-02-29 12:34:56.789'"]),
    calendar_parts!([stamps TimestampTz "TIMESTAMPTZ '2020-02-29 12:34:56+01'"]),
];

/// HOUR, MINUTE... of timestamps, times and intervals. (A DATE becomes a TIMESTAMP.)
pub const CLOCK_PARTS: [&[Function]; 4] = [
    clock_parts!([stamps Timestamp "TIMESTAMP '2020-02-29 12:34:56.789'"]),
    clock_parts!([stamps TimestampTz "TIMESTAMPTZ '2020-02-29 12:34:56+01'"]),
    clock_parts!([times Time "TIME '12:34:56.789'"]),
    clock_parts!([spans Interval "INTERVAL '1 day 12:34:56.789'"]),
];

/// TIMEZONE...
pub const ZONE_PARTS: [&[Function]; 2] = [
    zone_parts!([stamps Timestamp "TIMESTAMP '2020-02-29 12:00:00'"]),
    zone_parts!([stamps TimestampTz "TIMESTAMPTZ '2020-02-29 12:00:00+01'"]),
];

/// YEAR, MONTH... of intervals.
pub const SPAN_PARTS: &[Function] = each! {
    "year" [] Year "The years of an interval.";
    "month" [] Month "The months of an interval that are no whole year.";
    "day" ["dayofmonth"] Day "The days of an interval.";
    "decade" [] Decade "The decades of an interval.";
    "century" [] Century "The centuries of an interval.";
    "millennium" [] Millennium "The millennia of an interval.";
    "quarter" [] Quarter "The quarter of a year that an interval's months lie in, 1 to 4.";
    in [spans Interval "INTERVAL '101 years 5 months 40 days'"]
};

/// The part that a literal names.
fn named(call: &Invocation<'_>) -> Result<Part, RunError> {
    Part::read(prepared(call)).ok_or(RunError::Internal)
}

#[inline(never)]
fn dates(call: &mut Invocation<'_>, part: Part) -> Done {
    rows::map(call, |Value(days): Value<i32>| part::of_moment(part, days.into(), 0))
}

#[inline(never)]
fn stamps(call: &mut Invocation<'_>, part: Part) -> Done {
    let of = |t: i64| part::of_moment(part, t.div_euclid(DAY), t.rem_euclid(DAY));
    rows::map(call, |Value(micros): Value<i64>| of(micros))
}

#[inline(never)]
fn times(call: &mut Invocation<'_>, part: Part) -> Done {
    rows::map(call, |Value(micros): Value<i64>| part::of_moment(part, 0, micros))
}

#[inline(never)]
fn spans(call: &mut Invocation<'_>, part: Part) -> Done {
    rows::map(call, |Value(span): Value<Span>| part::of_span(part, span))
}

fn real_dates(call: &mut Invocation<'_>, part: Part) -> Done {
    let of = |days: i32| match part {
        Part::Epoch => f64::from(days) * 86_400.0,
        _ => part::real_of_moment(part, days.into(), 0),
    };
    rows::map(call, |Value(days): Value<i32>| of(days))
}

fn real_stamps(call: &mut Invocation<'_>, part: Part) -> Done {
    let of = |t: i64| part::real_of_moment(part, t.div_euclid(DAY), t.rem_euclid(DAY));
    rows::map(call, |Value(micros): Value<i64>| of(micros))
}

/// Seconds of a TIMESTAMPTZ are added up from milliseconds and the rest, as DuckDB rounds.
fn real_instants(call: &mut Invocation<'_>, part: Part) -> Done {
    if part != Part::Epoch {
        return real_stamps(call, part);
    }
    let seconds = |t: i64| t.div_euclid(1_000) as f64 / 1e3 + t.rem_euclid(1_000) as f64 / 1e6;
    rows::map(call, |Value(micros): Value<i64>| seconds(micros))
}

fn epoch_of_times(call: &mut Invocation<'_>) -> Done {
    real_stamps(call, Part::Epoch)
}

fn epoch_of_spans(call: &mut Invocation<'_>) -> Done {
    rows::map(call, |Value(span): Value<Span>| part::epoch_of_span(span))
}
