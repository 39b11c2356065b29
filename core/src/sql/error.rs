//! What is wrong with a SQL text, and where.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use unicode_width::UnicodeWidthChar;

macro_rules! kinds {
    ($($name:ident $text:literal)*) => {
        /// What kind of thing is wrong. The message says it in words.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum CompileErrorKind {
            $(#[doc = $text] $name,)*
        }

        impl CompileErrorKind {
            /// Every kind, and what it means.
            pub const ALL: &'static [(Self, &'static str)] = &[$((Self::$name, $text)),*];
        }
    };
}

kinds! {
    Syntax "The text is not SQL: a word or sign where another was expected."
    Unsupported "SQL that RingQL does not support (yet)."
    Unknown "A stream, column, function, type or option that does not exist."
    Ambiguous "A name that is defined twice, or that could mean two things."
    Type "A type that does not fit its use."
    Value "A constant that is out of range or can't be converted."
    Grouping "A column that is neither grouped nor aggregated, or an aggregate where none can be."
    Limit "More than a plan can hold."
}

/// Why a SQL text is refused: what is wrong, where, and what would be accepted.
///
/// ```
/// use ringql_core::sql::{Options, compile};
///
/// let sql = "CREATE STREAM s (temp REAL);\nSELECT tmep FROM s";
/// let error = compile(sql, &Options::default()).unwrap_err();
/// assert_eq!((error.line(), error.column(), error.len()), (2, 8, 4));
/// assert_eq!(error.to_string(), "there is no column tmep in s at line 2, column 8");
/// assert_eq!(
///     error.render(sql, "query.sql"),
///     "error: there is no column tmep in s\n \
///      --> query.sql:2:8\n  \
///       |\n\
///      2 | SELECT tmep FROM s\n  \
///       |        ^^^^\n\
///      help: did you mean temp?\n"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompileError {
    kind: CompileErrorKind,
    line: usize,
    column: usize,
    len: usize,
    message: String,
    help: String,
}

impl CompileError {
    pub(super) fn new(
        kind: CompileErrorKind,
        place: Place,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        let Place { line, column, len } = place;
        Self { kind, line, column, len, message: message.into(), help: help.into() }
    }

    pub(super) fn with_help(self, help: &str) -> Self {
        Self { help: help.into(), ..self }
    }

    /// What kind of thing is wrong.
    #[must_use]
    pub const fn kind(&self) -> CompileErrorKind {
        self.kind
    }

    /// The line of the SQL text, from 1.
    #[must_use]
    pub const fn line(&self) -> usize {
        self.line
    }

    /// The column, characters from 1.
    #[must_use]
    pub const fn column(&self) -> usize {
        self.column
    }

    /// How many characters of the line are meant: 1 or more.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a span is never empty")]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// What is wrong, without the place.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What would be accepted; empty if there is nothing to add.
    #[must_use]
    pub fn help(&self) -> &str {
        &self.help
    }

    /// The whole report, several lines: the message, the place, the source line, a caret line
    /// under it, and the help. `sql` is the text that was compiled, `file_name` what to call it.
    #[must_use]
    pub fn render(&self, sql: &str, file_name: &str) -> String {
        let source = sql.split('\n').nth(self.line - 1).unwrap_or("");
        let source = source.trim_end_matches('\r');
        let number = self.line.to_string();
        let margin = " ".repeat(number.len());
        let (source, below) = self.shown(source);
        let mut text = format!(
            "error: {}\n{margin}--> {file_name}:{}:{}\n{margin} |\n{number} | {source}\n\
             {margin} | {below}\n",
            self.message, self.line, self.column
        );
        if !self.help.is_empty() {
            text.push_str("help: ");
            text.push_str(&self.help);
            text.push('\n');
        }
        text
    }

    /// The source line, cut to what is around the place if it is long, and the carets below it.
    fn shown(&self, source: &str) -> (String, String) {
        let chars: Vec<char> = source.chars().collect();
        let start = self.column - 1;
        let first = match chars.len() {
            0..=WINDOW => 0,
            _ => start.min(chars.len()).saturating_sub(WINDOW / 2),
        };
        let end = chars.len().min(first + WINDOW);
        let first = if first == 0 { 0 } else { first.min(end.saturating_sub(WINDOW)) };
        let mut text: String = chars.iter().take(end).skip(first).collect();
        let mut below = String::new();
        if first > 0 {
            text.insert_str(0, CUT);
            below.push_str(&" ".repeat(CUT.len()));
        }
        if end < chars.len() {
            text.push_str(CUT);
        }
        let len = if end < chars.len() { self.len.min(end - start) } else { self.len };
        // Behind the line's end stands the place of what is missing there.
        let mut places = chars.into_iter().take(end).chain(core::iter::repeat(' ')).skip(first);
        for c in places.by_ref().take(start - first) {
            // Tabs stay tabs, so that the carets stand under what they mean in any terminal.
            match c {
                '\t' => below.push('\t'),
                c => below.push_str(&" ".repeat(c.width().unwrap_or(0))),
            }
        }
        let columns: usize = places.take(len).map(|c| c.width().unwrap_or(1)).sum();
        below.push_str(&"^".repeat(columns.max(1)));
        (text, below)
    }
}

/// Most characters of a line that a report shows.
const WINDOW: usize = 100;
/// Stands for what is cut off.
const CUT: &str = "...";

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at line {}, column {}", self.message, self.line, self.column)
    }
}

impl core::error::Error for CompileError {}

/// A place in the SQL text: a line and column from 1, and a length of 1 or more, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) len: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carets_keep_tabs() {
        let place = Place { line: 1, column: 3, len: 2 };
        let e = CompileError::new(CompileErrorKind::Syntax, place, "m", "");
        assert_eq!(e.render("\tab", "f"), "error: m\n --> f:1:3\n  |\n1 | \tab\n  | \t ^^\n");
    }
}
