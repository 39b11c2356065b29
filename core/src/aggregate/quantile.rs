//! `APPROX_QUANTILE(x, q)`: DDSketch (Masson, Rim, Lee 2019, "DDSketch: a fast and fully-mergeable
//! quantile sketch with relative-error guarantees") with the uniform collapse of UDDSketch (Epicoco
//! et al. 2020): bucket i holds g^(i - 1) < |x| <= g^i, and when the buckets don't suffice g becomes
//! g^2, so that the error is the same for all q. It does not depend on the order of arrival, and
//! merging is exact.
//!
//! At first g = 1.01 / 0.99: the result is within 1 % of a value whose rank is that of q. The 512
//! buckets then span a factor of 25,000 (positive and negative values share them); for its square
//! the error is 2 %, for its fourth power 4 %. Infinities and NaN don't count, as in DuckDB.

use bytemuck::{Pod, Zeroable};

use crate::arena::{shift, slice, slice_mut, view, view_mut};
use crate::counters::Counters;
use crate::error::RunError;
use crate::expr::frame::{Vector, VectorMut};
use crate::plan::aggregates::rules::QUANTILE_HEADER;

use super::{Groups, States, cell};
use crate::plan::uses::Uses;

/// ln(1.01 / 0.99)
const LN_G: f64 = 0.020_000_666_706_669_435;

/// Buckets of one sign that lie side by side.
#[derive(Clone, Copy, Debug, Default, Pod, Zeroable)]
#[repr(C)]
struct Run {
    /// The number of the first.
    first: i32,
    /// How many they are.
    len: u32,
}

#[derive(Clone, Copy, Debug, Default, Pod, Zeroable)]
#[repr(C)]
struct Header {
    /// Values.
    n: u64,
    zeros: u64,
    min: f64,
    max: f64,
    /// Negative values, then positive ones.
    negative: Run,
    positive: Run,
    /// How often g was squared.
    level: u32,
    reserved: u32,
}

const _: () = assert!(size_of::<Header>() as u64 == QUANTILE_HEADER);

impl Run {
    /// The run with a bucket of that number.
    fn with(self, number: i32) -> Self {
        if self.len == 0 {
            return Self { first: number, len: 1 };
        }
        let last = self.first.saturating_add(self.len as i32 - 1).max(number);
        let first = self.first.min(number);
        Self { first, len: last.abs_diff(first) + 1 }
    }

    /// The run when g is squared.
    fn halved(self) -> Self {
        match self.len {
            0 => self,
            len => {
                let last = self.first.saturating_add(len as i32 - 1);
                let (first, last) = (coarser(self.first, 1), coarser(last, 1));
                Self { first, len: last.abs_diff(first) + 1 }
            }
        }
    }
}

/// The number of a bucket after g was squared so often: halves go up.
fn coarser(number: i32, levels: u32) -> i32 {
    -(-number >> levels.min(31))
}

/// A state's parts.
struct Sketch<'a> {
    header: &'a mut Header,
    counts: &'a mut [u32],
}

impl<'a> Sketch<'a> {
    fn of(state: &'a mut [u8]) -> Result<Self, RunError> {
        let at = QUANTILE_HEADER as usize;
        let (header, counts) = state.split_at_mut_checked(at).ok_or(RunError::Internal)?;
        Ok(Self { header: view_mut(header)?, counts: slice_mut(counts)? })
    }

    fn take(&mut self, x: f64) -> Result<(), RunError> {
        self.widen(x, x);
        self.header.n += 1;
        if x == 0.0 {
            self.header.zeros += 1;
            return Ok(());
        }
        let number = libm::ceil(libm::log(x.abs()) / LN_G) as i32;
        self.add(x < 0.0, number, 0, 1)
    }

    fn widen(&mut self, min: f64, max: f64) {
        let h = &mut *self.header;
        h.min = if h.n == 0 { min } else { h.min.min(min) };
        h.max = if h.n == 0 { max } else { h.max.max(max) };
    }

    /// Adds to a bucket, whose number is that of a level not above this sketch's.
    fn add(&mut self, negative: bool, number: i32, level: u32, by: u32) -> Result<(), RunError> {
        loop {
            let h = &mut *self.header;
            let number = coarser(number, h.level.saturating_sub(level));
            let (run, other) = match negative {
                true => (h.negative, h.positive),
                false => (h.positive, h.negative),
            };
            let wanted = run.with(number);
            if wanted.len as usize + other.len as usize > self.counts.len() {
                self.square()?;
                continue;
            }
            let start = if negative { 0 } else { h.negative.len as usize };
            let end = start + run.len as usize;
            let all = (h.negative.len + h.positive.len) as usize;
            let (low, more) = match run.len {
                0 => (0, 1),
                _ => (wanted.first.abs_diff(run.first) as usize, (wanted.len - run.len) as usize),
            };
            // What is behind the run goes up by as many as are new, the run by those below it.
            shift(self.counts, end..all, end + more)?;
            shift(self.counts, start..end, start + low)?;
            let (below, above) = (start..start + low, end + low..end + more);
            for new in [below, above] {
                self.counts.get_mut(new).ok_or(RunError::Internal)?.fill(0);
            }
            let at = start + number.abs_diff(wanted.first) as usize;
            let count = self.counts.get_mut(at).ok_or(RunError::Internal)?;
            *count = count.saturating_add(by);
            *(if negative { &mut h.negative } else { &mut h.positive }) = wanted;
            return Ok(());
        }
    }

    /// Squares g: two buckets become one.
    fn square(&mut self) -> Result<(), RunError> {
        let h = &mut *self.header;
        let (negative, positive) = (h.negative.halved(), h.positive.halved());
        let mut start = 0;
        let mut to = 0;
        for (old, new) in [(h.negative, negative), (h.positive, positive)] {
            for (at, number) in (start..).zip(old.first..).take(old.len as usize) {
                // Never to a place that is still to be read.
                let count = core::mem::take(self.counts.get_mut(at).ok_or(RunError::Internal)?);
                let place = to + coarser(number, 1).abs_diff(new.first) as usize;
                let place = self.counts.get_mut(place).ok_or(RunError::Internal)?;
                *place = place.saturating_add(count);
            }
            start += old.len as usize;
            to += new.len as usize;
        }
        (h.negative, h.positive) = (negative, positive);
        h.level += 1;
        Ok(())
    }

    /// The value of rank q (n - 1), rounded down.
    fn quantile(&self, q: f64) -> Option<f64> {
        let h = &*self.header;
        let last = h.n.checked_sub(1)?;
        let mut rest = libm::floor(q * last as f64) as u64;
        if rest == 0 || rest >= last {
            return Some(if rest == 0 { h.min } else { h.max });
        }
        let ln_g = LN_G * f64::from(1u32.wrapping_shl(h.level));
        // The middle of a bucket, in the sense that its ends are equally far, relative to them.
        let middle = |number: i32| {
            let down = libm::log(2.0 / (1.0 + libm::exp(ln_g)));
            libm::exp(f64::from(number) * ln_g + down)
        };
        let split = h.negative.len as usize;
        let (negative, positive) = self.counts.split_at_checked(split)?;
        let within = |value: f64| Some(value.max(h.min).min(h.max));
        let last_negative = h.negative.first.saturating_add(h.negative.len as i32 - 1);
        let numbers = (h.negative.first..=last_negative).rev();
        for (count, number) in negative.iter().rev().zip(numbers) {
            match rest.checked_sub((*count).into()) {
                Some(less) => rest = less,
                None => return within(-middle(number)),
            }
        }
        match rest.checked_sub(h.zeros) {
            Some(less) => rest = less,
            None => return Some(0.0),
        }
        for (count, number) in positive.iter().zip(h.positive.first..) {
            match rest.checked_sub((*count).into()) {
                Some(less) => rest = less,
                None => return within(middle(number)),
            }
        }
        Some(h.max)
    }
}

pub(super) fn update<U: Uses>(
    states: &mut States<'_, U>,
    x: Vector<'_>,
    groups: Groups<'_>,
    rows: usize,
) -> Result<(), RunError> {
    let kind = states.kind();
    states.each_row(&x, groups, rows, |state, row| match cell::float(kind, cell::of(&x, row)?) {
        value if value.is_finite() => Sketch::of(state)?.take(value),
        _ => Ok(()),
    })
}

pub(super) fn merge<U: Uses>(
    states: &mut States<'_, U>,
    into: &[u32],
    from: &[u32],
) -> Result<(), RunError> {
    states.each_pair(into, from, |into, from| {
        let at = QUANTILE_HEADER as usize;
        let (header, counts) = from.split_at_checked(at).ok_or(RunError::Internal)?;
        let (other, mut counts) = (*view::<Header>(header)?, slice::<u32>(counts)?);
        if other.n == 0 {
            return Ok(());
        }
        let mut sketch = Sketch::of(into)?;
        sketch.widen(other.min, other.max);
        sketch.header.n += other.n;
        sketch.header.zeros += other.zeros;
        while sketch.header.level < other.level {
            sketch.square()?;
        }
        for (run, negative) in [(other.negative, true), (other.positive, false)] {
            let (own, rest) =
                counts.split_at_checked(run.len as usize).ok_or(RunError::Internal)?;
            counts = rest;
            for (count, number) in own.iter().zip(run.first..).filter(|(count, _)| **count > 0) {
                sketch.add(negative, number, other.level, *count)?;
            }
        }
        Ok(())
    })
}

pub(super) fn finish<U: Uses>(
    states: &mut States<'_, U>,
    dst: &mut VectorMut<'_>,
    slots: &[u32],
    _: &mut Counters,
) -> Result<(), RunError> {
    let q = states.number(0);
    dst.set_all_valid(true);
    for (row, &slot) in slots.iter().enumerate() {
        let state = states.slot(slot as usize).ok_or(RunError::Internal)?;
        let value = Sketch::of(state)?.quantile(q);
        cell::write_float(dst, row, value.unwrap_or(0.0))?;
        if value.is_none() {
            dst.set_null(row);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_is_that_of_one_percent() {
        assert!((LN_G - (1.01f64 / 0.99).ln()).abs() < 1e-16);
        assert_eq!([5, 4, 3, 0, -1, -2, -3].map(|n| coarser(n, 1)), [3, 2, 2, 0, 0, -1, -1]);
    }
}
