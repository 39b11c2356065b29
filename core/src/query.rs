//! A query: a verified plan and one arena.
//!
//! The arena's header holds the counters and the phase, so that a copy of the arena is a copy of
//! the query.

mod counted;

use bytemuck::{Pod, Zeroable};

use crate::arena::{slice, slice_mut, view, view_mut};
use crate::batch::Batch;
use crate::counters::Counters;
use crate::error::{RunError, StartError};
use crate::expr::Context;
use crate::expr::frame::Frame;
use crate::function::{self, Functions};
use crate::operator::window::Cut;
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
    reserved: u64,
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
    pub fn poll<S: Sink>(
        &mut self,
        source: &mut impl Source,
        sink: &mut S,
    ) -> Result<Progress, RunError> {
        self.poll_into(source, sink, None::<&mut S>)
    }

    /// The same with a sink for the late records of a query that delivers them
    /// (`SETTINGS late = 'name'`): records of the stream, as they came. Without one they are only
    /// counted.
    ///
    /// # Errors
    /// As [`poll`](Self::poll).
    pub fn poll_with_late(
        &mut self,
        source: &mut impl Source,
        sink: &mut impl Sink,
        late: &mut impl Sink,
    ) -> Result<Progress, RunError> {
        self.poll_into(source, sink, Some(late))
    }

    fn poll_into(
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

    /// Says that no record before `time` comes any more: windows that end at or before it leave at
    /// the next poll. Microseconds since 1970-01-01 00:00:00 UTC; records of windows that are
    /// closed are late from then on. Nothing happens if the watermark is there already, or before
    /// the first record.
    ///
    /// # Errors
    /// [`RunError::Internal`] for an arena that was changed from outside.
    pub fn advance_watermark(&mut self, time: i64) -> Result<(), RunError> {
        self.with_walk(|walk| walk.punctuate(time))
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
