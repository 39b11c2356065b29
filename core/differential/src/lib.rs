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
//!
//! The same seed gives the same expressions and rows on every machine.

pub mod calls;
pub mod columns;
pub mod evaluate;
pub mod expression;
pub mod generate;
pub mod literal;
pub mod random;
pub mod values;
