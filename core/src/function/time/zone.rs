//! AT TIME ZONE, which is TIMEZONE(zone, x), with fixed offsets.

#[cfg(feature = "sql")]
use alloc::{format, string::String, vec::Vec};

use super::prepared;
use crate::counters::Failure;
use crate::error::RunError;
use crate::expr::call::Invocation;
use crate::expr::function::Function;
use crate::expr::rows;
use crate::plan::signature::Param::{self, Is};
use crate::plan::signature::{Prepared, Returns};
use crate::text::Scan;
use crate::time::calendar::SECOND;
use crate::time::shift::timestamp;
use crate::types::DataType::{Timestamp, TimestampTz};

/// TIMEZONE of each type.
pub const ZONE: &[Function] = &[
    Function::new(
        "timezone",
        &[Param::Prepared(OFFSET), Is(Timestamp)],
        Returns::Is(TimestampTz),
        |call| moved(call, -1),
    )
    .fails(Failure::Time)
    .doc(
        "The instant at which a clock of a zone shows a time; x AT TIME ZONE zone is the same.",
        "TIMESTAMP '2020-02-29 12:00:00' AT TIME ZONE '+05:30'",
    ),
    Function::new(
        "timezone",
        &[Param::Prepared(OFFSET), Is(TimestampTz)],
        Returns::Is(Timestamp),
        |call| moved(call, 1),
    )
    .fails(Failure::Time)
    .doc(
        "What a clock of a zone shows at an instant; x AT TIME ZONE zone is the same.",
        "TIMESTAMPTZ '2020-02-29 12:00:00+00' AT TIME ZONE 'GMT+1'",
    ),
];

/// A zone as seconds east of UTC.
const OFFSET: Prepared = Prepared {
    what: "a time zone",
    check: |bytes| {
        bytes.first_chunk().is_some_and(|bytes| i32::from_le_bytes(*bytes).unsigned_abs() < 86_400)
            && bytes.len() == 4
    },
    #[cfg(feature = "sql")]
    compile: |zone, _| compile(zone).map_err(Into::into),
};

#[cfg(feature = "sql")]
fn compile(zone: &str) -> Result<Vec<u8>, String> {
    let offset = offset(zone.as_bytes()).ok_or_else(|| {
        format!(
            "the time zone '{zone}' is not known\nonly fixed offsets are, like '+01:00', 'GMT+1' \
             or 'UTC': a device has no table of the zones of the world"
        )
    })?;
    Ok(offset.to_le_bytes().into())
}

fn moved(call: &mut Invocation<'_>, sign: i64) -> Result<(), RunError> {
    let bytes = prepared(call).first_chunk().ok_or(RunError::Internal)?;
    let offset = sign * i64::from(i32::from_le_bytes(*bytes)) * SECOND;
    rows::try_map(call, |(_, micros): (&[u8], i64)| {
        timestamp(i128::from(micros) + i128::from(offset))
    })
}

/// How far a zone is ahead of UTC, seconds: `UTC`, `GMT`, `Z`; `+01:00`, `GMT+1`, `GMT+01:30` and
/// `UTC+1`, east positive; `Etc/GMT-1`, west positive as POSIX has it. In any case.
///
/// (DuckDB drops the minutes of `UTC+01:30`, which is refused here.)
pub(super) fn offset(zone: &[u8]) -> Option<i32> {
    let after = |prefix: &[u8]| {
        let (start, rest) = zone.split_at_checked(prefix.len())?;
        start.eq_ignore_ascii_case(prefix).then_some(rest)
    };
    const UTC: [&[u8]; 9] =
        [b"UTC", b"GMT", b"Z", b"Zulu", b"UCT", b"Universal", b"Greenwich", b"GMT0", b"GMT-0"];
    let plain = after(b"Etc/").unwrap_or(zone);
    if UTC.iter().any(|name| plain.eq_ignore_ascii_case(name)) {
        return Some(0);
    }
    if let Some(rest) = after(b"Etc/GMT") {
        let west = signed(rest)?;
        let is_zone =
            rest.len() <= 3 && rest.get(1) != Some(&b'0') && (-14..=12).contains(&(west / 3_600));
        return is_zone.then_some(-west);
    }
    if let Some(rest) = after(b"UTC") {
        return signed(rest).filter(|east| east % 3_600 == 0 && rest.len() <= 3);
    }
    signed(after(b"GMT").unwrap_or(zone))
}

/// `+h`, `+hh`, `+hmm`, `+hhmm`, `+hh:mm` or `+hh:mm:ss`, seconds.
fn signed(text: &[u8]) -> Option<i32> {
    let mut text = Scan(text);
    let negative = text.skip(b'-');
    if !negative && !text.skip(b'+') {
        return None;
    }
    let (mut hours, digits) = text.number(4);
    let mut minutes = 0;
    let mut seconds = 0;
    if digits > 2 {
        (hours, minutes) = (hours / 100, hours % 100);
    } else if digits > 0 && text.skip(b':') {
        let (number, 2) = text.number(2) else { return None };
        minutes = number;
        if text.skip(b':') {
            let (number, 2) = text.number(2) else { return None };
            seconds = number;
        }
    }
    if digits == 0 || !text.is_empty() || hours > 23 || minutes > 59 || seconds > 59 {
        return None;
    }
    let offset = (hours * 3_600 + minutes * 60 + seconds) as i32;
    Some(if negative { -offset } else { offset })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From DuckDB 2.0, but for signs alone, `Z` and `UTC+01:30`.
    #[test]
    fn offsets() {
        let minutes = |zone: &str| offset(zone.as_bytes()).map(|seconds| seconds / 60);
        for utc in ["UTC", "utc", "GMT", "GMT0", "GMT-0", "Zulu", "Etc/UTC", "Etc/GMT", "UCT", "Z"]
        {
            assert_eq!(minutes(utc), Some(0), "{utc}");
        }
        for zone in ["GMT+01:30", "GMT+1:30", "GMT+130", "GMT+0130", "gmt+01:30", "+01:30", "+0130"]
        {
            assert_eq!(minutes(zone), Some(90), "{zone}");
        }
        assert_eq!(minutes("GMT+23:59"), Some(23 * 60 + 59));
        assert_eq!(offset(b"GMT+01:02:03"), Some(3_723));
        assert_eq!(minutes("UTC+1"), Some(60));
        assert_eq!(minutes("Etc/GMT-14"), Some(14 * 60));
        assert_eq!(minutes("Etc/GMT+8"), Some(-8 * 60));
        for none in [
            "",
            "Europe/Berlin",
            "GMT+24",
            "Etc/GMT-15",
            "Etc/GMT+13",
            "Etc/GMT+01",
            "Etc/GMT+1:30",
            "GMT+1:2:3",
            "01:00",
            "+25:00",
            "+",
            "UTC+01:30",
        ] {
            assert_eq!(offset(none.as_bytes()), None, "{none}");
        }
    }
}
