//! What happened to every record: nothing is lost without a number here.

use bytemuck::{Pod, Zeroable};

/// Counters of one query since it started; a copy of those in its arena.
///
/// Of an aggregate query: every record that passed the filter is in a group, late, or dropped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(C)]
pub struct Counters {
    /// Records read.
    pub rows_in: u64,
    /// Result rows written.
    pub rows_out: u64,
    /// Records that a WHERE turned away.
    pub filtered: u64,
    /// Records whose window was already closed.
    pub late: u64,
    /// Records whose group found no room (`on_full = 'drop_new'`).
    pub dropped: u64,
    /// Values that became NULL: integer overflow, integer `% 0`.
    pub arithmetic_errors: u64,
    /// Values that became NULL: a CAST that does not fit.
    pub cast_errors: u64,
}
