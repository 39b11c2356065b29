//! Plans that are known while a program is built: their queries give what the same plans give that come
//! at run time, to the byte, and link no way that a plan needs but is not said to use.
#![cfg(feature = "sql")]
// The types are named as the plans are.
#![allow(missing_docs, clippy::upper_case_acronyms)]

mod common;
#[allow(unreachable_pub)]
mod plans {
    include!("data/known/plans.rs");
}

use common::Random;
use common::run::records;
use common::sql::plan;
use ringql_core::counters::Counters;
use ringql_core::error::{RunError, StartError};
use ringql_core::function::{ALL, Function, Functions};
use ringql_core::plan::Plan;
use ringql_core::plan::op::{OutputId, StreamId};
use ringql_core::plan::source::plan_source;
use ringql_core::plan::uses::{Known, Uses};
use ringql_core::query::{Query, Stop};
use ringql_core::ring::{RecordSink, RecordSource};

const STREAM: &str = "CREATE STREAM s (ts TIMESTAMP NOT NULL, k INTEGER UNSIGNED NOT NULL, \
    b SMALLINT, f REAL NOT NULL, d DOUBLE, ok BOOLEAN, t VARCHAR(9), \
    c VARCHAR(3) NOT NULL, \
    WATERMARK FOR ts AS ts - INTERVAL '1' SECOND);";

macro_rules! known {
    ($($name:ident $text:literal;)*) => {
        /// Their names and what they are.
        const QUERIES: &[(&str, &str)] = &[$((stringify!($name), $text)),*];

        mod slow {
            $(pub(super) struct $name;

            impl super::Known for $name {
                const PLAN: super::Plan<'static> = super::plans::$name;
            })*
        }

        mod fast {
            $(pub(super) struct $name;

            impl super::Known for $name {
                const PLAN: super::Plan<'static> = super::plans::$name;
                const FAST: bool = true;
            })*
        }

        #[test]
        fn known_plans_give_what_others_give() {
            let mut wrong = Vec::new();
            $(
                wrong.extend(check::<slow::$name>(stringify!($name)));
                wrong.extend(check::<fast::$name>(stringify!($name)));
            )*
            assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        }
    };
}

known! {
    Q1 "SELECT k, f * 1.8 + 32 AS x FROM s WHERE f > 9.0 AND k <> 3";
    Q2 "SELECT COUNT(*) AS n, AVG(f) AS a, MIN(f) AS lo, MAX(d) AS hi FROM s WHERE k = 1";
    Q3 "SELECT k, COUNT(*) AS n, AVG(f) AS a, MAX(f) AS hi FROM s GROUP BY k
        SETTINGS max_groups = 200";
    Q4 "SELECT window_start, k, COUNT(*) AS n, AVG(f) AS a, MAX(f) AS hi
        FROM TUMBLE(s, ts, INTERVAL '1' SECOND) GROUP BY window_start, window_end, k
        SETTINGS max_groups = 200";
    VALUES "SELECT CASE t WHEN 'x' THEN 'y' ELSE COALESCE(t, 'none') END AS c, -b AS m,
        b * 7 - 2 AS i, d / f AS q, b % 3 AS r, NULLIF(k, 3) AS n, NOT ok AS o, f >= d AS g
        FROM s WHERE t IS NOT NULL OR b BETWEEN 2 AND 5";
    CASTS "SELECT CAST(d AS SMALLINT) AS a, CAST(ts AS VARCHAR(40)) AS c, CAST(t AS DOUBLE) AS e,
        CAST(ok AS INTEGER) AS g, CAST(k AS BOOLEAN) AS h, TRY_CAST(t AS INTEGER) AS i,
        CAST(d AS DECIMAL(9, 2)) AS m, CAST(ts AS DATE) AS n FROM s";
    CALLS "SELECT ABS(b) AS a, UPPER(t) AS u, SQRT(d) AS q, NOW() AS n,
        DATE_TRUNC('minute', ts) AS m FROM s WHERE t LIKE '%1%' OR f > 1";
    STOPS "SELECT CAST(t AS SMALLINT) AS a FROM s WHERE b > 7 SETTINGS on_error = 'stop'";
    TEXTS "SELECT t, ok, COUNT(*) AS n, SUM(b) AS s, MIN(t) AS lo FROM s GROUP BY t, ok
        HAVING COUNT(*) > 1 SETTINGS max_groups = 5, on_full = 'drop_new'";
    LABELS "SELECT window_start, c, COUNT(*) AS n, MIN(f) AS lo
        FROM TUMBLE(s, ts, INTERVAL '1' SECOND) GROUP BY window_start, window_end, c
        SETTINGS max_groups = 200";
    FLOATS "SELECT f, COUNT(*) AS n FROM s GROUP BY f SETTINGS max_groups = 200";
    HOP "SELECT window_start, k, AVG(f) AS a, MAX(b) AS hi
        FROM HOP(s, ts, INTERVAL '300' MILLISECOND, INTERVAL '2' SECOND)
        GROUP BY window_start, window_end, k SETTINGS max_groups = 200";
    CUMULATE "SELECT window_end, SUM(f) AS a, COUNT(b) AS n
        FROM CUMULATE(s, ts, INTERVAL '500' MILLISECOND, INTERVAL '3' SECOND)
        GROUP BY window_start, window_end";
    SESSION "SELECT window_start, window_end, k, COUNT(*) AS n, LAST(d) AS l
        FROM SESSION(s, ts, INTERVAL '400' MILLISECOND) GROUP BY window_start, window_end, k
        SETTINGS max_groups = 200, allowed_lateness = INTERVAL '1' SECOND";
    STATE "SELECT window_start, k, COUNT(*) AS n FROM STATE_WINDOW(s, d > 5, d < 0)
        GROUP BY window_start, window_end, k SETTINGS max_groups = 200";
    COUNTED "SELECT window_end, AVG(f) AS a, MIN(f) AS lo FROM COUNT_WINDOW(s, 10, 3)
        GROUP BY window_start, window_end";
    CHANGES "SELECT k, COUNT(*) AS n FROM s GROUP BY k EMIT CHANGES SETTINGS max_groups = 200";
    RETRACTS "SELECT window_start, k, COUNT(*) AS n FROM TUMBLE(s, ts, INTERVAL '2' SECOND)
        GROUP BY window_start, window_end, k EMIT FINAL WITH RETRACTIONS
        SETTINGS allowed_lateness = INTERVAL '3' SECOND, max_groups = 200";
    EVICTS "SELECT window_start, k, COUNT(*) AS n FROM TUMBLE(s, ts, INTERVAL '1' SECOND)
        GROUP BY window_start, window_end, k SETTINGS max_groups = 2, on_full = 'evict_oldest'";
    CLOSES "SELECT window_start, k, COUNT(*) AS n FROM TUMBLE(s, ts, INTERVAL '1' SECOND)
        GROUP BY window_start, window_end, k SETTINGS max_groups = 2, on_full = 'close_oldest'";
    FULL "SELECT k, COUNT(*) AS n FROM s GROUP BY k SETTINGS max_groups = 2";
    SORTED "SELECT window_end, k, SUM(f) AS a FROM TUMBLE(s, ts, INTERVAL '2' SECOND)
        GROUP BY window_start, window_end, k ORDER BY window_end, a DESC, k LIMIT 2
        SETTINGS max_groups = 200";
    NESTED "SELECT window_start, MAX(n) AS hi FROM TUMBLE((SELECT window_start AS w, window_time,
        COUNT(*) AS n FROM TUMBLE(s, ts, INTERVAL '1' SECOND) GROUP BY window_start, window_end,
        window_time), window_time, INTERVAL '5' SECOND) GROUP BY window_start, window_end";
    SKETCHES "SELECT k, MEDIAN(d) AS m, COUNT(DISTINCT b) AS c, APPROX_COUNT_DISTINCT(t) AS u,
        APPROX_QUANTILE(f, 0.5) AS q, STDDEV(d) AS s, CORR(d, f) AS r, BIT_XOR(b) AS x,
        STRING_AGG(t) AS l, HISTOGRAM(f, 0, 40, 4) AS h, ARG_MAX(t, d) AS a,
        SUM(d) FILTER (WHERE ok) AS w, BOOL_OR(ok) AS o, COUNT_IF(ok) AS i
        FROM s GROUP BY k SETTINGS max_groups = 20, max_values = 200";
}

/// What a run gives.
#[derive(PartialEq)]
struct Outcome {
    records: Vec<u8>,
    counters: Counters,
    /// Why it ended early.
    error: Option<RunError>,
}

/// What is wrong with a query, if anything is.
fn check<K: Known>(name: &str) -> Option<String> {
    for seed in 1..12 {
        let mut random = Random::new(seed);
        let schema = K::PLAN.input(StreamId(0));
        let rows = 1 + random.below(150);
        let records = records(&schema, rows, &mut random);
        let expected = run(&records, seed, |arena| Query::with_functions(&K::PLAN, ALL, arena));
        let found = run(&records, seed, |arena| Query::<K>::start(ALL, arena));
        if found != expected {
            let Outcome { records, counters, error } = found;
            let bytes = (records.len(), expected.records.len());
            return Some(format!(
                "{name} (fast: {}), seed {seed}: {bytes:?} bytes, {error:?} {counters:?} instead of \
                 {:?} {:?}",
                K::FAST,
                expected.error,
                expected.counters
            ));
        }
    }
    None
}

fn run<U: Uses>(
    records: &[u8],
    seed: u64,
    start: impl for<'s> FnOnce(&'s mut [u8]) -> Result<Query<'static, 's, U>, StartError>,
) -> Outcome {
    let mut arena = vec![u64::MAX; 1 << 20];
    let mut query = start(bytemuck::cast_slice_mut(&mut arena)).expect("it starts");
    query.set_clock(Some(1_700_000_000_000_000));
    let mut random = Random::new(seed);
    let size = query.plan().input(StreamId(0)).layout().record_size;
    let mut source = RecordSource::new(records, size);
    let result = query.plan().output(OutputId(0)).layout().record_size;
    let mut written = Vec::new();
    let mut room = vec![0; result * (2 + random.below(20))];
    for _ in 0..100_000 {
        let mut sink = RecordSink::new(&mut room);
        let polled = query.poll(&mut source, &mut sink);
        written.extend_from_slice(sink.written());
        let error = match polled {
            Ok(progress) if progress.stop == Stop::Finished => None,
            Ok(_) => continue,
            Err(error) => Some(error),
        };
        return Outcome { records: written, counters: query.counters(), error };
    }
    panic!("the query does not end");
}

#[test]
fn the_functions_that_a_plan_calls_are_enough() {
    const CALLED: [Function; plans::CALLS.calls.len()] = ALL.called(&plans::CALLS);
    let mut random = Random::new(7);
    let records = records(&plans::CALLS.input(StreamId(0)), 50, &mut random);
    let all = run(&records, 7, |arena| Query::<slow::CALLS>::start(ALL, arena));
    let called = Functions::NONE.with(&CALLED);
    assert!(run(&records, 7, |arena| Query::<slow::CALLS>::start(called, arena)) == all);
}

#[test]
fn the_included_plans_are_what_is_compiled() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/known/plans.rs");
    let mut source = String::from("// Generated by core/tests/known.rs.\n");
    for (name, query) in QUERIES {
        source += "\n";
        source += &plan_source(&plan(STREAM, query, 20).plan(), name);
    }
    if std::env::var_os("RINGQL_BLESS").is_some() {
        std::fs::create_dir_all(std::path::Path::new(path).parent().unwrap()).unwrap();
        std::fs::write(path, &source).unwrap();
    }
    let expected = std::fs::read_to_string(path).expect("RINGQL_BLESS=1 writes it");
    assert!(source == expected, "RINGQL_BLESS=1 writes it anew");
}

#[test]
fn an_arena_that_is_too_small_or_misaligned_is_refused() {
    let mut arena = vec![0u64; 1 << 10];
    let arena: &mut [u8] = bytemuck::cast_slice_mut(&mut arena);
    let needed = plans::Q1.arena_bytes();
    let start = Query::<slow::Q1>::start(Functions::NONE, &mut arena[..needed - 1]);
    assert!(matches!(start, Err(StartError::ArenaTooSmall { needed: n, given }) if n == given + 1));
    let start = Query::<slow::Q1>::start(Functions::NONE, &mut arena[1..=needed]);
    assert!(matches!(start, Err(StartError::ArenaMisaligned)));
    assert!(Query::<slow::Q1>::start(Functions::NONE, &mut arena[..needed]).is_ok());
}
