//! Lines of an input, in a buffer that moves along it.

use std::io;
use std::ops::Range;

use memchr::memchr;

use super::{Bytes, read_some};

/// Bytes asked for at once.
const CHUNK: usize = 256 * 1024;
/// A row longer than this is an error: without an end, a quoted text would eat all memory.
const LONGEST: usize = 64 * 1024 * 1024;

/// The input's text from the first line that is not consumed.
pub(super) struct Lines {
    input: Bytes,
    buffer: Vec<u8>,
    /// The part of the buffer that is text.
    text: Range<usize>,
    /// The first line end at or after the start, if it is known.
    newline: Option<usize>,
    ended: bool,
    /// The number of the line at the start, from 1.
    number: u64,
}

/// Where a line ends: `len` bytes from the start of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct End {
    pub(super) len: usize,
    /// Whether a line break is there, or just the end of the input.
    terminated: bool,
}

impl Lines {
    pub(super) fn new(input: Bytes) -> Self {
        Self { input, buffer: Vec::new(), text: 0..0, newline: None, ended: false, number: 1 }
    }

    /// The number of the first line that is not consumed, from 1.
    pub(super) const fn number(&self) -> u64 {
        self.number
    }

    /// Whether a whole line is there without reading on.
    pub(super) fn at_hand(&mut self) -> bool {
        if self.newline.is_none() {
            let text = &self.buffer[self.text.clone()];
            self.newline = memchr(b'\n', text).map(|at| self.text.start + at);
        }
        self.newline.is_some() || (self.ended && !self.text.is_empty())
    }

    /// The end of the first line; `None` at the end of the input.
    pub(super) fn line(&mut self) -> io::Result<Option<End>> {
        if self.at_hand()
            && let Some(at) = self.newline
        {
            return Ok(Some(End { len: at - self.text.start, terminated: true }));
        }
        self.end_after(self.text.len())
    }

    /// The first line end that is at least `from` bytes after the start.
    pub(super) fn end_after(&mut self, from: usize) -> io::Result<Option<End>> {
        let mut from = from;
        loop {
            let text = &self.buffer[self.text.clone()];
            if let Some(at) = memchr(b'\n', text.get(from..).unwrap_or(&[])) {
                return Ok(Some(End { len: from + at, terminated: true }));
            }
            from = from.max(text.len());
            if !self.read_more()? {
                let len = self.text.len();
                return Ok((len > 0).then_some(End { len, terminated: false }));
            }
        }
    }

    /// The text up to a line's end, without the line break.
    pub(super) fn text(&self, end: End) -> &[u8] {
        &self.buffer[self.text.start..][..end.len]
    }

    /// Drops the text up to a line's end, which are `lines` lines.
    pub(super) fn consume(&mut self, end: End, lines: u64) {
        self.text.start += end.len + usize::from(end.terminated);
        self.newline = None;
        self.number += lines;
    }

    /// Appends to the text; false at the end of the input.
    fn read_more(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        if self.text.is_empty() {
            self.text = 0..0;
        } else if self.buffer.len() - self.text.end < CHUNK / 2 {
            self.buffer.copy_within(self.text.clone(), 0);
            self.text = 0..self.text.len();
        }
        self.newline = None;
        if self.buffer.len() - self.text.end < CHUNK / 2 {
            if self.text.len() > LONGEST {
                let what = format!("line {} is longer than {LONGEST} bytes", self.number);
                return Err(io::Error::new(io::ErrorKind::InvalidData, what));
            }
            self.buffer.resize(self.buffer.len() * 2 + CHUNK, 0);
        }
        let read = read_some(&mut self.input, &mut self.buffer[self.text.end..])?;
        self.text.end += read;
        self.ended = read == 0;
        Ok(read > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives its text in pieces of `step` bytes.
    struct Slow(Vec<u8>, usize);

    impl io::Read for Slow {
        fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
            let n = self.1.min(self.0.len()).min(room.len());
            room[..n].copy_from_slice(&self.0[..n]);
            self.0.drain(..n);
            Ok(n)
        }
    }

    #[test]
    fn lines_do_not_depend_on_how_they_arrive() {
        let text = "a\n\nbcd\nlast";
        for step in 1..20 {
            let mut lines = Lines::new(Box::new(Slow(text.as_bytes().to_vec(), step)));
            let mut seen = Vec::new();
            while let Some(end) = lines.line().unwrap() {
                seen.push((lines.number(), String::from_utf8(lines.text(end).to_vec()).unwrap()));
                lines.consume(end, 1);
            }
            let expected = ["a", "", "bcd", "last"].map(String::from);
            assert_eq!(seen, (1..).zip(expected).collect::<Vec<_>>());
        }
    }

    #[test]
    fn long_lines_grow_the_buffer() {
        let long = "x".repeat(3 * CHUNK);
        let text = format!("{long}\nshort\n{long}\n");
        let mut lines = Lines::new(Box::new(Slow(text.into_bytes(), CHUNK - 1)));
        for expected in [long.len(), 5, long.len()] {
            let end = lines.line().unwrap().unwrap();
            assert_eq!(lines.text(end).len(), expected);
            lines.consume(end, 1);
        }
        assert_eq!(lines.line().unwrap(), None);
    }

    #[test]
    fn a_later_end() {
        let mut lines = Lines::new(Box::new(&b"a\nb\nc"[..]));
        let first = lines.line().unwrap().unwrap();
        let second = lines.end_after(first.len + 1).unwrap().unwrap();
        assert_eq!(lines.text(second), b"a\nb");
        lines.consume(second, 2);
        assert_eq!(lines.number(), 3);
        let third = lines.line().unwrap().unwrap();
        assert_eq!((lines.text(third), third.terminated), (&b"c"[..], false));
    }
}
