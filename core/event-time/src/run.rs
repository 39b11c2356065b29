//! One run of a plan over the records of a stream.

use differential::ends::{Columns, Narrow, Steps};
use differential::random::Random;
use ringql_core::batch::Batch;
use ringql_core::counters::Counters;
use ringql_core::function;
use ringql_core::plan::Plan;
use ringql_core::plan::op::{OutputId, StreamId};
use ringql_core::query::{Query, Stop};

/// What of a run is not the plan's.
#[derive(Clone, Copy, Debug, Default)]
pub struct Way<'a> {
    /// Columns instead of records.
    pub is_columnar: bool,
    /// Seed of where the rows are cut, of when the sink is full, and of when another query goes on
    /// from a snapshot; `None`: none of that.
    pub chance: Option<u64>,
    /// What the clock shows when each row comes, if they come one by one.
    pub clock: Option<&'a [i64]>,
}

/// What a run gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The result records.
    pub records: Vec<u8>,
    /// The counters at the end.
    pub counters: Counters,
}

/// Polls without a row read or written until a query is thought to hang.
const PATIENCE: usize = 200;

/// Runs a plan over records to its end.
///
/// # Errors
/// Why the query did not start or stopped before its end, or what its counters say wrong.
///
/// # Panics
/// If the records are not the stream's.
pub fn run(plan: &Plan<'_>, records: &[u8], way: Way<'_>) -> Result<Outcome, String> {
    let schema = plan.input(StreamId(0));
    let columns = Columns::of(schema, records);
    let values = columns.values();
    let batch = if way.is_columnar {
        Batch::columns(&values, columns.rows())
    } else {
        Batch::records(records, schema.layout().record_size).expect("whole records")
    };
    let mut arena = vec![u64::MAX; plan.arena_bytes().div_ceil(8)];
    let mut query = Query::new(plan, bytemuck::cast_slice_mut(&mut arena))
        .map_err(|e| format!("does not start: {e}"))?;
    let mut random = way.chance.map(Random::new);
    let mut source = Steps::new(batch);
    let mut sink = Narrow { room: usize::MAX, ..Narrow::default() };
    let (mut idle, mut rows_in) = (0, 0);
    loop {
        source.room = usize::MAX;
        if let Some(random) = &mut random {
            source.room = [0, 1, random.below(5), random.below(100)][random.below(4)];
            sink.room = random.below(4);
            if random.one_in(8) {
                let kept = query.snapshot().map_err(|e| format!("no snapshot: {e}"))?.to_vec();
                arena.fill(u64::MAX);
                let bytes = bytemuck::cast_slice_mut(&mut arena);
                bytes[..kept.len()].copy_from_slice(&kept);
                query = Query::resume(plan, function::ALL, bytes)
                    .map_err(|e| format!("does not go on: {e}"))?;
            }
        }
        if let Some(clock) = way.clock {
            source.room = 1;
            query.set_clock(clock.get(rows_in).or(clock.last()).copied());
        }
        let progress = query.poll(&mut source, &mut sink).map_err(|e| format!("stopped: {e}"))?;
        rows_in += progress.rows_in;
        if progress.stop == Stop::Finished {
            break;
        }
        idle = if progress.rows_in + progress.rows_out == 0 { idle + 1 } else { 0 };
        if idle == PATIENCE {
            return Err(format!("it hangs: {:?} of {:?}", progress.stop, query.counters()));
        }
    }
    let counters = query.counters();
    let written = sink.records.len() / plan.output(OutputId(0)).layout().record_size;
    if (counters.rows_in, counters.rows_out) != (columns.rows() as u64, written as u64) {
        return Err(format!("{} rows in, {written} out, and {counters:?}", columns.rows()));
    }
    Ok(Outcome { records: sink.records, counters })
}
