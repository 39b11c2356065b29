//! The value of one row of each group. `FIRST(x)`, `LAST(x)` and `ANY_VALUE(x)` take that of the
//! earliest or latest event time, or without one of the first or last to arrive; `ARG_MIN(x, y)`
//! and `ARG_MAX(x, y)` that of the row with the least or greatest y.
//!
//! A state is a header, the value and, of a function with a second argument, what it was chosen by.

use core::cmp::Ordering;

use crate::error::RunError;
use crate::expr::frame::{Vector, VectorMut};
use crate::plan::AggregateFunction as F;
use crate::plan::aggregates::rules::value_bytes;
use crate::plan::uses::Uses;
use crate::types::Kind;

use super::{Groups, States, cell};

/// The header: nothing was picked yet, a value, or NULL.
const VALUE: u8 = 1;
const NULL: u8 = 2;

/// What a function picks.
#[derive(Clone, Copy)]
struct Rule {
    /// The kind of the value and, if there is one, of what it is chosen by.
    kind: Kind,
    by: Option<Kind>,
    /// The latest, or greatest.
    last: bool,
    /// Rows in which the value is NULL count, too.
    nulls: bool,
    /// Of rows that are chosen alike, the value decides, so that the order of arrival does not.
    ties: bool,
    /// Where the value and what it is chosen by stand.
    value_at: usize,
    by_at: usize,
}

/// A row, or what a state has picked.
#[derive(Clone, Copy)]
struct Candidate<'a> {
    value: Option<&'a [u8]>,
    by: &'a [u8],
}

impl Rule {
    fn of<U: Uses>(states: &States<'_, U>) -> Self {
        let function = states.function();
        let by = crate::plan::aggregates::rules::argument(states.plan, states.aggregate, 1);
        Self {
            kind: states.kind(),
            by: by.map(|r| r.data_type.kind()),
            last: matches!(function, F::Last | F::ArgMax | F::ArgMaxNull),
            nulls: !matches!(function, F::AnyValue | F::ArgMin | F::ArgMax),
            ties: matches!(function, F::First | F::Last | F::AnyValue),
            value_at: 8,
            by_at: 8 + value_bytes(states.argument) as usize,
        }
    }

    fn parts<'a>(&self, state: &'a [u8]) -> Result<Option<Candidate<'a>>, RunError> {
        let value = match state.first() {
            Some(&VALUE) => Some(state.get(self.value_at..).ok_or(RunError::Internal)?),
            Some(&NULL) => None,
            _ => return Ok(None),
        };
        Ok(Some(Candidate { value, by: state.get(self.by_at..).ok_or(RunError::Internal)? }))
    }

    /// Whether a row that came later takes the place of what was picked.
    fn beats(&self, new: Candidate<'_>, old: Candidate<'_>) -> bool {
        let Some(by) = self.by else { return self.last };
        let order = cell::compare(by, new.by, old.by);
        match if self.last { order.reverse() } else { order } {
            Ordering::Less => true,
            Ordering::Greater => false,
            Ordering::Equal if !self.ties => false,
            Ordering::Equal => match (new.value, old.value) {
                (Some(new), Some(old)) => {
                    let order = cell::compare(self.kind, new, old);
                    order == if self.last { Ordering::Greater } else { Ordering::Less }
                }
                (new, old) => new.is_some() && old.is_none(),
            },
        }
    }

    fn offer(&self, state: &mut [u8], new: Candidate<'_>) -> Result<(), RunError> {
        if self.parts(state)?.is_some_and(|old| !self.beats(new, old)) {
            return Ok(());
        }
        let (header, rest) = state.split_first_mut().ok_or(RunError::Internal)?;
        *header = if new.value.is_some() { VALUE } else { NULL };
        let place = |at: usize| at.wrapping_sub(1)..;
        if let Some(value) = new.value {
            cell::put(rest.get_mut(place(self.value_at)).ok_or(RunError::Internal)?, value)?;
        }
        cell::put(rest.get_mut(place(self.by_at)).ok_or(RunError::Internal)?, new.by)
    }
}

pub(super) fn update<U: Uses>(
    states: &mut States<'_, U>,
    x: &Vector<'_>,
    by: Option<&Vector<'_>>,
    groups: Groups<'_>,
    rows: usize,
) -> Result<(), RunError> {
    let rule = Rule::of(states);
    for row in 0..rows {
        let value = if x.is_valid(row) { Some(cell::of(x, row)?) } else { None };
        if value.is_none() && !rule.nulls {
            continue;
        }
        let by = match by {
            Some(by) if by.is_valid(row) => cell::of(by, row)?,
            Some(_) => continue,
            None => &[],
        };
        if let Some(state) = states.slot(groups.of(row)) {
            rule.offer(state, Candidate { value, by })?;
        }
    }
    Ok(())
}

pub(super) fn merge<U: Uses>(
    states: &mut States<'_, U>,
    into: &[u32],
    from: &[u32],
) -> Result<(), RunError> {
    let rule = Rule::of(states);
    states.each_pair(into, from, |into, from| match rule.parts(from)? {
        Some(new) => rule.offer(into, new),
        None => Ok(()),
    })
}

pub(super) fn finish<U: Uses>(
    states: &mut States<'_, U>,
    dst: &mut VectorMut<'_>,
    slots: &[u32],
) -> Result<(), RunError> {
    let rule = Rule::of(states);
    dst.set_all_valid(true);
    for (row, &slot) in slots.iter().enumerate() {
        let state = states.slot(slot as usize).ok_or(RunError::Internal)?;
        match rule.parts(state)?.and_then(|picked| picked.value) {
            Some(value) => cell::write(dst, row, value)?,
            None => dst.set_null(row),
        }
    }
    Ok(())
}
