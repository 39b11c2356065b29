//! Patterns of LIKE: `%` stands for any characters, `_` for one.

use super::{chars, search};

/// What a pattern without `_` comes to, if it is one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Simple<'a> {
    /// `text`
    Equal(&'a [u8]),
    /// `text%`
    Start(&'a [u8]),
    /// `%text`
    End(&'a [u8]),
    /// `%text%`
    Within(&'a [u8]),
}

impl<'a> Simple<'a> {
    /// The simple form of a pattern without an escape character.
    pub(super) fn of(pattern: &'a [u8]) -> Option<Self> {
        let special = |text: &[u8]| text.iter().any(|byte| matches!(byte, b'%' | b'_'));
        let (form, text): (fn(&'a [u8]) -> Self, _) = match pattern {
            [b'%', text @ .., b'%'] => (Self::Within, text),
            [b'%', text @ ..] => (Self::End, text),
            [text @ .., b'%'] => (Self::Start, text),
            text => (Self::Equal, text),
        };
        (!special(text)).then(|| form(text))
    }

    /// Whether a text is like that.
    #[inline]
    pub(super) fn matches(self, text: &[u8]) -> bool {
        match self {
            Self::Equal(whole) => text == whole,
            Self::Start(start) => text.starts_with(start),
            Self::End(end) => text.ends_with(end),
            Self::Within(part) => search::find(text, part).is_some(),
        }
    }
}

/// How characters are compared: both rests behind equal ones.
pub(super) type Step = for<'a> fn(&'a [u8], &'a [u8]) -> Option<(&'a [u8], &'a [u8])>;

/// Compares one byte.
pub(super) fn same<'a>(text: &'a [u8], pattern: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
    let ((a, text), (b, pattern)) = (text.split_first()?, pattern.split_first()?);
    (a == b).then_some((text, pattern))
}

/// Compares one character in lower case.
pub(super) fn same_letter<'a>(text: &'a [u8], pattern: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
    let ((a, text), (b, pattern)) = (chars::split_first(text)?, chars::split_first(pattern)?);
    let letters = || Some(chars::lower(chars::decode(a)?) == chars::lower(chars::decode(b)?));
    (a == b || letters() == Some(true)).then_some((text, pattern))
}

/// Whether a text is like a pattern; `None` if the pattern ends with its escape character, and the
/// comparison gets there.
///
/// Of the `%`s only the last is tried again with more characters: that the ones before took as few
/// as they could leaves the most to it. So the work is at most the text's length times the
/// pattern's.
pub(super) fn matches<'a>(
    mut text: &'a [u8],
    mut pattern: &'a [u8],
    escape: Option<u8>,
    step: Step,
) -> Option<bool> {
    // What follows the last %, and where in the text that is tried.
    let mut last: Option<(&'a [u8], &'a [u8])> = None;
    loop {
        let next = match pattern {
            [first, literal @ ..] if Some(*first) == escape => {
                if literal.is_empty() {
                    return None;
                }
                step(text, literal)
            }
            [b'%', rest @ ..] => {
                if rest.is_empty() {
                    return Some(true);
                }
                last = Some((rest, text));
                Some((text, rest))
            }
            [b'_', rest @ ..] => chars::split_first(text).map(|(_, text)| (text, rest)),
            [] if text.is_empty() => return Some(true),
            [] => None,
            literal => step(text, literal),
        };
        (text, pattern) = match (next, last) {
            (Some(next), _) => next,
            (None, Some((after, tried))) if !text.is_empty() => {
                let Some((_, rest)) = chars::split_first(tried) else { return Some(false) };
                last = Some((after, rest));
                (rest, after)
            }
            // No text is left, or there was no %.
            (None, _) => return Some(false),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::vec::Vec;

    #[test]
    fn simple_patterns_are_found() {
        assert_eq!(Simple::of(b"ab"), Some(Simple::Equal(b"ab")));
        assert_eq!(Simple::of(b"ab%"), Some(Simple::Start(b"ab")));
        assert_eq!(Simple::of(b"%ab"), Some(Simple::End(b"ab")));
        assert_eq!(Simple::of(b"%ab%"), Some(Simple::Within(b"ab")));
        assert_eq!(Simple::of(b"%"), Some(Simple::End(b"")));
        for other in ["a_", "a%b", "%a%b%", "_", "%%%"] {
            assert_eq!(Simple::of(other.as_bytes()), None, "{other}");
        }
    }

    /// LIKE by its definition.
    fn by_definition(text: &[char], pattern: &[char]) -> bool {
        match (pattern, text) {
            ([], _) => text.is_empty(),
            (['%', rest @ ..], _) => (0..=text.len()).any(|n| by_definition(&text[n..], rest)),
            (['_', rest @ ..], [_, text @ ..]) => by_definition(text, rest),
            ([p, rest @ ..], [t, text @ ..]) => p == t && by_definition(text, rest),
            (_, []) => false,
        }
    }

    proptest! {
        #[test]
        fn matches_as_defined(text in "[abé]{0,12}", pattern in "[abé%_]{0,8}") {
            let of = |s: &str| s.chars().collect::<Vec<_>>();
            let wanted = by_definition(&of(&text), &of(&pattern));
            let (t, p) = (text.as_bytes(), pattern.as_bytes());
            prop_assert_eq!(matches(t, p, None, same), Some(wanted));
            prop_assert_eq!(matches(text.to_uppercase().as_bytes(), p, None, same_letter), Some(wanted));
            if let Some(simple) = Simple::of(p) {
                prop_assert_eq!(simple.matches(t), wanted);
            }
        }
    }

    #[test]
    fn many_percents_are_no_trouble() {
        let text = "a".repeat(4096);
        let pattern = "%a".repeat(500) + "b";
        assert_eq!(matches(text.as_bytes(), pattern.as_bytes(), None, same), Some(false));
    }
}
