//! States that are one struct a slot: bytes at a multiple of 8, new where all are 0.

use bytemuck::Pod;

use super::arrays::place;
use super::{Fresh, Groups, States};
use crate::arena::{clear, view, view_mut};
use crate::error::RunError;
use crate::expr::frame::Vector;
use crate::plan::uses::Uses;

impl<U: Uses> States<'_, U> {
    /// The bytes of a slot; `None` of one outside the table.
    #[inline]
    pub(super) fn slot(&mut self, slot: usize) -> Option<&mut [u8]> {
        self.bytes.get_mut(place(slot, self.size))
    }

    /// The struct of a slot.
    #[inline]
    pub(super) fn of<S: Pod>(&mut self, slot: u32) -> Result<S, RunError> {
        let bytes = self.slot(slot as usize).ok_or(RunError::Internal)?;
        view::<S>(bytes).copied()
    }

    pub(super) fn clear(&mut self, slots: Fresh<'_>) -> Result<(), RunError> {
        match slots {
            Fresh::Slots(slots) => {
                for &slot in slots {
                    clear(self.slot(slot as usize).ok_or(RunError::Internal)?);
                }
            }
            Fresh::Run(first, end) => {
                let (start, end) = (first.saturating_mul(self.size), end.saturating_mul(self.size));
                clear(self.bytes.get_mut(start..end).ok_or(RunError::Internal)?);
            }
        }
        Ok(())
    }

    /// Calls `f` with the bytes of slots `into[i]` and `from[i]`. Nothing is merged with itself.
    pub(super) fn each_pair(
        &mut self,
        into: &[u32],
        from: &[u32],
        mut f: impl FnMut(&mut [u8], &[u8]) -> Result<(), RunError>,
    ) -> Result<(), RunError> {
        let size = self.size;
        for (&into, &from) in into.iter().zip(from) {
            if into == from {
                continue;
            }
            let (low, high) = (into.min(from) as usize, into.max(from) as usize);
            let middle = high.saturating_mul(size);
            let (before, after) =
                self.bytes.split_at_mut_checked(middle).ok_or(RunError::Internal)?;
            let low = before.get_mut(place(low, size)).ok_or(RunError::Internal)?;
            let high = after.get_mut(..size).ok_or(RunError::Internal)?;
            if into < from { f(low, high)? } else { f(high, low)? }
        }
        Ok(())
    }

    /// Merges structs.
    pub(super) fn merge_structs<S: Pod>(
        &mut self,
        into: &[u32],
        from: &[u32],
        merge: impl Fn(&mut S, &S),
    ) -> Result<(), RunError> {
        self.each_pair(into, from, |into, from| {
            merge(view_mut(into)?, view(from)?);
            Ok(())
        })
    }

    /// Calls `f` with the bytes of the slot of each row in which `argument` is not NULL.
    #[inline]
    pub(super) fn each_row(
        &mut self,
        argument: &Vector<'_>,
        groups: Groups<'_>,
        rows: usize,
        mut f: impl FnMut(&mut [u8], usize) -> Result<(), RunError>,
    ) -> Result<(), RunError> {
        for row in (0..rows).filter(|&row| argument.is_valid(row)) {
            if let Some(state) = self.slot(groups.of(row)) {
                f(state, row)?;
            }
        }
        Ok(())
    }

    /// Calls `f` with the struct of the slot of each row and its value, NULLs left out.
    #[inline]
    pub(super) fn each_value<S: Pod, T: Pod>(
        &mut self,
        argument: &Vector<'_>,
        groups: Groups<'_>,
        rows: usize,
        f: impl Fn(&mut S, T),
    ) -> Result<(), RunError> {
        let values = argument.of::<T>(rows)?;
        self.each_row(argument, groups, rows, |state, row| {
            if let Some(value) = values.get(row) {
                f(view_mut(state)?, *value);
            }
            Ok(())
        })
    }
}
