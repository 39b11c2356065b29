//! Kernels one by one: 32 of a kind over a batch of 1,024 values, beside 32 passes of a plain Rust
//! loop over the same values. (So many, that loading the two columns and the filter behind hardly
//! count; the kernels keep NULLs, and for integers overflow, which the plain loops don't.)

#![allow(missing_docs)]

use std::fmt::Write;
use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ringql_benches::run::CountingSink;
use ringql_core::query::Query;
use ringql_core::ring::RecordSource;
use ringql_core::sql::{Options, compile};

const ROWS: usize = 1024;
const KERNELS: usize = 32;

/// `a OP b OP a OP b ...`: a kernel each.
fn chain(op: &str) -> String {
    let mut sql = String::from("a");
    for i in 0..KERNELS {
        write!(sql, " {op} {}", if i % 2 == 0 { "b" } else { "a" }).unwrap();
    }
    format!("({sql}) < -100000000")
}

/// Comparisons with constants, joined by OR: 16 words a batch each.
fn comparisons(op: &str) -> String {
    let all: Vec<_> = (0..KERNELS).map(|i| format!("a {op} {}", -1_000_000 - i as i64)).collect();
    all.join(" OR ")
}

/// CASE of a comparison, added up: three kernels and an addition each.
fn cases() -> String {
    let all: Vec<_> =
        (0..KERNELS / 4).map(|i| format!("CASE WHEN a < {i} THEN a ELSE b END")).collect();
    format!("{} < -100000000", all.join(" + "))
}

macro_rules! plain {
    ($name:ident $t:ty) => {
        mod $name {
            /// A pass that writes a value per row.
            #[inline(never)]
            pub(crate) fn map(dst: &mut [$t], a: &[$t], b: &[$t], f: impl Fn($t, $t) -> $t) {
                for ((d, a), b) in dst.iter_mut().zip(a).zip(b) {
                    *d = f(*a, *b);
                }
            }

            /// A pass that writes a truth value per row.
            #[inline(never)]
            pub(crate) fn test(dst: &mut [bool], a: &[$t], f: impl Fn($t) -> bool) {
                for (d, a) in dst.iter_mut().zip(a) {
                    *d = f(*a);
                }
            }

            /// A pass that chooses.
            #[inline(never)]
            pub(crate) fn choose(dst: &mut [$t], c: &[bool], a: &[$t], b: &[$t]) {
                for (((d, c), a), b) in dst.iter_mut().zip(c).zip(a).zip(b) {
                    *d = if *c { *a } else { *b };
                }
            }
        }
    };
}
plain!(real f32);
plain!(integer i32);

/// RingQL's side: one poll is one batch.
fn ringql(c: &mut Criterion, group: &str, sql_type: &str, records: &[u8], predicate: &str) {
    let sql = format!(
        "CREATE STREAM s (a {sql_type} NOT NULL, b {sql_type} NOT NULL);
         SELECT a FROM s WHERE {predicate}"
    );
    let options = Options { batch_rows: ROWS as u16, ..Options::default() };
    let program = compile(&sql, &options).unwrap_or_else(|e| panic!("{e}"));
    let plan = program.queries[0].plan();
    let mut arena = vec![0u64; plan.arena_bytes().div_ceil(8)];
    let mut query = Query::new(&plan, bytemuck::cast_slice_mut(&mut arena)).expect("a plan");
    let mut sink = CountingSink::default();
    let mut group = c.benchmark_group(group);
    group.throughput(Throughput::Elements((ROWS * KERNELS) as u64));
    group.bench_function("ringql", |b| {
        b.iter(|| {
            let mut source = RecordSource::new(black_box(records), 8);
            query.poll(&mut source, &mut sink).expect("no error").rows_in
        });
    });
    assert_eq!(sink.rows, 0);
    group.finish();
}

macro_rules! benches {
    ($name:ident $t:ty, $sql:literal, $module:ident, $($op:literal $f:expr),*) => {
        fn $name(c: &mut Criterion) {
            let a: Vec<$t> = (0..ROWS).map(|i| (i % 7) as $t).collect();
            let b: Vec<$t> = (0..ROWS).map(|i| (i % 5) as $t + (1 as $t)).collect();
            let mut records = Vec::new();
            for (a, b) in a.iter().zip(&b) {
                records.extend_from_slice(&a.to_le_bytes());
                records.extend_from_slice(&b.to_le_bytes());
            }
            let plain = |c: &mut Criterion, group: &str, f: &mut dyn FnMut(&mut [$t], &[$t], &[$t])| {
                let mut group = c.benchmark_group(group);
                group.throughput(Throughput::Elements((ROWS * KERNELS) as u64));
                let mut dst = a.clone();
                group.bench_function("plain loop", |bench| {
                    bench.iter(|| f(black_box(&mut dst), black_box(&a), black_box(&b)));
                });
                group.finish();
            };
            $({
                let group = format!("{} {}", $sql, $op);
                plain(c, &group, &mut |dst, a, b| {
                    let mut from = a.to_vec();
                    for _ in 0..KERNELS / 2 {
                        $module::map(dst, &from, b, $f);
                        $module::map(&mut from, dst, b, $f);
                    }
                    black_box(&mut from);
                });
                ringql(c, &group, $sql, &records, &chain($op));
            })*
            let group = format!("{} <", $sql);
            plain(c, &group, &mut |_, a, _| {
                let mut mask = [false; ROWS];
                for i in 0..KERNELS {
                    $module::test(&mut mask, black_box(a), |x| x < -(i as $t));
                    black_box(&mut mask);
                }
            });
            ringql(c, &group, $sql, &records, &comparisons("<"));
            let group = format!("{} CASE", $sql);
            plain(c, &group, &mut |dst, a, b| {
                let (mut mask, mut chosen) = ([false; ROWS], [<$t>::default(); ROWS]);
                let mut sum = vec![<$t>::default(); ROWS];
                for i in 0..KERNELS / 4 {
                    $module::test(&mut mask, black_box(a), |x| x < (i as $t));
                    $module::choose(&mut chosen, &mask, a, b);
                    $module::map(dst, &sum, &chosen, |x, y| x + y);
                    sum.swap_with_slice(dst);
                }
            });
            ringql(c, &group, $sql, &records, &cases());
        }
    };
}

benches!(reals f32, "REAL", real, "+" |a, b| a + b, "-" |a, b| a - b, "*" |a, b| a * b, "/" |a, b| a / b);
benches!(integers i32, "INTEGER", integer, "+" |a, b| a.wrapping_add(b), "-" |a, b| a.wrapping_sub(b));

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1));
    targets = reals, integers
}
criterion_main!(benches);
