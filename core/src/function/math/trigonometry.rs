//! Angles, in radians.

use core::f64::consts::PI;

use super::{double, double2, each, each2};
use crate::function::{Function, Returns, rows};
use crate::types::DataType::Double;

/// Functions of angles.
pub const TRIGONOMETRY: &[Function] = &[
    Function::new("pi", &[], Returns::Is(Double), |call| rows::map(call, |()| PI))
        .doc("The number pi.", "pi()"),
    double("sin", |call| each(call, libm::sin)).doc("Sine of radians.", "sin(pi() / 2)"),
    double("cos", |call| each(call, libm::cos)).doc("Cosine of radians.", "cos(0)"),
    double("tan", |call| each(call, libm::tan)).doc("Tangent of radians.", "tan(pi() / 4)"),
    double("cot", |call| each(call, |x| 1.0 / libm::tan(x)))
        .doc("Cotangent of radians.", "cot(pi() / 4)"),
    double("asin", |call| each(call, libm::asin))
        .doc("Arc sine, radians; NaN outside of -1 to 1.", "asin(1)"),
    double("acos", |call| each(call, libm::acos))
        .doc("Arc cosine, radians; NaN outside of -1 to 1.", "acos(-1)"),
    double("atan", |call| each(call, libm::atan)).doc("Arc tangent, radians.", "atan(1)"),
    double2("atan2", |call| each2(call, libm::atan2))
        .doc("The angle of the point (x, y), radians; y comes first.", "atan2(1, -1)"),
    double("sinh", |call| each(call, libm::sinh)).doc("Hyperbolic sine.", "sinh(1)"),
    double("cosh", |call| each(call, libm::cosh)).doc("Hyperbolic cosine.", "cosh(1)"),
    double("tanh", |call| each(call, libm::tanh)).doc("Hyperbolic tangent.", "tanh(1)"),
    double("asinh", |call| each(call, libm::asinh)).doc("Inverse hyperbolic sine.", "asinh(1)"),
    // Below 1 libm's has no defined value.
    double("acosh", |call| each(call, |x| if x < 1.0 { f64::NAN } else { libm::acosh(x) }))
        .doc("Inverse hyperbolic cosine; NaN below 1.", "acosh(2)"),
    double("atanh", |call| each(call, libm::atanh))
        .doc("Inverse hyperbolic tangent; NaN outside of -1 to 1.", "atanh(0.5)"),
    double("radians", |call| each(call, |x| x * (PI / 180.0)))
        .doc("Degrees as radians.", "radians(180)"),
    double("degrees", |call| each(call, |x| x * (180.0 / PI)))
        .doc("Radians as degrees.", "degrees(pi())"),
];
