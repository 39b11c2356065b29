//! GROUP BY: folds rows into groups, and lets the groups of closed windows leave.

use crate::aggregate::{Groups, States};
use crate::counters::Counters;
use crate::error::RunError;
use crate::expr::frame::Frame;
use crate::plan::layout::AggregateLayout;
use crate::plan::{AggregateTable, OnFull, Plan};

use super::groups::{GroupTable, Leaving, Pane, consecutive};
use super::keys;
use super::tumble::{Panes, Window};

/// An aggregate operator over its state.
#[derive(Debug)]
pub(crate) struct Aggregate<'a> {
    plan: &'a Plan<'a>,
    entry: &'a AggregateTable,
    layout: &'a AggregateLayout,
    table: GroupTable<'a>,
}

impl<'a> Aggregate<'a> {
    /// The operator of `entry`, whose state is at the start of `state`.
    pub(crate) fn new(
        plan: &'a Plan<'a>,
        entry: &'a AggregateTable,
        layout: &'a AggregateLayout,
        state: &'a mut [u8],
    ) -> Result<Self, RunError> {
        let table = GroupTable::new(state, layout, entry.groups)?;
        Ok(Self { plan, entry, layout, table })
    }

    /// Makes all groups of all panes new.
    pub(crate) fn start(&mut self) -> Result<(), RunError> {
        let mut rest = &mut *self.table.states;
        for aggregate in self.entry.aggregates.of(self.plan.aggregates) {
            States::take(self.plan, aggregate, self.layout.slots, &mut rest)?.reset_all()?;
        }
        Ok(())
    }

    /// Makes consecutive groups new.
    fn reset_states(&mut self, start: usize, count: usize) -> Result<(), RunError> {
        let most = self.table.batch_groups.len().max(1);
        for first in (start..start + count).step_by(most) {
            let slots =
                consecutive(self.table.batch_groups, first, most.min(start + count - first))?;
            let mut rest = &mut *self.table.states;
            for aggregate in self.entry.aggregates.of(self.plan.aggregates) {
                let mut states = States::take(self.plan, aggregate, self.layout.slots, &mut rest)?;
                states.reset(slots)?;
            }
        }
        Ok(())
    }

    /// Folds `rows` rows, whose keys and arguments are in their registers, into groups. Returns
    /// how many were folded or dropped: fewer than `rows` only if the table is full and the query
    /// is to stop then.
    pub(crate) fn update(
        &mut self,
        frame: &Frame<'_>,
        panes: Panes<'_>,
        rows: usize,
        counters: &mut Counters,
    ) -> Result<usize, RunError> {
        let width = self.layout.key_words as usize;
        let keyless = width == 0;
        let mut done = rows;
        if !keyless {
            let words = self.table.batch_keys.get_mut(..rows * width).ok_or(RunError::Internal)?;
            let registers = self.plan.registers;
            let keys = self.entry.keys.of(self.plan.lists);
            keys::encode(frame, registers, keys, width, rows, words)?;
            let drop_new = self.entry.on_full == OnFull::DropNew;
            done = self.table.assign(panes, rows, drop_new)?;
        }
        self.count_rows(panes, done)?;
        let groups = match panes {
            Panes::One(pane) if keyless => Groups::One(pane as usize),
            Panes::One(_) => {
                Groups::Each(self.table.batch_groups.get(..done).ok_or(RunError::Internal)?)
            }
            Panes::Each(panes) => {
                let groups = self.table.batch_groups.get_mut(..done).ok_or(RunError::Internal)?;
                if keyless {
                    for (group, pane) in groups.iter_mut().zip(panes) {
                        *group = u32::from(*pane);
                    }
                }
                Groups::Each(groups)
            }
        };
        if let (Groups::Each(groups), OnFull::DropNew) = (groups, self.entry.on_full) {
            let dropped = groups.iter().filter(|group| **group == super::groups::DROPPED).count();
            counters.dropped += dropped as u64;
        }
        let mut rest = &mut *self.table.states;
        for aggregate in self.entry.aggregates.of(self.plan.aggregates) {
            let mut states = States::take(self.plan, aggregate, self.layout.slots, &mut rest)?;
            let groups = match aggregate.filter {
                Some(filter) => groups.filtered(&frame.get(filter)?, done, self.table.filtered)?,
                None => groups,
            };
            states.update(frame, groups, done)?;
        }
        Ok(done)
    }

    /// Notes which panes have rows. A keyless pane is one group from its first row on.
    fn count_rows(&mut self, panes: Panes<'_>, rows: usize) -> Result<(), RunError> {
        let keyless = self.layout.key_words == 0;
        let mut note = |pane: u16, rows: u64| match self.table.panes.get_mut(pane as usize) {
            Some(header) => {
                header.rows += rows;
                if keyless && rows > 0 {
                    header.groups = 1;
                }
                Ok(())
            }
            None => Err(RunError::Internal),
        };
        match panes {
            Panes::One(pane) => note(pane, rows as u64),
            Panes::Each(panes) => panes.iter().take(rows).try_for_each(|&pane| note(pane, 1)),
        }
    }

    /// Whether groups are on their way out. Skips empty panes.
    pub(crate) fn is_leaving(&mut self, window: Option<&Window>) -> bool {
        while self.table.leaving.panes > 0 {
            let pane = self.leaving_pane(window);
            let global = window.is_none() && self.layout.key_words == 0;
            if global || self.table.panes.get(pane).is_some_and(|p| p.groups > 0) {
                return true;
            }
            self.next_pane(window);
        }
        false
    }

    fn leaving_pane(&self, window: Option<&Window>) -> usize {
        window.map_or(0, |w| w.pane_of(self.table.leaving.window) as usize)
    }

    fn next_pane(&mut self, window: Option<&Window>) {
        let size = window.map_or(0, |w| w.size);
        let leaving = &mut *self.table.leaving;
        *leaving = Leaving {
            window: leaving.window.saturating_add(size),
            panes: leaving.panes.saturating_sub(1),
            groups: 0,
        };
    }

    /// Writes the results of the next groups, at most `max`, to their registers, and returns how
    /// many they are. The pane is free again once its last group has left.
    pub(crate) fn leave(
        &mut self,
        frame: &mut Frame<'_>,
        window: Option<&Window>,
        max: usize,
        counters: &mut Counters,
    ) -> Result<usize, RunError> {
        let pane = self.leaving_pane(window);
        let header: Pane = *self.table.panes.get(pane).ok_or(RunError::Internal)?;
        // Without keys and windows there is one result, of no rows too.
        let groups = header.groups.max(u32::from(window.is_none() && self.layout.key_words == 0));
        let first = self.table.leaving.groups as usize;
        let count = (groups as usize).saturating_sub(first).min(max);
        let base = pane * self.entry.groups as usize;
        self.write_results(frame, window, base + first, count, header.rows == 0, counters)?;
        self.table.leaving.groups += count as u32;
        if self.table.leaving.groups >= groups {
            self.reset_states(base, groups as usize)?;
            if self.layout.key_words == 0 {
                *self.table.panes.get_mut(pane).ok_or(RunError::Internal)? = Pane::default();
            } else {
                self.table.clear(pane)?;
            }
            self.next_pane(window);
        }
        Ok(count)
    }

    fn write_results(
        &mut self,
        frame: &mut Frame<'_>,
        window: Option<&Window>,
        first: usize,
        count: usize,
        empty: bool,
        counters: &mut Counters,
    ) -> Result<(), RunError> {
        let width = self.layout.key_words as usize;
        let words = self.table.keys.get(first * width..(first + count) * width);
        let words = words.ok_or(RunError::Internal)?;
        let results = self.entry.key_results.of(self.plan.lists);
        keys::decode(frame, self.plan.registers, results, width, words)?;
        if let (Some(window), [start, end]) =
            (window, self.entry.window_results.of(self.plan.lists))
        {
            let from = self.table.leaving.window;
            let bounds = [(*start, from), (*end, from.saturating_add(window.size))];
            for (register, time) in bounds {
                frame.split(register)?.0.of::<i64>(count)?.fill(time);
            }
        }
        let slots = consecutive(self.table.batch_groups, first, count)?;
        let mut rest = &mut *self.table.states;
        for aggregate in self.entry.aggregates.of(self.plan.aggregates) {
            let mut states = States::take(self.plan, aggregate, self.layout.slots, &mut rest)?;
            let (mut dst, _) = frame.split(aggregate.result)?;
            states.finish(&mut dst, slots, empty, counters)?;
        }
        Ok(())
    }
}
