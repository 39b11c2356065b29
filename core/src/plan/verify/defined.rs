//! Which registers hold the rows at hand; see [`verify`](super).

use super::MAX_REGISTERS;
use crate::plan::op::RegisterId;

const WORDS: usize = MAX_REGISTERS.div_ceil(64);

/// A set of registers.
#[derive(Clone, Copy)]
struct Set([u64; WORDS]);

impl Set {
    const EMPTY: Self = Self([0; WORDS]);

    const fn bit(register: RegisterId) -> u64 {
        1 << (register.0 % 64)
    }

    fn contains(&self, register: RegisterId) -> bool {
        self.0.get(register.index() / 64).is_some_and(|word| word & Self::bit(register) != 0)
    }

    fn insert(&mut self, register: RegisterId) {
        if let Some(word) = self.0.get_mut(register.index() / 64) {
            *word |= Self::bit(register);
        }
    }

    fn remove(&mut self, register: RegisterId) {
        if let Some(word) = self.0.get_mut(register.index() / 64) {
            *word &= !Self::bit(register);
        }
    }
}

/// The registers that can be read.
pub(super) struct Defined {
    present: Set,
    full: Set,
    thinned: bool,
}

impl Defined {
    /// None.
    pub(super) const NONE: Self = Self { present: Set::EMPTY, full: Set::EMPTY, thinned: false };

    /// Whether the register has a value for each row that is left.
    pub(super) fn is_present(&self, register: RegisterId) -> bool {
        self.present.contains(register)
    }

    /// Whether the register has a value for each row before rows were thinned out, and they were.
    pub(super) fn can_gather(&self, register: RegisterId) -> bool {
        self.thinned && self.full.contains(register)
    }

    /// The register is written for each row that is left.
    pub(super) fn write(&mut self, register: RegisterId) {
        self.present.insert(register);
        if self.thinned {
            self.full.remove(register);
        } else {
            self.full.insert(register);
        }
    }

    /// An operator thins rows out.
    pub(super) fn thin(&mut self) {
        self.present = Set::EMPTY;
        self.thinned = true;
    }
}
