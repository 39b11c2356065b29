//! The expression machine: runs a program of [`Instruction`]s over registers, a batch at a time.
//!
//! One file per kernel family. A kernel is dispatched once per instruction and batch, then loops
//! over plain slices; NULLs travel beside the values as masks of 64 rows a word. Bits of a mask
//! beyond the last row mean nothing.

mod arithmetic;
use crate::plan::uses::{self, Everything, Uses};
pub(crate) mod call;
mod cast;
pub(crate) mod compare;
mod element;
mod failures;
mod fmod;
pub(crate) mod frame;
pub(crate) mod function;
pub mod lanes;
mod load;
mod logic;
mod one;
mod overflow;
pub mod rows;
mod select;

use crate::batch::Batch;
use crate::counters::{Counters, Failure};
use crate::error::RunError;
use crate::plan::op::{Instruction, Op, Operand, RegisterId, Source};
use crate::plan::{OnError, Plan};
use crate::schema::{Field, Layout};
use crate::selection::Selection;
pub(crate) use element::{for_integer, for_number, for_value};
use failures::Failed;
pub(crate) use failures::Halt;
use frame::Frame;
use function::Functions;

/// What does not change while a query polls.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context<'a> {
    /// The tables.
    pub(crate) plan: &'a Plan<'a>,
    /// The scanned stream's columns.
    pub(crate) fields: &'a [Field],
    /// What calls call.
    pub(crate) functions: Functions<'a>,
    /// Where among them each call's function is.
    pub(crate) places: &'a [u16],
    /// What NOW() is, microseconds since 1970, if it was set.
    pub(crate) clock: Option<i64>,
}

/// What a program runs on.
#[derive(Debug)]
pub(crate) struct Machine<'a, 'f, U: Uses = Everything> {
    /// The tables.
    pub(crate) plan: &'a Plan<'a>,
    context: &'a Context<'a>,
    /// The registers.
    pub(crate) frame: &'a mut Frame<'f, U>,
    /// Where failed rows are counted.
    pub(crate) counters: &'a mut Counters,
    /// The batch that the pipeline started with, if it started at a stream.
    pub(crate) batch: Option<&'a Batch<'a>>,
    /// The rows of it, or of the registers of an earlier operator, that the program sees.
    pub(crate) selection: Selection<'a>,
    /// The mask under which failed rows count.
    guard: Option<RegisterId>,
    /// The first row that failed, if the plan says to stop then.
    failed: Option<Failed>,
}

impl<'a, 'f, U: Uses> Machine<'a, 'f, U> {
    /// A machine without a guard.
    pub(crate) const fn new(
        context: &'a Context<'a>,
        frame: &'a mut Frame<'f, U>,
        counters: &'a mut Counters,
        batch: Option<&'a Batch<'a>>,
        selection: Selection<'a>,
    ) -> Self {
        let plan = context.plan;
        Self { plan, context, frame, counters, batch, selection, guard: None, failed: None }
    }

    /// Runs a program from its first instruction to its last.
    #[inline(never)]
    pub(crate) fn run(&mut self, program: &[Instruction]) -> Result<(), Halt> {
        self.guard = None;
        for instruction in program {
            self.ask();
            self.step(instruction)?;
        }
        self.failed.map_or(Ok(()), |failed| Err(Halt::Row(failed)))
    }

    /// The columns that a program loads, if that is all it does and they can be read in place.
    pub(crate) fn in_place(&self, program: &[Instruction]) -> Option<load::InPlace<'a>> {
        load::in_place(self, program)
    }

    /// Counts the rows that failed in an instruction.
    #[inline]
    fn report(&mut self, failure: Failure, count: u64, first: Option<usize>) {
        let Some(row) = first else { return };
        self.counters.add(failure, count);
        if const { U::SET.stops } && uses::plan::<U>(self.plan).on_error == OnError::Stop {
            let row = self.selection.row(row);
            if self.failed.is_none_or(|failed| row < failed.row) {
                self.failed = Some(Failed { failure, row });
            }
        }
    }

    #[inline(always)]
    fn step(&mut self, i: &Instruction) -> Result<(), RunError> {
        // What the plan has none of is left out.
        macro_rules! used {
            ($($op:ident)|+) => {
                const { U::SET.any(&[$(Op::$op),+]) }
            };
        }
        match i.op {
            Op::Load if used!(Load) => load::load(self, i),
            Op::Gather if used!(Gather) => load::gather(self, i),
            Op::Constant | Op::Copy if used!(Constant | Copy) => select::copy(self, i),
            Op::Null if used!(Null) => select::null(self, i),
            Op::Blend if used!(Blend) => select::blend(self, i),
            Op::Coalesce if used!(Coalesce) => select::coalesce(self, i),
            Op::NullIf if used!(NullIf) => select::null_if(self, i),
            Op::Add | Op::Sub | Op::Mul | Op::Div | Op::Mod
                if used!(Add | Sub | Mul | Div | Mod) =>
            {
                arithmetic::binary(self, i)
            }
            Op::Neg if used!(Neg) => arithmetic::negate(self, i),
            Op::WindowStart if used!(WindowStart) => arithmetic::window_start(self, i),
            Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge
                if used!(Eq | Ne | Lt | Le | Gt | Ge) =>
            {
                compare::compare(self, i)
            }
            Op::And | Op::Or if used!(And | Or) => logic::and_or(self, i),
            Op::Not if used!(Not) => logic::not(self, i),
            Op::IsNull | Op::IsNotNull if used!(IsNull | IsNotNull) => logic::is_null(self, i),
            Op::Cast | Op::TryCast if used!(Cast | TryCast) => cast::cast(self, i),
            Op::Call if used!(Call) => call::call(self, i),
            Op::Now if used!(Now) => call::now(self, i),
            Op::Guard if used!(Guard) => {
                self.guard = Some(register(i.a)?);
                Ok(())
            }
            Op::Unguard if used!(Guard) => {
                self.guard = None;
                Ok(())
            }
            _ => Err(RunError::Internal),
        }
    }

    /// Asks for a little of the next batch.
    #[inline]
    fn ask(&self) {
        if let Some(batch) = self.batch {
            batch.ask();
        }
    }

    /// Rows that the program works on.
    #[inline]
    pub(crate) fn rows(&self) -> usize {
        self.selection.len()
    }

    /// The layout of the scanned stream's records.
    fn stream_layout(&self) -> Layout {
        Layout::of(uses::fields::<U>(self.context.fields))
    }
}

/// An operand that must be a register.
#[inline]
fn register(operand: Operand) -> Result<RegisterId, RunError> {
    match operand.source() {
        Source::Register(id) => Ok(id),
        Source::Constant(_) => Err(RunError::Internal),
    }
}
