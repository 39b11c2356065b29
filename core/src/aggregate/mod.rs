//! Aggregate functions, one file each. Their states are arrays with one entry per group slot:
//! `reset` makes groups new, `update` folds a batch in, in row order (so that floating-point sums
//! are the same however the input is cut), `finish` writes the results of consecutive groups.

mod avg;
mod count;
mod min_max;
mod sum;

use core::ops::Range;

use crate::counters::Counters;
use crate::error::RunError;
use crate::expr::frame::{Frame, Vector, VectorMut};
use crate::plan::layout::aggregate_bytes;
use crate::plan::op::RegisterId;
use crate::plan::{Aggregate, AggregateFunction, Plan};
use crate::types::{DataType, Kind};

/// Which group slot each row of a batch belongs to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Groups<'a> {
    /// All rows to one.
    One(usize),
    /// One per row; a slot outside the table means that the row was dropped.
    Each(&'a [u32]),
}

/// One aggregate's states.
#[derive(Debug)]
pub(crate) struct States<'a> {
    function: AggregateFunction,
    /// Type of the argument.
    argument: DataType,
    argument_nullable: bool,
    bytes: &'a mut [u8],
    slots: usize,
}

impl<'a> States<'a> {
    /// Splits the states of the next aggregate off `rest`.
    pub(crate) fn take(
        plan: &Plan<'_>,
        aggregate: &Aggregate,
        slots: u64,
        rest: &mut &'a mut [u8],
    ) -> Result<Self, RunError> {
        let argument = plan.registers.get(aggregate.argument.index());
        let bytes = crate::arena::take(rest, aggregate_bytes(plan, aggregate, slots))?;
        Ok(Self {
            function: aggregate.function,
            argument: argument.map_or(DataType::BigInt, |r| r.data_type),
            argument_nullable: argument.is_some_and(|r| r.nullable),
            bytes,
            slots: slots as usize,
        })
    }

    /// Makes groups new.
    pub(crate) fn reset(&mut self, groups: Range<usize>) -> Result<(), RunError> {
        match self.function {
            AggregateFunction::CountAll | AggregateFunction::Count => count::reset(self, groups),
            AggregateFunction::Sum => sum::reset(self, groups),
            AggregateFunction::Avg => avg::reset(self, groups),
            AggregateFunction::Min | AggregateFunction::Max => min_max::reset(self, groups),
        }
    }

    /// Folds `rows` values of register `argument` in.
    pub(crate) fn update(
        &mut self,
        frame: &Frame<'_>,
        argument: RegisterId,
        groups: Groups<'_>,
        rows: usize,
    ) -> Result<(), RunError> {
        if self.function == AggregateFunction::CountAll {
            return count::update(self, None, groups, rows);
        }
        let values = frame.get(argument)?;
        match self.function {
            AggregateFunction::CountAll | AggregateFunction::Count => {
                count::update(self, Some(values), groups, rows)
            }
            AggregateFunction::Sum => sum::update(self, values, groups, rows),
            AggregateFunction::Avg => avg::update(self, values, groups, rows),
            AggregateFunction::Min | AggregateFunction::Max => {
                min_max::update(self, values, groups, rows)
            }
        }
    }

    /// Writes the results of `groups`. `empty` says that they have folded no row at all.
    pub(crate) fn finish(
        &mut self,
        dst: &mut VectorMut<'_>,
        groups: Range<usize>,
        empty: bool,
        counters: &mut Counters,
    ) -> Result<(), RunError> {
        match self.function {
            AggregateFunction::CountAll | AggregateFunction::Count => {
                count::finish(self, dst, groups)
            }
            AggregateFunction::Sum => sum::finish(self, dst, groups, empty, counters),
            AggregateFunction::Avg => avg::finish(self, dst, groups, counters),
            AggregateFunction::Min | AggregateFunction::Max => {
                min_max::finish(self, dst, groups, empty)
            }
        }
    }

    /// The values of `width` bytes per slot, and the bytes after them.
    fn split(&mut self, width: usize) -> Result<(&mut [u8], &mut [u8]), RunError> {
        let len = (self.slots * width).next_multiple_of(8);
        self.bytes.split_at_mut_checked(len).ok_or(RunError::Internal)
    }

    /// The argument's kind.
    const fn kind(&self) -> Kind {
        self.argument.kind()
    }
}

/// Calls `f` with every state and the value that goes into it, in row order, NULLs left out, and
/// `note` with the slot's entry of a second array.
#[inline]
fn fold<S, C, T: Copy>(
    states: &mut [S],
    notes: &mut [C],
    argument: &Vector<'_>,
    values: &[T],
    groups: Groups<'_>,
    f: impl Fn(&mut S, T),
    note: impl Fn(&mut C),
) {
    let mut one = |group: usize, value: T| {
        if let (Some(state), Some(n)) = (states.get_mut(group), notes.get_mut(group)) {
            f(state, value);
            note(n);
        }
    };
    match (groups, argument.validity) {
        (Groups::Each(groups), None) => {
            groups.iter().zip(values).for_each(|(&group, &value)| one(group as usize, value));
        }
        (Groups::Each(groups), Some(_)) => {
            for (row, (&group, &value)) in groups.iter().zip(values).enumerate() {
                if argument.is_valid(row) {
                    one(group as usize, value);
                }
            }
        }
        (Groups::One(group), None) => {
            if let (Some(state), Some(n)) = (states.get_mut(group), notes.get_mut(group)) {
                values.iter().for_each(|&value| {
                    f(state, value);
                    note(n);
                });
            }
        }
        (Groups::One(group), Some(_)) => {
            for (row, &value) in values.iter().enumerate() {
                if argument.is_valid(row) {
                    one(group, value);
                }
            }
        }
    }
}

/// [`fold`] that marks in `seen` the slots that get a value, if the argument can be NULL: else
/// there is no `seen`, as every group has one.
#[inline]
fn fold_seen<S, T: Copy>(
    states: &mut [S],
    seen: &mut [u8],
    argument: &Vector<'_>,
    values: &[T],
    groups: Groups<'_>,
    f: impl Fn(&mut S, T),
) {
    if argument.validity.is_some() {
        return fold(states, seen, argument, values, groups, f, |seen| *seen = 1);
    }
    match groups {
        Groups::Each(groups) => {
            for (&group, &value) in groups.iter().zip(values) {
                if let Some(state) = states.get_mut(group as usize) {
                    f(state, value);
                }
            }
        }
        Groups::One(group) => {
            if let Some(state) = states.get_mut(group) {
                values.iter().for_each(|&value| f(state, value));
            }
        }
    }
}

#[inline]
fn mark(seen: &mut [u8], group: usize) {
    if let Some(seen) = seen.get_mut(group) {
        *seen = 1;
    }
}

/// Makes row i of `dst` valid as `valid` says. A register that can't be NULL has none that isn't.
fn set_validity(dst: &mut VectorMut<'_>, valid: impl Iterator<Item = bool>) {
    if let Some(words) = &mut dst.validity {
        words.fill(0);
        for (row, valid) in valid.enumerate() {
            if let Some(word) = words.get_mut(row / 64) {
                *word |= u64::from(valid) << (row % 64);
            }
        }
    }
}

/// Validity of results whose groups saw a value or not.
fn set_seen(
    dst: &mut VectorMut<'_>,
    seen: &[u8],
    nullable: bool,
    groups: Range<usize>,
    empty: bool,
) {
    let count = groups.len();
    if nullable {
        let seen = seen.get(groups).unwrap_or(&[]);
        set_validity(dst, seen.iter().map(|s| *s != 0));
    } else {
        set_validity(dst, core::iter::repeat_n(!empty, count));
    }
}
