//! SQL types, their bytes in a record, and the physical kind that kernels work on.

mod wide;

use serde::{Deserialize, Serialize};

pub use wide::{Span, Uuid16, Wide};

/// A SQL type. Its bytes in a record are in the table of [`crate::record`].
///
/// ```
/// use ringql_core::types::DataType;
/// assert_eq!(DataType::Timestamp.size(), 8);
/// assert_eq!(DataType::Varchar(16).size(), 18);
/// assert_eq!(DataType::Varchar(5).to_string(), "VARCHAR(5)");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum DataType {
    /// `BOOLEAN`: one byte, 0 or 1.
    Boolean,
    /// `TINYINT`: i8.
    TinyInt,
    /// `SMALLINT`: i16.
    SmallInt,
    /// `INTEGER`: i32.
    Integer,
    /// `BIGINT`: i64.
    BigInt,
    /// `TINYINT UNSIGNED`: u8.
    UTinyInt,
    /// `SMALLINT UNSIGNED`: u16.
    USmallInt,
    /// `INTEGER UNSIGNED`: u32.
    UInteger,
    /// `BIGINT UNSIGNED`: u64.
    UBigInt,
    /// `REAL`: f32.
    Real,
    /// `DOUBLE`: f64.
    Double,
    /// `TIMESTAMP`: i64 microseconds since 1970-01-01 00:00:00 UTC.
    Timestamp,
    /// `VARCHAR(n)`: a u16 length, then n bytes of UTF-8 (unused ones zero).
    Varchar(u16),
    /// `DECIMAL(p, s)`: a whole number of 1 / 10^s with at most p digits; p from 1 to 38, s from 0 to
    /// p. i64 up to p = 18, else i128.
    Decimal(u8, u8),
    /// `DATE`: i32 days since 1970-01-01.
    Date,
    /// `TIME`: i64 microseconds since midnight, up to 24:00:00.
    Time,
    /// `INTERVAL`: i32 months, i32 days and i64 microseconds, which don't carry into one another.
    Interval,
    /// `TIMESTAMP WITH TIME ZONE`: i64 microseconds since 1970-01-01 00:00:00 UTC. It has no zone of
    /// its own: as text it is in UTC.
    TimestampTz,
    /// `CHAR(n)`, a column of a record only: n bytes, the text ends at the first zero byte or after
    /// n bytes (C's `char name[n]`). An expression over it is a VARCHAR(n).
    Char(u16),
    /// `VARBINARY(n)`: a u16 length, then n bytes (unused ones zero).
    Varbinary(u16),
    /// `UUID`: 16 bytes in the order of RFC 4122, compared by them.
    Uuid,
}

/// What a kernel sees of a [`DataType`]: the Rust type of one element of a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
pub enum Kind {
    /// One bit in a mask.
    Bool,
    /// i8
    I8,
    /// i16
    I16,
    /// i32
    I32,
    /// i64
    I64,
    /// u8
    U8,
    /// u16
    U16,
    /// u32
    U32,
    /// u64
    U64,
    /// f32
    F32,
    /// f64
    F64,
    /// Inline text or bytes: u16 length and bytes.
    Text,
    /// [`Wide`]
    I128,
    /// [`Span`]
    Interval,
    /// [`Uuid16`]
    Uuid,
}

impl DataType {
    /// Longest `VARCHAR`, `CHAR` and `VARBINARY`, bytes.
    pub const MAX_VARCHAR: u16 = 4096;
    /// Most digits of a `DECIMAL`.
    pub const MAX_DECIMAL: u8 = 38;
    /// Most digits of a `DECIMAL` that is kept in 64 bits.
    pub const MAX_DECIMAL_64: u8 = 18;

    /// The kind that kernels work on.
    #[must_use]
    pub const fn kind(self) -> Kind {
        match self {
            Self::Boolean => Kind::Bool,
            Self::TinyInt => Kind::I8,
            Self::SmallInt => Kind::I16,
            Self::Integer | Self::Date => Kind::I32,
            Self::BigInt | Self::Timestamp | Self::TimestampTz | Self::Time => Kind::I64,
            Self::Decimal(p, _) if p <= Self::MAX_DECIMAL_64 => Kind::I64,
            Self::Decimal(..) => Kind::I128,
            Self::Interval => Kind::Interval,
            Self::Uuid => Kind::Uuid,
            Self::UTinyInt => Kind::U8,
            Self::USmallInt => Kind::U16,
            Self::UInteger => Kind::U32,
            Self::UBigInt => Kind::U64,
            Self::Real => Kind::F32,
            Self::Double => Kind::F64,
            Self::Varchar(_) | Self::Char(_) | Self::Varbinary(_) => Kind::Text,
        }
    }

    /// Bytes in a record.
    #[must_use]
    pub const fn size(self) -> usize {
        match self {
            Self::Boolean | Self::TinyInt | Self::UTinyInt => 1,
            Self::SmallInt | Self::USmallInt => 2,
            Self::Integer | Self::UInteger | Self::Real => 4,
            Self::BigInt | Self::UBigInt | Self::Double | Self::Timestamp => 8,
            Self::Varchar(n) | Self::Varbinary(n) => (2 + n as usize).next_multiple_of(2),
            Self::Char(n) => n as usize,
            Self::Date => 4,
            Self::Time | Self::TimestampTz => 8,
            Self::Decimal(p, _) if p <= Self::MAX_DECIMAL_64 => 8,
            Self::Decimal(..) | Self::Interval | Self::Uuid => 16,
        }
    }

    /// Alignment in a record, bytes.
    #[must_use]
    pub const fn align(self) -> usize {
        match self {
            Self::Varchar(_) | Self::Varbinary(_) => 2,
            Self::Char(_) | Self::Uuid => 1,
            Self::Decimal(..) | Self::Interval => 8,
            other => other.size(),
        }
    }

    /// Most bytes of a value, of a type whose values have a length.
    #[must_use]
    pub const fn text_capacity(self) -> Option<u16> {
        match self {
            Self::Varchar(n) | Self::Varbinary(n) => Some(n),
            _ => None,
        }
    }

    /// Whether the type is one of the eight integers.
    #[must_use]
    pub const fn is_integer(self) -> bool {
        matches!(
            self,
            Self::TinyInt
                | Self::SmallInt
                | Self::Integer
                | Self::BigInt
                | Self::UTinyInt
                | Self::USmallInt
                | Self::UInteger
                | Self::UBigInt
        )
    }

    /// Whether the type is one of the integers without a sign.
    #[must_use]
    pub const fn is_unsigned(self) -> bool {
        matches!(self, Self::UTinyInt | Self::USmallInt | Self::UInteger | Self::UBigInt)
    }

    /// Whether the type is REAL or DOUBLE.
    #[must_use]
    pub const fn is_float(self) -> bool {
        matches!(self, Self::Real | Self::Double)
    }

    /// Whether the type is a DECIMAL.
    #[must_use]
    pub const fn is_decimal(self) -> bool {
        matches!(self, Self::Decimal(..))
    }

    /// Whether the machine's own arithmetic is defined on the type: the integers and floats.
    #[must_use]
    pub const fn is_numeric(self) -> bool {
        self.is_integer() || self.is_float()
    }

    /// Whether `DECIMAL(p, s)` and the lengths of texts are in range.
    #[must_use]
    pub const fn is_defined(self) -> bool {
        match self {
            Self::Varchar(n) | Self::Char(n) | Self::Varbinary(n) => {
                1 <= n && n <= Self::MAX_VARCHAR
            }
            Self::Decimal(p, s) => 1 <= p && p <= Self::MAX_DECIMAL && s <= p,
            _ => true,
        }
    }

    /// The type of an expression over a column of this type: a `CHAR(n)` is read as a `VARCHAR(n)`.
    #[must_use]
    pub const fn loaded(self) -> Self {
        match self {
            Self::Char(n) => Self::Varchar(n),
            other => other,
        }
    }

    /// Whether two types are equal, or texts, or runs of bytes, of any lengths.
    #[must_use]
    pub fn same_family(self, other: Self) -> bool {
        match (self.loaded(), other.loaded()) {
            (Self::Varchar(_), Self::Varchar(_)) | (Self::Varbinary(_), Self::Varbinary(_)) => true,
            (a, b) => a == b,
        }
    }
}

impl core::fmt::Display for DataType {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Boolean => "BOOLEAN",
            Self::TinyInt => "TINYINT",
            Self::SmallInt => "SMALLINT",
            Self::Integer => "INTEGER",
            Self::BigInt => "BIGINT",
            Self::UTinyInt => "TINYINT UNSIGNED",
            Self::USmallInt => "SMALLINT UNSIGNED",
            Self::UInteger => "INTEGER UNSIGNED",
            Self::UBigInt => "BIGINT UNSIGNED",
            Self::Real => "REAL",
            Self::Double => "DOUBLE",
            Self::Timestamp => "TIMESTAMP",
            Self::Varchar(n) => return write!(f, "VARCHAR({n})"),
            Self::Decimal(p, s) => return write!(f, "DECIMAL({p},{s})"),
            Self::Date => "DATE",
            Self::Time => "TIME",
            Self::Interval => "INTERVAL",
            Self::TimestampTz => "TIMESTAMP WITH TIME ZONE",
            Self::Char(n) => return write!(f, "CHAR({n})"),
            Self::Varbinary(n) => return write!(f, "VARBINARY({n})"),
            Self::Uuid => "UUID",
        })
    }
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 15] = [
        Self::Bool,
        Self::I8,
        Self::I16,
        Self::I32,
        Self::I64,
        Self::U8,
        Self::U16,
        Self::U32,
        Self::U64,
        Self::F32,
        Self::F64,
        Self::Text,
        Self::I128,
        Self::Interval,
        Self::Uuid,
    ];

    /// Bytes of one element; 0 for [`Kind::Bool`] (a bit) and [`Kind::Text`] (its type knows).
    #[must_use]
    pub const fn size(self) -> usize {
        match self {
            Self::Bool | Self::Text => 0,
            Self::I8 | Self::U8 => 1,
            Self::I16 | Self::U16 => 2,
            Self::I32 | Self::U32 | Self::F32 => 4,
            Self::I64 | Self::U64 | Self::F64 => 8,
            Self::I128 | Self::Interval | Self::Uuid => 16,
        }
    }
}
