//! Folding rows into the groups of their panes.

use crate::counters::Counters;
use crate::error::RunError;
use crate::expr::frame::Frame;
use crate::plan::OnFull;
use crate::plan::layout::Combine;
use crate::plan::uses::{self, Uses};
use crate::time::panes::Panes;

use super::super::groups::{LATE, NO_GROUP, ONE};
use super::super::keys;
use super::super::window::RowPanes;
use super::{Aggregate, Folded, Rows};

impl<U: Uses> Aggregate<'_, U> {
    /// Folds rows, whose keys and arguments are in their registers, into groups. `time(row)` is a
    /// row's time, for sessions.
    pub(crate) fn update(
        &mut self,
        frame: &Frame<'_, U>,
        rows: Rows<'_>,
        time: impl Fn(usize) -> i64,
        counters: &mut Counters,
    ) -> Result<Folded, RunError> {
        let (plan, entry, count) =
            (uses::plan::<U>(self.table.plan), self.table.entry(), rows.count);
        if count == 0 {
            return Ok(Folded::All);
        }
        let width = self.table.layout().key_words as usize;
        let keys = entry.keys.of(plan.lists);
        let lone = keys::Lone::of(frame, keys, count)?;
        if width > 0 && lone.is_none() {
            let words = self.table.batch_keys.get_mut(..count * width);
            keys::encode(
                frame,
                plan.registers,
                keys,
                width,
                count,
                words.ok_or(RunError::Internal)?,
            )?;
        }
        if let Some((rule, by_state)) = self.sessions(rows.watermark) {
            return self.update_sessions(frame, lone, count, &rule, by_state, time, counters);
        }
        if let Some(p) = self.panes() {
            let high = rows.bound.saturating_add(p.ahead).saturating_add(1);
            self.table.progress.high = self.table.progress.high.max(high);
        }
        let mut done = 0;
        let mut folded = Folded::All;
        if width == 0 {
            if let RowPanes::One(pane) = rows.panes {
                self.table.present(pane.into())?.insert(0);
            } else if const { U::SET.window } {
                self.table.batch_groups.get_mut(..count).ok_or(RunError::Internal)?.fill(0);
                self.table.enter(rows.panes, 0, count)?;
            }
            done = count;
        }
        while done < count {
            let found = self.table.find(lone, done, count)?;
            self.table.enter(rows.panes, done, done + found)?;
            done += found;
            if done == count || self.reclaim()? {
                continue;
            }
            match entry.on_full {
                OnFull::Error => {
                    folded = Folded::Full(done);
                    break;
                }
                OnFull::DropNew => {
                    self.drop_row(done, counters)?;
                    done += 1;
                }
                OnFull::EvictOldest => {
                    // Rows that the batch has for it already go with it.
                    self.evict(done, counters)?;
                }
                OnFull::CloseOldest => {
                    self.table.progress.job = ONE;
                    self.table.progress.cursor = self.table.directory().0.oldest();
                    self.table.progress.until = self.table.progress.low;
                    folded = Folded::Leaves(done);
                    break;
                }
            }
        }
        self.table.progress.rows += done as u64;
        let one = match rows.panes {
            RowPanes::One(pane) if width == 0 => Some(pane as usize),
            _ => None,
        };
        if let (Some(pane), true) =
            (one, self.table.layout().notes_changes || self.table.keeps_records())
        {
            self.table.batch_groups.get_mut(..done).ok_or(RunError::Internal)?.fill(pane as u32);
        }
        self.fold(frame, done, one, rows.bound)?;
        self.fold_merged(frame, rows, done)?;
        Ok(folded)
    }

    /// Folds the first `rows` rows of `batch_groups`, and notes what that changes.
    pub(super) fn fold(
        &mut self,
        frame: &Frame<'_, U>,
        rows: usize,
        one: Option<usize>,
        bound: i64,
    ) -> Result<(), RunError> {
        // The list is lent out: states and lists lie apart.
        let groups = core::mem::take(&mut self.table.batch_groups);
        let folded = match groups.get(..rows) {
            Some(rows) => {
                let alone = || if const { U::SET.fast } { alone(rows) } else { None };
                self.table.update(frame, rows, one.or_else(alone))
            }
            None => Err(RunError::Internal),
        };
        self.table.batch_groups = groups;
        folded?;
        if self.table.keeps_records() {
            for group in self.table.batch_groups.get(..rows).ok_or(RunError::Internal)? {
                if let Some(records) = self.table.records.get_mut(*group as usize) {
                    *records = records.saturating_add(1);
                }
            }
        }
        if self.table.layout().notes_changes {
            // Groups whose window has not left yet leave with it.
            let closed = |p: Panes| {
                let here = p.ring(bound) as i64;
                move |pane: usize| {
                    (pane as i64 - here).checked_rem_euclid(p.held()).unwrap_or(0) > p.ahead
                }
            };
            match self.panes().filter(|_| !self.table.emits_changes()) {
                Some(p) => self.table.note_changes(rows, closed(*p))?,
                None => self.table.note_changes(rows, |_| true)?,
            }
        }
        Ok(())
    }

    /// Folds rows of panes that were merged into others there too. These are late, and few.
    fn fold_merged(
        &mut self,
        frame: &Frame<'_, U>,
        rows: Rows<'_>,
        count: usize,
    ) -> Result<(), RunError> {
        let (Some(p), RowPanes::Each(panes)) = (self.panes(), rows.panes) else { return Ok(()) };
        if !matches!(self.table.combine(), Combine::Stacks(_) | Combine::Running(_)) {
            return Ok(());
        }
        let here = p.ring(rows.bound) as i64;
        let pane_of = |row: usize| {
            let place = i64::from(panes.get(row).copied().unwrap_or(0));
            // At most `ahead` panes beyond the bound, else before it.
            let after = place.wrapping_sub(here).checked_rem_euclid(p.held()).unwrap_or(0);
            let after = if after > p.ahead { after - p.held() } else { after };
            rows.bound.saturating_add(after)
        };
        let oldest = (0..count).map(pane_of).min().unwrap_or(rows.bound);
        if oldest >= self.table.progress.merged {
            return Ok(());
        }
        let groups = self.table.groups();
        let running = self.table.layout().panes as usize;
        for target in self.table.progress.low.max(oldest.saturating_sub(p.held()))
            ..=self.table.progress.merged
        {
            // The last round is the running pane's.
            let last = target == self.table.progress.merged;
            if !last && target >= self.table.progress.front {
                continue;
            }
            let set = if last { running } else { p.ring(target) };
            let mut any = false;
            for row in 0..count {
                let pane = pane_of(row);
                let (range, in_running) = self.table.merged_from(p, pane);
                let also = if last { in_running } else { range.contains(&target) };
                let group = self.table.batch_groups.get(row).copied().unwrap_or(NO_GROUP);
                let slot = if also && group != NO_GROUP {
                    any = true;
                    let place = group as usize - (p.ring(pane) * groups).min(group as usize);
                    self.table.present(set)?.insert(place);
                    (set * groups + place) as u32
                } else {
                    NO_GROUP
                };
                *self.table.slots.get_mut(row).ok_or(RunError::Internal)? = slot;
            }
            if any {
                let slots = core::mem::take(&mut self.table.slots);
                let folded = match slots.get(..count) {
                    Some(slots) => self.table.update(frame, slots, None),
                    None => Err(RunError::Internal),
                };
                self.table.slots = slots;
                folded?;
            }
        }
        Ok(())
    }
}

/// The group of all rows, if they have but one: its state need not go through memory row by row.
fn alone(groups: &[u32]) -> Option<usize> {
    match groups {
        [first, .., last] if first == last && *first < LATE => {
            groups.iter().all(|group| group == first).then_some(*first as usize)
        }
        _ => None,
    }
}
