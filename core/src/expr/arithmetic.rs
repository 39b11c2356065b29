//! `+ - * / %`, negation, window starts. Integers that overflow, and integer `% 0`, become
//! NULL and are counted; floats follow IEEE 754.

use crate::counters::Failure;
use crate::error::RunError;
use crate::plan::op::{Instruction, Op};
use crate::plan::uses::{self, Uses};
use crate::types::{DataType, Kind};

use super::element::{Argument, Element, Operands, argument, for_integer, map, try_map};
use super::failures::Failures;
use super::fmod::{fmod, fmodf};
use super::overflow::arithmetic;
use super::{Machine, one, register};

/// The opcodes that are here, but for negation, which has one operand.
const BINARY: &[Op] = &[Op::Add, Op::Sub, Op::Mul, Op::Div, Op::Mod, Op::WindowStart];

/// Whether an opcode is used on a kind.
macro_rules! used {
    ($op:ident, $kind:expr) => {
        const { U::SET.op(Op::$op).has($kind) }
    };
}

/// `a op b`.
pub(super) fn binary<U: Uses>(m: &mut Machine<'_, '_, U>, i: &Instruction) -> Result<(), RunError> {
    macro_rules! floats {
        ($t:ty, $fmod:ident) => {
            float(m, i, |dst, a: &[$t], b| match i.op {
                Op::Add if used!(Add, <$t>::KIND) => map(dst, a, b, |a, b| a + b),
                Op::Sub if used!(Sub, <$t>::KIND) => map(dst, a, b, |a, b| a - b),
                Op::Mul if used!(Mul, <$t>::KIND) => map(dst, a, b, |a, b| a * b),
                Op::Div if used!(Div, <$t>::KIND) => map(dst, a, b, |a, b| a / b),
                Op::Mod if used!(Mod, <$t>::KIND) => map(dst, a, b, $fmod),
                _ => {}
            })
        };
    }
    match i.kind {
        Kind::F32 if const { U::SET.kinds(BINARY).has(Kind::F32) } => floats!(f32, fmodf),
        Kind::F64 if const { U::SET.kinds(BINARY).has(Kind::F64) } => floats!(f64, fmod),
        kind => for_integer!(in U::SET.kinds(BINARY), kind, T => {
            integer(m, i, |dst, valid, failures, a: &[T], b| match i.op {
                Op::Add | Op::Sub | Op::Mul => {
                    arithmetic::<T, U>(i.op, dst, valid, failures, a, b);
                }
                Op::Mod if used!(Mod, T::KIND) => {
                    try_map(dst, valid, failures, a, b, |a, b| match b {
                        0 => (0, true),
                        // MIN % -1 overflows, as in DuckDB.
                        b => a.overflowing_rem(b),
                    });
                }
                _ => {}
            })
        }),
    }
}

/// `-a`.
pub(super) fn negate<U: Uses>(m: &mut Machine<'_, '_, U>, i: &Instruction) -> Result<(), RunError> {
    match i.kind {
        Kind::F32 if used!(Neg, Kind::F32) => {
            float(m, i, |dst, a: &[f32], b| map(dst, a, b, |a, _| -a))
        }
        Kind::F64 if used!(Neg, Kind::F64) => {
            float(m, i, |dst, a: &[f64], b| map(dst, a, b, |a, _| -a))
        }
        kind => for_integer!(in U::SET.op(Op::Neg), kind, T => {
            integer(m, i, |dst, valid, failures, a: &[T], b| {
                arithmetic::<T, U>(i.op, dst, valid, failures, a, b);
            })
        }),
    }
}

/// Start of the tumbling window of `b` microseconds that holds timestamp `a`. Windows are aligned
/// to 1970-01-01 00:00:00 UTC.
pub(super) fn window_start<U: Uses>(
    m: &mut Machine<'_, '_, U>,
    i: &Instruction,
) -> Result<(), RunError> {
    integer(m, i, |dst, valid, failures, a: &[i64], b| {
        try_map(dst, valid, failures, a, b, |ts, size| {
            match ts.checked_rem_euclid(size).and_then(|into| ts.checked_sub(into)) {
                Some(start) => (start, false),
                None => (0, true),
            }
        })
    })
}

fn float<T: Element, U: Uses>(
    m: &mut Machine<'_, '_, U>,
    i: &Instruction,
    kernel: impl FnOnce(&mut [T], &[T], Argument<'_, T>),
) -> Result<(), RunError> {
    if let Some((a, b)) = one::operands::<T, U>(m, i) {
        let mut dst = [T::zeroed()];
        kernel(&mut dst, &[a], Argument::Constant(b));
        let [dst] = dst;
        return m.frame.set_first(i.dst, dst);
    }
    let rows = m.rows();
    let plan = uses::plan::<U>(m.plan);
    let (mut dst, others) = m.frame.split(i.dst)?;
    let a = others.get(register(i.a)?)?;
    let (b, vector) = match i.op == Op::Neg {
        true => (Argument::Constant(T::zeroed()), None),
        false => {
            argument::<T, U>(plan, &others, const { Operands::of::<T, U>(BINARY) }, i.b, rows)?
        }
    };
    kernel(dst.of(rows)?, a.of(rows)?, b);
    dst.set_valid_as(&a, vector.as_ref());
    Ok(())
}

fn integer<T: Element, U: Uses>(
    m: &mut Machine<'_, '_, U>,
    i: &Instruction,
    kernel: impl FnOnce(&mut [T], &mut [u64], &mut Failures<'_>, &[T], Argument<'_, T>),
) -> Result<(), RunError> {
    let rows = m.rows();
    let plan = uses::plan::<U>(m.plan);
    let guard = m.guard;
    let (mut dst, others) = m.frame.split(i.dst)?;
    let a = others.get(register(i.a)?)?;
    let mut failures = Failures::new(guard.map(|id| others.get(id)).transpose()?)?;
    let (b, vector) = match i.op == Op::Neg {
        true => (Argument::Constant(T::zeroed()), None),
        false => {
            argument::<T, U>(plan, &others, const { Operands::of::<T, U>(BINARY) }, i.b, rows)?
        }
    };
    dst.set_valid_as(&a, vector.as_ref());
    let (values, validity) = dst.parts::<T>(rows)?;
    kernel(values, validity, &mut failures, a.of(rows)?, b);
    let failure = match dst.data_type {
        DataType::Timestamp | DataType::TimestampTz => Failure::Time,
        _ => Failure::Arithmetic,
    };
    let Failures { count, first, .. } = failures;
    m.report(failure, count, first);
    Ok(())
}
