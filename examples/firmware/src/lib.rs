//! RingQL on a Cortex-M4F: an interrupt pushes records into a static ring, the main loop polls a
//! query over it, result rows leave as text.
//!
//! | file | what is in it |
//! |---|---|
//! | `plan.rs` | what the build made of `query.sql`: the plan as tables in flash, and as a file |
//! | `sensor.rs` | the SysTick exception that makes records, and the ring's type |
//! | `functions.rs` | functions of the device's own, for SQL |
//! | `run.rs` | the main loop |
//! | `sink.rs`, `output.rs` | result records to CSV, text to the host |
//! | `panic.rs` | what happens when the impossible does |
//!
//! The programs, in `src/bin`: `const_plan` and `decoded_plan` run the same query from the two
//! forms of its plan; `user_function` runs another that calls `functions.rs`; `without_query` is what they would be without RingQL, and `cost` counts
//! instructions and stack.
//!
//! Rows go to standard output and everything else to standard error, so that the first can be
//! compared with the host's, byte for byte. `cargo xtask firmware` does that.

#![no_std]

pub mod functions;
pub mod output;
mod panic;
pub mod plan;
pub mod run;
pub mod sensor;
pub mod sink;
