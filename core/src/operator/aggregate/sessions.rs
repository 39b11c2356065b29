//! Folding rows into sessions and windows by state, and letting these leave.

use crate::counters::Counters;
use crate::error::RunError;
use crate::expr::frame::Frame;
use crate::plan::{OnFull, WindowShape};

use super::super::groups::{CHANGES, CLOSING, LATE, NO_GROUP, ONE};
use super::super::keys;
use super::super::sessions::{Reached, Rule};
use super::{Aggregate, Folded};
use crate::plan::uses::Uses;

impl<U: Uses> Aggregate<'_, U> {
    #[allow(clippy::too_many_arguments)]
    pub(super) fn update_sessions(
        &mut self,
        frame: &Frame<'_, U>,
        lone: Option<keys::Lone<'_>>,
        count: usize,
        rule: &Rule,
        by_state: bool,
        time: impl Fn(usize) -> i64,
        counters: &mut Counters,
    ) -> Result<Folded, RunError> {
        let keyless = self.table.layout().key_words == 0;
        let conditions = match self.window().map(|window| window.shape) {
            Some(WindowShape::State { begin, end, .. }) => {
                Some((frame.get(begin)?, frame.get(end)?))
            }
            _ => None,
        };
        let mut done = 0;
        // Rows before this one have a place for their keys.
        let mut placed = if keyless { count } else { 0 };
        let mut folded = Folded::All;
        if keyless {
            self.table.batch_groups.get_mut(..count).ok_or(RunError::Internal)?.fill(0);
        }
        while done < count {
            if done == placed {
                placed += self.table.find(lone, done, count)?;
            }
            let (mut late, mut outside) = (0, 0);
            let (reached, merges) = match &conditions {
                Some((begin, end)) => {
                    let reached = self.table.put_into_states(
                        begin,
                        end,
                        &time,
                        done,
                        placed,
                        &mut outside,
                    )?;
                    (reached, 0)
                }
                None => self.table.put_into_sessions(rule, &time, done, placed, &mut late)?,
            };
            counters.late += late;
            counters.filtered += outside;
            let end = match reached {
                Reached::End => placed,
                Reached::Row(row) | Reached::Merge(row) => row,
            };
            self.table.merged_sessions(merges)?;
            self.fold_sessions(frame, done, end)?;
            done = end;
            if done == count {
                break;
            }
            // The row needs a place for its key, or a session. What the merges released may do.
            if merges > 0 || matches!(reached, Reached::Merge(_)) {
                continue;
            }
            if !keyless {
                // Places found for later rows may be taken away.
                placed = done;
            }
            if reached == Reached::End && self.reclaim()? {
                continue;
            }
            // Sessions that wait for late rows go first, but not with rows that have not left.
            let makes_room =
                matches!(self.table.entry().on_full, OnFull::EvictOldest | OnFull::CloseOldest);
            if makes_room && rule.lateness > 0 && self.table.changed(0)?.next(0).is_some() {
                self.emit_changes(0);
                folded = Folded::Leaves(done);
                break;
            }
            let oldest_leaves = match self.table.entry().on_full {
                OnFull::Error => {
                    folded = Folded::Full(done);
                    break;
                }
                OnFull::DropNew => {
                    self.drop_row(done, counters)?;
                    done += 1;
                    placed = placed.max(done);
                    continue;
                }
                OnFull::EvictOldest => {
                    let before = self.table.progress.evicted;
                    let evicted = self.table.evict_session(rule, by_state)?;
                    counters.evicted += self.table.progress.evicted - before;
                    !evicted
                }
                OnFull::CloseOldest => true,
            };
            if oldest_leaves {
                if by_state {
                    self.table.end_oldest_state()?;
                }
                self.table.progress.job = ONE;
                folded = Folded::Leaves(done);
                break;
            }
        }
        if folded == Folded::All && by_state {
            // Any pane will do: what has ended leaves.
            self.close(0, 0)?;
        }
        Ok(folded)
    }

    /// Folds rows `from..to`, which have sessions.
    fn fold_sessions(
        &mut self,
        frame: &Frame<'_, U>,
        from: usize,
        to: usize,
    ) -> Result<(), RunError> {
        if from == to {
            return Ok(());
        }
        self.table.progress.rows += (to - from) as u64;
        for row in from..to {
            let id = self.table.batch_groups.get(row).copied().unwrap_or(NO_GROUP);
            if id < LATE {
                self.table.present(0)?.insert(id as usize);
            }
        }
        self.fold(frame, to, None)?;
        self.note(to, i64::MAX)?;
        // They are done with: another round of this batch must not fold them again.
        for group in self.table.batch_groups.get_mut(..to).ok_or(RunError::Internal)? {
            if *group != LATE {
                *group = NO_GROUP;
            }
        }
        Ok(())
    }

    /// Whether a row came too late for its session.
    pub(crate) fn is_late(&self, row: usize) -> bool {
        self.table.batch_groups.get(row) == Some(&LATE)
    }

    /// Sessions that are due before this leave: where the watermark is, or all.
    pub(super) fn due_before(&self, rule: &Rule, by_state: bool) -> i64 {
        let all = by_state || self.table.makes_room() || self.table.progress.until == i64::MAX;
        if all { i64::MAX } else { rule.watermark }
    }

    pub(super) fn leave_sessions(
        &mut self,
        frame: &mut Frame<'_, U>,
        rule: &Rule,
        by_state: bool,
        max: usize,
        same: impl Fn(i64, i64) -> bool,
        counters: &mut Counters,
    ) -> Result<usize, RunError> {
        let job = self.table.job();
        let limit = self.due_before(rule, by_state);
        let count = if job == CHANGES {
            self.table.list_changed(!self.table.emits_changes(), max)?
        } else {
            let most = if job == ONE { 1 } else { max };
            self.table.leave_due(rule, by_state, limit, most, same)?
        };
        if job == CLOSING && self.table.emits_changes() {
            // They have left with their last change.
            if rule.lateness == 0 || limit == i64::MAX {
                self.table.forget_sessions(count)?;
            }
            return Ok(0);
        }
        self.fill_sessions(frame, count, if by_state { 0 } else { rule.gap })?;
        self.table.write_results(frame, count, counters)?;
        Ok(count)
    }

    fn fill_sessions(
        &mut self,
        frame: &mut Frame<'_, U>,
        count: usize,
        gap: i64,
    ) -> Result<(), RunError> {
        let [start, end] = *self.window_results() else { return Err(RunError::Internal) };
        for (register, is_end) in [(start, false), (end, true)] {
            let (mut dst, _) = frame.split(register)?;
            let times = dst.of::<i64>(count)?;
            for (time, id) in times.iter_mut().zip(&*self.table.slots) {
                let session = self.table.sessions.get(*id as usize).ok_or(RunError::Internal)?;
                *time = if is_end { session.last.saturating_add(gap) } else { session.start };
            }
        }
        Ok(())
    }
}
