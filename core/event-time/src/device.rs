//! The kept cases for a device.

use differential::bundle::Bundle;
use differential::columns::records;
use ringql_core::plan::op::StreamId;

use crate::cases::Cases;
use crate::check::plan;

/// The kept cases: `cargo xtask event-time --keep` writes them.
pub const KEPT: &str = include_str!("../kept.tsv");
/// Rows of a batch: a device has few, and several batches are more of a test.
const BATCH: u16 = 16;
/// Result records that the device has room for, bytes.
const RESULT_BYTES: usize = 1 << 19;

/// The kept cases that compile and that the device has room for.
///
/// # Errors
/// What is wrong with the text of the cases.
pub fn bundle() -> Result<Bundle, String> {
    let all = Cases::parse(KEPT)?;
    let cases = all.cases.iter().filter(|case| !case.has_clock);
    let compiled: Vec<_> = cases
        .filter_map(|case| Some((case, plan(&all.streams[case.stream], case, BATCH).ok()?)))
        .collect();
    let mut streams = vec![Vec::new(); all.streams.len()];
    for (case, plan) in &compiled {
        let schema = plan.plan().input(StreamId(0));
        streams[case.stream] = records(schema, &all.streams[case.stream].rows);
    }
    let mut bundle = Bundle::new(streams, RESULT_BYTES);
    for (case, plan) in compiled {
        bundle.add(&case.sql, case.stream, plan);
    }
    Ok(bundle)
}
