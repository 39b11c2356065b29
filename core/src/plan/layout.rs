//! Where a plan's state lies in the arena, to the byte.
//!
//! In this order, every part rounded up to 8 bytes:
//!
//! 1. the header ([`HEADER_BYTES`]): counters and the query's phase;
//! 2. [`STREAM_BYTES`] per stream, for a watermark that several window operators share (a window
//!    operator keeps its own until then);
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

use super::aggregates::rules;
use super::op::{Register, RegisterId};
use super::{Aggregate, AggregateFunction, AggregateTable, Operator, Plan, Range};
use crate::types::{DataType, Kind};

/// Bytes of the arena's header.
pub const HEADER_BYTES: u64 = 128;
/// Bytes kept for one stream's state.
pub const STREAM_BYTES: u64 = 16;
/// Bytes of one call's place.
pub const CALL_BYTES: u64 = 2;
/// Bytes of a tumble operator's fixed state; a pane id and a selection entry per row follow.
pub const TUMBLE_BYTES: u64 = 32;
/// Bytes of an aggregate operator's fixed state.
pub const AGGREGATE_BYTES: u64 = 16;
/// Bytes of the header of one open window's group table.
pub const PANE_BYTES: u64 = 16;

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

const fn register(plan: &Plan<'_>, id: RegisterId) -> Option<Register> {
    if id.index() < plan.registers.len() { Some(plan.registers[id.index()]) } else { None }
}

/// Windows that can be open at once below an aggregate: those of its tumble input, else 1.
#[must_use]
pub const fn panes(plan: &Plan<'_>, table: &AggregateTable) -> u64 {
    let input = table.input.index();
    if input < plan.operators.len()
        && let Operator::Tumble { panes, .. } = plan.operators[input]
    {
        return panes as u64;
    }
    1
}

/// Bytes of one aggregate's states over `slots` groups.
#[must_use]
pub const fn aggregate_bytes(plan: &Plan<'_>, aggregate: &Aggregate, slots: u64) -> u64 {
    if let Some(bytes) = rules::slot_bytes(plan, aggregate) {
        return slots.saturating_mul(bytes);
    }
    let argument = match rules::argument(plan, aggregate, 0) {
        Some(r) => r.data_type,
        None => DataType::BigInt,
    };
    // A group's MIN, MAX or SUM may have seen no value.
    let seen = if rules::can_miss(plan, aggregate) { align8(slots) } else { 0 };
    let sum = if matches!(argument.kind(), Kind::I64 | Kind::U64 | Kind::I128) { 16 } else { 8 };
    match aggregate.function {
        AggregateFunction::Sum => slots.saturating_mul(sum).saturating_add(seen),
        AggregateFunction::CountIf => slots.saturating_mul(8).saturating_add(seen),
        AggregateFunction::Avg => slots.saturating_mul(sum + 8),
        AggregateFunction::Min
        | AggregateFunction::Max
        | AggregateFunction::BoolAnd
        | AggregateFunction::BoolOr => {
            align8(slots.saturating_mul(argument.size() as u64)).saturating_add(seen)
        }
        _ => slots.saturating_mul(8), // a count
    }
}

/// Whether an aggregate of the operator has a FILTER.
#[must_use]
pub const fn has_filter(plan: &Plan<'_>, table: &AggregateTable) -> bool {
    let mut i = 0;
    while i < table.aggregates.len as usize {
        let at = table.aggregates.start as usize + i;
        if at < plan.aggregates.len() && plan.aggregates[at].filter.is_some() {
            return true;
        }
        i += 1;
    }
    false
}

/// The parts of an aggregate operator's state, as offsets from its start, bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AggregateLayout {
    /// Key words of one group.
    pub key_words: u64,
    /// Open windows.
    pub panes: u64,
    /// Groups in all panes.
    pub slots: u64,
    /// Entries of one pane's index; 0 without keys.
    pub index_entries: u64,
    /// Pane headers.
    pub pane_headers: u64,
    /// The indexes.
    pub index: u64,
    /// The groups' keys.
    pub keys: u64,
    /// The batch's key words.
    pub batch_keys: u64,
    /// The batch's group numbers (u32 per row).
    pub batch_groups: u64,
    /// The same without the rows that a FILTER leaves out (as many bytes, or none if there is no
    /// FILTER).
    pub filtered: u64,
    /// The first aggregate's states.
    pub aggregates: u64,
}

/// The layout of an aggregate operator's state.
#[must_use]
pub const fn aggregate_layout(plan: &Plan<'_>, table: &AggregateTable) -> AggregateLayout {
    let panes = panes(plan, table);
    let key_words = key_words(plan, table.keys);
    let slots = panes * table.groups as u64;
    let index_entries = if key_words == 0 { 0 } else { index_entries(table.groups) };
    let rows = plan.batch_rows as u64;
    let index = AGGREGATE_BYTES + panes * PANE_BYTES;
    let keys = index.saturating_add(align8(panes * index_entries * 4));
    let batch_keys = keys.saturating_add(slots.saturating_mul(key_words * 8));
    let batch_groups = batch_keys.saturating_add(rows * key_words * 8);
    let filtered = batch_groups.saturating_add(align8(rows * 4));
    let own = if has_filter(plan, table) { align8(rows * 4) } else { 0 };
    let aggregates = filtered.saturating_add(own);
    AggregateLayout {
        key_words,
        panes,
        slots,
        index_entries,
        pane_headers: AGGREGATE_BYTES,
        index,
        keys,
        batch_keys,
        batch_groups,
        filtered,
        aggregates,
    }
}

/// Bytes of an operator's state.
#[must_use]
pub const fn operator_bytes(plan: &Plan<'_>, operator: &Operator) -> u64 {
    let per_row = align8(2 * plan.batch_rows as u64);
    match operator {
        Operator::Scan { .. } | Operator::Project { .. } | Operator::Emit { .. } => 0,
        Operator::Filter { .. } => per_row,
        Operator::Tumble { .. } => TUMBLE_BYTES + 2 * per_row,
        Operator::Aggregate(table) => {
            let layout = aggregate_layout(plan, table);
            let mut end = layout.aggregates;
            let mut i = 0;
            while i < table.aggregates.len as usize {
                let at = table.aggregates.start as usize + i;
                if at < plan.aggregates.len() {
                    let bytes = aggregate_bytes(plan, &plan.aggregates[at], layout.slots);
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
                state = state.saturating_add(aggregate_bytes(plan, aggregate, layout.slots));
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
            Self::Filter { state, .. } | Self::Tumble { state, .. } => Some(state),
            Self::Aggregate(ref table) => Some(table.state),
        }
    }

    /// The same operator with its state elsewhere.
    pub fn set_state(&mut self, offset: u32) {
        match self {
            Self::Scan { .. } | Self::Project { .. } | Self::Emit { .. } => {}
            Self::Filter { state, .. } | Self::Tumble { state, .. } => *state = offset,
            Self::Aggregate(table) => table.state = offset,
        }
    }
}
