//! Sessions of each group, and windows by state.
//!
//! Each key has a list of its open sessions; a row joins the one that it lies in or at most `gap`
//! beside, or opens one, or brings two together, which are then merged. A heap orders sessions by
//! an end that they had once: when the first of them is due its end is looked at again, so that a
//! row costs no more than the list of its key. A state window is a session that opens and ends by
//! conditions, in order of arrival.

use bytemuck::{Pod, Zeroable};

use crate::error::RunError;
use crate::expr::frame::Vector;
use crate::plan::OnFull;
use crate::plan::layout::{SESSION_BYTES, left_bytes};

use super::groups::{LATE, NO_GROUP, Table};
use super::panes::Leaving;
use super::retract::TAKEN_BACK;

/// A session.
#[derive(Clone, Copy, Debug, Default, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Session {
    /// Time of the first row.
    pub(super) start: i64,
    /// Time of the last row.
    pub(super) last: i64,
    /// Where it stands in the heap: an end that it had; of a state window, the number of its end.
    due: i64,
    /// The next session of the same key, or the next free one.
    next: u32,
    /// The place of its key; [`LEFT`] is set while it only waits for late rows.
    place: u32,
}

const _: () = assert!(size_of::<Session>() as u64 == SESSION_BYTES);

/// In a session's `place`: it has left.
const LEFT: u32 = 1 << 31;
/// The same: it was merged into another, and its row waits to be taken back.
const GONE: u32 = 1 << 30;

impl Session {
    /// The place of its key.
    const fn key(&self) -> u32 {
        self.place & !(LEFT | GONE)
    }
}

/// What the sessions of an operator have besides themselves.
#[derive(Clone, Copy, Debug, Default, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct SessionsState {
    /// Sessions that were ever used.
    used: u32,
    /// Session numbers in the heap.
    waiting: u32,
    /// The first free session + 1.
    free: u32,
    reserved: u32,
    /// Ends of state windows so far.
    ends: i64,
}

/// How far rows were put into sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reached {
    /// All of them.
    End,
    /// That row needs a place first, for its key or its session.
    Row(usize),
}

/// What sessions go by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule {
    /// Longest pause.
    pub(super) gap: i64,
    /// The watermark, at the start of its step.
    pub(super) watermark: i64,
    /// How long a closed session takes late rows.
    pub(super) lateness: i64,
}

impl Rule {
    const fn joins(&self, session: &Session, time: i64) -> bool {
        time >= session.start.saturating_sub(self.gap)
            && time <= session.last.saturating_add(self.gap)
    }
}

impl Table<'_> {
    fn session(&mut self, id: u32) -> Result<&mut Session, RunError> {
        self.sessions.get_mut(id as usize).ok_or(RunError::Internal)
    }

    /// Puts the rows `from..to`, whose places are in `batch_groups`, into sessions, whose numbers
    /// they become. Returns how far it came, and the merges that must be made before the rows are
    /// folded: as many pairs, in lists `slots` and `from`. Rows that come too late for a
    /// session get [`LATE`] and are counted.
    pub(super) fn put_into_sessions(
        &mut self,
        rule: &Rule,
        time: impl Fn(usize) -> i64,
        from: usize,
        to: usize,
        late: &mut u64,
    ) -> Result<(Reached, usize), RunError> {
        let mut merges = 0;
        for row in from..to {
            let place = *self.batch_groups.get(row).ok_or(RunError::Internal)?;
            if place >= LATE {
                continue;
            }
            let time = time(row);
            let mut joined: Option<u32> = None;
            let mut id = *self.heads.get(place as usize).ok_or(RunError::Internal)?;
            while id != NO_GROUP {
                let session = *self.session(id)?;
                if rule.joins(&session, time) {
                    joined = Some(match joined {
                        None => id,
                        Some(other) => {
                            let into = self.bring_together(place, other, id)?;
                            let gone = if into == id { other } else { id };
                            let rows = self.batch_groups.get_mut(from..row);
                            for group in rows.ok_or(RunError::Internal)? {
                                if *group == gone {
                                    *group = into;
                                }
                            }
                            *self.slots.get_mut(merges).ok_or(RunError::Internal)? = into;
                            *self.from.get_mut(merges).ok_or(RunError::Internal)? = gone;
                            merges += 1;
                            into
                        }
                    });
                }
                id = session.next;
            }
            if let Some(id) = joined {
                let session = self.session(id)?;
                session.start = session.start.min(time);
                session.last = session.last.max(time);
            }
            let id = match joined {
                Some(id) => id,
                None => {
                    let end = time.saturating_add(rule.gap);
                    if end.saturating_add(rule.lateness) < rule.watermark {
                        *late += 1;
                        LATE
                    } else if let Some(id) = self.open(place, time)? {
                        self.session(id)?.due = end;
                        self.push(id)?;
                        id
                    } else {
                        return Ok((Reached::Row(row), merges));
                    }
                }
            };
            *self.batch_groups.get_mut(row).ok_or(RunError::Internal)? = id;
        }
        Ok((Reached::End, merges))
    }

    /// Makes one session of two of a key: the one that started first takes in the other, which is
    /// not in the key's list and the heap any more, but not released. Returns the first.
    fn bring_together(&mut self, place: u32, a: u32, b: u32) -> Result<u32, RunError> {
        let (one, two) = (*self.session(a)?, *self.session(b)?);
        let (into, gone) = if two.start < one.start { (b, a) } else { (a, b) };
        let session = self.session(into)?;
        session.start = one.start.min(two.start);
        session.last = one.last.max(two.last);
        let place_of_gone = self.session(gone)?.place;
        // A session that has left is open again with one that has not.
        if place_of_gone & LEFT == 0 {
            self.session(into)?.place &= !LEFT;
        }
        self.unlink_id(place, gone)?;
        self.remove(gone)?;
        Ok(into)
    }

    /// Releases the sessions that were merged into others: the first `count` of list `from`.
    pub(super) fn merged_sessions(&mut self, count: usize) -> Result<(), RunError> {
        self.merge_lists(count)?;
        for i in 0..count {
            let into = self.slots.get(i).copied().unwrap_or(NO_GROUP) as usize;
            let gone = self.from.get(i).copied().unwrap_or(NO_GROUP) as usize;
            if let (Some(records), false) = (self.records.get(gone).copied(), into == gone)
                && let Some(all) = self.records.get_mut(into)
            {
                *all = all.saturating_add(records);
            }
        }
        for i in 0..count {
            let gone = self.from.get(i).copied().ok_or(RunError::Internal)?;
            let known = gone as usize * left_bytes(self.plan) as usize;
            if self.left.get(known).is_some_and(|known| *known != 0) {
                self.session(gone)?.place |= GONE;
                self.changed(0)?.insert(gone as usize);
            } else {
                self.forget_session(gone)?;
            }
        }
        Ok(())
    }

    /// Puts the rows `from..to` into state windows: see [`put_into_sessions`](Self::put_into_sessions).
    pub(super) fn put_into_states(
        &mut self,
        begin: &Vector<'_>,
        end: &Vector<'_>,
        time: impl Fn(usize) -> i64,
        from: usize,
        to: usize,
        outside: &mut u64,
    ) -> Result<Reached, RunError> {
        let is = |condition: &Vector<'_>, row: usize| {
            let bits = condition.mask().ok().and_then(|m| m.get(row / 64)).copied().unwrap_or(0);
            (bits & condition.valid_word(row / 64)) >> (row % 64) & 1 != 0
        };
        for row in from..to {
            let place = *self.batch_groups.get(row).ok_or(RunError::Internal)?;
            if place == NO_GROUP {
                continue;
            }
            let time = time(row);
            let mut id = *self.heads.get(place as usize).ok_or(RunError::Internal)?;
            if id == NO_GROUP && is(begin, row) {
                match self.open(place, time)? {
                    Some(new) => id = new,
                    None => return Ok(Reached::Row(row)),
                }
            }
            if id == NO_GROUP {
                *outside += 1;
            } else {
                self.session(id)?.last = time;
                if is(end, row) {
                    self.end_state(place, id)?;
                }
            }
            *self.batch_groups.get_mut(row).ok_or(RunError::Internal)? = id;
        }
        Ok(Reached::End)
    }

    fn end_state(&mut self, place: u32, id: u32) -> Result<(), RunError> {
        self.unlink(place, NO_GROUP, NO_GROUP)?;
        self.progress.sessions.ends += 1;
        let number = self.progress.sessions.ends;
        self.session(id)?.due = number;
        self.push(id)
    }

    /// Ends the state window that was opened first.
    pub(super) fn end_oldest_state(&mut self) -> Result<(), RunError> {
        if let Some(place) = self.oldest_state()?
            && let Some(&id) = self.heads.get(place)
        {
            self.end_state(place as u32, id)?;
        }
        Ok(())
    }

    /// The place of the key whose state window was opened first.
    fn oldest_state(&mut self) -> Result<Option<usize>, RunError> {
        let mut oldest = None;
        for place in 0..self.groups() {
            let id = *self.heads.get(place).ok_or(RunError::Internal)?;
            if id != NO_GROUP {
                let start = self.session(id)?.start;
                if oldest.is_none_or(|(first, _)| start < first) {
                    oldest = Some((start, place));
                }
            }
        }
        Ok(oldest.map(|(_, place)| place))
    }

    /// Ends all state windows, in order of their keys' places.
    pub(super) fn end_states(&mut self) -> Result<(), RunError> {
        for place in 0..self.groups() {
            let id = *self.heads.get(place).ok_or(RunError::Internal)?;
            if id != NO_GROUP {
                self.end_state(place as u32, id)?;
            }
        }
        Ok(())
    }

    /// A new session of a key; `None` if all are in use.
    fn open(&mut self, place: u32, time: i64) -> Result<Option<u32>, RunError> {
        let state = &mut self.progress.sessions;
        let id = match state.free {
            0 if state.used < self.entry.groups => {
                state.used += 1;
                state.used - 1
            }
            0 => return Ok(None),
            free => free - 1,
        };
        let head = *self.heads.get(place as usize).ok_or(RunError::Internal)?;
        let session = self.sessions.get_mut(id as usize).ok_or(RunError::Internal)?;
        if self.progress.sessions.free == id + 1 {
            self.progress.sessions.free = session.next;
        }
        *session = Session { start: time, last: time, due: 0, next: head, place };
        *self.heads.get_mut(place as usize).ok_or(RunError::Internal)? = id;
        Ok(Some(id))
    }

    /// Takes the session behind `before` (or the first) out of its key's list.
    fn unlink(&mut self, place: u32, before: u32, next: u32) -> Result<(), RunError> {
        if before == NO_GROUP {
            *self.heads.get_mut(place as usize).ok_or(RunError::Internal)? = next;
        } else {
            self.session(before)?.next = next;
        }
        Ok(())
    }

    fn unlink_id(&mut self, place: u32, id: u32) -> Result<(), RunError> {
        let mut before = NO_GROUP;
        let mut at = *self.heads.get(place as usize).ok_or(RunError::Internal)?;
        while at != NO_GROUP {
            let next = self.session(at)?.next;
            if at == id {
                return self.unlink(place, before, next);
            }
            (before, at) = (at, next);
        }
        Ok(())
    }

    /// Makes a session free. Its states must be new.
    fn release(&mut self, id: u32) -> Result<(), RunError> {
        let free = self.progress.sessions.free;
        *self.session(id)? = Session { next: free, place: NO_GROUP, ..Session::default() };
        self.progress.sessions.free = id + 1;
        self.directory().0.loosen();
        Ok(())
    }

    /// The session that is due first, if it is before `limit`, with its end as it is now. Those
    /// that have left and wait no longer are released on the way.
    pub(super) fn first_due(
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

    /// Makes a session's states new and releases it.
    fn forget_session(&mut self, id: u32) -> Result<(), RunError> {
        *self.slots.get_mut(0).ok_or(RunError::Internal)? = id;
        self.reset_slots(1)?;
        self.present(0)?.remove(id as usize);
        if self.layout.notes_changes {
            self.changed(0)?.remove(id as usize);
        }
        self.release(id)
    }

    /// Lists the sessions that are due before `limit`, at most `max` and, if `same` says so, only
    /// as long as their ends agree with the first one's.
    pub(super) fn leave_due(
        &mut self,
        rule: &Rule,
        by_state: bool,
        limit: i64,
        max: usize,
        same: impl Fn(i64, i64) -> bool,
    ) -> Result<Leaving, RunError> {
        let mut leaving = Leaving { count: 0, start: 0, end: 0, window: 0 };
        while leaving.count < max
            && let Some(id) = self.next_due(rule, by_state, limit, leaving.count == 0)?
        {
            let session = *self.session(id)?;
            if leaving.count == 0 {
                (leaving.start, leaving.end) = (session.start, session.due);
            } else if !same(leaving.end, session.due) {
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
            *self.slots.get_mut(leaving.count).ok_or(RunError::Internal)? = id;
            *self.scratch.get_mut(leaving.count).ok_or(RunError::Internal)? = id;
            *self.from.get_mut(leaving.count).ok_or(RunError::Internal)? = session.key();
            leaving.count += 1;
        }
        Ok(leaving)
    }

    /// Forgets the first `count` sessions of list `slots`, which have left for good.
    pub(super) fn left_due(&mut self, count: usize) -> Result<(), RunError> {
        self.reset_slots(count)?;
        for i in 0..count {
            let id = self.slots.get(i).copied().unwrap_or(NO_GROUP);
            self.present(0)?.remove(id as usize);
            if self.layout.notes_changes {
                self.changed(0)?.remove(id as usize);
            }
            self.release(id)?;
        }
        Ok(())
    }

    /// Lists the sessions that changed, from number `from` on: all, or only those that have left.
    pub(super) fn list_changed(&mut self, only_left: bool, max: usize) -> Result<usize, RunError> {
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
    pub(super) fn taken_back(&mut self, count: usize) -> Result<(), RunError> {
        for i in 0..count {
            let id = self.scratch.get(i).copied().unwrap_or(0);
            if id & TAKEN_BACK != 0 {
                self.forget_session(id & !TAKEN_BACK)?;
            }
        }
        Ok(())
    }

    /// Forgets the session that is due first: the records in it are gone.
    pub(super) fn evict_session(&mut self, rule: &Rule, by_state: bool) -> Result<bool, RunError> {
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
        if self.entry.on_full == OnFull::EvictOldest {
            let records = self.records.get(id as usize).copied().unwrap_or(0);
            self.progress.evicted += u64::from(records);
        }
        self.forget_session(id)?;
        Ok(true)
    }

    fn key_of(&self, at: usize) -> Option<(i64, u32)> {
        let id = *self.heap.get(at)?;
        let session = self.sessions.get(id as usize)?;
        // Two of one key don't end together.
        Some((session.due, session.key()))
    }

    fn push(&mut self, id: u32) -> Result<(), RunError> {
        let mut at = self.progress.sessions.waiting as usize;
        *self.heap.get_mut(at).ok_or(RunError::Internal)? = id;
        self.progress.sessions.waiting += 1;
        while at > 0 {
            let parent = (at - 1) / 2;
            if self.key_of(parent) <= self.key_of(at) {
                break;
            }
            self.swap(parent, at)?;
            at = parent;
        }
        Ok(())
    }

    fn swap(&mut self, a: usize, b: usize) -> Result<(), RunError> {
        let first = *self.heap.get(a).ok_or(RunError::Internal)?;
        let second = self.heap.get_mut(b).ok_or(RunError::Internal)?;
        let first = core::mem::replace(second, first);
        *self.heap.get_mut(a).ok_or(RunError::Internal)? = first;
        Ok(())
    }

    /// Takes a session out of the heap, if it is there.
    fn remove(&mut self, id: u32) -> Result<(), RunError> {
        let waiting = self.progress.sessions.waiting as usize;
        let heap = self.heap.get(..waiting).ok_or(RunError::Internal)?;
        let Some(at) = heap.iter().position(|&other| other == id) else { return Ok(()) };
        // As if it were the first to leave: up to the root, then out.
        let mut at = at;
        while at > 0 {
            self.swap((at - 1) / 2, at)?;
            at = (at - 1) / 2;
        }
        self.pop()
    }

    fn pop(&mut self) -> Result<(), RunError> {
        let waiting = self.progress.sessions.waiting.saturating_sub(1);
        self.progress.sessions.waiting = waiting;
        let last = *self.heap.get(waiting as usize).ok_or(RunError::Internal)?;
        *self.heap.first_mut().ok_or(RunError::Internal)? = last;
        self.sink(0)
    }

    /// Moves an entry of the heap down to where it belongs.
    fn sink(&mut self, mut at: usize) -> Result<(), RunError> {
        let waiting = self.progress.sessions.waiting as usize;
        loop {
            let mut least = at;
            for child in [2 * at + 1, 2 * at + 2] {
                if child < waiting && self.key_of(child) < self.key_of(least) {
                    least = child;
                }
            }
            if least == at {
                return Ok(());
            }
            self.swap(at, least)?;
            at = least;
        }
    }
}
