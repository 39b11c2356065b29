//! Aggregate functions: what each takes, gives and keeps. One table ([`Info`]) that the binder,
//! `verify`, EXPLAIN and the SQL reference read.

pub(crate) mod rules;
mod table;

use serde::{Deserialize, Serialize};

use crate::types::DataType;

/// An aggregate function. (What it computes, its [`Info`] says.)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[allow(missing_docs)] // see the table
#[repr(u8)]
pub enum AggregateFunction {
    /// `COUNT(*)`, and `COUNT(x)` of an x that is never NULL: no argument.
    CountAll,
    Count,
    Sum,
    Avg,
    Min,
    Max,
    CountIf,
    BoolAnd,
    BoolOr,
    BitAnd,
    BitOr,
    BitXor,
    First,
    Last,
    AnyValue,
    ArgMin,
    ArgMax,
    ArgMinNull,
    ArgMaxNull,
    VarPop,
    VarSamp,
    StddevPop,
    StddevSamp,
    Sem,
    Skewness,
    Kurtosis,
    KurtosisPop,
    CovarPop,
    CovarSamp,
    Corr,
    RegrSlope,
    RegrIntercept,
    RegrR2,
    RegrCount,
    RegrAvgX,
    RegrAvgY,
    RegrSxx,
    RegrSyy,
    RegrSxy,
    Median,
    QuantileCont,
    QuantileDisc,
    ApproxQuantile,
    ApproxCountDistinct,
    ApproxTopK,
    Histogram,
    StringAgg,
    Twa,
    Rate,
    Increase,
    Delta,
    Ewma,
}

/// What an aggregate function takes as an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Any type.
    Any,
    /// Integers, floats and DECIMALs.
    Number,
    /// The eight integers.
    Integer,
    /// DOUBLE: other numbers are converted to it.
    Double,
    /// BOOLEAN.
    Boolean,
    /// VARCHAR of any length: values of other types are converted to their text.
    Text,
    /// What lies on a line: floats, DECIMALs, dates and times; integers are converted to DOUBLE.
    Line,
    /// What has an order: integers are converted to DOUBLE, all else is taken as it is.
    Order,
}

/// A constant that an aggregate function takes behind its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameter {
    /// A DOUBLE from 0 to 1.
    Fraction,
    /// A DOUBLE above 0, at most 1.
    Weight,
    /// A finite DOUBLE; of two, the first is below the second.
    Bound,
    /// A whole number from 1 to this.
    Count(u16),
    /// A text; `','` if it is left out.
    Separator,
}

/// What the event time of the stream is to a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time {
    /// Nothing.
    Unused,
    /// It orders the rows if the stream has one; else they go by arrival.
    Used,
    /// The function needs it.
    Needed,
}

/// What DISTINCT does to a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distinct {
    /// It is refused.
    Refused,
    /// It changes nothing.
    Same,
    /// It makes the function keep the values that it has seen.
    Kept,
}

/// The room that a function's state has for what comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// None is needed.
    None,
    /// Values or samples: `SETTINGS max_values`.
    Values,
    /// Bytes of text: `SETTINGS max_text`.
    Text,
}

/// What is said of an aggregate function.
#[derive(Clone, Copy, Debug)]
pub struct Info {
    /// The function.
    pub function: AggregateFunction,
    /// Its name in SQL, lower case.
    pub name: &'static str,
    /// Its arguments.
    pub takes: &'static [Takes],
    /// The constants behind them.
    pub parameters: &'static [Parameter],
    /// What event time is to it.
    pub time: Time,
    /// What DISTINCT does.
    pub distinct: Distinct,
    /// What its state has room for.
    pub room: Room,
    /// What the SQL reference says.
    #[cfg(feature = "sql")]
    pub doc: Doc,
}

/// What the SQL reference says of an aggregate function.
#[cfg(feature = "sql")]
#[derive(Clone, Copy, Debug)]
pub struct Doc {
    /// What it computes.
    pub text: &'static str,
    /// When it is NULL.
    pub nulls: &'static str,
    /// How far it can be off.
    pub error: &'static str,
    /// Other names in SQL.
    pub aliases: &'static [&'static str],
}

/// Most arguments of an aggregate, with the event time.
pub const MAX_AGGREGATE_ARGUMENTS: usize = 3;
/// Most values of a state.
pub const MAX_VALUES: u16 = u16::MAX;
/// Most buckets of a HISTOGRAM.
pub const MAX_BUCKETS: u16 = 128;
/// Most values that APPROX_TOP_K gives.
pub const MAX_TOP: u16 = 64;

impl Info {
    /// The table, in the order of [`AggregateFunction`].
    ///
    /// ```
    /// use ringql_core::plan::aggregates::Info;
    /// for (i, info) in Info::ALL.iter().enumerate() {
    ///     assert_eq!(info.function as usize, i);
    /// }
    /// ```
    pub const ALL: &'static [Self] = table::ALL;

    /// The entry of a function that is called by this name, in lower case.
    #[cfg(feature = "sql")]
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        // COUNT(*) has COUNT's name: the binder chooses.
        let own = |i: &&Self| i.name == name && i.function != AggregateFunction::CountAll;
        Self::ALL.iter().find(|i| own(i) || i.doc.aliases.contains(&name))
    }

    /// How many constants a call has at least: a separator can be left out.
    #[must_use]
    pub const fn least_parameters(&self) -> usize {
        match self.parameters {
            [Parameter::Separator] => 0,
            all => all.len(),
        }
    }
}

impl AggregateFunction {
    /// What is said of it.
    #[must_use]
    pub fn info(self) -> &'static Info {
        Info::ALL.get(self as usize).unwrap_or(&table::COUNT_ALL)
    }
}

impl Takes {
    /// Whether a plan can have an argument of this type here.
    #[must_use]
    pub const fn accepts(self, t: DataType) -> bool {
        match self {
            Self::Any => true,
            Self::Number => t.is_numeric() || t.is_decimal(),
            Self::Integer => t.is_integer(),
            Self::Double => matches!(t, DataType::Double),
            Self::Boolean => matches!(t, DataType::Boolean),
            Self::Text => matches!(t, DataType::Varchar(_)),
            Self::Line => {
                t.is_float()
                    || t.is_decimal()
                    || matches!(
                        t,
                        DataType::Date
                            | DataType::Time
                            | DataType::Timestamp
                            | DataType::TimestampTz
                    )
            }
            Self::Order => !t.is_integer(),
        }
    }
}

#[cfg(feature = "sql")]
impl Parameter {
    /// What a constant is called, given its place among a call's constants.
    #[must_use]
    pub const fn name(self, at: usize) -> &'static str {
        match self {
            Self::Fraction => "q",
            Self::Weight => "alpha",
            Self::Bound if at == 0 => "low",
            Self::Bound => "high",
            Self::Count(_) if at == 0 => "k",
            Self::Count(_) => "n",
            Self::Separator => "separator",
        }
    }
}

#[cfg(feature = "sql")]
impl Info {
    /// Its arguments and constants as they are written: `x, q`.
    #[must_use]
    pub fn arguments(&self) -> alloc::string::String {
        let names: &[&str] = match self.takes {
            [] => &["*"],
            [_] => &["x"],
            // Of regressions.
            [Takes::Double, _] => &["y", "x"],
            _ => &["x", "y"],
        };
        let constants = self.parameters.iter().enumerate().map(|(at, p)| p.name(at));
        let all: alloc::vec::Vec<_> = names.iter().copied().chain(constants).collect();
        all.join(", ")
    }
}
