//! Functions of values in the order of event time: `TWA(x)`, and `RATE(x)`, `INCREASE(x)` and
//! `DELTA(x)` of counters. What comes out of order is put in order: a state keeps the latest samples,
//! and folds the oldest half into a summary when there are too many. A sample that is older than
//! that makes the result NULL (counted). Without event time samples go by arrival.

use bytemuck::{Pod, Zeroable};

use crate::arena::{shift, slice, slice_mut, view, view_mut};
use crate::counters::{Counters, Failure};
use crate::error::RunError;
use crate::expr::compare::Ordered;
use crate::expr::frame::{Vector, VectorMut};
use crate::plan::AggregateFunction as F;
use crate::plan::aggregates::rules::{SAMPLE_BYTES, SERIES_HEADER};

use super::result::{Outcome, write};
use super::{Groups, States};
use crate::plan::uses::Uses;

/// Microseconds of a second.
const SECOND: f64 = 1e6;

/// A value and its event time.
#[derive(Clone, Copy, Debug, Default, Pod, Zeroable)]
#[repr(C)]
struct Sample {
    time: i64,
    value: f64,
}

/// What samples, one after another, come to.
#[derive(Clone, Copy, Debug, Default, Pod, Zeroable)]
#[repr(C)]
struct Summary {
    /// Samples.
    n: u64,
    first: Sample,
    last: Sample,
    /// The sum of each value times the microseconds until the next sample.
    area: f64,
    /// How far the values rose; one that is less than the one before it started from 0 again.
    increase: f64,
}

/// The start of a state; samples that are in order follow.
#[derive(Clone, Copy, Debug, Default, Pod, Zeroable)]
#[repr(C)]
struct Header {
    summary: Summary,
    /// Samples that follow.
    waiting: u32,
    /// 1 once one came too late.
    late: u32,
}

const _: () = assert!(size_of::<Header>() as u64 == SERIES_HEADER);
const _: () = assert!(size_of::<Sample>() as u64 == SAMPLE_BYTES);

impl Sample {
    /// By time; of one time, by value, so that the order of arrival does not matter.
    fn before(&self, other: &Self) -> bool {
        self.time < other.time || self.time == other.time && self.value.below(other.value)
    }
}

impl Summary {
    fn of(sample: Sample) -> Self {
        Self { n: 1, first: sample, last: sample, area: 0.0, increase: 0.0 }
    }

    /// Adds what came after these samples.
    fn append(&mut self, later: &Self) {
        if self.n == 0 || later.n == 0 {
            if self.n == 0 {
                *self = *later;
            }
            return;
        }
        let (last, next) = (self.last, later.first);
        let micros = next.time.saturating_sub(last.time) as f64;
        let rise = if next.value >= last.value { next.value - last.value } else { next.value };
        self.area = self.area + last.value * micros + later.area;
        self.increase = self.increase + rise + later.increase;
        self.last = later.last;
        self.n += later.n;
    }

    fn add(&mut self, sample: Sample) {
        self.append(&Self::of(sample));
    }

    fn result(&self, function: F) -> Option<f64> {
        let micros = self.last.time.saturating_sub(self.first.time) as f64;
        match function {
            F::Twa if self.n > 0 && micros == 0.0 => Some(self.last.value),
            F::Twa => (self.n > 0).then(|| self.area / micros),
            _ if self.n < 2 => None,
            F::Rate => (micros > 0.0).then(|| self.increase / (micros / SECOND)),
            F::Increase => Some(self.increase),
            _ => Some(self.last.value - self.first.value),
        }
    }
}

/// A state's parts.
struct Series<'a> {
    header: &'a mut Header,
    samples: &'a mut [Sample],
}

impl<'a> Series<'a> {
    fn of(state: &'a mut [u8]) -> Result<Self, RunError> {
        let at = SERIES_HEADER as usize;
        let (header, samples) = state.split_at_mut_checked(at).ok_or(RunError::Internal)?;
        Ok(Self { header: view_mut(header)?, samples: slice_mut(samples)? })
    }

    fn waiting(&self) -> usize {
        (self.header.waiting as usize).min(self.samples.len())
    }

    fn add(&mut self, sample: Sample) -> Result<(), RunError> {
        let Header { summary, waiting, late } = &mut *self.header;
        if self.samples.is_empty() {
            summary.add(sample);
            return Ok(());
        }
        if summary.n > 0 && sample.before(&summary.last) {
            *late = 1;
            return Ok(());
        }
        let mut count = (*waiting as usize).min(self.samples.len());
        if count == self.samples.len() {
            // The oldest half makes room, and the new one if it is among them.
            let half = count.div_ceil(2);
            let (old, _) = self.samples.split_at_checked(half).ok_or(RunError::Internal)?;
            let at = old.partition_point(|s| !sample.before(s));
            let (first, second) = old.split_at_checked(at).ok_or(RunError::Internal)?;
            first.iter().for_each(|s| summary.add(*s));
            if !second.is_empty() {
                summary.add(sample);
            }
            second.iter().for_each(|s| summary.add(*s));
            let placed = !second.is_empty();
            shift(self.samples, half..self.samples.len(), 0)?;
            count -= half;
            *waiting = count as u32;
            if placed {
                return Ok(());
            }
        }
        let kept = self.samples.get(..count).ok_or(RunError::Internal)?;
        let at = kept.partition_point(|s| !sample.before(s));
        shift(self.samples, at..count, at + 1)?;
        *self.samples.get_mut(at).ok_or(RunError::Internal)? = sample;
        *waiting = count as u32 + 1;
        Ok(())
    }

    /// Folds the first samples into `summary`, as far as they are not after `until.first`. Those
    /// within `until` are too late.
    fn fold_until(&mut self, summary: &mut Summary, until: &Summary) -> Result<(), RunError> {
        let count = self.waiting();
        let samples = self.samples.get(..count).ok_or(RunError::Internal)?;
        let before = samples.partition_point(|s| !until.first.before(s));
        let within = samples.partition_point(|s| s.before(&until.last)).max(before);
        samples.iter().take(before).for_each(|s| summary.add(*s));
        if within > before {
            self.header.late = 1;
        }
        shift(self.samples, within..count, 0)?;
        self.header.waiting = (count - within) as u32;
        Ok(())
    }

    /// Takes in another series. Folded samples of one can't stand between those of the other.
    fn merge(&mut self, other: &Header, mut samples: &[Sample]) -> Result<(), RunError> {
        self.header.late |= other.late;
        let (own, theirs) = (self.header.summary, other.summary);
        if self.samples.is_empty() {
            self.header.summary.append(&theirs);
            return Ok(());
        }
        let begins = if theirs.n > 0 { Some(&theirs.first) } else { samples.first() };
        let is_earlier = own.n > 0 && begins.is_some_and(|begins| begins.before(&own.first));
        if is_earlier {
            let mut all = theirs;
            let before = samples.partition_point(|s| !own.first.before(s));
            let within = samples.partition_point(|s| s.before(&own.last)).max(before);
            samples.iter().take(before).for_each(|s| all.add(*s));
            let overlaps = theirs.n > 0 && own.first.before(&theirs.last);
            if within > before || overlaps {
                self.header.late = 1;
            }
            all.append(&own);
            self.header.summary = all;
            samples = samples.get(within..).unwrap_or(&[]);
        } else if theirs.n > 0 {
            if own.n > 0 && theirs.first.before(&own.last) {
                self.header.late = 1;
            }
            let mut all = own;
            self.fold_until(&mut all, &theirs)?;
            all.append(&theirs);
            self.header.summary = all;
        }
        let rest = self.make_room(samples)?;
        samples.iter().skip(rest).try_for_each(|s| self.add(*s))
    }

    /// Folds the oldest of the samples that wait and of others, which are in order too, until there
    /// is room for all. Returns how many of the others it took.
    fn make_room(&mut self, others: &[Sample]) -> Result<usize, RunError> {
        let count = self.waiting();
        let own = self.samples.get(..count).ok_or(RunError::Internal)?;
        let mut taken = (0, 0);
        let excess = (count + others.len()).saturating_sub(self.samples.len());
        for _ in 0..excess {
            let (sample, at) = match (own.get(taken.0), others.get(taken.1)) {
                (Some(own), Some(other)) if other.before(own) => (other, &mut taken.1),
                (Some(own), _) => (own, &mut taken.0),
                (None, Some(other)) => (other, &mut taken.1),
                (None, None) => break,
            };
            *at += 1;
            let Header { summary, late, .. } = &mut *self.header;
            if summary.n > 0 && sample.before(&summary.last) {
                *late = 1;
            }
            summary.add(*sample);
        }
        shift(self.samples, taken.0..count, 0)?;
        self.header.waiting = (count - taken.0) as u32;
        Ok(taken.1)
    }
}

pub(super) fn update<U: Uses>(
    states: &mut States<'_, U>,
    x: Vector<'_>,
    time: Option<&Vector<'_>>,
    groups: Groups<'_>,
    rows: usize,
) -> Result<(), RunError> {
    let values = x.of::<f64>(rows)?;
    let times = match time {
        Some(time) => time.of::<i64>(rows)?,
        None => &[],
    };
    states.each_row(&x, groups, rows, |state, row| {
        let value = values.get(row).copied().unwrap_or(f64::NAN);
        let time = times.get(row).copied().unwrap_or(0);
        Series::of(state)?.add(Sample { time, value })
    })
}

pub(super) fn merge<U: Uses>(
    states: &mut States<'_, U>,
    into: &[u32],
    from: &[u32],
) -> Result<(), RunError> {
    states.each_pair(into, from, |into, from| {
        let at = SERIES_HEADER as usize;
        let (header, samples) = from.split_at_checked(at).ok_or(RunError::Internal)?;
        let header: &Header = view(header)?;
        let waiting = header.waiting as usize;
        let samples = slice(samples)?.get(..waiting).ok_or(RunError::Internal)?;
        Series::of(into)?.merge(header, samples)
    })
}

pub(super) fn finish<U: Uses>(
    states: &mut States<'_, U>,
    dst: &mut VectorMut<'_>,
    slots: &[u32],
    counters: &mut Counters,
) -> Result<(), RunError> {
    let function = states.function();
    write(dst, slots, counters, |slot| {
        let state = states.slot(slot as usize).ok_or(RunError::Internal)?;
        let series = Series::of(state)?;
        if series.header.late != 0 {
            return Ok(Outcome::Failed(Failure::Capacity));
        }
        let mut all = series.header.summary;
        series.samples.iter().take(series.waiting()).for_each(|s| all.add(*s));
        Ok(Outcome::of(all.result(function)))
    })
}
