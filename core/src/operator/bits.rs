//! Sets of small numbers: bits, and above them a summary with a bit per word that is not 0, so that
//! a walk over a set costs what is in it, not what it could hold.

use crate::error::RunError;
use crate::plan::layout::bits_words;

/// A set of numbers below a capacity.
#[derive(Debug)]
pub(super) struct Bits<'a> {
    words: &'a mut [u64],
    summary: &'a mut [u64],
}

impl<'a> Bits<'a> {
    /// The set in `words`, as many as [`bits_words`] says.
    pub(super) fn new(words: &'a mut [u64], capacity: usize) -> Result<Self, RunError> {
        let (words, summary) =
            words.split_at_mut_checked(capacity.div_ceil(64)).ok_or(RunError::Internal)?;
        Ok(Self { words, summary })
    }

    /// Adds a number.
    #[inline]
    pub(super) fn insert(&mut self, number: usize) {
        let Some(word) = self.words.get_mut(number / 64) else { return };
        // The summary is so small that writing it each time would be a chain of stores.
        if *word == 0
            && let Some(summary) = self.summary.get_mut(number / 4096)
        {
            *summary |= 1 << (number / 64 % 64);
        }
        *word |= 1 << (number % 64);
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

    /// Takes out all numbers from `first` to `last`.
    pub(super) fn remove_all(&mut self, first: usize, last: usize) {
        for word in first / 64..=last / 64 {
            let mut gone = u64::MAX;
            if word == first / 64 {
                gone &= u64::MAX << (first % 64);
            }
            if word == last / 64 {
                gone &= crate::selection::tail(last % 64 + 1);
            }
            let Some(bits) = self.words.get_mut(word) else { return };
            *bits &= !gone;
            if *bits == 0
                && let Some(summary) = self.summary.get_mut(word / 64)
            {
                *summary &= !(1 << (word % 64));
            }
        }
    }

    /// Takes out all numbers.
    pub(super) fn clear(&mut self) {
        for (at, filled) in self.summary.iter_mut().enumerate() {
            while *filled != 0 {
                if let Some(word) = self.words.get_mut(at * 64 + filled.trailing_zeros() as usize) {
                    *word = 0;
                }
                *filled &= *filled - 1;
            }
        }
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

/// Writes the numbers from `from` on that are in any of some sets to `list`, as many as it takes:
/// how many those are, and the number to go on from. `words` holds sets of `capacity` behind one
/// another, `sets` are their places.
pub(super) fn list(
    words: &[u64],
    capacity: usize,
    sets: impl Iterator<Item = usize> + Clone,
    from: usize,
    list: &mut [u32],
) -> (usize, usize) {
    let (numbers, all) = (capacity.div_ceil(64), bits_words(capacity as u64) as usize);
    let any = |word: usize| {
        sets.clone().fold(0, |any, set| any | words.get(set * all + word).copied().unwrap_or(0))
    };
    let mut listed = 0;
    if capacity <= 64 {
        // Not so many that the summary is worth a look.
        let mut bits = if from < 64 { any(0) & u64::MAX << from } else { 0 };
        while bits != 0 {
            let number = bits.trailing_zeros();
            let Some(slot) = list.get_mut(listed) else { return (listed, number as usize) };
            *slot = number;
            listed += 1;
            bits &= bits - 1;
        }
        return (listed, capacity);
    }
    let mut skip = u64::MAX << (from / 64 % 64);
    let mut first = u64::MAX << (from % 64);
    for (at, above) in (numbers..all).enumerate().skip(from / 4096) {
        let mut filled = any(above) & skip;
        skip = u64::MAX;
        while filled != 0 {
            let word = at * 64 + filled.trailing_zeros() as usize;
            filled &= filled - 1;
            let mut bits = any(word);
            if word == from / 64 {
                bits &= first;
                first = u64::MAX;
            }
            while bits != 0 {
                let number = word * 64 + bits.trailing_zeros() as usize;
                let Some(slot) = list.get_mut(listed) else { return (listed, number) };
                *slot = number as u32;
                listed += 1;
                bits &= bits - 1;
            }
        }
    }
    (listed, capacity)
}

/// Adds the numbers of set `from` to set `into`; see [`list`].
pub(super) fn unite(words: &mut [u64], capacity: usize, into: usize, from: usize) {
    let (numbers, all) = (capacity.div_ceil(64), bits_words(capacity as u64) as usize);
    let mut unite = |word: usize| {
        let other = words.get(from * all + word).copied().unwrap_or(0);
        if let Some(bits) = words.get_mut(into * all + word) {
            *bits |= other;
        }
        other
    };
    for (at, above) in (numbers..all).enumerate() {
        let mut filled = unite(above);
        while filled != 0 {
            unite(at * 64 + filled.trailing_zeros() as usize);
            filled &= filled - 1;
        }
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
                if x >> 50 & 63 == 0 {
                    let last = (number + 100).min(capacity - 1);
                    bits.remove_all(number, last);
                    model.retain(|n| !(number..=last).contains(n));
                }
            }
            bits.clear();
            assert_eq!(bits.next(0), None);
            assert!(words.iter().all(|word| *word == 0));
        }
    }

    #[test]
    fn sets_are_listed_together() {
        for capacity in [1, 64, 5000, 10_000] {
            let each = bits_words(capacity as u64) as usize;
            let mut words = vec![0; 3 * each];
            let mut model = BTreeSet::new();
            for (set, step) in [(0, 61), (2, 97)] {
                let words = &mut words[set * each..(set + 1) * each];
                let mut bits = Bits::new(words, capacity).unwrap();
                for number in (0..capacity).step_by(step) {
                    bits.insert(number);
                    model.insert(number as u32);
                }
            }
            for most in [1, 7, 1000] {
                let (mut listed, mut from) = (std::vec::Vec::<u32>::new(), 0);
                loop {
                    let mut some = vec![0; most];
                    let (count, next) = list(&words, capacity, [2, 0].into_iter(), from, &mut some);
                    if count == 0 {
                        break;
                    }
                    listed.extend(&some[..count]);
                    from = next;
                }
                assert!(listed.iter().eq(&model));
            }
            unite(&mut words, capacity, 0, 2);
            let mut united = vec![0; capacity + 1];
            let (count, next) = list(&words, capacity, [0].into_iter(), 0, &mut united);
            assert_eq!(next, capacity);
            assert!(united[..count].iter().eq(&model));
            let mut set = Bits::new(&mut words[..each], capacity).unwrap();
            assert_eq!(set.next(0), model.first().map(|first| *first as usize));
            set.clear();
            assert!(words[..each].iter().all(|word| *word == 0));
        }
    }
}
