//! What the report says besides rates of queries in memory, as JSON for `cargo xtask bench`: plans,
//! snapshots, rings, and one record at a time.
//!
//!     costs ROWS

use std::env;
use std::hint::black_box;

use ringql_benches::data::{Reading, readings};
use ringql_benches::measure::{in_turns, row_major};
use ringql_benches::queries;
use ringql_benches::rings::{one_thread, two_threads};
use ringql_benches::run::{CountingSink, arena, plan};
use ringql_benches::snapshots::{GROUPS, Paused, QUERIES};
use ringql_core::function::ALL as FUNCTIONS;
use ringql_core::plan::verify::verify;
use ringql_core::plan::wire::{self, HostPlan};
use ringql_core::query::Query;
use ringql_core::sql::{Options, compile};
use serde_json::{Value, json};

const BATCH_ROWS: u16 = 1024;
/// Records of a query that is stopped half way.
const PAUSED: usize = 400_000;

fn main() {
    let rows = env::args().nth(1).and_then(|rows| rows.parse().ok()).expect("costs ROWS");
    let rows = readings(rows);
    let found = json!({
        "rows": rows.len(),
        "plans": queries::ALL.iter().map(|(name, sql)| plans(name, sql)).collect::<Value>(),
        "snapshots": snapshots(&rows[..rows.len().min(PAUSED)]),
        "rings": queries::ALL.iter().map(|(name, sql)| rings(name, sql, &rows)).collect::<Value>(),
    });
    println!("{found:#}");
}

/// Microseconds from SQL to a query.
fn plans(name: &str, sql: &str) -> Value {
    let text = format!("{}{sql}", queries::STREAM);
    let options = Options { batch_rows: BATCH_ROWS, ..Options::default() };
    let owned = plan(sql, BATCH_ROWS);
    let plan = owned.plan();
    let bytes = wire::to_vec(&plan).expect("a plan that can be written");
    let mut tables = Box::new(HostPlan::new());
    let mut arena = arena(&owned);
    let [compiled, decoded, started] = in_turns([
        &mut || {
            let program = compile(black_box(&text), &options).expect("SQL");
            verify(&program.queries[0].plan(), &FUNCTIONS).expect("a valid plan");
            black_box(program);
        },
        &mut || _ = black_box(tables.load(black_box(&bytes), &FUNCTIONS)).expect("a valid plan"),
        &mut || _ = black_box(Query::new(black_box(&plan), arena.bytes())).expect("a valid plan"),
    ])
    .map(|seconds| seconds * 1e6);
    json!({
        "query": name,
        "bytes": bytes.len(),
        "arena": plan.arena_bytes(),
        "compiled": compiled,
        "decoded": decoded,
        "started": started,
    })
}

/// Microseconds that a snapshot takes, and the way back.
fn snapshots(rows: &[Reading]) -> Value {
    let each = QUERIES.iter().flat_map(|query| GROUPS.map(|groups| (query, groups)));
    let figures = each.map(|((name, sql), groups)| {
        let mut paused = Paused::new(sql, groups, rows);
        let [taken] = in_turns([&mut paused.snapshots()]);
        let [resumed] = in_turns([&mut paused.resumes()]);
        json!({
            "query": name,
            "groups": groups,
            "bytes": paused.bytes(),
            "taken": taken * 1e6,
            "resumed": resumed * 1e6,
        })
    });
    figures.collect()
}

/// Million records a second from memory, through one thread's rings, and from a ring that another
/// thread fills.
fn rings(name: &str, sql: &str, rows: &[Reading]) -> Value {
    let plan = plan(sql, BATCH_ROWS);
    let (mut one, mut two) = (arena(&plan), arena(&plan));
    let records: &[u8] = bytemuck::cast_slice(rows);
    let size = size_of::<Reading>();
    let seconds = in_turns([
        &mut row_major(sql, BATCH_ROWS, rows),
        &mut || _ = one_thread(&plan, &mut one, records, size, |results| _ = black_box(results)),
        &mut || two_threads(&plan, &mut two, records, size, &mut CountingSink::default()),
    ]);
    let [memory, one_thread, two_threads] = seconds.map(|s| rows.len() as f64 / s / 1e6);
    json!({
        "query": name,
        "memory": memory,
        "one_thread": one_thread,
        "two_threads": two_threads,
    })
}
