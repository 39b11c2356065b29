//! What moves the watermark and cuts a batch: records, punctuation, the clock.

use crate::batch::Batch;
use crate::error::RunError;

use super::Walk;
use super::window::{self, Cut};
use crate::plan::uses::{self, Uses};

impl<U: Uses> Walk<'_, '_, U> {
    /// The first row of `batch` at which something must happen, and what. Rows before it can be
    /// ingested together.
    pub(crate) fn next_cut(&mut self, batch: &Batch<'_>) -> Result<Option<(usize, Cut)>, RunError> {
        let Some(stage) = self.stages().first() else { return Ok(None) };
        let plan = uses::plan::<U>(self.context.plan);
        let cut = match (&stage.window, stage.window_state) {
            (Some(window), Some(state)) if const { U::SET.window } => {
                self.window(state)?.next_cut::<U>(plan, window, batch)?
            }
            _ => None,
        };
        if const { !U::SET.every } {
            return Ok(cut);
        }
        let before = cut.map_or(batch.rows(), |(row, _)| row);
        let emit = stage.emit_cut(plan, &batch.slice(0, before), self.progress(stage)?)?;
        Ok(emit.or(cut))
    }

    /// Does what must happen at a row: whether the row itself is done with.
    pub(crate) fn cut(&mut self, cut: Cut) -> Result<bool, RunError> {
        let Some(stage) = self.stages().first() else { return Ok(false) };
        if let Some(state) = stage.window_state {
            self.window(state)?.cut(cut);
        }
        match cut {
            Cut::Emit if const { U::SET.every } => {
                self.emit_changes()?;
                Ok(false)
            }
            Cut::Move(watermark) | Cut::MoveAfter(watermark) => {
                self.advance(0, watermark)?;
                Ok(false)
            }
            Cut::Emit => Ok(false),
            Cut::Refuse(_) => {
                self.counters.ahead += 1;
                Ok(true)
            }
            Cut::Restart(watermark) => {
                let bound = stage.window.map_or(0, |window| window.panes.at(watermark));
                let (now, _) = self.times(stage)?;
                let mut aggregate = self.aggregate(stage)?;
                aggregate.close(i64::MAX, now)?;
                let progress = aggregate.progress();
                progress.resume = bound;
                progress.next_emit = window::NEW;
                Ok(false)
            }
        }
    }

    /// Moves a stage's watermark: windows that end at or before it start to leave.
    pub(super) fn advance(&mut self, at: usize, watermark: i64) -> Result<(), RunError> {
        if const { !U::SET.window } {
            return Ok(());
        }
        let Some(stage) = self.stages().get(at) else { return Ok(()) };
        let (Some(window), Some(state)) = (&stage.window, stage.window_state) else {
            return Ok(());
        };
        let state = self.window(state)?;
        let (started, before) = (state.has_started(), state.bound);
        if state.advance::<U>(window, watermark) {
            let bound = state.bound;
            if started && (const { !U::SET.changes } || !stage.layout.notes_changes) {
                // The usual case takes no more than the first bytes.
                self.progress(stage)?.close(bound);
            } else if started {
                self.aggregate(stage)?.close(bound, before)?;
            } else {
                self.aggregate(stage)?.begin(bound);
            }
        }
        Ok(())
    }

    /// Moves the watermark to where a punctuation says, once there is one.
    pub(crate) fn punctuate(&mut self, time: i64) -> Result<(), RunError> {
        let Some(stage) = self.stages().first() else { return Ok(()) };
        match stage.window_state {
            Some(state) if self.window(state)?.has_started() => {
                let before = self.window(state)?.bound;
                self.advance(0, time)?;
                let state = self.window(state)?;
                if state.bound != before {
                    state.settle();
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// What the clock moves, at the start of a poll.
    pub(crate) fn tick(&mut self) -> Result<(), RunError> {
        if const { !U::SET.clock && !U::SET.every } {
            return Ok(());
        }
        let Some(stage) = self.stages().first() else { return Ok(()) };
        let clock = self.context.clock;
        if let (Some(window), Some(state)) = (&stage.window, stage.window_state)
            && let Some(watermark) = self.window(state)?.by_clock::<U>(window, clock)
        {
            self.advance(0, watermark)?;
        }
        if let Some(now) = clock
            && stage.is_due(uses::plan::<U>(self.context.plan), self.progress(stage)?, now)
        {
            self.emit_changes()?;
        }
        Ok(())
    }

    /// Notes that `rows` records were read, and moves what goes by their number.
    pub(crate) fn heard(&mut self, rows: usize) -> Result<(), RunError> {
        if const { !U::SET.clock && !U::SET.rows } {
            return Ok(());
        }
        let Some(stage) = self.stages().first() else { return Ok(()) };
        let (Some(window), Some(state)) = (&stage.window, stage.window_state) else {
            return Ok(());
        };
        let clock = self.context.clock;
        let state = self.window(state)?;
        state.hear::<U>(window, clock);
        state.count(rows);
        match state.by_rows::<U>(window) {
            Some(rows) => self.advance(0, rows),
            None => Ok(()),
        }
    }
}
