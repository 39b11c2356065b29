//! Formats as they are written, to pieces: those of FORMAT (Python's and {fmt}'s) and of PRINTF.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::spec::{Align, Piece, Spec, pieces};
use crate::fmt::digits::MOST_PLACES;
use crate::function::MAX_ARGUMENTS;
use crate::types::DataType;

type Result<T> = core::result::Result<T, String>;

const PLAIN: Spec = Spec {
    argument: 0,
    align: Align::Default,
    sign: 0,
    alternate: false,
    printf: false,
    fill: b' ',
    kind: 0,
    separator: 0,
    precision: None,
    width: 0,
};

/// A format with `{}`.
pub(super) fn braces(text: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut rest, mut next, mut numbered) = (text.as_bytes(), 0, false);
    while let Some(at) = rest.iter().position(|byte| matches!(byte, b'{' | b'}')) {
        let (before, mark) = rest.split_at(at);
        Piece::Text(before).encode(&mut bytes);
        rest = match mark {
            [b'{', b'{', rest @ ..] | [b'}', b'}', rest @ ..] => {
                Piece::Text(mark.get(..1).unwrap_or(&[])).encode(&mut bytes);
                rest
            }
            [b'}', ..] => return Err("the format has a } without a {".into()),
            _ => {
                let end = mark.iter().position(|byte| *byte == b'}');
                let end = end.ok_or("the format has a { without a }")?;
                let inner = mark.get(1..end).unwrap_or(&[]);
                let mut cursor = Cursor { rest: inner };
                let number = cursor.number()?;
                if next > 0 && (numbered != number.is_some()) {
                    return Err("the format has {} and {0}: number all of them or none".into());
                }
                numbered = number.is_some();
                let mut spec = Spec { argument: argument(number.unwrap_or(next))?, ..PLAIN };
                next += 1;
                if cursor.takes(b":") {
                    cursor.braces(&mut spec)?;
                }
                cursor.end()?;
                Piece::Value(spec).encode(&mut bytes);
                mark.get(end + 1..).unwrap_or(&[])
            }
        };
    }
    Piece::Text(rest).encode(&mut bytes);
    Ok(bytes)
}

/// A format with `%d`.
pub(super) fn percent(text: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut rest, mut next) = (text.as_bytes(), 0);
    while let Some(at) = rest.iter().position(|byte| *byte == b'%') {
        let (before, mark) = rest.split_at(at);
        Piece::Text(before).encode(&mut bytes);
        let mut cursor = Cursor { rest: mark.get(1..).unwrap_or(&[]) };
        if cursor.takes(b"%") {
            Piece::Text(b"%").encode(&mut bytes);
        } else {
            let mut spec = Spec { argument: argument(next)?, printf: true, ..PLAIN };
            next += 1;
            cursor.percent(&mut spec)?;
            Piece::Value(spec).encode(&mut bytes);
        }
        rest = cursor.rest;
    }
    Piece::Text(rest).encode(&mut bytes);
    Ok(bytes)
}

/// The format, if as many values follow as it has places for.
pub(super) fn filled(format: Vec<u8>, values: usize) -> Result<Vec<u8>> {
    let needed = pieces(&format).map(|piece| match piece {
        Piece::Value(spec) => usize::from(spec.argument) + 1,
        Piece::Text(_) => 0,
    });
    let needed = needed.max().unwrap_or(0);
    if needed > values {
        let message = format!("the format has a place for value {needed}, and {values} follow");
        return Err(message + "\nwrite a value for each place");
    }
    Ok(format)
}

fn argument(number: u16) -> Result<u8> {
    let within = u8::try_from(number).ok().filter(|n| usize::from(*n) + 1 < MAX_ARGUMENTS);
    within.ok_or_else(|| format!("a format has at most {} values", MAX_ARGUMENTS - 1))
}

/// What is left of a format to read.
struct Cursor<'a> {
    rest: &'a [u8],
}

impl Cursor<'_> {
    /// Takes the next byte if it is one of these.
    fn one_of(&mut self, set: &[u8]) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        set.contains(first).then(|| {
            self.rest = rest;
            *first
        })
    }

    fn takes(&mut self, set: &[u8]) -> bool {
        self.one_of(set).is_some()
    }

    fn number(&mut self) -> Result<Option<u16>> {
        let digits = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (number, rest) = self.rest.split_at(digits);
        self.rest = rest;
        if number.is_empty() {
            return Ok(None);
        }
        let value = core::str::from_utf8(number).ok().and_then(|n| n.parse().ok());
        let value = value.filter(|value| *value <= DataType::MAX_VARCHAR);
        value
            .map(Some)
            .ok_or_else(|| format!("the format has a number over {}", DataType::MAX_VARCHAR))
    }

    fn precision(&mut self) -> Result<Option<u8>> {
        if !self.takes(b".") {
            return Ok(None);
        }
        let precision = self.number()?.and_then(|n| u8::try_from(n).ok());
        let precision = precision.filter(|n| *n <= MOST_PLACES);
        let message = || format!("the format has a . without a precision from 0 to {MOST_PLACES}");
        precision.map(Some).ok_or_else(message)
    }

    /// The end of a `{}`.
    fn end(&self) -> Result<()> {
        match self.rest {
            [] => Ok(()),
            rest => Err(unknown("{}", rest)),
        }
    }

    /// `[[fill]align][,|tC|sign][#][0][width][.precision][type]`
    fn braces(&mut self, spec: &mut Spec) -> Result<()> {
        if let [fill, b'<' | b'>' | b'^' | b'=', ..] = self.rest
            && fill.is_ascii()
        {
            spec.fill = *fill;
            self.rest = self.rest.get(1..).unwrap_or(&[]);
        }
        spec.align = match self.one_of(b"<>^=") {
            Some(b'<') => Align::Left,
            Some(b'>') => Align::Right,
            Some(b'^') => Align::Center,
            Some(_) => Align::Numeric,
            None => Align::Default,
        };
        if self.takes(b",") {
            spec.separator = b',';
        } else if let [b't', separator, rest @ ..] = self.rest
            && separator.is_ascii()
        {
            (spec.separator, self.rest) = (*separator, rest);
        } else {
            // A minus says what is so anyway.
            spec.sign = self.one_of(b"+- ").filter(|sign| *sign != b'-').unwrap_or(0);
        }
        spec.alternate = self.takes(b"#");
        if self.takes(b"0") {
            (spec.align, spec.fill) = (Align::Numeric, b'0');
        }
        spec.width = self.number()?.unwrap_or(0);
        spec.precision = self.precision()?;
        spec.kind = self.one_of(b"dxXobBnLeEfFgGs").unwrap_or(0);
        spec.checked()
    }

    /// `[flags][width][.precision][length]type`
    fn percent(&mut self, spec: &mut Spec) -> Result<()> {
        let mut left = false;
        while let Some(flag) = self.one_of(b"-+ #0,'_") {
            match flag {
                b'-' => left = true,
                b'+' => spec.sign = b'+',
                b' ' if spec.sign == 0 => spec.sign = b' ',
                b' ' => {}
                b'#' => spec.alternate = true,
                b'0' => (spec.align, spec.fill) = (Align::Numeric, b'0'),
                separator => spec.separator = separator,
            }
        }
        if left && spec.align == Align::Default {
            spec.align = Align::Left;
        }
        spec.width = self.number()?.unwrap_or(0);
        spec.precision = self.precision()?;
        while self.takes(b"lqjztL") {}
        let kind = self.one_of(b"diuxXoeEfFgGs");
        spec.kind = kind.ok_or_else(|| unknown("%", self.rest))?;
        // C takes no zeros for a text.
        if spec.kind == b's' && spec.align == Align::Numeric {
            (spec.align, spec.fill) = (if left { Align::Left } else { Align::Right }, b' ');
        }
        spec.checked()
    }
}

impl Spec {
    /// Refuses that of which {fmt} and C make different things.
    fn checked(&self) -> Result<()> {
        let lower = self.kind.to_ascii_lowercase();
        if self.alternate && matches!(lower, b'e' | b'f' | b'g') {
            return Err("the format has a # before a float: it goes with x, X, o, b and B".into());
        }
        if lower == b'g' && self.precision == Some(0) {
            return Err("the format has no digit in .0g: write .1g".into());
        }
        Ok(())
    }
}

fn unknown(place: &str, rest: &[u8]) -> String {
    match String::from_utf8_lossy(rest).chars().next() {
        Some(c) => format!("the format has {c:?} in a {place}, where it means nothing"),
        None => "the format ends in the middle".to_string(),
    }
}
