//! `HISTOGRAM(x, low, high, n)`: how many values are below low, in each of n buckets of equal width
//! from low to high, and from high on (NaN too, as it is above all).

use core::fmt::Write;

use crate::arena::{slice, slice_mut};
use crate::counters::Counters;
use crate::error::RunError;
use crate::expr::frame::{Vector, VectorMut};

use super::result::{Outcome, write_texts};
use super::{Groups, States};
use crate::plan::uses::Uses;

pub(super) fn update<U: Uses>(
    states: &mut States<'_, U>,
    x: Vector<'_>,
    groups: Groups<'_>,
    rows: usize,
) -> Result<(), RunError> {
    let (low, high) = (states.number(0), states.number(1));
    let n = states.parameter(2).map_or(0, |c| c.0) as usize;
    let bucket = |x: f64| match x {
        x if x < low => 0,
        x if x < high => {
            // Just below `high` rounding may lead to it.
            let at = (x - low) / (high - low) * n as f64;
            (at as usize).min(n.saturating_sub(1)) + 1
        }
        _ => n + 1,
    };
    let values = x.of::<f64>(rows)?;
    states.each_row(&x, groups, rows, |state, row| {
        let value = values.get(row).copied().unwrap_or(f64::NAN);
        if let Some(count) = slice_mut::<u64>(state)?.get_mut(bucket(value)) {
            *count += 1;
        }
        Ok(())
    })
}

pub(super) fn merge<U: Uses>(
    states: &mut States<'_, U>,
    into: &[u32],
    from: &[u32],
) -> Result<(), RunError> {
    states.each_pair(into, from, |into, from| {
        for (count, other) in slice_mut::<u64>(into)?.iter_mut().zip(slice::<u64>(from)?) {
            *count += other;
        }
        Ok(())
    })
}

pub(super) fn finish<U: Uses>(
    states: &mut States<'_, U>,
    dst: &mut VectorMut<'_>,
    slots: &[u32],
    counters: &mut Counters,
) -> Result<(), RunError> {
    write_texts(dst, slots, counters, |slot, out| {
        let state = states.slot(slot as usize).ok_or(RunError::Internal)?;
        let counts = slice::<u64>(state)?;
        if counts.iter().all(|count| *count == 0) {
            return Ok(Outcome::Null);
        }
        // What does not fit is noticed when it is done.
        for (i, count) in counts.iter().enumerate() {
            let _ = out.write_char(if i == 0 { '[' } else { ',' });
            let _ = crate::fmt::TextForm::write(*count, out);
        }
        let _ = out.write_char(']');
        Ok(Outcome::Value(()))
    })
}
