//! States that are arrays of numbers by slot: the loops of the aggregates that nearly every query
//! has.

use core::ops::Range;

use bytemuck::Pod;

use super::{Fresh, Groups, States};
use crate::arena::{fill, shift, slice_mut};
use crate::error::RunError;
use crate::expr::frame::{Vector, VectorMut};
use crate::fours;
use crate::plan::uses::Uses;

impl<U: Uses> States<'_, U> {
    /// The values of `width` bytes per slot, and the bytes after them.
    pub(super) fn split(&mut self, width: usize) -> Result<(&mut [u8], &mut [u8]), RunError> {
        let len = self.slots.saturating_mul(width).next_multiple_of(8);
        self.bytes.split_at_mut_checked(len).ok_or(RunError::Internal)
    }
}

/// The bytes of slot `slot` in an array of values of `width` bytes.
pub(super) fn place(slot: usize, width: usize) -> Range<usize> {
    slot.saturating_mul(width)..slot.saturating_add(1).saturating_mul(width)
}

/// Makes slots of an array `value`.
pub(super) fn put<T: Pod, U: Uses>(array: &mut [T], slots: Fresh<'_>, value: T) {
    if const { !U::SET.fast } {
        return slots.each(|slot| {
            if let Some(entry) = array.get_mut(slot) {
                *entry = value;
            }
        });
    }
    match slots {
        Fresh::Slots(slots) => {
            for &slot in slots {
                if let Some(entry) = array.get_mut(slot as usize) {
                    *entry = value;
                }
            }
        }
        Fresh::Run(first, end) => {
            if let Some(run) = array.get_mut(first..end) {
                run.fill(value);
            }
        }
    }
}

/// Calls `f` with slot `into[i]` and the value of slot `from[i]`, but not of one slot with itself.
pub(super) fn pairs<T: Pod>(array: &mut [T], into: &[u32], from: &[u32], f: impl Fn(&mut T, T)) {
    for (&into, &from) in into.iter().zip(from).filter(|(into, from)| into != from) {
        let Some(value) = array.get(from as usize).copied() else { continue };
        if let Some(state) = array.get_mut(into as usize) {
            f(state, value);
        }
    }
}

/// Copies values of `width` bytes from slots to slots.
pub(super) fn copy_bytes(
    array: &mut [u8],
    width: usize,
    into: &[u32],
    from: &[u32],
) -> Result<(), RunError> {
    for (&into, &from) in into.iter().zip(from) {
        shift(array, place(from as usize, width), place(into as usize, width).start)?;
    }
    Ok(())
}

/// Calls `f` with every state and the value that goes into it, in row order, NULLs left out, and
/// `note` with the slot's entry of a second array.
#[inline]
pub(super) fn fold<S, C, T: Copy, U: Uses>(
    states: &mut [S],
    notes: &mut [C],
    argument: &Vector<'_>,
    values: &[T],
    groups: Groups<'_>,
    f: impl Fn(&mut S, T),
    note: impl Fn(&mut C),
) {
    // Of one length, so that one check is enough for both.
    let slots = states.len().min(notes.len());
    let (states, notes) = match (states.get_mut(..slots), notes.get_mut(..slots)) {
        (Some(states), Some(notes)) => (states, notes),
        _ => return,
    };
    let mut one = |group: usize, value: T| {
        if let (Some(state), Some(n)) = (states.get_mut(group), notes.get_mut(group)) {
            f(state, value);
            note(n);
        }
    };
    match (groups, argument.validity.filter(|_| const { U::SET.nulls })) {
        (Groups::Each(groups), None) if const { U::SET.each_group } => {
            fours::both(groups, values, |group, value| one(group as usize, value));
        }
        (Groups::Each(groups), Some(_)) if const { U::SET.each_group && U::SET.nulls } => {
            for (row, (&group, &value)) in groups.iter().zip(values).enumerate() {
                if argument.is_valid(row) {
                    one(group as usize, value);
                }
            }
        }
        (Groups::One(group), None) if const { U::SET.one_group } => {
            if let (Some(state), Some(n)) = (states.get_mut(group), notes.get_mut(group)) {
                values.iter().for_each(|&value| {
                    f(state, value);
                    note(n);
                });
            }
        }
        (Groups::One(group), Some(_)) if const { U::SET.one_group && U::SET.nulls } => {
            for (row, &value) in values.iter().enumerate() {
                if argument.is_valid(row) {
                    one(group, value);
                }
            }
        }
        _ => {}
    }
}

/// [`fold`] that marks in `seen` the slots that get a value, if a group can miss one: else there is
/// no `seen`, as every group has one.
#[inline]
pub(super) fn fold_seen<S, T: Copy, U: Uses>(
    states: &mut [S],
    seen: &mut [u8],
    argument: &Vector<'_>,
    values: &[T],
    groups: Groups<'_>,
    f: impl Fn(&mut S, T),
) {
    if const { U::SET.misses } && !seen.is_empty() {
        return fold::<_, _, _, U>(states, seen, argument, values, groups, f, |seen| *seen = 1);
    }
    match groups {
        Groups::Each(groups) if const { U::SET.each_group } => {
            fours::both(groups, values, |group, value| {
                if let Some(state) = states.get_mut(group as usize) {
                    f(state, value);
                }
            });
        }
        Groups::One(group) if const { U::SET.one_group } => {
            if let Some(state) = states.get_mut(group) {
                values.iter().for_each(|&value| f(state, value));
            }
        }
        _ => {}
    }
}

#[inline]
pub(super) fn mark(seen: &mut [u8], group: usize) {
    if let Some(seen) = seen.get_mut(group) {
        *seen = 1;
    }
}

/// Makes row i of `dst` valid as `valid` says. A register that can't be NULL has none that isn't.
pub(super) fn set_validity(dst: &mut VectorMut<'_>, valid: impl Iterator<Item = bool>) {
    if let Some(words) = &mut dst.validity {
        fill(words, 0);
        for (row, valid) in valid.enumerate() {
            if let Some(word) = words.get_mut(row / 64) {
                *word |= u64::from(valid) << (row % 64);
            }
        }
    }
}

/// Validity of results whose groups saw a value or not.
pub(super) fn set_seen(
    dst: &mut VectorMut<'_>,
    seen: &[u8],
    can_miss: bool,
    slots: &[u32],
    empty: bool,
) {
    if can_miss {
        let of = |slot: &u32| seen.get(*slot as usize).is_some_and(|seen| *seen != 0);
        set_validity(dst, slots.iter().map(of));
    } else {
        set_validity(dst, core::iter::repeat_n(!empty, slots.len()));
    }
}

/// Writes the values of slots.
pub(super) fn gather<T: Pod>(
    dst: &mut VectorMut<'_>,
    array: &mut [u8],
    slots: &[u32],
) -> Result<(), RunError> {
    let array = slice_mut::<T>(array)?;
    for (d, &slot) in dst.of::<T>(slots.len())?.iter_mut().zip(slots) {
        *d = *array.get(slot as usize).ok_or(RunError::Internal)?;
    }
    Ok(())
}
