//! Constant folding: a constant expression is run by the machine itself, over one row, so that
//! what SQL means is written down only once.

use alloc::vec;

use super::literal::{Literal, of_value};
use super::lower;
use super::tree::{NodeId, Tree};
use crate::counters::{self, Counters};
use crate::plan::op::OutputId;
use crate::query::Query;
use crate::record::RecordRef;
use crate::ring::{RecordSink, RecordSource};

/// Why a constant expression has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// It fails in every row.
    Row(counters::Failure),
    /// It could not be run.
    Internal,
}

/// The value of a node that depends on no column; `None` is NULL.
pub(super) fn evaluate(tree: &Tree, id: NodeId) -> Result<Option<Literal>, Failure> {
    let owned = lower::constant(tree, id).ok_or(Failure::Internal)?;
    let plan = owned.plan();
    let mut arena = vec![0u64; plan.arena_bytes().div_ceil(8)];
    let mut query =
        Query::with_functions(&plan, tree.functions(), bytemuck::cast_slice_mut(&mut arena))
            .map_err(|_| Failure::Internal)?;
    let schema = plan.output(OutputId(0));
    let size = schema.layout().record_size;
    let mut record = vec![0u8; size];
    let mut sink = RecordSink::new(&mut record);
    let mut source = RecordSource::new(&[0], 1);
    query.poll(&mut source, &mut sink).map_err(|_| Failure::Internal)?;
    let Counters { rows_out: 1, .. } = query.counters() else { return Err(Failure::Internal) };
    if let Some(failure) = query.counters().any() {
        return Err(Failure::Row(failure));
    }
    let record = RecordRef::new(schema, &record).ok_or(Failure::Internal)?;
    let Some(value) = record.get(0) else { return Ok(None) };
    let data_type = tree.data_type(id);
    of_value(data_type, value).map(Some).ok_or(Failure::Internal)
}
