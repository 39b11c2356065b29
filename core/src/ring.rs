//! The two traits that a query meets at its ends, and their `heapless::spsc` forms.
//!
//! The host's forms, over `rtrb`, are in `ringql-runtime`.

use bytemuck::Pod;
use heapless::spsc::{Consumer, Producer};

use crate::batch::{Batch, ColumnValues};

/// Where a query's rows come from.
///
/// The contract:
///
/// 1. `read` calls `consume` at most once, with at least one row and at most `max_rows` rows, the
///    oldest first. With no rows at hand it does not call it and returns `None`.
/// 2. `consume` returns how many of the lent rows it is done with, at most those lent. The others
///    come again, first, at the next `read`.
/// 3. `is_finished` is true once no row is at hand and none will ever come.
pub trait Source {
    /// Lends rows to `consume`, which returns how many it is done with and a result.
    fn read<R>(
        &mut self,
        max_rows: usize,
        consume: impl FnOnce(Batch<'_>) -> (usize, R),
    ) -> Option<R>;

    /// Whether the input has ended and everything was read.
    fn is_finished(&self) -> bool;
}

/// Where a query's result rows go.
///
/// The contract:
///
/// 1. `write` calls `fill` at most once, with room for at least one and at most `max_rows` whole
///    records. When it is full it does not call it and returns `None`.
/// 2. `fill` writes whole records from the start of the room and returns how many.
///    Every byte of a written record is set, padding included.
/// 3. Rows are delivered in the order written.
pub trait Sink {
    /// Lends room for records of `record_size` bytes to `fill`, which returns how many it wrote
    /// and a result.
    fn write<R>(
        &mut self,
        record_size: usize,
        max_rows: usize,
        fill: impl FnOnce(&mut [u8]) -> (usize, R),
    ) -> Option<R>;
}

/// How many records there is room for in so many bytes, at most `max_rows`. It divides only where not
/// all fit: that is slow, and asked at each poll.
#[inline]
pub(crate) fn fitting(bytes: usize, record_size: usize, max_rows: usize) -> usize {
    match record_size.saturating_mul(max_rows) {
        all if all <= bytes => max_rows,
        _ => bytes.checked_div(record_size).unwrap_or(0),
    }
}

/// A source over a `heapless::spsc` queue of records: `T` is a `repr(C)` struct without hidden
/// padding that follows the stream's layout, or `[u8; RECORD_SIZE]`.
///
/// It moves up to `B` records at a time into a buffer of its own, from which the query reads.
///
/// ```
/// use ringql_core::ring::{QueueSource, Source};
/// let mut queue: heapless::spsc::Queue<[u8; 4], 8> = heapless::spsc::Queue::new();
/// let (mut producer, consumer) = queue.split();
/// producer.enqueue(7i32.to_le_bytes()).unwrap();
/// let mut source = QueueSource::<_, 16>::new(consumer);
/// let rows = source.read(16, |batch| (batch.rows(), batch.rows()));
/// assert_eq!(rows, Some(1));
/// source.end();
/// assert!(source.is_finished());
/// ```
pub struct QueueSource<'q, T, const B: usize> {
    consumer: Consumer<'q, T>,
    buffer: [T; B],
    start: usize,
    end: usize,
    ended: bool,
}

impl<'q, T: Pod, const B: usize> QueueSource<'q, T, B> {
    /// A source that drains `consumer`.
    #[must_use]
    pub fn new(consumer: Consumer<'q, T>) -> Self {
        const { assert!(B > 0 && size_of::<T>() > 0) };
        Self { consumer, buffer: [T::zeroed(); B], start: 0, end: 0, ended: false }
    }

    /// Says that the producer will push no more: once drained, the source is finished.
    pub fn end(&mut self) {
        self.ended = true;
    }
}

impl<T: Pod, const B: usize> Source for QueueSource<'_, T, B> {
    fn read<R>(
        &mut self,
        max_rows: usize,
        consume: impl FnOnce(Batch<'_>) -> (usize, R),
    ) -> Option<R> {
        if self.start == self.end {
            self.start = 0;
            self.end = 0;
            for slot in &mut self.buffer {
                let Some(record) = self.consumer.dequeue() else { break };
                *slot = record;
                self.end += 1;
            }
        }
        let end = self.end.min(self.start.saturating_add(max_rows));
        let rows = self.buffer.get(self.start..end).filter(|rows| !rows.is_empty())?;
        let batch = Batch::records(bytemuck::must_cast_slice(rows), size_of::<T>())?;
        let (done, result) = consume(batch);
        self.start += done.min(end - self.start);
        Some(result)
    }

    fn is_finished(&self) -> bool {
        self.ended && self.start == self.end && !self.consumer.ready()
    }
}

/// A sink over a `heapless::spsc` queue of records.
///
/// Rows are written to a buffer of `B` records, then pushed; only as many as the queue takes.
///
/// ```
/// use ringql_core::ring::{QueueSink, Sink};
/// let mut queue: heapless::spsc::Queue<[u8; 4], 8> = heapless::spsc::Queue::new();
/// let (producer, mut consumer) = queue.split();
/// let mut sink = QueueSink::<_, 16>::new(producer);
/// sink.write(4, 16, |room| {
///     room[..4].copy_from_slice(&7i32.to_le_bytes());
///     (1, ())
/// });
/// assert_eq!(consumer.dequeue(), Some([7, 0, 0, 0]));
/// ```
pub struct QueueSink<'q, T, const B: usize> {
    producer: Producer<'q, T>,
    buffer: [T; B],
}

impl<'q, T: Pod, const B: usize> QueueSink<'q, T, B> {
    /// A sink that fills `producer`.
    #[must_use]
    pub fn new(producer: Producer<'q, T>) -> Self {
        const { assert!(B > 0 && size_of::<T>() > 0) };
        Self { producer, buffer: [T::zeroed(); B] }
    }
}

impl<T: Pod, const B: usize> Sink for QueueSink<'_, T, B> {
    fn write<R>(
        &mut self,
        record_size: usize,
        max_rows: usize,
        fill: impl FnOnce(&mut [u8]) -> (usize, R),
    ) -> Option<R> {
        let free = self.producer.capacity() - self.producer.len();
        let room = self.buffer.get_mut(..free.min(max_rows).min(B))?;
        if room.is_empty() || record_size != size_of::<T>() {
            return None;
        }
        let (rows, result) = fill(bytemuck::must_cast_slice_mut(room));
        for record in room.iter().take(rows) {
            // There is room: only this end fills the queue.
            let _ = self.producer.enqueue(*record);
        }
        Some(result)
    }
}

/// A source over whole records in memory: a file mapped or read, a table in flash.
///
/// ```
/// use ringql_core::ring::{RecordSource, Source};
/// let bytes = [0u8; 48];
/// let mut source = RecordSource::new(&bytes, 24);
/// assert_eq!(source.read(100, |batch| (2, batch.rows())), Some(2));
/// assert!(source.is_finished());
/// ```
#[derive(Clone, Debug)]
pub struct RecordSource<'a> {
    rest: Batch<'a>,
}

impl<'a> RecordSource<'a> {
    /// A source of the whole records in `bytes`; a cut last one is left out.
    #[must_use]
    pub const fn new(bytes: &'a [u8], record_size: usize) -> Self {
        let whole = match bytes.len().checked_rem(record_size) {
            Some(cut) => bytes.len() - cut,
            None => 0,
        };
        let records = match bytes.split_at_checked(whole) {
            Some((records, _)) => Batch::records(records, record_size),
            None => None,
        };
        match records {
            Some(rest) => Self { rest },
            None => Self { rest: Batch::columns(&[], 0) },
        }
    }
}

impl Source for RecordSource<'_> {
    fn read<R>(
        &mut self,
        max_rows: usize,
        consume: impl FnOnce(Batch<'_>) -> (usize, R),
    ) -> Option<R> {
        lend(&mut self.rest, max_rows, consume)
    }

    fn is_finished(&self) -> bool {
        self.rest.rows() == 0
    }
}

/// Lends the first rows of `rest`, and keeps what is not done with.
#[inline]
fn lend<R>(
    rest: &mut Batch<'_>,
    max_rows: usize,
    consume: impl FnOnce(Batch<'_>) -> (usize, R),
) -> Option<R> {
    let mut lent = *rest;
    lent.truncate(max_rows);
    let rows = lent.rows();
    if rows == 0 {
        return None;
    }
    let (done, result) = consume(lent);
    rest.advance(done.min(rows));
    Some(result)
}

/// A source over columns in memory, as Arrow-like host data has them.
///
/// ```
/// use ringql_core::batch::ColumnValues;
/// use ringql_core::ring::{ColumnSource, Source};
/// let values = [1u8, 2, 3];
/// let columns = [ColumnValues { values: &values, validity: None }];
/// let mut source = ColumnSource::new(&columns, 3);
/// assert_eq!(source.read(2, |batch| (2, batch.rows())), Some(2));
/// assert!(!source.is_finished());
/// ```
#[derive(Clone, Debug)]
pub struct ColumnSource<'a> {
    rest: Batch<'a>,
}

impl<'a> ColumnSource<'a> {
    /// A source of `rows` rows of these columns.
    #[must_use]
    pub const fn new(columns: &'a [ColumnValues<'a>], rows: usize) -> Self {
        Self { rest: Batch::columns(columns, rows) }
    }
}

impl Source for ColumnSource<'_> {
    fn read<R>(
        &mut self,
        max_rows: usize,
        consume: impl FnOnce(Batch<'_>) -> (usize, R),
    ) -> Option<R> {
        lend(&mut self.rest, max_rows, consume)
    }

    fn is_finished(&self) -> bool {
        self.rest.rows() == 0
    }
}

/// A sink that fills a block of memory with records and is full when the block is.
///
/// ```
/// use ringql_core::ring::{RecordSink, Sink};
/// let mut block = [0u8; 8];
/// let mut sink = RecordSink::new(&mut block);
/// assert_eq!(sink.write(4, 10, |room| (1, room.len())), Some(8));
/// assert_eq!(sink.written().len(), 4);
/// ```
#[derive(Debug)]
pub struct RecordSink<'a> {
    block: &'a mut [u8],
    used: usize,
}

impl<'a> RecordSink<'a> {
    /// An empty sink over `block`.
    #[must_use]
    pub const fn new(block: &'a mut [u8]) -> Self {
        Self { block, used: 0 }
    }

    /// The records so far.
    #[must_use]
    pub fn written(&self) -> &[u8] {
        self.block.get(..self.used).unwrap_or(&[])
    }

    /// Forgets the records so far.
    pub const fn clear(&mut self) {
        self.used = 0;
    }
}

impl Sink for RecordSink<'_> {
    fn write<R>(
        &mut self,
        record_size: usize,
        max_rows: usize,
        fill: impl FnOnce(&mut [u8]) -> (usize, R),
    ) -> Option<R> {
        let room = self.block.get_mut(self.used..)?;
        let rows = fitting(room.len(), record_size, max_rows);
        let room = room.get_mut(..rows * record_size).filter(|room| !room.is_empty())?;
        let (done, result) = fill(room);
        self.used += done.min(rows) * record_size;
        Some(result)
    }
}
