//! A poll: batches from the source, results and late records to the sinks.

use super::{ENDED, Header, Progress, Query, READING, Stop, fitting};
use crate::arena::{view, view_mut};
use crate::batch::Batch;
use crate::error::RunError;
use crate::operator::Walked;
use crate::operator::window::Cut;
use crate::ring::{Sink, Source};

impl Query<'_, '_> {
    pub(super) fn poll_into(
        &mut self,
        source: &mut impl Source,
        sink: &mut impl Sink,
        mut late: Option<&mut impl Sink>,
    ) -> Result<Progress, RunError> {
        if self.geometry.is_direct() {
            return self.poll_direct(source, sink);
        }
        let mut progress = Progress { rows_in: 0, rows_out: 0, stop: Stop::WantsInput };
        let mut budget = self.plan.batch_rows as usize;
        let mut changes = self.with_walk(|walk| {
            walk.tick()?;
            Ok(walk.emits_each_poll())
        })?;
        loop {
            if self.with_walk(|walk| walk.is_leaving())? {
                match self.leave(sink)? {
                    Some(rows) => progress.rows_out += self.count_out(rows)?,
                    None => return Ok(Progress { stop: Stop::SinkFull, ..progress }),
                }
                continue;
            }
            if view::<Header>(self.arena)?.phase != READING {
                return Ok(Progress { stop: Stop::Finished, ..progress });
            }
            if budget == 0 && changes {
                // Once a poll, when everything was read.
                changes = false;
                self.with_walk(|walk| walk.emit_changes())?;
                continue;
            }
            if budget == 0 {
                return Ok(progress);
            }
            let read = source.read(budget, |batch| {
                // A source should lend from 1 to `budget` rows, but may not.
                let batch = batch.slice(0, budget);
                let walked = match batch.rows() {
                    0 => Err(RunError::BadBatch),
                    _ => match &mut late {
                        Some(late) if self.geometry.delivers_late() => {
                            self.fold_with_late(&batch, *late)
                        }
                        _ => self.fold(&batch, &mut []),
                    },
                };
                (walked.map_or(0, |w| w.map_or(0, |w| w.rows_in)), walked)
            });
            match read {
                Some(walked) => {
                    let Some(walked) = walked? else {
                        return Ok(Progress { stop: Stop::SinkFull, ..progress });
                    };
                    budget = budget.saturating_sub(walked.rows_in);
                    self.took(walked, &mut progress)?;
                }
                None if source.is_finished() => {
                    self.with_walk(|walk| walk.end())?;
                    view_mut::<Header>(self.arena)?.phase = ENDED;
                }
                None if changes => {
                    changes = false;
                    self.with_walk(|walk| walk.emit_changes())?;
                }
                None => return Ok(progress),
            }
        }
    }

    /// The same for a query whose rows become records at once: nothing leaves by itself.
    fn poll_direct(
        &mut self,
        source: &mut impl Source,
        sink: &mut impl Sink,
    ) -> Result<Progress, RunError> {
        let mut progress = Progress { rows_in: 0, rows_out: 0, stop: Stop::WantsInput };
        let mut budget = self.plan.batch_rows as usize;
        while budget > 0 {
            if view::<Header>(self.arena)?.phase != READING {
                return Ok(Progress { stop: Stop::Finished, ..progress });
            }
            let read = source.read(budget, |batch| {
                let batch = batch.slice(0, budget);
                let walked = match batch.rows() {
                    0 => Err(RunError::BadBatch),
                    _ => self.pass(&batch, sink),
                };
                (walked.map_or(0, |w| w.map_or(0, |w| w.rows_in)), walked)
            });
            match read {
                Some(walked) => {
                    let Some(walked) = walked? else {
                        return Ok(Progress { stop: Stop::SinkFull, ..progress });
                    };
                    budget = budget.saturating_sub(walked.rows_in);
                    self.took(walked, &mut progress)?;
                }
                None if source.is_finished() => view_mut::<Header>(self.arena)?.phase = ENDED,
                None => break,
            }
        }
        Ok(progress)
    }

    /// Counts what a walk took from the source, and says if it ended with an error.
    fn took(&mut self, walked: Walked, progress: &mut Progress) -> Result<(), RunError> {
        progress.rows_in += walked.rows_in;
        progress.rows_out += walked.rows_out;
        let counters = &mut view_mut::<Header>(self.arena)?.counters;
        counters.rows_in += walked.rows_in as u64;
        counters.rows_out += walked.rows_out as u64;
        walked.error.map_or(Ok(()), Err)
    }

    /// Lets rows leave into the sink; `None` if it is full.
    fn leave(&mut self, sink: &mut impl Sink) -> Result<Option<usize>, RunError> {
        let size = self.geometry.output.record_size;
        let needs = self.geometry.leaving_rows();
        let most = (self.plan.batch_rows as usize).saturating_mul(needs);
        let left = sink.write(size, most, |room| {
            // Less than a record is no room: a sink should not lend it, but may.
            let left = match room.len() < size.saturating_mul(needs) {
                true => Ok(None),
                false => self.with_walk(|walk| walk.leave(room)).map(Some),
            };
            (left.unwrap_or_default().unwrap_or(0), left)
        });
        left.transpose().map(Option::flatten)
    }

    /// Runs a batch through to the sink; `None` if it is full.
    fn pass(
        &mut self,
        batch: &Batch<'_>,
        sink: &mut impl Sink,
    ) -> Result<Option<Walked>, RunError> {
        let size = self.geometry.output.record_size;
        let walked = sink.write(size, batch.rows(), |room| {
            let rows = room.len() / size.max(1);
            let walked = self.with_walk(|walk| {
                let batch = fitting(walk, batch)?;
                match rows {
                    0 => Ok(None),
                    rows => walk.ingest(&batch.slice(0, rows), room, &mut []).map(Some),
                }
            });
            (walked.map_or(0, |w| w.map_or(0, |w| w.rows_out)), walked)
        });
        walked.transpose().map(Option::flatten)
    }

    /// Folds as many rows as there is room for, should all of them be late.
    fn fold_with_late(
        &mut self,
        batch: &Batch<'_>,
        late: &mut impl Sink,
    ) -> Result<Option<Walked>, RunError> {
        let size = self.geometry.input.record_size;
        let walked = late.write(size, batch.rows(), |room| {
            let rows = room.len() / size.max(1);
            let walked = match rows {
                0 => Ok(None),
                rows => self.fold(&batch.slice(0, rows), room),
            };
            (walked.map_or(0, |w| w.map_or(0, |w| w.late_out)), walked)
        });
        walked.transpose().map(Option::flatten)
    }

    /// Folds a batch into groups, up to the row at which windows must leave first.
    fn fold(
        &mut self,
        batch: &Batch<'_>,
        late_room: &mut [u8],
    ) -> Result<Option<Walked>, RunError> {
        let size = self.geometry.input.record_size;
        self.with_walk(|walk| {
            let batch = fitting(walk, batch)?;
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
                    let walked = walk.ingest(&rest.slice(0, end), &mut [], room)?;
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
            Ok(Some(all))
        })
    }

    fn count_out(&mut self, rows: usize) -> Result<usize, RunError> {
        view_mut::<Header>(self.arena)?.counters.rows_out += rows as u64;
        Ok(rows)
    }
}
