//! Room for new keys: places of keys in no window are free again, or the oldest group goes, or the
//! row.

use crate::counters::Counters;
use crate::error::RunError;
use crate::plan::layout::Combine;

use super::super::groups::NO_GROUP;
use super::Aggregate;
use crate::plan::uses::Uses;

impl<U: Uses> Aggregate<'_, U> {
    /// Makes places free whose keys are in no window.
    pub(super) fn reclaim(&mut self) -> Result<bool, RunError> {
        // Without windows every key is in use.
        if const { !U::SET.window } {
            return Ok(false);
        }
        let (is_session, groups) =
            (matches!(self.table.combine(), Combine::Sessions), self.table.layout().groups);
        let sets = self.table.layout().sets as usize;
        let words = crate::plan::layout::bits_words(groups) as usize;
        let (mut directory, present, heads) = self.table.directory();
        directory.reclaim(|word| {
            if is_session {
                let heads = heads.get(word * 64..).unwrap_or(&[]).iter().take(64);
                return heads
                    .enumerate()
                    .fold(0, |bits, (i, head)| bits | u64::from(*head != NO_GROUP) << i);
            }
            (0..sets)
                .fold(0, |bits, set| bits | present.get(set * words + word).copied().unwrap_or(0))
        })
    }

    /// Drops a row for which there is no room.
    pub(super) fn drop_row(&mut self, row: usize, counters: &mut Counters) -> Result<(), RunError> {
        *self.table.batch_groups.get_mut(row).ok_or(RunError::Internal)? = NO_GROUP;
        self.table.progress.dropped += 1;
        counters.dropped += 1;
        Ok(())
    }

    /// Forgets the oldest group, also in the batch's first `rows` rows.
    pub(super) fn evict(&mut self, rows: usize, counters: &mut Counters) -> Result<(), RunError> {
        let place = self.table.directory().0.evict()?;
        let groups = self.table.groups();
        let mut gone: u64 = 0;
        for group in self.table.batch_groups.get_mut(..rows).ok_or(RunError::Internal)? {
            if *group != NO_GROUP && (*group as usize).checked_rem(groups) == Some(place as usize) {
                *group = NO_GROUP;
                gone += 1;
            }
        }
        gone += self.forget_place(place as usize)?;
        self.table.progress.evicted += gone;
        counters.evicted += gone;
        Ok(())
    }

    /// Makes the group at a place new in every pane. Returns the records that were in it.
    fn forget_place(&mut self, place: usize) -> Result<u64, RunError> {
        let groups = self.table.groups();
        let mut records = 0;
        for set in 0..self.table.layout().sets as usize {
            if !self.table.present(set)?.remove(place) {
                continue;
            }
            let slot = set * groups + place;
            records += u64::from(self.table.records.get(slot).copied().unwrap_or(0));
            if self.table.layout().notes_changes && set < self.table.layout().panes as usize {
                self.table.changed(set)?.remove(place);
            }
            *self.table.slots.get_mut(0).ok_or(RunError::Internal)? = slot as u32;
            self.table.reset_slots(1)?;
        }
        Ok(records)
    }

    pub(super) fn make_room(&mut self, place: usize) -> Result<(), RunError> {
        self.forget_place(place)?;
        self.table.directory().0.evict()?;
        self.table.end_changes();
        Ok(())
    }
}
