//! Whole numbers: division without a remainder, divisors and multiples.

use crate::counters::Failure;
use crate::error::RunError;
use crate::expr::for_integer;
use crate::function::Param::{Is, T};
use crate::function::{Class, Function, Invocation, Param, Returns, rows};
use crate::types::DataType::{BigInt, Integer};
use crate::types::Kind;

const TWO: &[Param] = &[Is(BigInt), Is(BigInt)];

/// Functions of whole numbers.
pub const INTEGER: &[Function] = &[
    Function::new("//", &[T(Class::Integers), T(Class::Integers)], Returns::T, quotient)
        .fails(Failure::Arithmetic)
        .alias(&["divide"])
        .doc("Quotient rounded towards 0; fails where the divisor is 0.", "-7 // 2"),
    Function::new("//", &[T(Class::Floats), T(Class::Floats)], Returns::T, float_quotient)
        .fails(Failure::Arithmetic)
        .alias(&["divide"])
        .doc(
            "Of floats: x / y, not rounded; but it fails where the divisor is 0.",
            "7.5::DOUBLE // 2",
        ),
    Function::new("gcd", TWO, Returns::Is(BigInt), |call| {
        rows::try_map(call, |(a, b)| i64::try_from(gcd(a, b)).ok())
    })
    .fails(Failure::Arithmetic)
    .alias(&["greatest_common_divisor"])
    .doc("Greatest common divisor; gcd(x, 0) is |x|.", "gcd(42, -57)"),
    Function::new("lcm", TWO, Returns::Is(BigInt), |call| rows::try_map(call, |(a, b)| lcm(a, b)))
        .fails(Failure::Arithmetic)
        .alias(&["least_common_multiple"])
        .doc("Least common multiple; 0 if an argument is.", "lcm(6, -4)"),
    Function::new("factorial", &[Is(Integer)], Returns::Is(BigInt), |call| {
        rows::try_map(call, |(n,)| factorial(n))
    })
    .fails(Failure::Arithmetic)
    .doc("1 * 2 * ... * n; fails below 0 and above 20, whose BIGINT is the last.", "factorial(5)"),
];

fn quotient(call: &mut Invocation<'_>) -> Result<(), RunError> {
    let kind = call.result_type().kind();
    for_integer!(kind, I => rows::try_map(call, |(a, b): (I, I)| a.checked_div(b)))
}

fn float_quotient(call: &mut Invocation<'_>) -> Result<(), RunError> {
    match call.result_type().kind() {
        Kind::F32 => rows::try_map(call, |(a, b): (f32, f32)| (b != 0.0).then_some(a / b)),
        _ => rows::try_map(call, |(a, b): (f64, f64)| (b != 0.0).then_some(a / b)),
    }
}

/// Euclid's algorithm.
fn gcd(a: i64, b: i64) -> u64 {
    let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
    while let Some(rest) = a.checked_rem(b) {
        (a, b) = (b, rest);
    }
    a
}

fn lcm(a: i64, b: i64) -> Option<i64> {
    let Some(part) = a.unsigned_abs().checked_div(gcd(a, b)) else { return Some(0) };
    i64::try_from(part.checked_mul(b.unsigned_abs())?).ok()
}

fn factorial(n: i32) -> Option<i64> {
    let n = u8::try_from(n).ok()?;
    (2..=i64::from(n)).try_fold(1i64, i64::checked_mul)
}
