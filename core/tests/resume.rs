//! Snapshots: a query that goes on from one gives what it would have given, to the byte; and only
//! whole ones of the same plan are taken.
#![cfg(feature = "sql")]
#![allow(missing_docs)]

mod common;
mod support;

use common::Random;
use proptest::prelude::*;
use ringql_core::error::StartError;
use ringql_core::function;
use ringql_core::plan::Plan;
use ringql_core::query::Query;
use ringql_core::ring::{RecordSink, RecordSource};
use support::rows::{Times, rows, stream};
use support::run::{Chance, run, run_resumed};
use support::values::records;
use support::{compiled, input};

/// Windows of every kind: from what, and what comes behind GROUP BY.
const WINDOWS: [(&str, &str); 14] = [
    ("TUMBLE(s, ts, INTERVAL '1' SECOND)", ""),
    ("TUMBLE(s, ts, INTERVAL '1' SECOND)", " SETTINGS max_groups = 3, on_full = 'drop_new'"),
    ("TUMBLE(s, ts, INTERVAL '1' SECOND)", " SETTINGS max_groups = 2, on_full = 'evict_oldest'"),
    ("TUMBLE(s, ts, INTERVAL '1' SECOND)", " SETTINGS allowed_lateness = INTERVAL '3' SECOND"),
    (
        "TUMBLE(s, ts, INTERVAL '2' SECOND)",
        " EMIT FINAL WITH RETRACTIONS SETTINGS allowed_lateness = INTERVAL '3' SECOND",
    ),
    ("TUMBLE(s, ts, INTERVAL '2' SECOND)", " ORDER BY window_end, n DESC LIMIT 2"),
    ("HOP(s, ts, INTERVAL '300' MILLISECOND, INTERVAL '2' SECOND)", ""),
    ("HOP(s, ts, INTERVAL '1' SECOND, INTERVAL '3' SECOND)", " EMIT CHANGES"),
    ("CUMULATE(s, ts, INTERVAL '500' MILLISECOND, INTERVAL '3' SECOND)", ""),
    ("SESSION(s, ts, INTERVAL '400' MILLISECOND)", ""),
    (
        "SESSION(s, ts, INTERVAL '400' MILLISECOND)",
        " SETTINGS allowed_lateness = INTERVAL '2' SECOND",
    ),
    ("COUNT_WINDOW(s, 10)", ""),
    ("COUNT_WINDOW(s, 10, 3)", ""),
    ("STATE_WINDOW(s, d > 5, d < 0)", ""),
];

/// What groups are by.
const KEYS: [&str; 3] = ["", ", id", ", name, flag"];

/// States of all shapes: numbers, sets, texts, sketches.
const AGGREGATES: &str = "COUNT(*) AS n, AVG(r) AS r, MIN(name) AS name, MAX(d) AS d,
    COUNT(DISTINCT k) AS k, LAST(title) AS title";

/// Queries without windows, among them one whose rows pass straight through.
const OTHERS: [&str; 5] = [
    "SELECT k, r * 2 AS f, NOW() AS now FROM s WHERE d > 3",
    "SELECT COUNT(*) AS n, SUM(small) AS small FROM s",
    "SELECT name, COUNT(*) AS n, MEDIAN(d) AS d, APPROX_COUNT_DISTINCT(wide) AS wide
        FROM s GROUP BY name SETTINGS max_groups = 7, max_values = 200",
    "SELECT id, COUNT(*) AS n FROM s GROUP BY id EMIT CHANGES SETTINGS max_groups = 200",
    "SELECT id, SUM(d) AS d FROM s GROUP BY id ORDER BY d DESC LIMIT 7 SETTINGS max_groups = 200",
];

fn queries() -> Vec<String> {
    let windowed = WINDOWS.into_iter().flat_map(|(from, behind)| {
        KEYS.map(|keys| {
            // Small arenas: they are copied often.
            let room = match behind {
                _ if behind.contains("max_groups") => "",
                _ if behind.contains("SETTINGS") => ", max_groups = 50",
                _ => " SETTINGS max_groups = 50",
            };
            format!(
                "SELECT window_start, window_end{keys}, {AGGREGATES} FROM {from}
                 GROUP BY window_start, window_end{keys}{behind}{room}"
            )
        })
    });
    windowed.chain(OTHERS.map(str::to_owned)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 32,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_resumed_query_gives_the_same(
        seed in any::<u64>(),
        count in 0usize..120,
        step in prop_oneof![Just(50_000u64), Just(700_000)],
        behind in prop_oneof![Just(0u64), Just(4_000_000)],
        batch_rows in prop_oneof![Just(1u16), Just(16), Just(100)],
    ) {
        let times = Times { step, behind, wild: false };
        let values = rows(count, times, &mut Random::new(seed));
        let chance = Chance { cuts: Some(seed), sink: Some(!seed) };
        for query in queries() {
            let sql = stream(300) + &query;
            let program = compiled(&sql, batch_rows).unwrap_or_else(|e| panic!("{e}\n{query}"));
            let plan = program.queries[0].plan();
            let records = records(program.streams[0].schema(), &values);
            let expected = run(&plan, &records, chance);
            let found = run_resumed(&plan, &records, chance, seed);
            prop_assert!(
                found == expected,
                "{}\n{:?} {:?}\ninstead of\n{:?} {:?}",
                query, found.counters, found.error, expected.counters, expected.error,
            );
        }
    }
}

/// A snapshot in the middle of a run over some rows.
fn snapshot(plan: &Plan<'_>, records: &[u8]) -> Vec<u64> {
    let mut arena = vec![0; plan.arena_bytes().div_ceil(8)];
    let mut query = Query::new(plan, bytemuck::cast_slice_mut(&mut arena)).expect("a plan");
    let mut source = RecordSource::new(records, input(plan).layout().record_size);
    let mut room = vec![0; 1 << 16];
    query.poll(&mut source, &mut RecordSink::new(&mut room)).expect("no error");
    assert!(query.counters().rows_in > 0);
    query.snapshot().expect("a snapshot");
    arena
}

fn resumed(plan: &Plan<'_>, arena: &mut [u64]) -> Result<(), StartError> {
    Query::resume(plan, function::ALL, bytemuck::cast_slice_mut(arena)).map(|_| ())
}

#[test]
fn damage_is_noticed() {
    let mut random = Random::new(5);
    let times = Times { step: 50_000, behind: 0, wild: false };
    let values = rows(100, times, &mut random);
    for query in queries() {
        let program = compiled(&(stream(300) + &query), 64).expect("valid");
        let plan = program.queries[0].plan();
        let records = records(program.streams[0].schema(), &values);
        let kept = snapshot(&plan, &records);
        assert_eq!(resumed(&plan, &mut kept.clone()), Ok(()));
        for _ in 0..100 {
            let mut arena = kept.clone();
            let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut arena);
            for _ in 0..=random.below(4) {
                let at = random.below(plan.arena_bytes());
                bytes[at] ^= 1 << random.below(8);
            }
            if arena == kept {
                continue; // the same bit twice
            }
            let damaged = arena.clone();
            let found = resumed(&plan, &mut arena);
            assert!(matches!(found, Err(StartError::NoSnapshot | StartError::Damaged)), "{query}");
            assert_eq!(arena, damaged, "it is as it was");
        }
    }
}

#[test]
fn only_a_snapshot_of_the_same_plan_is_taken() {
    let values = rows(100, Times { step: 9, behind: 0, wild: false }, &mut Random::new(6));
    let compiled = |name: &str, least: u32, batch_rows| {
        let query = format!(
            "SELECT id, COUNT(*) AS {name} FROM s GROUP BY id HAVING COUNT(*) > {least}
             SETTINGS max_groups = 200"
        );
        compiled(&(stream(0) + &query), batch_rows).expect("valid")
    };
    let program = compiled("n", 1, 8);
    let plan = program.queries[0].plan();
    let kept = snapshot(&plan, &records(program.streams[0].schema(), &values));
    assert_eq!(resumed(&plan, &mut kept.clone()), Ok(()));
    for other in [compiled("m", 1, 8), compiled("n", 2, 8)] {
        let other = other.queries[0].plan();
        assert_eq!(other.arena_bytes(), plan.arena_bytes());
        assert_eq!(resumed(&other, &mut kept.clone()), Err(StartError::NoSnapshot));
    }
    let bigger = compiled("n", 1, 64);
    let needed = bigger.queries[0].plan().arena_bytes();
    let refused = StartError::ArenaTooSmall { needed, given: kept.len() * 8 };
    assert_eq!(resumed(&bigger.queries[0].plan(), &mut kept.clone()), Err(refused));
}

#[test]
fn an_arena_without_a_snapshot_is_refused() {
    let program = compiled(&(stream(0) + OTHERS[1]), 8).expect("valid");
    let plan = program.queries[0].plan();
    let mut arena = vec![0u64; plan.arena_bytes().div_ceil(8)];
    assert_eq!(resumed(&plan, &mut arena), Err(StartError::NoSnapshot));
    Query::new(&plan, bytemuck::cast_slice_mut(&mut arena)).expect("a plan");
    assert_eq!(resumed(&plan, &mut arena), Err(StartError::NoSnapshot));
    let mut two = vec![0u64; arena.len() + 1];
    let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut two);
    let found = Query::resume(&plan, function::ALL, &mut bytes[1..]).map(|_| ());
    assert_eq!(found, Err(StartError::ArenaMisaligned));
}

#[test]
fn a_poll_breaks_the_seal_of_the_arena() {
    let program = compiled(&(stream(0) + OTHERS[2]), 8).expect("valid");
    let plan = program.queries[0].plan();
    let values = rows(64, Times { step: 9, behind: 0, wild: false }, &mut Random::new(7));
    let records = records(program.streams[0].schema(), &values);
    let mut arena = snapshot(&plan, &records);
    let bytes = bytemuck::cast_slice_mut(&mut arena);
    let mut query = Query::resume(&plan, function::ALL, bytes).expect("a snapshot");
    let mut source = RecordSource::new(&records, input(&plan).layout().record_size);
    query.poll(&mut source, &mut RecordSink::new(&mut [0; 4096])).expect("no error");
    assert_eq!(resumed(&plan, &mut arena), Err(StartError::Damaged));
}
