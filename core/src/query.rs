//! A query: a verified plan and one arena.
//!
//! The arena's header holds the counters and the phase, so that a copy of the arena is a copy of
//! the query.

use bytemuck::{Pod, Zeroable};

use crate::arena::{view, view_mut};
use crate::batch::Batch;
use crate::counters::Counters;
use crate::error::{RunError, StartError};
use crate::expr::frame::Frame;
use crate::operator::{Walk, Walked, aggregate_of};
use crate::plan::Plan;
use crate::plan::layout::{HEADER_BYTES, registers_bytes, registers_offset};
use crate::plan::op::{OutputId, StreamId};
use crate::plan::verify::verify;
use crate::ring::{Sink, Source};
use crate::schema::Layout;

/// The arena's first bytes.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
struct Header {
    counters: Counters,
    /// 0 reading, 1 the input has ended and results leave, 2 finished.
    phase: u64,
    reserved: [u64; 8],
}

const _: () = assert!(size_of::<Header>() as u64 == HEADER_BYTES);

const READING: u64 = 0;
const ENDING: u64 = 1;
const FINISHED: u64 = 2;

/// What one [`Query::poll`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Progress {
    /// Records read.
    pub rows_in: usize,
    /// Result rows written.
    pub rows_out: usize,
    /// Why it stopped.
    pub stop: Stop,
}

/// Why a poll stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Stop {
    /// It is done with the rows that the source lent. If `rows_in` is 0 the source had none.
    WantsInput,
    /// The sink has no room; poll again when it has. Nothing is lost.
    SinkFull,
    /// The source is finished and every result row is written.
    Finished,
}

/// A running query.
#[derive(Debug)]
pub struct Query<'p, 'a> {
    plan: Plan<'p>,
    arena: &'a mut [u8],
    input: Layout,
    output: Layout,
    /// Whether input rows become records without an aggregate in between.
    is_direct: bool,
}

impl<'p, 'a> Query<'p, 'a> {
    /// Verifies the plan and starts a query with its state in `arena`, which is overwritten.
    ///
    /// # Errors
    /// See [`StartError`].
    pub fn new(plan: &Plan<'p>, arena: &'a mut [u8]) -> Result<Self, StartError> {
        verify(plan)?;
        let (needed, given) = (plan.arena_bytes(), arena.len());
        let arena = arena.get_mut(..needed).ok_or(StartError::ArenaTooSmall { needed, given })?;
        if arena.as_ptr().align_offset(8) != 0 {
            return Err(StartError::ArenaMisaligned);
        }
        arena.fill(0);
        let mut query = Self {
            plan: *plan,
            arena,
            input: plan.input(StreamId(0)).layout(),
            output: plan.output(OutputId(0)).layout(),
            is_direct: aggregate_of(plan).is_none(),
        };
        query.with_walk(|walk, _| walk.start()).map_err(|_| StartError::Internal)?;
        Ok(query)
    }

    /// Reads at most one batch of rows from `source` and writes what results from it to `sink`.
    ///
    /// Call it again at once if `rows_in` is above 0, else when there is more input or room.
    ///
    /// # Errors
    /// See [`RunError`]. The query then stays where it is: what was read before is counted in and
    /// what was written is whole records.
    pub fn poll(
        &mut self,
        source: &mut impl Source,
        sink: &mut impl Sink,
    ) -> Result<Progress, RunError> {
        let mut progress = Progress { rows_in: 0, rows_out: 0, stop: Stop::WantsInput };
        let mut budget = self.plan.batch_rows as usize;
        loop {
            if self.with_walk(|walk, _| walk.is_leaving())? {
                let size = self.output.record_size;
                let most = self.plan.batch_rows as usize;
                let written = sink.write(size, most, |room| {
                    let written = self.with_walk(|walk, _| walk.leave(size, room));
                    (written.unwrap_or(0), written)
                });
                match written {
                    Some(rows) => progress.rows_out += self.count_out(rows?)?,
                    None => return Ok(Progress { stop: Stop::SinkFull, ..progress }),
                }
                continue;
            }
            match self.phase()? {
                READING if budget == 0 => return Ok(progress),
                READING => {}
                ENDING => *self.phase_mut()? = FINISHED,
                _ => return Ok(Progress { stop: Stop::Finished, ..progress }),
            }
            if self.phase()? != READING {
                continue;
            }
            let is_direct = self.is_direct;
            let read = source.read(budget, |batch| {
                let walked = if is_direct { self.pass(&batch, sink) } else { self.fold(&batch) };
                (walked.map_or(0, |w| w.map_or(0, |w| w.rows_in)), walked)
            });
            match read {
                Some(walked) => {
                    let Some(walked) = walked? else {
                        return Ok(Progress { stop: Stop::SinkFull, ..progress });
                    };
                    budget = budget.saturating_sub(walked.rows_in);
                    progress.rows_in += walked.rows_in;
                    progress.rows_out += self.count_out(walked.rows_out)?;
                    view_mut::<Header>(self.arena)?.counters.rows_in += walked.rows_in as u64;
                    if let Some(error) = walked.error {
                        return Err(error);
                    }
                }
                None if source.is_finished() => {
                    self.with_walk(|walk, _| walk.end())?;
                    *self.phase_mut()? = ENDING;
                }
                None => return Ok(progress),
            }
        }
    }

    /// Runs a batch through to the sink; `None` if it is full.
    fn pass(
        &mut self,
        batch: &Batch<'_>,
        sink: &mut impl Sink,
    ) -> Result<Option<Walked>, RunError> {
        let size = self.output.record_size;
        let walked = sink.write(size, batch.rows(), |room| {
            let rows = room.len() / size.max(1);
            let walked = self.with_walk(|walk, input| {
                let batch = fitting(walk.plan, input, batch)?;
                walk.ingest(&batch.slice(0, rows), room)
            });
            (walked.map_or(0, |w| w.rows_out), walked)
        });
        walked.transpose()
    }

    /// Folds a batch into groups, up to the row at which windows must leave first.
    fn fold(&mut self, batch: &Batch<'_>) -> Result<Option<Walked>, RunError> {
        self.with_walk(|walk, input| {
            let batch = fitting(walk.plan, input, batch)?;
            let mut done = 0;
            let mut cut = walk.next_cut(&batch)?;
            loop {
                let end = cut.map_or(batch.rows(), |(row, _)| done + row);
                if end > done {
                    let mut walked = walk.ingest(&batch.slice(done, end - done), &mut [])?;
                    walked.rows_in += done;
                    if walked.error.is_some() {
                        return Ok(Some(walked));
                    }
                    done = end;
                }
                let Some((_, time)) = cut else { break };
                walk.advance(time)?;
                if walk.is_leaving()? {
                    break;
                }
                cut = walk.next_cut(&batch.slice(done, usize::MAX))?;
            }
            Ok(Some(Walked { rows_in: done, rows_out: 0, error: None }))
        })
    }

    fn count_out(&mut self, rows: usize) -> Result<usize, RunError> {
        view_mut::<Header>(self.arena)?.counters.rows_out += rows as u64;
        Ok(rows)
    }

    fn phase(&self) -> Result<u64, RunError> {
        Ok(view::<Header>(self.arena)?.phase)
    }

    fn phase_mut(&mut self) -> Result<&mut u64, RunError> {
        Ok(&mut view_mut::<Header>(self.arena)?.phase)
    }

    /// Lends the arena's parts to `f`, with the layout of input records.
    fn with_walk<R>(
        &mut self,
        f: impl FnOnce(&mut Walk<'_, '_>, Layout) -> Result<R, RunError>,
    ) -> Result<R, RunError> {
        let plan = &self.plan;
        let frame_base = registers_offset(plan) as usize;
        let frame_len = registers_bytes(plan) as usize;
        let (head, rest) = self.arena.split_at_mut_checked(frame_base).ok_or(RunError::Internal)?;
        let (registers, states) = rest.split_at_mut_checked(frame_len).ok_or(RunError::Internal)?;
        let mut walk = Walk {
            plan,
            frame: Frame::new(registers, frame_base, plan.registers, plan.batch_rows),
            counters: &mut view_mut::<Header>(head)?.counters,
            states,
            base: frame_base + frame_len,
        };
        f(&mut walk, self.input)
    }

    /// The counters so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        view::<Header>(self.arena).map_or(Counters::default(), |h| h.counters)
    }

    /// The plan.
    #[must_use]
    pub const fn plan(&self) -> &Plan<'p> {
        &self.plan
    }
}

/// The batch, if it can be read as the plan's stream.
fn fitting<'b>(plan: &Plan<'_>, layout: Layout, batch: &Batch<'b>) -> Result<Batch<'b>, RunError> {
    let types = plan.input(StreamId(0)).fields.iter().map(|f| f.data_type);
    if batch.fits(layout, types) { Ok(*batch) } else { Err(RunError::BadBatch) }
}
