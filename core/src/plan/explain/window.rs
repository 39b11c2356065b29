//! What windows and orders say of themselves.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::value;
use crate::plan::layout::delay;
use crate::plan::{
    EmitMode, Operator, Plan, SortTable, TimeSource, WindowShape, WindowTable, WindowTime,
};
use crate::time::panes::Panes;

/// Windows in words.
pub(super) fn summary(plan: &Plan<'_>, table: &WindowTable) -> String {
    let length = |n: i64| match table.time {
        TimeSource::Rows => value::count(n as u64, "row"),
        _ => value::duration(n),
    };
    let windows = match table.shape {
        WindowShape::Slide { pane, offset, size, every } => {
            let of = |panes: u16| length(pane.saturating_mul(i64::from(panes)));
            let each = if size == every { String::new() } else { format!(" each {}", of(every)) };
            let from =
                if offset == 0 { String::new() } else { format!(" from {}", length(offset)) };
            format!("windows of {}{each}{from}", of(size))
        }
        WindowShape::Cumulate { pane, offset, steps } => {
            let from =
                if offset == 0 { String::new() } else { format!(" from {}", length(offset)) };
            let most = length(pane.saturating_mul(i64::from(steps)));
            format!("windows that grow by {} up to {most}{from}", length(pane))
        }
        WindowShape::Session { gap } => format!("sessions with pauses of at most {}", length(gap)),
        WindowShape::State { begin, end, .. } => {
            format!("windows from where r{} is true to where r{} is", begin.0, end.0)
        }
    };
    let time = match table.time {
        TimeSource::Event => "",
        TimeSource::Clock => " by the query's clock",
        TimeSource::Rows => "",
        TimeSource::Window(WindowTime::Start) => " by window_start",
        TimeSource::Window(WindowTime::End) => " by window_end",
        TimeSource::Window(WindowTime::Last) => " by window_time",
    };
    let held = match Panes::of(table, delay(plan, table)) {
        Some(panes) => {
            let held = value::count(panes.held() as u64, "pane");
            format!(", {held} of {} held", length(panes.length))
        }
        None => String::new(),
    };
    let mut text = format!("{windows}{time}{held}");
    if table.lateness > 0 {
        text += &format!(", late records for {}", length(table.lateness));
    }
    if let Some(output) = table.late {
        let name = plan.outputs.get(output.index()).map_or("?", |o| o.name.of(plan.texts));
        text += &format!(", later ones to {name}");
    }
    if table.time == TimeSource::Event && table.max_ahead > 0 {
        text += &format!(", clocks {} ahead not believed", length(table.max_ahead));
    }
    if table.idle_timeout > 0 {
        text += &format!(", idle after {}", length(table.idle_timeout));
    }
    text
}

/// When an aggregate's results leave, unless it is once.
pub(super) fn emit(emit: EmitMode, retract: bool) -> String {
    let when = match emit {
        EmitMode::Final => return String::new(),
        EmitMode::Changes => ", changes at each poll".to_string(),
        EmitMode::Every(interval) => format!(", changes each {}", value::duration(interval)),
    };
    when + if retract { " with retractions" } else { "" }
}

/// An order in words.
pub(super) fn order(plan: &Plan<'_>, table: &SortTable) -> String {
    let keys = table.keys.of(plan.lists).iter().enumerate().map(|(i, id)| {
        let descending = if table.descending >> i & 1 != 0 { " DESC" } else { "" };
        let nulls = if table.nulls_first >> i & 1 != 0 { " NULLS FIRST" } else { "" };
        format!("r{}{descending}{nulls}", id.0)
    });
    let keys: Vec<_> = keys.collect();
    let by =
        if keys.is_empty() { "as they come".into() } else { format!("by {}", keys.join(", ")) };
    let rows = match (table.limit, table.offset) {
        (u32::MAX, 0) => "all rows".to_string(),
        (u32::MAX, offset) => format!("all rows but {offset}"),
        (limit, 0) => format!("the first {limit} rows"),
        (limit, offset) => format!("{limit} rows after {offset}"),
    };
    let has_windows = plan.operators.iter().any(|o| matches!(o, Operator::Window(_)));
    let of = if has_windows { " of each window" } else { "" };
    format!("{rows}{of}, {by}")
}
