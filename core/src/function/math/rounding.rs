//! Rounding, signs and absolute values.

use super::{double, each};
use crate::counters::Failure;
use crate::error::RunError;
use crate::expr::for_integer;
use crate::function::Param::{Is, T};
use crate::function::{Class, Function, Invocation, Param, Returns, lanes, rows};
use crate::types::DataType::{Integer, Real, TinyInt, UBigInt};
use crate::types::Kind;

const REAL: &[Param] = &[Is(Real)];
const SIGNED: &[Param] = &[T(Class::Signed)];
const UNSIGNED: &[Param] = &[T(Class::Unsigned)];
const INTEGERS: &[Param] = &[T(Class::Integers)];
const FLOATS: &[Param] = &[T(Class::Floats)];

/// Rounding and signs.
pub const ROUNDING: &[Function] = &[
    Function::new("abs", SIGNED, Returns::T, abs)
        .fails(Failure::Arithmetic)
        .doc("Absolute value; that of the least integer of a type fails.", "abs(-5)"),
    Function::new("abs", UNSIGNED, Returns::T, same).doc("The number itself.", "abs(5::UINTEGER)"),
    Function::new("abs", FLOATS, Returns::T, abs_float).doc("Absolute value.", "abs(-2.5::DOUBLE)"),
    double("ceil", |call| each(call, libm::ceil))
        .alias(&["ceiling"])
        .doc("Rounded up to a whole number.", "ceil(2.1::DOUBLE)"),
    Function::new("ceil", REAL, Returns::Is(Real), |call| each_real(call, libm::ceilf))
        .alias(&["ceiling"])
        .doc("Rounded up to a whole number.", "ceil(2.1::REAL)"),
    double("floor", |call| each(call, libm::floor))
        .doc("Rounded down to a whole number.", "floor(-2.1::DOUBLE)"),
    Function::new("floor", REAL, Returns::Is(Real), |call| each_real(call, libm::floorf))
        .doc("Rounded down to a whole number.", "floor(-2.1::REAL)"),
    Function::new("round", SIGNED, Returns::T, same).doc("The number itself.", "round(5)"),
    Function::new("round", &[Is(UBigInt)], Returns::Is(UBigInt), same)
        .doc("The number itself.", "round(5::UBIGINT)"),
    double("round", |call| each(call, libm::round))
        .doc("Rounded to the nearest whole number, halves away from 0.", "round(2.5::DOUBLE)"),
    Function::new("round", REAL, Returns::Is(Real), |call| each_real(call, libm::roundf))
        .doc("Rounded to the nearest whole number, halves away from 0.", "round(2.5::REAL)"),
    Function::new("round", &[T(Class::Signed), Is(Integer)], Returns::T, |call| {
        integer_places(call, true)
    })
    .fails(Failure::Arithmetic)
    .doc("Rounded to the tens, hundreds, ... that a negative n says.", "round(1250, -2)"),
    Function::new("round", &[Is(UBigInt), Is(Integer)], Returns::Is(UBigInt), |call| {
        integer_places(call, true)
    })
    .fails(Failure::Arithmetic)
    .doc("Rounded to the tens, hundreds, ... that a negative n says.", "round(1250::UBIGINT, -2)"),
    Function::new("round", &[T(Class::Floats), Is(Integer)], Returns::T, |call| {
        float_places(call, libm::round)
    })
    .doc(
        "Rounded to n decimal places, halves away from 0; a negative n means tens, hundreds, ...",
        "round(2.345::DOUBLE, 1)",
    ),
    Function::new("trunc", INTEGERS, Returns::T, same).doc("The number itself.", "trunc(5)"),
    double("trunc", |call| each(call, libm::trunc))
        .doc("Rounded towards 0 to a whole number.", "trunc(-2.7::DOUBLE)"),
    Function::new("trunc", REAL, Returns::Is(Real), |call| each_real(call, libm::truncf))
        .doc("Rounded towards 0 to a whole number.", "trunc(-2.7::REAL)"),
    Function::new("trunc", &[T(Class::Integers), Is(Integer)], Returns::T, |call| {
        integer_places(call, false)
    })
    .fails(Failure::Arithmetic)
    .doc("Rounded towards 0 to the tens, hundreds, ... that a negative n says.", "trunc(1299, -2)"),
    Function::new("trunc", &[T(Class::Floats), Is(Integer)], Returns::T, |call| {
        float_places(call, libm::trunc)
    })
    .doc("Rounded towards 0 to n decimal places.", "trunc(2.345::DOUBLE, 1)"),
    double("even", |call| each(call, even))
        .doc("Rounded away from 0 to an even whole number.", "even(2.1)"),
    Function::new("sign", INTEGERS, Returns::Is(TinyInt), sign).doc("-1, 0 or 1.", "sign(-5)"),
    Function::new("sign", FLOATS, Returns::Is(TinyInt), sign_float)
        .doc("-1, 0 or 1; 0 of NaN.", "sign(-2.5::DOUBLE)"),
];

fn each_real(call: &mut Invocation<'_>, f: fn(f32) -> f32) -> Result<(), RunError> {
    let one_nan = |x: f32| if x.is_nan() { f32::NAN } else { x };
    rows::map(call, |(x,): (f32,)| one_nan(f(x)))
}

fn abs(call: &mut Invocation<'_>) -> Result<(), RunError> {
    match call.result_type().kind() {
        Kind::I8 => lanes::unary(call, |x: i8| x.overflowing_abs()),
        Kind::I16 => lanes::unary(call, |x: i16| x.overflowing_abs()),
        Kind::I32 => lanes::unary(call, |x: i32| x.overflowing_abs()),
        _ => lanes::unary(call, |x: i64| x.overflowing_abs()),
    }
}

fn abs_float(call: &mut Invocation<'_>) -> Result<(), RunError> {
    match call.result_type().kind() {
        Kind::F32 => lanes::unary(call, |x: f32| (x.abs(), false)),
        _ => lanes::unary(call, |x: f64| (x.abs(), false)),
    }
}

/// The argument.
fn same(call: &mut Invocation<'_>) -> Result<(), RunError> {
    let kind = call.result_type().kind();
    for_integer!(kind, I => lanes::unary(call, |x: I| (x, false)))
}

fn sign(call: &mut Invocation<'_>) -> Result<(), RunError> {
    let kind = call.input(0)?.data_type.kind();
    for_integer!(kind, I => lanes::unary(call, |x: I| (x.cmp(&0) as i8, false)))
}

fn sign_float(call: &mut Invocation<'_>) -> Result<(), RunError> {
    fn sign(x: f64) -> (i8, bool) {
        (i8::from(x > 0.0) - i8::from(x < 0.0), false)
    }
    match call.input(0)?.data_type.kind() {
        Kind::F32 => lanes::unary(call, |x: f32| sign(x.into())),
        _ => lanes::unary(call, sign),
    }
}

/// An integer with zeros for its last `-places` digits.
fn integer_places(call: &mut Invocation<'_>, nearest: bool) -> Result<(), RunError> {
    let kind = call.result_type().kind();
    for_integer!(kind, I => rows::try_map(call, |(x, places): (I, i32)| {
        if places >= 0 {
            return Some(x);
        }
        let unit = 10i128.checked_pow(places.unsigned_abs());
        // Beyond i128 it is above twice any value.
        let Some(unit) = unit else { return Some(0) };
        let x = i128::from(x);
        let half = if nearest { unit / 2 * x.signum() } else { 0 };
        I::try_from(x.wrapping_add(half).checked_div(unit)?.wrapping_mul(unit)).ok()
    }))
}

/// A float rounded by `to` at a decimal place, as DuckDB does it: in DOUBLE.
fn float_places(call: &mut Invocation<'_>, to: fn(f64) -> f64) -> Result<(), RunError> {
    match call.result_type().kind() {
        Kind::F32 => rows::map(call, |(x, n): (f32, i32)| at_place(x.into(), n, to) as f32),
        _ => rows::map(call, |(x, n): (f64, i32)| at_place(x, n, to)),
    }
}

fn at_place(x: f64, places: i32, to: fn(f64) -> f64) -> f64 {
    if !x.is_finite() {
        return super::one_nan(x);
    }
    let unit = libm::pow(10.0, f64::from(places.unsigned_abs()));
    // Where the unit is no DOUBLE, x is far from it; where the product is none, x has no such places.
    let (value, otherwise) = match places {
        ..0 => (to(x / unit) * unit, if unit.is_finite() { x } else { 0.0 }),
        _ => (to(x * unit) / unit, x),
    };
    if value.is_finite() { value } else { otherwise }
}

fn even(x: f64) -> f64 {
    let away = libm::ceil(x.abs());
    let even = if libm::trunc(away / 2.0) * 2.0 == away { away } else { away + 1.0 };
    even.copysign(x)
}
