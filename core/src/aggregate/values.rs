//! All values of a group in order, up to a capacity: quantiles, and every DISTINCT, for which equal
//! values are kept once. What was computed of them does not depend on the order of arrival.
//!
//! A state is how many values there are, whether there were more, and the values.

use core::cmp::Ordering;

use crate::arena::shift;
use crate::counters::{Counters, Failure};
use crate::error::RunError;
use crate::expr::frame::{Vector, VectorMut};
use crate::fmt::power_of_ten;
use crate::plan::AggregateFunction as F;
use crate::plan::aggregates::Takes;
use crate::plan::uses::Uses;
use crate::types::{DataType, Kind, Span};

use super::{Groups, States, arrays, cell};

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// What is kept of a function's values.
#[derive(Clone, Copy)]
struct Rule {
    kind: Kind,
    width: usize,
    capacity: usize,
    distinct: bool,
}

/// A state's parts.
struct Values<'a> {
    /// How many values there are.
    count: &'a mut [u8; 4],
    /// Whether there were more.
    overflow: &'a mut u8,
    values: &'a mut [u8],
}

impl Rule {
    fn of<U: Uses>(states: &States<'_, U>) -> Self {
        Self {
            kind: states.kind(),
            width: states.argument.size(),
            capacity: states.aggregate.capacity.into(),
            distinct: states.aggregate.distinct,
        }
    }

    /// The value at a place.
    fn at<'v>(&self, values: &'v [u8], place: usize) -> &'v [u8] {
        values.get(arrays::place(place, self.width)).unwrap_or(&[])
    }

    /// The place of the first value that is not below; and whether one there is equal.
    fn find(&self, values: &[u8], count: usize, value: &[u8]) -> (usize, bool) {
        let (mut low, mut high) = (0, count);
        while low < high {
            let middle = low + (high - low) / 2;
            match cell::compare(self.kind, self.at(values, middle), value) {
                Ordering::Less => low = middle + 1,
                _ => high = middle,
            }
        }
        let equal =
            low < count && cell::compare(self.kind, self.at(values, low), value) == Ordering::Equal;
        (low, equal)
    }

    fn insert(&self, state: &mut [u8], value: &[u8]) -> Result<(), RunError> {
        let Values { count, overflow, values } = parts(state)?;
        let n = u32::from_le_bytes(*count) as usize;
        let (at, equal) = self.find(values, n, value);
        if equal && self.distinct {
            return Ok(());
        }
        if n >= self.capacity {
            *overflow = 1;
            return Ok(());
        }
        let (start, end) = (arrays::place(at, self.width).start, arrays::place(n, self.width).end);
        let tail = values.get_mut(start..end).ok_or(RunError::Internal)?;
        let kept = tail.len().checked_sub(self.width).ok_or(RunError::Internal)?;
        shift(tail, 0..kept, self.width)?;
        cell::put(tail, value)?;
        *count = (n as u32 + 1).to_le_bytes();
        Ok(())
    }
}

fn parts(state: &mut [u8]) -> Result<Values<'_>, RunError> {
    let (count, rest) = state.split_first_chunk_mut::<4>().ok_or(RunError::Internal)?;
    let (header, values) = rest.split_first_chunk_mut::<4>().ok_or(RunError::Internal)?;
    let [overflow, ..] = header;
    Ok(Values { count, overflow, values })
}

pub(super) fn update<U: Uses>(
    states: &mut States<'_, U>,
    x: &Vector<'_>,
    groups: Groups<'_>,
    rows: usize,
) -> Result<(), RunError> {
    let rule = Rule::of(states);
    states.each_row(x, groups, rows, |state, row| rule.insert(state, cell::of(x, row)?))
}

pub(super) fn merge<U: Uses>(
    states: &mut States<'_, U>,
    into: &[u32],
    from: &[u32],
) -> Result<(), RunError> {
    let rule = Rule::of(states);
    states.each_pair(into, from, |into, from| {
        let (count, rest) = from.split_first_chunk().ok_or(RunError::Internal)?;
        let (header, values) = rest.split_first_chunk::<4>().ok_or(RunError::Internal)?;
        let [overflow, ..] = header;
        *parts(into)?.overflow |= overflow;
        let all = values.chunks_exact(rule.width.max(1)).take(u32::from_le_bytes(*count) as usize);
        for value in all {
            rule.insert(into, value)?;
        }
        Ok(())
    })
}

pub(super) fn finish<U: Uses>(
    states: &mut States<'_, U>,
    dst: &mut VectorMut<'_>,
    slots: &[u32],
    counters: &mut Counters,
) -> Result<(), RunError> {
    let rule = Rule::of(states);
    let (function, data_type) = (states.function(), states.argument);
    let q = if function == F::Median { 0.5 } else { states.number(0) };
    dst.set_all_valid(true);
    for (row, &slot) in slots.iter().enumerate() {
        let state = states.slot(slot as usize).ok_or(RunError::Internal)?;
        let Values { count, overflow, values } = parts(state)?;
        let n = u32::from_le_bytes(*count) as usize;
        let values = values.get(..n.saturating_mul(rule.width)).ok_or(RunError::Internal)?;
        let mut fail = |dst: &mut VectorMut<'_>, failure| {
            counters.add(failure, 1);
            cell::write(dst, row, &[0; 16])?;
            dst.set_null(row);
            Ok::<_, RunError>(())
        };
        match function {
            _ if *overflow != 0 => fail(dst, Failure::Capacity)?,
            F::Count => cell::write(dst, row, &(n as u64).to_le_bytes())?,
            _ if n == 0 => {
                cell::write(dst, row, &[0; 16])?;
                dst.set_null(row);
            }
            F::Sum => match sum(dst, row, &rule, values)? {
                true => {}
                false => fail(dst, Failure::Arithmetic)?,
            },
            F::Avg => {
                let parts = match data_type {
                    DataType::Decimal(_, scale) => power_of_ten(scale) as f64,
                    _ => 1.0,
                };
                let sum = match float_sum(&rule, values) {
                    Some(sum) => Some(sum),
                    None => whole_sum(&rule, values).map(|sum| sum as f64),
                };
                match sum {
                    Some(sum) => cell::write_float(dst, row, sum / (n as f64 * parts))?,
                    None => fail(dst, Failure::Arithmetic)?,
                }
            }
            F::Median | F::QuantileCont
                if Takes::Line.accepts(data_type) || data_type == DataType::Interval =>
            {
                between(dst, row, &rule, data_type, values, n, q)?;
            }
            _ => cell::write(dst, row, rule.at(values, discrete(n, q)))?,
        }
    }
    Ok(())
}

/// The place of the smallest value that has the fraction q of `n` values at or below it.
fn discrete(n: usize, q: f64) -> usize {
    let n = n as f64;
    // As DuckDB counts, from above.
    let above = libm::floor(n - q * n);
    (n - above).max(1.0) as usize - 1
}

/// The sum of floats, which are none of the other kinds.
fn float_sum(rule: &Rule, values: &[u8]) -> Option<f64> {
    let all = values.chunks_exact(rule.width.max(1));
    matches!(rule.kind, Kind::F32 | Kind::F64)
        .then(|| all.fold(0.0, |sum, value| sum + cell::float(rule.kind, value)))
}

fn whole_sum(rule: &Rule, values: &[u8]) -> Option<i128> {
    let mut all = values.chunks_exact(rule.width.max(1));
    all.try_fold(0i128, |sum, value| sum.checked_add(cell::whole(rule.kind, value)))
}

/// Writes a sum; false if it is out of range.
fn sum(dst: &mut VectorMut<'_>, row: usize, rule: &Rule, values: &[u8]) -> Result<bool, RunError> {
    if let Some(sum) = float_sum(rule, values) {
        cell::write(dst, row, &sum.to_le_bytes())?;
        return Ok(true);
    }
    let Some(sum) = whole_sum(rule, values) else { return Ok(false) };
    let fits = match dst.data_type.kind() {
        Kind::I128 => sum.unsigned_abs() < power_of_ten(DataType::MAX_DECIMAL).unsigned_abs(),
        _ => i64::try_from(sum).is_ok(),
    };
    if fits {
        // The low bytes are the number's.
        cell::write(dst, row, &sum.to_le_bytes())?;
    }
    Ok(fits)
}

/// Writes the value at the fraction q of the way, between two neighbours if need be, as DuckDB
/// computes it.
fn between(
    dst: &mut VectorMut<'_>,
    row: usize,
    rule: &Rule,
    data_type: DataType,
    values: &[u8],
    n: usize,
    q: f64,
) -> Result<(), RunError> {
    let place = (n as f64 - 1.0) * q;
    let (below, above) = (libm::floor(place), libm::ceil(place));
    let d = place - below;
    let (low, high) = (rule.at(values, below as usize), rule.at(values, above as usize));
    let mixed = |low: f64, high: f64| low * (1.0 - d) + high * d;
    let whole = |value: &[u8]| cell::whole(rule.kind, value);
    if data_type == DataType::Date {
        let micros = |value: &[u8]| (whole(value) as i64).saturating_mul(DAY);
        let (low, high) = (micros(low), micros(high));
        let value = if below == above { low } else { round(mixed(low as f64, high as f64)) };
        return cell::write(dst, row, &value.to_le_bytes());
    }
    if below == above {
        return cell::write(dst, row, low);
    }
    match rule.kind {
        Kind::Interval => {
            let total = |value: &[u8]| {
                Span::from_le_bytes(value.first_chunk().copied().unwrap_or_default()).total() as f64
            };
            let micros = round(mixed(total(low), total(high)));
            let span = Span::new(0, (micros / DAY) as i32, micros % DAY);
            cell::write(dst, row, &span.to_le_bytes())
        }
        Kind::F32 | Kind::F64 => {
            let value = mixed(cell::float(rule.kind, low), cell::float(rule.kind, high));
            cell::write_float(dst, row, value)
        }
        _ if data_type.is_decimal() => {
            let (low, high) = (whole(low), whole(high));
            let value = match rule.kind {
                Kind::I128 => libm::floor(mixed(low as f64, high as f64)),
                _ => low as f64 + high.wrapping_sub(low) as f64 * d,
            };
            cell::write(dst, row, &(value as i128).to_le_bytes())
        }
        _ => {
            let value = round(mixed(whole(low) as f64, whole(high) as f64));
            cell::write(dst, row, &value.to_le_bytes())
        }
    }
}

/// Halves away from zero.
fn round(value: f64) -> i64 {
    libm::round(value) as i64
}
