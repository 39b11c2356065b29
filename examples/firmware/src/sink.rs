//! Result records as rows of text.

use core::fmt;

use ringql_core::fmt::{write_csv_header, write_csv_row};
use ringql_core::plan::Plan;
use ringql_core::plan::op::OutputId;
use ringql_core::ring::Sink;
use ringql_core::schema::Schema;

use crate::output::Output;
use crate::plan::RESULT_BYTES;

/// Result records that are written at once.
const ROWS: usize = 4;

/// A sink that prints records as CSV. It is full for ever after the host has refused text.
pub struct CsvSink<'a> {
    schema: Schema<'a>,
    room: [u8; ROWS * RESULT_BYTES],
    out: Output,
    printed: fmt::Result,
}

impl<'a> CsvSink<'a> {
    /// A sink for the plan's output; prints the header.
    ///
    /// # Errors
    /// When the host refuses it.
    pub fn new(plan: &Plan<'a>) -> Result<Self, fmt::Error> {
        let schema = plan.output(OutputId(0));
        let mut out = Output::stdout();
        write_csv_header(&mut out, schema)?;
        Ok(Self { schema, room: [0; ROWS * RESULT_BYTES], out, printed: Ok(()) })
    }

    /// Prints what is still in the buffer.
    ///
    /// # Errors
    /// When the host refuses it, or refused something before.
    pub fn finish(mut self) -> fmt::Result {
        self.printed?;
        self.out.flush()
    }
}

impl Sink for CsvSink<'_> {
    fn write<R>(
        &mut self,
        record_size: usize,
        max_rows: usize,
        fill: impl FnOnce(&mut [u8]) -> (usize, R),
    ) -> Option<R> {
        let rows = self.room.len().checked_div(record_size)?.min(max_rows);
        let room = self.room.get_mut(..rows * record_size)?;
        if room.is_empty() || self.printed.is_err() {
            return None;
        }
        let (rows, result) = fill(room);
        let mut records = room.chunks_exact(record_size).take(rows);
        self.printed = records.try_for_each(|r| write_csv_row(&mut self.out, self.schema, r));
        Some(result)
    }
}
