//! A decimal text compared with a binary number, exactly.

use core::cmp::Ordering;

use super::read::Decimal;

/// So many digits are looked at; a number half-way between two floats has at most 768.
const DIGITS: u32 = 800;

/// Compares a text with `significand` times two to the power of `exponent`, which lies half-way
/// between two floats that the text lies between.
///
/// Negative powers become positive ones on the other side, so that both sides are integers.
pub(super) fn compare(text: &Decimal<'_>, significand: u64, exponent: i32) -> Ordering {
    let mut left = Big::new(0);
    let (mut power, mut taken, mut rest) = (text.exponent, 0, Ordering::Equal);
    for &digit in text.whole.iter().chain(text.fraction) {
        if taken < DIGITS {
            left.multiply_add(10, u32::from(digit - b'0'));
            taken += u32::from(!left.limbs.is_empty());
        } else {
            power += 1;
            if digit != b'0' {
                rest = Ordering::Greater;
            }
        }
    }
    // Below 1,200 or so, as the text is about as large as a float.
    let power = power as i32;
    let mut right = Big::new(significand);
    let side = if power < 0 { &mut right } else { &mut left };
    side.multiply_power(5, 13, power.unsigned_abs());
    let twos = exponent - power;
    let side = if twos < 0 { &mut left } else { &mut right };
    side.multiply_power(2, 31, twos.unsigned_abs());
    left.compare(&right).then(rest)
}

/// A non-negative integer.
struct Big {
    /// The lowest first; the last is not 0. The largest number is that of a text of `DIGITS`
    /// digits near the smallest float, 54 bits times five to the power of 1,143: 2,708 bits, 85
    /// limbs.
    limbs: heapless::Vec<u32, 90>,
}

impl Big {
    fn new(value: u64) -> Self {
        let mut new = Self { limbs: heapless::Vec::new() };
        new.carry(value);
        new
    }

    /// Appends what is carried out of the last limb. There is room, see `limbs`.
    fn carry(&mut self, mut carry: u64) {
        while carry > 0 && self.limbs.push(carry as u32).is_ok() {
            carry >>= 32;
        }
    }

    /// Times `by`, plus `plus`.
    fn multiply_add(&mut self, by: u32, plus: u32) {
        let mut carry = u64::from(plus);
        for limb in &mut self.limbs {
            carry += u64::from(*limb) * u64::from(by);
            *limb = carry as u32;
            carry >>= 32;
        }
        self.carry(carry);
    }

    /// Times `base` to the power of `power`, `most` of which fit in a `u32`.
    fn multiply_power(&mut self, base: u32, most: u32, mut power: u32) {
        while power > 0 {
            let now = power.min(most);
            self.multiply_add(base.pow(now), 0);
            power -= now;
        }
    }

    fn compare(&self, other: &Self) -> Ordering {
        let [left, right] = [self, other].map(|big| big.limbs.iter().rev());
        left.len().cmp(&right.len()).then_with(|| left.cmp(right))
    }
}
