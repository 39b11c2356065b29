//! Kinds of values, and which become which.

use crate::types::{DataType, Kind};

/// Kinds of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kinds(u16);

impl Kinds {
    /// None.
    pub const NONE: Self = Self(0);
    /// Every kind.
    pub const ALL: Self = Self(u16::MAX);

    /// Whether `kind` is one of them.
    #[must_use]
    #[inline(always)]
    pub const fn has(self, kind: Kind) -> bool {
        self.0 >> kind as u8 & 1 != 0
    }

    /// Whether one of them has values of so many bytes, that are neither bits nor texts.
    #[must_use]
    pub const fn has_size(self, size: usize) -> bool {
        let mut i = 0;
        while i < Kind::ALL.len() {
            let kind = Kind::ALL[i];
            if self.has(kind) && kind.size() == size && !matches!(kind, Kind::Bool | Kind::Text) {
                return true;
            }
            i += 1;
        }
        false
    }

    /// The same without floats.
    #[must_use]
    pub const fn has_plain_size(self, size: usize) -> bool {
        Self(self.0 & !(1 << Kind::F32 as u8 | 1 << Kind::F64 as u8)).has_size(size)
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) const fn with(self, kind: Kind) -> Self {
        Self(self.0 | 1 << kind as u8)
    }

    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// Which conversions there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Casts {
    /// Of each kind of number: the kinds of numbers that it becomes.
    numbers: [Kinds; Kind::ALL.len()],
    pub(crate) text: bool,
    pub(crate) decimal: bool,
    pub(crate) time: bool,
    pub(crate) bytes: bool,
    pub(crate) same: bool,
}

impl Casts {
    pub(super) const NONE: Self = Self {
        numbers: [Kinds::NONE; Kind::ALL.len()],
        text: false,
        decimal: false,
        time: false,
        bytes: false,
        same: false,
    };
    pub(super) const ALL: Self = Self {
        numbers: [Kinds::ALL; Kind::ALL.len()],
        text: true,
        decimal: true,
        time: true,
        bytes: true,
        same: true,
    };

    /// The kinds of numbers that become others.
    pub(crate) const fn from(&self) -> Kinds {
        let mut all = Kinds::NONE;
        let mut i = 0;
        while i < self.numbers.len() {
            if !self.numbers[i].is_empty() {
                all = all.with(Kind::ALL[i]);
            }
            i += 1;
        }
        all
    }

    /// The kinds that numbers of a kind become.
    pub(crate) const fn to(&self, from: Kind) -> Kinds {
        self.numbers[from as usize]
    }

    /// With what `convert` of `expr/cast.rs` does for these types.
    pub(super) const fn with(mut self, from: DataType, to: DataType) -> Self {
        use DataType::{
            Date, Decimal, Interval, Time, Timestamp, TimestampTz, Uuid, Varbinary, Varchar,
        };
        match (from, to) {
            (Varchar(_), _) | (_, Varchar(_)) => self.text = true,
            (Decimal(..), _) | (_, Decimal(..)) => self.decimal = true,
            (Date | Time | Timestamp | TimestampTz, _) => self.time = true,
            (Varbinary(_) | Uuid, Varbinary(_)) => self.bytes = true,
            (Interval, _) | (Uuid, _) => self.same = true,
            _ => {
                let from = from.kind() as usize;
                self.numbers[from] = self.numbers[from].with(to.kind());
            }
        }
        self
    }
}
