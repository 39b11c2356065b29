//! Windows by state: a row opens one, a row ends it, in order of arrival.

use crate::error::RunError;
use crate::expr::frame::{Vector, bit};

use super::super::groups::{NO_GROUP, Table};
use super::Reached;
use crate::plan::uses::Uses;

impl<U: Uses> Table<'_, U> {
    /// Puts the rows `from..to` into state windows: see [`put_into_sessions`](Self::put_into_sessions).
    pub(in super::super) fn put_into_states(
        &mut self,
        begin: &Vector<'_>,
        end: &Vector<'_>,
        time: impl Fn(usize) -> i64,
        from: usize,
        to: usize,
        outside: &mut u64,
    ) -> Result<Reached, RunError> {
        let is = |condition: &Vector<'_>, row: usize| {
            condition.is_valid(row) && condition.mask().is_ok_and(|mask| bit(mask, row))
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
    pub(in super::super) fn end_oldest_state(&mut self) -> Result<(), RunError> {
        if let Some(place) = self.oldest_state()?
            && let Some(&id) = self.heads.get(place)
        {
            self.end_state(place as u32, id)?;
        }
        Ok(())
    }

    /// The place of the key whose state window was opened first.
    pub(super) fn oldest_state(&mut self) -> Result<Option<usize>, RunError> {
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
    pub(in super::super) fn end_states(&mut self) -> Result<(), RunError> {
        for place in 0..self.groups() {
            let id = *self.heads.get(place).ok_or(RunError::Internal)?;
            if id != NO_GROUP {
                self.end_state(place as u32, id)?;
            }
        }
        Ok(())
    }
}
