//! The operator table at work: one file per operator, the walk of a batch along the table
//! (`ingest.rs`), what leaves (`leave.rs`), and what moves the watermark in between (`advance.rs`).
//!
//! Rows pass from operator to operator as a selection of the batch's rows and as registers. An
//! [`Operator::Aggregate`] ends a stage: its groups start another walk, through the operators behind
//! it, when they leave, up to the sink or into the groups of the next stage. What is deepest leaves
//! first, so that nothing waits in between.

mod advance;
mod aggregate;
mod bits;
mod directory;
mod emit;
mod filter;
mod groups;
mod ingest;
mod keys;
mod late;
mod leave;
mod panes;
mod retract;
mod sessions;
mod sort;
mod stage;
use crate::plan::uses::{self, Everything, Uses};
pub(crate) mod window;

use crate::ahead::Columns;
use crate::arena::{view, view_mut};
use crate::counters::{Counters, OperatorCounters};
use crate::error::RunError;
use crate::expr::frame::Frame;
use crate::expr::{Context, Halt, Machine};
use crate::plan::layout::{calls_offset, registers_bytes, registers_offset};
use crate::plan::op::{OutputId, StreamId};
use crate::plan::{Operator, Plan};
use crate::schema::{Field, Layout};
use aggregate::Aggregate;
use groups::Progress;
use stage::Stage;
pub(crate) use stage::Stages;
use window::WindowState;

pub(crate) use ingest::Walked;

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
    /// Bytes of the arena.
    pub(crate) arena: usize,
    /// The sort operator's place in the operator table.
    sort: Option<usize>,
    /// What the plan reads.
    pub(crate) columns: Columns,
}

impl Geometry {
    pub(crate) const fn of(plan: &Plan<'_>) -> Self {
        let registers = registers_offset(plan) as usize;
        let mut sort = None;
        let mut at = 0;
        while at < plan.operators.len() {
            if matches!(plan.operators[at], Operator::Sort(_)) {
                sort = Some(at);
            }
            at += 1;
        }
        Self {
            input: plan.input(StreamId(0)).layout(),
            output: plan.output(OutputId(0)).layout(),
            calls: calls_offset(plan) as usize,
            registers,
            states: registers + registers_bytes(plan) as usize,
            arena: plan.arena_bytes(),
            sort,
            columns: Columns::of(plan),
        }
    }
}

/// A plan, and what follows from it.
#[derive(Clone, Debug)]
pub struct Tables<'p> {
    pub(crate) plan: Plan<'p>,
    pub(crate) geometry: Geometry,
    /// The scanned stream's columns.
    pub(crate) fields: &'p [Field],
}

impl<'p> Tables<'p> {
    pub(crate) const fn of(plan: &Plan<'p>) -> Self {
        Self { plan: *plan, geometry: Geometry::of(plan), fields: plan.input(StreamId(0)).fields }
    }
}

/// The tables of a known plan, worked out while the program is built.
#[inline(always)]
pub(crate) const fn known<U: Uses>() -> Option<&'static Tables<'static>> {
    const {
        match U::PLAN {
            Some(plan) => Some(&Tables::of(&plan)),
            None => None,
        }
    }
}

/// What a walk works on.
#[derive(Debug)]
pub(crate) struct Walk<'a, 'f, U: Uses = Everything> {
    pub(crate) context: Context<'a>,
    pub(crate) tables: &'a Tables<'a>,
    pub(crate) stages: &'a [Stage],
    pub(crate) frame: Frame<'f, U>,
    pub(crate) counters: &'a mut Counters,
    /// How far the query is: the header's.
    pub(crate) phase: &'a mut u64,
    /// The states of all operators.
    pub(crate) states: &'a mut [u8],
}

impl<'a, U: Uses> Walk<'a, '_, U> {
    /// What follows from the plan alone.
    #[inline(always)]
    pub(crate) fn geometry(&self) -> &'a Geometry {
        match known::<U>() {
            Some(tables) => &tables.geometry,
            None => &self.tables.geometry,
        }
    }

    /// The aggregates and their windows, in the order of the rows' way.
    #[inline(always)]
    pub(crate) fn stages(&self) -> &'a [Stage] {
        match stage::known::<U>() {
            Some(stages) => stages,
            None => self.stages,
        }
    }

    /// Whether input rows become records without an aggregate in between.
    pub(crate) fn is_direct(&self) -> bool {
        self.stages().is_empty()
    }

    /// Records that one group can become as it leaves.
    pub(crate) fn leaving_rows(&self) -> usize {
        if self.stages().last().is_some_and(Stage::retracts) { 2 } else { 1 }
    }

    /// Whether late rows go to an output of their own.
    pub(crate) fn delivers_late(&self) -> bool {
        self.stages().first().is_some_and(|stage| stage.delivers_late)
    }

    /// Makes all operators new.
    pub(crate) fn start(&mut self) -> Result<(), RunError> {
        if const { !U::SET.aggregate } {
            return Ok(());
        }
        for stage in self.stages().iter() {
            if const { U::SET.window }
                && let Some(state) = stage.window_state
            {
                self.window(state)?.start();
            }
            self.aggregate(stage)?.start()?;
        }
        Ok(())
    }

    /// The pane that a stage's watermark is in, and where it begins.
    fn times(&mut self, stage: &Stage) -> Result<(i64, i64), RunError> {
        let stage = stage::only::<U>().map_or(stage, |(stage, _)| stage);
        if const { !U::SET.window } {
            return Ok((0, 0));
        }
        Ok(match (&stage.window, stage.window_state) {
            (Some(window), Some(state)) => {
                let state = self.window(state)?;
                (state.bound, state.watermark::<U>(window).unwrap_or(i64::MIN))
            }
            _ => (0, 0),
        })
    }

    fn window(&mut self, state: u32) -> Result<&mut WindowState, RunError> {
        view_mut(part(self.states, self.geometry().states, state)?)
    }

    /// Where a stage's aggregate is: the first part of its state.
    fn progress(&mut self, stage: &Stage) -> Result<&mut Progress, RunError> {
        let stage = stage::only::<U>().map_or(stage, |(stage, _)| stage);
        view_mut(part(self.states, self.geometry().states, stage.state)?)
    }

    fn aggregate<'s>(&'s mut self, stage: &'s Stage) -> Result<Aggregate<'s, U>, RunError> {
        let stage = stage::only::<U>().map_or(stage, |(stage, _)| stage);
        let Some(Operator::Aggregate(entry)) =
            uses::plan::<U>(self.context.plan).operators.get(stage.at)
        else {
            return Err(RunError::Internal);
        };
        let state = part(self.states, self.geometry().states, entry.state)?;
        Aggregate::new(uses::plan::<U>(self.context.plan), entry, &stage.layout, state)
    }

    fn sort(&mut self) -> Result<Option<sort::Sort<'_, U>>, RunError> {
        if const { !U::SET.sort } {
            return Ok(None);
        }
        let Some(at) = self.geometry().sort else { return Ok(None) };
        let Some(Operator::Sort(entry)) = uses::plan::<U>(self.context.plan).operators.get(at)
        else {
            return Err(RunError::Internal);
        };
        let record = self.geometry().output.record_size;
        let state = part(self.states, self.geometry().states, entry.state)?;
        sort::Sort::new(uses::plan::<U>(self.context.plan), entry, record, state).map(Some)
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
fn deliver<U: Uses>(
    machine: &mut Machine<'_, '_, U>,
    layout: Layout,
    operators: &[Operator],
    room: &mut [u8],
) -> Result<usize, Halt> {
    let plan = uses::plan::<U>(machine.plan);
    let rows = machine.selection.len();
    for operator in operators {
        match operator {
            Operator::Project { program, .. } if const { U::SET.project } => {
                machine.run(program.of(plan.instructions))?
            }
            Operator::Emit { output, columns, .. } => {
                let fields = plan.output(*output).fields;
                emit::emit(machine.frame, fields, layout, columns.of(plan.lists), rows, room)?;
            }
            _ => return Err(RunError::Internal.into()),
        }
    }
    Ok(rows)
}
