//! Runs plans of random expressions and prints their records and counters, as bytes, for
//! `cargo xtask firmware` to compare with the host's. `ringql_differential::device` describes both.

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

/// Plan files, each behind its length.
static PLANS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/plans.bin"));
static RECORDS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/records.bin"));

#[entry]
fn main() -> ! {
    static mut TABLES: Tables = Tables::new();
    static mut ARENA: ArenaBlock<ARENA_BYTES> = ArenaBlock::new();
    static mut RESULT: [u8; RESULT_BYTES] = [0; RESULT_BYTES];
    let mut stdout = hio::hstdout().expect("a host");
    let mut rest = PLANS;
    while let Some((length, files)) = rest.split_first_chunk() {
        let (file, next) = files.split_at(u32::from_le_bytes(*length) as usize);
        evaluate(file, TABLES, ARENA.bytes_mut(), RESULT, &mut stdout);
        rest = next;
    }
    debug::exit(debug::EXIT_SUCCESS);
    // For the type: the emulator has ended.
    loop {
        cortex_m::asm::wfi();
    }
}

/// Runs a plan over the records and prints what it makes of them.
fn evaluate(
    file: &[u8],
    tables: &mut Tables,
    arena: &mut [u8],
    result: &mut [u8],
    out: &mut HostStream,
) {
    let plan = tables.load(file, &ALL).expect("a compiled plan");
    let mut query = Query::new(&plan, arena).expect("room for each plan");
    let size = plan.input(StreamId(0)).layout().record_size;
    let mut source = RecordSource::new(RECORDS, size);
    let mut sink = RecordSink::new(result);
    while query.poll(&mut source, &mut sink).expect("an expression stops no query").stop
        != Stop::Finished
    {}
    let records = sink.written();
    let c = query.counters();
    let counters = [
        c.rows_in,
        c.rows_out,
        c.arithmetic_errors,
        c.cast_errors,
        c.text_errors,
        c.time_errors,
        c.function_errors,
    ];
    let length = (size_of_val(&counters) + records.len()) as u32;
    out.write_all(&length.to_le_bytes()).expect("the host takes it");
    for counter in counters {
        out.write_all(&counter.to_le_bytes()).expect("the host takes it");
    }
    out.write_all(records).expect("the host takes it");
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
