//! Kernels over plain numbers whose loops have no branches, so that they vectorise: `f` is
//! computed in every row, also in those that are NULL, whose result means nothing.

use core::iter::zip;

use bytemuck::Pod;

use crate::error::RunError;
use crate::selection::tail;

use super::call::Invocation;
use super::element::pack;
use super::rows::{Fixed, Read, pod_slots};

/// Rows that are computed in one go: those of a word of a mask.
const LANES: usize = 64;

/// A number that such a kernel can take.
pub trait Lane: Pod + for<'a> Read<'a, Column = Fixed<'a, Self>> {}

impl<T: Pod + for<'a> Read<'a, Column = Fixed<'a, T>>> Lane for T {}

/// `result, failed = f(argument)`; `failed` means something only for a function that can fail.
///
/// # Errors
/// [`RunError::Internal`] if the call has other types.
pub fn unary<A: Lane, R: Pod>(
    call: &mut Invocation<'_>,
    f: impl Fn(A) -> (R, bool),
) -> Result<(), RunError> {
    let a = A::column(call.input(0)?, call.rows())?;
    run(call, a, a, |a, _| f(a))
}

/// `result, failed = f(first argument, second argument)`.
///
/// # Errors
/// [`RunError::Internal`] if the call has other types.
pub fn binary<A: Lane, B: Lane, R: Pod>(
    call: &mut Invocation<'_>,
    f: impl Fn(A, B) -> (R, bool),
) -> Result<(), RunError> {
    let a = A::column(call.input(0)?, call.rows())?;
    let b = B::column(call.input(1)?, call.rows())?;
    run(call, a, b, f)
}

fn run<A: Lane, B: Lane, R: Pod>(
    call: &mut Invocation<'_>,
    a: Fixed<'_, A>,
    b: Fixed<'_, B>,
    f: impl Fn(A, B) -> (R, bool),
) -> Result<(), RunError> {
    let rows = call.rows();
    let (all_a, all_b) = ([a.constant; LANES], [b.constant; LANES]);
    let dst = pod_slots::<R>(call.dst.values, rows)?;
    let mut validity = call.dst.validity.as_deref_mut();
    for (i, dst) in dst.chunks_mut(LANES).enumerate() {
        let start = i * LANES;
        let range = start..start + dst.len();
        let a = a.vector.get(range.clone()).unwrap_or(&all_a);
        let b = b.vector.get(range).unwrap_or(&all_b);
        let mut bytes = [0u8; LANES];
        for (((d, &a), &b), byte) in zip(zip(zip(&mut *dst, a), b), &mut bytes) {
            let (value, failed) = f(a, b);
            *d = value;
            *byte = failed as u8;
        }
        let Some(valid) = validity.as_deref_mut().and_then(|words| words.get_mut(i)) else {
            continue;
        };
        let failed = pack(&bytes) & *valid & tail(dst.len());
        *valid &= !failed;
        if failed != 0 {
            call.failures.word(i, failed);
        }
    }
    Ok(())
}
