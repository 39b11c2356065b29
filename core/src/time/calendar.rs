//! Timestamps as text, both ways: ISO 8601 on the proleptic Gregorian calendar, UTC.
//!
//! A timestamp is an `i64` of microseconds since 1970-01-01 00:00:00 UTC, and every `i64` has a text.
//! Years above 9999 have as many digits as they need, years before 1 are written as
//! `0044-03-15 (BC) 00:00:00.000000`, and both are read back.

use core::fmt::{self, Write};

use super::civil::{civil_from_days, days_from_civil};

/// Microseconds in a second.
pub const SECOND: i64 = 1_000_000;
/// Microseconds in a day.
pub const DAY: i64 = 86_400 * SECOND;

/// A timestamp as it was written: the clock's reading, and how far the clock is ahead of UTC.
///
/// ```
/// use ringql_core::time::calendar::{LocalTimestamp, SECOND};
/// let local = LocalTimestamp::parse(b"1970-01-01 02:00:01+02").unwrap();
/// assert_eq!(local.micros, 7_201 * SECOND);
/// assert_eq!(local.to_utc(), Some(SECOND));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct LocalTimestamp {
    /// What the clock says, microseconds since 1970-01-01 00:00:00 on the same clock.
    /// DuckDB's cast of a text to TIMESTAMP takes this and ignores the offset.
    pub micros: i64,
    /// How far it is ahead of UTC, microseconds; 0 if the text has no offset.
    pub offset: i64,
}

/// The instant that an ISO 8601 text names, in microseconds since 1970-01-01 UTC.
///
/// A date (`2010-01-01`), or a date, `T` or spaces, and a time (`00:00`, `00:00:00`,
/// `00:00:00.123456`); digits of the fraction beyond the sixth are cut off, as DuckDB does. A time
/// may be followed by `Z`, ` UTC`, or an offset `+hh`, `+hhmm`, `+hh:mm`, `+hh:mm:ss`, which is
/// subtracted. `24:00:00` is the next day's midnight. Months, days, hours and smaller parts may
/// have one digit, and the date's separator may also be `/`, `\\` or a space.
///
/// ```
/// use ringql_core::time::calendar::parse_timestamp;
/// assert_eq!(parse_timestamp(b"1970-01-02"), Some(86_400_000_000));
/// assert_eq!(parse_timestamp(b"1970-01-01T00:00:01.5Z"), Some(1_500_000));
/// assert_eq!(parse_timestamp(b"1970-01-01 01:00:00+01:00"), Some(0));
/// assert_eq!(parse_timestamp(b"2010-02-29"), None);
/// ```
#[must_use]
pub fn parse_timestamp(text: &[u8]) -> Option<i64> {
    LocalTimestamp::parse(text)?.to_utc()
}

/// What may stand between year, month and day.
pub(super) const SEPARATORS: [u8; 4] = [b'-', b'/', b' ', b'\\'];

impl LocalTimestamp {
    /// Reads the forms that [`parse_timestamp`] lists.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        let mut text = Cursor(text);
        text.spaces();
        if text.0.eq_ignore_ascii_case(b"epoch") {
            return Some(Self { micros: 0, offset: 0 });
        }
        let days = text.date()?;
        if text.0.is_empty() {
            return Some(Self { micros: join(days, 0)?, offset: 0 });
        }
        let is_separated = text.skip(b'T');
        if !text.spaces() && !is_separated {
            return None;
        }
        let time = text.time()?;
        let offset = text.offset()?;
        text.spaces();
        text.0.is_empty().then_some(())?;
        Some(Self { micros: join(days, time)?, offset })
    }

    /// The same instant in UTC; `None` if no `i64` holds it.
    #[must_use]
    pub const fn to_utc(self) -> Option<i64> {
        self.micros.checked_sub(self.offset)
    }
}

/// A day number and the microseconds in it (at most a whole day), without overflow on the first day.
fn join(days: i64, time: i64) -> Option<i64> {
    if days < 0 {
        days.checked_add(1)?.checked_mul(DAY)?.checked_add(time - DAY)
    } else {
        days.checked_mul(DAY)?.checked_add(time)
    }
}

/// The text that is left to read.
struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    fn skip(&mut self, byte: u8) -> bool {
        match self.0.split_first() {
            Some((&first, rest)) if first == byte => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }

    /// Goes over spaces, in C's sense; whether there are any.
    fn spaces(&mut self) -> bool {
        let before = self.0.len();
        while let [b' ' | b'\t'..=b'\r', rest @ ..] = self.0 {
            self.0 = rest;
        }
        self.0.len() < before
    }

    /// One to `most` digits and their number.
    fn number(&mut self, most: u32) -> Option<(i64, u32)> {
        let mut value = 0;
        let mut digits = 0;
        while digits < most
            && let Some((&digit @ b'0'..=b'9', rest)) = self.0.split_first()
        {
            value = value * 10 + i64::from(digit - b'0');
            digits += 1;
            self.0 = rest;
        }
        (digits > 0).then_some((value, digits))
    }

    /// A number of one or two digits below `end`.
    fn part(&mut self, end: i64) -> Option<i64> {
        self.number(2).map(|(value, _)| value).filter(|&value| value < end)
    }

    /// Days since 1970-01-01.
    fn date(&mut self) -> Option<i64> {
        let negative = self.skip(b'-');
        let (mut year, _) = self.number(6)?;
        let separator = SEPARATORS.into_iter().find(|&byte| self.skip(byte))?;
        let month = self.part(13)?;
        if !self.skip(separator) {
            return None;
        }
        let day = self.part(32)?;
        if let Some(rest) = self.0.strip_prefix(b" (BC)") {
            if negative || year == 0 {
                return None;
            }
            year = 1 - year;
            self.0 = rest;
        } else if negative {
            year = -year;
        }
        days_from_civil(year, month as u8, day as u8)
    }

    /// Microseconds since midnight.
    fn time(&mut self) -> Option<i64> {
        let hours = self.part(25)?;
        if !self.skip(b':') {
            return None;
        }
        let mut time = (hours * 60 + self.after_colon()?) * 60 * SECOND;
        if self.skip(b':') {
            time += self.after_colon()? * SECOND;
            if self.skip(b'.') {
                time += self.fraction();
            }
        }
        (time <= DAY).then_some(time)
    }

    /// Minutes or seconds; nothing at all at the end of the text, as in DuckDB.
    fn after_colon(&mut self) -> Option<i64> {
        if self.0.is_empty() { Some(0) } else { self.part(60) }
    }

    /// Microseconds after a decimal point; further digits are dropped.
    fn fraction(&mut self) -> i64 {
        let Some((mut micros, digits)) = self.number(6) else { return 0 };
        for _ in digits..6 {
            micros *= 10;
        }
        while self.number(6).is_some() {}
        micros
    }

    /// `Z`, ` UTC` or a signed offset; 0 if there is none.
    fn offset(&mut self) -> Option<i64> {
        let had_space = self.0.first() == Some(&b' ');
        self.spaces();
        if self.skip(b'Z') || self.skip(b'z') {
            return Some(0);
        }
        if had_space
            && let Some((name, rest)) = self.0.split_first_chunk::<3>()
            && name.eq_ignore_ascii_case(b"UTC")
        {
            self.0 = rest;
            return Some(0);
        }
        let negative = self.skip(b'-');
        if !negative && !self.skip(b'+') {
            return Some(0);
        }
        let (hours, 2) = self.number(2)? else { return None };
        let mut offset = hours * 3_600;
        let mut unit = 60;
        while unit > 0 && !self.0.is_empty() && self.0.first() != Some(&b' ') {
            // `+0530` has no colon; seconds need one.
            if !self.skip(b':') && unit == 1 {
                return None;
            }
            let (part, 2) = self.number(2)? else { return None };
            if part > 59 {
                return None;
            }
            offset += part * unit;
            unit /= 60;
        }
        Some(if negative { -offset } else { offset } * SECOND)
    }
}

/// Writes `YYYY-MM-DD HH:MM:SS.ffffff`, in UTC.
///
/// ```
/// use ringql_core::time::calendar::write_timestamp;
/// let mut out = String::new();
/// write_timestamp(&mut out, 1_500_000).unwrap();
/// assert_eq!(out, "1970-01-01 00:00:01.500000");
/// ```
///
/// # Errors
/// Those of `out`.
pub fn write_timestamp(out: &mut impl Write, micros: i64) -> fmt::Result {
    let mut text = write_seconds(micros)?;
    let fraction = micros.rem_euclid(SECOND) as u32;
    text.push('.').map_err(|_| fmt::Error)?;
    digits(&mut text, fraction, 6)?;
    out.write_str(&text)
}

/// Writes a timestamp as `CAST(ts AS VARCHAR)` gives it: without trailing zeros of the fraction,
/// and without a fraction that is zero.
///
/// ```
/// use ringql_core::time::calendar::write_timestamp_short;
/// let mut out = String::new();
/// write_timestamp_short(&mut out, 1_500_000).unwrap();
/// assert_eq!(out, "1970-01-01 00:00:01.5");
/// ```
///
/// # Errors
/// Those of `out`.
pub fn write_timestamp_short(out: &mut impl Write, micros: i64) -> fmt::Result {
    let mut text = write_seconds(micros)?;
    let mut fraction = micros.rem_euclid(SECOND) as u32;
    if fraction > 0 {
        let mut width = 6;
        while fraction.is_multiple_of(10) {
            fraction /= 10;
            width -= 1;
        }
        text.push('.').map_err(|_| fmt::Error)?;
        digits(&mut text, fraction, width)?;
    }
    out.write_str(&text)
}

/// Longer than the longest: `290309-12-21 (BC) 19:59:05.224192`.
type Line = heapless::String<40>;

fn write_seconds(micros: i64) -> Result<Line, fmt::Error> {
    let (year, month, day) = civil_from_days(micros.div_euclid(DAY));
    let seconds = (micros.rem_euclid(DAY) / SECOND) as u32;

    let mut text = Line::new();
    digits(&mut text, if year > 0 { year } else { 1 - year } as u32, 4)?;
    for part in [month, day] {
        text.push('-').map_err(|_| fmt::Error)?;
        digits(&mut text, part.into(), 2)?;
    }
    if year <= 0 {
        text.push_str(" (BC)").map_err(|_| fmt::Error)?;
    }
    for (before, part) in [(' ', seconds / 3_600), (':', seconds / 60 % 60), (':', seconds % 60)] {
        text.push(before).map_err(|_| fmt::Error)?;
        digits(&mut text, part, 2)?;
    }
    Ok(text)
}

/// Appends a number of at least `width` digits.
///
/// In `u32`, because a Cortex-M has no instruction that divides more.
fn digits(text: &mut Line, value: u32, width: u32) -> fmt::Result {
    let mut unit = 10u32.pow(width.saturating_sub(1));
    while value.checked_div(unit).is_some_and(|left| left >= 10) {
        unit *= 10;
    }
    while let Some(left) = value.checked_div(unit) {
        text.push(char::from(b'0' + (left % 10) as u8)).map_err(|_| fmt::Error)?;
        unit /= 10;
    }
    Ok(())
}

#[cfg(test)]
#[path = "calendar_tests.rs"]
mod tests;
