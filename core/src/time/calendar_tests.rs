use std::format;
use std::string::String;

use chrono::{DateTime, Datelike, NaiveDate};
use proptest::prelude::*;

use super::*;

/// Texts and what DuckDB 2.0 makes of `CAST(text AS TIMESTAMP)`.
#[rustfmt::skip]
const READ_BY_DUCKDB: &[(&str, i64)] = &[
    ("2010-01-01", 1_262_304_000_000_000),
    ("2010-01-01 00:00", 1_262_304_000_000_000),
    ("2010-01-01 00:00:00", 1_262_304_000_000_000),
    ("2010-01-01T00:00:00", 1_262_304_000_000_000),
    ("2010-01-01T00:00:00Z", 1_262_304_000_000_000),
    ("2010-01-01 00:00:00 Z", 1_262_304_000_000_000),
    ("2010-01-01 00:00:00.1", 1_262_304_000_100_000),
    ("2010-01-01 00:00:00.", 1_262_304_000_000_000),
    ("2010-01-01 00:00:00.123456789", 1_262_304_000_123_456),
    ("2010-01-01 00:00:00.1234567", 1_262_304_000_123_456),
    ("2010-01-01 12:34:56.000001", 1_262_349_296_000_001),
    ("2010-01-01 24:00:00", 1_262_390_400_000_000),
    ("2010-1-1", 1_262_304_000_000_000),
    ("2010-1-1 1:2:3", 1_262_307_723_000_000),
    ("2012-02-29", 1_330_473_600_000_000),
    ("2000-02-29 23:59:59.999999", 951_868_799_999_999),
    ("0000-01-01", -62_167_219_200_000_000),
    ("0001-01-01", -62_135_596_800_000_000),
    ("-0001-01-01", -62_198_755_200_000_000),
    ("10000-01-01", 253_402_300_800_000_000),
    ("294247-01-10 04:00:54.775806", 9_223_372_036_854_775_806),
    ("290309-12-22 (BC) 00:00:00", -9_223_372_022_400_000_000),
    ("290308-12-21 (BC) 19:59:05.224192", -9_223_340_500_854_775_808),
    ("2010/01/01", 1_262_304_000_000_000),
    ("44-03-15 (BC)", -63_517_824_000_000_000),
    ("0044-03-15 (BC) 1:00", -63_517_820_400_000_000),
    ("2010-01-01 00:00Z", 1_262_304_000_000_000),
    ("2010-01-01  00:00:00", 1_262_304_000_000_000),
    ("2010-01-01 00:00:00 UTC", 1_262_304_000_000_000),
    ("2010-01-01 00:00:00 utc", 1_262_304_000_000_000),
    ("2010-01-01 00:00:00 ", 1_262_304_000_000_000),
    ("1-1-1", -62_135_596_800_000_000),
    ("1969-12-31 23:59:59.5", -500_000),
    ("1900-03-01", -2_203_891_200_000_000),
    ("1600-12-31 23:59:59", -11_644_473_601_000_000),
    ("  2010-01-01", 1_262_304_000_000_000),
];

/// Texts that DuckDB 2.0 refuses to cast to TIMESTAMP.
#[rustfmt::skip]
const REFUSED_BY_DUCKDB: &[&str] = &[
    "",
    "2010-01-01 00",
    "2010-01-01 24:00:01",
    "2010-01-01 23:59:60",
    "2010-02-29",
    "1900-02-29",
    "2010-13-01",
    "2010-00-01",
    "2010-01-00",
    "2010-04-31",
    "2010-01-01 ",
    "2010-01-01Z",
    "2010-01-01 +02",
    "12345",
    "2010-001-01",
    "2010-01-001",
    "2010-01/01",
    "2010-01-01T",
    "2010-01-01TT00:00:00",
    "2010-01-01 00:60:00",
    "2010-01-01 00:00:00abc",
    "2010-01-01 00:00:00utc",
    "0000-01-01 (BC)",
    "-0001-01-01 (BC)",
    "0044-03-15(BC)",
    "+2010-01-01",
    "2010-01-01 00:00.5",
    "2010-01-01 00:00:00,5",
    "999999-01-01",
    "2010-01-01 00:00:00-02:3",
    "2010-01-01 00:00:00+2",
    "2010-01-01 00:00:00+002",
    "2010-01-01 00:00:00+02:30:",
];

fn written(micros: i64) -> String {
    let mut out = String::new();
    write_timestamp(&mut out, micros).unwrap();
    out
}

fn written_short(micros: i64) -> String {
    let mut out = String::new();
    write_timestamp_short(&mut out, micros).unwrap();
    out
}

#[test]
fn reads_what_duckdb_reads() {
    for &(text, micros) in READ_BY_DUCKDB {
        let read = LocalTimestamp::parse(text.as_bytes());
        assert_eq!(read, Some(LocalTimestamp { micros, offset: 0 }), "{text}");
    }
    for text in REFUSED_BY_DUCKDB {
        assert_eq!(LocalTimestamp::parse(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn offsets() {
    let hour = 3_600 * SECOND;
    for (text, offset) in [
        ("+02", 2 * hour),
        (" +02", 2 * hour),
        ("-0230", -2 * hour - hour / 2),
        ("+05:30", 5 * hour + hour / 2),
        ("-00:00:01", -SECOND),
        ("z", 0),
    ] {
        let text = format!("1970-01-01 00:00:00{text}");
        let local = LocalTimestamp::parse(text.as_bytes());
        assert_eq!(local, Some(LocalTimestamp { micros: 0, offset }), "{text}");
        assert_eq!(parse_timestamp(text.as_bytes()), Some(-offset), "{text}");
    }
    for text in ["+2", "+02:60", "+02:3", "+0230:1", "+023000", "+", "Z+02", "+02:30:00:00"] {
        let text = format!("1970-01-01 00:00:00{text}");
        assert_eq!(parse_timestamp(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn the_ends_of_time() {
    assert_eq!(written(i64::MAX), "294247-01-10 04:00:54.775807");
    assert_eq!(written(i64::MIN), "290309-12-21 (BC) 19:59:05.224192");
    for micros in [i64::MIN, i64::MIN + 1, i64::MAX, i64::MAX - 1, 0, -1] {
        assert_eq!(parse_timestamp(written(micros).as_bytes()), Some(micros));
    }
    assert_eq!(parse_timestamp(b"294247-01-10 04:00:54.775808"), None);
    assert_eq!(parse_timestamp(b"290309-12-21 (BC) 19:59:05.224191"), None);
    assert_eq!(parse_timestamp(b"294247-01-10 04:00:54.775807-00:00:01"), None);
}

#[test]
fn short_forms() {
    assert_eq!(written_short(0), "1970-01-01 00:00:00");
    assert_eq!(written_short(-1), "1969-12-31 23:59:59.999999");
    assert_eq!(written_short(100), "1970-01-01 00:00:00.0001");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn every_timestamp_reads_back(micros: i64) {
        prop_assert_eq!(parse_timestamp(written(micros).as_bytes()), Some(micros));
        prop_assert_eq!(parse_timestamp(written_short(micros).as_bytes()), Some(micros));
    }

    /// Within chrono's years, which end before those of an `i64`.
    #[test]
    fn as_chrono_writes_it(micros in -62_135_596_800_000_000i64..=253_402_300_799_999_999) {
        let expected = DateTime::from_timestamp_micros(micros).unwrap();
        let date = expected.date_naive();
        let seconds = micros.rem_euclid(DAY) / SECOND;
        let expected = format!(
            "{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:06}",
            date.year(), date.month(), date.day(),
            seconds / 3_600, seconds / 60 % 60, seconds % 60, micros.rem_euclid(SECOND),
        );
        prop_assert_eq!(written(micros), expected);
    }

    #[test]
    fn days_are_chronos(year in -262_000i32..262_000, day in 0u32..366) {
        let date = NaiveDate::from_yo_opt(year, day + 1);
        prop_assume!(date.is_some());
        let date = date.unwrap();
        let text = if year > 0 {
            format!("{:04}-{:02}-{:02}", year, date.month(), date.day())
        } else {
            format!("{:04}-{:02}-{:02} (BC)", 1 - year, date.month(), date.day())
        };
        let midnight = date.and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp_micros();
        prop_assert_eq!(parse_timestamp(text.as_bytes()), Some(midnight));
    }

    #[test]
    fn any_bytes_are_read_or_refused(text: std::vec::Vec<u8>) {
        let _ = parse_timestamp(&text);
    }

    #[test]
    fn texts_that_look_like_one(text in "[-+]?[0-9]{1,7}[-/][0-9]{1,3}[-/][0-9]{1,3}[ T]?[0-9:.]{0,12}[-+Z0-9:]{0,6}") {
        let _ = parse_timestamp(text.as_bytes());
    }
}
