//! The functions of SQL: one family a file, and how to add your own.
//!
//! A [`Function`] is a signature and a kernel. To add one, add its entry to the family that it
//! belongs to: the binder, `verify`, EXPLAIN and the SQL reference read the same entry.

mod math;
pub mod time;

pub use crate::expr::call::{Input, Invocation};
#[cfg(feature = "sql")]
pub use crate::expr::function::Doc;
pub use crate::expr::function::{
    Function, Functions, Kernel, MAX_ROW_ARGUMENTS, RowKernel, VectorKernel,
};
pub use crate::expr::rows;
pub use crate::plan::op::FunctionId;
pub use crate::plan::signature::{
    Class, MAX_ARGUMENTS, Nulls, Param, Prepared, Returns, Shape, Signature, Signatures,
};

pub use math::MATH;

/// Every built-in function.
pub const ALL: Functions<'static> = Functions::new(&[
    MATH,
    time::PARTS,
    time::CALENDAR_PARTS[0],
    time::CALENDAR_PARTS[1],
    time::CALENDAR_PARTS[2],
    time::CLOCK_PARTS[0],
    time::CLOCK_PARTS[1],
    time::CLOCK_PARTS[2],
    time::CLOCK_PARTS[3],
    time::ZONE_PARTS[0],
    time::ZONE_PARTS[1],
    time::SPAN_PARTS,
    time::TRUNC,
    time::BUCKET,
    time::DIFFERENCE,
    time::ARITHMETIC,
    time::MAKE,
    time::EPOCH,
    time::INTERVAL,
    time::FRACTIONS,
    time::FORMAT,
    time::READ,
    time::NAME,
    time::ZONE,
    time::FINITE,
]);
