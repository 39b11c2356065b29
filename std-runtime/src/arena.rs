//! The one block of memory that a query's state lies in.

use std::collections::TryReserveError;

use ringql_core::plan::Plan;

/// A zeroed heap block of exactly the bytes that a plan needs, aligned to 8.
///
/// ```
/// let mut arena = ringql_runtime::Arena::with_bytes(20).unwrap();
/// assert_eq!(arena.bytes().len(), 20);
/// assert_eq!(arena.bytes().as_ptr() as usize % 8, 0);
/// ```
#[derive(Debug)]
pub struct Arena {
    words: Vec<u64>,
    bytes: usize,
}

impl Arena {
    /// A block for a query over `plan`.
    ///
    /// # Errors
    /// When there is not so much memory.
    pub fn new(plan: &Plan<'_>) -> Result<Self, TryReserveError> {
        Self::with_bytes(plan.arena_bytes())
    }

    /// A block of this many bytes.
    ///
    /// # Errors
    /// When there is not so much memory.
    pub fn with_bytes(bytes: usize) -> Result<Self, TryReserveError> {
        let mut words = Vec::new();
        words.try_reserve_exact(bytes.div_ceil(8))?;
        words.resize(bytes.div_ceil(8), 0);
        Ok(Self { words, bytes })
    }

    /// The block.
    pub fn bytes(&mut self) -> &mut [u8] {
        &mut bytemuck::cast_slice_mut(&mut self.words)[..self.bytes]
    }
}
