//! Random SQL expressions, and what RingQL makes of them: for DuckDB (`cargo xtask differential`)
//! and for a device (`cargo xtask firmware`) to do the same.
//!
//! | file | what is in it |
//! |---|---|
//! | `values.rs`, `literal.rs` | values of every type as texts: edge values and ordinary ones |
//! | `columns.rs` | the stream and its rows |
//! | `generate.rs`, `calls.rs` | expressions: operators, and calls from the table of functions |
//! | `expression.rs` | an expression's text |
//! | `evaluate.rs` | an expression's plan and its run |
//! | `ends.rs` | a source that lends a few rows, a sink that is full most of the time |
//! | `escape.rs` | values in lines of text |
//! | `bundle.rs` | what a device is given, and what it must make of it |
//! | `device.rs` | expressions for a device |
//!
//! The same seed gives the same expressions and rows on every machine.

pub mod bundle;
pub mod calls;
pub mod columns;
pub mod device;
pub mod ends;
pub mod escape;
pub mod evaluate;
pub mod expression;
pub mod generate;
pub mod literal;
pub mod random;
pub mod values;
