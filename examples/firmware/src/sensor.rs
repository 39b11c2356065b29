//! The producing side: an interrupt that makes one record per tick.

use core::cell::RefCell;
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use core::sync::atomic::{Ordering::Acquire, Ordering::Release};

use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_rt::exception;
use critical_section::Mutex;
use heapless::spsc::{Producer, Queue};

use crate::plan::{RECORDS, Record};

/// The ring between the interrupt and the main loop. It holds 63 records: an SPSC ring keeps one
/// slot free.
pub type Ring = Queue<Record, 64>;

/// Core clock cycles between two records: 20 microseconds at the board's 25 MHz.
const TICK_CYCLES: u32 = 500;

/// Where [`start`] leaves the ring's end for the interrupt's first run to pick up.
static HANDOVER: Mutex<RefCell<Option<Producer<'static, Record>>>> = Mutex::new(RefCell::new(None));

static REFUSED: AtomicU32 = AtomicU32::new(0);
static HIGH_WATER: AtomicU32 = AtomicU32::new(0);
static DONE: AtomicBool = AtomicBool::new(false);

/// Gives the interrupt its end of the ring and starts the clock.
pub fn start(producer: Producer<'static, Record>, clock: &mut SYST) {
    critical_section::with(|cs| HANDOVER.replace(cs, Some(producer)));
    clock.set_clock_source(SystClkSource::Core);
    clock.set_reload(TICK_CYCLES - 1);
    clock.clear_current();
    clock.enable_counter();
    clock.enable_interrupt();
}

/// Whether the last record is in the ring.
pub fn is_done() -> bool {
    DONE.load(Acquire)
}

/// How often the ring was full; the record was offered again at the next tick.
pub fn refused() -> u32 {
    REFUSED.load(Relaxed)
}

/// The most records that were in the ring at once.
pub fn high_water() -> u32 {
    HIGH_WATER.load(Relaxed)
}

#[exception]
fn SysTick() {
    static mut PRODUCER: Option<Producer<'static, Record>> = None;
    static mut NEXT: usize = 0;

    if PRODUCER.is_none() {
        *PRODUCER = critical_section::with(|cs| HANDOVER.take(cs));
    }
    let Some(producer) = PRODUCER else { return };
    let Some(record) = RECORDS.get(*NEXT) else { return DONE.store(true, Release) };
    if producer.enqueue(*record).is_ok() {
        *NEXT += 1;
        HIGH_WATER.store(high_water().max(producer.len() as u32), Relaxed);
    } else {
        REFUSED.store(refused().wrapping_add(1), Relaxed);
    }
}
