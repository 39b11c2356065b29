//! How an operator's state comes about.

use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::{Part, State, value};
use crate::plan::layout::{self, AGGREGATE_BYTES, Combine, SORT_BYTES, WINDOW_BYTES, left_bytes};
use crate::plan::{AggregateTable, Operator, Plan};

/// The state of an operator that has one.
pub(super) fn state(plan: &Plan<'_>, operator: &Operator) -> Option<State> {
    let offset = operator.state()?;
    let bytes = layout::operator_bytes(plan, operator);
    let rows = plan.batch_rows;
    let per_row = |name, bytes| part(name, format!("{rows} rows x 2"), bytes);
    let parts = match operator {
        Operator::Filter { .. } => vec![per_row("selection", bytes)],
        Operator::Window(_) => {
            let half = bytes.saturating_sub(WINDOW_BYTES) / 2;
            vec![
                part("watermark", String::new(), WINDOW_BYTES),
                per_row("selection", half),
                per_row("panes of rows", half),
            ]
        }
        Operator::Sort(table) => {
            let record = left_bytes(plan).saturating_sub(8);
            let keys = layout::sort_key_words(plan, table) * 8;
            let held = u64::from(table.capacity);
            let times = |what| format!("{held} rows x {what}");
            vec![
                part("progress", String::new(), SORT_BYTES),
                part("order", times(8), held * 8),
                part("sort keys", times(keys), held * keys),
                part("rows", times(record), held * record),
                part(
                    "rows of a batch",
                    format!("{rows} rows x {record}"),
                    u64::from(rows) * record,
                ),
            ]
        }
        Operator::Aggregate(table) => aggregate(plan, table),
        Operator::Scan { .. } | Operator::Project { .. } | Operator::Emit { .. } => Vec::new(),
    };
    Some(State { offset, bytes, parts })
}

fn part(name: &str, split: String, bytes: u64) -> Part {
    Part { name: name.into(), split, bytes }
}

fn aggregate(plan: &Plan<'_>, table: &AggregateTable) -> Vec<Part> {
    let l = layout::aggregate_layout(plan, table);
    let rows = plan.batch_rows;
    let times = |n: u64, of: u64, what: &str| match of {
        1 => format!("{n} {what}"),
        _ => format!("{of} panes x {n} {what}"),
    };
    let mut parts = vec![part("progress", String::new(), AGGREGATE_BYTES)];
    if l.key_words > 0 {
        let key = l.key_words * 8;
        let entries = format!("{} entries x 4", l.index_entries);
        parts.push(part("index", entries, l.keys.saturating_sub(l.index)));
        let keys = format!("{} groups x {key}", l.groups);
        parts.push(part("keys", keys, l.batch_keys.saturating_sub(l.keys)));
        let bytes = l.batch_groups.saturating_sub(l.batch_keys);
        parts.push(part("keys of a batch", format!("{rows} rows x {key}"), bytes));
    }
    let bytes = l.lists.saturating_sub(l.batch_groups);
    parts.push(part("groups of a batch", format!("{rows} rows x 4"), bytes));
    let bytes = l.present.saturating_sub(l.lists);
    parts.push(part("lists", format!("3 x {rows} rows x 4"), bytes));
    let set = layout::bits_words(l.groups) * 8;
    let sets = |n: u64| format!("{n} sets x {set}");
    parts.push(part("groups of panes", sets(l.sets), l.changed.saturating_sub(l.present)));
    let rest = [
        ("changed groups", sets(l.panes), l.records.saturating_sub(l.changed)),
        ("records of groups", times(l.groups, l.panes, "groups x 4"), l.sessions - l.records),
        ("sessions", format!("{} sessions x 40", l.groups), l.left.saturating_sub(l.sessions)),
        (
            "rows that left",
            times(l.groups, l.panes, &format!("groups x {}", left_bytes(plan))),
            l.aggregates.saturating_sub(l.left),
        ),
    ];
    parts.extend(rest.into_iter().filter(|r| r.2 > 0).map(|(name, split, n)| part(name, split, n)));
    let groups = |size: u64| match l.combine {
        Combine::Sessions => format!("{} sessions x {size}", l.groups),
        Combine::Whole | Combine::Pane(_) => times(l.groups, l.panes, &format!("groups x {size}")),
        _ => format!(
            "{} panes x {} groups and {} more x {size}",
            l.panes,
            l.groups,
            l.slots - l.panes * l.groups
        ),
    };
    for aggregate in table.aggregates.of(plan.aggregates) {
        let bytes = l.aggregate_bytes(plan, aggregate);
        // What 8 groups take tells what one takes: small states are rounded up together.
        let eight = layout::aggregate_bytes(plan, aggregate, 8, l.key_words > 0);
        parts.push(part(&value::function(plan, aggregate), groups(eight / 8), bytes));
    }
    parts
}
