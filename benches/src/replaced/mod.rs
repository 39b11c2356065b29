//! The design that RingQL replaces, rebuilt to be measured: a record is an `Arc<HashMap<String,
//! Value>>`, batches of them go through a tokio channel, and an async loop reads, processes and
//! writes them, with its state behind an `Arc<tokio::sync::Mutex>`. SQL is a tree of expressions
//! that is walked for each record, and columns are found by name.
//!
//! [`Design`] says which of the usual improvements it has; `benches/replaced.rs` walks through them.

mod engine;
mod input;
mod pipeline;
mod statement;
mod value;
pub mod worker;

pub use input::Input;
pub use pipeline::{Outcome, run};
pub use statement::statement;

/// The design, as improved as these say.
#[derive(Clone, Copy, Debug)]
pub struct Design {
    /// Records are cloned into the engine, and results before they are written.
    pub clones: bool,
    /// The channel holds four batches at most; otherwise as many as come.
    pub bounded: bool,
    /// Records of a batch.
    pub batch: usize,
    /// A batch is processed without awaiting the state's lock for each record.
    pub synchronous: bool,
    /// Aggregates without groups are folded over columns in lanes.
    pub simd: bool,
    /// How the file of records is read.
    pub input: Reading,
}

/// How a file of records is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// A `read` of a batch at a time into a buffer.
    Read,
    /// Mapped into memory.
    Mapped,
    /// The same reads through io_uring, where the kernel has it.
    Ring,
}
