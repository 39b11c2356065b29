//! The truth about conversions: which there are, which can fail, and how long their texts are.

use crate::fmt::power_of_ten;
use crate::types::DataType;

/// Whether `CAST(from AS to)` exists: where it does in DuckDB.
///
/// ```
/// use ringql_core::plan::op::cast_defined;
/// use ringql_core::types::DataType::{BigInt, Date, Timestamp, Varchar};
/// assert!(cast_defined(Timestamp, Varchar(33)));
/// assert!(cast_defined(Timestamp, Date));
/// assert!(!cast_defined(Timestamp, BigInt));
/// ```
#[must_use]
pub const fn cast_defined(from: DataType, to: DataType) -> bool {
    use DataType::{Char, Date, Interval, Time, Timestamp, TimestampTz, Uuid, Varbinary, Varchar};
    match (from, to) {
        // A CHAR is never in a register.
        (Char(_), _) | (_, Char(_)) => false,
        (Varchar(_), _) | (_, Varchar(_)) => true,
        (Date, Date | Timestamp | TimestampTz)
        | (Timestamp | TimestampTz, Date | Timestamp | TimestampTz)
        | (Timestamp | Time, Time)
        | (Interval, Interval)
        | (Uuid, Uuid)
        | (Uuid | Varbinary(_), Varbinary(_)) => true,
        (from, to) => is_number(from) && is_number(to),
    }
}

/// BOOLEAN, the integers, the floats and DECIMAL convert to each other.
const fn is_number(t: DataType) -> bool {
    matches!(t, DataType::Boolean) || t.is_numeric() || t.is_decimal()
}

/// Whether `CAST(from AS to)` can meet a value that does not fit `to` (the row is then NULL and
/// counted, so the result is nullable).
///
/// ```
/// use ringql_core::plan::op::cast_can_fail;
/// use ringql_core::types::DataType::{BigInt, Decimal, Integer, Real, UInteger, Varchar};
/// assert!(!cast_can_fail(UInteger, BigInt));
/// assert!(cast_can_fail(Integer, UInteger));
/// assert!(!cast_can_fail(BigInt, Real));
/// assert!(!cast_can_fail(Integer, Varchar(11)));
/// assert!(cast_can_fail(Integer, Varchar(10)));
/// assert!(!cast_can_fail(Integer, Decimal(11, 1)));
/// assert!(cast_can_fail(Integer, Decimal(10, 1)));
/// ```
#[must_use]
pub const fn cast_can_fail(from: DataType, to: DataType) -> bool {
    use DataType::{Date, Decimal, Timestamp, TimestampTz, Uuid, Varbinary};
    match (from, to) {
        (_, DataType::Varchar(n)) => text_len(from) > n,
        (DataType::Varchar(_), _) => true,
        (Varbinary(m), Varbinary(n)) => m > n,
        (Uuid, Varbinary(n)) => n < 16,
        // A timestamp has fewer years than a date.
        (Date, Timestamp | TimestampTz) => true,
        (Timestamp | TimestampTz | Date | DataType::Time | DataType::Interval | Uuid, _) => false,
        (DataType::Boolean, Decimal(p, s)) => p == s,
        (Decimal(p, s), Decimal(q, t)) => {
            // Fewer digits behind the point: rounding may need one more before it.
            let rounds = (t < s) as u8;
            q - t < p - s + rounds
        }
        (Decimal(p, s), _) => match integer_range(to) {
            Some((_, max)) => power_of_ten(p - s) - (s == 0) as i128 > max || to.is_unsigned(),
            None => false,
        },
        (_, Decimal(p, s)) => match integer_range(from) {
            Some((min, max)) => {
                let most = power_of_ten(p - s) - 1;
                max > most || min < -most
            }
            None => true,
        },
        (DataType::Boolean, _) | (_, DataType::Boolean) => false,
        (_, DataType::Double) | (DataType::Real, DataType::Real) => false,
        (_, DataType::Real) => from.is_float(),
        _ => match (integer_range(from), integer_range(to)) {
            (Some((from_min, from_max)), Some((to_min, to_max))) => {
                from_min < to_min || to_max < from_max
            }
            _ => true,
        },
    }
}

/// The most bytes that a value of this type takes as text.
#[must_use]
pub const fn text_len(data_type: DataType) -> u16 {
    match data_type {
        DataType::Boolean => 5,
        DataType::TinyInt => 4,
        DataType::SmallInt => 6,
        DataType::Integer => 11,
        DataType::BigInt | DataType::UBigInt => 20,
        DataType::UTinyInt => 3,
        DataType::USmallInt => 5,
        DataType::UInteger => 10,
        // -2.2250738585072014e-308
        DataType::Real | DataType::Double => 24,
        // 290309-12-22 (BC) 00:00:00.000001
        DataType::Timestamp => 33,
        DataType::TimestampTz => 36,
        // 5877642-06-25 (BC)
        DataType::Date => 18,
        // 23:59:59.999999
        DataType::Time => 15,
        // -178956969 years -11 months -2147483648 days -2562047788:00:54.775808
        DataType::Interval => 69,
        DataType::Decimal(p, s) => p as u16 + 1 + (s > 0) as u16,
        DataType::Uuid => 36,
        DataType::Varchar(n) | DataType::Char(n) => n,
        DataType::Varbinary(n) => n.saturating_mul(4),
    }
}

/// The values of an integer type.
#[must_use]
pub const fn integer_range(data_type: DataType) -> Option<(i128, i128)> {
    Some(match data_type {
        DataType::TinyInt => (i8::MIN as i128, i8::MAX as i128),
        DataType::SmallInt => (i16::MIN as i128, i16::MAX as i128),
        DataType::Integer => (i32::MIN as i128, i32::MAX as i128),
        DataType::BigInt => (i64::MIN as i128, i64::MAX as i128),
        DataType::UTinyInt => (0, u8::MAX as i128),
        DataType::USmallInt => (0, u16::MAX as i128),
        DataType::UInteger => (0, u32::MAX as i128),
        DataType::UBigInt => (0, u64::MAX as i128),
        _ => return None,
    })
}
