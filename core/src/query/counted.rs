//! What a query and its operators have counted.

use super::{Header, Query};
use crate::arena::view;
use crate::counters::{Counters, OperatorCounters};
use crate::operator;
use crate::plan::uses::Uses;

impl<U: Uses> Query<'_, '_, U> {
    /// The counters so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        view::<Header>(self.arena).map_or(Counters::default(), |h| h.counters)
    }

    /// What each operator did not take so far: one entry for each that puts records into windows or
    /// groups, in the order of their way. Of a query with one stage they sum to
    /// [`counters`](Self::counters).
    ///
    /// ```
    /// # use ringql_core::{query::Query, ring::{RecordSink, RecordSource}, sql::{Options, compile}};
    /// let program = compile(
    ///     "CREATE STREAM s (k INTEGER NOT NULL);
    ///      SELECT k, COUNT(*) FROM s GROUP BY k SETTINGS max_groups = 1, on_full = 'drop_new'",
    ///     &Options::default(),
    /// )?;
    /// let plan = program.queries[0].plan();
    /// let mut arena = vec![0u64; plan.arena_bytes() / 8 + 1];
    /// let mut query = Query::new(&plan, bytemuck::cast_slice_mut(&mut arena)).unwrap();
    /// let records: Vec<u8> = [7, 8, 7].into_iter().flat_map(i32::to_le_bytes).collect();
    /// let mut results = [0; 64];
    /// query.poll(&mut RecordSource::new(&records, 4), &mut RecordSink::new(&mut results)).unwrap();
    /// let [aggregate] = query.operator_counters().collect::<Vec<_>>()[..] else { panic!() };
    /// assert_eq!((aggregate.operator, aggregate.name, aggregate.dropped), (1, "aggregate", 1));
    /// # Ok::<(), ringql_core::sql::CompileError>(())
    /// ```
    pub fn operator_counters(&self) -> impl Iterator<Item = OperatorCounters> {
        let operators = (0..).zip(self.plan().operators);
        operators.filter_map(|(i, entry)| operator::counted(i, entry, self.arena).ok().flatten())
    }
}
