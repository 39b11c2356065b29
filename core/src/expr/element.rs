//! The Rust types that registers hold, and the loops over them.

use bytemuck::Pod;

use crate::error::RunError;
use crate::plan::op::{Op, Operand, Source};
use crate::plan::uses::Uses;
use crate::plan::{Constant, Plan};
use crate::selection::tail;
use crate::types::{Kind, Span, Uuid16, Wide};

use super::failures::Failures;
use super::frame::{Others, Vector};
use crate::simd::widest;

/// A value in a register that has a size: a number, a time, a UUID.
pub(crate) trait Element: Pod + PartialOrd {
    /// The kind that it is the type of.
    const KIND: Kind;

    /// From a constant.
    fn from_constant(plan: &Plan<'_>, constant: Constant) -> Self;
}

macro_rules! integers {
    ($($t:ty: $kind:ident),*) => {$(
        impl Element for $t {
            const KIND: Kind = Kind::$kind;

            #[inline]
            fn from_constant(_: &Plan<'_>, constant: Constant) -> Self {
                constant.0 as $t
            }
        }
    )*};
}
integers!(i8: I8, i16: I16, i32: I32, i64: I64, u8: U8, u16: U16, u32: U32, u64: U64);

impl Element for f32 {
    const KIND: Kind = Kind::F32;

    #[inline]
    fn from_constant(_: &Plan<'_>, constant: Constant) -> Self {
        Self::from_bits(constant.0 as u32)
    }
}

impl Element for f64 {
    const KIND: Kind = Kind::F64;

    #[inline]
    fn from_constant(_: &Plan<'_>, constant: Constant) -> Self {
        Self::from_bits(constant.0)
    }
}

macro_rules! sixteen {
    ($($t:ty: $kind:ident),*) => {$(
        impl Element for $t {
            const KIND: Kind = Kind::$kind;

            #[inline]
            fn from_constant(plan: &Plan<'_>, constant: Constant) -> Self {
                let bytes = constant.as_bytes().of(plan.bytes);
                // `verify` has seen that they are 16.
                Self::from_le_bytes(bytes.first_chunk().copied().unwrap_or_default())
            }
        }
    )*};
}
sixteen!(Wide: I128, Span: Interval, Uuid16: Uuid);

/// Runs `$body` with `$t` the Rust type of an integer kind, one of `$kinds` if they are given; other
/// kinds are an internal error.
macro_rules! for_integer {
    ($kind:expr, $t:ident => $body:expr) => {
        $crate::expr::for_integer!(in $crate::plan::uses::Kinds::ALL, $kind, $t => $body)
    };
    (in $kinds:expr, $kind:expr, $t:ident => $body:expr) => {{
        use $crate::types::Kind;
        match $kind {
            Kind::I8 if const { $kinds.has(Kind::I8) } => {
                type $t = i8;
                $body
            }
            Kind::I16 if const { $kinds.has(Kind::I16) } => {
                type $t = i16;
                $body
            }
            Kind::I32 if const { $kinds.has(Kind::I32) } => {
                type $t = i32;
                $body
            }
            Kind::I64 if const { $kinds.has(Kind::I64) } => {
                type $t = i64;
                $body
            }
            Kind::U8 if const { $kinds.has(Kind::U8) } => {
                type $t = u8;
                $body
            }
            Kind::U16 if const { $kinds.has(Kind::U16) } => {
                type $t = u16;
                $body
            }
            Kind::U32 if const { $kinds.has(Kind::U32) } => {
                type $t = u32;
                $body
            }
            Kind::U64 if const { $kinds.has(Kind::U64) } => {
                type $t = u64;
                $body
            }
            _ => Err($crate::error::RunError::Internal),
        }
    }};
}
pub(crate) use for_integer;

/// [`for_integer`], and the floats too.
macro_rules! for_number {
    ($kind:expr, $t:ident => $body:expr) => {
        $crate::expr::for_number!(in $crate::plan::uses::Kinds::ALL, $kind, $t => $body)
    };
    (in $kinds:expr, $kind:expr, $t:ident => $body:expr) => {{
        use $crate::types::Kind;
        match $kind {
            Kind::F32 if const { $kinds.has(Kind::F32) } => {
                type $t = f32;
                $body
            }
            Kind::F64 if const { $kinds.has(Kind::F64) } => {
                type $t = f64;
                $body
            }
            integer => $crate::expr::for_integer!(in $kinds, integer, $t => $body),
        }
    }};
}
pub(crate) use for_number;

/// [`for_number`], and the kinds of 16 bytes too: all that have an order and a size.
macro_rules! for_value {
    ($kind:expr, $t:ident => $body:expr) => {
        $crate::expr::for_value!(in $crate::plan::uses::Kinds::ALL, $kind, $t => $body)
    };
    (in $kinds:expr, $kind:expr, $t:ident => $body:expr) => {{
        use $crate::types::Kind;
        match $kind {
            Kind::I128 if const { $kinds.has(Kind::I128) } => {
                type $t = $crate::types::Wide;
                $body
            }
            Kind::Interval if const { $kinds.has(Kind::Interval) } => {
                type $t = $crate::types::Span;
                $body
            }
            Kind::Uuid if const { $kinds.has(Kind::Uuid) } => {
                type $t = $crate::types::Uuid16;
                $body
            }
            number => $crate::expr::for_number!(in $kinds, number, $t => $body),
        }
    }};
}
pub(crate) use for_value;

/// Runs `$body` with `$t` the unsigned type of the size of a kind that is one of `$kinds`, for kernels
/// that only move values.
macro_rules! for_width {
    (in $kinds:expr, $kind:expr, $t:ident => $body:expr) => {
        match $kind.size() {
            1 if const { $kinds.has_size(1) } => {
                type $t = u8;
                $body
            }
            2 if const { $kinds.has_size(2) } => {
                type $t = u16;
                $body
            }
            4 if const { $kinds.has_size(4) } => {
                type $t = u32;
                $body
            }
            8 if const { $kinds.has_size(8) } => {
                type $t = u64;
                $body
            }
            16 if const { $kinds.has_size(16) } => {
                type $t = $crate::types::Wide;
                $body
            }
            _ => Err($crate::error::RunError::Internal),
        }
    };
}
pub(crate) use for_width;

/// A kernel's second operand.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Argument<'a, T> {
    /// A value per row.
    Vector(&'a [T]),
    /// One value for all rows.
    Constant(T),
}

/// What operands `b` there can be.
#[derive(Clone, Copy)]
pub(crate) struct Operands {
    registers: bool,
    constants: bool,
}

impl Operands {
    /// Those of instructions with one of the opcodes `ops` on values of a type.
    pub(crate) const fn of<T: Element, U: Uses>(ops: &[Op]) -> Self {
        Self {
            registers: U::SET.registers(ops).has(T::KIND),
            constants: U::SET.constants(ops).has(T::KIND),
        }
    }
}

/// Reads operand `b` as numbers, with the vector that it is, if it is one.
#[inline(always)]
pub(crate) fn argument<'a, T: Element, U: Uses>(
    plan: &Plan<'_>,
    others: &Others<'a, U>,
    can_be: Operands,
    operand: Operand,
    rows: usize,
) -> Result<(Argument<'a, T>, Option<Vector<'a>>), RunError> {
    match operand.source() {
        Source::Register(id) if can_be.registers => {
            let vector = others.get(id)?;
            Ok((Argument::Vector(vector.of(rows)?), Some(vector)))
        }
        Source::Constant(id) if can_be.constants => {
            let constant = plan.constants.get(id.index()).ok_or(RunError::Internal)?;
            Ok((Argument::Constant(T::from_constant(plan, *constant)), None))
        }
        _ => Err(RunError::Internal),
    }
}

/// `dst[i] = f(a[i], b[i])`.
#[inline]
pub(crate) fn map<T: Copy, R>(dst: &mut [R], a: &[T], b: Argument<'_, T>, f: impl Fn(T, T) -> R) {
    match a.len() {
        1 => map_rows(dst, a, b, f),
        _ => widest(
            #[inline(always)]
            || map_rows(dst, a, b, f),
        ),
    }
}

#[inline(always)]
fn map_rows<T: Copy, R>(dst: &mut [R], a: &[T], b: Argument<'_, T>, f: impl Fn(T, T) -> R) {
    match b {
        Argument::Vector(b) => {
            for ((d, &a), &b) in dst.iter_mut().zip(a).zip(b) {
                *d = f(a, b);
            }
        }
        Argument::Constant(b) => {
            for (d, &a) in dst.iter_mut().zip(a) {
                *d = f(a, b);
            }
        }
    }
}

/// Bit i of `mask` = `f(a[i], b[i])`. Whole words go by arrays, whose loops need no ends, in the widest
/// SIMD; a batch without one does not ask which that is.
#[inline]
pub(crate) fn map_mask<T: Copy, U: Uses>(
    mask: &mut [u64],
    a: &[T],
    b: Argument<'_, T>,
    f: impl Fn(T, T) -> bool,
) {
    if const { !U::SET.fast } {
        // No zip of chunks: where it is not inlined it divides by their size.
        let mut chunks = a.chunks(64);
        return mask.iter_mut().enumerate().for_each(|(w, word)| {
            let a = chunks.next().unwrap_or(&[]);
            // From the last row to the first: a shift by one is no call on a machine of 32 bits.
            *word = match b {
                Argument::Vector(b) => {
                    let b = b.get(w * 64..).unwrap_or(&[]);
                    let rows = a.iter().enumerate().rev();
                    rows.fold(0, |word, (row, &a)| {
                        word << 1 | u64::from(b.get(row).is_some_and(|&b| f(a, b)))
                    })
                }
                Argument::Constant(b) => {
                    a.iter().rev().fold(0, |word, &a| word << 1 | u64::from(f(a, b)))
                }
            };
        });
    }
    if let ([a], [word, ..]) = (a, &mut *mask) {
        let b = match b {
            Argument::Vector(b) => b.first().copied().unwrap_or(*a),
            Argument::Constant(b) => b,
        };
        *word = u64::from(f(*a, b));
        return;
    }
    let f = &f;
    let (whole, rest) = a.as_chunks::<64>();
    if !whole.is_empty() {
        let words = mask.iter_mut().zip(whole);
        widest(
            #[inline(always)]
            move || match b {
                Argument::Vector(b) => {
                    for ((word, a), b) in words.zip(b.as_chunks::<64>().0) {
                        *word = bits(a, b, f);
                    }
                }
                Argument::Constant(c) => {
                    for (word, a) in words {
                        *word = bits(a, &[c; 64], f);
                    }
                }
            },
        );
    }
    let Some(last) = mask.get_mut(whole.len()) else { return };
    *last = match b {
        Argument::Vector(b) => {
            let b = b.as_chunks::<64>().1;
            match rest.len() {
                0..FEW => few(rest.iter().zip(b).map(|(&a, &b)| f(a, b))),
                _ => bits(rest, b, f),
            }
        }
        Argument::Constant(c) => match rest.len() {
            0..FEW => few(rest.iter().map(|&a| f(a, c))),
            _ => bits(rest, &[c; 64], f),
        },
    };
}

/// So few rows are packed one by one: bytes that were just written are slow to read as words.
const FEW: usize = 16;

#[inline(always)]
fn few(rows: impl Iterator<Item = bool>) -> u64 {
    rows.enumerate().fold(0, |word, (k, bit)| word | u64::from(bit) << k)
}

/// The bits of at most 64 rows.
#[inline(always)]
fn bits<T: Copy>(a: &[T], b: &[T], f: &impl Fn(T, T) -> bool) -> u64 {
    let mut bytes = [0u8; 64];
    for ((byte, &a), &b) in bytes.iter_mut().zip(a).zip(b) {
        *byte = f(a, b) as u8;
    }
    pack(&bytes)
}

/// Like [`map`] for an `f` that can fail: failed rows leave `validity`, and those that were valid
/// are reported.
#[inline]
pub(crate) fn try_map<T: Copy, R>(
    dst: &mut [R],
    validity: &mut [u64],
    failures: &mut Failures<'_>,
    a: &[T],
    b: Argument<'_, T>,
    f: impl Fn(T, T) -> (R, bool),
) {
    let mut word_of = |i: usize, valid: &mut u64, bytes: &[u8; 64], rows: usize| {
        let failed = pack(bytes) & *valid & tail(rows);
        *valid &= !failed;
        if failed != 0 {
            failures.word(i, failed);
        }
    };
    // No zip of chunks: where it is not inlined it divides by their size.
    let (mut dsts, mut firsts) = (dst.chunks_mut(64), a.chunks(64));
    match b {
        Argument::Vector(b) => {
            let mut seconds = b.chunks(64);
            for (i, valid) in validity.iter_mut().enumerate() {
                let (Some(dst), Some(a), Some(b)) = (dsts.next(), firsts.next(), seconds.next())
                else {
                    break;
                };
                let mut bytes = [0u8; 64];
                for (((d, &a), &b), byte) in dst.iter_mut().zip(a).zip(b).zip(&mut bytes) {
                    let (value, failed) = f(a, b);
                    *d = value;
                    *byte = failed as u8;
                }
                word_of(i, valid, &bytes, a.len());
            }
        }
        Argument::Constant(b) => {
            for (i, valid) in validity.iter_mut().enumerate() {
                let (Some(dst), Some(a)) = (dsts.next(), firsts.next()) else { break };
                let mut bytes = [0u8; 64];
                for ((d, &a), byte) in dst.iter_mut().zip(a).zip(&mut bytes) {
                    let (value, failed) = f(a, b);
                    *d = value;
                    *byte = failed as u8;
                }
                word_of(i, valid, &bytes, a.len());
            }
        }
    }
}

/// 64 bytes of 0 or 1 as bits. Eight at a time: the multiplication brings bit 0 of byte k to
/// bit 56 + k (Hacker's Delight 2nd ed., 7-3; "pack bytes to bits").
#[inline]
pub(crate) fn pack(bytes: &[u8; 64]) -> u64 {
    #[cfg(target_arch = "x86_64")]
    return {
        let quarters: [wide::i8x16; 4] = bytemuck::cast(*bytes);
        // The mask is made of the bytes' signs.
        let [a, b, c, d] = quarters.map(|q| u64::from(q.simd_gt(wide::i8x16::ZERO).to_bitmask()));
        a | b << 16 | c << 32 | d << 48
    };
    #[cfg(not(target_arch = "x86_64"))]
    pack_portably(bytes)
}

/// The same without SIMD.
#[cfg(any(test, not(target_arch = "x86_64")))]
#[inline]
fn pack_portably(bytes: &[u8; 64]) -> u64 {
    let mut word = 0;
    for (i, eight) in bytes.as_chunks::<8>().0.iter().enumerate() {
        let bits = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        word |= bits << (8 * i);
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pack_takes_byte_k_to_bit_k() {
        let mut x = 1u64;
        for _ in 0..1000 {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            let bytes = core::array::from_fn(|k| (x >> k & 1) as u8);
            assert_eq!(pack(&bytes), x);
            assert_eq!(pack_portably(&bytes), x);
        }
    }
}
