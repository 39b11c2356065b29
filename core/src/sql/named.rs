//! Names of types in SQL: DuckDB's, with its aliases.

use sqlparser::ast;

use crate::types::DataType;

use DataType::{
    BigInt, Boolean, Char, Date, Decimal, Double, Integer, Interval, Real, SmallInt, Time,
    Timestamp, TimestampTz, TinyInt, UBigInt, UInteger, USmallInt, UTinyInt, Uuid, Varbinary,
    Varchar,
};

/// Types that exist, for "did you mean" and for help.
pub(super) const TYPES: &str = "types are BOOLEAN, TINYINT, SMALLINT, INTEGER, BIGINT (each also \
    UNSIGNED), REAL, DOUBLE, DECIMAL(p,s), DATE, TIME, TIMESTAMP, TIMESTAMPTZ, INTERVAL, UUID, \
    VARCHAR(n), CHAR(n) and VARBINARY(n)";

pub(super) const TYPE_NAMES: &[&str] = &[
    "BOOLEAN",
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "INT",
    "BIGINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
    "REAL",
    "FLOAT",
    "DOUBLE",
    "DECIMAL",
    "NUMERIC",
    "DATE",
    "TIME",
    "TIMESTAMP",
    "TIMESTAMPTZ",
    "DATETIME",
    "INTERVAL",
    "UUID",
    "CHAR",
    "BPCHAR",
    "VARCHAR",
    "TEXT",
    "BLOB",
    "BYTEA",
    "VARBINARY",
];

/// What a type's name in SQL stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    Type(DataType),
    /// VARCHAR or CHAR without a length.
    AnyVarchar,
    /// VARBINARY without a length.
    AnyVarbinary,
    /// A VARCHAR, CHAR or VARBINARY with a length that is not 1 to 4096.
    BadLength,
    /// A DECIMAL whose digits are not 1 to 38, or fewer than its scale.
    BadDecimal,
    /// Not one of RingQL's.
    Other,
    /// Not one of any database's.
    Unknown,
}

/// The type that `sqlparser` read.
pub(super) fn named(t: &ast::DataType) -> Named {
    use ast::DataType as Sql;
    let data_type = match t {
        Sql::Boolean | Sql::Bool => Boolean,
        Sql::TinyInt(None) => TinyInt,
        Sql::SmallInt(None) | Sql::Int2(None) => SmallInt,
        Sql::Signed
        | Sql::SignedInteger
        | Sql::Integer(None)
        | Sql::Int(None)
        | Sql::Int4(None)
        | Sql::Int32 => Integer,
        Sql::BigInt(None) | Sql::Int8(None) | Sql::Int64 => BigInt,
        Sql::TinyIntUnsigned(None) | Sql::UTinyInt => UTinyInt,
        Sql::SmallIntUnsigned(None) | Sql::Int2Unsigned(None) | Sql::USmallInt => USmallInt,
        Sql::IntegerUnsigned(None) | Sql::IntUnsigned(None) | Sql::Int4Unsigned(None) => UInteger,
        Sql::BigIntUnsigned(None) | Sql::Int8Unsigned(None) | Sql::UBigInt => UBigInt,
        Sql::Real | Sql::Float4 | Sql::Float(ast::ExactNumberInfo::None) => Real,
        Sql::Double(ast::ExactNumberInfo::None) | Sql::DoublePrecision | Sql::Float8 => Double,
        Sql::Timestamp(None, ast::TimezoneInfo::None | ast::TimezoneInfo::WithoutTimeZone) => {
            Timestamp
        }
        Sql::Timestamp(None, ast::TimezoneInfo::Tz | ast::TimezoneInfo::WithTimeZone) => {
            TimestampTz
        }
        Sql::Datetime(None) => Timestamp,
        Sql::Date => Date,
        Sql::Time(None, ast::TimezoneInfo::None | ast::TimezoneInfo::WithoutTimeZone) => Time,
        Sql::Interval { fields: None, precision: None } => Interval,
        Sql::Uuid => Uuid,
        Sql::Decimal(info) | Sql::Numeric(info) | Sql::Dec(info) => return decimal(*info),
        Sql::Char(length) | Sql::Character(length) => {
            return sized(varchar(length.as_ref()), Char);
        }
        Sql::Blob(length) | Sql::Binary(length) => return varbinary(*length),
        Sql::Bytea | Sql::Varbinary(None) => return varbinary(None),
        Sql::Varbinary(Some(ast::BinaryLength::IntegerLength { length })) => {
            return varbinary(Some(*length));
        }
        Sql::Varchar(length) | Sql::CharacterVarying(length) | Sql::CharVarying(length) => {
            return varchar(length.as_ref());
        }
        Sql::Text | Sql::String(None) => return Named::AnyVarchar,
        Sql::String(Some(n)) => return bounded(*n),
        Sql::Custom(name, arguments) => return custom(name, arguments),
        _ => return Named::Other,
    };
    Named::Type(data_type)
}

fn varchar(length: Option<&ast::CharacterLength>) -> Named {
    match length {
        None => Named::AnyVarchar,
        Some(ast::CharacterLength::IntegerLength { length, unit: None }) => bounded(*length),
        Some(_) => Named::Other,
    }
}

/// `VARCHAR(length)`.
fn bounded(length: u64) -> Named {
    match u16::try_from(length) {
        Ok(n) if (1..=DataType::MAX_VARCHAR).contains(&n) => Named::Type(Varchar(n)),
        _ => Named::BadLength,
    }
}

/// A type of texts as the type of another kind of bytes.
fn sized(named: Named, of: impl Fn(u16) -> DataType) -> Named {
    match named {
        Named::Type(Varchar(n)) => Named::Type(of(n)),
        other => other,
    }
}

fn varbinary(length: Option<u64>) -> Named {
    length.map_or(Named::AnyVarbinary, |n| sized(bounded(n), Varbinary))
}

/// `DECIMAL(p, s)`; without a scale it is 0, without digits (18, 3) as in DuckDB.
fn decimal(info: ast::ExactNumberInfo) -> Named {
    let (p, s) = match info {
        ast::ExactNumberInfo::None => (18, 3),
        ast::ExactNumberInfo::Precision(p) => (p, 0),
        ast::ExactNumberInfo::PrecisionAndScale(p, s) => (p, s),
    };
    match (u8::try_from(p), u8::try_from(s)) {
        (Ok(p), Ok(s)) if Decimal(p, s).is_defined() => Named::Type(Decimal(p, s)),
        _ => Named::BadDecimal,
    }
}

/// Names that `sqlparser` has no type for.
fn custom(name: &ast::ObjectName, arguments: &[alloc::string::String]) -> Named {
    let [ast::ObjectNamePart::Identifier(name)] = &*name.0 else { return Named::Other };
    let is = |s: &str| name.value.eq_ignore_ascii_case(s);
    match arguments {
        [] => {}
        [length] if is("TEXT") || is("BPCHAR") => {
            let length = length.trim().parse().map_or(Named::BadLength, bounded);
            return if is("BPCHAR") { sized(length, Char) } else { length };
        }
        _ => return Named::Unknown,
    }
    match () {
        () if is("INT1") => Named::Type(TinyInt),
        () if is("SHORT") => Named::Type(SmallInt),
        () if is("LONG") => Named::Type(BigInt),
        () if is("UINTEGER") => Named::Type(UInteger),
        () if is("UTINYINT") => Named::Type(UTinyInt),
        () if is("USMALLINT") => Named::Type(USmallInt),
        () if is("UBIGINT") => Named::Type(UBigInt),
        () if is("BPCHAR") => Named::AnyVarchar,
        () if is("LOGICAL") => Named::Type(Boolean),
        () => Named::Unknown,
    }
}
