//! Windows put together from their panes.
//!
//! A record goes to one pane. A sliding window is put together from its panes by two stacks (the
//! queue of two stacks, applied to windows by Tangwongsan, Hirzel, Schneider: "Low-latency
//! sliding-window aggregation in worst-case constant time", DEBS 2017, section 2): panes before
//! `front` have been merged from the right, so that each holds what the panes from it up to
//! `front` hold; panes from there to `merged` are in the running pane. A window is then its first
//! pane and the running pane, whatever the aggregate: the one is merged into the other, which no
//! later window needs. Once the window has moved past `front` the panes in it are merged from the
//! right again. So each pane is merged twice, and nothing is ever subtracted: sums of floats don't
//! drift.

use core::iter::once;

use crate::error::RunError;
use crate::plan::layout::Combine;
use crate::plan::uses::Uses;
use crate::time::panes::Panes;

use super::super::bits;
use super::super::groups::Table;
use super::super::window::NEW;

impl<U: Uses> Table<'_, U> {
    /// Makes a window's results ready.
    pub(super) fn put_together(&mut self, p: &Panes, window: i64) -> Result<(), RunError> {
        let p = Self::own(p);
        let (first, end) = (p.first(window), p.end(window));
        let running = self.layout().panes as usize;
        if self.progress.merged == NEW {
            self.progress.merged = first;
            self.progress.front = first;
        }
        match self.combine() {
            Combine::Stacks(_) if self.progress.merged < end => {
                let high = end.min(self.progress.high);
                if first >= self.progress.front {
                    let panes = (first..high.saturating_sub(1)).rev();
                    self.merge_sets(panes.map(|pane| (p.ring(pane), p.ring(pane + 1))))?;
                    self.clear_running()?;
                    self.progress.front = end;
                } else {
                    let panes = self.progress.merged..high;
                    let sets = panes.map(|pane| (running, p.ring(pane)));
                    self.merge_sets(sets.chain(once((p.ring(first), running))))?;
                }
                self.progress.merged = end;
            }
            Combine::Running(_) if self.progress.merged < end => {
                let panes = self.progress.merged.max(first)..end.min(self.progress.high);
                self.merge_sets(panes.map(|pane| (running, p.ring(pane))))?;
                self.progress.merged = end;
            }
            _ => {}
        }
        Ok(())
    }

    /// Merges the groups of sets, one pair of them after the other: into the first from the second.
    fn merge_sets(
        &mut self,
        mut sets: impl Iterator<Item = (usize, usize)>,
    ) -> Result<(), RunError> {
        if self.groups() > 1 {
            return sets.try_for_each(|(into, from)| self.merge_set(into, from));
        }
        // Of one group each: they are one list.
        let mut pairs = 0;
        for (into, from) in sets {
            if !self.present(from)?.contains(0) {
                continue;
            }
            if pairs == self.slots.len() {
                self.merge_lists(pairs)?;
                pairs = 0;
            }
            self.pair(pairs, into, from)?;
            pairs += 1;
            self.present(into)?.insert(0);
        }
        self.merge_lists(pairs)
    }

    /// Merges the groups of one set into another.
    fn merge_set(&mut self, into: usize, from: usize) -> Result<(), RunError> {
        let groups = self.groups();
        let mut at = 0;
        while at < groups {
            let (count, next) = bits::list(self.present, groups, once(from), at, self.scratch);
            let places = self.scratch.get(..count).ok_or(RunError::Internal)?;
            for ((slot, other), place) in self.slots.iter_mut().zip(&mut *self.from).zip(places) {
                *slot = place.wrapping_add((into * groups) as u32);
                *other = place.wrapping_add((from * groups) as u32);
            }
            if count > 0 {
                self.merge_lists(count)?;
            }
            at = next;
        }
        bits::unite(self.present, groups, into, from);
        Ok(())
    }

    /// Merges those of the places in `scratch` that are in a set into the slots from `out` on.
    pub(super) fn merge_out(
        &mut self,
        count: usize,
        out: usize,
        set: usize,
    ) -> Result<(), RunError> {
        let base = set * self.groups();
        let mut pairs = 0;
        for i in 0..count {
            let place = self.scratch.get(i).copied().ok_or(RunError::Internal)?;
            if self.present(set)?.contains(place as usize) {
                self.pair(pairs, out + i, base + place as usize)?;
                pairs += 1;
            }
        }
        self.merge_lists(pairs)
    }

    fn pair(&mut self, at: usize, into: usize, from: usize) -> Result<(), RunError> {
        *self.slots.get_mut(at).ok_or(RunError::Internal)? = into as u32;
        *self.from.get_mut(at).ok_or(RunError::Internal)? = from as u32;
        Ok(())
    }

    pub(super) fn clear_running(&mut self) -> Result<(), RunError> {
        self.clear_set(self.layout().panes as usize)
    }

    /// The sets, besides a row's own pane, that hold what was merged from that pane.
    pub(in super::super) fn merged_from(
        &self,
        p: &Panes,
        pane: i64,
    ) -> (core::ops::Range<i64>, bool) {
        let p = Self::own(p);
        let none = (0..0, false);
        if pane >= self.progress.merged || self.progress.merged == NEW {
            return none;
        }
        match self.combine() {
            Combine::Stacks(_) if pane < self.progress.front => (self.progress.low..pane, false),
            Combine::Stacks(_) => (0..0, true),
            Combine::Running(_) => (0..0, pane >= p.first(self.progress.window)),
            _ => none,
        }
    }
}
