//! Waiting for the other end of a ring.

use std::thread;
use std::time::Duration;

/// Waits a little longer each time: busy for some microseconds, then giving way to other threads,
/// then asleep for up to a millisecond. Nothing has to wake it, so the hot side of a ring never pays.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    round: u32,
}

impl Backoff {
    const SPINS: u32 = 7;
    const YIELDS: u32 = 16;
    const LONGEST: u32 = 5;

    /// There was something to do: the next wait is short again.
    pub(super) const fn reset(&mut self) {
        self.round = 0;
    }

    /// Whether the next wait is a sleep, so that there is time for other work before it.
    pub(super) const fn is_long(&self) -> bool {
        self.round >= Self::YIELDS
    }

    /// Waits.
    pub(super) fn wait(&mut self) {
        if self.round < Self::SPINS {
            for _ in 0..1 << self.round {
                std::hint::spin_loop();
            }
        } else if self.round < Self::YIELDS {
            thread::yield_now();
        } else {
            let doublings = (self.round - Self::YIELDS).min(Self::LONGEST);
            thread::sleep(Duration::from_micros(32 << doublings));
        }
        self.round = self.round.saturating_add(1);
    }
}
