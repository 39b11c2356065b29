//! Plans for a device, the records that they are over, and what it must make of them.

use std::path::Path;
use std::{fs, io};

use ringql_core::plan::op::{OutputId, StreamId};
use ringql_core::plan::{Plan, wire};
use ringql_core::query::{Query, Stop};
use ringql_core::ring::{RecordSink, RecordSource};
use ringql_core::sql::OwnedPlan;

use crate::escape::escape;

/// State that the device has room for, bytes.
const MOST_ARENA: usize = 1 << 20;

/// A plan for the device.
#[derive(Debug)]
struct Task {
    /// Its SQL.
    sql: String,
    /// Which of [`Bundle::streams`] it is over.
    stream: u32,
    plan: OwnedPlan,
    /// What the device must print: how many bytes follow, as a u32; the counters, the records.
    expected: Vec<u8>,
}

/// What a device runs.
#[derive(Debug)]
pub struct Bundle {
    tasks: Vec<Task>,
    /// The records of each stream.
    streams: Vec<Vec<u8>>,
    /// Room for a plan's result records, bytes: the same on both, so that the sink is full on neither.
    result_bytes: usize,
}

impl Bundle {
    /// No plans yet, over the records of some streams.
    #[must_use]
    pub const fn new(streams: Vec<Vec<u8>>, result_bytes: usize) -> Self {
        Self { tasks: Vec::new(), streams, result_bytes }
    }

    /// Adds a plan over a stream, if the device has room for it and it does not stop.
    pub fn add(&mut self, sql: &str, stream: usize, plan: OwnedPlan) {
        if plan.plan().arena_bytes() <= MOST_ARENA
            && let Some(records) = self.streams.get(stream)
            && let Some(expected) = frame(&plan.plan(), records, self.result_bytes)
        {
            self.tasks.push(Task { sql: sql.to_owned(), stream: stream as u32, plan, expected });
        }
    }

    /// How many plans there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.tasks.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// Writes what the device's program is built from: `plans.bin`, each plan's file behind its
    /// stream and its length, both u32; `records.bin`, those of each stream behind their length;
    /// `limits.rs`, the room that they need.
    ///
    /// # Errors
    /// Why a file can't be written.
    ///
    /// # Panics
    /// If a plan is too long to be a file.
    pub fn write_input(&self, folder: &Path) -> io::Result<()> {
        let mut plans = Vec::new();
        for task in &self.tasks {
            plans.extend(task.stream.to_le_bytes());
            let file = wire::to_vec(&task.plan.plan()).expect("a plan of a query is short");
            plans.extend(behind_length(&file));
        }
        fs::write(folder.join("plans.bin"), plans)?;
        let records = self.streams.iter().flat_map(|records| behind_length(records));
        fs::write(folder.join("records.bin"), records.collect::<Vec<_>>())?;
        fs::write(folder.join("limits.rs"), self.limits())
    }

    /// Writes what the device must print: `expected`, its bytes, and `list`, a line for each plan.
    ///
    /// # Errors
    /// Why a file can't be written.
    pub fn write_expected(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)?;
        let expected = self.tasks.iter().flat_map(|task| task.expected.iter().copied());
        fs::write(folder.join("expected"), expected.collect::<Vec<_>>())?;
        // Escaped: a text in an expression may have a line's end in it.
        let list = self.tasks.iter().map(|task| escape(Some(&task.sql)));
        fs::write(folder.join("list"), list.collect::<Vec<_>>().join("\n"))
    }

    fn limits(&self) -> String {
        let most = |of: &dyn Fn(&Plan<'_>) -> usize| {
            self.tasks.iter().map(|task| of(&task.plan.plan())).max().unwrap_or(1)
        };
        let fields = most(&|p| p.fields.len());
        let registers = most(&|p| p.registers.len().max(p.constants.len()).max(p.calls.len()));
        let instructions =
            most(&|p| p.instructions.len().max(p.lists.len()).max(p.arguments.len()));
        let texts = most(&|p| p.texts.len().max(p.bytes.len()));
        let arena = most(&|p| p.arena_bytes());
        let record = most(&|p| p.output(OutputId(0)).layout().record_size);
        let result = self.result_bytes;
        format!(
            "/// Room for each of the plans.\n\
             type Tables = PlanTables<{fields}, {registers}, {instructions}, {texts}>;\n\
             const ARENA_BYTES: usize = {arena};\n\
             const RESULT_BYTES: usize = {result};\n\
             const _: () = assert!({record} <= RESULT_BYTES);\n"
        )
    }
}

fn behind_length(bytes: &[u8]) -> Vec<u8> {
    let length = (bytes.len() as u32).to_le_bytes();
    length.into_iter().chain(bytes.iter().copied()).collect()
}

/// What the device must print of a plan; `None` if it has no room for the results, or the query stops.
fn frame(plan: &Plan<'_>, records: &[u8], result_bytes: usize) -> Option<Vec<u8>> {
    let mut arena = vec![0u64; plan.arena_bytes().div_ceil(8)];
    let mut query = Query::new(plan, bytemuck::cast_slice_mut(&mut arena)).ok()?;
    let mut source = RecordSource::new(records, plan.input(StreamId(0)).layout().record_size);
    let mut result = vec![0; result_bytes];
    let mut sink = RecordSink::new(&mut result);
    loop {
        match query.poll(&mut source, &mut sink).ok()?.stop {
            Stop::Finished => break,
            Stop::SinkFull => return None,
            Stop::WantsInput => {}
        }
    }
    let counters = query.counters();
    Some(behind_length(&[bytemuck::bytes_of(&counters), sink.written()].concat()))
}
