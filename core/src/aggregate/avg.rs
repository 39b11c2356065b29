//! `AVG(x)`: a sum as [`super::sum`] keeps it, and a u64 count, per group.

use core::ops::Range;

use crate::arena::slice_mut;
use crate::error::RunError;
use crate::expr::frame::{Vector, VectorMut};

use super::sum::{Summand, for_summand, width};
use super::{Groups, States, fold, set_validity};

pub(super) fn reset(states: &mut States<'_>, groups: Range<usize>) -> Result<(), RunError> {
    let width = width(states.kind());
    let (sums, counts) = states.split(width)?;
    let range = groups.start * width..groups.end * width;
    sums.get_mut(range).ok_or(RunError::Internal)?.fill(0);
    slice_mut::<u64>(counts)?.get_mut(groups).ok_or(RunError::Internal)?.fill(0);
    Ok(())
}

pub(super) fn update(
    states: &mut States<'_>,
    argument: Vector<'_>,
    groups: Groups<'_>,
    rows: usize,
) -> Result<(), RunError> {
    let kind = states.kind();
    let (sums, counts) = states.split(width(kind))?;
    let counts = slice_mut::<u64>(counts)?;
    for_summand!(kind, T => {
        let sums = slice_mut::<<T as Summand>::Sum>(sums)?;
        let values = argument.of::<T>(rows)?;
        fold(sums, counts, &argument, values, groups, T::add, |count| *count += 1);
        Ok(())
    })
}

pub(super) fn finish(
    states: &mut States<'_>,
    dst: &mut VectorMut<'_>,
    groups: Range<usize>,
) -> Result<(), RunError> {
    let kind = states.kind();
    let (sums, counts) = states.split(width(kind))?;
    let counts = slice_mut::<u64>(counts)?.get(groups.clone()).ok_or(RunError::Internal)?;
    for_summand!(kind, T => {
        let sums = slice_mut::<<T as Summand>::Sum>(sums)?;
        let sums = sums.get(groups).ok_or(RunError::Internal)?;
        let dst = dst.of::<f64>(sums.len())?.iter_mut();
        for ((d, sum), count) in dst.zip(sums).zip(counts) {
            *d = T::to_f64(*sum) / *count as f64;
        }
        Ok(())
    })?;
    set_validity(dst, counts.iter().map(|count| *count != 0));
    Ok(())
}
