//! Which sessions leave: those that are due, those that changed, and the one that makes room.

use crate::error::RunError;

use super::super::groups::Table;
use super::super::retract::TAKEN_BACK;
use super::{GONE, LEFT, Rule};
use crate::plan::uses::Uses;

impl<U: Uses> Table<'_, U> {
    /// The session that is due first, if it is before `limit`, with its end as it is now. Those
    /// that have left and wait no longer are released on the way.
    pub(in super::super) fn first_due(
        &mut self,
        rule: &Rule,
        by_state: bool,
        limit: i64,
    ) -> Result<Option<u32>, RunError> {
        self.next_due(rule, by_state, limit, true)
    }

    /// The same up to a session that waits no longer, unless it can be released: it may be one that
    /// was just listed to leave, and must not be forgotten before it has.
    fn next_due(
        &mut self,
        rule: &Rule,
        by_state: bool,
        limit: i64,
        releases: bool,
    ) -> Result<Option<u32>, RunError> {
        while self.progress.sessions.waiting > 0 {
            let id = *self.heap.first().ok_or(RunError::Internal)?;
            let session = *self.session(id)?;
            if session.due >= limit {
                return Ok(None);
            }
            let end = session.last.saturating_add(rule.gap);
            if by_state {
                return Ok(Some(id));
            } else if session.place & LEFT != 0 {
                let end = end.saturating_add(rule.lateness);
                if end >= limit {
                    self.session(id)?.due = end;
                    self.sink(0)?;
                    continue;
                }
                if !releases {
                    return Ok(None);
                }
                self.pop()?;
                self.unlink_id(session.key(), id)?;
                self.forget_session(id)?;
            } else if end != session.due {
                self.session(id)?.due = end;
                self.sink(0)?;
            } else {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// Lists the sessions that are due before `limit`, at most `max` and, if `same` says so, only
    /// as long as their ends agree with the first one's. Returns how many.
    pub(in super::super) fn leave_due(
        &mut self,
        rule: &Rule,
        by_state: bool,
        limit: i64,
        max: usize,
        same: impl Fn(i64, i64) -> bool,
    ) -> Result<usize, RunError> {
        let (mut count, mut end) = (0, 0);
        while count < max
            && let Some(id) = self.next_due(rule, by_state, limit, count == 0)?
        {
            let session = *self.session(id)?;
            if count == 0 {
                end = session.due;
            } else if !same(end, session.due) {
                break;
            }
            self.pop()?;
            if by_state {
                self.session(id)?.place |= LEFT;
            } else if rule.lateness > 0 && limit != i64::MAX {
                let stays = self.session(id)?;
                stays.place |= LEFT;
                stays.due = session.due.saturating_add(rule.lateness);
                self.push(id)?;
            } else {
                self.unlink_id(session.place, id)?;
                self.session(id)?.place |= LEFT;
            }
            *self.slots.get_mut(count).ok_or(RunError::Internal)? = id;
            *self.scratch.get_mut(count).ok_or(RunError::Internal)? = id;
            *self.from.get_mut(count).ok_or(RunError::Internal)? = session.key();
            count += 1;
        }
        Ok(count)
    }

    /// Lists the sessions that changed, from number `from` on: all, or only those that have left.
    pub(in super::super) fn list_changed(
        &mut self,
        only_left: bool,
        max: usize,
    ) -> Result<usize, RunError> {
        let mut count = 0;
        let mut at = self.progress.cursor as usize;
        while count < max
            && let Some(id) = self.changed(0)?.next(at)
        {
            at = id + 1;
            let place = self.session(id as u32)?.place;
            self.changed(0)?.remove(id);
            if only_left && place & (LEFT | GONE) == 0 {
                continue;
            }
            let taken_back = if place & GONE == 0 { 0 } else { TAKEN_BACK };
            *self.scratch.get_mut(count).ok_or(RunError::Internal)? = id as u32 | taken_back;
            *self.slots.get_mut(count).ok_or(RunError::Internal)? = id as u32;
            *self.from.get_mut(count).ok_or(RunError::Internal)? = place & !(LEFT | GONE);
            count += 1;
        }
        self.progress.cursor = at as u32;
        Ok(count)
    }

    /// Forgets those of the first `count` sessions of list `slots` whose row was taken back.
    pub(in super::super) fn taken_back(&mut self, count: usize) -> Result<(), RunError> {
        for i in 0..count {
            let id = self.scratch.get(i).copied().unwrap_or(0);
            if id & TAKEN_BACK != 0 {
                self.forget_session(id & !TAKEN_BACK)?;
            }
        }
        Ok(())
    }

    /// Forgets the session that is due first: the records in it are gone.
    pub(in super::super) fn evict_session(
        &mut self,
        rule: &Rule,
        by_state: bool,
    ) -> Result<bool, RunError> {
        // Open state windows are not in the heap.
        let id = if by_state {
            self.oldest_state()?.and_then(|place| self.heads.get(place)).copied()
        } else {
            self.first_due(rule, false, i64::MAX)?
        };
        let Some(id) = id else { return Ok(false) };
        let place = self.session(id)?.key();
        self.unlink_id(place, id)?;
        if !by_state {
            self.pop()?;
        }
        let records = self.records.get(id as usize).copied().unwrap_or(0);
        self.progress.evicted += u64::from(records);
        self.forget_session(id)?;
        Ok(true)
    }
}
