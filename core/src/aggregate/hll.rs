//! `APPROX_COUNT_DISTINCT(x)`: HyperLogLog (Flajolet, Fusy, Gandouet, Meunier 2007) over XXH64, with
//! the estimator of Ertl, "New cardinality estimation algorithms for HyperLogLog sketches" (2017,
//! arXiv:1702.01284, algorithm 6), which needs no correction for few or many values.
//!
//! 2^10 registers of a byte: a standard error of 1.04 / 32 = 3.25 %. Merging is exact.

use crate::counters::Counters;
use crate::error::RunError;
use crate::expr::frame::{Vector, VectorMut, text_bytes};
use crate::plan::aggregates::rules::HLL_REGISTERS;
use crate::plan::uses::Uses;
use crate::types::{Kind, Span, Wide};

use super::result::{Outcome, write};
use super::{Groups, States, cell};

/// Bits of a hash that choose the register.
const BITS: u32 = HLL_REGISTERS.trailing_zeros();
/// The most leading zeros of the other bits, and one.
const MOST: usize = (64 - BITS + 1) as usize;

/// Equal values have equal hashes.
pub(super) fn hash(kind: Kind, value: &[u8]) -> u64 {
    let of = |bytes: &[u8]| twox_hash::XxHash64::oneshot(0, bytes);
    match kind {
        Kind::Text => of(text_bytes(value)),
        Kind::F32 | Kind::F64 => {
            let x = cell::float(kind, value);
            // -0 + 0 is 0; all NaNs are equal.
            let x = if x.is_nan() { f64::NAN } else { x + 0.0 };
            of(&x.to_le_bytes())
        }
        Kind::Interval => {
            let span = Span::from_le_bytes(value.first_chunk().copied().unwrap_or_default());
            of(&span.total().to_le_bytes())
        }
        Kind::I128 => of(&Wide::new(cell::whole(kind, value)).to_le_bytes()),
        _ => of(value),
    }
}

pub(super) fn update<U: Uses>(
    states: &mut States<'_, U>,
    x: &Vector<'_>,
    groups: Groups<'_>,
    rows: usize,
) -> Result<(), RunError> {
    let kind = states.kind();
    states.each_row(x, groups, rows, |state, row| {
        let hash = hash(kind, cell::of(x, row)?);
        let register = (hash >> (64 - BITS)) as usize;
        // The bit at the end ends the count.
        let rank = (hash << BITS | 1 << (BITS - 1)).leading_zeros() as u8 + 1;
        if let Some(most) = state.get_mut(register) {
            *most = (*most).max(rank);
        }
        Ok(())
    })
}

pub(super) fn merge<U: Uses>(
    states: &mut States<'_, U>,
    into: &[u32],
    from: &[u32],
) -> Result<(), RunError> {
    states.each_pair(into, from, |into, from| {
        for (most, other) in into.iter_mut().zip(from) {
            *most = (*most).max(*other);
        }
        Ok(())
    })
}

pub(super) fn finish<U: Uses>(
    states: &mut States<'_, U>,
    dst: &mut VectorMut<'_>,
    slots: &[u32],
    counters: &mut Counters,
) -> Result<(), RunError> {
    write(dst, slots, counters, |slot| {
        let state = states.slot(slot as usize).ok_or(RunError::Internal)?;
        Ok(Outcome::Value(libm::round(estimate(state)) as u64))
    })
}

fn estimate(registers: &[u8]) -> f64 {
    let mut counts = [0u32; MOST + 1];
    for register in registers {
        if let Some(count) = counts.get_mut(usize::from(*register)) {
            *count += 1;
        }
    }
    let m = HLL_REGISTERS as f64;
    let [none, ranks @ .., last] = &counts;
    let mut z = m * tau(1.0 - f64::from(*last) / m);
    for count in ranks.iter().rev() {
        z = 0.5 * (z + f64::from(*count));
    }
    z += m * sigma(f64::from(*none) / m);
    // 1 / (2 ln 2)
    0.721_347_520_444_481_7 * m * m / z
}

/// Until nothing changes, which takes a few dozen turns.
fn sigma(mut x: f64) -> f64 {
    if x >= 1.0 {
        return f64::INFINITY;
    }
    let (mut y, mut z) = (1.0, x);
    loop {
        x *= x;
        let before = z;
        z += x * y;
        y += y;
        if z <= before {
            return z;
        }
    }
}

fn tau(mut x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return 0.0;
    }
    let (mut y, mut z) = (1.0, 1.0 - x);
    loop {
        x = libm::sqrt(x);
        let before = z;
        y *= 0.5;
        z -= (1.0 - x) * (1.0 - x) * y;
        if z >= before {
            return z / 3.0;
        }
    }
}
