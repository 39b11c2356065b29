//! Group keys as words: each row's keys packed into 8-byte words, so that equal keys are equal
//! words. [`key_place`] says where each key lies.

use bytemuck::Pod;

use crate::arena::{copy, fill, slice_mut};
use crate::error::RunError;
use crate::expr::frame::{Frame, Vector, VectorMut, bit, set_text, text_bytes};
use crate::plan::layout::key_place;
use crate::plan::op::{Register, RegisterId};
use crate::plan::uses::Uses;
use crate::types::{DataType, Kind, Span, Wide};

/// Whether there are keys of these kinds.
macro_rules! used {
    ($($kind:ident)|+) => {
        const { $(U::SET.keys.has(Kind::$kind))||+ }
    };
}

/// Packs the key registers of `rows` rows into `words`, `width` words a row.
pub(super) fn encode<U: Uses>(
    frame: &Frame<'_, U>,
    registers: &[Register],
    keys: &[RegisterId],
    width: usize,
    rows: usize,
    words: &mut [u64],
) -> Result<(), RunError> {
    if const { !U::SET.long_keys } {
        return Err(RunError::Internal);
    }
    fill(words, 0);
    let mut at = 0;
    for id in keys {
        let register = registers.get(id.index()).ok_or(RunError::Internal)?;
        let key = frame.get(*id)?;
        let (start, end) = key_place(at, register.data_type, register.nullable);
        if register.nullable {
            put(words, width, at, (0..rows).map(|row| u64::from(key.is_valid(row))));
        }
        encode_values::<U>(&key, width, start as usize, rows, words)?;
        at = end;
    }
    Ok(())
}

/// A key that is one integer and can't be NULL: each row's value is its word.
#[derive(Clone, Copy, Debug)]
pub(super) enum Lone<'a> {
    U8(&'a [u8]),
    U16(&'a [u16]),
    U32(&'a [u32]),
    U64(&'a [u64]),
}

impl<'a> Lone<'a> {
    /// The values of `rows` rows, if the keys are of this kind.
    pub(super) fn of<U: Uses>(
        frame: &'a Frame<'_, U>,
        keys: &[RegisterId],
        rows: usize,
    ) -> Result<Option<Self>, RunError> {
        let [id] = keys else { return Ok(None) };
        if const { !U::SET.number_keys } {
            return Ok(None);
        }
        let key = frame.get(*id)?;
        if key.validity.is_some() {
            return Ok(None);
        }
        Ok(match key.data_type.kind() {
            Kind::I8 | Kind::U8 if const { U::SET.keys.has_size(1) } => {
                Some(Self::U8(key.of(rows)?))
            }
            Kind::I16 | Kind::U16 if const { U::SET.keys.has_size(2) } => {
                Some(Self::U16(key.of(rows)?))
            }
            Kind::I32 | Kind::U32 if const { U::SET.keys.has_size(4) } => {
                Some(Self::U32(key.of(rows)?))
            }
            Kind::I64 | Kind::U64 if const { U::SET.keys.has_size(8) } => {
                Some(Self::U64(key.of(rows)?))
            }
            _ => None,
        })
    }
}

/// Ors a value into every row's word at byte `at`.
#[inline]
fn put(words: &mut [u64], width: usize, at: u64, values: impl Iterator<Item = u64>) {
    let (word, shift) = (at as usize / 8, at % 8 * 8);
    if width == 1 {
        for (w, value) in words.iter_mut().zip(values) {
            *w |= value << shift;
        }
    } else {
        for (row, value) in words.chunks_exact_mut(width.max(1)).zip(values) {
            if let Some(w) = row.get_mut(word) {
                *w |= value << shift;
            }
        }
    }
}

fn encode_values<U: Uses>(
    key: &Vector<'_>,
    width: usize,
    start: usize,
    rows: usize,
    words: &mut [u64],
) -> Result<(), RunError> {
    macro_rules! numbers {
        ($t:ty, $bits:expr) => {{
            let bits = $bits;
            let values = key.of::<$t>(rows)?;
            if key.validity.is_none() {
                put(words, width, start as u64, values.iter().map(|v| bits(*v)));
            } else {
                let values = values.iter().enumerate();
                let valid = values.map(|(row, v)| if key.is_valid(row) { bits(*v) } else { 0 });
                put(words, width, start as u64, valid);
            }
        }};
    }
    match key.data_type.kind() {
        Kind::Bool if used!(Bool) => {
            let mask = key.mask()?;
            let bits = (0..rows).map(|row| (bit(mask, row) & key.is_valid(row)).into());
            put(words, width, start as u64, bits);
        }
        Kind::I8 | Kind::U8 if used!(I8 | U8) => numbers!(u8, |v: u8| u64::from(v)),
        Kind::I16 | Kind::U16 if used!(I16 | U16) => numbers!(u16, |v: u16| u64::from(v)),
        Kind::I32 | Kind::U32 if used!(I32 | U32) => numbers!(u32, |v: u32| u64::from(v)),
        Kind::I64 | Kind::U64 if used!(I64 | U64) => numbers!(u64, |v: u64| v),
        // -0 and 0 are one group, and so are all NaNs.
        Kind::F32 if used!(F32) => numbers!(f32, |v: f32| {
            let one = if v.is_nan() { f32::NAN } else { v + 0.0 };
            u64::from(one.to_bits())
        }),
        Kind::F64 if used!(F64) => numbers!(f64, |v: f64| {
            let one = if v.is_nan() { f64::NAN } else { v + 0.0 };
            one.to_bits()
        }),
        Kind::I128 | Kind::Uuid if used!(I128 | Uuid) => {
            pairs(key, width, start, rows, words, |v: Wide| v)?
        }
        // Equal intervals are one group.
        Kind::Interval if used!(Interval) => {
            pairs(key, width, start, rows, words, |v: Span| v.normal())?;
        }
        Kind::Text if used!(Text) => {
            let len = key.stride();
            let bytes: &mut [u8] = bytemuck::cast_slice_mut(words);
            let slots = bytes.chunks_exact_mut((width * 8).max(1)).take(rows);
            for (row, slot) in slots.enumerate() {
                if key.is_valid(row)
                    && let Some(field) = slot.get_mut(start..start + len)
                {
                    set_text(field, key.text(row));
                }
            }
        }
        _ => return Err(RunError::Internal),
    }
    Ok(())
}

/// Puts a value of 16 bytes into every row's two words from byte `start` on, which starts a word.
fn pairs<T: Pod>(
    key: &Vector<'_>,
    width: usize,
    start: usize,
    rows: usize,
    words: &mut [u64],
    normal: impl Fn(T) -> T,
) -> Result<(), RunError> {
    for (row, (slot, value)) in
        words.chunks_exact_mut(width.max(1)).zip(key.of::<T>(rows)?).enumerate()
    {
        if key.is_valid(row)
            && let Some(pair) = slot.get_mut(start / 8..start / 8 + 2)
        {
            copy(pair, bytemuck::cast_slice(&[normal(*value)]))?;
        }
    }
    Ok(())
}

/// Unpacks the keys of consecutive groups into the result registers.
pub(super) fn decode<U: Uses>(
    frame: &mut Frame<'_, U>,
    registers: &[Register],
    results: &[RegisterId],
    width: usize,
    words: &[u64],
) -> Result<(), RunError> {
    let mut at = 0;
    for id in results {
        let register = registers.get(id.index()).ok_or(RunError::Internal)?;
        let (mut dst, _) = frame.split(*id)?;
        let (start, end) = key_place(at, register.data_type, register.nullable);
        if let Some(validity) = &mut dst.validity {
            pack_bits(validity, get(words, width, at as usize).map(|v| v as u8));
        }
        decode_values::<U>(&mut dst, width, start as usize, words)?;
        at = end;
    }
    Ok(())
}

/// Every group's word at byte `at`, shifted down.
fn get(words: &[u64], width: usize, at: usize) -> impl Iterator<Item = u64> {
    let (word, shift) = (at / 8, at % 8 * 8);
    let rows = words.chunks_exact(width.max(1));
    rows.map(move |row| row.get(word).map_or(0, |w| w >> shift))
}

/// Bit i = lowest bit of the i-th byte.
fn pack_bits(mask: &mut [u64], bytes: impl Iterator<Item = u8>) {
    mask.fill(0);
    for (row, byte) in bytes.enumerate() {
        if let Some(word) = mask.get_mut(row / 64) {
            *word |= u64::from(byte & 1) << (row % 64);
        }
    }
}

fn decode_values<U: Uses>(
    dst: &mut VectorMut<'_>,
    width: usize,
    start: usize,
    words: &[u64],
) -> Result<(), RunError> {
    macro_rules! numbers {
        ($t:ty) => {
            for (d, v) in slice_mut::<$t>(dst.values)?.iter_mut().zip(get(words, width, start)) {
                *d = v as $t;
            }
        };
    }
    match dst.data_type {
        DataType::Boolean if used!(Bool) => {
            pack_bits(dst.mask()?, get(words, width, start).map(|v| v as u8));
        }
        DataType::Varchar(_) | DataType::Varbinary(_) if used!(Text) => {
            let len = dst.data_type.size();
            let bytes: &[u8] = bytemuck::cast_slice(words);
            let mut slots = bytes.chunks_exact((width * 8).max(1));
            for d in dst.values.chunks_exact_mut(len.max(1)) {
                let Some(slot) = slots.next() else { break };
                set_text(d, text_bytes(slot.get(start..start + len).unwrap_or(&[])));
            }
        }
        other => match other.size() {
            1 if const { U::SET.keys.has_size(1) } => numbers!(u8),
            2 if const { U::SET.keys.has_size(2) } => numbers!(u16),
            4 if const { U::SET.keys.has_size(4) } => numbers!(u32),
            8 if const { U::SET.keys.has_size(8) } => numbers!(u64),
            16 if const { U::SET.keys.has_size(16) } => {
                let groups = words.chunks_exact(width.max(1));
                let pairs = dst.values.chunks_exact_mut(16);
                for (d, group) in pairs.zip(groups) {
                    let pair = group.get(start / 8..start / 8 + 2).ok_or(RunError::Internal)?;
                    copy(d, bytemuck::cast_slice(pair))?;
                }
            }
            _ => return Err(RunError::Internal),
        },
    }
    Ok(())
}
