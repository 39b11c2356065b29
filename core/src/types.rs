//! SQL types, their bytes in a record, and the physical kind that kernels work on.

use serde::{Deserialize, Serialize};

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
    /// Inline text: u16 length and bytes.
    Text,
}

impl DataType {
    /// Longest `VARCHAR`, bytes.
    pub const MAX_VARCHAR: u16 = 4096;

    /// The kind that kernels work on.
    #[must_use]
    pub const fn kind(self) -> Kind {
        match self {
            Self::Boolean => Kind::Bool,
            Self::TinyInt => Kind::I8,
            Self::SmallInt => Kind::I16,
            Self::Integer => Kind::I32,
            Self::BigInt | Self::Timestamp => Kind::I64,
            Self::UTinyInt => Kind::U8,
            Self::USmallInt => Kind::U16,
            Self::UInteger => Kind::U32,
            Self::UBigInt => Kind::U64,
            Self::Real => Kind::F32,
            Self::Double => Kind::F64,
            Self::Varchar(_) => Kind::Text,
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
            Self::Varchar(n) => (2 + n as usize).next_multiple_of(2),
        }
    }

    /// Alignment in a record, bytes.
    #[must_use]
    pub const fn align(self) -> usize {
        match self {
            Self::Varchar(_) => 2,
            other => other.size(),
        }
    }

    /// Most bytes of a value, of a type whose values have a length.
    #[must_use]
    pub const fn text_capacity(self) -> Option<u16> {
        match self {
            Self::Varchar(n) => Some(n),
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

    /// Whether arithmetic is defined on the type.
    #[must_use]
    pub const fn is_numeric(self) -> bool {
        self.is_integer() || self.is_float()
    }

    /// Whether two types are equal or texts of any lengths.
    #[must_use]
    pub const fn same_family(self, other: Self) -> bool {
        match (self, other) {
            (Self::Varchar(_), Self::Varchar(_)) => true,
            (Self::Timestamp, Self::BigInt) | (Self::BigInt, Self::Timestamp) => false,
            (a, b) => a.kind() as u8 == b.kind() as u8,
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
        })
    }
}

impl Kind {
    /// Bytes of one element; 0 for [`Kind::Bool`] (a bit) and [`Kind::Text`] (its type knows).
    #[must_use]
    pub const fn size(self) -> usize {
        match self {
            Self::Bool | Self::Text => 0,
            Self::I8 | Self::U8 => 1,
            Self::I16 | Self::U16 => 2,
            Self::I32 | Self::U32 | Self::F32 => 4,
            Self::I64 | Self::U64 | Self::F64 => 8,
        }
    }
}
