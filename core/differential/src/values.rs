//! Values of every type, as texts: edge values and ordinary ones.

use ringql_core::types::DataType;

use crate::random::Random;

const INTEGERS: &[i128] =
    &[0, 1, -1, 2, 3, 7, 10, 59, 100, 127, 128, 255, 256, 1000, 32_768, 86_400];
const FLOATS: &[&str] = &[
    "0",
    "-0.0",
    "1",
    "-1",
    "nan",
    "inf",
    "-inf",
    "0.5",
    "-0.5",
    "1.5",
    "2.5",
    "-2.5",
    "0.1",
    "127.5",
    "2147483648",
    "9007199254740993",
    "9.223372e18",
    "1e-7",
    "-1e15",
    "1e16",
    "1e30",
    "3.4028235e38",
    "1e-45",
];
const DOUBLES: &[&str] =
    &["1.7976931348623157e308", "5e-324", "1.005", "123456789.12345678", "1e17"];
const DATES: &[&str] = &[
    "1970-01-01",
    "0001-01-01",
    "9999-12-31",
    "2020-02-29",
    "2019-02-28",
    "1900-02-28",
    "2000-12-31",
    "1969-12-31",
    "2016-01-03",
    "2024-08-31",
    "1582-10-15",
    "2100-03-01",
    "0004-02-29",
];
const TIMES: &[&str] = &[
    "00:00:00",
    "23:59:59.999999",
    "12:34:56.789",
    "01:02:03",
    "12:00:00",
    "11:59:59.5",
    "00:00:00.000001",
    "13:00:00",
];
const INTERVALS: &[&str] = &[
    "0 days",
    "1 month",
    "-1 month",
    "1 year 2 months 3 days 04:05:06.789",
    "1 day",
    "-1 day",
    "24:00:00",
    "30 days",
    "-01:30:00",
    "13 months",
    "00:00:00.000001",
    "-00:00:00.000001",
    "100 years",
    "45 days 12:00:00",
    "-1 year 1 day",
    "1 month -1 day",
];
const TEXTS: &[&str] = &[
    "",
    "a",
    "abc",
    "Hello World",
    "  two  ",
    "äöü",
    "日本語",
    "🦆🦀x",
    "e\u{301}a",
    "100%",
    "a_b",
    "a\\b",
    "NULL",
    "a|b\tc\nd",
    "aaaa",
    "ABC",
    "ÀÉÎ ßẞ",
    "x,y,,z",
    "İıſ",
    "abcabcabc",
    "it's",
    "-12.5",
    "ΑΣς",
    "\u{a0}nbsp\u{2003}",
    "1",
    "true",
];
const BYTES: &[&str] =
    &["", "abc", "\\x00", "\\xFF", "\\xC3\\xA4", "12", "\\x5C", "a\\x27b", "\\xFF\\x00"];
const UUIDS: &[&str] = &[
    "00000000-0000-0000-0000-000000000000",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "12345678-9abc-def0-1234-56789abcdef0",
    "80000000-0000-0000-0000-000000000001",
    "7fffffff-ffff-ffff-ffff-ffffffffffff",
];
const NUMBER_TEXTS: &[&str] = &[
    "",
    "0",
    "-0",
    "+1",
    "-1",
    " 12 ",
    "1.5",
    "2.5",
    "-2.5",
    "1e2",
    "1e-2",
    "127",
    "128",
    "-129",
    "255",
    "256",
    "2147483648",
    "9223372036854775807",
    "9223372036854775808",
    "1e400",
    "nan",
    "abc",
    "12abc",
    "true",
    "f",
    "99.995",
    "0.0005",
];
const TIME_TEXTS: &[&str] = &[
    "2020-02-29",
    "2019-02-29",
    "2020-2-9",
    "2020/02/29",
    "0001-01-01",
    "9999-12-31",
    "2020-13-01",
    "2020-02-29 12:34:56",
    "2020-02-29T12:34:56.789Z",
    "2020-02-29 12:34",
    "12:34:56",
    "12:34:56.123456",
    "1:2:3",
    "24:00:00",
    "1 day",
    "1 month 2 days",
    "-1 year",
    "01:02:03",
    "1 day ago",
    "2 weeks",
    "x",
];

/// What the texts of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Values of its type.
    Plain,
    /// Texts that are numbers, or nearly so.
    Numbers,
    /// Texts that are dates, times or intervals, or nearly so.
    Times,
}

/// A value, as the text that CAST reads.
pub fn text(t: DataType, sort: Sort, random: &mut Random) -> String {
    let from = |some: &[&str], random: &mut Random| random.pick(some).to_owned();
    let edge = random.one_in(2);
    match (t, sort) {
        (_, Sort::Numbers) => from(NUMBER_TEXTS, random),
        (_, Sort::Times) => from(TIME_TEXTS, random),
        (DataType::Boolean, _) => from(&["true", "false"], random),
        (t, _) if t.is_integer() => integer(t, edge, random).to_string(),
        (DataType::Real, _) if edge => from(FLOATS, random),
        (DataType::Double, _) if edge => from(random.pick(&[FLOATS, FLOATS, DOUBLES]), random),
        (DataType::Real, _) => format!("{:?}", ordinary(random) as f32),
        (DataType::Double, _) => format!("{:?}", ordinary(random)),
        (DataType::Decimal(p, s), _) => decimal(p, s, edge, random),
        (DataType::Date, _) => date(edge, random),
        (DataType::Time, _) => time(edge, random),
        (DataType::Timestamp, _) => format!("{} {}", date(edge, random), time(edge, random)),
        (DataType::TimestampTz, _) => format!("{} {}+00", date(edge, random), time(edge, random)),
        (DataType::Interval, _) if edge => from(INTERVALS, random),
        (DataType::Interval, _) => {
            let unit = random.pick(&["months", "days", "hours", "minutes", "seconds"]);
            format!("{} {unit}", random.below(400) as i64 - 200)
        }
        (DataType::Uuid, _) => from(UUIDS, random),
        (DataType::Varbinary(_), _) => from(BYTES, random),
        _ => words(t, edge, random),
    }
}

fn integer(t: DataType, edge: bool, random: &mut Random) -> i128 {
    let bits = t.size() as u32 * 8;
    let (low, high) = if t.is_unsigned() {
        (0, (1 << bits) - 1)
    } else {
        (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1)
    };
    let value = match (edge, random.below(4)) {
        (true, 0) => random.pick(&[low, low + 1, high, high - 1]),
        (true, _) => random.pick(INTEGERS),
        (false, 0) => i128::from(random.bits().cast_signed() >> (64 - bits)),
        (false, _) => random.below(100) as i128 - 20,
    };
    if (low..=high).contains(&value) { value } else { value.unsigned_abs() as i128 & high & 0x7f }
}

/// A float of a few digits, most of them small.
fn ordinary(random: &mut Random) -> f64 {
    let digits = random.below(2_000_000) as f64 - 1_000_000.0;
    digits / random.pick(&[1.0, 10.0, 1000.0, 100_000.0])
}

fn decimal(p: u8, s: u8, edge: bool, random: &mut Random) -> String {
    let nines = "9".repeat(p.into());
    let (whole, fraction) = nines.split_at(usize::from(p - s));
    match (edge, random.below(4)) {
        (true, 0) => format!("{whole}.{fraction}"),
        (true, 1) => format!("-{whole}.{fraction}"),
        (true, _) => {
            random.pick(&["0", "0.5", "-0.5", "1.5", "2.5", "-2.5", "1", "100"]).to_owned()
        }
        _ => {
            let digits = random.below(2_000_000) as i64 - 1_000_000;
            let digits = digits % 10i64.pow(u32::from(p).min(18));
            let scale = 10i64.pow(s.into());
            let sign = if digits < 0 { "-" } else { "" };
            let digits = digits.abs();
            format!("{sign}{}.{:0width$}", digits / scale, digits % scale, width = s.into())
        }
    }
}

fn date(edge: bool, random: &mut Random) -> String {
    if edge {
        return random.pick(DATES).to_owned();
    }
    let (year, month) = (1950 + random.below(120), 1 + random.below(12));
    format!("{year}-{month:02}-{:02}", 1 + random.below(28))
}

fn time(edge: bool, random: &mut Random) -> String {
    if edge {
        return random.pick(TIMES).to_owned();
    }
    let (hour, minute, second) = (random.below(24), random.below(60), random.below(60));
    format!("{hour:02}:{minute:02}:{second:02}.{:06}", random.below(1_000_000))
}

/// A text that fits.
fn words(t: DataType, edge: bool, random: &mut Random) -> String {
    let mut text = random.pick(TEXTS).to_owned();
    if !edge {
        let letters = ["a", "b", "B", "c", " ", "ä", "x", "1", ".", "%"];
        text = (0..random.below(9)).map(|_| random.pick(&letters)).collect();
    }
    let room = match t {
        DataType::Varchar(n) | DataType::Char(n) => n.into(),
        _ => usize::MAX,
    };
    while text.len() > room {
        text.pop();
    }
    text
}
