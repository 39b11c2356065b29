//! `COUNT(*)`, `COUNT(x)`, `COUNT_IF(x)`: a u64 per group.

use crate::arena::slice_mut;
use crate::error::RunError;
use crate::expr::frame::{Vector, VectorMut};
use crate::fours;
use crate::plan::uses::Uses;
use crate::selection::tail;

use super::arrays::{gather, mark, pairs, put, set_seen};
use super::{Fresh, Groups, States};

pub(super) fn reset<U: Uses>(states: &mut States<'_, U>, slots: Fresh<'_>) -> Result<(), RunError> {
    let (counts, seen) = states.split(8)?;
    put::<_, U>(seen, slots, 0);
    put::<_, U>(slice_mut::<u64>(counts)?, slots, 0);
    Ok(())
}

pub(super) fn merge<U: Uses>(
    states: &mut States<'_, U>,
    into: &[u32],
    from: &[u32],
) -> Result<(), RunError> {
    let (counts, seen) = states.split(8)?;
    pairs(seen, into, from, |seen, other| *seen |= other);
    pairs(slice_mut::<u64>(counts)?, into, from, |count, other| *count += other);
    Ok(())
}

/// Counts rows in which a BOOLEAN is true, and notes where it is not NULL.
pub(super) fn update_if<U: Uses>(
    states: &mut States<'_, U>,
    argument: Vector<'_>,
    groups: Groups<'_>,
    rows: usize,
) -> Result<(), RunError> {
    let (counts, seen) = states.split(8)?;
    let counts = slice_mut::<u64>(counts)?;
    let mask = argument.mask()?;
    for word in 0..rows.div_ceil(64) {
        let hits = mask.get(word).copied().unwrap_or(0);
        let mut valid = argument.valid_word(word) & tail(rows - word * 64);
        while valid != 0 {
            let bit = valid.trailing_zeros();
            let group = groups.of(word * 64 + bit as usize);
            if let Some(count) = counts.get_mut(group) {
                *count += hits >> bit & 1;
                mark(seen, group);
            }
            valid &= valid - 1;
        }
    }
    Ok(())
}

/// As a SUM of 1 and 0 it is NULL where there is no value.
pub(super) fn finish_if<U: Uses>(
    states: &mut States<'_, U>,
    dst: &mut VectorMut<'_>,
    slots: &[u32],
    empty: bool,
) -> Result<(), RunError> {
    let can_miss = states.can_miss;
    let (counts, seen) = states.split(8)?;
    set_seen(dst, seen, can_miss, slots, empty);
    gather::<u64>(dst, counts, slots)
}

/// Counts rows, or those of `argument` that are not NULL.
pub(super) fn update<U: Uses>(
    states: &mut States<'_, U>,
    argument: Option<Vector<'_>>,
    groups: Groups<'_>,
    rows: usize,
) -> Result<(), RunError> {
    let counts = slice_mut::<u64>(states.bytes)?;
    let argument = argument.filter(|a| const { U::SET.nulls } && a.validity.is_some());
    match (groups, argument) {
        (Groups::One(group), None) if const { U::SET.one_group } => {
            *counts.get_mut(group).ok_or(RunError::Internal)? += rows as u64;
        }
        (Groups::One(group), Some(argument)) if const { U::SET.one_group && U::SET.nulls } => {
            let words = rows.div_ceil(64);
            let valid = (0..words).map(|w| argument.valid_word(w) & tail(rows - w * 64));
            let count: u32 = valid.map(u64::count_ones).sum();
            *counts.get_mut(group).ok_or(RunError::Internal)? += u64::from(count);
        }
        (Groups::Each(groups), None) if const { U::SET.each_group } => {
            fours::each(groups.get(..rows).ok_or(RunError::Internal)?, |group| {
                if let Some(count) = counts.get_mut(group as usize) {
                    *count += 1;
                }
            });
        }
        (Groups::Each(groups), Some(argument)) if const { U::SET.each_group && U::SET.nulls } => {
            for (row, &group) in groups.iter().take(rows).enumerate() {
                if let Some(count) = counts.get_mut(group as usize) {
                    *count += u64::from(argument.is_valid(row));
                }
            }
        }
        _ => return Err(RunError::Internal),
    }
    Ok(())
}

pub(super) fn finish<U: Uses>(
    states: &mut States<'_, U>,
    dst: &mut VectorMut<'_>,
    slots: &[u32],
) -> Result<(), RunError> {
    dst.set_all_valid(true);
    gather::<u64>(dst, states.bytes, slots)
}
