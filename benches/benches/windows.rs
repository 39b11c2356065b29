//! What windows cost a record: HOP by how many windows overlap, and each other kind beside TUMBLE.
//!
//!     cargo bench -p ringql-benches --bench windows
//!
//! After Criterion's own figures it prints tables of ratios, measured in turns, so that what else
//! the machine does hits all of them.

#![allow(missing_docs)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput};
use ringql_benches::data::{Random, Reading, START, readings};
use ringql_benches::queries::STREAM;
use ringql_benches::run::{CountingSink, arena, run};
use ringql_core::sql::{Options, OwnedPlan, compile};
use ringql_runtime::Arena;

const ROWS: usize = 2_000_000;
const TURNS: usize = 7;

/// A query and the rows that it reads.
struct Measured<'r> {
    name: String,
    rows: &'r [Reading],
    /// What the time is divided by: rows, or groups that were touched.
    units: usize,
    plan: OwnedPlan,
    arena: Arena,
}

impl<'r> Measured<'r> {
    /// `None`, and a line that says why, if the query can't be compiled.
    fn new(name: &str, sql: &str, rows: &'r [Reading], units: usize) -> Option<Self> {
        let program = compile(&format!("{STREAM}{sql}"), &Options::default());
        let program = program.map_err(|e| println!("{name} is left out: {}", e.message())).ok()?;
        let plan = program.queries.into_iter().next()?;
        let arena = arena(&plan);
        Some(Self { name: name.to_owned(), rows, units, plan, arena })
    }

    fn run(&mut self) -> usize {
        let mut sink = CountingSink::default();
        let records = bytemuck::cast_slice(black_box(self.rows));
        run(&self.plan, &mut self.arena, records, size_of::<Reading>(), &mut sink);
        sink.rows
    }
}

/// A group of Criterion, then a table of nanoseconds a unit and their ratios to the first.
fn measure(c: &mut Criterion, title: &str, all: Vec<Option<Measured<'_>>>) {
    let mut all: Vec<Measured<'_>> = all.into_iter().flatten().collect();
    let mut group = c.benchmark_group(title);
    for measured in &mut all {
        group.throughput(Throughput::Elements(measured.units as u64));
        group.bench_function(measured.name.clone(), |b| b.iter(|| measured.run()));
    }
    group.finish();
    let mut best = vec![f64::INFINITY; all.len()];
    for _ in 0..TURNS {
        for (measured, best) in all.iter_mut().zip(&mut best) {
            let start = Instant::now();
            black_box(measured.run());
            *best = best.min(start.elapsed().as_secs_f64());
        }
    }
    println!("\n{title}\n{:<44} {:>8} {:>8}", "", "ns", "ratio");
    let each = |(m, best): (&Measured<'_>, &f64)| best * 1e9 / m.units as f64;
    let figures: Vec<f64> = all.iter().zip(&best).map(each).collect();
    for (measured, figure) in all.iter().zip(&figures) {
        println!("{:<44} {figure:>8.2} {:>8.2}", measured.name, figure / figures[0]);
    }
    println!();
}

/// A hop of 100 ms, which is 100 records, and windows of up to 1,000 hops. At most 1.3.
fn hop(c: &mut Criterion, rows: &[Reading]) {
    for aggregates in ["AVG(temp)", "MIN(temp), MAX(temp)", "FIRST(temp), LAST(temp)"] {
        let all = [1, 10, 100, 1_000].map(|ratio| {
            let sql = format!(
                "SELECT window_start, {aggregates} FROM HOP(s, ts, INTERVAL '100' MILLISECOND,
                 INTERVAL '{}' MILLISECOND) GROUP BY window_start, window_end",
                100 * ratio
            );
            Measured::new(&format!("size / hop = {ratio}"), &sql, rows, rows.len())
        });
        measure(c, &format!("HOP, {aggregates}, a record"), all.into());
    }
}

fn kinds(c: &mut Criterion, rows: &[Reading]) {
    let of = |from: &str, rest: &str| {
        format!(
            "SELECT window_start, AVG(temp) AS t FROM {from} GROUP BY window_start, window_end{rest}"
        )
    };
    let queries = [
        ("TUMBLE, 1 s", of("TUMBLE(s, ts, INTERVAL '1' SECOND)", "")),
        (
            "CUMULATE, 10 steps of 1 s",
            of("CUMULATE(s, ts, INTERVAL '1' SECOND, INTERVAL '10' SECOND)", ""),
        ),
        ("SESSION, gap of 5 ms", of("SESSION(s, ts, INTERVAL '5' MILLISECOND)", "")),
        ("COUNT_WINDOW of 1,000", of("COUNT_WINDOW(s, 1000)", "")),
        ("COUNT_WINDOW of 1,000, every 100", of("COUNT_WINDOW(s, 1000, 100)", "")),
        ("TUMBLE, 1 s, 1,000 devices", of("TUMBLE(s, ts, INTERVAL '1' SECOND)", ", device")),
        (
            "SESSION, gap of 500 ms, 1,000 devices",
            of("SESSION(s, ts, INTERVAL '500' MILLISECOND)", ", device"),
        ),
    ];
    let all = queries.map(|(name, sql)| Measured::new(name, &sql, rows, rows.len()));
    measure(c, "Windows of each kind, a record", all.into());
}

/// Rows a millisecond apart: each second touches 1,000 of `keys` devices, others every time.
fn touching(keys: u32, seconds: u32) -> Vec<Reading> {
    let mut random = Random::new(7);
    let row = |i: u32| Reading {
        ts: START + i64::from(i) * 1_000,
        // Spread over the keys: neighbours in time are none in a table.
        device: (i % keys).wrapping_mul(7_919) % keys,
        temp: random.between(15.0, 35.0),
        humidity: 50.0,
        status: 0,
        padding: [0; 3],
    };
    (0..seconds * 1_000).map(row).collect()
}

/// 1,000 groups are touched from close to close, of as many or of a hundred times as many. What a
/// touched one costs must not depend on the others.
fn groups(c: &mut Criterion) {
    let (few, many) = (touching(1_000, 1_000), touching(100_000, 1_000));
    let changes = |capacity: u32| {
        format!(
            "SELECT window_start, device, COUNT(*), AVG(temp) FROM TUMBLE(s, ts, INTERVAL '1' DAY)
             GROUP BY window_start, window_end, device EMIT EVERY INTERVAL '1' SECOND
             SETTINGS max_groups = {capacity}"
        )
    };
    let all = [
        Measured::new("1,000 groups, all touched", &changes(1_000), &few, few.len()),
        Measured::new("100,000 groups, 1 % touched", &changes(100_000), &many, many.len()),
    ];
    measure(c, "Changes of groups in one window, a touched group", all.into());
    let windows = |capacity: u32| {
        format!(
            "SELECT window_start, device, COUNT(*), AVG(temp) FROM TUMBLE(s, ts, INTERVAL '1' SECOND)
             GROUP BY window_start, window_end, device SETTINGS max_groups = {capacity}"
        )
    };
    let all = [
        Measured::new("room for 1,000 groups, all used", &windows(1_000), &few, few.len()),
        Measured::new("room for 100,000 groups, 1 % used", &windows(100_000), &many, many.len()),
    ];
    measure(c, "Groups of windows that close, a touched group", all.into());
}

fn main() {
    let mut c = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    let rows = readings(ROWS);
    hop(&mut c, &rows);
    kinds(&mut c, &rows);
    groups(&mut c);
    c.final_summary();
}
