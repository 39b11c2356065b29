//! The operator table at work: one file per operator, and the walk of a batch along the table.
//!
//! Rows pass from operator to operator as a selection of the batch's rows and as registers. An
//! [`Operator::Aggregate`] ends a stage: its groups start another walk, through the operators behind
//! it, when they leave, up to the sink or into the groups of the next stage. What is deepest leaves
//! first, so that nothing waits in between.

pub(crate) mod aggregate;
mod bits;
mod directory;
mod emit;
mod filter;
pub(crate) mod groups;
mod keys;
mod late;
mod panes;
mod retract;
mod sessions;
mod sort;
mod stage;
pub(crate) mod window;

use crate::arena::{take, view, view_mut};
use crate::batch::Batch;
use crate::counters::{Counters, OperatorCounters};
use crate::error::RunError;
use crate::expr::frame::Frame;
use crate::expr::{Context, Halt, Machine};
use crate::plan::layout::MAX_STAGES;
use crate::plan::layout::{calls_offset, operator_bytes, registers_bytes, registers_offset};
use crate::plan::op::{OutputId, StreamId};
use crate::plan::{OnError, Operator, Plan};
use crate::schema::Layout;
use crate::selection::Selection;
use aggregate::{Aggregate, Folded, Rows};
use groups::Progress;
use stage::Stage;
use window::{Cut, RowPanes, WindowState};

/// What follows from a plan alone, worked out once.
#[derive(Clone, Debug)]
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
    /// The aggregates and their windows, in the order of the rows' way.
    stages: heapless::Vec<Stage, MAX_STAGES>,
    /// The sort operator's place in the operator table.
    sort: Option<usize>,
}

impl Geometry {
    pub(crate) fn of(plan: &Plan<'_>) -> Self {
        let registers = registers_offset(plan) as usize;
        let is_sort = |operator: &Operator| matches!(operator, Operator::Sort(_));
        Self {
            input: plan.input(StreamId(0)).layout(),
            output: plan.output(OutputId(0)).layout(),
            calls: calls_offset(plan) as usize,
            registers,
            states: registers + registers_bytes(plan) as usize,
            stages: stage::all(plan),
            sort: plan.operators.iter().position(is_sort),
        }
    }

    /// Whether input rows become records without an aggregate in between.
    pub(crate) fn is_direct(&self) -> bool {
        self.stages.is_empty()
    }

    /// Records that one group can become as it leaves.
    pub(crate) fn leaving_rows(&self) -> usize {
        if self.stages.last().is_some_and(Stage::retracts) { 2 } else { 1 }
    }

    /// Whether late rows go to an output of their own.
    pub(crate) fn delivers_late(&self) -> bool {
        self.stages.first().is_some_and(|stage| stage.delivers_late)
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
    /// Makes all operators new.
    pub(crate) fn start(&mut self) -> Result<(), RunError> {
        for stage in &self.geometry.stages {
            if let Some(state) = stage.window_state {
                *self.window(state)? = WindowState::start();
            }
            self.aggregate(stage)?.start()?;
        }
        Ok(())
    }

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

    /// The first row of `batch` at which something must happen, and what. Rows before it can be
    /// ingested together.
    pub(crate) fn next_cut(&mut self, batch: &Batch<'_>) -> Result<Option<(usize, Cut)>, RunError> {
        let Some(stage) = self.geometry.stages.first() else { return Ok(None) };
        let plan = self.context.plan;
        let cut = match (&stage.window, stage.window_state) {
            (Some(window), Some(state)) => self.window(state)?.next_cut(plan, window, batch)?,
            _ => None,
        };
        let before = cut.map_or(batch.rows(), |(row, _)| row);
        let emit = stage.emit_cut(plan, &batch.slice(0, before), self.progress(stage)?)?;
        Ok(emit.or(cut))
    }

    /// Does what must happen at a row: whether the row itself is done with.
    pub(crate) fn cut(&mut self, cut: Cut) -> Result<bool, RunError> {
        let Some(stage) = self.geometry.stages.first() else { return Ok(false) };
        if let Cut::Emit(_) = cut {
            self.emit_changes()?;
            return Ok(false);
        }
        let state = self.window(stage.window_state.ok_or(RunError::Internal)?)?;
        state.cut(cut);
        match cut {
            Cut::Move(watermark) | Cut::MoveAfter(watermark) => {
                self.advance(0, watermark)?;
                Ok(false)
            }
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
            Cut::Emit(_) => Ok(false),
        }
    }

    /// Moves a stage's watermark: windows that end at or before it start to leave.
    pub(crate) fn advance(&mut self, at: usize, watermark: i64) -> Result<(), RunError> {
        let Some(stage) = self.geometry.stages.get(at) else { return Ok(()) };
        let (Some(window), Some(state)) = (&stage.window, stage.window_state) else {
            return Ok(());
        };
        let state = self.window(state)?;
        let (started, before) = (state.has_started(), state.bound);
        if state.advance(window, watermark) {
            let bound = state.bound;
            let mut aggregate = self.aggregate(stage)?;
            if started {
                aggregate.close(bound, before)?;
            } else {
                aggregate.begin(bound);
            }
        }
        Ok(())
    }

    /// Moves the watermark to where a punctuation says, once there is one.
    pub(crate) fn punctuate(&mut self, time: i64) -> Result<(), RunError> {
        let Some(stage) = self.geometry.stages.first() else { return Ok(()) };
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
        let Some(stage) = self.geometry.stages.first() else { return Ok(()) };
        let clock = self.context.clock;
        if let (Some(window), Some(state)) = (&stage.window, stage.window_state)
            && let Some(watermark) = self.window(state)?.by_clock(window, clock)
        {
            self.advance(0, watermark)?;
        }
        if let Some(now) = clock
            && stage.is_due(self.context.plan, self.progress(stage)?, now)
        {
            self.emit_changes()?;
        }
        Ok(())
    }

    /// Notes that `rows` records were read, and moves what goes by their number.
    pub(crate) fn heard(&mut self, rows: usize) -> Result<(), RunError> {
        let Some(stage) = self.geometry.stages.first() else { return Ok(()) };
        let (Some(window), Some(state)) = (&stage.window, stage.window_state) else {
            return Ok(());
        };
        let clock = self.context.clock;
        let state = self.window(state)?;
        state.hear(window, clock);
        state.count(rows);
        match state.by_rows(window) {
            Some(rows) => self.advance(0, rows),
            None => Ok(()),
        }
    }

    /// Lets the groups leave that changed.
    pub(crate) fn emit_changes(&mut self) -> Result<(), RunError> {
        let Some(stage) = self.geometry.stages.last() else { return Ok(()) };
        let bound = match stage.window_state {
            Some(state) => self.window(state)?.bound,
            None => 0,
        };
        self.aggregate(stage)?.emit_changes(bound);
        Ok(())
    }

    /// Whether changed groups leave at the end of each poll.
    pub(crate) fn emits_each_poll(&self) -> bool {
        self.geometry.stages.last().is_some_and(|stage| stage.emits_each_poll)
    }

    /// Ends the input: everything that groups hold starts to leave.
    pub(crate) fn end(&mut self) -> Result<(), RunError> {
        match self.geometry.stages.first() {
            Some(stage) => {
                let (bound, _) = self.times(stage)?;
                self.aggregate(stage)?.close(i64::MAX, bound)
            }
            None => Ok(()),
        }
    }

    /// Whether anything is on its way out.
    pub(crate) fn is_leaving(&mut self) -> Result<bool, RunError> {
        // The usual answer takes no more than a look at the first bytes: this is asked per batch.
        if self.is_quiet()? {
            return Ok(false);
        }
        let geometry = self.geometry;
        'again: loop {
            if self.sort()?.is_some_and(|sort| sort.is_leaving()) {
                return Ok(true);
            }
            for (at, stage) in geometry.stages.iter().enumerate().rev() {
                if self.progress(stage)?.job == groups::NOTHING {
                    continue;
                }
                if self.stage_leaves(stage)? {
                    return Ok(true);
                }
                self.pass_on(at)?;
                if at + 1 == geometry.stages.len()
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
        for stage in &self.geometry.stages {
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

    /// The pane that a stage's watermark is in, and where it begins.
    fn times(&mut self, stage: &Stage) -> Result<(i64, i64), RunError> {
        Ok(match (&stage.window, stage.window_state) {
            (Some(window), Some(state)) => {
                let state = self.window(state)?;
                (state.bound, state.watermark(window).unwrap_or(i64::MIN))
            }
            _ => (0, 0),
        })
    }

    /// All of a stage's windows have left that could: moves on what goes by them.
    fn pass_on(&mut self, at: usize) -> Result<(), RunError> {
        let geometry = self.geometry;
        let Some(stage) = geometry.stages.get(at) else { return Ok(()) };
        let (_, watermark) = self.times(stage)?;
        let Progress { until, resume, .. } = *self.progress(stage)?;
        if resume != window::NEW {
            let state = self.window(stage.window_state.ok_or(RunError::Internal)?)?;
            state.restart(stage.window.as_ref().ok_or(RunError::Internal)?, resume);
            let mut aggregate = self.aggregate(stage)?;
            aggregate.progress().resume = window::NEW;
            aggregate.progress().until = resume;
            aggregate.begin(resume);
            return Ok(());
        }
        let Some(next) = geometry.stages.get(at + 1) else { return Ok(()) };
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
        let before = *self.counters;
        let left = self.leave_through(room);
        if let Err(RunError::GroupFailed(_)) = left {
            *self.counters = before;
        }
        left
    }

    fn leave_through(&mut self, room: &mut [u8]) -> Result<usize, RunError> {
        let (plan, geometry) = (self.context.plan, self.geometry);
        let mut leaving = None;
        for (at, stage) in geometry.stages.iter().enumerate() {
            if self.progress(stage)?.job != groups::NOTHING {
                leaving = Some((at, stage));
            }
        }
        let Some((at, stage)) = leaving else { return Ok(0) };
        let next = geometry.stages.get(at + 1);
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
            OnError::Null => plan.batch_rows as usize,
            OnError::Stop => 1,
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
        let before = *self.counters;
        let rows = aggregate.leave(&mut self.frame, max, watermark, same, self.counters)?;
        // What has no value, such as a sum that left its range.
        if plan.on_error == OnError::Stop
            && let Some(failure) = self.counters.failed_since(&before)
        {
            return Err(RunError::GroupFailed(failure));
        }
        let mut selection = Selection::All(rows);
        let mut written = 0;
        for (behind, operator) in plan.operators.iter().enumerate().skip(stage.at + 1) {
            match operator {
                Operator::Filter { program, predicate, .. } => {
                    Machine::new(self.context, &mut self.frame, self.counters, None, selection)
                        .run(program.of(plan.instructions))?;
                    let kept = take(&mut rest, operator_bytes(plan, operator))?;
                    selection = filter::keep(&self.frame, *predicate, selection, kept)?;
                }
                Operator::Project { program, .. } => {
                    Machine::new(self.context, &mut self.frame, self.counters, None, selection)
                        .run(program.of(plan.instructions))?;
                }
                Operator::Window(_) => {
                    take(&mut rest, operator_bytes(plan, operator))?;
                }
                Operator::Aggregate(entry) => {
                    Machine::new(self.context, &mut self.frame, self.counters, None, selection)
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
                Operator::Sort(entry) => {
                    let record = geometry.output.record_size;
                    let mut sort = sort::Sort::new(plan, entry, record, rest)?;
                    let after = plan.operators.get(behind + 1..).unwrap_or(&[]);
                    let mut machine =
                        Machine::new(self.context, &mut self.frame, self.counters, None, selection);
                    let rows = deliver(&mut machine, geometry.output, after, sort.batch)?;
                    sort.take_in(plan, &self.frame, rows, end)?;
                    break;
                }
                Operator::Emit { .. } => {
                    let after = plan.operators.get(behind..).unwrap_or(&[]);
                    let mut machine =
                        Machine::new(self.context, &mut self.frame, self.counters, None, selection);
                    written = match aggregate.left_rows(rows) {
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
                Operator::Scan { .. } => return Err(RunError::Internal),
            }
        }
        aggregate.left(rows, watermark)?;
        Ok(written)
    }

    fn window(&mut self, state: u32) -> Result<&mut WindowState, RunError> {
        view_mut(part(self.states, self.geometry.states, state)?)
    }

    /// Where a stage's aggregate is: the first part of its state.
    fn progress(&mut self, stage: &Stage) -> Result<&mut Progress, RunError> {
        view_mut(part(self.states, self.geometry.states, stage.state)?)
    }

    fn aggregate<'s>(&'s mut self, stage: &'s Stage) -> Result<Aggregate<'s>, RunError> {
        let Some(Operator::Aggregate(entry)) = self.context.plan.operators.get(stage.at) else {
            return Err(RunError::Internal);
        };
        let state = part(self.states, self.geometry.states, entry.state)?;
        Aggregate::new(self.context.plan, entry, &stage.layout, state)
    }

    fn sort(&mut self) -> Result<Option<sort::Sort<'_>>, RunError> {
        let Some(at) = self.geometry.sort else { return Ok(None) };
        let Some(Operator::Sort(entry)) = self.context.plan.operators.get(at) else {
            return Err(RunError::Internal);
        };
        let state = part(self.states, self.geometry.states, entry.state)?;
        let record = self.geometry.output.record_size;
        sort::Sort::new(self.context.plan, entry, record, state).map(Some)
    }
}

/// What an operator that keeps counters has counted; `arena` is all of it.
pub(crate) fn counted(
    operator: u16,
    entry: &Operator,
    arena: &[u8],
) -> Result<Option<OperatorCounters>, RunError> {
    let state = |offset: u32| arena.get(offset as usize..).ok_or(RunError::Internal);
    let none = OperatorCounters { operator, name: entry.name(), ..OperatorCounters::default() };
    Ok(match entry {
        Operator::Window(table) => {
            let WindowState { late, ahead, .. } = *view(state(table.state)?)?;
            Some(OperatorCounters { late, ahead, ..none })
        }
        Operator::Aggregate(table) => {
            let Progress { dropped, evicted, .. } = *view(state(table.state)?)?;
            Some(OperatorCounters { dropped, evicted, ..none })
        }
        _ => None,
    })
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
