//! Expressions for a device: their plans, the records, and what it must make of them.

use ringql_core::plan::op::{OutputId, StreamId};
use ringql_core::plan::{Plan, wire};
use ringql_core::sql::OwnedPlan;

use crate::calls;
use crate::columns;
use crate::evaluate::{plan, run};
use crate::generate::{Generator, TYPES};
use crate::random::Random;

/// How many expressions there are.
pub const EXPRESSIONS: usize = 2000;
/// Over how many rows.
pub const ROWS: usize = 64;
/// Rows of a batch: a device has few, and several batches are more of a test.
const BATCH: u16 = 24;
const SEED: u64 = 1;
/// State that the device has room for, bytes. Other expressions are left out.
const MOST_ARENA: usize = 1 << 20;

/// What a device evaluates.
#[derive(Debug)]
pub struct Bundle {
    /// Each expression and its plan.
    pub plans: Vec<(String, OwnedPlan)>,
    /// The records that they are over.
    pub records: Vec<u8>,
}

/// The expressions and the records: the same at every call.
///
/// # Panics
/// If the stream can't be compiled.
#[must_use]
pub fn bundle() -> Bundle {
    let stream = columns::stream();
    let first = plan(&stream, "1", BATCH).expect("the stream");
    let rows = columns::rows(ROWS, &mut Random::new(SEED));
    let records = columns::records(first.plan().input(StreamId(0)), &rows);
    let mut generator = Generator::new(SEED, calls::all(TYPES));
    let mut plans = Vec::new();
    while plans.len() < EXPRESSIONS {
        let sql = generator.expression().0.sql();
        if let Ok(plan) = plan(&stream, &sql, BATCH)
            && plan.plan().arena_bytes() <= MOST_ARENA
        {
            plans.push((sql, plan));
        }
    }
    Bundle { plans, records }
}

impl Bundle {
    /// All plans as files, each behind its length as a u32.
    ///
    /// # Panics
    /// If a plan is too long to be a file.
    #[must_use]
    pub fn files(&self) -> Vec<u8> {
        let mut all = Vec::new();
        for (_, plan) in &self.plans {
            let file = wire::to_vec(&plan.plan()).expect("a plan of an expression is short");
            all.extend((file.len() as u32).to_le_bytes());
            all.extend(file);
        }
        all
    }

    /// What the device must print of an expression: how many bytes follow, as a u32; the counters,
    /// the records.
    #[must_use]
    pub fn expected(&self, expression: &OwnedPlan) -> Vec<u8> {
        let outcome = run(&expression.plan(), &self.records, usize::MAX);
        let c = outcome.counters;
        let errors =
            [c.arithmetic_errors, c.cast_errors, c.text_errors, c.time_errors, c.function_errors];
        let counters = [c.rows_in, c.rows_out].into_iter().chain(errors).flat_map(u64::to_le_bytes);
        let bytes: Vec<u8> = counters.chain(outcome.records).collect();
        let length = (bytes.len() as u32).to_le_bytes();
        length.into_iter().chain(bytes).collect()
    }

    /// The room that the plans need, as constants of Rust.
    #[must_use]
    pub fn limits(&self) -> String {
        let most = |of: &dyn Fn(&Plan<'_>) -> usize| {
            self.plans.iter().map(|(_, plan)| of(&plan.plan())).max().unwrap_or(0)
        };
        let fields = most(&|p| p.fields.len());
        let registers = most(&|p| p.registers.len().max(p.constants.len()).max(p.calls.len()));
        let instructions =
            most(&|p| p.instructions.len().max(p.lists.len()).max(p.arguments.len()));
        let texts = most(&|p| p.texts.len().max(p.bytes.len()));
        let arena = most(&|p| p.arena_bytes());
        let result = most(&|p| p.output(OutputId(0)).layout().record_size) * ROWS;
        format!(
            "/// Room for each of the plans.\n\
             type Tables = PlanTables<{fields}, {registers}, {instructions}, {texts}>;\n\
             const ARENA_BYTES: usize = {arena};\n\
             const RESULT_BYTES: usize = {result};\n"
        )
    }
}
