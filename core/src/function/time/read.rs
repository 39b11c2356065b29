//! STRPTIME and TRY_STRPTIME.

#[cfg(feature = "sql")]
use alloc::{string::String, vec::Vec};

use super::name::{DAYS, MONTHS};
use super::pattern::{self, Piece, pieces};
use super::{Value, prepared, zone};
use crate::counters::Failure;
use crate::error::RunError;
use crate::expr::call::Invocation;
use crate::expr::function::{Function, VectorKernel};
use crate::expr::rows::{self, Outcome};
use crate::plan::signature::{Nulls, Param, Prepared, Returns};
use crate::text::Scan;
use crate::time::calendar::{DAY, SECOND};
use crate::time::civil::{days_from_civil, weekday};
use crate::time::shift::timestamp;
use crate::types::DataType::{self, Timestamp, TimestampTz};

/// STRPTIME and TRY_STRPTIME, with and without a zone in the format.
pub const READ: &[Function] = &[
    strptime(LOCAL_PATTERN, Timestamp).doc(TEXT, "strptime('29.02.2020 12:34', '%d.%m.%Y %H:%M')"),
    strptime(ZONED_PATTERN, TimestampTz)
        .doc(ZONED_TEXT, "strptime('29.02.2020 12:34 +01', '%d.%m.%Y %H:%M %z')"),
    try_strptime(LOCAL_PATTERN, Timestamp)
        .doc(TRY_TEXT, "try_strptime('30.02.2020 12:34', '%d.%m.%Y %H:%M')"),
    try_strptime(ZONED_PATTERN, TimestampTz)
        .doc(TRY_TEXT, "try_strptime('29.02.2020 12:34 +01', '%d.%m.%Y %H:%M %z')"),
];

const TEXT: &str = "The timestamp that a text has in a format, which is a literal.";
const ZONED_TEXT: &str =
    "The timestamp that a text has in a format with %z or %Z, which is a literal.";
const TRY_TEXT: &str = "STRPTIME, but NULL where the text is not in the format.";

type Params = &'static [Param];
const LOCAL_PATTERN: Params = &[Param::Text, Param::Prepared(LOCAL)];
const ZONED_PATTERN: Params = &[Param::Text, Param::Prepared(ZONED)];

const fn strptime(params: Params, returns: DataType) -> Function {
    Function::new("strptime", params, Returns::Is(returns), parse).fails(Failure::Text)
}

const fn try_strptime(params: Params, returns: DataType) -> Function {
    let kernel: VectorKernel = try_parse;
    Function::new("try_strptime", params, Returns::Is(returns), kernel).nulls(Nulls::Sometimes)
}

const LOCAL: Prepared = Prepared {
    what: "a format",
    check: |format| can_be_read(format) && !pattern::has(format, b"zZ"),
    #[cfg(feature = "sql")]
    compile: |format, _| compile(format, false).map_err(Into::into),
};
const ZONED: Prepared = Prepared {
    what: "a format with a zone",
    check: |format| can_be_read(format) && pattern::has(format, b"zZ"),
    #[cfg(feature = "sql")]
    compile: |format, _| compile(format, true).map_err(Into::into),
};

fn can_be_read(format: &[u8]) -> bool {
    pattern::check(format) && !pattern::has(format, b"n")
}

#[cfg(feature = "sql")]
fn compile(text: &str, zoned: bool) -> Result<Vec<u8>, String> {
    let format = pattern::compile(text)?;
    if pattern::has(&format, b"n") {
        return Err("a TIMESTAMP has no nanoseconds\nread microseconds with %f".into());
    }
    if pattern::has(&format, b"zZ") != zoned {
        return Err("a format has a zone, %z or %Z, for a TIMESTAMPTZ only".into());
    }
    Ok(format)
}

fn parse(call: &mut Invocation<'_>) -> Result<(), RunError> {
    let format = prepared(call);
    rows::try_map(call, |Value(text): Value<&[u8]>| read(format, text))
}

fn try_parse(call: &mut Invocation<'_>) -> Result<(), RunError> {
    let format = prepared(call);
    rows::outcomes(call, |Value(text): Value<Option<&[u8]>>| {
        text.and_then(|text| read(format, text)).map_or(Outcome::Null, Outcome::Value)
    })
}

/// What a day is made from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Day {
    /// Year, month and day of the month.
    Calendar,
    /// Year and day of the year.
    OfYear,
    /// Year and week, from Sunday or Monday, and day of the week.
    Week { from_monday: bool },
    /// ISO 8601 year, week and day of the week.
    IsoWeek,
}

/// What was read.
struct Fields {
    day: Day,
    /// A month or a day of the month was read: nothing else makes the day then.
    has_date: bool,
    year: i64,
    month: u8,
    day_of_month: u8,
    day_of_year: i64,
    week: i64,
    /// From Sunday, 0; if there is none, it is the first day of the week.
    weekday: Option<i64>,
    iso_year: i64,
    iso_week: i64,
    iso_weekday: i64,
    hour: i64,
    minute: i64,
    second: i64,
    micros: i64,
    is_afternoon: Option<bool>,
    /// Seconds ahead of UTC.
    offset: i64,
}

/// The timestamp that a text is in a format.
fn read(format: &[u8], text: &[u8]) -> Option<i64> {
    let mut fields = Fields {
        day: Day::Calendar,
        has_date: false,
        year: 1900,
        month: 1,
        day_of_month: 1,
        day_of_year: 1,
        week: 0,
        weekday: None,
        iso_year: 1900,
        iso_week: 1,
        iso_weekday: 1,
        hour: 0,
        minute: 0,
        second: 0,
        micros: 0,
        is_afternoon: None,
        offset: 0,
    };
    let mut text = Scan(text);
    text.spaces();
    for piece in pieces(format) {
        match piece {
            Piece::Text(literal) => skip(literal, &mut text)?,
            Piece::Specifier { letter, .. } => fields.read(letter, &mut text)?,
        }
    }
    text.spaces();
    if !text.is_empty() {
        return None;
    }
    fields.timestamp()
}

/// Takes a literal of a format: a run of spaces is any run of spaces.
fn skip(literal: &[u8], text: &mut Scan<'_>) -> Option<()> {
    let mut literal = Scan(literal);
    while let Some((&byte, rest)) = literal.0.split_first() {
        let before = text.0.len();
        if byte.is_ascii_whitespace() {
            literal.spaces();
            text.spaces();
        } else {
            literal.0 = rest;
            text.skip(byte);
        }
        if text.0.len() == before {
            return None;
        }
    }
    Some(())
}

impl Fields {
    fn read(&mut self, letter: u8, text: &mut Scan<'_>) -> Option<()> {
        let (width, range) = match letter {
            b'd' => (2, 1..=31),
            b'm' => (2, 1..=12),
            b'Y' | b'G' => (4, 0..=9_999),
            b'y' => (2, 0..=99),
            b'H' => (2, 0..=23),
            b'I' => (2, 1..=12),
            b'M' | b'S' => (2, 0..=59),
            b'f' => (6, 0..=999_999),
            b'g' => (3, 0..=999),
            b'j' => (3, 1..=366),
            b'U' | b'W' => (2, 0..=53),
            b'V' => (2, 1..=53),
            b'u' => (1, 1..=7),
            b'w' => (1, 0..=6),
            _ => return self.read_name(letter, text),
        };
        let (number, digits) = text.number(width);
        if digits == 0 || !range.contains(&number) {
            return None;
        }
        let is_iso = self.day == Day::IsoWeek;
        let number = i64::from(number);
        match letter {
            b'd' => self.date(|f| f.day_of_month = number as u8),
            b'm' => self.date(|f| f.month = number as u8),
            b'Y' | b'y' => {
                let century = match (letter, number) {
                    (b'Y', _) => 0,
                    (_, 69..) => 1900,
                    _ => 2000,
                };
                self.year = century + number;
                // A year stands against ISO weeks.
                if is_iso {
                    self.day = Day::Calendar;
                    self.has_date = true;
                }
            }
            b'H' | b'I' => self.hour = number,
            b'M' => self.minute = number,
            b'S' => self.second = number,
            b'f' | b'g' => {
                let to_micros = if letter == b'g' { 1_000 } else { 1 };
                self.micros = (digits..width).fold(number, |n, _| n * 10) * to_micros;
            }
            b'j' => {
                self.day_of_year = number;
                self.made_from(Day::OfYear);
            }
            b'U' | b'W' => {
                self.week = number;
                self.made_from(Day::Week { from_monday: letter == b'W' });
            }
            b'G' => {
                self.iso_year = number;
                self.made_from(Day::IsoWeek);
            }
            b'V' => {
                self.iso_week = number;
                self.made_from(Day::IsoWeek);
            }
            b'u' => self.iso_weekday = number,
            _ => self.weekday = Some(number),
        }
        Some(())
    }

    /// Names, AM and PM, zones.
    fn read_name(&mut self, letter: u8, text: &mut Scan<'_>) -> Option<()> {
        match letter {
            // The name of a day says nothing that the date does not.
            b'a' => name(text, &DAYS, true).map(|_| ()),
            b'A' => name(text, &DAYS, false).map(|_| ()),
            b'b' | b'B' => {
                let month = name(text, &MONTHS, letter == b'b')?;
                self.date(|f| f.month = month);
                Some(())
            }
            b'p' => {
                let (half, rest) = text.0.split_first_chunk::<2>()?;
                self.is_afternoon = Some(match half.map(|byte| byte.to_ascii_lowercase()) {
                    [b'p', b'm'] => true,
                    [b'a', b'm'] => false,
                    _ => return None,
                });
                text.0 = rest;
                Some(())
            }
            b'z' => {
                self.offset = offset(text)?;
                Some(())
            }
            _ => {
                let is_name = |b: &u8| b.is_ascii_alphanumeric() || b"_/+-:".contains(b);
                let end = text.0.iter().position(|b| !is_name(b)).unwrap_or(text.0.len());
                let (name, rest) = text.0.split_at_checked(end)?;
                self.offset = zone::offset(name)?.into();
                text.0 = rest;
                Some(())
            }
        }
    }

    /// A month or a day of the month makes the day, whatever else there is.
    fn date(&mut self, set: impl FnOnce(&mut Self)) {
        set(self);
        self.has_date = true;
        self.day = Day::Calendar;
    }

    /// The first of the other ways makes the day, if there is no month or day of the month.
    fn made_from(&mut self, day: Day) {
        if !self.has_date && self.day == Day::Calendar {
            self.day = day;
        }
    }

    fn timestamp(&self) -> Option<i64> {
        let hour = match (self.is_afternoon, self.hour) {
            (Some(_), 13..) => return None,
            (Some(false), 12) => 0,
            (Some(true), 12) => 12,
            (Some(true), hour) => hour + 12,
            (_, hour) => hour,
        };
        let seconds = (hour * 60 + self.minute) * 60 + self.second - self.offset;
        let time = seconds * SECOND + self.micros;
        timestamp(i128::from(self.days()?) * i128::from(DAY) + i128::from(time))
    }

    fn days(&self) -> Option<i64> {
        let monday = |day: i64| day - i64::from(weekday(day)) + 1;
        let january = |day| days_from_civil(self.year, 1, day);
        match self.day {
            Day::Calendar => days_from_civil(self.year, self.month, self.day_of_month),
            Day::OfYear => Some(january(1)? + self.day_of_year - 1),
            Day::Week { from_monday } => {
                let january = january(1)?;
                let first = monday(january) - i64::from(!from_monday);
                // The week before the first whole one is 0.
                let zero = if first >= january { first - 7 } else { first };
                let since_first = |weekday: i64| (weekday + 7 - i64::from(from_monday)) % 7;
                Some(zero + self.week * 7 + self.weekday.map_or(0, since_first))
            }
            // Week 1 has January 4.
            Day::IsoWeek => {
                let first = monday(days_from_civil(self.iso_year, 1, 4)?);
                Some(first + (self.iso_week - 1) * 7 + self.iso_weekday - 1)
            }
        }
    }
}

/// Takes a name of a list in any case, or its first three letters: its number from 1.
fn name(text: &mut Scan<'_>, names: &[&str], short: bool) -> Option<u8> {
    for (number, name) in (1..).zip(names) {
        let name = if short { name.get(..3).unwrap_or_default() } else { name };
        if let Some((start, rest)) = text.0.split_at_checked(name.len())
            && start.eq_ignore_ascii_case(name.as_bytes())
        {
            text.0 = rest;
            return Some(number);
        }
    }
    None
}

/// Takes `+hh`, `+hhmm`, `+hh:mm` or `+hh:mm:ss`: seconds.
fn offset(text: &mut Scan<'_>) -> Option<i64> {
    let negative = text.skip(b'-');
    if !negative && !text.skip(b'+') {
        return None;
    }
    let (hours, 2) = text.number(2) else { return None };
    let mut seconds = i64::from(hours) * 3_600;
    let mut unit = 60;
    while unit > 0 {
        let mut rest = *text;
        // `+0530` has no colon; seconds need one.
        if !rest.skip(b':') && unit == 1 {
            break;
        }
        let (part, 2) = rest.number(2) else { break };
        seconds += i64::from(part) * unit;
        *text = rest;
        unit /= 60;
    }
    Some(if negative { -seconds } else { seconds })
}

#[cfg(all(test, feature = "sql"))]
#[path = "read_tests.rs"]
mod tests;
