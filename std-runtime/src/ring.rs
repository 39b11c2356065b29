//! Core's [`Source`] and [`Sink`] over an `rtrb` ring of bytes, for schemas known at run time.
//!
//! The ring's capacity is a whole number of records and only whole records are pushed, so no record
//! wraps around its end: both sides work in place, in the part up to the end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use ringql_core::batch::Batch;
use ringql_core::ring::{Sink, Source};
use rtrb::{Consumer, Producer, RingBuffer};

/// What the other side can see of a side that is gone.
#[derive(Debug, Default)]
struct Ends {
    /// [`OPEN`], [`ENDED`] or [`CUT`].
    sink: AtomicU8,
    source_gone: AtomicBool,
}

const OPEN: u8 = 0;
const ENDED: u8 = 1;
const CUT: u8 = 2;

/// A ring for `rows` records of `record_size` bytes, between one thread and another.
///
/// ```
/// use ringql_core::ring::{Sink, Source};
///
/// let (mut sink, mut source) = ringql_runtime::ring::record_ring(4, 8);
/// sink.write(4, 8, |room| {
///     room[..4].copy_from_slice(&7i32.to_le_bytes());
///     (1, ())
/// });
/// assert_eq!(source.read(8, |batch| (batch.rows(), batch.rows())), Some(1));
/// assert!(!source.is_finished());
/// sink.end();
/// assert!(source.is_finished());
/// ```
///
/// # Panics
/// If a record has no bytes.
#[must_use]
pub fn record_ring(record_size: usize, rows: usize) -> (RingSink, RingSource) {
    assert!(record_size > 0, "a record has at least one byte");
    let capacity = rows.max(1) * record_size;
    let (producer, consumer) = RingBuffer::new(capacity);
    let ends = Arc::new(Ends::default());
    (
        RingSink { producer, record_size, capacity, at: 0, ends: Arc::clone(&ends) },
        RingSource { consumer, record_size, ends },
    )
}

/// The side of a ring that records go into.
///
/// Dropped without [`RingSink::end`] it leaves the other side with an input that was cut short:
/// [`RingSource::is_cut`], never [`Source::is_finished`].
#[derive(Debug)]
pub struct RingSink {
    producer: Producer<u8>,
    record_size: usize,
    capacity: usize,
    /// Where the next record goes.
    at: usize,
    ends: Arc<Ends>,
}

impl RingSink {
    /// Says that the rows so far are all there are.
    pub fn end(self) {
        self.ends.sink.store(ENDED, Ordering::Release);
    }

    /// Copies as many whole records in as there is room for, from the first on, and returns how many.
    /// Who has records should use this: [`Sink::write`] clears the room that it lends.
    ///
    /// ```
    /// let (mut sink, _source) = ringql_runtime::ring::record_ring(4, 2);
    /// assert_eq!(sink.push(&[0; 12]), 2);
    /// ```
    pub fn push(&mut self, records: &[u8]) -> usize {
        let free = match self.producer.cached_slots() {
            known if known >= records.len() => records.len(),
            _ => self.producer.slots().min(records.len()),
        };
        let whole = free - free % self.record_size;
        let (pushed, _) = self.producer.push_partial_slice(&records[..whole]);
        self.at = (self.at + pushed.len()) % self.capacity;
        pushed.len() / self.record_size
    }

    /// Whether nobody will read what is written.
    #[must_use]
    pub fn is_abandoned(&self) -> bool {
        self.ends.source_gone.load(Ordering::Acquire)
    }
}

impl Drop for RingSink {
    fn drop(&mut self) {
        // It fails where `end` was called, and that is right.
        let _ = self.ends.sink.compare_exchange(OPEN, CUT, Ordering::Release, Ordering::Relaxed);
    }
}

impl Sink for RingSink {
    fn write<R>(
        &mut self,
        record_size: usize,
        max_rows: usize,
        fill: impl FnOnce(&mut [u8]) -> (usize, R),
    ) -> Option<R> {
        if record_size != self.record_size {
            return None;
        }
        let free = self.producer.slots().min(self.capacity - self.at);
        let rows = (free / record_size).min(max_rows);
        if rows == 0 {
            return None;
        }
        let mut chunk = self.producer.write_chunk(rows * record_size).ok()?;
        let (room, _) = chunk.as_mut_slices();
        let (done, result) = fill(room);
        let bytes = done.min(rows) * record_size;
        chunk.commit(bytes);
        self.at = (self.at + bytes) % self.capacity;
        Some(result)
    }
}

/// The side of a ring that records come out of.
#[derive(Debug)]
pub struct RingSource {
    consumer: Consumer<u8>,
    record_size: usize,
    ends: Arc<Ends>,
}

impl RingSource {
    /// Whether the other side went away without saying that its input had ended, and everything
    /// that it wrote before was read.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.ends.sink.load(Ordering::Acquire) == CUT && self.consumer.is_empty()
    }

    /// How many records are at hand, up to `max_rows`. It asks the other side only where those that
    /// are known of are fewer: that takes a line of its cache away.
    fn at_hand(&self, max_rows: usize) -> usize {
        let most = max_rows.saturating_mul(self.record_size);
        match self.consumer.cached_slots() >= most {
            true => max_rows,
            false => (self.consumer.slots() / self.record_size).min(max_rows),
        }
    }

    /// Lends the bytes of up to `max_rows` records, of which all are then done with.
    pub fn take<R>(&mut self, max_rows: usize, consume: impl FnOnce(&[u8]) -> R) -> Option<R> {
        let rows = self.at_hand(max_rows);
        let chunk = self.consumer.read_chunk(rows * self.record_size).ok()?;
        let (records, _) = chunk.as_slices();
        if records.is_empty() {
            return None;
        }
        let bytes = records.len();
        let result = consume(records);
        chunk.commit(bytes);
        Some(result)
    }
}

impl Drop for RingSource {
    fn drop(&mut self) {
        self.ends.source_gone.store(true, Ordering::Release);
    }
}

impl Source for RingSource {
    fn read<R>(
        &mut self,
        max_rows: usize,
        consume: impl FnOnce(Batch<'_>) -> (usize, R),
    ) -> Option<R> {
        let rows = self.at_hand(max_rows);
        let chunk = self.consumer.read_chunk(rows * self.record_size).ok()?;
        let (records, _) = chunk.as_slices();
        let batch = Batch::records(records, self.record_size).filter(|batch| batch.rows() > 0)?;
        let lent = batch.rows();
        let (done, result) = consume(batch);
        chunk.commit(done.min(lent) * self.record_size);
        Some(result)
    }

    fn is_finished(&self) -> bool {
        // In this order: what was written before the end is seen once the end is.
        self.ends.sink.load(Ordering::Acquire) == ENDED && self.consumer.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(sink: &mut RingSink, values: std::ops::Range<u32>) -> usize {
        let mut values = values.peekable();
        let mut pushed = 0;
        while values.peek().is_some() {
            let wrote = sink.write(4, values.len(), |room| {
                let mut rows = 0;
                for (slot, value) in room.chunks_exact_mut(4).zip(&mut values) {
                    slot.copy_from_slice(&value.to_le_bytes());
                    rows += 1;
                }
                (rows, rows)
            });
            let Some(wrote) = wrote else { break };
            pushed += wrote;
        }
        pushed
    }

    fn numbers(records: &[u8]) -> Vec<u32> {
        records.chunks_exact(4).map(|r| u32::from_le_bytes(r.try_into().unwrap())).collect()
    }

    #[test]
    fn records_come_out_in_order_and_never_wrap() {
        let (mut sink, mut source) = record_ring(4, 5);
        let mut next = 0;
        let mut seen = Vec::new();
        for step in [3, 5, 1, 4, 2, 5, 5] {
            next += push(&mut sink, next..next + step) as u32;
            source.take(step as usize, |records| {
                assert_eq!(records.len() % 4, 0);
                seen.extend(numbers(records));
            });
        }
        while source.take(9, |records| seen.extend(numbers(records))).is_some() {}
        assert_eq!(seen, (0..next).collect::<Vec<_>>());
        assert!(next > 15);
    }

    #[test]
    fn what_is_not_consumed_comes_again() {
        let (mut sink, mut source) = record_ring(4, 4);
        push(&mut sink, 0..3);
        assert_eq!(source.read(2, |batch| (1, batch.rows())), Some(2));
        assert_eq!(source.take(9, numbers), Some(vec![1, 2]));
        assert_eq!(source.read(2, |_| (1, ())), None);
    }

    #[test]
    fn a_full_ring_says_so() {
        let (mut sink, mut source) = record_ring(4, 2);
        assert_eq!(push(&mut sink, 0..5), 2);
        assert_eq!(sink.write(4, 1, |_| (1, ())), None);
        assert_eq!(source.take(1, numbers), Some(vec![0]));
        assert_eq!(push(&mut sink, 5..9), 1);
        // Records of another size are never written.
        source.take(9, |_| ());
        assert_eq!(sink.write(8, 1, |_| (1, ())), None);
    }

    #[test]
    fn records_are_pushed_as_far_as_there_is_room() {
        let (mut sink, mut source) = record_ring(4, 5);
        let records: Vec<u8> = (0..100u32).flat_map(u32::to_le_bytes).collect();
        let (mut rest, mut seen) = (&records[..], Vec::new());
        // A cut record is never pushed, and none wraps.
        for most in [14, 400, 3, 9, 400].into_iter().cycle() {
            let pushed = sink.push(&rest[..most.min(rest.len())]);
            rest = &rest[pushed * 4..];
            if source.take(3, |records| seen.extend(numbers(records))).is_none() {
                break;
            }
        }
        assert_eq!(seen, (0..100).collect::<Vec<_>>());
    }

    #[test]
    fn ended_is_finished_and_dropped_is_cut() {
        let (mut sink, mut source) = record_ring(4, 2);
        push(&mut sink, 0..1);
        sink.end();
        assert!(!source.is_finished());
        source.take(1, |_| ());
        assert!(source.is_finished() && !source.is_cut());

        let (mut sink, mut source) = record_ring(4, 2);
        push(&mut sink, 0..1);
        drop(sink);
        assert!(!source.is_cut());
        source.take(1, |_| ());
        assert!(source.is_cut() && !source.is_finished());

        let (sink, source) = record_ring(4, 2);
        assert!(!sink.is_abandoned());
        drop(source);
        assert!(sink.is_abandoned());
    }

    #[test]
    fn between_threads() {
        let (mut sink, mut source) = record_ring(4, 7);
        let writer = std::thread::spawn(move || {
            let mut next = 0;
            while next < 100_000 {
                next += push(&mut sink, next..100_000) as u32;
                std::thread::yield_now();
            }
            sink.end();
        });
        let mut expected = 0;
        while !source.is_finished() {
            let taken = source.take(usize::MAX, |records| {
                for value in numbers(records) {
                    assert_eq!(value, expected);
                    expected += 1;
                }
            });
            if taken.is_none() {
                std::thread::yield_now();
            }
        }
        writer.join().unwrap();
        assert_eq!(expected, 100_000);
    }
}
