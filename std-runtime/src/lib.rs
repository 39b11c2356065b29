//! The host's side of RingQL: rings between threads, readers and writers of files and pipes, and the
//! pipeline that runs a query over them. The `ringql` program is built of these.

#![forbid(unsafe_code)]

mod arena;
pub mod input;
pub mod ring;

pub use arena::Arena;
