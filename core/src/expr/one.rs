//! One row alone, as a device has that takes each record as it comes: its values are copied out of
//! their registers and back, which costs a fraction of lending the registers as vectors. The kernels
//! are the same. Registers that can be NULL go the common way.

use bytemuck::Pod;

use crate::error::RunError;
use crate::plan::op::{Instruction, Op, RegisterId, Source};

use super::Machine;
use super::element::Element;
use super::frame::Frame;
use crate::plan::uses::{self, Uses};

impl<U: Uses> Frame<'_, U> {
    /// The first value of a register that can't be NULL; of a BOOLEAN the word of its first bits.
    #[inline(always)]
    pub(crate) fn first<T: Pod>(&self, id: RegisterId) -> Option<T> {
        let bytes =
            self.plain(id).and_then(|start| self.bytes.get(start..start + size_of::<T>()))?;
        Some(bytemuck::pod_read_unaligned(bytes))
    }

    /// Sets it.
    #[inline(always)]
    pub(super) fn set_first<T: Pod>(&mut self, id: RegisterId, value: T) -> Result<(), RunError> {
        let start = self.plain(id).ok_or(RunError::Internal)?;
        let place = self.bytes.get_mut(start..start + size_of::<T>());
        crate::arena::copy(place.ok_or(RunError::Internal)?, bytemuck::bytes_of(&value))
    }

    /// Where a register begins that can't be NULL.
    #[inline(always)]
    pub(super) fn plain(&self, id: RegisterId) -> Option<usize> {
        let register = self.table().get(id.index()).filter(|register| !register.nullable)?;
        Some((register.offset as usize).wrapping_sub(self.base()))
    }
}

/// The operands of an instruction for the one row, if its result and they can't be NULL.
#[inline(always)]
pub(super) fn operands<T: Element, U: Uses>(
    m: &Machine<'_, '_, U>,
    i: &Instruction,
) -> Option<(T, T)> {
    if const { !U::SET.fast } || m.rows() != 1 {
        return None;
    }
    m.frame.plain(i.dst)?;
    let Source::Register(a) = i.a.source() else { return None };
    let b = match i.b.source() {
        _ if i.op == Op::Neg => T::zeroed(),
        Source::Register(id) => m.frame.first(id)?,
        Source::Constant(id) => T::from_constant(
            uses::plan::<U>(m.plan),
            *uses::plan::<U>(m.plan).constants.get(id.index())?,
        ),
    };
    Some((m.frame.first(a)?, b))
}
