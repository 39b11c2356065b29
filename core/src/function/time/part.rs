//! Parts of dates and times: their names, and what they are of a value.

#[cfg(feature = "sql")]
use {
    crate::nearest::nearest,
    alloc::{format, string::String, vec::Vec},
};

use super::{HOUR, MINUTE};
use crate::plan::signature::Prepared;
use crate::time::calendar::{DAY, SECOND};
use crate::time::civil::{civil_from_days, day_of_year, iso_week, weekday};
use crate::types::Span;

macro_rules! parts {
    ($($part:ident $($name:literal)*;)*) => {
        /// A part of a date, a time or an interval.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub(super) enum Part {
            $($part,)*
        }

        impl Part {
            const ALL: &[(Self, &[&str])] = &[$((Self::$part, &[$($name),*])),*];
        }
    };
}
parts! {
    Year "year" "years" "y" "yr" "yrs";
    Month "month" "months" "mon" "mons";
    Day "day" "days" "d" "dayofmonth";
    Decade "decade" "decades" "dec" "decs";
    Century "century" "centuries" "cent" "c";
    Millennium "millennium" "millennia" "millenniums" "millenium" "mil" "mils";
    Quarter "quarter" "quarters";
    Week "week" "weeks" "w" "weekofyear";
    DayOfWeek "dow" "dayofweek" "weekday";
    IsoDayOfWeek "isodow";
    DayOfYear "doy" "dayofyear";
    IsoYear "isoyear";
    YearWeek "yearweek";
    Era "era";
    Hour "hour" "hours" "h" "hr" "hrs";
    Minute "minute" "minutes" "m" "min" "mins";
    Second "second" "seconds" "s" "sec" "secs";
    Millisecond "millisecond" "milliseconds" "ms" "msec" "msecs" "msecond" "mseconds";
    Microsecond "microsecond" "microseconds" "us" "usec" "usecs" "usecond" "useconds";
    Nanosecond;
    Timezone "timezone";
    TimezoneHour "timezone_hour";
    TimezoneMinute "timezone_minute";
    Julian "julian" "jd";
    Epoch "epoch";
}

use Part::{
    Century, Day, DayOfWeek, DayOfYear, Decade, Epoch, Era, Hour, IsoDayOfWeek, IsoYear, Julian,
    Microsecond, Millennium, Millisecond, Minute, Month, Nanosecond, Quarter, Second, Timezone,
    TimezoneHour, TimezoneMinute, Week, Year, YearWeek,
};

impl Part {
    /// The part of a number in a plan.
    pub(super) fn of(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).map(|(part, _)| *part)
    }

    /// The part of a prepared literal.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [number] => Self::of(*number),
            _ => None,
        }
    }
}

macro_rules! prepared {
    ($($(#[$doc:meta])* $name:ident $what:literal [$($part:ident)*]
        $(or [$($also:ident)*])?;)*) => {$(
        $(#[$doc])*
        pub(super) const $name: Prepared = Prepared {
            what: $what,
            check: |bytes| Part::read(bytes).is_some_and(|part| matches!(part, $($part)|*)),
            #[cfg(feature = "sql")]
            compile: |text, _| compile(text, $what, &[$($part),*], &[$($($also),*)?]).map_err(Into::into),
        };
    )*};
}
prepared! {
    /// What is a whole number of a date or a timestamp.
    WHOLE "a part of a date" [
        Year Month Day Decade Century Millennium Quarter Week DayOfWeek IsoDayOfWeek DayOfYear
        IsoYear YearWeek Era Hour Minute Second Millisecond Microsecond Timezone TimezoneHour
        TimezoneMinute
    ] or [Julian Epoch];
    /// What is a DOUBLE.
    REAL "epoch or julian" [Epoch Julian];
    /// What a time of day or an interval has as a DOUBLE.
    EPOCH "epoch" [Epoch];
    /// What a time of day has.
    OF_TIME "a part of a time" [
        Hour Minute Second Millisecond Microsecond Timezone TimezoneHour TimezoneMinute
    ] or [Epoch];
    /// What an interval has.
    OF_SPAN "a part of an interval" [
        Year Month Day Decade Century Millennium Quarter Hour Minute Second Millisecond Microsecond
    ] or [Epoch];
    /// What dates are cut off to, and counted in.
    UNIT "a unit of time" [
        Year Month Day Decade Century Millennium Quarter Week DayOfWeek IsoDayOfWeek DayOfYear
        IsoYear YearWeek Hour Minute Second Millisecond Microsecond Julian Epoch
    ];
    /// What times of day are counted in.
    CLOCK_UNIT "a unit of a clock" [Hour Minute Second Millisecond Microsecond Epoch];
}

/// The number of a part by its name. Others that another overload takes stand in the help alone.
#[cfg(feature = "sql")]
fn compile(text: &str, what: &str, parts: &[Part], others: &[Part]) -> Result<Vec<u8>, String> {
    let is_named = |names: &[&str]| names.iter().any(|name| text.eq_ignore_ascii_case(name));
    let found = Part::ALL.iter().find(|(_, names)| is_named(names)).map(|(part, _)| *part);
    if let Some(part) = found.filter(|part| parts.contains(part)) {
        return Ok([part as u8].into());
    }
    let all = || Part::ALL.iter().filter(|(p, _)| parts.contains(p) || others.contains(p));
    // Names of a letter or two are near to anything.
    let long = all().flat_map(|(_, names)| names.iter().copied()).filter(|name| name.len() > 2);
    let help = match nearest(text, long) {
        Some(near) => format!("did you mean '{near}'?"),
        None => {
            let names: Vec<&str> = all().filter_map(|(_, n)| n.first().copied()).collect();
            format!("there are {}", names.join(", "))
        }
    };
    Err(format!("'{text}' is not {what}\n{help}"))
}

/// A part of a day (since 1970-01-01) and the microseconds in it.
pub(super) fn of_moment(part: Part, days: i64, micros: i64) -> i64 {
    let (year, month, day) = civil_from_days(days);
    // Centuries count from 1: year 0 is 1 BC, of century -1.
    let count = |years: i64| if year > 0 { (year - 1) / years + 1 } else { year / years - 1 };
    match part {
        Year => year,
        Month => month.into(),
        Day => day.into(),
        Decade => year / 10,
        Century => count(100),
        Millennium => count(1_000),
        Quarter => (i64::from(month) - 1) / 3 + 1,
        Week => iso_week(days).1.into(),
        DayOfWeek => i64::from(weekday(days) % 7),
        IsoDayOfWeek => weekday(days).into(),
        DayOfYear => day_of_year(days).into(),
        IsoYear => iso_week(days).0,
        YearWeek => {
            let (year, week) = iso_week(days);
            year * 100 + if year > 0 { week.into() } else { -i64::from(week) }
        }
        Era => (year > 0).into(),
        Hour => micros / HOUR,
        Minute => micros / MINUTE % 60,
        Second => micros / SECOND % 60,
        Millisecond => micros % MINUTE / 1_000,
        Microsecond => micros % MINUTE,
        Nanosecond => micros % MINUTE * 1_000,
        Timezone | TimezoneHour | TimezoneMinute => 0,
        Julian => days + JULIAN,
        Epoch => days * 86_400 + micros / SECOND,
    }
}

/// The Julian day of 1970-01-01.
const JULIAN: i64 = 2_440_588;

/// A part that is a DOUBLE.
pub(super) fn real_of_moment(part: Part, days: i64, micros: i64) -> f64 {
    match part {
        Julian => micros as f64 / DAY as f64 + (days + JULIAN) as f64,
        _ => (days as f64 * DAY as f64 + micros as f64) / SECOND as f64,
    }
}

/// A part of an interval, whose years, days and hours are counted each by itself.
pub(super) const fn of_span(part: Part, span: Span) -> i64 {
    let (months, micros) = (span.months() as i64, span.micros());
    match part {
        Year => months / 12,
        Month => months % 12,
        Day => span.days() as i64,
        Decade => months / 120,
        Century => months / 1_200,
        Millennium => months / 12_000,
        Quarter => months % 12 / 3 + 1,
        Hour => micros / HOUR,
        Minute => micros % HOUR / MINUTE,
        Second => micros % MINUTE / SECOND,
        Millisecond => micros % MINUTE / 1_000,
        Microsecond => micros % MINUTE,
        Nanosecond => micros % MINUTE * 1_000,
        _ => 0,
    }
}

/// The seconds of an interval: a year has 365.25 days, a month 30.
pub(super) fn epoch_of_span(span: Span) -> f64 {
    let (years, months) = (i64::from(span.months()) / 12, i64::from(span.months()) % 12);
    let days = years * 365 + months * 30 + i64::from(span.days());
    (days * 86_400 + years * 21_600) as f64 + span.micros() as f64 / SECOND as f64
}
