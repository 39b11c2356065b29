//! The types of expressions, as DuckDB gives them, written down once more: the compiler must come
//! to the same.

use ringql_core::types::DataType::{self, *};

/// The types of the columns and of generated expressions; all texts count as one.
pub(crate) const TEXT: DataType = Varchar(20);

pub(crate) const INTEGERS: [DataType; 8] =
    [TinyInt, SmallInt, Integer, BigInt, UTinyInt, USmallInt, UInteger, UBigInt];

pub(crate) const ALL: [DataType; 12] = [
    Boolean, TinyInt, SmallInt, Integer, BigInt, UTinyInt, USmallInt, UInteger, UBigInt, Real,
    Double, TEXT,
];

/// Smallest and largest value. SQLite has no integers above 2^63 - 1, so the data have none either.
pub(crate) const fn range(t: DataType) -> (i64, i64) {
    match t {
        TinyInt => (i8::MIN as i64, i8::MAX as i64),
        SmallInt => (i16::MIN as i64, i16::MAX as i64),
        Integer => (i32::MIN as i64, i32::MAX as i64),
        BigInt => (i64::MIN, i64::MAX),
        UTinyInt => (0, u8::MAX as i64),
        USmallInt => (0, u16::MAX as i64),
        UInteger => (0, u32::MAX as i64),
        _ => (0, i64::MAX),
    }
}

const fn signed(t: DataType) -> bool {
    matches!(t, TinyInt | SmallInt | Integer | BigInt)
}

/// The result of `+ - * %`; of `/`, too, but that it is DOUBLE where this is an integer.
pub(crate) fn arithmetic(a: DataType, b: DataType) -> Option<DataType> {
    float(a, b).or_else(|| match (signed(a), signed(b)) {
        (false, true) => arithmetic(b, a),
        (true, false) if b == UBigInt => None,
        (true, false) if a.size() > b.size() => Some(a),
        (true, false) => Some(BigInt),
        _ => Some(wider(a, b)),
    })
}

/// The type in which two values are compared, and that of a CASE with both.
pub(crate) fn common(a: DataType, b: DataType) -> Option<DataType> {
    if a == b {
        return Some(a);
    }
    if !a.is_numeric() || !b.is_numeric() {
        return None;
    }
    float(a, b).or_else(|| match (signed(a), signed(b)) {
        (false, true) => common(b, a),
        (true, false) if a.size() > b.size() => Some(a),
        (true, false) => match b {
            UTinyInt => Some(SmallInt),
            USmallInt => Some(Integer),
            UInteger => Some(BigInt),
            _ => None,
        },
        _ => Some(wider(a, b)),
    })
}

fn float(a: DataType, b: DataType) -> Option<DataType> {
    match (a, b) {
        (Double, _) | (_, Double) => Some(Double),
        (Real, _) | (_, Real) => Some(Real),
        _ => None,
    }
}

fn wider(a: DataType, b: DataType) -> DataType {
    if a.size() >= b.size() { a } else { b }
}
