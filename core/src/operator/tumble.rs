//! Tumbling windows of event time.
//!
//! The watermark is the highest event time read minus the delay; every record read moves it, also
//! one that a WHERE turns away. With `bound` the start of the window that the watermark is in,
//! windows below `bound` are closed: a record of theirs is late. `bound` only moves when a record
//! reaches `threshold` = bound + size + delay, so a batch is cut before such a record and between
//! cuts lateness is one comparison. That also makes the result independent of where batches are
//! cut. Rows between `bound` and `threshold` lie in ceil(delay / size) + 1 windows: the panes.

use bytemuck::{Pod, Zeroable};

use crate::arena::{slice_mut, take, view_mut};
use crate::batch::Batch;
use crate::column::Column;
use crate::counters::Counters;
use crate::error::RunError;
use crate::plan::layout::TUMBLE_BYTES;
use crate::plan::op::StreamId;
use crate::plan::{EventTime, Operator, Plan};
use crate::selection::Selection;
use crate::time::TIME_LIMIT;

/// The fixed state of a tumble operator.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Tumble {
    /// Start of the window that the watermark is in; `i64::MIN` before the first record.
    pub(crate) bound: i64,
    /// The event time that moves `bound`.
    pub(crate) threshold: i64,
    /// The pane of the window that starts at `bound`: two divisions, so not per batch.
    first_pane: u16,
    reserved: [u16; 7],
}

const _: () = assert!(size_of::<Tumble>() as u64 == TUMBLE_BYTES);

/// The panes that rows belong to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Panes<'a> {
    /// All to one.
    One(u16),
    /// One per row.
    Each(&'a [u16]),
}

/// A tumble operator's constants.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    /// Microseconds.
    pub(crate) size: i64,
    /// Windows open at once.
    pub(crate) panes: u16,
    /// Where event time is and how far the watermark trails.
    pub(crate) time: EventTime,
}

impl Tumble {
    /// The state before the first record.
    pub(crate) const NEW: Self =
        Self { bound: i64::MIN, threshold: i64::MIN, first_pane: 0, reserved: [0; 7] };

    /// Whether a record was read yet.
    pub(crate) const fn has_started(&self) -> bool {
        self.bound != i64::MIN
    }

    /// Moves `bound` for a record of event time `time`.
    pub(crate) const fn advance(&mut self, window: &Window, time: i64) {
        self.bound = window.start_of(time - window.time.delay);
        self.threshold = self.bound + window.size + window.time.delay;
        self.first_pane = window.pane_of(self.bound);
    }

    /// The first row of `times` that moves `bound`, and its event time.
    pub(crate) fn next_cut(&self, times: Column<'_>) -> Option<(usize, i64)> {
        let low = self.threshold.max(-TIME_LIMIT);
        let mut times = times.iter::<8>().map(|bytes| i64::from_le_bytes(*bytes)).enumerate();
        times.find(|&(_, time)| time >= low && time <= TIME_LIMIT)
    }

    /// Keeps the selected rows that are not late, and finds their panes.
    pub(crate) fn assign<'s>(
        &self,
        window: &Window,
        times: Column<'_>,
        selection: Selection<'s>,
        kept: &'s mut [u16],
        panes: &'s mut [u16],
        counters: &mut Counters,
    ) -> Result<(Selection<'s>, Panes<'s>), RunError> {
        let first = self.first_pane;
        let second = self.bound.saturating_add(window.size);
        let (low, high) = (self.bound.max(-TIME_LIMIT), self.threshold.min(TIME_LIMIT + 1));
        let mut count = 0;
        let mut keep = |row: u16, time: Option<i64>| {
            let time = time.unwrap_or(i64::MIN);
            let in_time = time >= low && time < high;
            let number = match window.panes {
                1 => 0,
                // The usual case, without a division: a Cortex-M has none of 64 bits.
                2 => u16::from(time >= second),
                _ => {
                    let after = time.wrapping_sub(self.bound) as u64;
                    after.checked_div(window.size as u64).unwrap_or(0) as u16
                }
            };
            let pane = u32::from(first) + u32::from(number);
            let pane = if pane >= u32::from(window.panes) {
                pane.wrapping_sub(window.panes.into())
            } else {
                pane
            };
            // Written always, kept by the condition: no branch to mispredict.
            if let (Some(k), Some(p)) = (kept.get_mut(count), panes.get_mut(count)) {
                *k = row;
                *p = pane as u16;
            }
            count += in_time as usize;
        };
        match selection {
            Selection::All(rows) => {
                for (row, bytes) in (0..rows).zip(times.iter::<8>()) {
                    keep(row as u16, Some(i64::from_le_bytes(*bytes)));
                }
            }
            Selection::Rows(rows) => {
                for &row in rows {
                    keep(row, times.get::<8>(row as usize).map(|bytes| i64::from_le_bytes(*bytes)));
                }
            }
        }
        let before = selection.len();
        counters.late += (before - count) as u64;
        let kept = kept.get(..count).ok_or(RunError::Internal)?;
        let panes = panes.get(..count).ok_or(RunError::Internal)?;
        let selection = if count == before { selection } else { Selection::Rows(kept) };
        let panes = if window.panes == 1 { Panes::One(first) } else { Panes::Each(panes) };
        Ok((selection, panes))
    }
}

impl Window {
    /// The constants of a tumble operator.
    pub(crate) fn of(plan: &Plan<'_>, operator: &Operator) -> Option<Self> {
        match *operator {
            Operator::Tumble { stream, size, panes, .. } => {
                let time = plan.streams.get(stream.index())?.time?;
                Some(Self { size, panes, time })
            }
            _ => None,
        }
    }

    /// Windows that can hold rows and start at `from` or later, but before `to`.
    pub(crate) const fn count_between(&self, from: i64, to: i64) -> u32 {
        let panes = self.panes as i64;
        match to.saturating_sub(from).checked_div(self.size) {
            Some(count) if count < panes => count as u32,
            _ => panes as u32,
        }
    }

    /// Start of the window that holds `time`.
    const fn start_of(&self, time: i64) -> i64 {
        match time.checked_rem_euclid(self.size) {
            Some(into) => time.saturating_sub(into),
            None => time,
        }
    }

    /// The pane of the window that starts at `start`.
    pub(crate) const fn pane_of(&self, start: i64) -> u16 {
        match start.checked_div_euclid(self.size) {
            Some(number) => match number.checked_rem_euclid(self.panes as i64) {
                Some(pane) => pane as u16,
                None => 0,
            },
            None => 0,
        }
    }

    /// The event-time column of a batch.
    pub(crate) fn times<'b>(&self, plan: &Plan<'_>, batch: &Batch<'b>) -> Option<Column<'b>> {
        let index = self.time.column.index();
        let field = plan.input(StreamId(0)).fields.get(index)?;
        batch.column(index, field.offset as usize, 8, None)
    }
}

/// A tumble operator's state: the fixed part, and room for the rows kept and for their panes.
pub(crate) fn parts(state: &mut [u8]) -> Result<(&mut Tumble, &mut [u16], &mut [u16]), RunError> {
    let mut rest = state;
    let fixed = view_mut(take(&mut rest, TUMBLE_BYTES)?)?;
    let per_row = slice_mut::<u16>(rest)?;
    let half = per_row.len() / 2;
    let (kept, panes) = per_row.split_at_mut_checked(half).ok_or(RunError::Internal)?;
    Ok((fixed, kept, panes))
}
