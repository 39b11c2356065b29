//! A query between a reader and a writer, on three threads or one.

mod backoff;
mod late;
mod single;
mod threads;

use std::collections::TryReserveError;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant, SystemTime};

use ringql_core::counters::{Counters, OperatorCounters};
use ringql_core::error::{RunError, StartError};
use ringql_core::function::{self, Functions};
use ringql_core::plan::op::{OutputId, StreamId};
use ringql_core::plan::{Operator, Plan};
use ringql_core::query::{Progress, Query};

use crate::Arena;
use crate::input::{InputError, Reader};
use crate::output::Writer;
use crate::ring::{RingSink, RingSource, record_ring};

use late::Late;

/// How to run a pipeline.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Everything on the calling thread, by turns, instead of a reader thread, the query on the
    /// calling thread, and a writer thread. The results are the same.
    pub single_thread: bool,
    /// Set it, from a signal handler say, to stop: nothing more is read, and what was written so
    /// far is flushed. Windows that are still open print nothing: their results are not final.
    pub stop: Arc<AtomicBool>,
    /// What the plan can call, instead of the built-in functions alone.
    pub functions: Option<Functions<'static>>,
}

/// Where the time went.
///
/// `read` is spent in the reader (with its waiting for a pipe), `process` in the query, `write` in
/// the writer. Of the query's thread, `waiting` is spent with nothing to do until another thread has
/// something for it, and `framework` is all else: rings and turns. On one thread all but `wall` add
/// up to `wall`; on three, `process`, `waiting` and `framework` do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// In the reader.
    pub read: Duration,
    /// In the query.
    pub process: Duration,
    /// In the writer.
    pub write: Duration,
    /// For the other threads.
    pub waiting: Duration,
    /// The rest.
    pub framework: Duration,
    /// From start to end.
    pub wall: Duration,
}

/// How a pipeline ended that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The input ended and every result row is written.
    Finished,
    /// [`Options::stop`] was set.
    Stopped,
    /// The reader of the output went away (`| head`).
    Closed,
}

/// Which stage failed, and why. What was written before is valid and whole rows only.
#[derive(Debug)]
#[non_exhaustive]
pub enum PipelineError {
    /// The query could not start.
    Start(StartError),
    /// There is not enough memory for the query's arena.
    Arena(usize, TryReserveError),
    /// The plan does not have exactly one input, one output, and at most one for late records.
    Shape,
    /// The reader failed.
    Read(InputError),
    /// The query failed.
    Query {
        /// Why.
        error: RunError,
        /// Records that it had read before.
        records: u64,
    },
    /// The writer failed.
    Write(io::Error),
    /// A thread could not be started.
    Thread(io::Error),
}

impl fmt::Display for PipelineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start(e) => write!(f, "the query can't start: {e}"),
            Self::Arena(bytes, e) => write!(f, "no memory for the query's {bytes} bytes: {e}"),
            Self::Shape => f.write_str("a pipeline takes plans of one input and one output"),
            Self::Read(e) => e.fmt(f),
            // The record after those that were read is the one to blame.
            Self::Query {
                error: error @ (RunError::Failed(_) | RunError::GroupsFull { .. }),
                records,
            } => {
                write!(f, "the query stopped at record {}: {error}", records.saturating_add(1))
            }
            Self::Query { error, records } => {
                let s = if *records == 1 { "" } else { "s" };
                write!(f, "the query stopped after {records} record{s}: {error}")
            }
            Self::Write(e) => write!(f, "the output can't be written: {e}"),
            Self::Thread(e) => write!(f, "no thread could be started: {e}"),
        }
    }
}

impl std::error::Error for PipelineError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Start(e) => Some(e),
            Self::Arena(_, e) => Some(e),
            Self::Shape => None,
            Self::Read(e) => Some(e),
            Self::Query { error, .. } => Some(error),
            Self::Write(e) | Self::Thread(e) => Some(e),
        }
    }
}

/// What NOW() is: microseconds since 1970-01-01 00:00:00 UTC.
fn clock() -> Option<i64> {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_micros()).ok()
}

/// A query that stopped for good.
fn stopped(query: &Query<'_, '_>, error: RunError) -> PipelineError {
    PipelineError::Query { error, records: query.counters().rows_in }
}

/// What a pipeline did, whether it failed or not.
#[derive(Debug)]
pub struct Summary {
    /// How it ended.
    pub result: Result<Ending, PipelineError>,
    /// The query's counters.
    pub counters: Counters,
    /// What each operator did not take.
    pub operators: Vec<OperatorCounters>,
    /// Bad rows that the reader left out.
    pub skipped: u64,
    /// Where the time went.
    pub times: Times,
}

impl Summary {
    fn failed(error: PipelineError) -> Self {
        Self {
            result: Err(error),
            counters: Counters::default(),
            operators: Vec::new(),
            skipped: 0,
            times: Times::default(),
        }
    }

    fn of(
        query: &Query<'_, '_>,
        result: Result<Ending, PipelineError>,
        skipped: u64,
        times: Times,
    ) -> Self {
        let operators = query.operator_counters().collect();
        Self { result, counters: query.counters(), operators, skipped, times }
    }
}

/// Runs a plan of one input and one output from a reader to a writer until the input ends,
/// something fails, or it is stopped.
#[must_use]
pub fn run(
    plan: &Plan<'_>,
    reader: Box<dyn Reader>,
    writer: Box<dyn Writer>,
    options: &Options,
) -> Summary {
    run_with_late(plan, reader, writer, None, options)
}

/// The output of a plan's late records, if it delivers them (`SETTINGS late = 'name'`).
#[must_use]
pub fn late_output(plan: &Plan<'_>) -> Option<OutputId> {
    plan.operators.iter().find_map(|operator| match operator {
        Operator::Window(window) => window.late,
        _ => None,
    })
}

/// The same with a writer for the late records of a plan that delivers them: records of its
/// [`late_output`]. Without one they are only counted.
#[must_use]
pub fn run_with_late(
    plan: &Plan<'_>,
    reader: Box<dyn Reader>,
    writer: Box<dyn Writer>,
    late: Option<Box<dyn Writer>>,
    options: &Options,
) -> Summary {
    let outputs = 1 + usize::from(late_output(plan).is_some());
    if plan.streams.len() != 1 || plan.outputs.len() != outputs {
        return Summary::failed(PipelineError::Shape);
    }
    // A plan from outside can claim any size: it is refused before its arena is had.
    let functions = options.functions.unwrap_or(function::ALL);
    if let Err(e) = ringql_core::plan::verify::verify(plan, &functions) {
        return Summary::failed(PipelineError::Start(e.into()));
    }
    let mut arena = match Arena::new(plan) {
        Ok(arena) => arena,
        Err(e) => return Summary::failed(PipelineError::Arena(plan.arena_bytes(), e)),
    };
    let query = match Query::with_functions(plan, functions, arena.bytes()) {
        Ok(query) => query,
        Err(e) => return Summary::failed(PipelineError::Start(e)),
    };
    let mut late = late.filter(|_| outputs > 1).map(Late::new);
    let mut summary = if options.single_thread {
        single::run(query, reader, writer, late.as_mut(), options)
    } else {
        threads::run(query, reader, writer, late.as_mut(), options)
    };
    if let Some(late) = &mut late {
        let ended = late.end(summary.result.is_ok());
        summary.result = match (summary.result, ended) {
            (Ok(_), Err(e)) | (Err(PipelineError::Write(e)), _) => write_failure(e),
            (result, _) => result,
        };
    }
    summary
}

/// Polls a query, and tells of the writer of its late records.
fn poll(
    query: &mut Query<'_, '_>,
    source: &mut RingSource,
    results: &mut RingSink,
    late: Option<&mut Late>,
    times: &mut Times,
) -> Result<Progress, PipelineError> {
    query.set_clock(clock());
    let start = Instant::now();
    let Some(late) = late else {
        let polled = query.poll(source, results);
        times.process += start.elapsed();
        return polled.map_err(|error| stopped(query, error));
    };
    let polled = query.poll_with_late(source, results, late);
    let writing = late.time();
    times.write += writing;
    times.process += start.elapsed().saturating_sub(writing);
    match late.failure() {
        Some(e) => Err(PipelineError::Write(e)),
        None => polled.map_err(|error| stopped(query, error)),
    }
}

/// The rings at a query's ends.
struct Rings {
    input: (RingSink, RingSource),
    output: (RingSink, RingSource),
    /// Rows that a reader or writer handles at once: a batch, or more if batches are tiny.
    chunk: usize,
    input_size: usize,
}

impl Rings {
    fn of(plan: &Plan<'_>) -> Self {
        /// So much stays in a core's cache while it passes through.
        const BYTES: usize = 256 * 1024;
        let chunk = usize::from(plan.batch_rows).max(64);
        let ring = |size: usize| record_ring(size, (BYTES / size).max(4 * chunk));
        let input_size = plan.input(StreamId(0)).layout().record_size.max(1);
        let output_size = plan.output(OutputId(0)).layout().record_size.max(1);
        Self { input: ring(input_size), output: ring(output_size), chunk, input_size }
    }
}

/// What a writer's failure means: nothing, if it is only that nobody reads on.
fn write_failure(e: io::Error) -> Result<Ending, PipelineError> {
    match e.kind() {
        io::ErrorKind::BrokenPipe => Ok(Ending::Closed),
        _ => Err(PipelineError::Write(e)),
    }
}

#[cfg(test)]
mod tests;
