//! Powers, roots, exponentials and logarithms. IEEE 754 decides what is outside of a domain: the
//! logarithm of 0 is -inf, that of a negative number NaN, as in DuckDB.

use super::{double, double2, each, each2};
use crate::function::Function;

/// Powers, roots, exponentials and logarithms.
pub const POWER: &[Function] = &[
    double("sqrt", |call| each(call, libm::sqrt))
        .doc("Square root; NaN of a negative number.", "sqrt(2.25)"),
    double("cbrt", |call| each(call, libm::cbrt)).doc("Cube root.", "cbrt(-27)"),
    double2("power", |call| each2(call, libm::pow))
        .alias(&["pow", "^", "**"])
        .doc("The first argument to the power of the second, also x ^ y and x ** y.", "2 ^ 10"),
    double("exp", |call| each(call, libm::exp)).doc("e to the power of x.", "exp(1)"),
    double("ln", |call| each(call, libm::log))
        .doc("Natural logarithm; -inf of 0, NaN of a negative number.", "ln(10)"),
    double("log2", |call| each(call, libm::log2)).doc("Logarithm to base 2.", "log2(8)"),
    double("log10", |call| each(call, libm::log10))
        .alias(&["log"])
        .doc("Logarithm to base 10.", "log10(1000)"),
    double2("log", |call| each2(call, |base, x| libm::log10(x) / libm::log10(base)))
        .doc("Logarithm of the second argument to the base of the first.", "log(2, 8)"),
];
