//! A reference query in the middle of a run: to take snapshots of, and to go on from them.

use ringql_core::function;
use ringql_core::query::{Query, Stop};
use ringql_core::ring::RecordSource;
use ringql_core::sql::OwnedPlan;
use ringql_runtime::Arena;

use crate::data::Reading;
use crate::queries;
use crate::run::{CollectingSink, arena, plan, run_from};
use crate::variants::of_devices;

/// Groups that the queries have room for, and that their records are of.
pub const GROUPS: [u32; 2] = [1_000, 100_000];

/// The queries that keep groups, by name. (Q5 keeps a few numbers; here it is of each device.)
pub const QUERIES: [(&str, &str); 3] =
    [("Q3", queries::Q3), ("Q4", queries::Q4), ("Q5 by device", Q5_BY_DEVICE)];

const Q5_BY_DEVICE: &str = "SELECT window_start, device, AVG(temp)
FROM HOP(s, ts, INTERVAL '1' SECOND, INTERVAL '10' SECOND)
GROUP BY window_start, window_end, device";

/// A query that has read half of its records.
#[derive(Debug)]
pub struct Paused {
    plan: OwnedPlan,
    arena: Arena,
    copy: Vec<u8>,
}

impl Paused {
    /// A query with room for so many groups.
    ///
    /// # Panics
    /// If the one that goes on from its snapshot gives other results than one that never stopped.
    #[must_use]
    pub fn new(sql: &str, groups: u32, rows: &[Reading]) -> Self {
        let owned = plan(&format!("{sql} SETTINGS max_groups = {groups}"), 1024);
        let rows = of_devices(rows, groups);
        let records = |rows| RecordSource::new(bytemuck::cast_slice(rows), size_of::<Reading>());
        let mut sink = CollectingSink::default();
        let mut arena = arena(&owned);
        run_from(&owned, &mut arena, records(&rows), &mut sink);
        let whole = std::mem::take(&mut sink.records);

        let plan = owned.plan();
        let mut query = Query::new(&plan, arena.bytes()).expect("a valid plan");
        let mut read = 0;
        while read < rows.len() / 2 {
            let progress = query.poll(&mut records(&rows[read..]), &mut sink).expect("no error");
            read += progress.rows_in;
        }
        let copy = query.snapshot().expect("a snapshot").to_vec();
        let mut other = crate::run::arena(&owned);
        other.bytes().copy_from_slice(&copy);
        let mut query = Query::resume(&plan, function::ALL, other.bytes()).expect("a snapshot");
        let mut source = records(&rows[read..]);
        while query.poll(&mut source, &mut sink).expect("no error").stop != Stop::Finished {}
        assert!(sink.records == whole, "{sql}: other results than without a snapshot");
        Self { plan: owned, arena, copy }
    }

    /// Bytes of a snapshot.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.copy.len()
    }

    /// Something that takes a snapshot: seals the arena, and copies it.
    ///
    /// # Panics
    /// Never, as [`new`](Self::new) did the same.
    pub fn snapshots(&mut self) -> impl FnMut() {
        let Self { plan, arena, copy } = self;
        let plan = plan.plan();
        let mut query = Query::resume(&plan, function::ALL, arena.bytes()).expect("a snapshot");
        move || copy.copy_from_slice(query.snapshot().expect("a snapshot"))
    }

    /// Something that goes on from a snapshot: copies it into an arena, checks and takes it.
    ///
    /// # Panics
    /// Never, as [`new`](Self::new) did the same.
    pub fn resumes(&mut self) -> impl FnMut() {
        let Self { plan, arena, copy } = self;
        let plan = plan.plan();
        move || {
            arena.bytes().copy_from_slice(copy);
            assert!(Query::resume(&plan, function::ALL, arena.bytes()).is_ok(), "a snapshot");
        }
    }
}
