//! Kernels that move whole values: constants, copies, CASE, COALESCE, NULLIF.

use crate::arena;
use crate::error::RunError;
use crate::plan::op::{Instruction, Op, Operand, Source};
use crate::plan::uses::{self, Uses};
use crate::plan::{Constant, Plan};
use crate::types::Kind;

use super::element::{Element, for_width};
use super::frame::{Others, Vector, VectorMut, constant_text, set_text};
use super::{Machine, register};
use crate::simd::widest;

/// The opcodes that are here.
const OPS: &[Op] = &[Op::Constant, Op::Copy, Op::Blend, Op::Coalesce, Op::NullIf];

/// A value per row, or one for all.
#[derive(Clone, Copy)]
enum Values<'a> {
    Vector(Vector<'a>),
    Constant(Constant),
}

impl<'a> Values<'a> {
    fn of<U: Uses>(m: &Machine<'_, '_, U>, id: Operand) -> Result<Option<Constant>, RunError> {
        match id.source() {
            Source::Register(_) => Ok(None),
            Source::Constant(c) => uses::plan::<U>(m.plan)
                .constants
                .get(c.index())
                .copied()
                .map(Some)
                .ok_or(RunError::Internal),
        }
    }

    fn new<U: Uses>(
        constant: Option<Constant>,
        id: Operand,
        others: &Others<'a, U>,
    ) -> Result<Self, RunError> {
        match constant {
            Some(c) => Ok(Self::Constant(c)),
            None => Ok(Self::Vector(others.get(register(id)?)?)),
        }
    }

    fn valid_word(&self, i: usize) -> u64 {
        match self {
            Self::Vector(v) => v.valid_word(i),
            Self::Constant(_) => u64::MAX,
        }
    }
}

/// `dst[i] = values[i]` where bit i of `mask` says so. `mask(w)` gives word w.
fn assign<U: Uses>(
    plan: &Plan<'_>,
    kind: Kind,
    dst: &mut VectorMut<'_>,
    values: Values<'_>,
    rows: usize,
    mask: impl Fn(usize) -> u64,
) -> Result<(), RunError> {
    match kind {
        Kind::Bool if const { U::SET.kinds(OPS).has(Kind::Bool) } => {
            for (w, word) in dst.mask()?.iter_mut().enumerate() {
                let new = match values {
                    Values::Vector(v) => v.mask()?.get(w).copied().unwrap_or(0),
                    Values::Constant(c) => 0u64.wrapping_sub(c.0 & 1),
                };
                *word = *word & !mask(w) | new & mask(w);
            }
        }
        Kind::Text if const { U::SET.kinds(OPS).has(Kind::Text) } => {
            let data_type = dst.data_type;
            let stride = data_type.size().max(1);
            for (row, slot) in dst.values.chunks_exact_mut(stride).take(rows).enumerate() {
                if mask(row / 64) >> (row % 64) & 1 != 0 {
                    let text = match values {
                        Values::Vector(v) => v.text(row),
                        Values::Constant(c) => constant_text(plan, c, data_type),
                    };
                    set_text(slot, text);
                }
            }
        }
        kind => for_width!(in U::SET.kinds(OPS), kind, T => {
            let dst = dst.of::<T>(rows)?;
            match values {
                Values::Vector(v) => {
                    let values = v.of::<T>(rows)?;
                    widest(
                        #[inline(always)]
                        || {
                            // No zip of chunks: unoptimised it divides by their size.
                            let mut values = values.chunks(64);
                            for (w, dst) in dst.chunks_mut(64).enumerate() {
                                let values = values.next().unwrap_or(&[]);
                                blend_word(dst, values.iter().copied(), mask(w));
                            }
                        },
                    );
                }
                Values::Constant(c) => {
                    let value = T::from_constant(plan, c);
                    widest(
                        #[inline(always)]
                        || {
                            for (w, dst) in dst.chunks_mut(64).enumerate() {
                                blend_word(dst, core::iter::repeat(value), mask(w));
                            }
                        },
                    );
                }
            }
            Ok(())
        })?,
    }
    Ok(())
}

/// `dst[i] = values[i]` for all rows.
fn assign_all<U: Uses>(
    plan: &Plan<'_>,
    kind: Kind,
    dst: &mut VectorMut<'_>,
    values: Values<'_>,
    rows: usize,
) -> Result<(), RunError> {
    match kind {
        Kind::Bool | Kind::Text => assign::<U>(plan, kind, dst, values, rows, |_| u64::MAX),
        kind => for_width!(in U::SET.kinds(OPS), kind, T => {
            let dst = dst.of::<T>(rows)?;
            match values {
                Values::Vector(v) => arena::copy(dst, v.of::<T>(rows)?),
                Values::Constant(c) => {
                    dst.fill(T::from_constant(plan, c));
                    Ok(())
                }
            }
        }),
    }
}

#[inline(always)]
fn blend_word<T: Copy>(dst: &mut [T], values: impl Iterator<Item = T>, mask: u64) {
    if mask != 0 {
        // A byte for each bit, so that the loop behind it vectorises.
        let mut chosen = [[0u8; 8]; 8];
        for (eight, bits) in chosen.iter_mut().zip(mask.to_le_bytes()) {
            let spread = u64::from(bits).wrapping_mul(0x0101_0101_0101_0101);
            *eight = (spread & 0x8040_2010_0804_0201).to_le_bytes();
        }
        for ((d, value), chosen) in dst.iter_mut().zip(values).zip(chosen.as_flattened()) {
            *d = if *chosen != 0 { value } else { *d };
        }
    }
}

/// `dst` = `a`, a register or a constant.
pub(super) fn copy<U: Uses>(m: &mut Machine<'_, '_, U>, i: &Instruction) -> Result<(), RunError> {
    let rows = m.rows();
    let constant = Values::of(m, i.a)?;
    let (mut dst, others) = m.frame.split(i.dst)?;
    let values = Values::new(constant, i.a, &others)?;
    assign_all::<U>(uses::plan::<U>(m.plan), i.kind, &mut dst, values, rows)?;
    if let Some(words) = &mut dst.validity {
        for (w, word) in words.iter_mut().enumerate() {
            *word = values.valid_word(w);
        }
    }
    Ok(())
}

/// `dst` = NULL.
pub(super) fn null<U: Uses>(m: &mut Machine<'_, '_, U>, i: &Instruction) -> Result<(), RunError> {
    let (mut dst, _) = m.frame.split(i.dst)?;
    // What lies under a NULL is never looked at, but kept defined.
    dst.values.fill(0);
    dst.set_all_valid(false);
    Ok(())
}

/// `dst` = `b` where `a` is true.
pub(super) fn blend<U: Uses>(m: &mut Machine<'_, '_, U>, i: &Instruction) -> Result<(), RunError> {
    let rows = m.rows();
    let constant = Values::of(m, i.b)?;
    let (mut dst, others) = m.frame.split(i.dst)?;
    let condition = others.get(register(i.a)?)?;
    let bits = condition.mask()?;
    let values = Values::new(constant, i.b, &others)?;
    let mask = |w: usize| bits.get(w).copied().unwrap_or(0) & condition.valid_word(w);
    assign::<U>(uses::plan::<U>(m.plan), i.kind, &mut dst, values, rows, mask)?;
    if let Some(words) = &mut dst.validity {
        for (w, word) in words.iter_mut().enumerate() {
            *word = *word & !mask(w) | values.valid_word(w) & mask(w);
        }
    }
    Ok(())
}

/// `dst` = `a` where it is not NULL, else `b`.
pub(super) fn coalesce<U: Uses>(
    m: &mut Machine<'_, '_, U>,
    i: &Instruction,
) -> Result<(), RunError> {
    let rows = m.rows();
    let constant = Values::of(m, i.b)?;
    let (mut dst, others) = m.frame.split(i.dst)?;
    let first = others.get(register(i.a)?)?;
    let second = Values::new(constant, i.b, &others)?;
    let plan = uses::plan::<U>(m.plan);
    assign_all::<U>(plan, i.kind, &mut dst, Values::Vector(first), rows)?;
    assign::<U>(plan, i.kind, &mut dst, second, rows, |w| !first.valid_word(w))?;
    if let Some(words) = &mut dst.validity {
        for (w, word) in words.iter_mut().enumerate() {
            *word = first.valid_word(w) | second.valid_word(w);
        }
    }
    Ok(())
}

/// `dst` = `a`, but NULL where `b` is true.
pub(super) fn null_if<U: Uses>(
    m: &mut Machine<'_, '_, U>,
    i: &Instruction,
) -> Result<(), RunError> {
    let rows = m.rows();
    let (mut dst, others) = m.frame.split(i.dst)?;
    let value = others.get(register(i.a)?)?;
    let condition = others.get(register(i.b)?)?;
    let bits = condition.mask()?;
    assign_all::<U>(uses::plan::<U>(m.plan), i.kind, &mut dst, Values::Vector(value), rows)?;
    if let Some(words) = &mut dst.validity {
        for (w, word) in words.iter_mut().enumerate() {
            let hit = bits.get(w).copied().unwrap_or(0) & condition.valid_word(w);
            *word = value.valid_word(w) & !hit;
        }
    }
    Ok(())
}
