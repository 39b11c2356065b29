//! Rows in 1 to 5 parts: the merged states come to the same as the state of all rows.

use std::format;
use std::string::String;
use std::vec::Vec;

use super::*;
use crate::aggregate::Fresh;
use crate::plan::AggregateFunction as F;
use crate::plan::aggregates::{Distinct, Info, Parameter, Takes, Time};

const COLUMNS: &str = "i INTEGER, l BIGINT, r REAL, d DOUBLE, e DOUBLE, p DECIMAL(9, 2),
    q DECIMAL(30, 2), b BOOLEAN, s VARCHAR(6), v INTERVAL, u UUID, n INTEGER NOT NULL";

/// All calls of a function that the test makes.
fn calls(info: &Info) -> Vec<String> {
    let first: &[&str] = match info.takes.first() {
        None => &["*"],
        Some(Takes::Any) => &["i", "d", "p", "q", "b", "s", "v", "u", "n"],
        Some(Takes::Number) => &["i", "l", "r", "d", "p", "q", "n"],
        Some(Takes::Integer) => &["i", "l", "n"],
        Some(Takes::Double) => &["d"],
        Some(Takes::Boolean) => &["b"],
        Some(Takes::Text) => &["s"],
        Some(Takes::Line | Takes::Order) => &["d", "r", "p", "q"],
    };
    let rest: String = [
        match info.takes.get(1) {
            Some(Takes::Any) => ", i",
            Some(_) => ", e",
            None => "",
        },
        match info.parameters {
            [Parameter::Fraction] => ", 0.3",
            [Parameter::Weight] => ", 0.25",
            [Parameter::Bound, ..] => ", -100, 100.5, 5",
            [Parameter::Count(_)] => ", 3",
            [Parameter::Separator] => ", '-'",
            _ => "",
        },
    ]
    .concat();
    let distinct: &[&str] =
        if info.distinct == Distinct::Kept { &["", "DISTINCT "] } else { &[""] };
    let call = |x: &&str, distinct: &str| format!("{}({distinct}{x}{rest})", info.name);
    let calls = first.iter().flat_map(|x| distinct.iter().map(move |d| call(x, d)));
    calls.collect()
}

/// Whether it matters which row comes when.
fn is_ordered(function: F, has_time: bool) -> bool {
    match function {
        F::First | F::Last | F::AnyValue | F::Increase | F::Delta => !has_time,
        F::ArgMin | F::ArgMax | F::ArgMinNull | F::ArgMaxNull | F::StringAgg | F::Ewma => true,
        _ => false,
    }
}

fn check(columns: &str, call: &str, keyed: bool, random: &mut Random) {
    let mut bench = Bench::keyed(columns, call, 8, keyed);
    let info = bench.aggregate().function.info();
    let arguments = bench.arguments();
    let has_time = arguments.len() > info.takes.len();
    let rows = random.below(ROWS as u64 / 2) as usize;
    for (at, register) in arguments.iter().enumerate() {
        bench.fill(*register, |vector| match has_time && at + 1 == arguments.len() {
            true => put(vector, &[(); ROWS].map(|()| random.below(rows as u64 + 1) as i64)),
            false => fill_random(vector, random),
        });
    }
    let parts = 1 + random.below(5);
    let mut groups: Vec<u32> = (0..rows).map(|_| 1 + random.below(parts) as u32).collect();
    if is_ordered(info.function, has_time) {
        groups.sort_unstable();
    }
    bench.update(Groups::One(0), rows);
    bench.update(Groups::Each(&groups), rows);

    let before = bench.finish(parts as u32);
    for part in 1..=parts as u32 {
        bench.merge(6, part);
    }
    bench.merge(6, 7); // of no rows
    bench.merge(6, 6); // and nothing with itself
    let (whole, merged) = (bench.finish(0), bench.finish(6));
    let plan = bench.plan.plan();
    let data_type = plan.registers[bench.aggregate().result.index()].data_type;
    assert!(same(data_type, &whole, &merged), "{call}: {whole:?} and in {parts} {merged:?}");
    assert_eq!(before, bench.finish(parts as u32), "{call}: what is merged stays as it is");

    // A new group is as one that there never was.
    bench.with(|states, _, _| states.reset(Fresh::Slots(&[6, 0])).unwrap());
    let new = bench.finish(7);
    assert_eq!((bench.finish(6), bench.finish(0)), (new.clone(), new), "{call}");
    bench.merge(0, 1);
    let part = bench.finish(1);
    assert_eq!(bench.finish(0), part, "{call}: a new group takes all");
}

#[test]
fn parts_are_the_whole() {
    let mut random = Random(4);
    let with_time = format!("{COLUMNS}, ts TIMESTAMP NOT NULL, WATERMARK FOR ts AS ts");
    let mut checked = 0;
    for info in Info::ALL {
        for call in calls(info) {
            for keyed in [true, false].repeat(6) {
                if info.time != Time::Needed {
                    check(COLUMNS, &call, keyed, &mut random);
                }
                if info.time != Time::Unused {
                    check(&with_time, &call, keyed, &mut random);
                }
                checked += 1;
            }
        }
    }
    assert!(checked > 1_000);
}
