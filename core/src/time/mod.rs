//! Event time: the calendar.

pub mod calendar;
