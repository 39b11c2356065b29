//! The functions of SQL: one family a file, and how to add your own.
//!
//! A [`Function`] is a signature and a kernel. To add one, add its entry to the family that it
//! belongs to: the binder, `verify`, EXPLAIN and the SQL reference read the same entry.

mod bytes;
mod decimal;
mod geometry;
mod hash;
mod math;
mod regex;
pub mod text;
pub mod time;

pub use crate::expr::call::{Input, Invocation};
#[cfg(feature = "sql")]
pub use crate::expr::function::Doc;
pub use crate::expr::function::{
    Family, Function, Functions, Kernel, MAX_ROW_ARGUMENTS, RowKernel, VectorKernel,
};
pub use crate::expr::{lanes, rows};
pub use crate::plan::op::FunctionId;
#[cfg(feature = "sql")]
pub use crate::plan::signature::Problem;
pub use crate::plan::signature::{
    Class, MAX_ARGUMENTS, Nulls, Param, Prepared, Returns, Shape, Signature, Signatures,
};

pub use bytes::BYTES;
pub use decimal::DECIMAL;
pub use geometry::GEOMETRY;
pub use hash::HASH;
pub use math::{BITS, INTEGER, ORDER, POWER, ROUNDING, SCALING, TRIGONOMETRY};
pub use regex::REGEX;

/// Every built-in function.
pub const ALL: Functions<'static> = Functions::new(&[
    ("Rounding", ROUNDING),
    ("Powers and logarithms", POWER),
    ("Trigonometry", TRIGONOMETRY),
    ("Whole numbers", INTEGER),
    ("Bits", BITS),
    ("Order and tests", ORDER),
    ("Ranges", SCALING),
    ("DECIMAL", DECIMAL),
    ("Geometry", GEOMETRY),
    ("Hashes", HASH),
    ("Bytes", BYTES),
    ("Length of texts", text::LENGTH),
    ("Case of texts", text::CASE),
    ("Trimming", text::TRIM),
    ("Parts of texts", text::PART),
    ("Searching texts", text::SEARCH),
    ("Replacing in texts", text::REPLACE),
    ("Joining texts", text::CONCAT),
    ("Padding texts", text::PAD),
    ("Characters", text::CODE),
    ("LIKE", text::LIKE),
    ("Regular expressions", REGEX),
    ("Formatting", text::FORMAT),
    ("DATE_PART and EXTRACT", time::PARTS),
    ("Parts of a DATE", time::CALENDAR_PARTS[0]),
    ("Parts of a TIMESTAMP", time::CALENDAR_PARTS[1]),
    ("Parts of a TIMESTAMPTZ", time::CALENDAR_PARTS[2]),
    ("Clock of a TIMESTAMP", time::CLOCK_PARTS[0]),
    ("Clock of a TIMESTAMPTZ", time::CLOCK_PARTS[1]),
    ("Clock of a TIME", time::CLOCK_PARTS[2]),
    ("Clock of an INTERVAL", time::CLOCK_PARTS[3]),
    ("Zone of a TIMESTAMP", time::ZONE_PARTS[0]),
    ("Zone of a TIMESTAMPTZ", time::ZONE_PARTS[1]),
    ("Parts of an INTERVAL", time::SPAN_PARTS),
    ("Names of days and months", time::NAME),
    ("Truncation of times", time::TRUNC),
    ("Buckets of times", time::BUCKET),
    ("Arithmetic of times", time::ARITHMETIC),
    ("Differences of times", time::DIFFERENCE),
    ("Times from numbers", time::MAKE),
    ("Times as numbers", time::EPOCH),
    ("Intervals of one unit", time::INTERVAL),
    ("Intervals of a fraction", time::FRACTIONS),
    ("Times as texts", time::FORMAT),
    ("Times from texts", time::READ),
    ("Time zones", time::ZONE),
    ("Finite times", time::FINITE),
]);
