//! DATE, TIME, TIMESTAMP and TIMESTAMP WITH TIME ZONE, which is in UTC as TIMESTAMP is.

use super::super::failures::Failures;
use super::super::frame::{Vector, VectorMut};
use super::each;
use crate::arena::copy;
use crate::error::RunError;
use crate::time::date::{date_of, midnight};
use crate::time::time_of_day::time_of;
use crate::types::DataType;

/// Converts rows; those that do not fit become NULL.
pub(super) fn convert(
    dst: &mut VectorMut<'_>,
    a: Vector<'_>,
    failures: &mut Failures<'_>,
    rows: usize,
) -> Result<(), RunError> {
    use DataType::{Date, Time, Timestamp, TimestampTz};
    match (a.data_type, dst.data_type) {
        (Date, Timestamp | TimestampTz) => each(dst, a, failures, rows, |dst, a, row| {
            let days = a.of::<i32>(rows)?.get(row).copied().unwrap_or(0);
            let micros = midnight(days);
            set(dst.of(rows)?, row, micros.unwrap_or(0));
            Ok(micros.is_some())
        }),
        (Timestamp | TimestampTz, Date) => each(dst, a, failures, rows, |dst, a, row| {
            let micros = a.of::<i64>(rows)?.get(row).copied().unwrap_or(0);
            let days = date_of(micros);
            set(dst.of(rows)?, row, days.unwrap_or(0));
            Ok(days.is_some())
        }),
        (Timestamp, Time) => {
            for (d, &micros) in dst.of::<i64>(rows)?.iter_mut().zip(a.of::<i64>(rows)?) {
                *d = time_of(micros);
            }
            Ok(())
        }
        (Date, Date) => copy(dst.of::<i32>(rows)?, a.of(rows)?),
        (Timestamp | TimestampTz, Timestamp | TimestampTz) | (Time, Time) => {
            copy(dst.of::<i64>(rows)?, a.of(rows)?)
        }
        _ => Err(RunError::Internal),
    }
}

fn set<T: Copy>(values: &mut [T], row: usize, value: T) {
    if let Some(slot) = values.get_mut(row) {
        *slot = value;
    }
}
