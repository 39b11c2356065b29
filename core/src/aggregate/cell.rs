//! Values of any type as bytes: as a register holds them, a BOOLEAN as a byte.

use core::cmp::Ordering;

use crate::error::RunError;
use crate::expr::compare::Ordered;
use crate::expr::frame::{Vector, VectorMut, bit, set_text, text_bytes};
use crate::types::{DataType, Kind, Span, Uuid16, Wide};

/// The bytes of a row's value.
#[inline]
pub(super) fn of<'a>(vector: &Vector<'a>, row: usize) -> Result<&'a [u8], RunError> {
    if vector.data_type == DataType::Boolean {
        return Ok(if bit(vector.mask()?, row) { &[1] } else { &[0] });
    }
    let width = vector.stride();
    vector.values.get(super::arrays::place(row, width)).ok_or(RunError::Internal)
}

/// Puts a value's bytes to the start of `place`.
#[inline]
pub(super) fn put(place: &mut [u8], value: &[u8]) -> Result<(), RunError> {
    let place = place.get_mut(..value.len()).ok_or(RunError::Internal)?;
    crate::arena::copy(place, value)
}

/// The order of comparisons.
#[inline]
pub(super) fn compare(kind: Kind, a: &[u8], b: &[u8]) -> Ordering {
    fn numbers<const N: usize, T: Ordered>(a: &[u8], b: &[u8], of: fn([u8; N]) -> T) -> Ordering {
        let read = |bytes: &[u8]| of(bytes.first_chunk().copied().unwrap_or([0; N]));
        let (a, b) = (read(a), read(b));
        match () {
            () if a.below(b) => Ordering::Less,
            () if b.below(a) => Ordering::Greater,
            () => Ordering::Equal,
        }
    }
    match kind {
        Kind::Bool => a.first().cmp(&b.first()),
        Kind::Text => text_bytes(a).cmp(text_bytes(b)),
        Kind::I8 => numbers(a, b, i8::from_le_bytes),
        Kind::I16 => numbers(a, b, i16::from_le_bytes),
        Kind::I32 => numbers(a, b, i32::from_le_bytes),
        Kind::I64 => numbers(a, b, i64::from_le_bytes),
        Kind::U8 => numbers(a, b, u8::from_le_bytes),
        Kind::U16 => numbers(a, b, u16::from_le_bytes),
        Kind::U32 => numbers(a, b, u32::from_le_bytes),
        Kind::U64 => numbers(a, b, u64::from_le_bytes),
        Kind::F32 => numbers(a, b, f32::from_le_bytes),
        Kind::F64 => numbers(a, b, f64::from_le_bytes),
        Kind::I128 => numbers(a, b, Wide::from_le_bytes),
        Kind::Interval => numbers(a, b, Span::from_le_bytes),
        Kind::Uuid => numbers(a, b, Uuid16::from_le_bytes),
    }
}

/// Writes a value into a row of a register of its type.
pub(super) fn write(dst: &mut VectorMut<'_>, row: usize, value: &[u8]) -> Result<(), RunError> {
    if dst.data_type == DataType::Boolean {
        let word = dst.mask()?.get_mut(row / 64).ok_or(RunError::Internal)?;
        let bit = 1 << (row % 64);
        *word = if value.first() == Some(&1) { *word | bit } else { *word & !bit };
        return Ok(());
    }
    let width = dst.data_type.size();
    let place = dst.values.get_mut(super::arrays::place(row, width)).ok_or(RunError::Internal)?;
    match dst.data_type.kind() {
        Kind::Text => {
            set_text(place, text_bytes(value));
            Ok(())
        }
        _ => crate::arena::copy(place, value.get(..width).ok_or(RunError::Internal)?),
    }
}

/// The 8 bytes or fewer of a whole number, or a DECIMAL's digits, as i128; 0 of other kinds.
pub(super) fn whole(kind: Kind, value: &[u8]) -> i128 {
    fn read<const N: usize>(bytes: &[u8]) -> [u8; N] {
        bytes.first_chunk().copied().unwrap_or([0; N])
    }
    match kind {
        Kind::Bool | Kind::U8 => u8::from_le_bytes(read(value)).into(),
        Kind::I8 => i8::from_le_bytes(read(value)).into(),
        Kind::I16 => i16::from_le_bytes(read(value)).into(),
        Kind::I32 => i32::from_le_bytes(read(value)).into(),
        Kind::I64 => i64::from_le_bytes(read(value)).into(),
        Kind::U16 => u16::from_le_bytes(read(value)).into(),
        Kind::U32 => u32::from_le_bytes(read(value)).into(),
        Kind::U64 => u64::from_le_bytes(read(value)).into(),
        Kind::I128 => i128::from_le_bytes(read(value)),
        _ => 0,
    }
}

/// A number as DOUBLE; that of a DECIMAL without its point.
pub(super) fn float(kind: Kind, value: &[u8]) -> f64 {
    match (kind, value.first_chunk(), value.first_chunk()) {
        (Kind::F32, Some(bytes), _) => f32::from_le_bytes(*bytes).into(),
        (Kind::F64, _, Some(bytes)) => f64::from_le_bytes(*bytes),
        _ => whole(kind, value) as f64,
    }
}

/// Writes a DOUBLE into a row of a register of numbers: rounded (halves to even) where those are
/// whole, and kept in the type's range.
pub(super) fn write_float(dst: &mut VectorMut<'_>, row: usize, value: f64) -> Result<(), RunError> {
    let whole = libm::rint(value);
    match dst.data_type.kind() {
        Kind::F64 => write(dst, row, &value.to_le_bytes()),
        Kind::F32 => write(dst, row, &(value as f32).to_le_bytes()),
        Kind::I8 => write(dst, row, &(whole as i8).to_le_bytes()),
        Kind::I16 => write(dst, row, &(whole as i16).to_le_bytes()),
        Kind::I32 => write(dst, row, &(whole as i32).to_le_bytes()),
        Kind::I64 => write(dst, row, &(whole as i64).to_le_bytes()),
        Kind::U8 => write(dst, row, &(whole as u8).to_le_bytes()),
        Kind::U16 => write(dst, row, &(whole as u16).to_le_bytes()),
        Kind::U32 => write(dst, row, &(whole as u32).to_le_bytes()),
        Kind::U64 => write(dst, row, &(whole as u64).to_le_bytes()),
        Kind::I128 => write(dst, row, &(whole as i128).to_le_bytes()),
        _ => Err(RunError::Internal),
    }
}
