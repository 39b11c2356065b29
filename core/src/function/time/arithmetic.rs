//! `+ - * /` of dates, times and intervals. (A TIMESTAMP and an interval of a fixed length that is a
//! constant are an opcode.)

use crate::counters::Failure;
use crate::error::RunError;
use crate::expr::call::Invocation;
use crate::expr::function::{Function, VectorKernel};
use crate::expr::rows;
use crate::plan::signature::Param::Is;
use crate::plan::signature::{Param, Returns};
use crate::time::calendar::{DAY, SECOND};
use crate::time::date;
use crate::time::shift::{add, add_to_instant, less, negated, sum, timestamp};
use crate::time::time_of_day::time_of;
use crate::types::DataType::{
    self, BigInt, Date, Double, Integer, Interval, Time, Timestamp, TimestampTz,
};
use crate::types::Span;

type Done = Result<(), RunError>;

/// The operators.
pub const ARITHMETIC: &[Function] = &[
    plus(&[Is(Date), Is(Integer)], Date, |call| {
        rows::try_map(call, |(day, n): (i32, i32)| days_later(day, n.into()))
    })
    .doc(DAYS, "DATE '2020-02-29' + 1"),
    plus(&[Is(Integer), Is(Date)], Date, |call| {
        rows::try_map(call, |(n, day): (i32, i32)| days_later(day, n.into()))
    })
    .doc(DAYS, "1 + DATE '2020-02-29'"),
    plus(&[Is(Date), Is(Interval)], Timestamp, |call| {
        rows::try_map(call, |(day, span): (i32, Span)| add(midnight(day)?, span))
    })
    .doc(LATER, "DATE '2020-01-31' + INTERVAL '1' MONTH"),
    plus(&[Is(Interval), Is(Date)], Timestamp, |call| {
        rows::try_map(call, |(span, day): (Span, i32)| add(midnight(day)?, span))
    })
    .doc(LATER, "INTERVAL '1' MONTH + DATE '2020-01-31'"),
    plus(&[Is(Date), Is(Time)], Timestamp, |call| {
        rows::try_map(call, |(day, time): (i32, i64)| at(day, time))
    })
    .doc(AT, "DATE '2020-02-29' + TIME '12:34:56'"),
    plus(&[Is(Time), Is(Date)], Timestamp, |call| {
        rows::try_map(call, |(time, day): (i64, i32)| at(day, time))
    })
    .doc(AT, "TIME '12:34:56' + DATE '2020-02-29'"),
    plus(&[Is(Timestamp), Is(Interval)], Timestamp, later)
        .doc(LATER, "TIMESTAMP '2020-01-31 12:00:00' + INTERVAL '1' MONTH"),
    plus(&[Is(Interval), Is(Timestamp)], Timestamp, later_than)
        .doc(LATER, "INTERVAL '1' MONTH + TIMESTAMP '2020-01-31 12:00:00'"),
    plus(&[Is(TimestampTz), Is(Interval)], TimestampTz, |call| {
        rows::try_map(call, |(micros, span): (i64, Span)| add_to_instant(micros, span))
    })
    .doc(OF_INSTANT, "TIMESTAMPTZ '2020-01-31 12:00:00+00' + INTERVAL '1' MONTH"),
    plus(&[Is(Interval), Is(TimestampTz)], TimestampTz, |call| {
        rows::try_map(call, |(span, micros): (Span, i64)| add_to_instant(micros, span))
    })
    .doc(OF_INSTANT, "INTERVAL '1' MONTH + TIMESTAMPTZ '2020-01-31 12:00:00+00'"),
    plus(&[Is(Interval), Is(Interval)], Interval, |call| {
        rows::try_map(call, |(a, b): (Span, Span)| sum(a, b))
    })
    .doc("Two intervals together, part by part.", "INTERVAL '1' MONTH + INTERVAL '1' DAY"),
    plus(&[Is(Time), Is(Interval)], Time, |call| {
        rows::map(call, |(time, span): (i64, Span)| turned(time, span.micros()))
    })
    .doc(TURNED, "TIME '23:00:00' + INTERVAL '2' HOUR"),
    plus(&[Is(Interval), Is(Time)], Time, |call| {
        rows::map(call, |(span, time): (Span, i64)| turned(time, span.micros()))
    })
    .doc(TURNED, "INTERVAL '2' HOUR + TIME '23:00:00'"),
    minus(&[Is(Date), Is(Integer)], Date, |call| {
        rows::try_map(call, |(day, n): (i32, i32)| days_later(day, -i64::from(n)))
    })
    .doc("A day so many days before.", "DATE '2020-03-01' - 1"),
    minus(&[Is(Date), Is(Date)], BigInt, |call| {
        rows::map(call, |(a, b): (i32, i32)| i64::from(a) - i64::from(b))
    })
    .doc("Days from the second to the first.", "DATE '2020-03-01' - DATE '2020-02-01'"),
    minus(&[Is(Date), Is(Interval)], Timestamp, |call| {
        rows::try_map(call, |(day, span): (i32, Span)| add(midnight(day)?, negated(span)?))
    })
    .doc(EARLIER, "DATE '2020-03-31' - INTERVAL '1' MONTH"),
    minus(&[Is(Timestamp), Is(Interval)], Timestamp, earlier)
        .doc(EARLIER, "TIMESTAMP '2020-03-31 12:00:00' - INTERVAL '1' MONTH"),
    minus(&[Is(TimestampTz), Is(Interval)], TimestampTz, |call| {
        rows::try_map(call, |(micros, span): (i64, Span)| add_to_instant(micros, negated(span)?))
    })
    .doc(OF_INSTANT, "TIMESTAMPTZ '2020-03-31 12:00:00+00' - INTERVAL '1' MONTH"),
    minus(&[Is(Timestamp), Is(Timestamp)], Interval, between)
        .doc(BETWEEN, "TIMESTAMP '2020-03-01 12:00:00' - TIMESTAMP '2020-02-01 13:00:00'"),
    minus(&[Is(TimestampTz), Is(TimestampTz)], Interval, between).doc(
        BETWEEN,
        "TIMESTAMPTZ '2020-03-01 12:00:00+00' - TIMESTAMPTZ '2020-02-01 13:00:00+00'",
    ),
    minus(&[Is(Interval), Is(Interval)], Interval, |call| {
        rows::try_map(call, |(a, b): (Span, Span)| less(a, b))
    })
    .doc("An interval less another, part by part.", "INTERVAL '1' MONTH - INTERVAL '1' DAY"),
    minus(&[Is(Time), Is(Interval)], Time, |call| {
        rows::try_map(call, |(time, span): (i64, Span)| {
            Some(turned(time, span.micros().checked_neg()?))
        })
    })
    .doc(TURNED, "TIME '01:00:00' - INTERVAL '2' HOUR"),
    minus(&[Is(Interval)], Interval, |call| rows::try_map(call, |(span,): (Span,)| negated(span)))
        .doc("An interval turned around.", "-INTERVAL '1 month 2 days'"),
    times(&[Is(Interval), Is(BigInt)], |call| {
        rows::try_map(call, |(span, n): (Span, i64)| multiple(span, n))
    })
    .doc(MULTIPLE, "INTERVAL '1 month 2 days' * 3"),
    times(&[Is(BigInt), Is(Interval)], |call| {
        rows::try_map(call, |(n, span): (i64, Span)| multiple(span, n))
    })
    .doc(MULTIPLE, "3 * INTERVAL '1 month 2 days'"),
    times(&[Is(Interval), Is(Double)], |call| {
        rows::try_map(call, |(span, x): (Span, f64)| scaled(span, x))
    })
    .doc(SCALED, "INTERVAL '1 month 3 days' * 0.5"),
    times(&[Is(Double), Is(Interval)], |call| {
        rows::try_map(call, |(x, span): (f64, Span)| scaled(span, x))
    })
    .doc(SCALED, "0.5 * INTERVAL '1 month 3 days'"),
    Function::new("/", &[Is(Interval), Is(Double)], Returns::Is(Interval), |call| {
        rows::try_map(
            call,
            |(span, x): (Span, f64)| {
                if x == 0.0 { None } else { scaled(span, x.recip()) }
            },
        )
    })
    .fails(Failure::Time)
    .doc(SCALED, "INTERVAL '1 month 3 days' / 2"),
];

const DAYS: &str = "A day so many days later.";
const LATER: &str = "A time an interval later: first its months, then its days, then the rest.";
const EARLIER: &str = "A time an interval before: first its months, then its days, then the rest.";
const OF_INSTANT: &str = "A time an interval later or before: first its months, then its days, then \
    the rest; the rest comes first if a part goes back.";
const AT: &str = "A day and a time of day as a TIMESTAMP.";
const TURNED: &str = "A time of day, of 24 hours; months and days of the interval do not count.";
const BETWEEN: &str = "The interval from the second to the first, in days and a time.";
const MULTIPLE: &str = "An interval so many times, part by part.";
const SCALED: &str = "An interval times or divided by a number. What is left of a month goes on as \
    days of 30 a month, what is left of a day as a time.";

const fn operator(
    name: &'static str,
    params: &'static [Param],
    returns: DataType,
    kernel: VectorKernel,
) -> Function {
    Function::new(name, params, Returns::Is(returns), kernel).fails(Failure::Time)
}

const fn plus(params: &'static [Param], returns: DataType, kernel: VectorKernel) -> Function {
    operator("+", params, returns, kernel).alias(&["date_add"])
}

const fn minus(params: &'static [Param], returns: DataType, kernel: VectorKernel) -> Function {
    operator("-", params, returns, kernel)
}

const fn times(params: &'static [Param], kernel: VectorKernel) -> Function {
    operator("*", params, Interval, kernel)
}

fn midnight(day: i32) -> Option<i64> {
    at(day, 0)
}

/// A time of a day.
fn at(day: i32, time: i64) -> Option<i64> {
    timestamp(i128::from(day) * i128::from(DAY) + i128::from(time))
}

fn days_later(day: i32, n: i64) -> Option<i32> {
    date::date(i64::from(day) + n)
}

/// A time of day after some time. (A broken producer's time may be any number.)
fn turned(time: i64, micros: i64) -> i64 {
    time_of(time_of(time) + micros % DAY)
}

fn later(call: &mut Invocation<'_>) -> Done {
    rows::try_map(call, |(micros, span): (i64, Span)| add(micros, span))
}

fn later_than(call: &mut Invocation<'_>) -> Done {
    rows::try_map(call, |(span, micros): (Span, i64)| add(micros, span))
}

fn earlier(call: &mut Invocation<'_>) -> Done {
    rows::try_map(call, |(micros, span): (i64, Span)| add(micros, negated(span)?))
}

fn between(call: &mut Invocation<'_>) -> Done {
    rows::try_map(call, |(a, b): (i64, i64)| {
        let micros = a.checked_sub(b)?;
        // An i64 of microseconds has fewer days than an i32.
        Some(Span::new(0, (micros / DAY) as i32, micros % DAY))
    })
}

fn multiple(span: Span, n: i64) -> Option<Span> {
    let part = |part: i32| i64::from(part).checked_mul(n).and_then(|n| i32::try_from(n).ok());
    Some(Span::new(part(span.months())?, part(span.days())?, span.micros().checked_mul(n)?))
}

/// An interval with each part times `scale`, as PostgreSQL does it (`interval_mul`), and with what is
/// left of a part found by fused multiply-add, as DuckDB does it.
fn scaled(span: Span, scale: f64) -> Option<Span> {
    let (months, days) = (f64::from(span.months()), f64::from(span.days()));
    let (whole_months, whole_days) = (whole(months * scale)?, whole(days * scale)?);
    let micros_round = |x: f64| libm::rint(x * SECOND as f64) / SECOND as f64;
    let left_of_month = libm::fma(months, scale, -f64::from(whole_months));
    let more_days = micros_round(left_of_month * 30.0);
    let whole_more = whole(more_days)?;
    let left_of_day = libm::fma(days, scale, -f64::from(whole_days));
    let day_part = left_of_day + more_days - f64::from(whole_more);
    let mut seconds = micros_round(day_part * DAY_SECONDS);
    let mut sum = whole_days;
    if seconds.abs() >= DAY_SECONDS {
        let carried = whole(seconds / DAY_SECONDS)?;
        sum = sum.checked_add(carried)?;
        seconds -= f64::from(carried) * DAY_SECONDS;
    }
    let micros = libm::rint(libm::fma(span.micros() as f64, scale, seconds * SECOND as f64));
    let days = sum.checked_add(whole_more)?;
    Some(Span::new(whole_months, days, as_i64(micros)?))
}

const DAY_SECONDS: f64 = 86_400.0;

/// The whole part, if an `i32` holds it.
fn whole(x: f64) -> Option<i32> {
    (-2_147_483_648.0..=2_147_483_647.0).contains(&x).then_some(x as i32)
}

/// A whole number, if an `i64` holds it.
pub(super) fn as_i64(x: f64) -> Option<i64> {
    (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&x).then_some(x as i64)
}
