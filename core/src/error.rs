//! One small error type per stage. `CompileError` is in `crate::sql` (it needs text).

use core::fmt;

use crate::counters::Failure;

/// Why a query can't be made from a plan and an arena.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum StartError {
    /// The plan was refused.
    Verify(VerifyError),
    /// The arena is smaller than [`Plan::arena_bytes`](crate::plan::Plan::arena_bytes).
    ArenaTooSmall {
        /// Bytes needed.
        needed: usize,
        /// Bytes given.
        given: usize,
    },
    /// The arena's first byte is not at a multiple of 8.
    ArenaMisaligned,
    /// To be resumed: the arena holds no snapshot of a query over this plan, by this version of the
    /// state's layout.
    NoSnapshot,
    /// To be resumed: the arena's bytes are not those of the snapshot any more.
    Damaged,
    /// The tables contradict each other. A plan that `verify` accepted never gives this.
    Internal,
}

/// Which table of a plan an error is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Table {
    /// No table: what the plan says of itself, such as
    /// [`Plan::batch_rows`](crate::plan::Plan::batch_rows).
    Header,
    /// [`Plan::streams`](crate::plan::Plan::streams)
    Streams,
    /// [`Plan::outputs`](crate::plan::Plan::outputs)
    Outputs,
    /// [`Plan::fields`](crate::plan::Plan::fields)
    Fields,
    /// [`Plan::constants`](crate::plan::Plan::constants)
    Constants,
    /// [`Plan::registers`](crate::plan::Plan::registers)
    Registers,
    /// [`Plan::instructions`](crate::plan::Plan::instructions)
    Instructions,
    /// [`Plan::operators`](crate::plan::Plan::operators)
    Operators,
    /// [`Plan::aggregates`](crate::plan::Plan::aggregates)
    Aggregates,
    /// [`Plan::lists`](crate::plan::Plan::lists)
    Lists,
    /// [`Plan::calls`](crate::plan::Plan::calls)
    Calls,
    /// [`Plan::arguments`](crate::plan::Plan::arguments)
    Arguments,
    /// [`Plan::texts`](crate::plan::Plan::texts)
    Texts,
    /// [`Plan::bytes`](crate::plan::Plan::bytes)
    Bytes,
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Header => "header",
            Self::Streams => "stream",
            Self::Outputs => "output",
            Self::Fields => "field",
            Self::Constants => "constant",
            Self::Registers => "register",
            Self::Instructions => "instruction",
            Self::Operators => "operator",
            Self::Aggregates => "aggregate",
            Self::Lists => "list",
            Self::Calls => "call",
            Self::Arguments => "argument",
            Self::Texts => "text",
            Self::Bytes => "byte",
        })
    }
}

/// Why a plan is refused by [`verify`](crate::plan::verify::verify): which entry, and what is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct VerifyError {
    /// The table.
    pub table: Table,
    /// The entry in it.
    pub entry: u16,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What is wrong with an entry of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Fault {
    /// An index or range points outside its table.
    Index,
    /// A type does not fit where it is used.
    Type,
    /// A nullable value goes where NULL cannot be kept.
    Nullability,
    /// An offset is not the one of the canonical layout.
    Offset,
    /// A size, capacity or delay is 0, negative or too large.
    Capacity,
    /// An entry uses what is not computed before it, or operators are in an order that can't run.
    Order,
    /// An operand where the opcode takes none, or none where it takes one.
    Operand,
    /// A table has too few or too many entries.
    Count,
    /// A call names a function that is not known here.
    Function,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Index => "points outside its table",
            Self::Type => "has a type that does not fit its use",
            Self::Nullability => "puts a nullable value where NULL cannot be kept",
            Self::Offset => "has an offset that is not the layout's",
            Self::Capacity => "has a size or capacity out of range",
            Self::Order => "uses what is not computed before it",
            Self::Operand => "has an operand that its opcode does not take",
            Self::Count => "is missing or one too many",
            Self::Function => "calls a function that is not known here",
        })
    }
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the plan's {} {} {}", self.table, self.entry, self.fault)
    }
}

/// Why a query stopped for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum RunError {
    /// A record's group found no room and the query says `on_full = 'error'`. Records before it
    /// are counted in; it and those after it are still in the source.
    GroupsFull {
        /// Groups that fit.
        capacity: u32,
    },
    /// A value can't be computed and the query says `on_error = 'stop'`. Records before it are
    /// counted in; its record is the next in the source.
    Failed(Failure),
    /// The same of a group that leaves: its SUM or AVG is out of range, or what is computed from its
    /// results. Groups before it are written; it is gone.
    GroupFailed(Failure),
    /// The query has windows by its clock, and the clock was not set
    /// ([`Query::set_clock`](crate::query::Query::set_clock)). The record is still in the source.
    NoClock,
    /// The source lends no rows, or bytes that are not whole records of the plan's stream, or
    /// columns that are not its columns.
    BadBatch,
    /// The tables contradict each other. A plan that `verify` accepted never gives this.
    Internal,
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Verify(e) => e.fmt(f),
            Self::ArenaTooSmall { needed, given } => {
                write!(f, "the arena has {given} bytes and the plan needs {needed}")
            }
            Self::ArenaMisaligned => f.write_str("the arena must start at a multiple of 8 bytes"),
            Self::NoSnapshot => f.write_str(
                "the arena holds no snapshot of this plan: it is of another one, of another \
                 version, or was never taken",
            ),
            Self::Damaged => f.write_str("the snapshot is damaged: its checksum is wrong"),
            Self::Internal => f.write_str("the plan's tables contradict each other"),
        }
    }
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::GroupsFull { capacity } => write!(
                f,
                "the group table is full: {capacity} groups fit; raise max_groups in SETTINGS, or \
                 choose on_full = 'drop_new'"
            ),
            Self::Failed(failure) => write!(f, "{failure} (on_error = 'stop')"),
            Self::GroupFailed(failure) => {
                write!(f, "in a group's result, {failure} (on_error = 'stop')")
            }
            Self::NoClock => f.write_str("windows by PROCTIME() need the query's clock to be set"),
            Self::BadBatch => f.write_str("the source's rows are not records of the plan's stream"),
            Self::Internal => f.write_str("the plan's tables contradict each other"),
        }
    }
}

impl From<VerifyError> for StartError {
    fn from(e: VerifyError) -> Self {
        Self::Verify(e)
    }
}

impl core::error::Error for StartError {}
impl core::error::Error for VerifyError {}
impl core::error::Error for RunError {}

/// Why a plan can't be written as bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum EncodeError {
    /// The buffer is too small.
    BufferTooSmall {
        /// Bytes needed.
        needed: usize,
        /// Bytes given.
        given: usize,
    },
    /// The plan takes 4 GiB or more.
    TooLong,
}

/// Why bytes are refused as a plan, in the order of the checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum DecodeError {
    /// They don't start with [`MAGIC`](crate::plan::wire::MAGIC).
    NotAPlan,
    /// The plan is in another version of the form.
    Version {
        /// The plan's.
        found: u16,
        /// The one that this reader reads.
        supported: u16,
    },
    /// The plan is cut off.
    Truncated {
        /// Bytes that it should have.
        needed: usize,
        /// Bytes given.
        given: usize,
    },
    /// More bytes follow the plan.
    TrailingBytes {
        /// Bytes that it should have.
        expected: usize,
        /// Bytes given.
        given: usize,
    },
    /// The checksum is wrong: the plan was damaged.
    Checksum,
    /// The plan uses what this reader does not know.
    UnknownFeatures {
        /// The bits that it does not know.
        bits: u32,
    },
    /// A table of the plan has more entries than the reader's tables have room for.
    Capacity {
        /// The table.
        table: Table,
        /// Entries of the plan.
        needed: u32,
        /// Entries that fit.
        capacity: usize,
    },
    /// An entry is cut off, or holds what no value of its type is written as.
    Entry {
        /// The table.
        table: Table,
        /// The entry in it.
        entry: u16,
    },
    /// The text pool is not UTF-8.
    NotUtf8,
    /// The same plan is written otherwise by [`encode`](crate::plan::wire::encode).
    NotCanonical,
    /// The feature bits are not those of the tables.
    Features {
        /// In the header.
        stated: u32,
        /// Of the tables.
        used: u32,
    },
    /// The tables can't run.
    Verify(VerifyError),
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BufferTooSmall { needed, given } => {
                write!(f, "the buffer has {given} bytes and the plan takes {needed}")
            }
            Self::TooLong => f.write_str("the plan takes more than 4 GiB"),
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAPlan => f.write_str("this is not a RingQL plan: it does not start with RQLP"),
            Self::Version { found, supported } => write!(
                f,
                "the plan has format version {found} and this reader reads version {supported}; \
                 compile its SQL again"
            ),
            Self::Truncated { needed, given } => {
                write!(f, "the plan is cut off: it has {given} of {needed} bytes")
            }
            Self::TrailingBytes { expected, given } => {
                write!(f, "the plan has {expected} bytes and {given} were given")
            }
            Self::Checksum => f.write_str("the plan is damaged: its checksum is wrong"),
            Self::UnknownFeatures { bits } => {
                write!(f, "the plan uses features that this reader does not know: bits {bits:#x}")
            }
            Self::Capacity { table, needed, capacity } => {
                write!(f, "the plan's {table} table needs room for {needed} and {capacity} fit")
            }
            Self::Entry { table, entry } => {
                write!(f, "the plan's {table} {entry} is cut off or malformed")
            }
            Self::NotUtf8 => f.write_str("the plan's texts are not UTF-8"),
            Self::NotCanonical => f.write_str("the plan is not written in the canonical form"),
            Self::Features { stated, used } => {
                write!(f, "the plan states features {stated:#x} and uses {used:#x}")
            }
            Self::Verify(e) => e.fmt(f),
        }
    }
}

impl From<VerifyError> for DecodeError {
    fn from(e: VerifyError) -> Self {
        Self::Verify(e)
    }
}

impl core::error::Error for EncodeError {}
impl core::error::Error for DecodeError {}
