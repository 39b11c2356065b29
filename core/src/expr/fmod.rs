//! `%` of floats, exactly, as C's `fmod`; that of the crate libm can't be had without its panics.

use core::num::NonZeroU64;

/// Bits of a significand that are stored.
const STORED: u32 = f64::MANTISSA_DIGITS - 1;
const HIDDEN: u64 = 1 << STORED;
const INFINITY: u64 = f64::INFINITY.to_bits();

/// What is left of `x` when multiples of `y` are taken off, with the sign of `x`.
pub(super) fn fmod(x: f64, y: f64) -> f64 {
    let (magnitude, by) = (x.abs().to_bits(), y.abs().to_bits());
    let (significand, exponent) = parts(magnitude);
    let (divisor, unit) = parts(by);
    let divisor = match NonZeroU64::new(divisor) {
        Some(divisor) if magnitude < INFINITY && by <= INFINITY => divisor,
        _ => return f64::NAN,
    };
    if magnitude < by {
        return x;
    }
    let mut rest = significand % divisor;
    let mut shift = exponent - unit;
    // What is below the divisor can grow by as many bits as the divisor has zeros at its front.
    while shift > 0 && rest > 0 {
        let now = shift.min(divisor.leading_zeros());
        rest = (rest << now) % divisor;
        shift -= now;
    }
    if rest == 0 {
        return 0f64.copysign(x);
    }
    let up = unit.min(rest.leading_zeros() - HIDDEN.leading_zeros());
    // The hidden bit, where it is reached, adds 1 to the exponent's field.
    let field = u64::from(unit - up) << STORED;
    f64::from_bits(field + (rest << up)).copysign(x)
}

/// As [`fmod`]: every `f32` is an `f64`, and what is left of one has no more bits than it.
pub(super) fn fmodf(x: f32, y: f32) -> f32 {
    fmod(x.into(), y.into()) as f32
}

/// Significand and exponent, the latter counted from that of the smallest number.
fn parts(bits: u64) -> (u64, u32) {
    match (bits >> STORED) as u32 {
        0 => (bits, 0),
        field => (bits % HIDDEN + HIDDEN, field - 1),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn agrees(x: f64, y: f64) {
        let (left, expected) = (fmod(x, y), libm::fmod(x, y));
        let is_same = left.to_bits() == expected.to_bits();
        assert!(is_same || left.is_nan() && expected.is_nan(), "{x:e} % {y:e}: {left:e}");
    }

    fn agrees_f32(x: f32, y: f32) {
        let (left, expected) = (fmodf(x, y), libm::fmodf(x, y));
        let is_same = left.to_bits() == expected.to_bits();
        assert!(is_same || left.is_nan() && expected.is_nan(), "{x:e} % {y:e}: {left:e}");
    }

    #[test]
    fn edges() {
        let magnitudes = [
            0,
            1,
            2,
            3,
            HIDDEN - 1,
            HIDDEN,
            HIDDEN + 1,
            1f64.to_bits(),
            1.5f64.to_bits(),
            INFINITY - 1,
            INFINITY,
            INFINITY + 1,
            f64::NAN.to_bits(),
        ];
        let all = magnitudes.map(f64::from_bits);
        for x in all {
            for y in all {
                for (x, y) in [(x, y), (-x, y), (x, -y), (-x, -y)] {
                    agrees(x, y);
                    agrees_f32(x as f32, y as f32);
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16_384))]

        #[test]
        fn any_bits(x: u64, y: u64) {
            agrees(f64::from_bits(x), f64::from_bits(y));
            agrees_f32(f32::from_bits(x as u32), f32::from_bits(y as u32));
        }

        #[test]
        fn multiples(x in -1e6f64..1e6, times in 0u32..1_000_000, y in 1e-3f64..1e3) {
            agrees(x, y);
            agrees(f64::from(times) * y, y);
            agrees_f32(x as f32, y as f32);
            agrees_f32((f64::from(times) * y) as f32, y as f32);
        }
    }
}
