//! What a query gives depends on its rows and their order alone: not on the size of batches, not on
//! where the source cuts them, not on their layout, not on how often the sink is full.

mod common;
mod support;

#[path = "invariance/model.rs"]
mod model;
#[path = "invariance/queries.rs"]
mod queries;

use common::Random;
use proptest::prelude::*;
use support::rows::{Times, rows, stream};
use support::run::{Chance, Outcome, run, run_columns};
use support::values::records;
use support::{compiled, drops};

const BATCHES: [u16; 5] = [1, 7, 64, 100, 1024];

/// Runs a query in all ways over one set of rows, and returns what they all gave.
fn in_all_ways(sql: &str, count: usize, times: Times, seed: u64) -> Outcome {
    let mut random = Random::new(seed);
    let program = compiled(sql, 1024).unwrap_or_else(|e| panic!("{e}"));
    let values = rows(count, times, &mut random);
    let records = records(program.streams[0].schema(), &values);
    let expected = run(&program.queries[0].plan(), &records, Chance::default());
    for batch_rows in BATCHES {
        let program = compiled(sql, batch_rows).expect("compiled before");
        let plan = program.queries[0].plan();
        assert_eq!(plan.batch_rows, batch_rows);
        let same = |how: &str, outcome: Outcome| {
            assert!(
                outcome == expected,
                "batches of {batch_rows}, {how}, seed {seed}, {count} rows, {times:?}: {sql}\n\
                 {:?} {:?}\ninstead of\n{:?} {:?}\n{:?}\n{:?}",
                outcome.counters,
                outcome.error,
                expected.counters,
                expected.error,
                outcome.records,
                expected.records,
            );
        };
        let cuts = Chance { cuts: Some(random.next()), sink: None };
        let sink = Chance { cuts: None, sink: Some(random.next()) };
        let both = Chance { cuts: Some(random.next()), sink: Some(random.next()) };
        same("whole rows", run(&plan, &records, Chance::default()));
        same("cut rows", run(&plan, &records, cuts));
        same("rows, full sink", run(&plan, &records, sink));
        same("cut rows, full sink", run(&plan, &records, both));
        same("whole columns", run_columns(&plan, &records, Chance::default()));
        same("cut columns, full sink", run_columns(&plan, &records, both));
    }
    expected
}

/// Every record is somewhere.
fn account(sql: &str, outcome: &Outcome) {
    let program = compiled(sql, 1).expect("compiled before");
    let plan = program.queries[0].plan();
    let c = &outcome.counters;
    assert!(drops(&plan) || c.dropped == 0);
    let groups = queries::counted(&plan, &outcome.records);
    if let (Some(groups), None) = (groups, outcome.error) {
        assert_eq!(
            c.rows_in,
            groups + c.filtered + c.late + c.dropped + c.ahead + c.evicted,
            "{sql}: {c:?}"
        );
    }
}

/// The rows follow from the seed that a failure names, so failures need no file.
fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(10))]

    #[test]
    fn every_query_is_the_same_in_all_ways(
        seed in any::<u64>(),
        count in 0usize..300,
        delay in prop_oneof![Just(0i64), Just(300), Just(1_000), Just(2_500)],
        step in prop_oneof![Just(0u64), Just(50_000), Just(700_000)],
        behind in prop_oneof![Just(0u64), Just(900_000), Just(4_000_000)],
        wild in any::<bool>(),
    ) {
        for query in queries::ALL {
            let sql = stream(delay) + query;
            let outcome = in_all_ways(&sql, count, Times { step, behind, wild }, seed);
            account(&sql, &outcome);
        }
    }
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn windows_are_those_of_the_model(
        seed in any::<u64>(),
        count in 0usize..400,
        delay in prop_oneof![Just(0i64), Just(300), Just(1_000), Just(2_500)],
        size in prop_oneof![Just(1i64), Just(400), Just(1_000), Just(3_000)],
        groups in prop_oneof![Just(None), Just(Some(1usize)), Just(Some(3)), Just(Some(60))],
        drop_new in any::<bool>(),
        by_id in any::<bool>(),
        step in prop_oneof![Just(1_000u64), Just(50_000), Just(700_000)],
        behind in prop_oneof![Just(0u64), Just(900_000), Just(4_000_000)],
    ) {
        model::compare(&model::Case {
            delay: delay * 1_000,
            size: size * 1_000,
            groups,
            drop_new,
            by_id,
            rows: rows(count, Times { step, behind, wild: false }, &mut Random::new(seed)),
            chance: Chance { cuts: Some(seed), sink: Some(seed) },
            batch_rows: BATCHES[seed as usize % BATCHES.len()],
        });
    }
}
