//! The kept cases: what DuckDB says of them, in all ways in which a query can be run.

use std::collections::BTreeMap;

use event_time::cases::Cases;
use event_time::check::{Verdict, check};
use event_time::device::{KEPT, bundle};

/// How many of them RingQL can't compile yet.
const REFUSED: usize = 0;

#[test]
fn kept_cases_are_what_duckdb_says() {
    let all = Cases::parse(KEPT).expect("cases");
    let mut refused: BTreeMap<String, usize> = BTreeMap::new();
    let mut differing = Vec::new();
    for case in &all.cases {
        match check(&all.streams[case.stream], case) {
            Verdict::Same => {}
            Verdict::Refused(message) => *refused.entry(message).or_default() += 1,
            Verdict::Differs(what) => differing.push(format!("{}\n  {what}", case.sql)),
        }
    }
    for (message, count) in &refused {
        println!("{count:4} {message}");
    }
    assert!(differing.is_empty(), "{}", differing.join("\n\n"));
    assert_eq!(refused.values().sum::<usize>(), REFUSED, "of {} cases", all.cases.len());
}

#[test]
fn a_device_is_given_most_of_what_compiles() {
    let all = Cases::parse(KEPT).expect("cases");
    let plans = bundle().expect("queries that run").len();
    assert!(plans * 4 >= (all.cases.len() - REFUSED) * 3, "{plans} plans");
}
