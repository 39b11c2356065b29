//! A query: a verified plan and one arena.
//!
//! The arena's header holds the counters and the phase, so that a copy of the arena is a copy of
//! the query (`resume.rs`).

mod counted;
mod poll;
mod resume;

use bytemuck::{Pod, Zeroable};

use crate::arena::{clear, slice, slice_mut, view_mut};
use crate::counters::Counters;
use crate::error::{RunError, StartError};
use crate::expr::Context;
use crate::expr::frame::Frame;
use crate::function::{self, Functions};
use crate::operator::{Stages, Tables, Walk, known};
use crate::plan::Plan;
use crate::plan::layout::HEADER_BYTES;
use crate::plan::op::Op;
use crate::plan::uses::{Everything, Keep, Kept, Known, Uses};
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
    /// Of a snapshot: what it is of, and what its bytes must be.
    fingerprint: u32,
    checksum: u32,
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
pub struct Query<'p, 'a, U: Uses = Everything> {
    functions: Functions<'p>,
    arena: &'a mut [u8],
    tables: U::Kept<(Tables<'p>, Stages)>,
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
        let tables = Kept::new(|| (Tables::of(plan), Stages::of(plan)));
        let arena = fit::<Everything>(&tables, arena)?;
        let mut query = Self { functions, arena, tables };
        query.begin()?;
        Ok(query)
    }
}

impl<'a, K: Known> Query<'static, 'a, K> {
    /// Starts a query over a plan that is known while the program is built, with its state in `arena`,
    /// which is overwritten. `functions` are those that the plan calls: [`Functions::NONE`] if it calls
    /// none. Only what the plan uses is linked, and `verify` is not: see [`Known`].
    ///
    /// # Errors
    /// See [`StartError`].
    pub fn start(functions: Functions<'static>, arena: &'a mut [u8]) -> Result<Self, StartError> {
        if cfg!(debug_assertions) {
            verify(&K::PLAN, &functions)?;
        }
        let mut query = Self { functions, arena: fit::<K>(&(), arena)?, tables: () };
        query.begin()?;
        Ok(query)
    }
}

impl<'p, 'a, U: Uses> Query<'p, 'a, U> {
    /// Makes its state new.
    fn begin(&mut self) -> Result<(), StartError> {
        clear(self.arena);
        self.place_calls()?;
        self.set_clock(None);
        self.with_walk(|walk| walk.start()).map_err(|_| StartError::Internal)
    }

    /// Writes where the functions of the plan's calls are in the set.
    fn place_calls(&mut self) -> Result<(), StartError> {
        if const { !U::SET.any(&[Op::Call]) } {
            return Ok(());
        }
        let Tables { plan, geometry, .. } =
            tables::<U>(&self.tables).ok_or(StartError::Internal)?;
        let places = self.arena.get_mut(geometry.calls..geometry.registers);
        let places = slice_mut::<u16>(places.ok_or(StartError::Internal)?);
        let places = places.map_err(|_| StartError::Internal)?;
        for (place, call) in places.iter_mut().zip(plan.calls) {
            *place = self.functions.place(call.function).ok_or(StartError::Internal)?;
        }
        Ok(())
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
        f: impl FnOnce(&mut Walk<'_, '_, U>) -> Result<R, RunError>,
    ) -> Result<R, RunError> {
        let Self { functions, arena, tables: kept } = self;
        let tables = tables::<U>(kept).ok_or(RunError::Internal)?;
        let Tables { plan, geometry, fields } = tables;
        let (rest, states) =
            arena.split_at_mut_checked(geometry.states).ok_or(RunError::Internal)?;
        let (head, registers) =
            rest.split_at_mut_checked(geometry.registers).ok_or(RunError::Internal)?;
        let (head, places) = head.split_at_mut_checked(geometry.calls).ok_or(RunError::Internal)?;
        let frame = Frame::new(registers, geometry.registers, plan.registers, plan.batch_rows);
        let Header { counters, phase, clock, .. } = view_mut(head)?;
        let clock = (*clock != UNSET).then_some(*clock);
        let places = slice(places)?;
        let context = Context { plan, fields, functions: *functions, places, clock };
        let stages = kept.get().map_or(&[][..], |(_, stages)| stages);
        f(&mut Walk { context, tables, stages, frame, counters, phase, states })
    }

    /// The plan.
    #[must_use]
    pub fn plan(&self) -> &Plan<'p> {
        tables::<U>(&self.tables).map_or(&Plan::EMPTY, |tables| &tables.plan)
    }
}

/// The bytes that a query needs of `arena`, as they are.
fn fit<'a, U: Uses>(
    kept: &U::Kept<(Tables<'_>, Stages)>,
    arena: &'a mut [u8],
) -> Result<&'a mut [u8], StartError> {
    let geometry = &tables::<U>(kept).ok_or(StartError::Internal)?.geometry;
    let (needed, given) = (geometry.arena, arena.len());
    let arena = arena.get_mut(..needed).ok_or(StartError::ArenaTooSmall { needed, given })?;
    match arena.as_ptr().align_offset(8) {
        0 => Ok(arena),
        _ => Err(StartError::ArenaMisaligned),
    }
}

/// The tables of a query, which it keeps if they are not known.
#[inline(always)]
fn tables<'t, 'p, U: Uses>(kept: &'t U::Kept<(Tables<'p>, Stages)>) -> Option<&'t Tables<'p>> {
    match known::<U>() {
        Some(known) => Some(known),
        None => kept.get().map(|(tables, _)| tables),
    }
}
