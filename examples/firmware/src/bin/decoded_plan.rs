//! The query from the bytes of a plan file, as a host would send it: decoded and verified on the
//! device, with an arena that has room for plans to come.

#![no_std]
#![no_main]

use cortex_m_rt::entry;
use ringql_core::arena::ArenaBlock;
use ringql_core::function::ALL;
use ringql_core::plan::wire::SmallPlan;
use ringql_core::query::Query;
use ringql_firmware::output::fail;
use ringql_firmware::plan::{FILE, PLAN};
use ringql_firmware::run::run;
use ringql_firmware::sensor::Ring;

/// RAM for the state of whatever query is sent.
const ROOM: usize = 8 * 1024;

#[entry]
fn main() -> ! {
    // `#[entry]` runs once and hands such statics over as `&'static mut`, safely.
    static mut RING: Ring = Ring::new();
    static mut TABLES: SmallPlan = SmallPlan::new();
    static mut ARENA: ArenaBlock<ROOM> = ArenaBlock::new();
    match TABLES.load(FILE, &ALL) {
        // Only to show it: the tables in flash and the file are the same plan.
        Ok(plan) if plan != PLAN => fail(&"the decoded plan is not the one in flash"),
        Ok(plan) => run(Query::with_functions(&plan, ALL, ARENA.bytes_mut()), ROOM, RING),
        Err(error) => fail(&error),
    }
}
