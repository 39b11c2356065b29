//! Decimal digits of a double, correctly rounded: what `%.2f` and `%.3e` need.
//!
//! The double is an integer times a power of two; times a power of ten it is an exact integer and a
//! rest. No digit is guessed, and ties go to the even digit, as in C.

/// Most digits behind the point.
pub(crate) const MOST_PLACES: u8 = 60;

/// Digits in ASCII. The most are those of `f64::MAX`, 309, the places behind the point, and one for
/// rounding.
pub(crate) type Digits = heapless::Vec<u8, 384>;

/// The digits of `|x|` rounded to so many places behind the point, at most [`MOST_PLACES`]: at least
/// one digit stands before it. `x` is finite.
pub(crate) fn fixed(x: f64, places: u8) -> Digits {
    let places = places.min(MOST_PLACES);
    let (digits, rest) = truncated(x, i32::from(places) + 1);
    let kept = digits.len().saturating_sub(1);
    let (rounded, _) = round(&digits, rest, kept);
    let mut all = Digits::new();
    for _ in rounded.len()..usize::from(places) + 1 {
        push(&mut all, b'0');
    }
    for digit in rounded {
        push(&mut all, digit);
    }
    all
}

/// The digits of `|x|` rounded to one before the point and so many places behind it, at most
/// [`MOST_PLACES`], and the power of ten that they are times. `x` is finite.
pub(crate) fn scientific(x: f64, places: u8) -> (Digits, i32) {
    let count = usize::from(places.min(MOST_PLACES)) + 1;
    if x == 0.0 {
        let mut zeros = Digits::new();
        (0..count).for_each(|_| push(&mut zeros, b'0'));
        return (zeros, 0);
    }
    // Below the power of ten by one or two: there are digits to round away, but few.
    let (significand, twos) = parts(x);
    let log2 = twos + 63 - significand.leading_zeros() as i32;
    let power = ((log2 * 1233) >> 12) - 1;
    let scale = count as i32 - power;
    let (digits, rest) = truncated(x, scale);
    let (rounded, carried) = round(&digits, rest, count);
    let exponent = digits.len() as i32 - 1 - scale + i32::from(carried);
    let mut rounded = rounded;
    rounded.truncate(count);
    (rounded, exponent)
}

/// There is room, see [`Digits`].
fn push(digits: &mut Digits, digit: u8) {
    let _ = digits.push(digit);
}

/// `|x|` as an integer times a power of two.
fn parts(x: f64) -> (u64, i32) {
    let bits = x.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    match (bits >> 52 & 0x7ff) as i32 {
        0 => (fraction, -1074),
        exponent => (fraction | 1 << 52, exponent - 1075),
    }
}

/// The first `kept` digits, rounded by those behind them and by whether anything follows those; and
/// whether that made one digit more (`9.9` became `10`).
fn round(digits: &[u8], rest: bool, kept: usize) -> (Digits, bool) {
    let (before, after) = digits.split_at_checked(kept).unwrap_or((digits, &[]));
    let odd = before.last().is_some_and(|digit| digit & 1 != 0);
    let up = match after.split_first() {
        Some((b'5', others)) => rest || odd || others.iter().any(|digit| *digit != b'0'),
        Some((first, _)) => *first > b'5',
        None => false,
    };
    let mut all = Digits::new();
    let nines = before.iter().rev().take_while(|digit| **digit == b'9').count();
    let carried = up && nines == before.len();
    if carried {
        push(&mut all, b'1');
    }
    let last = before.len().checked_sub(nines + 1);
    for (at, digit) in before.iter().enumerate() {
        push(
            &mut all,
            match last {
                _ if !up => *digit,
                Some(last) if at < last => *digit,
                Some(last) if at == last => *digit + 1,
                _ => b'0',
            },
        );
    }
    (all, carried)
}

/// The digits of `|x|` times ten to the power of `scale`, without its fraction and without zeros in
/// front, and whether there was a fraction.
fn truncated(x: f64, scale: i32) -> (Digits, bool) {
    let (significand, twos) = parts(x);
    let mut big = Big::new(significand);
    let mut rest = false;
    // Up first: what is divided is divided exactly.
    for_power(10, 9, scale, |by| big.multiply(by));
    for_power(2, 31, twos, |by| big.multiply(by));
    for_power(10, 9, scale.saturating_neg(), |by| rest |= big.divide(by) != 0);
    for_power(2, 31, twos.saturating_neg(), |by| rest |= big.divide(by) != 0);
    let mut reversed = Digits::new();
    while !big.limbs.is_empty() {
        let mut nine = big.divide(1_000_000_000);
        for _ in 0..9 {
            if nine == 0 && big.limbs.is_empty() {
                break;
            }
            push(&mut reversed, b'0' + (nine % 10) as u8);
            nine /= 10;
        }
    }
    reversed.reverse();
    (reversed, rest)
}

/// Calls `f` with factors of `base` to the power of `power`, which have up to `most` of it.
fn for_power(base: u32, most: i32, mut power: i32, mut f: impl FnMut(u32)) {
    while power > 0 {
        let now = power.min(most);
        f(base.pow(now.unsigned_abs()));
        power -= now;
    }
}

/// A non-negative integer.
struct Big {
    /// The lowest first; the last is not 0. The largest number is that of the smallest double and
    /// [`MOST_PLACES`]: 53 bits times ten to the power of 386, 1,336 bits, 42 limbs.
    limbs: heapless::Vec<u32, 44>,
}

impl Big {
    fn new(value: u64) -> Self {
        let mut big = Self { limbs: heapless::Vec::new() };
        big.carry(value);
        big
    }

    /// Appends what is carried out of the last limb. There is room, see `limbs`.
    fn carry(&mut self, mut carry: u64) {
        while carry > 0 && self.limbs.push(carry as u32).is_ok() {
            carry >>= 32;
        }
    }

    fn multiply(&mut self, by: u32) {
        let mut carry = 0;
        for limb in &mut self.limbs {
            carry += u64::from(*limb) * u64::from(by);
            *limb = carry as u32;
            carry >>= 32;
        }
        self.carry(carry);
    }

    /// Divides by `by`, which is not 0, and gives the remainder.
    fn divide(&mut self, by: u32) -> u32 {
        let mut remainder = 0u64;
        for limb in self.limbs.iter_mut().rev() {
            let value = remainder << 32 | u64::from(*limb);
            *limb = value.checked_div(by.into()).unwrap_or(0) as u32;
            remainder = value.checked_rem(by.into()).unwrap_or(0);
        }
        while self.limbs.last() == Some(&0) {
            self.limbs.pop();
        }
        remainder as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::format;
    use std::string::String;

    /// As the host's formatting has it, which is exact too.
    fn agrees(x: f64, places: u8) {
        let x = x.abs();
        let wanted = format!("{x:.*}", usize::from(places)).replace('.', "");
        let ours = fixed(x, places);
        assert_eq!(String::from_utf8_lossy(&ours), wanted, "{x:?} to {places} places");
        let wanted = format!("{x:.*e}", usize::from(places));
        let (digits, exponent) = scientific(x, places);
        let ours = format!("{}e{exponent}", String::from_utf8_lossy(&digits));
        assert_eq!(ours, wanted.replace('.', ""), "{x:?} to {places} places");
    }

    #[test]
    fn edges() {
        let values = [
            0.0,
            0.5,
            1.5,
            2.5,
            0.125,
            0.375,
            0.25,
            9.5,
            9.995,
            0.05,
            99.5,
            999.9999,
            1e15,
            1e16,
            1e22,
            1e23,
            123456789.12345679,
            f64::MAX,
            f64::MIN_POSITIVE,
            5e-324,
            1e-5,
            0.1,
            2.675,
            1e-17,
            f64::EPSILON,
            1.7976931348623155e308,
            4.5e-320,
        ];
        for x in values {
            for places in 0..=MOST_PLACES {
                agrees(x, places);
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn any_double(x in any::<f64>(), places in 0..=MOST_PLACES) {
            if x.is_finite() {
                agrees(x, places);
            }
        }

        #[test]
        fn ordinary_doubles(n in any::<i64>(), scale in 0..19u32, places in 0u8..18) {
            agrees(n as f64 / 10f64.powi(scale as i32), places);
        }
    }
}
