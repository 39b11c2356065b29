//! Loops compiled for the widest SIMD of the processor that runs them.

/// Runs `body`, which must inline into this, with what the processor has found at run time: AVX2 on
/// x86-64 where a build assumes SSE2. The results are the same bits: no loop is reordered.
#[cfg(feature = "simd")]
#[inline(always)]
pub(crate) fn widest<R>(body: impl FnOnce() -> R) -> R {
    pulp::Arch::new().dispatch(body)
}

/// Runs `body` with what the build assumes of the processor.
#[cfg(not(feature = "simd"))]
#[inline(always)]
pub(crate) fn widest<R>(body: impl FnOnce() -> R) -> R {
    body()
}
