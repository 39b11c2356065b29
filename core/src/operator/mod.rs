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
use crate::counters::{Counters, Failure};
use crate::error::RunError;
use crate::expr::frame::Frame;
use crate::expr::{Context, Halt, Machine};
use crate::plan::layout::{
    AggregateLayout, aggregate_layout, calls_offset, operator_bytes, registers_bytes,
    registers_offset,
};
use crate::plan::op::{OutputId, StreamId};
use crate::plan::{OnError, Operator, Plan};
use crate::schema::Layout;
use crate::selection::Selection;
use aggregate::Aggregate;
use groups::Leaving;
use tumble::{Panes, Tumble, Window};

/// What follows from a plan alone, worked out once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Geometry {
    /// The layout of input records.
    pub(crate) input: Layout,
    /// The layout of output records.
    pub(crate) output: Layout,
    /// Arena offset of the calls' places.
    pub(crate) calls: usize,
    /// Arena offset of the registers.
    pub(crate) registers: usize,
    /// Arena offset of the operators' states.
    pub(crate) states: usize,
    /// The window operator, and the arena offset of its state.
    window: Option<(Window, u32)>,
    /// The aggregate's place in the operator table, and its state's layout.
    aggregate: Option<(usize, AggregateLayout)>,
}

impl Geometry {
    pub(crate) fn of(plan: &Plan<'_>) -> Self {
        let registers = registers_offset(plan) as usize;
        let mut geometry = Self {
            input: plan.input(StreamId(0)).layout(),
            output: plan.output(OutputId(0)).layout(),
            calls: calls_offset(plan) as usize,
            registers,
            states: registers + registers_bytes(plan) as usize,
            window: None,
            aggregate: None,
        };
        for (at, operator) in plan.operators.iter().enumerate() {
            match operator {
                Operator::Tumble { state, .. } => {
                    geometry.window = Window::of(plan, operator).map(|window| (window, *state));
                }
                Operator::Aggregate(entry) => {
                    geometry.aggregate = Some((at, aggregate_layout(plan, entry)));
                }
                _ => {}
            }
        }
        geometry
    }

    /// Whether input rows become records without an aggregate in between.
    pub(crate) const fn is_direct(&self) -> bool {
        self.aggregate.is_none()
    }

    fn window(&self) -> Option<Window> {
        self.window.map(|(window, _)| window)
    }
}

/// What a walk works on.
#[derive(Debug)]
pub(crate) struct Walk<'a, 'f> {
    pub(crate) context: Context<'a>,
    pub(crate) geometry: &'a Geometry,
    pub(crate) frame: Frame<'f>,
    pub(crate) counters: &'a mut Counters,
    /// The states of all operators.
    pub(crate) states: &'a mut [u8],
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
        if let Some((_, state)) = self.geometry.window {
            *self.tumble(state)? = Tumble::NEW;
        }
        match self.aggregate()? {
            Some(mut aggregate) => aggregate.start(),
            None => Ok(()),
        }
    }

    /// Runs rows of the stream through the table. `room` is where records go if no aggregate
    /// stands in between.
    pub(crate) fn ingest(
        &mut self,
        batch: &Batch<'_>,
        room: &mut [u8],
    ) -> Result<Walked, RunError> {
        let before = *self.counters;
        let mut rows = batch.rows();
        let mut failure = None;
        let mut walked = loop {
            match self.walk(&batch.slice(0, rows), room, true) {
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
        if walked.error.is_some() {
            // The first row without a group, and all after it, stay in the source: nothing of
            // them is counted. What the rows before them counted is found by another walk.
            *self.counters = before;
            if walked.rows_in > 0 {
                self.count(&batch.slice(0, walked.rows_in))?;
            }
        }
        walked.error = walked.error.or(failure);
        Ok(walked)
    }

    /// Counts what rows that can't fail count, without folding them.
    fn count(&mut self, batch: &Batch<'_>) -> Result<(), RunError> {
        match self.walk(batch, &mut [], false) {
            Ok(_) => Ok(()),
            Err(Halt::Error(error)) => Err(error),
            Err(Halt::Row(_)) => Err(RunError::Internal),
        }
    }

    /// Runs rows through the table; without `fold` only up to the groups. A row that stops the
    /// walk does so before anything is folded or written.
    fn walk(&mut self, batch: &Batch<'_>, room: &mut [u8], fold: bool) -> Result<Walked, Halt> {
        let Self { context, frame, counters, states, geometry } = self;
        let plan = context.plan;
        let rows = batch.rows();
        let mut selection = Selection::All(rows);
        let mut panes = Panes::One(0);
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
                }
                Operator::Tumble { .. } => {
                    let state = take(&mut rest, operator_bytes(plan, operator))?;
                    let (tumble, kept, numbers) = tumble::parts(state)?;
                    let window = geometry.window().ok_or(RunError::Internal)?;
                    let times = window.times(plan, batch).ok_or(RunError::Internal)?;
                    (selection, panes) =
                        tumble.assign(&window, times, selection, kept, numbers, counters)?;
                }
                Operator::Aggregate(entry) => {
                    Machine::new(*context, frame, counters, Some(batch), selection)
                        .run(entry.program.of(plan.instructions))?;
                    if !fold {
                        break;
                    }
                    let (_, layout) = geometry.aggregate.as_ref().ok_or(RunError::Internal)?;
                    let mut aggregate = Aggregate::new(plan, entry, layout, rest)?;
                    let done = aggregate.update(frame, panes, selection.len(), counters)?;
                    if done < selection.len() {
                        let rows_in = selection.row(done);
                        let error = Some(RunError::GroupsFull { capacity: entry.groups });
                        return Ok(Walked { rows_in, rows_out: 0, error });
                    }
                    break;
                }
                Operator::Project { .. } | Operator::Emit { .. } => {
                    let rest = plan.operators.get(at..).unwrap_or(&[]);
                    let mut machine =
                        Machine::new(*context, frame, counters, Some(batch), selection);
                    let rows_out = deliver(&mut machine, geometry.output, rest, room)?;
                    return Ok(Walked { rows_in: rows, rows_out, error: None });
                }
            }
        }
        Ok(Walked { rows_in: rows, rows_out: 0, error: None })
    }

    /// The row of `batch` at which the watermark enters another window, and its event time. Rows
    /// before it can be ingested together.
    pub(crate) fn next_cut(&mut self, batch: &Batch<'_>) -> Result<Option<(usize, i64)>, RunError> {
        let Some((window, state)) = self.geometry.window else { return Ok(None) };
        let times = window.times(self.context.plan, batch).ok_or(RunError::Internal)?;
        Ok(self.tumble(state)?.next_cut(times))
    }

    /// Moves the watermark for a record of event time `time`: windows that end at or before it
    /// start to leave.
    pub(crate) fn advance(&mut self, time: i64) -> Result<(), RunError> {
        let Some((window, state)) = self.geometry.window else { return Ok(()) };
        let tumble = self.tumble(state)?;
        let before = *tumble;
        tumble.advance(&window, time);
        let passed = window.count_between(before.bound, tumble.bound);
        if before.has_started() && passed > 0 {
            self.close(before.bound, passed)?;
        }
        Ok(())
    }

    /// Ends the input: all windows, and groups without windows, start to leave.
    pub(crate) fn end(&mut self) -> Result<(), RunError> {
        let Some((window, state)) = self.geometry.window else { return self.close(0, 1) };
        let tumble = *self.tumble(state)?;
        if tumble.has_started() {
            self.close(tumble.bound, window.panes.into())?;
        }
        Ok(())
    }

    fn close(&mut self, window: i64, panes: u32) -> Result<(), RunError> {
        if let Some(leaving) = self.leaving()? {
            *leaving = Leaving { window, panes, groups: 0 };
        }
        Ok(())
    }

    /// Whether groups are on their way out.
    pub(crate) fn is_leaving(&mut self) -> Result<bool, RunError> {
        // The usual answer takes no more than a look at the first bytes: this is asked per batch.
        match self.leaving()? {
            Some(leaving) if leaving.panes > 0 => {}
            _ => return Ok(false),
        }
        let window = self.geometry.window();
        match self.aggregate()? {
            Some(mut aggregate) => Ok(aggregate.is_leaving(window.as_ref())),
            None => Ok(false),
        }
    }

    /// Lets groups leave through the operators after the aggregate, as many as surely fit into
    /// `room` as records. Returns the records written.
    pub(crate) fn leave(&mut self, room: &mut [u8]) -> Result<usize, RunError> {
        let before = *self.counters;
        let left = self.leave_through(room);
        if let Err(RunError::GroupFailed(_)) = left {
            *self.counters = before;
        }
        left
    }

    fn leave_through(&mut self, room: &mut [u8]) -> Result<usize, RunError> {
        let plan = self.context.plan;
        let Some((at, layout)) = &self.geometry.aggregate else { return Ok(0) };
        let Some(operator @ Operator::Aggregate(entry)) = plan.operators.get(*at) else {
            return Err(RunError::Internal);
        };
        let fits = room.len() / self.geometry.output.record_size.max(1);
        // One at a time where a failure is to stop the query: those before it have left then.
        let most = match plan.on_error {
            OnError::Null => plan.batch_rows as usize,
            OnError::Stop => 1,
        };
        let max = fits.min(most);
        let mut rest = part(self.states, self.geometry.states, entry.state)?;
        let own = take(&mut rest, operator_bytes(plan, operator))?;
        let window = self.geometry.window();
        let mut aggregate = Aggregate::new(plan, entry, layout, own)?;
        let (arithmetic, texts, capacity) = failures(self.counters);
        let rows = aggregate.leave(&mut self.frame, window.as_ref(), max, self.counters)?;
        // What has no value, such as a sum that left its range.
        if plan.on_error == OnError::Stop {
            let now = failures(self.counters);
            let failure = match () {
                () if now.0 != arithmetic => Some(Failure::Arithmetic),
                () if now.1 != texts => Some(Failure::Text),
                () if now.2 != capacity => Some(Failure::Capacity),
                () => None,
            };
            if let Some(failure) = failure {
                return Err(RunError::GroupFailed(failure));
            }
        }
        let mut selection = Selection::All(rows);
        let mut next = at + 1;
        while let Some(operator @ Operator::Filter { program, predicate, .. }) =
            plan.operators.get(next)
        {
            Machine::new(self.context, &mut self.frame, self.counters, None, selection)
                .run(program.of(plan.instructions))?;
            let kept = take(&mut rest, operator_bytes(plan, operator))?;
            selection = filter::keep(&self.frame, *predicate, selection, kept)?;
            next += 1;
        }
        let after = plan.operators.get(next..).unwrap_or(&[]);
        let mut machine =
            Machine::new(self.context, &mut self.frame, self.counters, None, selection);
        Ok(deliver(&mut machine, self.geometry.output, after, room)?)
    }

    fn tumble(&mut self, state: u32) -> Result<&mut Tumble, RunError> {
        view_mut(part(self.states, self.geometry.states, state)?)
    }

    /// What is leaving: the first part of the aggregate's state.
    fn leaving(&mut self) -> Result<Option<&mut Leaving>, RunError> {
        let Some((at, _)) = &self.geometry.aggregate else { return Ok(None) };
        let Some(Operator::Aggregate(entry)) = self.context.plan.operators.get(*at) else {
            return Err(RunError::Internal);
        };
        view_mut(part(self.states, self.geometry.states, entry.state)?).map(Some)
    }

    fn aggregate(&mut self) -> Result<Option<Aggregate<'_>>, RunError> {
        let Some((at, layout)) = &self.geometry.aggregate else { return Ok(None) };
        let Some(Operator::Aggregate(entry)) = self.context.plan.operators.get(*at) else {
            return Err(RunError::Internal);
        };
        let state = part(self.states, self.geometry.states, entry.state)?;
        Aggregate::new(self.context.plan, entry, layout, state).map(Some)
    }
}

/// What counts the groups' results that have no value.
const fn failures(counters: &Counters) -> (u64, u64, u64) {
    (counters.arithmetic_errors, counters.text_errors, counters.capacity_errors)
}

/// The operators' states from arena offset `offset` on.
fn part(states: &mut [u8], base: usize, offset: u32) -> Result<&mut [u8], RunError> {
    let start = (offset as usize).wrapping_sub(base);
    states.get_mut(start..).ok_or(RunError::Internal)
}

/// Runs the last operators: the SELECT list, and the writing of records. Returns those written.
fn deliver(
    machine: &mut Machine<'_, '_>,
    layout: Layout,
    operators: &[Operator],
    room: &mut [u8],
) -> Result<usize, Halt> {
    let plan = machine.plan;
    let rows = machine.selection.len();
    for operator in operators {
        match operator {
            Operator::Project { program, .. } => machine.run(program.of(plan.instructions))?,
            Operator::Emit { output, columns, .. } => {
                let fields = plan.output(*output).fields;
                emit::emit(machine.frame, fields, layout, columns.of(plan.lists), rows, room)?;
            }
            _ => return Err(RunError::Internal.into()),
        }
    }
    Ok(rows)
}
