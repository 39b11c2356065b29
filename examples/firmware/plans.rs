//! Runs the plans that its `build.rs` wrote, of random expressions or of the kept cases of event time,
//! and prints their records and counters, as bytes, for `cargo xtask firmware` to compare with the
//! host's. `differential::bundle` describes both.

#![no_std]
#![no_main]

use core::fmt::Write as _;
use core::panic::PanicInfo;

use cortex_m_rt::entry;
use cortex_m_semihosting::debug;
use cortex_m_semihosting::hio::{self, HostStream};
use ringql_core::arena::ArenaBlock;
use ringql_core::function::ALL;
use ringql_core::plan::op::StreamId;
use ringql_core::plan::wire::PlanTables;
use ringql_core::query::{Query, Stop};
use ringql_core::ring::{RecordSink, RecordSource};

include!(concat!(env!("OUT_DIR"), "/limits.rs"));

/// Plan files, each behind its stream and its length.
static PLANS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/plans.bin"));
/// The records of each stream, behind their length.
static RECORDS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/records.bin"));

#[entry]
fn main() -> ! {
    static mut TABLES: Tables = Tables::new();
    static mut ARENA: ArenaBlock<ARENA_BYTES> = ArenaBlock::new();
    static mut RESULT: [u8; RESULT_BYTES] = [0; RESULT_BYTES];
    let mut stdout = hio::hstdout().expect("a host");
    let mut rest = PLANS;
    while !rest.is_empty() {
        let records = stream(number(&mut rest));
        let file = bytes(&mut rest);
        run(file, records, TABLES, ARENA.bytes_mut(), RESULT, &mut stdout);
    }
    debug::exit(debug::EXIT_SUCCESS);
    // For the type: the emulator has ended.
    loop {
        cortex_m::asm::wfi();
    }
}

fn number(rest: &mut &[u8]) -> usize {
    let (number, later) = rest.split_first_chunk().expect("a number");
    *rest = later;
    u32::from_le_bytes(*number) as usize
}

/// The bytes behind their length.
fn bytes<'a>(rest: &mut &'a [u8]) -> &'a [u8] {
    let length = number(rest);
    let (bytes, later) = rest.split_at(length);
    *rest = later;
    bytes
}

fn stream(number: usize) -> &'static [u8] {
    let mut rest = RECORDS;
    for _ in 0..number {
        bytes(&mut rest);
    }
    bytes(&mut rest)
}

/// Runs a plan over the records and prints what it makes of them.
fn run(
    file: &[u8],
    records: &[u8],
    tables: &mut Tables,
    arena: &mut [u8],
    result: &mut [u8],
    out: &mut HostStream,
) {
    let plan = tables.load(file, &ALL).expect("a compiled plan");
    let mut query = Query::new(&plan, arena).expect("room for each plan");
    let mut source = RecordSource::new(records, plan.input(StreamId(0)).layout().record_size);
    let mut sink = RecordSink::new(result);
    loop {
        match query.poll(&mut source, &mut sink).expect("as on the host").stop {
            Stop::Finished => break,
            Stop::SinkFull => panic!("there is room for all results"),
            Stop::WantsInput => {}
        }
    }
    let counters = query.counters();
    let counters = bytemuck::bytes_of(&counters);
    let records = sink.written();
    let length = (counters.len() + records.len()) as u32;
    for part in [&length.to_le_bytes(), counters, records] {
        out.write_all(part).expect("the host takes it");
    }
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    if let Ok(mut stderr) = hio::hstderr() {
        // Nothing is left to try if even this fails.
        let _ = writeln!(stderr, "error: {info}");
    }
    debug::exit(debug::EXIT_FAILURE);
    loop {
        cortex_m::asm::wfi();
    }
}
