//! Selections: which rows of a batch are still in, without moving them.

use crate::error::RunError;
use crate::plan::uses::Uses;
use crate::simd::widest;

/// The rows that an operator passes on, as row numbers of the batch that its pipeline started with.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Selection<'a> {
    /// The first `n` rows.
    All(usize),
    /// These rows, in ascending order.
    Rows(&'a [u16]),
}

impl Selection<'_> {
    /// Rows selected.
    #[inline]
    pub(crate) const fn len(&self) -> usize {
        match self {
            Self::All(n) => *n,
            Self::Rows(rows) => rows.len(),
        }
    }

    /// The batch's row that is selected at `at`.
    pub(crate) fn row(&self, at: usize) -> usize {
        match self {
            Self::All(_) => at,
            Self::Rows(rows) => rows.get(at).map_or(0, |&row| row as usize),
        }
    }
}

/// Writes the numbers of the set bits among the first `rows` of a mask to `out` and returns how
/// many there are. `valid` is and-ed in where there is one.
#[inline]
pub(crate) fn from_mask<U: Uses>(
    mask: &[u64],
    valid: Option<&[u64]>,
    rows: usize,
    out: &mut [u16],
) -> Result<usize, RunError> {
    let valid = valid.unwrap_or(&[]);
    let open = move |at: usize, word: u64| word & valid.get(at).copied().unwrap_or(u64::MAX);
    if const { !U::SET.wide } || rows < 64 {
        return put_few(open(0, mask.first().copied().unwrap_or(0)) & tail(rows), 0, out);
    }
    let words = mask.iter().enumerate().zip((0..rows).step_by(64));
    widest(
        #[inline(always)]
        move || {
            let mut count = 0;
            for ((at, word), base) in words {
                let bits = open(at, *word) & tail(rows - base);
                let rest = out.get_mut(count..).ok_or(RunError::Internal)?;
                if let Some(slots) = rest.first_chunk_mut::<64>() {
                    put_word(bits, base as u16, slots);
                    count += bits.count_ones() as usize;
                } else {
                    count += put_few(bits, base as u16, rest)?;
                }
            }
            Ok(count)
        },
    )
}

/// Writes the numbers of a word's bits one by one, and returns how many there are.
#[inline(always)]
fn put_few(mut bits: u64, base: u16, out: &mut [u16]) -> Result<usize, RunError> {
    let mut count = 0;
    let mut slots = out.iter_mut();
    while bits != 0 {
        *slots.next().ok_or(RunError::Internal)? = base.wrapping_add(bits.trailing_zeros() as u16);
        bits &= bits - 1;
        count += 1;
    }
    Ok(count)
}

/// The same for one word where there is room for 64. Eight are written in a go, also where fewer are
/// left: that costs less than a branch that is hard to foresee.
#[inline(always)]
fn put_word(mut bits: u64, base: u16, slots: &mut [u16; 64]) {
    if bits == u64::MAX {
        for (slot, row) in slots.iter_mut().zip(0..) {
            *slot = base.wrapping_add(row);
        }
        return;
    }
    for eight in slots.as_chunks_mut::<8>().0 {
        if bits == 0 {
            return;
        }
        for slot in eight {
            *slot = base.wrapping_add(bits.trailing_zeros() as u16);
            bits &= bits.wrapping_sub(1);
        }
    }
}

/// A mask of the lowest `rows` bits (0 to 64).
#[inline]
pub(crate) const fn tail(rows: usize) -> u64 {
    if rows >= 64 { u64::MAX } else { (1 << rows) - 1 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::uses::Everything;

    #[test]
    fn set_bits_become_row_numbers_in_order() {
        let mut out = [0; 200];
        let mask = [u64::MAX, 0b1010, u64::MAX];
        let n = from_mask::<Everything>(&mask, None, 130, &mut out).unwrap();
        let expected: std::vec::Vec<u16> = (0..64).chain([65, 67]).chain([128, 129]).collect();
        assert_eq!(&out[..n], expected);
        let valid = [!1, u64::MAX, 0];
        let n = from_mask::<Everything>(&mask, Some(&valid), 130, &mut out).unwrap();
        let expected: std::vec::Vec<u16> = (1..64).chain([65, 67]).collect();
        assert_eq!(&out[..n], expected);
    }

    #[test]
    fn any_mask_fits_where_there_is_room_for_its_rows() {
        let mut x = 1u64;
        let mut random = || {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            x
        };
        for rows in 0..300 {
            for sparse in [0, 1, 3, 6] {
                let mask: [u64; 5] =
                    core::array::from_fn(|_| (0..sparse).fold(u64::MAX, |m, _| m & random()));
                let valid = [random() | random(); 5];
                let expected: std::vec::Vec<u16> = (0..rows as u16)
                    .filter(|row| {
                        let (at, bit) = (*row as usize / 64, row % 64);
                        (mask[at] & valid[at]) >> bit & 1 != 0
                    })
                    .collect();
                // No more room than a batch of these rows has.
                let mut out = std::vec![0; rows];
                let n = from_mask::<Everything>(&mask, Some(&valid), rows, &mut out).unwrap();
                assert_eq!(&out[..n], expected);
            }
        }
    }
}
