//! Patterns in RE2's syntax, DuckDB's, to `regex-syntax`'s form.
//!
//! `regex-syntax` reads another language: `\d`, `\w`, `\s` and `\b` of Unicode, `[a&&b]` as an
//! intersection, `\<` as an assertion, `a{,3}` as a repetition, no `\Q...\E`. So the
//! pattern is read here, as RE2's `parse.cc` does it, and only Unicode's tables come from there.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use regex_syntax::hir::{Capture, Class, ClassUnicode, Hir, HirKind, Look, Repetition};

use super::class::{self, range};

/// Most repetitions of a part, those around it multiplied, as RE2 has it.
const MAX_REPEAT: u32 = 1000;

/// Deepest nesting of groups: a bound on recursion.
const MAX_NESTING: usize = 100;

/// What the options and `(?...)` of a pattern say.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Flags {
    /// `i`: letters match in either case.
    pub(super) fold: bool,
    /// `s`: `.` matches a line feed.
    pub(super) dot_newline: bool,
    /// `m`: `^` and `$` match at lines.
    pub(super) lines: bool,
    /// `U`: `*` is lazy and `*?` is not.
    pub(super) swap_greed: bool,
}

/// A pattern that was read.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) hir: Hir,
    /// How many groups it captures.
    pub(super) groups: u32,
}

/// What is wrong with a pattern, and in which of its characters, from 1.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) what: String,
}

pub(super) type Result<T> = core::result::Result<T, Fault>;

/// Reads a pattern.
///
/// # Errors
/// A [`Fault`] if it is none.
pub(super) fn parse(pattern: &str, flags: Flags) -> Result<Pattern> {
    let mut parser = Parser { pattern, at: 0, flags, groups: 0, nesting: 0 };
    let hir = parser.alternation()?;
    if parser.at < pattern.len() {
        return Err(parser.fault(parser.at, "a ) that closes nothing: write \\)"));
    }
    if repeats(&hir) > MAX_REPEAT {
        let what = format!("repetitions within repetitions of more than {MAX_REPEAT} in all");
        return Err(parser.fault(0, &what));
    }
    Ok(Pattern { hir, groups: parser.groups })
}

/// A pattern that is meant letter by letter.
pub(super) fn literal(text: &str, flags: Flags) -> Pattern {
    Pattern { hir: Hir::concat(text.chars().map(|c| character(c, flags)).collect()), groups: 0 }
}

fn character(c: char, flags: Flags) -> Hir {
    match flags.fold {
        true => Hir::class(Class::Unicode(class::folded(range(c, c), true))),
        false => Hir::literal(c.encode_utf8(&mut [0; 4]).as_bytes()),
    }
}

/// How often something is repeated at most, counted repetitions multiplied.
fn repeats(hir: &Hir) -> u32 {
    match hir.kind() {
        HirKind::Repetition(Repetition { min, max, sub, .. }) => {
            max.unwrap_or(*min).max(1).saturating_mul(repeats(sub))
        }
        HirKind::Capture(Capture { sub, .. }) => repeats(sub),
        HirKind::Concat(subs) | HirKind::Alternation(subs) => {
            subs.iter().map(repeats).max().unwrap_or(1)
        }
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => 1,
    }
}

pub(super) struct Parser<'a> {
    pub(super) pattern: &'a str,
    /// Bytes that were read.
    pub(super) at: usize,
    pub(super) flags: Flags,
    groups: u32,
    nesting: usize,
}

impl<'a> Parser<'a> {
    pub(super) fn rest(&self) -> &'a str {
        self.pattern.get(self.at..).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    pub(super) fn eat(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    /// A fault in what starts at byte `start`.
    pub(super) fn fault(&self, start: usize, what: &str) -> Fault {
        let at = 1 + self.pattern.get(..start).map_or(0, |s| s.chars().count());
        Fault { at, what: what.to_string() }
    }

    /// A fault in what was read since byte `start`, which is shown.
    pub(super) fn fault_in(&self, start: usize, what: &str) -> Fault {
        let shown = self.pattern.get(start..self.at).unwrap_or_default();
        self.fault(start, &format!("{shown}: {what}"))
    }

    /// `a|b`, up to a `)` or the end. Flags that are set within hold to its end.
    fn alternation(&mut self) -> Result<Hir> {
        let mut branches = Vec::new();
        loop {
            branches.push(self.concatenation()?);
            if !self.eat("|") {
                return Ok(Hir::alternation(branches));
            }
        }
    }

    fn concatenation(&mut self) -> Result<Hir> {
        let mut parts: Vec<Hir> = Vec::new();
        // Whether the last thing read is a repetition.
        let mut repeated = false;
        while let Some(c) = self.peek().filter(|c| !matches!(c, '|' | ')')) {
            let start = self.at;
            if let Some((min, max)) = self.repetition(c)? {
                let greedy = self.eat("?") == self.flags.swap_greed;
                if repeated {
                    return Err(self.fault_in(start, "it repeats a repetition: write (?:...)"));
                }
                let Some(sub) = parts.pop() else {
                    return Err(self.fault_in(start, "it has nothing to repeat"));
                };
                parts.push(Hir::repetition(Repetition { min, max, greedy, sub: Box::new(sub) }));
                repeated = true;
                continue;
            }
            repeated = false;
            self.at += c.len_utf8();
            match c {
                '(' => parts.extend(self.group(start)?),
                '\\' if self.eat("Q") => self.quoted(&mut parts),
                _ => parts.push(self.atom(c, start)?),
            }
        }
        Ok(Hir::concat(parts))
    }

    /// `\Q...\E`, whose characters are literal.
    fn quoted(&mut self, parts: &mut Vec<Hir>) {
        let rest = self.rest();
        let (text, read) = match rest.split_once("\\E") {
            Some((text, _)) => (text, text.len() + 2),
            None => (rest, rest.len()),
        };
        parts.extend(text.chars().map(|c| character(c, self.flags)));
        self.at += read;
    }

    /// `*`, `+`, `?` or `{2,3}`, without the `?` behind it; `None` if it is something else.
    fn repetition(&mut self, c: char) -> Result<Option<(u32, Option<u32>)>> {
        let counts = match c {
            '*' => (0, None),
            '+' => (1, None),
            '?' => (0, Some(1)),
            '{' => return self.counts(),
            _ => return Ok(None),
        };
        self.at += 1;
        Ok(Some(counts))
    }

    /// `{2}`, `{2,}` or `{2,3}`. Anything else in braces is literal.
    fn counts(&mut self) -> Result<Option<(u32, Option<u32>)>> {
        let number = |digits: &str| -> Option<u32> {
            let zeros = digits.len() > 1 && digits.starts_with('0');
            let all = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
            (all && !zeros && digits.len() < 9).then(|| digits.parse().ok())?
        };
        let start = self.at;
        let Some((inside, _)) = self.rest().get(1..).and_then(|rest| rest.split_once('}')) else {
            return Ok(None);
        };
        let (min, max) = match inside.split_once(',') {
            None => (number(inside), number(inside).map(Some)),
            Some((min, "")) => (number(min), Some(None)),
            Some((min, max)) => (number(min), number(max).map(Some)),
        };
        let (Some(min), Some(max)) = (min, max) else { return Ok(None) };
        self.at += inside.len() + 2;
        if min > MAX_REPEAT || max.is_some_and(|max| max > MAX_REPEAT || max < min) {
            let what = format!("a repetition has at most {MAX_REPEAT}, the least first");
            return Err(self.fault_in(start, &what));
        }
        Ok(Some((min, max)))
    }

    /// What stands behind a `(`; `None` if it only sets flags.
    fn group(&mut self, start: usize) -> Result<Option<Hir>> {
        let outside = self.flags;
        let mut captures = true;
        if self.eat("?P<") {
            let name = self.rest().split('>').next().unwrap_or_default();
            self.at += name.len();
            let valid =
                !name.is_empty() && name.bytes().all(|b| b == b'_' || b.is_ascii_alphanumeric());
            if !self.eat(">") || !valid {
                return Err(self.fault_in(start, "a group is named (?P<name>...)"));
            }
        } else if self.eat("?") {
            if !self.set_flags(start)? {
                return Ok(None);
            }
            captures = false;
        }
        self.groups += u32::from(captures);
        let index = self.groups;
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            return Err(self.fault(start, &format!("groups are nested {MAX_NESTING} deep at most")));
        }
        let sub = self.alternation()?;
        self.nesting -= 1;
        self.flags = outside;
        if !self.eat(")") {
            return Err(self.fault(start, "a ( that is not closed: write \\("));
        }
        Ok(Some(match captures {
            true => Hir::capture(Capture { index, name: None, sub: Box::new(sub) }),
            false => sub,
        }))
    }

    /// The flags of `(?i-s:` (true) or `(?i-s)`.
    fn set_flags(&mut self, start: usize) -> Result<bool> {
        let (mut flags, mut value, mut any) = (self.flags, true, true);
        loop {
            let c = self.next();
            let flag = match c {
                Some('i') => &mut flags.fold,
                Some('m') => &mut flags.lines,
                Some('s') => &mut flags.dot_newline,
                Some('U') => &mut flags.swap_greed,
                Some('-') if value => {
                    (value, any) = (false, false);
                    continue;
                }
                Some(':' | ')') if any => {
                    self.flags = flags;
                    return Ok(c == Some(':'));
                }
                _ => {
                    let what = "there are (?:...), (?P<name>...) and the flags i, m, s and U; \
                                no looking around, no back references";
                    return Err(self.fault_in(start, what));
                }
            };
            (*flag, any) = (value, true);
        }
    }

    /// One thing that matches, whose first character `c` at `start` was read.
    fn atom(&mut self, c: char, start: usize) -> Result<Hir> {
        let unicode = |class: ClassUnicode| Hir::class(Class::Unicode(class));
        Ok(match c {
            '.' if self.flags.dot_newline => unicode(range('\0', char::MAX)),
            '.' => unicode(class::negated(range('\n', '\n'))),
            '^' if self.flags.lines => Hir::look(Look::StartLF),
            '^' => Hir::look(Look::Start),
            '$' if self.flags.lines => Hir::look(Look::EndLF),
            '$' => Hir::look(Look::End),
            '[' => unicode(self.class(start)?),
            '\\' => match self.peek() {
                Some(c @ ('A' | 'z' | 'b' | 'B')) => {
                    self.at += 1;
                    match c {
                        'A' => Hir::look(Look::Start),
                        'z' => Hir::look(Look::End),
                        'b' => Hir::look(Look::WordAscii),
                        _ => Hir::look(Look::WordAsciiNegate),
                    }
                }
                _ => match self.named_class(start)? {
                    Some(class) => unicode(class),
                    None => character(self.escape(start)?, self.flags),
                },
            },
            c => character(c, self.flags),
        })
    }

    /// The character that is meant by an escape, whose backslash at `start` was read.
    pub(super) fn escape(&mut self, start: usize) -> Result<char> {
        let Some(c) = self.next() else {
            return Err(self.fault(start, "a \\ at the end: write \\\\"));
        };
        let digits = |parser: &mut Self, radix: u32, most: usize| {
            let rest = parser.rest();
            let count = rest.chars().take(most).take_while(|c| c.is_digit(radix)).count();
            let digits = rest.get(..count).unwrap_or_default();
            parser.at += count;
            (count, u32::from_str_radix(digits, radix).unwrap_or(0))
        };
        let value = match c {
            'a' => Some(7),
            'f' => Some(12),
            'n' => Some(10),
            'r' => Some(13),
            't' => Some(9),
            'v' => Some(11),
            '0'..='7' => {
                let first = u32::from(c) - u32::from('0');
                let (count, rest) = digits(self, 8, 2);
                (c == '0' || count > 0).then_some(first << (3 * count) | rest)
            }
            'x' if self.eat("{") => {
                let (count, value) = digits(self, 16, 8);
                (self.eat("}") && count > 0).then_some(value)
            }
            'x' => match digits(self, 16, 2) {
                (2, value) => Some(value),
                _ => None,
            },
            c if c.is_ascii() && !c.is_ascii_alphanumeric() => Some(u32::from(c)),
            _ => None,
        };
        match value.and_then(char::from_u32) {
            Some(c) => Ok(c),
            None if c == 'C' => Err(self.fault_in(start, "it would take characters apart")),
            None if c.is_ascii_digit() => {
                Err(self.fault_in(start, "no back references; a digit is written [0-9]"))
            }
            None => Err(self.fault_in(start, "there is no such escape")),
        }
    }
}
