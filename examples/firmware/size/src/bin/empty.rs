//! No query: the records are summed up.

#![no_std]
#![no_main]

use core::hint::black_box;

use cortex_m_rt::entry;
use cortex_m_semihosting::debug;
use ringql_firmware_size::{RECORDS, stop_with};

#[entry]
fn main() -> ! {
    let records = black_box(&RECORDS).as_flattened();
    black_box(records.iter().fold(0u32, |sum, byte| sum.wrapping_add(u32::from(*byte))));
    stop_with(debug::EXIT_SUCCESS)
}
