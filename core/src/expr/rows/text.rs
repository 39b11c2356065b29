//! Texts and bytes as results.

use super::{Arguments, Outcome};
use crate::error::RunError;
use crate::expr::call::Invocation;

/// A text, or bytes, that grows in the place of a row's result.
#[derive(Debug)]
pub struct TextWriter<'a> {
    room: &'a mut [u8],
    len: usize,
    /// More was written than there is room for.
    overflow: bool,
}

impl<'a> TextWriter<'a> {
    /// Nothing yet, with so much room.
    pub(crate) const fn new(room: &'a mut [u8]) -> Self {
        Self { room, len: 0, overflow: false }
    }

    /// Appends bytes. What does not fit makes the row fail when it is done.
    #[inline]
    pub fn push(&mut self, bytes: &[u8]) {
        let free = self.room.get_mut(self.len..).unwrap_or(&mut []);
        match free.get_mut(..bytes.len()) {
            Some(place) if !self.overflow => {
                place.copy_from_slice(bytes);
                self.len = self.len.wrapping_add(bytes.len());
            }
            _ => self.overflow = true,
        }
    }

    /// Appends a character.
    #[inline]
    pub fn push_char(&mut self, c: char) {
        self.push(c.encode_utf8(&mut [0; 4]).as_bytes());
    }

    /// Whether more was written than fits: the rest need not be written.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.overflow
    }

    /// What was written so far.
    #[must_use]
    pub fn written(&mut self) -> &mut [u8] {
        self.room.get_mut(..self.len).unwrap_or(&mut [])
    }
}

impl core::fmt::Write for TextWriter<'_> {
    fn write_str(&mut self, s: &str) -> core::fmt::Result {
        self.push(s.as_bytes());
        if self.overflow { Err(core::fmt::Error) } else { Ok(()) }
    }
}

/// Texts or bytes as results: `f` appends a row's to the writer. A result that does not fit is a
/// failure.
///
/// # Errors
/// [`RunError::Internal`] if the call has other types.
pub fn texts<'a, A: Arguments<'a>>(
    call: &mut Invocation<'a>,
    mut f: impl FnMut(A, &mut TextWriter<'_>) -> Outcome<()>,
) -> Result<(), RunError> {
    let columns = A::columns(call)?;
    texts_by_row(call, |row, out| f(A::at(&columns, row), out))
}

/// The same for a function with any number of arguments: `f` is given the row.
///
/// # Errors
/// [`RunError::Internal`] if the result is no text.
pub fn texts_by_row(
    call: &mut Invocation<'_>,
    mut f: impl FnMut(usize, &mut TextWriter<'_>) -> Outcome<()>,
) -> Result<(), RunError> {
    let most = call.dst.data_type.text_capacity().ok_or(RunError::Internal)?;
    let stride = call.dst.data_type.size();
    for row in 0..call.rows() {
        if !call.is_open(row) {
            continue;
        }
        let start = row.wrapping_mul(stride);
        let slot = call.dst.values.get_mut(start..start.wrapping_add(stride));
        let (length, bytes) =
            slot.and_then(<[u8]>::split_first_chunk_mut::<2>).ok_or(RunError::Internal)?;
        let (room, rest) = bytes.split_at_mut_checked(most.into()).ok_or(RunError::Internal)?;
        let mut writer = TextWriter::new(room);
        let outcome = f(row, &mut writer);
        let fits = !writer.overflow && outcome == Outcome::Value(());
        let len = if fits { writer.len } else { 0 };
        if let Some(unused) = room.get_mut(len..) {
            unused.fill(0);
        }
        rest.fill(0);
        // It is at most what a VARCHAR has.
        *length = (len as u16).to_le_bytes();
        match outcome {
            Outcome::Null => call.set_null(row),
            _ if fits => {}
            _ => call.fail(row),
        }
    }
    Ok(())
}
