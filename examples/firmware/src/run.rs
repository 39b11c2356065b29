//! The main loop.

use core::fmt::{self, Write as _};

use cortex_m::Peripherals;
use ringql_core::counters::Counters;
use ringql_core::error::{RunError, StartError};
use ringql_core::plan::uses::Uses;
use ringql_core::query::{Query, Stop};
use ringql_core::ring::QueueSource;

use crate::output::{self, Output};
use crate::plan::{BATCH_ROWS, Record};
use crate::sensor::{self, Ring};
use crate::sink::CsvSink;

/// Runs a query over the sensor's records, from the first to the last, prints the results, and ends the
/// program. Its arena was cut from one of `given` bytes.
pub fn run<U: Uses>(
    query: Result<Query<'_, '_, U>, StartError>,
    given: usize,
    ring: &'static mut Ring,
) -> ! {
    let done = try_run(query, ring).and_then(|(counters, needed)| {
        Ok(report(&mut Output::stderr(), &counters, needed, given)?)
    });
    match done {
        Ok(()) => output::succeed(),
        Err(failure) => output::fail(&failure),
    }
}

/// The counters, and the bytes of the arena that are used.
fn try_run<U: Uses>(
    query: Result<Query<'_, '_, U>, StartError>,
    ring: &'static mut Ring,
) -> Result<(Counters, usize), Failure> {
    let mut peripherals = Peripherals::take().ok_or(Failure::Twice)?;
    let mut query = query.map_err(Failure::Start)?;
    let plan = *query.plan();
    let mut sink = CsvSink::new(&plan)?;

    let (producer, consumer) = ring.split();
    let mut source = QueueSource::<Record, BATCH_ROWS>::new(consumer);
    sensor::start(producer, &mut peripherals.SYST);
    loop {
        // Asked before the poll: what is in the ring now is all there will ever be.
        if sensor::is_done() {
            source.end();
        }
        let progress = query.poll(&mut source, &mut sink).map_err(Failure::Run)?;
        match progress.stop {
            Stop::Finished => break,
            Stop::SinkFull => return Err(Failure::Output),
            // Nothing to do until the next interrupt.
            Stop::WantsInput if progress.rows_in == 0 => cortex_m::asm::wfi(),
            Stop::WantsInput => {}
        }
    }
    sink.finish()?;
    Ok((query.counters(), plan.arena_bytes()))
}

fn report(out: &mut Output, counters: &Counters, needed: usize, given: usize) -> fmt::Result {
    let Counters { rows_in, rows_out, late, .. } = counters;
    writeln!(out, "records: {rows_in} in, {rows_out} out, {late} late")?;
    let (high_water, refused) = (sensor::high_water(), sensor::refused());
    let capacity = Ring::new().capacity();
    writeln!(out, "ring: at most {high_water} of {capacity} records, full {refused} times")?;
    writeln!(out, "arena: {needed} of {given} bytes")?;
    out.flush()
}

/// Why a run failed.
#[derive(Debug)]
enum Failure {
    /// The plan or its arena was refused.
    Start(StartError),
    /// The query stopped.
    Run(RunError),
    /// The host takes no text.
    Output,
    /// The clock was taken before.
    Twice,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start(error) => error.fmt(f),
            Self::Run(error) => error.fmt(f),
            Self::Output => f.write_str("the host takes no text"),
            Self::Twice => f.write_str("the clock was taken before"),
        }
    }
}

impl From<fmt::Error> for Failure {
    fn from(_: fmt::Error) -> Self {
        Self::Output
    }
}
