//! A query: a verified plan and one arena.
//!
//! The arena's header holds the counters and the phase, so that a copy of the arena is a copy of
//! the query.

use bytemuck::{Pod, Zeroable};

use crate::arena::{slice, slice_mut, view, view_mut};
use crate::batch::Batch;
use crate::counters::Counters;
use crate::error::{RunError, StartError};
use crate::expr::Context;
use crate::expr::frame::Frame;
use crate::function::{self, Functions};
use crate::operator::{Geometry, Walk, Walked};
use crate::plan::Plan;
use crate::plan::layout::HEADER_BYTES;
use crate::plan::op::StreamId;
use crate::plan::verify::verify;
use crate::ring::{Sink, Source};

/// The arena's first bytes.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
struct Header {
    counters: Counters,
    /// 0 reading; 1 the input has ended, and results leave if there are some.
    phase: u64,
    /// The clock that NOW() reads, microseconds since 1970; [`UNSET`] until it was set.
    clock: i64,
    reserved: [u64; 3],
}

const _: () = assert!(size_of::<Header>() as u64 == HEADER_BYTES);

/// No clock was set.
const UNSET: i64 = i64::MIN;

const READING: u64 = 0;
const ENDED: u64 = 1;

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
    functions: Functions<'p>,
    arena: &'a mut [u8],
    geometry: Geometry,
}

impl<'p, 'a> Query<'p, 'a> {
    /// Verifies the plan and starts a query with its state in `arena`, which is overwritten.
    ///
    /// # Errors
    /// See [`StartError`].
    pub fn new(plan: &Plan<'p>, arena: &'a mut [u8]) -> Result<Self, StartError> {
        Self::with_functions(plan, function::ALL, arena)
    }

    /// The same with a set of functions: your own ones too, or only those that the plan calls, so
    /// that no others are linked.
    ///
    /// # Errors
    /// See [`StartError`].
    pub fn with_functions(
        plan: &Plan<'p>,
        functions: Functions<'p>,
        arena: &'a mut [u8],
    ) -> Result<Self, StartError> {
        verify(plan, &functions)?;
        let (needed, given) = (plan.arena_bytes(), arena.len());
        let arena = arena.get_mut(..needed).ok_or(StartError::ArenaTooSmall { needed, given })?;
        if arena.as_ptr().align_offset(8) != 0 {
            return Err(StartError::ArenaMisaligned);
        }
        arena.fill(0);
        let geometry = Geometry::of(plan);
        let places = arena.get_mut(geometry.calls..geometry.registers);
        let places = slice_mut::<u16>(places.ok_or(StartError::Internal)?);
        let places = places.map_err(|_| StartError::Internal)?;
        for (place, call) in places.iter_mut().zip(plan.calls) {
            *place = functions.place(call.function).ok_or(StartError::Internal)?;
        }
        let mut query = Self { plan: *plan, functions, arena, geometry };
        query.set_clock(None);
        query.with_walk(|walk| walk.start()).map_err(|_| StartError::Internal)?;
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
            if self.with_walk(|walk| walk.is_leaving())? {
                let size = self.geometry.output.record_size;
                let most = self.plan.batch_rows as usize;
                let left = sink.write(size, most, |room| {
                    // Less than a record is no room: a sink should not lend it, but may.
                    let left = match room.len() < size {
                        true => Ok(None),
                        false => self.with_walk(|walk| walk.leave(room)).map(Some),
                    };
                    (left.unwrap_or_default().unwrap_or(0), left)
                });
                match left.transpose()?.flatten() {
                    Some(rows) => progress.rows_out += self.count_out(rows)?,
                    None => return Ok(Progress { stop: Stop::SinkFull, ..progress }),
                }
                continue;
            }
            if view::<Header>(self.arena)?.phase != READING {
                return Ok(Progress { stop: Stop::Finished, ..progress });
            }
            if budget == 0 {
                return Ok(progress);
            }
            let is_direct = self.geometry.is_direct();
            let read = source.read(budget, |batch| {
                // A source should lend from 1 to `budget` rows, but may not.
                let batch = batch.slice(0, budget);
                let walked = match batch.rows() {
                    0 => Err(RunError::BadBatch),
                    _ if is_direct => self.pass(&batch, sink),
                    _ => self.fold(&batch),
                };
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
                    self.with_walk(|walk| walk.end())?;
                    view_mut::<Header>(self.arena)?.phase = ENDED;
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
        let size = self.geometry.output.record_size;
        let walked = sink.write(size, batch.rows(), |room| {
            let rows = room.len() / size.max(1);
            let walked = self.with_walk(|walk| {
                let batch = fitting(walk, batch)?;
                match rows {
                    0 => Ok(None),
                    rows => walk.ingest(&batch.slice(0, rows), room).map(Some),
                }
            });
            (walked.map_or(0, |w| w.map_or(0, |w| w.rows_out)), walked)
        });
        walked.transpose().map(Option::flatten)
    }

    /// Folds a batch into groups, up to the row at which windows must leave first.
    fn fold(&mut self, batch: &Batch<'_>) -> Result<Option<Walked>, RunError> {
        self.with_walk(|walk| {
            let batch = fitting(walk, batch)?;
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

    /// Sets the clock that NOW() reads from the next poll on: microseconds since 1970-01-01
    /// 00:00:00 UTC, or `None` for NULL. A query never asks for the time itself, so that a run can
    /// be repeated.
    ///
    /// ```
    /// # use ringql_core::{query::Query, record::RecordRef, ring::{RecordSink, RecordSource}, sql::{Options, compile}};
    /// let program = compile("CREATE STREAM s (b BOOLEAN); SELECT NOW() FROM s", &Options::default())?;
    /// let plan = program.queries[0].plan();
    /// let mut arena = vec![0u64; plan.arena_bytes() / 8 + 1];
    /// let mut query = Query::new(&plan, bytemuck::cast_slice_mut(&mut arena)).unwrap();
    /// query.set_clock(Some(1_000_000));
    /// # Ok::<(), ringql_core::sql::CompileError>(())
    /// ```
    pub fn set_clock(&mut self, now: Option<i64>) {
        if let Ok(header) = view_mut::<Header>(self.arena) {
            header.clock = now.unwrap_or(UNSET);
        }
    }

    /// Lends the arena's parts to `f`.
    #[inline]
    fn with_walk<R>(
        &mut self,
        f: impl FnOnce(&mut Walk<'_, '_>) -> Result<R, RunError>,
    ) -> Result<R, RunError> {
        let Self { plan, functions, arena, geometry } = self;
        let (rest, states) =
            arena.split_at_mut_checked(geometry.states).ok_or(RunError::Internal)?;
        let (head, registers) =
            rest.split_at_mut_checked(geometry.registers).ok_or(RunError::Internal)?;
        let (head, places) = head.split_at_mut_checked(geometry.calls).ok_or(RunError::Internal)?;
        let frame = Frame::new(registers, geometry.registers, plan.registers, plan.batch_rows);
        let Header { counters, clock, .. } = view_mut(head)?;
        let clock = (*clock != UNSET).then_some(*clock);
        let context = Context { plan, functions: *functions, places: slice(places)?, clock };
        f(&mut Walk { context, geometry, frame, counters, states })
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
fn fitting<'b>(walk: &Walk<'_, '_>, batch: &Batch<'b>) -> Result<Batch<'b>, RunError> {
    let types = walk.context.plan.input(StreamId(0)).fields.iter().map(|f| f.data_type);
    if batch.fits(walk.geometry.input, types) { Ok(*batch) } else { Err(RunError::BadBatch) }
}
