//! Literals as constants of a type.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::types::fits;
use crate::fmt::{parse_cast, write_cast};
use crate::record::text_bytes;
use crate::types::{DataType, Kind};

/// A constant of an expression.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Literal {
    /// The bits of a number, as [`crate::plan::Constant`] has them.
    Bits(u64),
    /// A text.
    Text(String),
    /// Bytes, and values of 16 bytes: what lies in the byte pool.
    Bytes(Vec<u8>),
}

impl Literal {
    pub(super) const TRUE: Self = Self::Bits(1);
    pub(super) const FALSE: Self = Self::Bits(0);
}

/// The whole number that a literal's digits stand for.
pub(super) fn integer(digits: &str) -> Option<i128> {
    digits.replace('_', "").parse().ok()
}

/// A value's bytes in a record as a constant.
pub(super) fn of_value(data_type: DataType, value: &[u8]) -> Option<Literal> {
    match data_type {
        DataType::Varchar(_) => {
            let text = core::str::from_utf8(text_bytes(value)?).ok()?;
            return Some(Literal::Text(text.to_string()));
        }
        DataType::Varbinary(_) => return Some(Literal::Bytes(text_bytes(value)?.to_vec())),
        _ if value.len() == 16 => return Some(Literal::Bytes(value.to_vec())),
        _ => {}
    }
    let mut bytes = [0u8; 8];
    bytes.get_mut(..value.len())?.copy_from_slice(value);
    let bits = u64::from_le_bytes(bytes);
    Some(Literal::Bits(match data_type.kind() {
        Kind::I8 => i64::from(bits as i8).cast_unsigned(),
        Kind::I16 => i64::from(bits as i16).cast_unsigned(),
        Kind::I32 => i64::from(bits as i32).cast_unsigned(),
        _ => bits,
    }))
}

/// A whole number as a constant of `to`; `None` if it does not fit.
pub(super) fn of_integer(value: i128, to: DataType) -> Option<Literal> {
    Some(match to {
        t if t.is_integer() => {
            if !fits(value, t) {
                return None;
            }
            // Both i64::MIN to i64::MAX and up to u64::MAX keep their low 64 bits.
            Literal::Bits(value as u64)
        }
        DataType::Real => Literal::Bits(u64::from((value as f32).to_bits())),
        DataType::Double => Literal::Bits((value as f64).to_bits()),
        DataType::Boolean => Literal::Bits(u64::from(value != 0)),
        DataType::Varchar(n) => text(value.to_string(), n)?,
        DataType::Decimal(..) => read(&value.to_string(), to)?,
        _ => return None,
    })
}

/// A number with a point as a constant of `to`; `None` if it does not fit.
pub(super) fn of_decimal(digits: &str, to: DataType) -> Option<Literal> {
    let digits = digits.replace('_', "");
    Some(match to {
        DataType::Real => Literal::Bits(u64::from(digits.parse::<f32>().ok()?.to_bits())),
        DataType::Double => Literal::Bits(digits.parse::<f64>().ok()?.to_bits()),
        DataType::Boolean => {
            Literal::Bits(u64::from(digits.bytes().any(|b| (b'1'..=b'9').contains(&b))))
        }
        DataType::Varchar(n) => {
            let mut text = String::new();
            let DataType::Decimal(p, s) = decimal_type(&digits)? else {
                return None;
            };
            let own = DataType::Decimal(p, s);
            let mut bytes = [0; 16];
            let bytes = bytes.get_mut(..own.size())?;
            parse_cast(own, digits.as_bytes(), bytes).ok()?;
            write_cast(&mut text, own, bytes).ok()?;
            self::text(text, n)?
        }
        DataType::Decimal(..) => read(&digits, to)?,
        t if t.is_integer() => of_integer(rounded(&digits)?, t)?,
        _ => return None,
    })
}

/// The text of a number as a constant of a DECIMAL.
fn read(text: &str, to: DataType) -> Option<Literal> {
    let mut bytes = [0; 16];
    let bytes = bytes.get_mut(..to.size())?;
    parse_cast(to, text.as_bytes(), bytes).ok()?;
    of_value(to, bytes)
}

/// The type of a number with a point: a DECIMAL of as many digits as are written, as in DuckDB.
/// `None` if they are too many.
pub(super) fn decimal_type(digits: &str) -> Option<DataType> {
    let digits = digits.trim_start_matches('-');
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let count = |s: &str| s.bytes().filter(u8::is_ascii_digit).count();
    let (whole, scale) = (count(whole), count(fraction));
    let width = u8::try_from(whole + scale).ok()?.max(1);
    Some(DataType::Decimal(width, scale as u8)).filter(|t| t.is_defined())
}

fn text(text: String, n: u16) -> Option<Literal> {
    (text.len() <= usize::from(n)).then_some(Literal::Text(text))
}

/// A decimal rounded to a whole number, halves away from zero as DuckDB's DECIMAL does.
fn rounded(digits: &str) -> Option<i128> {
    let (sign, digits) = digits.strip_prefix('-').map_or((1, digits), |d| (-1, d));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let up = fraction.bytes().next().is_some_and(|b| b >= b'5');
    Some(sign * whole.checked_add(i128::from(up))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals() {
        assert_eq!(rounded("2.5"), Some(3));
        assert_eq!(rounded("-2.5"), Some(-3));
        assert_eq!(rounded(".4"), Some(0));
        assert_eq!(decimal_type("1.50"), Some(DataType::Decimal(3, 2)));
        assert_eq!(decimal_type("-.5"), Some(DataType::Decimal(1, 1)));
        assert_eq!(decimal_type("00.50"), Some(DataType::Decimal(4, 2)));
        assert_eq!(decimal_type("5."), Some(DataType::Decimal(1, 0)));
        assert_eq!(decimal_type("123456789012345678901234567890123456789.5"), None);
        let wide = of_decimal("1.5", DataType::Decimal(20, 1));
        assert_eq!(wide, Some(Literal::Bytes(15i128.to_le_bytes().to_vec())));
        assert_eq!(of_decimal("1.5", DataType::Decimal(2, 1)), Some(Literal::Bits(15)));
        let bits = u64::from(1.8f32.to_bits());
        assert_eq!(of_decimal("1.8", DataType::Real), Some(Literal::Bits(bits)));
    }

    #[test]
    fn integers() {
        assert_eq!(of_integer(-1, DataType::TinyInt), Some(Literal::Bits(u64::MAX)));
        assert_eq!(of_integer(-1, DataType::UTinyInt), None);
        assert_eq!(of_integer(256, DataType::UTinyInt), None);
        assert_eq!(of_integer(1 << 63, DataType::UBigInt), Some(Literal::Bits(1 << 63)));
        assert_eq!(of_integer(2, DataType::Boolean), Some(Literal::TRUE));
    }
}
