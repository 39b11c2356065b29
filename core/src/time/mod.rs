//! Event time: the calendar, and the panes that windows are made of.

pub mod calendar;
pub mod civil;
pub mod date;
pub mod panes;
pub mod shift;
pub mod time_of_day;

/// Event times beyond this many microseconds (146,000 years) before or after 1970 are late: a
/// clock that says so is wrong, and sums of times below it can't overflow.
pub const TIME_LIMIT: i64 = 1 << 62;

/// Largest window size and delay, microseconds (36,000 years).
pub const LENGTH_LIMIT: i64 = 1 << 60;
