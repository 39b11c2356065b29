//! The next batch on its way from memory, while this one is worked on.
//!
//! A processor fetches by itself only what lies behind the last reads, and only up to the end of a
//! page: between two scans of a batch memory rests, and the next batch starts cold. So each step of
//! work (an instruction, an aggregate, a window that leaves) asks for a few cache lines of the rows
//! behind the batch, in the columns that the plan reads. With feature `simd`, on processors that
//! the crate `prefetch-index` knows.

use core::ops::Range;
use core::sync::atomic::{AtomicUsize, Ordering};

use prefetch_index::prefetch_index;

use crate::batch::Batch;
use crate::plan::Plan;
use crate::plan::op::{Op, StreamId};

/// Lines that a step asks for: as many as a core can wait for at once without standing still.
const LINES: usize = 16;
const LINE: usize = 64;
/// Lines that are asked for in one go: a loop over single ones is more work than the asking.
const BLOCK: usize = 4 * LINE;
/// Batches of fewer rows are gone before what was asked for is there.
const FEWEST: usize = 256;
/// Columns of which rows are asked for, at most.
const MOST: usize = 8;

/// The columns that a plan reads, one bit for each of the first 64.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Columns(u64);

impl Columns {
    pub(crate) const fn of(plan: &Plan<'_>) -> Self {
        let mut bits = 0;
        let mut i = 0;
        while i < plan.instructions.len() {
            if matches!(plan.instructions[i].op, Op::Load) {
                bits |= bit(plan.instructions[i].a.0 as u32);
            }
            i += 1;
        }
        if let [stream, ..] = plan.streams
            && let Some(time) = stream.time
        {
            bits |= bit(time.column.0 as u32);
        }
        Self(bits)
    }

    fn has(self, index: usize) -> bool {
        self.0.checked_shr(index as u32).is_some_and(|bits| bits & 1 != 0)
    }
}

/// The bit of a column, if it is one of the first.
const fn bit(index: u32) -> u64 {
    match 1u64.checked_shl(index) {
        Some(bit) => bit,
        None => 0,
    }
}

/// What is asked for behind one batch.
#[derive(Debug, Default)]
pub(crate) struct Ahead<'a> {
    parts: heapless::Vec<Part<'a>, MOST>,
    /// Rows behind the batch that were asked for.
    asked: AtomicUsize,
    /// Rows that a step asks for.
    step: usize,
    /// Rows of the batch: no more are asked for.
    rows: usize,
}

/// Rows of one column, or whole records.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part<'a> {
    pub(crate) bytes: &'a [u8],
    /// Where the first row behind the batch starts, which may be the end of `bytes`.
    pub(crate) start: usize,
    /// Bytes from one row to the next.
    pub(crate) stride: usize,
}

impl<'a> Ahead<'a> {
    /// What to ask for behind `batch`, if that pays.
    #[inline]
    pub(crate) fn of(batch: &Batch<'a>, plan: &Plan<'_>, columns: Columns) -> Option<Self> {
        (batch.rows() >= FEWEST).then(|| Self::behind(batch, plan, columns))
    }

    #[inline(never)] // a poll of one record has nothing of it
    fn behind(batch: &Batch<'a>, plan: &Plan<'_>, columns: Columns) -> Self {
        let mut ahead = Self::default();
        let fields = plan.input(StreamId(0)).fields.iter().enumerate();
        for (index, field) in fields.filter(|(index, _)| columns.has(*index)) {
            let Some(part) = batch.behind(index, field.data_type.size()) else { break };
            if ahead.parts.push(part).is_err() || part.stride != field.data_type.size() {
                break; // records hold all columns
            }
        }
        let row: usize = ahead.parts.iter().map(|part| part.stride).sum();
        ahead.step = (LINES * LINE).checked_div(row).unwrap_or(0);
        ahead.rows = batch.rows();
        ahead
    }

    /// Asks for the next lines.
    #[inline]
    pub(crate) fn ask(&self) {
        let Some(rows) = self.next() else { return };
        for part in &self.parts {
            for block in part.blocks(rows.clone()) {
                (0..BLOCK).step_by(LINE).for_each(|line| prefetch_index(part.bytes, block + line));
            }
        }
    }

    /// The rows that are next.
    #[inline]
    fn next(&self) -> Option<Range<usize>> {
        let row = self.asked.load(Ordering::Relaxed);
        (row < self.rows).then(|| {
            let end = row + self.step;
            self.asked.store(end, Ordering::Relaxed);
            row..end
        })
    }
}

impl Part<'_> {
    /// Where blocks of lines start in some of the rows behind the batch.
    #[inline]
    fn blocks(&self, rows: Range<usize>) -> impl Iterator<Item = usize> + use<> {
        let [first, end] = [rows.start, rows.end].map(|row| self.start + row * self.stride);
        (first.next_multiple_of(BLOCK)..end).step_by(BLOCK)
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    #[test]
    fn each_line_behind_is_asked_for_once() {
        for rows in [0usize, 1, 255, 256, 257, 1000, 4096] {
            for skip in [0usize, 3, 700] {
                let part =
                    |stride: usize| Part { bytes: &[], start: (skip + rows) * stride, stride };
                let mut ahead = Ahead { step: LINES * LINE / 12, rows, ..Ahead::default() };
                ahead.parts.extend([part(8), part(4)]);
                let mut blocks = [Vec::new(), Vec::new()];
                while let Some(asked) = ahead.next() {
                    for (blocks, part) in blocks.iter_mut().zip(&ahead.parts) {
                        blocks.extend(part.blocks(asked.clone()));
                    }
                }
                for (blocks, part) in blocks.iter().zip(&ahead.parts) {
                    assert!(
                        blocks.is_sorted_by(|a, b| b - a == BLOCK),
                        "{rows} {skip}: {blocks:?}"
                    );
                    // All that start in the rows behind, and no more than a step beyond.
                    let end = part.start + rows * part.stride;
                    let first = part.start.next_multiple_of(BLOCK);
                    let expected = (first..end).step_by(BLOCK).count();
                    assert!((expected..=expected + LINES).contains(&blocks.len()));
                }
            }
        }
    }
}
