//! Windows from panes: which groups leave with a window, and in which slots their results are.

mod forget;
mod merge;

use crate::error::RunError;
use crate::plan::EmitMode;
use crate::plan::layout::Combine;
use crate::plan::uses::Uses;
use crate::time::panes::Panes;

use super::bits;
use super::groups::{CHANGES, NOTHING, ONE, Table};
use super::stage::only;
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

impl<U: Uses> Table<'_, U> {
    /// The panes of a known plan's only stage, or those given.
    #[inline(always)]
    pub(super) fn own(given: &Panes) -> &Panes {
        match only::<U>() {
            Some((stage, _)) => stage.window.as_ref().map_or(given, |window| &window.panes),
            None => given,
        }
    }

    /// Whether groups leave as they change: with their window only those do that changed since.
    pub(super) fn emits_changes(&self) -> bool {
        self.entry().emit != EmitMode::Final
    }

    /// Notes where the watermark starts: before it no window is open, and none before `first`.
    pub(super) fn begin(&mut self, p: &Panes, bound: i64, first: i64) {
        let p = Self::own(p);
        let progress = &mut *self.progress;
        progress.window = p.open(bound).max(first);
        progress.low = p.first(p.taking(bound).max(first));
        progress.high = progress.low;
        progress.front = NEW;
        progress.merged = NEW;
    }

    /// Lets the groups leave that changed, from window `from` on, and then windows if `closes` says
    /// so: those that end at or before that pane.
    pub(super) fn leave_changes(&mut self, from: i64, closes: i64) {
        self.progress.job = CHANGES;
        self.progress.cursor = 0;
        self.progress.until = from;
        self.progress.closes = closes;
    }

    /// All that changed has left, or what made room.
    pub(super) fn end_changes(&mut self) {
        let low = self.progress.low;
        // Behind what made room, others may have changed.
        let from = match self.combine() {
            _ if !self.makes_room() || !self.layout().notes_changes => None,
            Combine::Pane(p) | Combine::Each(p) => Some(p.open(low)),
            Combine::Sessions => Some(low),
            _ => None,
        };
        match (self.progress.closes, from) {
            (NEW, _) => self.progress.job = NOTHING,
            (until, Some(from)) => self.leave_changes(from, until),
            (until, None) => {
                self.progress.job = NOTHING;
                self.progress.close(until);
            }
        }
    }

    /// Goes to the next window of which groups leave; false once all have.
    pub(super) fn next_window(&mut self, p: &Panes) -> Result<bool, RunError> {
        let p = Self::own(p);
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
            let running = matches!(self.combine(), Combine::Running(_));
            if running && p.first(window.saturating_add(1)) == end {
                self.clear_running()?;
            }
        }
    }

    /// Goes to the next window, or pane, of which changed groups leave; false once all have.
    /// `closed`: only of windows that end at or before that pane.
    pub(super) fn next_change(&mut self, p: &Panes, bound: i64) -> Result<bool, RunError> {
        let p = Self::own(p);
        // The walk goes over windows; of Combine::Pane these are panes.
        loop {
            let window = self.progress.until;
            let late_only = !self.emits_changes() && p.end(window) > bound;
            if p.first(window) >= self.progress.high || late_only {
                for pane in self.progress.low..self.progress.high {
                    self.changed(p.ring(pane))?.clear();
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
        if from >= self.groups() {
            return Ok(None);
        }
        let p = Self::own(p);
        if let Some(set) = self.set_of_window(p, window) {
            return Ok(match self.lists_changes() {
                true => self.changed(set)?.next(from),
                false => self.present(set)?.next(from),
            });
        }
        let mut place = [0];
        let (count, _) = self.list_places(p, window, from, &mut place)?;
        Ok((count > 0).then_some(place[0] as usize))
    }

    /// The set of a window's groups, where it is one.
    fn set_of_window(&self, p: &Panes, window: i64) -> Option<usize> {
        let p = Self::own(p);
        match self.combine() {
            Combine::Pane(_) | Combine::Stacks(_) => Some(p.ring(p.first(window))),
            Combine::Running(_) => Some(self.layout().panes as usize),
            Combine::Each(_) | Combine::Whole | Combine::Sessions => None,
        }
    }

    /// Whether only groups leave that changed.
    fn lists_changes(&self) -> bool {
        matches!(self.combine(), Combine::Pane(_) | Combine::Each(_))
            && (self.job() == CHANGES || self.emits_changes())
    }

    /// Lists the groups of a window from place `from` on: how many, and where to go on.
    fn list_places(
        &self,
        p: &Panes,
        window: i64,
        from: usize,
        places: &mut [u32],
    ) -> Result<(usize, usize), RunError> {
        let p = Self::own(p);
        let (words, groups) = (self.sets(self.lists_changes()), self.groups());
        Ok(match self.set_of_window(p, window) {
            Some(set) => bits::list(words, groups, core::iter::once(set), from, places),
            None => {
                let sets = self.held_of(p, window).map(|pane| p.ring(pane));
                bits::list(words, groups, sets, from, places)
            }
        })
    }

    /// The panes of a window that may hold rows.
    fn held_of(&self, p: &Panes, window: i64) -> core::ops::Range<i64> {
        let p = Self::own(p);
        p.first(window).max(self.progress.low)..p.end(window).min(self.progress.high)
    }

    /// Fills the lists with the next groups of the window, at most `max`.
    pub(super) fn leave_window(&mut self, p: &Panes, max: usize) -> Result<Leaving, RunError> {
        let p = Self::own(p);
        let changing = self.job() == CHANGES;
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
        match self.set_of_window(p, window) {
            Some(set) => self.list_slots(count, set * groups)?,
            None => {
                let out = self.layout().panes as usize * groups;
                self.list_out(count, out)?;
                self.reset_run(count)?;
                for pane in self.held_of(p, window) {
                    self.merge_out(count, out, p.ring(pane))?;
                }
                self.list_out(count, out)?;
            }
        }
        Ok(Leaving { count, start: p.start(p.first(window)), end: p.start(p.end(window)), window })
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

    /// Where the row that a window's group left with is kept.
    pub(super) fn left_slot(&self, p: &Panes, window: i64, place: u32) -> u32 {
        let p = Self::own(p);
        // The windows that are put together from panes are more than these.
        let window = match self.combine() {
            Combine::Pane(_) => p.first(window),
            _ => window,
        };
        (p.ring(window) * self.groups()).wrapping_add(place as usize) as u32
    }

    /// Whether anything is on its way out.
    pub(super) fn is_busy(&self) -> bool {
        self.progress.job != NOTHING
    }

    /// Whether that is one group that makes room.
    pub(super) fn makes_room(&self) -> bool {
        self.job() == ONE
    }
}
