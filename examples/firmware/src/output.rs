//! Text out of the device through semihosting, in whole chunks.
//!
//! Every semihosting call stops the core while the host works, so text is gathered
//! first and then leaves with one SYS_WRITE to standard output.

use core::fmt;

use cortex_m_semihosting::hio::{self, HostStream};
use heapless::Vec;

/// Bytes gathered before they are written.
const CHUNK: usize = 512;

/// Buffered standard output. Call [`Output::flush`] before the end: nothing does it
/// for you, because an error there must not go unseen.
pub struct Output {
    stream: Option<HostStream>,
    chunk: Vec<u8, CHUNK>,
}

impl Output {
    /// An empty buffer; the stream is opened at the first write.
    pub const fn new() -> Self {
        Self { stream: None, chunk: Vec::new() }
    }

    /// Writes what is gathered.
    ///
    /// # Errors
    /// When the host refuses it.
    pub fn flush(&mut self) -> fmt::Result {
        if self.chunk.is_empty() {
            return Ok(());
        }
        let stream = match &mut self.stream {
            Some(stream) => stream,
            empty => empty.insert(hio::hstdout().map_err(|()| fmt::Error)?),
        };
        stream.write_all(&self.chunk).map_err(|()| fmt::Error)?;
        self.chunk.clear();
        Ok(())
    }
}

impl fmt::Write for Output {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text.as_bytes();
        while !rest.is_empty() {
            if self.chunk.is_full() {
                self.flush()?;
            }
            let room = self.chunk.capacity() - self.chunk.len();
            let (now, later) = rest.split_at(rest.len().min(room));
            self.chunk.extend_from_slice(now).map_err(|_| fmt::Error)?;
            rest = later;
        }
        Ok(())
    }
}
