//! Functions of numbers, by kind.

mod bits;
mod integer;
mod order;
mod power;
mod rounding;
mod scaling;
mod trigonometry;

pub use bits::BITS;
pub use integer::INTEGER;
pub use order::ORDER;
pub use power::POWER;
pub use rounding::ROUNDING;
pub use scaling::SCALING;
pub use trigonometry::TRIGONOMETRY;

use super::Param::Is;
use super::{Function, Invocation, Param, Returns, VectorKernel, rows};
use crate::error::RunError;
use crate::types::DataType::Double;

const DOUBLE: &[Param] = &[Is(Double)];
const TWO_DOUBLES: &[Param] = &[Is(Double), Is(Double)];

/// A function of a DOUBLE that follows IEEE 754: outside of its domain it is NaN.
const fn double(name: &'static str, kernel: VectorKernel) -> Function {
    Function::new(name, DOUBLE, Returns::Is(Double), kernel)
}

/// The same of two.
const fn double2(name: &'static str, kernel: VectorKernel) -> Function {
    Function::new(name, TWO_DOUBLES, Returns::Is(Double), kernel)
}

/// `f` in every row. It is a pointer, so that the loop is linked once: what is behind it costs
/// more than the call.
fn each(call: &mut Invocation<'_>, f: fn(f64) -> f64) -> Result<(), RunError> {
    rows::map(call, |(x,): (f64,)| one_nan(f(x)))
}

fn each2(call: &mut Invocation<'_>, f: fn(f64, f64) -> f64) -> Result<(), RunError> {
    rows::map(call, |(a, b): (f64, f64)| one_nan(f(a, b)))
}

/// The same NaN everywhere: machines make NaNs of either sign.
pub(super) const fn one_nan(x: f64) -> f64 {
    if x.is_nan() { f64::NAN } else { x }
}
