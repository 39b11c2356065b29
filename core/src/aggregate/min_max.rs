//! `MIN(x)`, `MAX(x)`, and over BOOLEANs `BOOL_AND(x)`, `BOOL_OR(x)`, in the order of comparisons
//! (NaN on top, texts by bytes): one value per group, new ones at the end of the order that
//! everything beats.

use crate::arena::slice_mut;
use crate::error::RunError;
use crate::expr::compare::Ordered;
use crate::expr::for_value;
use crate::expr::frame::{Vector, VectorMut, bit, set_text, text_bytes};
use crate::plan::AggregateFunction as F;
use crate::plan::aggregates::rules::Family;
use crate::plan::uses::Uses;
use crate::simd::widest;
use crate::types::{Kind, Span, Uuid16, Wide};

use super::arrays::{copy_bytes, fold_seen, gather, mark, pairs, place, put, set_seen};
use super::{Fresh, Groups, States};

/// Whether there are arguments of a kind.
macro_rules! used {
    ($kind:ident) => {
        const { U::SET.folded(Family::Best).has(Kind::$kind) }
    };
}

/// The length of a text that no value has been folded into yet.
const UNSET: [u8; 2] = u16::MAX.to_le_bytes();

/// The ends of a type's order.
pub(super) trait Ends: Ordered {
    const LOWEST: Self;
    const HIGHEST: Self;

    /// Whether [`lower`](Self::lower) compares any value with these.
    fn is_plain(_: &[Self]) -> bool {
        true
    }

    /// Whether a value that looks different can be equal to it, so that it matters which came last.
    fn has_twin(self) -> bool {
        false
    }

    /// `self` is below `other`, which is no NaN: one instruction picks the lesser.
    fn lower(self, other: Self) -> bool {
        self.below(other)
    }
}

macro_rules! ends {
    ($($t:ty),*) => {$(
        impl Ends for $t {
            const LOWEST: Self = Self::MIN;
            const HIGHEST: Self = Self::MAX;
        }
    )*};
}
ends!(i8, i16, i32, i64, u8, u16, u32, u64);

impl Ends for Wide {
    const LOWEST: Self = Self::new(i128::MIN);
    const HIGHEST: Self = Self::new(i128::MAX);
}

impl Ends for Span {
    const LOWEST: Self = Self::new(i32::MIN, i32::MIN, i64::MIN);
    const HIGHEST: Self = Self::new(i32::MAX, i32::MAX, i64::MAX);
}

impl Ends for Uuid16 {
    const LOWEST: Self = Self::from_le_bytes([0; 16]);
    const HIGHEST: Self = Self::from_le_bytes([u8::MAX; 16]);
}

macro_rules! float_ends {
    ($($t:ty),*) => {$(
        impl Ends for $t {
            const LOWEST: Self = Self::NEG_INFINITY;
            const HIGHEST: Self = Self::NAN;

            fn is_plain(values: &[Self]) -> bool {
                widest(
                    #[inline(always)]
                    || !values.iter().fold(false, |any, value| any | value.is_nan()),
                )
            }

            fn has_twin(self) -> bool {
                self == 0.0
            }

            #[inline]
            fn lower(self, other: Self) -> bool {
                self < other
            }
        }
    )*};
}
float_ends!(f32, f64);

/// Folds the lesser of two values, or the greater, into the first. Of equals MIN takes the second.
#[inline]
pub(super) fn better<T: Copy>(is_min: bool, best: &mut T, value: T, below: impl Fn(T, T) -> bool) {
    *best = if below(*best, value) != is_min { value } else { *best };
}

/// The best of so many values that sixteen at a time pay, which are plain; `None` if there are
/// fewer, or if it matters which of equals came last.
#[inline(always)]
fn best_of<T: Ends>(is_min: bool, values: &[T]) -> Option<T> {
    let (chunks, rest) = values.as_chunks::<16>();
    let (first, chunks) = chunks.split_first()?;
    let lanes: [T; 16] = widest(
        #[inline(always)]
        move || {
            let mut best = *first;
            for chunk in chunks {
                for (best, value) in best.iter_mut().zip(chunk) {
                    better(is_min, best, *value, T::lower);
                }
            }
            for (best, value) in best.iter_mut().zip(rest) {
                better(is_min, best, *value, T::lower);
            }
            best
        },
    );
    let [mut best, others @ ..] = lanes;
    for value in others {
        better(is_min, &mut best, value, T::lower);
    }
    (!best.has_twin()).then_some(best)
}

/// Whether the least value is wanted. FALSE is below TRUE.
fn is_min<U: Uses>(states: &States<'_, U>) -> bool {
    let (least, greatest) = const { (U::SET.least, U::SET.greatest) };
    least && (!greatest || matches!(states.function(), F::Min | F::BoolAnd))
}

pub(super) fn reset<U: Uses>(states: &mut States<'_, U>, slots: Fresh<'_>) -> Result<(), RunError> {
    let is_min = is_min(states);
    let kind = states.kind();
    let width = states.argument.size();
    let (best, seen) = states.split(width)?;
    put::<_, U>(seen, slots, 0);
    match kind {
        Kind::Bool if used!(Bool) => {
            put::<_, U>(best, slots, is_min as u8);
            Ok(())
        }
        Kind::Text if used!(Text) => {
            slots.each(|slot| {
                let field = best.get_mut(place(slot, width));
                if let Some(length) = field.and_then(|field| field.first_chunk_mut::<2>()) {
                    *length = UNSET;
                }
            });
            Ok(())
        }
        kind => for_value!(in U::SET.folded(Family::Best), kind, T => {
            put::<_, U>(slice_mut::<T>(best)?, slots, if is_min { T::HIGHEST } else { T::LOWEST });
            Ok(())
        }),
    }
}

pub(super) fn merge<U: Uses>(
    states: &mut States<'_, U>,
    into: &[u32],
    from: &[u32],
) -> Result<(), RunError> {
    let is_min = is_min(states);
    let kind = states.kind();
    let width = states.argument.size();
    let (best, seen) = states.split(width)?;
    pairs(seen, into, from, |seen, other| *seen |= other);
    match kind {
        Kind::Bool if used!(Bool) && is_min => {
            pairs(best, into, from, |best, other| *best &= other)
        }
        Kind::Bool if used!(Bool) => pairs(best, into, from, |best, other| *best |= other),
        Kind::Text if used!(Text) => {
            for (&into, &from) in into.iter().zip(from) {
                let field = |slot: u32| best.get(place(slot as usize, width)).unwrap_or(&[]);
                let (old, new) = (field(into), field(from));
                let unset = old.starts_with(&UNSET);
                let (a, b) = (text_bytes(old), text_bytes(new));
                if !new.starts_with(&UNSET) && (unset || if is_min { b < a } else { b > a }) {
                    copy_bytes(best, width, &[into], &[from])?;
                }
            }
        }
        kind => for_value!(in U::SET.folded(Family::Best), kind, T => {
            let best = slice_mut::<T>(best)?;
            if is_min {
                pairs(best, into, from, |best, v| better(true, best, v, T::below));
            } else {
                pairs(best, into, from, |best, v| better(false, best, v, T::below));
            }
            Ok(())
        })?,
    }
    Ok(())
}

pub(super) fn update<U: Uses>(
    states: &mut States<'_, U>,
    argument: Vector<'_>,
    groups: Groups<'_>,
    rows: usize,
) -> Result<(), RunError> {
    let is_min = is_min(states);
    let kind = states.kind();
    let width = states.argument.size();
    let (best, seen) = states.split(width)?;
    match kind {
        Kind::Bool if used!(Bool) => {
            let mask = argument.mask()?;
            for row in (0..rows).filter(|&row| argument.is_valid(row)) {
                let value = bit(mask, row) as u8;
                let group = groups.of(row);
                if let Some(best) = best.get_mut(group) {
                    *best = if is_min { *best & value } else { *best | value };
                    mark(seen, group);
                }
            }
            Ok(())
        }
        Kind::Text if used!(Text) => {
            for row in (0..rows).filter(|&row| argument.is_valid(row)) {
                let text = argument.text(row);
                let group = groups.of(row);
                if let Some(field) = best.get_mut(place(group, width)) {
                    let unset = field.starts_with(&UNSET);
                    let old = text_bytes(field);
                    if unset || if is_min { text < old } else { text > old } {
                        set_text(field, text);
                    }
                    mark(seen, group);
                }
            }
            Ok(())
        }
        kind => for_value!(in U::SET.folded(Family::Best), kind, T => {
            let best = slice_mut::<T>(best)?;
            let values = argument.of::<T>(rows)?;
            macro_rules! fold {
                ($values:expr, $is_min:expr, $below:expr) => {
                    fold_seen::<_, _, U>(best, seen, &argument, $values, groups, |best: &mut T, v| {
                        better($is_min, best, v, $below);
                    })
                };
            }
            let plain = const { U::SET.fast } && T::is_plain(values);
            // One group needs but the best of them.
            let best_of = match (groups, argument.validity, plain) {
                _ if const { !U::SET.fast } => None,
                (Groups::One(_), None, true) if is_min => best_of(true, values),
                (Groups::One(_), None, true) => best_of(false, values),
                _ => None,
            };
            let values = best_of.as_ref().map_or(values, core::slice::from_ref);
            match (is_min, plain) {
                (true, true) if const { U::SET.fast } => fold!(values, true, T::lower),
                (false, true) if const { U::SET.fast } => fold!(values, false, T::lower),
                (true, _) => fold!(values, true, T::below),
                (false, _) => fold!(values, false, T::below),
            }
            Ok(())
        }),
    }
}

pub(super) fn finish<U: Uses>(
    states: &mut States<'_, U>,
    dst: &mut VectorMut<'_>,
    slots: &[u32],
    empty: bool,
) -> Result<(), RunError> {
    let can_miss = states.can_miss;
    let kind = states.kind();
    let width = states.argument.size();
    let (best, seen) = states.split(width)?;
    set_seen(dst, seen, can_miss, slots, empty);
    match kind {
        Kind::Bool if used!(Bool) => {
            let mut words = slots.chunks(64);
            for word in dst.mask()? {
                let Some(slots) = words.next() else { break };
                let of = |slot: u32| best.get(slot as usize).copied().unwrap_or(0);
                *word = slots.iter().enumerate().fold(0, |w, (k, &s)| w | u64::from(of(s)) << k);
            }
            Ok(())
        }
        Kind::Text if used!(Text) => {
            let stride = dst.data_type.size().max(2);
            for (row, &slot) in dst.values.chunks_exact_mut(stride).zip(slots) {
                let field = best.get(place(slot as usize, width)).unwrap_or(&UNSET);
                let text = if field.starts_with(&UNSET) { &[] } else { text_bytes(field) };
                set_text(row, text);
            }
            Ok(())
        }
        kind => {
            for_value!(in U::SET.folded(Family::Best), kind, T => gather::<T>(dst, best, slots))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    /// MIN and MAX one value after the other.
    fn one_by_one(is_min: bool, values: &[f32]) -> f32 {
        let start = if is_min { f32::HIGHEST } else { f32::LOWEST };
        values.iter().fold(start, |mut best, value| {
            better(is_min, &mut best, *value, f32::below);
            best
        })
    }

    #[test]
    fn sixteen_at_a_time_find_what_one_by_one_do() {
        let mut x = 1u32;
        for rows in 0..200 {
            let mut random = || {
                x = x.wrapping_mul(747_796_405).wrapping_add(2_891_336_453);
                (x >> 8) as f32 - 8e6
            };
            let values: Vec<f32> = (0..rows).map(|_| random()).collect();
            for is_min in [true, false] {
                let best = best_of(is_min, &values);
                assert_eq!(best.is_some(), rows >= 16);
                assert!(best.is_none_or(|best| best == one_by_one(is_min, &values)));
            }
        }
    }

    #[test]
    fn which_zero_it_is_stays_open() {
        let mut values = [1.0f32; 40];
        values[3] = 0.0;
        values[30] = -0.0;
        assert_eq!(best_of(true, &values), None);
        assert_eq!(best_of(false, &values), Some(1.0));
        assert_eq!(one_by_one(true, &values).to_bits(), (-0.0f32).to_bits());
        assert!(f32::is_plain(&values));
        values[39] = f32::NAN;
        assert!(!f32::is_plain(&values));
    }
}
