//! STRFTIME.

use core::fmt::{self, Write as _};

use super::name::{dayname, monthname};
use super::pattern::{self, Piece, pieces};
use super::{HOUR, MINUTE, Value, prepared};
use crate::error::RunError;
use crate::expr::call::Invocation;
use crate::expr::function::{Function, VectorKernel};
use crate::expr::rows::{self, Outcome, TextWriter};
use crate::plan::signature::Param::{self, Is};
use crate::plan::signature::{Prepared, Returns, Shape};
use crate::text::digits;
use crate::time::calendar::{DAY, SECOND};
use crate::time::civil::{civil_from_days, day_of_year, iso_week, weekday};
use crate::types::DataType::{Date, Timestamp, TimestampTz};

/// STRFTIME of each type.
pub const FORMAT: &[Function] = &[
    strftime(&[Is(Date), Param::Prepared(PATTERN)], dates)
        .doc(TEXT, "strftime(DATE '2020-02-29', '%d.%m.%Y')"),
    strftime(&[Is(Timestamp), Param::Prepared(PATTERN)], stamps)
        .doc(TEXT, "strftime(TIMESTAMP '2020-02-29 12:34:56.789', '%a, %-d %B %Y %H:%M:%S.%g')"),
    strftime(&[Is(TimestampTz), Param::Prepared(PATTERN)], instants)
        .doc(IN_UTC, "strftime(TIMESTAMPTZ '2020-02-29 12:34:56+01', '%c %Z')"),
    strftime(&[Param::Prepared(PATTERN), Is(Date)], dates)
        .doc(TEXT, "strftime('%d.%m.%Y', DATE '2020-02-29')"),
    strftime(&[Param::Prepared(PATTERN), Is(Timestamp)], stamps)
        .doc(TEXT, "strftime('%H:%M', TIMESTAMP '2020-02-29 12:34:56')"),
    strftime(&[Param::Prepared(PATTERN), Is(TimestampTz)], instants)
        .doc(IN_UTC, "strftime('%H:%M', TIMESTAMPTZ '2020-02-29 12:34:56+01')"),
];

const TEXT: &str = "A date or timestamp in a format, which is a literal.";
const IN_UTC: &str = "A timestamp in a format, which is a literal, in UTC.";

const PATTERN: Prepared = Prepared {
    what: "a format",
    check: pattern::check,
    #[cfg(feature = "sql")]
    compile: |format, _| pattern::compile(format).map_err(Into::into),
};

const fn strftime(params: &'static [Param], kernel: VectorKernel) -> Function {
    Function::new("strftime", params, Returns::Text(longest), kernel)
}

/// The format says it.
fn longest(shapes: &[Shape]) -> u32 {
    let value = shapes.iter().find_map(|shape| shape.value);
    value.and_then(|n| u32::try_from(n).ok()).unwrap_or(Returns::UNBOUNDED)
}

fn dates(call: &mut Invocation<'_>) -> Result<(), RunError> {
    let format = prepared(call);
    rows::texts(call, |Value(days): Value<i32>, out| write(format, days.into(), 0, "", out))
}

fn stamps(call: &mut Invocation<'_>) -> Result<(), RunError> {
    of_micros(call, "")
}

fn instants(call: &mut Invocation<'_>) -> Result<(), RunError> {
    of_micros(call, "UTC")
}

fn of_micros(call: &mut Invocation<'_>, zone: &str) -> Result<(), RunError> {
    let format = prepared(call);
    rows::texts(call, |Value(t): Value<i64>, out| {
        write(format, t.div_euclid(DAY), t.rem_euclid(DAY), zone, out)
    })
}

fn write(format: &[u8], days: i64, time: i64, zone: &str, out: &mut TextWriter<'_>) -> Outcome<()> {
    for piece in pieces(format) {
        // What does not fit makes the row fail.
        let _ = match piece {
            Piece::Text(text) => {
                out.push(text);
                Ok(())
            }
            Piece::Specifier { letter, padded } => specifier(letter, padded, days, time, zone, out),
        };
    }
    Outcome::Value(())
}

/// Writes what a specifier stands for.
fn specifier(
    letter: u8,
    padded: bool,
    days: i64,
    time: i64,
    zone: &str,
    out: &mut TextWriter<'_>,
) -> fmt::Result {
    let (year, month, day) = civil_from_days(days);
    let sunday = i64::from(weekday(days) % 7);
    let day_of_year = i64::from(day_of_year(days));
    let (micros, hour) = (time % SECOND, time / HOUR);
    let (value, width) = match letter {
        b'a' => return out.write_str(dayname(days).get(..3).unwrap_or_default()),
        b'A' => return out.write_str(dayname(days)),
        b'b' => return out.write_str(monthname(days).get(..3).unwrap_or_default()),
        b'B' => return out.write_str(monthname(days)),
        b'p' => return out.write_str(if hour < 12 { "AM" } else { "PM" }),
        b'z' => return out.write_str("+00"),
        b'Z' => return out.write_str(zone),
        b'Y' => return write_year(year, out),
        b'G' => return write_year(iso_week(days).0, out),
        b'd' => (day.into(), 2),
        b'm' => (month.into(), 2),
        b'y' => ((year % 100).abs(), 2),
        b'H' => (hour, 2),
        b'I' => ((hour + 11) % 12 + 1, 2),
        b'M' => (time / MINUTE % 60, 2),
        b'S' => (time / SECOND % 60, 2),
        b'f' => (micros, 6),
        b'g' => (micros / 1_000, 3),
        b'n' => (micros * 1_000, 9),
        b'j' => (day_of_year, 3),
        // Weeks that begin with a Sunday, or a Monday; what is before the first of them is 0.
        b'U' => ((day_of_year + 6 - sunday) / 7, 2),
        b'W' => ((day_of_year + 6 - (sunday + 6) % 7) / 7, 2),
        b'u' => (weekday(days).into(), 1),
        b'w' => (sunday, 1),
        _ => (iso_week(days).1.into(), 2),
    };
    digits(out, value.unsigned_abs(), if padded { width } else { 1 })
}

/// Four digits from year 0 to 9999.
fn write_year(year: i64, out: &mut TextWriter<'_>) -> fmt::Result {
    if year < 0 {
        out.write_char('-')?;
    }
    digits(out, year.unsigned_abs(), if year < 0 { 1 } else { 4 })
}
