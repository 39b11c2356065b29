//! The query from a plan that the build put into flash as tables: nothing is decoded or verified on the
//! device, only what the plan uses is linked, and the arena has the exact size.

#![no_std]
#![no_main]

use cortex_m_rt::entry;
use ringql_core::arena::ArenaBlock;
use ringql_core::function::Functions;
use ringql_core::query::Query;
use ringql_firmware::plan::{ARENA_BYTES, Daily};
use ringql_firmware::run::run;
use ringql_firmware::sensor::Ring;

#[entry]
fn main() -> ! {
    // `#[entry]` runs once and hands such statics over as `&'static mut`, safely.
    static mut RING: Ring = Ring::new();
    static mut ARENA: ArenaBlock<ARENA_BYTES> = ArenaBlock::new();
    // The query calls no function, so that none is linked.
    run(Query::<Daily>::start(Functions::NONE, ARENA.bytes_mut()), ARENA_BYTES, RING)
}
