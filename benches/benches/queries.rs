//! The reference queries, each beside the hand-written loop: Q1 to Q5 over `S`, V0 to V3 over
//! trades; row-major and columnar, from memory, through one thread's rings and through a ring
//! between two threads, in batches of 1 to 8,192 rows.
//!
//!     cargo bench -p ringql-benches --bench queries [-- 'Q4/ring']
//!
//! Every way of running a query gives its rows once and is compared with the loop's before anything
//! is measured.

#![allow(missing_docs)]

use std::hint::black_box;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use ringql_benches::check::{self, Row};
use ringql_benches::columns::Columns;
use ringql_benches::data::{Reading, readings};
use ringql_benches::hand_trades::{self as trades_by_hand, TradeRow};
use ringql_benches::rings::{one_thread, two_threads};
use ringql_benches::run::{CollectingSink, CountingSink, arena, plan_over, run, run_from};
use ringql_benches::trades::{Trade, TradeColumns, trades};
use ringql_benches::{hand, hand_columns, queries};
use ringql_core::batch::ColumnValues;
use ringql_core::ring::ColumnSource;
use ringql_core::sql::OwnedPlan;
use ringql_runtime::Arena;

const ROWS: usize = 1_000_000;
/// Rows of which the results are compared.
const CHECKED: usize = 20_000;
const BATCHES: [u16; 6] = [1, 8, 64, 512, 1024, 8192];

/// How records come and results go.
#[derive(Clone, Copy)]
enum Way {
    RowMajor,
    Columnar,
    OneThread,
    TwoThreads,
}

const WAYS: [(&str, Way); 4] = [
    ("row-major", Way::RowMajor),
    ("columnar", Way::Columnar),
    ("ring, one thread", Way::OneThread),
    ("ring, two threads", Way::TwoThreads),
];

/// Rows in both forms.
struct Input<'r> {
    stream: &'r str,
    records: &'r [u8],
    record_size: usize,
    columns: &'r [ColumnValues<'r>],
}

impl Input<'_> {
    /// Its first rows, fewer for small batches: those take longer a row.
    fn records(&self, rows: usize) -> &[u8] {
        &self.records[..rows * self.record_size]
    }

    fn count(&self, way: Way, plan: &OwnedPlan, arena: &mut Arena, rows: usize) -> usize {
        let records = black_box(self.records(rows));
        let mut sink = CountingSink::default();
        match way {
            Way::RowMajor => _ = run(plan, arena, records, self.record_size, &mut sink),
            Way::Columnar => {
                let source = ColumnSource::new(black_box(self.columns), rows);
                run_from(plan, arena, source, &mut sink);
            }
            Way::OneThread => {
                let drain = |results: &[u8]| _ = black_box(results);
                return one_thread(plan, arena, records, self.record_size, drain);
            }
            Way::TwoThreads => two_threads(plan, arena, records, self.record_size, &mut sink),
        }
        sink.rows
    }

    fn collect(&self, way: Way, plan: &OwnedPlan, arena: &mut Arena) -> Vec<Row> {
        let records = self.records(CHECKED);
        let mut sink = CollectingSink::default();
        match way {
            Way::RowMajor => _ = run(plan, arena, records, self.record_size, &mut sink),
            Way::Columnar => {
                run_from(plan, arena, ColumnSource::new(self.columns, CHECKED), &mut sink);
            }
            Way::OneThread => {
                let drain = |results: &[u8]| sink.records.extend(results);
                one_thread(plan, arena, records, self.record_size, drain);
            }
            Way::TwoThreads => two_threads(plan, arena, records, self.record_size, &mut sink),
        }
        check::decode(&plan.plan(), &sink.records)
    }
}

/// RingQL in all ways and batch sizes, over `most` rows at most; `fit` brings its rows and the loop's to what both have.
fn ringql(
    group: &mut BenchmarkGroup<'_, WallTime>,
    (name, sql): (&str, &str),
    input: &Input<'_>,
    most: usize,
    expected: &[Row],
    fit: impl Fn(Vec<Row>) -> Vec<Row>,
) {
    for (way_name, way) in WAYS {
        for batch_rows in BATCHES {
            let rows = match batch_rows {
                1 => ROWS / 16,
                8 => ROWS / 4,
                _ => ROWS,
            };
            let rows = rows.min(most);
            let plan = plan_over(input.stream, sql, batch_rows);
            let mut arena = arena(&plan);
            let mut is_checked = false;
            group.throughput(Throughput::Elements(rows as u64));
            group.bench_function(format!("{way_name}, B = {batch_rows}"), |b| {
                // Here, so that what a filter leaves out is not run.
                if !is_checked {
                    let found = fit(input.collect(way, &plan, &mut arena));
                    check::same(name, found, expected.to_vec());
                    is_checked = true;
                }
                b.iter(|| input.count(way, &plan, &mut arena, rows));
            });
        }
    }
}

fn over_readings(c: &mut Criterion) {
    let rows = readings(ROWS);
    let columns = Columns::from(&rows[..]);
    let input = Input {
        stream: queries::STREAM,
        records: bytemuck::cast_slice(&rows),
        record_size: size_of::<Reading>(),
        columns: &columns.values(),
    };
    let mut out = [hand::Q1Row::default(); 2048];
    check_columns(&Columns::from(&rows[..CHECKED]), &rows[..CHECKED]);
    for (name, sql) in queries::ALL {
        let mut group = c.benchmark_group(name);
        group.throughput(Throughput::Elements(ROWS as u64));
        group.bench_function("by hand, row-major", |b| match name {
            "Q1" => b.iter(|| hand::q1_branch_free(black_box(&rows), black_box(&mut out))),
            "Q2" => b.iter(|| _ = black_box(hand::q2(black_box(&rows)))),
            "Q3" => b.iter(|| hand::q3(black_box(&rows), |row| _ = black_box(row))),
            "Q4" => b.iter(|| hand::q4(black_box(&rows), |row| _ = black_box(row))),
            _ => b.iter(|| hand::q5(black_box(&rows), |row| _ = black_box(row))),
        });
        if name == "Q1" {
            group.bench_function("by hand, row-major, with branches", |b| {
                b.iter(|| hand::q1_plain(black_box(&rows), black_box(&mut out)));
            });
        }
        group.bench_function("by hand, columnar", |b| match name {
            "Q1" => b.iter(|| hand_columns::q1(black_box(&columns), black_box(&mut out))),
            "Q2" => b.iter(|| _ = black_box(hand_columns::q2(black_box(&columns)))),
            "Q3" => b.iter(|| hand_columns::q3(black_box(&columns), |row| _ = black_box(row))),
            "Q4" => b.iter(|| hand_columns::q4(black_box(&columns), |row| _ = black_box(row))),
            _ => b.iter(|| hand_columns::q5(black_box(&columns), |row| _ = black_box(row))),
        });
        let expected = check::by_hand(name, &rows[..CHECKED]);
        ringql(&mut group, (name, sql), &input, ROWS, &expected, |found| found);
        group.finish();
    }
}

/// Compares the loops over columns with those over rows.
fn check_columns(columns: &Columns, rows: &[Reading]) {
    let all = |name: &str, found: Vec<Row>| check::same(name, found, check::by_hand(name, rows));
    let mut out = [hand::Q1Row::default(); 2048];
    let passing = check::by_hand("Q1", rows).len();
    assert_eq!(hand_columns::q1(columns, &mut out), passing, "Q1");
    all("Q2", vec![hand_columns::q2(columns).into()]);
    let mut found = Vec::new();
    hand_columns::q3(columns, |row| found.push(Row::from(row)[1..].to_vec()));
    all("Q3", found);
    let mut found = Vec::new();
    hand_columns::q4(columns, |row| found.push(row.into()));
    all("Q4", found);
    let mut found = Vec::new();
    hand_columns::q5(columns, |row| found.push(row.into()));
    all("Q5", found);
}

fn over_trades(c: &mut Criterion) {
    let rows = trades(ROWS);
    let columns = TradeColumns::from(&rows[..]);
    let input = Input {
        stream: queries::TRADES,
        records: bytemuck::cast_slice(&rows),
        record_size: size_of::<Trade>(),
        columns: &columns.values(),
    };
    let all = [
        ("V0", queries::V0, ROWS),
        ("V1", queries::V1, ROWS),
        ("V2", queries::V2, ROWS / 40),
        ("V3", queries::V3, ROWS / 4),
        ("V3 with changes", queries::V3_CHANGES, ROWS / 20),
    ];
    for (name, sql, most) in all {
        let mut group = c.benchmark_group(name);
        group.throughput(Throughput::Elements(ROWS as u64));
        let mut out = vec![TradeRow::default(); 2048];
        group.bench_function("by hand, row-major", |b| {
            let mut at = 0;
            let mut write = |row| {
                out[at % 2048] = row;
                at += 1;
            };
            let rows = black_box(&rows[..]);
            match name {
                "V0" => b.iter(|| trades_by_hand::v0(rows, &mut write)),
                "V1" => b.iter(|| trades_by_hand::v1(rows, &mut write)),
                "V2" => b.iter(|| trades_by_hand::v2(rows, |row| _ = black_box(row))),
                "V3" => b.iter(|| trades_by_hand::v3(rows, false, |row| _ = black_box(row))),
                _ => b.iter(|| trades_by_hand::v3(rows, true, |row| _ = black_box(row))),
            }
        });
        let expected = check::trades_by_hand(&name[..2], &rows[..CHECKED]);
        ringql(&mut group, (name, sql), &input, most, &expected, |found| match name {
            // Windows that the input's end cut short leave too.
            "V2" => found.into_iter().filter(is_within).collect(),
            "V3 with changes" => check::last_of_each(found, 3),
            _ => found,
        });
        group.finish();
    }
}

fn is_within(row: &Row) -> bool {
    matches!(row[0], check::Cell::Int(end) if end <= CHECKED as i64)
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(10)
        .nresamples(1_000)
        .without_plots()
        .warm_up_time(Duration::from_millis(30))
        .measurement_time(Duration::from_millis(150));
    targets = over_readings, over_trades
}
criterion_main!(benches);
