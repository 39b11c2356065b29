//! Raw records in (`.rqlr`): the bytes as [`ringql_core::record`] lays them out, one after another,
//! with nothing before, between or after.

use ringql_core::record::RecordRef;
use ringql_core::types::DataType;

use super::{Bytes, InputError, OnBadRow, OwnedSchema, Place, Reader, read_some};

/// A reader of raw records.
pub(super) struct Rqlr {
    file: String,
    input: Bytes,
    schema: OwnedSchema,
    record_size: usize,
    /// Whether any bytes can be no value of their type.
    checked: bool,
    on_bad_row: OnBadRow,
    /// The start of a record whose rest has not come yet.
    rest: Vec<u8>,
    /// Records read, good and bad.
    records: u64,
    skipped: u64,
    failed: Option<InputError>,
}

impl Rqlr {
    pub(super) fn new(file: &str, input: Bytes, schema: OwnedSchema, on_bad_row: OnBadRow) -> Self {
        let fields = schema.schema().fields;
        // Of other types all bytes are values.
        let checked = fields.iter().any(|f| {
            matches!(
                f.data_type,
                DataType::Boolean
                    | DataType::Varchar(_)
                    | DataType::Char(_)
                    | DataType::Varbinary(_)
                    | DataType::Decimal(..)
                    | DataType::Time
            )
        });
        let record_size = schema.schema().layout().record_size;
        Self {
            file: file.to_owned(),
            input,
            schema,
            record_size,
            checked,
            on_bad_row,
            rest: Vec::new(),
            records: 0,
            skipped: 0,
            failed: None,
        }
    }

    /// Fills `room` with at least one whole record, unless the input ends; the number of bytes.
    fn fill(&mut self, room: &mut [u8]) -> Result<usize, InputError> {
        let (start, free) = room.split_at_mut(self.rest.len());
        start.copy_from_slice(&self.rest);
        let mut filled = start.len();
        let mut read = 0;
        while filled < self.record_size {
            let n = read_some(&mut self.input, &mut free[read..])
                .map_err(|e| InputError::io(&self.file, e))?;
            if n == 0 {
                break;
            }
            read += n;
            filled += n;
        }
        let cut = filled % self.record_size;
        self.rest.clear();
        self.rest.extend_from_slice(&room[filled - cut..filled]);
        Ok(filled - cut)
    }

    /// Checks the records in `room`; the bad ones are an error, or taken out. The number left.
    fn check(&mut self, room: &mut [u8]) -> Result<usize, InputError> {
        let schema = self.schema.schema();
        let mut kept = 0;
        for row in 0..room.len() / self.record_size {
            let at = row * self.record_size;
            let bad = RecordRef::new(schema, &room[at..at + self.record_size])
                .and_then(|record| record.check().err());
            match bad {
                None => {
                    if kept < row {
                        room.copy_within(at..at + self.record_size, kept * self.record_size);
                    }
                    kept += 1;
                }
                Some(_) if self.on_bad_row == OnBadRow::Skip => self.skipped += 1,
                Some((column, e)) => {
                    let field = schema.fields[column];
                    let what =
                        format!("column \"{}\" ({}) {e}", schema.name(column), field.data_type);
                    let place = Place::Record(self.records + row as u64 + 1);
                    let error = InputError::bad(&self.file, place, what);
                    if kept == 0 {
                        return Err(error);
                    }
                    self.failed = Some(error);
                    break;
                }
            }
        }
        Ok(kept)
    }
}

impl Reader for Rqlr {
    fn read(&mut self, room: &mut [u8]) -> Result<usize, InputError> {
        if room.len() < self.record_size {
            return Ok(0);
        }
        loop {
            if let Some(e) = self.failed.take() {
                return Err(e);
            }
            let bytes = self.fill(room)?;
            if bytes == 0 {
                if self.rest.is_empty() {
                    return Ok(0);
                }
                let place = Place::Record(self.records + 1);
                let what = format!(
                    "is cut: the file ends after {} of its {} bytes",
                    self.rest.len(),
                    self.record_size
                );
                self.rest.clear();
                if self.on_bad_row == OnBadRow::Skip {
                    self.skipped += 1;
                    return Ok(0);
                }
                return Err(InputError::bad(&self.file, place, what));
            }
            let rows = bytes / self.record_size;
            let kept = if self.checked { self.check(&mut room[..bytes])? } else { rows };
            self.records += rows as u64;
            if kept > 0 {
                return Ok(kept);
            }
        }
    }

    fn skipped(&self) -> u64 {
        self.skipped
    }
}

#[cfg(test)]
#[path = "rqlr_tests.rs"]
mod tests;
