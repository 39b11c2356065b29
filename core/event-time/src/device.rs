//! The kept cases for a device: their plans, the records, and what it must make of them.

use ringql_core::plan::op::{OutputId, StreamId};
use ringql_core::plan::{Plan, wire};
use ringql_core::query::{Query, Stop};
use ringql_core::ring::{RecordSink, RecordSource};
use ringql_core::sql::OwnedPlan;

use differential::columns::records;

use crate::cases::Cases;
use crate::check::plan;

/// The kept cases: `cargo xtask event-time --keep` writes them.
pub const KEPT: &str = include_str!("../kept.tsv");
/// Rows of a batch: a device has few, and several batches are more of a test.
const BATCH: u16 = 16;
/// State that the device has room for, bytes. Other queries are left out.
const MOST_ARENA: usize = 1 << 20;
/// Result records that it has room for, bytes.
const MOST_RESULT: usize = 1 << 19;

/// A query for the device.
#[derive(Debug)]
pub struct DevicePlan {
    /// Its text.
    pub sql: String,
    /// Which of [`Bundle::streams`] it is over.
    pub stream: u32,
    /// Its plan.
    pub plan: OwnedPlan,
    /// How many bytes follow, as a u32; the counters, the records.
    pub expected: Vec<u8>,
}

/// What a device runs.
#[derive(Debug)]
pub struct Bundle {
    /// The queries.
    pub plans: Vec<DevicePlan>,
    /// The records of each stream.
    pub streams: Vec<Vec<u8>>,
}

/// The kept cases that compile and that the device has room for.
///
/// # Errors
/// What is wrong with the text of the cases.
pub fn bundle() -> Result<Bundle, String> {
    let all = Cases::parse(KEPT)?;
    let mut streams = vec![Vec::new(); all.streams.len()];
    let mut plans = Vec::new();
    for case in all.cases.iter().filter(|case| !case.has_clock) {
        let stream = &all.streams[case.stream];
        let Ok(plan) = plan(stream, case, BATCH) else { continue };
        if plan.plan().arena_bytes() > MOST_ARENA {
            continue;
        }
        let records = records(plan.plan().input(StreamId(0)), &stream.rows);
        if let Some(expected) = frame(&plan.plan(), &records) {
            let (sql, stream) = (case.sql.clone(), case.stream as u32);
            plans.push(DevicePlan { sql, stream, plan, expected });
        }
        streams[case.stream] = records;
    }
    Ok(Bundle { plans, streams })
}

/// What the device must print of a query; `None` if it has no room for it, or the query stops (which
/// the test of the kept cases does not let pass).
fn frame(plan: &Plan<'_>, records: &[u8]) -> Option<Vec<u8>> {
    let mut arena = vec![0u64; plan.arena_bytes().div_ceil(8)];
    let mut query = Query::new(plan, bytemuck::cast_slice_mut(&mut arena)).ok()?;
    let mut source = RecordSource::new(records, plan.input(StreamId(0)).layout().record_size);
    let mut result = vec![0; MOST_RESULT];
    let mut sink = RecordSink::new(&mut result);
    loop {
        match query.poll(&mut source, &mut sink).ok()?.stop {
            Stop::Finished => break,
            Stop::SinkFull => return None,
            Stop::WantsInput => {}
        }
    }
    let written = sink.written();
    let counters = query.counters();
    let counters = bytemuck::bytes_of(&counters);
    let mut frame = ((counters.len() + written.len()) as u32).to_le_bytes().to_vec();
    frame.extend_from_slice(counters);
    frame.extend_from_slice(written);
    Some(frame)
}

impl Bundle {
    /// All plans as files, each behind its stream and its length, both u32.
    ///
    /// # Panics
    /// If a plan is too long to be a file.
    #[must_use]
    pub fn files(&self) -> Vec<u8> {
        let mut all = Vec::new();
        for plan in &self.plans {
            let file = wire::to_vec(&plan.plan.plan()).expect("a plan of a query is short");
            all.extend(plan.stream.to_le_bytes());
            all.extend((file.len() as u32).to_le_bytes());
            all.extend(file);
        }
        all
    }

    /// The records of all streams, each behind its length as a u32.
    #[must_use]
    pub fn records(&self) -> Vec<u8> {
        let framed = |records: &Vec<u8>| {
            let length = (records.len() as u32).to_le_bytes();
            length.into_iter().chain(records.iter().copied()).collect::<Vec<_>>()
        };
        self.streams.iter().flat_map(framed).collect()
    }

    /// What the device must print.
    #[must_use]
    pub fn expected(&self) -> Vec<u8> {
        self.plans.iter().flat_map(|plan| plan.expected.iter().copied()).collect()
    }

    /// The room that the plans need, as constants of Rust.
    #[must_use]
    pub fn limits(&self) -> String {
        let most = |of: &dyn Fn(&Plan<'_>) -> usize| {
            self.plans.iter().map(|plan| of(&plan.plan.plan())).max().unwrap_or(1)
        };
        let fields = most(&|p| p.fields.len());
        let registers = most(&|p| p.registers.len().max(p.constants.len()).max(p.calls.len()));
        let instructions =
            most(&|p| p.instructions.len().max(p.lists.len()).max(p.arguments.len()));
        let texts = most(&|p| p.texts.len().max(p.bytes.len()));
        let arena = most(&|p| p.arena_bytes());
        let record = most(&|p| p.output(OutputId(0)).layout().record_size);
        // As much as on the host, so that the sink is full on neither.
        let result = MOST_RESULT;
        format!(
            "/// Room for each of the plans.\n\
             type Tables = PlanTables<{fields}, {registers}, {instructions}, {texts}>;\n\
             const ARENA_BYTES: usize = {arena};\n\
             const RESULT_BYTES: usize = {result};\n\
             const _: () = assert!({record} <= RESULT_BYTES);\n"
        )
    }
}
