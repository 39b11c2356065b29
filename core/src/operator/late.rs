//! The late output: late records as they came.

use crate::batch::Batch;
use crate::error::RunError;
use crate::plan::Plan;
use crate::plan::op::StreamId;

/// Writes the rows of `batch` as records of the stream, and returns how many.
pub(super) fn write(
    plan: &Plan<'_>,
    batch: &Batch<'_>,
    rows: impl Iterator<Item = usize>,
    room: &mut [u8],
) -> Result<usize, RunError> {
    let schema = plan.input(StreamId(0));
    let layout = schema.layout();
    let mut written = 0;
    for (row, record) in rows.zip(room.chunks_exact_mut(layout.record_size.max(1))) {
        record.fill(0);
        for (index, field) in schema.fields.iter().enumerate() {
            let (offset, size) = (field.offset as usize, field.data_type.size());
            let bitmap = layout.validity.filter(|_| field.nullable);
            let column = batch.column(index, offset, size, bitmap).ok_or(RunError::Internal)?;
            let value = column.slice(row, size).ok_or(RunError::Internal)?;
            crate::arena::copy(
                record.get_mut(offset..offset + size).ok_or(RunError::Internal)?,
                value,
            )?;
            if let Some(at) = layout.validity
                && column.is_valid(row)
                && let Some(byte) = record.get_mut(at + index / 8)
            {
                *byte |= 1 << (index % 8);
            }
        }
        written += 1;
    }
    Ok(written)
}
