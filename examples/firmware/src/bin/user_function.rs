//! A query that calls functions of the device's own (`functions.rs`). It is started with those
//! alone, so that no built-in function is linked.

#![no_std]
#![no_main]

use cortex_m_rt::entry;
use ringql_core::arena::ArenaBlock;
use ringql_core::query::Query;
use ringql_firmware::functions::FUNCTIONS;
use ringql_firmware::plan::{USER_PLAN, User};
use ringql_firmware::run::run;
use ringql_firmware::sensor::Ring;

#[entry]
fn main() -> ! {
    static mut RING: Ring = Ring::new();
    static mut ARENA: ArenaBlock<{ USER_PLAN.arena_bytes() }> = ArenaBlock::new();
    run(Query::<User>::start(FUNCTIONS, ARENA.bytes_mut()), USER_PLAN.arena_bytes(), RING)
}
