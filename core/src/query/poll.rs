//! A poll: batches from the source, results and late records to the sinks.

use super::{ENDED, Progress, Query, READING, Stop};
use crate::ahead::Ahead;
use crate::batch::Batch;
use crate::error::RunError;
use crate::operator::window::Cut;
use crate::operator::{Walk, Walked};
use crate::plan::uses::{self, Uses};
use crate::ring::{Sink, Source, fitting};

impl<U: Uses> Query<'_, '_, U> {
    pub(super) fn poll_into(
        &mut self,
        source: &mut impl Source,
        sink: &mut impl Sink,
        late: Option<&mut impl Sink>,
    ) -> Result<Progress, RunError> {
        self.with_walk(|walk| match walk.is_direct() {
            true if const { U::SET.direct } => pass_batches(walk, source, sink),
            false if const { U::SET.aggregate } => fold_batches(walk, source, sink, late),
            _ => Err(RunError::Internal),
        })
    }
}

const NOTHING: Progress = Progress { rows_in: 0, rows_out: 0, stop: Stop::WantsInput };

/// What became of lent rows: how many are done with, and whether there was room for any result.
type Taken = (usize, Result<bool, RunError>);

/// The poll of a query whose rows become records at once: nothing leaves by itself.
fn pass_batches<U: Uses>(
    walk: &mut Walk<'_, '_, U>,
    source: &mut impl Source,
    sink: &mut impl Sink,
) -> Result<Progress, RunError> {
    let mut progress = NOTHING;
    let most = uses::plan::<U>(walk.context.plan).batch_rows as usize;
    while progress.rows_in < most {
        if *walk.phase != READING {
            progress.stop = Stop::Finished;
            break;
        }
        let budget = most - progress.rows_in;
        let read = source.read(budget, |mut batch| {
            // A source should lend from 1 to `budget` rows, but may not.
            batch.truncate(budget);
            pass(walk, batch, sink, &mut progress)
        });
        match read {
            Some(Ok(true)) => {}
            Some(Ok(false)) => {
                progress.stop = Stop::SinkFull;
                break;
            }
            Some(Err(error)) => return Err(error),
            None if source.is_finished() => *walk.phase = ENDED,
            None => break,
        }
    }
    Ok(progress)
}

/// The poll of a query whose rows go into groups.
fn fold_batches<U: Uses>(
    walk: &mut Walk<'_, '_, U>,
    source: &mut impl Source,
    sink: &mut impl Sink,
    mut late: Option<&mut impl Sink>,
) -> Result<Progress, RunError> {
    let mut progress = NOTHING;
    let most = uses::plan::<U>(walk.context.plan).batch_rows as usize;
    walk.tick()?;
    let mut changes = const { U::SET.changes } && walk.emits_each_poll();
    loop {
        if walk.is_leaving()? {
            if !leave(walk, sink, &mut progress)? {
                return Ok(Progress { stop: Stop::SinkFull, ..progress });
            }
            continue;
        }
        if *walk.phase != READING {
            return Ok(Progress { stop: Stop::Finished, ..progress });
        }
        let budget = most.saturating_sub(progress.rows_in);
        if budget == 0 && changes {
            // Once a poll, when everything was read.
            changes = false;
            walk.emit_changes()?;
            continue;
        }
        if budget == 0 {
            return Ok(progress);
        }
        let read = source.read(budget, |mut batch| {
            batch.truncate(budget);
            match &mut late {
                Some(late) if const { U::SET.late } && walk.delivers_late() => {
                    fold_with_late(walk, batch, *late, &mut progress)
                }
                _ => fold_through(walk, &batch, sink, &mut progress),
            }
        });
        match read {
            Some(Ok(true)) => {}
            Some(Ok(false)) => return Ok(Progress { stop: Stop::SinkFull, ..progress }),
            Some(Err(error)) => return Err(error),
            None if source.is_finished() => {
                walk.end()?;
                *walk.phase = ENDED;
            }
            None if changes => {
                changes = false;
                walk.emit_changes()?;
            }
            None => return Ok(progress),
        }
    }
}

/// Folds a batch, and lets leave in between what must, up to the last row or a full sink.
fn fold_through<U: Uses>(
    walk: &mut Walk<'_, '_, U>,
    batch: &Batch<'_>,
    sink: &mut impl Sink,
    progress: &mut Progress,
) -> Taken {
    let ahead = Ahead::of(batch, walk.context.plan, walk.geometry().columns);
    let batch = batch.asking(ahead.as_ref());
    let mut taken = 0;
    loop {
        let rest = batch.slice(taken, usize::MAX);
        batch.ask();
        let (rows, outcome) = match fold(walk, &rest, &mut []) {
            Ok(walked) => took(walk, walked, progress),
            Err(error) => (0, Err(error)),
        };
        taken += rows;
        if !matches!(outcome, Ok(true)) || taken == batch.rows() {
            return (taken, outcome);
        }
        loop {
            batch.ask();
            match walk.is_leaving() {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => return (taken, Err(error)),
            }
            batch.ask();
            match leave(walk, sink, progress) {
                Ok(true) => {}
                stops => return (taken, stops),
            }
        }
    }
}

/// Whether a batch can be read as the plan's stream.
#[inline]
fn check<U: Uses>(walk: &Walk<'_, '_, U>, batch: &Batch<'_>) -> Result<(), RunError> {
    match batch.rows() > 0
        && batch.fits(walk.geometry().input, uses::fields::<U>(walk.context.fields))
    {
        true => Ok(()),
        false => Err(RunError::BadBatch),
    }
}

/// Counts what a walk took from the source, and says if it ended with an error.
#[inline]
fn took<U: Uses>(walk: &mut Walk<'_, '_, U>, walked: Walked, progress: &mut Progress) -> Taken {
    progress.rows_in += walked.rows_in;
    progress.rows_out += walked.rows_out;
    walk.counters.rows_in += walked.rows_in as u64;
    walk.counters.rows_out += walked.rows_out as u64;
    (walked.rows_in, walked.error.map_or(Ok(true), Err))
}

/// Lets rows leave into the sink; whether it has room.
fn leave<U: Uses>(
    walk: &mut Walk<'_, '_, U>,
    sink: &mut impl Sink,
    progress: &mut Progress,
) -> Result<bool, RunError> {
    let size = walk.geometry().output.record_size;
    let needs = walk.leaving_rows();
    let most = (uses::plan::<U>(walk.context.plan).batch_rows as usize).saturating_mul(needs);
    let left = sink.write(size, most, |room| {
        // Less than a record is no room: a sink should not lend it, but may.
        let left = match room.len() < size.saturating_mul(needs) {
            true => Ok(None),
            false => walk.leave(room).map(Some),
        };
        (left.unwrap_or_default().unwrap_or(0), left)
    });
    let Some(rows) = left.transpose()?.flatten() else { return Ok(false) };
    progress.rows_out += rows;
    walk.counters.rows_out += rows as u64;
    Ok(true)
}

/// Runs a batch through to the sink.
fn pass<U: Uses>(
    walk: &mut Walk<'_, '_, U>,
    batch: Batch<'_>,
    sink: &mut impl Sink,
    progress: &mut Progress,
) -> Taken {
    if let Err(error) = check(walk, &batch) {
        return (0, Err(error));
    }
    let ahead = Ahead::of(&batch, walk.context.plan, walk.geometry().columns);
    let mut batch = batch.asking(ahead.as_ref());
    let size = walk.geometry().output.record_size;
    let taken = sink.write(size, batch.rows(), |room| {
        batch.truncate(fitting(room.len(), size, batch.rows()));
        if batch.rows() == 0 {
            return (0, (0, Ok(false)));
        }
        match walk.pass(&batch, room) {
            Ok(walked) => (walked.rows_out, took(walk, walked, progress)),
            Err(error) => (0, (0, Err(error))),
        }
    });
    taken.unwrap_or((0, Ok(false)))
}

/// Folds as many rows as there is room for, should all of them be late.
fn fold_with_late<U: Uses>(
    walk: &mut Walk<'_, '_, U>,
    mut batch: Batch<'_>,
    late: &mut impl Sink,
    progress: &mut Progress,
) -> Taken {
    let size = walk.geometry().input.record_size;
    let taken = late.write(size, batch.rows(), |room| {
        batch.truncate(fitting(room.len(), size, batch.rows()));
        if batch.rows() == 0 {
            return (0, (0, Ok(false)));
        }
        match fold(walk, &batch, room) {
            Ok(walked) => (walked.late_out, took(walk, walked, progress)),
            Err(error) => (0, (0, Err(error))),
        }
    });
    taken.unwrap_or((0, Ok(false)))
}

/// Folds a batch into groups, up to the row at which windows must leave first.
fn fold<U: Uses>(
    walk: &mut Walk<'_, '_, U>,
    batch: &Batch<'_>,
    late_room: &mut [u8],
) -> Result<Walked, RunError> {
    check(walk, batch)?;
    let size = walk.geometry().input.record_size;
    let mut all = Walked::default();
    loop {
        let rest = batch.slice(all.rows_in, usize::MAX);
        if rest.rows() == 0 {
            break;
        }
        let cut = walk.next_cut(&rest)?;
        let end = match cut {
            None => rest.rows(),
            Some((row, Cut::MoveAfter(_))) => row + 1,
            Some((row, _)) => row,
        };
        if end > 0 {
            let room = late_room.get_mut(all.late_out * size..).unwrap_or_default();
            let walked = walk.ingest(&rest.slice(0, end), room)?;
            all.rows_in += walked.rows_in;
            all.late_out += walked.late_out;
            walk.heard(walked.rows_in)?;
            if walked.error.is_some() || walked.makes_room || !walk.is_quiet()? {
                all.error = walked.error;
                // What must happen at the row behind is found again.
                if walked.rows_in == end && matches!(cut, Some((_, Cut::MoveAfter(_)))) {
                    cut.map_or(Ok(false), |(_, cut)| walk.cut(cut))?;
                }
                break;
            }
        }
        let Some((_, cut)) = cut else { break };
        if walk.cut(cut)? {
            all.rows_in += 1;
            walk.heard(1)?;
        }
        if !walk.is_quiet()? {
            break;
        }
    }
    Ok(all)
}
