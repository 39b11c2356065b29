//! `MIN(x)`, `MAX(x)` in the order of comparisons (NaN on top, texts by bytes): one value per
//! group, new ones at the end of the order that everything beats.

use core::ops::Range;

use crate::arena::{copy, slice, slice_mut};
use crate::error::RunError;
use crate::expr::compare::Ordered;
use crate::expr::for_value;
use crate::expr::frame::{Vector, VectorMut, set_text, text_bytes};
use crate::plan::AggregateFunction;
use crate::types::{Kind, Span, Uuid16, Wide};

use super::{Groups, States, fold_seen, mark, set_seen};

/// The length of a text that no value has been folded into yet.
const UNSET: [u8; 2] = u16::MAX.to_le_bytes();

/// The ends of a type's order.
trait Ends: Ordered {
    const LOWEST: Self;
    const HIGHEST: Self;
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

impl Ends for f32 {
    const LOWEST: Self = Self::NEG_INFINITY;
    const HIGHEST: Self = Self::NAN;
}

impl Ends for f64 {
    const LOWEST: Self = Self::NEG_INFINITY;
    const HIGHEST: Self = Self::NAN;
}

pub(super) fn reset(states: &mut States<'_>, groups: Range<usize>) -> Result<(), RunError> {
    let is_min = states.function == AggregateFunction::Min;
    let kind = states.kind();
    let width = states.argument.size();
    let (best, seen) = states.split(width)?;
    if let Some(seen) = seen.get_mut(groups.clone()) {
        seen.fill(0);
    }
    match kind {
        Kind::Bool => {
            best.get_mut(groups).ok_or(RunError::Internal)?.fill(is_min as u8);
            Ok(())
        }
        Kind::Text => {
            let range = groups.start * width..groups.end * width;
            let texts = best.get_mut(range).ok_or(RunError::Internal)?;
            for field in texts.chunks_exact_mut(width.max(2)) {
                if let Some(length) = field.first_chunk_mut::<2>() {
                    *length = UNSET;
                }
            }
            Ok(())
        }
        kind => for_value!(kind, T => {
            let best = slice_mut::<T>(best)?.get_mut(groups).ok_or(RunError::Internal)?;
            best.fill(if is_min { T::HIGHEST } else { T::LOWEST });
            Ok(())
        }),
    }
}

pub(super) fn update(
    states: &mut States<'_>,
    argument: Vector<'_>,
    groups: Groups<'_>,
    rows: usize,
) -> Result<(), RunError> {
    let is_min = states.function == AggregateFunction::Min;
    let kind = states.kind();
    let width = states.argument.size();
    let (best, seen) = states.split(width)?;
    match kind {
        Kind::Bool => {
            let mask = argument.mask()?;
            for row in (0..rows).filter(|&row| argument.is_valid(row)) {
                let value = mask.get(row / 64).map_or(0, |w| w >> (row % 64) & 1) as u8;
                let group = group_of(groups, row);
                if let Some(best) = best.get_mut(group) {
                    *best = if is_min { *best & value } else { *best | value };
                    mark(seen, group);
                }
            }
            Ok(())
        }
        Kind::Text => {
            for row in (0..rows).filter(|&row| argument.is_valid(row)) {
                let text = argument.text(row);
                let group = group_of(groups, row);
                let range =
                    group.saturating_mul(width)..group.saturating_add(1).saturating_mul(width);
                if let Some(field) = best.get_mut(range) {
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
        kind => for_value!(kind, T => {
            let best = slice_mut::<T>(best)?;
            let values = argument.of::<T>(rows)?;
            if is_min {
                fold_seen(best, seen, &argument, values, groups, |best: &mut T, v| {
                    *best = if best.above(v) { v } else { *best };
                });
            } else {
                fold_seen(best, seen, &argument, values, groups, |best: &mut T, v| {
                    *best = if v.above(*best) { v } else { *best };
                });
            }
            Ok(())
        }),
    }
}

#[inline]
fn group_of(groups: Groups<'_>, row: usize) -> usize {
    match groups {
        Groups::One(group) => group,
        Groups::Each(groups) => groups.get(row).map_or(usize::MAX, |&group| group as usize),
    }
}

pub(super) fn finish(
    states: &mut States<'_>,
    dst: &mut VectorMut<'_>,
    groups: Range<usize>,
    empty: bool,
) -> Result<(), RunError> {
    let nullable = states.argument_nullable;
    let kind = states.kind();
    let width = states.argument.size();
    let (best, seen) = states.split(width)?;
    set_seen(dst, seen, nullable, groups.clone(), empty);
    match kind {
        Kind::Bool => {
            let best = best.get(groups).ok_or(RunError::Internal)?;
            let mut words = best.chunks(64);
            for word in dst.mask()? {
                let Some(best) = words.next() else { break };
                *word = best.iter().enumerate().fold(0, |w, (k, b)| w | u64::from(*b) << k);
            }
        }
        Kind::Text => {
            let texts = best.get(groups.start * width..groups.end * width);
            let mut texts = texts.ok_or(RunError::Internal)?.chunks_exact(width.max(2));
            let stride = dst.data_type.size().max(2);
            for slot in dst.values.chunks_exact_mut(stride) {
                let Some(field) = texts.next() else { break };
                let text = if field.starts_with(&UNSET) { &[] } else { text_bytes(field) };
                set_text(slot, text);
            }
        }
        kind => for_value!(kind, T => {
            let best = slice::<T>(best)?.get(groups).ok_or(RunError::Internal)?;
            copy(dst.of::<T>(best.len())?, best)
        })?,
    }
    Ok(())
}
