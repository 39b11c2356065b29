//! Calls of functions: what a kernel is given.

use core::fmt;

use crate::error::RunError;
use crate::plan::op::{Instruction, Source};
use crate::plan::uses::{self, Uses};
use crate::plan::{Argument, Constant, Plan};
use crate::types::DataType;

use super::Machine;
use super::failures::Failures;
use super::frame::{Others, Vector, VectorMut, bit};
use super::function::{Kernel, RowKernel};
use super::rows;

/// One call of a function over the rows of a batch.
///
/// A kernel reads its [arguments](Invocation::input) and writes the result, row by row with
/// [`rows::map`] and its sisters. For a function with [`Nulls::Strict`](crate::plan::signature)
/// rows in which an argument is NULL are NULL already.
#[derive(Debug)]
pub struct Invocation<'a> {
    plan: &'a Plan<'a>,
    arguments: &'a [Argument],
    others: Others<'a>,
    rows: usize,
    pub(super) dst: VectorMut<'a>,
    pub(super) failures: Failures<'a>,
}

/// An argument: a value per row, or one for all.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    pub(super) plan: &'a Plan<'a>,
    /// Its type.
    pub data_type: DataType,
    pub(super) values: Values<'a>,
}

/// Where an argument's values are.
#[derive(Clone, Copy)]
pub(super) enum Values<'a> {
    Vector(Vector<'a>),
    Constant(Constant),
}

impl fmt::Debug for Input<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Input of {}", self.data_type)
    }
}

impl<'a> Input<'a> {
    /// Whether row `row` is not NULL.
    #[must_use]
    #[inline]
    pub fn is_valid(&self, row: usize) -> bool {
        match &self.values {
            Values::Vector(v) => v.is_valid(row),
            Values::Constant(_) => true,
        }
    }

    /// The bytes of a literal that was prepared when SQL was compiled.
    #[must_use]
    pub fn prepared(&self) -> &'a [u8] {
        match self.values {
            Values::Constant(c) => c.as_bytes().of(self.plan.bytes),
            Values::Vector(_) => &[],
        }
    }

    /// The text that the argument is in every row, if it is a literal.
    #[must_use]
    pub fn literal(&self) -> Option<&'a [u8]> {
        match self.values {
            Values::Constant(c) if self.data_type.text_capacity().is_some() => {
                Some(c.as_text().of(self.plan.texts).as_bytes())
            }
            _ => None,
        }
    }
}

impl<'a> Invocation<'a> {
    /// Rows of the batch.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// How many arguments the call has.
    #[must_use]
    pub const fn arguments(&self) -> usize {
        self.arguments.len()
    }

    /// Argument `at`.
    ///
    /// # Errors
    /// [`RunError::Internal`] if there is none.
    pub fn input(&self, at: usize) -> Result<Input<'a>, RunError> {
        let argument = self.arguments.get(at).ok_or(RunError::Internal)?;
        let values = match argument.operand.source() {
            Source::Register(id) => Values::Vector(self.others.get(id)?),
            Source::Constant(id) => {
                let constant = self.plan.constants.get(id.index()).ok_or(RunError::Internal)?;
                Values::Constant(*constant)
            }
        };
        Ok(Input { plan: self.plan, data_type: argument.data_type, values })
    }

    /// The type of the result.
    #[must_use]
    pub const fn result_type(&self) -> DataType {
        self.dst.data_type
    }

    /// Whether row `row` is to be computed: it is not NULL yet.
    #[must_use]
    #[inline]
    pub fn is_open(&self, row: usize) -> bool {
        self.dst.validity.as_ref().is_none_or(|mask| bit(mask, row))
    }

    /// Makes row `row` NULL.
    #[inline]
    pub fn set_null(&mut self, row: usize) {
        self.dst.set_null(row);
    }

    /// Makes row `row` NULL and counts it as failed.
    #[inline]
    pub fn fail(&mut self, row: usize) {
        self.dst.set_null(row);
        self.failures.row(row);
    }
}

/// `dst` = the function's result.
pub(super) fn call<U: Uses>(m: &mut Machine<'_, '_, U>, i: &Instruction) -> Result<(), RunError> {
    let rows = m.rows();
    let plan = uses::plan::<U>(m.plan);
    let call = plan.calls.get(usize::from(i.a.0)).ok_or(RunError::Internal)?;
    let place = m.context.places.get(usize::from(i.a.0)).ok_or(RunError::Internal)?;
    let function = m.context.functions.get(*place).ok_or(RunError::Internal)?;
    let arguments = call.arguments.of(plan.arguments);
    let guard = m.guard;
    let (mut dst, others) = m.frame.split(i.dst)?;
    // The guard's mask can be the result's own register only of a function that can't fail.
    let guard = guard.filter(|id| *id != i.dst);
    let failures = Failures::new(guard.map(|id| others.get(id)).transpose()?)?;
    dst.set_all_valid(true);
    if function.signature.nulls == crate::plan::signature::Nulls::Strict {
        for argument in arguments {
            if let Source::Register(id) = argument.operand.source() {
                dst.and_valid(&others.get(id)?);
            }
        }
    }
    let others = others.of_any();
    let mut invocation = Invocation { plan, arguments, others, rows, dst, failures };
    match function.kernel {
        Kernel::Vector(kernel) => kernel(&mut invocation)?,
        Kernel::Row(RowKernel::F64(f)) => rows::slices(&mut invocation, f)?,
        Kernel::Row(RowKernel::F32(f)) => rows::slices(&mut invocation, f)?,
        Kernel::Row(RowKernel::I64(f)) => rows::slices(&mut invocation, f)?,
        Kernel::Row(RowKernel::I32(f)) => rows::slices(&mut invocation, f)?,
    }
    let Failures { count, first, .. } = invocation.failures;
    let failure = function.signature.fails.unwrap_or(crate::counters::Failure::Text);
    m.report(failure, count, first);
    Ok(())
}

/// `dst` = the query's clock.
pub(super) fn now<U: Uses>(m: &mut Machine<'_, '_, U>, i: &Instruction) -> Result<(), RunError> {
    let rows = m.rows();
    let clock = m.context.clock;
    let (mut dst, _) = m.frame.split(i.dst)?;
    dst.of::<i64>(rows)?.fill(clock.unwrap_or(0));
    dst.set_all_valid(clock.is_some());
    Ok(())
}
