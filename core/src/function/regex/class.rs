//! Classes of characters, by name and in brackets, as RE2 has them.

use alloc::format;

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, HirKind};

use super::parse::{Parser, Result};

/// The characters from `low` to `high`.
pub(super) fn range(low: char, high: char) -> ClassUnicode {
    ClassUnicode::new([ClassUnicodeRange::new(low, high)])
}

/// The characters of several ranges.
fn ranges(ranges: &[(char, char)]) -> ClassUnicode {
    ClassUnicode::new(ranges.iter().map(|&(low, high)| ClassUnicodeRange::new(low, high)))
}

/// All other characters.
pub(super) fn negated(mut class: ClassUnicode) -> ClassUnicode {
    class.negate();
    class
}

/// A class and, if `fold`, what differs from it only in case.
pub(super) fn folded(mut class: ClassUnicode, fold: bool) -> ClassUnicode {
    if fold {
        class.case_fold_simple();
    }
    class
}

/// The class that `\d`, `\s` or `\w` means, and `\D`, `\S`, `\W` mean the opposite of.
pub(super) fn perl(c: char) -> Option<ClassUnicode> {
    Some(match c {
        'd' | 'D' => range('0', '9'),
        's' | 'S' => ranges(&[('\t', '\n'), ('\x0c', '\r'), (' ', ' ')]),
        'w' | 'W' => posix("word")?,
        _ => return None,
    })
}

/// The class of `[:name:]`.
pub(super) fn posix(name: &str) -> Option<ClassUnicode> {
    const UPPER: (char, char) = ('A', 'Z');
    const LOWER: (char, char) = ('a', 'z');
    const DIGIT: (char, char) = ('0', '9');
    Some(ranges(match name {
        "alnum" => &[UPPER, LOWER, DIGIT],
        "alpha" => &[UPPER, LOWER],
        "ascii" => &[('\0', '\x7f')],
        "blank" => &[('\t', '\t'), (' ', ' ')],
        "cntrl" => &[('\0', '\x1f'), ('\x7f', '\x7f')],
        "digit" => &[DIGIT],
        "graph" => &[('!', '~')],
        "lower" => &[LOWER],
        "print" => &[(' ', '~')],
        "punct" => &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        "space" => &[('\t', '\r'), (' ', ' ')],
        "upper" => &[UPPER],
        "word" => &[UPPER, LOWER, DIGIT, ('_', '_')],
        "xdigit" => &[DIGIT, ('A', 'F'), ('a', 'f')],
        _ => return None,
    }))
}

/// The class of `\p{name}`: a general category or a script.
pub(super) fn unicode(name: &str) -> Option<ClassUnicode> {
    let cased = name.starts_with(|c: char| c.is_ascii_uppercase());
    if !cased || !name.bytes().all(|b| b == b'_' || b.is_ascii_alphabetic()) {
        return None;
    }
    // In brackets with a letter, because a class of one character would become a literal.
    let with = |c: char| match regex_syntax::parse(&format!("[\\p{{{name}}}{c}]")).ok()?.into_kind()
    {
        HirKind::Class(Class::Unicode(class)) => Some(class),
        _ => None,
    };
    let mut class = with('a')?;
    class.intersect(&with('b')?);
    Some(class)
}

impl<'a> Parser<'a> {
    /// `\d`, `\pL` or `\p{Greek}` behind its backslash; `None` if it is something else.
    pub(super) fn named_class(&mut self, start: usize) -> Result<Option<ClassUnicode>> {
        let Some(c) = self.peek() else { return Ok(None) };
        if let Some(class) = perl(c) {
            self.at += 1;
            return Ok(Some(self.named(class, c.is_ascii_uppercase())));
        }
        if !matches!(c, 'p' | 'P') {
            return Ok(None);
        }
        self.at += 1;
        let braced = self.eat("{");
        let end = if braced { self.rest().find('}') } else { self.peek().map(char::len_utf8) };
        let name = self.rest().get(..end.unwrap_or(0)).unwrap_or_default();
        self.at += name.len();
        let closed = !braced || self.eat("}");
        let name = name.strip_prefix('^').map_or((name, false), |name| (name, true));
        match unicode(name.0).filter(|_| closed) {
            Some(class) => Ok(Some(self.named(class, (c == 'P') != name.1))),
            None => {
                let what = "there are the general categories, like \\pL and \\p{Lu}, and scripts, \
                            like \\p{Greek}";
                Err(self.fault_in(start, what))
            }
        }
    }

    /// A class with a name: folded first, as RE2 does it.
    fn named(&self, class: ClassUnicode, negate: bool) -> ClassUnicode {
        let class = folded(class, self.flags.fold);
        if negate { negated(class) } else { class }
    }

    /// `[...]`, whose `[` at `start` was read.
    pub(super) fn class(&mut self, start: usize) -> Result<ClassUnicode> {
        let open = |parser: &Self| parser.fault(start, "a [ that is not closed: write \\[");
        let negate = self.eat("^");
        let mut class = ClassUnicode::empty();
        let mut first = true;
        loop {
            let at = self.at;
            match self.next() {
                None => return Err(open(self)),
                Some(']') if !first => break,
                Some('[') if self.posix_name().is_some() => {
                    class.union(&self.posix(at)?);
                }
                Some(c) => {
                    let named = if c == '\\' { self.named_class(at)? } else { None };
                    match named {
                        Some(named) => class.union(&named),
                        None => class.union(&self.range(c, at)?),
                    }
                }
            }
            first = false;
        }
        Ok(if negate { negated(class) } else { class })
    }

    /// The name in `[:name:]`, whose `[` was read.
    fn posix_name(&self) -> Option<&'a str> {
        Some(self.rest().strip_prefix(':')?.split_once(":]")?.0)
    }

    /// `[:alpha:]` or `[:^alpha:]`, whose `[` at `start` was read.
    fn posix(&mut self, start: usize) -> Result<ClassUnicode> {
        let name = self.posix_name().unwrap_or_default();
        self.at += name.len() + 3;
        let (name, negate) = name.strip_prefix('^').map_or((name, false), |name| (name, true));
        match posix(name) {
            Some(class) => Ok(self.named(class, negate)),
            None => Err(self.fault_in(start, "there are [:alpha:], [:digit:] and the like")),
        }
    }

    /// A character of a class, or `a-z`, whose first character `c` at `start` was read.
    fn range(&mut self, c: char, start: usize) -> Result<ClassUnicode> {
        let low = if c == '\\' { self.escape(start)? } else { c };
        let mut high = low;
        if self.rest().starts_with('-') && !self.rest().starts_with("-]") && self.rest().len() > 1 {
            self.at += 1;
            let at = self.at;
            high = match self.next() {
                Some('\\') => self.escape(at)?,
                other => other.unwrap_or(low),
            };
        }
        match low <= high {
            true => Ok(folded(range(low, high), self.flags.fold)),
            false => Err(self.fault_in(start, "a range has its lowest character first")),
        }
    }
}
