//! What the compiler makes is verified, comes back from its bytes, and runs; with faults it is
//! refused or runs.
#![cfg(feature = "sql")]
#![allow(missing_docs)]

mod common;

use common::run::{Outcome, run};
use common::{Random, Tables, mutate, sql};
use ringql_core::function::ALL;
use ringql_core::plan::explain::Explanation;
use ringql_core::plan::verify::verify;
use ringql_core::plan::wire::{self, HostPlan, SmallPlan};

#[test]
fn plans_of_queries() {
    for (name, stream, query) in sql::QUERIES {
        for batch_rows in [1, 7, 64] {
            let plan = sql::plan(stream, query, batch_rows);
            let plan = plan.plan();
            assert_eq!(verify(&plan, &ALL), Ok(()), "{name}");
            let bytes = wire::to_vec(&plan).unwrap();
            let decoded = SmallPlan::decode(&bytes, &ALL).unwrap_or_else(|e| panic!("{name}: {e}"));
            assert_eq!(decoded.plan(), plan, "{name}");
            let explained = Explanation::of(&plan, &ALL);
            assert_eq!(explained.arena.total, plan.arena_bytes() as u64, "{name}");
            for seed in 0..20 {
                let outcome = run(&plan, &mut Random::new(seed));
                assert_eq!(outcome, Outcome::Finished, "{name} {seed}");
            }
        }
    }
}

#[test]
fn the_benchmark_s_plans_are_small() {
    for (name, stream, query) in &sql::QUERIES[..4] {
        let plan = sql::plan(stream, query, 1024);
        let bytes = wire::to_vec(&plan.plan()).unwrap();
        println!("{name}: {} bytes", bytes.len());
        assert!(bytes.len() < 400, "{name}: {} bytes", bytes.len());
    }
}

/// Random queries: all that compiles is verified and runs, whatever the rows and cuts are.
#[test]
fn random_queries() {
    let (mut compiled, mut full) = (0, 0);
    let mut decoded = Box::new(HostPlan::new());
    for seed in 0..2_500 {
        let mut random = Random::new(seed);
        let (query, Some(plan)) = sql::random(&mut random) else { continue };
        compiled += 1;
        let plan = plan.plan();
        assert_eq!(verify(&plan, &ALL), Ok(()), "{query}");
        let bytes = wire::to_vec(&plan).unwrap();
        assert_eq!(decoded.load(&bytes, &ALL), Ok(plan), "{query}");
        let ran =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run(&plan, &mut random)));
        match ran {
            Ok(Outcome::Finished) => {}
            Ok(Outcome::GroupsFull | Outcome::Failed) => full += 1,
            Ok(Outcome::Large) => panic!("{query}: a large arena"),
            Err(_) => panic!("{query}"),
        }
    }
    println!("{compiled} compiled, {full} of them had too many groups");
    assert!(compiled > 2_000 && full < compiled / 4);
}

#[test]
fn faults() {
    let (mut accepted, mut refused) = (0, 0);
    for (name, stream, query) in sql::QUERIES {
        let plan = sql::plan(stream, query, 5);
        let original = Tables::of(&plan.plan());
        for seed in 0..1_500 {
            let mut random = Random::new(seed);
            let mut tables = original.clone();
            mutate::tables(&mut tables, &mut random);
            if verify(&tables.plan(), &ALL).is_err() {
                refused += 1;
                continue;
            }
            accepted += 1;
            let ran = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                run(&tables.plan(), &mut random)
            }));
            assert!(ran.is_ok(), "{name} {seed}: {tables:#?}");
        }
    }
    println!("{refused} refused, {accepted} ran");
    assert!(accepted > 1_000 && refused > 10_000);
}
