//! Names of days and months, and the last day of a month.

use crate::counters::Failure;
use crate::error::RunError;
use crate::expr::call::Invocation;
use crate::expr::function::{Function, VectorKernel};
use crate::expr::rows::{self, Outcome};
use crate::plan::signature::Param::{self, Is};
use crate::plan::signature::Returns;
use crate::time::calendar::DAY;
use crate::time::civil::{civil_from_days, days_from_civil, days_in_month, weekday};
use crate::time::date::date;
use crate::types::DataType::{Date, Timestamp, TimestampTz};

type Done = Result<(), RunError>;

/// From Monday.
pub(super) const DAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
/// From January.
pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// DAYNAME, MONTHNAME and LAST_DAY of each type.
pub const NAME: &[Function] = &[
    named("dayname", &[Is(Date)], |call| name_dates(call, dayname))
        .doc("The English name of the day of the week.", "dayname(DATE '2020-02-29')"),
    named("dayname", &[Is(Timestamp)], |call| name_stamps(call, dayname)).doc(
        "The English name of the day of the week.",
        "dayname(TIMESTAMP '2020-02-29 12:34:56')",
    ),
    named("dayname", &[Is(TimestampTz)], |call| name_stamps(call, dayname)).doc(
        "The English name of the day of the week, in UTC.",
        "dayname(TIMESTAMPTZ '2020-02-29 00:30:00+01')",
    ),
    named("monthname", &[Is(Date)], |call| name_dates(call, monthname))
        .doc("The English name of the month.", "monthname(DATE '2020-02-29')"),
    named("monthname", &[Is(Timestamp)], |call| name_stamps(call, monthname))
        .doc("The English name of the month.", "monthname(TIMESTAMP '2020-02-29 12:34:56')"),
    named("monthname", &[Is(TimestampTz)], |call| name_stamps(call, monthname)).doc(
        "The English name of the month, in UTC.",
        "monthname(TIMESTAMPTZ '2020-03-01 00:30:00+01')",
    ),
    last(&[Is(Date)], |call| rows::try_map(call, |(days,): (i32,)| last_day(days.into())))
        .doc("The last day of the month.", "last_day(DATE '2020-02-01')"),
    last(&[Is(Timestamp)], last_day_of_stamps)
        .doc("The last day of the month.", "last_day(TIMESTAMP '2020-02-01 12:34:56')"),
    last(&[Is(TimestampTz)], last_day_of_stamps).doc(
        "The last day of the month, in UTC.",
        "last_day(TIMESTAMPTZ '2020-03-01 00:30:00+01')",
    ),
];

const fn named(name: &'static str, params: &'static [Param], kernel: VectorKernel) -> Function {
    // Wednesday, September.
    Function::new(name, params, Returns::Text(|_| 9), kernel)
}

const fn last(params: &'static [Param], kernel: VectorKernel) -> Function {
    Function::new("last_day", params, Returns::Is(Date), kernel).fails(Failure::Time)
}

pub(super) fn dayname(days: i64) -> &'static str {
    DAYS.get(usize::from(weekday(days).saturating_sub(1))).copied().unwrap_or_default()
}

pub(super) fn monthname(days: i64) -> &'static str {
    let (_, month, _) = civil_from_days(days);
    MONTHS.get(usize::from(month.saturating_sub(1))).copied().unwrap_or_default()
}

fn last_day(days: i64) -> Option<i32> {
    let (year, month, _) = civil_from_days(days);
    date(days_from_civil(year, month, days_in_month(year, month))?)
}

fn name_dates(call: &mut Invocation<'_>, name: fn(i64) -> &'static str) -> Done {
    rows::texts(call, |(days,): (i32,), out| {
        out.push(name(days.into()).as_bytes());
        Outcome::Value(())
    })
}

fn name_stamps(call: &mut Invocation<'_>, name: fn(i64) -> &'static str) -> Done {
    rows::texts(call, |(micros,): (i64,), out| {
        out.push(name(micros.div_euclid(DAY)).as_bytes());
        Outcome::Value(())
    })
}

fn last_day_of_stamps(call: &mut Invocation<'_>) -> Done {
    rows::try_map(call, |(micros,): (i64,)| last_day(micros.div_euclid(DAY)))
}
