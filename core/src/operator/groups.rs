//! An aggregate operator's state, taken apart: keys and their places, which groups are in which
//! pane, lists to work with, and the aggregates' states.
//!
//! The state of the group at place `p` in the pane at ring place `r` is slot `r * groups + p` of
//! every aggregate. What is in no pane's set is new.

mod places;
mod states;

use core::marker::PhantomData;

use bytemuck::{Pod, Zeroable};

use crate::aggregate::States;
use crate::arena::{slice_mut, take, view_mut};
use crate::error::RunError;
use crate::plan::layout::{AGGREGATE_BYTES, AggregateLayout, Combine, bits_words};
use crate::plan::{AggregateTable, Plan};

use super::bits::Bits;
use super::directory::{Directory, DirectoryState};
use super::sessions::{Session, SessionsState};
use super::stage::only;
use super::window::NEW;
use crate::plan::uses::{self, Everything, Uses};

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

impl Progress {
    /// Lets the windows leave that end at or before pane `until`, behind what leaves now.
    pub(crate) fn close(&mut self, until: i64) {
        match self.job {
            NOTHING => {
                self.job = CLOSING;
                self.cursor = 0;
                self.until = until;
                self.closes = NEW;
            }
            CLOSING => self.until = self.until.max(until),
            _ => self.closes = self.closes.max(until),
        }
    }
}

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
pub(crate) struct Table<'a, U: Uses = Everything> {
    pub(super) plan: &'a Plan<'a>,
    entry: &'a AggregateTable,
    layout: &'a AggregateLayout,
    pub(super) progress: &'a mut Progress,
    index: &'a mut [u32],
    pub(super) keys: &'a mut [u64],
    pub(super) batch_keys: &'a mut [u64],
    pub(super) batch_groups: &'a mut [u32],
    /// Lists of a batch's length: slots that leave, slots to merge from, a copy to work on.
    pub(super) slots: &'a mut [u32],
    pub(super) from: &'a mut [u32],
    pub(super) scratch: &'a mut [u32],
    pub(super) present: &'a mut [u64],
    changed: &'a mut [u64],
    pub(super) records: &'a mut [u32],
    pub(super) sessions: &'a mut [Session],
    pub(super) heap: &'a mut [u32],
    pub(super) heads: &'a mut [u32],
    pub(super) left: &'a mut [u8],
    states: &'a mut [u8],
    uses: PhantomData<U>,
}

/// The parts that queries with keys have.
#[derive(Debug, Default)]
struct Keys<'a> {
    index: &'a mut [u32],
    keys: &'a mut [u64],
    batch_keys: &'a mut [u64],
}

impl<'a> Keys<'a> {
    fn of(l: &AggregateLayout, mut bytes: &'a mut [u8]) -> Result<Self, RunError> {
        let rest = &mut bytes;
        let index = slice_mut(take(rest, l.keys - l.index)?)?;
        let keys = slice_mut(take(rest, l.batch_keys - l.keys)?)?;
        Ok(Self { index, keys, batch_keys: slice_mut(bytes)? })
    }
}

/// The parts that most queries have nothing in.
#[derive(Debug, Default)]
struct Rare<'a> {
    changed: &'a mut [u64],
    records: &'a mut [u32],
    sessions: &'a mut [Session],
    heap: &'a mut [u32],
    heads: &'a mut [u32],
    left: &'a mut [u8],
}

impl<'a> Rare<'a> {
    fn of(l: &AggregateLayout, mut bytes: &'a mut [u8]) -> Result<Self, RunError> {
        let rest = &mut bytes;
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
            changed,
            records,
            sessions: slice_mut(sessions)?,
            heap: slice_mut(heap)?,
            heads: slice_mut(heads)?,
            left,
        })
    }
}

impl<'a, U: Uses> Table<'a, U> {
    /// The parts of `state`.
    pub(crate) fn new(
        plan: &'a Plan<'a>,
        entry: &'a AggregateTable,
        layout: &'a AggregateLayout,
        mut state: &'a mut [u8],
    ) -> Result<Self, RunError> {
        let rest = &mut state;
        let l = only::<U>().map_or(layout, |(stage, _)| &stage.layout);
        let progress = view_mut(take(rest, l.index)?)?;
        let Keys { index, keys, batch_keys } = match take(rest, l.batch_groups - l.index)? {
            [] => Keys::default(),
            bytes => Keys::of(l, bytes)?,
        };
        let lists: &mut [u32] = slice_mut(take(rest, l.present - l.batch_groups)?)?;
        let rows = lists.len() / 4;
        let (batch_groups, lists) = lists.split_at_mut_checked(rows).ok_or(RunError::Internal)?;
        let (slots, lists) = lists.split_at_mut_checked(rows).ok_or(RunError::Internal)?;
        let (from, scratch) = lists.split_at_mut_checked(rows).ok_or(RunError::Internal)?;
        let present = slice_mut(take(rest, l.changed - l.present)?)?;
        let Rare { changed, records, sessions, heap, heads, left } =
            match take(rest, l.aggregates - l.changed)? {
                [] => Rare::default(),
                bytes => Rare::of(l, bytes)?,
            };
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
            sessions,
            heap,
            heads,
            left,
            states: state,
            uses: PhantomData,
        })
    }

    /// Makes everything new, of a state that is all zero.
    pub(crate) fn start(&mut self) -> Result<(), RunError> {
        let progress = &mut *self.progress;
        for time in [
            &mut progress.window,
            &mut progress.until,
            &mut progress.low,
            &mut progress.high,
            &mut progress.front,
            &mut progress.merged,
            &mut progress.resume,
            &mut progress.closes,
            &mut progress.next_emit,
        ] {
            *time = NEW;
        }
        if const { U::SET.sessions } {
            self.heads.fill(NO_GROUP);
        }
        states::each_state(
            uses::plan::<U>(self.plan),
            self.entry(),
            self.layout(),
            self.states,
            |_, states: &mut States<'_, U>| states.reset_all(),
        )
    }

    /// Its entry of the operator table.
    #[inline(always)]
    pub(super) fn entry(&self) -> &'a AggregateTable {
        match only::<U>() {
            Some((_, entry)) => entry,
            None => self.entry,
        }
    }

    /// Where the parts of the state are.
    #[inline(always)]
    pub(super) fn layout(&self) -> &'a AggregateLayout {
        match only::<U>() {
            Some((stage, _)) => &stage.layout,
            None => self.layout,
        }
    }

    /// What leaves, of what can.
    #[inline(always)]
    pub(super) fn job(&self) -> u32 {
        match self.progress.job {
            job if const { U::PLAN.is_none() } => job,
            NOTHING => NOTHING,
            CHANGES if const { U::SET.changes } && self.layout().notes_changes => CHANGES,
            ONE if const { U::SET.close_oldest } => ONE,
            _ => CLOSING,
        }
    }

    /// How windows come from the states.
    #[inline(always)]
    pub(super) fn combine(&self) -> &'a Combine {
        match &self.layout().combine {
            Combine::Pane(_) if const { !U::SET.panes } => &Combine::Whole,
            Combine::Stacks(_) if const { !U::SET.stacks } => &Combine::Whole,
            Combine::Running(_) if const { !U::SET.running } => &Combine::Whole,
            Combine::Each(_) if const { !U::SET.each } => &Combine::Whole,
            Combine::Sessions if const { !U::SET.sessions } => &Combine::Whole,
            combine => combine,
        }
    }

    /// Whether the records of each slot are counted.
    #[inline(always)]
    pub(super) fn keeps_records(&self) -> bool {
        U::SET.evict && !self.records.is_empty()
    }

    /// Whether the rows that slots left with are kept.
    #[inline(always)]
    pub(super) fn retracts(&self) -> bool {
        U::SET.retract && !self.left.is_empty()
    }

    /// Groups that have a place.
    pub(super) fn groups(&self) -> usize {
        self.layout().groups as usize
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
        let (width, capacity) = (self.layout().key_words as usize, self.entry().groups);
        let directory = Directory {
            state: &mut self.progress.directory,
            index: self.index,
            keys: self.keys,
            width,
            capacity,
        };
        (directory, self.present, self.heads)
    }

    /// The words of the sets of groups that are in panes, or of those that changed.
    pub(super) const fn sets(&self, changed: bool) -> &[u64] {
        if changed { self.changed } else { self.present }
    }
}

/// Set number `set` of the sets in `words`.
fn set_of(words: &mut [u64], set: usize, groups: usize) -> Result<Bits<'_>, RunError> {
    let len = bits_words(groups as u64) as usize;
    let words = words.get_mut(set * len..(set + 1) * len).ok_or(RunError::Internal)?;
    Bits::new(words, groups)
}
