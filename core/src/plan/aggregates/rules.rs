//! What follows from a function and its arguments: the type of its result, when that is NULL, and
//! the bytes of its state.

use super::{AggregateFunction as F, Distinct, MAX_VALUES, Parameter, Room, Time};
use crate::plan::layout::align8;
use crate::plan::op::Register;
use crate::plan::uses::{Everything, Uses};
use crate::plan::{Aggregate, Plan};
use crate::types::{DataType, Kind};

/// Bytes of the registers of APPROX_COUNT_DISTINCT.
pub(crate) const HLL_REGISTERS: usize = 1024;
/// Buckets of APPROX_QUANTILE.
pub(crate) const QUANTILE_BUCKETS: usize = 512;
/// Bytes of the header of a state that has one and no entries of its own size.
pub(crate) const STATE_HEADER: u64 = 8;
/// Bytes of a sum of floats without keys: four sums and a count.
pub(crate) const LANES_BYTES: u64 = 40;
/// Bytes of what a sketch of quantiles keeps besides its buckets.
pub(crate) const QUANTILE_HEADER: u64 = 56;
/// Bytes of what a series keeps of the samples that it has folded.
pub(crate) const SERIES_HEADER: u64 = 64;
/// Bytes of a sample.
pub(crate) const SAMPLE_BYTES: u64 = 16;
/// Bytes of a counter of APPROX_TOP_K, besides its value.
pub(crate) const COUNTER_BYTES: u64 = 16;

impl F {
    /// The type of the result over a first argument of this type; `None` where it is not defined.
    /// `room`: most bytes of a text, see [`AggregateFunction::text_room`](Self::text_room).
    ///
    /// ```
    /// use ringql_core::plan::AggregateFunction::{Avg, Max, Sum};
    /// use ringql_core::types::DataType;
    /// assert_eq!(Sum.result_type(DataType::TinyInt, 0), Some(DataType::BigInt));
    /// assert_eq!(Avg.result_type(DataType::Real, 0), Some(DataType::Double));
    /// assert_eq!(Max.result_type(DataType::Varchar(8), 0), Some(DataType::Varchar(8)));
    /// assert_eq!(Sum.result_type(DataType::Decimal(9, 2), 0), Some(DataType::Decimal(38, 2)));
    /// assert_eq!(Sum.result_type(DataType::Timestamp, 0), None);
    /// ```
    #[must_use]
    pub fn result_type(self, argument: DataType, room: u16) -> Option<DataType> {
        if !self.info().takes.first().is_none_or(|takes| takes.accepts(argument)) {
            return None;
        }
        Some(match self {
            F::CountAll | F::Count | F::CountIf | F::RegrCount | F::ApproxCountDistinct => {
                DataType::BigInt
            }
            F::Sum => match argument {
                DataType::Decimal(_, scale) => DataType::Decimal(DataType::MAX_DECIMAL, scale),
                t if t.is_integer() => DataType::BigInt,
                _ => DataType::Double,
            },
            F::Median | F::QuantileCont if argument == DataType::Date => DataType::Timestamp,
            // As DuckDB has it.
            F::ApproxQuantile => match argument {
                DataType::Real => DataType::Double,
                DataType::TinyInt
                | DataType::UTinyInt
                | DataType::USmallInt
                | DataType::UInteger => DataType::BigInt,
                other => other,
            },
            F::Min
            | F::Max
            | F::BoolAnd
            | F::BoolOr
            | F::BitAnd
            | F::BitOr
            | F::BitXor
            | F::First
            | F::Last
            | F::AnyValue
            | F::ArgMin
            | F::ArgMax
            | F::ArgMinNull
            | F::ArgMaxNull
            | F::Median
            | F::QuantileCont
            | F::QuantileDisc => argument,
            F::ApproxTopK | F::Histogram | F::StringAgg => DataType::Varchar(room),
            _ => DataType::Double,
        })
    }

    /// Most bytes of the result of a function that gives a text; 0 of others. `count` is its
    /// constant whole number, `capacity` its room.
    #[must_use]
    pub const fn text_room(self, argument: DataType, count: u64, capacity: u16) -> u16 {
        let bytes = match self {
            F::StringAgg => capacity as u64,
            // Numbers of up to 20 digits, with commas and brackets.
            F::Histogram => 21 * (count + 2) + 1,
            F::ApproxTopK => (text_bytes(argument) + 24) * count + 2,
            _ => return 0,
        };
        if bytes > DataType::MAX_VARCHAR as u64 { DataType::MAX_VARCHAR } else { bytes as u16 }
    }

    /// Whether the result can be NULL. `can_be_empty`: a group may have no rows that count, which
    /// holds for the one group of a query without keys and without windows, and with a FILTER.
    #[must_use]
    pub fn gives_null(self, argument: &Register, can_be_empty: bool) -> bool {
        match self {
            F::CountAll | F::Count | F::RegrCount | F::ApproxCountDistinct => false,
            // The sum of integers can overflow BIGINT, that of DECIMALs 38 digits.
            F::Sum if argument.data_type.is_integer() || argument.data_type.is_decimal() => true,
            F::Avg if matches!(argument.data_type.kind(), Kind::I128) => true,
            F::CountIf
            | F::Sum
            | F::Avg
            | F::Min
            | F::Max
            | F::BoolAnd
            | F::BoolOr
            | F::BitAnd
            | F::BitOr
            | F::BitXor => argument.nullable || can_be_empty,
            _ => true,
        }
    }

    /// Whether it keeps, or with DISTINCT would keep, values in order.
    #[must_use]
    pub(crate) const fn keeps_values(self, distinct: bool) -> bool {
        distinct || matches!(self, F::Median | F::QuantileCont | F::QuantileDisc)
    }

    /// Least and most capacity of a call.
    #[must_use]
    pub(crate) fn capacities(self, distinct: bool) -> (u16, u16) {
        match self.info().room {
            _ if distinct => (1, MAX_VALUES),
            Room::None => (0, 0),
            Room::Values => (1, MAX_VALUES),
            Room::Text => (1, DataType::MAX_VARCHAR),
        }
    }

    /// Whether a call can have DISTINCT in a plan.
    #[must_use]
    pub(crate) fn keeps_distinct(self) -> bool {
        self.info().distinct == Distinct::Kept
    }

    /// Whether a call with so many arguments can be in a plan, and whether the last is the time.
    #[must_use]
    pub(crate) fn has_time(self, arguments: usize) -> Option<bool> {
        let info = self.info();
        match arguments.checked_sub(info.takes.len())? {
            0 if info.time != Time::Needed => Some(false),
            1 if info.time != Time::Unused => Some(true),
            _ => None,
        }
    }
}

/// Most bytes of a value in JSON.
const fn text_bytes(t: DataType) -> u64 {
    match t {
        DataType::Boolean => 5,
        // Each byte can become \u0000.
        DataType::Varchar(n) | DataType::Char(n) => 6 * n as u64 + 2,
        DataType::Varbinary(n) => 5 * n as u64 + 2,
        DataType::Interval => 82,
        DataType::Decimal(..) => 42,
        _ => 38,
    }
}

/// A constant of a call, if it is there.
const fn parameter(plan: &Plan<'_>, aggregate: &Aggregate, at: usize) -> u64 {
    let place = aggregate.parameters.start as usize + at;
    let listed = at < aggregate.parameters.len as usize && place < plan.constants.len();
    if listed { plan.constants[place].0 } else { 0 }
}

/// The constant whole number of a call: k of APPROX_TOP_K, n of HISTOGRAM.
pub(crate) const fn count(plan: &Plan<'_>, aggregate: &Aggregate) -> u64 {
    let count = match aggregate.function {
        F::ApproxTopK => parameter(plan, aggregate, 0),
        F::Histogram => parameter(plan, aggregate, 2),
        _ => 0,
    };
    // `verify` has seen that it is in range; layouts are computed before.
    if count > MAX_VALUES as u64 { 0 } else { count }
}

/// Bytes of one value of an argument as states keep it.
pub(crate) const fn value_bytes(t: DataType) -> u64 {
    align8(t.size() as u64)
}

/// What the states of a call are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// Type of the first argument.
    pub(crate) argument: DataType,
    /// Whether a group's state may have folded no value though the group has rows.
    pub(crate) can_miss: bool,
    /// Bytes of the state of one group, of a function that keeps one struct a group; `None` of
    /// those that keep arrays (COUNT, SUM, AVG, MIN, MAX).
    pub(crate) slot: Option<u64>,
    /// Which code they belong to.
    pub(crate) family: Family,
}

/// Calls whose states are alike: a file of `aggregate/` each, or a part of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    Count,
    CountIf,
    Sum,
    Avg,
    /// SUM and AVG of floats without keys.
    Lanes,
    /// MIN, MAX, BOOL_AND, BOOL_OR.
    Best,
    Bits,
    Pick,
    /// Moments up to the second, and up to the fourth.
    Second,
    Fourth,
    Pairs,
    /// All DISTINCT, and what needs the values in order.
    Values,
    Quantile,
    Distinct,
    Top,
    Histogram,
    Text,
    Series,
    Ewma,
}

impl Family {
    /// How many there are.
    pub(crate) const COUNT: usize = Self::Ewma as usize + 1;

    /// The family of a call over a first argument of this type.
    const fn of(aggregate: &Aggregate, first: DataType, keyed: bool) -> Self {
        if aggregate.function.keeps_values(aggregate.distinct) {
            return Self::Values;
        }
        match aggregate.function {
            F::CountAll | F::Count => Self::Count,
            F::CountIf => Self::CountIf,
            F::Sum | F::Avg if !keyed && is_float(first) => Self::Lanes,
            F::Sum => Self::Sum,
            F::Avg => Self::Avg,
            F::Min | F::Max | F::BoolAnd | F::BoolOr => Self::Best,
            F::BitAnd | F::BitOr | F::BitXor => Self::Bits,
            F::First
            | F::Last
            | F::AnyValue
            | F::ArgMin
            | F::ArgMax
            | F::ArgMinNull
            | F::ArgMaxNull => Self::Pick,
            F::VarPop | F::VarSamp | F::StddevPop | F::StddevSamp | F::Sem => Self::Second,
            F::Skewness | F::Kurtosis | F::KurtosisPop => Self::Fourth,
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
            | F::RegrSxy => Self::Pairs,
            F::Median | F::QuantileCont | F::QuantileDisc => Self::Values,
            F::ApproxQuantile => Self::Quantile,
            F::ApproxCountDistinct => Self::Distinct,
            F::ApproxTopK => Self::Top,
            F::Histogram => Self::Histogram,
            F::StringAgg => Self::Text,
            F::Twa | F::Rate | F::Increase | F::Delta => Self::Series,
            F::Ewma => Self::Ewma,
        }
    }
}

impl Shape {
    /// `keyed`: whether the groups have keys.
    pub(crate) const fn of(plan: &Plan<'_>, aggregate: &Aggregate, keyed: bool) -> Self {
        Self::of_used::<Everything>(plan, aggregate, keyed)
    }

    /// The same of a plan that is known.
    pub(crate) const fn of_used<U: Uses>(
        plan: &Plan<'_>,
        aggregate: &Aggregate,
        keyed: bool,
    ) -> Self {
        let (first, nullable) = match argument(plan, aggregate, 0) {
            Some(r) => (r.data_type, r.nullable),
            None => (DataType::BigInt, false),
        };
        let family = Family::of(aggregate, first, keyed);
        Self {
            argument: first,
            can_miss: nullable || aggregate.filter.is_some(),
            slot: slot_bytes::<U>(plan, aggregate, first, family),
            family,
        }
    }

    /// Bytes of the states of so many groups.
    pub(crate) const fn bytes(&self, function: F, slots: u64) -> u64 {
        if let Some(bytes) = self.slot {
            return slots.saturating_mul(bytes);
        }
        // A group's MIN, MAX or SUM may have seen no value.
        let seen = if self.can_miss { align8(slots) } else { 0 };
        let wide = matches!(self.argument.kind(), Kind::I64 | Kind::U64 | Kind::I128);
        let sum = if wide { 16 } else { 8 };
        match function {
            F::Sum => slots.saturating_mul(sum).saturating_add(seen),
            F::CountIf => slots.saturating_mul(8).saturating_add(seen),
            F::Avg => slots.saturating_mul(sum + 8),
            F::Min | F::Max | F::BoolAnd | F::BoolOr => {
                align8(slots.saturating_mul(self.argument.size() as u64)).saturating_add(seen)
            }
            _ => slots.saturating_mul(8), // a count
        }
    }
}

const fn slot_bytes<U: Uses>(
    plan: &Plan<'_>,
    aggregate: &Aggregate,
    first: DataType,
    family: Family,
) -> Option<u64> {
    let capacity = aggregate.capacity as u64;
    Some(match family {
        Family::Count | Family::CountIf | Family::Sum | Family::Avg | Family::Best => return None,
        Family::Values if U::SET.folds(Family::Values) => {
            STATE_HEADER + align8(capacity * first.size() as u64)
        }
        Family::Lanes if U::SET.folds(Family::Lanes) => LANES_BYTES,
        Family::Bits if U::SET.folds(Family::Bits) => 16,
        Family::Pick if U::SET.folds(Family::Pick) => {
            let key = match argument(plan, aggregate, 1) {
                Some(r) => value_bytes(r.data_type),
                None => 0,
            };
            STATE_HEADER + value_bytes(first) + key
        }
        Family::Second if U::SET.folds(Family::Second) => 24,
        Family::Fourth if U::SET.folds(Family::Fourth) => 40,
        Family::Pairs if U::SET.folds(Family::Pairs) => 48,
        Family::Quantile if U::SET.folds(Family::Quantile) => {
            QUANTILE_HEADER + 4 * QUANTILE_BUCKETS as u64
        }
        Family::Distinct if U::SET.folds(Family::Distinct) => HLL_REGISTERS as u64,
        Family::Top if U::SET.folds(Family::Top) => {
            STATE_HEADER + capacity * (COUNTER_BYTES + value_bytes(first))
        }
        Family::Histogram if U::SET.folds(Family::Histogram) => 8 * (count(plan, aggregate) + 2),
        Family::Text if U::SET.folds(Family::Text) => STATE_HEADER + align8(capacity),
        Family::Series if U::SET.folds(Family::Series) => {
            // Without a time nothing has to wait for what comes late.
            let samples = if aggregate.arguments.len > 1 { capacity } else { 0 };
            SERIES_HEADER + samples * SAMPLE_BYTES
        }
        Family::Ewma if U::SET.folds(Family::Ewma) => 32,
        _ => return None,
    })
}

const fn is_float(t: DataType) -> bool {
    matches!(t, DataType::Real | DataType::Double)
}

/// The register of a call's argument, if there is one.
pub(crate) const fn argument(
    plan: &Plan<'_>,
    aggregate: &Aggregate,
    at: usize,
) -> Option<Register> {
    if at >= aggregate.arguments.len as usize {
        return None;
    }
    crate::plan::layout::listed(plan, aggregate.arguments.start as usize + at)
}

impl Parameter {
    /// Whether the bits of a constant are one of these, given the one before it. (Of a separator,
    /// its place in the text pool is checked elsewhere.)
    #[must_use]
    pub fn accepts(self, bits: u64, before: Option<u64>) -> bool {
        let value = f64::from_bits(bits);
        match self {
            Self::Fraction => (0.0..=1.0).contains(&value),
            Self::Weight => value > 0.0 && value <= 1.0,
            Self::Bound => {
                value.is_finite() && before.is_none_or(|before| f64::from_bits(before) < value)
            }
            Self::Count(most) => (1..=u64::from(most)).contains(&bits),
            Self::Separator => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Takes;
    use super::*;

    #[test]
    fn takes() {
        assert!(Takes::Line.accepts(DataType::Date) && !Takes::Line.accepts(DataType::Uuid));
        assert!(!Takes::Order.accepts(DataType::BigInt) && Takes::Order.accepts(DataType::Uuid));
        assert_eq!(F::Median.result_type(DataType::Date, 0), Some(DataType::Timestamp));
        assert_eq!(F::QuantileCont.result_type(DataType::Uuid, 0), None);
        assert_eq!(F::First.has_time(1), Some(false));
        assert_eq!(F::First.has_time(2), Some(true));
        assert_eq!((F::Twa.has_time(1), F::Twa.has_time(2)), (None, Some(true)));
        assert_eq!((F::ArgMin.has_time(3), F::ArgMin.has_time(2)), (None, Some(false)));
    }

    #[test]
    fn parameters() {
        let accepts = |p: Parameter, x: f64| p.accepts(x.to_bits(), None);
        assert!(accepts(Parameter::Fraction, 0.0) && accepts(Parameter::Fraction, 1.0));
        assert!(!accepts(Parameter::Fraction, 1.5) && !accepts(Parameter::Fraction, f64::NAN));
        assert!(!accepts(Parameter::Weight, 0.0) && accepts(Parameter::Weight, 1.0));
        assert!(!accepts(Parameter::Bound, f64::INFINITY));
        assert!(!Parameter::Bound.accepts(1f64.to_bits(), Some(1f64.to_bits())));
        assert!(Parameter::Count(3).accepts(3, None) && !Parameter::Count(3).accepts(0, None));
    }
}
