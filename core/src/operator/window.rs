//! The watermark, and the panes that it moves by.
//!
//! The watermark is the highest event time read minus the delay, or what a punctuation, the idle
//! clock or [`advance_watermark`](crate::query::Query::advance_watermark) says, whichever is the
//! latest; every record read moves it, also one that a WHERE turns away. Only the pane that it is
//! in counts, `bound`: it moves when a record reaches `threshold` = the next pane's start + delay.
//! So a batch is cut before such a record, between cuts lateness is one comparison, and results do
//! not depend on where batches end.
//!
//! One bad clock can't move it: a record `max_ahead` or more beyond `threshold` is refused, unless
//! the record before it was refused too and their times are within `max_ahead`. And where the
//! second record of all lies more than `max_ahead` before the first, the first one's window leaves
//! and time starts again at the second.

mod assign;
mod cuts;

use bytemuck::{Pod, Zeroable};

use crate::arena::{slice_mut, take, view_mut};
use crate::batch::Batch;
use crate::column::Column;
use crate::error::RunError;
use crate::plan::layout::{WINDOW_BYTES, delay};
use crate::plan::op::StreamId;
use crate::plan::uses::Uses;
use crate::plan::{EventTime, Plan, TimeSource, WindowShape, WindowTable};
use crate::time::TIME_LIMIT;
use crate::time::panes::Panes;

use super::stage::only;

/// The fixed state of a window operator.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct WindowState {
    /// The pane that the watermark is in; [`NEW`] before the first record.
    pub(crate) bound: i64,
    /// The time that moves `bound`.
    threshold: i64,
    /// Records read: the time of windows of rows.
    rows: i64,
    /// The time of the record before, if it was refused; else [`NEW`].
    refused: i64,
    /// The clock when the last record came; [`NEW`] if it is not set.
    heard: i64,
    /// The watermark when the last record came.
    rested: i64,
    /// How far the first time is believed: [`FIRST`] and so on.
    trust: u64,
    /// Records of closed windows.
    pub(crate) late: u64,
    /// Records that were refused.
    pub(crate) ahead: u64,
    /// Rows of the next batch of which it is known that they are in the pane of the watermark.
    known: u64,
    reserved: [u64; 2],
}

const _: () = assert!(size_of::<WindowState>() as u64 == WINDOW_BYTES);

/// No time.
pub(crate) const NEW: i64 = i64::MIN;

/// The first record is at hand.
const FIRST: u64 = 1;
/// It was read.
const READ: u64 = 2;
/// A second one agreed.
const AGREED: u64 = 3;

/// The panes that rows belong to, as places in the ring of panes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum RowPanes<'a> {
    /// All to one.
    One(u16),
    /// One per row.
    Each(&'a [u16]),
}

/// What must happen before a row, or right after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// The watermark moves there before the row.
    Move(i64),
    /// The watermark moves there after the row.
    MoveAfter(i64),
    /// The row is refused: its clock is wrong.
    Refuse(i64),
    /// All windows leave, and the watermark starts again there.
    Restart(i64),
    /// Changed groups leave before the row.
    Emit,
}

/// A window operator's constants.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    /// The panes: of windows of panes those that hold rows, else those that the watermark moves by.
    pub(crate) panes: Panes,
    /// Whether rows are put into panes.
    has_panes: bool,
    time: TimeSource,
    event: Option<EventTime>,
    /// How far the watermark trails behind the times.
    delay: i64,
    max_ahead: i64,
    idle_timeout: i64,
}

impl Window {
    /// The constants of a window entry.
    pub(crate) const fn of(plan: &Plan<'_>, entry: &WindowTable) -> Option<Self> {
        let event = event_time(plan);
        let delay = delay(plan, entry);
        let (shape, has_panes) = match entry.shape {
            shape @ (WindowShape::Slide { .. } | WindowShape::Cumulate { .. }) => (shape, true),
            // The watermark of sessions moves in steps of a quarter of the gap: a session leaves
            // that much later at most, and batches are not cut more often.
            WindowShape::Session { gap } if gap >= 4 => (steps(gap / 4), false),
            WindowShape::Session { .. } => (steps(1), false),
            WindowShape::State { .. } => (steps(i64::MAX), false),
        };
        let Some(panes) = Panes::of(&WindowTable { shape, ..*entry }, delay) else { return None };
        let WindowTable { time, max_ahead, idle_timeout, .. } = *entry;
        Some(Self { panes, has_panes, time, event, delay, max_ahead, idle_timeout })
    }

    /// That of a known plan's only stage, or this one.
    #[inline(always)]
    fn own<U: Uses>(&self) -> &Self {
        match only::<U>() {
            Some((stage, _)) => stage.window.as_ref().unwrap_or(self),
            None => self,
        }
    }

    /// The place of a pane in the ring.
    #[inline(always)]
    pub(crate) const fn ring(&self, pane: i64) -> u16 {
        self.panes.ring(pane) as u16
    }

    /// The event times of a batch.
    fn times<'b>(&self, plan: &Plan<'_>, batch: &Batch<'b>) -> Result<Column<'b>, RunError> {
        event_times(plan, self.event.ok_or(RunError::Internal)?, batch)
    }
}

/// Panes of one length, in which the watermark moves.
const fn steps(pane: i64) -> WindowShape {
    WindowShape::Slide { pane, offset: 0, size: 1, every: 1 }
}

/// The event time of the scanned stream.
pub(super) const fn event_time(plan: &Plan<'_>) -> Option<EventTime> {
    match plan.streams {
        [stream, ..] => stream.time,
        [] => None,
    }
}

/// The event times of a batch.
pub(super) fn event_times<'b>(
    plan: &Plan<'_>,
    event: EventTime,
    batch: &Batch<'b>,
) -> Result<Column<'b>, RunError> {
    let index = event.column.index();
    let field = plan.input(StreamId(0)).fields.get(index).ok_or(RunError::Internal)?;
    batch.column(index, field.offset as usize, 8, None).ok_or(RunError::Internal)
}

impl WindowState {
    /// Makes a state that is all zero that before the first record.
    pub(crate) const fn start(&mut self) {
        self.bound = NEW;
        self.threshold = NEW;
        self.refused = NEW;
        self.heard = NEW;
        self.rested = NEW;
    }

    /// Whether the watermark is anywhere yet.
    pub(crate) const fn has_started(&self) -> bool {
        self.bound != NEW
    }

    /// Moves the watermark, if that is forward; whether it enters another pane.
    pub(crate) fn advance<U: Uses>(&mut self, window: &Window, watermark: i64) -> bool {
        let window = window.own::<U>();
        let bound = window.panes.at(watermark.clamp(-TIME_LIMIT, TIME_LIMIT));
        let moves = bound > self.bound;
        if moves {
            self.restart::<U>(window, bound);
        }
        moves
    }

    /// Puts the watermark into a pane.
    pub(crate) fn restart<U: Uses>(&mut self, window: &Window, bound: i64) {
        let window = window.own::<U>();
        self.bound = bound;
        let next = window.panes.start(bound.saturating_add(1));
        self.threshold = next.saturating_add(window.delay);
    }

    /// The watermark, rounded down to its pane.
    pub(crate) fn watermark<U: Uses>(&self, window: &Window) -> Option<i64> {
        let window = window.own::<U>();
        self.has_started().then(|| window.panes.start(self.bound))
    }

    /// Where the clock alone takes the watermark: processing time, and an idle stream.
    pub(crate) fn by_clock<U: Uses>(&mut self, window: &Window, clock: Option<i64>) -> Option<i64> {
        let window = window.own::<U>();
        let now = clock?;
        match window.time {
            TimeSource::Clock => Some(now),
            TimeSource::Event if window.idle_timeout > 0 => {
                if self.heard == NEW {
                    self.hear::<U>(window, clock);
                }
                let silence = now.saturating_sub(self.heard);
                let idle = silence >= window.idle_timeout && self.rested != NEW;
                idle.then(|| {
                    self.settle();
                    self.rested.saturating_add(silence)
                })
            }
            _ => None,
        }
    }

    /// Notes that not only records have moved the watermark: the first one's clock is no longer
    /// doubted.
    pub(crate) const fn settle(&mut self) {
        self.trust = AGREED;
    }

    /// Notes that records came.
    pub(crate) fn hear<U: Uses>(&mut self, window: &Window, clock: Option<i64>) {
        let window = window.own::<U>();
        if window.idle_timeout > 0 {
            self.heard = clock.unwrap_or(NEW);
            self.rested = self.watermark::<U>(window).unwrap_or(NEW);
        }
    }

    /// Counts records read.
    pub(crate) fn count(&mut self, rows: usize) {
        self.rows = self.rows.saturating_add(rows as i64);
    }

    /// Where windows of rows are once `rows` records were read, if that moves them.
    pub(crate) fn by_rows<U: Uses>(&self, window: &Window) -> Option<i64> {
        let window = window.own::<U>();
        (window.time == TimeSource::Rows && self.rows >= self.threshold).then_some(self.rows)
    }
}

/// A window operator's state: the fixed part, and room for the rows kept and for their panes.
pub(crate) fn parts(
    state: &mut [u8],
) -> Result<(&mut WindowState, &mut [u16], &mut [u16]), RunError> {
    let mut rest = state;
    let fixed = view_mut(take(&mut rest, WINDOW_BYTES)?)?;
    let per_row = slice_mut::<u16>(rest)?;
    let half = per_row.len() / 2;
    let (kept, panes) = per_row.split_at_mut_checked(half).ok_or(RunError::Internal)?;
    Ok((fixed, kept, panes))
}
