//! `STRING_AGG(x, separator)`: the text so far, up to a capacity.

use crate::arena::copy;
use crate::counters::{Counters, Failure};
use crate::error::RunError;
use crate::expr::frame::{Vector, VectorMut};

use super::result::{Outcome, write_texts};
use super::{Groups, States};
use crate::plan::uses::Uses;

/// A state: the text's length, whether there are any texts, whether there were more, and the bytes.
struct Text<'a> {
    len: &'a mut [u8; 4],
    any: &'a mut u8,
    overflow: &'a mut u8,
    bytes: &'a mut [u8],
}

fn parts(state: &mut [u8]) -> Result<Text<'_>, RunError> {
    let (len, rest) = state.split_first_chunk_mut::<4>().ok_or(RunError::Internal)?;
    let (header, bytes) = rest.split_first_chunk_mut::<4>().ok_or(RunError::Internal)?;
    let [any, overflow, ..] = header;
    Ok(Text { len, any, overflow, bytes })
}

impl Text<'_> {
    fn push(&mut self, separator: &[u8], text: &[u8], capacity: usize) -> Result<(), RunError> {
        let separator = if *self.any != 0 { separator } else { &[] };
        *self.any = 1;
        let start = u32::from_le_bytes(*self.len) as usize;
        let end = start.saturating_add(separator.len()).saturating_add(text.len());
        let room = self.bytes.get_mut(..capacity).and_then(|bytes| bytes.get_mut(start..end));
        match room.and_then(|room| room.split_at_mut_checked(separator.len())) {
            // What came after the first that did not fit does not count either.
            Some((first, second)) if *self.overflow == 0 => {
                copy(first, separator)?;
                copy(second, text)?;
                *self.len = (end as u32).to_le_bytes();
            }
            _ => *self.overflow = 1,
        }
        Ok(())
    }
}

fn separator<'a, U: Uses>(states: &States<'a, U>) -> &'a [u8] {
    let place = states.parameter(0);
    place.map_or(&[], |place| place.as_text().of(states.plan.texts).as_bytes())
}

pub(super) fn update<U: Uses>(
    states: &mut States<'_, U>,
    x: &Vector<'_>,
    groups: Groups<'_>,
    rows: usize,
) -> Result<(), RunError> {
    let capacity = usize::from(states.aggregate.capacity);
    let separator = separator(states);
    states.each_row(x, groups, rows, |state, row| {
        parts(state)?.push(separator, x.text(row), capacity)
    })
}

pub(super) fn merge<U: Uses>(
    states: &mut States<'_, U>,
    into: &[u32],
    from: &[u32],
) -> Result<(), RunError> {
    let capacity = usize::from(states.aggregate.capacity);
    let separator = separator(states);
    states.each_pair(into, from, |into, from| {
        let (len, rest) = from.split_first_chunk().ok_or(RunError::Internal)?;
        let (header, bytes) = rest.split_first_chunk::<4>().ok_or(RunError::Internal)?;
        let [any, overflow, ..] = *header;
        let text = bytes.get(..u32::from_le_bytes(*len) as usize).ok_or(RunError::Internal)?;
        let mut into = parts(into)?;
        if any != 0 {
            into.push(separator, text, capacity)?;
        }
        *into.overflow |= overflow;
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
        let Text { len, any, overflow, bytes } = parts(state)?;
        if *overflow != 0 {
            return Ok(Outcome::Failed(Failure::Capacity));
        }
        if *any == 0 {
            return Ok(Outcome::Null);
        }
        out.push(bytes.get(..u32::from_le_bytes(*len) as usize).ok_or(RunError::Internal)?);
        Ok(Outcome::Value(()))
    })
}
