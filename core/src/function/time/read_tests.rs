use super::*;
use crate::time::calendar::parse_timestamp;

/// What DuckDB 2.0 gives, where the parts of a date are at odds or one is missing.
#[test]
fn dates_of_parts() {
    for (text, format, wanted) in [
        ("2020 1", "%Y %U", "2020-01-05"),
        ("2020 53 6", "%Y %U %w", "2021-01-09"),
        ("2020 53 0", "%Y %W %w", "2021-01-10"),
        ("2020 0 0", "%Y %W %w", "2020-01-05"),
        ("2020 10 Mon", "%Y %U %a", "2020-03-08"),
        ("6 2020", "%w %Y", "2020-01-01"),
        ("2020-53", "%G-%V", "2020-12-28"),
        ("2019-53-1", "%G-%V-%u", "2019-12-30"),
        ("2020-01-5 2021", "%G-%V-%u %Y", "2021-01-01"),
        ("2020 5", "%G %m", "1900-05-01"),
        ("5 2020", "%V %G", "2020-01-27"),
        ("5 2020", "%V %Y", "2020-01-01"),
        ("5 2020", "%W %Y", "2020-02-03"),
        ("2020-06-15 5 2020", "%Y-%m-%d %V %G", "2020-06-15"),
        ("3 100 2020", "%m %j %Y", "2020-03-01"),
        ("2020-060 3", "%Y-%j %m", "2020-03-01"),
        ("2 3 2020 1", "%m %d %Y %U", "2020-02-03"),
        ("100", "%j", "1900-04-10"),
        ("1 pm", "%H %p", "1900-01-01 13:00"),
        ("1 2", "%u %w", "1900-01-01"),
        ("0000", "%Y", "0001-01-01 (BC)"),
        ("2020 x", "%Y  x", "2020-01-01"),
        ("2020  x", "%Y x", "2020-01-01"),
        ("x", "x", "1900-01-01"),
        ("1", "%g", "1900-01-01 00:00:00.1"),
        ("2020-01-01 +05:30:15", "%Y-%m-%d %z", "2019-12-31 18:29:45"),
        ("2020-01-01 GMT+1", "%Y-%m-%d %Z", "2019-12-31 23:00"),
    ] {
        let format = pattern::compile(format).unwrap();
        assert_eq!(read(&format, text.as_bytes()), parse_timestamp(wanted.as_bytes()), "{text}");
    }
    for (text, format) in [
        ("2020 54 0", "%Y %W %w"),
        ("13 PM", "%H %p"),
        ("0 AM", "%I %p"),
        ("1 p", "%I %p"),
        ("janu", "%B"),
        ("2020 ", " %Y %m"),
        ("2020", "%Y "),
        ("2020", "%y"),
        ("367", "%j"),
        ("-5", "%d"),
        ("0", "%d"),
        ("2020-01-01 +5", "%Y-%m-%d %z"),
        ("2020-01-01 1.", "%Y-%m-%d %S.%f"),
        ("", "%Y"),
    ] {
        let format = pattern::compile(format).unwrap();
        assert_eq!(read(&format, text.as_bytes()), None, "{text}");
    }
}

#[test]
fn broken_texts_and_formats_are_no_trouble() {
    let format = pattern::compile("%A %p %Z %Y").unwrap();
    assert_eq!(read(&format, b"\xff\xfe\x80"), None);
    assert!(pattern::check(&format));
    for end in 0..format.len() {
        assert!(!pattern::check(&format[..end]), "{end}");
    }
    for bytes in [&[2, 0, 0, 2, 0xff, 0xff][..], &[2, 0, b'q'], &[2, 0, 0, 0], &[9, 9, b'Y']] {
        assert!(!pattern::check(bytes), "{bytes:?}");
    }
}
