//! Loading: columns of a batch, and registers computed before a filter, into dense registers.

use crate::arena::{copy, fill};
use crate::column::{Column, Validity};
use crate::error::RunError;
use crate::fours;
use crate::plan::op::{Instruction, Op, RegisterId};
use crate::plan::uses::{self, Uses};
use crate::record::char_bytes;
use crate::selection::Selection;
use crate::types::{DataType, Kind};

use super::element::for_width;
use super::frame::{VectorMut, bit, set_text, text_bytes};
use super::{Machine, register};

/// Columns in the place of registers.
pub(crate) type InPlace<'a> = heapless::Vec<(RegisterId, &'a [u8]), 4>;

/// The columns that a program loads, if it does nothing else and they lie in memory as registers do:
/// then they need no copy.
pub(crate) fn in_place<'a, U: Uses>(
    m: &Machine<'a, '_, U>,
    program: &[Instruction],
) -> Option<InPlace<'a>> {
    if const { !U::SET.fast } {
        return None;
    }
    let (batch, Selection::All(_)) = (m.batch?, m.selection) else { return None };
    let mut columns = InPlace::new();
    for i in program {
        let index = i.a.0 as usize;
        let field = m.context.fields.get(index)?;
        let size = field.data_type.size();
        let is_plain = !field.nullable && m.frame.plain(i.dst).is_some();
        if i.op != Op::Load || !is_plain || matches!(i.kind, Kind::Bool | Kind::Text) {
            return None;
        }
        let column = batch.column(index, field.offset as usize, size, None)?;
        let lies = column.stride == size && column.bytes.as_ptr().addr().is_multiple_of(size);
        columns.push((i.dst, lies.then_some(column.bytes)?)).ok()?;
    }
    Some(columns)
}

/// `dst` = column `a`, selected rows only.
pub(super) fn load<U: Uses>(m: &mut Machine<'_, '_, U>, i: &Instruction) -> Result<(), RunError> {
    let batch = m.batch.ok_or(RunError::Internal)?;
    let index = i.a.0 as usize;
    let field = uses::fields::<U>(m.context.fields).get(index).ok_or(RunError::Internal)?;
    if const { U::SET.fast }
        && m.rows() == 1
        && !field.nullable
        && m.frame.plain(i.dst).is_some()
        && !matches!(i.kind, Kind::Bool | Kind::Text)
    {
        return for_width!(in U::SET.op(Op::Load), i.kind, T => {
            let value = batch.value(index, field.offset as usize, m.selection.row(0));
            m.frame.set_first(i.dst, T::from_le_bytes(*value.ok_or(RunError::Internal)?))
        });
    }
    let validity =
        if const { U::SET.nulls } && field.nullable { m.stream_layout().validity } else { None };
    let size = field.data_type.size();
    let column =
        batch.column(index, field.offset as usize, size, validity).ok_or(RunError::Internal)?;
    let rows = m.rows();
    let (mut dst, _) = m.frame.split(i.dst)?;
    match i.kind {
        Kind::Bool if const { U::SET.op(Op::Load).has(Kind::Bool) } => {
            load_mask(&mut dst, &column, m.selection)?
        }
        Kind::Text if const { U::SET.op(Op::Load).has(Kind::Text) } => {
            load_text(&mut dst, &column, field.data_type, m.selection)
        }
        kind => {
            for_width!(in U::SET.op(Op::Load), kind, T => load_values::<T, { size_of::<T>() }, U>(dst.of(rows)?, &column, m.selection, T::from_le_bytes))?
        }
    }
    load_validity(&mut dst, &column, m.selection);
    Ok(())
}

#[inline]
fn load_values<T: bytemuck::Pod, const N: usize, U: Uses>(
    dst: &mut [T],
    column: &Column<'_>,
    selection: Selection<'_>,
    decode: impl Fn([u8; N]) -> T,
) -> Result<(), RunError> {
    if const { !U::SET.fast } {
        for_each(selection, dst.iter_mut(), |slot, row| {
            if let Some(bytes) = column.get::<N>(row) {
                *slot = decode(*bytes);
            }
        });
        return Ok(());
    }
    match selection {
        Selection::All(rows) if column.stride == N && cfg!(target_endian = "little") => {
            let start = column.offset;
            let bytes = column.bytes.get(start..start + rows * N).ok_or(RunError::Internal)?;
            copy(bytemuck::cast_slice_mut::<T, u8>(dst), bytes)?;
        }
        Selection::All(_) => {
            for (d, bytes) in dst.iter_mut().zip(column.iter::<N>()) {
                *d = decode(*bytes);
            }
        }
        Selection::Rows(rows) => match column.in_steps::<N>() {
            Some((values, 1)) => {
                fours::map(dst, rows, |row| values.get(row as usize).map(|bytes| decode(*bytes)));
            }
            Some((values, step)) => fours::map(dst, rows, |row| {
                values.get(row as usize * step).map(|bytes| decode(*bytes))
            }),
            None => fours::map(dst, rows, |row| {
                column.get::<N>(row as usize).map(|bytes| decode(*bytes))
            }),
        },
    }
    Ok(())
}

fn load_mask(
    dst: &mut VectorMut<'_>,
    column: &Column<'_>,
    selection: Selection<'_>,
) -> Result<(), RunError> {
    let is_true = |row: usize| column.get::<1>(row).is_some_and(|[b]| *b != 0);
    fill_bits(dst.mask()?, selection, is_true);
    Ok(())
}

/// A length beyond n, which only a broken producer writes, counts as n.
fn load_text(
    dst: &mut VectorMut<'_>,
    column: &Column<'_>,
    from: DataType,
    selection: Selection<'_>,
) {
    let stride = dst.data_type.size().max(1);
    let slots = dst.values.chunks_exact_mut(stride);
    if let DataType::Varchar(n) | DataType::Varbinary(n) = from {
        for_each(selection, slots, |slot, row| {
            let field = column.slice(row, 2 + n as usize).unwrap_or(&[]);
            set_text(slot, text_bytes(field));
        });
    } else {
        for_each(selection, slots, |slot, row| {
            let field = column.slice(row, from.size()).unwrap_or(&[]);
            set_text(slot, char_bytes(field));
        });
    }
}

fn load_validity(dst: &mut VectorMut<'_>, column: &Column<'_>, selection: Selection<'_>) {
    let Some(words) = &mut dst.validity else { return };
    if matches!(column.validity, Validity::All) {
        fill(words, u64::MAX);
    } else {
        fill_bits(words, selection, |row| column.is_valid(row));
    }
}

/// `dst[i]` = `a[selection[i]]`.
pub(super) fn gather<U: Uses>(m: &mut Machine<'_, '_, U>, i: &Instruction) -> Result<(), RunError> {
    let rows = m.rows();
    let capacity = m.frame.batch_rows();
    let (mut dst, others) = m.frame.split(i.dst)?;
    let a = others.get(register(i.a)?)?;
    match i.kind {
        Kind::Bool if const { U::SET.op(Op::Gather).has(Kind::Bool) } => {
            let mask = a.mask()?;
            fill_bits(dst.mask()?, m.selection, |row| bit(mask, row));
        }
        Kind::Text if const { U::SET.op(Op::Gather).has(Kind::Text) } => {
            let stride = dst.data_type.size().max(1);
            for_each(m.selection, dst.values.chunks_exact_mut(stride), |slot, row| {
                set_text(slot, a.text(row));
            });
        }
        kind => for_width!(in U::SET.op(Op::Gather), kind, T => {
            let values = a.of::<T>(capacity)?;
            for_each(m.selection, dst.of::<T>(rows)?.iter_mut(), |slot, row| {
                if let Some(value) = values.get(row) {
                    *slot = *value;
                }
            });
            Ok(())
        })?,
    }
    if let Some(words) = &mut dst.validity {
        match a.validity {
            None => fill(words, u64::MAX),
            Some(_) => fill_bits(words, m.selection, |row| a.is_valid(row)),
        }
    }
    Ok(())
}

/// Calls `f` with each slot and the row that it is for.
#[inline]
fn for_each<S>(
    selection: Selection<'_>,
    slots: impl Iterator<Item = S>,
    mut f: impl FnMut(S, usize),
) {
    match selection {
        Selection::All(rows) => slots.zip(0..rows).for_each(|(slot, row)| f(slot, row)),
        Selection::Rows(rows) => slots.zip(rows).for_each(|(slot, &row)| f(slot, row as usize)),
    }
}

/// Bit i of `words` = `f(selection[i])`.
#[inline]
fn fill_bits(words: &mut [u64], selection: Selection<'_>, f: impl Fn(usize) -> bool) {
    match selection {
        Selection::All(rows) => {
            for (word, start) in words.iter_mut().zip((0..rows).step_by(64)) {
                let in_word = (rows - start).min(64);
                *word = (0..in_word).fold(0, |w, k| w | u64::from(f(start + k)) << k);
            }
        }
        Selection::Rows(rows) => {
            // No zip of chunks: where it is not inlined it divides by their size.
            let mut chunks = rows.chunks(64);
            for word in words {
                let Some(rows) = chunks.next() else { break };
                *word = rows
                    .iter()
                    .enumerate()
                    .fold(0, |w, (k, &row)| w | u64::from(f(row as usize)) << k);
            }
        }
    }
}
