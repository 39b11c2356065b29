//! Keys that are numbers: while the index is an array, most batches are looked up without a branch.

use crate::error::RunError;
use crate::plan::uses::Uses;
use crate::simd::widest;

use super::Directory;

impl Directory<'_> {
    /// [`find`](Self::find) of keys that are numbers.
    pub(in super::super) fn find_numbers<T: Copy, U: Uses>(
        &mut self,
        keys: &[T],
        places: &mut [u32],
        number: impl Fn(T) -> u64 + Copy,
    ) -> Result<usize, RunError> {
        let mut done = 0;
        while const { U::SET.fast } && self.state.hashed == 0 {
            let end = places.len().min(done + BLOCK);
            let (Some(keys), Some(places)) = (keys.get(done..end), places.get_mut(done..end))
            else {
                return Err(RunError::Internal);
            };
            if keys.is_empty() {
                return Ok(done);
            }
            if !known(self.index, keys, places, number) {
                let found = self.find(keys.iter().map(|key| number(*key)), places)?;
                if found < places.len() {
                    return Ok(done + found);
                }
            }
            done = end;
        }
        let (Some(keys), Some(places)) = (keys.get(done..), places.get_mut(done..)) else {
            return Err(RunError::Internal);
        };
        Ok(done + self.find(keys.iter().map(|key| number(*key)), places)?)
    }
}

/// Keys that are looked up in one go.
const BLOCK: usize = 128;

/// Writes the place of each key of a few, which an index that is an array has at their numbers, and
/// says whether all are in it.
#[inline]
fn known<T: Copy>(
    index: &[u32],
    keys: &[T],
    places: &mut [u32],
    number: impl Fn(T) -> u64,
) -> bool {
    widest(
        #[inline(always)]
        move || {
            // Its length is a power of two: a number that was cut to its bits is in it.
            let Some(last) = index.len().checked_sub(1) else { return false };
            for (place, key) in places.iter_mut().zip(keys) {
                let entry = index.get(number(*key) as usize & last).copied().unwrap_or(0);
                *place = entry.wrapping_sub(1);
            }
            // In loops of their own, which need no more than a few instructions.
            let all = keys.iter().fold(0, |all, key| all | number(*key));
            let new = places.iter().fold(false, |new, place| new | (*place == u32::MAX));
            !new && all <= last as u64
        },
    )
}
