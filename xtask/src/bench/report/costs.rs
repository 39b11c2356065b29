//! The parts of the report about what is not a query over memory: rings, plans, snapshots, and the
//! design that is replaced.

use std::fmt::Write as _;

use serde_json::Value;

use super::markdown::{count, figure, list, number, string, table};

/// Through rings.
pub(super) fn rings(text: &mut String, costs: &Value) {
    let _ = write!(
        text,
        "\n## Through rings\n\n\
         {} records of `S`, row-major: from memory; through a ring before the query and one behind\n\
         it, filled and drained on the same thread; from a ring that another thread fills, which\n\
         needs a second core for itself.\n\n",
        count(&costs["rows"])
    );
    let head = ["", "memory", "one thread", "of memory", "two threads", "of memory"];
    let line = |rings: &Value| {
        let [memory, one, two] =
            ["memory", "one_thread", "two_threads"].map(|key| number(&rings[key]));
        vec![
            string(&rings["query"]),
            figure(memory),
            figure(one),
            figure(one / memory),
            figure(two),
            figure(two / memory),
        ]
    };
    *text += &table(&head, &list(&costs["rings"]).map(line).collect::<Vec<_>>());
}

/// From a record to its result.
pub(super) fn latency(text: &mut String, latency: &str) {
    let _ = write!(
        text,
        "\n## Latency\n\n\
         Through a ring between two threads that spin; each needs a core for itself, else the figures\n\
         are those of the system's scheduler.\n\n```text\n{}\n```\n",
        latency.trim_end()
    );
}

/// From SQL to a query.
pub(super) fn plans(text: &mut String, costs: &Value) {
    *text += "\n## Plans\n\nMicroseconds, for batches of 1,024 rows. Decoding verifies too.\n\n";
    let head = ["", "SQL to verified plan", "decode", "start", "bytes encoded", "bytes of state"];
    let line = |plan: &Value| {
        let [compiled, decoded, started] =
            ["compiled", "decoded", "started"].map(|key| figure(number(&plan[key])));
        let [bytes, arena] = ["bytes", "arena"].map(|key| count(&plan[key]));
        vec![string(&plan["query"]), compiled, decoded, started, bytes, arena]
    };
    *text += &table(&head, &list(&costs["plans"]).map(line).collect::<Vec<_>>());
}

/// Snapshots of state, and back.
pub(super) fn snapshots(text: &mut String, costs: &Value) {
    *text += "\n## Snapshots\n\n\
              Microseconds to seal a query's state and copy it, and to copy it back, check it and go on.\n\n";
    let head = ["", "groups", "bytes", "snapshot", "GB/s", "resume", "GB/s"];
    let line = |snapshot: &Value| {
        let [bytes, taken, resumed] =
            ["bytes", "taken", "resumed"].map(|key| number(&snapshot[key]));
        vec![
            string(&snapshot["query"]),
            count(&snapshot["groups"]),
            count(&snapshot["bytes"]),
            figure(taken),
            figure(bytes / taken / 1e3),
            figure(resumed),
            figure(bytes / resumed / 1e3),
        ]
    };
    *text += &table(&head, &list(&costs["snapshots"]).map(line).collect::<Vec<_>>());
}

/// The way from the design that is replaced.
pub(super) fn replaced(text: &mut String, replaced: &str) {
    let _ = write!(
        text,
        "\n## The design that this one replaces, step by step\n\n```text\n{}\n```\n",
        replaced.trim()
    );
}
