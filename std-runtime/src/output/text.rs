//! Rows as lines of text.

use std::fmt;
use std::io;

use ringql_core::fmt::{write_csv_header, write_csv_row};
use ringql_core::schema::Schema;

use super::{Bytes, Writer, misfit};
use crate::input::OwnedSchema;

/// Text that is kept back at most.
const BUFFER: usize = 64 * 1024;

/// A form of rows as text.
pub(super) trait RowText: Send {
    /// Writes what stands before the rows.
    fn header(&self, out: &mut String, schema: Schema<'_>) -> fmt::Result;
    /// Writes one record.
    fn row(&self, out: &mut String, schema: Schema<'_>, record: &[u8]) -> fmt::Result;
}

/// A [`Writer`] of such a form.
pub(super) struct Rows<F> {
    form: F,
    out: Bytes,
    schema: OwnedSchema,
    record_size: usize,
    buffer: String,
    has_header: bool,
}

impl<F: RowText> Rows<F> {
    pub(super) fn new(form: F, out: Bytes, schema: OwnedSchema) -> Self {
        let record_size = schema.schema().layout().record_size.max(1);
        Self { form, out, schema, record_size, buffer: String::new(), has_header: false }
    }

    fn header(&mut self) -> io::Result<()> {
        if !self.has_header {
            self.has_header = true;
            self.form.header(&mut self.buffer, self.schema.schema()).map_err(misfit)?;
        }
        Ok(())
    }
}

impl<F: RowText> Writer for Rows<F> {
    fn write(&mut self, records: &[u8]) -> io::Result<()> {
        self.header()?;
        for record in records.chunks_exact(self.record_size) {
            self.form.row(&mut self.buffer, self.schema.schema(), record).map_err(misfit)?;
            if self.buffer.len() >= BUFFER {
                self.out.write_all(self.buffer.as_bytes())?;
                self.buffer.clear();
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.buffer.is_empty() {
            self.out.write_all(self.buffer.as_bytes())?;
            self.buffer.clear();
        }
        self.out.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.header()?;
        self.flush()
    }
}

/// CSV, exactly as core writes it.
pub(super) struct Csv;

impl RowText for Csv {
    fn header(&self, out: &mut String, schema: Schema<'_>) -> fmt::Result {
        write_csv_header(out, schema)
    }

    fn row(&self, out: &mut String, schema: Schema<'_>, record: &[u8]) -> fmt::Result {
        write_csv_row(out, schema, record)
    }
}
