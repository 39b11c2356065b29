//! Q2.

#![no_std]
#![no_main]

use cortex_m_rt::entry;
use cortex_m_semihosting::debug;
use ringql_core::arena::ArenaBlock;
use ringql_core::function::Functions;
use ringql_core::plan::Plan;
use ringql_core::plan::uses::Known;
use ringql_core::query::Query;
use ringql_firmware_size::plans::Q2;
use ringql_firmware_size::{ROOM, run, stop_with};

struct Plan2;

impl Known for Plan2 {
    const PLAN: Plan<'static> = Q2;
}

#[entry]
fn main() -> ! {
    static mut ARENA: ArenaBlock<{ Q2.arena_bytes() }> = ArenaBlock::new();
    static mut RESULTS: [u8; ROOM] = [0; ROOM];
    match Query::<Plan2>::start(Functions::NONE, ARENA.bytes_mut()) {
        Ok(mut query) => run(&mut query, RESULTS),
        Err(_) => stop_with(debug::EXIT_FAILURE),
    }
}
