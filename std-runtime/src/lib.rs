//! The host's side of RingQL: rings between threads, readers and writers of files and pipes, and the
//! pipeline that runs a query over them. The `ringql` program is built of these.
//!
//! ```text
//! input::Reader -> ring -> ringql_core::query::Query -> ring -> output::Writer
//! ```

#![forbid(unsafe_code)]

mod arena;
pub mod input;
pub mod output;
pub mod pipeline;
pub mod ring;

pub use arena::Arena;
