//! The two ends of a query: sources that lend what they like, sinks that are full most of the time.

use ringql_core::batch::{Batch, ColumnValues};
use ringql_core::record::RecordRef;
use ringql_core::ring::{Sink, Source};
use ringql_core::schema::Schema;

/// Lends the rows of one batch, so many before each poll.
pub struct Steps<'a> {
    rest: Batch<'a>,
    /// How many rows it lends before it is given more room.
    pub room: usize,
}

impl<'a> Steps<'a> {
    /// A source that lends no row yet.
    #[must_use]
    pub fn new(batch: Batch<'a>) -> Self {
        Self { rest: batch, room: 0 }
    }
}

impl Source for Steps<'_> {
    fn read<R>(
        &mut self,
        max_rows: usize,
        consume: impl FnOnce(Batch<'_>) -> (usize, R),
    ) -> Option<R> {
        let rows = max_rows.min(self.room).min(self.rest.rows());
        if rows == 0 {
            return None;
        }
        let (done, result) = consume(self.rest.slice(0, rows));
        self.rest = self.rest.slice(done, usize::MAX);
        self.room -= done;
        Some(result)
    }

    fn is_finished(&self) -> bool {
        self.rest.rows() == 0
    }
}

/// Keeps what is written, and has room for so many records before each poll.
#[derive(Debug, Default)]
pub struct Narrow {
    /// The records.
    pub records: Vec<u8>,
    /// How many it takes before it is given more room.
    pub room: usize,
}

impl Sink for Narrow {
    fn write<R>(
        &mut self,
        record_size: usize,
        max_rows: usize,
        fill: impl FnOnce(&mut [u8]) -> (usize, R),
    ) -> Option<R> {
        let rows = self.room.min(max_rows);
        if rows == 0 {
            return None;
        }
        let used = self.records.len();
        // What was there before must not shine through.
        self.records.resize(used + rows * record_size, 0xAA);
        let (written, result) = fill(&mut self.records[used..]);
        self.records.truncate(used + written * record_size);
        self.room -= written;
        Some(result)
    }
}

/// The columns of records.
#[derive(Debug)]
pub struct Columns {
    columns: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    rows: usize,
}

impl Columns {
    /// Those of whole records.
    ///
    /// # Panics
    /// If the bytes are not whole records.
    #[must_use]
    pub fn of(schema: Schema<'_>, records: &[u8]) -> Self {
        let size = schema.layout().record_size;
        let rows = records.len() / size;
        let column = |i: usize| {
            let field = schema.fields[i];
            let mut values = Vec::new();
            let mut validity = vec![0u8; rows.div_ceil(8)];
            for (row, record) in records.chunks_exact(size).enumerate() {
                let record = RecordRef::new(schema, record).expect("a whole record");
                if let Some(value) = record.get(i) {
                    values.extend_from_slice(value);
                    validity[row / 8] |= 1 << (row % 8);
                }
                // What lies under a NULL is nobody's business.
                values.resize((row + 1) * field.data_type.size(), 0xAA);
            }
            (values, field.nullable.then_some(validity))
        };
        Self { columns: (0..schema.fields.len()).map(column).collect(), rows }
    }

    /// What a batch of them is made of.
    #[must_use]
    pub fn values(&self) -> Vec<ColumnValues<'_>> {
        let of = |(values, validity)| ColumnValues { values, validity };
        self.columns.iter().map(|(values, validity)| of((values, validity.as_deref()))).collect()
    }

    /// How many rows they have.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }
}
