//! Kernels one by one: 96 of a kind over a batch of 1,024 values, beside 96 passes of plain Rust
//! loops over the same values. (So many, that loading the two columns and the filter behind hardly
//! count; they count for RingQL alone.) At the end all ratios in a table, of medians of this run.
//!
//! INTEGER arithmetic stands beside two loops. The *checked loop* does what SQL asks:
//! `checked_add`, and a row that overflows becomes NULL and is counted. The *wrapping loop* does
//! not. Plain loops have the SIMD that the build assumes (SSE2 on x86-64), the kernels what the
//! processor has (core's feature `simd`).

#![allow(missing_docs)]

use std::fmt::Write;
use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput};
use ringql_benches::run::CountingSink;
use ringql_core::query::Query;
use ringql_core::ring::RecordSource;
use ringql_core::sql::{Options, compile};
use ringql_runtime::Arena;

const ROWS: usize = 1024;
const KERNELS: usize = 96;
/// Criterion's samples of each loop.
const SAMPLES: usize = 20;

/// Measures, and remembers for the table.
struct Bench {
    criterion: Criterion,
    /// What was measured, by which loop, its median in nanoseconds.
    medians: Vec<(String, &'static str, f64)>,
}

impl Bench {
    fn time<R>(&mut self, what: &str, by: &'static str, mut once: impl FnMut() -> R) {
        let mut samples = Vec::new();
        let mut group = self.criterion.benchmark_group(what);
        group.throughput(Throughput::Elements((ROWS * KERNELS) as u64));
        group.bench_function(by, |b| {
            b.iter_custom(|times| {
                let start = Instant::now();
                for _ in 0..times {
                    black_box(once());
                }
                let took = start.elapsed();
                samples.push(took.as_nanos() as f64 / times as f64);
                took
            });
        });
        group.finish();
        // What comes before the samples warms up. (No samples: a filter left this out.)
        let mut samples = samples.split_off(samples.len().saturating_sub(SAMPLES));
        samples.sort_by(f64::total_cmp);
        if let Some(median) = samples.get(samples.len() / 2) {
            self.medians.push((what.into(), by, *median));
        }
    }

    /// RingQL's side: one poll is one batch.
    fn ringql(&mut self, what: &str, sql_type: &str, records: &[u8], predicate: &str) {
        let sql = format!(
            "CREATE STREAM s (a {sql_type} NOT NULL, b {sql_type} NOT NULL);
             SELECT a FROM s WHERE {predicate}"
        );
        let options = Options { batch_rows: ROWS as u16, ..Options::default() };
        let program = compile(&sql, &options).unwrap_or_else(|e| panic!("{e}"));
        let plan = program.queries[0].plan();
        let mut arena = Arena::new(&plan).expect("memory");
        let mut query = Query::new(&plan, arena.bytes()).expect("a plan");
        let mut sink = CountingSink::default();
        self.time(what, "RingQL", || {
            let mut source = RecordSource::new(black_box(records), 8);
            query.poll(&mut source, &mut sink).expect("no error").rows_in
        });
        assert_eq!(sink.rows, 0);
    }

    fn table(&self) {
        println!(
            "\n{:<14}{:>8}  nanoseconds a kernel; RingQL's are times the loop's",
            "", "RingQL"
        );
        for (what, _, ringql) in self.medians.iter().filter(|(_, by, _)| *by == "RingQL") {
            print!("{what:<14}{:>8.0}", ringql / KERNELS as f64);
            for (_, by, median) in
                self.medians.iter().filter(|(w, by, _)| w == what && *by != "RingQL")
            {
                print!("  {:.2} x {by} ({:.0})", ringql / median, median / KERNELS as f64);
            }
            println!();
        }
    }
}

/// `a OP b OP a OP b ...` and `b OP a OP b OP a ...`: a kernel for each OP. (Two, because SQL is
/// not nested deeper.)
fn chains(op: &str) -> String {
    let chain = |names: [&str; 2]| {
        let mut sql = String::from(names[0]);
        for i in 1..=KERNELS / 2 {
            write!(sql, " {op} {}", names[i % 2]).unwrap();
        }
        format!("{sql} < -100000000")
    };
    format!("{} OR {}", chain(["a", "b"]), chain(["b", "a"]))
}

/// `- - - a`, the same of b.
fn negations() -> String {
    let signs = "- ".repeat(KERNELS / 2);
    format!("{signs}a < -100000000 OR {signs}b < -100000000")
}

/// Comparisons with constants, joined by OR: 16 words a batch each.
fn comparisons(op: &str) -> String {
    let all: Vec<_> = (0..KERNELS).map(|i| format!("a {op} {}", -1_000_000 - i as i64)).collect();
    let halves: Vec<_> =
        all.chunks(KERNELS / 2).map(|half| format!("({})", half.join(" OR "))).collect();
    halves.join(" OR ")
}

/// CASE of a comparison, added up: a third of the kernels each (a choice is two instructions).
fn cases() -> String {
    let all: Vec<_> =
        (0..KERNELS / 3).map(|i| format!("CASE WHEN a < {i} THEN a ELSE b END")).collect();
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

/// A pass that makes rows NULL where `f` fails, and counts them.
#[inline(never)]
fn checked(
    dst: &mut [i32],
    validity: &mut [u64],
    failed: &mut u64,
    a: &[i32],
    b: &[i32],
    f: impl Fn(i32, i32) -> Option<i32>,
) {
    let words = dst.chunks_mut(64).zip(a.chunks(64)).zip(b.chunks(64)).zip(validity);
    for (((dst, a), b), valid) in words {
        for (row, ((d, a), b)) in dst.iter_mut().zip(a).zip(b).enumerate() {
            match f(*a, *b) {
                Some(value) => *d = value,
                None => {
                    *failed += *valid >> row & 1;
                    *valid &= !(1 << row);
                }
            }
        }
    }
}

/// Two columns, and records of them.
fn columns<T: Copy, const N: usize>(
    value: impl Fn(usize) -> (T, T),
    bytes: impl Fn(T) -> [u8; N],
) -> (Vec<T>, Vec<T>, Vec<u8>) {
    let (a, b): (Vec<T>, Vec<T>) = (0..ROWS).map(value).unzip();
    let records = a.iter().zip(&b).flat_map(|(a, b)| [bytes(*a), bytes(*b)]).flatten().collect();
    (a, b, records)
}

/// 1 and -1: whatever the arithmetic, 96 of it stay in range.
fn signs(row: usize) -> (i8, i8) {
    (if row % 7 < 3 { -1 } else { 1 }, if row % 5 < 2 { -1 } else { 1 })
}

macro_rules! benches {
    ($name:ident $t:ident, $sql:literal, $module:ident, $plain:literal, $([$op:literal $f:expr $(, $checked:expr)?]),*) => {
        fn $name(c: &mut Bench) {
            let both = |(a, b): (i8, i8)| (<$t>::from(a), <$t>::from(b));
            let (a, b, records) = columns(|row| both(signs(row)), <$t>::to_le_bytes);
            let mut dst = a.clone();
            $({
                let what = format!("{} {}", $sql, $op);
                let mut from = a.clone();
                c.time(&what, $plain, || {
                    from.copy_from_slice(black_box(&a));
                    for _ in 0..KERNELS / 2 {
                        $module::map(&mut dst, &from, black_box(&b), $f);
                        $module::map(&mut from, &dst, black_box(&b), $f);
                    }
                    black_box(&mut from);
                });
                $({
                    let (mut validity, mut failed) = ([0; ROWS / 64], 0);
                    c.time(&what, "checked loop", || {
                        from.copy_from_slice(black_box(&a));
                        validity.fill(u64::MAX);
                        for _ in 0..KERNELS / 2 {
                            checked(&mut dst, &mut validity, &mut failed, &from, black_box(&b), $checked);
                            checked(&mut from, &mut validity, &mut failed, &dst, black_box(&b), $checked);
                        }
                        black_box(&mut from);
                    });
                    assert_eq!(failed, 0);
                })?
                let predicate = if $op == "negation" { negations() } else { chains($op) };
                c.ringql(&what, $sql, &records, &predicate);
            })*
            // More than the CASEs, so that each chooses both.
            let small = |row: usize| both(((row % 37) as i8 - 2, (row % 5) as i8));
            let (a, b, records) = columns(small, <$t>::to_le_bytes);
            let (mut mask, mut chosen) = ([false; ROWS], a.clone());
            let what = format!("{} <", $sql);
            c.time(&what, "plain loop", || {
                for i in 0..KERNELS {
                    $module::test(&mut mask, black_box(&a), |x| x < -(i as $t));
                    black_box(&mut mask);
                }
            });
            c.ringql(&what, $sql, &records, &comparisons("<"));
            let what = format!("{} CASE", $sql);
            let mut sum = a.clone();
            c.time(&what, "plain loop", || {
                sum.fill(<$t>::default());
                for i in 0..KERNELS / 3 {
                    $module::test(&mut mask, black_box(&a), |x| x < (i as $t));
                    $module::choose(&mut chosen, black_box(&mask), &a, &b);
                    $module::map(&mut dst, &sum, black_box(&chosen), |x, y| x + y);
                    std::mem::swap(&mut sum, &mut dst);
                }
                black_box(&mut sum);
            });
            c.ringql(&what, $sql, &records, &cases());
        }
    };
}

benches!(
    reals f32, "REAL", real, "plain loop",
    ["+" |a, b| a + b],
    ["-" |a, b| a - b],
    ["*" |a, b| a * b],
    ["/" |a, b| a / b],
    ["%" |a, b| a % b],
    ["negation" |a, _| -a]
);
benches!(
    integers i32, "INTEGER", integer, "wrapping loop",
    ["+" |a, b| a.wrapping_add(b), |a, b| a.checked_add(b)],
    ["-" |a, b| a.wrapping_sub(b), |a, b| a.checked_sub(b)],
    ["*" |a, b| a.wrapping_mul(b), |a, b| a.checked_mul(b)],
    ["%" |a, b| a.wrapping_rem(b), |a, b| a.checked_rem(b)],
    ["negation" |a, _| a.wrapping_neg(), |a, _| a.checked_neg()]
);

fn main() {
    let criterion = Criterion::default()
        .sample_size(SAMPLES)
        .nresamples(10_000)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    let mut bench = Bench { criterion, medians: Vec::new() };
    reals(&mut bench);
    integers(&mut bench);
    bench.table();
    bench.criterion.final_summary();
}
