//! What a query adds to a firmware of its own size: programs that read records of `stream.sql` from
//! flash, run one query over them, and end. `cargo xtask size` compares them with `empty`, which only
//! reads.

#![no_std]

use core::hint::black_box;
use core::panic::PanicInfo;

use cortex_m_semihosting::debug;
use ringql_core::plan::uses::Uses;
use ringql_core::query::{Query, Stop};
use ringql_core::ring::{RecordSink, RecordSource};

#[allow(missing_docs)]
pub mod plans {
    include!(concat!(env!("OUT_DIR"), "/plans.rs"));
}

/// Bytes of a record.
pub const RECORD_BYTES: usize = 24;

/// Bytes that results are written to, and then forgotten.
pub const ROOM: usize = 256;

/// Records, in flash.
pub static RECORDS: [[u8; RECORD_BYTES]; 64] = [[0; RECORD_BYTES]; 64];

/// Runs a query over the records.
pub fn run<U: Uses>(query: &mut Query<'_, '_, U>, room: &mut [u8; ROOM]) -> ! {
    let mut source = RecordSource::new(black_box(&RECORDS).as_flattened(), RECORD_BYTES);
    loop {
        let mut sink = RecordSink::new(room);
        let stop = query.poll(&mut source, &mut sink).map(|progress| progress.stop);
        black_box(sink.written());
        match stop {
            Ok(Stop::Finished) => stop_with(debug::EXIT_SUCCESS),
            Ok(_) => {}
            Err(_) => stop_with(debug::EXIT_FAILURE),
        }
    }
}

/// Ends the program.
pub fn stop_with(status: debug::ExitStatus) -> ! {
    debug::exit(status);
    loop {
        cortex_m::asm::wfi();
    }
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    stop_with(debug::EXIT_FAILURE)
}
