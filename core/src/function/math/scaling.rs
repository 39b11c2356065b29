//! Ranges and scales of measurements, and what a float is.

use super::one_nan;
use crate::counters::Failure;
use crate::error::RunError;
use crate::expr::for_integer;
use crate::function::Param::{Is, T};
use crate::function::{Class, Function, Invocation, Param, Returns, rows};
use crate::types::DataType::{Boolean, Double, Integer};
use crate::types::Kind;

const FLOAT: &[Param] = &[Is(Double)];
const THREE: &[Param] = &[T(Class::Numbers), T(Class::Numbers), T(Class::Numbers)];

/// Functions of ranges.
pub const SCALING: &[Function] = &[
    test("isnan", |call| rows::map(call, |(x,): (f64,)| x.is_nan()))
        .alias(&["is_nan"])
        .doc("Whether it is NaN.", "isnan('nan'::DOUBLE)"),
    test("isinf", |call| rows::map(call, |(x,): (f64,)| x.is_infinite()))
        .alias(&["is_inf"])
        .doc("Whether it is an infinity.", "isinf('-inf'::DOUBLE)"),
    test("isfinite", |call| rows::map(call, |(x,): (f64,)| x.is_finite()))
        .alias(&["is_finite"])
        .doc("Whether it is neither NaN nor an infinity.", "isfinite(1.5)"),
    Function::new("clamp", THREE, Returns::T, clamp).fails(Failure::Arithmetic).doc(
        "The number of the range from lo to hi that is nearest to x; NaN stays NaN. Fails where \
         lo is above hi, or one of them is NaN.",
        "clamp(17, 0, 10)",
    ),
    Function::new(
        "width_bucket",
        &[Is(Double), Is(Double), Is(Double), Is(Integer)],
        Returns::Is(Integer),
        |call| rows::try_map(call, |(x, lo, hi, n)| width_bucket(x, lo, hi, n)),
    )
    .fails(Failure::Arithmetic)
    .doc(
        "The number, from 1, of the bucket that x is in if lo to hi is cut into n equal ones; 0 \
         below lo and n + 1 from hi on (PostgreSQL's). lo can be above hi: buckets then count \
         downwards. Fails where lo equals hi, a bound is infinite, anything is NaN or n is not \
         positive.",
        "width_bucket(5.35, 0.024, 10.06, 5)",
    ),
    Function::new("lerp", &[Is(Double), Is(Double), Is(Double)], Returns::Is(Double), |call| {
        rows::map(call, |(a, b, t)| one_nan(lerp(a, b, t)))
    })
    .doc(
        "The value at t on the line from a (t = 0) to b (t = 1), exact at both and beyond them too.",
        "lerp(10, 20, 0.25)",
    ),
    Function::new(
        "scale",
        &[Is(Double), Is(Double), Is(Double), Is(Double), Is(Double)],
        Returns::Is(Double),
        |call| rows::try_map(call, |(x, in_lo, in_hi, lo, hi)| scale(x, in_lo, in_hi, lo, hi)),
    )
    .fails(Failure::Arithmetic)
    .doc(
        "x, of a scale from in_lo to in_hi, on that from out_lo to out_hi: linear, exact at both \
         ends, not clamped; NaN where an argument is. Fails where in_lo equals in_hi.",
        "scale(512, 0, 1024, 4, 20)",
    ),
];

const fn test(name: &'static str, kernel: crate::function::VectorKernel) -> Function {
    Function::new(name, FLOAT, Returns::Is(Boolean), kernel)
}

fn clamp(call: &mut Invocation<'_>) -> Result<(), RunError> {
    match call.result_type().kind() {
        Kind::F32 => rows::try_map(call, |(x, lo, hi): (f32, f32, f32)| {
            (lo <= hi).then(|| {
                if x < lo {
                    lo
                } else if x > hi {
                    hi
                } else {
                    x
                }
            })
        }),
        Kind::F64 => rows::try_map(call, |(x, lo, hi): (f64, f64, f64)| {
            (lo <= hi).then(|| {
                if x < lo {
                    lo
                } else if x > hi {
                    hi
                } else {
                    x
                }
            })
        }),
        kind => for_integer!(kind, I => rows::try_map(call, |(x, lo, hi): (I, I, I)| {
            (lo <= hi).then(|| x.max(lo).min(hi))
        })),
    }
}

/// PostgreSQL's `width_bucket_float8`.
fn width_bucket(x: f64, lo: f64, hi: f64, n: i32) -> Option<i32> {
    if n <= 0 || x.is_nan() || !lo.is_finite() || !hi.is_finite() || lo == hi {
        return None;
    }
    let (x, lo, hi) = if lo < hi { (x, lo, hi) } else { (-x, -lo, -hi) };
    if x < lo {
        return Some(0);
    }
    if x >= hi {
        return n.checked_add(1);
    }
    let width = hi - lo;
    let part = if width.is_finite() {
        (x - lo) / width
    } else {
        (x / 2.0 - lo / 2.0) / (hi / 2.0 - lo / 2.0)
    };
    // `part` is below 1, but its product can be rounded up to n.
    let below = (f64::from(n) * part) as i32;
    Some(below.min(n.wrapping_sub(1)).wrapping_add(1))
}

/// C++'s `std::lerp` (P0811R3): exact at 0 and 1, monotonic, no overflow on the way.
fn lerp(a: f64, b: f64, t: f64) -> f64 {
    if a <= 0.0 && b >= 0.0 || a >= 0.0 && b <= 0.0 {
        return t * b + (1.0 - t) * a;
    }
    if t == 1.0 {
        return b;
    }
    let x = a + t * (b - a);
    match (t > 1.0) == (b > a) {
        true if x < b => b,
        false if x > b => b,
        _ => x,
    }
}

fn scale(x: f64, in_lo: f64, in_hi: f64, lo: f64, hi: f64) -> Option<f64> {
    (in_lo != in_hi).then(|| one_nan(lerp(lo, hi, (x - in_lo) / (in_hi - in_lo))))
}

#[cfg(test)]
mod tests {
    use super::{lerp, scale, width_bucket};

    /// The example of PostgreSQL's documentation, and rows of its regression test `numeric.sql`
    /// (operands against 0 to 10 and 10 to 0 in 5 buckets).
    #[test]
    fn buckets_are_those_of_postgresql() {
        assert_eq!(width_bucket(5.35, 0.024, 10.06, 5), Some(3));
        let rows: [(f64, i32, i32); 12] = [
            (-5.2, 0, 6),
            (-0.000_000_000_1, 0, 6),
            (0.000_000_000_001, 1, 5),
            (1.0, 1, 5),
            (1.999_999_999_999_99, 1, 5),
            (2.0, 2, 5),
            (2.000_000_000_000_01, 2, 4),
            (3.0, 2, 4),
            (5.0, 3, 3),
            (7.0, 4, 2),
            (8.0, 5, 2),
            (10.000_000_000_000_1, 6, 0),
        ];
        for (x, up, down) in rows {
            assert_eq!(width_bucket(x, 0.0, 10.0, 5), Some(up), "{x}");
            assert_eq!(width_bucket(x, 10.0, 0.0, 5), Some(down), "{x}");
        }
        assert_eq!(width_bucket(10.0, 0.0, 10.0, 5), Some(6));
        assert_eq!(width_bucket(f64::INFINITY, 0.0, 10.0, 5), Some(6));
        assert_eq!(width_bucket(f64::NEG_INFINITY, 0.0, 10.0, 5), Some(0));
        // Bounds whose difference is no DOUBLE.
        assert_eq!(width_bucket(0.0, f64::MIN, f64::MAX, 10), Some(6));
        for (x, lo, hi, n) in [
            (5.0, 0.0, 10.0, 0),
            (5.0, 0.0, 10.0, -5),
            (5.0, 5.0, 5.0, 4),
            (f64::NAN, 0.0, 10.0, 5),
            (5.0, f64::NAN, 10.0, 5),
            (5.0, 0.0, f64::INFINITY, 5),
            (20.0, 0.0, 10.0, i32::MAX),
        ] {
            assert_eq!(width_bucket(x, lo, hi, n), None, "{x} {lo} {hi} {n}");
        }
    }

    #[test]
    fn lines_are_exact_at_both_ends() {
        for (a, b) in [(10.0, 20.0), (-1.0, 1e300), (0.1, 0.7), (3.0, 3.0), (f64::MIN, f64::MAX)] {
            assert_eq!((lerp(a, b, 0.0), lerp(a, b, 1.0)), (a, b));
        }
        assert_eq!(lerp(10.0, 20.0, 0.25), 12.5);
        assert_eq!(lerp(10.0, 20.0, -1.0), 0.0);
        assert_eq!(lerp(10.0, 20.0, 2.0), 30.0);
    }

    #[test]
    fn a_current_loop_of_4_to_20_ma() {
        assert_eq!(scale(512.0, 0.0, 1024.0, 4.0, 20.0), Some(12.0));
        assert_eq!(scale(1024.0, 0.0, 1024.0, 4.0, 20.0), Some(20.0));
        assert_eq!(scale(2048.0, 0.0, 1024.0, 4.0, 20.0), Some(36.0));
        assert_eq!(scale(4.0, 4.0, 20.0, 100.0, 0.0), Some(100.0));
        assert_eq!(scale(1.0, 2.0, 2.0, 0.0, 1.0), None);
        assert!(scale(f64::NAN, 0.0, 1.0, 0.0, 1.0).is_some_and(f64::is_nan));
    }
}
