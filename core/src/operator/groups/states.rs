//! The aggregates' states, over lists of slots: rows are folded in, results written, slots made new
//! and merged.

use crate::aggregate::{Fresh, Groups, States, Together};
use crate::counters::Counters;
use crate::error::RunError;
use crate::expr::frame::Frame;
use crate::plan::layout::{AggregateLayout, Combine, left_bytes};
use crate::plan::{Aggregate, AggregateTable, Plan};

use super::super::keys;
use super::Table;
use crate::plan::uses::{self, Uses};

/// Calls `f` with every aggregate of an operator and its states. (A function, so that a table's lists
/// can be used beside them.)
pub(super) fn each_state<'a, U: Uses>(
    plan: &'a Plan<'a>,
    entry: &AggregateTable,
    layout: &AggregateLayout,
    mut states: &'a mut [u8],
    mut f: impl FnMut(&Aggregate, &mut States<'a, U>) -> Result<(), RunError>,
) -> Result<(), RunError> {
    for aggregate in entry.aggregates.of(plan.aggregates) {
        let keyed = layout.key_words > 0;
        f(aggregate, &mut States::take(plan, aggregate, layout.slots, keyed, &mut states)?)?;
    }
    Ok(())
}

impl<U: Uses> Table<'_, U> {
    /// Folds `rows` rows into the groups of each aggregate.
    pub(in super::super) fn update(
        &mut self,
        frame: &Frame<'_, U>,
        groups: &[u32],
        one: Option<usize>,
    ) -> Result<(), RunError> {
        let rows = groups.len();
        let groups = one.map_or(Groups::Each(groups), Groups::One);
        let mut together = Together::new(frame, groups, rows);
        each_state(
            uses::plan::<U>(self.plan),
            self.entry(),
            self.layout(),
            self.states,
            |aggregate, states: &mut States<'_, U>| {
                let Some(filter) = aggregate.filter.filter(|_| const { U::SET.filtered }) else {
                    return together.update(states);
                };
                let groups = groups.filtered(&frame.get(filter)?, rows, self.scratch)?;
                states.update(frame, groups, rows)
            },
        )?;
        together.finish()
    }

    /// Writes the results of `count` slots of list `slots` to their registers. The groups' places
    /// are in list `from`.
    pub(in super::super) fn write_results(
        &mut self,
        frame: &mut Frame<'_, U>,
        count: usize,
        counters: &mut Counters,
    ) -> Result<(), RunError> {
        let width = self.layout().key_words as usize;
        let results = self.entry().key_results.of(uses::plan::<U>(self.plan).lists);
        let places = self.from.get(..count).ok_or(RunError::Internal)?;
        let words = self.batch_keys.get_mut(..count * width).ok_or(RunError::Internal)?;
        if width == 1 {
            for (place, word) in places.iter().zip(words.iter_mut()) {
                *word = self.keys.get(*place as usize).copied().unwrap_or(0);
            }
        } else if width > 0 {
            for (place, out) in places.iter().zip(words.chunks_exact_mut(width.max(1))) {
                let start = *place as usize * width;
                let key = self.keys.get(start..start + width).ok_or(RunError::Internal)?;
                crate::arena::copy(out, key)?;
            }
        }
        keys::decode(frame, uses::plan::<U>(self.plan).registers, results, width, words)?;
        let empty = self.progress.rows == 0;
        let slots = self.slots.get(..count).ok_or(RunError::Internal)?;
        each_state(
            uses::plan::<U>(self.plan),
            self.entry(),
            self.layout(),
            self.states,
            |aggregate, states: &mut States<'_, U>| {
                let (mut dst, _) = frame.split(aggregate.result)?;
                states.finish(&mut dst, slots, empty, counters)
            },
        )?;
        // They are in a result now: not lost, should the group be evicted.
        if matches!(self.combine(), Combine::Whole | Combine::Pane(_) | Combine::Sessions) {
            self.forget_records(count)?;
        }
        Ok(())
    }

    /// Makes the first `count` slots of list `slots` new.
    pub(in super::super) fn reset_slots(&mut self, count: usize) -> Result<(), RunError> {
        self.reset(count, false)
    }

    /// The same, where the list rises and all slots between the first and the last that are not in
    /// it are new.
    pub(in super::super) fn reset_run(&mut self, count: usize) -> Result<(), RunError> {
        self.reset(count, true)
    }

    fn reset(&mut self, count: usize, is_run: bool) -> Result<(), RunError> {
        let slots = self.slots.get(..count).ok_or(RunError::Internal)?;
        let mut fresh = Fresh::Slots(slots);
        if const { U::SET.fast }
            && let (true, Some(&first), Some(&last)) = (is_run, slots.first(), slots.last())
        {
            let run = first as usize..last as usize + 1;
            // To write a few more in one go is cheaper than to go along a list.
            if run.len() / 4 <= count {
                fresh = Fresh::Run(run.start, run.end);
            }
        }
        each_state(
            uses::plan::<U>(self.plan),
            self.entry(),
            self.layout(),
            self.states,
            |_, states: &mut States<'_, U>| states.reset(fresh),
        )?;
        if self.retracts() && !matches!(self.combine(), Combine::Each(_)) {
            let stride = left_bytes(uses::plan::<U>(self.plan)) as usize;
            for slot in slots {
                if let Some(known) = self.left.get_mut(*slot as usize * stride) {
                    *known = 0;
                }
            }
        }
        self.forget_records(count)
    }

    /// The first `count` slots of list `slots` have no records that are in no result.
    fn forget_records(&mut self, count: usize) -> Result<(), RunError> {
        if self.keeps_records() {
            for slot in self.slots.get(..count).ok_or(RunError::Internal)? {
                if let Some(records) = self.records.get_mut(*slot as usize) {
                    *records = 0;
                }
            }
        }
        Ok(())
    }

    /// Merges the first `count` slots of list `from` into those of list `slots`.
    pub(in super::super) fn merge_lists(&mut self, count: usize) -> Result<(), RunError> {
        if const { !U::SET.merges() } {
            return Err(RunError::Internal);
        }
        let into = self.slots.get(..count).ok_or(RunError::Internal)?;
        let from = self.from.get(..count).ok_or(RunError::Internal)?;
        each_state(
            uses::plan::<U>(self.plan),
            self.entry(),
            self.layout(),
            self.states,
            |_, states: &mut States<'_, U>| states.merge(into, from),
        )
    }
}
