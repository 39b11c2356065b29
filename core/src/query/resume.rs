//! Snapshots: a query's state as bytes, and a query that goes on from them.

use super::{Header, Query, fit};
use crate::arena::{view, view_mut};
use crate::error::{RunError, StartError};
use crate::function::Functions;
use crate::operator::{Stages, Tables};
use crate::plan::Plan;
use crate::plan::layout::HEADER_BYTES;
use crate::plan::uses::{Everything, Keep, Kept, Uses};
use crate::plan::verify::verify;
use crate::plan::wire;

/// The version of the states' layout: another number once bytes of an arena mean something else for
/// the same plan.
const VERSION: u16 = 1;

/// Bytes before the header's checksum, which is its last.
const BEFORE: usize = HEADER_BYTES as usize - 4;

impl<U: Uses> Query<'_, '_, U> {
    /// Seals the query's state and lends its bytes: a copy of them is a snapshot, from which
    /// [`resume`](Self::resume) goes on, in this process or another.
    ///
    /// They are the arena, [`Plan::arena_bytes`] of them. In it is all that a query is: groups,
    /// windows, watermarks, counters, results that wait for room in the sink, the clock that was set,
    /// and whether the input has ended. What still lies in the source, or in a ring before or behind
    /// the query, is not: whoever keeps a snapshot keeps with it where the input is to go on
    /// ([`rows_in`](crate::counters::Counters::rows_in) records were read) and how many results there
    /// were ([`rows_out`](crate::counters::Counters::rows_out)).
    ///
    /// The bytes are good for the same plan, on machines with the same byte order: there are no
    /// addresses in them. A checksum is among them, so that damage is noticed. The query goes on as
    /// before; its next poll breaks the arena's seal, that of copies stays.
    ///
    /// ```
    /// use ringql_core::{function, query::{Query, Stop}, ring::{RecordSink, RecordSource}};
    /// # use ringql_core::sql::{Options, compile};
    /// # let program = compile(
    /// #     "CREATE STREAM s (k INTEGER NOT NULL); SELECT k, COUNT(*) FROM s GROUP BY k",
    /// #     &Options { batch_rows: 2, ..Options::default() },
    /// # )?;
    /// # let plan = program.queries[0].plan(); // SELECT k, COUNT(*) FROM s GROUP BY k
    /// let records: Vec<u8> = [7, 8, 7, 7].into_iter().flat_map(i32::to_le_bytes).collect();
    /// let mut source = RecordSource::new(&records, 4);
    /// let mut results = [0; 64];
    /// let mut sink = RecordSink::new(&mut results);
    ///
    /// let mut arena = vec![0u64; plan.arena_bytes().div_ceil(8)];
    /// let mut query = Query::new(&plan, bytemuck::cast_slice_mut(&mut arena))?;
    /// assert_eq!(query.poll(&mut source, &mut sink)?.rows_in, 2);
    /// let kept = query.snapshot()?.to_vec(); // to a file, to flash
    ///
    /// let mut arena = vec![0u64; plan.arena_bytes().div_ceil(8)];
    /// let arena = bytemuck::cast_slice_mut(&mut arena);
    /// arena[..kept.len()].copy_from_slice(&kept);
    /// let mut query = Query::resume(&plan, function::ALL, arena)?;
    /// while query.poll(&mut source, &mut sink)?.stop != Stop::Finished {}
    /// assert_eq!(query.counters().rows_in, 4);
    /// assert_eq!(sink.written()[8..16], 3i64.to_le_bytes()); // COUNT(*) of 7
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`RunError::Internal`] for an arena that was changed from outside.
    pub fn snapshot(&mut self) -> Result<&[u8], RunError> {
        let fingerprint = fingerprint(self.plan()).ok_or(RunError::Internal)?;
        view_mut::<Header>(self.arena)?.fingerprint = fingerprint;
        let checksum = checksum(self.arena).ok_or(RunError::Internal)?;
        view_mut::<Header>(self.arena)?.checksum = checksum;
        Ok(self.arena)
    }
}

impl<'p, 'a> Query<'p, 'a> {
    /// The query of a [`snapshot`](Self::snapshot), whose bytes are in `arena`. It goes on as that one
    /// would have: the same results to the byte, the same counters. `plan` is verified as in
    /// [`new`](Self::new), and `functions` are those that it calls, in whatever order.
    ///
    /// After an error the arena is as it was. The checksum tells damage, not intent: bytes that
    /// somebody forged, checksum and all, can make results wrong or a poll very long, as much as
    /// whoever writes to the arena can; they reach nothing outside it. Keep snapshots where only you
    /// can write.
    ///
    /// # Errors
    /// Those of [`new`](Self::new); [`StartError::NoSnapshot`] if the bytes are not of this plan, or
    /// of a version that lays states out otherwise; [`StartError::Damaged`] if any of them was
    /// changed, also by a poll.
    pub fn resume(
        plan: &Plan<'p>,
        functions: Functions<'p>,
        arena: &'a mut [u8],
    ) -> Result<Self, StartError> {
        verify(plan, &functions)?;
        let tables = Kept::new(|| (Tables::of(plan), Stages::of(plan)));
        let arena = fit::<Everything>(&tables, arena)?;
        let mut query = Self { functions, arena, tables };
        let header = view::<Header>(query.arena).map_err(|_| StartError::Internal)?;
        if Some(header.fingerprint) != fingerprint(plan) {
            return Err(StartError::NoSnapshot);
        }
        if Some(header.checksum) != checksum(query.arena) {
            return Err(StartError::Damaged);
        }
        query.place_calls()?;
        Ok(query)
    }
}

/// What a snapshot is of: the version, the arena's size, the plan.
fn fingerprint(plan: &Plan<'_>) -> Option<u32> {
    let [v0, v1] = VERSION.to_le_bytes();
    let [a0, a1, a2, a3, a4, a5, a6, a7] = (plan.arena_bytes() as u64).to_le_bytes();
    wire::fingerprint(plan, &[v0, v1, a0, a1, a2, a3, a4, a5, a6, a7])
}

/// The checksum of all bytes but its own.
fn checksum(arena: &[u8]) -> Option<u32> {
    let (before, rest) = arena.split_at_checked(BEFORE)?;
    let of_header = twox_hash::XxHash64::oneshot(0, before);
    Some(twox_hash::XxHash64::oneshot(of_header, rest.get(4..)?) as u32)
}
