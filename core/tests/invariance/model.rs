//! Tumbling windows once more, as simple as can be: a map from windows to lists of groups, and the
//! watermark looked at for every row.

use std::collections::BTreeMap;

use ringql_core::error::RunError;

use crate::support::run::{Chance, run};
use crate::support::values::{Value, records, rows};
use crate::support::{compiled, output};

pub(crate) struct Case {
    /// Microseconds.
    pub(crate) delay: i64,
    /// Microseconds.
    pub(crate) size: i64,
    /// Groups that fit in all open windows.
    pub(crate) groups: Option<usize>,
    /// Whether what finds no room is dropped, or stops the query.
    pub(crate) drop_new: bool,
    /// Whether the key is an integer, or that and a text.
    pub(crate) by_id: bool,
    pub(crate) rows: Vec<Vec<Value>>,
    pub(crate) chance: Chance,
    pub(crate) batch_rows: u16,
}

#[derive(Default)]
struct Expected {
    /// Windows by their start: keys, rows, sum of `d`.
    windows: BTreeMap<i64, Vec<(Vec<Value>, i128, f64)>>,
    read: u64,
    filtered: u64,
    late: u64,
    dropped: u64,
    full: bool,
}

/// What the query below should give.
fn model(case: &Case) -> Expected {
    let mut expected = Expected::default();
    let mut highest = i64::MIN;
    for row in &case.rows {
        let (Value::Time(ts), name, flag, Value::Float(d)) = (&row[0], &row[2], &row[3], &row[8])
        else {
            panic!("{row:?}");
        };
        let id = row[10].clone();
        let key = if case.by_id { vec![id] } else { vec![name.clone(), id] };
        highest = highest.max(*ts);
        let watermark = highest - case.delay;
        let start = ts.div_euclid(case.size) * case.size;
        if *flag == Value::Bool(false) {
            expected.filtered += 1;
        } else if start + case.size <= watermark {
            expected.late += 1;
        } else {
            // Keys have their places over all windows that are open.
            let open = expected.windows.iter().filter(|&(&start, _)| start + case.size > watermark);
            let keys: Vec<_> = open.flat_map(|(_, groups)| groups.iter().map(|g| &g.0)).collect();
            let distinct = keys.iter().enumerate().filter(|(i, k)| !keys[..*i].contains(k)).count();
            let room = keys.contains(&&key) || case.groups.is_none_or(|most| distinct < most);
            let groups = expected.windows.entry(start).or_default();
            match groups.iter_mut().find(|(k, ..)| *k == key) {
                Some((_, rows, sum)) => {
                    *rows += 1;
                    *sum += d;
                }
                None if room => groups.push((key, 1, 0.0 + d)),
                None if case.drop_new => expected.dropped += 1,
                None => {
                    expected.full = true;
                    return expected;
                }
            }
        }
        expected.read += 1;
    }
    expected
}

/// Compares the model with the query.
pub(crate) fn compare(case: &Case) {
    let on_full = if case.drop_new { "drop_new" } else { "error" };
    let settings = case.groups.map_or(String::new(), |groups| {
        format!("SETTINGS max_groups = {groups}, on_full = '{on_full}'")
    });
    let keys = if case.by_id { "id" } else { "name, id" };
    let sql = format!(
        "{}SELECT window_start, window_end, {keys}, COUNT(*) AS n, SUM(d) AS d
         FROM TUMBLE(s, ts, INTERVAL '{}' MILLISECOND) WHERE flag IS NULL OR flag
         GROUP BY window_start, window_end, {keys} {settings}",
        crate::support::rows::stream(case.delay / 1_000),
        case.size / 1_000,
    );
    let program = compiled(&sql, case.batch_rows).unwrap_or_else(|e| panic!("{e}"));
    let plan = program.queries[0].plan();
    let records = records(program.streams[0].schema(), &case.rows);
    let outcome = run(&plan, &records, case.chance);

    let expected = model(case);
    let c = &outcome.counters;
    let counts = (expected.read, expected.filtered, expected.late, expected.dropped);
    assert_eq!((c.rows_in, c.filtered, c.late, c.dropped), counts, "read, filtered, late, dropped");
    // NaN is equal to nothing, so rows are compared as text.
    let text = |rows: &[Vec<Value>]| {
        let start = |row: &[Value]| match row[0] {
            Value::Time(start) => start,
            _ => panic!("{row:?}"),
        };
        assert!(rows.is_sorted_by_key(|r| start(r)), "windows leave in order");
        let mut rows: Vec<_> = rows.iter().map(|r| (start(r), format!("{r:?}\n"))).collect();
        rows.sort();
        rows.into_iter().map(|(_, row)| row).collect::<String>()
    };
    let found = text(&rows(output(&plan), &outcome.records));
    let flat = expected.windows.iter().flat_map(|(&start, groups)| {
        groups.iter().map(move |(key, count, sum)| {
            let bounds = [Value::Time(start), Value::Time(start + case.size)];
            let rest = [Value::Int(*count), Value::Float(*sum)];
            bounds.into_iter().chain(key.iter().cloned()).chain(rest).collect::<Vec<_>>()
        })
    });
    let flat = text(&flat.collect::<Vec<_>>());
    if expected.full {
        // The windows that were closed before have left, the others are still there.
        let capacity = case.groups.map_or(0, |g| g as u32);
        assert_eq!(outcome.error, Some(RunError::GroupsFull { capacity }));
        assert!(flat.starts_with(&found));
    } else {
        assert_eq!((outcome.error, found), (None, flat));
    }
}
