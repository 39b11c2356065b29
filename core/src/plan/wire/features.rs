//! What a plan uses, as bits in its header.

use core::fmt;

use crate::plan::op::Op;
use crate::plan::{Operator, Plan, WindowShape};
use crate::types::DataType;

/// The families of kernels and operators that a plan uses. A reader that does not know one of the
/// bits refuses the plan; firmware that leaves a family out can refuse by them too.
///
/// ```
/// use ringql_core::plan::wire::Features;
/// let used = Features::FILTER.with(Features::TEXT);
/// assert!(used.contains(Features::TEXT));
/// assert!(!used.contains(Features::TEXT.with(Features::CAST)));
/// assert_eq!(used.to_string(), "filter, text");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Features(u32);

impl Features {
    /// Nothing of what follows.
    pub const NONE: Self = Self(0);
    /// Bit 0: a filter operator.
    pub const FILTER: Self = Self(1);
    /// Bit 1: an aggregate operator.
    pub const AGGREGATE: Self = Self(1 << 1);
    /// Bit 2: an aggregate operator with keys.
    pub const GROUP: Self = Self(1 << 2);
    /// Bit 3: windows of panes: TUMBLE, HOP, CUMULATE.
    pub const PANES: Self = Self(1 << 3);
    /// Bit 4: a VARCHAR in a register.
    pub const TEXT: Self = Self(1 << 4);
    /// Bit 5: a REAL or DOUBLE in a register.
    pub const FLOAT: Self = Self(1 << 5);
    /// Bit 6: a CAST.
    pub const CAST: Self = Self(1 << 6);
    /// Bit 7: a DECIMAL in a register.
    pub const DECIMAL: Self = Self(1 << 7);
    /// Bit 8: a DATE, TIME or INTERVAL in a register.
    pub const CALENDAR: Self = Self(1 << 8);
    /// Bit 9: a UUID or VARBINARY in a register.
    pub const BYTES: Self = Self(1 << 9);
    /// Bit 10: sessions, and windows by state.
    pub const SESSIONS: Self = Self(1 << 10);
    /// Bit 11: a sort operator.
    pub const SORT: Self = Self(1 << 11);
    /// All that this version knows.
    pub const ALL: Self = Self((1 << 12) - 1);

    const NAMES: [(Self, &str); 12] = [
        (Self::FILTER, "filter"),
        (Self::AGGREGATE, "aggregate"),
        (Self::GROUP, "group"),
        (Self::PANES, "panes"),
        (Self::TEXT, "text"),
        (Self::FLOAT, "float"),
        (Self::CAST, "cast"),
        (Self::DECIMAL, "decimal"),
        (Self::CALENDAR, "calendar"),
        (Self::BYTES, "bytes"),
        (Self::SESSIONS, "sessions"),
        (Self::SORT, "sort"),
    ];

    /// What `plan` uses.
    #[must_use]
    pub fn of(plan: &Plan<'_>) -> Self {
        let mut used = Self::NONE;
        for operator in plan.operators {
            used = used.with(match operator {
                Operator::Scan { .. } | Operator::Project { .. } | Operator::Emit { .. } => {
                    Self::NONE
                }
                Operator::Filter { .. } => Self::FILTER,
                Operator::Window(table) => match table.shape {
                    WindowShape::Slide { .. } | WindowShape::Cumulate { .. } => Self::PANES,
                    WindowShape::Session { .. } | WindowShape::State { .. } => Self::SESSIONS,
                },
                Operator::Sort(_) => Self::SORT,
                Operator::Aggregate(table) if table.keys.len == 0 => Self::AGGREGATE,
                Operator::Aggregate(_) => Self::AGGREGATE.with(Self::GROUP),
            });
        }
        for register in plan.registers {
            used = used.with(match register.data_type {
                DataType::Varchar(_) => Self::TEXT,
                DataType::Real | DataType::Double => Self::FLOAT,
                DataType::Decimal(..) => Self::DECIMAL,
                DataType::Date | DataType::Time | DataType::Interval => Self::CALENDAR,
                DataType::Uuid | DataType::Varbinary(_) => Self::BYTES,
                _ => Self::NONE,
            });
        }
        if plan.instructions.iter().any(|i| matches!(i.op, Op::Cast | Op::TryCast)) {
            used = used.with(Self::CAST);
        }
        used
    }

    /// These and those.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of `other` are among these.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// As bits.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }

    pub(super) const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }
}

/// Their names, the lowest bit first, with commas between.
impl fmt::Display for Features {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for (feature, name) in Self::NAMES {
            if self.contains(feature) {
                write!(f, "{separator}{name}")?;
                separator = ", ";
            }
        }
        Ok(())
    }
}
