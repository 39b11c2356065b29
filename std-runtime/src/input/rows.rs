//! What the readers of rows of text share: filling room with records, and bad rows.

use ringql_core::record::RecordMut;
use ringql_core::schema::Schema;

use super::{InputError, OnBadRow, OwnedSchema, Reader};

/// A format whose rows come one at a time.
pub(super) trait RowFormat: Send {
    /// Whether the next row is there without waiting.
    fn at_hand(&mut self) -> bool;

    /// Reads the next row into `record`, which is all NULL and zero; false at the end of the input.
    /// After an error about one row, the next call reads the row after it.
    fn next(&mut self, schema: Schema<'_>, record: &mut RecordMut<'_>) -> Result<bool, InputError>;
}

/// A [`Reader`] of such a format.
pub(super) struct Rows<F> {
    format: F,
    schema: OwnedSchema,
    record_size: usize,
    on_bad_row: OnBadRow,
    skipped: u64,
    /// An error that came after rows which were given first.
    failed: Option<InputError>,
}

impl<F: RowFormat> Rows<F> {
    pub(super) fn new(format: F, schema: OwnedSchema, on_bad_row: OnBadRow) -> Self {
        let record_size = schema.schema().layout().record_size;
        Self { format, schema, record_size, on_bad_row, skipped: 0, failed: None }
    }
}

impl<F: RowFormat> Reader for Rows<F> {
    fn read(&mut self, room: &mut [u8]) -> Result<usize, InputError> {
        if let Some(e) = self.failed.take() {
            return Err(e);
        }
        let schema = self.schema.schema();
        let mut rows = 0;
        let mut slots = room.chunks_exact_mut(self.record_size.max(1));
        let mut slot = slots.next();
        while let Some(bytes) = slot.as_deref_mut() {
            if rows > 0 && !self.format.at_hand() {
                break;
            }
            let Some(mut record) = RecordMut::new(schema, bytes) else { break };
            match self.format.next(schema, &mut record) {
                Ok(true) => {
                    rows += 1;
                    slot = slots.next();
                }
                Ok(false) => break,
                Err(e) if self.on_bad_row == OnBadRow::Skip && e.is_one_row() => self.skipped += 1,
                Err(e) if rows > 0 => {
                    self.failed = Some(e);
                    break;
                }
                Err(e) => return Err(e),
            }
        }
        Ok(rows)
    }

    fn skipped(&self) -> u64 {
        self.skipped
    }
}
