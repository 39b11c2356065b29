//! EPOCH_MS, EPOCH_US and EPOCH_NS: times as whole numbers.

use crate::counters::Failure;
use crate::error::RunError;
use crate::expr::call::Invocation;
use crate::expr::function::{Function, VectorKernel};
use crate::expr::rows;
use crate::plan::signature::Param::{self, Is};
use crate::plan::signature::Returns;
use crate::time::calendar::DAY;
use crate::types::DataType::{BigInt, Date, Interval, Time, Timestamp, TimestampTz};
use crate::types::Span;

type Done = Result<(), RunError>;

macro_rules! epochs {
    ($($name:literal $what:literal $stamp:ident $micros:ident;)*) => {
        &[$(
            number($name, &[Is(Timestamp)], |call| micros(call, $stamp))
                .doc(concat!($what, " since 1970."), concat!($name, "(TIMESTAMP '1970-01-02 00:00:00.0015')")),
            number($name, &[Is(TimestampTz)], |call| micros(call, $stamp))
                .doc(concat!($what, " since 1970."), concat!($name, "(TIMESTAMPTZ '1970-01-02 00:00:00+01')")),
            number($name, &[Is(Date)], |call| dates(call, $micros))
                .doc(concat!($what, " since 1970."), concat!($name, "(DATE '1970-01-02')")),
            number($name, &[Is(Time)], |call| micros(call, $micros))
                .doc(concat!($what, " since midnight."), concat!($name, "(TIME '00:00:01.5')")),
            number($name, &[Is(Interval)], |call| spans(call, $micros))
                .doc(concat!($what, " of an interval; a month has 30 days."), concat!($name, "(INTERVAL '1.5' SECOND)")),
        )*]
    };
}

/// EPOCH_MS, EPOCH_US and EPOCH_NS of each type.
pub const EPOCH: &[Function] = epochs! {
    "epoch_ms" "Milliseconds" nearest_millis millis;
    "epoch_us" "Microseconds" same same;
    "epoch_ns" "Nanoseconds" nanos nanos;
};

const fn number(name: &'static str, params: &'static [Param], kernel: VectorKernel) -> Function {
    Function::new(name, params, Returns::Is(BigInt), kernel).fails(Failure::Time)
}

/// Microseconds in another unit.
type Convert = fn(i64) -> Option<i64>;

/// Of a timestamp the nearest, halves away from 1970.
fn nearest_millis(micros: i64) -> Option<i64> {
    Some(micros / 1_000 + (micros % 1_000) / 500)
}

/// Of other types a fraction is cut off. Both are DuckDB's.
fn millis(micros: i64) -> Option<i64> {
    Some(micros / 1_000)
}

fn same(micros: i64) -> Option<i64> {
    Some(micros)
}

fn nanos(micros: i64) -> Option<i64> {
    micros.checked_mul(1_000)
}

fn micros(call: &mut Invocation<'_>, convert: Convert) -> Done {
    rows::try_map(call, |(micros,): (i64,)| convert(micros))
}

/// Days are whole numbers of each unit; their microseconds may not fit where milliseconds do.
fn of_days(days: i64, convert: Convert) -> Option<i64> {
    convert(DAY)?.checked_mul(days)
}

fn dates(call: &mut Invocation<'_>, convert: Convert) -> Done {
    rows::try_map(call, |(days,): (i32,)| of_days(days.into(), convert))
}

fn spans(call: &mut Invocation<'_>, convert: Convert) -> Done {
    let days = |span: Span| i64::from(span.months()) * 30 + i64::from(span.days());
    rows::try_map(call, |(span,): (Span,)| {
        of_days(days(span), convert)?.checked_add(convert(span.micros())?)
    })
}
