//! DECIMAL from and to DECIMAL, integers, floats and BOOLEAN, rounded halves away from zero. Whole
//! numbers go through i128, value by value: a conversion per pair of widths would cost more flash than
//! it saves time.

use super::super::failures::Failures;
use super::super::frame::{Vector, VectorMut, bit};
use super::{each, set_bit, slot};
use crate::arena::copy;
use crate::error::RunError;
use crate::fmt::{power_of_ten, rescaled, scaled_down};
use crate::plan::op::integer_range;
use crate::types::DataType;

/// Converts rows; those that do not fit become NULL.
pub(super) fn convert(
    dst: &mut VectorMut<'_>,
    a: Vector<'_>,
    failures: &mut Failures<'_>,
    rows: usize,
) -> Result<(), RunError> {
    use DataType::{Boolean, Decimal, Double, Real};
    let to = dst.data_type;
    each(dst, a, failures, rows, |dst, a, row| {
        let size = a.data_type.size();
        let from = || a.values.get(row * size..(row + 1) * size).unwrap_or(&[]);
        Ok(match (a.data_type, to) {
            (Boolean, Decimal(width, scale)) => {
                let value = rescaled(bit(a.mask()?, row).into(), 0, width, scale);
                put(value, to, slot(dst, row))
            }
            (Decimal(..), Boolean) => {
                set_bit(dst.mask()?, row, get(a.data_type, from()) != 0);
                true
            }
            (Real, Decimal(width, scale)) => {
                let value = from().first_chunk().map_or(0.0, |b| f32::from_le_bytes(*b));
                let scaled = f64::from(value) * power_of_ten(scale) as f64;
                put(whole(scaled, width), to, slot(dst, row))
            }
            (Double, Decimal(width, scale)) => {
                let value = from().first_chunk().map_or(0.0, |b| f64::from_le_bytes(*b));
                put(whole(value * power_of_ten(scale) as f64, width), to, slot(dst, row))
            }
            (Decimal(_, scale), Real) => {
                let value = float(get(a.data_type, from()), scale) as f32;
                copy(slot(dst, row), &value.to_le_bytes())?;
                true
            }
            (Decimal(_, scale), Double) => {
                let value = float(get(a.data_type, from()), scale);
                copy(slot(dst, row), &value.to_le_bytes())?;
                true
            }
            (Decimal(_, from_scale), Decimal(width, scale)) => put(
                rescaled(get(a.data_type, from()), from_scale, width, scale),
                to,
                slot(dst, row),
            ),
            (Decimal(_, scale), _) => {
                put(Some(scaled_down(get(a.data_type, from()), scale)), to, slot(dst, row))
            }
            (_, Decimal(width, scale)) => {
                put(rescaled(get(a.data_type, from()), 0, width, scale), to, slot(dst, row))
            }
            _ => return Err(RunError::Internal),
        })
    })
}

/// The whole number in a value's bytes.
fn get(data_type: DataType, bytes: &[u8]) -> i128 {
    let mut wide = [0; 16];
    for (wide, byte) in wide.iter_mut().zip(bytes) {
        *wide = *byte;
    }
    let value = i128::from_le_bytes(wide);
    match data_type.is_unsigned() {
        true => value,
        false => {
            let above = 128 - 8 * bytes.len().clamp(1, 16) as u32;
            value << above >> above
        }
    }
}

/// Writes a whole number as a value of an integer type or a DECIMAL; false if there is none, or it is
/// not one of the type.
fn put(value: Option<i128>, to: DataType, slot: &mut [u8]) -> bool {
    let fits = |v: &i128| integer_range(to).is_none_or(|(min, max)| (min..=max).contains(v));
    let Some(value) = value.filter(fits) else { return false };
    let bytes = value.to_le_bytes();
    bytes.get(..slot.len()).is_some_and(|low| copy(slot, low).is_ok())
}

/// A float as a whole number of so many digits.
fn whole(value: f64, width: u8) -> Option<i128> {
    let rounded = libm::round(value);
    let most = power_of_ten(width) as f64;
    (-most < rounded && rounded < most).then_some(rounded as i128)
}

/// A DECIMAL as the nearest DOUBLE.
fn float(value: i128, scale: u8) -> f64 {
    let unit = power_of_ten(scale);
    let quotient = value as f64 / unit as f64;
    // Both exact: so is the division, but for its rounding.
    if value.unsigned_abs() < 1 << 53 && scale <= 22 {
        return quotient;
    }
    // Else what the two and the division lost is divided, too.
    let lost = |whole: i128| (whole - whole as f64 as i128) as f64;
    let rest = libm::fma(-quotient, unit as f64, value as f64);
    quotient + (rest + lost(value) - quotient * lost(unit)) / unit as f64
}
