//! Retractions: before a group leaves again, the row that it left with is taken back.
//!
//! A slot's last row is kept beside a word that says whether there is one. The output's first
//! column says of each row whether it is taken back.

use crate::error::RunError;
use crate::plan::Plan;
use crate::plan::layout::left_bytes;
use crate::plan::op::OutputId;
use crate::schema::Layout;
use crate::selection::Selection;

/// In a slot's number: its row is taken back, and it leaves no other.
pub(super) const TAKEN_BACK: u32 = 1 << 31;

/// The rows that slots left with.
#[derive(Debug)]
pub(super) struct Left<'a> {
    /// A word and a record each.
    bytes: &'a mut [u8],
    /// Bytes of both.
    stride: usize,
    /// Bytes of a record.
    record: usize,
    /// Where in it the first column is.
    flag: usize,
}

impl<'a> Left<'a> {
    /// The rows in `bytes`, of slots of a plan's only aggregate.
    pub(super) fn new(plan: &Plan<'_>, layout: Layout, bytes: &'a mut [u8]) -> Self {
        let fields = plan.output(OutputId(0)).fields;
        Self {
            bytes,
            stride: left_bytes(plan) as usize,
            record: layout.record_size,
            flag: fields.first().map_or(0, |field| field.offset as usize),
        }
    }

    /// `slots` leave now: those that are selected with the records that stand in the second half of
    /// `room`, in order. Writes what leaves to the start of `room`, and returns how many rows.
    pub(super) fn write(
        &mut self,
        slots: &[u32],
        selection: Selection<'_>,
        room: &mut [u8],
        half: usize,
    ) -> Result<usize, RunError> {
        let size = self.record;
        let (mut written, mut next) = (0, 0);
        for (i, slot) in slots.iter().enumerate() {
            let start = (*slot & !TAKEN_BACK) as usize * self.stride;
            let left = self.bytes.get_mut(start..start + self.stride).ok_or(RunError::Internal)?;
            let (known, old) = left.split_at_mut_checked(8).ok_or(RunError::Internal)?;
            let known = known.first_mut().ok_or(RunError::Internal)?;
            let old = old.get_mut(..size).ok_or(RunError::Internal)?;
            let selected = next < selection.len() && selection.row(next) == i;
            let from = (half + next) * size;
            next += usize::from(selected);
            if selected && *slot & TAKEN_BACK == 0 {
                let new = room.get(from..from + size).ok_or(RunError::Internal)?;
                if *known != 0 && new == old {
                    continue;
                }
                if *known != 0 {
                    put(room, &mut written, size, self.flag, old, true)?;
                }
                let new = room.get(from..from + size).ok_or(RunError::Internal)?;
                crate::arena::copy(old, new)?;
                *known = 1;
                put(room, &mut written, size, self.flag, old, false)?;
            } else if *known != 0 {
                *known = 0;
                put(room, &mut written, size, self.flag, old, true)?;
            }
        }
        Ok(written)
    }
}

fn put(
    room: &mut [u8],
    written: &mut usize,
    size: usize,
    flag: usize,
    record: &[u8],
    taken_back: bool,
) -> Result<(), RunError> {
    let start = *written * size;
    let out = room.get_mut(start..start + size).ok_or(RunError::Internal)?;
    crate::arena::copy(out, record)?;
    *out.get_mut(flag).ok_or(RunError::Internal)? = u8::from(taken_back);
    *written += 1;
    Ok(())
}
