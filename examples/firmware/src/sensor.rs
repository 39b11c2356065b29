//! The producing side: an interrupt that makes one record per tick.

use core::cell::RefCell;

use cortex_m_rt::exception;
use critical_section::Mutex;
use heapless::spsc::Producer;

/// How many records the sensor delivers before it stops.
pub const RECORDS: u32 = 1_000;

/// One measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Counts from 0, so that a lost record would show.
    pub seq: u32,
    /// The measured value.
    pub value: i32,
}

/// Where `start` leaves the ring's end for the interrupt's first run to pick up.
static HANDOVER: Mutex<RefCell<Option<Producer<'static, Reading>>>> =
    Mutex::new(RefCell::new(None));

/// Gives the interrupt its end of the ring; call before enabling SysTick.
pub fn start(producer: Producer<'static, Reading>) {
    critical_section::with(|cs| HANDOVER.replace(cs, Some(producer)));
}

/// The value at a position: any fixed function will do, as the host knows it too.
fn value_at(seq: u32) -> i32 {
    (seq % 97) as i32 - 48
}

#[exception]
fn SysTick() {
    static mut PRODUCER: Option<Producer<'static, Reading>> = None;
    static mut SEQ: u32 = 0;

    if PRODUCER.is_none() {
        *PRODUCER = critical_section::with(|cs| HANDOVER.take(cs));
    }
    if let Some(producer) = PRODUCER
        && *SEQ < RECORDS
    {
        let reading = Reading { seq: *SEQ, value: value_at(*SEQ) };
        // A full ring gives the record back: the same one is offered at the next tick.
        if producer.enqueue(reading).is_ok() {
            *SEQ += 1;
        }
    }
}
