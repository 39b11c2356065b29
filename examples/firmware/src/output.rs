//! Text out of the device through semihosting, in whole chunks.
//!
//! Every semihosting call stops the core while the host works, so text is gathered
//! first and then leaves with one SYS_WRITE.

use core::fmt::{self, Write as _};

use cortex_m_semihosting::debug;
use cortex_m_semihosting::hio::{self, HostStream};
use heapless::Vec;

/// Bytes gathered before they are written.
const CHUNK: usize = 512;

/// A buffered stream of the host. Call [`Output::flush`] before the end: nothing does it
/// for you, because an error there must not go unseen.
pub struct Output {
    open: fn() -> Result<HostStream, ()>,
    stream: Option<HostStream>,
    chunk: Vec<u8, CHUNK>,
}

impl Output {
    /// The host's standard output, for rows; opened at the first write.
    pub const fn stdout() -> Self {
        Self { open: hio::hstdout, stream: None, chunk: Vec::new() }
    }

    /// The host's standard error, for everything else; opened at the first write.
    pub const fn stderr() -> Self {
        Self { open: hio::hstderr, stream: None, chunk: Vec::new() }
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
            empty => empty.insert((self.open)().map_err(|()| fmt::Error)?),
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

/// Ends the program with success.
pub fn succeed() -> ! {
    stop(debug::EXIT_SUCCESS)
}

/// Ends the program with failure, and says why on the host's standard error.
pub fn fail(why: &dyn fmt::Display) -> ! {
    if let Ok(mut stderr) = hio::hstderr() {
        // Nothing is left to try if even this fails.
        let _ = writeln!(stderr, "error: {why}");
    }
    stop(debug::EXIT_FAILURE)
}

/// Without a debugger there is nowhere to go, so it sleeps.
fn stop(status: debug::ExitStatus) -> ! {
    debug::exit(status);
    loop {
        cortex_m::asm::wfi();
    }
}
