//! Dates and times from numbers.

use super::arithmetic::as_i64;
use super::{HOUR, MINUTE};
use crate::counters::Failure;
use crate::error::RunError;
use crate::expr::call::Invocation;
use crate::expr::function::{Function, VectorKernel};
use crate::expr::rows;
use crate::plan::signature::Param::{self, Is};
use crate::plan::signature::Returns;
use crate::time::calendar::{DAY, SECOND};
use crate::time::civil::days_from_civil;
use crate::time::date::date;
use crate::time::shift::timestamp;
use crate::types::DataType::{self, BigInt, Date, Double, Integer, Time, Timestamp, TimestampTz};

/// MAKE_DATE, MAKE_TIME, MAKE_TIMESTAMP and TO_TIMESTAMP.
pub const MAKE: &[Function] = &[
    make("make_date", &[Is(BigInt), Is(BigInt), Is(BigInt)], Date, |call| {
        rows::try_map(call, |(year, month, day): (i64, i64, i64)| date(days(year, month, day)?))
    })
    .doc("The date of a year, a month and a day.", "make_date(2020, 2, 29)"),
    make("make_date", &[Is(Integer)], Date, |call| {
        rows::try_map(call, |(days,): (i32,)| date(days.into()))
    })
    .doc("The date so many days after 1970-01-01.", "make_date(18321)"),
    make("make_time", &[Is(BigInt), Is(BigInt), Is(Double)], Time, |call| {
        rows::try_map(call, |(hour, minute, seconds): (i64, i64, f64)| time(hour, minute, seconds))
    })
    .doc("The time of hours, minutes and seconds.", "make_time(12, 34, 56.789)"),
    make("make_timestamp", PARTS, Timestamp, from_parts)
        .doc(OF_PARTS, "make_timestamp(2020, 2, 29, 12, 34, 56.789)"),
    make("make_timestamptz", PARTS, TimestampTz, from_parts)
        .doc(OF_PARTS, "make_timestamptz(2020, 2, 29, 12, 34, 56.789)"),
    make("make_timestamp", &[Is(BigInt)], Timestamp, |call| from_micros(call, 1))
        .doc("The timestamp so many microseconds after 1970.", "make_timestamp(1500000)"),
    make("make_timestamptz", &[Is(BigInt)], TimestampTz, |call| from_micros(call, 1))
        .doc("The timestamp so many microseconds after 1970.", "make_timestamptz(1500000)"),
    make("make_timestamp_ms", &[Is(BigInt)], Timestamp, |call| from_micros(call, 1_000))
        .doc("The timestamp so many milliseconds after 1970.", "make_timestamp_ms(1500)"),
    make("epoch_ms", &[Is(BigInt)], Timestamp, |call| from_micros(call, 1_000))
        .doc("The timestamp so many milliseconds after 1970.", "epoch_ms(1500)"),
    make("to_timestamp", &[Is(Double)], TimestampTz, |call| {
        rows::try_map(call, |(seconds,): (f64,)| {
            timestamp(as_i64(libm::rint(seconds * SECOND as f64))?.into())
        })
    })
    .doc("The timestamp so many seconds after 1970.", "to_timestamp(1.5)"),
];

const OF_PARTS: &str = "The timestamp of a year, a month, a day, hours, minutes and seconds.";

const PARTS: &[Param] = &[Is(BigInt), Is(BigInt), Is(BigInt), Is(BigInt), Is(BigInt), Is(Double)];

const fn make(
    name: &'static str,
    params: &'static [Param],
    returns: DataType,
    kernel: VectorKernel,
) -> Function {
    Function::new(name, params, Returns::Is(returns), kernel).fails(Failure::Time)
}

fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    days_from_civil(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
}

/// 24:00:00 is the last time, and the seconds can be 60, which is the next minute.
fn time(hour: i64, minute: i64, seconds: f64) -> Option<i64> {
    let whole = libm::trunc(seconds);
    let micros = libm::round((seconds - whole) * SECOND as f64);
    let is_clock = (0..24).contains(&hour) && (0..60).contains(&minute)
        || hour == 24 && minute == 0 && whole == 0.0 && micros == 0.0;
    let is_time = is_clock && (0.0..=60.0).contains(&whole) && micros >= 0.0;
    let micros = as_i64(micros)?;
    is_time.then(|| hour * HOUR + minute * MINUTE + whole as i64 * SECOND + micros)
}

fn from_parts(call: &mut Invocation<'_>) -> Result<(), RunError> {
    rows::try_map(call, |(year, month, day, hour, minute, seconds): Parts| {
        let days = days(year, month, day)?;
        let time = time(hour, minute, seconds)?;
        timestamp(i128::from(days) * i128::from(DAY) + i128::from(time))
    })
}

type Parts = (i64, i64, i64, i64, i64, f64);

fn from_micros(call: &mut Invocation<'_>, each: i64) -> Result<(), RunError> {
    rows::try_map(call, |(n,): (i64,)| timestamp(i128::from(n) * i128::from(each)))
}
