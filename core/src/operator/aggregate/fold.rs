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
        match self.merged(rows, done) {
            Some(merged) => self.fold_merged(frame, &merged, done)?,
            None => self.fold(frame, done, one)?,
        }
        self.note(done, rows.bound)?;
        Ok(folded)
    }

    /// Folds the first `rows` rows of `batch_groups`.
    pub(super) fn fold(
        &mut self,
        frame: &Frame<'_, U>,
        rows: usize,
        one: Option<usize>,
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
        folded
    }

    /// Notes what the first `rows` rows change.
    pub(super) fn note(&mut self, rows: usize, bound: i64) -> Result<(), RunError> {
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

    /// The rows' panes, if some of these were merged into others.
    fn merged<'r>(&self, rows: Rows<'r>, count: usize) -> Option<Merged<'r>> {
        let (Some(p), RowPanes::Each(panes)) = (self.panes(), rows.panes) else { return None };
        if !matches!(self.table.combine(), Combine::Stacks(_) | Combine::Running(_)) {
            return None;
        }
        let mut merged = Merged { p: *p, panes, bound: rows.bound, oldest: rows.bound };
        merged.oldest = (0..count).map(|row| merged.pane(row)).min().unwrap_or(rows.bound);
        (merged.oldest < self.table.progress.merged).then_some(merged)
    }

    /// Folds rows of which some are late: into their panes, and where these were merged into. A set
    /// takes all that it gets in the rows' order.
    fn fold_merged(
        &mut self,
        frame: &Frame<'_, U>,
        rows: &Merged<'_>,
        count: usize,
    ) -> Result<(), RunError> {
        let p = &rows.p;
        let (front, merged) = (self.table.progress.front, self.table.progress.merged);
        let stacks = matches!(self.table.combine(), Combine::Stacks(_));
        let stacked = |pane: i64| stacks && pane < front;
        // Panes that hold no other's rows.
        for row in 0..count {
            let group = self.table.batch_groups.get(row).copied().unwrap_or(NO_GROUP);
            let slot = if stacked(rows.pane(row)) { NO_GROUP } else { group };
            *self.table.slots.get_mut(row).ok_or(RunError::Internal)? = slot;
        }
        self.fold_slots(frame, count)?;
        let groups = self.table.groups();
        let running = self.table.layout().panes as usize;
        let low = self.table.progress.low.min(rows.oldest);
        for target in low.max(rows.oldest.saturating_sub(p.held()))..=merged {
            // The last round is the running pane's.
            let last = target == merged;
            if !last && !stacked(target) {
                continue;
            }
            let set = if last { running } else { p.ring(target) };
            let mut any = false;
            for row in 0..count {
                let pane = rows.pane(row);
                let (range, in_running) = self.table.merged_from(p, pane);
                let also = if last { in_running } else { range.contains(&target) };
                let group = self.table.batch_groups.get(row).copied().unwrap_or(NO_GROUP);
                let slot = if also && group != NO_GROUP {
                    let place = group as usize - (p.ring(pane) * groups).min(group as usize);
                    self.table.present(set)?.insert(place);
                    (set * groups + place) as u32
                } else if !last && pane == target {
                    group
                } else {
                    NO_GROUP
                };
                any |= slot != NO_GROUP;
                *self.table.slots.get_mut(row).ok_or(RunError::Internal)? = slot;
            }
            if any {
                self.fold_slots(frame, count)?;
            }
        }
        Ok(())
    }

    /// Folds the first `count` rows into the slots in list `slots`.
    fn fold_slots(&mut self, frame: &Frame<'_, U>, count: usize) -> Result<(), RunError> {
        let slots = core::mem::take(&mut self.table.slots);
        let folded = match slots.get(..count) {
            Some(slots) => self.table.update(frame, slots, None),
            None => Err(RunError::Internal),
        };
        self.table.slots = slots;
        folded
    }
}

/// Rows of which some belong to panes that were merged into others. These are late, and few.
struct Merged<'a> {
    p: Panes,
    /// Their places in the ring.
    panes: &'a [u16],
    bound: i64,
    oldest: i64,
}

impl Merged<'_> {
    /// The pane of a row.
    fn pane(&self, row: usize) -> i64 {
        let (p, place) = (&self.p, i64::from(self.panes.get(row).copied().unwrap_or(0)));
        // At most `ahead` panes beyond the bound, else before it.
        let after = place.wrapping_sub(p.ring(self.bound) as i64);
        let after = after.checked_rem_euclid(p.held()).unwrap_or(0);
        self.bound.saturating_add(if after > p.ahead { after - p.held() } else { after })
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
