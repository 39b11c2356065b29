//! Windows from panes: which groups leave with a window, and in which slots their results are.
//!
//! A record goes to one pane. A sliding window is put together from its panes by two stacks (the
//! queue of two stacks, applied to windows by Tangwongsan, Hirzel, Schneider: "Low-latency
//! sliding-window aggregation in worst-case constant time", DEBS 2017, section 2): panes before
//! `front` have been merged from the right, so that each holds what the panes from it up to
//! `front` hold; panes from there to `merged` are in the running pane. A window is then its first
//! pane and the running pane, whatever the aggregate. Once the window has moved past `front` the
//! panes in it are merged from the right again. So each pane is merged twice, and nothing is ever
//! subtracted: sums of floats don't drift.

use crate::error::RunError;
use crate::plan::EmitMode;
use crate::plan::layout::{Combine, left_bytes};
use crate::time::panes::Panes;

use super::bits;
use super::groups::{CHANGES, CLOSING, NOTHING, ONE, Table};
use super::window::NEW;

/// Groups that leave together: those in list `from`, their results in list `slots`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Leaving {
    /// How many.
    pub(super) count: usize,
    /// The window's first microsecond, or row.
    pub(super) start: i64,
    /// The one behind its last.
    pub(super) end: i64,
    /// Its number, of windows of panes.
    pub(super) window: i64,
}

/// The place of a pane in the ring.
pub(super) fn ring(p: &Panes, pane: i64) -> usize {
    pane.checked_rem_euclid(p.held()).map_or(0, |place| place as usize)
}

impl Table<'_> {
    /// Whether only groups that changed leave with a window.
    fn leaves_changes(&self) -> bool {
        self.entry.emit != EmitMode::Final
    }

    /// Whether a window's groups are forgotten as they leave.
    fn forgets(&self, p: &Panes) -> bool {
        matches!(self.layout.combine, Combine::Pane(_)) && p.lateness == 0 && !self.leaves_changes()
    }

    /// Notes where the watermark starts: before it no window is open, and none before `first`.
    pub(super) fn begin(&mut self, p: &Panes, bound: i64, first: i64) {
        let progress = &mut *self.progress;
        progress.window = p.open(bound).max(first);
        progress.low = p.first(p.taking(bound).max(first));
        progress.high = progress.low;
        progress.front = NEW;
        progress.merged = NEW;
    }

    /// Lets the windows leave that end at or before pane `until`.
    pub(super) fn close(&mut self, until: i64) {
        self.progress.job = CLOSING;
        self.progress.cursor = 0;
        self.progress.until = until;
        self.progress.closes = NEW;
    }

    /// Lets the groups leave that changed, from window `from` on, and then windows if `closes` says
    /// so: those that end at or before that pane.
    pub(super) fn leave_changes(&mut self, from: i64, closes: i64) {
        self.progress.job = CHANGES;
        self.progress.cursor = 0;
        self.progress.until = from;
        self.progress.closes = closes;
    }

    /// Lets more windows leave behind what leaves now.
    pub(super) fn also_close(&mut self, until: i64) {
        let progress = &mut *self.progress;
        match progress.job {
            CLOSING => progress.until = progress.until.max(until),
            _ => progress.closes = progress.closes.max(until),
        }
    }

    /// All that changed has left, or what made room.
    pub(super) fn end_changes(&mut self) {
        let low = self.progress.low;
        // Behind what made room, others may have changed.
        let from = match self.layout.combine {
            _ if !self.makes_room() || !self.layout.notes_changes => None,
            Combine::Pane(p) | Combine::Each(p) => Some(p.open(low)),
            Combine::Sessions => Some(low),
            _ => None,
        };
        match (self.progress.closes, from) {
            (NEW, _) => self.progress.job = NOTHING,
            (until, Some(from)) => self.leave_changes(from, until),
            (until, None) => self.close(until),
        }
    }

    /// Goes to the next window of which groups leave; false once all have.
    pub(super) fn next_window(&mut self, p: &Panes) -> Result<bool, RunError> {
        loop {
            let (window, until) = (self.progress.window, self.progress.until);
            let none = window == NEW || p.first(window) >= self.progress.high;
            if none || p.end(window) > until {
                let ends = until == i64::MAX;
                if !ends && window != NEW {
                    self.progress.window = window.max(p.open(until));
                }
                let low = if ends { self.progress.high } else { p.first(p.taking(until)) };
                self.drop_panes(p, low)?;
                self.progress.job = NOTHING;
                return Ok(false);
            }
            if self.progress.cursor == 0 {
                self.put_together(p, window)?;
            }
            if self.next_place(p, window, self.progress.cursor as usize)?.is_some() {
                return Ok(true);
            }
            self.progress.cursor = 0;
            self.progress.window = window.saturating_add(1);
            let end = p.end(window);
            let taking = p.taking(end);
            self.drop_panes(p, p.first(taking))?;
            self.forget_left(p, taking.saturating_sub(1))?;
            let running = matches!(self.layout.combine, Combine::Running(_));
            if running && p.first(window.saturating_add(1)) == end {
                self.clear_running()?;
            }
        }
    }

    /// Goes to the next window, or pane, of which changed groups leave; false once all have.
    /// `closed`: only of windows that end at or before that pane.
    pub(super) fn next_change(&mut self, p: &Panes, bound: i64) -> Result<bool, RunError> {
        // The walk goes over windows; of Combine::Pane these are panes.
        loop {
            let window = self.progress.until;
            let late_only = !self.leaves_changes() && p.end(window) > bound;
            if p.first(window) >= self.progress.high || late_only {
                for pane in self.progress.low..self.progress.high {
                    let mut set = self.changed(ring(p, pane))?;
                    let mut at = 0;
                    while let Some(place) = set.next(at) {
                        set.remove(place);
                        at = place + 1;
                    }
                }
                self.end_changes();
                return Ok(false);
            }
            if self.next_place(p, window, self.progress.cursor as usize)?.is_some() {
                return Ok(true);
            }
            self.progress.cursor = 0;
            self.progress.until = window.saturating_add(1);
        }
    }

    /// The next group of a window, from place `from` on.
    fn next_place(
        &mut self,
        p: &Panes,
        window: i64,
        from: usize,
    ) -> Result<Option<usize>, RunError> {
        let mut place = [0];
        let (count, _) = self.list_places(p, window, from, &mut place)?;
        Ok((count > 0).then_some(place[0] as usize))
    }

    /// Lists the groups of a window from place `from` on: how many, and where to go on.
    fn list_places(
        &self,
        p: &Panes,
        window: i64,
        from: usize,
        places: &mut [u32],
    ) -> Result<(usize, usize), RunError> {
        let running = self.layout.panes as usize;
        let first = p.first(window);
        let (panes, also) = match self.layout.combine {
            Combine::Whole | Combine::Sessions => return Err(RunError::Internal),
            Combine::Pane(_) => (first..first.saturating_add(1), None),
            Combine::Running(_) => (0..0, Some(running)),
            Combine::Stacks(_) => (first..first.saturating_add(1), Some(running)),
            Combine::Each(_) => (self.held_of(p, window), None),
        };
        let changes = match self.layout.combine {
            Combine::Pane(_) | Combine::Each(_) => {
                self.progress.job == CHANGES || self.leaves_changes()
            }
            _ => false,
        };
        let sets = panes.map(|pane| ring(p, pane)).chain(also);
        Ok(bits::list(self.sets(changes), self.groups(), sets, from, places))
    }

    /// The panes of a window that may hold rows.
    fn held_of(&self, p: &Panes, window: i64) -> core::ops::Range<i64> {
        p.first(window).max(self.progress.low)..p.end(window).min(self.progress.high)
    }

    /// Fills the lists with the next groups of the window, at most `max`.
    pub(super) fn leave_window(&mut self, p: &Panes, max: usize) -> Result<Leaving, RunError> {
        let changing = self.progress.job == CHANGES;
        let window = if changing { self.progress.until } else { self.progress.window };
        let places = core::mem::take(&mut self.scratch);
        let most = max.min(places.len());
        let listed = match places.get_mut(..most) {
            Some(list) => self.list_places(p, window, self.progress.cursor as usize, list),
            None => Err(RunError::Internal),
        };
        self.scratch = places;
        let (count, next) = listed?;
        self.progress.cursor = next as u32;
        let groups = self.groups();
        match self.layout.combine {
            Combine::Whole | Combine::Sessions => return Err(RunError::Internal),
            Combine::Pane(_) => self.list_slots(count, ring(p, p.first(window)) * groups)?,
            Combine::Running(_) => self.list_slots(count, self.layout.panes as usize * groups)?,
            Combine::Stacks(_) => {
                let running = self.layout.panes as usize;
                let out = (running + 1) * groups;
                self.list_out(count, out)?;
                self.reset_run(count)?;
                self.merge_out(count, out, ring(p, p.first(window)))?;
                self.merge_out(count, out, running)?;
                self.list_out(count, out)?;
            }
            Combine::Each(_) => {
                let out = self.layout.panes as usize * groups;
                self.list_out(count, out)?;
                self.reset_run(count)?;
                for pane in self.held_of(p, window) {
                    self.merge_out(count, out, ring(p, pane))?;
                }
                self.list_out(count, out)?;
            }
        }
        Ok(Leaving { count, start: p.start(p.first(window)), end: p.start(p.end(window)), window })
    }

    /// Forgets the groups that have left with their window, if nothing else needs them.
    pub(super) fn left_window(&mut self, p: &Panes, count: usize) -> Result<(), RunError> {
        if !self.forgets(p) || self.progress.job != CLOSING {
            return Ok(());
        }
        self.reset_run(count)?;
        let set = ring(p, p.first(self.progress.window));
        let left = self.from.get(..count).unwrap_or(&[]);
        if let (Some(&first), Some(&last)) = (left.first(), left.last()) {
            self.present(set)?.remove_all(first as usize, last as usize);
        }
        self.directory().0.loosen();
        Ok(())
    }

    /// The slots of the places in `scratch`: `base` further on.
    pub(super) fn list_slots(&mut self, count: usize, base: usize) -> Result<(), RunError> {
        let places = self.scratch.get(..count).ok_or(RunError::Internal)?;
        for ((slot, from), place) in self.slots.iter_mut().zip(&mut *self.from).zip(places) {
            *slot = place.wrapping_add(base as u32);
            *from = *place;
        }
        Ok(())
    }

    /// The slots from `out` on, for the places in `scratch`.
    fn list_out(&mut self, count: usize, out: usize) -> Result<(), RunError> {
        let places = self.scratch.get(..count).ok_or(RunError::Internal)?;
        let slots = self.slots.iter_mut().zip(&mut *self.from);
        for (((slot, from), place), out) in slots.zip(places).zip(out..) {
            *slot = out as u32;
            *from = *place;
        }
        Ok(())
    }

    /// Merges those of the places in `scratch` that are in a set into the slots from `out` on.
    fn merge_out(&mut self, count: usize, out: usize, set: usize) -> Result<(), RunError> {
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

    /// Makes a window's results ready.
    fn put_together(&mut self, p: &Panes, window: i64) -> Result<(), RunError> {
        let (first, end) = (p.first(window), p.end(window));
        let running = self.layout.panes as usize;
        if self.progress.merged == NEW {
            self.progress.merged = first;
            self.progress.front = first;
        }
        match self.layout.combine {
            Combine::Stacks(_) if self.progress.merged < end => {
                let high = end.min(self.progress.high);
                if first >= self.progress.front {
                    for pane in (first..high.saturating_sub(1)).rev() {
                        self.merge_sets(ring(p, pane), ring(p, pane + 1))?;
                    }
                    self.clear_running()?;
                    self.progress.front = end;
                } else {
                    for pane in self.progress.merged..high {
                        self.merge_sets(running, ring(p, pane))?;
                    }
                }
                self.progress.merged = end;
            }
            Combine::Running(_) if self.progress.merged < end => {
                for pane in self.progress.merged.max(first)..end.min(self.progress.high) {
                    self.merge_sets(running, ring(p, pane))?;
                }
                self.progress.merged = end;
            }
            _ => {}
        }
        Ok(())
    }

    /// Merges the groups of one set into another.
    fn merge_sets(&mut self, into: usize, from: usize) -> Result<(), RunError> {
        let groups = self.groups();
        let most = self.slots.len();
        let mut at = 0;
        loop {
            let mut pairs = 0;
            while pairs < most
                && let Some(place) = self.present(from)?.next(at)
            {
                at = place + 1;
                self.present(into)?.insert(place);
                self.pair(pairs, into * groups + place, from * groups + place)?;
                pairs += 1;
            }
            if pairs == 0 {
                return Ok(());
            }
            self.merge_lists(pairs)?;
        }
    }

    fn clear_running(&mut self) -> Result<(), RunError> {
        self.clear_set(self.layout.panes as usize)
    }

    /// Makes the groups of a set new.
    fn clear_set(&mut self, set: usize) -> Result<(), RunError> {
        let groups = self.groups();
        let most = self.slots.len();
        let mut at = 0;
        loop {
            let mut count = 0;
            while count < most
                && let Some(place) = self.present(set)?.next(at)
            {
                at = place + 1;
                self.present(set)?.remove(place);
                *self.slots.get_mut(count).ok_or(RunError::Internal)? =
                    (set * groups + place) as u32;
                count += 1;
            }
            if count == 0 {
                return Ok(());
            }
            self.reset_run(count)?;
        }
    }

    /// Forgets the panes before `low`.
    fn drop_panes(&mut self, p: &Panes, low: i64) -> Result<(), RunError> {
        for pane in self.progress.low..low.min(self.progress.high) {
            let set = ring(p, pane);
            self.clear_set(set)?;
            if self.layout.notes_changes {
                let mut changed = self.changed(set)?;
                let mut at = 0;
                while let Some(place) = changed.next(at) {
                    changed.remove(place);
                    at = place + 1;
                }
            }
            self.directory().0.loosen();
        }
        self.progress.low = self.progress.low.max(low);
        Ok(())
    }

    /// Where the row that a window's group left with is kept.
    pub(super) fn left_slot(&self, p: &Panes, window: i64, place: u32) -> u32 {
        // The windows that are put together from panes are more than these.
        let window = match self.layout.combine {
            Combine::Pane(_) => p.first(window),
            _ => window,
        };
        (ring(p, window) * self.groups()).wrapping_add(place as usize) as u32
    }

    /// Forgets the rows that the groups of a window left with.
    fn forget_left(&mut self, p: &Panes, window: i64) -> Result<(), RunError> {
        if self.left.is_empty() || !matches!(self.layout.combine, Combine::Each(_)) {
            return Ok(());
        }
        let stride = left_bytes(self.plan) as usize;
        let groups = self.groups() * stride;
        let start = ring(p, window) * groups;
        let left = self.left.get_mut(start..start + groups).ok_or(RunError::Internal)?;
        for row in left.chunks_exact_mut(stride.max(1)) {
            if let Some(known) = row.first_mut() {
                *known = 0;
            }
        }
        Ok(())
    }

    /// The sets, besides a row's own pane, that hold what was merged from that pane.
    pub(super) fn merged_from(&self, p: &Panes, pane: i64) -> (core::ops::Range<i64>, bool) {
        let none = (0..0, false);
        if pane >= self.progress.merged || self.progress.merged == NEW {
            return none;
        }
        match self.layout.combine {
            Combine::Stacks(_) if pane < self.progress.front => (self.progress.low..pane, false),
            Combine::Stacks(_) => (0..0, true),
            Combine::Running(_) => (0..0, pane >= p.first(self.progress.window)),
            _ => none,
        }
    }

    /// Whether anything is on its way out.
    pub(super) const fn is_busy(&self) -> bool {
        !matches!(self.progress.job, NOTHING)
    }

    /// Whether that is one group that makes room.
    pub(super) const fn makes_room(&self) -> bool {
        self.progress.job == ONE
    }
}
