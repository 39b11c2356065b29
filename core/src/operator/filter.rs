//! WHERE and HAVING: narrow the selection to the rows whose predicate is true (not false, not NULL).

use crate::arena::slice_mut;
use crate::error::RunError;
use crate::expr::frame::Frame;
use crate::plan::op::RegisterId;
use crate::plan::uses::Uses;
use crate::selection::{Selection, from_mask, tail};

/// The rows of `selection` for which `predicate` is true, kept in `state` if they are neither all nor
/// none.
#[inline(always)]
pub(crate) fn keep<'s, U: Uses>(
    frame: &Frame<'_, U>,
    predicate: RegisterId,
    selection: Selection<'s>,
    state: &'s mut [u8],
) -> Result<Selection<'s>, RunError> {
    if const { U::SET.fast }
        && selection.len() <= 64
        && let Some(word) = frame.first::<u64>(predicate)
    {
        let all = tail(selection.len());
        match word & all {
            0 => return Ok(Selection::Rows(&[])),
            word if word == all => return Ok(selection),
            _ => {}
        }
    }
    narrow(frame, predicate, selection, state)
}

fn narrow<'s, U: Uses>(
    frame: &Frame<'_, U>,
    predicate: RegisterId,
    selection: Selection<'_>,
    state: &'s mut [u8],
) -> Result<Selection<'s>, RunError> {
    let vector = frame.get(predicate)?;
    let kept = slice_mut::<u16>(state)?;
    let count = from_mask::<U>(vector.mask()?, vector.validity, selection.len(), kept)?;
    let kept = kept.get_mut(..count).ok_or(RunError::Internal)?;
    if let Selection::Rows(rows) = selection {
        for row in kept.iter_mut() {
            *row = rows.get(*row as usize).copied().ok_or(RunError::Internal)?;
        }
    }
    Ok(Selection::Rows(kept))
}
