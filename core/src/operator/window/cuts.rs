//! Where a batch is cut: before the record that moves the watermark, or that must not.

use crate::batch::Batch;
use crate::column::Column;
use crate::error::RunError;
use crate::plan::op::StreamId;
use crate::plan::uses::Uses;
use crate::plan::{Plan, TimeSource};
use crate::simd::widest;
use crate::time::TIME_LIMIT;

use super::{AGREED, Cut, FIRST, NEW, READ, Window, WindowState};

impl WindowState {
    /// The first row of `batch` at which something must happen, and what.
    pub(in super::super) fn next_cut<U: Uses>(
        &mut self,
        plan: &Plan<'_>,
        window: &Window,
        batch: &Batch<'_>,
    ) -> Result<Option<(usize, Cut)>, RunError> {
        let window = window.own::<U>();
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
        if let Some((row, restart)) = self.doubt::<U>(window, batch.rows(), time) {
            return Ok(Some((row, Cut::Restart(restart))));
        }
        let cut = self.scan::<U>(window, times, batch);
        let before = cut.map_or(batch.rows(), |(row, _)| row);
        if before > 0 {
            self.refused = NEW;
        }
        if let Some(row) = punctuation::<U>(plan, window, batch, before)
            && let Some(time) = time(row)
        {
            return Ok(Some((row, Cut::MoveAfter(time))));
        }
        let Some((row, time)) = cut else { return Ok(None) };
        if self.is_ahead::<U>(window, time) {
            let agrees =
                self.refused != NEW && time.abs_diff(self.refused) < window.max_ahead as u64;
            if !agrees {
                return Ok(Some((row, Cut::Refuse(time))));
            }
        }
        Ok(Some((row, Cut::Move(time.saturating_sub(window.delay)))))
    }

    /// The first row that moves the watermark, and its time. Notes how many rows before it are in
    /// the watermark's pane.
    fn scan<U: Uses>(
        &mut self,
        window: &Window,
        times: Column<'_>,
        batch: &Batch<'_>,
    ) -> Option<(usize, i64)> {
        let window = window.own::<U>();
        let rows = batch.rows();
        let low = self.threshold.max(-TIME_LIMIT);
        let start = window.panes.start(self.bound).max(-TIME_LIMIT);
        let length = low.min(TIME_LIMIT + 1).saturating_sub(start).max(0) as u64;
        let here = Span { start, length };
        let (mut row, mut all_here) = (0, true);
        if const { !U::SET.fast } {
            for row in 0..rows {
                let time = times.get::<8>(row).map_or(0, |bytes| i64::from_le_bytes(*bytes));
                if (low..=TIME_LIMIT).contains(&time) {
                    self.known = if all_here { row as u64 } else { 0 };
                    return Some((row, time));
                }
                all_here &= !here.lacks(time);
            }
            self.known = if all_here { rows as u64 } else { 0 };
            return None;
        }
        // In most runs of rows all are here; where not, the run is looked at row by row.
        while row < rows {
            let run = times.part(row, (rows - row).min(RUN));
            let mut at = if here.has_all(run) { RUN } else { 0 };
            while at < RUN
                && let Some(time) = here.next_outside(run, &mut at)
            {
                if (low..=TIME_LIMIT).contains(&time) {
                    self.known = if all_here { (row + at) as u64 } else { 0 };
                    return Some((row + at, time));
                }
                (all_here, at) = (false, at + 1);
            }
            row += RUN;
            if row.is_multiple_of(2 * RUN) {
                batch.ask();
            }
        }
        self.known = if all_here { rows as u64 } else { 0 };
        None
    }

    fn is_ahead<U: Uses>(&self, window: &Window, time: i64) -> bool {
        let window = window.own::<U>();
        window.max_ahead > 0
            && self.has_started()
            && time.saturating_sub(self.threshold) >= window.max_ahead
    }

    /// Notes what became of a cut.
    pub(in super::super) fn cut(&mut self, cut: Cut) {
        match cut {
            Cut::Refuse(time) => {
                self.refused = time;
                self.ahead += 1;
            }
            Cut::Move(_) | Cut::Restart(_) => {
                self.refused = NEW;
                self.trust = self.trust.max(FIRST);
            }
            Cut::MoveAfter(_) => self.refused = NEW,
            Cut::Emit => {}
        }
    }

    /// The second record of all, if it lies so far before the first that the first one's clock
    /// was wrong.
    fn doubt<U: Uses>(
        &mut self,
        window: &Window,
        rows: usize,
        time: impl Fn(usize) -> Option<i64>,
    ) -> Option<(usize, i64)> {
        let window = window.own::<U>();
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
        wrong.then(|| (second, time.saturating_sub(window.delay)))
    }
}

/// The first row before `end` that punctuates.
fn punctuation<U: Uses>(
    plan: &Plan<'_>,
    window: &Window,
    batch: &Batch<'_>,
    end: usize,
) -> Option<usize> {
    let window = window.own::<U>();
    let index = window.event?.punctuation?.index();
    let schema = plan.input(StreamId(0));
    let layout = schema.layout();
    let field = schema.fields.get(index)?;
    let bitmap = layout.validity.filter(|_| field.nullable);
    let column = batch.column(index, field.offset as usize, 1, bitmap)?;
    let says =
        |row: &usize| column.get::<1>(*row).is_some_and(|[b]| *b != 0) && column.is_valid(*row);
    (0..end).find(says)
}

/// Rows that are looked at in one go.
const RUN: usize = 128;

/// `length` microseconds from `start` on.
#[derive(Clone, Copy)]
struct Span {
    start: i64,
    length: u64,
}

impl Span {
    #[inline(always)]
    const fn lacks(self, time: i64) -> bool {
        time.wrapping_sub(self.start) as u64 >= self.length
    }

    /// The first time that is not in the span, from row `at` on, and its row.
    fn next_outside(self, times: Column<'_>, at: &mut usize) -> Option<i64> {
        let lacks = |time: &[u8; 8]| self.lacks(i64::from_le_bytes(*time));
        let found = match times.adjacent::<8>() {
            Some(times) => {
                let times = times.get(*at..)?;
                // Eight at a time up to those that it is among.
                let (eights, _) = times.as_chunks::<8>();
                let has = |eight: &[[u8; 8]; 8]| eight.iter().any(lacks);
                let before = 8 * eights.iter().position(has).unwrap_or(eights.len());
                times.get(before..)?.iter().position(lacks).map(|found| before + found)
            }
            None => times.iter().skip(*at).position(lacks),
        };
        *at += found?;
        times.get::<8>(*at).map(|time| i64::from_le_bytes(*time))
    }

    /// Whether all times are in the span.
    #[inline(never)] // loops of their own, without checks
    fn has_all(self, times: Column<'_>) -> bool {
        if let Some(times) = times.adjacent::<8>() {
            // Signs instead of comparisons, which SIMD has none of for numbers without a sign: one
            // is set if a time lies before `start`, at or behind the end, or very far from both.
            let end = self.length.wrapping_sub(1) as i64;
            let outside = |any, &time: &[u8; 8]| {
                let into = i64::from_le_bytes(time).wrapping_sub(self.start);
                any | into | end.wrapping_sub(into)
            };
            return widest(|| times.iter().fold(0, outside)) >= 0;
        }
        let (fours, rest) = times.fours::<8>();
        let lacks = |&time: &[u8; 8]| usize::from(self.lacks(i64::from_le_bytes(time)));
        let four = |times: [&[u8; 8]; 4]| times.map(lacks).iter().sum::<usize>();
        fours.map(four).sum::<usize>() + rest.map(lacks).sum::<usize>() == 0
    }
}
