//! Readers: bytes of a file or pipe in, records out.

mod csv;
mod error;
mod lines;
mod ndjson;
mod rows;
mod rqlr;
mod split;
#[cfg(test)]
pub(crate) mod testing;
mod value;
mod warn;

use std::io::{self, Read};
use std::str::FromStr;

use ringql_core::schema::{Field, Schema};

pub use error::{InputError, Place};
pub use value::EpochUnit;
pub use warn::Warn;

/// Gives records to a pipeline.
pub trait Reader: Send {
    /// Fills `room` with whole records, oldest first, and says how many; 0 is the end of the input.
    ///
    /// It waits for the first record and not for more: what a pipe has not delivered yet can come
    /// at the next call.
    ///
    /// # Errors
    /// After the records before the error were given: what is wrong, and where.
    fn read(&mut self, room: &mut [u8]) -> Result<usize, InputError>;

    /// Rows left out because they were bad ([`OnBadRow::Skip`]).
    fn skipped(&self) -> u64;
}

/// A schema that owns its tables, for a reader that lives in a thread of its own.
///
/// ```
/// use ringql_core::schema::{Field, Schema, Text};
/// use ringql_core::types::DataType;
/// use ringql_runtime::input::OwnedSchema;
/// let name = Text { offset: 0, len: 2 };
/// let fields = [Field { name, data_type: DataType::Real, nullable: true, offset: 0 }];
/// let owned = OwnedSchema::from(Schema { fields: &fields, texts: "ts" });
/// assert_eq!(owned.schema().name(0), "ts");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnedSchema {
    fields: Vec<Field>,
    texts: String,
}

impl OwnedSchema {
    /// The schema.
    #[must_use]
    pub fn schema(&self) -> Schema<'_> {
        Schema { fields: &self.fields, texts: &self.texts }
    }
}

impl From<Schema<'_>> for OwnedSchema {
    fn from(schema: Schema<'_>) -> Self {
        Self { fields: schema.fields.to_vec(), texts: schema.texts.to_owned() }
    }
}

/// How an input's rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A header row and comma-separated values (RFC 4180).
    Csv,
    /// One JSON object per line.
    Ndjson,
    /// Raw records, one after another, as [`ringql_core::record`] lays them out.
    Rqlr,
}

impl Format {
    /// The format that a file name's extension stands for. NDJSON files are often called `.jsonl`.
    #[must_use]
    pub fn of_path(path: &std::path::Path) -> Option<Self> {
        match path.extension()?.to_str()? {
            jsonl if jsonl.eq_ignore_ascii_case("jsonl") => Some(Self::Ndjson),
            name => name.parse().ok(),
        }
    }
}

impl FromStr for Format {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text.to_ascii_lowercase().as_str() {
            "csv" => Ok(Self::Csv),
            "ndjson" => Ok(Self::Ndjson),
            "rqlr" => Ok(Self::Rqlr),
            _ => Err(()),
        }
    }
}

/// What to do with a row that is not one of the stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnBadRow {
    /// Stop with an error that names it.
    #[default]
    Error,
    /// Leave it out and count it.
    Skip,
}

/// How to read an input.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// What integers in TIMESTAMP columns count.
    pub epoch_unit: EpochUnit,
    /// What happens to a bad row.
    pub on_bad_row: OnBadRow,
    /// Who hears what is odd about an input that can be read all the same.
    pub warn: Warn,
}

/// Where bytes come from.
pub type Bytes = Box<dyn Read + Send>;

/// A reader of `schema`'s records from `bytes`; `file` is its name in messages.
///
/// ```
/// use ringql_core::schema::{Field, Schema, Text};
/// use ringql_core::types::DataType;
/// use ringql_runtime::input::{Format, ReadOptions, reader};
///
/// let name = Text { offset: 0, len: 1 };
/// let fields = [Field { name, data_type: DataType::SmallInt, nullable: false, offset: 0 }];
/// let schema = Schema { fields: &fields, texts: "v" };
/// let text = "v\n1\n2\n";
/// let mut reader =
///     reader(Format::Csv, "v.csv", Box::new(text.as_bytes()), schema.into(), ReadOptions::default());
/// let mut room = [0; 8];
/// assert_eq!(reader.read(&mut room).unwrap(), 2);
/// assert_eq!(room, [1, 0, 2, 0, 0, 0, 0, 0]);
/// ```
#[must_use]
pub fn reader(
    format: Format,
    file: &str,
    bytes: Bytes,
    schema: OwnedSchema,
    options: ReadOptions,
) -> Box<dyn Reader> {
    let unit = options.epoch_unit;
    match format {
        Format::Csv => Box::new(rows::Rows::new(
            csv::Csv::new(file, bytes, unit, options.warn),
            schema,
            options.on_bad_row,
        )),
        Format::Ndjson => Box::new(rows::Rows::new(
            ndjson::Ndjson::new(file, bytes, unit),
            schema,
            options.on_bad_row,
        )),
        Format::Rqlr => Box::new(rqlr::Rqlr::new(file, bytes, schema, options.on_bad_row)),
    }
}

/// Reads until there is something, whatever signals interrupt it.
fn read_some(input: &mut impl Read, room: &mut [u8]) -> io::Result<usize> {
    loop {
        match input.read(room) {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}
