//! ORDER BY and LIMIT: holds the rows of a window, and lets them leave in an order.
//!
//! A row's keys become words that compare as the rows do (normalised keys: Graefe, "Implementing
//! sorting in database systems", ACM Computing Surveys 38(3), 2006), the last of them the row's
//! number, so that equal rows leave as they came. With LIMIT a heap keeps the best (Knuth, TAOCP 3,
//! 5.2.3), so that no more than `offset + limit` rows are held.

use core::marker::PhantomData;

use bytemuck::{Pod, Zeroable};

use crate::arena::{copy, slice_mut, swap, take, view_mut};
use crate::error::RunError;
use crate::expr::frame::{Frame, Vector, bit};
use crate::plan::layout::{SORT_BYTES, left_bytes, sort_key_words, sort_order_bytes};
use crate::plan::uses::{Everything, Uses};
use crate::plan::{Plan, SortTable};
use crate::types::{Kind, Span, Uuid16, Wide};

/// The fixed state of a sort operator.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct SortState {
    /// Rows held.
    rows: u32,
    /// 1 while rows leave.
    leaves: u32,
    /// Rows that have left.
    left: u32,
    reserved: u32,
    /// Rows taken since the query started.
    taken: u64,
    /// End of the window whose rows are held.
    window: i64,
}

const _: () = assert!(size_of::<SortState>() as u64 == SORT_BYTES);

/// A sort operator over its state.
#[derive(Debug)]
pub(crate) struct Sort<'a, U: Uses = Everything> {
    entry: &'a SortTable,
    state: &'a mut SortState,
    /// Places in the order of the heap, or of the rows.
    order: &'a mut [u32],
    keys: &'a mut [u64],
    records: &'a mut [u8],
    /// A batch's records.
    pub(crate) batch: &'a mut [u8],
    width: usize,
    record: usize,
    padded: usize,
    uses: PhantomData<U>,
}

impl<'a, U: Uses> Sort<'a, U> {
    /// The operator of `entry`, whose state is at the start of `state`. Records are of `record`
    /// bytes.
    pub(crate) fn new(
        plan: &Plan<'_>,
        entry: &'a SortTable,
        record: usize,
        mut state: &'a mut [u8],
    ) -> Result<Self, RunError> {
        let rest = &mut state;
        let width = sort_key_words(plan, entry);
        let padded = left_bytes(plan).saturating_sub(8);
        let capacity = u64::from(entry.capacity);
        let fixed = view_mut(take(rest, SORT_BYTES)?)?;
        let order = slice_mut(take(rest, sort_order_bytes(entry))?)?;
        let keys = slice_mut(take(rest, capacity * width * 8)?)?;
        let records = take(rest, capacity * padded)?;
        let batch = take(rest, u64::from(plan.batch_rows) * padded)?;
        let (width, padded) = (width as usize, padded as usize);
        Ok(Self {
            entry,
            state: fixed,
            order,
            keys,
            records,
            batch,
            width,
            record,
            padded,
            uses: PhantomData,
        })
    }

    /// Whether rows are on their way out.
    pub(crate) const fn is_leaving(&self) -> bool {
        self.state.leaves != 0
    }

    /// Lets what is held leave, unless it is of the window that ends at `window`; whether something
    /// does.
    pub(crate) fn flush(&mut self, window: Option<i64>) -> Result<bool, RunError> {
        if self.state.rows == 0 || window == Some(self.state.window) {
            return Ok(false);
        }
        // From the back: the worst of those that are left.
        for end in (1..self.state.rows as usize).rev() {
            swap(self.order, 0, end)?;
            self.sink(0, end)?;
        }
        self.state.leaves = 1;
        self.state.left = self.entry.offset.min(self.state.rows);
        Ok(true)
    }

    /// Writes the next rows to `room`, and returns how many.
    pub(crate) fn leave(&mut self, room: &mut [u8]) -> Result<usize, RunError> {
        let from = self.state.left as usize;
        let order = self.order.get(from..self.state.rows as usize).ok_or(RunError::Internal)?;
        let mut count = 0;
        for (place, out) in order.iter().zip(room.chunks_exact_mut(self.record.max(1))) {
            let start = *place as usize * self.padded;
            let record = self.records.get(start..start + self.record).ok_or(RunError::Internal)?;
            copy(out, record)?;
            count += 1;
        }
        self.state.left += count as u32;
        if self.state.left >= self.state.rows {
            (self.state.rows, self.state.left, self.state.leaves) = (0, 0, 0);
        }
        Ok(count)
    }

    /// Takes in `rows` rows of the window that ends at `window`: their records are in `batch`.
    pub(crate) fn take_in(
        &mut self,
        plan: &Plan<'_>,
        frame: &Frame<'_, U>,
        rows: usize,
        window: i64,
    ) -> Result<(), RunError> {
        self.state.window = window;
        for row in 0..rows {
            let held = self.state.rows as usize;
            let place = if held < self.entry.capacity as usize {
                held
            } else {
                // The worst makes room, if the row is better: its key is tried in a place of its own.
                if !self.is_better(plan, frame, row)? {
                    continue;
                }
                *self.order.first().ok_or(RunError::Internal)? as usize
            };
            self.put_keys(plan, frame, row, place)?;
            let start = row * self.record;
            let from = self.batch.get(start..start + self.record).ok_or(RunError::Internal)?;
            let start = place * self.padded;
            copy(
                self.records.get_mut(start..start + self.record).ok_or(RunError::Internal)?,
                from,
            )?;
            if held < self.entry.capacity as usize {
                *self.order.get_mut(held).ok_or(RunError::Internal)? = place as u32;
                self.state.rows += 1;
                self.rise(held)?;
            } else {
                self.sink(0, held)?;
            }
            self.state.taken += 1;
        }
        Ok(())
    }

    /// Whether a row comes before the worst that is held.
    fn is_better(
        &self,
        plan: &Plan<'_>,
        frame: &Frame<'_, U>,
        row: usize,
    ) -> Result<bool, RunError> {
        let worst = *self.order.first().ok_or(RunError::Internal)? as usize;
        let mut held = self.key(worst)?.iter();
        let mut order = core::cmp::Ordering::Equal;
        words(plan, self.entry, frame, row, |word| {
            if order.is_eq() {
                order = word.cmp(held.next().unwrap_or(&0));
            }
        })?;
        Ok(order.is_lt())
    }

    fn put_keys(
        &mut self,
        plan: &Plan<'_>,
        frame: &Frame<'_, U>,
        row: usize,
        place: usize,
    ) -> Result<(), RunError> {
        let start = place * self.width;
        let key = self.keys.get_mut(start..start + self.width).ok_or(RunError::Internal)?;
        let (last, key) = key.split_last_mut().ok_or(RunError::Internal)?;
        *last = self.state.taken;
        let mut slots = key.iter_mut();
        words(plan, self.entry, frame, row, |word| {
            if let Some(slot) = slots.next() {
                *slot = word;
            }
        })
    }

    fn key(&self, place: usize) -> Result<&[u64], RunError> {
        let start = place * self.width;
        self.keys.get(start..start + self.width).ok_or(RunError::Internal)
    }

    /// Whether the row at place `a` of the heap comes after the one at `b`.
    fn is_after(&self, a: usize, b: usize) -> Result<bool, RunError> {
        let place = |at: usize| self.order.get(at).copied().ok_or(RunError::Internal);
        Ok(self.key(place(a)? as usize)? > self.key(place(b)? as usize)?)
    }

    fn rise(&mut self, mut at: usize) -> Result<(), RunError> {
        while at > 0 && self.is_after(at, (at - 1) / 2)? {
            swap(self.order, at, (at - 1) / 2)?;
            at = (at - 1) / 2;
        }
        Ok(())
    }

    fn sink(&mut self, mut at: usize, end: usize) -> Result<(), RunError> {
        loop {
            let mut last = at;
            for child in [2 * at + 1, 2 * at + 2] {
                if child < end && self.is_after(child, last)? {
                    last = child;
                }
            }
            if last == at {
                return Ok(());
            }
            swap(self.order, at, last)?;
            at = last;
        }
    }
}

/// A row's keys as words.
fn words<U: Uses>(
    plan: &Plan<'_>,
    entry: &SortTable,
    frame: &Frame<'_, U>,
    row: usize,
    mut put: impl FnMut(u64),
) -> Result<(), RunError> {
    for (i, id) in entry.keys.of(plan.lists).iter().enumerate() {
        let key = frame.get(*id)?;
        let valid = key.is_valid(row);
        let nulls_first = entry.nulls_first >> i & 1 != 0;
        put(u64::from(valid == nulls_first));
        let flip = if entry.descending >> i & 1 != 0 { u64::MAX } else { 0 };
        let size = match key.data_type.kind() {
            Kind::Bool => 1,
            _ => key.data_type.size(),
        };
        let mut left = size.div_ceil(8);
        value(&key, row, |word| {
            if left > 0 {
                put(if valid { word ^ flip } else { 0 });
                left -= 1;
            }
        })?;
        (0..left).for_each(|_| put(if valid { flip } else { 0 }));
    }
    Ok(())
}

/// A value as words that compare as it does.
fn value(key: &Vector<'_>, row: usize, mut put: impl FnMut(u64)) -> Result<(), RunError> {
    macro_rules! number {
        ($t:ty, $f:expr) => {{
            let word: fn($t) -> u64 = $f;
            put(word(*key.of::<$t>(row + 1)?.last().ok_or(RunError::Internal)?));
        }};
    }
    const SIGN: u64 = 1 << 63;
    match key.data_type.kind() {
        Kind::Bool => {
            put(bit(key.mask()?, row).into());
        }
        Kind::I8 => number!(i8, |v| i64::from(v) as u64 ^ SIGN),
        Kind::I16 => number!(i16, |v| i64::from(v) as u64 ^ SIGN),
        Kind::I32 => number!(i32, |v| i64::from(v) as u64 ^ SIGN),
        Kind::I64 => number!(i64, |v| v as u64 ^ SIGN),
        Kind::U8 => number!(u8, u64::from),
        Kind::U16 => number!(u16, u64::from),
        Kind::U32 => number!(u32, u64::from),
        Kind::U64 => number!(u64, |v| v),
        Kind::F32 => number!(f32, |v| float(f64::from(v))),
        Kind::F64 => number!(f64, float),
        Kind::I128 => {
            let v = *key.of::<Wide>(row + 1)?.last().ok_or(RunError::Internal)?;
            wide(v.get(), put);
        }
        Kind::Interval => {
            let v = *key.of::<Span>(row + 1)?.last().ok_or(RunError::Internal)?;
            wide(v.total(), put);
        }
        Kind::Uuid => {
            let v = *key.of::<Uuid16>(row + 1)?.last().ok_or(RunError::Internal)?;
            let (high, low) = v.order();
            put(high);
            put(low);
        }
        Kind::Text => {
            let text = key.text(row);
            let (whole, rest) = text.as_chunks::<8>();
            whole.iter().for_each(|bytes| put(u64::from_be_bytes(*bytes)));
            let mut last = [0; 8];
            for (to, from) in last.iter_mut().zip(rest) {
                *to = *from;
            }
            if !rest.is_empty() {
                put(u64::from_be_bytes(last));
            }
        }
    }
    Ok(())
}

/// NaN on top, as comparisons have it.
fn float(v: f64) -> u64 {
    let bits = if v.is_nan() { f64::NAN.to_bits() } else { (v + 0.0).to_bits() };
    if bits >> 63 != 0 { !bits } else { bits | 1 << 63 }
}

fn wide(v: i128, mut put: impl FnMut(u64)) {
    let bits = v as u128 ^ 1 << 127;
    put((bits >> 64) as u64);
    put(bits as u64);
}
