//! `SUM(x)` and `AVG(x)` of floats without keys, where one group takes all rows: four sums, so that
//! no addition waits for the one before. The k-th value goes to sum k mod 4 however the input is
//! cut.

use bytemuck::{Pod, Zeroable};

use crate::arena::view_mut;
use crate::counters::Counters;
use crate::error::RunError;
use crate::expr::frame::{Vector, VectorMut};
use crate::plan::AggregateFunction as F;
use crate::plan::aggregates::rules::{Family, LANES_BYTES};
use crate::plan::uses::Uses;
use crate::simd::widest;
use crate::types::Kind;

use super::result::{Outcome, write};
use super::{Groups, States};

/// The sums, and how many values went into them.
#[derive(Clone, Copy, Debug, Default, Pod, Zeroable)]
#[repr(C)]
pub(super) struct Lanes {
    sums: [f64; 4],
    count: u64,
}

const _: () = assert!(size_of::<Lanes>() as u64 == LANES_BYTES);

impl Lanes {
    /// Adds a value, or with `counts` false nothing.
    #[inline]
    fn add(&mut self, value: f64, counts: bool) {
        if let Some(sum) = self.sums.get_mut((self.count % 4) as usize) {
            // -0 is what changes no sum.
            *sum += if counts { value } else { -0.0 };
        }
        self.count += u64::from(counts);
    }

    fn add_all<T: Copy + Into<f64>>(&mut self, values: &[T]) {
        // Turned so that the next value is the first sum's.
        let turn = (self.count % 4) as usize;
        self.sums.rotate_left(turn);
        let (fours, rest) = values.as_chunks::<4>();
        self.sums = widest(|| {
            fours.iter().fold(self.sums, |[a, b, c, d], &[w, x, y, z]| {
                [a + w.into(), b + x.into(), c + y.into(), d + z.into()]
            })
        });
        self.sums.iter_mut().zip(rest).for_each(|(sum, &value)| *sum += value.into());
        self.sums.rotate_right(turn);
        self.count += values.len() as u64;
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.sums.iter_mut().zip(other.sums).for_each(|(sum, other)| *sum += other);
        self.count += other.count;
    }

    fn sum(&self) -> f64 {
        let [a, b, c, d] = self.sums;
        (a + b) + (c + d)
    }
}

pub(super) fn update<U: Uses>(
    states: &mut States<'_, U>,
    argument: Vector<'_>,
    groups: Groups<'_>,
    rows: usize,
) -> Result<(), RunError> {
    match states.kind() {
        Kind::F32 if const { U::SET.folded(Family::Lanes).has(Kind::F32) } => {
            fold::<f32, U>(states, argument, groups, rows)
        }
        Kind::F64 if const { U::SET.folded(Family::Lanes).has(Kind::F64) } => {
            fold::<f64, U>(states, argument, groups, rows)
        }
        _ => Err(RunError::Internal),
    }
}

fn fold<T: Pod + Into<f64>, U: Uses>(
    states: &mut States<'_, U>,
    argument: Vector<'_>,
    groups: Groups<'_>,
    rows: usize,
) -> Result<(), RunError> {
    let Groups::One(group) = groups else {
        if const { !U::SET.each_group } {
            return Err(RunError::Internal);
        }
        return states.each_value(&argument, groups, rows, |lanes: &mut Lanes, value: T| {
            lanes.add(value.into(), true);
        });
    };
    let state: &mut Lanes = view_mut(states.slot(group).ok_or(RunError::Internal)?)?;
    let values = argument.of::<T>(rows)?;
    if const { !U::SET.fast } {
        for (row, &value) in values.iter().enumerate() {
            state.add(value.into(), const { !U::SET.nulls } || argument.is_valid(row));
        }
        return Ok(());
    }
    let mut lanes = *state;
    if argument.validity.is_none() {
        lanes.add_all(values);
    } else {
        for (row, &value) in values.iter().enumerate() {
            lanes.add(value.into(), argument.is_valid(row));
        }
    }
    *state = lanes;
    Ok(())
}

pub(super) fn finish<U: Uses>(
    states: &mut States<'_, U>,
    dst: &mut VectorMut<'_>,
    slots: &[u32],
    counters: &mut Counters,
) -> Result<(), RunError> {
    let is_mean = states.function() == F::Avg;
    write(dst, slots, counters, |slot| {
        let lanes: Lanes = states.of(slot)?;
        let per = if is_mean { lanes.count as f64 } else { 1.0 };
        Ok(Outcome::of((lanes.count > 0).then(|| lanes.sum() / per)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_does_not_depend_on_where_it_is_cut() {
        let values: std::vec::Vec<f32> = (0..1000).map(|i| 1.0 / (i as f32 + 0.3)).collect();
        let mut whole = Lanes::default();
        whole.add_all(&values);
        let mut parts = Lanes::default();
        let (mut rest, mut most) = (&values[..], 1);
        while !rest.is_empty() {
            let (some, later) = rest.split_at(most.min(rest.len()));
            parts.add_all(some);
            (rest, most) = (later, most % 9 + 1);
        }
        let mut single = Lanes::default();
        for &value in &values {
            single.add(f64::NAN, false);
            single.add(value.into(), true);
        }
        assert_eq!((whole.sums, whole.count), (parts.sums, parts.count));
        assert_eq!((whole.sums, whole.count), (single.sums, single.count));
    }
}
