//! Rows that fail: how kernels report them, and the guard under which they count.

use crate::counters::Failure;
use crate::error::RunError;

use super::frame::Vector;

/// A row of the batch that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Failed {
    /// Why.
    pub(crate) failure: Failure,
    /// Which row.
    pub(crate) row: usize,
}

/// Why a program stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Halt {
    /// The query can't go on.
    Error(RunError),
    /// A row failed and the plan says to stop then.
    Row(Failed),
}

impl From<RunError> for Halt {
    fn from(error: RunError) -> Self {
        Self::Error(error)
    }
}

/// Where groups leave: their rows are no records of the stream.
impl From<Halt> for RunError {
    fn from(halt: Halt) -> Self {
        match halt {
            Halt::Error(error) => error,
            Halt::Row(failed) => Self::GroupFailed(failed.failure),
        }
    }
}

/// What the kernel of one instruction reports to: the rows that failed, of those that count.
#[derive(Debug)]
pub(crate) struct Failures<'a> {
    /// The rows that count: those where a BOOLEAN register is true, or all.
    guard: Option<(Vector<'a>, &'a [u64])>,
    /// Rows that failed.
    pub(crate) count: u64,
    /// The first of them.
    pub(crate) first: Option<usize>,
}

impl<'a> Failures<'a> {
    /// None yet, under the guard that is active, if any.
    pub(crate) fn new(guard: Option<Vector<'a>>) -> Result<Self, RunError> {
        let guard = match guard {
            Some(v) => Some((v, v.mask()?)),
            None => None,
        };
        Ok(Self { guard, count: 0, first: None })
    }

    /// Rows of word `i` failed: those whose bit is set.
    #[inline]
    pub(crate) fn word(&mut self, i: usize, failed: u64) {
        let counts =
            |(v, mask): (Vector<'_>, &[u64])| mask.get(i).copied().unwrap_or(0) & v.valid_word(i);
        let failed = failed & self.guard.map_or(u64::MAX, counts);
        if failed != 0 {
            self.count += u64::from(failed.count_ones());
            let row = i * 64 + failed.trailing_zeros() as usize;
            self.first = Some(self.first.map_or(row, |first| first.min(row)));
        }
    }

    /// Row `row` failed.
    #[inline]
    pub(crate) fn row(&mut self, row: usize) {
        self.word(row / 64, 1 << (row % 64));
    }
}
