//! ISFINITE and ISINF: no date or timestamp is infinite here.

use crate::error::RunError;
use crate::expr::call::Invocation;
use crate::expr::function::{Function, VectorKernel};
use crate::expr::rows;
use crate::plan::signature::Param::{self, Is};
use crate::plan::signature::Returns;
use crate::types::DataType::{Boolean, Date, Timestamp, TimestampTz};

/// ISFINITE and ISINF of each type.
pub const FINITE: &[Function] = &[
    test("isfinite", &[Is(Date)], always).doc(FINITE_TEXT, "isfinite(DATE '2020-02-29')"),
    test("isfinite", &[Is(Timestamp)], always)
        .doc(FINITE_TEXT, "isfinite(TIMESTAMP '2020-02-29 12:00:00')"),
    test("isfinite", &[Is(TimestampTz)], always)
        .doc(FINITE_TEXT, "isfinite(TIMESTAMPTZ '2020-02-29 12:00:00+00')"),
    test("isinf", &[Is(Date)], never).doc(INFINITE_TEXT, "isinf(DATE '2020-02-29')"),
    test("isinf", &[Is(Timestamp)], never)
        .doc(INFINITE_TEXT, "isinf(TIMESTAMP '2020-02-29 12:00:00')"),
    test("isinf", &[Is(TimestampTz)], never)
        .doc(INFINITE_TEXT, "isinf(TIMESTAMPTZ '2020-02-29 12:00:00+00')"),
];

const FINITE_TEXT: &str = "True: there is no infinite date or timestamp.";
const INFINITE_TEXT: &str = "False: there is no infinite date or timestamp.";

const fn test(name: &'static str, params: &'static [Param], kernel: VectorKernel) -> Function {
    Function::new(name, params, Returns::Is(Boolean), kernel)
}

fn always(call: &mut Invocation<'_>) -> Result<(), RunError> {
    rows::map(call, |()| true)
}

fn never(call: &mut Invocation<'_>) -> Result<(), RunError> {
    rows::map(call, |()| false)
}
