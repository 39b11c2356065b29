//! RingQL on a Cortex-M4F: the SysTick exception pushes records into a static ring,
//! the main loop drains it, and text leaves through semihosting.
//!
//! `cargo xtask firmware` builds this, runs it under QEMU, and compares what it
//! prints with the host, byte for byte.
#![no_std]
#![no_main]

mod output;
mod panic;
mod sensor;

use core::fmt::Write as _;

use cortex_m::Peripherals;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_rt::entry;
use cortex_m_semihosting::debug;
use heapless::spsc::Queue;

use output::Output;
use sensor::{RECORDS, Reading};

/// Records the ring can hold, plus the one slot that an SPSC ring keeps free.
const RING_SLOTS: usize = 32 + 1;

/// Core clock cycles between two records: 0.2 ms at the board's 25 MHz.
const TICK_CYCLES: u32 = 5_000;

#[entry]
fn main() -> ! {
    // `#[entry]` runs once and hands such a static over as `&'static mut`, safely.
    static mut RING: Queue<Reading, RING_SLOTS> = Queue::new();
    let (producer, mut consumer) = RING.split();
    sensor::start(producer);

    if let Some(mut peripherals) = Peripherals::take() {
        let syst = &mut peripherals.SYST;
        syst.set_clock_source(SystClkSource::Core);
        syst.set_reload(TICK_CYCLES - 1);
        syst.clear_current();
        syst.enable_counter();
        syst.enable_interrupt();
    }

    let mut out = Output::new();
    let mut seen = 0;
    let mut failed = writeln!(out, "seq,value").is_err();
    while seen < RECORDS && !failed {
        match consumer.dequeue() {
            Some(Reading { seq, value }) => {
                seen += 1;
                failed = writeln!(out, "{seq},{value}").is_err();
            }
            // Nothing to do until the next interrupt.
            None => cortex_m::asm::wfi(),
        }
    }
    failed |= out.flush().is_err();
    exit(if failed { debug::EXIT_FAILURE } else { debug::EXIT_SUCCESS })
}

/// Ends the program; without a debugger there is nowhere to go, so it sleeps.
fn exit(status: debug::ExitStatus) -> ! {
    debug::exit(status);
    loop {
        cortex_m::asm::wfi();
    }
}
