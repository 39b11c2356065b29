//! Streaming SQL for microcontrollers and hosts: a query compiled to fixed-size tables that run
//! over rings of preallocated records. Nothing is allocated, locked, awaited or panicked in
//! [`query::Query::poll`].
//!
//! The code map is `ARCHITECTURE.md` beside this crate.

#![no_std]
#![forbid(unsafe_code)]

#[cfg(feature = "sql")]
extern crate alloc;
#[cfg(test)]
extern crate std;

mod aggregate;
#[cfg(feature = "simd")]
mod ahead;
#[cfg(not(feature = "simd"))]
#[path = "ahead/nothing.rs"]
mod ahead;
pub mod arena;
pub mod batch;
mod column;
pub mod counters;
pub mod error;
mod expr;
pub mod fmt;
mod fours;
pub mod function;
#[cfg(feature = "sql")]
mod nearest;
mod operator;
pub mod plan;
pub mod query;
pub mod record;
pub mod ring;
pub mod schema;
mod selection;
mod simd;
#[cfg(feature = "sql")]
pub mod sql;
mod text;
pub mod time;
pub mod types;
