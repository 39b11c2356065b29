use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

use proptest::prelude::*;

use super::*;
use crate::schema::{Field, Schema, Text};

fn written(data_type: DataType, bytes: &[u8]) -> String {
    let mut out = String::new();
    write_value(&mut out, data_type, bytes).unwrap();
    out
}

fn cast(data_type: DataType, bytes: &[u8]) -> String {
    let mut out = String::new();
    write_cast(&mut out, data_type, bytes).unwrap();
    out
}

fn parsed(data_type: DataType, text: &str) -> Result<Vec<u8>, ParseError> {
    let mut out = std::vec![0xff; data_type.size()];
    parse_value(data_type, text.as_bytes(), &mut out).map(|()| out)
}

/// Texts and what DuckDB 2.0 makes of `CAST(text AS SMALLINT)`.
#[rustfmt::skip]
const SMALLINT_BY_DUCKDB: &[(&str, Option<i16>)] = &[
    ("1", Some(1)), ("+1", Some(1)), (" 1 ", Some(1)), ("1.5", Some(2)), ("2.5", Some(3)),
    ("-1.5", Some(-2)), ("1.4999", Some(1)), ("1e2", Some(100)), ("1e-1", Some(0)),
    ("0X1F", Some(31)), ("", None), ("-", None), ("+", None), ("1.", Some(1)), ("+.5", Some(1)),
    (".5", Some(1)), ("-.5", Some(-1)), ("1e", None), ("--1", None), ("00012", Some(12)),
    ("-0", Some(0)), (" +1", Some(1)), ("\t1\n", Some(1)), ("1 2", None), ("0b11", Some(3)),
    ("1e10", None), ("1.5e1", Some(15)), ("12345e-2", Some(123)), ("15e-1", Some(2)),
    ("25e-1", Some(3)), ("-0x10", None), ("0x", None), ("1.5e", None), ("e1", None), (".", None),
    ("1.e1", Some(10)), (".e1", None), ("0.5e1", Some(5)), ("45e-2", Some(0)),
    ("149e-2", Some(1)), ("1.45e0", Some(1)), ("0.045e1", Some(0)), ("1e-0", Some(1)),
    ("1e+2", Some(100)), ("1e 2", None), ("1 e2", None), ("5e-1", Some(1)), ("4e-1", Some(0)),
    ("49e-2", Some(0)), ("-0.0", Some(0)), ("1_", None), ("1__0", None),
    ("999999999999e-10", Some(100)), ("0.0000000001e10", Some(1)), ("1.24e1", Some(12)),
    ("1.25e1", Some(13)), ("1.249e1", Some(12)), ("- 1", None), ("0b", None), ("0b2", None),
    ("127.9e0", Some(128)), ("3.5e-1", Some(0)), ("1.e", None), ("1e+", None),
    ("0.99999999999999999999", Some(1)), ("15e-2", Some(0)), ("1e-400", Some(0)),
    ("1E2", Some(100)), ("1\u{a0}", None), ("32767.4", Some(32767)), ("32767.5", None),
    ("-32768.4", Some(-32768)), ("-32768.5", None), ("abc", None), ("0e999999999999", Some(0)),
];

#[test]
fn integers_as_duckdb_casts_them() {
    for &(text, expected) in SMALLINT_BY_DUCKDB {
        assert_eq!(i16::parse(text.as_bytes()).ok(), expected, "{text:?}");
    }
    assert_eq!(u8::parse(b"-0"), Ok(0));
    for text in ["-1", "-0.4", "-0.5", "255.5", "256", "-1e-5"] {
        assert_eq!(u8::parse(text.as_bytes()), Err(ParseError::OutOfRange), "{text}");
    }
    assert_eq!(i64::parse(b"9223372036854775807.4"), Ok(i64::MAX));
    assert_eq!(i64::parse(b"9223372036854775807.5"), Err(ParseError::OutOfRange));
    assert_eq!(i64::parse(b"-9223372036854775808"), Ok(i64::MIN));
    assert_eq!(i64::parse(b"-9223372036854775809"), Err(ParseError::OutOfRange));
    assert_eq!(i64::parse(b"9223372036854775.807e3"), Ok(i64::MAX));
    assert_eq!(u64::parse(b"18446744073709551615"), Ok(u64::MAX));
    assert_eq!(u64::parse(b"18446744073709551615.5"), Err(ParseError::OutOfRange));
    assert_eq!(u64::parse(b"18446744073709551616"), Err(ParseError::OutOfRange));
    assert_eq!(u64::parse(b"1e99999999999999999999"), Err(ParseError::OutOfRange));
    assert_eq!(u64::parse(b"0xffffffffffffffff"), Ok(u64::MAX));
    assert_eq!(u64::parse(b"0x10000000000000000"), Err(ParseError::OutOfRange));
}

#[test]
fn data_is_not_rounded() {
    assert_eq!(parsed(DataType::TinyInt, "1.5"), Err(ParseError::NotWhole));
    assert_eq!(parsed(DataType::TinyInt, "1.0"), Ok(std::vec![1]));
    assert_eq!(parsed(DataType::TinyInt, "1e2"), Ok(std::vec![100]));
    assert_eq!(parsed(DataType::TinyInt, ""), Err(ParseError::NotANumber));
    assert_eq!(parsed(DataType::TinyInt, "x"), Err(ParseError::NotANumber));
    assert_eq!(parsed(DataType::Integer, "é"), Err(ParseError::NotANumber));
}

#[test]
fn casts_from_text_are_duckdbs() {
    let mut out = [0; 8];
    parse_cast(DataType::TinyInt, b"2.5", &mut out).unwrap();
    assert_eq!(out[0], 3);
    parse_cast(DataType::Timestamp, b"1970-01-01 00:00:00+02", &mut out).unwrap();
    assert_eq!(i64::from_le_bytes(out), 0);
    parse_value(DataType::Timestamp, b"1970-01-01 00:00:00+02", &mut out).unwrap();
    assert_eq!(i64::from_le_bytes(out), -7_200_000_000);
    parse_cast(DataType::Varchar(6), b"ab", &mut out).unwrap();
    assert_eq!(&out, b"\x02\x00ab\0\0\0\0");
}

#[test]
fn floats() {
    for (text, expected) in [
        ("1", "1.0"),
        ("+1", "1.0"),
        (" 1.5 ", "1.5"),
        ("NaN", "nan"),
        ("-nan", "nan"),
        ("Infinity", "inf"),
        ("-inf", "-inf"),
        ("1e400", "inf"),
        ("1e-400", "0.0"),
        ("1.", "1.0"),
        ("-.5", "-0.5"),
        ("-0", "-0.0"),
        ("1e300", "1e300"),
        ("1e16", "1e16"),
        ("1e15", "1000000000000000.0"),
        ("0.00001", "1e-5"),
        ("5e-324", "5e-324"),
    ] {
        let bytes = parsed(DataType::Double, text).unwrap();
        assert_eq!(written(DataType::Double, &bytes), expected, "{text}");
    }
    for text in ["", ".", "1e", "e5", "1d", "0x1", "infinit", "1,5", "1 2"] {
        assert_eq!(parsed(DataType::Double, text), Err(ParseError::NotANumber), "{text}");
    }
    let nan = parsed(DataType::Real, "-NaN").unwrap();
    assert_eq!(nan, f32::NAN.to_le_bytes());
    assert_eq!(written(DataType::Real, &0.1f32.to_le_bytes()), "0.1");
}

/// `CAST(x AS VARCHAR)` in DuckDB 2.0.
#[test]
fn casts_to_text_are_duckdbs() {
    for (value, expected) in [
        (1.0, "1.0"),
        (1e300, "1e+300"),
        (1e15, "1000000000000000.0"),
        (1e16, "1e+16"),
        (1e-5, "1e-05"),
        (0.0001, "0.0001"),
        (-0.0, "-0.0"),
        (f64::NAN, "nan"),
        (f64::INFINITY, "inf"),
        (123456789.123, "123456789.123"),
        (5e-324, "5e-324"),
    ] {
        assert_eq!(cast(DataType::Double, &value.to_le_bytes()), expected);
    }
    for (value, expected) in [(16777216f32, "16777216.0"), (1e20, "1e+20"), (3.4e38, "3.4e+38")] {
        assert_eq!(cast(DataType::Real, &value.to_le_bytes()), expected);
    }
    assert_eq!(cast(DataType::Timestamp, &0i64.to_le_bytes()), "1970-01-01 00:00:00");
    assert_eq!(cast(DataType::Double, &(-f64::MIN_POSITIVE).to_le_bytes()).len(), 24);
}

#[test]
fn booleans() {
    for text in ["true", "TRUE", "T", "t", "1", "yes", "Y"] {
        assert_eq!(parsed(DataType::Boolean, text), Ok(std::vec![1]), "{text}");
    }
    for text in ["false", "False", "f", "0", "no", "N"] {
        assert_eq!(parsed(DataType::Boolean, text), Ok(std::vec![0]), "{text}");
    }
    for text in ["", "on", "off", "2", "1.0", " true", "tru"] {
        assert_eq!(parsed(DataType::Boolean, text), Err(ParseError::NotABoolean), "{text}");
    }
}

#[test]
fn texts() {
    assert_eq!(parsed(DataType::Varchar(3), "abc"), Ok(std::vec![3, 0, b'a', b'b', b'c', 0]));
    assert_eq!(parsed(DataType::Varchar(3), ""), Ok(std::vec![0; 6]));
    assert_eq!(parsed(DataType::Varchar(3), "abcd"), Err(ParseError::TooLong));
    assert_eq!(parsed(DataType::Varchar(1), "é"), Err(ParseError::TooLong));
    let mut out = [0; 4];
    assert_eq!(parse_value(DataType::Varchar(2), b"\xff", &mut out), Err(ParseError::NotUtf8));
    assert_eq!(written(DataType::Varchar(3), b"\x02\x00\xffa\x00\x00"), "\u{fffd}a");
}

#[test]
fn too_little_room_is_an_error() {
    for data_type in [DataType::Integer, DataType::Timestamp, DataType::Varchar(9)] {
        let mut out = [0; 3];
        let text = if data_type == DataType::Timestamp { "2010-01-01" } else { "1" };
        assert_eq!(parse_value(data_type, text.as_bytes(), &mut out), Err(ParseError::NoRoom));
        assert!(write_value(&mut String::new(), data_type, &[1]).is_err());
    }
}

#[test]
fn csv_quoting() {
    for (text, expected) in [
        ("plain", "plain"),
        ("", "\"\""),
        ("a,b", "\"a,b\""),
        ("say \"hi\"", "\"say \"\"hi\"\"\""),
        ("\"", "\"\"\"\""),
        ("two\nlines", "\"two\nlines\""),
        ("cr\r", "\"cr\r\""),
        (" spaces ", " spaces "),
    ] {
        let mut out = String::new();
        write_csv_text(&mut out, text.as_bytes()).unwrap();
        assert_eq!(out, expected);
    }
}

#[test]
fn csv_rows() {
    let field = |offset, len, data_type, at, nullable| Field {
        name: Text { offset, len },
        data_type,
        nullable,
        offset: at,
    };
    let fields = [
        field(0, 1, DataType::Boolean, 0, true),
        field(1, 3, DataType::Varchar(2), 2, true),
        field(0, 1, DataType::Real, 8, false),
    ];
    let schema = Schema { fields: &fields, texts: "ab,c" };
    let mut out = String::new();
    write_csv_header(&mut out, schema).unwrap();
    let size = schema.layout().record_size;
    let mut record = std::vec![0; size];
    for validity in [0b111, 0b101, 0b100] {
        record[12] = validity;
        write_csv_row(&mut out, schema, &record).unwrap();
    }
    assert_eq!(out, "a,\"b,c\",a\nfalse,\"\",0.0\nfalse,,0.0\n,,0.0\n");
    assert!(write_csv_row(&mut out, schema, &record[1..]).is_err());
}

fn any_type() -> impl Strategy<Value = DataType> {
    prop::sample::select(std::vec![
        DataType::Boolean,
        DataType::TinyInt,
        DataType::SmallInt,
        DataType::Integer,
        DataType::BigInt,
        DataType::UTinyInt,
        DataType::USmallInt,
        DataType::UInteger,
        DataType::UBigInt,
        DataType::Real,
        DataType::Double,
        DataType::Timestamp,
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn every_value_reads_back(data_type in any_type(), mut bytes: [u8; 8]) {
        if data_type == DataType::Boolean {
            bytes[0] &= 1;
        }
        let bytes = &bytes[..data_type.size()];
        let is_nan = match data_type {
            DataType::Real => f32::from_le_bytes(bytes.try_into().unwrap()).is_nan(),
            DataType::Double => f64::from_le_bytes(bytes.try_into().unwrap()).is_nan(),
            _ => false,
        };
        let text = written(data_type, bytes);
        prop_assert_eq!(is_nan, text == "nan");
        if !is_nan {
            prop_assert_eq!(&parsed(data_type, &text).unwrap(), bytes, "{}", &text);
            prop_assert_eq!(&parsed(data_type, &cast(data_type, bytes)).unwrap(), bytes);
        }
    }

    #[test]
    fn every_text_reads_back(text in ".{0,12}") {
        let bytes = parsed(DataType::Varchar(48), &text).unwrap();
        prop_assert_eq!(written(DataType::Varchar(48), &bytes), text);
    }

    /// Small decimals with an exponent, against exact arithmetic in `i128`.
    #[test]
    fn decimals(negative: bool, digits in 0u32..1_000_000, point in 0usize..8, exponent in -9i32..9) {
        let mut text = format!("{digits:07}");
        text.insert(text.len() - point.min(7), '.');
        let text = format!("{}{text}e{exponent}", if negative { "-" } else { "" });
        let shift = exponent - point.min(7) as i32;
        let exact = i128::from(digits) * 10i128.pow((shift + 16) as u32);
        let unit = 10i128.pow(16);
        let rounded = (exact + unit / 2) / unit;
        let expected = if negative { -rounded } else { rounded };
        let got = i64::parse_exact(text.as_bytes());
        match i64::try_from(expected) {
            Ok(expected) => prop_assert_eq!(got, Ok((expected, exact % unit == 0)), "{}", text),
            Err(_) => prop_assert_eq!(got, Err(ParseError::OutOfRange)),
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(data_type in any_type(), text: Vec<u8>) {
        let _ = parse_value(data_type, &text, &mut [0; 8]);
    }

    #[test]
    fn unsigned_numbers_print_as_std_does(value: u64, small: i8) {
        prop_assert_eq!(written(DataType::UBigInt, &value.to_le_bytes()), value.to_string());
        prop_assert_eq!(written(DataType::TinyInt, &small.to_le_bytes()), small.to_string());
    }
}
