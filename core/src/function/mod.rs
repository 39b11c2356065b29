//! The functions of SQL: one family a file, and how to add your own.
//!
//! A [`Function`] is a signature and a kernel. To add one, add its entry to the family that it
//! belongs to: the binder, `verify`, EXPLAIN and the SQL reference read the same entry.

mod bytes;
mod decimal;
mod geometry;
mod hash;
mod math;

pub use crate::expr::call::{Input, Invocation};
#[cfg(feature = "sql")]
pub use crate::expr::function::Doc;
pub use crate::expr::function::{
    Function, Functions, Kernel, MAX_ROW_ARGUMENTS, RowKernel, VectorKernel,
};
pub use crate::expr::{lanes, rows};
pub use crate::plan::op::FunctionId;
pub use crate::plan::signature::{
    Class, MAX_ARGUMENTS, Nulls, Param, Prepared, Returns, Shape, Signature, Signatures,
};

pub use bytes::BYTES;
pub use decimal::DECIMAL;
pub use geometry::GEOMETRY;
pub use hash::HASH;
pub use math::{BITS, INTEGER, ORDER, POWER, ROUNDING, SCALING, TRIGONOMETRY};

/// Every built-in function.
pub const ALL: Functions<'static> = Functions::new(&[
    ROUNDING,
    POWER,
    TRIGONOMETRY,
    INTEGER,
    BITS,
    ORDER,
    SCALING,
    DECIMAL,
    GEOMETRY,
    HASH,
    BYTES,
]);
