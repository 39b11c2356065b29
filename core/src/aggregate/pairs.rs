//! Covariance, correlation and linear regression of y over x: means and central sums of both,
//! folded as in [`super::moments`]. Rows with a NULL don't count.

use bytemuck::{Pod, Zeroable};

use crate::arena::view_mut;
use crate::counters::Counters;
use crate::error::RunError;
use crate::expr::frame::{Vector, VectorMut};
use crate::plan::AggregateFunction as F;

use super::result::{Outcome, write};
use super::{Groups, States};
use crate::plan::uses::Uses;

#[derive(Clone, Copy, Debug, Default, Pod, Zeroable)]
#[repr(C)]
pub(super) struct Pairs {
    n: u64,
    mean_x: f64,
    mean_y: f64,
    sxx: f64,
    syy: f64,
    sxy: f64,
}

/// The mean of `mean` and `other`, of which `other` is a part. With infinities it is what their sum
/// is.
#[inline]
fn moved(mean: f64, other: f64, part: f64) -> f64 {
    if mean.is_infinite() || other.is_infinite() {
        return mean + other;
    }
    mean + (other - mean) * part
}

/// How far a value is from a mean: not known of infinities. (DuckDB has one or NaN, depending on
/// where it stands.)
#[inline]
fn distance(value: f64, mean: f64) -> f64 {
    if mean.is_infinite() || value.is_infinite() { f64::NAN } else { value - mean }
}

impl Pairs {
    #[inline]
    fn add(&mut self, y: f64, x: f64) {
        self.n += 1;
        let n = self.n as f64;
        let (dx, dy) = (distance(x, self.mean_x), distance(y, self.mean_y));
        self.mean_x = moved(self.mean_x, x, 1.0 / n);
        self.mean_y = moved(self.mean_y, y, 1.0 / n);
        let rest = y - self.mean_y;
        self.sxx += dx * (x - self.mean_x);
        self.syy += dy * rest;
        self.sxy += dx * rest;
    }

    pub(super) fn merge(&mut self, other: &Self) {
        if self.n == 0 || other.n == 0 {
            if self.n == 0 {
                *self = *other;
            }
            return;
        }
        let (a, b) = (self.n as f64, other.n as f64);
        let n = a + b;
        let (dx, dy) = (distance(other.mean_x, self.mean_x), distance(other.mean_y, self.mean_y));
        let weight = a * b / n;
        self.sxx += other.sxx + dx * dx * weight;
        self.syy += other.syy + dy * dy * weight;
        self.sxy += other.sxy + dx * dy * weight;
        self.mean_x = moved(self.mean_x, other.mean_x, b / n);
        self.mean_y = moved(self.mean_y, other.mean_y, b / n);
        self.n += other.n;
    }

    fn slope(&self) -> f64 {
        self.sxy / self.sxx
    }

    fn correlation(&self) -> f64 {
        (self.sxy / (libm::sqrt(self.sxx) * libm::sqrt(self.syy))).clamp(-1.0, 1.0)
    }

    fn result(&self, function: F) -> Outcome<f64> {
        let n = self.n as f64;
        let least = if function == F::CovarSamp { 2 } else { 1 };
        if self.n < least {
            return Outcome::Null;
        }
        Outcome::Value(match function {
            F::CovarPop => self.sxy / n,
            F::CovarSamp => self.sxy / (n - 1.0),
            F::Corr => self.correlation(),
            F::RegrSlope => self.slope(),
            F::RegrIntercept if self.slope().is_nan() => return Outcome::Null,
            F::RegrIntercept => self.mean_y - self.slope() * self.mean_x,
            F::RegrR2 if self.sxx == 0.0 => return Outcome::Null,
            F::RegrR2 if self.syy == 0.0 => 1.0,
            F::RegrR2 => self.correlation() * self.correlation(),
            F::RegrAvgX => self.mean_x,
            F::RegrAvgY => self.mean_y,
            F::RegrSxx => self.sxx,
            F::RegrSyy => self.syy,
            _ => self.sxy,
        })
    }
}

pub(super) fn update<U: Uses>(
    states: &mut States<'_, U>,
    y: Vector<'_>,
    x: Vector<'_>,
    groups: Groups<'_>,
    rows: usize,
) -> Result<(), RunError> {
    let (ys, xs) = (y.of::<f64>(rows)?, x.of::<f64>(rows)?);
    states.each_row(&y, groups, rows, |state, row| {
        if let (Some(y), Some(x), true) = (ys.get(row), xs.get(row), x.is_valid(row)) {
            view_mut::<Pairs>(state)?.add(*y, *x);
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
    let function = states.function();
    if function == F::RegrCount {
        return write::<u64>(dst, slots, counters, |slot| {
            Ok(Outcome::Value(states.of::<Pairs>(slot)?.n))
        });
    }
    write(dst, slots, counters, |slot| Ok(states.of::<Pairs>(slot)?.result(function)))
}
