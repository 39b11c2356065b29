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
use crate::plan::aggregates::rules::{Family, Shape};
use crate::plan::op::RegisterId;
use crate::plan::uses::{self, Everything, Uses};
use crate::plan::{Aggregate, AggregateFunction as F, Constant, Plan};
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
    /// What the states are.
    family: Family,
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

/// Whether the plan has aggregates of these families.
macro_rules! used {
    ($($family:ident)|+) => {
        const { $(U::SET.folds(Family::$family))||+ }
    };
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
        let shape = Shape::of_used::<U>(plan, aggregate, keyed);
        let Shape { argument, can_miss, slot, family } = shape;
        let bytes = crate::arena::take(rest, shape.bytes(aggregate.function, slots))?;
        Ok(Self {
            plan,
            aggregate,
            family,
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
        match self.family {
            Family::Count | Family::CountIf if used!(Count | CountIf) => count::reset(self, slots),
            Family::Sum if used!(Sum) => sum::reset(self, slots),
            Family::Avg if used!(Avg) => avg::reset(self, slots),
            Family::Best if used!(Best) => min_max::reset(self, slots),
            _ if const { U::SET.structs } => self.clear(slots),
            _ => Err(RunError::Internal),
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
        let arguments = self.aggregate.arguments.of(uses::plan::<U>(self.plan).lists);
        let argument = |at: usize| match arguments.get(at) {
            Some(id) => frame.get(*id).map(Some),
            None => Ok(None),
        };
        let Some(x) = argument(0)? else { return count::update(self, None, groups, rows) };
        let y = || argument(1);
        match self.family {
            Family::Count if used!(Count) => {
                let counts_all = self.function() == F::CountAll;
                count::update(self, (!counts_all).then_some(x), groups, rows)
            }
            Family::CountIf if used!(CountIf) => count::update_if(self, x, groups, rows),
            Family::Sum if used!(Sum) => sum::update(self, x, groups, rows),
            Family::Avg if used!(Avg) => avg::update(self, x, groups, rows),
            Family::Lanes if used!(Lanes) => lanes::update(self, x, groups, rows),
            Family::Best if used!(Best) => min_max::update(self, x, groups, rows),
            Family::Bits if used!(Bits) => bits::update(self, x, groups, rows),
            Family::Pick if used!(Pick) => pick::update(self, &x, y()?.as_ref(), groups, rows),
            Family::Second if used!(Second) => {
                moments::update::<moments::Second, U>(self, x, groups, rows)
            }
            Family::Fourth if used!(Fourth) => {
                moments::update::<moments::Fourth, U>(self, x, groups, rows)
            }
            Family::Pairs if used!(Pairs) => {
                pairs::update(self, x, y()?.ok_or(RunError::Internal)?, groups, rows)
            }
            Family::Values if used!(Values) => values::update(self, &x, groups, rows),
            Family::Quantile if used!(Quantile) => quantile::update(self, x, groups, rows),
            Family::Distinct if used!(Distinct) => hll::update(self, &x, groups, rows),
            Family::Top if used!(Top) => top::update(self, &x, groups, rows),
            Family::Histogram if used!(Histogram) => histogram::update(self, x, groups, rows),
            Family::Text if used!(Text) => text::update(self, &x, groups, rows),
            Family::Series if used!(Series) => series::update(self, x, y()?.as_ref(), groups, rows),
            Family::Ewma if used!(Ewma) => ewma::update(self, x, groups, rows),
            _ => Err(RunError::Internal),
        }
    }

    /// Slot `into[i]` takes in slot `from[i]`, which stays as it is.
    pub(crate) fn merge(&mut self, into: &[u32], from: &[u32]) -> Result<(), RunError> {
        match self.family {
            Family::Count | Family::CountIf if used!(Count | CountIf) => {
                count::merge(self, into, from)
            }
            Family::Sum if used!(Sum) => sum::merge(self, into, from),
            Family::Avg if used!(Avg) => avg::merge(self, into, from),
            Family::Lanes if used!(Lanes) => self.merge_structs(into, from, lanes::Lanes::merge),
            Family::Best if used!(Best) => min_max::merge(self, into, from),
            Family::Bits if used!(Bits) => bits::merge(self, into, from),
            Family::Pick if used!(Pick) => pick::merge(self, into, from),
            Family::Second if used!(Second) => {
                self.merge_structs(into, from, moments::Second::merge)
            }
            Family::Fourth if used!(Fourth) => {
                self.merge_structs(into, from, moments::Fourth::merge)
            }
            Family::Pairs if used!(Pairs) => self.merge_structs(into, from, pairs::Pairs::merge),
            Family::Values if used!(Values) => values::merge(self, into, from),
            Family::Quantile if used!(Quantile) => quantile::merge(self, into, from),
            Family::Distinct if used!(Distinct) => hll::merge(self, into, from),
            Family::Top if used!(Top) => top::merge(self, into, from),
            Family::Histogram if used!(Histogram) => histogram::merge(self, into, from),
            Family::Text if used!(Text) => text::merge(self, into, from),
            Family::Series if used!(Series) => series::merge(self, into, from),
            Family::Ewma if used!(Ewma) => self.merge_structs(into, from, ewma::Mean::merge),
            _ => Err(RunError::Internal),
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
        match self.family {
            Family::Count if used!(Count) => count::finish(self, dst, slots),
            Family::CountIf if used!(CountIf) => count::finish_if(self, dst, slots, empty),
            Family::Sum if used!(Sum) => sum::finish(self, dst, slots, empty, counters),
            Family::Avg if used!(Avg) => avg::finish(self, dst, slots, counters),
            Family::Lanes if used!(Lanes) => lanes::finish(self, dst, slots, counters),
            Family::Best if used!(Best) => min_max::finish(self, dst, slots, empty),
            Family::Bits if used!(Bits) => bits::finish(self, dst, slots),
            Family::Pick if used!(Pick) => pick::finish(self, dst, slots),
            Family::Second | Family::Fourth if used!(Second | Fourth) => {
                moments::finish(self, dst, slots, counters)
            }
            Family::Pairs if used!(Pairs) => pairs::finish(self, dst, slots, counters),
            Family::Values if used!(Values) => values::finish(self, dst, slots, counters),
            Family::Quantile if used!(Quantile) => quantile::finish(self, dst, slots, counters),
            Family::Distinct if used!(Distinct) => hll::finish(self, dst, slots, counters),
            Family::Top if used!(Top) => top::finish(self, dst, slots, counters),
            Family::Histogram if used!(Histogram) => histogram::finish(self, dst, slots, counters),
            Family::Text if used!(Text) => text::finish(self, dst, slots, counters),
            Family::Series if used!(Series) => series::finish(self, dst, slots, counters),
            Family::Ewma if used!(Ewma) => ewma::finish(self, dst, slots, counters),
            _ => Err(RunError::Internal),
        }
    }

    /// These states under another name; what is left here has none.
    fn hand_over(&mut self) -> Self {
        Self { bytes: core::mem::take(&mut self.bytes), ..*self }
    }

    /// Whether they are arrays, of floats that are never NULL.
    const fn is_plain_float(&self) -> bool {
        matches!(self.kind(), Kind::F32 | Kind::F64)
            && matches!(self.family, Family::Avg | Family::Best)
            && !self.can_miss
    }

    /// The register of the first argument.
    fn first_argument(&self) -> Option<RegisterId> {
        self.aggregate.arguments.of(uses::plan::<U>(self.plan).lists).first().copied()
    }

    const fn function(&self) -> F {
        self.aggregate.function
    }

    /// The first argument's kind.
    const fn kind(&self) -> Kind {
        self.argument.kind()
    }

    /// A constant of the call.
    fn parameter(&self, at: usize) -> Option<Constant> {
        self.aggregate.parameters.of(uses::plan::<U>(self.plan).constants).get(at).copied()
    }

    /// A constant DOUBLE of the call.
    fn number(&self, at: usize) -> f64 {
        self.parameter(at).map_or(f64::NAN, |c| f64::from_bits(c.0))
    }
}
