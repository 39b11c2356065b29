//! Types of expressions: what goes with what, and what comes out. The results are DuckDB's; where
//! DuckDB has a type that RingQL lacks (HUGEINT, DECIMAL) the functions here say so.

use sqlparser::ast;

use crate::plan::AggregateFunction;
use crate::plan::op::integer_range;
use crate::types::DataType;

/// The type of an expression while it is bound. Literals have no type of their own yet: they take
/// that of what they meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    /// A type for good.
    Known(DataType),
    /// A whole number literal.
    Integer(i128),
    /// A number literal with a decimal point: REAL beside REAL, else DOUBLE.
    Decimal,
    /// A text literal.
    Text,
    /// NULL.
    Null,
}

/// Why two types don't go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mismatch {
    /// DuckDB refuses it too.
    Types,
    /// DuckDB would go to HUGEINT.
    HugeInt,
}

use DataType::{
    BigInt, Boolean, Double, Integer, Real, SmallInt, Timestamp, TinyInt, UBigInt, UInteger,
    USmallInt, UTinyInt, Varchar,
};

/// The type of a whole number literal that meets nothing to adapt to.
pub(super) fn literal_type(value: i128) -> Option<DataType> {
    [Integer, BigInt, UBigInt].into_iter().find(|&t| fits(value, t))
}

/// Whether a whole number is a value of an integer type.
pub(super) fn fits(value: i128, data_type: DataType) -> bool {
    integer_range(data_type).is_some_and(|(min, max)| (min..=max).contains(&value))
}

const fn is_signed(t: DataType) -> bool {
    matches!(t, TinyInt | SmallInt | Integer | BigInt)
}

/// The integer type of `+ - * %` over two integer types.
fn integer_arithmetic(a: DataType, b: DataType) -> Result<DataType, Mismatch> {
    match (is_signed(a), is_signed(b)) {
        (true, true) | (false, false) => Ok(if a.size() >= b.size() { a } else { b }),
        (false, true) => integer_arithmetic(b, a),
        (true, false) if b == UBigInt => Err(Mismatch::HugeInt),
        (true, false) if a.size() > b.size() => Ok(a),
        // DuckDB finds no closer function than that of BIGINT, also for TINYINT + UTINYINT.
        (true, false) => Ok(BigInt),
    }
}

/// The smallest integer type that holds the values of both.
fn integer_common(a: DataType, b: DataType) -> Result<DataType, Mismatch> {
    match (is_signed(a), is_signed(b)) {
        (true, true) | (false, false) => Ok(if a.size() >= b.size() { a } else { b }),
        (false, true) => integer_common(b, a),
        (true, false) => match b {
            _ if a.size() > b.size() => Ok(a),
            UTinyInt => Ok(SmallInt),
            USmallInt => Ok(Integer),
            UInteger => Ok(BigInt),
            _ => Err(Mismatch::HugeInt),
        },
    }
}

/// The type that both operands of `+ - * %` are converted to, and the result's. `/` takes two
/// DOUBLEs instead where this is an integer.
pub(super) fn arithmetic(a: Type, b: Type) -> Result<DataType, Mismatch> {
    use Type::{Decimal, Integer as Literal, Known, Null, Text};
    match (a, b) {
        (Null, Null) => Ok(BigInt),
        (Known(a), Known(b)) if !a.is_numeric() || !b.is_numeric() => Err(Mismatch::Types),
        (Known(Double), Known(_)) | (Known(_), Known(Double)) => Ok(Double),
        (Known(Real), Known(_)) | (Known(_), Known(Real)) => Ok(Real),
        (Known(a), Known(b)) => integer_arithmetic(a, b),
        (Known(t), Literal(v)) | (Literal(v), Known(t)) if t.is_integer() && !fits(v, t) => {
            integer_arithmetic(t, literal_type(v).ok_or(Mismatch::HugeInt)?)
        }
        (Known(t), Literal(_) | Null) | (Literal(_) | Null, Known(t)) if t.is_numeric() => Ok(t),
        (Known(t), Decimal) | (Decimal, Known(t)) if t.is_numeric() => {
            Ok(if t == Real { Real } else { Double })
        }
        (Literal(a), Literal(b)) => {
            let (a, b) = (literal_type(a), literal_type(b));
            integer_arithmetic(a.ok_or(Mismatch::HugeInt)?, b.ok_or(Mismatch::HugeInt)?)
        }
        (Literal(v), Null) | (Null, Literal(v)) => literal_type(v).ok_or(Mismatch::HugeInt),
        (Decimal, Decimal | Literal(_) | Null) | (Literal(_) | Null, Decimal) => Ok(Double),
        (Known(_), _) | (_, Known(_)) | (Text, _) | (_, Text) => Err(Mismatch::Types),
    }
}

/// What a common type is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// `=`, `<>` and IN: text is converted to the other side's type, BOOLEAN also to a float.
    Equal,
    /// `<`, BETWEEN, results of CASE or COALESCE: of texts, only a literal is.
    Mix,
}

/// The type that both are converted to for a comparison, or as results of one CASE.
pub(super) fn common(a: Type, b: Type, usage: Use) -> Result<Type, Mismatch> {
    use Type::{Decimal, Integer as Literal, Known, Null, Text};
    Ok(match (a, b) {
        (Null, Null) => Null,
        // A literal that has met NULL or another literal has got its type.
        (Null, Text) | (Text, Null) | (Text, Text) => Known(Varchar(1)),
        (Null, Decimal) | (Decimal, Null) => Decimal,
        (Null, t) | (t, Null) => default_of(t)?,
        (Known(Varchar(a)), Known(Varchar(b))) => Known(Varchar(a.max(b))),
        (Known(a), Known(b)) if a == b => Known(a),
        (Known(Varchar(_)), other) | (other, Known(Varchar(_))) if usage == Use::Equal => {
            match other {
                Text => {
                    if let Known(_) = a {
                        a
                    } else {
                        b
                    }
                }
                other => other,
            }
        }
        (Known(t), Text) | (Text, Known(t)) => Known(t),
        (Text, other) | (other, Text) => other,
        (Known(Boolean), Known(t)) | (Known(t), Known(Boolean)) if t.is_integer() => Known(t),
        (Known(Boolean), Known(t)) | (Known(t), Known(Boolean))
            if t.is_float() && usage == Use::Equal =>
        {
            Known(t)
        }
        (Known(Boolean), Decimal) | (Decimal, Known(Boolean)) if usage == Use::Equal => Decimal,
        (Known(Boolean), Literal(v)) | (Literal(v), Known(Boolean)) => default_of(Literal(v))?,
        (Known(t), Literal(v)) | (Literal(v), Known(t)) if t.is_integer() => {
            if fits(v, t) {
                return Ok(Known(t));
            }
            Known(integer_common(t, literal_type(v).ok_or(Mismatch::HugeInt)?)?)
        }
        (Known(t), Literal(_)) | (Literal(_), Known(t)) if t.is_float() => Known(t),
        (Known(t), Decimal) | (Decimal, Known(t)) if t.is_float() => Known(t),
        (Known(t), Decimal) | (Decimal, Known(t)) if t.is_integer() => Decimal,
        (Decimal, Decimal | Literal(_)) | (Literal(_), Decimal) => Decimal,
        (Literal(a), Literal(b)) => {
            let (a, b) = (literal_type(a), literal_type(b));
            Known(integer_common(a.ok_or(Mismatch::HugeInt)?, b.ok_or(Mismatch::HugeInt)?)?)
        }
        (Known(a), Known(b)) if a.is_numeric() && b.is_numeric() => Known(match (a, b) {
            (Double, _) | (_, Double) => Double,
            (Real, _) | (_, Real) => Real,
            _ => integer_common(a, b)?,
        }),
        (Known(_), _) | (_, Known(_)) => return Err(Mismatch::Types),
    })
}

/// The type for good of what met nothing to adapt to. A text literal's length is not known here.
pub(super) fn default_of(t: Type) -> Result<Type, Mismatch> {
    Ok(Type::Known(match t {
        Type::Integer(v) => literal_type(v).ok_or(Mismatch::HugeInt)?,
        Type::Decimal => Double,
        Type::Null => Integer,
        Type::Known(_) | Type::Text => return Ok(t),
    }))
}

/// An aggregate function by name.
pub(super) fn aggregate(name: &str) -> Option<AggregateFunction> {
    Some(match name {
        "count" => AggregateFunction::Count,
        "sum" => AggregateFunction::Sum,
        "avg" => AggregateFunction::Avg,
        "min" => AggregateFunction::Min,
        "max" => AggregateFunction::Max,
        _ => return None,
    })
}

/// Functions that exist, for "did you mean".
pub(super) const FUNCTIONS: &[&str] =
    &["count", "sum", "avg", "min", "max", "abs", "coalesce", "nullif", "now", "current_timestamp"];

/// Types that exist, for "did you mean" and for help.
pub(super) const TYPES: &str = "types are BOOLEAN, TINYINT, SMALLINT, INTEGER, BIGINT (each also \
    UNSIGNED), REAL, DOUBLE, TIMESTAMP and VARCHAR(n)";

pub(super) const TYPE_NAMES: &[&str] = &[
    "BOOLEAN",
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
    "REAL",
    "FLOAT",
    "DOUBLE",
    "TIMESTAMP",
    "VARCHAR",
    "TEXT",
];

/// What a type's name in SQL stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    Type(DataType),
    /// VARCHAR without a length.
    AnyVarchar,
    /// VARCHAR with a length that is not 1 to 4096.
    BadLength,
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
        Sql::Integer(None) | Sql::Int(None) | Sql::Int4(None) | Sql::Int32 => Integer,
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

/// Names that `sqlparser` has no type for.
fn custom(name: &ast::ObjectName, arguments: &[alloc::string::String]) -> Named {
    let [ast::ObjectNamePart::Identifier(name)] = &*name.0 else { return Named::Other };
    let is = |s: &str| name.value.eq_ignore_ascii_case(s);
    match arguments {
        [] => {}
        [length] if is("TEXT") => {
            return length.trim().parse().map_or(Named::BadLength, bounded);
        }
        _ => return Named::Other,
    }
    match () {
        () if is("INT1") => Named::Type(TinyInt),
        () if is("UINTEGER") => Named::Type(UInteger),
        () if is("UTINYINT") => Named::Type(UTinyInt),
        () if is("USMALLINT") => Named::Type(USmallInt),
        () if is("UBIGINT") => Named::Type(UBigInt),
        () if is("LOGICAL") => Named::Type(Boolean),
        () => Named::Unknown,
    }
}
