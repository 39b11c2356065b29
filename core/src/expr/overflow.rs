//! `+ - *` and negation of integers, with overflow found without a branch per row, so that the
//! loops vectorise: each result comes with a flag, and all flags are looked at together.

use super::element::{Argument, Element, pack};
use super::failures::Failures;
use crate::plan::op::Op;
use crate::plan::uses::Uses;
use crate::selection::tail;
use crate::simd::widest;

/// What says that a row may have overflowed; never silent about one that has.
pub(super) trait Flag: Copy {
    /// Silent.
    const NONE: Self;
    /// Flags of several rows in one.
    fn or(self, other: Self) -> Self;
    /// Whether a flag, or one of several, is raised.
    fn raised(self) -> bool;
}

/// Integer arithmetic that says in a flag whether it overflowed.
pub(super) trait Overflow: Element + Flag {
    /// The flag of a product.
    type Product: Flag;
    /// The sum, wrapping, and its flag.
    fn add(self, other: Self) -> (Self, Self);
    /// The difference.
    fn sub(self, other: Self) -> (Self, Self);
    /// The product, whose flag may be raised without need.
    fn mul(self, other: Self) -> (Self, Self::Product);
    /// Whether the product overflows.
    fn mul_overflows(self, other: Self) -> bool;
    /// The negative.
    fn neg(self) -> (Self, Self);
}

/// The size of a product, bits of a REAL, scaled so that bit 30, the exponent's highest, is set
/// from 2^31 on, and a little before: by more than the four roundings can take away.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
pub(super) struct Magnitude(u32);

#[cfg(target_arch = "x86_64")]
impl Flag for Magnitude {
    const NONE: Self = Self(0);

    #[inline]
    fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    #[inline]
    fn raised(self) -> bool {
        self.0 & 1 << 30 != 0
    }
}

/// The product of two INTEGERs. SSE2 has no signed multiplication to 64 bits: what would do
/// instead takes 3 times as long as the wrapping product, this 1.6 times.
#[cfg(target_arch = "x86_64")]
#[inline]
fn product(a: i32, b: i32) -> (i32, Magnitude) {
    const SCALE: f32 = (1.0 + 1.0 / (1 << 20) as f32) / (1 << 30) as f32;
    (a.wrapping_mul(b), Magnitude((a as f32 * b as f32 * SCALE).to_bits()))
}

/// Whether SIMD compares such lanes: SSE2 not those of 8 bytes. Without SIMD bits are cheaper.
const fn compares<T>() -> bool {
    cfg!(target_arch = "x86_64") && size_of::<T>() < 8
}

macro_rules! signed {
    ($($t:ident: $product:ty = $mul:expr;)*) => {$(
        impl Flag for $t {
            const NONE: Self = 0;

            #[inline]
            fn or(self, other: Self) -> Self {
                self | other
            }

            /// The sign says it.
            #[inline]
            fn raised(self) -> bool {
                self < 0
            }
        }

        impl Overflow for $t {
            type Product = $product;

            // A sum is below its first operand exactly where the second is negative, and its sign
            // differs from that of both operands (Hacker's Delight, 2nd ed., 2-13): or it overflowed.
            #[inline]
            fn add(self, other: Self) -> (Self, Self) {
                let sum = self.wrapping_add(other);
                let flag = match compares::<Self>() {
                    true => -Self::from(sum < self) ^ other,
                    false => (self ^ sum) & (other ^ sum),
                };
                (sum, flag)
            }

            // A difference is above its first operand then, and its sign differs from that of the
            // first, whose differs from the second's.
            #[inline]
            fn sub(self, other: Self) -> (Self, Self) {
                let difference = self.wrapping_sub(other);
                let flag = match compares::<Self>() {
                    true => -Self::from(difference > self) ^ other,
                    false => (self ^ other) & (self ^ difference),
                };
                (difference, flag)
            }

            #[inline]
            fn mul(self, other: Self) -> (Self, Self::Product) {
                let mul: fn(Self, Self) -> (Self, Self::Product) = $mul;
                mul(self, other)
            }

            #[inline]
            fn mul_overflows(self, other: Self) -> bool {
                self.overflowing_mul(other).1
            }

            // Only MIN has the sign of its negative, and that sign is minus.
            #[inline]
            fn neg(self) -> (Self, Self) {
                let negative = self.wrapping_neg();
                (negative, negative & self)
            }
        }
    )*};
}

/// A product through the type of twice the size.
macro_rules! widened {
    ($t:ident, $wide:ident) => {
        |a, b| {
            let product = $wide::from(a) * $wide::from(b);
            let low = product as $t;
            (low, -$t::from($wide::from(low) != product))
        }
    };
}

signed! {
    i8: Self = widened!(i8, i16);
    i16: Self = widened!(i16, i32);
    i64: Self = widened!(i64, i128);
}
#[cfg(target_arch = "x86_64")]
signed!(i32: Magnitude = product;);
#[cfg(not(target_arch = "x86_64"))]
signed!(i32: Self = widened!(i32, i64););

macro_rules! unsigned {
    ($($t:ident $wide:ident)*) => {$(
        impl Flag for $t {
            const NONE: Self = 0;

            #[inline]
            fn or(self, other: Self) -> Self {
                self | other
            }

            #[inline]
            fn raised(self) -> bool {
                self != 0
            }
        }

        impl Overflow for $t {
            type Product = Self;

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
            fn mul_overflows(self, other: Self) -> bool {
                self.overflowing_mul(other).1
            }

            #[inline]
            fn neg(self) -> (Self, Self) {
                (self.wrapping_neg(), self)
            }
        }
    )*};
}
unsigned!(u8 u16 u16 u32 u32 u64 u64 u128);

/// `dst[i] = a[i] op b[i]`. Negation has no use for `b`.
#[inline]
pub(super) fn arithmetic<T: Overflow, U: Uses>(
    op: Op,
    dst: &mut [T],
    validity: &mut [u64],
    failures: &mut Failures<'_>,
    a: &[T],
    b: Argument<'_, T>,
) {
    match op {
        Op::Add if const { U::SET.op(Op::Add).has(T::KIND) } => {
            checked(dst, validity, failures, a, b, T::add, |a, b| a.add(b).1.raised());
        }
        Op::Sub if const { U::SET.op(Op::Sub).has(T::KIND) } => {
            checked(dst, validity, failures, a, b, T::sub, |a, b| a.sub(b).1.raised());
        }
        Op::Mul if const { U::SET.op(Op::Mul).has(T::KIND) } => {
            checked(dst, validity, failures, a, b, T::mul, T::mul_overflows);
        }
        Op::Neg if const { U::SET.op(Op::Neg).has(T::KIND) } => {
            checked(dst, validity, failures, a, b, |a, _| a.neg(), |a, _| a.neg().1.raised());
        }
        _ => {}
    }
}

/// `dst[i], flag = f(a[i], b[i])`: rows that overflow leave `validity`, and those that were valid
/// are reported. One pass finds whether any row may have overflowed; which ones did, `fails` in
/// another that is seldom made.
#[inline]
fn checked<T: Copy, F: Flag>(
    dst: &mut [T],
    validity: &mut [u64],
    failures: &mut Failures<'_>,
    a: &[T],
    b: Argument<'_, T>,
    f: impl Fn(T, T) -> (T, F),
    fails: impl Fn(T, T) -> bool,
) {
    let any = widest(
        #[inline(always)]
        || {
            let mut any = F::NONE;
            match b {
                Argument::Vector(b) => {
                    for ((d, &a), &b) in dst.iter_mut().zip(a).zip(b) {
                        let (value, flag) = f(a, b);
                        *d = value;
                        any = any.or(flag);
                    }
                }
                Argument::Constant(b) => {
                    for (d, &a) in dst.iter_mut().zip(a) {
                        let (value, flag) = f(a, b);
                        *d = value;
                        any = any.or(flag);
                    }
                }
            }
            any
        },
    );
    if any.raised() {
        find(validity, failures, a, b, fails);
    }
}

/// Reports the rows that fail.
#[cold]
fn find<T: Copy>(
    validity: &mut [u64],
    failures: &mut Failures<'_>,
    a: &[T],
    b: Argument<'_, T>,
    fails: impl Fn(T, T) -> bool,
) {
    // No zip of chunks: where it is not inlined it divides by their size.
    let mut chunks = a.chunks(64);
    for (i, valid) in validity.iter_mut().enumerate() {
        let Some(a) = chunks.next() else { break };
        let mut bytes = [0u8; 64];
        match b {
            Argument::Vector(b) => {
                let b = b.get(i * 64..).unwrap_or(&[]);
                for (byte, (&a, &b)) in bytes.iter_mut().zip(a.iter().zip(b)) {
                    *byte = u8::from(fails(a, b));
                }
            }
            Argument::Constant(b) => {
                for (byte, &a) in bytes.iter_mut().zip(a) {
                    *byte = u8::from(fails(a, b));
                }
            }
        }
        // Under a NULL lies anything.
        let failed = pack(&bytes) & *valid & tail(a.len());
        *valid &= !failed;
        failures.word(i, failed);
    }
}

#[cfg(test)]
mod tests;
