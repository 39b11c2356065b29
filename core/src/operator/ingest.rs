//! The walk of a batch along the table: from the stream's rows to groups, or to records.

use crate::arena::take;
use crate::batch::Batch;
use crate::counters::Counters;
use crate::error::RunError;
use crate::expr::{Halt, Machine};
use crate::plan::Operator;
use crate::plan::layout::operator_bytes;
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

impl Walk<'_, '_> {
    /// Runs rows of the stream through the table. `room` is where records go if no aggregate
    /// stands in between, `late_room` where late ones go.
    pub(crate) fn ingest(
        &mut self,
        batch: &Batch<'_>,
        room: &mut [u8],
        late_room: &mut [u8],
    ) -> Result<Walked, RunError> {
        let before = *self.counters;
        let mut rows = batch.rows();
        let mut failure = None;
        let mut walked = loop {
            match self.walk(&batch.slice(0, rows), room, late_room, true) {
                Ok(walked) => break walked,
                Err(Halt::Error(error)) => return Err(error),
                // Nothing was folded or written: the rows before it go alone.
                Err(Halt::Row(failed)) => {
                    *self.counters = before;
                    failure = Some(RunError::Failed(failed.failure));
                    rows = failed.row.min(rows.saturating_sub(1));
                }
            }
        };
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
            && let Some(state) = self.geometry.stages.first().and_then(|stage| stage.window_state)
        {
            self.window(state)?.late += late;
        }
        walked.error = walked.error.or(failure);
        Ok(walked)
    }

    /// Counts what rows that can't fail count, without folding them.
    fn count(&mut self, batch: &Batch<'_>) -> Result<(), RunError> {
        match self.walk(batch, &mut [], &mut [], false) {
            Ok(_) => Ok(()),
            Err(Halt::Error(error)) => Err(error),
            Err(Halt::Row(_)) => Err(RunError::Internal),
        }
    }

    /// Runs rows through the table; without `fold` only up to the groups. A row that stops the
    /// walk does so before anything is folded or written.
    fn walk(
        &mut self,
        batch: &Batch<'_>,
        room: &mut [u8],
        late_room: &mut [u8],
        fold: bool,
    ) -> Result<Walked, Halt> {
        let Self { context, frame, counters, states, geometry } = self;
        let plan = context.plan;
        let rows = batch.rows();
        let mut selection = Selection::All(rows);
        let mut late_out = 0;
        let mut turned_away = None;
        let mut input = Rows { count: rows, panes: RowPanes::One(0), bound: 0, watermark: 0 };
        let mut rest = &mut **states;
        for (at, operator) in plan.operators.iter().enumerate() {
            match operator {
                Operator::Scan { .. } => {}
                Operator::Filter { program, predicate, .. } => {
                    Machine::new(*context, frame, counters, Some(batch), selection)
                        .run(program.of(plan.instructions))?;
                    let kept = take(&mut rest, operator_bytes(plan, operator))?;
                    let before = selection.len();
                    selection = filter::keep(frame, *predicate, selection, kept)?;
                    counters.filtered += (before - selection.len()) as u64;
                    if selection.len() == 0 {
                        break;
                    }
                }
                Operator::Window(_) => {
                    let state = take(&mut rest, operator_bytes(plan, operator))?;
                    let (state, kept, numbers) = window::parts(state)?;
                    let stage = geometry.stages.first().ok_or(RunError::Internal)?;
                    let window = stage.window.as_ref().ok_or(RunError::Internal)?;
                    let before = selection;
                    (selection, input.panes) =
                        state.assign(plan, window, batch, selection, kept, numbers, counters)?;
                    input.bound = state.bound;
                    input.watermark = state.watermark(window).unwrap_or(i64::MIN);
                    turned_away = Some((before, selection));
                }
                Operator::Aggregate(entry) => {
                    let stage = geometry.stages.first().ok_or(RunError::Internal)?;
                    stage.conditions(*context, frame, counters, batch, selection)?;
                    Machine::new(*context, frame, counters, Some(batch), selection)
                        .run(entry.program.of(plan.instructions))?;
                    if !fold {
                        break;
                    }
                    input.count = selection.len();
                    let mut aggregate = Aggregate::new(plan, entry, &stage.layout, rest)?;
                    // The clock may go back, time does not.
                    let clock = context.clock.map(|now| now.max(input.watermark));
                    let time = stage.times(plan, batch, clock)?;
                    let time = |row: usize| time.of(selection.row(row));
                    let before = **counters;
                    let folded = aggregate.update(frame, input, time, counters)?;
                    let done = match folded {
                        Folded::All => input.count,
                        Folded::Full(row) | Folded::Leaves(row) => row,
                    };
                    let rows_in = match folded {
                        Folded::All => rows,
                        _ => selection.row(done),
                    };
                    if !late_room.is_empty() {
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
                    if folded != Folded::All {
                        let full = RunError::GroupsFull { capacity: entry.groups };
                        return Ok(Walked {
                            rows_in,
                            rows_out: 0,
                            late_out,
                            counted: [
                                counters.late - before.late,
                                counters.filtered - before.filtered,
                            ],
                            error: matches!(folded, Folded::Full(_)).then_some(full),
                            makes_room: matches!(folded, Folded::Leaves(_)),
                        });
                    }
                    break;
                }
                Operator::Project { .. } | Operator::Emit { .. } | Operator::Sort(_) => {
                    let rest = plan.operators.get(at..).unwrap_or(&[]);
                    let mut machine =
                        Machine::new(*context, frame, counters, Some(batch), selection);
                    let rows_out = deliver(&mut machine, geometry.output, rest, room)?;
                    return Ok(Walked { rows_in: rows, rows_out, ..Walked::default() });
                }
            }
        }
        Ok(Walked { rows_in: rows, late_out, ..Walked::default() })
    }
}
