//! Sources that lend what they like, and sinks that are full most of the time.

use ringql_core::batch::{Batch, ColumnValues};
use ringql_core::record::RecordRef;
use ringql_core::ring::{Sink, Source};
use ringql_core::schema::Schema;

use crate::common::Random;

/// Lends the rows of one batch.
pub struct Pieces<'a> {
    rest: Batch<'a>,
    /// Lends a random few, or now and then none although it is not finished.
    random: Option<Random>,
}

impl<'a> Pieces<'a> {
    /// Lends as many rows as are asked for or, with a seed, any number of them.
    pub fn new(batch: Batch<'a>, seed: Option<u64>) -> Self {
        Self { rest: batch, random: seed.map(Random::new) }
    }
}

impl Source for Pieces<'_> {
    fn read<R>(
        &mut self,
        max_rows: usize,
        consume: impl FnOnce(Batch<'_>) -> (usize, R),
    ) -> Option<R> {
        assert!(max_rows > 0, "asked for no rows");
        let most = max_rows.min(self.rest.rows());
        if most == 0 {
            return None;
        }
        let rows = match &mut self.random {
            None => most,
            Some(random) => match random.below(5) {
                0 => return None,
                1 | 2 => 1 + random.below(most.min(4)),
                _ => 1 + random.below(most),
            },
        };
        let (done, result) = consume(self.rest.slice(0, rows));
        assert!(done <= rows, "done with {done} of {rows} rows");
        self.rest = self.rest.slice(done, usize::MAX);
        Some(result)
    }

    fn is_finished(&self) -> bool {
        self.rest.rows() == 0
    }
}

/// Keeps what is written and has room for a few rows at a time.
pub struct Narrow {
    pub records: Vec<u8>,
    room: usize,
    random: Option<Random>,
}

impl Narrow {
    /// Is never full or, with a seed, full most of the time.
    pub fn new(seed: Option<u64>) -> Self {
        let room = if seed.is_some() { 0 } else { usize::MAX };
        Self { records: Vec::new(), room, random: seed.map(Random::new) }
    }

    /// Makes room again.
    pub fn drain(&mut self) {
        let Some(random) = &mut self.random else { panic!("the sink was never full") };
        self.room = 1 + random.below(3);
    }
}

impl Sink for Narrow {
    fn write<R>(
        &mut self,
        record_size: usize,
        max_rows: usize,
        fill: impl FnOnce(&mut [u8]) -> (usize, R),
    ) -> Option<R> {
        assert!(max_rows > 0 && record_size > 0);
        let rows = self.room.min(max_rows);
        if rows == 0 {
            return None;
        }
        let used = self.records.len();
        // What was there before must not shine through.
        self.records.resize(used + rows * record_size, 0xAA);
        let (written, result) = fill(&mut self.records[used..]);
        assert!(written <= rows, "wrote {written} records into the room of {rows}");
        self.records.truncate(used + written * record_size);
        if self.random.is_some() {
            self.room -= written;
        }
        Some(result)
    }
}

/// The columns of records.
pub struct Columns {
    columns: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    rows: usize,
    /// Bytes in front of a column's first value.
    before: usize,
}

impl Columns {
    pub fn of(schema: Schema<'_>, records: &[u8]) -> Self {
        let size = schema.layout().record_size;
        let rows = records.len() / size;
        let column = |(i, field): (usize, &ringql_core::schema::Field)| {
            let mut values = Vec::new();
            let mut validity = vec![0u8; rows.div_ceil(8)];
            for (row, record) in records.chunks_exact(size).enumerate() {
                let record = RecordRef::new(schema, record).expect("a whole record");
                match record.get(i) {
                    Some(value) => {
                        values.extend_from_slice(value);
                        validity[row / 8] |= 1 << (row % 8);
                    }
                    // What lies under a NULL is nobody's business.
                    None => values.resize(values.len() + field.data_type.size(), 0xAA),
                }
            }
            (values, field.nullable.then_some(validity))
        };
        let columns = schema.fields.iter().enumerate().map(column).collect();
        Self { columns, rows, before: 0 }
    }

    /// The same at addresses where no number is aligned.
    pub fn at_odd_addresses(mut self) -> Self {
        self.columns.iter_mut().for_each(|(values, _)| values.insert(0, 0xAA));
        Self { before: self.before + 1, ..self }
    }

    pub fn values(&self) -> Vec<ColumnValues<'_>> {
        self.columns
            .iter()
            .map(|(values, validity)| ColumnValues {
                values: &values[self.before..],
                validity: validity.as_deref(),
            })
            .collect()
    }

    pub fn rows(&self) -> usize {
        self.rows
    }
}
