//! `EXPLAIN`: what a plan does and what it takes, read off its tables.
//!
//! An [`Explanation`] holds plain data: it can be serialised (the `ringql` program prints it as
//! JSON), printed as [text](Explanation::text) of at most 100 columns, or drawn by Graphviz
//! ([`dot`](Explanation::dot)). All three are the same for the same plan. Every figure is one that
//! the query really uses: the parts of the arena sum to
//! [`Plan::arena_bytes`], and an operator's parts to its state.

mod dot;
mod entries;
mod state;
mod text;
mod value;
mod window;

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Serialize;

use super::op::{Instruction, Op, RegisterId, Takes, Writes};
use super::signature::Signatures;
use super::wire::{self, Features};
use super::{AggregateTable, OnFull, Operator, Plan, Range, WindowShape, layout};
use crate::schema::Schema;
pub use entries::{
    AggregateEntry, Arena, ColumnEntry, EventTimeEntry, OperatorEntry, Part, Records,
    RegisterEntry, State, Step,
};
use state::state;
use value::Names;

/// A plan, explained.
///
/// ```
/// use ringql_core::plan::{Plan, explain::Explanation};
/// # let plan = Plan { batch_rows: 16, ..Plan::EMPTY };
/// let explanation = Explanation::of(&plan, &ringql_core::function::ALL);
/// assert_eq!(explanation.arena.total, plan.arena_bytes() as u64);
/// assert!(explanation.text().starts_with("plan  "));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// Bytes on the wire.
    pub plan_bytes: u64,
    /// What it uses: [`Features`] by name.
    pub features: String,
    /// Rows of a batch.
    pub batch_rows: u16,
    /// The arena.
    pub arena: Arena,
    /// Inputs.
    pub streams: Vec<Records>,
    /// Outputs.
    pub outputs: Vec<Records>,
    /// The operator table.
    pub operators: Vec<OperatorEntry>,
    /// The register table.
    pub registers: Vec<RegisterEntry>,
}

impl Explanation {
    /// Explains a plan that calls `functions`. One that [`verify`](super::verify::verify) refuses is explained as far as
    /// it can be.
    #[must_use]
    pub fn of(plan: &Plan<'_>, functions: &dyn Signatures) -> Self {
        let names = Names::of(plan, functions);
        let operators = (0..).zip(plan.operators).map(|(i, o)| operator(plan, &names, i, o));
        let operators: Vec<_> = operators.collect();
        let calls = layout::calls_bytes(plan);
        Self {
            plan_bytes: wire::encoded_len(plan).map_or(u64::MAX, |n| n as u64),
            features: Features::of(plan).to_string(),
            batch_rows: plan.batch_rows,
            arena: Arena {
                total: plan.arena_bytes() as u64,
                header: layout::HEADER_BYTES,
                streams: layout::calls_offset(plan) - layout::HEADER_BYTES,
                calls,
                // With what lies before the first, so that it begins on a cache line.
                registers: layout::registers_offset(plan) - layout::calls_offset(plan) - calls
                    + layout::registers_bytes(plan),
                operators: operators
                    .iter()
                    .flat_map(|o| &o.state)
                    .fold(0, |sum, state| sum.saturating_add(state.bytes)),
            },
            streams: plan.streams.iter().map(|s| stream(plan, s)).collect(),
            outputs: plan
                .outputs
                .iter()
                .map(|o| records(plan, o.name.of(plan.texts), o.fields))
                .collect(),
            operators,
            registers: registers(plan, &names),
        }
    }
}

fn stream(plan: &Plan<'_>, stream: &super::Stream) -> Records {
    let records = records(plan, stream.name.of(plan.texts), stream.fields);
    let event_time = stream.time.map(|time| {
        let column = records.columns.get(time.column.index());
        EventTimeEntry {
            column: column.map(|c| c.name.clone()).unwrap_or_default(),
            delay_micros: time.delay,
        }
    });
    Records { event_time, ..records }
}

fn records(plan: &Plan<'_>, name: &str, fields: Range) -> Records {
    let schema = Schema { fields: fields.of(plan.fields), texts: plan.texts };
    let layout = schema.layout();
    let columns = schema.fields.iter().map(|field| ColumnEntry {
        name: field.name.of(plan.texts).to_owned(),
        data_type: field.data_type.to_string(),
        nullable: field.nullable,
        offset: field.offset,
        bytes: field.data_type.size() as u64,
    });
    Records {
        name: name.to_owned(),
        record_bytes: layout.record_size as u64,
        validity_offset: layout.validity.map(|at| at as u64),
        event_time: None,
        columns: columns.collect(),
    }
}

fn registers(plan: &Plan<'_>, names: &Names<'_>) -> Vec<RegisterEntry> {
    let entries = (0..).zip(plan.registers).map(|(id, register)| RegisterEntry {
        register: id,
        data_type: register.data_type.to_string(),
        nullable: register.nullable,
        offset: register.offset,
        bytes: layout::register_bytes(register, plan.batch_rows),
        holds: names.held(RegisterId(id)),
    });
    entries.collect()
}

fn operator(plan: &Plan<'_>, names: &Names<'_>, id: u16, operator: &Operator) -> OperatorEntry {
    let program = match operator {
        Operator::Filter { program, .. } | Operator::Project { program, .. } => *program,
        Operator::Aggregate(table) => table.program,
        Operator::Window(table) => match table.shape {
            WindowShape::State { program, .. } => program,
            _ => Range::EMPTY,
        },
        Operator::Scan { .. } | Operator::Sort(_) | Operator::Emit { .. } => Range::EMPTY,
    };
    let steps = (program.start..).zip(program.of(plan.instructions));
    OperatorEntry {
        operator: id,
        name: operator.name(),
        input: operator.input().map(|input| input.0),
        stream: match operator {
            Operator::Scan { stream } => Some(stream.0),
            _ => None,
        },
        output: match operator {
            Operator::Emit { output, .. } => Some(output.0),
            _ => None,
        },
        summary: summary(plan, operator),
        program: steps.map(|(i, entry)| step(plan, names, i, entry)).collect(),
        aggregates: match operator {
            Operator::Aggregate(table) => aggregates(plan, table),
            _ => Vec::new(),
        },
        state: state(plan, operator),
    }
}

fn summary(plan: &Plan<'_>, operator: &Operator) -> String {
    let list = |range: Range| value::list(range.of(plan.lists));
    match operator {
        Operator::Scan { stream } => {
            let entry = plan.streams.get(stream.index());
            format!("stream {}", entry.map_or("?", |s| s.name.of(plan.texts)))
        }
        Operator::Filter { predicate, .. } => format!("rows where r{} is true", predicate.0),
        Operator::Window(table) => window::summary(plan, table),
        Operator::Sort(table) => window::order(plan, table),
        Operator::Aggregate(table) => {
            let groups = match (table.keys.len, table.groups) {
                (0, _) => "one group".to_owned(),
                (_, n) => {
                    format!("{n} groups of {} -> {}", list(table.keys), list(table.key_results))
                }
            };
            let on_full = match (table.keys.len, table.on_full) {
                (0, _) => "",
                (_, OnFull::Error) => ", on_full = 'error'",
                (_, OnFull::DropNew) => ", on_full = 'drop_new'",
                (_, OnFull::EvictOldest) => ", on_full = 'evict_oldest'",
                (_, OnFull::CloseOldest) => ", on_full = 'close_oldest'",
            };
            let window = match table.window_results.len {
                0 => String::new(),
                _ => format!(" in each window -> {}", list(table.window_results)),
            };
            let emit = window::emit(table.emit, table.retract);
            format!("{groups}{window}{on_full}{emit}")
        }
        Operator::Project { .. } => "the SELECT list".to_owned(),
        Operator::Emit { output, columns, .. } => {
            let name = plan.outputs.get(output.index()).map_or("?", |o| o.name.of(plan.texts));
            let to = if name.is_empty() { "the output" } else { name };
            format!("records of {} to {to}", list(*columns))
        }
    }
}

fn step(plan: &Plan<'_>, names: &Names<'_>, id: u16, entry: &Instruction) -> Step {
    let info = entry.op.info();
    let a = value::operand(plan, names, entry, info.a, entry.a);
    let b = value::operand(plan, names, entry, info.b, entry.b);
    let to = plan.registers.get(entry.dst.index()).map(|r| r.data_type.to_string());
    let (a_text, b_text) = (a.as_deref().unwrap_or(""), b.as_deref().unwrap_or(""));
    Step {
        instruction: id,
        op: info.name,
        kind: match (entry.op, info.a) {
            // They are about rows, not values.
            (Op::Unguard, Takes::Nothing) => "",
            _ => value::kind(entry.kind),
        },
        dst: (info.writes != Writes::Nothing).then(|| format!("r{}", entry.dst.0)),
        meaning: value::fill(info.text, a_text, b_text, to.as_deref().unwrap_or("?")),
        a,
        b,
    }
}

fn aggregates(plan: &Plan<'_>, table: &AggregateTable) -> Vec<AggregateEntry> {
    let layout = layout::aggregate_layout(plan, table);
    let entries = (table.aggregates.start..).zip(table.aggregates.of(plan.aggregates));
    let entries = entries.map(|(id, aggregate)| AggregateEntry {
        aggregate: id,
        function: value::function(plan, aggregate),
        result: format!("r{}", aggregate.result.0),
        offset: aggregate.state,
        bytes: layout.aggregate_bytes(plan, aggregate),
    });
    entries.collect()
}
