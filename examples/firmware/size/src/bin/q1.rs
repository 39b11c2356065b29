//! Q1.

#![no_std]
#![no_main]

use cortex_m_rt::entry;
use cortex_m_semihosting::debug;
use ringql_core::arena::ArenaBlock;
use ringql_core::function::Functions;
use ringql_core::query::Query;
use ringql_firmware_size::plans::Q1;
use ringql_firmware_size::{run, stop_with};

#[entry]
fn main() -> ! {
    static mut ARENA: ArenaBlock<{ Q1.arena_bytes() }> = ArenaBlock::new();
    match Query::with_functions(&Q1, Functions::NONE, ARENA.bytes_mut()) {
        Ok(mut query) => run(&mut query),
        Err(_) => stop_with(debug::EXIT_FAILURE),
    }
}
