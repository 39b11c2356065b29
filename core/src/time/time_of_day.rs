//! Times of day as text, both ways: microseconds since midnight, from 00:00:00 to 24:00:00.

use core::fmt::{self, Write};

use super::calendar::{DAY, LocalTimestamp, SECOND};
use crate::text::{Scan, digits};

/// Reads `10:30`, `10:30:00` or `10:30:00.123456`; digits of the fraction beyond the sixth are cut
/// off, as DuckDB does.
///
/// ```
/// use ringql_core::time::time_of_day::parse_time;
/// assert_eq!(parse_time(b"00:00:01.5"), Some(1_500_000));
/// assert_eq!(parse_time(b"24:00:00"), Some(86_400_000_000));
/// assert_eq!(parse_time(b"24:00:01"), None);
/// ```
#[must_use]
pub fn parse_time(text: &[u8]) -> Option<i64> {
    let mut text = Scan::trimmed(text);
    let clock = Clock::read(&mut text)?;
    (text.is_empty() && clock.micros <= DAY).then_some(clock.micros)
}

/// Reads a time as `CAST` does: a date may stand before it, and behind its seconds anything.
#[must_use]
pub fn cast_time(text: &[u8]) -> Option<i64> {
    let mut rest = Scan::trimmed(text);
    match Clock::read(&mut rest) {
        Some(clock) if clock.has_seconds || rest.is_empty() => {
            (clock.micros <= DAY).then_some(clock.micros)
        }
        _ => LocalTimestamp::parse(text).map(|local| time_of(local.micros)),
    }
}

/// The time of day of a timestamp.
///
/// ```
/// assert_eq!(ringql_core::time::time_of_day::time_of(-1), 86_399_999_999);
/// ```
#[must_use]
pub const fn time_of(micros: i64) -> i64 {
    micros.rem_euclid(DAY)
}

/// What a clock shows, with any number of hours.
pub(crate) struct Clock {
    pub(crate) micros: i64,
    pub(crate) has_seconds: bool,
}

impl Clock {
    /// Reads hours, minutes and perhaps seconds; what stands behind them is left.
    pub(crate) fn read(text: &mut Scan<'_>) -> Option<Self> {
        let mut hours: i64 = 0;
        let mut digits = 0u32;
        while let Some(digit) = text.digit() {
            hours = hours.checked_mul(10)?.checked_add(digit.into())?;
            digits = digits.saturating_add(1);
        }
        if digits == 0 || !text.skip(b':') {
            return None;
        }
        let minutes = Self::rest(text)?;
        let has_seconds = text.skip(b':');
        let seconds = if has_seconds { Self::rest(text)? } else { 0 };
        if minutes > 59 || seconds > 59 {
            return None;
        }
        let mut micros = i64::from(minutes * 60 + seconds) * SECOND;
        if has_seconds && text.skip(b'.') {
            let (mut fraction, digits) = text.number(6);
            for _ in digits..6 {
                fraction *= 10;
            }
            while text.digit().is_some() {}
            micros += i64::from(fraction);
        }
        let micros = hours.checked_mul(3_600 * SECOND)?.checked_add(micros)?;
        Some(Self { micros, has_seconds })
    }

    /// What stands behind a colon: a number, or nothing at all.
    fn rest(text: &mut Scan<'_>) -> Option<u32> {
        let (number, digits) = text.number(2);
        (digits > 0 || text.is_empty()).then_some(number)
    }
}

/// Writes `HH:MM:SS`, and the fraction of the second if it is not zero, without zeros at its end.
/// Hours can be more than 24 and have as many digits as they need.
///
/// ```
/// use ringql_core::time::time_of_day::write_time;
/// let mut out = String::new();
/// write_time(&mut out, 1_500_000).unwrap();
/// assert_eq!(out, "00:00:01.5");
/// ```
///
/// # Errors
/// Those of `out`.
pub fn write_time(out: &mut impl Write, micros: i64) -> fmt::Result {
    if micros < 0 {
        out.write_char('-')?;
    }
    let micros = micros.unsigned_abs();
    let (seconds, fraction) = (micros / SECOND as u64, micros % SECOND as u64);
    digits(out, seconds / 3_600, 2)?;
    for part in [seconds / 60 % 60, seconds % 60] {
        out.write_char(':')?;
        digits(out, part, 2)?;
    }
    if fraction == 0 {
        return Ok(());
    }
    let (mut fraction, mut width) = (fraction, 6);
    while fraction.is_multiple_of(10) {
        fraction /= 10;
        width -= 1;
    }
    out.write_char('.')?;
    digits(out, fraction, width)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use std::string::String;

    use super::*;

    #[test]
    fn as_duckdb_casts_them() {
        // CAST('...' AS TIME)::VARCHAR in DuckDB 2.0.
        for (text, wanted) in [
            ("24:00:00", "24:00:00"),
            ("10:00", "10:00:00"),
            ("1:2:3.5", "01:02:03.5"),
            ("001:02:03", "01:02:03"),
            ("10:00:00.1234567", "10:00:00.123456"),
            ("10:00:00+02", "10:00:00"),
            ("10:00:00x", "10:00:00"),
            ("10:00:00.", "10:00:00"),
            ("10:", "10:00:00"),
            ("2020-01-01 10:00:00", "10:00:00"),
            ("2020-01-01T10:00:01.5+05", "10:00:01.5"),
            ("2020-01-01", "00:00:00"),
            (" 10:00:00 ", "10:00:00"),
        ] {
            let mut out = String::new();
            write_time(&mut out, cast_time(text.as_bytes()).expect(text)).unwrap();
            assert_eq!(out, wanted, "{text}");
        }
        for text in
            ["", "10", "24:00:01", "24:00:00.000001", "10:00:60", "10:00x", "x10:00", "-10:00:00"]
        {
            assert_eq!(cast_time(text.as_bytes()), None, "{text}");
        }
        assert_eq!(parse_time(b"10:00:00x"), None);
    }

    proptest! {
        #[test]
        fn every_time_reads_back(micros in 0..=DAY) {
            let mut out = String::new();
            write_time(&mut out, micros).unwrap();
            prop_assert_eq!(parse_time(out.as_bytes()), Some(micros));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: [u8; 12]) {
            let _ = (cast_time(&bytes), parse_time(&bytes));
        }
    }
}
