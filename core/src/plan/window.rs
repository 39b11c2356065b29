//! Windows, when results leave them, and in what order.

use serde::{Deserialize, Serialize};

use super::Range;
use super::op::{OperatorId, OutputId, RegisterId};

/// When results leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum EmitMode {
    /// When the watermark closes their window, or at the end of the input.
    #[default]
    Final,
    /// At the end of each poll too: the groups that changed in it.
    Changes,
    /// Each time that the watermark passes a multiple of so many microseconds too: the groups
    /// that changed since.
    Every(i64),
}

/// What gives a row the time by which it is put into windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum TimeSource {
    /// The event time of the scanned stream.
    Event,
    /// The query's clock, as it was set before the poll.
    Clock,
    /// How many records of the stream were read before this one: windows of rows.
    Rows,
    /// What a window of the aggregate before has as its time.
    Window(WindowTime),
}

/// What of a window is the time of its result rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum WindowTime {
    /// `window_start`.
    Start,
    /// `window_end`.
    End,
    /// `window_time`: the last microsecond in the window.
    Last,
}

/// Which rows make a window. Times and lengths are microseconds, or rows with
/// [`TimeSource::Rows`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum WindowShape {
    /// TUMBLE and HOP. Time is cut into panes of `pane`, one of which starts at `offset`; a
    /// window is `size` panes, and begins `every` panes after the one before it.
    Slide {
        /// Length of a pane.
        pane: i64,
        /// Where a window starts.
        offset: i64,
        /// Panes of a window.
        size: u16,
        /// Panes from the start of a window to that of the next.
        every: u16,
    },
    /// CUMULATE: windows of 1, 2, ... `steps` panes that start together, then the next.
    Cumulate {
        /// Length of a pane: the step.
        pane: i64,
        /// Where a window starts.
        offset: i64,
        /// Panes of the longest window.
        steps: u16,
    },
    /// SESSION, of each group: rows of which each is at most `gap` after the one before.
    Session {
        /// Longest pause.
        gap: i64,
    },
    /// STATE_WINDOW, of each group: from a row in which `begin` is true to one in which `end` is.
    State {
        /// Computes both.
        program: Range,
        /// A BOOLEAN register.
        begin: RegisterId,
        /// A BOOLEAN register.
        end: RegisterId,
    },
}

/// The [`Operator::Window`](crate::plan::Operator::Window) entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct WindowTable {
    /// Where rows come from.
    pub input: OperatorId,
    /// What gives rows their time.
    pub time: TimeSource,
    /// Which rows make a window.
    pub shape: WindowShape,
    /// How long a closed window takes late records, microseconds; it leaves again when it does.
    pub lateness: i64,
    /// A record so far ahead of the open windows is not believed; microseconds, 0 for any.
    pub max_ahead: i64,
    /// After so long without records the watermark goes on with the query's clock; microseconds,
    /// 0 for never.
    pub idle_timeout: i64,
    /// Where late records go, if they are asked for.
    pub late: Option<OutputId>,
    /// Arena offset of its state.
    pub state: u32,
}

/// The [`Operator::Sort`](crate::plan::Operator::Sort) entry: the rows of each window in an order,
/// or the first of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct SortTable {
    /// Where rows come from.
    pub input: OperatorId,
    /// At most 16 key registers, in [`Plan::lists`](crate::plan::Plan::lists).
    pub keys: Range,
    /// Bit i: key i descends.
    pub descending: u16,
    /// Bit i: the NULLs of key i come first.
    pub nulls_first: u16,
    /// Rows left out at the start of a window.
    pub offset: u32,
    /// Rows that leave then; [`u32::MAX`] for all.
    pub limit: u32,
    /// Rows that are held: no more than a window can have.
    pub capacity: u32,
    /// Arena offset of its state.
    pub state: u32,
}
