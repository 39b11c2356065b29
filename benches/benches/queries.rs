//! Q1 to Q5 over the first 4 million records of `S`, single-threaded, row-major, each beside the
//! hand-written loop.

#![allow(missing_docs)]

use std::hint::black_box;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use ringql_benches::data::{Reading, readings};
use ringql_benches::run::{CountingSink, arena, plan, run};
use ringql_benches::{hand, queries};

const ROWS: usize = 4_000_000;
const BATCHES: [u16; 3] = [1, 64, 1024];

fn ringql(group: &mut BenchmarkGroup<'_, WallTime>, sql: &str, rows: &[Reading]) {
    for batch_rows in BATCHES {
        // One record at a time is measured on fewer of them.
        let rows = if batch_rows == 1 { &rows[..ROWS / 16] } else { rows };
        let plan = plan(sql, batch_rows);
        let mut arena = arena(&plan);
        group.throughput(Throughput::Elements(rows.len() as u64));
        group.bench_function(format!("ringql, B = {batch_rows}"), |b| {
            b.iter(|| {
                let mut sink = CountingSink::default();
                let records = bytemuck::cast_slice(black_box(rows));
                run(&plan, &mut arena, records, size_of::<Reading>(), &mut sink);
                sink.rows
            });
        });
    }
    group.throughput(Throughput::Elements(ROWS as u64));
}

fn queries(c: &mut Criterion) {
    let rows = readings(ROWS);
    let mut group = c.benchmark_group("Q1");
    group.throughput(Throughput::Elements(ROWS as u64));
    let mut out = [hand::Q1Row::default(); 2048];
    group.bench_function("hand, plain", |b| {
        b.iter(|| hand::q1_plain(black_box(&rows), black_box(&mut out)));
    });
    group.bench_function("hand, branch-free", |b| {
        b.iter(|| hand::q1_branch_free(black_box(&rows), black_box(&mut out)));
    });
    ringql(&mut group, queries::Q1, &rows);
    group.finish();

    let mut group = c.benchmark_group("Q2");
    group.throughput(Throughput::Elements(ROWS as u64));
    group.bench_function("hand", |b| b.iter(|| hand::q2(black_box(&rows))));
    ringql(&mut group, queries::Q2, &rows);
    group.finish();

    let mut group = c.benchmark_group("Q3");
    group.throughput(Throughput::Elements(ROWS as u64));
    group.bench_function("hand, open addressing", |b| {
        b.iter(|| hand::q3(black_box(&rows), |row| _ = black_box(row)));
    });
    ringql(&mut group, queries::Q3, &rows);
    group.finish();

    let mut group = c.benchmark_group("Q4");
    group.throughput(Throughput::Elements(ROWS as u64));
    group.bench_function("hand, open addressing", |b| {
        b.iter(|| hand::q4(black_box(&rows), |row| _ = black_box(row)));
    });
    ringql(&mut group, queries::Q4, &rows);
    group.finish();

    let mut group = c.benchmark_group("Q5");
    group.throughput(Throughput::Elements(ROWS as u64));
    group.bench_function("hand, panes", |b| {
        b.iter(|| hand::q5(black_box(&rows), |row| _ = black_box(row)));
    });
    ringql(&mut group, queries::Q5, &rows);
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3));
    targets = queries
}
criterion_main!(benches);
