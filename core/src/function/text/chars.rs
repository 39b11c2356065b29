//! The characters of a text.

/// Whether a byte goes on with a character that began before it.
const fn is_inner(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

/// The first character and what follows it.
#[inline]
pub(super) fn split_first(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (_, rest) = text.split_first()?;
    let inner = rest.iter().take_while(|byte| is_inner(**byte)).count();
    text.split_at_checked(1 + inner)
}

/// The last character and what precedes it.
#[inline]
pub(super) fn split_last(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let inner = text.iter().rev().take_while(|byte| is_inner(**byte)).count();
    let start = text.len().saturating_sub(inner.saturating_add(1));
    let (before, last) = text.split_at_checked(start)?;
    if last.is_empty() { None } else { Some((last, before)) }
}

/// How many characters there are.
#[inline]
pub(super) fn count(text: &[u8]) -> usize {
    let stray = text.first().is_some_and(|byte| is_inner(*byte));
    text.iter().filter(|byte| !is_inner(**byte)).count() + usize::from(stray)
}

/// Where character `n`, from 0, begins; the text's end if there is none.
pub(super) fn offset(text: &[u8], n: usize) -> usize {
    let starts = text.iter().enumerate().filter(|&(at, byte)| at == 0 || !is_inner(*byte));
    starts.map(|(at, _)| at).nth(n).unwrap_or(text.len())
}

/// The characters from `from`, counted from 0, up to `to`, as far as there are such.
pub(super) fn between(text: &[u8], from: i64, to: i64) -> &[u8] {
    let from = from.max(0);
    let count = to.saturating_sub(from).max(0);
    let start = offset(text, usize::try_from(from).unwrap_or(usize::MAX));
    let rest = text.get(start..).unwrap_or(&[]);
    let end = offset(rest, usize::try_from(count).unwrap_or(usize::MAX));
    rest.get(..end).unwrap_or(&[])
}

/// The code point of a character; `None` if its bytes are no UTF-8.
#[inline]
pub(super) fn decode(character: &[u8]) -> Option<char> {
    match character {
        [byte] if byte.is_ascii() => Some(char::from(*byte)),
        _ => core::str::from_utf8(character).ok()?.chars().next(),
    }
}

/// A character in upper case: one for one, as DuckDB has it (Unicode's simple mapping).
pub(super) fn upper(c: char) -> char {
    match c {
        'ß' => 'ẞ',
        // What has a titlecase form of its own (SpecialCasing.txt: "the iota subscript").
        '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => moved(c, 8),
        '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => moved(c, 9),
        _ => single(c, c.to_uppercase()),
    }
}

/// A character in lower case, likewise.
pub(super) fn lower(c: char) -> char {
    match c {
        'İ' => 'i',
        _ => single(c, c.to_lowercase()),
    }
}

fn moved(c: char, by: u32) -> char {
    char::from_u32(u32::from(c).wrapping_add(by)).unwrap_or(c)
}

/// The one character that another is mapped to; itself if there are several.
fn single(c: char, mut to: impl Iterator<Item = char>) -> char {
    match (to.next(), to.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `upper` and `lower` may make a text half as long again, which their bound relies on.
    #[test]
    fn case_makes_only_two_bytes_three() {
        for c in '\0'..=char::MAX {
            for mapped in [upper(c), lower(c)] {
                let (from, to) = (c.len_utf8(), mapped.len_utf8());
                assert!(to <= from || (from, to) == (2, 3), "{c:?} {mapped:?}");
            }
        }
    }

    /// UnicodeData.txt, fields 12 and 13.
    #[test]
    fn case_is_one_for_one() {
        let pairs =
            [('a', 'A'), ('é', 'É'), ('ß', 'ẞ'), ('ᾀ', 'ᾈ'), ('ῳ', 'ῼ'), ('ﬁ', 'ﬁ'), ('ɐ', 'Ɐ')];
        for (small, big) in pairs {
            assert_eq!(upper(small), big);
        }
        assert_eq!(['İ', 'ẞ', 'Ⱥ', 'Σ', 'K'].map(lower), ['i', 'ß', 'ⱥ', 'σ', 'k']);
        assert_eq!(['ı', 'ſ', 'ŉ'].map(upper), ['I', 'S', 'ŉ']);
    }

    #[test]
    fn what_is_no_utf_8_has_characters_too() {
        let texts: [&[u8]; 5] =
            [b"\x80\x80a", b"\xff\xff", b"a\x80\x80\x80\x80\x80b", b"\xe6\x97", b""];
        for (text, characters) in texts.into_iter().zip([2, 2, 2, 1, 0]) {
            assert_eq!(count(text), characters, "{text:?}");
            let (mut rest, mut n) = (text, 0);
            while let Some((character, after)) = split_first(rest) {
                assert_eq!(character, between(text, n, n + 1));
                (rest, n) = (after, n + 1);
            }
            assert_eq!(n, characters as i64);
            while let Some((character, before)) = split_last(rest) {
                n -= 1;
                assert_eq!(character, between(text, n, n + 1));
                rest = before;
            }
        }
    }
}
