//! A batch: rows of one stream in memory that somebody else owns.

use crate::ahead::Ahead;
#[cfg(feature = "simd")]
use crate::ahead::Part;
use crate::column::{Column, Validity};
use crate::schema::{Field, Layout};

/// Rows lent by a [`Source`](crate::ring::Source), read in place.
///
/// ```
/// use ringql_core::batch::Batch;
/// let bytes = [1u8, 0, 0, 0, 2, 0, 0, 0]; // two records of one INTEGER
/// let batch = Batch::records(&bytes, 4).unwrap();
/// assert_eq!(batch.rows(), 2);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    rows: usize,
    data: Data<'a>,
    #[cfg(feature = "simd")]
    ahead: Option<&'a Ahead<'a>>,
}

#[derive(Clone, Copy, Debug)]
enum Data<'a> {
    /// Whole records of `record_size` bytes, one after another.
    Records { bytes: &'a [u8], record_size: usize },
    /// One run of values per column.
    Columns { columns: &'a [ColumnValues<'a>], skip: usize },
}

/// One column of a columnar batch, as Arrow-like host memory has it.
#[derive(Clone, Copy, Debug)]
pub struct ColumnValues<'a> {
    /// Values of [`DataType::size`](crate::types::DataType::size) bytes each, little-endian.
    pub values: &'a [u8],
    /// One bit per row (bit i of byte i/8, set = not NULL); `None` if all rows are valid. Not looked
    /// at if the stream's column is NOT NULL.
    pub validity: Option<&'a [u8]>,
}

impl<'a> Batch<'a> {
    /// Whole records in row-major order; `None` if `bytes` is not a whole number of records.
    #[must_use]
    pub const fn records(bytes: &'a [u8], record_size: usize) -> Option<Self> {
        match bytes.len().checked_rem(record_size) {
            Some(0) => {
                Some(Self::of(bytes.len() / record_size, Data::Records { bytes, record_size }))
            }
            _ => None,
        }
    }

    /// `rows` rows in columns, in the order of the stream's fields. The query checks that each
    /// column is long enough.
    #[must_use]
    pub const fn columns(columns: &'a [ColumnValues<'a>], rows: usize) -> Self {
        Self::of(rows, Data::Columns { columns, skip: 0 })
    }

    const fn of(rows: usize, data: Data<'a>) -> Self {
        Self {
            rows,
            data,
            #[cfg(feature = "simd")]
            ahead: None,
        }
    }

    /// The same batch: work on it asks for what lies behind it.
    pub(crate) const fn asking<'b>(self, ahead: Option<&'b Ahead<'b>>) -> Batch<'b>
    where
        'a: 'b,
    {
        let _ = ahead;
        Batch {
            #[cfg(feature = "simd")]
            ahead,
            ..self
        }
    }

    /// Asks for a little more of what lies behind the batch.
    #[inline]
    pub(crate) fn ask(&self) {
        #[cfg(feature = "simd")]
        if let Some(ahead) = self.ahead {
            ahead.ask();
        }
    }

    /// The rows behind these: of the column `index` of values of `size` bytes, or all of records.
    #[cfg(feature = "simd")]
    pub(crate) fn behind(&self, index: usize, size: usize) -> Option<Part<'a>> {
        Some(match self.data {
            Data::Records { bytes, record_size } => {
                Part { bytes, start: bytes.len(), stride: record_size }
            }
            Data::Columns { columns, skip } => {
                let bytes = columns.get(index)?.values;
                Part { bytes, start: (skip + self.rows) * size, stride: size }
            }
        })
    }

    /// Rows.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// The same batch without its first `skip` rows and at most `rows` of the others.
    #[must_use]
    pub fn slice(&self, skip: usize, rows: usize) -> Self {
        let skip = skip.min(self.rows);
        let rows = rows.min(self.rows - skip);
        let data = match self.data {
            Data::Records { bytes, record_size } => {
                let start = skip * record_size;
                let part = bytes.get(start..start + rows * record_size).unwrap_or(&[]);
                Data::Records { bytes: part, record_size }
            }
            Data::Columns { columns, skip: before } => {
                Data::Columns { columns, skip: before + skip }
            }
        };
        let mut slice = *self;
        (slice.rows, slice.data) = (rows, data);
        slice
    }

    /// Leaves out the first `rows` rows.
    #[inline]
    pub(crate) fn advance(&mut self, rows: usize) {
        let rows = rows.min(self.rows);
        self.rows -= rows;
        match &mut self.data {
            Data::Records { bytes, record_size } => {
                *bytes = bytes.get(rows * *record_size..).unwrap_or(&[]);
            }
            Data::Columns { skip, .. } => *skip += rows,
        }
    }

    /// Leaves out all rows but the first `rows`.
    #[inline]
    pub(crate) fn truncate(&mut self, rows: usize) {
        if rows >= self.rows {
            return;
        }
        self.rows = rows;
        if let Data::Records { bytes, record_size } = &mut self.data {
            *bytes = bytes.get(..rows * *record_size).unwrap_or(&[]);
        }
    }

    /// Whether the batch can be read as records of this layout, or columns of these fields.
    #[inline]
    pub(crate) fn fits(&self, layout: Layout, fields: &[Field]) -> bool {
        match self.data {
            Data::Records { record_size, .. } => record_size == layout.record_size,
            Data::Columns { columns: given, skip } => {
                let end = skip + self.rows;
                let mut given = given.iter();
                let all = fields.iter().all(|field| {
                    given.next().is_some_and(|c| {
                        let bytes = end.checked_mul(field.data_type.size());
                        bytes.is_some_and(|bytes| bytes <= c.values.len())
                            && c.validity.is_none_or(|v| v.len() * 8 >= end)
                    })
                });
                self.rows == 0 || (all && given.next().is_none())
            }
        }
    }

    /// The bytes of a value of column `index`, whose field lies at byte `offset` of a record.
    #[inline(always)]
    pub(crate) fn value<const N: usize>(
        &self,
        index: usize,
        offset: usize,
        row: usize,
    ) -> Option<&'a [u8; N]> {
        let (bytes, start) = match self.data {
            Data::Records { bytes, record_size } => (bytes, row * record_size + offset),
            Data::Columns { columns, skip } => (columns.get(index)?.values, (skip + row) * N),
        };
        bytes.get(start..)?.first_chunk()
    }

    /// Column `index`, whose field lies at byte `offset` of a record and takes `size` bytes.
    /// `validity` is the place of the record's bitmap if the column is nullable.
    #[inline]
    pub(crate) fn column(
        &self,
        index: usize,
        offset: usize,
        size: usize,
        validity: Option<usize>,
    ) -> Option<Column<'a>> {
        match self.data {
            Data::Records { bytes, record_size } => Some(Column {
                bytes,
                stride: record_size,
                offset,
                validity: match validity {
                    Some(at) => Validity::InRecord { byte: at + index / 8, bit: index % 8 },
                    None => Validity::All,
                },
            }),
            Data::Columns { columns, skip } => {
                let column = columns.get(index)?;
                Some(Column {
                    bytes: column.values.get(skip * size..(skip + self.rows) * size)?,
                    stride: size,
                    offset: 0,
                    validity: match (validity, column.validity) {
                        (Some(_), Some(bits)) => Validity::Bitmap { bits, skip },
                        _ => Validity::All,
                    },
                })
            }
        }
    }
}
