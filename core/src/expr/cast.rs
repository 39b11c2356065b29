//! CAST and TRY_CAST: what does not fit the new type becomes NULL, and CAST counts it. One file per
//! family of types.

mod decimal;
mod numbers;
mod text;
mod time;

use crate::counters::Failure;
use crate::error::RunError;
use crate::plan::op::{Instruction, Op, cast_can_fail};
use crate::plan::uses::Uses;
use crate::types::{DataType, Wide};

use super::failures::Failures;
use super::frame::{Vector, VectorMut, set_text};
use super::{Machine, register};

/// `dst` = `a` converted to the type of `dst`.
pub(super) fn cast<U: Uses>(m: &mut Machine<'_, '_, U>, i: &Instruction) -> Result<(), RunError> {
    let rows = m.rows();
    let guard = m.guard;
    let (mut dst, others) = m.frame.split(i.dst)?;
    let a = others.get(register(i.a)?)?;
    // A guard matters only to what can fail and count; what can't may even write its mask.
    let counts = i.op == Op::Cast && cast_can_fail(a.data_type, dst.data_type);
    let guard = guard.filter(|_| counts);
    let mut failures = Failures::new(guard.map(|id| others.get(id)).transpose()?)?;
    dst.set_valid_as(&a, None);
    convert::<U>(&mut dst, a, &mut failures, rows)?;
    let Failures { count, first, .. } = failures;
    if i.op == Op::Cast {
        m.report(Failure::Cast, count, first);
    }
    Ok(())
}

fn convert<U: Uses>(
    dst: &mut VectorMut<'_>,
    a: Vector<'_>,
    failures: &mut Failures<'_>,
    rows: usize,
) -> Result<(), RunError> {
    use DataType::{Date, Decimal, Time, Timestamp, TimestampTz, Uuid, Varbinary, Varchar};
    match (a.data_type, dst.data_type) {
        (Varchar(_), _) | (_, Varchar(_)) if const { U::SET.casts.text } => {
            text::convert(dst, a, failures, rows)
        }
        (Decimal(..), _) | (_, Decimal(..)) if const { U::SET.casts.decimal } => {
            decimal::convert(dst, a, failures, rows)
        }
        (Date | Time | Timestamp | TimestampTz, _) if const { U::SET.casts.time } => {
            time::convert(dst, a, failures, rows)
        }
        (Varbinary(_), Varbinary(n)) if const { U::SET.casts.bytes } => {
            each(dst, a, failures, rows, |dst, a, row| Ok(put(slot(dst, row), n, a.text(row))))
        }
        (Uuid, Varbinary(n)) if const { U::SET.casts.bytes } => {
            each(dst, a, failures, rows, |dst, a, row| {
                let bytes = a.values.get(row * 16..row * 16 + 16).unwrap_or(&[]);
                Ok(put(slot(dst, row), n, bytes))
            })
        }
        // The same type: INTERVAL and UUID.
        (from, to) if const { U::SET.casts.same } && from == to && from.size() == 16 => {
            crate::arena::copy(dst.of::<Wide>(rows)?, a.of::<Wide>(rows)?)
        }
        _ => numbers::convert::<U>(dst, a, failures, rows),
    }
}

/// Calls `convert` for every row that is not NULL. A row for which it gives false becomes NULL and is
/// reported.
#[inline]
fn each<'v>(
    dst: &mut VectorMut<'_>,
    a: Vector<'v>,
    failures: &mut Failures<'_>,
    rows: usize,
    mut convert: impl FnMut(&mut VectorMut<'_>, &Vector<'v>, usize) -> Result<bool, RunError>,
) -> Result<(), RunError> {
    for row in (0..rows).filter(|&row| a.is_valid(row)) {
        if !convert(dst, &a, row)? {
            failures.row(row);
            dst.set_null(row);
        }
    }
    Ok(())
}

/// The bytes of row `row`'s value.
fn slot<'a>(dst: &'a mut VectorMut<'_>, row: usize) -> &'a mut [u8] {
    let size = dst.data_type.size();
    dst.values.get_mut(row * size..(row + 1) * size).unwrap_or(&mut [])
}

/// Writes a text into a `VARCHAR(n)`; false if it is longer than n. (An odd n leaves room for a
/// byte more.)
fn put(slot: &mut [u8], n: u16, text: &[u8]) -> bool {
    text.len() <= n as usize && set_text(slot, text)
}

fn set_bit(mask: &mut [u64], row: usize, value: bool) {
    if let Some(word) = mask.get_mut(row / 64) {
        *word = *word & !(1 << (row % 64)) | u64::from(value) << (row % 64);
    }
}
