//! Text forms of numbers and booleans, one implementation per Rust type, for kernels to call.

use core::fmt::{self, Write};

use super::ParseError;

/// A value whose text form does not depend on anything but itself.
///
/// ```
/// use ringql_core::fmt::TextForm;
/// assert_eq!(i32::parse(b" -1.5 "), Ok(-2));
/// assert_eq!(bool::parse(b"T"), Ok(true));
/// let mut out = String::new();
/// 1e300f64.write(&mut out).unwrap();
/// assert_eq!(out, "1e300");
/// ```
pub trait TextForm: Sized {
    /// Reads a text as `CAST` does, which is as DuckDB does: an integer with a fraction is rounded
    /// half away from zero.
    ///
    /// # Errors
    /// [`ParseError`]
    fn parse(text: &[u8]) -> Result<Self, ParseError> {
        Self::parse_exact(text).map(|(value, _)| value)
    }

    /// Reads a text, and says whether nothing was rounded away (of an integer; the rounding to a
    /// binary fraction is not meant).
    ///
    /// # Errors
    /// [`ParseError`]
    fn parse_exact(text: &[u8]) -> Result<(Self, bool), ParseError>;

    /// Writes the value.
    ///
    /// # Errors
    /// Those of `out`.
    fn write(self, out: &mut impl Write) -> fmt::Result;

    /// Writes the value as `CAST(x AS VARCHAR)` gives it.
    ///
    /// # Errors
    /// Those of `out`.
    fn write_cast(self, out: &mut impl Write) -> fmt::Result {
        self.write(out)
    }
}

impl TextForm for bool {
    fn parse_exact(text: &[u8]) -> Result<(Self, bool), ParseError> {
        let is = |names: [&str; 4]| names.iter().any(|n| text.eq_ignore_ascii_case(n.as_bytes()));
        if is(["true", "t", "yes", "y"]) || text == b"1" {
            Ok((true, true))
        } else if is(["false", "f", "no", "n"]) || text == b"0" {
            Ok((false, true))
        } else {
            Err(ParseError::NotABoolean)
        }
    }

    fn write(self, out: &mut impl Write) -> fmt::Result {
        out.write_str(if self { "true" } else { "false" })
    }
}

macro_rules! integers {
    ($($t:ident $wide:ident)*) => {$(
        impl TextForm for $t {
            fn parse_exact(text: &[u8]) -> Result<(Self, bool), ParseError> {
                let parsed = parse_integer(text)?;
                // MIN is -(MAX + 1) where there are negative numbers, and 0 where there are none.
                let most = match (parsed.negative, $t::MIN == 0) {
                    (true, true) if !parsed.exact => return Err(ParseError::OutOfRange),
                    (true, true) => 0,
                    (true, false) => $t::MAX as u64 + 1,
                    (false, _) => $t::MAX as u64,
                };
                if parsed.magnitude > most {
                    return Err(ParseError::OutOfRange);
                }
                let value = if parsed.negative {
                    0u64.wrapping_sub(parsed.magnitude)
                } else {
                    parsed.magnitude
                };
                Ok((value as $t, parsed.exact))
            }

            fn write(self, out: &mut impl Write) -> fmt::Result {
                write!(out, "{}", $wide::from(self))
            }
        }
    )*};
}

integers!(i8 i32 i16 i32 i32 i32 i64 i64 u8 u32 u16 u32 u32 u32 u64 u64);

/// A decimal number rounded to a whole one.
struct Integer {
    negative: bool,
    magnitude: u64,
    /// Whether nothing but zeros stood after the point.
    exact: bool,
}

/// `1 `, `-1`, `+1.5`, `1.5e3`, `0x1F`, `0b11`.
fn parse_integer(text: &[u8]) -> Result<Integer, ParseError> {
    let text = trim(text);
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] | digits => (false, digits),
    };
    // 19 digits always fit in u64.
    if (1..=19).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit) {
        let magnitude = digits.iter().fold(0u64, |n, digit| n * 10 + u64::from(digit - b'0'));
        return Ok(Integer { negative, magnitude, exact: true });
    }
    match text {
        [b'0', b'x' | b'X', digits @ ..] => based(digits, 16),
        [b'0', b'b' | b'B', digits @ ..] => based(digits, 2),
        _ => decimal(digits),
    }
    .map(|(magnitude, exact)| Integer { negative, magnitude, exact })
}

fn based(digits: &[u8], base: u32) -> Result<(u64, bool), ParseError> {
    if digits.is_empty() {
        return Err(ParseError::NotANumber);
    }
    let mut value = 0u64;
    for &digit in digits {
        let digit = char::from(digit).to_digit(base).ok_or(ParseError::NotANumber)?;
        value = value
            .checked_mul(base.into())
            .and_then(|value| value.checked_add(digit.into()))
            .ok_or(ParseError::OutOfRange)?;
    }
    Ok((value, true))
}

fn decimal(text: &[u8]) -> Result<(u64, bool), ParseError> {
    let (mantissa, exponent) = match split(text, |b| b == b'e' || b == b'E') {
        (mantissa, Some(exponent)) => (mantissa, parse_exponent(exponent)?),
        (mantissa, None) => (mantissa, 0),
    };
    let (whole, fraction) = split(mantissa, |b| b == b'.');
    let fraction = fraction.unwrap_or(&[]);
    if whole.is_empty() && fraction.is_empty() {
        return Err(ParseError::NotANumber);
    }
    // So many digits stand before the point once the exponent has moved it.
    let before = whole.len() as i64 + exponent;
    let mut value = 0u64;
    let mut up = false;
    let mut exact = true;
    let mut digits = 0i64;
    for &digit in whole.iter().chain(fraction) {
        if !digit.is_ascii_digit() {
            return Err(ParseError::NotANumber);
        }
        if digits < before {
            value = times_ten(value, digit - b'0')?;
        } else {
            up |= digits == before && digit >= b'5';
            exact &= digit == b'0';
        }
        digits += 1;
    }
    // Zeros that the exponent adds; a value above 0 runs out of range after a few.
    while digits < before && value > 0 {
        value = times_ten(value, 0)?;
        digits += 1;
    }
    Ok((value.checked_add(up.into()).ok_or(ParseError::OutOfRange)?, exact))
}

fn times_ten(value: u64, digit: u8) -> Result<u64, ParseError> {
    value
        .checked_mul(10)
        .and_then(|value| value.checked_add(digit.into()))
        .ok_or(ParseError::OutOfRange)
}

/// An exponent; those beyond any use stand for all of their kind.
pub(super) fn parse_exponent(text: &[u8]) -> Result<i64, ParseError> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] | digits => (false, digits),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(ParseError::NotANumber);
    }
    let value = digits.iter().fold(0i64, |n, d| (n * 10 + i64::from(d - b'0')).min(1 << 32));
    Ok(if negative { -value } else { value })
}

pub(super) fn split(text: &[u8], at: impl Fn(u8) -> bool) -> (&[u8], Option<&[u8]>) {
    let mut parts = text.splitn(2, |&byte| at(byte));
    (parts.next().unwrap_or(&[]), parts.next())
}

/// Without the spaces around, in C's sense of a space.
pub(super) fn trim(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t'..=b'\r', rest @ ..] | [rest @ .., b' ' | b'\t'..=b'\r'] = text {
        text = rest;
    }
    text
}
