//! Types of expressions: what goes with what, and what comes out. The results are DuckDB's; where
//! DuckDB has HUGEINT, which RingQL lacks, the functions here say so.

use super::implicit::common_type;
use crate::fmt::power_of_ten;
use crate::plan::op::integer_range;
use crate::types::DataType;

/// The type of an expression while it is bound. Some literals have no type of their own yet: they
/// take that of what they meet. (A number with a point has one: 1.50 is a DECIMAL(3,2).)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    /// A type for good.
    Known(DataType),
    /// A whole number literal.
    Integer(i128),
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
    /// DuckDB's is exact: arithmetic of DECIMALs is none of the machine's own.
    Decimal,
    /// DuckDB would go to HUGEINT.
    HugeInt,
}

use DataType::{
    BigInt, Boolean, Decimal, Double, Integer, Real, SmallInt, TinyInt, UBigInt, Varbinary, Varchar,
};

/// The type of a whole number literal that meets nothing to adapt to. Beyond 64 bits DuckDB has
/// HUGEINT, RingQL DECIMAL(38,0).
pub(super) fn literal_type(value: i128) -> Option<DataType> {
    const HUGE: DataType = Decimal(DataType::MAX_DECIMAL, 0);
    let is_huge = value.unsigned_abs() < power_of_ten(DataType::MAX_DECIMAL).unsigned_abs();
    let found = [Integer, BigInt, UBigInt].into_iter().find(|&t| fits(value, t));
    found.or(is_huge.then_some(HUGE))
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
        _ if a.is_decimal() || b.is_decimal() => Err(Mismatch::Decimal),
        (true, true) | (false, false) => Ok(if a.size() >= b.size() { a } else { b }),
        (false, true) => integer_arithmetic(b, a),
        (true, false) if b == UBigInt => Err(Mismatch::HugeInt),
        (true, false) if a.size() > b.size() => Ok(a),
        // DuckDB finds no closer function than that of BIGINT, also for TINYINT + UTINYINT.
        (true, false) => Ok(BigInt),
    }
}

/// The type that both operands of `+ - * %` are converted to, and the result's. `/` takes two
/// DOUBLEs instead where this is an integer.
pub(super) fn arithmetic(a: Type, b: Type) -> Result<DataType, Mismatch> {
    use Type::{Integer as Literal, Known, Null};
    let is_number = |t: DataType| t.is_numeric() || t.is_decimal();
    match (a, b) {
        (Null, Null) => Ok(BigInt),
        (Known(a), Known(b)) if !is_number(a) || !is_number(b) => Err(Mismatch::Types),
        (Known(Double), Known(_)) | (Known(_), Known(Double)) => Ok(Double),
        (Known(Real), Known(_)) | (Known(_), Known(Real)) => Ok(Real),
        (Known(a), Known(b)) => integer_arithmetic(a, b),
        (Known(t), Literal(v)) | (Literal(v), Known(t)) if t.is_integer() && !fits(v, t) => {
            integer_arithmetic(t, literal_type(v).ok_or(Mismatch::HugeInt)?)
        }
        (Known(t), Literal(_)) | (Literal(_), Known(t)) if t.is_numeric() => Ok(t),
        (Known(t), Null) | (Null, Known(t)) if t.is_numeric() => Ok(t),
        (Literal(a), Literal(b)) => {
            let (a, b) = (literal_type(a), literal_type(b));
            integer_arithmetic(a.ok_or(Mismatch::HugeInt)?, b.ok_or(Mismatch::HugeInt)?)
        }
        (Literal(v), Null) | (Null, Literal(v)) => literal_type(v).ok_or(Mismatch::HugeInt),
        (Known(t), Literal(_)) | (Literal(_), Known(t)) if t.is_decimal() => Err(Mismatch::Decimal),
        _ => Err(Mismatch::Types),
    }
}

/// What a common type is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// `=`, `<>` and IN: text is converted to the other side's type, BOOLEAN also to a float.
    Equal,
    /// `<`, BETWEEN: of texts, only a literal is.
    Order,
    /// Results of CASE or COALESCE: the same, and DECIMALs of too many digits lose some behind the
    /// point, where comparisons keep those and lose numbers that are too large.
    Mix,
}

/// The type that both are converted to for a comparison, or as results of one CASE: that of the table
/// of implicit conversions, but for literals, and for texts and BOOLEANs that DuckDB converts here
/// only.
pub(super) fn common(a: Type, b: Type, usage: Use) -> Result<Type, Mismatch> {
    use Type::{Integer as Literal, Known, Null, Text};
    let equal = usage == Use::Equal;
    Ok(match (a, b) {
        (Null, Null) => Null,
        // A literal that has met NULL or another literal has got its type.
        (Null, Text) | (Text, Null) | (Text, Text) => Known(Varchar(1)),
        (Null, t) | (t, Null) => default_of(t)?,
        (Known(t), Text) | (Text, Known(t)) => Known(t),
        (Literal(v), Text) | (Text, Literal(v)) => Literal(v),
        (Known(Varchar(n)), Known(Varbinary(m))) | (Known(Varbinary(m)), Known(Varchar(n)))
            if equal =>
        {
            Known(Varbinary(n.max(m)))
        }
        (Known(Varchar(_)), other @ (Known(_) | Literal(_)))
        | (other @ (Known(_) | Literal(_)), Known(Varchar(_)))
            if equal && !matches!(other, Known(Varchar(_))) =>
        {
            other
        }
        (Known(Boolean), Known(t)) | (Known(t), Known(Boolean))
            if t.is_integer() || (equal && (t.is_float() || t.is_decimal())) =>
        {
            Known(t)
        }
        (Known(Boolean), Literal(v)) | (Literal(v), Known(Boolean)) => default_of(Literal(v))?,
        (Known(t), Literal(v)) | (Literal(v), Known(t)) if t.is_integer() && fits(v, t) => Known(t),
        (Known(t), Literal(v)) | (Literal(v), Known(t)) => {
            let literal = literal_type(v).ok_or(Mismatch::HugeInt)?;
            Known(common_type(t, literal, usage).ok_or(Mismatch::Types)?)
        }
        (Literal(a), Literal(b)) => {
            let (a, b) = (literal_type(a), literal_type(b));
            let both = common_type(a.ok_or(Mismatch::HugeInt)?, b.ok_or(Mismatch::HugeInt)?, usage);
            Known(both.ok_or(Mismatch::Types)?)
        }
        (Known(a), Known(b)) => Known(common_type(a, b, usage).ok_or(Mismatch::Types)?),
    })
}

/// The type for good of what met nothing to adapt to. A text literal's length is not known here.
pub(super) fn default_of(t: Type) -> Result<Type, Mismatch> {
    Ok(Type::Known(match t {
        Type::Integer(v) => literal_type(v).ok_or(Mismatch::HugeInt)?,
        Type::Null => Integer,
        Type::Known(_) | Type::Text => return Ok(t),
    }))
}

/// Functions that are operators or forms of CASE.
pub(super) const FUNCTIONS: &[&str] = &[
    "coalesce",
    "nullif",
    "now",
    "current_timestamp",
    "if",
    "iff",
    "ifnull",
    "add",
    "subtract",
    "multiply",
    "mod",
];

/// How to come from a value of a type that is no number to a number: the help of an error.
pub(super) const fn number_of(t: Type) -> &'static str {
    use DataType::{Date, Interval, Time, Timestamp, TimestampTz, Uuid, Varbinary};
    match t {
        Type::Known(Date | Time | Timestamp | TimestampTz | Interval) => {
            "EPOCH(x) is its seconds as a DOUBLE"
        }
        Type::Known(Uuid) => "there is no number in a UUID; HASH64(CAST(x AS VARCHAR)) makes one",
        Type::Known(Varbinary(_)) => "there is no number in bytes; HASH64(x) makes one",
        _ => "CAST it to a number: CAST(x AS DOUBLE)",
    }
}
