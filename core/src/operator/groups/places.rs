//! From keys to places, and from places to the sets of their panes.

use crate::error::RunError;
use crate::plan::layout::{Combine, bits_words};

use super::super::bits::Bits;
use super::super::directory::Directory;
use super::super::keys::Lone;
use super::super::window::RowPanes;
use super::{LATE, Table, set_of};
use crate::plan::uses::Uses;

impl<U: Uses> Table<'_, U> {
    /// Finds the places of the keys of rows `from..rows`, which are in `batch_keys` or `lone`; see
    /// [`Directory::find`].
    pub(in super::super) fn find(
        &mut self,
        lone: Option<Lone<'_>>,
        from: usize,
        rows: usize,
    ) -> Result<usize, RunError> {
        let width = self.layout().key_words as usize;
        let capacity = self.entry().groups;
        let places = self.batch_groups.get_mut(from..rows).ok_or(RunError::Internal)?;
        let mut directory = Directory {
            state: &mut self.progress.directory,
            index: self.index,
            keys: self.keys,
            width,
            capacity,
        };
        let new = directory.new_places();
        let found = match lone {
            Some(Lone::U8(keys)) if const { U::SET.keys.has_size(1) } => {
                numbers::<_, U>(&mut directory, keys, from, places, u64::from)
            }
            Some(Lone::U16(keys)) if const { U::SET.keys.has_size(2) } => {
                numbers::<_, U>(&mut directory, keys, from, places, u64::from)
            }
            Some(Lone::U32(keys)) if const { U::SET.keys.has_size(4) } => {
                numbers::<_, U>(&mut directory, keys, from, places, u64::from)
            }
            Some(Lone::U64(keys)) if const { U::SET.keys.has_size(8) } => {
                numbers::<_, U>(&mut directory, keys, from, places, |key| key)
            }
            None if const { U::SET.long_keys } => {
                let keys = self.batch_keys.get(from * width..rows * width);
                let keys = keys.ok_or(RunError::Internal)?;
                match width {
                    1 => directory.find_numbers::<_, U>(keys, places, |key| key),
                    _ => directory.find(keys.chunks_exact(width.max(1)), places),
                }
            }
            _ => Err(RunError::Internal),
        }?;
        let new = new.since(&directory);
        if matches!(self.combine(), Combine::Whole) {
            let mut set = set_of(self.present, 0, self.layout().groups as usize)?;
            new.for_each(|place| set.insert(place as usize));
        }
        Ok(found)
    }

    /// Turns the places of rows `from..to` into slots of their panes, and puts the groups into the
    /// panes' sets.
    pub(in super::super) fn enter(
        &mut self,
        panes: RowPanes<'_>,
        from: usize,
        to: usize,
    ) -> Result<(), RunError> {
        let (groups, is_whole) = (self.groups(), matches!(self.combine(), Combine::Whole));
        let rows = self.batch_groups.get_mut(from..to).ok_or(RunError::Internal)?;
        match panes {
            // A key has its place for good: new ones were put in when they got it.
            RowPanes::One(_) if is_whole => {}
            RowPanes::One(pane) => {
                let base = pane as usize * groups;
                let mut set = set_of(self.present, pane.into(), groups)?;
                for group in rows {
                    set.insert(*group as usize);
                    *group = group.wrapping_add(base as u32);
                }
            }
            RowPanes::Each(panes) => {
                let panes = panes.get(from..to).ok_or(RunError::Internal)?;
                let words = bits_words(groups as u64) as usize;
                for (group, pane) in rows.iter_mut().zip(panes) {
                    let pane = *pane as usize;
                    let words = self.present.get_mut(pane * words..(pane + 1) * words);
                    Bits::new(words.ok_or(RunError::Internal)?, groups)?.insert(*group as usize);
                    *group = group.wrapping_add((pane * groups) as u32);
                }
            }
        }
        Ok(())
    }

    /// Notes that the groups of the batch's rows changed, in panes where `notes` says so.
    pub(in super::super) fn note_changes(
        &mut self,
        rows: usize,
        notes: impl Fn(usize) -> bool,
    ) -> Result<(), RunError> {
        let groups = self.groups();
        let words = bits_words(groups as u64) as usize;
        for slot in self.batch_groups.get(..rows).ok_or(RunError::Internal)? {
            if *slot >= LATE {
                continue;
            }
            let slot = *slot as usize;
            let pane = slot.checked_div(groups).unwrap_or(0);
            if notes(pane) {
                let words = self.changed.get_mut(pane * words..(pane + 1) * words);
                Bits::new(words.ok_or(RunError::Internal)?, groups)?
                    .insert(slot.wrapping_sub(pane * groups));
            }
        }
        Ok(())
    }
}

/// Finds the places of the keys from row `from` on.
fn numbers<T: Copy, U: Uses>(
    directory: &mut Directory<'_>,
    keys: &[T],
    from: usize,
    places: &mut [u32],
    number: impl Fn(T) -> u64 + Copy,
) -> Result<usize, RunError> {
    directory.find_numbers::<_, U>(keys.get(from..).ok_or(RunError::Internal)?, places, number)
}
