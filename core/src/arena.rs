//! The arena: typed views of its parts. All are bounds- and alignment-checked by `bytemuck`; a
//! view that a verified plan's offsets can't give is [`RunError::Internal`].

use core::ops::Range;

use bytemuck::Pod;

use crate::error::RunError;

/// A block of `N` bytes aligned for an arena, to be made a `static` or a local.
///
/// ```
/// use ringql_core::arena::ArenaBlock;
/// let mut block = ArenaBlock::<1024>::new();
/// assert_eq!(block.bytes_mut().len(), 1024);
/// ```
#[derive(Clone, Debug)]
#[repr(C, align(8))]
pub struct ArenaBlock<const N: usize>([u8; N]);

impl<const N: usize> ArenaBlock<N> {
    /// A zeroed block.
    #[must_use]
    pub const fn new() -> Self {
        Self([0; N])
    }

    /// Its bytes.
    pub const fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

impl<const N: usize> Default for ArenaBlock<N> {
    fn default() -> Self {
        Self::new()
    }
}

/// The value at the start of `bytes`.
pub(crate) fn view_mut<T: Pod>(bytes: &mut [u8]) -> Result<&mut T, RunError> {
    let part = bytes.get_mut(..size_of::<T>()).ok_or(RunError::Internal)?;
    bytemuck::try_from_bytes_mut(part).map_err(|_| RunError::Internal)
}

/// The value at the start of `bytes`.
pub(crate) fn view<T: Pod>(bytes: &[u8]) -> Result<&T, RunError> {
    let part = bytes.get(..size_of::<T>()).ok_or(RunError::Internal)?;
    bytemuck::try_from_bytes(part).map_err(|_| RunError::Internal)
}

/// `bytes` as values.
#[inline]
pub(crate) fn slice<T: Pod>(bytes: &[u8]) -> Result<&[T], RunError> {
    bytemuck::try_cast_slice(bytes).map_err(|_| RunError::Internal)
}

/// `bytes` as values.
#[inline]
pub(crate) fn slice_mut<T: Pod>(bytes: &mut [u8]) -> Result<&mut [T], RunError> {
    bytemuck::try_cast_slice_mut(bytes).map_err(|_| RunError::Internal)
}

/// Makes bytes zero. (A function, so that a device has one loop for all that it clears.)
#[inline(never)]
pub(crate) fn clear(bytes: &mut [u8]) {
    bytes.fill(0);
}

/// Makes all words `value`: the same, for masks.
#[inline(never)]
pub(crate) fn fill(words: &mut [u64], value: u64) {
    words.fill(value);
}

/// Copies `src` over `dst`, which is as long. `copy_from_slice` alone would link a panic.
#[inline]
pub(crate) fn copy<T: Copy>(dst: &mut [T], src: &[T]) -> Result<(), RunError> {
    if dst.len() != src.len() {
        return Err(RunError::Internal);
    }
    dst.copy_from_slice(src);
    Ok(())
}

/// Swaps two values. (The `swap` of a slice would link a panic.)
#[inline]
pub(crate) fn swap<T: Copy>(values: &mut [T], a: usize, b: usize) -> Result<(), RunError> {
    let first = *values.get(a).ok_or(RunError::Internal)?;
    let second = core::mem::replace(values.get_mut(b).ok_or(RunError::Internal)?, first);
    *values.get_mut(a).ok_or(RunError::Internal)? = second;
    Ok(())
}

/// Moves the values of a range to begin at `to`; both may overlap. (`copy_within` would link a
/// panic.)
#[inline]
pub(crate) fn shift<T: Copy>(
    values: &mut [T],
    from: Range<usize>,
    to: usize,
) -> Result<(), RunError> {
    let one = |at: usize| {
        let value = *values.get(from.start.wrapping_add(at)).ok_or(RunError::Internal)?;
        *values.get_mut(to.wrapping_add(at)).ok_or(RunError::Internal)? = value;
        Ok(())
    };
    let count = from.end.saturating_sub(from.start);
    if to <= from.start { (0..count).try_for_each(one) } else { (0..count).rev().try_for_each(one) }
}

/// Takes the first `len` bytes off `rest`.
#[inline]
pub(crate) fn take<'a>(rest: &mut &'a mut [u8], len: u64) -> Result<&'a mut [u8], RunError> {
    let whole = core::mem::take(rest);
    let len = usize::try_from(len).map_err(|_| RunError::Internal)?;
    let (part, after) = whole.split_at_mut_checked(len).ok_or(RunError::Internal)?;
    *rest = after;
    Ok(part)
}
