//! Aggregates one by one over the temperatures of `S`: all together, and by device; the simple ones
//! beside loops over the same columns.
//!
//!     cargo bench -p ringql-benches --bench aggregates

#![allow(missing_docs)]

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ringql_benches::columns::Columns;
use ringql_benches::data::{DEVICES, readings};
use ringql_benches::measure::columnar;

/// What a core's own caches hold.
const ROWS: usize = 65_536;

const AGGREGATES: [&str; 12] = [
    "COUNT(temp)",
    "SUM(temp)",
    "AVG(temp)",
    "MIN(temp)",
    "MAX(temp)",
    "STDDEV(temp)",
    "FIRST(temp)",
    "LAST(temp)",
    "ARG_MAX(humidity, temp)",
    "COUNT(DISTINCT status)",
    "APPROX_COUNT_DISTINCT(temp)",
    "APPROX_QUANTILE(temp, 0.9)",
];

/// A state of a loop, from what it is at first and each value.
type Fold = (&'static str, f64, fn(f64, f32) -> f64);

const BY_HAND: [Fold; 4] = [
    ("COUNT(temp)", 0.0, |count, _| count + 1.0),
    ("SUM(temp)", 0.0, |sum, temp| sum + f64::from(temp)),
    ("MIN(temp)", f64::INFINITY, |min, temp| min.min(f64::from(temp))),
    ("MAX(temp)", f64::NEG_INFINITY, |max, temp| max.max(f64::from(temp))),
];

fn aggregates(c: &mut Criterion) {
    let columns = Columns::from(&*readings(ROWS));
    for aggregate in AGGREGATES {
        let mut group = c.benchmark_group(aggregate);
        group.throughput(Throughput::Elements(ROWS as u64));
        let all = format!("SELECT {aggregate} FROM s");
        group.bench_function("all", |b| b.iter(columnar(&all, 1024, &columns)));
        let by_device = format!("SELECT device, {aggregate} FROM s GROUP BY device");
        group.bench_function("by device", |b| b.iter(columnar(&by_device, 1024, &columns)));
        if let Some((_, first, fold)) = BY_HAND.into_iter().find(|(name, ..)| *name == aggregate) {
            group.bench_function("all, by hand", |b| {
                b.iter(|| black_box(&columns.temp).iter().fold(first, |state, t| fold(state, *t)));
            });
            group.bench_function("by device, by hand", |b| {
                let mut states = vec![first; DEVICES as usize];
                b.iter(|| {
                    for (device, temp) in black_box(&columns.device).iter().zip(&columns.temp) {
                        let state = &mut states[*device as usize];
                        *state = fold(*state, *temp);
                    }
                });
            });
        }
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(10)
        .nresamples(1_000)
        .without_plots()
        .warm_up_time(Duration::from_millis(50))
        .measurement_time(Duration::from_millis(200));
    targets = aggregates
}
criterion_main!(benches);
