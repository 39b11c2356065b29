//! `SUM(x)`. Floats and integers up to 32 bits add into 8 bytes, 64-bit integers into 16. A sum of
//! integers is exact; one that does not fit a BIGINT is NULL and counted.

use core::ops::Range;

use bytemuck::Pod;

use crate::arena::slice_mut;
use crate::counters::Counters;
use crate::error::RunError;
use crate::expr::for_number;
use crate::expr::frame::{Vector, VectorMut};
use crate::types::Kind;

use super::{Groups, States, fold_seen, set_seen};

/// An exact sum of 64-bit integers, as the two halves of an i128.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(transparent)]
pub(super) struct Wide([u64; 2]);

impl Wide {
    #[inline]
    pub(super) fn get(self) -> i128 {
        (u128::from(self.0[1]) << 64 | u128::from(self.0[0])) as i128
    }

    #[inline]
    fn add(&mut self, value: i128) {
        let sum = self.get().wrapping_add(value) as u128;
        self.0 = [sum as u64, (sum >> 64) as u64];
    }
}

/// How values of a type add up.
pub(super) trait Summand: Pod {
    /// The state.
    type Sum: Pod;
    /// Adds a value.
    fn add(sum: &mut Self::Sum, value: Self);
    /// The sum as DOUBLE, or `None` if it left its range.
    fn to_f64(sum: Self::Sum) -> Option<f64>;
    /// The sum as the bits of the result of SUM, or `None` if it does not fit.
    fn result(sum: Self::Sum) -> Option<u64>;
}

macro_rules! summand {
    ($($t:ty as $sum:ty: |$s:ident, $v:ident| $add:expr, $f64:expr, $result:expr;)*) => {$(
        impl Summand for $t {
            type Sum = $sum;
            #[inline]
            fn add($s: &mut $sum, $v: Self) {
                $add
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
/// Adds, but stays at the end of the range once there: 2^32 rows and more can bring a sum of 32-bit
/// integers to it, and it then has no value.
#[inline]
fn add_or_stay(sum: &mut i64, value: i64) {
    if *sum != i64::MAX && *sum != i64::MIN {
        *sum = sum.saturating_add(value);
    }
}

/// The bits of a sum that has not left its range.
fn whole(sum: i64) -> Option<u64> {
    (sum != i64::MAX && sum != i64::MIN).then_some(sum as u64)
}

fn to_f64(sum: i64) -> Option<f64> {
    whole(sum).map(|_| sum as f64)
}

summand! {
    i8 as i64: |s, v| *s = s.wrapping_add(v.into()), to_f64, whole;
    i16 as i64: |s, v| *s = s.wrapping_add(v.into()), to_f64, whole;
    i32 as i64: |s, v| add_or_stay(s, v.into()), to_f64, whole;
    u8 as i64: |s, v| *s = s.wrapping_add(v.into()), to_f64, whole;
    u16 as i64: |s, v| *s = s.wrapping_add(v.into()), to_f64, whole;
    u32 as i64: |s, v| add_or_stay(s, v.into()), to_f64, whole;
    i64 as Wide: |s, v| s.add(v.into()), |s| Some(s.get() as f64),
        |s| i64::try_from(s.get()).ok().map(|v| v as u64);
    u64 as Wide: |s, v| s.add(v.into()), |s| Some(s.get() as f64),
        |s| i64::try_from(s.get()).ok().map(|v| v as u64);
    f32 as f64: |s, v| *s += f64::from(v), Some, |s| Some(s.to_bits());
    f64 as f64: |s, v| *s += v, Some, |s| Some(s.to_bits());
}

/// Bytes of one state.
pub(super) const fn width(kind: Kind) -> usize {
    if matches!(kind, Kind::I64 | Kind::U64) { 16 } else { 8 }
}

pub(super) fn reset(states: &mut States<'_>, groups: Range<usize>) -> Result<(), RunError> {
    let width = width(states.kind());
    let (sums, seen) = states.split(width)?;
    let range = groups.start * width..groups.end * width;
    sums.get_mut(range).ok_or(RunError::Internal)?.fill(0);
    if let Some(seen) = seen.get_mut(groups) {
        seen.fill(0);
    }
    Ok(())
}

pub(super) fn update(
    states: &mut States<'_>,
    argument: Vector<'_>,
    groups: Groups<'_>,
    rows: usize,
) -> Result<(), RunError> {
    let kind = states.kind();
    let (sums, seen) = states.split(width(kind))?;
    for_number!(kind, T => {
        let sums = slice_mut::<<T as Summand>::Sum>(sums)?;
        let values = argument.of::<T>(rows)?;
        fold_seen(sums, seen, &argument, values, groups, T::add);
        Ok(())
    })
}

pub(super) fn finish(
    states: &mut States<'_>,
    dst: &mut VectorMut<'_>,
    groups: Range<usize>,
    empty: bool,
    counters: &mut Counters,
) -> Result<(), RunError> {
    let kind = states.kind();
    let nullable = states.argument_nullable;
    let (sums, seen) = states.split(width(kind))?;
    set_seen(dst, seen, nullable, groups.clone(), empty);
    for_number!(kind, T => {
        let sums = slice_mut::<<T as Summand>::Sum>(sums)?;
        let sums = sums.get(groups).ok_or(RunError::Internal)?;
        for (row, sum) in sums.iter().enumerate() {
            let result = T::result(*sum);
            if let Some(d) = dst.of::<u64>(sums.len())?.get_mut(row) {
                *d = result.unwrap_or(0);
            }
            if result.is_none() {
                counters.arithmetic_errors += 1;
                dst.set_null(row);
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
    }
}
