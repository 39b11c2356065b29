//! Random rows of a stream that has a column of each family, some of them nullable.

use super::values::Value;
use crate::common::Random;

/// Its columns; `{delay}` stands for how far the watermark trails.
pub const STREAM: &str = "CREATE STREAM s (
    ts TIMESTAMP NOT NULL,
    k INTEGER,
    name VARCHAR(6),
    flag BOOLEAN,
    small TINYINT,
    unsigned SMALLINT UNSIGNED NOT NULL,
    wide BIGINT,
    r REAL,
    d DOUBLE NOT NULL,
    title VARCHAR(11) NOT NULL,
    id INTEGER NOT NULL,
    WATERMARK FOR ts AS ts - INTERVAL '{delay}' MILLISECOND
);
";

/// The stream with a watermark that trails by so many milliseconds.
pub fn stream(delay: i64) -> String {
    STREAM.replace("{delay}", &delay.to_string())
}

/// How event times run.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// Largest step forward from row to row, microseconds.
    pub step: u64,
    /// How far a row may lie behind, microseconds.
    pub behind: u64,
    /// Whether clocks fail at times.
    pub wild: bool,
}

/// So many rows.
pub fn rows(count: usize, times: Times, random: &mut Random) -> Vec<Vec<Value>> {
    let mut now = random.below(5_000_000) as i64 - 2_500_000;
    let ids = [3, 40, 100_000][random.below(3)];
    (0..count)
        .map(|_| {
            now += (random.next() % (times.step + 1)) as i64;
            if random.one_in(40) {
                now += 20_000_000; // a gap of many windows
            }
            let time = now - (random.next() % (times.behind + 1)) as i64;
            let time = if times.wild && random.one_in(30) { wild(random) } else { time };
            row(time, ids, random)
        })
        .collect()
}

fn wild(random: &mut Random) -> i64 {
    let limit = ringql_core::time::TIME_LIMIT;
    let far = [i64::MIN, i64::MAX, limit, limit + 1, -limit, -limit - 1, 0, 1 << 50];
    far[random.below(far.len())]
}

fn row(time: i64, ids: usize, random: &mut Random) -> Vec<Value> {
    let names = ["", "a", "b", "bb", "ä", "abcdef"];
    let titles = ["", "one", "two", "eleven byte", "日本"];
    let floats = [0.0, -0.0, 1.5, -2.25, f64::NAN, f64::INFINITY, 0.1, 1e30];
    vec![
        Value::Time(time),
        some(random, |r| Value::Int(r.below(7) as i128 - 3)),
        some(random, |r| Value::Text(names[r.below(names.len())].to_owned())),
        some(random, |r| Value::Bool(r.one_in(2))),
        some(random, |r| Value::Int([0, 1, -1, 127, -128, 5][r.below(6)])),
        Value::Int([0, 1, 65535, 7, 256][random.below(5)]),
        some(random, |r| {
            Value::Int([0, 1, -1, i64::MAX.into(), i64::MIN.into(), 1 << 40][r.below(6)])
        }),
        some(random, |r| Value::Float(f64::from(floats[r.below(floats.len())] as f32))),
        Value::Float(floats[random.below(floats.len())] + random.below(100) as f64 / 7.0),
        Value::Text(titles[random.below(titles.len())].to_owned()),
        Value::Int(random.below(ids) as i128 - 1),
    ]
}

fn some(random: &mut Random, value: impl FnOnce(&mut Random) -> Value) -> Value {
    if random.one_in(6) { Value::Null } else { value(random) }
}
