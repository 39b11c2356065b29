//! `COUNT(*)`, `COUNT(x)`: a u64 per group.

use core::ops::Range;

use crate::arena::{copy, slice, slice_mut};
use crate::error::RunError;
use crate::expr::frame::{Vector, VectorMut};
use crate::selection::tail;

use super::{Groups, States};

pub(super) fn reset(states: &mut States<'_>, groups: Range<usize>) -> Result<(), RunError> {
    slice_mut::<u64>(states.bytes)?.get_mut(groups).ok_or(RunError::Internal)?.fill(0);
    Ok(())
}

/// Counts rows, or those of `argument` that are not NULL.
pub(super) fn update(
    states: &mut States<'_>,
    argument: Option<Vector<'_>>,
    groups: Groups<'_>,
    rows: usize,
) -> Result<(), RunError> {
    let counts = slice_mut::<u64>(states.bytes)?;
    let argument = argument.filter(|a| a.validity.is_some());
    match (groups, argument) {
        (Groups::One(group), None) => {
            *counts.get_mut(group).ok_or(RunError::Internal)? += rows as u64;
        }
        (Groups::One(group), Some(argument)) => {
            let words = rows.div_ceil(64);
            let valid = (0..words).map(|w| argument.valid_word(w) & tail(rows - w * 64));
            let count: u32 = valid.map(u64::count_ones).sum();
            *counts.get_mut(group).ok_or(RunError::Internal)? += u64::from(count);
        }
        (Groups::Each(groups), None) => {
            for &group in groups.iter().take(rows) {
                if let Some(count) = counts.get_mut(group as usize) {
                    *count += 1;
                }
            }
        }
        (Groups::Each(groups), Some(argument)) => {
            for (row, &group) in groups.iter().take(rows).enumerate() {
                if let Some(count) = counts.get_mut(group as usize) {
                    *count += u64::from(argument.is_valid(row));
                }
            }
        }
    }
    Ok(())
}

pub(super) fn finish(
    states: &States<'_>,
    dst: &mut VectorMut<'_>,
    groups: Range<usize>,
) -> Result<(), RunError> {
    let rows = groups.len();
    let counts = slice::<u64>(states.bytes)?.get(groups).ok_or(RunError::Internal)?;
    copy(dst.of::<u64>(rows)?, counts)?;
    dst.set_all_valid(true);
    Ok(())
}
