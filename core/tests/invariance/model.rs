//! Tumbling windows once more, as simple as can be: a map from windows to lists of groups, and the
//! watermark looked at for every row.

use std::collections::BTreeMap;

use crate::support::run::{Chance, run};
use crate::support::values::{Value, records, rows};
use crate::support::{compiled, output};

pub(crate) struct Case {
    /// Microseconds.
    pub(crate) delay: i64,
    /// Microseconds.
    pub(crate) size: i64,
    /// Groups that fit in a window.
    pub(crate) groups: Option<usize>,
    pub(crate) rows: Vec<Vec<Value>>,
    pub(crate) chance: Chance,
    pub(crate) batch_rows: u16,
}

#[derive(Default)]
struct Expected {
    /// Windows by their start: keys, rows, sum of `d`, in order of the first row.
    windows: BTreeMap<i64, Vec<(Value, i128, f64)>>,
    filtered: u64,
    late: u64,
    dropped: u64,
}

/// What the query below should give.
fn model(case: &Case) -> Expected {
    let mut expected = Expected::default();
    let mut highest = i64::MIN;
    for row in &case.rows {
        let (Value::Time(ts), key, flag, Value::Float(d)) = (&row[0], &row[2], &row[3], &row[8])
        else {
            panic!("{row:?}");
        };
        highest = highest.max(*ts);
        let watermark = highest - case.delay;
        let start = ts.div_euclid(case.size) * case.size;
        if *flag == Value::Bool(false) {
            expected.filtered += 1;
        } else if start + case.size <= watermark {
            expected.late += 1;
        } else {
            let groups = expected.windows.entry(start).or_default();
            let room = case.groups.is_none_or(|most| groups.len() < most);
            match groups.iter_mut().find(|(k, ..)| k == key) {
                Some((_, rows, sum)) => {
                    *rows += 1;
                    *sum += d;
                }
                None if room => groups.push((key.clone(), 1, 0.0 + d)),
                None => expected.dropped += 1,
            }
        }
    }
    expected
}

/// Compares the model with the query.
pub(crate) fn compare(case: &Case) {
    let settings = case.groups.map_or(String::new(), |groups| {
        format!("SETTINGS max_groups = {groups}, on_full = 'drop_new'")
    });
    let sql = format!(
        "{}SELECT window_start, window_end, name, COUNT(*) AS n, SUM(d) AS d
         FROM TUMBLE(s, ts, INTERVAL '{}' MILLISECOND) WHERE flag IS NULL OR flag
         GROUP BY window_start, window_end, name {settings}",
        crate::support::rows::stream(case.delay / 1_000),
        case.size / 1_000,
    );
    let program = compiled(&sql, case.batch_rows).unwrap_or_else(|e| panic!("{e}"));
    let plan = program.queries[0].plan();
    let records = records(program.streams[0].schema(), &case.rows);
    let outcome = run(&plan, &records, case.chance);
    assert_eq!(outcome.error, None);

    let expected = model(case);
    let c = &outcome.counters;
    let counts = (expected.filtered, expected.late, expected.dropped);
    assert_eq!((c.filtered, c.late, c.dropped), counts, "filtered, late, dropped");
    let flat = expected.windows.iter().flat_map(|(&start, groups)| {
        groups.iter().map(move |(key, count, sum)| {
            let bounds = [Value::Time(start), Value::Time(start + case.size)];
            let rest = [key.clone(), Value::Int(*count), Value::Float(*sum)];
            bounds.into_iter().chain(rest).collect::<Vec<_>>()
        })
    });
    let flat: Vec<_> = flat.collect();
    // NaN is equal to nothing, so rows are compared as text.
    let text = |rows: &[Vec<Value>]| rows.iter().map(|r| format!("{r:?}\n")).collect::<String>();
    assert_eq!(text(&rows(output(&plan), &outcome.records)), text(&flat));
}
