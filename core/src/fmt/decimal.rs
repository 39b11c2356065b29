//! DECIMAL as text, both ways: a whole number and where its point stands.

use core::fmt::{self, Write};

use super::ParseError;
use super::number::{parse_exponent, split, trim};
use crate::text::digits;

/// 10^n for the scales of a DECIMAL; 10^38 for more.
///
/// ```
/// assert_eq!(ringql_core::fmt::power_of_ten(3), 1_000);
/// ```
#[must_use]
pub const fn power_of_ten(n: u8) -> i128 {
    const POWERS: [i128; 39] = {
        let mut all = [1i128; 39];
        let mut n = 1;
        while n < 39 {
            all[n] = all[n - 1] * 10;
            n += 1;
        }
        all
    };
    match POWERS.split_at_checked(n as usize) {
        Some((_, [power, ..])) => *power,
        _ => POWERS[38],
    }
}

/// A whole number and a rest by 10^n: no divisor is zero, which the compiler can't see.
const fn divided(value: u128, n: u8) -> (u128, u128) {
    let unit = power_of_ten(n).unsigned_abs();
    match (value.checked_div(unit), value.checked_rem(unit)) {
        (Some(whole), Some(rest)) => (whole, rest),
        _ => (value, 0),
    }
}

/// A number divided by 10^n, halves away from zero.
pub(crate) const fn scaled_down(value: i128, n: u8) -> i128 {
    let (whole, rest) = divided(value.unsigned_abs(), n);
    // The rest is below 10^38, its double below 2^128.
    let up = rest * 2 >= power_of_ten(n).unsigned_abs();
    // Of n = 0 there is no rest, and of a larger n the quotient is far from the ends.
    let rounded = (whole as i128).wrapping_add((up && n > 0) as i128);
    if value < 0 { rounded.wrapping_neg() } else { rounded }
}

/// A number as one of a DECIMAL of so many digits and such a scale, if it is one.
pub(crate) const fn rescaled(value: i128, scale: u8, width: u8, to: u8) -> Option<i128> {
    let value = if to < scale {
        Some(scaled_down(value, scale - to))
    } else {
        value.checked_mul(power_of_ten(to - scale))
    };
    match value {
        Some(v) if v.unsigned_abs() < power_of_ten(width).unsigned_abs() => Some(v),
        _ => None,
    }
}

/// Reads a `DECIMAL(width, scale)` as the whole number that it is times 10^scale, and whether nothing
/// was rounded away: halves go away from zero.
pub(super) fn parse(text: &[u8], width: u8, scale: u8) -> Result<(i128, bool), ParseError> {
    let text = trim(text);
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] | digits => (false, digits),
    };
    let (mantissa, exponent) = match split(digits, |b| b == b'e' || b == b'E') {
        (mantissa, Some(exponent)) => (mantissa, parse_exponent(exponent)?),
        (mantissa, None) => (mantissa, 0),
    };
    let (whole, fraction) = split(mantissa, |b| b == b'.');
    let fraction = fraction.unwrap_or(&[]);
    if whole.is_empty() && fraction.is_empty() {
        return Err(ParseError::NotANumber);
    }
    let mut value: i128 = 0;
    let (mut up, mut exact) = (false, true);
    // How many digits still go into the number: those before the point and `scale` behind it, once
    // the exponent has moved it.
    let mut left = whole.len() as i64 + i64::from(scale) + exponent;
    for digit in whole.iter().chain(fraction) {
        if !digit.is_ascii_digit() {
            return Err(ParseError::NotANumber);
        }
        let digit = digit - b'0';
        if left > 0 {
            value = shifted(value, digit)?;
        } else {
            up |= left == 0 && digit >= 5;
            exact &= digit == 0;
        }
        left -= 1;
    }
    while left > 0 && value > 0 {
        value = shifted(value, 0)?;
        left -= 1;
    }
    let value = value + i128::from(up);
    if value >= power_of_ten(width) {
        return Err(ParseError::OutOfRange);
    }
    Ok((if negative { -value } else { value }, exact))
}

/// Ten times a number and a digit; never above 10^38, the least that no DECIMAL holds.
fn shifted(value: i128, digit: u8) -> Result<i128, ParseError> {
    if value >= power_of_ten(37) {
        return Err(ParseError::OutOfRange);
    }
    Ok(value * 10 + i128::from(digit))
}

/// Writes a `DECIMAL(width, scale)`. As in DuckDB there is a zero before the point unless all digits
/// of the type stand behind it: `.50` is a DECIMAL(2,2), `0.50` a DECIMAL(3,2).
pub(super) fn write(out: &mut impl Write, value: i128, width: u8, scale: u8) -> fmt::Result {
    if value < 0 {
        out.write_char('-')?;
    }
    let (whole, fraction) = divided(value.unsigned_abs(), scale);
    if whole > 0 || scale < width {
        digits128(out, whole, 1)?;
    }
    if scale == 0 {
        return Ok(());
    }
    out.write_char('.')?;
    digits128(out, fraction, scale.into())
}

/// Writes a number of at least `least` digits.
fn digits128(out: &mut impl Write, value: u128, least: u32) -> fmt::Result {
    // Parts of 18 digits, so that most of the division is of 64 bits.
    const PART: u128 = 1_000_000_000_000_000_000;
    let (high, low) = (value / PART, (value % PART) as u64);
    if high == 0 && least <= 18 {
        return digits(out, low, least);
    }
    digits128(out, high, least.saturating_sub(18))?;
    digits(out, low, 18)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use std::string::{String, ToString};

    use super::*;

    fn written(value: i128, width: u8, scale: u8) -> String {
        let mut out = String::new();
        write(&mut out, value, width, scale).unwrap();
        out
    }

    #[test]
    fn as_duckdb_writes_it() {
        // SELECT CAST(... AS DECIMAL(...)) in DuckDB 2.0.
        assert_eq!(written(150, 3, 2), "1.50");
        assert_eq!(written(-5, 2, 2), "-.05");
        assert_eq!(written(0, 2, 2), ".00");
        assert_eq!(written(-5, 3, 2), "-0.05");
        assert_eq!(written(0, 9, 0), "0");
        let most = power_of_ten(38) - 1;
        assert_eq!(written(most, 38, 0), "9".repeat(38));
        assert_eq!(written(-most, 38, 38), ["-.", &"9".repeat(38)].concat());
        assert_eq!(written(1, 38, 38), [".", &"0".repeat(37), "1"].concat());
        assert_eq!(written(10i128.pow(18), 38, 0), 10i128.pow(18).to_string());
    }

    #[test]
    fn as_duckdb_reads_it() {
        // TRY_CAST('...' AS DECIMAL(3, 1)) in DuckDB 2.0, times 10; but for 125e-2, which it refuses.
        let read = |text: &str| parse(text.as_bytes(), 3, 1).ok().map(|(value, _)| value);
        assert_eq!(read("1.25"), Some(13));
        assert_eq!(read("1.24999"), Some(12));
        assert_eq!(read("-1.25"), Some(-13));
        assert_eq!(read(" +1.2 "), Some(12));
        assert_eq!(read("1e1"), Some(100));
        assert_eq!(read(".5"), Some(5));
        assert_eq!(read("5."), Some(50));
        assert_eq!(read("99.94"), Some(999));
        assert_eq!(read("1e-400"), Some(0));
        assert_eq!(read("0e400"), Some(0));
        assert_eq!(read("125e-2"), Some(13));
        for text in ["99.95", ".", "", "1.2.3", "1,5", "0x10", "1e", "1e400", "- 1", "--1"] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(parse(b"1.50", 3, 1), Ok((15, true)));
        assert_eq!(parse(b"1.55", 3, 1), Ok((16, false)));
    }

    #[test]
    fn halves_go_away_from_zero() {
        assert_eq!([25, 24, -25, -24].map(|v| scaled_down(v, 1)), [3, 2, -3, -2]);
        assert_eq!(scaled_down(5 * 10i128.pow(37), 38), 1);
        assert_eq!(scaled_down(-5 * 10i128.pow(37) + 1, 38), 0);
        assert_eq!(scaled_down(i128::MIN, 0), i128::MIN);
        assert_eq!(rescaled(995, 2, 2, 1), None);
        assert_eq!(rescaled(994, 2, 2, 1), Some(99));
        assert_eq!(rescaled(1, 0, 38, 38), None);
        assert_eq!(rescaled(i128::MAX, 0, 38, 1), None);
    }

    proptest! {
        #[test]
        fn every_number_reads_back(value: i128, width in 1u8..39, scale in 0u8..39) {
            let (value, scale) = (value % power_of_ten(width), scale.min(width));
            let text = written(value, width, scale);
            prop_assert_eq!(parse(text.as_bytes(), width, scale), Ok((value, true)));
        }
    }
}
