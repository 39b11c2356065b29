//! A stage: an aggregate and the window in front of it, as constants worked out once.

use core::marker::PhantomData;
use core::ops::Deref;

use crate::batch::Batch;
use crate::column::Column;
use crate::error::RunError;
use crate::expr::{Halt, Machine};
use crate::plan::layout::{AggregateLayout, MAX_STAGES, aggregate_layout, operator_bytes, window};
use crate::plan::op::OperatorId;
use crate::plan::{
    AggregateTable, EmitMode, EventTime, OnFull, Operator, Plan, Range, TimeSource, WindowShape,
    WindowTime,
};

use super::aggregate::Rows;
use super::groups::Progress;
use super::window::{Cut, NEW, RowPanes, Window, event_time, event_times};
use crate::plan::uses::{self, Uses};

/// A stage of the operator table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stage {
    pub(super) window: Option<Window>,
    /// Arena offset of the window operator's state.
    pub(super) window_state: Option<u32>,
    /// The aggregate's place in the operator table.
    pub(super) at: usize,
    /// Arena offset of its state.
    pub(super) state: u32,
    /// Bytes of its state.
    pub(super) bytes: u64,
    pub(super) layout: AggregateLayout,
    pub(super) delivers_late: bool,
    /// Whether changed groups leave at the end of each poll.
    pub(super) emits_each_poll: bool,
    emit: EmitMode,
    time: Option<TimeSource>,
    /// The conditions of a state window.
    program: Option<Range>,
}

/// What gives rows their times.
#[derive(Clone, Copy, Debug)]
pub(super) enum Times<'b> {
    Column(Column<'b>),
    All(i64),
}

impl Times<'_> {
    pub(super) fn of(&self, row: usize) -> i64 {
        match self {
            Self::Column(column) => {
                column.get::<8>(row).map_or(NEW, |bytes| i64::from_le_bytes(*bytes))
            }
            Self::All(time) => *time,
        }
    }
}

/// The stages of a known plan: all of them are constant.
struct Known<U>(PhantomData<U>);

impl<U: Uses> Known<U> {
    const STAGES: Stages = match U::PLAN {
        Some(plan) => Stages::of(&plan),
        None => Stages::of(&Plan::EMPTY),
    };
    const FIRST: Stage = Self::STAGES.all[0];
    const ENTRY: Option<AggregateTable> = match U::PLAN {
        Some(plan) if Self::STAGES.len == 1 => match &plan.operators[Self::FIRST.at] {
            Operator::Aggregate(entry) => Some(*entry),
            _ => None,
        },
        _ => None,
    };
}

/// The stages of a known plan.
#[inline(always)]
pub(super) const fn known<U: Uses>() -> Option<&'static [Stage]> {
    const {
        // One list for each length, so that no more than the stages there are lie in flash.
        match (&U::PLAN, Known::<U>::STAGES.len) {
            (None, _) => None,
            (_, 0) => Some(&[]),
            (_, 1) => Some(&[Known::<U>::FIRST]),
            (_, 2) => Some(&[Known::<U>::FIRST, Known::<U>::STAGES.all[1]]),
            _ => Some(&Known::<U>::STAGES.all),
        }
    }
}

/// The stage of a known plan that has but one, and its entry.
#[inline(always)]
pub(super) const fn only<U: Uses>() -> Option<(&'static Stage, &'static AggregateTable)> {
    const {
        match &Known::<U>::ENTRY {
            Some(entry) => Some((&Known::<U>::FIRST, entry)),
            None => None,
        }
    }
}

/// The stages of a plan, in the order of the rows' way.
#[derive(Clone, Debug)]
pub(crate) struct Stages {
    /// Those beyond `len` mean nothing.
    all: [Stage; MAX_STAGES],
    len: usize,
}

impl Stages {
    pub(crate) const fn of(plan: &Plan<'_>) -> Self {
        let mut stages = Self { all: [Stage::NONE; MAX_STAGES], len: 0 };
        let mut at = 0;
        // `verify` allows no more.
        while at < plan.operators.len() && stages.len < MAX_STAGES {
            if let Operator::Aggregate(entry) = &plan.operators[at] {
                stages.all[stages.len] = Stage::of(plan, at, entry);
                stages.len += 1;
            }
            at += 1;
        }
        stages
    }
}

impl Deref for Stages {
    type Target = [Stage];

    #[inline(always)]
    fn deref(&self) -> &[Stage] {
        self.all.get(..self.len).unwrap_or(&[])
    }
}

impl Stage {
    /// None: what `Stages` is filled with.
    const NONE: Self = Self::of(
        &Plan::EMPTY,
        0,
        &AggregateTable {
            input: OperatorId(0),
            program: Range::EMPTY,
            keys: Range::EMPTY,
            key_results: Range::EMPTY,
            aggregates: Range::EMPTY,
            window_results: Range::EMPTY,
            groups: 0,
            on_full: OnFull::Error,
            emit: EmitMode::Final,
            retract: false,
            state: 0,
        },
    );

    /// The stage of the aggregate at `at`.
    const fn of(plan: &Plan<'_>, at: usize, entry: &AggregateTable) -> Self {
        let layout = aggregate_layout(plan, entry);
        let notes_changes = layout.notes_changes;
        let stage = Self {
            window: None,
            window_state: None,
            at,
            state: entry.state,
            bytes: operator_bytes(plan, &Operator::Aggregate(*entry)),
            layout,
            delivers_late: false,
            emits_each_poll: notes_changes && !matches!(entry.emit, EmitMode::Every(_)),
            emit: entry.emit,
            time: None,
            program: None,
        };
        let Some(below) = window(plan, entry) else { return stage };
        Self {
            window: Window::of(plan, below),
            window_state: Some(below.state),
            delivers_late: below.late.is_some(),
            time: Some(below.time),
            program: match below.shape {
                WindowShape::State { program, .. } => Some(program),
                _ => None,
            },
            ..stage
        }
    }

    /// Whether groups that leave again are taken back first.
    pub(super) const fn retracts(&self) -> bool {
        self.layout.aggregates > self.layout.left
    }

    /// Computes the conditions of a state window.
    pub(super) fn conditions<U: Uses>(&self, machine: &mut Machine<'_, '_, U>) -> Result<(), Halt> {
        let Some(program) = self.program else { return Ok(()) };
        machine.run(program.of(uses::plan::<U>(machine.plan).instructions))
    }

    /// The times of a batch's rows.
    pub(super) fn times<'b>(
        &self,
        plan: &Plan<'_>,
        batch: &Batch<'b>,
        clock: Option<i64>,
    ) -> Result<Times<'b>, RunError> {
        match (self.time, event_time(plan)) {
            (Some(TimeSource::Event), Some(event)) => {
                event_times(plan, event, batch).map(Times::Column)
            }
            _ => Ok(Times::All(clock.unwrap_or(0))),
        }
    }

    /// The event time that an interval of changes goes by; without one it goes by the clock.
    fn emits_by(&self, plan: &Plan<'_>) -> Option<EventTime> {
        event_time(plan)
            .filter(|_| !matches!(self.time, Some(TimeSource::Clock | TimeSource::Rows)))
    }

    /// The first row of a batch before which changed groups leave, if an interval says so.
    pub(super) fn emit_cut(
        &self,
        plan: &Plan<'_>,
        batch: &Batch<'_>,
        progress: &mut Progress,
    ) -> Result<Option<(usize, Cut)>, RunError> {
        let (EmitMode::Every(interval), Some(event)) = (self.emit, self.emits_by(plan)) else {
            return Ok(None);
        };
        let times = Times::Column(event_times(plan, event, batch)?);
        for row in 0..batch.rows() {
            let watermark = times.of(row).saturating_sub(event.delay);
            if progress.next_emit == NEW {
                progress.next_emit = next_multiple(watermark, interval);
            } else if watermark >= progress.next_emit {
                progress.next_emit = next_multiple(watermark, interval);
                return Ok(Some((row, Cut::Emit)));
            }
        }
        Ok(None)
    }

    /// Whether the clock says that changed groups leave: where there is no event time.
    pub(super) fn is_due(&self, plan: &Plan<'_>, progress: &mut Progress, now: i64) -> bool {
        let EmitMode::Every(interval) = self.emit else { return false };
        if self.emits_by(plan).is_some() {
            return false;
        }
        let due = progress.next_emit != NEW && now >= progress.next_emit;
        if due || progress.next_emit == NEW {
            progress.next_emit = next_multiple(now, interval);
        }
        due
    }

    /// The time of rows of a window of the stage before, from its start and end.
    pub(super) fn time_of(&self, (start, end): (i64, i64)) -> Option<i64> {
        match self.time? {
            TimeSource::Window(WindowTime::Start) => Some(start),
            TimeSource::Window(WindowTime::End) => Some(end),
            TimeSource::Window(WindowTime::Last) => Some(end.saturating_sub(1)),
            _ => None,
        }
    }

    /// Rows of the stage before, all of which are where this one's watermark is.
    pub(super) fn rows(&self, count: usize, (bound, watermark): (i64, i64)) -> Rows<'static> {
        let panes = RowPanes::One(self.window.map_or(0, |window| window.ring(bound)));
        Rows { count, panes, bound, watermark }
    }
}

/// The first multiple of `interval` after `time`.
fn next_multiple(time: i64, interval: i64) -> i64 {
    match time.checked_rem_euclid(interval) {
        Some(into) => time.saturating_sub(into).saturating_add(interval),
        None => i64::MAX,
    }
}
