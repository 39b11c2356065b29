//! The one block of memory that a query's state lies in.

use std::collections::TryReserveError;

use ringql_core::plan::Plan;

/// A zeroed heap block of exactly the bytes that a plan needs, aligned to a cache line.
///
/// ```
/// let mut arena = ringql_runtime::Arena::with_bytes(20).unwrap();
/// assert_eq!(arena.bytes().len(), 20);
/// assert_eq!(arena.bytes().as_ptr() as usize % 64, 0);
/// ```
#[derive(Debug)]
pub struct Arena {
    lines: Vec<Line>,
    bytes: usize,
}

/// A cache line. Registers of large batches begin on one if the arena does.
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C, align(64))]
struct Line([u64; 8]);

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
        let mut lines = Vec::new();
        lines.try_reserve_exact(bytes.div_ceil(size_of::<Line>()))?;
        lines.resize(bytes.div_ceil(size_of::<Line>()), Line([0; 8]));
        Ok(Self { lines, bytes })
    }

    /// The block.
    pub fn bytes(&mut self) -> &mut [u8] {
        &mut bytemuck::cast_slice_mut(&mut self.lines)[..self.bytes]
    }
}
