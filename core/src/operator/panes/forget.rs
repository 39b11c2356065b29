//! Forgetting what has left: groups with their window, panes that no window needs any more, and the
//! rows that groups left with.

use core::iter::once;

use crate::error::RunError;
use crate::plan::layout::{Combine, left_bytes};
use crate::plan::uses::{self, Uses};
use crate::time::panes::Panes;

use super::super::bits;
use super::super::groups::{CLOSING, Table};

impl<U: Uses> Table<'_, U> {
    /// Whether a window's groups are forgotten as they leave.
    fn forgets(&self, p: &Panes) -> bool {
        let p = Self::own(p);
        matches!(self.combine(), Combine::Pane(_)) && p.lateness == 0 && !self.emits_changes()
    }

    /// Forgets the groups that have left with their window, if nothing else needs them.
    pub(in super::super) fn left_window(
        &mut self,
        p: &Panes,
        count: usize,
    ) -> Result<(), RunError> {
        let p = Self::own(p);
        if !self.forgets(p) || self.job() != CLOSING {
            return Ok(());
        }
        self.reset_run(count)?;
        let set = p.ring(p.first(self.progress.window));
        let left = self.from.get(..count).unwrap_or(&[]);
        if let (Some(&first), Some(&last)) = (left.first(), left.last()) {
            self.present(set)?.remove_all(first as usize, last as usize);
        }
        self.directory().0.loosen();
        Ok(())
    }

    /// Makes the groups of a set new.
    pub(super) fn clear_set(&mut self, set: usize) -> Result<(), RunError> {
        let groups = self.groups();
        if groups == 1 {
            if self.present(set)?.remove(0) {
                *self.slots.first_mut().ok_or(RunError::Internal)? = set as u32;
                self.reset_slots(1)?;
            }
            return Ok(());
        }
        let mut at = 0;
        while at < groups {
            let (count, next) = bits::list(self.present, groups, once(set), at, self.slots);
            if count > 0 {
                let slots = self.slots.get_mut(..count).ok_or(RunError::Internal)?;
                let base = (set * groups) as u32;
                slots.iter_mut().for_each(|slot| *slot = slot.wrapping_add(base));
                self.reset_run(count)?;
            }
            at = next;
        }
        self.present(set)?.clear();
        Ok(())
    }

    /// Forgets the panes before `low`.
    pub(super) fn drop_panes(&mut self, p: &Panes, low: i64) -> Result<(), RunError> {
        let p = Self::own(p);
        for pane in self.progress.low..low.min(self.progress.high) {
            let set = p.ring(pane);
            self.clear_set(set)?;
            if self.layout().notes_changes {
                self.changed(set)?.clear();
            }
            self.directory().0.loosen();
        }
        self.progress.low = self.progress.low.max(low);
        Ok(())
    }

    /// Forgets the rows that the groups of a window left with.
    pub(super) fn forget_left(&mut self, p: &Panes, window: i64) -> Result<(), RunError> {
        let p = Self::own(p);
        if !self.retracts() || !matches!(self.combine(), Combine::Each(_)) {
            return Ok(());
        }
        let stride = left_bytes(uses::plan::<U>(self.plan)) as usize;
        let groups = self.groups() * stride;
        let start = p.ring(window) * groups;
        let left = self.left.get_mut(start..start + groups).ok_or(RunError::Internal)?;
        for row in left.chunks_exact_mut(stride.max(1)) {
            if let Some(known) = row.first_mut() {
                *known = 0;
            }
        }
        Ok(())
    }
}
