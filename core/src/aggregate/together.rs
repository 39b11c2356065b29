//! `COUNT(*)`, `AVG(x)` and `MIN(x)` or `MAX(x)` of one float column in one pass over the rows' groups:
//! each group is read and checked once for all three.

use crate::arena::slice_mut;
use crate::error::RunError;
use crate::expr::frame::Frame;
use crate::fours;
use crate::plan::AggregateFunction as F;
use crate::plan::uses::{Everything, Uses};
use crate::types::Kind;

use super::min_max::{Ends, better};
use super::{Groups, States};

/// Aggregates of a batch, of which some wait until all are known.
#[derive(Debug)]
pub(crate) struct Together<'a, 'f, U: Uses = Everything> {
    frame: &'f Frame<'f, U>,
    groups: Groups<'f>,
    rows: usize,
    count: Option<States<'a, U>>,
    mean: Option<States<'a, U>>,
    best: Option<States<'a, U>>,
}

impl<'a, 'f, U: Uses> Together<'a, 'f, U> {
    /// Of `rows` rows.
    pub(crate) const fn new(frame: &'f Frame<'f, U>, groups: Groups<'f>, rows: usize) -> Self {
        Self { frame, groups, rows, count: None, mean: None, best: None }
    }

    /// Folds the rows into an aggregate, or keeps it until [`finish`](Self::finish).
    pub(crate) fn update(&mut self, states: &mut States<'a, U>) -> Result<(), RunError> {
        let place = match (self.groups, states.function()) {
            _ if const { !U::SET.fast } => None,
            (Groups::Each(_), F::CountAll) => Some(&mut self.count),
            (Groups::Each(_), F::Avg) if states.is_plain_float() => Some(&mut self.mean),
            (Groups::Each(_), F::Min | F::Max) if states.is_plain_float() => Some(&mut self.best),
            _ => None,
        };
        match place {
            Some(place @ None) => {
                *place = Some(states.hand_over());
                Ok(())
            }
            _ => states.update(self.frame, self.groups, self.rows),
        }
    }

    /// Folds the rows into those that are left.
    pub(crate) fn finish(mut self) -> Result<(), RunError> {
        if const { !U::SET.fast } {
            return Ok(());
        }
        match self.mean.as_ref().map(States::kind) {
            Some(Kind::F32) => self.pass::<f32>()?,
            Some(Kind::F64) => self.pass::<f64>()?,
            _ => {}
        }
        for states in [&mut self.count, &mut self.mean, &mut self.best].into_iter().flatten() {
            states.update(self.frame, self.groups, self.rows)?;
        }
        Ok(())
    }

    /// Folds the rows into the mean and what can go with it, if anything can.
    fn pass<T: Ends + Into<f64>>(&mut self) -> Result<(), RunError> {
        let (Groups::Each(groups), Some(mean)) = (self.groups, &mut self.mean) else {
            return Err(RunError::Internal);
        };
        let argument = mean.first_argument();
        let values = self.frame.get(argument.ok_or(RunError::Internal)?)?.of::<T>(self.rows)?;
        let same = |best: &mut States<'_, U>| best.first_argument() == argument;
        let mut best = self.best.take_if(|best| same(best) && T::is_plain(values));
        let mut count = self.count.take();
        if count.is_none() && best.is_none() {
            return Ok(());
        }
        let (sums, numbers) = mean.split(size_of::<f64>())?;
        let rows = Rows { groups, values, sums: slice_mut(sums)?, numbers: slice_mut(numbers)? };
        let (no_counts, no_bests) = (&mut [(); usize::MAX], &mut [(); usize::MAX]);
        let counts = match &mut count {
            Some(count) => Some(slice_mut::<u64>(count.bytes)?),
            None => None,
        };
        let is_min = best.as_ref().is_some_and(|best| best.function() == F::Min);
        let bests = match &mut best {
            Some(best) => Some(slice_mut::<T>(best.split(size_of::<T>())?.0)?),
            None => None,
        };
        let one_more = |count: &mut u64| *count += 1;
        let least = |best: &mut T, value| better(true, best, value, T::lower);
        let greatest = |best: &mut T, value| better(false, best, value, T::lower);
        match (counts, bests) {
            (Some(counts), Some(bests)) if is_min => rows.fold(counts, one_more, bests, least),
            (Some(counts), Some(bests)) => rows.fold(counts, one_more, bests, greatest),
            (Some(counts), None) => rows.fold(counts, one_more, no_bests, |(), _| ()),
            (None, Some(bests)) if is_min => rows.fold(no_counts, |()| (), bests, least),
            (None, Some(bests)) => rows.fold(no_counts, |()| (), bests, greatest),
            (None, None) => {}
        }
        self.mean = None;
        Ok(())
    }
}

/// Rows, and the arrays of the mean that they go into.
struct Rows<'a, T> {
    groups: &'a [u32],
    values: &'a [T],
    sums: &'a mut [f64],
    numbers: &'a mut [u64],
}

impl<T: Copy + Into<f64>> Rows<'_, T> {
    /// Folds each row's value into the mean, `count` what there is to count, and `pick` the best. A
    /// function of its own has registers for all of it.
    #[inline(never)]
    fn fold<C, B>(
        self,
        counts: &mut [C],
        count: impl Fn(&mut C),
        bests: &mut [B],
        pick: impl Fn(&mut B, T),
    ) {
        let Self { groups, values, sums, numbers } = self;
        // Of one length, so that one check is enough for all.
        let slots = sums.len().min(numbers.len()).min(counts.len()).min(bests.len());
        let sums = sums.get_mut(..slots).unwrap_or_default();
        let numbers = numbers.get_mut(..slots).unwrap_or_default();
        let counts = counts.get_mut(..slots).unwrap_or_default();
        let bests = bests.get_mut(..slots).unwrap_or_default();
        fours::both(
            groups,
            values,
            #[inline(always)]
            |group, value| {
                let group = group as usize;
                if let (Some(sum), Some(number), Some(counted), Some(best)) = (
                    sums.get_mut(group),
                    numbers.get_mut(group),
                    counts.get_mut(group),
                    bests.get_mut(group),
                ) {
                    *sum += value.into();
                    *number += 1;
                    count(counted);
                    pick(best, value);
                }
            },
        );
    }
}
