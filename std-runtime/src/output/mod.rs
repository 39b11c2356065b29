//! Writers: records in, bytes of a file or pipe out.

mod ndjson;
mod table;
mod text;

use std::io::{self, BufWriter, Write};

use crate::input::OwnedSchema;

/// Takes result records from a pipeline.
///
/// What it was given it may keep back until [`Writer::idle`], [`Writer::flush`] or
/// [`Writer::finish`]; it writes whole rows only.
pub trait Writer: Send {
    /// Takes whole records.
    ///
    /// # Errors
    /// Those of the output.
    fn write(&mut self, records: &[u8]) -> io::Result<()>;

    /// No more records are at hand just now: what a reader at the other end waits for goes out.
    ///
    /// # Errors
    /// Those of the output.
    fn idle(&mut self) -> io::Result<()> {
        self.flush()
    }

    /// Writes what was kept back.
    ///
    /// # Errors
    /// Those of the output.
    fn flush(&mut self) -> io::Result<()>;

    /// The result is complete: writes what was kept back and, if there was no row, the header.
    ///
    /// # Errors
    /// Those of the output.
    fn finish(&mut self) -> io::Result<()>;
}

/// How result rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A table for reading, in pages of up to 1,000 rows.
    Table,
    /// A header row and comma-separated values; see [`ringql_core::fmt`].
    Csv,
    /// One JSON object per row. NULL is `null`; a float that is no number is the string `"nan"`,
    /// `"inf"` or `"-inf"`, which the reader takes back.
    Ndjson,
    /// Raw records, as [`ringql_core::record`] lays them out.
    Rqlr,
}

/// Where bytes go.
pub type Bytes = Box<dyn Write + Send>;

/// A writer of `schema`'s records to `bytes`.
///
/// ```
/// use ringql_core::schema::{Field, Schema, Text};
/// use ringql_core::types::DataType;
/// use ringql_runtime::output::{Format, writer};
///
/// let name = Text { offset: 0, len: 1 };
/// let fields = [Field { name, data_type: DataType::SmallInt, nullable: false, offset: 0 }];
/// let schema = Schema { fields: &fields, texts: "v" };
/// let mut writer = writer(Format::Csv, Box::new(std::io::stdout()), schema.into());
/// writer.write(&[1, 0, 2, 0]).unwrap();
/// writer.finish().unwrap(); // v, 1, 2
/// ```
#[must_use]
pub fn writer(format: Format, bytes: Bytes, schema: OwnedSchema) -> Box<dyn Writer> {
    match format {
        Format::Table => Box::new(table::Table::new(bytes, schema)),
        Format::Csv => Box::new(text::Rows::new(text::Csv, bytes, schema)),
        Format::Ndjson => Box::new(text::Rows::new(ndjson::Ndjson::new(&schema), bytes, schema)),
        Format::Rqlr => Box::new(Rqlr(BufWriter::with_capacity(64 * 1024, bytes))),
    }
}

/// Raw records.
struct Rqlr(BufWriter<Bytes>);

impl Writer for Rqlr {
    fn write(&mut self, records: &[u8]) -> io::Result<()> {
        self.0.write_all(records)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.flush()
    }
}

/// A record that does not fit the schema: a plan whose tables lie, which `verify` refuses.
fn misfit(_: std::fmt::Error) -> io::Error {
    io::Error::other("a result record does not fit its schema")
}

#[cfg(test)]
mod tests;
