//! `AVG(x)`: a sum as [`super::sum`] keeps it, and a u64 count, per group.

use core::ops::Range;

use crate::arena::slice_mut;
use crate::counters::Counters;
use crate::error::RunError;
use crate::expr::frame::{Vector, VectorMut};
use crate::fmt::power_of_ten;
use crate::types::DataType;

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
    counters: &mut Counters,
) -> Result<(), RunError> {
    let kind = states.kind();
    // A DECIMAL is a whole number of so many parts.
    let parts = match states.argument {
        DataType::Decimal(_, scale) => power_of_ten(scale) as f64,
        _ => 1.0,
    };
    let (sums, counts) = states.split(width(kind))?;
    let counts = slice_mut::<u64>(counts)?.get(groups.clone()).ok_or(RunError::Internal)?;
    set_validity(dst, counts.iter().map(|count| *count != 0));
    for_summand!(kind, T => {
        let sums = slice_mut::<<T as Summand>::Sum>(sums)?;
        let sums = sums.get(groups).ok_or(RunError::Internal)?;
        for (row, (sum, count)) in sums.iter().zip(counts).enumerate() {
            let sum = T::to_f64(*sum);
            if let Some(d) = dst.of::<f64>(sums.len())?.get_mut(row) {
                // A sum that left its range is an average that is not known.
                *d = sum.unwrap_or(f64::NAN) / (*count as f64 * parts);
            }
            if sum.is_none() {
                counters.arithmetic_errors += 1;
                dst.set_null(row);
            }
        }
        Ok(())
    })
}
