//! CAST. What does not fit the new type becomes NULL and is counted. A float goes to an integer
//! rounded to the nearest, halves to even (as DuckDB); texts are those of [`crate::fmt`].

use core::fmt;

use crate::arena::copy;
use crate::counters::Failure;
use crate::error::RunError;
use crate::fmt::{parse_cast, write_cast};
use crate::plan::op::{Instruction, cast_can_fail};
use crate::types::{DataType, Kind};

use super::element::{Element, for_number, try_map};
use super::failures::Failures;
use super::frame::{Vector, VectorMut, set_text};
use super::{Machine, register};

/// `dst` = `a` converted to the type of `dst`.
pub(super) fn cast(m: &mut Machine<'_, '_>, i: &Instruction) -> Result<(), RunError> {
    let rows = m.rows();
    let guard = m.guard;
    let (mut dst, others) = m.frame.split(i.dst)?;
    let a = others.get(register(i.a)?)?;
    // A guard matters only to what can fail; what can't may even write its mask.
    let guard = guard.filter(|_| cast_can_fail(a.data_type, dst.data_type));
    let mut failures = Failures::new(guard.map(|id| others.get(id)).transpose()?)?;
    dst.set_valid_as(&[a]);
    match (a.data_type.kind(), dst.data_type.kind()) {
        (Kind::Text, _) | (_, Kind::Text) => through_text(&mut dst, a, &mut failures, rows)?,
        (Kind::Bool, Kind::Bool) => {
            copy(dst.mask()?, a.mask()?)?;
        }
        (Kind::Bool, to) => for_number!(to, D => from_mask::<D>(&mut dst, a, rows))?,
        (from, Kind::Bool) => for_number!(from, S => to_mask::<S>(&mut dst, a, rows))?,
        (from, to) => for_number!(from, S => for_number!(to, D => {
            numbers(&mut dst, a, &mut failures, rows, <S as To<D>>::to)
        }))?,
    }
    let Failures { count, first, .. } = failures;
    m.report(Failure::Cast, count, first);
    Ok(())
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
    let zero = super::element::Argument::Constant(S::zeroed());
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
    for (word, values) in dst.mask()?.iter_mut().zip(a.of::<S>(rows)?.chunks(64)) {
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

/// Conversions with text on one side or both.
fn through_text(
    dst: &mut VectorMut<'_>,
    a: Vector<'_>,
    failures: &mut Failures<'_>,
    rows: usize,
) -> Result<(), RunError> {
    let to = dst.data_type;
    for row in 0..rows {
        if !a.is_valid(row) {
            continue;
        }
        let fits = match (a.data_type, to) {
            (DataType::Varchar(_), DataType::Varchar(n)) => put(slot(dst, row), n, a.text(row)),
            (DataType::Varchar(_), DataType::Boolean) => {
                let mut value = [0];
                let fits = parse_cast(to, a.text(row), &mut value).is_ok();
                set_bit(dst.mask()?, row, value != [0]);
                fits
            }
            (DataType::Varchar(_), _) => parse_cast(to, a.text(row), slot(dst, row)).is_ok(),
            (DataType::Boolean, _) => {
                let value = [bit(a.mask()?, row) as u8];
                print(a.data_type, &value, to, slot(dst, row))
            }
            (from, _) => {
                let size = from.size();
                let value = a.values.get(row * size..(row + 1) * size).unwrap_or(&[]);
                print(from, value, to, slot(dst, row))
            }
        };
        if !fits {
            failures.row(row);
            if let Some(validity) = &mut dst.validity {
                set_bit(validity, row, false);
            }
        }
    }
    Ok(())
}

/// The bytes of row `row`'s value.
fn slot<'a>(dst: &'a mut VectorMut<'_>, row: usize) -> &'a mut [u8] {
    let size = dst.data_type.size();
    dst.values.get_mut(row * size..(row + 1) * size).unwrap_or(&mut [])
}

/// Writes the text of a value into a `VARCHAR(n)`; false if it is longer than n.
fn print(from: DataType, value: &[u8], to: DataType, slot: &mut [u8]) -> bool {
    let DataType::Varchar(n) = to else { return false };
    let mut text = Buffer { bytes: [0; Buffer::LONGEST], len: 0 };
    let written = write_cast(&mut text, from, value).is_ok();
    written && put(slot, n, text.bytes.get(..text.len).unwrap_or(&[]))
}

/// Writes a text into a `VARCHAR(n)`; false if it is longer than n. (An odd n leaves room for a
/// byte more.)
fn put(slot: &mut [u8], n: u16, text: &[u8]) -> bool {
    text.len() <= n as usize && set_text(slot, text)
}

/// Room for the longest text of a value that is not text itself.
struct Buffer {
    bytes: [u8; Self::LONGEST],
    len: usize,
}

impl Buffer {
    /// Above the 26 characters of a timestamp and the 24 of a DOUBLE.
    const LONGEST: usize = 40;
}

impl fmt::Write for Buffer {
    fn write_str(&mut self, s: &str) -> fmt::Result {
        let end = self.len + s.len();
        self.bytes.get_mut(self.len..end).ok_or(fmt::Error)?.copy_from_slice(s.as_bytes());
        self.len = end;
        Ok(())
    }
}

fn bit(mask: &[u64], row: usize) -> bool {
    mask.get(row / 64).is_some_and(|w| w >> (row % 64) & 1 != 0)
}

fn set_bit(mask: &mut [u64], row: usize, value: bool) {
    if let Some(word) = mask.get_mut(row / 64) {
        *word = *word & !(1 << (row % 64)) | u64::from(value) << (row % 64);
    }
}
