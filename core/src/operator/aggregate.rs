//! GROUP BY: an aggregate operator, and what its watermark makes leave.

mod fold;
mod leave;
mod room;
mod sessions;

use crate::error::RunError;
use crate::plan::layout::{AggregateLayout, Combine, window};
use crate::plan::uses::{self, Everything, Uses};
use crate::plan::{AggregateTable, Plan, TimeSource, WindowShape, WindowTable};
use crate::time::panes::Panes;

use super::groups::{Progress, Table};
use super::sessions::Rule;
use super::window::RowPanes;

/// An aggregate operator over its state.
#[derive(Debug)]
pub(crate) struct Aggregate<'a, U: Uses = Everything> {
    table: Table<'a, U>,
}

/// The rows that are folded, and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rows<'a> {
    /// How many.
    pub(crate) count: usize,
    /// Their panes.
    pub(crate) panes: RowPanes<'a>,
    /// The pane that the watermark is in, and where that begins.
    pub(crate) bound: i64,
    /// See `bound`.
    pub(crate) watermark: i64,
}

/// How far a batch was folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Folded {
    /// All of it.
    All,
    /// Up to that row, which needs a place that there is not.
    Full(usize),
    /// Up to that row: groups leave first to make room.
    Leaves(usize),
}

impl<'a, U: Uses> Aggregate<'a, U> {
    /// The operator of `entry`, whose state is at the start of `state`.
    pub(crate) fn new(
        plan: &'a Plan<'a>,
        entry: &'a AggregateTable,
        layout: &'a AggregateLayout,
        state: &'a mut [u8],
    ) -> Result<Self, RunError> {
        Ok(Self { table: Table::new(plan, entry, layout, state)? })
    }

    /// The window entry; without one there is a single window.
    fn window(&self) -> Option<&'a WindowTable> {
        window(uses::plan::<U>(self.table.plan), self.table.entry())
    }

    /// Makes all groups of all panes new.
    pub(crate) fn start(&mut self) -> Result<(), RunError> {
        self.table.start()
    }

    /// Where it is.
    pub(crate) fn progress(&mut self) -> &mut Progress {
        self.table.progress
    }

    #[inline(always)]
    fn panes(&self) -> Option<&'a Panes> {
        match self.table.combine() {
            Combine::Pane(p) | Combine::Stacks(p) | Combine::Running(p) | Combine::Each(p) => {
                Some(p)
            }
            Combine::Whole | Combine::Sessions => None,
        }
    }

    /// The rule of sessions, and whether they are windows by state.
    #[inline(always)]
    fn sessions(&self, watermark: i64) -> Option<(Rule, bool)> {
        if const { !U::SET.sessions } {
            return None;
        }
        let window = self.window()?;
        match window.shape {
            WindowShape::Session { gap } => {
                Some((Rule { gap, watermark, lateness: window.lateness }, false))
            }
            WindowShape::State { .. } => Some((Rule { gap: 0, watermark, lateness: 0 }, true)),
            _ => None,
        }
    }

    /// Notes where the watermark starts.
    pub(crate) fn begin(&mut self, bound: i64) {
        if let Some(p) = self.panes() {
            self.table.begin(p, bound, self.first_window());
        }
    }

    /// Lets windows leave that end at or before pane `until`; the watermark was in `bound`.
    pub(crate) fn close(&mut self, until: i64, bound: i64) -> Result<(), RunError> {
        if until == i64::MAX
            && let Some((_, true)) = self.sessions(0)
        {
            self.table.end_states()?;
        }
        let changes = self.table.layout().notes_changes && !self.table.is_busy();
        if changes && !matches!(self.table.combine(), Combine::Whole) {
            // What closes may hold changes that have not left.
            self.table.leave_changes(self.first_taking(bound), until);
        } else {
            self.table.progress.close(until);
        }
        Ok(())
    }

    /// Where windows are from which rows can still leave, once none is leaving: their start and
    /// end are no earlier.
    pub(crate) fn horizon(&self, watermark: i64) -> Option<(i64, i64)> {
        let Some(p) = self.panes() else { return Some((i64::MIN, watermark)) };
        let window = self.table.progress.window;
        (window != super::window::NEW).then(|| (p.start(p.first(window)), p.start(p.end(window))))
    }

    /// Lets groups leave that changed.
    pub(crate) fn emit_changes(&mut self, bound: i64) {
        if !self.table.is_busy() && self.table.layout().notes_changes {
            self.table.leave_changes(self.first_taking(bound), super::window::NEW);
        }
    }

    fn first_taking(&self, bound: i64) -> i64 {
        self.panes().map_or(0, |p| p.taking(bound).max(self.first_window()))
    }

    /// The first window that there can be: rows are counted from 0.
    fn first_window(&self) -> i64 {
        match self.window() {
            Some(window) if matches!(window.time, TimeSource::Rows) => 0,
            _ => i64::MIN,
        }
    }
}
