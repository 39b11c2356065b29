//! What leaves: groups of a stage as rows of the next one, or as records; the deepest stage first.

use crate::arena::take;
use crate::counters::Counters;
use crate::error::RunError;
use crate::expr::Machine;
use crate::plan::layout::{selection_bytes, window_bytes};
use crate::plan::uses::{self, Uses};
use crate::plan::{OnError, Operator};
use crate::selection::Selection;

use super::aggregate::{Aggregate, Folded};
use super::groups::{self, Progress};
use super::stage::{Stage, only};
use super::{Walk, deliver, filter, part, retract, sort, window};

impl<U: Uses> Walk<'_, '_, U> {
    /// Lets the groups leave that changed.
    pub(crate) fn emit_changes(&mut self) -> Result<(), RunError> {
        let Some(stage) = self.stages().last() else { return Ok(()) };
        let bound = match stage.window_state {
            Some(state) => self.window(state)?.bound,
            None => 0,
        };
        self.aggregate(stage)?.emit_changes(bound);
        Ok(())
    }

    /// Whether changed groups leave at the end of each poll.
    pub(crate) fn emits_each_poll(&self) -> bool {
        self.stages().last().is_some_and(|stage| stage.emits_each_poll)
    }

    /// Ends the input: everything that groups hold starts to leave.
    pub(crate) fn end(&mut self) -> Result<(), RunError> {
        match self.stages().first() {
            Some(stage) => {
                let (bound, _) = self.times(stage)?;
                self.aggregate(stage)?.close(i64::MAX, bound)
            }
            None => Ok(()),
        }
    }

    /// Whether anything is on its way out.
    pub(crate) fn is_leaving(&mut self) -> Result<bool, RunError> {
        let stages = self.stages();
        'again: loop {
            if self.sort()?.is_some_and(|sort| sort.is_leaving()) {
                return Ok(true);
            }
            for (at, stage) in stages.iter().enumerate().rev() {
                if self.progress(stage)?.job == groups::NOTHING {
                    continue;
                }
                if self.stage_leaves(stage)? {
                    return Ok(true);
                }
                self.pass_on(at)?;
                if at + 1 == stages.len()
                    && let Some(mut sort) = self.sort()?
                {
                    sort.flush(None)?;
                }
                continue 'again;
            }
            return Ok(false);
        }
    }

    /// Whether surely nothing is on its way out.
    pub(crate) fn is_quiet(&mut self) -> Result<bool, RunError> {
        for stage in self.stages().iter() {
            if self.progress(stage)?.job != groups::NOTHING {
                return Ok(false);
            }
        }
        Ok(!self.sort()?.is_some_and(|sort| sort.is_leaving()))
    }

    fn stage_leaves(&mut self, stage: &Stage) -> Result<bool, RunError> {
        let (bound, watermark) = self.times(stage)?;
        self.aggregate(stage)?.is_leaving(bound, watermark)
    }

    /// All of a stage's windows have left that could: moves on what goes by them.
    fn pass_on(&mut self, at: usize) -> Result<(), RunError> {
        let stages = self.stages();
        let Some(stage) = stages.get(at) else { return Ok(()) };
        let (_, watermark) = self.times(stage)?;
        let Progress { until, resume, .. } = *self.progress(stage)?;
        if resume != window::NEW {
            let state = self.window(stage.window_state.ok_or(RunError::Internal)?)?;
            state.restart::<U>(stage.window.as_ref().ok_or(RunError::Internal)?, resume);
            let mut aggregate = self.aggregate(stage)?;
            aggregate.progress().resume = window::NEW;
            aggregate.progress().until = resume;
            aggregate.begin(resume);
            return Ok(());
        }
        let next = stages.get(at + 1).filter(|_| const { U::SET.stages });
        let Some(next) = next else { return Ok(()) };
        if until == i64::MAX {
            let (bound, _) = self.times(next)?;
            return self.aggregate(next)?.close(i64::MAX, bound);
        }
        if let Some(horizon) = self.aggregate(stage)?.horizon(watermark)
            && let Some(time) = next.time_of(horizon)
        {
            self.advance(at + 1, time)?;
        }
        Ok(())
    }

    /// Lets rows leave, as many as surely fit into `room` as records. Returns the records written.
    pub(crate) fn leave(&mut self, room: &mut [u8]) -> Result<usize, RunError> {
        if let Some(mut sort) = self.sort()?
            && sort.is_leaving()
        {
            return sort.leave(room);
        }
        if const { !U::SET.stops } {
            return self.leave_through(room, None);
        }
        let before = *self.counters;
        let left = self.leave_through(room, Some(&before));
        if let Err(RunError::GroupFailed(_)) = left {
            *self.counters = before;
        }
        left
    }

    /// `before`: the counters, where a failure stops the query.
    fn leave_through(
        &mut self,
        room: &mut [u8],
        before: Option<&Counters>,
    ) -> Result<usize, RunError> {
        let (plan, geometry, stages) =
            (uses::plan::<U>(self.context.plan), self.geometry(), self.stages());
        let mut leaving = None;
        for (at, stage) in stages.iter().enumerate() {
            if self.progress(stage)?.job != groups::NOTHING {
                leaving = Some((at, stage));
            }
        }
        let Some((at, stage)) = leaving else { return Ok(0) };
        let (at, stage) = only::<U>().map_or((at, stage), |(stage, _)| (0, stage));
        let next = stages.get(at + 1).filter(|_| const { U::SET.stages });
        let (_, watermark) = self.times(stage)?;
        let Some(Operator::Aggregate(entry)) = plan.operators.get(stage.at) else {
            return Err(RunError::Internal);
        };
        let holds = next.is_none() && geometry.sort.is_some();
        let mut next_bound = (0, 0);
        let mut end = 0;
        if holds || next.is_some_and(|next| next.window.is_some()) {
            let window = self.aggregate(stage)?.next_window(watermark)?;
            end = window.1;
            if holds && self.sort()?.is_some_and(|mut s| matches!(s.flush(Some(end)), Ok(true))) {
                return Ok(0);
            }
            if let Some(time) = next.and_then(|next| next.time_of(window)) {
                self.advance(at + 1, time)?;
                let next = next.ok_or(RunError::Internal)?;
                if self.progress(next)?.job != groups::NOTHING && self.stage_leaves(next)? {
                    return Ok(0);
                }
            }
        }
        if let Some(next) = next {
            next_bound = self.times(next)?;
        }
        // As many as fit. One at a time where a failure is to stop the query: those before it have
        // left then.
        let most = match plan.on_error {
            OnError::Stop if const { U::SET.stops } => 1,
            _ => plan.batch_rows as usize,
        };
        let fits = room.len() / geometry.output.record_size.max(1);
        let max = match (next.is_some() || holds, entry.retract) {
            (true, _) => most,
            (false, true) => most.min(fits / 2),
            (false, false) => most.min(fits),
        };
        let same = |a: i64, b: i64| match next.and_then(|next| Some((next, next.window?))) {
            Some((next, window)) => {
                let pane = |end| next.time_of((end, end)).map(|time| window.panes.at(time));
                pane(a) == pane(b)
            }
            None => !holds || a == b,
        };
        let mut rest = part(self.states, geometry.states, entry.state)?;
        let own = take(&mut rest, stage.bytes)?;
        let mut aggregate = Aggregate::new(plan, entry, &stage.layout, own)?;
        let rows = aggregate.leave(&mut self.frame, max, watermark, same, self.counters)?;
        // What has no value, such as a sum that left its range.
        if let Some(before) = before
            && plan.on_error == OnError::Stop
            && let Some(failure) = self.counters.failed_since(before)
        {
            return Err(RunError::GroupFailed(failure));
        }
        let mut selection = Selection::All(rows);
        let mut written = 0;
        for (behind, operator) in plan.operators.iter().enumerate().skip(stage.at + 1) {
            match operator {
                Operator::Filter { program, predicate, .. } if const { U::SET.filter } => {
                    Machine::new(&self.context, &mut self.frame, self.counters, None, selection)
                        .run(program.of(plan.instructions))?;
                    let kept = take(&mut rest, selection_bytes(plan))?;
                    selection = filter::keep(&self.frame, *predicate, selection, kept)?;
                }
                Operator::Project { program, .. } if const { U::SET.project } => {
                    Machine::new(&self.context, &mut self.frame, self.counters, None, selection)
                        .run(program.of(plan.instructions))?;
                }
                Operator::Window(_) if const { U::SET.stages } => {
                    take(&mut rest, window_bytes(plan))?;
                }
                Operator::Aggregate(entry) if const { U::SET.stages } => {
                    Machine::new(&self.context, &mut self.frame, self.counters, None, selection)
                        .run(entry.program.of(plan.instructions))?;
                    let next = next.ok_or(RunError::Internal)?;
                    let in_gap = |window: &window::Window| window.panes.gap(next_bound.0) >= 0;
                    if next.window.as_ref().is_some_and(in_gap) {
                        break;
                    }
                    let input = next.rows(selection.len(), next_bound);
                    let mut folds = Aggregate::new(plan, entry, &next.layout, rest)?;
                    let folded = folds.update(&self.frame, input, |_| 0, self.counters)?;
                    if folded != Folded::All {
                        return Err(RunError::GroupsFull { capacity: entry.groups });
                    }
                    break;
                }
                Operator::Sort(entry) if const { U::SET.sort } => {
                    let record = geometry.output.record_size;
                    let mut sort = sort::Sort::new(plan, entry, record, rest)?;
                    let after = plan.operators.get(behind + 1..).unwrap_or(&[]);
                    let mut machine = Machine::new(
                        &self.context,
                        &mut self.frame,
                        self.counters,
                        None,
                        selection,
                    );
                    let rows = deliver(&mut machine, geometry.output, after, sort.batch)?;
                    sort.take_in(plan, &self.frame, rows, end)?;
                    break;
                }
                Operator::Emit { .. } => {
                    let after = plan.operators.get(behind..).unwrap_or(&[]);
                    let mut machine = Machine::new(
                        &self.context,
                        &mut self.frame,
                        self.counters,
                        None,
                        selection,
                    );
                    written = match aggregate.left_rows(rows).filter(|_| const { U::SET.retract }) {
                        None => deliver(&mut machine, geometry.output, after, room)?,
                        Some((slots, bytes)) => {
                            let mut left = retract::Left::new(plan, geometry.output, bytes);
                            let half = fits / 2;
                            let start = half * geometry.output.record_size;
                            let second = room.get_mut(start..).ok_or(RunError::Internal)?;
                            deliver(&mut machine, geometry.output, after, second)?;
                            left.write(slots, selection, room, half)?
                        }
                    };
                    break;
                }
                _ => return Err(RunError::Internal),
            }
        }
        aggregate.left(rows, watermark)?;
        Ok(written)
    }
}
