//! The group table: open addressing over dense groups, one table per open window (pane).
//!
//! Groups of a pane are numbered 0, 1, 2 ... in order of first appearance, which is also the order
//! in which they leave. The index holds `group + 1` in its low bits and bits of the hash above
//! them; 0 is an empty entry. Linear probing (Knuth, TAOCP 3, 6.4, algorithm L), at most 2/3 full.

use bytemuck::{Pod, Zeroable};

use crate::arena::{copy, slice_mut, take, view_mut};
use crate::error::RunError;
use crate::plan::layout::{AGGREGATE_BYTES, AggregateLayout, PANE_BYTES};

use super::tumble::Panes;

/// The fixed state of an aggregate operator: what is leaving.
#[derive(Clone, Copy, Debug, Default, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Leaving {
    /// Start of the window that leaves next.
    pub(crate) window: i64,
    /// Panes that must still be looked at.
    pub(crate) panes: u32,
    /// Groups of the leaving pane that have left already.
    pub(crate) groups: u32,
}

/// The header of a pane.
#[derive(Clone, Copy, Debug, Default, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Pane {
    /// Groups in it.
    pub(crate) groups: u32,
    reserved: u32,
    /// Rows folded into it.
    pub(crate) rows: u64,
}

const _: () = assert!(size_of::<Leaving>() as u64 == AGGREGATE_BYTES);
const _: () = assert!(size_of::<Pane>() as u64 == PANE_BYTES);

/// The parts of an aggregate operator's state.
#[derive(Debug)]
pub(crate) struct GroupTable<'a> {
    pub(crate) leaving: &'a mut Leaving,
    pub(crate) panes: &'a mut [Pane],
    index: &'a mut [u32],
    pub(crate) keys: &'a mut [u64],
    pub(crate) batch_keys: &'a mut [u64],
    pub(crate) batch_groups: &'a mut [u32],
    /// The batch's groups without the rows that a FILTER leaves out.
    pub(crate) filtered: &'a mut [u32],
    /// The aggregates' states.
    pub(crate) states: &'a mut [u8],
    layout: &'a AggregateLayout,
    capacity: u32,
}

/// A row's group when it has none: its record was dropped. Outside every table.
pub(crate) const DROPPED: u32 = u32::MAX;

impl<'a> GroupTable<'a> {
    /// The parts of `state`.
    pub(crate) fn new(
        mut state: &'a mut [u8],
        layout: &'a AggregateLayout,
        capacity: u32,
    ) -> Result<Self, RunError> {
        let rest = &mut state;
        let leaving = view_mut(take(rest, layout.pane_headers)?)?;
        let panes = slice_mut(take(rest, layout.index - layout.pane_headers)?)?;
        let index = slice_mut(take(rest, layout.keys - layout.index)?)?;
        let keys = slice_mut(take(rest, layout.batch_keys - layout.keys)?)?;
        let batch_keys = slice_mut(take(rest, layout.batch_groups - layout.batch_keys)?)?;
        let batch_groups = slice_mut(take(rest, layout.filtered - layout.batch_groups)?)?;
        let filtered = slice_mut(take(rest, layout.aggregates - layout.filtered)?)?;
        Ok(Self {
            leaving,
            panes,
            index,
            keys,
            batch_keys,
            batch_groups,
            filtered,
            states: state,
            layout,
            capacity,
        })
    }

    /// Finds or makes the group of each of the batch's `rows` packed keys. Returns how many rows
    /// have one: fewer than `rows` only if the table is full and `drop_new` is false.
    /// Dropped rows get [`DROPPED`].
    pub(crate) fn assign(
        &mut self,
        panes: Panes<'_>,
        rows: usize,
        drop_new: bool,
    ) -> Result<usize, RunError> {
        match panes {
            Panes::One(pane) => self.assign_in(|_| pane, rows, drop_new),
            Panes::Each(panes) => {
                self.assign_in(|row| panes.get(row).copied().unwrap_or(0), rows, drop_new)
            }
        }
    }

    #[inline]
    fn assign_in(
        &mut self,
        pane_of: impl Fn(usize) -> u16,
        rows: usize,
        drop_new: bool,
    ) -> Result<usize, RunError> {
        let width = self.layout.key_words as usize;
        let batch = self.batch_keys.get(..rows * width).ok_or(RunError::Internal)?;
        let groups = self.batch_groups.get_mut(..rows).ok_or(RunError::Internal)?;
        let index = Index {
            entries: &mut *self.index,
            panes: &mut *self.panes,
            keys: &mut *self.keys,
            entries_per_pane: self.layout.index_entries as usize,
            capacity: self.capacity,
            drop_new,
        };
        if width == 1 {
            index.assign(batch.iter().copied(), groups, pane_of)
        } else {
            index.assign(batch.chunks_exact(width.max(1)), groups, pane_of)
        }
    }

    /// Forgets the groups of a pane, in time proportional to them.
    pub(crate) fn clear(&mut self, pane: usize) -> Result<(), RunError> {
        let header = self.panes.get_mut(pane).ok_or(RunError::Internal)?;
        let groups = header.groups as usize;
        *header = Pane::default();
        let entries = self.layout.index_entries as usize;
        let range = pane * entries..(pane + 1) * entries;
        let index = self.index.get_mut(range).ok_or(RunError::Internal)?;
        if groups.saturating_mul(8) >= entries {
            index.fill(0);
            return Ok(());
        }
        let width = self.layout.key_words as usize;
        let group_bits = group_bits(self.capacity);
        let shift = 64 - entries.trailing_zeros();
        let start = pane * self.capacity as usize * width;
        let keys = self.keys.get(start..).ok_or(RunError::Internal)?.chunks_exact(width.max(1));
        for (group, key) in (1u32..).zip(keys.take(groups)) {
            // The entry is there, maybe behind ones that this loop has emptied already.
            let first = hash(key).checked_shr(shift).unwrap_or(0) as usize;
            for at in first..first + entries {
                let entry = index.get_mut(at & (entries - 1)).ok_or(RunError::Internal)?;
                if *entry & group_bits == group {
                    *entry = 0;
                    break;
                }
            }
        }
        Ok(())
    }
}

/// A row's packed keys: one word, or several.
trait Key: Copy {
    /// The hash.
    fn hash(self) -> u64;
    /// Whether it is the key of the group in slot `slot`.
    fn is_at(self, keys: &[u64], slot: usize) -> bool;
    /// Makes it the key of the group in slot `slot`.
    fn put_at(self, keys: &mut [u64], slot: usize) -> Result<(), RunError>;
}

impl Key for u64 {
    #[inline]
    fn hash(self) -> u64 {
        hash(&[self])
    }

    #[inline]
    fn is_at(self, keys: &[u64], slot: usize) -> bool {
        keys.get(slot) == Some(&self)
    }

    fn put_at(self, keys: &mut [u64], slot: usize) -> Result<(), RunError> {
        *keys.get_mut(slot).ok_or(RunError::Internal)? = self;
        Ok(())
    }
}

impl Key for &[u64] {
    #[inline]
    fn hash(self) -> u64 {
        hash(self)
    }

    #[inline]
    fn is_at(self, keys: &[u64], slot: usize) -> bool {
        let start = slot.saturating_mul(self.len());
        keys.get(start..start.saturating_add(self.len())) == Some(self)
    }

    fn put_at(self, keys: &mut [u64], slot: usize) -> Result<(), RunError> {
        let start = slot.saturating_mul(self.len());
        let place = keys.get_mut(start..start.saturating_add(self.len()));
        copy(place.ok_or(RunError::Internal)?, self)
    }
}

/// The indexes of all panes and what they lead to.
struct Index<'a> {
    entries: &'a mut [u32],
    panes: &'a mut [Pane],
    /// The groups' keys, by slot.
    keys: &'a mut [u64],
    entries_per_pane: usize,
    capacity: u32,
    drop_new: bool,
}

impl Index<'_> {
    /// Writes the group slot of each row; returns the rows that have one before the table is full.
    #[inline]
    fn assign<K: Key>(
        mut self,
        batch: impl Iterator<Item = K>,
        groups: &mut [u32],
        pane_of: impl Fn(usize) -> u16,
    ) -> Result<usize, RunError> {
        let group_bits = group_bits(self.capacity);
        let shift = 64 - self.entries_per_pane.trailing_zeros();
        for (row, (key, out)) in batch.zip(groups.iter_mut()).enumerate() {
            let pane = pane_of(row) as usize;
            let first_slot = pane * self.capacity as usize;
            let at = pane * self.entries_per_pane + key.hash().wrapping_shr(shift) as usize;
            // The common case: the group stands where its hash says. An empty entry gives a slot
            // outside the table, which no key is at.
            let entry = self.entries.get(at).copied().unwrap_or(0);
            let group = (entry & group_bits).wrapping_sub(1);
            let slot = first_slot.saturating_add(group as usize);
            if key.is_at(self.keys, slot) {
                *out = slot as u32;
            } else if let Some(slot) = self.find_or_make(key, pane)? {
                *out = slot;
            } else {
                return Ok(row);
            }
        }
        Ok(groups.len())
    }

    /// Looks further than the first entry. `None` if the table is full and rows must not be
    /// dropped.
    #[inline(never)]
    fn find_or_make<K: Key>(&mut self, key: K, pane: usize) -> Result<Option<u32>, RunError> {
        let group_bits = group_bits(self.capacity);
        let first_slot = pane * self.capacity as usize;
        let first_entry = pane * self.entries_per_pane;
        let wrap = self.entries_per_pane.wrapping_sub(1);
        let hash = key.hash();
        let tag = hash as u32 & !group_bits;
        let mut at = hash.wrapping_shr(64 - self.entries_per_pane.trailing_zeros()) as usize;
        loop {
            let entry =
                self.entries.get_mut(first_entry + (at & wrap)).ok_or(RunError::Internal)?;
            if *entry == 0 {
                let header = self.panes.get_mut(pane).ok_or(RunError::Internal)?;
                let group = header.groups;
                if group == self.capacity {
                    return Ok(self.drop_new.then_some(DROPPED));
                }
                header.groups += 1;
                *entry = (group + 1) | tag;
                key.put_at(self.keys, first_slot + group as usize)?;
                return Ok(Some(first_slot as u32 + group));
            }
            if *entry & !group_bits == tag {
                let slot = first_slot + (*entry & group_bits) as usize - 1;
                if key.is_at(self.keys, slot) {
                    return Ok(Some(slot as u32));
                }
            }
            at += 1;
        }
    }
}

/// The bits of an index entry that hold `group + 1`.
#[inline]
const fn group_bits(capacity: u32) -> u32 {
    capacity.saturating_add(1).next_power_of_two() - 1
}

/// Fibonacci hashing (Knuth, TAOCP 3, 6.4) over the words of a key; the high bits are the best.
#[inline]
fn hash(key: &[u64]) -> u64 {
    const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
    match key {
        [word] => {
            let h = word.wrapping_mul(GOLDEN);
            h ^ h >> 32
        }
        words => words.iter().fold(0, |h: u64, word| {
            let h = (h.rotate_left(23) ^ word).wrapping_mul(GOLDEN);
            h ^ h >> 32
        }),
    }
}

/// The numbers of consecutive slots, written to `room`.
pub(crate) fn consecutive(
    room: &mut [u32],
    first: usize,
    count: usize,
) -> Result<&[u32], RunError> {
    let slots = room.get_mut(..count).ok_or(RunError::Internal)?;
    for (slot, number) in slots.iter_mut().zip(first as u32..) {
        *slot = number;
    }
    Ok(slots)
}
