//! The state of an aggregate operator: its groups, their keys, panes and sessions.

use super::super::aggregates::rules::Shape;
use super::super::{Aggregate, AggregateTable, EmitMode, OnFull, Plan};
use super::{
    AGGREGATE_BYTES, SESSION_BYTES, align8, bits_words, delay, index_entries, key_words, window,
};
use crate::schema::Layout;
use crate::time::panes::Panes;

/// How an aggregate's windows come from its states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Combine {
    /// One group table for everything.
    Whole,
    /// A window is a pane.
    Pane(Panes),
    /// Sliding windows by two stacks of panes (see `operator/panes/merge.rs`): 1 more.
    Stacks(Panes),
    /// Growing windows by a running pane: 1 more.
    Running(Panes),
    /// Windows put together from their panes each time: a batch of groups more.
    Each(Panes),
    /// Sessions of each group, and windows by state.
    Sessions,
}

/// How an aggregate's windows come from its states.
#[must_use]
pub const fn combine(plan: &Plan<'_>, table: &AggregateTable) -> Combine {
    let Some(entry) = window(plan, table) else { return Combine::Whole };
    let Some(panes) = Panes::of(entry, delay(plan, entry)) else { return Combine::Sessions };
    let is_final = matches!(table.emit, EmitMode::Final) && entry.lateness == 0;
    match (panes.size, panes.cumulates) {
        (1, _) => Combine::Pane(panes),
        (_, false) if is_final => Combine::Stacks(panes),
        (_, true) if is_final => Combine::Running(panes),
        _ => Combine::Each(panes),
    }
}

/// Panes that are held at once; 1 without panes.
#[must_use]
pub const fn panes(plan: &Plan<'_>, table: &AggregateTable) -> u64 {
    match combine(plan, table) {
        Combine::Whole | Combine::Sessions => 1,
        Combine::Pane(p) | Combine::Stacks(p) | Combine::Running(p) | Combine::Each(p) => {
            p.held() as u64
        }
    }
}

/// Bytes of one aggregate's states over `slots` groups. `keyed`: whether they have keys.
#[must_use]
pub const fn aggregate_bytes(
    plan: &Plan<'_>,
    aggregate: &Aggregate,
    slots: u64,
    keyed: bool,
) -> u64 {
    Shape::of(plan, aggregate, keyed).bytes(aggregate.function, slots)
}

/// The parts of an aggregate operator's state, as offsets from its start, bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AggregateLayout {
    /// How windows come from the states.
    pub combine: Combine,
    /// Key words of one group.
    pub key_words: u64,
    /// Groups that have a place: `groups` of the entry.
    pub groups: u64,
    /// Panes that rows go to.
    pub panes: u64,
    /// States of each aggregate: those of the panes, then those of windows being put together.
    pub slots: u64,
    /// Sets of groups: one per pane, and per window being put together.
    pub sets: u64,
    /// Whether groups that changed are noted, in one set more per pane.
    pub notes_changes: bool,
    /// Entries of the key index; 0 without keys.
    pub index_entries: u64,
    /// The key index (u32 per entry).
    pub index: u64,
    /// The groups' keys.
    pub keys: u64,
    /// The batch's key words.
    pub batch_keys: u64,
    /// The batch's group numbers (u32 per row).
    pub batch_groups: u64,
    /// Three lists of slots (u32 per row each): those that leave, what they are merged from, and
    /// a copy to work on.
    pub lists: u64,
    /// The sets.
    pub present: u64,
    /// The sets of groups that changed.
    pub changed: u64,
    /// Records in each slot (u32), with `on_full = 'evict_oldest'`.
    pub records: u64,
    /// The sessions, then the heap of their ends (u32 each), then each group's first session (u32).
    pub sessions: u64,
    /// Rows that left last, of each slot, with retractions.
    pub left: u64,
    /// The first aggregate's states.
    pub aggregates: u64,
}

impl AggregateLayout {
    /// Bytes of the states of one of the operator's aggregates.
    #[must_use]
    pub const fn aggregate_bytes(&self, plan: &Plan<'_>, aggregate: &Aggregate) -> u64 {
        aggregate_bytes(plan, aggregate, self.slots, self.key_words > 0)
    }
}

/// Bytes of the row that a slot left with: a word that says whether there is one, and the record.
#[must_use]
pub const fn left_bytes(plan: &Plan<'_>) -> u64 {
    let size = match plan.outputs {
        [first, ..] => Layout::of(first.fields.of(plan.fields)).record_size,
        [] => 0,
    };
    8 + align8(size as u64)
}

/// The layout of an aggregate operator's state.
#[must_use]
pub const fn aggregate_layout(plan: &Plan<'_>, table: &AggregateTable) -> AggregateLayout {
    let combine = combine(plan, table);
    let panes = panes(plan, table);
    let key_words = key_words(plan, table.keys);
    let groups = table.groups as u64;
    let rows = plan.batch_rows as u64;
    let (sets, extra) = match combine {
        Combine::Whole | Combine::Pane(_) => (panes, 0),
        Combine::Sessions => (1, 0),
        Combine::Stacks(_) | Combine::Running(_) => (panes + 1, groups),
        Combine::Each(_) => (panes, rows),
    };
    let slots = panes.saturating_mul(groups).saturating_add(extra);
    let lateness = match window(plan, table) {
        Some(entry) => entry.lateness,
        None => 0,
    };
    let notes_changes = !matches!(table.emit, EmitMode::Final) || lateness > 0;
    let is_session = matches!(combine, Combine::Sessions);
    let index_entries = if key_words == 0 { 0 } else { index_entries(table.groups) };
    let index = AGGREGATE_BYTES;
    let keys = index.saturating_add(align8(index_entries * 4));
    let batch_keys = keys.saturating_add(groups.saturating_mul(key_words * 8));
    let batch_groups = batch_keys.saturating_add(rows * key_words * 8);
    let lists = batch_groups.saturating_add(align8(rows * 4));
    let present = lists.saturating_add(3 * align8(rows * 4));
    let set_bytes = bits_words(groups).saturating_mul(8);
    let changed = present.saturating_add(sets.saturating_mul(set_bytes));
    let changed_bytes = if notes_changes { panes.saturating_mul(set_bytes) } else { 0 };
    let records = changed.saturating_add(changed_bytes);
    let evicts = matches!(table.on_full, OnFull::EvictOldest);
    let record_bytes =
        if evicts { align8(panes.saturating_mul(groups).saturating_mul(4)) } else { 0 };
    let sessions = records.saturating_add(record_bytes);
    let session_bytes =
        if is_session { groups * SESSION_BYTES + 2 * align8(groups * 4) } else { 0 };
    let left = sessions.saturating_add(session_bytes);
    let left_bytes = if table.retract {
        panes.saturating_mul(groups).saturating_mul(left_bytes(plan))
    } else {
        0
    };
    let aggregates = left.saturating_add(left_bytes);
    AggregateLayout {
        combine,
        key_words,
        groups,
        panes,
        slots,
        sets,
        notes_changes,
        index_entries,
        index,
        keys,
        batch_keys,
        batch_groups,
        lists,
        present,
        changed,
        records,
        sessions,
        left,
        aggregates,
    }
}
