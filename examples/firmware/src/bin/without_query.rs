//! What is left of the firmware without a query: the interrupt, the ring, text. It sums what it
//! reads up, so that the reading can't be optimised away. The difference in size is RingQL's.

#![no_std]
#![no_main]

use core::fmt::Write as _;

use cortex_m::Peripherals;
use cortex_m_rt::entry;
use ringql_firmware::output::{Output, fail, succeed};
use ringql_firmware::sensor::{self, Ring};

#[entry]
fn main() -> ! {
    static mut RING: Ring = Ring::new();
    let (producer, mut consumer) = RING.split();
    let Some(mut peripherals) = Peripherals::take() else { fail(&"the clock was taken before") };
    sensor::start(producer, &mut peripherals.SYST);
    let (mut records, mut sum) = (0u32, 0u32);
    loop {
        let done = sensor::is_done();
        while let Some(record) = consumer.dequeue() {
            records += 1;
            sum = record.iter().fold(sum, |sum, byte| sum.wrapping_add(u32::from(*byte)));
        }
        if done {
            break;
        }
        cortex_m::asm::wfi();
    }
    let mut out = Output::stdout();
    match writeln!(out, "{records} records, bytes add up to {sum}").and_then(|()| out.flush()) {
        Ok(()) => succeed(),
        Err(error) => fail(&error),
    }
}
