//! Arithmetic and rounding of DECIMALs. They are exact: a result that its type can't hold fails.

use core::cmp::Ordering;

use super::Param::{Decimal, Is};
use super::rows::{Outcome, Read};
use super::{Function, Invocation, Param, Returns, Shape, VectorKernel, rows};
use crate::counters::Failure;
use crate::error::RunError;
use crate::fmt::{power_of_ten, scaled_down};
use crate::types::DataType::{self, Boolean, Integer, TinyInt};
use crate::types::{Kind, Wide};

const ONE: &[Param] = &[Decimal];
const TWO: &[Param] = &[Decimal, Decimal];
const PLACES: &[Param] = &[Decimal, Is(Integer)];
/// The type of the argument.
const SAME: Returns = Returns::Rule(|shapes| Some(shapes.first()?.data_type));
/// Its digits, none of them behind the point.
const WHOLE: Returns = Returns::Rule(|shapes| {
    let (width, _) = decimal(shapes.first()?)?;
    Some(DataType::Decimal(width, 0))
});

/// Functions of DECIMALs.
pub const DECIMAL: &[Function] = &[
    Function::new("+", TWO, Returns::Rule(sum), |call| aligned(call, |a, b| a.checked_add(b)))
        .fails(Failure::Arithmetic)
        .doc("Sum; fails above 38 digits.", "1.50 + 2.25"),
    Function::new("-", TWO, Returns::Rule(sum), |call| aligned(call, |a, b| a.checked_sub(b)))
        .fails(Failure::Arithmetic)
        .doc("Difference; fails above 38 digits.", "1.50 - 2.25"),
    Function::new("*", TWO, Returns::Rule(product), |call| {
        let (a, b) = (Digits::of(call, 0)?, Digits::of(call, 1)?);
        each(call, |row| a.at(row).checked_mul(b.at(row)))
    })
    .fails(Failure::Arithmetic)
    .doc(
        "Product, with all decimal places of both. It has at most 18 digits if both have, else 38; \
         fails above them.",
        "1.50 * 2.25",
    ),
    Function::new("%", TWO, Returns::Rule(common), |call| aligned(call, |a, b| a.checked_rem(b)))
        .fails(Failure::Arithmetic)
        .doc("Remainder, with the sign of the first; fails where the second is 0.", "-7.50 % 2"),
    Function::new("-", ONE, SAME, |call| {
        let x = Digits::of(call, 0)?;
        each(call, |row| x.at(row).checked_neg())
    })
    .doc("The number with the other sign.", "-(1.50 + 1)"),
    Function::new("abs", ONE, SAME, |call| {
        let x = Digits::of(call, 0)?;
        each(call, |row| x.at(row).checked_abs())
    })
    .doc("Absolute value.", "abs(-2.50)"),
    Function::new("sign", ONE, Returns::Is(TinyInt), |call| {
        let x = Digits::of(call, 0)?;
        rows::by_row(call, |row| Outcome::Value(x.at(row).signum() as i8))
    })
    .doc("-1, 0 or 1.", "sign(-2.50)"),
    Function::new("ceil", ONE, WHOLE, |call| {
        rounded(call, |x, unit| x.div_euclid(unit).wrapping_add((x.rem_euclid(unit) != 0).into()))
    })
    .alias(&["ceiling"])
    .doc("Rounded up to a whole number.", "ceil(2.10)"),
    Function::new("floor", ONE, WHOLE, |call| rounded(call, i128::div_euclid))
        .doc("Rounded down to a whole number.", "floor(-2.10)"),
    Function::new("round", ONE, WHOLE, |call| to_places(call, scaled_down))
        .doc("Rounded to the nearest whole number, halves away from 0.", "round(2.50)"),
    Function::new("round", PLACES, Returns::Rule(rounded_to), |call| to_places(call, scaled_down))
        .fails(Failure::Arithmetic)
        .doc(
            "Rounded to n decimal places, halves away from 0; a negative n means tens, hundreds, \
             ... n is a constant: the type depends on it.",
            "round(2.345, 2)",
        ),
    Function::new("trunc", ONE, WHOLE, |call| to_places(call, cut))
        .doc("Rounded towards 0 to a whole number.", "trunc(-2.70)"),
    Function::new("trunc", PLACES, Returns::Rule(cut_to), |call| to_places(call, cut))
        .doc("Rounded towards 0 to n decimal places, where n is a constant.", "trunc(2.345, 2)"),
    comparison("=", |call| compare(call, Ordering::is_eq)),
    comparison("<>", |call| compare(call, Ordering::is_ne)),
    comparison("<", |call| compare(call, Ordering::is_lt)),
    comparison("<=", |call| compare(call, Ordering::is_le)),
    comparison(">", |call| compare(call, Ordering::is_gt)),
    comparison(">=", |call| compare(call, Ordering::is_ge)),
];

/// Of DECIMALs that no DECIMAL has all values of; others are compared as one type.
const fn comparison(name: &'static str, kernel: VectorKernel) -> Function {
    Function::new(name, TWO, Returns::Is(Boolean), kernel)
        .doc("Compares DECIMALs of any digits, exactly.", "1.5 < 1.25")
}

fn compare(call: &mut Invocation<'_>, holds: fn(Ordering) -> bool) -> Result<(), RunError> {
    let ((_, s), (_, t)) = (parts(call.input(0)?.data_type)?, parts(call.input(1)?.data_type)?);
    let (a, b) = (Digits::of(call, 0)?, Digits::of(call, 1)?);
    rows::by_row(call, |row| Outcome::Value(holds(order((a.at(row), s), (b.at(row), t)))))
}

/// The order of a / 10^s and b / 10^t: of their whole parts, then of their fractions, which are below
/// 10^38 at the larger scale.
fn order((a, s): (i128, u8), (b, t): (i128, u8)) -> Ordering {
    let split = |x: i128, own: u8| {
        let unit = power_of_ten(own);
        let fraction = x.rem_euclid(unit).wrapping_mul(power_of_ten(s.max(t).saturating_sub(own)));
        (x.div_euclid(unit), fraction)
    };
    split(a, s).cmp(&split(b, t))
}

/// The digits of a DECIMAL and how many of them are behind the point.
const fn decimal(shape: &Shape) -> Option<(u8, u8)> {
    match shape.data_type {
        DataType::Decimal(width, scale) => Some((width, scale)),
        _ => None,
    }
}

/// The digits in front of the point of either of two, and those behind it.
fn both(shapes: &[Shape]) -> Option<(u8, u8)> {
    let [a, b] = shapes else { return None };
    let ((p, s), (q, t)) = (decimal(a)?, decimal(b)?);
    Some((p.checked_sub(s)?.max(q.checked_sub(t)?), s.max(t)))
}

/// The DECIMAL of so many digits or, of them, as many as there can be.
fn at_most(width: u8, scale: u8) -> DataType {
    DataType::Decimal(width.min(DataType::MAX_DECIMAL), scale)
}

fn sum(shapes: &[Shape]) -> Option<DataType> {
    let (whole, scale) = both(shapes)?;
    Some(at_most(whole.checked_add(scale)?.checked_add(1)?, scale))
}

fn common(shapes: &[Shape]) -> Option<DataType> {
    let (whole, scale) = both(shapes)?;
    Some(DataType::Decimal(whole.checked_add(scale)?, scale)).filter(|t| t.is_defined())
}

fn product(shapes: &[Shape]) -> Option<DataType> {
    const NARROW: u8 = DataType::MAX_DECIMAL_64;
    let [a, b] = shapes else { return None };
    let ((p, s), (q, t)) = (decimal(a)?, decimal(b)?);
    let (width, scale) = (p.checked_add(q)?, s.checked_add(t)?);
    let stays_narrow = p.max(q) <= NARROW && scale < NARROW;
    let width = if stays_narrow { width.min(NARROW) } else { width };
    Some(at_most(width, scale)).filter(|t| t.is_defined())
}

/// The scale that a number of places leaves, and the places in front of the point that become 0.
fn places(scale: u8, n: i64) -> (u8, u8) {
    let place = |n: i64| u8::try_from(n).unwrap_or(u8::MAX);
    if n < 0 { (0, place(n.saturating_neg())) } else { (scale.min(place(n)), 0) }
}

fn cut_to(shapes: &[Shape]) -> Option<DataType> {
    let [x, n] = shapes else { return None };
    let (width, scale) = decimal(x)?;
    Some(DataType::Decimal(width, places(scale, n.value?).0))
}

fn rounded_to(shapes: &[Shape]) -> Option<DataType> {
    let [x, n] = shapes else { return None };
    let (width, scale) = decimal(x)?;
    let whole = width.checked_sub(scale)?;
    let (left, zeros) = places(scale, n.value?);
    // 999 becomes 1000.
    let carries = zeros > 0 && zeros <= whole;
    Some(at_most(if carries { width.max(whole.checked_add(1)?) } else { width }, left))
}

/// The values of a DECIMAL argument, as whole numbers.
#[derive(Clone, Copy)]
enum Digits<'a> {
    Narrow(<i64 as Read<'a>>::Column),
    Wide(<Wide as Read<'a>>::Column),
}

impl<'a> Digits<'a> {
    fn of(call: &Invocation<'a>, at: usize) -> Result<Self, RunError> {
        let (input, rows) = (call.input(at)?, call.rows());
        Ok(match input.data_type.kind() {
            Kind::I64 => Self::Narrow(i64::column(input, rows)?),
            _ => Self::Wide(Wide::column(input, rows)?),
        })
    }

    #[inline]
    fn at(&self, row: usize) -> i128 {
        match self {
            Self::Narrow(column) => i64::at(column, row).into(),
            Self::Wide(column) => Wide::at(column, row).get(),
        }
    }
}

/// The digits and the scale of a type.
fn parts(t: DataType) -> Result<(u8, u8), RunError> {
    decimal(&Shape { data_type: t, value: None }).ok_or(RunError::Internal)
}

/// What `f` gives of each row without a NULL; what has too many digits fails.
fn each(call: &mut Invocation<'_>, f: impl Fn(usize) -> Option<i128>) -> Result<(), RunError> {
    let (width, _) = parts(call.result_type())?;
    let limit = power_of_ten(width).unsigned_abs();
    let f = |row| f(row).filter(|value| value.unsigned_abs() < limit);
    match call.result_type().kind() {
        Kind::I64 => rows::by_row(call, |row| f(row).map(|value| value as i64).into()),
        _ => rows::by_row(call, |row| f(row).map(Wide::new).into()),
    }
}

/// Two arguments at the scale of the result.
fn aligned(
    call: &mut Invocation<'_>,
    f: impl Fn(i128, i128) -> Option<i128>,
) -> Result<(), RunError> {
    let (_, scale) = parts(call.result_type())?;
    let argument = |at| -> Result<_, RunError> {
        let (_, own) = parts(call.input(at)?.data_type)?;
        Ok((Digits::of(call, at)?, power_of_ten(scale.saturating_sub(own))))
    };
    let ((a, a_unit), (b, b_unit)) = (argument(0)?, argument(1)?);
    each(call, |row| f(a.at(row).checked_mul(a_unit)?, b.at(row).checked_mul(b_unit)?))
}

/// A whole number: `f` is given the unit behind whose digits the point is.
fn rounded(call: &mut Invocation<'_>, f: fn(i128, i128) -> i128) -> Result<(), RunError> {
    let (_, scale) = parts(call.input(0)?.data_type)?;
    let (x, unit) = (Digits::of(call, 0)?, power_of_ten(scale));
    each(call, |row| Some(f(x.at(row), unit)))
}

/// `value` divided by 10^n, without the rest.
const fn cut(value: i128, n: u8) -> i128 {
    value / power_of_ten(n)
}

/// A number with fewer digits behind the point, or zeros in front of it: `f(x, n)` takes n digits
/// away.
fn to_places(call: &mut Invocation<'_>, f: fn(i128, u8) -> i128) -> Result<(), RunError> {
    let (_, scale) = parts(call.input(0)?.data_type)?;
    let (x, n) = (Digits::of(call, 0)?, call.arguments());
    let n = match n {
        1 => None,
        _ => Some(<i32 as Read<'_>>::column(call.input(1)?, call.rows())?),
    };
    each(call, |row| {
        let (left, zeros) = places(scale, n.as_ref().map_or(0, |n| i32::at(n, row)).into());
        let away = scale.saturating_sub(left).saturating_add(zeros);
        if away > DataType::MAX_DECIMAL {
            return Some(0);
        }
        f(x.at(row), away).checked_mul(power_of_ten(zeros))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(width: u8, scale: u8) -> Shape {
        Shape { data_type: DataType::Decimal(width, scale), value: None }
    }

    /// typeof(a * b) in DuckDB 2.0.
    #[test]
    fn products() {
        for (a, b, product_of) in [
            ((18, 12), (18, 12), Some((36, 24))),
            ((18, 17), (1, 1), Some((19, 18))),
            ((10, 9), (9, 8), Some((18, 17))),
            ((18, 9), (18, 8), Some((18, 17))),
            ((19, 0), (5, 5), Some((24, 5))),
            ((20, 19), (20, 19), Some((38, 38))),
            ((38, 38), (4, 1), None),
        ] {
            let of = |(p, s)| shape(p, s);
            let wanted = product_of.map(|(p, s)| DataType::Decimal(p, s));
            assert_eq!(product(&[of(a), of(b)]), wanted, "{a:?} {b:?}");
        }
    }

    /// typeof(round(x, n)) in DuckDB 2.0.
    #[test]
    fn roundings() {
        for (x, n, rounded) in [
            ((9, 0), -1, (10, 0)),
            ((9, 0), -9, (10, 0)),
            ((9, 0), -10, (9, 0)),
            ((17, 0), -1, (18, 0)),
            ((38, 0), -1, (38, 0)),
            ((5, 5), -1, (5, 0)),
            ((5, 5), 1, (5, 1)),
            ((4, 1), -1, (4, 0)),
            ((4, 1), 9, (4, 1)),
        ] {
            let places = Shape { data_type: Integer, value: Some(n) };
            let wanted = DataType::Decimal(rounded.0, rounded.1);
            assert_eq!(rounded_to(&[shape(x.0, x.1), places]), Some(wanted), "{x:?} {n}");
        }
        assert_eq!(rounded_to(&[shape(9, 3), Shape { data_type: Integer, value: None }]), None);
    }

    #[test]
    fn numbers_of_any_scale_have_an_order() {
        let most = power_of_ten(38) - 1;
        assert_eq!(order((1, 38), (0, 0)), Ordering::Greater);
        assert_eq!(order((-1, 38), (0, 0)), Ordering::Less);
        assert_eq!(order((most, 0), (most, 38)), Ordering::Greater);
        assert_eq!(order((-most, 0), (-most, 38)), Ordering::Less);
        assert_eq!(order((15, 1), (1_500, 3)), Ordering::Equal);
        assert_eq!(order((-15, 1), (-1_501, 3)), Ordering::Greater);
    }
}
