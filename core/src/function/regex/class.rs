//! Classes of characters by name, as RE2 has them.

use alloc::format;

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, HirKind};

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
