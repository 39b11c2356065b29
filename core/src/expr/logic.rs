//! Three-valued logic on masks: NULL is neither true nor false.

use crate::error::RunError;
use crate::plan::op::{Instruction, Op};

use super::{Machine, one, register};
use crate::plan::uses::Uses;

/// `a AND b`, `a OR b`.
pub(super) fn and_or<U: Uses>(m: &mut Machine<'_, '_, U>, i: &Instruction) -> Result<(), RunError> {
    if let Some((a, b)) = one::operands::<u64, U>(m, i) {
        return m.frame.set_first(i.dst, if i.op == Op::And { a & b } else { a | b });
    }
    let (mut dst, others) = m.frame.split(i.dst)?;
    let a = others.get(register(i.a)?)?;
    let b = others.get(register(i.b)?)?;
    let (a_bits, b_bits) = (a.mask()?, b.mask()?);
    let is_and = i.op == Op::And;
    for (dst, (&a, &b)) in dst.mask()?.iter_mut().zip(a_bits.iter().zip(b_bits)) {
        *dst = if is_and { a & b } else { a | b };
    }
    if let Some(words) = &mut dst.validity {
        // Known if both are, or if one alone decides: false for AND, true for OR.
        for (w, (word, (&x, &y))) in words.iter_mut().zip(a_bits.iter().zip(b_bits)).enumerate() {
            let (x_valid, y_valid) = (a.valid_word(w), b.valid_word(w));
            let (x, y) = if is_and { (!x, !y) } else { (x, y) };
            *word = x_valid & y_valid | x_valid & x | y_valid & y;
        }
    }
    Ok(())
}

/// `NOT a`.
pub(super) fn not<U: Uses>(m: &mut Machine<'_, '_, U>, i: &Instruction) -> Result<(), RunError> {
    let (mut dst, others) = m.frame.split(i.dst)?;
    let a = others.get(register(i.a)?)?;
    for (dst, &a) in dst.mask()?.iter_mut().zip(a.mask()?) {
        *dst = !a;
    }
    dst.set_valid_as(&a, None);
    Ok(())
}

/// `a IS NULL`, `a IS NOT NULL`.
pub(super) fn is_null<U: Uses>(
    m: &mut Machine<'_, '_, U>,
    i: &Instruction,
) -> Result<(), RunError> {
    let (mut dst, others) = m.frame.split(i.dst)?;
    let a = others.get(register(i.a)?)?;
    let flip = if i.op == Op::IsNull { u64::MAX } else { 0 };
    for (w, dst) in dst.mask()?.iter_mut().enumerate() {
        *dst = a.valid_word(w) ^ flip;
    }
    dst.set_all_valid(true);
    Ok(())
}
