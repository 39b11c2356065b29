//! Sessions of each group, and windows by state.
//!
//! Each key has a list of its open sessions; a row joins the one that it lies in or at most `gap`
//! beside, or opens one, or brings two together, which are then merged. A heap orders sessions by
//! an end that they had once: when the first of them is due its end is looked at again, so that a
//! row costs no more than the list of its key. A state window is a session that opens and ends by
//! conditions, in order of arrival.

mod heap;
mod leave;
mod states;

use bytemuck::{Pod, Zeroable};

use crate::error::RunError;
use crate::plan::layout::{SESSION_BYTES, left_bytes};

use crate::time::TIME_LIMIT;

use super::groups::{LATE, NO_GROUP, Table};
use crate::plan::uses::{self, Uses};

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
    /// That row makes one session of several: those before it must be folded first, so that
    /// results do not depend on which rows come in one batch.
    Merge(usize),
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

impl<U: Uses> Table<'_, U> {
    fn session(&mut self, id: u32) -> Result<&mut Session, RunError> {
        self.sessions.get_mut(id as usize).ok_or(RunError::Internal)
    }

    /// Puts the rows `from..to`, whose places are in `batch_groups`, into sessions, whose numbers
    /// they become. Returns how far it came, and the merges of the first row's sessions, which must
    /// be made before it is folded: as many pairs, in lists `slots` and `from`. Rows that come too
    /// late for a session get [`LATE`] and are counted.
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
                        Some(_) if row > from => return Ok((Reached::Merge(row), merges)),
                        Some(other) => {
                            let into = self.bring_together(place, other, id)?;
                            let gone = if into == id { other } else { id };
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
                    let is_late = end.saturating_add(rule.lateness) < rule.watermark;
                    // No watermark reaches a time beyond the limit: as with panes, it is no time.
                    if is_late || time.unsigned_abs() > TIME_LIMIT as u64 {
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
            let known = gone as usize * left_bytes(uses::plan::<U>(self.plan)) as usize;
            if self.left.get(known).is_some_and(|known| *known != 0) {
                self.session(gone)?.place |= GONE;
                self.changed(0)?.insert(gone as usize);
            } else {
                self.forget_session(gone)?;
            }
        }
        Ok(())
    }

    /// A new session of a key; `None` if all are in use.
    fn open(&mut self, place: u32, time: i64) -> Result<Option<u32>, RunError> {
        let groups = self.entry().groups;
        let state = &mut self.progress.sessions;
        let id = match state.free {
            0 if state.used < groups => {
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

    /// Makes the states of the first `count` sessions of list `slots` new and releases them.
    pub(super) fn forget_sessions(&mut self, count: usize) -> Result<(), RunError> {
        self.reset_slots(count)?;
        for i in 0..count {
            let id = self.slots.get(i).copied().unwrap_or(NO_GROUP);
            self.present(0)?.remove(id as usize);
            if self.layout().notes_changes {
                self.changed(0)?.remove(id as usize);
            }
            self.release(id)?;
        }
        Ok(())
    }

    fn forget_session(&mut self, id: u32) -> Result<(), RunError> {
        *self.slots.get_mut(0).ok_or(RunError::Internal)? = id;
        self.forget_sessions(1)
    }
}
