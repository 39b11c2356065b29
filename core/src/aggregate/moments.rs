//! Variance, skewness and kurtosis from central moments, which lose no digits to a large mean:
//! Welford (1962) for one value, Chan, Golub and LeVeque (1979) and Pébay (2008, SAND2008-6212) for
//! merging and for the third and fourth.

use bytemuck::{Pod, Zeroable};

use crate::counters::{Counters, Failure};
use crate::error::RunError;
use crate::expr::frame::{Vector, VectorMut};
use crate::plan::AggregateFunction as F;

use super::result::{Outcome, write};
use super::{Groups, States};
use crate::plan::uses::Uses;

/// What a value is folded into.
pub(super) trait Moments: Pod {
    fn add(&mut self, x: f64);
}

/// Count, mean, and the sum of squares around it.
#[derive(Clone, Copy, Debug, Default, Pod, Zeroable)]
#[repr(C)]
pub(super) struct Second {
    n: u64,
    mean: f64,
    m2: f64,
}

/// The same, and the sums of third and fourth powers.
#[derive(Clone, Copy, Debug, Default, Pod, Zeroable)]
#[repr(C)]
pub(super) struct Fourth {
    n: u64,
    mean: f64,
    m2: f64,
    m3: f64,
    m4: f64,
}

impl Moments for Second {
    #[inline]
    fn add(&mut self, x: f64) {
        self.n += 1;
        let d = x - self.mean;
        self.mean += d / self.n as f64;
        self.m2 += d * (x - self.mean);
    }
}

impl Second {
    pub(super) fn merge(&mut self, other: &Self) {
        if self.n == 0 || other.n == 0 {
            if self.n == 0 {
                *self = *other;
            }
            return;
        }
        let (a, b) = (self.n as f64, other.n as f64);
        let n = a + b;
        let d = other.mean - self.mean;
        self.m2 += other.m2 + d * d * (a * b / n);
        self.mean += d * (b / n);
        self.n += other.n;
    }
}

impl Moments for Fourth {
    #[inline]
    fn add(&mut self, x: f64) {
        self.merge(&Self { n: 1, mean: x, ..Self::default() });
    }
}

impl Fourth {
    pub(super) fn merge(&mut self, other: &Self) {
        if self.n == 0 || other.n == 0 {
            if self.n == 0 {
                *self = *other;
            }
            return;
        }
        let (a, b) = (self.n as f64, other.n as f64);
        let n = a + b;
        let d = other.mean - self.mean;
        let dn = d / n;
        self.m4 += other.m4
            + d * dn * dn * dn * (a * b * (a * a - a * b + b * b))
            + 6.0 * dn * dn * (a * a * other.m2 + b * b * self.m2)
            + 4.0 * dn * (a * other.m3 - b * self.m3);
        self.m3 +=
            other.m3 + d * dn * dn * (a * b * (a - b)) + 3.0 * dn * (a * other.m2 - b * self.m2);
        self.m2 += other.m2 + d * dn * (a * b);
        self.mean += b * dn;
        self.n += other.n;
    }

    /// NULL where there are too few values or all are equal; else it has to be finite.
    fn ratio(&self, least: u64, result: impl Fn(f64) -> f64) -> Outcome<f64> {
        if self.n < least || self.m2 == 0.0 {
            return Outcome::Null;
        }
        match result(self.n as f64) {
            value if value.is_finite() => Outcome::Value(value),
            _ => Outcome::Failed(Failure::Arithmetic),
        }
    }

    fn skewness(&self) -> Outcome<f64> {
        self.ratio(3, |n| {
            let variance = self.m2 / n;
            let bias = libm::sqrt(n * (n - 1.0)) / (n - 2.0);
            bias * (self.m3 / n) / (variance * libm::sqrt(variance))
        })
    }

    fn excess(&self, n: f64) -> f64 {
        n * self.m4 / (self.m2 * self.m2) - 3.0
    }

    fn kurtosis(&self) -> Outcome<f64> {
        self.ratio(4, |n| (n - 1.0) / ((n - 2.0) * (n - 3.0)) * ((n + 1.0) * self.excess(n) + 6.0))
    }
}

pub(super) fn update<S: Moments, U: Uses>(
    states: &mut States<'_, U>,
    x: Vector<'_>,
    groups: Groups<'_>,
    rows: usize,
) -> Result<(), RunError> {
    states.each_value(&x, groups, rows, |state: &mut S, x: f64| state.add(x))
}

pub(super) fn finish<U: Uses>(
    states: &mut States<'_, U>,
    dst: &mut VectorMut<'_>,
    slots: &[u32],
    counters: &mut Counters,
) -> Result<(), RunError> {
    let function = states.function();
    if matches!(function, F::Skewness | F::Kurtosis | F::KurtosisPop) {
        return write(dst, slots, counters, |slot| {
            let state: Fourth = states.of(slot)?;
            Ok(match function {
                F::Skewness => state.skewness(),
                F::Kurtosis => state.kurtosis(),
                _ => state.ratio(2, |n| state.excess(n)),
            })
        });
    }
    write(dst, slots, counters, |slot| {
        let Second { n, m2, .. } = states.of(slot)?;
        let least = if matches!(function, F::VarSamp | F::StddevSamp) { 2 } else { 1 };
        if n < least {
            return Ok(Outcome::Null);
        }
        let (population, sample) = (m2 / n as f64, m2 / (n as f64 - 1.0));
        Ok(Outcome::Value(match function {
            F::VarPop => population,
            F::VarSamp => sample,
            F::StddevPop => libm::sqrt(population),
            F::StddevSamp => libm::sqrt(sample),
            // DuckDB takes the deviation of the values themselves.
            _ => libm::sqrt(population) / libm::sqrt(n as f64),
        }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of NIST's univariate data set "Michelson" is longer; this one shows what a sum
    /// of squares loses: the variance of 4, 7, 13, 16 is 30, wherever they stand.
    #[test]
    fn a_large_mean_costs_no_digits() {
        let (mut second, mut fourth) = (Second::default(), Fourth::default());
        for x in [4.0, 7.0, 13.0, 16.0] {
            second.add(x + 1e9);
            fourth.add(x + 1e9);
        }
        assert_eq!((second.m2 / 3.0, fourth.m2 / 3.0), (30.0, 30.0));
        assert_eq!(fourth.m3, 0.0);
    }
}
