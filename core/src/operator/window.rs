//! The watermark, and the pane of each row.
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

use bytemuck::{Pod, Zeroable};

use crate::arena::{slice_mut, take, view_mut};
use crate::batch::Batch;
use crate::column::Column;
use crate::counters::Counters;
use crate::error::RunError;
use crate::plan::layout::{WINDOW_BYTES, delay};
use crate::plan::op::StreamId;
use crate::plan::{EventTime, Plan, TimeSource, WindowShape, WindowTable};
use crate::selection::Selection;
use crate::time::TIME_LIMIT;
use crate::time::panes::Panes;

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
    /// Changed groups leave before the row; the watermark is there.
    Emit(i64),
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
    max_ahead: i64,
    idle_timeout: i64,
}

impl Window {
    /// The constants of a window entry.
    pub(crate) fn of(plan: &Plan<'_>, entry: &WindowTable) -> Option<Self> {
        let event = plan.streams.first().and_then(|s| s.time);
        let delay = delay(plan, entry);
        let steps = |length: i64| {
            let shape = WindowShape::Slide { pane: length.max(1), offset: 0, size: 1, every: 1 };
            Panes::of(&WindowTable { shape, ..*entry }, delay)
        };
        let panes = match entry.shape {
            WindowShape::Slide { .. } | WindowShape::Cumulate { .. } => Panes::of(entry, delay)?,
            // The watermark of sessions moves in steps of a quarter of the gap: a session leaves
            // that much later at most, and batches are not cut more often.
            WindowShape::Session { gap } => steps(gap / 4)?,
            WindowShape::State { .. } => steps(i64::MAX)?,
        };
        let has_panes =
            matches!(entry.shape, WindowShape::Slide { .. } | WindowShape::Cumulate { .. });
        let WindowTable { time, max_ahead, idle_timeout, .. } = *entry;
        Some(Self { panes, has_panes, time, event, max_ahead, idle_timeout })
    }

    fn delay(&self) -> i64 {
        match (self.time, self.event) {
            (TimeSource::Event, Some(time)) => time.delay,
            _ => 0,
        }
    }

    /// The place of a pane in the ring.
    pub(crate) const fn ring(&self, pane: i64) -> u16 {
        match pane.checked_rem_euclid(self.panes.held()) {
            Some(place) => place as u16,
            None => 0,
        }
    }

    /// The rows of `before` that are not in `after` and not between windows: the late ones.
    pub(super) fn turned_away<'s>(
        &self,
        plan: &Plan<'_>,
        batch: &'s Batch<'_>,
        before: Selection<'s>,
        after: Selection<'s>,
    ) -> Result<impl Iterator<Item = usize> + use<'s>, RunError> {
        let times = match self.time {
            TimeSource::Event => Some(self.times(plan, batch)?),
            _ => None,
        };
        let panes = self.panes;
        let mut next = 0;
        Ok((0..before.len()).map(move |at| before.row(at)).filter(move |&row| {
            if next < after.len() && after.row(next) == row {
                next += 1;
                return false;
            }
            let time = times.and_then(|times| times.get::<8>(row).copied());
            time.is_some_and(|bytes| panes.gap(panes.at(i64::from_le_bytes(bytes))) < 0)
        }))
    }

    /// The event times of a batch.
    fn times<'b>(&self, plan: &Plan<'_>, batch: &Batch<'b>) -> Result<Column<'b>, RunError> {
        let index = self.event.ok_or(RunError::Internal)?.column.index();
        let field = plan.input(StreamId(0)).fields.get(index).ok_or(RunError::Internal)?;
        batch.column(index, field.offset as usize, 8, None).ok_or(RunError::Internal)
    }
}

impl WindowState {
    /// The state before the first record.
    pub(crate) fn start() -> Self {
        Self {
            bound: NEW,
            threshold: NEW,
            rows: 0,
            refused: NEW,
            heard: NEW,
            rested: NEW,
            trust: 0,
            late: 0,
            ahead: 0,
            known: 0,
            reserved: [0; 2],
        }
    }

    /// Whether the watermark is anywhere yet.
    pub(crate) const fn has_started(&self) -> bool {
        self.bound != NEW
    }

    /// Moves the watermark, if that is forward; whether it enters another pane.
    pub(crate) fn advance(&mut self, window: &Window, watermark: i64) -> bool {
        let bound = window.panes.at(watermark.clamp(-TIME_LIMIT, TIME_LIMIT));
        let moves = bound > self.bound;
        if moves {
            self.restart(window, bound);
        }
        moves
    }

    /// Puts the watermark into a pane.
    pub(crate) fn restart(&mut self, window: &Window, bound: i64) {
        self.bound = bound;
        let next = window.panes.start(bound.saturating_add(1));
        self.threshold = next.saturating_add(window.delay());
    }

    /// The watermark, rounded down to its pane.
    pub(crate) fn watermark(&self, window: &Window) -> Option<i64> {
        self.has_started().then(|| window.panes.start(self.bound))
    }

    /// Where the clock alone takes the watermark: processing time, and an idle stream.
    pub(crate) fn by_clock(&mut self, window: &Window, clock: Option<i64>) -> Option<i64> {
        let now = clock?;
        match window.time {
            TimeSource::Clock => Some(now),
            TimeSource::Event if window.idle_timeout > 0 => {
                if self.heard == NEW {
                    self.hear(window, clock);
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
    pub(crate) fn hear(&mut self, window: &Window, clock: Option<i64>) {
        if window.idle_timeout > 0 {
            self.heard = clock.unwrap_or(NEW);
            self.rested = self.watermark(window).unwrap_or(NEW);
        }
    }

    /// Counts records read.
    pub(crate) fn count(&mut self, rows: usize) {
        self.rows = self.rows.saturating_add(rows as i64);
    }

    /// Where windows of rows are once `rows` records were read, if that moves them.
    pub(crate) fn by_rows(&self, window: &Window) -> Option<i64> {
        (window.time == TimeSource::Rows && self.rows >= self.threshold).then_some(self.rows)
    }

    /// The first row of `batch` at which something must happen, and what.
    pub(crate) fn next_cut(
        &mut self,
        plan: &Plan<'_>,
        window: &Window,
        batch: &Batch<'_>,
    ) -> Result<Option<(usize, Cut)>, RunError> {
        self.known = 0;
        match window.time {
            TimeSource::Event => {}
            TimeSource::Rows if !self.has_started() => return Ok(Some((0, Cut::Move(0)))),
            TimeSource::Rows => {
                let row = self.threshold.saturating_sub(self.rows);
                let row = usize::try_from(row).unwrap_or(0);
                return Ok((row < batch.rows()).then_some((row, Cut::Move(self.threshold))));
            }
            TimeSource::Clock if !self.has_started() => return Err(RunError::NoClock),
            TimeSource::Clock | TimeSource::Window(_) => return Ok(None),
        }
        let times = window.times(plan, batch)?;
        let time = |row: usize| times.get::<8>(row).map(|bytes| i64::from_le_bytes(*bytes));
        if let Some((row, restart)) = self.doubt(window, batch.rows(), time) {
            return Ok(Some((row, Cut::Restart(restart))));
        }
        let cut = self.scan(window, times, batch.rows());
        let before = cut.map_or(batch.rows(), |(row, _)| row);
        if before > 0 {
            self.refused = NEW;
        }
        if let Some((row, at)) = self.punctuation(plan, window, batch, before) {
            return Ok(Some((row, Cut::MoveAfter(time(row).unwrap_or(at)))));
        }
        let Some((row, time)) = cut else { return Ok(None) };
        if self.is_ahead(window, time) {
            let agrees =
                self.refused != NEW && time.abs_diff(self.refused) < window.max_ahead as u64;
            if !agrees {
                return Ok(Some((row, Cut::Refuse(time))));
            }
        }
        Ok(Some((row, Cut::Move(time.saturating_sub(window.delay())))))
    }

    /// The first row that moves the watermark, and its time. Notes how many rows before it are in
    /// the watermark's pane.
    fn scan(&mut self, window: &Window, times: Column<'_>, rows: usize) -> Option<(usize, i64)> {
        let low = self.threshold.max(-TIME_LIMIT);
        let start = window.panes.start(self.bound).max(-TIME_LIMIT);
        let here = low.min(TIME_LIMIT + 1).saturating_sub(start).max(0) as u64;
        let beyond = |time: i64| time.wrapping_sub(start) as u64;
        let (mut row, mut all_here) = (0, true);
        while row < rows {
            // A branch for 128 rows; nearly always all of them are here.
            let some = (rows - row).min(128);
            let times = times.part(row, some);
            if elsewhere(times, start, here) > 0 {
                for (at, time) in times.iter().map(|&time| i64::from_le_bytes(time)).enumerate() {
                    if (low..=TIME_LIMIT).contains(&time) {
                        self.known = if all_here { (row + at) as u64 } else { 0 };
                        return Some((row + at, time));
                    }
                    all_here &= beyond(time) < here;
                }
            }
            row += some;
        }
        self.known = if all_here { rows as u64 } else { 0 };
        None
    }

    fn is_ahead(&self, window: &Window, time: i64) -> bool {
        window.max_ahead > 0
            && self.has_started()
            && time.saturating_sub(self.threshold) >= window.max_ahead
    }

    /// Notes what became of a cut.
    pub(crate) fn cut(&mut self, cut: Cut) {
        match cut {
            Cut::Refuse(time) => {
                self.refused = time;
                self.ahead += 1;
            }
            Cut::Move(_) | Cut::Restart(_) => {
                self.refused = NEW;
                self.trust = self.trust.max(FIRST);
            }
            Cut::MoveAfter(_) | Cut::Emit(_) => self.refused = NEW,
        }
    }

    /// The second record of all, if it lies so far before the first that the first one's clock
    /// was wrong.
    fn doubt(
        &mut self,
        window: &Window,
        rows: usize,
        time: impl Fn(usize) -> Option<i64>,
    ) -> Option<(usize, i64)> {
        let second = match self.trust {
            FIRST => 1,
            READ => 0,
            _ => return None,
        };
        if second >= rows {
            self.trust = READ;
            return None;
        }
        self.trust = AGREED;
        let time = time(second).filter(|time| *time >= -TIME_LIMIT)?;
        let behind = window.panes.start(self.bound).saturating_sub(time);
        let wrong = window.max_ahead > 0 && behind > window.max_ahead;
        wrong.then(|| (second, time.saturating_sub(window.delay())))
    }

    /// The first row before `end` that punctuates, and the watermark.
    fn punctuation(
        &self,
        plan: &Plan<'_>,
        window: &Window,
        batch: &Batch<'_>,
        end: usize,
    ) -> Option<(usize, i64)> {
        let index = window.event?.punctuation?.index();
        let schema = plan.input(StreamId(0));
        let layout = schema.layout();
        let field = schema.fields.get(index)?;
        let bitmap = layout.validity.filter(|_| field.nullable);
        let column = batch.column(index, field.offset as usize, 1, bitmap)?;
        let says =
            |row: &usize| column.get::<1>(*row).is_some_and(|[b]| *b != 0) && column.is_valid(*row);
        (0..end).find(says).map(|row| (row, self.threshold))
    }

    /// Keeps the selected rows that windows still take, and finds their panes. Rows that are not
    /// kept are late, or between windows.
    #[allow(clippy::too_many_arguments)]
    pub(crate) fn assign<'s>(
        &mut self,
        plan: &Plan<'_>,
        window: &Window,
        batch: &Batch<'_>,
        selection: Selection<'s>,
        kept: &'s mut [u16],
        panes: &'s mut [u16],
        counters: &mut Counters,
    ) -> Result<(Selection<'s>, RowPanes<'s>), RunError> {
        let p = &window.panes;
        let here = RowPanes::One(window.ring(self.bound));
        if !window.has_panes {
            return Ok((selection, RowPanes::One(0)));
        }
        let in_gap = p.gap(self.bound) >= 0;
        if window.time != TimeSource::Event {
            // All rows are where the watermark is.
            if !in_gap {
                return Ok((selection, here));
            }
            counters.filtered += selection.len() as u64;
            return Ok((Selection::Rows(&[]), here));
        }
        // The usual case: in order, and all in the pane that the watermark is in.
        let known = core::mem::take(&mut self.known) as usize >= batch.rows();
        if known && p.ahead == 0 && !in_gap {
            return Ok((selection, here));
        }
        let times = window.times(plan, batch)?;
        let bound = p.start(self.bound);
        let (low, high) = (bound.max(-TIME_LIMIT), self.threshold.min(TIME_LIMIT + 1));
        let first = i64::from(window.ring(self.bound));
        let second = bound.saturating_add(p.length);
        let (mut count, mut between) = (0, 0);
        let mut keep = |row: u16, time: Option<i64>| {
            let time = time.unwrap_or(i64::MIN);
            let (takes, place) = if p.every == 1 && time >= low && time < high && p.ahead <= 1 {
                // Without a division: a Cortex-M has none of 64 bits.
                (true, first + i64::from(time >= second))
            } else if (-TIME_LIMIT..high).contains(&time) {
                let pane = p.at(time);
                between += usize::from(p.gap(pane) >= 0);
                (p.takes(pane, self.bound), first + pane.saturating_sub(self.bound))
            } else {
                (false, 0)
            };
            let place =
                if place >= 0 && place < p.held() { place } else { window.ring(place).into() };
            // Written always, kept by the condition: no branch to mispredict.
            if let (Some(k), Some(p)) = (kept.get_mut(count), panes.get_mut(count)) {
                *k = row;
                *p = place as u16;
            }
            count += takes as usize;
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
        let late = (before - count).saturating_sub(between) as u64;
        counters.filtered += between as u64;
        counters.late += late;
        let kept = kept.get(..count).ok_or(RunError::Internal)?;
        let panes = panes.get(..count).ok_or(RunError::Internal)?;
        let selection = if count == before { selection } else { Selection::Rows(kept) };
        let panes = if p.held() == 1 { here } else { RowPanes::Each(panes) };
        Ok((selection, panes))
    }
}

/// How many times do not lie in the `length` microseconds from `start` on.
#[inline(never)] // a loop of its own, without checks
fn elsewhere(times: Column<'_>, start: i64, length: u64) -> usize {
    let is_out = |time: &[u8; 8]| {
        usize::from(i64::from_le_bytes(*time).wrapping_sub(start) as u64 >= length)
    };
    let (fours, rest) = times.fours::<8>();
    fours.flatten().chain(rest).map(is_out).sum()
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
