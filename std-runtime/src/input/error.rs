//! What is wrong with an input, and where.

use std::fmt;
use std::io;

/// Where in an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The input as a whole.
    File,
    /// A line, from 1.
    Line(u64),
    /// A record of a raw file, from 1.
    Record(u64),
}

/// Why an input can't be read on.
///
/// ```
/// use ringql_runtime::input::{InputError, Place};
/// let error = InputError::bad("a.csv", Place::Line(3), "has 2 fields instead of 3");
/// assert_eq!(error.to_string(), "a.csv:3: has 2 fields instead of 3");
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum InputError {
    /// The operating system says no.
    Io {
        /// The input's name.
        file: String,
        /// What it says.
        error: io::Error,
    },
    /// The bytes are not rows of the stream.
    Bad {
        /// The input's name.
        file: String,
        /// Where in it.
        place: Place,
        /// What is wrong.
        what: String,
    },
}

impl InputError {
    /// An error about bytes that are not rows of the stream.
    #[must_use]
    pub fn bad(file: &str, place: Place, what: impl Into<String>) -> Self {
        Self::Bad { file: file.to_owned(), place, what: what.into() }
    }

    pub(super) fn io(file: &str, error: io::Error) -> Self {
        Self::Io { file: file.to_owned(), error }
    }

    /// Whether it is about one row, after which others can follow.
    pub(super) fn is_one_row(&self) -> bool {
        matches!(self, Self::Bad { place: Place::Line(_) | Place::Record(_), .. })
    }
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { file, error } => write!(f, "{file}: can't be read: {error}"),
            Self::Bad { file, place: Place::File, what } => write!(f, "{file}: {what}"),
            Self::Bad { file, place: Place::Line(line), what } => {
                write!(f, "{file}:{line}: {what}")
            }
            Self::Bad { file, place: Place::Record(record), what } => {
                write!(f, "{file}: record {record}: {what}")
            }
        }
    }
}

impl std::error::Error for InputError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { error, .. } => Some(error),
            Self::Bad { .. } => None,
        }
    }
}
