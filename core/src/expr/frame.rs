//! The registers' part of the arena, and how an instruction borrows from it.

use core::marker::PhantomData;

use bytemuck::Pod;

use crate::arena::{fill, slice, slice_mut};
use crate::error::RunError;
use crate::plan::layout::{registers_offset, values_bytes};
use crate::plan::op::{Register, RegisterId};
use crate::plan::uses::{Everything, Uses};
use crate::plan::{Constant, Plan};
use crate::types::DataType;

/// All registers of a query.
#[derive(Debug)]
pub(crate) struct Frame<'a, U: Uses = Everything> {
    /// Their bytes.
    pub(super) bytes: &'a mut [u8],
    /// Arena offset of the first byte.
    pub(super) base: usize,
    pub(super) registers: &'a [Register],
    batch_rows: u16,
    /// Registers whose values lie elsewhere, and these.
    lent: &'a [(RegisterId, &'a [u8])],
    uses: PhantomData<U>,
}

/// A register to be read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Vector<'a> {
    pub(crate) data_type: DataType,
    pub(crate) values: &'a [u8],
    /// The validity mask, if it can be NULL.
    pub(crate) validity: Option<&'a [u64]>,
}

/// A register to be written.
#[derive(Debug)]
pub(crate) struct VectorMut<'a> {
    pub(crate) data_type: DataType,
    pub(crate) values: &'a mut [u8],
    /// The validity mask, if it can be NULL.
    pub(crate) validity: Option<&'a mut [u64]>,
}

/// The registers before and after the one that is written.
#[derive(Debug)]
pub(crate) struct Others<'a, U: Uses = Everything> {
    before: &'a [u8],
    after: &'a [u8],
    /// Where `after` begins among the registers' bytes.
    after_base: usize,
    base: usize,
    registers: &'a [Register],
    batch_rows: u16,
    uses: PhantomData<U>,
}

/// The registers of a known plan, where they begin, and the rows of a batch.
#[inline(always)]
const fn known<U: Uses>() -> Option<(&'static [Register], usize, u16)> {
    const {
        match U::PLAN {
            Some(plan) => Some((plan.registers, registers_offset(&plan) as usize, plan.batch_rows)),
            None => None,
        }
    }
}

impl<'a, U: Uses> Frame<'a, U> {
    #[inline(always)]
    pub(super) fn table(&self) -> &'a [Register] {
        known::<U>().map_or(self.registers, |(registers, ..)| registers)
    }

    #[inline(always)]
    pub(super) fn base(&self) -> usize {
        known::<U>().map_or(self.base, |(_, base, _)| base)
    }

    #[inline(always)]
    pub(super) fn rows(&self) -> u16 {
        known::<U>().map_or(self.batch_rows, |(.., rows)| rows)
    }

    pub(crate) const fn new(
        bytes: &'a mut [u8],
        base: usize,
        registers: &'a [Register],
        batch_rows: u16,
    ) -> Self {
        Self { bytes, base, registers, batch_rows, lent: &[], uses: PhantomData }
    }

    /// The same registers, but some have the values of columns, which are never NULL.
    pub(crate) fn lending<'b>(&'b mut self, lent: &'b [(RegisterId, &'b [u8])]) -> Frame<'b, U> {
        Frame { bytes: self.bytes, lent, ..*self }
    }

    /// The capacity of a register, rows.
    #[inline(always)]
    pub(crate) fn batch_rows(&self) -> usize {
        self.rows() as usize
    }

    /// Borrows `dst` for writing and all others for reading.
    #[inline(always)]
    pub(crate) fn split(
        &mut self,
        dst: RegisterId,
    ) -> Result<(VectorMut<'_>, Others<'_, U>), RunError> {
        let (registers, base, rows) = (self.table(), self.base(), self.rows());
        let (register, start, end) = place(registers, dst, base, self.bytes.len())?;
        let (rest, after) = self.bytes.split_at_mut_checked(end).ok_or(RunError::Internal)?;
        let (before, own) = rest.split_at_mut_checked(start).ok_or(RunError::Internal)?;
        let (values, validity) = if const { U::SET.nulls } && register.nullable {
            let (values, rest) =
                own.split_at_mut_checked(values_len(register, rows)).ok_or(RunError::Internal)?;
            let mask = rest.get_mut(..mask_len(rows)).ok_or(RunError::Internal)?;
            (values, Some(slice_mut(mask)?))
        } else {
            (own, None)
        };
        let others = Others {
            before,
            after,
            after_base: end,
            base,
            registers,
            batch_rows: rows,
            uses: PhantomData,
        };
        Ok((VectorMut { data_type: register.data_type, values, validity }, others))
    }

    /// Borrows a register for reading.
    #[inline(always)]
    pub(crate) fn get(&self, id: RegisterId) -> Result<Vector<'_>, RunError> {
        let (register, start, end) = place(self.table(), id, self.base(), self.bytes.len())?;
        if const { U::SET.fast }
            && let Some((_, values)) = self.lent.iter().rfind(|(lent, _)| *lent == id)
        {
            return Ok(Vector { data_type: register.data_type, values, validity: None });
        }
        vector::<U>(self.bytes, start, end, register, self.rows())
    }
}

impl<'a, U: Uses> Others<'a, U> {
    #[inline(always)]
    fn table(&self) -> &'a [Register] {
        known::<U>().map_or(self.registers, |(registers, ..)| registers)
    }

    #[inline(always)]
    fn base(&self) -> usize {
        known::<U>().map_or(self.base, |(_, base, _)| base)
    }

    #[inline(always)]
    fn rows(&self) -> u16 {
        known::<U>().map_or(self.batch_rows, |(.., rows)| rows)
    }

    /// The same for functions, which know no plan.
    pub(super) const fn of_any(self) -> Others<'a> {
        let Self { before, after, after_base, base, registers, batch_rows, .. } = self;
        Others { before, after, after_base, base, registers, batch_rows, uses: PhantomData }
    }

    /// Borrows a register for reading.
    #[inline(always)]
    pub(crate) fn get(&self, id: RegisterId) -> Result<Vector<'a>, RunError> {
        let len = self.after_base + self.after.len();
        let (register, start, end) = place(self.table(), id, self.base(), len)?;
        if start >= self.after_base {
            let (start, end) = (start - self.after_base, end.wrapping_sub(self.after_base));
            vector::<U>(self.after, start, end, register, self.rows())
        } else {
            vector::<U>(self.before, start, end, register, self.rows())
        }
    }
}

/// A register, and where its part of the registers' bytes begins and ends: they lie in the order of
/// the table.
#[inline(always)]
fn place(
    registers: &[Register],
    id: RegisterId,
    base: usize,
    len: usize,
) -> Result<(&Register, usize, usize), RunError> {
    let (register, behind) = registers
        .get(id.index()..)
        .and_then(<[Register]>::split_first)
        .ok_or(RunError::Internal)?;
    let offset = |register: &Register| (register.offset as usize).wrapping_sub(base);
    Ok((register, offset(register), behind.first().map_or(len, offset)))
}

/// Bytes of a register's values.
#[inline]
const fn values_len(register: &Register, rows: u16) -> usize {
    values_bytes(register.data_type, rows) as usize
}

/// Bytes of a validity mask.
#[inline]
const fn mask_len(rows: u16) -> usize {
    (rows as usize).div_ceil(64) * 8
}

#[inline(always)]
fn vector<'a, U: Uses>(
    bytes: &'a [u8],
    start: usize,
    end: usize,
    register: &Register,
    rows: u16,
) -> Result<Vector<'a>, RunError> {
    let own = bytes.get(start..end).ok_or(RunError::Internal)?;
    let (values, validity) = if const { U::SET.nulls } && register.nullable {
        let (values, rest) =
            own.split_at_checked(values_len(register, rows)).ok_or(RunError::Internal)?;
        let mask = rest.get(..mask_len(rows)).ok_or(RunError::Internal)?;
        (values, Some(slice(mask)?))
    } else {
        (own, None)
    };
    Ok(Vector { data_type: register.data_type, values, validity })
}

impl<'a> Vector<'a> {
    /// The first `rows` values.
    #[inline]
    pub(crate) fn of<T: Pod>(&self, rows: usize) -> Result<&'a [T], RunError> {
        let values = self.values.get(..rows * size_of::<T>()).ok_or(RunError::Internal)?;
        slice(values)
    }

    /// The bits of a BOOLEAN.
    #[inline]
    pub(crate) fn mask(&self) -> Result<&'a [u64], RunError> {
        slice(self.values)
    }

    /// Word `i` of the validity mask.
    #[inline]
    pub(crate) fn valid_word(&self, i: usize) -> u64 {
        self.validity.and_then(|v| v.get(i)).copied().unwrap_or(u64::MAX)
    }

    /// Whether row `row` is not NULL.
    #[inline]
    pub(crate) fn is_valid(&self, row: usize) -> bool {
        self.valid_word(row / 64) >> (row % 64) & 1 != 0
    }

    /// Bytes from one text to the next.
    #[inline]
    pub(crate) const fn stride(&self) -> usize {
        self.data_type.size()
    }

    /// The bytes of text `row`.
    #[inline]
    pub(crate) fn text(&self, row: usize) -> &'a [u8] {
        let stride = self.stride();
        self.values.get(row * stride..(row + 1) * stride).map_or(&[], text_bytes)
    }
}

impl VectorMut<'_> {
    /// The first `rows` values.
    #[inline]
    pub(crate) fn of<T: Pod>(&mut self, rows: usize) -> Result<&mut [T], RunError> {
        let values = self.values.get_mut(..rows * size_of::<T>()).ok_or(RunError::Internal)?;
        slice_mut(values)
    }

    /// The first `rows` values, and the validity mask of a register that has one.
    #[inline]
    pub(crate) fn parts<T: Pod>(
        &mut self,
        rows: usize,
    ) -> Result<(&mut [T], &mut [u64]), RunError> {
        let values = self.values.get_mut(..rows * size_of::<T>()).ok_or(RunError::Internal)?;
        let validity = self.validity.as_deref_mut().ok_or(RunError::Internal)?;
        Ok((slice_mut(values)?, validity))
    }

    /// The bits of a BOOLEAN.
    #[inline]
    pub(crate) fn mask(&mut self) -> Result<&mut [u64], RunError> {
        slice_mut(self.values)
    }

    /// Makes every row valid, or NULL.
    #[inline]
    pub(crate) fn set_all_valid(&mut self, valid: bool) {
        if let Some(words) = &mut self.validity {
            fill(words, if valid { u64::MAX } else { 0 });
        }
    }

    /// Makes rows NULL that are NULL in `other`.
    #[inline]
    pub(crate) fn and_valid(&mut self, other: &Vector<'_>) {
        let (Some(words), Some(others)) = (&mut self.validity, other.validity) else { return };
        for (word, other) in words.iter_mut().zip(others) {
            *word &= other;
        }
    }

    /// Makes a row NULL.
    pub(crate) fn set_null(&mut self, row: usize) {
        if let Some(word) = self.validity.as_deref_mut().and_then(|v| v.get_mut(row / 64)) {
            *word &= !(1 << (row % 64));
        }
    }

    /// Makes a row valid exactly where it is in `a` and, if there is one, in `b`.
    #[inline]
    pub(crate) fn set_valid_as(&mut self, a: &Vector<'_>, b: Option<&Vector<'_>>) {
        let Some(words) = &mut self.validity else { return };
        match (a.validity, b.and_then(|b| b.validity)) {
            (Some(a), Some(b)) => {
                for ((word, a), b) in words.iter_mut().zip(a).zip(b) {
                    *word = a & b;
                }
            }
            (Some(one), None) | (None, Some(one)) => {
                for (word, one) in words.iter_mut().zip(one) {
                    *word = *one;
                }
            }
            (None, None) => fill(words, u64::MAX),
        }
    }
}

/// The bit of a row in a mask.
#[inline]
pub(crate) fn bit(mask: &[u64], row: usize) -> bool {
    mask.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 != 0)
}

/// The text, or the bytes, of a constant beside a value of a type.
#[inline]
pub(crate) fn constant_text<'a>(
    plan: &Plan<'a>,
    constant: Constant,
    data_type: DataType,
) -> &'a [u8] {
    match data_type {
        DataType::Varbinary(_) => constant.as_bytes().of(plan.bytes),
        _ => constant.as_text().of(plan.texts).as_bytes(),
    }
}

/// The text in a field of `VARCHAR(n)`: what its length says, at most what the field holds.
#[inline]
pub(crate) fn text_bytes(field: &[u8]) -> &[u8] {
    match field {
        [low, high, bytes @ ..] => {
            let len = u16::from_le_bytes([*low, *high]) as usize;
            bytes.get(..len).unwrap_or(bytes)
        }
        _ => &[],
    }
}

/// Writes a text into a field of `VARCHAR(n)`, unused bytes zero. False if it does not fit.
#[inline]
pub(crate) fn set_text(field: &mut [u8], text: &[u8]) -> bool {
    let Some((length, bytes)) = field.split_first_chunk_mut::<2>() else { return false };
    match bytes.split_at_mut_checked(text.len()) {
        Some((used, unused)) => {
            used.copy_from_slice(text);
            unused.fill(0);
            *length = (text.len() as u16).to_le_bytes();
            true
        }
        None => {
            bytes.fill(0);
            *length = [0, 0];
            false
        }
    }
}
