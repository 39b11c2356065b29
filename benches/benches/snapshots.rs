//! Snapshots of running queries, and queries that go on from them, by groups.
//!
//!     cargo bench -p ringql-benches --bench snapshots

#![allow(missing_docs)]

use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ringql_benches::data::readings;
use ringql_benches::snapshots::{GROUPS, Paused, QUERIES};

const ROWS: usize = 400_000;

fn snapshots(c: &mut Criterion) {
    let rows = readings(ROWS);
    for (name, sql) in QUERIES {
        for groups in GROUPS {
            let mut paused = Paused::new(sql, groups, &rows);
            let mut group = c.benchmark_group(format!("state of {name}, {groups} groups"));
            group.throughput(Throughput::Bytes(paused.bytes() as u64));
            group.bench_function("snapshot and copy", |b| b.iter(paused.snapshots()));
            group.bench_function("copy and resume", |b| b.iter(paused.resumes()));
            group.finish();
        }
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(10)
        .nresamples(1_000)
        .without_plots()
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(300));
    targets = snapshots
}
criterion_main!(benches);
