//! DECIMAL as text, both ways: a whole number and where its point stands.

use core::fmt::{self, Write};

use super::ParseError;
use crate::text::{Scan, digits};

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

/// A number divided by 10^n, halves away from zero.
pub(crate) const fn scaled_down(value: i128, n: u8) -> i128 {
    let unit = power_of_ten(n);
    let (whole, rest) = (value / unit, value % unit);
    // |rest| is below 10^38, its double below 2^127.9.
    if rest.unsigned_abs() * 2 < unit.unsigned_abs() {
        whole
    } else if value < 0 {
        whole - 1
    } else {
        whole + 1
    }
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
    let mut text = Scan::trimmed(text);
    let negative = text.skip(b'-');
    if !negative {
        text.skip(b'+');
    }
    // The digits before and behind the point, and the exponent that moves it.
    let (whole, mut seen) = run(&mut text);
    let fraction = if text.skip(b'.') {
        let (fraction, more) = run(&mut text);
        seen |= more;
        fraction
    } else {
        Scan(&[])
    };
    let exponent = if text.skip(b'e') || text.skip(b'E') { exponent(&mut text)? } else { 0 };
    if !seen || !text.is_empty() {
        return Err(ParseError::NotANumber);
    }
    let places = i64::from(scale) + exponent;
    let mut value: i128 = 0;
    let (mut up, mut exact) = (false, true);
    // How many digits still go into the number: those before the point and `places` behind it.
    let mut left = (whole.0.len() as i64).saturating_add(places);
    for digit in whole.0.iter().chain(fraction.0) {
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

/// The digits that come next, and whether there are any.
fn run<'a>(text: &mut Scan<'a>) -> (Scan<'a>, bool) {
    let all = text.0;
    while text.digit().is_some() {}
    let digits = all.get(..all.len() - text.0.len()).unwrap_or(&[]);
    (Scan(digits), !digits.is_empty())
}

/// Ten times a number and a digit; never above 10^39.
fn shifted(value: i128, digit: u8) -> Result<i128, ParseError> {
    if value >= power_of_ten(38) {
        return Err(ParseError::OutOfRange);
    }
    Ok(value * 10 + i128::from(digit))
}

/// An exponent; those beyond any use stand for all of their kind.
fn exponent(text: &mut Scan<'_>) -> Result<i64, ParseError> {
    let negative = text.skip(b'-');
    if !negative {
        text.skip(b'+');
    }
    let (mut value, mut any) = (0i64, false);
    while let Some(digit) = text.digit() {
        value = (value * 10 + i64::from(digit)).min(1 << 32);
        any = true;
    }
    match any {
        true => Ok(if negative { -value } else { value }),
        false => Err(ParseError::NotANumber),
    }
}

/// Writes a `DECIMAL(width, scale)`. As in DuckDB there is a zero before the point unless all digits
/// of the type stand behind it: `.50` is a DECIMAL(2,2), `0.50` a DECIMAL(3,2).
pub(super) fn write(out: &mut impl Write, value: i128, width: u8, scale: u8) -> fmt::Result {
    if value < 0 {
        out.write_char('-')?;
    }
    let unit = power_of_ten(scale).unsigned_abs();
    let value = value.unsigned_abs();
    let (whole, fraction) = (value / unit, value % unit);
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
