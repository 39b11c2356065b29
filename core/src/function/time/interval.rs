//! Intervals of one unit: TO_YEARS to TO_MICROSECONDS.

use super::arithmetic::as_i64;
use super::{HOUR, MINUTE};
use crate::counters::Failure;
use crate::expr::function::{Function, VectorKernel};
use crate::expr::rows;
use crate::plan::signature::Param::Is;
use crate::plan::signature::Returns;
use crate::time::calendar::DAY;
use crate::types::DataType::{BigInt, Double, Interval};
use crate::types::Span;

macro_rules! units {
    ($($name:literal $text:literal $unit:expr;)*) => {
        &[$(whole($name, |call| rows::try_map(call, |(n,): (i64,)| $unit(n)))
            .doc($text, concat!($name, "(3)"))),*]
    };
}

/// TO_YEARS and the like, of whole numbers.
pub const INTERVAL: &[Function] = units! {
    "to_millennia" "An interval of thousands of years." |n| months(n, 12_000);
    "to_centuries" "An interval of hundreds of years." |n| months(n, 1_200);
    "to_decades" "An interval of tens of years." |n| months(n, 120);
    "to_years" "An interval of years." |n| months(n, 12);
    "to_quarters" "An interval of quarters of a year." |n| months(n, 3);
    "to_months" "An interval of months." |n| months(n, 1);
    "to_weeks" "An interval of weeks." |n| days(n, 7);
    "to_days" "An interval of days." |n| days(n, 1);
    "to_hours" "An interval of hours." |n| micros(n, HOUR);
    "to_minutes" "An interval of minutes." |n| micros(n, MINUTE);
    "to_microseconds" "An interval of microseconds." |n| micros(n, 1);
};

/// TO_SECONDS and TO_MILLISECONDS, which take fractions.
pub const FRACTIONS: &[Function] = &[
    fraction("to_seconds", |call| rows::try_map(call, |(x,): (f64,)| real(x, 1e6)))
        .doc("An interval of seconds.", "to_seconds(1.5)"),
    fraction("to_milliseconds", |call| rows::try_map(call, |(x,): (f64,)| real(x, 1e3)))
        .doc("An interval of milliseconds.", "to_milliseconds(1.5)"),
    Function::new("normalized_interval", &[Is(Interval)], Returns::Is(Interval), |call| {
        rows::try_map(call, |(span,): (Span,)| normalized(span))
    })
    .fails(Failure::Time)
    .doc(
        "The interval that stands for all that are equal to it: 30 days are a month.",
        "normalized_interval(INTERVAL '45 days')",
    ),
];

const fn whole(name: &'static str, kernel: VectorKernel) -> Function {
    Function::new(name, &[Is(BigInt)], Returns::Is(Interval), kernel).fails(Failure::Time)
}

const fn fraction(name: &'static str, kernel: VectorKernel) -> Function {
    Function::new(name, &[Is(Double)], Returns::Is(Interval), kernel).fails(Failure::Time)
}

fn months(n: i64, each: i64) -> Option<Span> {
    Some(Span::new(i32::try_from(n.checked_mul(each)?).ok()?, 0, 0))
}

fn days(n: i64, each: i64) -> Option<Span> {
    Some(Span::new(0, i32::try_from(n.checked_mul(each)?).ok()?, 0))
}

fn micros(n: i64, each: i64) -> Option<Span> {
    Some(Span::new(0, 0, n.checked_mul(each)?))
}

fn real(x: f64, each: f64) -> Option<Span> {
    Some(Span::new(0, 0, as_i64(libm::rint(x * each))?))
}

/// Months, and days and a time of them that are not negative.
fn normalized(span: Span) -> Option<Span> {
    const DAYS: i64 = 30;
    let days = i64::from(span.days()) + span.micros().div_euclid(DAY);
    let months = i64::from(span.months()) + days.div_euclid(DAYS);
    let days = days.rem_euclid(DAYS) as i32;
    Some(Span::new(i32::try_from(months).ok()?, days, span.micros().rem_euclid(DAY)))
}
