//! Literals as constants of a type.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::types::fits;
use crate::types::DataType;

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
        _ => return None,
    })
}

/// A decimal number as a constant of `to`; `None` if it does not fit.
pub(super) fn of_decimal(digits: &str, to: DataType) -> Option<Literal> {
    let digits = digits.replace('_', "");
    Some(match to {
        DataType::Real => Literal::Bits(u64::from(digits.parse::<f32>().ok()?.to_bits())),
        DataType::Double => Literal::Bits(digits.parse::<f64>().ok()?.to_bits()),
        DataType::Boolean => {
            Literal::Bits(u64::from(digits.bytes().any(|b| (b'1'..=b'9').contains(&b))))
        }
        DataType::Varchar(n) => text(decimal_text(&digits), n)?,
        t if t.is_integer() => of_integer(rounded(&digits)?, t)?,
        _ => return None,
    })
}

fn text(text: String, n: u16) -> Option<Literal> {
    (text.len() <= usize::from(n)).then_some(Literal::Text(text))
}

/// A decimal as DuckDB writes it: a digit before the point, no point without digits after it.
pub(super) fn decimal_text(digits: &str) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |d| ("-", d));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let whole = whole.trim_start_matches('0');
    let mut text = String::from(sign);
    text.push_str(if whole.is_empty() { "0" } else { whole });
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(fraction);
    }
    text
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
        assert_eq!(decimal_text(".50"), "0.50");
        assert_eq!(decimal_text("-01."), "-1");
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
