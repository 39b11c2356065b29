//! The operator table at work: one file per operator, and the walk of a batch along the table.
//!
//! Rows pass from operator to operator as a selection of the batch's rows and as registers. An
//! [`Operator::Aggregate`] ends the walk of input rows; its groups start another walk, after it,
//! when they leave. Each operator's state is the next part of the arena.

pub(crate) mod aggregate;
mod emit;
mod filter;
mod groups;
mod keys;
pub(crate) mod tumble;

use crate::arena::{take, view_mut};
use crate::batch::Batch;
use crate::counters::Counters;
use crate::error::RunError;
use crate::expr::Machine;
use crate::expr::frame::Frame;
use crate::plan::layout::operator_bytes;
use crate::plan::{AggregateTable, Operator, Plan};
use crate::selection::Selection;
use aggregate::Aggregate;
use tumble::{Panes, Tumble, Window};

/// What a walk works on.
#[derive(Debug)]
pub(crate) struct Walk<'a, 'f> {
    pub(crate) plan: &'a Plan<'a>,
    pub(crate) frame: Frame<'f>,
    pub(crate) counters: &'a mut Counters,
    /// The states of all operators.
    pub(crate) states: &'a mut [u8],
    /// Arena offset of `states`.
    pub(crate) base: usize,
}

/// What became of a walk's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Walked {
    /// Rows of the batch that are done with.
    pub(crate) rows_in: usize,
    /// Records written.
    pub(crate) rows_out: usize,
    /// Why it stopped before the last row.
    pub(crate) error: Option<RunError>,
}

impl Walk<'_, '_> {
    /// Makes all operators new.
    pub(crate) fn start(&mut self) -> Result<(), RunError> {
        let plan = self.plan;
        let mut rest = &mut *self.states;
        for operator in plan.operators {
            let state = take(&mut rest, operator_bytes(plan, operator))?;
            match operator {
                Operator::Tumble { .. } => *view_mut::<Tumble>(state)? = Tumble::NEW,
                Operator::Aggregate(entry) => Aggregate::new(plan, entry, state)?.start()?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Runs rows of the stream through the table. `room` is where records go if no aggregate
    /// stands in between.
    pub(crate) fn ingest(
        &mut self,
        batch: &Batch<'_>,
        room: &mut [u8],
    ) -> Result<Walked, RunError> {
        let Self { plan, frame, counters, states, .. } = self;
        let plan = *plan;
        let (before, rows) = (**counters, batch.rows());
        let mut selection = Selection::All(rows);
        let mut passed = selection;
        let mut panes = Panes::One(0);
        let mut rest = &mut **states;
        for (at, operator) in plan.operators.iter().enumerate() {
            match operator {
                Operator::Scan { .. } => {}
                Operator::Filter { program, predicate, .. } => {
                    Machine::new(plan, frame, counters, Some(batch), selection)
                        .run(program.of(plan.instructions))?;
                    let kept = take(&mut rest, operator_bytes(plan, operator))?;
                    passed = filter::keep(frame, *predicate, selection, kept)?;
                    counters.filtered += (selection.len() - passed.len()) as u64;
                    selection = passed;
                }
                Operator::Tumble { .. } => {
                    let state = take(&mut rest, operator_bytes(plan, operator))?;
                    let (tumble, kept, numbers) = tumble::parts(state)?;
                    let window = Window::of(plan, operator).ok_or(RunError::Internal)?;
                    let times = window.times(plan, batch).ok_or(RunError::Internal)?;
                    (selection, panes) =
                        tumble.assign(&window, times, selection, kept, numbers, counters)?;
                }
                Operator::Aggregate(entry) => {
                    Machine::new(plan, frame, counters, Some(batch), selection)
                        .run(entry.program.of(plan.instructions))?;
                    let mut aggregate = Aggregate::new(plan, entry, rest)?;
                    let done = aggregate.update(frame, panes, selection.len(), counters)?;
                    if done < selection.len() {
                        // The first row without a group, and all after it, stay in the source:
                        // they are not counted as filtered or late either.
                        let rows_in = selection.row(done);
                        let passed = passed.count_before(rows_in);
                        counters.filtered = before.filtered + (rows_in - passed) as u64;
                        counters.late = before.late + (passed - done) as u64;
                        let error = Some(RunError::GroupsFull { capacity: entry.groups });
                        return Ok(Walked { rows_in, rows_out: 0, error });
                    }
                    break;
                }
                Operator::Project { .. } | Operator::Emit { .. } => {
                    let rest = plan.operators.get(at..).unwrap_or(&[]);
                    let rows_out =
                        deliver(plan, frame, counters, rest, Some(batch), selection, room)?;
                    return Ok(Walked { rows_in: rows, rows_out, error: None });
                }
            }
        }
        Ok(Walked { rows_in: rows, rows_out: 0, error: None })
    }

    /// The row of `batch` at which the watermark enters another window, and its event time. Rows
    /// before it can be ingested together.
    pub(crate) fn next_cut(&mut self, batch: &Batch<'_>) -> Result<Option<(usize, i64)>, RunError> {
        let Some((window, state)) = self.tumble()? else { return Ok(None) };
        let times = window.times(self.plan, batch).ok_or(RunError::Internal)?;
        Ok(self.tumble_state(state)?.next_cut(times))
    }

    /// Moves the watermark for a record of event time `time`: windows that end at or before it
    /// start to leave.
    pub(crate) fn advance(&mut self, time: i64) -> Result<(), RunError> {
        let Some((window, state)) = self.tumble()? else { return Ok(()) };
        let tumble = self.tumble_state(state)?;
        let (before, had_started) = (tumble.bound, tumble.has_started());
        tumble.advance(&window, time);
        let passed = window.count_between(before, tumble.bound);
        if had_started && passed > 0 {
            self.close(before, passed)?;
        }
        Ok(())
    }

    /// Ends the input: all windows, and groups without windows, start to leave.
    pub(crate) fn end(&mut self) -> Result<(), RunError> {
        match self.tumble()? {
            Some((window, state)) => {
                let bound = *self.tumble_state(state)?;
                match bound.has_started() {
                    true => self.close(bound.bound, window.panes.into()),
                    false => Ok(()),
                }
            }
            None => self.close(0, 1),
        }
    }

    fn close(&mut self, window: i64, panes: u32) -> Result<(), RunError> {
        let Some((_, entry)) = aggregate_of(self.plan) else { return Ok(()) };
        self.aggregate(entry)?.close(window, panes);
        Ok(())
    }

    /// Whether groups are on their way out.
    pub(crate) fn is_leaving(&mut self) -> Result<bool, RunError> {
        let Some((_, entry)) = aggregate_of(self.plan) else { return Ok(false) };
        let window = self.tumble()?.map(|(window, _)| window);
        Ok(self.aggregate(entry)?.is_leaving(window.as_ref()))
    }

    /// Lets groups leave through the operators after the aggregate, as many as surely fit into
    /// `room` as records of `record_size` bytes. Returns the records written.
    pub(crate) fn leave(&mut self, record_size: usize, room: &mut [u8]) -> Result<usize, RunError> {
        let plan = self.plan;
        let Some((at, entry)) = aggregate_of(plan) else { return Ok(0) };
        let window = self.tumble()?.map(|(window, _)| window);
        let fits = room.len() / record_size.max(1);
        let max = fits.min(plan.batch_rows as usize);
        let state = part(self.states, self.base, entry.state)?;
        let (own, mut rest) = state
            .split_at_mut_checked(operator_bytes(plan, &Operator::Aggregate(*entry)) as usize)
            .ok_or(RunError::Internal)?;
        let mut aggregate = Aggregate::new(plan, entry, own)?;
        let rows = aggregate.leave(&mut self.frame, window.as_ref(), max, self.counters)?;
        let mut selection = Selection::All(rows);
        let mut next = at + 1;
        while let Some(operator @ Operator::Filter { program, predicate, .. }) =
            plan.operators.get(next)
        {
            Machine::new(plan, &mut self.frame, self.counters, None, selection)
                .run(program.of(plan.instructions))?;
            let kept = take(&mut rest, operator_bytes(plan, operator))?;
            selection = filter::keep(&self.frame, *predicate, selection, kept)?;
            next += 1;
        }
        let after = plan.operators.get(next..).unwrap_or(&[]);
        deliver(plan, &mut self.frame, self.counters, after, None, selection, room)
    }

    /// The tumble operator's constants and its state's arena offset, if there is one.
    fn tumble(&self) -> Result<Option<(Window, u32)>, RunError> {
        for operator in self.plan.operators {
            if let Operator::Tumble { state, .. } = operator {
                let window = Window::of(self.plan, operator).ok_or(RunError::Internal)?;
                return Ok(Some((window, *state)));
            }
        }
        Ok(None)
    }

    fn tumble_state(&mut self, state: u32) -> Result<&mut Tumble, RunError> {
        view_mut(part(self.states, self.base, state)?)
    }

    fn aggregate<'s>(&'s mut self, entry: &'s AggregateTable) -> Result<Aggregate<'s>, RunError> {
        Aggregate::new(self.plan, entry, part(self.states, self.base, entry.state)?)
    }
}

/// The operators' states from arena offset `offset` on.
fn part(states: &mut [u8], base: usize, offset: u32) -> Result<&mut [u8], RunError> {
    let start = (offset as usize).wrapping_sub(base);
    states.get_mut(start..).ok_or(RunError::Internal)
}

/// The aggregate of a plan, and its place in the operator table.
pub(crate) fn aggregate_of<'p>(plan: &Plan<'p>) -> Option<(usize, &'p AggregateTable)> {
    plan.operators.iter().enumerate().find_map(|(at, operator)| match operator {
        Operator::Aggregate(entry) => Some((at, entry)),
        _ => None,
    })
}

/// Runs the last operators: the SELECT list, and the writing of records. Returns those written.
fn deliver(
    plan: &Plan<'_>,
    frame: &mut Frame<'_>,
    counters: &mut Counters,
    operators: &[Operator],
    batch: Option<&Batch<'_>>,
    selection: Selection<'_>,
    room: &mut [u8],
) -> Result<usize, RunError> {
    let rows = selection.len();
    for operator in operators {
        match operator {
            Operator::Project { program, .. } => {
                Machine::new(plan, frame, counters, batch, selection)
                    .run(program.of(plan.instructions))?;
            }
            Operator::Emit { output, columns, .. } => {
                let schema = plan.output(*output);
                let columns = columns.of(plan.lists);
                emit::emit(frame, schema.fields, schema.layout(), columns, rows, room)?;
            }
            _ => return Err(RunError::Internal),
        }
    }
    Ok(rows)
}
