//! Late records, as a query delivers them.

use std::io;
use std::time::{Duration, Instant};

use ringql_core::ring::Sink;

use crate::output::Writer;

/// Writes late records on the query's thread: they are few, and in no hurry.
pub(super) struct Late {
    writer: Box<dyn Writer>,
    room: Vec<u8>,
    /// What the writer said; nothing more is taken then.
    failed: Option<io::Error>,
    time: Duration,
}

impl Late {
    pub(super) const fn new(writer: Box<dyn Writer>) -> Self {
        Self { writer, room: Vec::new(), failed: None, time: Duration::ZERO }
    }

    /// What the writer failed with, if it did.
    pub(super) fn failure(&mut self) -> Option<io::Error> {
        self.failed.take()
    }

    /// The time spent in the writer since this was asked last.
    pub(super) const fn time(&mut self) -> Duration {
        std::mem::replace(&mut self.time, Duration::ZERO)
    }

    /// The last of it: all records came, or the query failed before.
    pub(super) fn end(&mut self, complete: bool) -> io::Result<()> {
        if complete { self.writer.finish() } else { self.writer.flush() }
    }
}

impl Sink for Late {
    fn write<R>(
        &mut self,
        record_size: usize,
        max_rows: usize,
        fill: impl FnOnce(&mut [u8]) -> (usize, R),
    ) -> Option<R> {
        if self.failed.is_some() {
            return None;
        }
        self.room.resize(record_size * max_rows, 0);
        let (rows, result) = fill(&mut self.room);
        if rows > 0 {
            let start = Instant::now();
            let records = self.room.get(..rows * record_size).unwrap_or_default();
            self.failed = self.writer.write(records).err();
            self.time += start.elapsed();
        }
        Some(result)
    }
}
