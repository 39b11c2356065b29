//! Selections: which rows of a batch are still in, without moving them.

use crate::error::RunError;

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
pub(crate) fn from_mask(
    mask: &[u64],
    valid: Option<&[u64]>,
    rows: usize,
    out: &mut [u16],
) -> Result<usize, RunError> {
    let mut count = 0;
    let mut left = rows;
    let mut base = 0u16;
    for (i, word) in mask.iter().enumerate() {
        if left == 0 {
            break;
        }
        let valid = valid.and_then(|v| v.get(i)).copied().unwrap_or(u64::MAX);
        let in_word = left.min(64);
        let mut bits = word & valid & tail(in_word);
        left -= in_word;
        if bits == u64::MAX {
            let slots = out.get_mut(count..count + 64).ok_or(RunError::Internal)?;
            for (slot, row) in slots.iter_mut().zip(base..) {
                *slot = row;
            }
            count += 64;
        } else {
            let slots = out.get_mut(count..).ok_or(RunError::Internal)?;
            for slot in slots {
                if bits == 0 {
                    break;
                }
                *slot = base + bits.trailing_zeros() as u16;
                bits &= bits - 1;
                count += 1;
            }
        }
        base = base.wrapping_add(64);
    }
    Ok(count)
}

/// A mask of the lowest `rows` bits (0 to 64).
#[inline]
pub(crate) const fn tail(rows: usize) -> u64 {
    if rows >= 64 { u64::MAX } else { (1 << rows) - 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn set_bits_become_row_numbers_in_order() {
        let mut out = [0; 200];
        let mask = [u64::MAX, 0b1010, u64::MAX];
        let n = from_mask(&mask, None, 130, &mut out).unwrap();
        let expected: std::vec::Vec<u16> = (0..64).chain([65, 67]).chain([128, 129]).collect();
        assert_eq!(&out[..n], expected);
        let valid = [!1, u64::MAX, 0];
        let n = from_mask(&mask, Some(&valid), 130, &mut out).unwrap();
        let expected: std::vec::Vec<u16> = (1..64).chain([65, 67]).collect();
        assert_eq!(&out[..n], expected);
    }
}
