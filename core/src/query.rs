//! A query: a verified plan and one arena.

use crate::counters::Counters;
use crate::error::{RunError, StartError};
use crate::plan::Plan;
use crate::ring::{Sink, Source};

/// What one [`Query::poll`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Progress {
    /// Records read.
    pub rows_in: usize,
    /// Result rows written.
    pub rows_out: usize,
    /// Why it stopped.
    pub stop: Stop,
}

/// Why a poll stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Stop {
    /// It is done with the rows that the source lent. If `rows_in` is 0 the source had none.
    WantsInput,
    /// The sink has no room; poll again when it has. Nothing is lost.
    SinkFull,
    /// The source is finished and every result row is written.
    Finished,
}

/// A running query.
#[derive(Debug)]
pub struct Query<'p, 'a> {
    plan: Plan<'p>,
    arena: &'a mut [u8],
}

impl<'p, 'a> Query<'p, 'a> {
    /// Verifies the plan and starts a query with its state in `arena`, which is overwritten.
    ///
    /// # Errors
    /// See [`StartError`].
    pub fn new(plan: &Plan<'p>, arena: &'a mut [u8]) -> Result<Self, StartError> {
        Ok(Self { plan: *plan, arena })
    }

    /// Reads at most one batch from `source` and writes what results from it to `sink`.
    ///
    /// # Errors
    /// See [`RunError`].
    pub fn poll(
        &mut self,
        source: &mut impl Source,
        sink: &mut impl Sink,
    ) -> Result<Progress, RunError> {
        let _ = (source, sink);
        Err(RunError::Internal)
    }

    /// The counters so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        Counters::default()
    }

    /// The plan.
    #[must_use]
    pub const fn plan(&self) -> &Plan<'p> {
        let _ = &self.arena;
        &self.plan
    }
}
