//! `EWMA(x, alpha)`: the first value, then of each one alpha and of what was before 1 - alpha.

use bytemuck::{Pod, Zeroable};

use crate::counters::Counters;
use crate::error::RunError;
use crate::expr::frame::{Vector, VectorMut};

use super::result::{Outcome, write};
use super::{Groups, States};
use crate::plan::uses::Uses;

/// The mean, and what merging needs besides.
#[derive(Clone, Copy, Debug, Default, Pod, Zeroable)]
#[repr(C)]
pub(super) struct Mean {
    mean: f64,
    /// The first value.
    first: f64,
    /// (1 - alpha) to the power of how many values there are.
    rest: f64,
    /// 1 once there is a value.
    seen: u64,
}

impl Mean {
    #[inline]
    fn add(&mut self, x: f64, alpha: f64) {
        if self.seen == 0 {
            *self = Self { mean: x, first: x, rest: 1.0 - alpha, seen: 1 };
            return;
        }
        self.mean = alpha * x + (1.0 - alpha) * self.mean;
        self.rest *= 1.0 - alpha;
    }

    /// All values of `other` came after these: its first one would have counted alpha, and what was
    /// before the rest.
    pub(super) fn merge(&mut self, other: &Self) {
        if self.seen == 0 || other.seen == 0 {
            if self.seen == 0 {
                *self = *other;
            }
            return;
        }
        self.mean = other.mean + other.rest * (self.mean - other.first);
        self.rest *= other.rest;
    }
}

pub(super) fn update<U: Uses>(
    states: &mut States<'_, U>,
    x: Vector<'_>,
    groups: Groups<'_>,
    rows: usize,
) -> Result<(), RunError> {
    let alpha = states.number(0);
    states.each_value(&x, groups, rows, |state: &mut Mean, x: f64| state.add(x, alpha))
}

pub(super) fn finish<U: Uses>(
    states: &mut States<'_, U>,
    dst: &mut VectorMut<'_>,
    slots: &[u32],
    counters: &mut Counters,
) -> Result<(), RunError> {
    write(dst, slots, counters, |slot| {
        let Mean { mean, seen, .. } = states.of(slot)?;
        Ok(Outcome::of((seen != 0).then_some(mean)))
    })
}
