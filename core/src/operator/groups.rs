//! An aggregate operator's state, taken apart: keys and their places, which groups are in which
//! pane, lists to work with, and the aggregates' states.
//!
//! The state of the group at place `p` in the pane at ring place `r` is slot `r * groups + p` of
//! every aggregate. What is in no pane's set is new.

use bytemuck::{Pod, Zeroable};

use crate::aggregate::{Fresh, Groups, States};
use crate::arena::{slice_mut, take, view_mut};
use crate::counters::Counters;
use crate::error::RunError;
use crate::expr::frame::Frame;
use crate::plan::layout::{AGGREGATE_BYTES, AggregateLayout, Combine, bits_words, left_bytes};
use crate::plan::{AggregateTable, Plan};

use super::bits::Bits;
use super::directory::{Directory, DirectoryState};
use super::keys::Lone;
use super::sessions::{Session, SessionsState};
use super::window::{NEW, RowPanes};

/// The fixed state of an aggregate operator.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Progress {
    /// What is leaving: [`NOTHING`] and so on.
    pub(crate) job: u32,
    /// Where in its set that is.
    pub(crate) cursor: u32,
    /// The next window to leave, or that is leaving.
    pub(crate) window: i64,
    /// Windows that end at or before this pane leave.
    pub(crate) until: i64,
    /// The oldest pane that may hold rows.
    pub(crate) low: i64,
    /// The pane behind the newest that holds rows.
    pub(crate) high: i64,
    /// Two stacks: panes before this one hold what the panes from them to here hold.
    pub(crate) front: i64,
    /// Panes before this one are in the running pane.
    pub(crate) merged: i64,
    /// Where the watermark starts again once everything has left; [`NEW`] if it need not.
    pub(crate) resume: i64,
    /// The pane up to which windows leave once changed groups have; [`NEW`] if none do.
    pub(crate) closes: i64,
    /// When changed groups leave next, microseconds; [`NEW`] if that was not worked out.
    pub(crate) next_emit: i64,
    /// Records folded since the query started.
    pub(crate) rows: u64,
    pub(super) sessions: SessionsState,
    pub(super) directory: DirectoryState,
    /// Records that found no place.
    pub(crate) dropped: u64,
    /// Records of groups that were evicted.
    pub(crate) evicted: u64,
}

const _: () = assert!(size_of::<Progress>() as u64 == AGGREGATE_BYTES);

/// Nothing leaves.
pub(crate) const NOTHING: u32 = 0;
/// Windows that are closed leave, and are forgotten.
pub(crate) const CLOSING: u32 = 1;
/// Groups that changed leave, and stay.
pub(crate) const CHANGES: u32 = 2;
/// One group leaves to make room.
pub(crate) const ONE: u32 = 3;

/// A row's group when it has none: outside every table.
pub(crate) const NO_GROUP: u32 = u32::MAX;
/// The same, of a row that comes too late for a session.
pub(crate) const LATE: u32 = u32::MAX - 1;

/// The parts of an aggregate operator's state.
#[derive(Debug)]
pub(crate) struct Table<'a> {
    pub(super) plan: &'a Plan<'a>,
    pub(super) entry: &'a AggregateTable,
    pub(super) layout: &'a AggregateLayout,
    pub(super) progress: &'a mut Progress,
    index: &'a mut [u32],
    pub(super) keys: &'a mut [u64],
    pub(super) batch_keys: &'a mut [u64],
    pub(super) batch_groups: &'a mut [u32],
    /// Lists of a batch's length: slots that leave, slots to merge from, a copy to work on.
    pub(super) slots: &'a mut [u32],
    pub(super) from: &'a mut [u32],
    pub(super) scratch: &'a mut [u32],
    present: &'a mut [u64],
    changed: &'a mut [u64],
    pub(super) records: &'a mut [u32],
    pub(super) sessions: &'a mut [Session],
    pub(super) heap: &'a mut [u32],
    pub(super) heads: &'a mut [u32],
    pub(super) left: &'a mut [u8],
    states: &'a mut [u8],
}

impl<'a> Table<'a> {
    /// The parts of `state`.
    pub(crate) fn new(
        plan: &'a Plan<'a>,
        entry: &'a AggregateTable,
        layout: &'a AggregateLayout,
        mut state: &'a mut [u8],
    ) -> Result<Self, RunError> {
        let rest = &mut state;
        let l = layout;
        let progress = view_mut(take(rest, l.index)?)?;
        let index = slice_mut(take(rest, l.keys - l.index)?)?;
        let keys = slice_mut(take(rest, l.batch_keys - l.keys)?)?;
        let batch_keys = slice_mut(take(rest, l.batch_groups - l.batch_keys)?)?;
        let batch_groups = slice_mut(take(rest, l.lists - l.batch_groups)?)?;
        let third = (l.present - l.lists) / 3;
        let slots = slice_mut(take(rest, third)?)?;
        let from = slice_mut(take(rest, third)?)?;
        let scratch = slice_mut(take(rest, third)?)?;
        let present = slice_mut(take(rest, l.changed - l.present)?)?;
        let changed = slice_mut(take(rest, l.records - l.changed)?)?;
        let records = slice_mut(take(rest, l.sessions - l.records)?)?;
        let sessions = take(rest, l.left - l.sessions)?;
        let each = size_of::<Session>() * l.groups as usize;
        let each = each.min(sessions.len());
        let (sessions, numbers) = sessions.split_at_mut_checked(each).ok_or(RunError::Internal)?;
        let half = numbers.len() / 2;
        let (heap, heads) = numbers.split_at_mut_checked(half).ok_or(RunError::Internal)?;
        let left = take(rest, l.aggregates - l.left)?;
        Ok(Self {
            plan,
            entry,
            layout,
            progress,
            index,
            keys,
            batch_keys,
            batch_groups,
            slots,
            from,
            scratch,
            present,
            changed,
            records,
            sessions: slice_mut(sessions)?,
            heap: slice_mut(heap)?,
            heads: slice_mut(heads)?,
            left,
            states: state,
        })
    }

    /// Makes everything new.
    pub(crate) fn start(&mut self) -> Result<(), RunError> {
        *self.progress = Progress {
            window: NEW,
            until: NEW,
            low: NEW,
            high: NEW,
            front: NEW,
            merged: NEW,
            resume: NEW,
            closes: NEW,
            next_emit: NEW,
            ..Zeroable::zeroed()
        };
        self.heads.fill(NO_GROUP);
        self.each_state(|states| states.reset_all())
    }

    /// Groups that have a place.
    pub(super) const fn groups(&self) -> usize {
        self.layout.groups as usize
    }

    /// Calls `f` with the states of every aggregate.
    pub(super) fn each_state(
        &mut self,
        mut f: impl FnMut(&mut States<'_>) -> Result<(), RunError>,
    ) -> Result<(), RunError> {
        let (keyed, mut rest) = (self.layout.key_words > 0, &mut *self.states);
        for aggregate in self.entry.aggregates.of(self.plan.aggregates) {
            f(&mut States::take(self.plan, aggregate, self.layout.slots, keyed, &mut rest)?)?;
        }
        Ok(())
    }

    /// Folds `rows` rows into the groups of each aggregate.
    pub(super) fn update(
        &mut self,
        frame: &Frame<'_>,
        groups: &[u32],
        one: Option<usize>,
    ) -> Result<(), RunError> {
        let rows = groups.len();
        let groups = one.map_or(Groups::Each(groups), Groups::One);
        let (keyed, mut rest) = (self.layout.key_words > 0, &mut *self.states);
        for aggregate in self.entry.aggregates.of(self.plan.aggregates) {
            let mut states =
                States::take(self.plan, aggregate, self.layout.slots, keyed, &mut rest)?;
            let groups = match aggregate.filter {
                Some(filter) => groups.filtered(&frame.get(filter)?, rows, self.scratch)?,
                None => groups,
            };
            states.update(frame, groups, rows)?;
        }
        Ok(())
    }

    /// The set of the groups that are in a pane, or in the running pane.
    pub(super) fn present(&mut self, set: usize) -> Result<Bits<'_>, RunError> {
        set_of(self.present, set, self.groups())
    }

    /// The set of the groups of a pane that changed.
    pub(super) fn changed(&mut self, set: usize) -> Result<Bits<'_>, RunError> {
        set_of(self.changed, set, self.groups())
    }

    /// The directory, and the sets that say which places are used.
    pub(super) fn directory(&mut self) -> (Directory<'_>, &[u64], &[u32]) {
        let directory = Directory {
            state: &mut self.progress.directory,
            index: self.index,
            keys: self.keys,
            width: self.layout.key_words as usize,
            capacity: self.entry.groups,
        };
        (directory, self.present, self.heads)
    }

    /// The words of the sets of groups that are in panes, or of those that changed.
    pub(super) const fn sets(&self, changed: bool) -> &[u64] {
        if changed { self.changed } else { self.present }
    }

    /// Finds the places of the keys of rows `from..rows`, which are in `batch_keys` or `lone`; see
    /// [`Directory::find`].
    pub(super) fn find(
        &mut self,
        lone: Option<Lone<'_>>,
        from: usize,
        rows: usize,
    ) -> Result<usize, RunError> {
        let width = self.layout.key_words as usize;
        let places = self.batch_groups.get_mut(from..rows).ok_or(RunError::Internal)?;
        let mut directory = Directory {
            state: &mut self.progress.directory,
            index: self.index,
            keys: self.keys,
            width,
            capacity: self.entry.groups,
        };
        let new = directory.new_places();
        let found = match lone {
            Some(Lone::U8(v)) => directory.find(v.iter().skip(from).map(|&k| u64::from(k)), places),
            Some(Lone::U16(v)) => {
                directory.find(v.iter().skip(from).map(|&k| u64::from(k)), places)
            }
            Some(Lone::U32(v)) => {
                directory.find(v.iter().skip(from).map(|&k| u64::from(k)), places)
            }
            Some(Lone::U64(v)) => directory.find(v.iter().skip(from).copied(), places),
            None => {
                let keys = self.batch_keys.get(from * width..rows * width);
                let keys = keys.ok_or(RunError::Internal)?;
                match width {
                    1 => directory.find(keys.iter().copied(), places),
                    _ => directory.find(keys.chunks_exact(width.max(1)), places),
                }
            }
        }?;
        let new = new.since(&directory);
        if self.layout.combine == Combine::Whole {
            let mut set = set_of(self.present, 0, self.layout.groups as usize)?;
            new.for_each(|place| set.insert(place as usize));
        }
        Ok(found)
    }

    /// Turns the places of rows `from..to` into slots of their panes, and puts the groups into the
    /// panes' sets.
    pub(super) fn enter(
        &mut self,
        panes: RowPanes<'_>,
        from: usize,
        to: usize,
    ) -> Result<(), RunError> {
        let groups = self.groups();
        let rows = self.batch_groups.get_mut(from..to).ok_or(RunError::Internal)?;
        match panes {
            // A key has its place for good: new ones were put in when they got it.
            RowPanes::One(_) if self.layout.combine == Combine::Whole => {}
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
    pub(super) fn note_changes(
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

    /// Writes the results of `count` slots of list `slots` to their registers. The groups' places
    /// are in list `from`.
    pub(super) fn write_results(
        &mut self,
        frame: &mut Frame<'_>,
        count: usize,
        counters: &mut Counters,
    ) -> Result<(), RunError> {
        let width = self.layout.key_words as usize;
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
        let results = self.entry.key_results.of(self.plan.lists);
        super::keys::decode(frame, self.plan.registers, results, width, words)?;
        let empty = self.progress.rows == 0;
        let slots = self.slots.get(..count).ok_or(RunError::Internal)?;
        let (keyed, mut rest) = (self.layout.key_words > 0, &mut *self.states);
        for aggregate in self.entry.aggregates.of(self.plan.aggregates) {
            let mut states =
                States::take(self.plan, aggregate, self.layout.slots, keyed, &mut rest)?;
            let (mut dst, _) = frame.split(aggregate.result)?;
            states.finish(&mut dst, slots, empty, counters)?;
        }
        // They are in a result now: not lost, should the group be evicted.
        if matches!(self.layout.combine, Combine::Whole | Combine::Pane(_) | Combine::Sessions) {
            self.forget_records(count)?;
        }
        Ok(())
    }

    /// Makes the first `count` slots of list `slots` new.
    pub(super) fn reset_slots(&mut self, count: usize) -> Result<(), RunError> {
        self.reset(count, false)
    }

    /// The same, where the list rises and all slots between the first and the last that are not in
    /// it are new.
    pub(super) fn reset_run(&mut self, count: usize) -> Result<(), RunError> {
        self.reset(count, true)
    }

    fn reset(&mut self, count: usize, is_run: bool) -> Result<(), RunError> {
        let slots = self.slots.get(..count).ok_or(RunError::Internal)?;
        let mut fresh = Fresh::Slots(slots);
        if let (true, Some(&first), Some(&last)) = (is_run, slots.first(), slots.last()) {
            let run = first as usize..last as usize + 1;
            // To write a few more in one go is cheaper than to go along a list.
            if run.len() / 4 <= count {
                fresh = Fresh::Run(run.start, run.end);
            }
        }
        let (keyed, mut rest) = (self.layout.key_words > 0, &mut *self.states);
        for aggregate in self.entry.aggregates.of(self.plan.aggregates) {
            States::take(self.plan, aggregate, self.layout.slots, keyed, &mut rest)?
                .reset(fresh)?;
        }
        if !self.left.is_empty() && !matches!(self.layout.combine, Combine::Each(_)) {
            let stride = left_bytes(self.plan) as usize;
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
        if !self.records.is_empty() {
            for slot in self.slots.get(..count).ok_or(RunError::Internal)? {
                if let Some(records) = self.records.get_mut(*slot as usize) {
                    *records = 0;
                }
            }
        }
        Ok(())
    }

    /// Merges the first `count` slots of list `from` into those of list `slots`.
    pub(super) fn merge_lists(&mut self, count: usize) -> Result<(), RunError> {
        let into = self.slots.get(..count).ok_or(RunError::Internal)?;
        let from = self.from.get(..count).ok_or(RunError::Internal)?;
        let (keyed, mut rest) = (self.layout.key_words > 0, &mut *self.states);
        for aggregate in self.entry.aggregates.of(self.plan.aggregates) {
            let mut states =
                States::take(self.plan, aggregate, self.layout.slots, keyed, &mut rest)?;
            states.merge(into, from)?;
        }
        Ok(())
    }
}

/// Set number `set` of the sets in `words`.
pub(super) fn set_of(words: &mut [u64], set: usize, groups: usize) -> Result<Bits<'_>, RunError> {
    let len = bits_words(groups as u64) as usize;
    let words = words.get_mut(set * len..(set + 1) * len).ok_or(RunError::Internal)?;
    Bits::new(words, groups)
}
