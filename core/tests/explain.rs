//! EXPLAIN: its figures are the plan's, and its three forms are stable and well-formed.
#![cfg(feature = "sql")]
#![allow(missing_docs)]

mod common;

use common::{Random, Tables, mutate, samples};
use ringql_core::function::ALL;
use ringql_core::plan::explain::Explanation;
use ringql_core::plan::{Plan, wire};
use ringql_core::sql::{Options, OwnedPlan, compile};

const STREAM: &str =
    "CREATE STREAM s (ts TIMESTAMP, k INTEGER NOT NULL, up BOOLEAN NOT NULL, x REAL,
    WATERMARK FOR ts AS ts - INTERVAL '5' SECOND);
";

/// A query for each kind of window, order and way out.
const QUERIES: [(&str, &str); 14] = [
    (
        "tumble_late",
        "SELECT window_start, k, SUM(x) FROM TUMBLE(s, ts, INTERVAL '10' SECOND)
GROUP BY window_start, k
SETTINGS max_groups = 20, allowed_lateness = INTERVAL '30' SECOND, late = 'behind', max_ahead = '1 hour'",
    ),
    (
        "hop",
        "SELECT window_start, k, AVG(x) FROM HOP(s, ts, INTERVAL '5' SECOND, INTERVAL '15' SECOND)
GROUP BY window_start, k SETTINGS max_groups = 20",
    ),
    (
        "hop_changes",
        "SELECT window_start, k, AVG(x) FROM HOP(s, ts, INTERVAL '5' SECOND, INTERVAL '15' SECOND)
GROUP BY window_start, k EMIT CHANGES SETTINGS max_groups = 20",
    ),
    (
        "cumulate",
        "SELECT window_end, k, MIN(x) FROM CUMULATE(s, ts, INTERVAL '5' SECOND, INTERVAL '20' SECOND)
GROUP BY window_end, k SETTINGS max_groups = 20, on_full = 'drop_new'",
    ),
    (
        "session",
        "SELECT window_start, window_end, k, COUNT(*), MAX(x) FROM SESSION(s, ts, INTERVAL '30' SECOND)
GROUP BY window_start, window_end, k SETTINGS max_groups = 21, on_full = 'evict_oldest'",
    ),
    (
        "state_window",
        "SELECT window_start, window_end, k, AVG(x) FROM STATE_WINDOW(s, x > 30, NOT up)
GROUP BY window_start, window_end, k SETTINGS max_groups = 8",
    ),
    (
        "count_window",
        "SELECT window_end, SUM(x) FROM COUNT_WINDOW(s, 100, 20) GROUP BY window_end",
    ),
    (
        "proctime_every",
        "SELECT window_start, k, COUNT(*) FROM TUMBLE(s, PROCTIME(), INTERVAL '1' MINUTE)
GROUP BY window_start, k EMIT EVERY INTERVAL '10' SECOND SETTINGS max_groups = 20",
    ),
    (
        "retractions",
        "SELECT k, COUNT(*) AS n, AVG(x) AS mean FROM s GROUP BY k HAVING COUNT(*) > 2
EMIT CHANGES WITH RETRACTIONS SETTINGS max_groups = 20",
    ),
    (
        "idle_evict",
        "SELECT window_start, k, COUNT(*) FROM TUMBLE(s, ts, INTERVAL '10' SECOND)
GROUP BY window_start, k
SETTINGS max_groups = 20, on_full = 'evict_oldest', idle_timeout = INTERVAL '1' MINUTE",
    ),
    (
        "top_n",
        "SELECT window_start, k, AVG(x) AS mean FROM TUMBLE(s, ts, INTERVAL '10' SECOND)
GROUP BY window_start, k ORDER BY mean DESC NULLS LAST, k LIMIT 3 OFFSET 1 SETTINGS max_groups = 20",
    ),
    (
        "sort",
        "SELECT window_start, k, COUNT(*) AS n FROM TUMBLE(s, ts, INTERVAL '10' SECOND)
GROUP BY window_start, k ORDER BY n SETTINGS max_groups = 5",
    ),
    (
        "stages",
        "CREATE VIEW tens AS SELECT window_start, window_end, k, AVG(x) AS mean
FROM TUMBLE(s, ts, INTERVAL '10' SECOND) GROUP BY window_start, k;
SELECT window_start, MAX(mean), COUNT(*) FROM TUMBLE(tens, window_start, INTERVAL '1' MINUTE)
GROUP BY window_start SETTINGS max_groups = 20",
    ),
    (
        "distinct",
        "SELECT DISTINCT window_start, k FROM TUMBLE(s, ts, INTERVAL '10' SECOND)
SETTINGS max_groups = 20, on_full = 'close_oldest'",
    ),
];

/// The query plans, for batches of 16 rows.
fn queries() -> Vec<(&'static str, String, OwnedPlan)> {
    let compiled = |(name, query): &(&'static str, &str)| {
        let sql = format!("{STREAM}{query};\n");
        let options = Options { batch_rows: 16, ..Options::default() };
        let program = compile(&sql, &options).unwrap_or_else(|e| panic!("{name}: {e}"));
        (*name, sql, program.queries.into_iter().next().expect("a query"))
    };
    QUERIES.iter().map(compiled).collect()
}

fn golden(name: &str, extension: &str, text: &str) {
    let path = format!("{}/tests/data/explain/{name}.{extension}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("RINGQL_BLESS").is_some() {
        std::fs::create_dir_all(std::path::Path::new(&path).parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
    }
    let expected = std::fs::read_to_string(&path).expect("RINGQL_BLESS=1 writes it");
    assert!(text == expected, "{name}.{extension} is now:\n{text}");
}

#[test]
fn the_samples_are_explained_as_before() {
    for (name, tables) in samples::all() {
        let explanation = Explanation::of(&tables.plan(), &ALL);
        golden(name, "txt", &explanation.text());
        golden(name, "dot", &explanation.dot());
        assert_eq!(explanation, Explanation::of(&tables.plan(), &ALL));
    }
}

#[test]
fn queries_are_explained_as_before() {
    for (name, sql, plan) in queries() {
        let explanation = Explanation::of(&plan.plan(), &ALL);
        let text = explanation.text();
        assert!(!text.contains('…'), "{name}: something is cut");
        golden(name, "txt", &format!("{sql}\n{text}"));
        fits(&explanation);
    }
}

#[test]
fn it_is_data_too() {
    let explanation = Explanation::of(&samples::tumble().plan(), &ALL);
    let json = serde_json::to_value(&explanation).unwrap();
    assert_eq!(json["arena"]["total"], 4816);
    assert_eq!(json["streams"][0]["columns"][1]["type"], "INTEGER UNSIGNED");
    assert_eq!(json["streams"][0]["event_time"]["delay_micros"], 2_500_000);
    assert_eq!(json["operators"][2]["name"], "aggregate");
    assert_eq!(json["operators"][2]["program"][1]["a"], "temp");
    assert_eq!(json["operators"][2]["aggregates"][1]["function"], "AVG(r1)");
    let count = &json["operators"][2]["state"]["parts"][7];
    assert_eq!(count["split"], "4 panes x 24 groups x 8");
    assert_eq!((&count["name"], &count["bytes"]), (&"COUNT(*)".into(), &768.into()));
    assert_eq!(json["registers"][3]["holds"], "window_start");
}

#[test]
fn parts_sum_to_the_whole() {
    for (name, tables) in samples::all() {
        sums(name, &tables.plan());
    }
    for (name, _, plan) in queries() {
        sums(name, &plan.plan());
    }
}

fn sums(name: &str, plan: &Plan<'_>) {
    let e = Explanation::of(plan, &ALL);
    let arena = &e.arena;
    assert_eq!(arena.total, plan.arena_bytes() as u64, "{name}");
    let sum = arena.header + arena.streams + arena.registers + arena.operators;
    assert_eq!(sum, arena.total, "{name}");
    assert_eq!(e.registers.iter().map(|r| r.bytes).sum::<u64>(), arena.registers, "{name}");
    assert_eq!(e.plan_bytes, wire::encoded_len(plan).unwrap() as u64);
    for state in e.operators.iter().filter_map(|o| o.state.as_ref()) {
        assert_eq!(state.parts.iter().map(|p| p.bytes).sum::<u64>(), state.bytes, "{name}");
    }
    // The states follow one another to the end of the arena.
    let mut at = arena.header + arena.streams + arena.registers;
    for state in e.operators.iter().filter_map(|o| o.state.as_ref()) {
        assert_eq!(u64::from(state.offset), at, "{name}");
        at += state.bytes;
    }
    assert_eq!(at, arena.total, "{name}");
    for part in e.operators.iter().filter_map(|o| o.state.as_ref()).flat_map(|s| &s.parts) {
        // Up to three lists are rounded up to 8 bytes each.
        let product = product(&part.split);
        assert!(part.split.is_empty() || product <= part.bytes, "{name}: {part:?}");
        assert!(part.split.is_empty() || part.bytes < product + 3 * 8, "{name}: {part:?}");
    }
}

/// What `(7 panes x 20 groups + 16 rows) x 8` gives.
fn product(split: &str) -> u64 {
    let number = |text: &str| text.split(' ').next()?.parse::<u64>().ok();
    let factors = |text: &str| text.split(" x ").map(|f| number(f).unwrap()).product::<u64>();
    match split.strip_prefix('(').and_then(|rest| rest.split_once(") x ")) {
        Some((sum, each)) => {
            sum.split(" + ").map(factors).sum::<u64>() * each.parse::<u64>().unwrap()
        }
        None if split.is_empty() => 0,
        None => factors(split),
    }
}

#[test]
fn every_entry_is_shown_once() {
    for (name, tables) in samples::all() {
        let e = Explanation::of(&tables.plan(), &ALL);
        let steps = e.operators.iter().flat_map(|o| &o.program).map(|s| usize::from(s.instruction));
        assert!(steps.eq(0..tables.instructions.len()), "{name}");
        let aggregates = e.operators.iter().flat_map(|o| &o.aggregates);
        assert!(
            aggregates.map(|a| usize::from(a.aggregate)).eq(0..tables.aggregates.len()),
            "{name}"
        );
        assert_eq!(e.operators.len(), tables.operators.len());
    }
}

/// A name may be anything; plans that can't run are explained too.
#[test]
fn odd_plans_are_explained_in_lines_that_fit() {
    let mut odd = Tables::new(3);
    let name = "a\"b\\c\nd {e} <f> 'g' über\u{1}";
    let long = "x".repeat(300);
    odd.stream(name, &[(name, ringql_core::types::DataType::BigInt, true)], Some((0, 1)));
    odd.output(&[(&long, ringql_core::types::DataType::Varchar(4096), true)]);
    check(&odd);
    for (_, sample) in samples::all() {
        for seed in 0..500 {
            let mut tables = sample.clone();
            mutate::tables(&mut tables, &mut Random::new(seed));
            check(&tables);
        }
    }
}

fn check(tables: &Tables) {
    fits(&Explanation::of(&tables.plan(), &ALL));
}

fn fits(explanation: &Explanation) {
    let text = explanation.text();
    for line in text.lines() {
        assert!(line.chars().count() <= 100, "{line}");
        assert_eq!(line, line.trim_end());
    }
    assert!(!text.chars().any(|c| c.is_control() && c != '\n'));
    let dot = explanation.dot();
    assert!(dot.starts_with("digraph plan {\n") && dot.ends_with("}\n"));
    // Outside strings there is nothing but the grammar that we write.
    let (mut in_string, mut escaped) = (false, false);
    for c in dot.chars() {
        match (in_string, escaped, c) {
            (true, true, 'l' | '\\' | '"') => escaped = false,
            (true, true, _) => panic!("unknown escape \\{c} in {dot}"),
            (true, false, '\\') => escaped = true,
            (_, false, '"') => in_string = !in_string,
            (true, false, '\n') => panic!("a line break in a string of {dot}"),
            (false, _, c) => {
                assert!(c.is_ascii_alphanumeric() || " \n{}[]=,;->".contains(c), "{c:?} in {dot}");
            }
            _ => {}
        }
    }
    assert!(!in_string);
}
