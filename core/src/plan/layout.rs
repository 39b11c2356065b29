//! Where a plan's state lies in the arena, to the byte.
//!
//! In this order, every part rounded up to 8 bytes:
//!
//! 1. the header ([`HEADER_BYTES`]): counters and the query's phase;
//! 2. [`STREAM_BYTES`] per stream, kept for what several operators will share;
//! 3. two bytes per call: where its function is in the set that the query was started with. (They
//!    follow from the plan and that set, and are written when a query starts.)
//! 4. per register: B values (a mask of B bits for BOOLEAN), then a validity mask of B bits if it
//!    is nullable. From [`LARGE_BATCH`] rows on, registers lie at multiples of [`LINE_BYTES`] from
//!    the arena's start, so that no load of a host's SIMD crosses a cache line if the arena starts
//!    at one;
//! 5. per operator: its state ([`operator_bytes`]).
//!
//! Offsets in a plan's tables are those of this order: [`verify`](super::verify::verify) compares
//! them, and whoever builds a plan sets them from [`walk`].

mod aggregate;

use super::op::{Register, RegisterId};
use super::{AggregateTable, Operator, Plan, Range, SortTable, TimeSource, WindowTable};
use crate::types::DataType;
pub use aggregate::{
    AggregateLayout, Combine, aggregate_bytes, aggregate_layout, combine, left_bytes, panes,
};

/// Bytes of the arena's header.
pub const HEADER_BYTES: u64 = 128;
/// Bytes kept for one stream's state.
pub const STREAM_BYTES: u64 = 16;
/// Bytes of one call's place.
pub const CALL_BYTES: u64 = 2;
/// Bytes of a window operator's fixed state; a pane and a selection entry per row follow.
pub const WINDOW_BYTES: u64 = 96;
/// Bytes of an aggregate operator's fixed state.
pub const AGGREGATE_BYTES: u64 = 160;
/// Bytes of one session, without its aggregates' states.
pub const SESSION_BYTES: u64 = 32;
/// Bytes of a sort operator's fixed state.
pub const SORT_BYTES: u64 = 32;
/// Most aggregates of a plan, one behind another.
pub const MAX_STAGES: usize = 4;
/// Rows of a batch from which registers begin on cache lines: what that takes is less than 1/16.
pub const LARGE_BATCH: u16 = 1024;
/// Bytes of a cache line.
pub const LINE_BYTES: u64 = 64;

/// `n` rounded up to where a register may begin.
const fn align_register(n: u64, rows: u16) -> u64 {
    let to = if rows >= LARGE_BATCH { LINE_BYTES } else { 8 };
    n.saturating_add(to - 1) & !(to - 1)
}

pub(crate) const fn align8(n: u64) -> u64 {
    n.saturating_add(7) & !7
}

/// Bytes of a mask of `rows` bits.
#[must_use]
pub const fn mask_bytes(rows: u16) -> u64 {
    (rows as u64).div_ceil(64) * 8
}

/// Bytes of a register's values, without its validity mask.
#[must_use]
pub const fn values_bytes(data_type: DataType, rows: u16) -> u64 {
    match data_type {
        DataType::Boolean => mask_bytes(rows),
        t => align8(t.size() as u64 * rows as u64),
    }
}

/// Bytes of a register.
#[must_use]
pub const fn register_bytes(register: &Register, rows: u16) -> u64 {
    let validity = if register.nullable { mask_bytes(rows) } else { 0 };
    align_register(values_bytes(register.data_type, rows) + validity, rows)
}

/// 8-byte words of a set of numbers below `capacity`: a bit each, and a bit per word of these.
#[must_use]
pub const fn bits_words(capacity: u64) -> u64 {
    let words = capacity.div_ceil(64);
    words + words.div_ceil(64)
}

/// Entries of a group index for `groups` groups: a power of two that stays at most 2/3 full.
#[must_use]
pub const fn index_entries(groups: u32) -> u64 {
    (groups as u64 + groups as u64 / 2 + 1).next_power_of_two()
}

/// Where a key lies in a group's key words: its value's first byte, and the next free byte.
///
/// Keys stand in declared order. A nullable key has a byte before it (1 = not NULL). A number
/// of up to 8 bytes never straddles two 8-byte words; other values start a word, and texts are
/// padded to whole words.
#[must_use]
pub const fn key_place(at: u64, data_type: DataType, nullable: bool) -> (u64, u64) {
    let after_flag = at + nullable as u64;
    let size = data_type.size() as u64;
    match data_type {
        DataType::Varchar(_) | DataType::Varbinary(_) => {
            let start = align8(after_flag);
            (start, start + align8(size))
        }
        _ if size > 8 => (align8(after_flag), align8(after_flag) + size),
        _ if after_flag / 8 == (after_flag + size - 1) / 8 => (after_flag, after_flag + size),
        _ => (align8(after_flag), align8(after_flag) + size),
    }
}

/// 8-byte words of the key of one group.
#[must_use]
pub const fn key_words(plan: &Plan<'_>, keys: Range) -> u64 {
    let mut at = 0;
    let mut i = 0;
    while i < keys.len as usize {
        if let Some(r) = listed(plan, keys.start as usize + i) {
            at = key_place(at, r.data_type, r.nullable).1;
        }
        i += 1;
    }
    at.div_ceil(8)
}

pub(crate) const fn listed(plan: &Plan<'_>, at: usize) -> Option<Register> {
    if at < plan.lists.len() { register(plan, plan.lists[at]) } else { None }
}

pub(crate) const fn register(plan: &Plan<'_>, id: RegisterId) -> Option<Register> {
    if id.index() < plan.registers.len() { Some(plan.registers[id.index()]) } else { None }
}

/// The window entry below an aggregate, if there is one.
#[must_use]
pub const fn window<'p>(plan: &Plan<'p>, table: &AggregateTable) -> Option<&'p WindowTable> {
    let input = table.input.index();
    if input < plan.operators.len()
        && let Operator::Window(window) = &plan.operators[input]
    {
        return Some(window);
    }
    None
}

/// How far the watermark trails behind the times that a window entry goes by, microseconds.
#[must_use]
pub const fn delay(plan: &Plan<'_>, entry: &WindowTable) -> i64 {
    match entry.time {
        TimeSource::Event if !plan.streams.is_empty() => match plan.streams[0].time {
            Some(time) => time.delay,
            None => 0,
        },
        _ => 0,
    }
}

/// Bytes of a row that a sort operator holds: its keys as words that compare as the rows do, a
/// number, and the record.
#[must_use]
pub const fn sort_key_words(plan: &Plan<'_>, table: &SortTable) -> u64 {
    let mut words: u64 = 1;
    let mut i = 0;
    while i < table.keys.len as usize {
        if let Some(register) = listed(plan, table.keys.start as usize + i) {
            let size = match register.data_type {
                DataType::Boolean => 1,
                t => t.size() as u64,
            };
            words += 1 + size.div_ceil(8);
        }
        i += 1;
    }
    words
}

/// Bytes of the order of the rows that a sort operator holds: a number each.
#[must_use]
pub const fn sort_order_bytes(table: &SortTable) -> u64 {
    align8(table.capacity as u64 * 4)
}

/// Bytes of a number per row: the state of a filter.
pub(crate) const fn selection_bytes(plan: &Plan<'_>) -> u64 {
    align8(2 * plan.batch_rows as u64)
}

/// Bytes of a window operator's state.
pub(crate) const fn window_bytes(plan: &Plan<'_>) -> u64 {
    WINDOW_BYTES + 2 * selection_bytes(plan)
}

/// Bytes of an operator's state.
#[must_use]
pub const fn operator_bytes(plan: &Plan<'_>, operator: &Operator) -> u64 {
    match operator {
        Operator::Scan { .. } | Operator::Project { .. } | Operator::Emit { .. } => 0,
        Operator::Filter { .. } => selection_bytes(plan),
        Operator::Window(_) => window_bytes(plan),
        Operator::Sort(table) => {
            let row = sort_key_words(plan, table) * 8 + left_bytes(plan) - 8;
            // The rows held, their order, and a batch's records before they are taken in.
            let order = sort_order_bytes(table);
            let held = (table.capacity as u64).saturating_mul(row).saturating_add(order);
            let batch = (plan.batch_rows as u64).saturating_mul(left_bytes(plan) - 8);
            SORT_BYTES.saturating_add(held).saturating_add(batch)
        }
        Operator::Aggregate(table) => {
            let layout = aggregate_layout(plan, table);
            let mut end = layout.aggregates;
            let mut i = 0;
            while i < table.aggregates.len as usize {
                let at = table.aggregates.start as usize + i;
                if at < plan.aggregates.len() {
                    let bytes = layout.aggregate_bytes(plan, &plan.aggregates[at]);
                    end = end.saturating_add(bytes);
                }
                i += 1;
            }
            end
        }
    }
}

/// First byte of the calls' places.
#[must_use]
pub const fn calls_offset(plan: &Plan<'_>) -> u64 {
    HEADER_BYTES + STREAM_BYTES * plan.streams.len() as u64
}

/// Bytes of the calls' places.
#[must_use]
pub const fn calls_bytes(plan: &Plan<'_>) -> u64 {
    align8(CALL_BYTES * plan.calls.len() as u64)
}

/// First byte of the registers.
#[must_use]
pub const fn registers_offset(plan: &Plan<'_>) -> u64 {
    align_register(calls_offset(plan) + calls_bytes(plan), plan.batch_rows)
}

/// Bytes of all registers.
#[must_use]
pub const fn registers_bytes(plan: &Plan<'_>) -> u64 {
    let mut end: u64 = 0;
    let mut i = 0;
    while i < plan.registers.len() {
        end = end.saturating_add(register_bytes(&plan.registers[i], plan.batch_rows));
        i += 1;
    }
    end
}

/// Bytes of the whole arena; `usize::MAX` if it does not fit the address space.
#[must_use]
pub const fn arena_bytes(plan: &Plan<'_>) -> usize {
    let mut end = registers_offset(plan).saturating_add(registers_bytes(plan));
    let mut i = 0;
    while i < plan.operators.len() {
        end = end.saturating_add(operator_bytes(plan, &plan.operators[i]));
        i += 1;
    }
    if end > usize::MAX as u64 { usize::MAX } else { end as usize }
}

/// One offset of the canonical layout, as [`walk`] gives them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A register of the register table.
    Register(usize),
    /// An operator's state.
    Operator(usize),
    /// An aggregate's states.
    Aggregate(usize),
}

/// Calls `visit` with every place of the canonical layout and its offset.
pub fn walk(plan: &Plan<'_>, mut visit: impl FnMut(Place, u64)) {
    let mut at = registers_offset(plan);
    for (i, register) in plan.registers.iter().enumerate() {
        visit(Place::Register(i), at);
        at = at.saturating_add(register_bytes(register, plan.batch_rows));
    }
    for (i, operator) in plan.operators.iter().enumerate() {
        visit(Place::Operator(i), at);
        if let Operator::Aggregate(table) = operator {
            let layout = aggregate_layout(plan, table);
            let mut state = at.saturating_add(layout.aggregates);
            let first = table.aggregates.start as usize;
            for (j, aggregate) in table.aggregates.of(plan.aggregates).iter().enumerate() {
                visit(Place::Aggregate(first + j), state);
                state = state.saturating_add(layout.aggregate_bytes(plan, aggregate));
            }
        }
        at = at.saturating_add(operator_bytes(plan, operator));
    }
}

impl Operator {
    /// Arena offset of its state, for an operator that has one.
    #[must_use]
    pub const fn state(&self) -> Option<u32> {
        match *self {
            Self::Scan { .. } | Self::Project { .. } | Self::Emit { .. } => None,
            Self::Filter { state, .. } => Some(state),
            Self::Window(ref table) => Some(table.state),
            Self::Aggregate(ref table) => Some(table.state),
            Self::Sort(ref table) => Some(table.state),
        }
    }

    /// The same operator with its state elsewhere.
    pub fn set_state(&mut self, offset: u32) {
        match self {
            Self::Scan { .. } | Self::Project { .. } | Self::Emit { .. } => {}
            Self::Filter { state, .. } => *state = offset,
            Self::Window(table) => table.state = offset,
            Self::Aggregate(table) => table.state = offset,
            Self::Sort(table) => table.state = offset,
        }
    }
}
