//! The smallest automaton that does the same.

use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;

use super::determinize::{Action, Machine};
use super::form::STOP;

/// Most cells that are read before a pattern is given up: a bound on the time of compiling. Tables
/// that end within their size take less.
const MAX_READS: usize = 50_000_000;

impl Machine {
    /// The same automaton with as few states as there can be (Moore 1956), those without an action
    /// first, those that stop last, and as few classes; `None` if that takes too long.
    pub(super) fn minimized(self) -> Option<Self> {
        let mut actions: BTreeMap<(u8, &Action), usize> = BTreeMap::new();
        let sort = |action: &Action| match action {
            Action { flags, .. } if flags & STOP != 0 => 2,
            Action { flags: 0, pairs } if pairs.is_empty() => 0,
            _ => 1,
        };
        for action in &self.actions {
            actions.insert((sort(action), action), 0);
        }
        for (number, place) in actions.values_mut().enumerate() {
            *place = number;
        }
        let number = |action| actions.get(&(sort(action), action)).copied().unwrap_or(0);
        let mut blocks: Vec<usize> = self.actions.iter().map(number).collect();
        let mut count = actions.len();
        let cells: usize = self.rows.iter().map(Vec::len).sum();
        let mut reads = 0usize;
        loop {
            reads += cells;
            if reads > MAX_READS {
                return None;
            }
            let mut finer: BTreeMap<(usize, Vec<usize>), usize> = BTreeMap::new();
            let of = |state: &usize| blocks.get(*state).copied().unwrap_or(0);
            let keys: Vec<_> = (blocks.iter().zip(&self.rows))
                .map(|(block, row)| (*block, row.iter().map(of).collect::<Vec<_>>()))
                .collect();
            for key in &keys {
                finer.insert(key.clone(), 0);
            }
            // In order of the coarser blocks, so that the order of actions stays.
            for (number, place) in finer.values_mut().enumerate() {
                *place = number;
            }
            blocks = keys.iter().map(|key| finer.get(key).copied().unwrap_or(0)).collect();
            if finer.len() == count {
                break;
            }
            count = finer.len();
        }
        let mut made =
            Self { actions: vec![Action::default(); count], rows: vec![Vec::new(); count], ..self };
        let of = |state: usize| blocks.get(state).copied().unwrap_or(0);
        made.start = made.start.map(of);
        for ((action, row), block) in self.actions.into_iter().zip(self.rows).zip(&blocks) {
            if let (Some(to), Some(cells)) =
                (made.actions.get_mut(*block), made.rows.get_mut(*block))
            {
                *to = action;
                *cells = row.into_iter().map(of).collect();
            }
        }
        Some(made.with_fewer_classes())
    }

    /// Classes that lead to the same states in all rows become one.
    fn with_fewer_classes(mut self) -> Self {
        let width = self.rows.iter().map(Vec::len).max().unwrap_or(1);
        let mut columns: Vec<Vec<usize>> = Vec::new();
        let mut renamed = Vec::new();
        for class in 0..width - 1 {
            let column: Vec<usize> =
                self.rows.iter().filter_map(|row| row.get(class)).copied().collect();
            let found = columns.iter().position(|other| *other == column);
            renamed.push(found.unwrap_or(columns.len()));
            if found.is_none() {
                columns.push(column);
            }
        }
        for class in &mut self.classes {
            // There are at most 256 classes.
            *class = renamed.get(usize::from(*class)).map_or(0, |class| *class as u8);
        }
        for row in &mut self.rows {
            let mut cells = vec![0; if row.is_empty() { 0 } else { columns.len() }];
            for (cell, class) in row.iter().zip(&renamed) {
                if let Some(to) = cells.get_mut(*class) {
                    *to = *cell;
                }
            }
            cells.extend(row.last());
            *row = cells;
        }
        self
    }
}
