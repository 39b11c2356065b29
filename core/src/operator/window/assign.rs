//! The pane of each row, and which rows come too late.

use crate::batch::Batch;
use crate::counters::Counters;
use crate::error::RunError;
use crate::plan::uses::Uses;
use crate::plan::{Plan, TimeSource};
use crate::selection::Selection;
use crate::time::TIME_LIMIT;

use super::{RowPanes, Window, WindowState};

impl WindowState {
    /// Keeps the selected rows that windows still take, and finds their panes. Rows that are not
    /// kept are late, or between windows.
    #[allow(clippy::too_many_arguments)]
    pub(in super::super) fn assign<'s, U: Uses>(
        &mut self,
        plan: &Plan<'_>,
        window: &Window,
        batch: &Batch<'_>,
        selection: Selection<'s>,
        kept: &'s mut [u16],
        panes: &'s mut [u16],
        counters: &mut Counters,
    ) -> Result<(Selection<'s>, RowPanes<'s>), RunError> {
        let window = window.own::<U>();
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
        // No window but those of this pane and the next takes a row then.
        let tumbles = p.every == 1 && p.size == 1 && p.lateness == 0 && p.ahead <= 1;
        let (mut count, mut between) = (0, 0);
        let mut keep = |row: u16, time: Option<i64>| {
            let time = time.unwrap_or(i64::MIN);
            let (takes, place) = if p.every == 1 && time >= low && time < high && p.ahead <= 1 {
                // Without a division: a Cortex-M has none of 64 bits.
                (true, first + i64::from(time >= second))
            } else if !tumbles && (-TIME_LIMIT..high).contains(&time) {
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

impl Window {
    /// The rows of `before` that are not in `after` and not between windows: the late ones.
    pub(in super::super) fn turned_away<'s>(
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
}
