//! The walk of a batch along the table: from the stream's rows to groups, or to records.

use crate::arena::take;
use crate::batch::Batch;
use crate::counters::Counters;
use crate::error::RunError;
use crate::expr::{Halt, Machine};
use crate::plan::layout::{selection_bytes, window_bytes};
use crate::plan::op::RegisterId;
use crate::plan::uses::{self, Uses};
use crate::plan::{OnError, Operator};
use crate::selection::Selection;

use super::aggregate::{Aggregate, Folded, Rows};
use super::window::{self, RowPanes};
use super::{Walk, deliver, filter, late};

/// What became of a walk's rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Walked {
    /// Rows of the batch that are done with.
    pub(crate) rows_in: usize,
    /// Records written.
    pub(crate) rows_out: usize,
    /// Late records written.
    pub(crate) late_out: usize,
    /// Records that came too late for a session, or outside of windows by state.
    counted: [u64; 2],
    /// Why it stopped before the last row.
    pub(crate) error: Option<RunError>,
    /// Whether it stopped there because groups leave to make room.
    pub(crate) makes_room: bool,
}

impl<U: Uses> Walk<'_, '_, U> {
    /// Runs rows of the stream through a table without aggregates, into records. There is `room` for
    /// all of them.
    pub(crate) fn pass(&mut self, batch: &Batch<'_>, room: &mut [u8]) -> Result<Walked, RunError> {
        let (rows_out, rows_in, error) =
            self.up_to_failure(batch, |walk, batch| walk.walk_to_records(batch, room))?;
        Ok(Walked { rows_in, rows_out, error, ..Walked::default() })
    }

    /// Runs rows of the stream through the table into groups. `late_room` is where late ones go.
    pub(crate) fn ingest(
        &mut self,
        batch: &Batch<'_>,
        late_room: &mut [u8],
    ) -> Result<Walked, RunError> {
        let before = *self.counters;
        let (mut walked, _, failure) =
            self.up_to_failure(batch, |walk, batch| walk.walk_to_groups(batch, late_room, true))?;
        if walked.error.is_some() || walked.makes_room {
            // The first row without a group, and all after it, stay in the source: nothing of
            // them is counted. What the rows before them counted is found by another walk.
            let Counters { dropped, evicted, .. } = *self.counters;
            let [late, filtered] = walked.counted;
            let (late, filtered) = (before.late + late, before.filtered + filtered);
            *self.counters = Counters { dropped, evicted, late, filtered, ..before };
            if walked.rows_in > 0 {
                self.count(&batch.slice(0, walked.rows_in))?;
            }
        }
        // Not as they are found: rows that are walked again would count again.
        let late = self.counters.late - before.late;
        if late > 0
            && let Some(state) = self.stages().first().and_then(|stage| stage.window_state)
        {
            self.window(state)?.late += late;
        }
        walked.error = walked.error.or(failure);
        Ok(walked)
    }

    /// Walks with the rows before the first that fails, where the plan says to stop then. Returns
    /// what `walk` gave, how many rows those are, and the failure.
    #[inline(always)]
    fn up_to_failure<R>(
        &mut self,
        batch: &Batch<'_>,
        mut walk: impl FnMut(&mut Self, &Batch<'_>) -> Result<R, Halt>,
    ) -> Result<(R, usize, Option<RunError>), RunError> {
        let before = match uses::plan::<U>(self.context.plan).on_error {
            OnError::Stop if const { U::SET.stops } => Some(*self.counters),
            _ => None,
        };
        let mut fewer = None;
        let mut failure = None;
        loop {
            let batch = fewer.as_ref().unwrap_or(batch);
            match walk(self, batch) {
                Ok(walked) => return Ok((walked, batch.rows(), failure)),
                Err(Halt::Error(error)) => return Err(error),
                // Nothing was folded or written: the rows before it go alone.
                Err(Halt::Row(failed)) => {
                    *self.counters = before.ok_or(RunError::Internal)?;
                    failure = Some(RunError::Failed(failed.failure));
                    let rows = failed.row.min(batch.rows().saturating_sub(1));
                    fewer = Some(batch.slice(0, rows));
                }
            }
        }
    }

    /// Counts what rows that can't fail count, without folding them.
    fn count(&mut self, batch: &Batch<'_>) -> Result<(), RunError> {
        match self.walk_to_groups(batch, &mut [], false) {
            Ok(_) => Ok(()),
            Err(Halt::Error(error)) => Err(error),
            Err(Halt::Row(_)) => Err(RunError::Internal),
        }
    }

    /// Runs rows through filters to the SELECT list, and writes them as records: returns how many. A
    /// row that stops the walk does so before anything is written.
    fn walk_to_records(&mut self, batch: &Batch<'_>, room: &mut [u8]) -> Result<usize, Halt> {
        let geometry = self.geometry();
        let Self { context, frame, counters, states, .. } = self;
        let plan = uses::plan::<U>(context.plan);
        let selection = Selection::All(batch.rows());
        let mut machine = Machine::new(context, frame, counters, Some(batch), selection);
        let (mut operators, mut rest) = (plan.operators, &mut **states);
        while let [operator, behind @ ..] = operators {
            match operator {
                Operator::Scan { .. } => {}
                Operator::Filter { program, predicate, .. } if const { U::SET.filter } => {
                    machine.run(program.of(plan.instructions))?;
                    let kept = take(&mut rest, selection_bytes(plan))?;
                    narrow(&mut machine, *predicate, kept)?;
                    if machine.rows() == 0 {
                        return Ok(0);
                    }
                }
                _ => return deliver(&mut machine, geometry.output, operators, room),
            }
            operators = behind;
        }
        Err(RunError::Internal.into())
    }

    /// Runs rows through the table into groups; without `fold` only up to them. A row that stops the
    /// walk does so before anything is folded.
    fn walk_to_groups(
        &mut self,
        batch: &Batch<'_>,
        late_room: &mut [u8],
        fold: bool,
    ) -> Result<Walked, Halt> {
        let (geometry, stages) = (self.geometry(), self.stages());
        let Self { context, frame, counters, states, .. } = self;
        let plan = uses::plan::<U>(context.plan);
        let stage = stages.first().ok_or(RunError::Internal)?;
        let rows = batch.rows();
        let selection = Selection::All(rows);
        let mut machine = Machine::new(context, frame, counters, Some(batch), selection);
        let mut turned_away = None;
        let mut input = Rows { count: rows, panes: RowPanes::One(0), bound: 0, watermark: 0 };
        let mut rest = &mut **states;
        for operator in plan.operators {
            match operator {
                Operator::Scan { .. } => {}
                Operator::Filter { program, predicate, .. } if const { U::SET.filter } => {
                    machine.run(program.of(plan.instructions))?;
                    let kept = take(&mut rest, selection_bytes(plan))?;
                    narrow(&mut machine, *predicate, kept)?;
                    if machine.rows() == 0 {
                        break;
                    }
                }
                Operator::Window(_) if const { U::SET.window } => {
                    let state = take(&mut rest, window_bytes(plan))?;
                    let (state, kept, numbers) = window::parts(state)?;
                    let window = stage.window.as_ref().ok_or(RunError::Internal)?;
                    let Machine { selection, counters, .. } = &mut machine;
                    let before = *selection;
                    (*selection, input.panes) =
                        state.assign::<U>(plan, window, batch, before, kept, numbers, counters)?;
                    input.bound = state.bound;
                    input.watermark = state.watermark::<U>(window).unwrap_or(i64::MIN);
                    turned_away = Some((before, *selection));
                }
                Operator::Aggregate(entry) => {
                    if const { U::SET.sessions } {
                        stage.conditions(&mut machine)?;
                    }
                    let program = entry.program.of(plan.instructions);
                    let columns = machine.in_place(program);
                    if columns.is_none() {
                        machine.run(program)?;
                    }
                    if !fold {
                        break;
                    }
                    let Machine { frame, counters, selection, .. } = machine;
                    let columns = columns.unwrap_or_default();
                    let frame = &frame.lending(&columns);
                    input.count = selection.len();
                    let mut aggregate = Aggregate::new(plan, entry, &stage.layout, rest)?;
                    // The clock may go back, time does not.
                    let clock = context.clock.map(|now| now.max(input.watermark));
                    let time = stage.times(plan, batch, clock)?;
                    let time = |row: usize| time.of(selection.row(row));
                    let (late, filtered) = (counters.late, counters.filtered);
                    batch.ask();
                    let folded = aggregate.update(frame, input, time, counters)?;
                    let done = match folded {
                        Folded::All => input.count,
                        Folded::Full(row) | Folded::Leaves(row) => row,
                    };
                    let rows_in = match folded {
                        Folded::All => rows,
                        _ => selection.row(done),
                    };
                    let counted = [counters.late - late, counters.filtered - filtered];
                    let mut late_out = 0;
                    if const { U::SET.late } && !late_room.is_empty() {
                        // Late for their windows, then late for their sessions.
                        if let (Some((before, after)), Some(window)) = (turned_away, &stage.window)
                        {
                            let late = window.turned_away(plan, batch, before, after)?;
                            let late = late.filter(|&row| row < rows_in);
                            late_out += late::write(plan, batch, late, late_room)?;
                        }
                        let late = (0..done).filter(|&row| aggregate.is_late(row));
                        let late = late.map(|row| selection.row(row));
                        let after = late_room.get_mut(late_out * geometry.input.record_size..);
                        late_out += late::write(plan, batch, late, after.unwrap_or_default())?;
                    }
                    let full = RunError::GroupsFull { capacity: entry.groups };
                    return Ok(Walked {
                        rows_in,
                        rows_out: 0,
                        late_out,
                        counted,
                        error: matches!(folded, Folded::Full(_)).then_some(full),
                        makes_room: matches!(folded, Folded::Leaves(_)),
                    });
                }
                _ => return Err(RunError::Internal.into()),
            }
        }
        Ok(Walked { rows_in: rows, ..Walked::default() })
    }
}

/// Narrows the rows to those that a filter keeps, and counts the others.
#[inline(always)]
fn narrow<'a, U: Uses>(
    machine: &mut Machine<'a, '_, U>,
    predicate: RegisterId,
    kept: &'a mut [u8],
) -> Result<(), RunError> {
    let before = machine.selection.len();
    machine.selection = filter::keep(machine.frame, predicate, machine.selection, kept)?;
    machine.counters.filtered += (before - machine.selection.len()) as u64;
    Ok(())
}
