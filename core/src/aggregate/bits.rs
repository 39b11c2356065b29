//! `BIT_AND(x)`, `BIT_OR(x)`, `BIT_XOR(x)`: the bits in 64, and whether there are any.

use bytemuck::{Pod, Zeroable};

use crate::arena::view_mut;
use crate::counters::Counters;
use crate::error::RunError;
use crate::expr::for_integer;
use crate::expr::frame::{Vector, VectorMut};
use crate::plan::AggregateFunction as F;

use super::result::{Outcome, write};
use super::{Groups, States};
use crate::plan::aggregates::rules::Family;
use crate::plan::uses::Uses;

#[derive(Clone, Copy, Debug, Default, Pod, Zeroable)]
#[repr(C)]
struct Bits {
    bits: u64,
    /// 1 once there is a value.
    seen: u64,
}

impl Bits {
    fn take(&mut self, function: F, bits: u64) {
        self.bits = match function {
            _ if self.seen == 0 => bits,
            F::BitAnd => self.bits & bits,
            F::BitOr => self.bits | bits,
            _ => self.bits ^ bits,
        };
        self.seen = 1;
    }
}

pub(super) fn update<U: Uses>(
    states: &mut States<'_, U>,
    x: Vector<'_>,
    groups: Groups<'_>,
    rows: usize,
) -> Result<(), RunError> {
    let function = states.function();
    for_integer!(in U::SET.folded(Family::Bits), states.kind(), T => {
        states.each_value(&x, groups, rows, |state: &mut Bits, value: T| {
            state.take(function, i128::from(value) as u64);
        })
    })
}

pub(super) fn merge<U: Uses>(
    states: &mut States<'_, U>,
    into: &[u32],
    from: &[u32],
) -> Result<(), RunError> {
    let function = states.function();
    states.each_pair(into, from, |into, from| {
        let from: Bits = *crate::arena::view(from)?;
        if from.seen != 0 {
            view_mut::<Bits>(into)?.take(function, from.bits);
        }
        Ok(())
    })
}

pub(super) fn finish<U: Uses>(
    states: &mut States<'_, U>,
    dst: &mut VectorMut<'_>,
    slots: &[u32],
) -> Result<(), RunError> {
    // Nothing can fail.
    let counters = &mut Counters::default();
    for_integer!(in U::SET.folded(Family::Bits), states.kind(), T => {
        write::<T>(dst, slots, counters, |slot| {
            let Bits { bits, seen } = states.of(slot)?;
            Ok(Outcome::of((seen != 0).then_some(bits as T)))
        })
    })
}
