//! Comparisons. Floats are ordered as in DuckDB and PostgreSQL: NaN equals NaN and is above all
//! other values; texts by their UTF-8 bytes; FALSE below TRUE; intervals by their length.

use crate::error::RunError;
use crate::plan::Plan;
use crate::plan::op::{Instruction, Op, Source};
use crate::plan::uses::{self, Uses};
use crate::types::{Kind, Span, Uuid16, Wide};

use super::element::{Argument, Element, Operands, argument, for_value, map_mask};
use super::frame::{Others, Vector, constant_text};
use super::{Machine, one, register};

/// The opcodes that are here.
const OPS: &[Op] = &[Op::Eq, Op::Ne, Op::Lt, Op::Le, Op::Gt, Op::Ge];

/// Compares `a` with `b` into a mask.
pub(super) fn compare<U: Uses>(
    m: &mut Machine<'_, '_, U>,
    i: &Instruction,
) -> Result<(), RunError> {
    let rows = m.rows();
    if const { U::SET.fast } && rows == 1 && !matches!(i.kind, Kind::Bool | Kind::Text) {
        let word = for_value!(in U::SET.kinds(OPS), i.kind, T => Ok(one::operands::<T, U>(m, i).map(|(a, b)| {
            let mut word = [0];
            numbers::<T, U>(i.op, &mut word, &[a], Argument::Constant(b));
            let [word] = word;
            word
        })))?;
        if let Some(word) = word {
            return m.frame.set_first(i.dst, word);
        }
    }
    let plan = uses::plan::<U>(m.plan);
    let (mut dst, others) = m.frame.split(i.dst)?;
    let a = others.get(register(i.a)?)?;
    let b = match i.kind {
        Kind::Bool if const { U::SET.kinds(OPS).has(Kind::Bool) } => {
            booleans(i, dst.mask()?, a, &others, plan)?
        }
        Kind::Text if const { U::SET.kinds(OPS).has(Kind::Text) } => {
            texts(i, dst.mask()?, a, &others, plan, rows)?
        }
        kind => for_value!(in U::SET.kinds(OPS), kind, T => {
            let (b, vector) = argument::<T, U>(plan, &others, const { Operands::of::<T, U>(OPS) }, i.b, rows)?;
            numbers::<T, U>(i.op, dst.mask()?, a.of(rows)?, b);
            Ok(vector)
        })?,
    };
    dst.set_valid_as(&a, b.as_ref());
    Ok(())
}

/// The total order of a kind; for integers Rust's own.
pub(crate) trait Ordered: Element {
    /// Whether the value is NaN.
    fn is_nan(self) -> bool;

    /// `self < other` with NaN on top.
    #[inline]
    fn below(self, other: Self) -> bool {
        (self < other) | (other.is_nan() & !self.is_nan())
    }

    /// `self > other` with NaN on top: one comparison less than [`Ordered::below`] the other way.
    #[inline]
    #[allow(clippy::neg_cmp_op_on_partial_ord)] // a NaN is not `<=` and is above
    fn above(self, other: Self) -> bool {
        !(self <= other) & !other.is_nan()
    }

    /// `self = other` with NaN equal to itself.
    #[inline]
    fn same(self, other: Self) -> bool {
        (self == other) | (self.is_nan() & other.is_nan())
    }
}

macro_rules! ordered {
    ($($t:ty: $nan:expr;)*) => {$(
        impl Ordered for $t {
            #[inline]
            fn is_nan(self) -> bool {
                let nan: fn($t) -> bool = $nan;
                nan(self)
            }
        }
    )*};
}
ordered! {
    i8: |_| false; i16: |_| false; i32: |_| false; i64: |_| false;
    u8: |_| false; u16: |_| false; u32: |_| false; u64: |_| false;
    f32: f32::is_nan; f64: f64::is_nan;
    Wide: |_| false; Span: |_| false; Uuid16: |_| false;
}

#[inline]
fn numbers<T: Ordered, U: Uses>(op: Op, mask: &mut [u64], a: &[T], b: Argument<'_, T>) {
    macro_rules! used {
        ($op:ident) => {
            const { U::SET.op(Op::$op).has(T::KIND) }
        };
    }
    // Against a constant that is not NaN one comparison is enough.
    if let Argument::Constant(c) = b
        && (const { !U::SET.nan } || !c.is_nan())
    {
        return match op {
            Op::Eq if used!(Eq) => map_mask::<T, U>(mask, a, b, |a, b| a == b),
            Op::Ne if used!(Ne) => map_mask::<T, U>(mask, a, b, |a, b| a != b),
            Op::Lt if used!(Lt) => map_mask::<T, U>(mask, a, b, |a, b| a < b),
            Op::Le if used!(Le) => map_mask::<T, U>(mask, a, b, |a, b| a <= b),
            Op::Gt if used!(Gt) => map_mask::<T, U>(mask, a, b, not(|a, b| a <= b)),
            Op::Ge if used!(Ge) => map_mask::<T, U>(mask, a, b, not(|a, b| a < b)),
            _ => {}
        };
    }
    if const { !U::SET.nan && !U::SET.registers(OPS).has(T::KIND) } {
        return;
    }
    match op {
        Op::Eq if used!(Eq) => map_mask::<T, U>(mask, a, b, T::same),
        Op::Ne if used!(Ne) => map_mask::<T, U>(mask, a, b, not(T::same)),
        Op::Lt if used!(Lt) => map_mask::<T, U>(mask, a, b, T::below),
        Op::Le if used!(Le) => map_mask::<T, U>(mask, a, b, |a, b| !b.below(a)),
        Op::Gt if used!(Gt) => map_mask::<T, U>(mask, a, b, |a, b| b.below(a)),
        Op::Ge if used!(Ge) => map_mask::<T, U>(mask, a, b, not(T::below)),
        _ => {}
    }
}

/// The complement: true for NaN where the comparison itself is false.
#[inline]
fn not<T>(f: impl Fn(T, T) -> bool) -> impl Fn(T, T) -> bool {
    move |a, b| !f(a, b)
}

fn booleans<'a, U: Uses>(
    i: &Instruction,
    mask: &mut [u64],
    a: Vector<'a>,
    others: &Others<'a, U>,
    plan: &Plan<'_>,
) -> Result<Option<Vector<'a>>, RunError> {
    let (b, constant) = match i.b.source() {
        Source::Register(id) => (Some(others.get(id)?), 0),
        Source::Constant(id) => {
            let c = plan.constants.get(id.index()).ok_or(RunError::Internal)?;
            (None, 0u64.wrapping_sub(c.0 & 1))
        }
    };
    let b_bits = match &b {
        Some(v) => Some(v.mask()?),
        None => None,
    };
    for (w, (word, &a)) in mask.iter_mut().zip(a.mask()?).enumerate() {
        let b = b_bits.map_or(constant, |bits| bits.get(w).copied().unwrap_or(0));
        *word = match i.op {
            Op::Eq => !(a ^ b),
            Op::Ne => a ^ b,
            Op::Lt => !a & b,
            Op::Le => !a | b,
            Op::Gt => a & !b,
            _ => a | !b,
        };
    }
    Ok(b)
}

fn texts<'a, U: Uses>(
    i: &Instruction,
    mask: &mut [u64],
    a: Vector<'a>,
    others: &Others<'a, U>,
    plan: &Plan<'a>,
    rows: usize,
) -> Result<Option<Vector<'a>>, RunError> {
    let (b, constant) = match i.b.source() {
        Source::Register(id) => (Some(others.get(id)?), &[][..]),
        Source::Constant(id) => {
            let c = plan.constants.get(id.index()).ok_or(RunError::Internal)?;
            (None, constant_text(plan, *c, a.data_type))
        }
    };
    let is_true = |row: usize| {
        let x = a.text(row);
        let y = b.map_or(constant, |b| b.text(row));
        match i.op {
            Op::Eq => x == y,
            Op::Ne => x != y,
            Op::Lt => x < y,
            Op::Le => x <= y,
            Op::Gt => x > y,
            _ => x >= y,
        }
    };
    for (word, start) in mask.iter_mut().zip((0..rows).step_by(64)) {
        let in_word = (rows - start).min(64);
        *word = (0..in_word).fold(0, |w, k| w | u64::from(is_true(start + k)) << k);
    }
    Ok(b)
}
