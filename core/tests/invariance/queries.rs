//! The queries: every operator, every aggregate, keys of every kind.

use ringql_core::plan::{Operator, Plan};

use crate::support::output;
use crate::support::values::{Value, rows};

/// Over the stream of `support::rows`.
pub(crate) const ALL: &[&str] = &[
    // filter and project
    "SELECT * FROM s",
    "SELECT k, name, r * 1.8 + 32 AS f, title FROM s WHERE d > 5 AND k <> 1",
    "SELECT ts, small + 1 AS a, -small AS b, wide * 2 AS c, unsigned - 1 AS e FROM s WHERE flag OR k > 0",
    "SELECT CASE WHEN k > 0 THEN name WHEN flag THEN title ELSE 'neither' END AS t,
        COALESCE(small, k, 0) AS n, NULLIF(r, 1.5) AS r, CAST(d AS SMALLINT) AS i,
        CAST(k AS VARCHAR(4)) AS text, CAST(title AS VARCHAR(3)) AS cut,
        CAST(d AS VARCHAR(5)) AS digits, CAST(name AS INTEGER) AS number, name IS NULL AS missing, k IN (1, 2, NULL) AS few,
        wide % 3 AS rest, k / 2 AS half FROM s",
    "SELECT k FROM s WHERE false",
    // global aggregates
    "SELECT COUNT(*) AS n, COUNT(k) AS k, SUM(k) AS sum, SUM(wide) AS wide, AVG(d) AS avg,
        SUM(r) AS r, MIN(r) AS lo, MAX(d) AS hi, MIN(name) AS first, MAX(title) AS last,
        MIN(flag) AS any, MAX(ts) AS at FROM s",
    "SELECT COUNT(*) AS n, AVG(r) AS r, SUM(unsigned) AS u FROM s WHERE k = 1 AND NOT flag",
    "SELECT COUNT(*) AS n, SUM(k) AS k FROM s HAVING COUNT(*) > 100",
    // groups
    "SELECT k, COUNT(*) AS n, AVG(d) AS d, SUM(small) AS s FROM s GROUP BY k",
    "SELECT name, flag, COUNT(*) AS n, MIN(ts) AS ts, MAX(name) AS name2 FROM s GROUP BY flag, name",
    "SELECT title, r, COUNT(*) AS n, MIN(wide) AS w FROM s WHERE d < 9 GROUP BY title, r",
    "SELECT id, COUNT(*) AS n, SUM(d) AS d FROM s GROUP BY id",
    "SELECT k + small AS sum, COUNT(*) AS n FROM s GROUP BY k + small",
    "SELECT k, flag, unsigned, wide, d, COUNT(*) AS n FROM s GROUP BY k, flag, unsigned, wide, d",
    "SELECT name, COUNT(*) AS n, SUM(d) AS d FROM s GROUP BY name HAVING COUNT(*) > 3 AND SUM(d) > 20",
    // groups that find no room
    "SELECT name, k, COUNT(*) AS n, SUM(d) AS d FROM s GROUP BY name, k
        SETTINGS max_groups = 9, on_full = 'drop_new'",
    "SELECT k, COUNT(*) AS n FROM s WHERE flag GROUP BY k SETTINGS max_groups = 3",
    "SELECT k + small AS sum, COUNT(*) AS n, SUM(wide + 1) AS w FROM s
        WHERE wide * 2 > 0 OR CAST(name AS INTEGER) IS NULL GROUP BY k + small
        SETTINGS max_groups = 4",
    // windows
    "SELECT window_start, COUNT(*) AS n, SUM(k) AS k, AVG(r) AS r
        FROM TUMBLE(s, ts, INTERVAL '1' SECOND) GROUP BY window_start",
    "SELECT window_start, window_end, name, COUNT(*) AS n, MAX(d) AS d, MIN(title) AS t
        FROM TUMBLE(s, ts, INTERVAL '700' MILLISECOND) GROUP BY window_start, window_end, name",
    "SELECT window_end, k, flag, COUNT(*) AS n FROM TUMBLE(s, ts, INTERVAL '3' SECOND)
        WHERE d > 2 GROUP BY window_end, k, flag",
    "SELECT k, window_start, COUNT(*) AS n FROM TUMBLE(s, ts, INTERVAL '1' SECOND)
        GROUP BY window_start, k HAVING COUNT(*) > 1",
    "SELECT window_start, k, COUNT(*) AS n, SUM(d) AS d FROM TUMBLE(s, ts, INTERVAL '1' SECOND)
        WHERE flag IS NOT NULL GROUP BY window_start, k
        SETTINGS max_groups = 2, on_full = 'drop_new'",
    "SELECT window_start, title, COUNT(*) AS n FROM TUMBLE(s, ts, INTERVAL '2' SECOND)
        GROUP BY window_start, title SETTINGS max_groups = 3",
    "SELECT window_start, id, COUNT(*) AS n FROM TUMBLE(s, ts, INTERVAL '5' SECOND)
        GROUP BY window_start, id SETTINGS max_groups = 40, on_full = 'drop_new'",
    "SELECT COUNT(*) AS n, window_start FROM TUMBLE(s, ts, INTERVAL '50' MILLISECOND)
        GROUP BY window_start",
    // windows that overlap: a row is in several
    "SELECT window_start, AVG(r) AS r, SUM(d) AS d, COUNT(*) AS c
        FROM HOP(s, ts, INTERVAL '500' MILLISECOND, INTERVAL '2' SECOND) GROUP BY window_start",
    "SELECT window_start, k, MAX(title) AS t, STDDEV(d) AS d, COUNT(*) AS c
        FROM HOP(s, ts, INTERVAL '1' SECOND, INTERVAL '3' SECOND) GROUP BY window_start, k",
    "SELECT window_start, window_end, name, AVG(d) AS d, LAST(k) AS k
        FROM CUMULATE(s, ts, INTERVAL '500' MILLISECOND, INTERVAL '2' SECOND)
        GROUP BY window_start, window_end, name",
    // sessions: rows that come late join two of them
    "SELECT window_start, window_end, COUNT(*) AS n, SUM(r) AS r, AVG(d) AS d
        FROM SESSION(s, ts, INTERVAL '1' SECOND) GROUP BY window_start, window_end",
    "SELECT window_start, k, COUNT(*) AS n, SUM(r) AS r, AVG(d) AS d, VAR_SAMP(d) AS v
        FROM SESSION(s, ts, INTERVAL '1500' MILLISECOND) GROUP BY window_start, window_end, k",
    // windows by number and by state
    "SELECT window_end, AVG(r) AS r, COUNT(*) AS c FROM COUNT_WINDOW(s, 10) GROUP BY window_end",
    "SELECT window_end, SUM(d) AS d, MIN(name) AS a FROM COUNT_WINDOW(s, 10, 3) GROUP BY window_end",
    "SELECT window_start, k, SUM(d) AS d, COUNT(*) AS n
        FROM STATE_WINDOW(s, flag, d > 8) GROUP BY window_start, window_end, k",
];

/// Rows that are in groups, where the results tell: a column `n` and no HAVING.
pub(crate) fn counted(plan: &Plan<'_>, records: &[u8]) -> Option<u64> {
    let schema = output(plan);
    let mut before = true;
    let mut filters_after = false;
    for operator in plan.operators {
        match operator {
            Operator::Aggregate(_) => before = false,
            Operator::Filter { .. } => filters_after |= !before,
            _ => {}
        }
    }
    let column = schema.position("n").filter(|_| !before && !filters_after)?;
    let count = |row: Vec<Value>| match row[column] {
        Value::Int(n) => n as u64,
        ref other => panic!("{other:?} is no count"),
    };
    Some(rows(schema, records).into_iter().map(count).sum())
}
