//! Days to dates and back on the proleptic Gregorian calendar.
//!
//! The algorithms are Howard Hinnant's (<http://howardhinnant.github.io/date_algorithms.html>):
//! a year begins in March, so that the leap day is its last, and 400 such years are one era of
//! 146,097 days. They have no table, no loop, and only divisors that are constants.
//!
//! Days are counted from 1970-01-01; year 0 is 1 BC. What takes days takes every `i32` of them,
//! years -5,877,641 to 5,881,580, which holds every TIMESTAMP (years -290,308 to 294,247). Beyond,
//! arithmetic wraps: the results are then of no use.

/// Days from 0000-03-01, where an era begins, to 1970-01-01.
const EPOCH: i64 = 719_468;
const ERA_YEARS: i64 = 400;
const ERA_DAYS: i64 = 146_097;

/// Year, month (1 to 12) and day (1 to 31) of a day.
///
/// ```
/// use ringql_core::time::civil::civil_from_days;
/// assert_eq!(civil_from_days(0), (1970, 1, 1));
/// assert_eq!(civil_from_days(-1), (1969, 12, 31));
/// ```
#[inline]
#[must_use]
pub const fn civil_from_days(days: i64) -> (i64, u8, u8) {
    let days = days.wrapping_add(EPOCH);
    let era = days.div_euclid(ERA_DAYS);
    // What lies inside an era is small: a Cortex-M has no instruction that divides 64 bits.
    let day = days.rem_euclid(ERA_DAYS) as u32;
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    // Months from March: their lengths repeat every five, which have 153 days.
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * ERA_YEARS + year as i64 + (month <= 2) as i64, month as u8, day as u8)
}

/// The day of a date, `None` if the calendar has no such month or day, or no `i32` holds its day.
///
/// ```
/// use ringql_core::time::civil::days_from_civil;
/// assert_eq!(days_from_civil(2000, 3, 1), Some(11_017));
/// assert_eq!(days_from_civil(1900, 2, 29), None);
/// ```
#[inline]
#[must_use]
pub const fn days_from_civil(year: i64, month: u8, day: u8) -> Option<i64> {
    if day == 0 || day > days_in_month(year, month) {
        return None;
    }
    let year = year.wrapping_sub((month <= 2) as i64);
    let era = year.div_euclid(ERA_YEARS);
    let year = year.rem_euclid(ERA_YEARS) as u32;
    let month = month as u32;
    let month = if month > 2 { month - 3 } else { month + 9 };
    let day = (153 * month + 2) / 5 + day as u32 - 1;
    let day = year * 365 + year / 4 - year / 100 + day;
    let days = era.wrapping_mul(ERA_DAYS).wrapping_add(day as i64 - EPOCH);
    // An era that wraps has far more years than an `i32` has days.
    if era.unsigned_abs() <= 1 << 14 && days as i32 as i64 == days { Some(days) } else { None }
}

/// Whether a year has 366 days.
///
/// ```
/// use ringql_core::time::civil::is_leap;
/// assert!(is_leap(2000) && is_leap(0) && is_leap(-4) && !is_leap(1900));
/// ```
#[inline]
#[must_use]
pub const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// How many days a month (1 to 12) has; 0 if there is no such month.
///
/// ```
/// use ringql_core::time::civil::days_in_month;
/// assert_eq!((days_in_month(2024, 2), days_in_month(2024, 13)), (29, 0));
/// ```
#[inline]
#[must_use]
pub const fn days_in_month(year: i64, month: u8) -> u8 {
    match month {
        2 => 28 + is_leap(year) as u8,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    }
}

/// The day of the week as ISO 8601 numbers it: 1 is Monday, 7 is Sunday.
///
/// ```
/// assert_eq!(ringql_core::time::civil::weekday(0), 4);
/// ```
#[inline]
#[must_use]
pub const fn weekday(days: i64) -> u8 {
    days.wrapping_add(3).rem_euclid(7) as u8 + 1
}

/// The day's number in its year, from 1.
///
/// ```
/// assert_eq!(ringql_core::time::civil::day_of_year(-1), 365);
/// ```
#[inline]
#[must_use]
pub const fn day_of_year(days: i64) -> u16 {
    let (year, month, day) = civil_from_days(days);
    // Days before the month, had February 30; then those that it lacks are taken off.
    let before = (367 * month as u16 - 362) / 12;
    let lacking = if month <= 2 { 0 } else { 2 - is_leap(year) as u16 };
    before - lacking + day as u16
}

/// The ISO 8601 week that a day lies in: the year that the week belongs to, and its number, 1 to 53.
/// A week belongs to the year that its Thursday lies in.
///
/// ```
/// // A Friday.
/// assert_eq!(ringql_core::time::civil::iso_week(365), (1970, 53));
/// ```
#[inline]
#[must_use]
pub const fn iso_week(days: i64) -> (i64, u8) {
    let thursday = days.wrapping_add(4 - weekday(days) as i64);
    let (year, ..) = civil_from_days(thursday);
    (year, ((day_of_year(thursday) - 1) / 7) as u8 + 1)
}

#[cfg(test)]
mod tests {
    use chrono::{Datelike, NaiveDate};
    use proptest::prelude::*;

    use super::*;

    /// Days from 0001-01-01, which chrono counts as day 1, to 1970-01-01.
    const FROM_CHRONO: i32 = 719_163;

    #[test]
    fn every_day_of_an_era_is_chronos() {
        let first = NaiveDate::from_ymd_opt(1899, 1, 1).unwrap();
        for date in first.iter_days().take(ERA_DAYS as usize + 800) {
            agrees(date);
        }
    }

    #[test]
    fn the_ends() {
        for days in [i32::MIN, i32::MAX] {
            let (year, month, day) = civil_from_days(days.into());
            assert_eq!(days_from_civil(year, month, day), Some(days.into()));
        }
        // The day after the last of a DATE in DuckDB, whose infinity it is.
        assert_eq!(civil_from_days(i32::MAX.into()), (5_881_580, 7, 11));
        assert_eq!(days_from_civil(5_881_580, 7, 12), None);
        for year in [i64::MIN, i64::MAX, 1 << 40, -(1 << 40)] {
            assert_eq!(days_from_civil(year, 1, 1), None);
        }
        for days in [i64::MIN, i64::MAX] {
            let _ = (civil_from_days(days), weekday(days), day_of_year(days), iso_week(days));
        }
        for (month, day) in [(0, 1), (13, 1), (1, 0), (1, 32), (255, 255)] {
            assert_eq!(days_from_civil(1970, month, day), None);
        }
    }

    fn agrees(date: NaiveDate) {
        let days = i64::from(date.num_days_from_ce() - FROM_CHRONO);
        let (year, month, day) = (i64::from(date.year()), date.month() as u8, date.day() as u8);
        assert_eq!(civil_from_days(days), (year, month, day));
        assert_eq!(days_from_civil(year, month, day), Some(days));
        assert_eq!(is_leap(year), date.leap_year());
        assert_eq!(days_in_month(year, month), date.num_days_in_month());
        assert_eq!(u32::from(weekday(days)), date.weekday().number_from_monday());
        assert_eq!(u32::from(day_of_year(days)), date.ordinal());
        let week = date.iso_week();
        assert_eq!(iso_week(days), (week.year().into(), week.week() as u8), "{date}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(65_536))]

        #[test]
        fn days_are_chronos(days in -95_000_000i32..95_000_000) {
            agrees(NaiveDate::from_num_days_from_ce_opt(days).unwrap());
        }

        #[test]
        fn every_day_comes_back(days: i32) {
            let (year, month, day) = civil_from_days(days.into());
            prop_assert_eq!(days_from_civil(year, month, day), Some(days.into()));
        }
    }
}
