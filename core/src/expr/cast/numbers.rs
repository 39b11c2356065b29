//! Integers, floats and BOOLEAN. A float goes to an integer rounded to the nearest, halves to even (as
//! DuckDB).

use super::super::element::{Argument, Element, for_number, try_map};
use super::super::failures::Failures;
use super::super::frame::{Vector, VectorMut, bit};
use crate::arena::copy;
use crate::error::RunError;
use crate::plan::uses::Uses;
use crate::types::Kind;

/// Converts rows between these types; those that do not fit become NULL.
pub(super) fn convert<U: Uses>(
    dst: &mut VectorMut<'_>,
    a: Vector<'_>,
    failures: &mut Failures<'_>,
    rows: usize,
) -> Result<(), RunError> {
    match (a.data_type.kind(), dst.data_type.kind()) {
        (Kind::Bool, Kind::Bool) => copy(dst.mask()?, a.mask()?),
        (Kind::Bool, to) => for_number!(in U::SET.casts.to(Kind::Bool), to, D => {
            from_mask::<D>(dst, a, rows)
        }),
        (from, Kind::Bool) => for_number!(in U::SET.casts.from(), from, S => {
            to_mask::<S>(dst, a, rows)
        }),
        (from, to) => for_number!(in U::SET.casts.from(), from, S => {
            for_number!(in U::SET.casts.to(S::KIND), to, D => {
                numbers(dst, a, failures, rows, <S as To<D>>::to)
            })
        }),
    }
}

/// Converts numbers; a register that can't be NULL is one that every value fits.
#[inline]
fn numbers<S: Element, D: Element>(
    dst: &mut VectorMut<'_>,
    a: Vector<'_>,
    failures: &mut Failures<'_>,
    rows: usize,
    convert: impl Fn(S) -> (D, bool),
) -> Result<(), RunError> {
    let values = a.of::<S>(rows)?;
    if dst.validity.is_none() {
        for (d, &v) in dst.of::<D>(rows)?.iter_mut().zip(values) {
            *d = convert(v).0;
        }
        return Ok(());
    }
    let (dst, validity) = dst.parts::<D>(rows)?;
    let zero = Argument::Constant(S::zeroed());
    try_map(dst, validity, failures, values, zero, |v, _| convert(v));
    Ok(())
}

fn from_mask<D: Element>(
    dst: &mut VectorMut<'_>,
    a: Vector<'_>,
    rows: usize,
) -> Result<(), RunError>
where
    u8: To<D>,
{
    let mask = a.mask()?;
    for (d, row) in dst.of::<D>(rows)?.iter_mut().zip(0..) {
        *d = u8::to(bit(mask, row) as u8).0;
    }
    Ok(())
}

/// Every number but 0 is true, NaN too (as in DuckDB).
fn to_mask<S: Element>(
    dst: &mut VectorMut<'_>,
    a: Vector<'_>,
    rows: usize,
) -> Result<(), RunError> {
    // No zip of chunks: where it is not inlined it divides by their size.
    let mut chunks = a.of::<S>(rows)?.chunks(64);
    for word in dst.mask()? {
        let Some(values) = chunks.next() else { break };
        let bits = values.iter().enumerate();
        *word = bits.fold(0, |w, (k, v)| w | u64::from(*v != S::zeroed()) << k);
    }
    Ok(())
}

/// A number as another type: the value, and whether it did not fit.
trait To<D> {
    fn to(self) -> (D, bool);
}

macro_rules! to_integer {
    ($($s:ty => $($d:ty),*;)*) => {$($(
        impl To<$d> for $s {
            #[inline]
            fn to(self) -> ($d, bool) {
                (self as $d, <$d>::try_from(self).is_err())
            }
        }
    )*)*};
}
to_integer! {
    i8 => i8, i16, i32, i64, u8, u16, u32, u64;
    i16 => i8, i16, i32, i64, u8, u16, u32, u64;
    i32 => i8, i16, i32, i64, u8, u16, u32, u64;
    i64 => i8, i16, i32, i64, u8, u16, u32, u64;
    u8 => i8, i16, i32, i64, u8, u16, u32, u64;
    u16 => i8, i16, i32, i64, u8, u16, u32, u64;
    u32 => i8, i16, i32, i64, u8, u16, u32, u64;
    u64 => i8, i16, i32, i64, u8, u16, u32, u64;
}

macro_rules! to_float {
    ($($s:ty),*) => {$(
        impl To<f32> for $s {
            #[inline]
            fn to(self) -> (f32, bool) {
                (self as f32, false)
            }
        }
        impl To<f64> for $s {
            #[inline]
            fn to(self) -> (f64, bool) {
                (self as f64, false)
            }
        }
    )*};
}
to_float!(i8, i16, i32, i64, u8, u16, u32, u64, f32);

impl To<f64> for f64 {
    fn to(self) -> (f64, bool) {
        (self, false)
    }
}

impl To<f32> for f64 {
    #[inline]
    fn to(self) -> (f32, bool) {
        let narrow = self as f32;
        (narrow, narrow.is_infinite() && self.is_finite())
    }
}

macro_rules! float_to_integer {
    ($s:ty, $rint:path: $($d:ty),*) => {$(
        impl To<$d> for $s {
            #[inline]
            fn to(self) -> ($d, bool) {
                let rounded = $rint(self);
                // MIN is a power of two or 0, so it and -MIN (or 2^bits) are exact as floats.
                let low = <$d>::MIN as $s;
                let high = (<$d>::MAX / 2 + 1) as $s * 2.0;
                (rounded as $d, !(rounded >= low && rounded < high))
            }
        }
    )*};
}
float_to_integer!(f32, libm::rintf: i8, i16, i32, i64, u8, u16, u32, u64);
float_to_integer!(f64, libm::rint: i8, i16, i32, i64, u8, u16, u32, u64);
