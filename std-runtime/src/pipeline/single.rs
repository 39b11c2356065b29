//! The pipeline's parts by turns on one thread.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use ringql_core::query::{Query, Stop};
use ringql_core::ring::Sink;

use super::late::Late;
use super::{Ending, Options, PipelineError, Rings, Summary, Times, poll, write_failure};
use crate::input::Reader;
use crate::output::Writer;

pub(super) fn run(
    mut query: Query<'_, '_>,
    mut reader: Box<dyn Reader>,
    mut writer: Box<dyn Writer>,
    late: Option<&mut Late>,
    options: &Options,
) -> Summary {
    let start = Instant::now();
    let mut times = Times::default();
    let result = turns(&mut query, &mut *reader, &mut *writer, late, options, &mut times);
    let last = timed(&mut times.write, || match result {
        Ok(Ending::Closed) => Ok(()),
        Ok(_) => writer.finish(),
        Err(_) => writer.flush(),
    });
    let result = match (result, last) {
        (Ok(_), Err(e)) => write_failure(e),
        (result, _) => result,
    };
    times.wall = start.elapsed();
    times.framework = times.wall.saturating_sub(times.read + times.process + times.write);
    Summary::of(&query, result, reader.skipped(), times)
}

fn turns(
    query: &mut Query<'_, '_>,
    reader: &mut dyn Reader,
    writer: &mut dyn Writer,
    mut late: Option<&mut Late>,
    options: &Options,
    times: &mut Times,
) -> Result<Ending, PipelineError> {
    let Rings { input: (sink, mut source), output: (mut results, mut output), chunk, input_size } =
        Rings::of(query.plan());
    let mut sink = Some(sink);
    while !options.stop.load(Ordering::Relaxed) {
        let polled = poll(query, &mut source, &mut results, late.as_deref_mut(), times);
        // Rows that were written before an error are valid.
        while let Some(written) =
            output.take(chunk, |records| timed(&mut times.write, || writer.write(records)))
        {
            if let Err(e) = written {
                return write_failure(e);
            }
        }
        let progress = polled?;
        if progress.stop == Stop::Finished {
            return Ok(Ending::Finished);
        }
        if progress.stop == Stop::WantsInput
            && progress.rows_in == 0
            && let Some(open) = &mut sink
        {
            if let Err(e) = timed(&mut times.write, || writer.idle()) {
                return write_failure(e);
            }
            let read = open.write(input_size, chunk, |room| {
                match timed(&mut times.read, || reader.read(room)) {
                    Ok(rows) => (rows, Ok(rows)),
                    Err(e) => (0, Err(e)),
                }
            });
            let rows = read.unwrap_or(Ok(0)).map_err(PipelineError::Read)?;
            if rows == 0
                && let Some(open) = sink.take()
            {
                open.end();
            }
        }
    }
    Ok(Ending::Stopped)
}

/// Adds the time that `f` takes.
fn timed<R>(time: &mut Duration, f: impl FnOnce() -> R) -> R {
    let start = Instant::now();
    let result = f();
    *time += start.elapsed();
    result
}
