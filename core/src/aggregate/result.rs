//! Writing results.

use bytemuck::Pod;

use crate::counters::{Counters, Failure};
use crate::error::RunError;
use crate::expr::frame::VectorMut;
use crate::expr::rows::TextWriter;

/// What a group's state comes to.
pub(super) enum Outcome<T> {
    /// A value.
    Value(T),
    /// NULL.
    Null,
    /// No value, which is counted.
    Failed(Failure),
}

impl<T> Outcome<T> {
    pub(super) fn of(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Value)
    }
}

/// Writes the results of slots, row by row.
pub(super) fn write<T: Pod + Default>(
    dst: &mut VectorMut<'_>,
    slots: &[u32],
    counters: &mut Counters,
    mut f: impl FnMut(u32) -> Result<Outcome<T>, RunError>,
) -> Result<(), RunError> {
    dst.set_all_valid(true);
    for (row, &slot) in slots.iter().enumerate() {
        let value = match f(slot)? {
            Outcome::Value(value) => Some(value),
            Outcome::Null => None,
            Outcome::Failed(failure) => {
                counters.add(failure, 1);
                None
            }
        };
        *dst.of::<T>(slots.len())?.get_mut(row).ok_or(RunError::Internal)? =
            value.unwrap_or_default();
        if value.is_none() {
            dst.set_null(row);
        }
    }
    Ok(())
}

/// Writes texts. One that does not fit is NULL and counted.
pub(super) fn write_texts(
    dst: &mut VectorMut<'_>,
    slots: &[u32],
    counters: &mut Counters,
    mut f: impl FnMut(u32, &mut TextWriter<'_>) -> Result<Outcome<()>, RunError>,
) -> Result<(), RunError> {
    dst.set_all_valid(true);
    let stride = dst.data_type.size().max(2);
    let most = usize::from(dst.data_type.text_capacity().ok_or(RunError::Internal)?);
    for (row, &slot) in slots.iter().enumerate() {
        let field = dst.values.chunks_exact_mut(stride).nth(row).ok_or(RunError::Internal)?;
        let (length, bytes) = field.split_first_chunk_mut::<2>().ok_or(RunError::Internal)?;
        bytes.fill(0);
        *length = [0, 0];
        let mut out = TextWriter::new(bytes.get_mut(..most).ok_or(RunError::Internal)?);
        let failure = match f(slot, &mut out)? {
            Outcome::Value(()) if out.is_full() => Some(Failure::Text),
            Outcome::Value(()) => {
                *length = (out.written().len() as u16).to_le_bytes();
                continue;
            }
            Outcome::Null => None,
            Outcome::Failed(failure) => Some(failure),
        };
        out.written().fill(0);
        if let Some(failure) = failure {
            counters.add(failure, 1);
        }
        dst.set_null(row);
    }
    Ok(())
}
