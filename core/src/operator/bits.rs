//! Sets of small numbers: bits, and above them a summary with a bit per word that is not 0, so that
//! a walk over a set costs what is in it, not what it could hold.

use crate::error::RunError;

/// A set of numbers below a capacity.
#[derive(Debug)]
pub(super) struct Bits<'a> {
    words: &'a mut [u64],
    summary: &'a mut [u64],
}

impl<'a> Bits<'a> {
    /// The set in `words`, as many as [`bits_words`](crate::plan::layout::bits_words) says.
    pub(super) fn new(words: &'a mut [u64], capacity: usize) -> Result<Self, RunError> {
        let (words, summary) =
            words.split_at_mut_checked(capacity.div_ceil(64)).ok_or(RunError::Internal)?;
        Ok(Self { words, summary })
    }

    /// Adds a number.
    #[inline]
    pub(super) fn insert(&mut self, number: usize) {
        if let (Some(word), Some(summary)) =
            (self.words.get_mut(number / 64), self.summary.get_mut(number / 4096))
        {
            *word |= 1 << (number % 64);
            *summary |= 1 << (number / 64 % 64);
        }
    }

    /// Takes a number out; whether it was in.
    pub(super) fn remove(&mut self, number: usize) -> bool {
        let Some(word) = self.words.get_mut(number / 64) else { return false };
        let was = *word >> (number % 64) & 1 != 0;
        *word &= !(1 << (number % 64));
        if *word == 0
            && let Some(summary) = self.summary.get_mut(number / 4096)
        {
            *summary &= !(1 << (number / 64 % 64));
        }
        was
    }

    /// Whether a number is in.
    #[inline]
    pub(super) fn contains(&self, number: usize) -> bool {
        self.word(number / 64) >> (number % 64) & 1 != 0
    }

    /// 64 numbers' bits.
    #[inline]
    pub(super) fn word(&self, word: usize) -> u64 {
        self.words.get(word).copied().unwrap_or(0)
    }

    /// The first number in the set that is `from` or above.
    pub(super) fn next(&self, from: usize) -> Option<usize> {
        let first = from / 64;
        let rest = self.word(first) & u64::MAX << (from % 64);
        if rest != 0 {
            return Some(first * 64 + rest.trailing_zeros() as usize);
        }
        let word = next_bit(self.summary, first + 1)?;
        Some(word * 64 + self.word(word).trailing_zeros() as usize)
    }
}

/// The first bit at or behind `from`.
fn next_bit(words: &[u64], from: usize) -> Option<usize> {
    let mut mask = u64::MAX << (from % 64);
    for (at, word) in words.iter().enumerate().skip(from / 64) {
        let rest = word & mask;
        if rest != 0 {
            return Some(at * 64 + rest.trailing_zeros() as usize);
        }
        mask = u64::MAX;
    }
    None
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::vec;

    use super::*;
    use crate::plan::layout::bits_words;

    #[test]
    fn a_set_is_a_set() {
        for capacity in [1, 63, 64, 65, 5000, 10_000] {
            let mut words = vec![0; bits_words(capacity as u64) as usize];
            let mut bits = Bits::new(&mut words, capacity).unwrap();
            let mut model = BTreeSet::new();
            let mut x = 1usize;
            for _ in 0..2000 {
                x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let number = (x >> 33) % capacity;
                if x >> 20 & 1 == 0 {
                    bits.insert(number);
                    model.insert(number);
                } else {
                    assert_eq!(bits.remove(number), model.remove(&number));
                }
                assert_eq!(bits.contains(number), model.contains(&number));
                assert_eq!(bits.next(number), model.range(number..).next().copied());
            }
        }
    }
}
