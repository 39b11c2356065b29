//! `+ - *` and negation of integers, with overflow found without a branch per row, so that the
//! loops vectorise: each result comes with a flag, and the flags of 64 rows are looked at together.

use super::element::{Argument, Element, pack};
use super::failures::Failures;
use crate::selection::tail;

/// Integer arithmetic that says in a flag whether it overflowed.
pub(super) trait Overflow: Element {
    /// The sum, wrapping, and its flag.
    fn add(self, other: Self) -> (Self, Self);
    /// The difference.
    fn sub(self, other: Self) -> (Self, Self);
    /// The product.
    fn mul(self, other: Self) -> (Self, Self);
    /// Flags of several rows in one.
    fn or(self, other: Self) -> Self;
    /// Whether a flag, or one of several, says overflow.
    fn overflowed(flag: Self) -> bool;
}

// The sign of a flag says overflow (Hacker's Delight, 2nd ed., 2-13): a sum's sign differs from
// that of both operands; a difference's from that of the first, whose differs from the second's.
macro_rules! signed {
    ($($t:ident $wide:ident)*) => {$(
        impl Overflow for $t {
            #[inline]
            fn add(self, other: Self) -> (Self, Self) {
                let sum = self.wrapping_add(other);
                (sum, (self ^ sum) & (other ^ sum))
            }

            #[inline]
            fn sub(self, other: Self) -> (Self, Self) {
                let difference = self.wrapping_sub(other);
                (difference, (self ^ other) & (self ^ difference))
            }

            #[inline]
            fn mul(self, other: Self) -> (Self, Self) {
                let product = $wide::from(self) * $wide::from(other);
                let low = product as $t;
                (low, -$t::from($wide::from(low) != product))
            }

            #[inline]
            fn or(self, other: Self) -> Self {
                self | other
            }

            #[inline]
            fn overflowed(flag: Self) -> bool {
                flag < 0
            }
        }
    )*};
}
signed!(i8 i16 i16 i32 i32 i64 i64 i128);

macro_rules! unsigned {
    ($($t:ident $wide:ident)*) => {$(
        impl Overflow for $t {
            #[inline]
            fn add(self, other: Self) -> (Self, Self) {
                let sum = self.wrapping_add(other);
                (sum, $t::from(sum < self))
            }

            #[inline]
            fn sub(self, other: Self) -> (Self, Self) {
                (self.wrapping_sub(other), $t::from(self < other))
            }

            #[inline]
            fn mul(self, other: Self) -> (Self, Self) {
                let product = $wide::from(self) * $wide::from(other);
                (product as $t, $t::from(product > $wide::from($t::MAX)))
            }

            #[inline]
            fn or(self, other: Self) -> Self {
                self | other
            }

            #[inline]
            fn overflowed(flag: Self) -> bool {
                flag != 0
            }
        }
    )*};
}
unsigned!(u8 u16 u16 u32 u32 u64 u64 u128);

/// `dst[i], flag = f(a[i], b[i])`: rows that overflow leave `validity`, and those that were valid
/// are reported. One pass finds whether any row overflows; which ones, another that is seldom made.
#[inline]
pub(super) fn checked<T: Overflow>(
    dst: &mut [T],
    validity: &mut [u64],
    failures: &mut Failures<'_>,
    a: &[T],
    b: Argument<'_, T>,
    f: impl Fn(T, T) -> (T, T),
) {
    let mut any = T::zeroed();
    match b {
        Argument::Vector(b) => {
            for ((d, &a), &b) in dst.iter_mut().zip(a).zip(b) {
                let (value, flag) = f(a, b);
                *d = value;
                any = any.or(flag);
            }
            if T::overflowed(any) {
                for (i, (valid, (a, b))) in
                    validity.iter_mut().zip(a.chunks(64).zip(b.chunks(64))).enumerate()
                {
                    let flags = a.iter().zip(b).map(|(&a, &b)| f(a, b).1);
                    report(i, valid, failures, flags, a.len());
                }
            }
        }
        Argument::Constant(b) => {
            for (d, &a) in dst.iter_mut().zip(a) {
                let (value, flag) = f(a, b);
                *d = value;
                any = any.or(flag);
            }
            if T::overflowed(any) {
                for (i, (valid, a)) in validity.iter_mut().zip(a.chunks(64)).enumerate() {
                    report(i, valid, failures, a.iter().map(|&a| f(a, b).1), a.len());
                }
            }
        }
    }
}

/// Reports the rows of word `i` whose flags say overflow.
#[cold]
fn report<T: Overflow>(
    i: usize,
    valid: &mut u64,
    failures: &mut Failures<'_>,
    flags: impl Iterator<Item = T>,
    rows: usize,
) {
    let mut bytes = [0u8; 64];
    for (byte, flag) in bytes.iter_mut().zip(flags) {
        *byte = u8::from(T::overflowed(flag));
    }
    // Under a NULL lies anything.
    let failed = pack(&bytes) & *valid & tail(rows);
    *valid &= !failed;
    failures.word(i, failed);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_those_of_the_checked_operations() {
        fn check<T: Overflow + PartialEq + core::fmt::Debug>(
            found: (T, T),
            (value, overflowed): (T, bool),
        ) {
            assert_eq!((found.0, T::overflowed(found.1)), (value, overflowed));
        }
        for a in i8::MIN..=i8::MAX {
            for b in i8::MIN..=i8::MAX {
                check(a.add(b), a.overflowing_add(b));
                check(a.sub(b), a.overflowing_sub(b));
                check(Overflow::mul(a, b), a.overflowing_mul(b));
                let (a, b) = (a.cast_unsigned(), b.cast_unsigned());
                check(a.add(b), a.overflowing_add(b));
                check(a.sub(b), a.overflowing_sub(b));
                check(Overflow::mul(a, b), a.overflowing_mul(b));
            }
        }
        let mut x = 1u64;
        for _ in 0..1000 {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            for (a, b) in [(x, x.rotate_left(29)), (x >> 31, x >> 40), (x, 1), (x, u64::MAX)] {
                check(a.add(b), a.overflowing_add(b));
                check(Overflow::mul(a, b), a.overflowing_mul(b));
                let (a, b) = (a.cast_signed(), b.cast_signed());
                check(a.add(b), a.overflowing_add(b));
                check(a.sub(b), a.overflowing_sub(b));
                check(Overflow::mul(a, b), a.overflowing_mul(b));
            }
        }
    }
}
