//! The key directory: which place each key has, over keys packed into words.
//!
//! As long as all keys are numbers below the length of the index, entry k of it is `place + 1` of
//! key k, or 0. From the first other key on it is a hash table: open addressing with linear probing
//! (Knuth, TAOCP 3, 6.4, algorithms L and R), at most 2/3 full, and an entry holds `place + 1` in its
//! low bits and bits of the hash above them; 0 is an empty entry.
//!
//! A key keeps its place as long as nobody else needs it: one that is in no window any more
//! is found again at once when it comes back, and makes room when places run out.

mod numbers;

use bytemuck::{Pod, Zeroable};

use crate::arena::{clear, copy};
use crate::error::RunError;

/// What the directory knows besides its tables.
#[derive(Clone, Copy, Debug, Default, Pod, Zeroable)]
#[repr(C)]
pub(super) struct DirectoryState {
    /// Places that were given out so far: those below.
    used: u32,
    /// The word of 64 places at which the search for unused ones goes on.
    hand: u32,
    /// Places of word `free_word` that were taken from keys in no window.
    free: u64,
    free_word: u32,
    /// 1 while no place is free: until a window leaves.
    full: u32,
    /// The place whose key is to be evicted next.
    oldest: u32,
    /// 1 once the index is a hash table.
    hashed: u32,
}

/// The directory of an operator's keys.
#[derive(Debug)]
pub(super) struct Directory<'a> {
    pub(super) state: &'a mut DirectoryState,
    pub(super) index: &'a mut [u32],
    /// The keys, by place.
    pub(super) keys: &'a mut [u64],
    /// Words of a key.
    pub(super) width: usize,
    /// Places.
    pub(super) capacity: u32,
}

/// Which places were given out at some time.
#[derive(Clone, Copy, Debug)]
pub(super) struct NewPlaces {
    used: u32,
    free: u64,
}

impl NewPlaces {
    /// The places that were given out since.
    pub(super) fn since(self, directory: &Directory<'_>) -> impl Iterator<Item = u32> + use<> {
        let state = &*directory.state;
        let first = state.free_word * 64;
        let mut taken = self.free & !state.free;
        let taken = core::iter::from_fn(move || {
            let bit = (taken != 0).then(|| taken.trailing_zeros())?;
            taken &= taken - 1;
            Some(first + bit)
        });
        (self.used..state.used).chain(taken)
    }
}

/// A row's packed keys: one word, or several.
pub(super) trait Key: Copy {
    /// The key as a number, if it is one word.
    fn number(self) -> Option<usize>;
    /// The hash.
    fn hash(self) -> u64;
    /// Whether it is the key at `place`.
    fn is_at(self, keys: &[u64], place: usize) -> bool;
    /// Makes it the key at `place`.
    fn put_at(self, keys: &mut [u64], place: usize) -> Result<(), RunError>;
}

impl Key for u64 {
    #[inline]
    fn number(self) -> Option<usize> {
        usize::try_from(self).ok()
    }

    #[inline]
    fn hash(self) -> u64 {
        hash(&[self])
    }

    #[inline]
    fn is_at(self, keys: &[u64], place: usize) -> bool {
        keys.get(place) == Some(&self)
    }

    fn put_at(self, keys: &mut [u64], place: usize) -> Result<(), RunError> {
        *keys.get_mut(place).ok_or(RunError::Internal)? = self;
        Ok(())
    }
}

impl Key for &[u64] {
    #[inline]
    fn number(self) -> Option<usize> {
        None
    }

    #[inline]
    fn hash(self) -> u64 {
        hash(self)
    }

    #[inline]
    fn is_at(self, keys: &[u64], place: usize) -> bool {
        let start = place.saturating_mul(self.len());
        keys.get(start..start.saturating_add(self.len())) == Some(self)
    }

    fn put_at(self, keys: &mut [u64], place: usize) -> Result<(), RunError> {
        let start = place.saturating_mul(self.len());
        let slot = keys.get_mut(start..start.saturating_add(self.len()));
        copy(slot.ok_or(RunError::Internal)?, self)
    }
}

impl Directory<'_> {
    /// Writes each row's place to `places`. Returns how many rows have one: fewer than all if a
    /// new key finds none.
    #[inline]
    pub(super) fn find<K: Key>(
        &mut self,
        batch: impl Iterator<Item = K>,
        places: &mut [u32],
    ) -> Result<usize, RunError> {
        let mut rows = batch.zip(places.iter_mut()).enumerate();
        if self.state.hashed == 0 {
            for (row, (key, out)) in rows.by_ref() {
                let Some(entry) = key.number().and_then(|number| self.index.get_mut(number)) else {
                    self.hash_all()?;
                    let Some(place) = self.find_or_make(key)? else { return Ok(row) };
                    *out = place;
                    break;
                };
                if *entry == 0 {
                    let Some(place) = take_place(self.state, self.capacity) else {
                        return Ok(row);
                    };
                    *entry = place + 1;
                    key.put_at(self.keys, place as usize)?;
                }
                *out = *entry - 1;
            }
        }
        let place_bits = place_bits(self.capacity);
        let shift = 64 - self.index.len().trailing_zeros();
        for (row, (key, out)) in rows {
            let at = key.hash().checked_shr(shift).unwrap_or(0) as usize;
            // The common case: the key stands where its hash says. An empty entry gives a place
            // outside the table, which no key is at.
            let entry = self.index.get(at).copied().unwrap_or(0);
            let place = (entry & place_bits).wrapping_sub(1);
            if key.is_at(self.keys, place as usize) {
                *out = place;
            } else if let Some(place) = self.find_or_make(key)? {
                *out = place;
            } else {
                return Ok(row);
            }
        }
        Ok(places.len())
    }

    /// Makes the index a hash table.
    #[cold]
    fn hash_all(&mut self) -> Result<(), RunError> {
        self.state.hashed = 1;
        clear(bytemuck::must_cast_slice_mut(self.index));
        let place_bits = place_bits(self.capacity);
        for place in 0..self.state.used {
            let is_free =
                place / 64 == self.state.free_word && self.state.free >> (place % 64) & 1 != 0;
            if is_free {
                continue;
            }
            let start = place as usize * self.width;
            let key = self.keys.get(start..start + self.width).ok_or(RunError::Internal)?;
            let hash = hash(key);
            let mut at = self.home(hash);
            for _ in 0..self.index.len() {
                if self.index.get(at) == Some(&0) {
                    break;
                }
                at = self.after(at);
            }
            let entry = self.index.get_mut(at).ok_or(RunError::Internal)?;
            *entry = (place + 1) | (hash as u32 & !place_bits);
        }
        Ok(())
    }

    /// Looks further than the first entry. `None` if the key is new and no place is at hand.
    #[inline(never)]
    fn find_or_make<K: Key>(&mut self, key: K) -> Result<Option<u32>, RunError> {
        let place_bits = place_bits(self.capacity);
        let hash = key.hash();
        let tag = hash as u32 & !place_bits;
        let mut at = self.home(hash);
        loop {
            let entry = self.index.get_mut(at).ok_or(RunError::Internal)?;
            if *entry == 0 {
                let Some(place) = take_place(self.state, self.capacity) else { return Ok(None) };
                *entry = (place + 1) | tag;
                key.put_at(self.keys, place as usize)?;
                return Ok(Some(place));
            }
            if *entry & !place_bits == tag {
                let place = (*entry & place_bits).wrapping_sub(1);
                if key.is_at(self.keys, place as usize) {
                    return Ok(Some(place));
                }
            }
            at = self.after(at);
        }
    }

    /// Remembers which places are given out.
    pub(super) const fn new_places(&self) -> NewPlaces {
        NewPlaces { used: self.state.used, free: self.state.free }
    }

    /// Makes places of keys in no window free; false if there are none. `used(w)` has the bits of
    /// those of the places from `64 w` on that are in a window.
    pub(super) fn reclaim(&mut self, used: impl Fn(usize) -> u64) -> Result<bool, RunError> {
        if self.state.full != 0 {
            return Ok(false);
        }
        let words = (self.capacity as usize).div_ceil(64);
        for _ in 0..words {
            let word = self.state.hand as usize;
            self.state.hand = if word + 1 < words { word as u32 + 1 } else { 0 };
            let mask = crate::selection::tail((self.capacity as usize).saturating_sub(word * 64));
            let unused = !used(word) & mask;
            if unused != 0 {
                let mut rest = unused;
                while rest != 0 {
                    self.forget(word as u32 * 64 + rest.trailing_zeros())?;
                    rest &= rest - 1;
                }
                (self.state.free, self.state.free_word) = (unused, word as u32);
                return Ok(true);
            }
        }
        self.state.full = 1;
        Ok(false)
    }

    /// Notes that places may have become unused.
    pub(super) fn loosen(&mut self) {
        self.state.full = 0;
    }

    /// The place that has been given out for the longest time, of those in use; it is free then.
    pub(super) fn evict(&mut self) -> Result<u32, RunError> {
        let place = self.state.oldest;
        self.state.oldest = if place + 1 < self.capacity { place + 1 } else { 0 };
        self.forget(place)?;
        (self.state.free, self.state.free_word) = (1 << (place % 64), place / 64);
        Ok(place)
    }

    /// The place that [`evict`](Self::evict) would give.
    pub(super) const fn oldest(&self) -> u32 {
        self.state.oldest
    }

    /// Takes the key at `place` out of the index, and closes the gap (algorithm R).
    fn forget(&mut self, place: u32) -> Result<(), RunError> {
        let start = place as usize * self.width;
        let key = self.keys.get(start..start + self.width).ok_or(RunError::Internal)?;
        if self.state.hashed == 0 {
            let number = key.first().and_then(|number| usize::try_from(*number).ok());
            let entry = number.and_then(|number| self.index.get_mut(number));
            *entry.ok_or(RunError::Internal)? = 0;
            return Ok(());
        }
        let place_bits = place_bits(self.capacity);
        let mut gap = self.home(hash(key));
        let entries = self.index.len();
        for _ in 0..entries {
            let entry = *self.index.get(gap).ok_or(RunError::Internal)?;
            if entry == 0 {
                return Ok(()); // it is not there
            }
            if entry & place_bits == place + 1 {
                break;
            }
            gap = self.after(gap);
        }
        let mut at = gap;
        for _ in 0..entries {
            at = self.after(at);
            let entry = *self.index.get(at).ok_or(RunError::Internal)?;
            if entry == 0 {
                break;
            }
            let start = (entry & place_bits).wrapping_sub(1) as usize * self.width;
            let key = self.keys.get(start..start + self.width).ok_or(RunError::Internal)?;
            let home = self.home(hash(key));
            // Whether its home is not between the gap and where it stands.
            let wrap = entries.wrapping_sub(1);
            if at.wrapping_sub(home) & wrap >= at.wrapping_sub(gap) & wrap {
                *self.index.get_mut(gap).ok_or(RunError::Internal)? = entry;
                gap = at;
            }
        }
        *self.index.get_mut(gap).ok_or(RunError::Internal)? = 0;
        Ok(())
    }

    fn home(&self, hash: u64) -> usize {
        hash.checked_shr(64 - self.index.len().trailing_zeros()).unwrap_or(0) as usize
    }

    fn after(&self, at: usize) -> usize {
        (at + 1) & self.index.len().wrapping_sub(1)
    }
}

/// A place that is at hand.
fn take_place(state: &mut DirectoryState, capacity: u32) -> Option<u32> {
    if state.free != 0 {
        let place = state.free_word * 64 + state.free.trailing_zeros();
        state.free &= state.free - 1;
        return Some(place);
    }
    let place = state.used;
    (place < capacity).then(|| {
        state.used += 1;
        place
    })
}

/// The bits of an index entry that hold `place + 1`.
#[inline]
const fn place_bits(capacity: u32) -> u32 {
    capacity.saturating_add(1).next_power_of_two() - 1
}

/// Fibonacci hashing (Knuth, TAOCP 3, 6.4) over the words of a key; the high bits are the best.
#[inline]
fn hash(key: &[u64]) -> u64 {
    const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
    match key {
        [word] => word.wrapping_mul(GOLDEN),
        words => words.iter().fold(0, |h: u64, word| {
            let h = (h.rotate_left(23) ^ word).wrapping_mul(GOLDEN);
            h ^ h >> 32
        }),
    }
}

#[cfg(test)]
mod tests;
