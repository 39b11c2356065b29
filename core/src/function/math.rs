//! Functions of numbers.

use super::Param::Is;
use super::{Function, Invocation, Returns, rows};
use crate::counters::Failure;
use crate::error::RunError;
use crate::types::DataType::Double;

/// Functions of numbers.
pub const MATH: &[Function] = &[
    Function::new("sqrt", &[Is(Double)], Returns::Is(Double), sqrt)
        .fails(Failure::Arithmetic)
        .doc("Square root; of a negative number it fails.", "sqrt(2.25)"),
    Function::new("pi", &[], Returns::Is(Double), pi).doc("The number pi.", "pi()"),
];

fn sqrt(call: &mut Invocation<'_>) -> Result<(), RunError> {
    rows::try_map(call, |(x,): (f64,)| if x < 0.0 { None } else { Some(libm::sqrt(x)) })
}

fn pi(call: &mut Invocation<'_>) -> Result<(), RunError> {
    rows::map(call, |()| core::f64::consts::PI)
}
