//! From SQL to a running query, and back to bytes: what starting and sending one costs.
//!
//!     cargo bench -p ringql-benches --bench plans

#![allow(missing_docs)]

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use ringql_benches::data::{Reading, readings};
use ringql_benches::run::{CollectingSink, arena, plan, run};
use ringql_benches::{check, queries};
use ringql_core::function::ALL as FUNCTIONS;
use ringql_core::plan::verify::verify;
use ringql_core::plan::wire::{self, HostPlan, SmallPlan};
use ringql_core::query::Query;
use ringql_core::sql::{Options, compile};

const BATCH_ROWS: u16 = 1024;
/// Rows of which the results are compared.
const CHECKED: usize = 20_000;

fn plans(c: &mut Criterion) {
    let rows = readings(CHECKED);
    for (name, sql) in queries::ALL {
        let plan = plan(sql, BATCH_ROWS);
        let bytes = wire::to_vec(&plan.plan()).expect("a plan that can be written");
        let mut tables = Box::new(HostPlan::new());
        let decoded = tables.load(&bytes, &FUNCTIONS).expect("a plan that can be read");
        assert_eq!(decoded, plan.plan(), "{name}");
        let (mut arena, mut sink) = (arena(&plan), CollectingSink::default());
        run(&plan, &mut arena, bytemuck::cast_slice(&rows), size_of::<Reading>(), &mut sink);
        let found = check::decode(&decoded, &sink.records);
        check::same(name, found, check::by_hand(name, &rows));

        let mut group = c.benchmark_group(format!("plan of {name}"));
        let text = format!("{}{sql}", queries::STREAM);
        let options = Options { batch_rows: BATCH_ROWS, ..Options::default() };
        group.bench_function("SQL to verified plan", |b| {
            b.iter(|| {
                let program = compile(black_box(&text), &options).expect("SQL");
                verify(&program.queries[0].plan(), &FUNCTIONS).expect("a valid plan");
                program
            });
        });
        group.bench_function("verify", |b| {
            b.iter(|| verify(black_box(&plan.plan()), &FUNCTIONS));
        });
        let mut buffer = vec![0; bytes.len()];
        group.bench_function("encode", |b| {
            b.iter(|| wire::encode(black_box(&plan.plan()), &mut buffer));
        });
        group.bench_function("decode and verify, tables of a host", |b| {
            b.iter(|| tables.load(black_box(&bytes), &FUNCTIONS).map(|plan| plan.batch_rows));
        });
        let mut small = Box::new(SmallPlan::new());
        group.bench_function("decode and verify, tables of a device", |b| {
            b.iter(|| small.load(black_box(&bytes), &FUNCTIONS).map(|plan| plan.batch_rows));
        });
        let plan = plan.plan();
        group.bench_function("start", |b| {
            b.iter(|| Query::new(black_box(&plan), arena.bytes()).is_ok());
        });
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(10)
        .nresamples(1_000)
        .without_plots()
        .warm_up_time(Duration::from_millis(30))
        .measurement_time(Duration::from_millis(150));
    targets = plans
}
criterion_main!(benches);
