//! Formats of STRFTIME and STRPTIME, compiled: a run of pieces.
//!
//! A piece is a letter of a specifier, the letter with its highest bit set for one without padding
//! (`%-d`), or 0, a length and that many bytes of text. Before them stand two bytes: the most that a
//! date has in this format, little-endian.

#[cfg(feature = "sql")]
use alloc::{format, string::String, vec::Vec};

/// A piece of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// As it is.
    Text(&'a [u8]),
    /// A specifier by its letter.
    Specifier { letter: u8, padded: bool },
}

/// The bit of a specifier that is not padded.
const PLAIN: u8 = 0x80;
/// Specifiers that can be without padding.
const PADDED: &[u8] = b"dmyHIMSj";
/// All specifiers that a compiled format has.
const LETTERS: &[u8] = b"aAbBdmyYHIMSfgnpjUWuwGVzZ";

/// The pieces of a format that `check` has seen.
pub(super) struct Pieces<'a>(&'a [u8]);

/// The pieces of a compiled format.
pub(super) fn pieces(format: &[u8]) -> Pieces<'_> {
    Pieces(format.get(2..).unwrap_or(&[]))
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let (first, rest) = self.0.split_first()?;
        if *first != 0 {
            self.0 = rest;
            return Some(Piece::Specifier { letter: first & !PLAIN, padded: first & PLAIN == 0 });
        }
        let (length, rest) = rest.split_first()?;
        let (text, rest) = rest.split_at_checked((*length).into())?;
        self.0 = rest;
        Some(Piece::Text(text))
    }
}

/// Whether bytes are a compiled format. Only its own text can be wrong otherwise.
pub(super) fn check(format: &[u8]) -> bool {
    let mut all = pieces(format);
    let known = all.by_ref().all(|piece| match piece {
        Piece::Text(text) => !text.is_empty() && core::str::from_utf8(text).is_ok(),
        Piece::Specifier { letter, padded } => {
            LETTERS.contains(&letter) && (padded || PADDED.contains(&letter))
        }
    });
    let longest = format.first_chunk().map(|bytes| u16::from_le_bytes(*bytes));
    known && all.0.is_empty() && longest == Some(longest_of(pieces(format)))
}

/// The most bytes that a date has in a format.
fn longest_of(pieces: Pieces<'_>) -> u16 {
    let of = |piece: Piece<'_>| match piece {
        Piece::Text(text) => text.len() as u16,
        Piece::Specifier { letter, .. } => match letter {
            b'A' | b'B' | b'n' => 9,
            // Years of a DATE: -5877641 to 5881580.
            b'Y' | b'G' => 8,
            b'f' => 6,
            b'a' | b'b' | b'g' | b'j' | b'z' | b'Z' => 3,
            b'u' | b'w' => 1,
            _ => 2,
        },
    };
    pieces.map(of).fold(0, u16::saturating_add)
}

/// Whether a format has one of some specifiers.
pub(super) fn has(format: &[u8], letters: &[u8]) -> bool {
    let is = |piece| matches!(piece, Piece::Specifier { letter, .. } if letters.contains(&letter));
    pieces(format).any(is)
}

/// Compiles a format.
#[cfg(feature = "sql")]
pub(super) fn compile(format: &str) -> Result<Vec<u8>, String> {
    if format.is_empty() {
        return Err("the format is empty".into());
    }
    let mut out = Vec::from([0, 0]);
    // Texts that stand side by side are one.
    let mut text = Vec::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            continue;
        }
        let rest = chars.as_str();
        let Some(mut letter) = chars.next() else {
            return Err("the format ends with a single %\nwrite %% for a percent sign".into());
        };
        let plain = letter == '-';
        if plain {
            letter = chars.next().unwrap_or(' ');
        }
        let long: &[u8] = match letter {
            '%' if !plain => {
                text.push(b'%');
                continue;
            }
            'c' if !plain => b"Y-m-d H:M:S",
            'x' if !plain => b"Y-m-d",
            'X' | 'T' if !plain => b"H:M:S",
            'h' if !plain => b"b",
            _ => {
                let byte = u8::try_from(letter).unwrap_or(0);
                let known = if plain { PADDED } else { LETTERS };
                if !known.contains(&byte) {
                    let end = rest.len() - chars.as_str().len();
                    let written = rest.get(..end).unwrap_or(rest);
                    return Err(format!("%{written} is no specifier of a format\n{SPECIFIERS}"));
                }
                flush(&mut text, &mut out);
                out.push(byte | if plain { PLAIN } else { 0 });
                continue;
            }
        };
        for &byte in long {
            if LETTERS.contains(&byte) {
                flush(&mut text, &mut out);
                out.push(byte);
            } else {
                text.push(byte);
            }
        }
    }
    flush(&mut text, &mut out);
    let longest = longest_of(pieces(&out)).to_le_bytes();
    out.splice(..2, longest);
    Ok(out)
}

#[cfg(feature = "sql")]
const SPECIFIERS: &str = "there are %a %A %b %B %c %d %f %g %G %h %H %I %j %m %M %n %p %S %T %u %U \
    %V %w %W %x %X %y %Y %z %Z %%, and without padding %-d %-H %-I %-j %-m %-M %-S %-y";

/// Appends a text as pieces of whole characters.
#[cfg(feature = "sql")]
fn flush(text: &mut Vec<u8>, out: &mut Vec<u8>) {
    let mut rest = core::str::from_utf8(text).unwrap_or_default();
    while !rest.is_empty() {
        let mut end = rest.len().min(255);
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let (piece, more) = rest.split_at(end);
        out.extend_from_slice(&[0, end as u8]);
        out.extend_from_slice(piece.as_bytes());
        rest = more;
    }
    text.clear();
}
