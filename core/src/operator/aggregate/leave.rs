//! Letting groups leave: which are next, their results, and what is forgotten once they are written.

use crate::counters::Counters;
use crate::error::RunError;
use crate::expr::frame::Frame;
use crate::plan::layout::Combine;
use crate::plan::op::RegisterId;
use crate::plan::uses::{self, Uses};
use crate::time::panes::Panes;

use super::super::groups::{CHANGES, NO_GROUP, NOTHING, ONE, Table};
use super::super::panes::Leaving;
use super::Aggregate;

impl<'a, U: Uses> Aggregate<'a, U> {
    /// The time of the window that leaves next, for the stage behind.
    pub(crate) fn next_window(&mut self, watermark: i64) -> Result<(i64, i64), RunError> {
        if let Some((rule, by_state)) = self.sessions(watermark) {
            let id = self.table.first_due(&rule, by_state, i64::MAX)?.ok_or(RunError::Internal)?;
            let session = self.table.sessions.get(id as usize).ok_or(RunError::Internal)?;
            return Ok((session.start, session.last.saturating_add(rule.gap)));
        }
        let Some(p) = self.panes() else { return Ok((0, 0)) };
        let window = self.table.progress.window;
        Ok((p.start(p.first(window)), p.start(p.end(window))))
    }

    /// Whether groups are on their way out; goes to the next window of which some are.
    pub(crate) fn is_leaving(&mut self, bound: i64, watermark: i64) -> Result<bool, RunError> {
        if !self.table.is_busy() {
            return Ok(false);
        }
        if let Some((rule, by_state)) = self.sessions(watermark) {
            let job = self.table.job();
            let limit = self.due_before(&rule, by_state);
            let more = match job {
                CHANGES => {
                    let from = self.table.progress.cursor as usize;
                    self.table.changed(0)?.next(from).is_some()
                }
                _ => self.table.first_due(&rule, by_state, limit)?.is_some(),
            };
            if !more && job == CHANGES {
                self.table.end_changes();
                return self.is_leaving(bound, watermark);
            }
            if !more {
                self.table.progress.job = NOTHING;
            }
            return Ok(more);
        }
        let Some(p) = self.panes() else { return self.is_whole_leaving() };
        match self.table.job() {
            ONE => self.next_of_one(p),
            CHANGES => {
                let more = self.table.next_change(p, bound)?;
                Ok(more || self.table.is_busy() && self.table.next_window(p)?)
            }
            _ => self.table.next_window(p),
        }
    }

    /// Whether, without windows, groups leave only if they changed. (The one group of a query without keys is there
    /// without rows too.)
    fn leaves_changes(&self) -> bool {
        let empty = self.table.layout().key_words == 0 && self.table.progress.rows == 0;
        self.table.emits_changes() && !empty
    }

    fn is_whole_leaving(&mut self) -> Result<bool, RunError> {
        let from = self.table.progress.cursor as usize;
        let more = match self.table.job() {
            ONE => true,
            job if job == CHANGES || self.leaves_changes() => {
                self.table.changed(0)?.next(from).is_some()
            }
            _ if self.table.layout().key_words == 0 => from == 0,
            _ => self.table.present(0)?.next(from).is_some(),
        };
        if !more {
            self.table.progress.job = NOTHING;
        }
        Ok(more)
    }

    /// The next pane that holds the one group that leaves to make room.
    fn next_of_one(&mut self, p: &Panes) -> Result<bool, RunError> {
        let p = Table::<U>::own(p);
        let place = self.table.progress.cursor as usize;
        while self.table.progress.until < self.table.progress.high {
            if self.table.present(p.ring(self.table.progress.until))?.contains(place) {
                return Ok(true);
            }
            self.table.progress.until += 1;
        }
        self.make_room(place)?;
        Ok(false)
    }

    /// Writes the results of the next groups, at most `max`, to their registers, and returns how
    /// many they are. All are of one window, or `same` says that their windows' ends agree.
    pub(crate) fn leave(
        &mut self,
        frame: &mut Frame<'_, U>,
        max: usize,
        watermark: i64,
        same: impl Fn(i64, i64) -> bool,
        counters: &mut Counters,
    ) -> Result<usize, RunError> {
        if let Some((rule, by_state)) = self.sessions(watermark) {
            return self.leave_sessions(frame, &rule, by_state, max, same, counters);
        }
        let Some(p) = self.panes() else { return self.leave_whole(frame, max, counters) };
        let leaving = if self.table.makes_room() {
            let pane = self.table.progress.until;
            *self.table.scratch.get_mut(0).ok_or(RunError::Internal)? = self.table.progress.cursor;
            self.table.list_slots(1, p.ring(pane) * self.table.groups())?;
            self.table.progress.until += 1;
            Leaving { count: 1, start: p.start(pane), end: p.start(pane + 1), window: pane }
        } else {
            self.table.leave_window(p, max)?
        };
        let count = leaving.count;
        self.fill_window(frame, count, (leaving.start, leaving.end))?;
        self.table.write_results(frame, count, counters)?;
        let job = self.table.job();
        let changes = job == CHANGES || self.table.emits_changes();
        if changes && job != ONE && matches!(self.table.combine(), Combine::Pane(_)) {
            let set = p.ring(p.at(leaving.start));
            for i in 0..count {
                let place = self.table.from.get(i).copied().unwrap_or(NO_GROUP) as usize;
                self.table.changed(set)?.remove(place);
            }
        }
        if self.table.retracts() {
            // In `scratch`, where each row's last one is kept.
            for i in 0..count {
                let place = self.table.from.get(i).copied().ok_or(RunError::Internal)?;
                *self.table.scratch.get_mut(i).ok_or(RunError::Internal)? =
                    self.table.left_slot(p, leaving.window, place);
            }
        }
        Ok(count)
    }

    /// Forgets groups that have left for good: after [`leave`](Self::leave), once their rows are
    /// written.
    pub(crate) fn left(&mut self, count: usize, watermark: i64) -> Result<(), RunError> {
        let job = self.table.job();
        if let Some((rule, by_state)) = self.sessions(watermark) {
            if job == CHANGES {
                self.table.taken_back(count)?;
            } else if rule.lateness == 0 || self.due_before(&rule, by_state) == i64::MAX {
                self.table.forget_sessions(count)?;
            }
            if job == ONE {
                self.table.end_changes();
            }
            return Ok(());
        }
        match self.panes() {
            Some(p) => self.table.left_window(p, count),
            None if job == ONE => {
                let place = self.table.progress.cursor as usize;
                self.make_room(place)
            }
            None => Ok(()),
        }
    }

    /// What a retraction needs: where the rows are that groups left with, and the list of those of
    /// the `count` groups that leave now.
    pub(crate) fn left_rows(&mut self, count: usize) -> Option<(&[u32], &mut [u8])> {
        if !self.table.retracts() {
            return None;
        }
        let slots = match self.table.combine() {
            Combine::Whole => self.table.slots.get(..count)?,
            _ => self.table.scratch.get(..count)?,
        };
        Some((slots, self.table.left))
    }

    fn leave_whole(
        &mut self,
        frame: &mut Frame<'_, U>,
        max: usize,
        counters: &mut Counters,
    ) -> Result<usize, RunError> {
        let leaves_changes = self.leaves_changes();
        let table = &mut self.table;
        let mut count = 0;
        let mut at = table.progress.cursor as usize;
        let changes = table.job() == CHANGES || leaves_changes;
        if table.job() == ONE || table.layout().key_words == 0 && !changes {
            *table.scratch.get_mut(0).ok_or(RunError::Internal)? = table.progress.cursor;
            (count, at) = (1, at + 1);
        } else {
            while count < max
                && let Some(place) =
                    if changes { table.changed(0)? } else { table.present(0)? }.next(at)
            {
                if changes {
                    table.changed(0)?.remove(place);
                }
                *table.scratch.get_mut(count).ok_or(RunError::Internal)? = place as u32;
                count += 1;
                at = place + 1;
            }
        }
        table.list_slots(count, 0)?;
        table.write_results(frame, count, counters)?;
        if table.job() != ONE {
            table.progress.cursor = at as u32;
        }
        Ok(count)
    }

    pub(super) fn window_results(&self) -> &'a [RegisterId] {
        self.table.entry().window_results.of(uses::plan::<U>(self.table.plan).lists)
    }

    fn fill_window(
        &mut self,
        frame: &mut Frame<'_, U>,
        count: usize,
        (from, to): (i64, i64),
    ) -> Result<(), RunError> {
        if let [start, end] = *self.window_results() {
            for (register, time) in [(start, from), (end, to)] {
                frame.split(register)?.0.of::<i64>(count)?.fill(time);
            }
        }
        Ok(())
    }
}
