//! Aggregate functions, one file per family. The states of a call are arrays with one entry per
//! group slot; slots are named by lists.
//!
//! `update` folds a batch in, in row order (so that floating-point sums are the same however the
//! input is cut). `merge` brings what two slots have folded together, as if all rows had gone to
//! one; where nothing else tells, what is in `from` came after what is in `into`. `finish` writes
//! results and changes nothing. COUNT, SUM, AVG, MIN and MAX keep arrays of numbers
//! ([`arrays`]); all others one struct a slot ([`slots`]), new where all its bytes are 0.
//!
//! | file | functions |
//! |---|---|
//! | `count.rs`, `sum.rs`, `avg.rs`, `min_max.rs` | COUNT, COUNT_IF, SUM, AVG, MIN, MAX, BOOL_AND, BOOL_OR |
//! | `together.rs` | COUNT, AVG, MIN and MAX of one column in one pass |
//! | `lanes.rs` | SUM and AVG of floats without keys |
//! | `bits.rs` | BIT_AND, BIT_OR, BIT_XOR |
//! | `pick.rs` | FIRST, LAST, ANY_VALUE, ARG_MIN, ARG_MAX |
//! | `moments.rs`, `pairs.rs` | variances, SKEWNESS, KURTOSIS; covariance, correlation, regression |
//! | `values.rs` | MEDIAN, QUANTILE_CONT, QUANTILE_DISC, and all DISTINCT |
//! | `quantile.rs`, `hll.rs`, `top.rs` | sketches |
//! | `histogram.rs`, `text.rs` | HISTOGRAM, STRING_AGG |
//! | `series.rs`, `ewma.rs` | TWA, RATE, INCREASE, DELTA, EWMA |

mod arrays;
mod avg;
mod bits;
mod cell;
mod count;
mod ewma;
mod histogram;
mod hll;
mod lanes;
mod min_max;
mod moments;
mod pairs;
mod pick;
mod quantile;
mod result;
mod series;
mod slots;
mod sum;
#[cfg(all(test, feature = "sql"))]
mod tests;
mod text;
mod together;
mod top;
mod values;

use core::marker::PhantomData;

use crate::counters::Counters;
use crate::error::RunError;
use crate::expr::frame::{Frame, Vector, VectorMut};
use crate::plan::aggregates::rules::Shape;
use crate::plan::op::RegisterId;
use crate::plan::{Aggregate, AggregateFunction as F, Constant, Plan};
use crate::plan::uses::{Everything, Uses};
use crate::types::{DataType, Kind};

pub(crate) use together::Together;

/// Which group slot each row of a batch belongs to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Groups<'a> {
    /// All rows to one.
    One(usize),
    /// One per row; a slot outside the table means that the row does not count.
    Each(&'a [u32]),
}

impl<'a> Groups<'a> {
    /// The groups without the rows for which a FILTER is not true, written to `scratch`.
    pub(crate) fn filtered(
        self,
        filter: &Vector<'_>,
        rows: usize,
        scratch: &'a mut [u32],
    ) -> Result<Self, RunError> {
        let scratch = scratch.get_mut(..rows).ok_or(RunError::Internal)?;
        let mask = filter.mask()?;
        for (word, chunk) in scratch.chunks_mut(64).enumerate() {
            let open = mask.get(word).copied().unwrap_or(0) & filter.valid_word(word);
            let groups = match self {
                Self::One(_) => &[],
                Self::Each(groups) => groups.get(word * 64..).unwrap_or(&[]),
            };
            for (bit, slot) in chunk.iter_mut().enumerate() {
                let group = match self {
                    Self::One(group) => group as u32,
                    Self::Each(_) => groups.get(bit).copied().unwrap_or(u32::MAX),
                };
                *slot = if open >> bit & 1 != 0 { group } else { u32::MAX };
            }
        }
        Ok(Self::Each(scratch))
    }

    /// The slot of a row.
    #[inline]
    fn of(self, row: usize) -> usize {
        match self {
            Self::One(group) => group,
            Self::Each(groups) => groups.get(row).map_or(usize::MAX, |&group| group as usize),
        }
    }
}

/// Slots that become new.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fresh<'a> {
    /// Those listed.
    Slots(&'a [u32]),
    /// From the first up to the second.
    Run(usize, usize),
}

impl Fresh<'_> {
    /// Calls `f` with each.
    fn each(self, mut f: impl FnMut(usize)) {
        match self {
            Self::Slots(slots) => slots.iter().for_each(|&slot| f(slot as usize)),
            Self::Run(first, end) => (first..end).for_each(f),
        }
    }
}

/// One aggregate's states.
#[derive(Debug)]
pub(crate) struct States<'a, U: Uses = Everything> {
    plan: &'a Plan<'a>,
    aggregate: &'a Aggregate,
    /// Type of the first argument.
    argument: DataType,
    /// Whether a group may have seen no value: its arrays then tell.
    can_miss: bool,
    bytes: &'a mut [u8],
    slots: usize,
    /// Bytes of a slot, of a function that keeps a struct.
    size: usize,
    uses: PhantomData<U>,
}

impl<'a, U: Uses> States<'a, U> {
    /// Splits the states of the next aggregate off `rest`. `keyed`: whether its groups have keys.
    pub(crate) fn take(
        plan: &'a Plan<'a>,
        aggregate: &'a Aggregate,
        slots: u64,
        keyed: bool,
        rest: &mut &'a mut [u8],
    ) -> Result<Self, RunError> {
        let shape = Shape::of(plan, aggregate, keyed);
        let Shape { argument, can_miss, slot } = shape;
        let bytes = crate::arena::take(rest, shape.bytes(aggregate.function, slots))?;
        Ok(Self {
            plan,
            aggregate,
            argument,
            can_miss,
            bytes,
            slots: slots as usize,
            size: slot.unwrap_or(0) as usize,
            uses: PhantomData,
        })
    }

    /// Makes all groups new.
    pub(crate) fn reset_all(&mut self) -> Result<(), RunError> {
        self.reset(Fresh::Run(0, self.slots))
    }

    /// Makes groups new.
    pub(crate) fn reset(&mut self, slots: Fresh<'_>) -> Result<(), RunError> {
        if self.size > 0 {
            return self.clear(slots);
        }
        match self.function() {
            F::Sum => sum::reset(self, slots),
            F::Avg => avg::reset(self, slots),
            F::Min | F::Max | F::BoolAnd | F::BoolOr => min_max::reset(self, slots),
            _ => count::reset(self, slots),
        }
    }

    /// Folds `rows` rows of the call's arguments in. A group number outside the table means that
    /// the row does not count.
    pub(crate) fn update(
        &mut self,
        frame: &Frame<'_, U>,
        groups: Groups<'_>,
        rows: usize,
    ) -> Result<(), RunError> {
        let arguments = self.aggregate.arguments.of(self.plan.lists);
        let argument = |at: usize| match arguments.get(at) {
            Some(id) => frame.get(*id).map(Some),
            None => Ok(None),
        };
        let Some(x) = argument(0)? else { return count::update(self, None, groups, rows) };
        let y = argument(1)?;
        if self.keeps_values() {
            return values::update(self, &x, groups, rows);
        }
        match self.function() {
            F::CountAll => count::update(self, None, groups, rows),
            F::Count => count::update(self, Some(x), groups, rows),
            F::CountIf => count::update_if(self, x, groups, rows),
            F::Sum | F::Avg if self.size > 0 => lanes::update(self, x, groups, rows),
            F::Sum => sum::update(self, x, groups, rows),
            F::Avg => avg::update(self, x, groups, rows),
            F::Min | F::Max | F::BoolAnd | F::BoolOr => min_max::update(self, x, groups, rows),
            F::BitAnd | F::BitOr | F::BitXor => bits::update(self, x, groups, rows),
            F::First
            | F::Last
            | F::AnyValue
            | F::ArgMin
            | F::ArgMax
            | F::ArgMinNull
            | F::ArgMaxNull => pick::update(self, &x, y.as_ref(), groups, rows),
            F::VarPop | F::VarSamp | F::StddevPop | F::StddevSamp | F::Sem => {
                moments::update::<moments::Second, U>(self, x, groups, rows)
            }
            F::Skewness | F::Kurtosis | F::KurtosisPop => {
                moments::update::<moments::Fourth, U>(self, x, groups, rows)
            }
            F::CovarPop
            | F::CovarSamp
            | F::Corr
            | F::RegrSlope
            | F::RegrIntercept
            | F::RegrR2
            | F::RegrCount
            | F::RegrAvgX
            | F::RegrAvgY
            | F::RegrSxx
            | F::RegrSyy
            | F::RegrSxy => pairs::update(self, x, y.ok_or(RunError::Internal)?, groups, rows),
            F::Median | F::QuantileCont | F::QuantileDisc => Err(RunError::Internal),
            F::ApproxQuantile => quantile::update(self, x, groups, rows),
            F::ApproxCountDistinct => hll::update(self, &x, groups, rows),
            F::ApproxTopK => top::update(self, &x, groups, rows),
            F::Histogram => histogram::update(self, x, groups, rows),
            F::StringAgg => text::update(self, &x, groups, rows),
            F::Twa | F::Rate | F::Increase | F::Delta => {
                series::update(self, x, y.as_ref(), groups, rows)
            }
            F::Ewma => ewma::update(self, x, groups, rows),
        }
    }

    /// Slot `into[i]` takes in slot `from[i]`, which stays as it is.
    pub(crate) fn merge(&mut self, into: &[u32], from: &[u32]) -> Result<(), RunError> {
        if self.keeps_values() {
            return values::merge(self, into, from);
        }
        match self.function() {
            F::CountAll | F::Count | F::CountIf => count::merge(self, into, from),
            F::Sum | F::Avg if self.size > 0 => self.merge_structs(into, from, lanes::Lanes::merge),
            F::Sum => sum::merge(self, into, from),
            F::Avg => avg::merge(self, into, from),
            F::Min | F::Max | F::BoolAnd | F::BoolOr => min_max::merge(self, into, from),
            F::BitAnd | F::BitOr | F::BitXor => bits::merge(self, into, from),
            F::First
            | F::Last
            | F::AnyValue
            | F::ArgMin
            | F::ArgMax
            | F::ArgMinNull
            | F::ArgMaxNull => pick::merge(self, into, from),
            F::VarPop | F::VarSamp | F::StddevPop | F::StddevSamp | F::Sem => {
                self.merge_structs(into, from, moments::Second::merge)
            }
            F::Skewness | F::Kurtosis | F::KurtosisPop => {
                self.merge_structs(into, from, moments::Fourth::merge)
            }
            F::CovarPop
            | F::CovarSamp
            | F::Corr
            | F::RegrSlope
            | F::RegrIntercept
            | F::RegrR2
            | F::RegrCount
            | F::RegrAvgX
            | F::RegrAvgY
            | F::RegrSxx
            | F::RegrSyy
            | F::RegrSxy => self.merge_structs(into, from, pairs::Pairs::merge),
            F::Median | F::QuantileCont | F::QuantileDisc => Err(RunError::Internal),
            F::ApproxQuantile => quantile::merge(self, into, from),
            F::ApproxCountDistinct => hll::merge(self, into, from),
            F::ApproxTopK => top::merge(self, into, from),
            F::Histogram => histogram::merge(self, into, from),
            F::StringAgg => text::merge(self, into, from),
            F::Twa | F::Rate | F::Increase | F::Delta => series::merge(self, into, from),
            F::Ewma => self.merge_structs(into, from, ewma::Mean::merge),
        }
    }

    /// Writes the result of slot `slots[i]` into row i. `empty` says that the groups have folded no
    /// row at all.
    pub(crate) fn finish(
        &mut self,
        dst: &mut VectorMut<'_>,
        slots: &[u32],
        empty: bool,
        counters: &mut Counters,
    ) -> Result<(), RunError> {
        if self.keeps_values() {
            return values::finish(self, dst, slots, counters);
        }
        match self.function() {
            F::CountAll | F::Count => count::finish(self, dst, slots),
            F::CountIf => count::finish_if(self, dst, slots, empty),
            F::Sum | F::Avg if self.size > 0 => lanes::finish(self, dst, slots, counters),
            F::Sum => sum::finish(self, dst, slots, empty, counters),
            F::Avg => avg::finish(self, dst, slots, counters),
            F::Min | F::Max | F::BoolAnd | F::BoolOr => min_max::finish(self, dst, slots, empty),
            F::BitAnd | F::BitOr | F::BitXor => bits::finish(self, dst, slots),
            F::First
            | F::Last
            | F::AnyValue
            | F::ArgMin
            | F::ArgMax
            | F::ArgMinNull
            | F::ArgMaxNull => pick::finish(self, dst, slots),
            F::VarPop
            | F::VarSamp
            | F::StddevPop
            | F::StddevSamp
            | F::Sem
            | F::Skewness
            | F::Kurtosis
            | F::KurtosisPop => moments::finish(self, dst, slots, counters),
            F::CovarPop
            | F::CovarSamp
            | F::Corr
            | F::RegrSlope
            | F::RegrIntercept
            | F::RegrR2
            | F::RegrCount
            | F::RegrAvgX
            | F::RegrAvgY
            | F::RegrSxx
            | F::RegrSyy
            | F::RegrSxy => pairs::finish(self, dst, slots, counters),
            F::Median | F::QuantileCont | F::QuantileDisc => Err(RunError::Internal),
            F::ApproxQuantile => quantile::finish(self, dst, slots, counters),
            F::ApproxCountDistinct => hll::finish(self, dst, slots, counters),
            F::ApproxTopK => top::finish(self, dst, slots, counters),
            F::Histogram => histogram::finish(self, dst, slots, counters),
            F::StringAgg => text::finish(self, dst, slots, counters),
            F::Twa | F::Rate | F::Increase | F::Delta => series::finish(self, dst, slots, counters),
            F::Ewma => ewma::finish(self, dst, slots, counters),
        }
    }

    /// These states under another name; what is left here has none.
    fn hand_over(&mut self) -> Self {
        Self { bytes: core::mem::take(&mut self.bytes), ..*self }
    }

    /// Whether they are arrays, of floats that are never NULL.
    const fn is_plain_float(&self) -> bool {
        matches!(self.kind(), Kind::F32 | Kind::F64)
            && self.size == 0
            && !self.can_miss
            && !self.keeps_values()
    }

    /// The register of the first argument.
    fn first_argument(&self) -> Option<RegisterId> {
        self.aggregate.arguments.of(self.plan.lists).first().copied()
    }

    const fn function(&self) -> F {
        self.aggregate.function
    }

    const fn keeps_values(&self) -> bool {
        self.aggregate.function.keeps_values(self.aggregate.distinct)
    }

    /// The first argument's kind.
    const fn kind(&self) -> Kind {
        self.argument.kind()
    }

    /// A constant of the call.
    fn parameter(&self, at: usize) -> Option<Constant> {
        self.aggregate.parameters.of(self.plan.constants).get(at).copied()
    }

    /// A constant DOUBLE of the call.
    fn number(&self, at: usize) -> f64 {
        self.parameter(at).map_or(f64::NAN, |c| f64::from_bits(c.0))
    }
}
