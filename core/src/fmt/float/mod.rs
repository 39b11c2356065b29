//! Text forms of floats. Core's own print and parse can't be had without their panics, so the
//! shortest digits come from the crate zmij and are placed here, and texts are read by [`read`].

mod exact;
mod read;
#[cfg(test)]
mod tests;

use core::fmt::{self, Write};

use super::ParseError;
use super::number::{TextForm, parse_exponent};

macro_rules! floats {
    ($($t:ident $format:ident)*) => {$(
        impl TextForm for $t {
            fn parse_exact(text: &[u8]) -> Result<(Self, bool), ParseError> {
                let (negative, bits) = read::parse(text, read::$format)?;
                let magnitude = $t::from_bits(bits as _);
                // One NaN: its sign and payload would tell equal values apart.
                let negative = negative && !magnitude.is_nan();
                Ok((if negative { -magnitude } else { magnitude }, true))
            }

            fn write(self, out: &mut impl Write) -> fmt::Result {
                write(out, self, Exponent::Shortest)
            }

            fn write_cast(self, out: &mut impl Write) -> fmt::Result {
                write(out, self, Exponent::AsInC)
            }
        }
    )*};
}

floats!(f32 F32 f64 F64);

/// How an exponent is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Exponent {
    /// `e7`, `e-7`.
    Shortest,
    /// Always a sign, at least two digits: `e+07`, `e-07`.
    AsInC,
}

fn write(out: &mut impl Write, value: impl zmij::Float, form: Exponent) -> fmt::Result {
    match zmij::Buffer::new().format(value) {
        "NaN" => out.write_str("nan"),
        infinity @ ("inf" | "-inf") => out.write_str(infinity),
        finite => out.write_str(&place(finite, form)?),
    }
}

/// The longest is that of `-f64::MIN_POSITIVE`, 24 bytes.
type Text = heapless::String<32>;

/// The text of a finite number, given another text of it that has the digits to be written: with
/// a point and without an exponent from 1e-4 up to 1e16, and with an exponent elsewhere.
fn place(shortest: &str, form: Exponent) -> Result<Text, fmt::Error> {
    let mut text = Text::new();
    let number = match shortest.strip_prefix('-') {
        Some(number) => {
            text.write_char('-')?;
            number
        }
        None => shortest,
    };
    let (mantissa, exponent) = match number.split_once('e') {
        Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent.as_bytes())),
        None => (number, Ok(0)),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    // The number is 0.DIGITS times ten to the power of `point`.
    let mut point = whole.len() as i64 + exponent.map_err(|_| fmt::Error)?;
    let mut digits = Text::new();
    digits.write_str(whole)?;
    digits.write_str(fraction)?;
    let digits = digits.trim_end_matches('0');
    let len = digits.len();
    let digits = digits.trim_start_matches('0');
    point -= (len - digits.len()) as i64;

    match point {
        _ if digits.is_empty() => text.write_str("0.0")?,
        -3..=0 => {
            text.write_str("0.")?;
            zeros(&mut text, -point)?;
            text.write_str(digits)?;
        }
        1..=16 => {
            let (whole, fraction) = digits.split_at_checked(point as usize).unwrap_or((digits, ""));
            text.write_str(whole)?;
            zeros(&mut text, point - whole.len() as i64)?;
            text.write_char('.')?;
            text.write_str(if fraction.is_empty() { "0" } else { fraction })?;
        }
        _ => {
            let (first, rest) = digits.split_at_checked(1).unwrap_or((digits, ""));
            text.write_str(first)?;
            if !rest.is_empty() {
                text.write_char('.')?;
                text.write_str(rest)?;
            }
            write_exponent(&mut text, point - 1, form)?;
        }
    }
    Ok(text)
}

fn zeros(text: &mut Text, count: i64) -> fmt::Result {
    (0..count).try_for_each(|_| text.write_char('0'))
}

fn write_exponent(text: &mut Text, exponent: i64, form: Exponent) -> fmt::Result {
    text.write_char('e')?;
    match (exponent < 0, form) {
        (true, _) => text.write_char('-')?,
        (false, Exponent::AsInC) => text.write_char('+')?,
        (false, Exponent::Shortest) => {}
    }
    let magnitude = exponent.unsigned_abs() as u32;
    let least = if form == Exponent::AsInC { 10 } else { 1 };
    for (unit, digit) in [(100, magnitude / 100), (10, magnitude / 10 % 10), (1, magnitude % 10)] {
        if unit <= least.max(magnitude) {
            text.write_char(char::from(b'0' + digit as u8))?;
        }
    }
    Ok(())
}
