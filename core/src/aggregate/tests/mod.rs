//! Merging, and the errors of sketches: what no query can show.

mod merge;
mod series;
mod sketches;

use std::string::String;
use std::vec;
use std::vec::Vec;

use bytemuck::Pod;

use super::{Groups, States};
use crate::counters::Counters;
use crate::expr::frame::{Frame, VectorMut, set_text};
use crate::plan::Aggregate;
use crate::plan::layout::{aggregate_bytes, registers_bytes, registers_offset};
use crate::plan::op::RegisterId;
use crate::sql::{Options, OwnedPlan, compile};
use crate::types::{DataType, Kind, Span, Uuid16, Wide};

/// SplitMix64 (Steele, Lea, Flood 2014).
pub(super) struct Random(pub(super) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    /// From 0 to 1, never 0.
    fn unit(&mut self) -> f64 {
        ((self.next() >> 11) + 1) as f64 / (1u64 << 53) as f64
    }
}

/// The states of one aggregate of a query, and registers for its arguments.
struct Bench {
    plan: OwnedPlan,
    registers: Vec<u64>,
    states: Vec<u64>,
    slots: u64,
    keyed: bool,
}

/// Rows of a batch.
const ROWS: usize = 512;

impl Bench {
    fn new(columns: &str, call: &str, slots: u64) -> Self {
        Self::keyed(columns, call, slots, true)
    }

    /// The states as of groups with keys, or without.
    fn keyed(columns: &str, call: &str, slots: u64, keyed: bool) -> Self {
        let sql = std::format!(
            "CREATE STREAM s ({columns}); SELECT {call} FROM s
             SETTINGS max_values = 256, max_distinct = 256, max_text = 2048"
        );
        let options = Options { batch_rows: ROWS as u16, ..Options::default() };
        let program = compile(&sql, &options).unwrap_or_else(|e| panic!("{call}: {e}"));
        let owned = program.queries.into_iter().next().unwrap();
        let plan = owned.plan();
        let bytes = aggregate_bytes(&plan, &plan.aggregates[0], slots, keyed);
        let registers = vec![0; registers_bytes(&plan) as usize / 8];
        let mut bench = Self {
            registers,
            states: vec![u64::MAX; bytes as usize / 8],
            plan: owned,
            slots,
            keyed,
        };
        bench.with(|states, _, _| states.reset_all().unwrap());
        bench
    }

    fn aggregate(&self) -> Aggregate {
        self.plan.plan().aggregates[0]
    }

    fn arguments(&self) -> Vec<RegisterId> {
        self.aggregate().arguments.of(self.plan.plan().lists).to_vec()
    }

    fn with<R>(&mut self, f: impl FnOnce(&mut States<'_>, &mut Frame<'_>, RegisterId) -> R) -> R {
        let plan = self.plan.plan();
        let base = registers_offset(&plan) as usize;
        let bytes = bytemuck::cast_slice_mut(&mut self.registers);
        let mut frame = Frame::new(bytes, base, plan.registers, plan.batch_rows);
        let mut rest: &mut [u8] = bytemuck::cast_slice_mut(&mut self.states);
        let aggregate = plan.aggregates[0];
        let mut states =
            States::take(&plan, &aggregate, self.slots, self.keyed, &mut rest).unwrap();
        f(&mut states, &mut frame, aggregate.result)
    }

    /// Calls `f` with a register to be filled.
    fn fill(&mut self, register: RegisterId, f: impl FnOnce(&mut VectorMut<'_>)) {
        self.with(|_, frame, _| {
            let (mut vector, _) = frame.split(register).unwrap();
            vector.set_all_valid(true);
            f(&mut vector);
        });
    }

    fn update(&mut self, groups: Groups<'_>, rows: usize) {
        self.with(|states, frame, _| states.update(frame, groups, rows).unwrap());
    }

    fn merge(&mut self, into: u32, from: u32) {
        self.with(|states, _, _| states.merge(&[into], &[from]).unwrap());
    }

    /// The result of a slot; `None` for NULL.
    fn finish(&mut self, slot: u32) -> Option<Vec<u8>> {
        self.with(|states, frame, result| {
            let (mut dst, _) = frame.split(result).unwrap();
            dst.set_all_valid(true);
            states.finish(&mut dst, &[slot], false, &mut Counters::default()).unwrap();
            let vector = frame.get(result).unwrap();
            vector.is_valid(0).then(|| super::cell::of(&vector, 0).unwrap().to_vec())
        })
    }

    fn number(&mut self, slot: u32) -> Option<f64> {
        self.finish(slot).map(|bytes| f64::from_le_bytes(bytes.try_into().unwrap()))
    }

    fn text(&mut self, slot: u32) -> Option<String> {
        let bytes = self.finish(slot)?;
        Some(String::from_utf8(crate::expr::frame::text_bytes(&bytes).to_vec()).unwrap())
    }
}

/// Puts numbers into the first rows of a register.
fn put<T: Pod>(vector: &mut VectorMut<'_>, values: &[T]) {
    vector.of::<T>(values.len()).unwrap().copy_from_slice(values);
}

/// Fills a register with values of a small range, some of which are equal, some NULL.
fn fill_random(vector: &mut VectorMut<'_>, random: &mut Random) {
    let mut small = |n: u64| random.below(n) as i64 - n as i64 / 2;
    let data_type = vector.data_type;
    match data_type.kind() {
        Kind::Bool => vector.mask().unwrap().iter_mut().for_each(|w| *w = small(1 << 62) as u64),
        Kind::I32 => put(vector, &[(); ROWS].map(|()| small(60) as i32)),
        Kind::I64 => put(vector, &[(); ROWS].map(|()| small(60))),
        Kind::F32 => put(vector, &[(); ROWS].map(|()| small(4000) as f32 / 16.0)),
        Kind::F64 => put(vector, &[(); ROWS].map(|()| small(4000) as f64 / 7.0)),
        Kind::I128 => put(vector, &[(); ROWS].map(|()| Wide::new(i128::from(small(90)) << 60))),
        Kind::Interval => {
            put(
                vector,
                &[(); ROWS].map(|()| Span::new(small(3) as i32, small(9) as i32, small(3))),
            );
        }
        Kind::Uuid => {
            put(vector, &[(); ROWS].map(|()| Uuid16::from_le_bytes([small(9) as u8; 16])))
        }
        Kind::Text => {
            let width = data_type.size();
            for field in vector.values.chunks_exact_mut(width).take(ROWS) {
                let texts: [&[u8]; 4] = [b"", b"a", b"bc", b"x\"y"];
                set_text(field, texts[(small(4) + 2) as usize]);
            }
        }
        kind => panic!("{kind:?}"),
    }
    let nulls = [(); ROWS / 64].map(|()| random.next() | random.next());
    if let Some(words) = &mut vector.validity {
        words.copy_from_slice(&nulls);
    }
}

/// Whether two results are equal, or floats that differ by what adding up in another order explains.
fn same(data_type: DataType, a: &Option<Vec<u8>>, b: &Option<Vec<u8>>) -> bool {
    let (Some(x), Some(y)) = (a, b) else { return a == b };
    if data_type != DataType::Double {
        return a == b;
    }
    let read = |bytes: &[u8]| f64::from_le_bytes(bytes.try_into().unwrap());
    let (x, y) = (read(x), read(y));
    x == y || x.is_nan() && y.is_nan() || (x - y).abs() <= 1e-12 * x.abs().max(y.abs()).max(1.0)
}
