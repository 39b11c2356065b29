//! The heap of sessions by when they are due.

use crate::arena::swap;
use crate::error::RunError;

use super::super::groups::Table;
use crate::plan::uses::Uses;

impl<U: Uses> Table<'_, U> {
    fn key_of(&self, at: usize) -> Option<(i64, u32)> {
        let id = *self.heap.get(at)?;
        let session = self.sessions.get(id as usize)?;
        // Two of one key don't end together.
        Some((session.due, session.key()))
    }

    pub(super) fn push(&mut self, id: u32) -> Result<(), RunError> {
        let mut at = self.progress.sessions.waiting as usize;
        *self.heap.get_mut(at).ok_or(RunError::Internal)? = id;
        self.progress.sessions.waiting += 1;
        while at > 0 {
            let parent = (at - 1) / 2;
            if self.key_of(parent) <= self.key_of(at) {
                break;
            }
            swap(self.heap, parent, at)?;
            at = parent;
        }
        Ok(())
    }

    /// Takes a session out of the heap, if it is there.
    pub(super) fn remove(&mut self, id: u32) -> Result<(), RunError> {
        let waiting = self.progress.sessions.waiting as usize;
        let heap = self.heap.get(..waiting).ok_or(RunError::Internal)?;
        let Some(at) = heap.iter().position(|&other| other == id) else { return Ok(()) };
        // As if it were the first to leave: up to the root, then out.
        let mut at = at;
        while at > 0 {
            swap(self.heap, (at - 1) / 2, at)?;
            at = (at - 1) / 2;
        }
        self.pop()
    }

    pub(super) fn pop(&mut self) -> Result<(), RunError> {
        let waiting = self.progress.sessions.waiting.saturating_sub(1);
        self.progress.sessions.waiting = waiting;
        let last = *self.heap.get(waiting as usize).ok_or(RunError::Internal)?;
        *self.heap.first_mut().ok_or(RunError::Internal)? = last;
        self.sink(0)
    }

    /// Moves an entry of the heap down to where it belongs.
    pub(super) fn sink(&mut self, mut at: usize) -> Result<(), RunError> {
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
            swap(self.heap, at, least)?;
            at = least;
        }
    }
}
