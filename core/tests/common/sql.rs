//! Plans from SQL: the benchmark's queries, one of everything, and random ones.

use ringql_core::sql::{Options, OwnedPlan, compile};

use super::Random;

const SENSORS: &str = "CREATE STREAM s (ts TIMESTAMP NOT NULL, device INTEGER UNSIGNED NOT NULL, \
    temp REAL NOT NULL, humidity REAL NOT NULL, status TINYINT UNSIGNED NOT NULL, \
    WATERMARK FOR ts AS ts - INTERVAL '2' SECOND);";

const ALL_TYPES: &str = "CREATE STREAM a (bo BOOLEAN, i1 TINYINT, i2 SMALLINT, i4 INTEGER, \
    i8 BIGINT, u1 TINYINT UNSIGNED, u2 SMALLINT UNSIGNED, u4 INTEGER UNSIGNED NOT NULL, \
    u8 BIGINT UNSIGNED, f4 REAL, f8 DOUBLE NOT NULL, ts TIMESTAMP NOT NULL, t VARCHAR(9), \
    n VARCHAR(4) NOT NULL, WATERMARK FOR ts AS ts - INTERVAL '1' SECOND);";

/// Queries by name.
pub const QUERIES: [(&str, &str, &str); 10] = [
    ("q1", SENSORS, "SELECT device, temp * 1.8 + 32 AS f FROM s WHERE temp > 30.0 AND status <> 3"),
    (
        "q2",
        SENSORS,
        "SELECT COUNT(*), AVG(temp), MIN(humidity), MAX(humidity) FROM s WHERE status = 1",
    ),
    ("q3", SENSORS, "SELECT device, COUNT(*), AVG(temp), MAX(temp) FROM s GROUP BY device"),
    (
        "q4",
        SENSORS,
        "SELECT window_start, device, COUNT(*), AVG(temp), MAX(temp) \
         FROM TUMBLE(s, ts, INTERVAL '1' SECOND) GROUP BY window_start, window_end, device",
    ),
    (
        "case",
        ALL_TYPES,
        "SELECT CASE t WHEN 'x' THEN n WHEN n THEN 'same' ELSE COALESCE(t, 'none') END AS c, \
         CASE WHEN i4 > 5 THEN i8 / u4 ELSE CAST(t AS DOUBLE) END AS d FROM a \
         WHERE t IS NOT NULL OR i4 BETWEEN 2 AND u1",
    ),
    (
        "casts",
        ALL_TYPES,
        "SELECT CAST(i8 AS TINYINT), CAST(f8 AS SMALLINT UNSIGNED), CAST(ts AS VARCHAR(40)), \
         CAST(t AS TIMESTAMP), CAST(bo AS INTEGER), CAST(u8 AS REAL), CAST(t AS BOOLEAN) FROM a",
    ),
    (
        "having",
        ALL_TYPES,
        "SELECT t, bo, SUM(i1) + 1 AS s, MIN(n), COUNT(i8) FROM a WHERE NOT bo GROUP BY t, bo \
         HAVING SUM(i1) > 3 OR MIN(n) = 'x' SETTINGS max_groups = 9, on_full = 'drop_new'",
    ),
    (
        "windows",
        ALL_TYPES,
        "SELECT window_end, n, MAX(t), SUM(f4), AVG(i8) FROM TUMBLE(a, ts, INTERVAL '300' \
         MILLISECOND) WHERE i2 % 3 = 1 GROUP BY window_start, window_end, n \
         HAVING COUNT(*) > 1 SETTINGS max_groups = 8",
    ),
    (
        "global",
        ALL_TYPES,
        "SELECT SUM(i4), SUM(u8), AVG(f8), MIN(ts), MAX(bo), COUNT(*), COUNT(t), \
         SUM(CASE WHEN bo THEN 1 ELSE 0 END) FROM a WHERE i4 IN (1, 2, 3, NULL)",
    ),
    ("all", ALL_TYPES, "SELECT * FROM a WHERE t < 'm' AND NULLIF(i4, 0) IS NOT NULL"),
];

/// Compiles one query.
#[track_caller]
pub fn plan(stream: &str, query: &str, batch_rows: u16) -> OwnedPlan {
    let sql = format!("{stream}\n{query};");
    match compile(&sql, &Options { batch_rows, ..Options::default() }) {
        Ok(mut program) => program.queries.remove(0),
        Err(error) => panic!("{error}"),
    }
}

/// A random query over all types, and its plan if the compiler takes it.
pub fn random(random: &mut Random) -> (String, Option<OwnedPlan>) {
    let query = query(random);
    let sql = format!("{ALL_TYPES}\n{query};");
    let plan =
        compile(&sql, &Options { batch_rows: 1 + random.below(9) as u16, ..Options::default() });
    (query, plan.ok().map(|mut program| program.queries.remove(0)))
}

/// What an expression is made for.
#[derive(Clone, Copy, PartialEq)]
enum Of {
    Integer,
    Float,
    Text,
    Time,
    Boolean,
}

const ANY: [Of; 5] = [Of::Integer, Of::Float, Of::Text, Of::Time, Of::Boolean];

fn pick<T: Copy>(random: &mut Random, of: &[T]) -> T {
    of[random.below(of.len())]
}

fn query(random: &mut Random) -> String {
    let filter = match random.below(2) {
        0 => String::new(),
        _ => format!(" WHERE {}", expr(random, Of::Boolean, 2)),
    };
    let columns = 1 + random.below(4);
    match random.below(3) {
        0 => {
            let columns: Vec<_> = (0..columns)
                .map(|i| {
                    let of = pick(random, &ANY);
                    format!("{} AS c{i}", expr(random, of, 3))
                })
                .collect();
            format!("SELECT {} FROM a{filter}", columns.join(", "))
        }
        kind => {
            let keys: Vec<_> = (0..random.below(3))
                .map(|_| pick(random, &["bo", "i1", "i4", "u2", "f4", "t", "n", "ts"]))
                .collect();
            let windowed = kind == 2;
            let mut select: Vec<String> = keys.iter().map(|k| (*k).to_owned()).collect();
            for i in 0..columns {
                select.push(format!("{} AS c{i}", aggregate(random)));
            }
            let mut group = keys;
            if windowed {
                select.push("window_start".to_owned());
                group.extend(["window_start", "window_end"]);
            }
            let from = match windowed {
                true => "TUMBLE(a, ts, INTERVAL '700' MILLISECOND)",
                false => "a",
            };
            let group = match group.is_empty() {
                true => String::new(),
                false => format!(" GROUP BY {}", group.join(", ")),
            };
            let having = match random.below(3) {
                0 if !group.is_empty() => format!(" HAVING {} IS NOT NULL", aggregate(random)),
                _ => String::new(),
            };
            let settings = match group.is_empty() {
                true => String::new(),
                false => format!(" SETTINGS max_groups = {}", 5 + random.below(40)),
            };
            format!("SELECT {} FROM {from}{filter}{group}{having}{settings}", select.join(", "))
        }
    }
}

fn aggregate(random: &mut Random) -> String {
    let of = pick(random, &ANY);
    let function = match (random.below(5), of) {
        (0, _) => return "COUNT(*)".to_owned(),
        (1, _) => "COUNT",
        (2, _) => "MIN",
        (3, Of::Integer | Of::Float) => pick(random, &["SUM", "AVG"]),
        _ => "MAX",
    };
    format!("{function}({})", expr(random, of, 2))
}

fn expr(random: &mut Random, of: Of, depth: usize) -> String {
    if depth == 0 || random.one_in(5) {
        return leaf(random, of);
    }
    let depth = depth - 1;
    let mut sub = |of| expr(random, of, depth);
    let (a, b) = (sub(of), sub(of));
    let (condition, integer, float) = (sub(Of::Boolean), sub(Of::Integer), sub(Of::Float));
    match (random.below(9), of) {
        (0, _) => format!("CASE WHEN {condition} THEN {a} ELSE {b} END"),
        (1, _) => format!("COALESCE({a}, {b})"),
        (2, _) => format!("NULLIF({a}, {b})"),
        (3, Of::Integer) => format!("CAST({float} AS INTEGER)"),
        (3, Of::Float) => format!("CAST({integer} AS DOUBLE)"),
        (3, Of::Text) => format!("CAST({integer} AS VARCHAR(20))"),
        (3, Of::Time) => "CAST(t AS TIMESTAMP)".to_owned(),
        (3, Of::Boolean) => format!("{condition} IS NULL"),
        (4.., Of::Integer) => match random.below(7) {
            0 => format!("(-{a})"),
            1 => format!("ABS({a})"),
            _ => format!("({a} {} {b})", pick(random, &["+", "-", "*", "%"])),
        },
        (4.., Of::Float) => match random.below(7) {
            0 => format!("({a} / {integer})"),
            1 => format!("ABS({a})"),
            _ => format!("({a} {} {b})", pick(random, &["+", "-", "*", "/", "%"])),
        },
        (4.., Of::Text | Of::Time) => a,
        (4.., Of::Boolean) => match random.below(4) {
            0 => format!("(NOT {a})"),
            1 => format!("({a} {} {b})", pick(random, &["AND", "OR"])),
            _ => {
                let of = pick(random, &ANY);
                let (a, b) = (expr(random, of, depth), expr(random, of, depth));
                match random.below(4) {
                    0 => format!("({a} IS NOT NULL)"),
                    1 => format!("({a} IN ({b}, {}))", leaf(random, of)),
                    _ => format!("({a} {} {b})", pick(random, &["=", "<>", "<", "<=", ">", ">="])),
                }
            }
        },
    }
}

fn leaf(random: &mut Random, of: Of) -> String {
    let of_columns = match of {
        Of::Integer => &["i1", "i2", "i4", "i8", "u1", "u2", "u4"][..],
        Of::Float => &["f4", "f8"],
        Of::Text => &["t", "n"],
        Of::Time => &["ts"],
        Of::Boolean => &["bo"],
    };
    if !random.one_in(4) {
        return pick(random, of_columns).to_owned();
    }
    match of {
        Of::Integer => random.below(300).to_string(),
        Of::Float => format!("{}.5", random.below(100)),
        Of::Text => pick(random, &["'x'", "'17'", "'some text'", "''"]).to_owned(),
        Of::Time => "TIMESTAMP '2001-09-09 01:46:41'".to_owned(),
        Of::Boolean => pick(random, &["true", "false", "NULL"]).to_owned(),
    }
}
