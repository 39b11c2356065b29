//! Where records come from: a file of them; read, mapped, or read through io_uring.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use compio::BufResult;
use compio::buf::{IntoInner, IoBuf};
use compio::io::AsyncReadAt;
use compio::runtime::Runtime;
use mmap_io::MemoryMappedFile;
use ringql_core::batch::Batch;
use ringql_core::ring::{Sink, Source};
use ringql_core::sql::OwnedPlan;
use ringql_runtime::Arena;

use super::Reading;
use super::value::{Fields, Record, Value};
use crate::data::Reading as Row;
use crate::run::{run, run_from};

const ROW: usize = size_of::<Row>();

/// A file of records of `S`.
#[derive(Debug)]
pub enum Input {
    /// With the buffer that is read into.
    Read(File, Vec<u8>),
    /// Mapped, and how far it was read.
    Mapped(MemoryMappedFile, usize),
    /// Through io_uring.
    Ring(RingFile, Vec<u8>),
}

/// A file that is read through io_uring, one read at a time.
#[derive(Debug)]
pub struct RingFile {
    runtime: Runtime,
    file: compio::fs::File,
    at: u64,
}

impl RingFile {
    fn open(path: &Path) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let file = runtime.block_on(compio::fs::File::open(path)).expect("a file");
        Self { runtime, file, at: 0 }
    }

    /// Reads until the buffer is full or the file ends; returns how many bytes.
    fn fill(&mut self, buffer: &mut Vec<u8>) -> usize {
        let room = buffer.len();
        let mut len = 0;
        while len < room {
            let part = std::mem::take(buffer).slice(len..);
            let BufResult(read, part) =
                self.runtime.block_on(self.file.read_at(part, self.at + len as u64));
            *buffer = part.into_inner();
            match read.expect("a file that can be read") {
                0 => break,
                more => len += more,
            }
        }
        self.at += len as u64;
        len
    }
}

impl Input {
    /// Whether the kernel has io_uring and lets this program use it.
    #[must_use]
    pub fn has_io_uring() -> bool {
        Runtime::new().is_ok_and(|runtime| runtime.driver_type().is_iouring())
    }

    /// Opens a file.
    ///
    /// # Panics
    /// If it can't be read.
    #[must_use]
    pub fn open(path: &Path, reading: Reading, rows: usize) -> Self {
        match reading {
            Reading::Read => Self::Read(File::open(path).expect("a file"), vec![0; rows * ROW]),
            Reading::Ring => Self::Ring(RingFile::open(path), vec![0; rows * ROW]),
            Reading::Mapped => Self::Mapped(MemoryMappedFile::open_ro(path).expect("a file"), 0),
        }
    }

    /// Lends up to `rows` whole records to `f`; none at the end.
    fn lend<R>(&mut self, rows: usize, f: impl FnOnce(&[u8]) -> R) -> R {
        match self {
            Self::Read(file, buffer) => {
                let len = fill(file, &mut buffer[..rows * ROW]);
                f(&buffer[..len])
            }
            Self::Ring(file, buffer) => {
                let len = file.fill(buffer);
                f(&buffer[..len])
            }
            Self::Mapped(file, at) => {
                let len = (file.len() as usize - *at).min(rows * ROW);
                let bytes = file.as_slice_bytes(*at as u64, len as u64).expect("in the file");
                *at += len;
                f(bytes)
            }
        }
    }

    /// The next records, as maps; none at the end.
    pub(super) fn read(&mut self, rows: usize) -> Vec<Record> {
        self.lend(rows, |bytes| {
            let row = |bytes| Arc::new(fields(&bytemuck::pod_read_unaligned(bytes)));
            bytes.chunks_exact(ROW).map(row).collect()
        })
    }

    /// Runs a plan over the records.
    ///
    /// # Panics
    /// If the file can't be read or the query stops with an error.
    pub fn run(self, plan: &OwnedPlan, arena: &mut Arena, sink: &mut impl Sink) {
        match self {
            Self::Read(mut file, buffer) => {
                let fill = |buffer: &mut Vec<u8>| fill(&mut file, buffer);
                run_from(plan, arena, FileSource::new(buffer, fill), sink);
            }
            Self::Ring(mut file, buffer) => {
                let fill = |buffer: &mut Vec<u8>| file.fill(buffer);
                run_from(plan, arena, FileSource::new(buffer, fill), sink);
            }
            Self::Mapped(file, _) => {
                let records = file.as_slice_bytes(0, file.len()).expect("the whole file");
                run(plan, arena, records, ROW, sink);
            }
        }
    }
}

/// A source that reads a file, a buffer of whole records at a time.
struct FileSource<F> {
    buffer: Vec<u8>,
    /// Fills the buffer from its start and returns how many bytes it read.
    fill: F,
    start: usize,
    end: usize,
    has_ended: bool,
}

impl<F: FnMut(&mut Vec<u8>) -> usize> FileSource<F> {
    const fn new(buffer: Vec<u8>, fill: F) -> Self {
        Self { buffer, fill, start: 0, end: 0, has_ended: false }
    }
}

impl<F: FnMut(&mut Vec<u8>) -> usize> Source for FileSource<F> {
    fn read<R>(
        &mut self,
        max_rows: usize,
        consume: impl FnOnce(Batch<'_>) -> (usize, R),
    ) -> Option<R> {
        if self.start == self.end {
            (self.start, self.end) = (0, (self.fill)(&mut self.buffer));
            self.has_ended = self.end == 0;
        }
        let end = self.end.min(self.start.saturating_add(max_rows.saturating_mul(ROW)));
        let lent = &self.buffer[self.start..end];
        if lent.is_empty() {
            return None;
        }
        let (done, result) = consume(Batch::records(lent, ROW)?);
        self.start += done * ROW;
        Some(result)
    }

    fn is_finished(&self) -> bool {
        self.has_ended
    }
}

/// Reads until the buffer is full or the file ends; returns how many bytes.
fn fill(file: &mut File, buffer: &mut [u8]) -> usize {
    let mut len = 0;
    while len < buffer.len() {
        match file.read(&mut buffer[len..]).expect("a file that can be read") {
            0 => break,
            more => len += more,
        }
    }
    len
}

fn fields(row: &Row) -> Fields {
    Fields::from([
        ("ts".to_owned(), Value::Timestamp(row.ts)),
        ("device".to_owned(), Value::Integer(row.device.into())),
        ("temp".to_owned(), Value::Float(row.temp.into())),
        ("humidity".to_owned(), Value::Float(row.humidity.into())),
        ("status".to_owned(), Value::Integer(row.status.into())),
    ])
}
