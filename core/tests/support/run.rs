//! One run of a plan over one batch, cut and drained at random or not at all.

use ringql_core::batch::Batch;
use ringql_core::counters::Counters;
use ringql_core::error::RunError;
use ringql_core::function;
use ringql_core::plan::Plan;
use ringql_core::query::{Query, Stop};
use ringql_core::schema::Schema;

use super::ends::{Columns, Narrow, Pieces};
use super::{input, output};
use crate::common::Random;

/// What a run gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    pub records: Vec<u8>,
    pub counters: Counters,
    pub error: Option<RunError>,
}

/// Seeds of what is left to chance; `None`: whole batches, a sink that is never full.
#[derive(Clone, Copy, Debug, Default)]
pub struct Chance {
    pub cuts: Option<u64>,
    pub sink: Option<u64>,
}

/// Runs a plan over row-major records to its end.
pub fn run(plan: &Plan<'_>, records: &[u8], chance: Chance) -> Outcome {
    let size = input(plan).layout().record_size;
    run_batch(plan, Batch::records(records, size).expect("whole records"), chance, None)
}

/// The same, where now and then another query goes on from a snapshot. `seed` says when.
pub fn run_resumed(plan: &Plan<'_>, records: &[u8], chance: Chance, seed: u64) -> Outcome {
    let size = input(plan).layout().record_size;
    run_batch(plan, Batch::records(records, size).expect("whole records"), chance, Some(seed))
}

/// The same over the columns of the records.
pub fn run_columns(plan: &Plan<'_>, records: &[u8], chance: Chance) -> Outcome {
    let schema: Schema<'_> = input(plan);
    let columns = match chance.cuts {
        // What is cut at random is also where no column can be read in place.
        Some(seed) if seed % 2 == 1 => Columns::of(schema, records).at_odd_addresses(),
        _ => Columns::of(schema, records),
    };
    run_batch(plan, Batch::columns(&columns.values(), columns.rows()), chance, None)
}

fn run_batch(plan: &Plan<'_>, batch: Batch<'_>, chance: Chance, resumes: Option<u64>) -> Outcome {
    let rows = batch.rows();
    let mut source = Pieces::new(batch, chance.cuts);
    let mut sink = Narrow::new(chance.sink);
    let bytes = plan.arena_bytes();
    let mut words = vec![u64::MAX; bytes.div_ceil(8)];
    let arena = &mut bytemuck::cast_slice_mut(&mut words)[..bytes];
    let mut query = Query::new(plan, arena).expect("a compiled plan starts");
    let mut resumes = resumes.map(Random::new);
    let (mut rows_in, mut rows_out) = (0, 0);
    let mut error = None;
    let mut finished = false;
    // A poll reads or writes at least a row, finds the source without one, or the sink full.
    for _ in 0..8 * rows + 64 {
        if resumes.as_mut().is_some_and(|random| random.one_in(4)) {
            let kept = query.snapshot().expect("a snapshot").to_vec();
            words.fill(u64::MAX);
            let arena = &mut bytemuck::cast_slice_mut(&mut words)[..bytes];
            arena.copy_from_slice(&kept);
            query = Query::resume(plan, function::ALL, arena).expect("its own snapshot");
        }
        match query.poll(&mut source, &mut sink) {
            Ok(progress) => {
                rows_in += progress.rows_in as u64;
                rows_out += progress.rows_out as u64;
                match progress.stop {
                    Stop::WantsInput => {}
                    Stop::SinkFull => sink.drain(),
                    Stop::Finished => finished = true,
                }
            }
            Err(e) => {
                error = Some(e);
                finished = true;
            }
        }
        if finished {
            break;
        }
    }
    assert!(finished, "the query does not end");
    let counters = query.counters();
    let written = sink.records.len() / output(plan).layout().record_size;
    assert_eq!(counters.rows_out, written as u64);
    if error.is_none() {
        assert_eq!(counters.rows_in, rows as u64);
        assert_eq!((rows_in, rows_out), (counters.rows_in, counters.rows_out));
        let again = query.poll(&mut source, &mut sink).expect("a finished query stays finished");
        assert_eq!((again.stop, again.rows_in, again.rows_out), (Stop::Finished, 0, 0));
    }
    Outcome { records: sink.records, counters, error }
}
