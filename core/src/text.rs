//! Texts byte by byte: reading from the front, writing whole numbers.

use core::fmt::{self, Write};

/// The part of a text that is left to read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scan<'a>(pub(crate) &'a [u8]);

impl<'a> Scan<'a> {
    /// A text without the spaces around it, in C's sense of a space.
    pub(crate) const fn trimmed(mut text: &'a [u8]) -> Self {
        while let [b' ' | b'\t'..=b'\r', rest @ ..] | [rest @ .., b' ' | b'\t'..=b'\r'] = text {
            text = rest;
        }
        Self(text)
    }

    /// Whether nothing is left.
    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes a byte, if it comes next.
    pub(crate) const fn skip(&mut self, byte: u8) -> bool {
        match self.0 {
            [first, rest @ ..] if *first == byte => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }

    /// Takes all spaces that come next.
    pub(crate) const fn spaces(&mut self) {
        while let [b' ' | b'\t'..=b'\r', rest @ ..] = self.0 {
            self.0 = rest;
        }
    }

    /// Takes a digit, if one comes next.
    pub(crate) const fn digit(&mut self) -> Option<u8> {
        match self.0 {
            [digit @ b'0'..=b'9', rest @ ..] => {
                self.0 = rest;
                Some(*digit - b'0')
            }
            _ => None,
        }
    }

    /// Takes up to `most` (at most 9) digits: their number, and how many there were.
    pub(crate) fn number(&mut self, most: u32) -> (u32, u32) {
        let (mut value, mut digits) = (0u32, 0);
        while digits < most
            && let Some(digit) = self.digit()
        {
            value = value.wrapping_mul(10).wrapping_add(digit.into());
            digits += 1;
        }
        (value, digits)
    }

    /// Takes the ASCII letters that come next.
    pub(crate) fn letters(&mut self) -> &'a [u8] {
        let end = self.0.iter().position(|b| !b.is_ascii_alphabetic()).unwrap_or(self.0.len());
        let (letters, rest) = self.0.split_at_checked(end).unwrap_or((self.0, &[]));
        self.0 = rest;
        letters
    }
}

/// Writes a number of at least `least` (at most 20) digits.
pub(crate) fn digits(out: &mut impl Write, mut value: u64, least: u32) -> fmt::Result {
    let mut buffer = [b'0'; 20];
    let mut written = 0u32;
    for slot in buffer.iter_mut().rev() {
        if value == 0 && written >= least {
            break;
        }
        *slot = b'0' + (value % 10) as u8;
        value /= 10;
        written += 1;
    }
    let text = buffer.get(20usize.saturating_sub(written as usize)..).unwrap_or(&[]);
    out.write_str(core::str::from_utf8(text).map_err(|_| fmt::Error)?)
}
