//! How an operator's state comes about.

use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::{Part, State, value};
use crate::plan::layout::{self, AGGREGATE_BYTES, PANE_BYTES, TUMBLE_BYTES};
use crate::plan::{AggregateTable, Operator, Plan};

/// The state of an operator that has one.
pub(super) fn state(plan: &Plan<'_>, operator: &Operator) -> Option<State> {
    let offset = operator.state()?;
    let bytes = layout::operator_bytes(plan, operator);
    let rows = plan.batch_rows;
    let per_row = |name, bytes| part(name, format!("{rows} rows x 2"), bytes);
    let parts = match operator {
        Operator::Filter { .. } => vec![per_row("selection", bytes)],
        Operator::Tumble { .. } => {
            let half = bytes.saturating_sub(TUMBLE_BYTES) / 2;
            vec![
                part("watermark", String::new(), TUMBLE_BYTES),
                per_row("selection", half),
                per_row("windows of rows", half),
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
    // Group tables times open windows.
    let times = |n: u64, what: &str| match l.panes {
        1 => format!("{n} {what}"),
        panes => format!("{panes} windows x {n} {what}"),
    };
    let groups = |size: u64| times(u64::from(table.groups), &format!("groups x {size}"));
    let mut parts = vec![
        part("progress", String::new(), AGGREGATE_BYTES),
        part(
            "table headers",
            format!("{} x {PANE_BYTES}", l.panes),
            l.index.saturating_sub(l.pane_headers),
        ),
    ];
    if l.key_words > 0 {
        let key = l.key_words * 8;
        parts.push(part(
            "index",
            times(l.index_entries, "entries x 4"),
            l.keys.saturating_sub(l.index),
        ));
        parts.push(part("keys", groups(key), l.batch_keys.saturating_sub(l.keys)));
        let bytes = l.batch_groups.saturating_sub(l.batch_keys);
        parts.push(part("keys of a batch", format!("{rows} rows x {key}"), bytes));
    }
    let bytes = l.filtered.saturating_sub(l.batch_groups);
    parts.push(part("groups of a batch", format!("{rows} rows x 4"), bytes));
    let bytes = l.aggregates.saturating_sub(l.filtered);
    if bytes > 0 {
        parts.push(part("groups of a FILTER", format!("{rows} rows x 4"), bytes));
    }
    for aggregate in table.aggregates.of(plan.aggregates) {
        let bytes = layout::aggregate_bytes(plan, aggregate, l.slots);
        // What 8 groups take tells what one takes: small states are rounded up together.
        let eight = layout::aggregate_bytes(plan, aggregate, 8);
        parts.push(part(&value::function(plan, aggregate), groups(eight / 8), bytes));
    }
    parts
}
