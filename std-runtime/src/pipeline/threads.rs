//! Reader thread -> ring -> query on the calling thread -> ring -> writer thread.
//!
//! A full ring stops the side that fills it, and so the pressure of a slow writer reaches the
//! reader. An end closes downwards: the reader ends its ring, the query finishes and ends the next
//! one, the writer finishes. A failure leaves its rings cut, so that whoever is next writes what it
//! has and no final results.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use ringql_core::query::{Query, Stop};
use ringql_core::ring::{Sink, Source};

use super::backoff::Backoff;
use super::late::Late;
use super::{Ending, Options, PipelineError, Rings, Summary, Times, poll, write_failure};
use crate::input::{InputError, Reader};
use crate::output::Writer;
use crate::ring::{RingSink, RingSource};

/// What the reader's thread leaves where the query's sees it, even while the reader waits for a
/// pipe and can't be joined.
#[derive(Default)]
struct Shared {
    skipped: AtomicU64,
    read_nanos: AtomicU64,
}

pub(super) fn run(
    mut query: Query<'_, '_>,
    reader: Box<dyn Reader>,
    writer: Box<dyn Writer>,
    late: Option<&mut Late>,
    options: &Options,
) -> Summary {
    let start = Instant::now();
    let rings = Rings::of(query.plan());
    let (chunk, size) = (rings.chunk, rings.input_size);
    let ((input, mut source), (mut results, output)) = (rings.input, rings.output);
    let shared = Arc::new(Shared::default());
    let for_reader = Arc::clone(&shared);
    let spawn = |name: &str| Builder::new().name(name.to_owned());
    let threads = spawn("reader")
        .spawn(move || read(reader, input, size, chunk, &for_reader))
        .and_then(|r| Ok((r, spawn("writer").spawn(move || write(writer, output, chunk))?)));
    let (reader, writer) = match threads {
        Ok(threads) => threads,
        Err(e) => return Summary::failed(PipelineError::Thread(e)),
    };

    let mut times = Times::default();
    let end = turns(&mut query, &mut source, &mut results, late, options, &mut times);
    // Finished and stopped results are complete as far as they go; others are cut.
    match end {
        Ok(Some(_)) => results.end(),
        _ => drop(results),
    }
    drop(source);
    let joining = Instant::now();
    let (written, write_time) = join(writer);
    // A reader that was not at its end may wait for a pipe for ever.
    let was_read = if matches!(end, Ok(Some(Ending::Finished) | None)) && written.is_ok() {
        join(reader)
    } else {
        Ok(())
    };
    times.waiting += joining.elapsed();
    times.write += write_time;
    times.read = Duration::from_nanos(shared.read_nanos.load(Ordering::Relaxed));
    times.wall = start.elapsed();
    times.framework = times.wall.saturating_sub(times.process + times.waiting);
    let result = match (written, end, was_read) {
        (Err(e), Ok(_), _) => write_failure(e),
        (_, Err(e), _) => Err(e),
        (_, _, Err(e)) => Err(PipelineError::Read(e)),
        (_, Ok(end), _) => Ok(end.unwrap_or(Ending::Stopped)),
    };
    let skipped = shared.skipped.load(Ordering::Relaxed);
    Summary::of(&query, result, skipped, times)
}

/// Polls until there is nothing more to poll for; `None` if another thread is the reason.
fn turns(
    query: &mut Query<'_, '_>,
    source: &mut RingSource,
    results: &mut RingSink,
    mut late: Option<&mut Late>,
    options: &Options,
    times: &mut Times,
) -> Result<Option<Ending>, PipelineError> {
    let mut backoff = Backoff::default();
    loop {
        if options.stop.load(Ordering::Relaxed) {
            return Ok(Some(Ending::Stopped));
        }
        let progress = poll(query, source, results, late.as_deref_mut(), times)?;
        match progress.stop {
            Stop::Finished => return Ok(Some(Ending::Finished)),
            _ if results.is_abandoned() => return Ok(None),
            _ if progress.rows_in > 0 || progress.rows_out > 0 => backoff.reset(),
            _ if source.is_cut() => return Ok(None),
            _ => {
                let start = Instant::now();
                backoff.wait();
                times.waiting += start.elapsed();
            }
        }
    }
}

/// The reader's thread.
fn read(
    mut reader: Box<dyn Reader>,
    mut input: RingSink,
    size: usize,
    chunk: usize,
    shared: &Shared,
) -> Result<(), InputError> {
    let mut backoff = Backoff::default();
    while !input.is_abandoned() {
        let read = input.write(size, chunk, |room| {
            let start = Instant::now();
            let read = reader.read(room);
            let nanos = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
            shared.read_nanos.fetch_add(nanos, Ordering::Relaxed);
            shared.skipped.store(reader.skipped(), Ordering::Relaxed);
            match read {
                Ok(rows) => (rows, Ok(rows)),
                Err(e) => (0, Err(e)),
            }
        });
        match read {
            None => backoff.wait(),
            Some(Ok(0)) => {
                input.end();
                return Ok(());
            }
            Some(Ok(_)) => backoff.reset(),
            Some(Err(e)) => return Err(e),
        }
    }
    Ok(())
}

/// The writer's thread.
fn write(
    mut writer: Box<dyn Writer>,
    mut output: RingSource,
    chunk: usize,
) -> (io::Result<()>, Duration) {
    let mut time = Duration::ZERO;
    let mut backoff = Backoff::default();
    let mut timed = |f: &mut dyn FnMut() -> io::Result<()>| {
        let start = Instant::now();
        let result = f();
        time += start.elapsed();
        result
    };
    let result = loop {
        let written = output.take(chunk, |records| timed(&mut || writer.write(records)));
        let done = match written {
            Some(written) => {
                backoff.reset();
                written
            }
            None if output.is_finished() => break timed(&mut || writer.finish()),
            None if output.is_cut() => break timed(&mut || writer.flush()),
            None => {
                let idle = if backoff.is_long() { timed(&mut || writer.idle()) } else { Ok(()) };
                backoff.wait();
                idle
            }
        };
        if done.is_err() {
            break done;
        }
    };
    (result, time)
}

fn join<T>(thread: JoinHandle<T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
