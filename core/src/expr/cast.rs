//! CAST and TRY_CAST: what does not fit the new type becomes NULL, and CAST counts it. One file per
//! family of types.

mod decimal;
mod numbers;
mod text;
mod time;

use crate::arena::slice;
use crate::error::RunError;
use crate::plan::op::{Instruction, Op, cast_can_fail};
use crate::types::DataType;

use super::element::Guard;
use super::frame::{Vector, VectorMut, set_text};
use super::{Machine, register};

/// `dst` = `a` converted to the type of `dst`.
pub(super) fn cast(m: &mut Machine<'_, '_>, i: &Instruction) -> Result<(), RunError> {
    let rows = m.rows();
    let guard = m.guard;
    let (mut dst, others) = m.frame.split(i.dst)?;
    let a = others.get(register(i.a)?)?;
    // A guard matters only to what can fail and count; what can't may even write its mask.
    let counts = i.op == Op::Cast && cast_can_fail(a.data_type, dst.data_type);
    let guard = guard.filter(|_| counts);
    let guard = Guard::new(guard.map(|id| others.get(id)).transpose()?)?;
    dst.set_valid_as(&[a]);
    let failures = convert(&mut dst, a, &guard, rows)?;
    if i.op == Op::Cast {
        m.counters.cast_errors += failures;
    }
    Ok(())
}

fn convert(
    dst: &mut VectorMut<'_>,
    a: Vector<'_>,
    guard: &Guard<'_>,
    rows: usize,
) -> Result<u64, RunError> {
    use DataType::{Date, Decimal, Time, Timestamp, TimestampTz, Uuid, Varbinary, Varchar};
    match (a.data_type, dst.data_type) {
        (Varchar(_), _) | (_, Varchar(_)) => text::convert(dst, a, guard, rows),
        (Decimal(..), _) | (_, Decimal(..)) => decimal::convert(dst, a, guard, rows),
        (Date | Time | Timestamp | TimestampTz, _) => time::convert(dst, a, guard, rows),
        (Varbinary(_), Varbinary(n)) => {
            each(dst, a, guard, rows, |dst, a, row| Ok(put(slot(dst, row), n, a.text(row))))
        }
        (Uuid, Varbinary(n)) => each(dst, a, guard, rows, |dst, a, row| {
            let bytes = a.values.get(row * 16..row * 16 + 16).unwrap_or(&[]);
            Ok(put(slot(dst, row), n, bytes))
        }),
        // The same type: INTERVAL and UUID.
        (from, to) if from == to && from.size() == 16 => {
            crate::arena::copy(dst.values, slice(a.values)?).map(|()| 0)
        }
        _ => numbers::convert(dst, a, guard, rows),
    }
}

/// Calls `convert` for every row that is not NULL. A row for which it gives false becomes NULL;
/// returns how many of them the guard counts.
#[inline]
fn each<'v>(
    dst: &mut VectorMut<'_>,
    a: Vector<'v>,
    guard: &Guard<'_>,
    rows: usize,
    mut convert: impl FnMut(&mut VectorMut<'_>, &Vector<'v>, usize) -> Result<bool, RunError>,
) -> Result<u64, RunError> {
    let mut failures = 0;
    for row in (0..rows).filter(|&row| a.is_valid(row)) {
        if !convert(dst, &a, row)? {
            failures += guard.word(row / 64) >> (row % 64) & 1;
            dst.set_null(row);
        }
    }
    Ok(failures)
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

fn bit(mask: &[u64], row: usize) -> bool {
    mask.get(row / 64).is_some_and(|w| w >> (row % 64) & 1 != 0)
}

fn set_bit(mask: &mut [u64], row: usize, value: bool) {
    if let Some(word) = mask.get_mut(row / 64) {
        *word = *word & !(1 << (row % 64)) | u64::from(value) << (row % 64);
    }
}
