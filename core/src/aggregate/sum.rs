//! `SUM(x)`. Floats and integers up to 32 bits add into 8 bytes, 64-bit integers and DECIMALs into 16.
//! A sum of integers or DECIMALs is exact; one that does not fit a BIGINT, or 38 digits, is NULL and
//! counted.

use bytemuck::{Pod, Zeroable};

use crate::arena::slice_mut;
use crate::counters::Counters;
use crate::error::RunError;
use crate::expr::for_number;
use crate::expr::frame::{Vector, VectorMut};
use crate::fmt::power_of_ten;
use crate::plan::aggregates::rules::Family;
use crate::plan::uses::Uses;
use crate::types::{Kind, Wide};

use super::arrays::{fold_seen, pairs, put, set_seen};
use super::{Fresh, Groups, States};

/// How values of a type add up.
pub(super) trait Summand: Pod {
    /// The state.
    type Sum: Pod;
    /// Adds a value.
    fn add(sum: &mut Self::Sum, value: Self);
    /// Adds another sum.
    fn join(sum: &mut Self::Sum, other: Self::Sum);
    /// The sum as DOUBLE, or `None` if it left its range.
    fn to_f64(sum: Self::Sum) -> Option<f64>;
    /// The sum as the bits of the result of SUM, or `None` if it does not fit.
    fn result(sum: Self::Sum) -> Option<u64>;
}

macro_rules! summand {
    ($($t:ty as $sum:ty: |$s:ident, $v:ident| $add:expr, $join:path, $f64:expr, $result:expr;)*) => {$(
        impl Summand for $t {
            type Sum = $sum;
            #[inline]
            fn add($s: &mut $sum, $v: Self) {
                $add
            }
            #[inline]
            fn join(sum: &mut $sum, other: $sum) {
                $join(sum, other)
            }
            #[inline]
            fn to_f64(sum: $sum) -> Option<f64> {
                let f: fn($sum) -> Option<f64> = $f64;
                f(sum)
            }
            #[inline]
            fn result(sum: $sum) -> Option<u64> {
                let f: fn($sum) -> Option<u64> = $result;
                f(sum)
            }
        }
    )*};
}
/// Adds a whole number; 2^64 rows bring no sum of 64-bit numbers out of its range.
#[inline]
fn add_wide(sum: &mut Wide, value: i128) {
    *sum = Wide::new(sum.get().wrapping_add(value));
}

/// Adds a DECIMAL, but stays at the end of the range once there: the sum then has no value.
#[inline]
fn add_wide_or_stay(sum: &mut Wide, value: i128) {
    let old = sum.get();
    if old != i128::MAX && old != i128::MIN {
        *sum = Wide::new(old.saturating_add(value));
    }
}

/// Adds, but stays at the end of the range once there: 2^32 rows and more can bring a sum of 32-bit
/// integers to it, and it then has no value.
#[inline]
fn add_or_stay(sum: &mut i64, value: i64) {
    if *sum != i64::MAX && *sum != i64::MIN {
        *sum = sum.saturating_add(value);
    }
}

/// Adds a sum that may have left its range: then this one has, too.
fn join(sum: &mut i64, other: i64) {
    match whole(other) {
        Some(_) => add_or_stay(sum, other),
        None => *sum = i64::MAX,
    }
}

fn join_wide(sum: &mut Wide, other: Wide) {
    add_wide(sum, other.get());
}

fn join_decimal(sum: &mut Wide, other: Wide) {
    match other.get() {
        i128::MAX | i128::MIN => *sum = other,
        value => add_wide_or_stay(sum, value),
    }
}

fn join_float(sum: &mut f64, other: f64) {
    *sum += other;
}

/// The bits of a sum that has not left its range.
fn whole(sum: i64) -> Option<u64> {
    (sum != i64::MAX && sum != i64::MIN).then_some(sum as u64)
}

/// A sum as a DECIMAL of 38 digits, if it has no more.
fn decimal(sum: Wide) -> Option<Wide> {
    (sum.get().unsigned_abs() < power_of_ten(38).unsigned_abs()).then_some(sum)
}

fn to_f64(sum: i64) -> Option<f64> {
    whole(sum).map(|_| sum as f64)
}

summand! {
    i8 as i64: |s, v| *s = s.wrapping_add(v.into()), join, to_f64, whole;
    i16 as i64: |s, v| *s = s.wrapping_add(v.into()), join, to_f64, whole;
    i32 as i64: |s, v| add_or_stay(s, v.into()), join, to_f64, whole;
    u8 as i64: |s, v| *s = s.wrapping_add(v.into()), join, to_f64, whole;
    u16 as i64: |s, v| *s = s.wrapping_add(v.into()), join, to_f64, whole;
    u32 as i64: |s, v| add_or_stay(s, v.into()), join, to_f64, whole;
    i64 as Wide: |s, v| add_wide(s, v.into()), join_wide, |s| Some(s.get() as f64),
        |s| i64::try_from(s.get()).ok().map(|v| v as u64);
    u64 as Wide: |s, v| add_wide(s, v.into()), join_wide, |s| Some(s.get() as f64),
        |s| i64::try_from(s.get()).ok().map(|v| v as u64);
    Wide as Wide: |s, v| add_wide_or_stay(s, v.get()), join_decimal,
        |s| decimal(s).map(|_| s.get() as f64), |_| None;
    f32 as f64: |s, v| *s += f64::from(v), join_float, Some, |s| Some(s.to_bits());
    f64 as f64: |s, v| *s += v, join_float, Some, |s| Some(s.to_bits());
}

/// Runs `$body` with `$t` the Rust type of a kind that can be added up.
macro_rules! for_summand {
    (in $kinds:expr, $kind:expr, $t:ident => $body:expr) => {
        match $kind {
            $crate::types::Kind::I128 if const { $kinds.has($crate::types::Kind::I128) } => {
                type $t = $crate::types::Wide;
                $body
            }
            number => $crate::expr::for_number!(in $kinds, number, $t => $body),
        }
    };
}
pub(super) use for_summand;

/// Bytes of one state.
pub(super) const fn width(kind: Kind) -> usize {
    if matches!(kind, Kind::I64 | Kind::U64 | Kind::I128) { 16 } else { 8 }
}

pub(super) fn reset<U: Uses>(states: &mut States<'_, U>, slots: Fresh<'_>) -> Result<(), RunError> {
    let kind = states.kind();
    let (sums, seen) = states.split(width(kind))?;
    put::<_, U>(seen, slots, 0);
    for_summand!(in U::SET.folded(Family::Sum), kind, T => {
        put::<_, U>(slice_mut::<<T as Summand>::Sum>(sums)?, slots, Zeroable::zeroed());
        Ok(())
    })
}

pub(super) fn merge<U: Uses>(
    states: &mut States<'_, U>,
    into: &[u32],
    from: &[u32],
) -> Result<(), RunError> {
    let kind = states.kind();
    let (sums, seen) = states.split(width(kind))?;
    pairs(seen, into, from, |seen, other| *seen |= other);
    for_summand!(in U::SET.folded(Family::Sum), kind, T => {
        pairs(slice_mut::<<T as Summand>::Sum>(sums)?, into, from, T::join);
        Ok(())
    })
}

pub(super) fn update<U: Uses>(
    states: &mut States<'_, U>,
    argument: Vector<'_>,
    groups: Groups<'_>,
    rows: usize,
) -> Result<(), RunError> {
    let kind = states.kind();
    let (sums, seen) = states.split(width(kind))?;
    for_summand!(in U::SET.folded(Family::Sum), kind, T => {
        let sums = slice_mut::<<T as Summand>::Sum>(sums)?;
        let values = argument.of::<T>(rows)?;
        fold_seen::<_, _, U>(sums, seen, &argument, values, groups, T::add);
        Ok(())
    })
}

pub(super) fn finish<U: Uses>(
    states: &mut States<'_, U>,
    dst: &mut VectorMut<'_>,
    slots: &[u32],
    empty: bool,
    counters: &mut Counters,
) -> Result<(), RunError> {
    let kind = states.kind();
    let can_miss = states.can_miss;
    let is_decimal = states.argument.is_decimal();
    let (sums, seen) = states.split(width(kind))?;
    set_seen(dst, seen, can_miss, slots, empty);
    if const { U::SET.folded(Family::Sum).has(Kind::I128) || U::SET.folded(Family::Sum).has(Kind::I64) }
        && is_decimal
    {
        let sums = slice_mut::<Wide>(sums)?;
        for (row, &slot) in slots.iter().enumerate() {
            let result = decimal(*sums.get(slot as usize).ok_or(RunError::Internal)?);
            if let Some(d) = dst.of::<Wide>(slots.len())?.get_mut(row) {
                *d = result.unwrap_or_default();
            }
            if result.is_none() {
                counters.arithmetic_errors += 1;
                dst.set_null(row);
            }
        }
        return Ok(());
    }
    for_number!(in U::SET.folded(Family::Sum), kind, T => {
        let sums = slice_mut::<<T as Summand>::Sum>(sums)?;
        let mut failed = 0;
        for (d, &slot) in dst.of::<u64>(slots.len())?.iter_mut().zip(slots) {
            let result = T::result(*sums.get(slot as usize).ok_or(RunError::Internal)?);
            failed += u64::from(result.is_none());
            *d = result.unwrap_or(0);
        }
        counters.arithmetic_errors += failed;
        if failed > 0 {
            let slots = slots.iter().map(|&slot| sums.get(slot as usize));
            for (row, sum) in slots.enumerate() {
                if sum.is_some_and(|sum| T::result(*sum).is_none()) {
                    dst.set_null(row);
                }
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_that_leaves_its_range_has_no_value_from_then_on() {
        let mut sum = i64::MAX - 1;
        assert_eq!(i32::result(sum), Some((i64::MAX - 1) as u64));
        u32::add(&mut sum, 5);
        i32::add(&mut sum, -100);
        assert_eq!((i32::result(sum), i32::to_f64(sum)), (None, None));

        let mut wide = Wide::default();
        u64::add(&mut wide, u64::MAX);
        assert_eq!((u64::result(wide), u64::to_f64(wide)), (None, Some(u64::MAX as f64)));
        i64::add(&mut wide, i64::MIN);
        assert_eq!(i64::result(wide), Some(i64::MAX as u64));

        let mut digits = Wide::new(power_of_ten(38) - 1);
        assert_eq!(decimal(digits), Some(digits));
        Wide::add(&mut digits, Wide::new(1));
        assert_eq!((decimal(digits), Wide::to_f64(digits)), (None, None));
        Wide::add(&mut digits, Wide::new(power_of_ten(38)));
        Wide::add(&mut digits, Wide::new(-power_of_ten(38)));
        assert_eq!(decimal(digits), None);
    }
}
