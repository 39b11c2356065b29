//! What is wrong with a SQL text, and where.

use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;

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
        // Tabs stay tabs, so that the carets stand under what they mean in any terminal.
        let before: String = source
            .chars()
            .chain(core::iter::repeat(' '))
            .take(self.column - 1)
            .map(|c| if c == '\t' { '\t' } else { ' ' })
            .collect();
        let carets = "^".repeat(self.len);
        let mut text = format!(
            "error: {}\n{margin}--> {file_name}:{}:{}\n{margin} |\n{number} | {source}\n\
             {margin} | {before}{carets}\n",
            self.message, self.line, self.column
        );
        if !self.help.is_empty() {
            text.push_str("help: ");
            text.push_str(&self.help);
            text.push('\n');
        }
        text
    }
}

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

/// The name among `known` that `name` is most likely a misspelling of, if one is near.
///
/// ```
/// use ringql_core::sql::nearest;
/// assert_eq!(nearest("tmep", ["ts", "temp"].into_iter()), Some("temp"));
/// assert_eq!(nearest("speed", ["ts", "temp"].into_iter()), None);
/// ```
pub fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let limit = (name.chars().count() / 3).clamp(1, 3);
    known
        .map(|k| (distance(name, k), k))
        .filter(|&(d, _)| d <= limit)
        .min_by_key(|&(d, _)| d)
        .map(|(_, k)| k)
}

/// Edits between two names without regard to case; a swap of neighbours is one edit.
fn distance(a: &str, b: &str) -> usize {
    const LONGEST: usize = 64;
    let lower = |s: &str| {
        s.chars().take(LONGEST).map(|c| c.to_ascii_lowercase()).collect::<alloc::vec::Vec<_>>()
    };
    let (a, b) = (lower(a), lower(b));
    let mut rows = [[0usize; LONGEST + 1]; 3];
    for (j, cell) in rows[0].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=a.len() {
        let (now, last, before) = (i % 3, (i + 2) % 3, (i + 1) % 3);
        rows[now][0] = i;
        for j in 1..=b.len() {
            let same = usize::from(a[i - 1] != b[j - 1]);
            let mut best =
                (rows[last][j - 1] + same).min(rows[last][j] + 1).min(rows[now][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[before][j - 2] + 1);
            }
            rows[now][j] = best;
        }
    }
    rows[a.len() % 3][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        assert_eq!(distance("temp", "temp"), 0);
        assert_eq!(distance("TEMP", "temp"), 0);
        assert_eq!(distance("tmep", "temp"), 1);
        assert_eq!(distance("tem", "temp"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", ""), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn nearest_is_near() {
        let known = ["device", "temp", "humidity"];
        assert_eq!(nearest("devcie", known.into_iter()), Some("device"));
        assert_eq!(nearest("humdity", known.into_iter()), Some("humidity"));
        assert_eq!(nearest("speed", known.into_iter()), None);
        assert_eq!(nearest("x", ["y"].into_iter()), Some("y"));
    }

    #[test]
    fn carets_keep_tabs() {
        let place = Place { line: 1, column: 3, len: 2 };
        let e = CompileError::new(CompileErrorKind::Syntax, place, "m", "");
        assert_eq!(e.render("\tab", "f"), "error: m\n --> f:1:3\n  |\n1 | \tab\n  | \t ^^\n");
    }
}
