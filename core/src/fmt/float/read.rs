//! Text to float, rounded to the nearest, halves to even.
//!
//! A text is a number of 19 digits times a power of ten. Their product is worked out to 127 bits
//! with a bound of its error. Nearly always that says which float is the nearest; where it doesn't,
//! [`exact`](super::exact) compares the whole text with what lies half-way between two floats.
//! (The usual tables of powers of ten, with which it says so more often, take 10 KB of flash.)

use core::cmp::Ordering;

use super::exact;
use crate::fmt::ParseError;
use crate::fmt::number::{parse_exponent, trim};

/// A binary format of IEEE 754.
#[derive(Clone, Copy)]
pub(super) struct Format {
    /// Bits of a normal number's significand.
    precision: u32,
    /// The exponent of the smallest number's lowest bit.
    least: i32,
    /// Bits of infinity.
    infinity: u64,
}

pub(super) const F32: Format =
    Format { precision: 24, least: -149, infinity: f32::INFINITY.to_bits() as u64 };
pub(super) const F64: Format =
    Format { precision: 53, least: -1_074, infinity: f64::INFINITY.to_bits() };

/// A number's text, taken apart.
#[derive(Default)]
pub(super) struct Decimal<'a> {
    /// Digits before the point.
    pub(super) whole: &'a [u8],
    /// Digits after it.
    pub(super) fraction: &'a [u8],
    /// The power of ten that the last digit stands for.
    pub(super) exponent: i64,
    /// The first digits.
    value: u64,
    /// How many further digits there are.
    left: i64,
    /// Whether one of those is not 0.
    cut: bool,
}

/// Reads a text: whether it has a minus, and the bits of the float without it.
pub(super) fn parse(text: &[u8], format: Format) -> Result<(bool, u64), ParseError> {
    let (negative, text) = match trim(text) {
        [b'-', text @ ..] => (true, text),
        [b'+', text @ ..] | text => (false, text),
    };
    let is = |name: &str| text.eq_ignore_ascii_case(name.as_bytes());
    let bits = match text {
        [b'0'..=b'9' | b'.', ..] => Decimal::new(text)?.round(format),
        _ if is("inf") || is("infinity") => format.infinity,
        _ if is("nan") => format.infinity + (1 << (format.precision - 2)),
        _ => return Err(ParseError::NotANumber),
    };
    Ok((negative, bits))
}

/// From here on no further digit is kept, so that the digits fit in a `u64`.
const FULL: u64 = 10u64.pow(18);

impl<'a> Decimal<'a> {
    fn new(text: &'a [u8]) -> Result<Self, ParseError> {
        let mut new = Self::default();
        let (whole, rest) = new.take(text);
        let (fraction, rest) = match rest {
            [b'.', rest @ ..] => new.take(rest),
            _ => ([].as_slice(), rest),
        };
        if whole.is_empty() && fraction.is_empty() {
            return Err(ParseError::NotANumber);
        }
        let exponent = match rest {
            [] => 0,
            [b'e' | b'E', exponent @ ..] => parse_exponent(exponent)?,
            _ => return Err(ParseError::NotANumber),
        };
        Ok(Self { whole, fraction, exponent: exponent - fraction.len() as i64, ..new })
    }

    /// The digits that a text begins with, which are added to the value, and what follows them.
    fn take(&mut self, text: &'a [u8]) -> (&'a [u8], &'a [u8]) {
        let mut rest = text;
        while let [digit @ b'0'..=b'9', after @ ..] = rest {
            if self.value < FULL {
                self.value = self.value * 10 + u64::from(digit - b'0');
            } else {
                self.left += 1;
                self.cut |= *digit != b'0';
            }
            rest = after;
        }
        text.split_at_checked(text.len() - rest.len()).unwrap_or((text, rest))
    }

    /// The bits of the nearest float, halves to even.
    fn round(&self, format: Format) -> u64 {
        if self.value == 0 {
            return 0;
        }
        let exponent = self.exponent + self.left;
        if let Some(bits) = self.round_once(exponent, format) {
            return bits;
        }
        let Some((power, error)) = Scaled::power_of_ten(exponent) else {
            return if exponent < 0 { 0 } else { format.infinity };
        };
        let slack = error + if self.cut { CUT } else { 0 };
        let (below, rest, half) = power.times(self.value).floor(format);
        if below >= format.infinity {
            return format.infinity;
        }
        let order = if slack == 0 || rest.abs_diff(half) > slack {
            rest.cmp(&half)
        } else {
            let (significand, exponent) = format.parts(below);
            exact::compare(self, 2 * significand + 1, exponent - 1)
        };
        match order {
            Ordering::Less => below,
            Ordering::Equal => below + below % 2,
            Ordering::Greater => below + 1,
        }
    }

    /// The bits of the nearest float if `value` and the power of five are floats themselves: one
    /// operation rounds once. So do the two of an `f32`, as an `f64` has more than twice its bits.
    #[inline]
    fn round_once(&self, exponent: i64, format: Format) -> Option<u64> {
        let five = *FIVES.get(usize::try_from(exponent.unsigned_abs()).ok()?)?;
        if self.cut || (self.value | five) >> format.precision > 0 {
            return None;
        }
        let (value, five) = (self.value as f64, five as f64);
        let two = f64::from_bits(((1_023 + exponent) as u64) << 52);
        let product = if exponent < 0 { value / five } else { value * five } * two;
        Some(if format.precision == F32.precision {
            (product as f32).to_bits().into()
        } else {
            product.to_bits()
        })
    }
}

impl Format {
    /// Significand and exponent of a finite float.
    fn parts(self, bits: u64) -> (u64, i32) {
        let hidden = 1 << (self.precision - 1);
        match (bits / hidden, bits % hidden) {
            (0, significand) => (significand, self.least),
            (exponent, significand) => (hidden + significand, self.least + exponent as i32 - 1),
        }
    }
}

/// How much a product is too small at most if digits were cut off: the kept ones are 10^18 or more,
/// so it is less than one in 2^59.
const CUT: u128 = 1 << 69;

/// How much a product is too small at most, in units of the lowest of 128 bits: 15 operations lead
/// to it (13 from power to power, 2 more), and each takes off less than 4 units.
const ERROR: u128 = 64;

/// `significand` times two to the power of `exponent`. The highest bit of `significand` is set.
#[derive(Clone, Copy)]
struct Scaled {
    significand: u128,
    exponent: i32,
}

/// Ten to the power of every multiple of this is in a table. Five to the power of it is just below
/// `u64::MAX`.
const STEP: u32 = 27;
/// The step of the table that holds 1.
const ONE: usize = 13;

static POWERS: [Scaled; 25] = {
    let mut powers = [Scaled { significand: 1 << 127, exponent: -127 }; 25];
    let five = 5u64.pow(STEP);
    let mut at = ONE;
    while at + 1 < powers.len() {
        powers[at + 1] = powers[at].times(five).times_two(STEP as i32);
        at += 1;
    }
    at = ONE;
    while at > 0 {
        powers[at - 1] = powers[at].divided_by(five).times_two(-(STEP as i32));
        at -= 1;
    }
    powers
};

/// Five to the power of 0 up to `STEP`.
static FIVES: [u64; STEP as usize] = {
    let mut fives = [1; STEP as usize];
    let mut at = 1;
    while at < fives.len() {
        fives[at] = fives[at - 1] * 5;
        at += 1;
    }
    fives
};

impl Scaled {
    /// A power of ten and its error; `None` beyond those that a float with 19 digits can need.
    fn power_of_ten(exponent: i64) -> Option<(Self, u128)> {
        let at = exponent.checked_div_euclid(STEP.into())?.checked_add(ONE as i64)?;
        let table = POWERS.get(usize::try_from(at).ok()?)?;
        let rest = exponent.rem_euclid(STEP.into()) as u32;
        let five = *FIVES.get(rest as usize)?;
        let power = table.times(five).times_two(rest as i32);
        // From 1 to 10^26, `u64`s times `u64`s: nothing is cut off.
        Some((power, if at == ONE as i64 { 0 } else { ERROR }))
    }

    /// Times a number above 0, rounded down.
    #[inline]
    const fn times(self, factor: u64) -> Self {
        let shift = factor.leading_zeros();
        let factor = (factor << shift) as u128;
        let low = (self.significand as u64 as u128 * factor) >> 64;
        let product = (self.significand >> 64) * factor + low;
        // 0 or 1.
        let more = product.leading_zeros();
        let exponent = self.exponent + 64 - (shift + more) as i32;
        Self { significand: product << more, exponent }
    }

    const fn times_two(self, power: i32) -> Self {
        Self { exponent: self.exponent + power, ..self }
    }

    /// Divided by a number from 2^62 to 2^63, rounded down.
    const fn divided_by(self, by: u64) -> Self {
        let by = by as u128;
        let (high, rest) = (self.significand >> 64, self.significand as u64 as u128);
        let (top, high) = (high / by, (high % by) << 64 | rest);
        let (middle, low) = (high / by, ((high % by) << 64) / by);
        let shift = 128 - top.leading_zeros();
        let significand = top << (128 - shift) | (middle << 64 | low) >> shift;
        Self { significand, exponent: self.exponent - 64 + shift as i32 }
    }

    /// The bits of the largest float that is not above, or more than those of infinity; by how much
    /// it is below, and how much half of the distance to the next float is.
    #[inline]
    fn floor(self, format: Format) -> (u64, u128, u128) {
        // One bit less, so that half of the smallest float has a place too. What is exact has at
        // most 125 bits.
        let (significand, lowest) = (self.significand >> 1, self.exponent + 1);
        let exponent = (lowest + 127 - format.precision as i32).max(format.least);
        let shift = (exponent - lowest) as u32;
        // Far less than half of the smallest number.
        let Some(half) = 1u128.checked_shl(shift - 1) else { return (0, 0, u128::MAX) };
        let whole = significand.checked_shr(shift).unwrap_or(0);
        let rest = significand & (half - 1 + half);
        // The exponent's field is 1 higher for normal numbers: their highest bit adds that 1.
        let field = (exponent - format.least) as u64;
        ((field << (format.precision - 1)) + whole as u64, rest, half)
    }
}
