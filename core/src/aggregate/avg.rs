//! `AVG(x)`: a sum as [`super::sum`] keeps it, and a u64 count, per group.

use bytemuck::Zeroable;

use crate::arena::slice_mut;
use crate::counters::Counters;
use crate::error::RunError;
use crate::expr::frame::{Vector, VectorMut};
use crate::fmt::power_of_ten;
use crate::plan::aggregates::rules::Family;
use crate::plan::uses::Uses;
use crate::types::{DataType, Kind};

use super::arrays::{fold, pairs, put, set_validity};
use super::sum::{Summand, for_summand, width};
use super::{Fresh, Groups, States};

pub(super) fn reset<U: Uses>(states: &mut States<'_, U>, slots: Fresh<'_>) -> Result<(), RunError> {
    let kind = states.kind();
    let (sums, counts) = states.split(width(kind))?;
    put::<_, U>(slice_mut::<u64>(counts)?, slots, 0);
    for_summand!(in U::SET.folded(Family::Avg), kind, T => {
        put::<_, U>(slice_mut::<<T as Summand>::Sum>(sums)?, slots, Zeroable::zeroed());
        Ok(())
    })
}

pub(super) fn merge<U: Uses>(
    states: &mut States<'_, U>,
    into: &[u32],
    from: &[u32],
) -> Result<(), RunError> {
    let kind = states.kind();
    let (sums, counts) = states.split(width(kind))?;
    pairs(slice_mut::<u64>(counts)?, into, from, |count, other| *count += other);
    for_summand!(in U::SET.folded(Family::Avg), kind, T => {
        pairs(slice_mut::<<T as Summand>::Sum>(sums)?, into, from, T::join);
        Ok(())
    })
}

pub(super) fn update<U: Uses>(
    states: &mut States<'_, U>,
    argument: Vector<'_>,
    groups: Groups<'_>,
    rows: usize,
) -> Result<(), RunError> {
    let kind = states.kind();
    let (sums, counts) = states.split(width(kind))?;
    let counts = slice_mut::<u64>(counts)?;
    for_summand!(in U::SET.folded(Family::Avg), kind, T => {
        let sums = slice_mut::<<T as Summand>::Sum>(sums)?;
        let values = argument.of::<T>(rows)?;
        fold::<_, _, _, U>(sums, counts, &argument, values, groups, T::add, |count| *count += 1);
        Ok(())
    })
}

/// Whether there may be DECIMALs.
const fn wide<U: Uses>() -> bool {
    U::SET.folded(Family::Avg).has(Kind::I64) || U::SET.folded(Family::Avg).has(Kind::I128)
}

pub(super) fn finish<U: Uses>(
    states: &mut States<'_, U>,
    dst: &mut VectorMut<'_>,
    slots: &[u32],
    counters: &mut Counters,
) -> Result<(), RunError> {
    let kind = states.kind();
    // A DECIMAL is a whole number of so many parts.
    let parts = match states.argument {
        DataType::Decimal(_, scale) if const { wide::<U>() } => power_of_ten(scale) as f64,
        _ => 1.0,
    };
    let (sums, counts) = states.split(width(kind))?;
    let counts = slice_mut::<u64>(counts)?;
    let count_of = |slot: u32| counts.get(slot as usize).copied().unwrap_or(0);
    set_validity(dst, slots.iter().map(|&slot| count_of(slot) != 0));
    let mut failed = 0;
    for_summand!(in U::SET.folded(Family::Avg), kind, T => {
        let sums = slice_mut::<<T as Summand>::Sum>(sums)?;
        for (d, &slot) in dst.of::<f64>(slots.len())?.iter_mut().zip(slots) {
            let sum = T::to_f64(*sums.get(slot as usize).ok_or(RunError::Internal)?);
            failed += u64::from(sum.is_none());
            // A sum that left its range is an average that is not known.
            *d = sum.unwrap_or(f64::NAN) / (count_of(slot) as i64 as f64 * parts);
        }
        if failed > 0 {
            let slots = slots.iter().map(|&slot| sums.get(slot as usize));
            for (row, sum) in slots.enumerate() {
                if sum.is_some_and(|sum| T::to_f64(*sum).is_none()) {
                    dst.set_null(row);
                }
            }
        }
        Ok(())
    })?;
    counters.arithmetic_errors += failed;
    Ok(())
}
