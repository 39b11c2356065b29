//! How an operator's state comes about.

use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::{Part, State, value};
use crate::plan::layout::{
    self, AGGREGATE_BYTES, Combine, SESSION_BYTES, SORT_BYTES, WINDOW_BYTES,
};
use crate::plan::layout::{AggregateLayout, left_bytes};
use crate::plan::{AggregateTable, Operator, Plan, SortTable};

/// The state of an operator that has one.
pub(super) fn state(plan: &Plan<'_>, operator: &Operator) -> Option<State> {
    let offset = operator.state()?;
    let bytes = layout::operator_bytes(plan, operator);
    let per_row = |name, meaning, bytes| part(name, meaning, rows(plan, 2), bytes);
    let parts = match operator {
        Operator::Filter { .. } => vec![per_row("selection", "numbers of the rows kept", bytes)],
        Operator::Window(_) => {
            let half = bytes.saturating_sub(WINDOW_BYTES) / 2;
            vec![
                part("watermark", "where time is", String::new(), WINDOW_BYTES),
                per_row("selection", "numbers of the rows that are not late", half),
                per_row("panes of rows", "the pane of each of them", half),
            ]
        }
        Operator::Sort(table) => sort(plan, table),
        Operator::Aggregate(table) => aggregate(plan, table),
        Operator::Scan { .. } | Operator::Project { .. } | Operator::Emit { .. } => Vec::new(),
    };
    Some(State { offset, bytes, parts })
}

fn part(name: &str, meaning: &'static str, split: String, bytes: u64) -> Part {
    Part { name: name.into(), meaning, split, bytes }
}

/// Of each row of a batch.
fn rows(plan: &Plan<'_>, each: u64) -> String {
    let rows = plan.batch_rows;
    format!("{rows} rows x {each}")
}

fn sort(plan: &Plan<'_>, table: &SortTable) -> Vec<Part> {
    let record = left_bytes(plan).saturating_sub(8);
    let keys = layout::sort_key_words(plan, table) * 8;
    let held = u64::from(table.capacity);
    let order = layout::sort_order_bytes(table);
    let times = |each| format!("{held} rows held x {each}");
    let mut all = vec![
        part("progress", "rows held, rows that have left", String::new(), SORT_BYTES),
        part("order", "which row comes where", times(4), order),
        part("sort keys", "words that compare as ORDER BY says", times(keys), held * keys),
        part("rows", "the records held", times(record), held * record),
    ];
    let batch = u64::from(plan.batch_rows) * record;
    all.push(part("rows of a batch", "records before they are held", rows(plan, record), batch));
    all
}

fn aggregate(plan: &Plan<'_>, table: &AggregateTable) -> Vec<Part> {
    let l = layout::aggregate_layout(plan, table);
    let groups = value::count(l.groups, "group");
    let slots = slots(&l);
    let mut parts = vec![part(
        "progress",
        "what leaves, which windows are open",
        String::new(),
        AGGREGATE_BYTES,
    )];
    let mut add = |name: &str, meaning, split: String, from: u64, to: u64| {
        if to > from {
            parts.push(part(name, meaning, split, to - from));
        }
    };
    let key = l.key_words * 8;
    let entries = format!("{} entries x 4", l.index_entries);
    add("index", "hash table: where the group of a key is", entries, l.index, l.keys);
    add("keys", "the key of each group", format!("{groups} x {key}"), l.keys, l.batch_keys);
    add("keys of a batch", "the key of each row", rows(plan, key), l.batch_keys, l.batch_groups);
    add("groups of a batch", "the group of each row", rows(plan, 4), l.batch_groups, l.lists);
    let lists = format!("3 lists x {}", rows(plan, 4));
    add("lists", "groups that leave or are merged", lists, l.lists, l.present);
    let set = layout::bits_words(l.groups) * 8;
    let sets = |n: u64| format!("{} x {set}", value::count(n, "set"));
    let meaning = match l.combine {
        Combine::Whole => "a bit each",
        Combine::Sessions => "a bit per session",
        _ => "a bit per pane each",
    };
    add("groups with rows", meaning, sets(l.sets), l.present, l.changed);
    let meaning = "a bit for each to leave again";
    add("changed groups", meaning, sets(l.panes), l.changed, l.records);
    let meaning = "lost when one is evicted";
    let per_slot = |each: u64| match l.panes {
        1 => format!("{groups} x {each}"),
        panes => format!("{panes} panes x {groups} x {each}"),
    };
    add("records of groups", meaning, per_slot(4), l.records, l.sessions);
    // The sessions, then two lists of numbers.
    let ends = l.sessions + l.groups * SESSION_BYTES;
    let heads = ends + l.left.saturating_sub(ends) / 2;
    let numbers = |of: &str| format!("{} {of} x 4", l.groups);
    let sessions = format!("{} sessions x {SESSION_BYTES}", l.groups);
    if l.left > l.sessions {
        add("sessions", "first and last time, key", sessions, l.sessions, ends);
        add("ends of sessions", "heap: which one ends first", numbers("sessions"), ends, heads);
        add("first sessions", "of each key", numbers("keys"), heads, l.left);
    }
    let meaning = "the last of each, to take back";
    add("rows that left", meaning, per_slot(left_bytes(plan)), l.left, l.aggregates);
    for aggregate in table.aggregates.of(plan.aggregates) {
        let bytes = l.aggregate_bytes(plan, aggregate);
        // What 8 groups take tells what one takes: small states are rounded up together.
        let each = layout::aggregate_bytes(plan, aggregate, 8, l.key_words > 0) / 8;
        let split = format!("{slots} x {each}");
        add(&value::function(plan, aggregate), "its state", split, 0, bytes);
    }
    parts
}

/// What an aggregate has states of.
fn slots(l: &AggregateLayout) -> String {
    let AggregateLayout { combine, groups, panes, slots, .. } = *l;
    let of = |panes| format!("{} x {}", value::count(panes, "pane"), value::count(groups, "group"));
    match combine {
        Combine::Sessions => value::count(groups, "session"),
        Combine::Whole => value::count(groups, "group"),
        Combine::Pane(_) if panes == 1 => value::count(groups, "group"),
        Combine::Pane(_) => of(panes),
        Combine::Stacks(_) | Combine::Running(_) => of(panes + 1),
        // What the panes leave is a batch of groups.
        Combine::Each(_) => {
            format!("({} + {} rows)", of(panes), slots.saturating_sub(groups.saturating_mul(panes)))
        }
    }
}
