//! What happened to every record: nothing is lost without a number here.

use core::fmt;

use bytemuck::{Pod, Zeroable};

/// Counters of one query since it started; a copy of those in its arena.
///
/// Of an aggregate query: every record that passed the filter is in a group, late, ahead of time, dropped, or evicted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(C)]
pub struct Counters {
    /// Records read.
    pub rows_in: u64,
    /// Result rows written.
    pub rows_out: u64,
    /// Records that a WHERE turned away.
    pub filtered: u64,
    /// Records whose window was already closed.
    pub late: u64,
    /// Records whose group found no room (`on_full = 'drop_new'`).
    pub dropped: u64,
    /// Values that became NULL: [`Failure::Arithmetic`].
    pub arithmetic_errors: u64,
    /// Values that became NULL: [`Failure::Cast`].
    pub cast_errors: u64,
    /// Values that became NULL: [`Failure::Text`].
    pub text_errors: u64,
    /// Values that became NULL: [`Failure::Time`].
    pub time_errors: u64,
    /// Values that became NULL: [`Failure::Function`].
    pub function_errors: u64,
    /// Records whose clock was too far ahead (`max_ahead`).
    pub ahead: u64,
    /// Records of groups that were forgotten to make room (`on_full = 'evict_oldest'`), as far as no
    /// result had them.
    pub evicted: u64,
    /// Values that became NULL: [`Failure::Capacity`].
    pub capacity_errors: u64,
}

/// What one operator did not take, since the query started: records that are in none of its results.
/// Those of the first stage are records of the stream, behind it results of the stage before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct OperatorCounters {
    /// Its place in the operator table, as EXPLAIN numbers it.
    pub operator: u16,
    /// What it is, as EXPLAIN calls it.
    pub name: &'static str,
    /// Records whose window was already closed.
    pub late: u64,
    /// Records whose clock was too far ahead (`max_ahead`).
    pub ahead: u64,
    /// Records whose group found no room (`on_full = 'drop_new'`).
    pub dropped: u64,
    /// Records of groups that were forgotten to make room (`on_full = 'evict_oldest'`), as far as no
    /// result had them.
    pub evicted: u64,
}

/// Why a value can't be computed. It then becomes NULL and is counted, or the query stops:
/// [`OnError`](crate::plan::OnError).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Failure {
    /// A number out of range: overflow, integer `% 0`, the logarithm of 0.
    Arithmetic,
    /// A value that its CAST does not fit.
    Cast,
    /// A text or bytes longer than their place, or not of the form that a function needs.
    Text,
    /// A date or time out of range.
    Time,
    /// A user's function said so.
    Function,
    /// An aggregate has seen more values than its state holds.
    Capacity,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Arithmetic => "a number is out of range, or divided by 0",
            Self::Cast => "a value does not fit the type of its CAST",
            Self::Text => "a text is longer than its place, or not of the form that is needed",
            Self::Time => "a date or time is out of range",
            Self::Function => "a function has no result",
            Self::Capacity => {
                "an aggregate has more values than its state holds: raise max_values, max_distinct \
                 or max_text in SETTINGS"
            }
        })
    }
}

impl Counters {
    /// Counts values that failed.
    pub(crate) const fn add(&mut self, failure: Failure, values: u64) {
        match failure {
            Failure::Arithmetic => self.arithmetic_errors += values,
            Failure::Cast => self.cast_errors += values,
            Failure::Text => self.text_errors += values,
            Failure::Time => self.time_errors += values,
            Failure::Function => self.function_errors += values,
            Failure::Capacity => self.capacity_errors += values,
        }
    }

    /// A failure that was counted since.
    pub(crate) const fn failed_since(&self, before: &Self) -> Option<Failure> {
        if self.arithmetic_errors != before.arithmetic_errors {
            Some(Failure::Arithmetic)
        } else if self.text_errors != before.text_errors {
            Some(Failure::Text)
        } else if self.capacity_errors != before.capacity_errors {
            Some(Failure::Capacity)
        } else {
            None
        }
    }

    /// A failure that was counted, if any was.
    #[cfg(feature = "sql")]
    pub(crate) fn any(&self) -> Option<Failure> {
        [
            (Failure::Cast, self.cast_errors),
            (Failure::Arithmetic, self.arithmetic_errors),
            (Failure::Text, self.text_errors),
            (Failure::Time, self.time_errors),
            (Failure::Function, self.function_errors),
        ]
        .into_iter()
        .find_map(|(failure, count)| (count > 0).then_some(failure))
    }

    /// Values that became NULL because they can't be computed, of all kinds.
    ///
    /// ```
    /// use ringql_core::counters::Counters;
    /// assert_eq!(Counters { cast_errors: 2, time_errors: 1, ..Counters::default() }.errors(), 3);
    /// ```
    #[must_use]
    pub const fn errors(&self) -> u64 {
        self.arithmetic_errors
            + self.cast_errors
            + self.text_errors
            + self.time_errors
            + self.function_errors
            + self.capacity_errors
    }
}
