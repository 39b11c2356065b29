//! Writing registers as records, straight into the sink's memory.

use crate::arena::clear;
use crate::error::RunError;
use crate::expr::frame::{Frame, Vector, bit};
use crate::plan::op::RegisterId;
use crate::plan::uses::Uses;
use crate::schema::{Field, Layout};
use crate::types::{Kind, Wide};

/// Writes `rows` records to `room`. Every byte of them is set: padding is zero, and so is the
/// value of a NULL; all NaNs are one.
pub(crate) fn emit<U: Uses>(
    frame: &Frame<'_, U>,
    fields: &[Field],
    layout: Layout,
    columns: &[RegisterId],
    rows: usize,
    room: &mut [u8],
) -> Result<(), RunError> {
    let size = layout.record_size.max(1);
    let room = room.get_mut(..rows * size).ok_or(RunError::Internal)?;
    clear(room);
    for (index, (field, id)) in fields.iter().zip(columns).enumerate() {
        let offset = field.offset as usize;
        if const { U::SET.fast }
            && rows == 1
            && layout.validity.is_none()
            && value(frame, *id, field, room).is_some()
        {
            continue;
        }
        let column = frame.get(*id)?;
        values::<U>(&column, offset, rows, size, room)?;
        if const { U::SET.nulls }
            && let Some(bitmap) = layout.validity
        {
            validity(&column, bitmap + index / 8, index % 8, size, room);
        }
    }
    Ok(())
}

/// Writes the value of the one row, if it is a number that can't be NULL.
fn value<U: Uses>(
    frame: &Frame<'_, U>,
    id: RegisterId,
    field: &Field,
    room: &mut [u8],
) -> Option<()> {
    let place = room.get_mut(field.offset as usize..)?;
    match field.data_type.kind() {
        Kind::Bool | Kind::Text => return None,
        Kind::F32 => *place.first_chunk_mut()? = real(frame.first(id)?).to_le_bytes(),
        Kind::F64 => *place.first_chunk_mut()? = double(frame.first(id)?).to_le_bytes(),
        kind => match kind.size() {
            1 => *place.first_chunk_mut()? = frame.first::<u8>(id)?.to_le_bytes(),
            2 => *place.first_chunk_mut()? = frame.first::<u16>(id)?.to_le_bytes(),
            4 => *place.first_chunk_mut()? = frame.first::<u32>(id)?.to_le_bytes(),
            8 => *place.first_chunk_mut()? = frame.first::<u64>(id)?.to_le_bytes(),
            _ => return None,
        },
    }
    Some(())
}

// Which NaN an operation makes depends on the machine, and on whether its loop is vectorised.

fn real(value: f32) -> f32 {
    if value.is_nan() { f32::NAN } else { value }
}

fn double(value: f64) -> f64 {
    if value.is_nan() { f64::NAN } else { value }
}

fn values<U: Uses>(
    column: &Vector<'_>,
    offset: usize,
    rows: usize,
    size: usize,
    room: &mut [u8],
) -> Result<(), RunError> {
    macro_rules! numbers {
        ($t:ty) => {
            numbers!($t, |v: $t| v)
        };
        ($t:ty, $written:expr) => {{
            let written: fn($t) -> $t = $written;
            let values = column.of::<$t>(rows)?;
            if const { !U::SET.nulls } || const { U::SET.fast } && column.validity.is_none() {
                for (record, value) in room.chunks_exact_mut(size).zip(values) {
                    if let Some(slot) = record.get_mut(offset..offset + size_of::<$t>()) {
                        slot.copy_from_slice(&written(*value).to_le_bytes());
                    }
                }
            } else {
                for (row, (record, value)) in room.chunks_exact_mut(size).zip(values).enumerate() {
                    let value =
                        if column.is_valid(row) { written(*value) } else { <$t>::default() };
                    if let Some(slot) = record.get_mut(offset..offset + size_of::<$t>()) {
                        slot.copy_from_slice(&value.to_le_bytes());
                    }
                }
            }
        }};
    }
    match column.data_type.kind() {
        Kind::Bool if const { U::SET.emitted.has(Kind::Bool) } => {
            let mask = column.mask()?;
            for (row, record) in room.chunks_exact_mut(size).enumerate() {
                if let Some(slot) = record.get_mut(offset) {
                    *slot = (bit(mask, row) & column.is_valid(row)) as u8;
                }
            }
        }
        Kind::Text if const { U::SET.emitted.has(Kind::Text) } => {
            for (row, record) in room.chunks_exact_mut(size).enumerate() {
                let text = if column.is_valid(row) { column.text(row) } else { &[] };
                let slot = record.get_mut(offset..).and_then(|r| r.get_mut(..text.len() + 2));
                if let Some((length, bytes)) = slot.and_then(|s| s.split_first_chunk_mut::<2>()) {
                    *length = (text.len() as u16).to_le_bytes();
                    bytes.copy_from_slice(text);
                }
            }
        }
        Kind::F32 if const { U::SET.emitted.has(Kind::F32) } => numbers!(f32, real),
        Kind::F64 if const { U::SET.emitted.has(Kind::F64) } => numbers!(f64, double),
        kind => match kind.size() {
            1 if const { U::SET.emitted.has_plain_size(1) } => numbers!(u8),
            2 if const { U::SET.emitted.has_plain_size(2) } => numbers!(u16),
            4 if const { U::SET.emitted.has_plain_size(4) } => numbers!(u32),
            8 if const { U::SET.emitted.has_plain_size(8) } => numbers!(u64),
            16 if const { U::SET.emitted.has_plain_size(16) } => numbers!(Wide),
            _ => return Err(RunError::Internal),
        },
    }
    Ok(())
}

fn validity(column: &Vector<'_>, byte: usize, bit: usize, size: usize, room: &mut [u8]) {
    for (row, record) in room.chunks_exact_mut(size).enumerate() {
        if let Some(slot) = record.get_mut(byte) {
            *slot |= (column.is_valid(row) as u8) << bit;
        }
    }
}
