//! The operator table: what may follow what, and each operator's own parameters.
//!
//! For now the table is one chain: each operator but the last has one consumer, the next entry.
//!
//! | operator  | its input is                        | and                                        |
//! |-----------|-------------------------------------|--------------------------------------------|
//! | scan      | nothing: it is the first entry      | once                                       |
//! | filter    | scan, filter, aggregate or project  | predicate: a BOOLEAN register, present     |
//! | window    | scan, filter, aggregate or project  | only an aggregate follows it               |
//! | aggregate | scan, filter, window, project or    | at most 4                                  |
//! |           | aggregate                           |                                            |
//! | project   | scan, filter, aggregate or project  |                                            |
//! | sort      | filter, aggregate or project        | behind an aggregate with a window; emit    |
//! |           |                                     | follows it                                 |
//! | emit      | filter, aggregate, project or sort  | once: it is the last entry                 |

use super::defined::Defined;
use super::program::{Program, present};
use super::{MAX_GROUPS, ensure, following, refuse};
use crate::error::{Fault, Table, VerifyError};
use crate::plan::layout::{self, Combine, MAX_STAGES, delay};
use crate::plan::op::{OutputId, Register, RegisterId, StreamId};
use crate::plan::signature::Signatures;
use crate::plan::{
    AggregateTable, EmitMode, OnFull, Operator, Plan, Range, SortTable, Stream, TimeSource,
    WindowShape, WindowTable, WindowTime,
};
use crate::time::LENGTH_LIMIT;
use crate::time::panes::Panes;
use crate::types::DataType;

/// Checks the operators and all that they name.
pub(super) fn verify(plan: &Plan<'_>, functions: &dyn Signatures) -> Result<(), VerifyError> {
    let mut chain = Chain {
        plan,
        functions,
        defined: Defined::NONE,
        previous: None,
        scanned: None,
        aggregated: false,
        stages: heapless::Vec::new(),
        groups: 1,
        leaves_again: false,
        retracts: false,
        by_state: false,
        outputs: 1,
        next_instruction: 0,
        next_aggregate: 0,
        next_call: 0,
        next_argument: 0,
    };
    for (i, operator) in plan.operators.iter().enumerate() {
        chain.check(i, operator)?;
        chain.previous = Some(operator);
    }
    let is_emit = matches!(chain.previous, Some(Operator::Emit { .. }));
    ensure(is_emit, Table::Operators, plan.operators.len(), Fault::Count)?;
    let outputs = plan.outputs.len();
    ensure(outputs == chain.outputs, Table::Outputs, chain.outputs, Fault::Count)?;
    let end = chain.next_instruction;
    ensure(end == plan.instructions.len(), Table::Instructions, end, Fault::Count)?;
    let end = chain.next_aggregate;
    ensure(end == plan.aggregates.len(), Table::Aggregates, end, Fault::Count)?;
    let end = chain.next_call;
    ensure(end == plan.calls.len(), Table::Calls, end, Fault::Count)?;
    let end = chain.next_argument;
    ensure(end == plan.arguments.len(), Table::Arguments, end, Fault::Count)
}

struct Chain<'p> {
    plan: &'p Plan<'p>,
    functions: &'p dyn Signatures,
    defined: Defined,
    previous: Option<&'p Operator>,
    /// The stream whose rows come, and its id.
    scanned: Option<(StreamId, &'p Stream)>,
    /// Rows are groups.
    aggregated: bool,
    /// How the windows of the aggregates so far come about.
    stages: heapless::Vec<Combine, MAX_STAGES>,
    /// Groups of the last one.
    groups: u32,
    /// Whether its groups leave more than once.
    leaves_again: bool,
    /// Whether they are taken back then.
    retracts: bool,
    /// Whether its windows are windows by state.
    by_state: bool,
    /// Outputs that are written.
    outputs: usize,
    next_instruction: usize,
    next_aggregate: usize,
    next_call: usize,
    next_argument: usize,
}

impl<'p> Chain<'p> {
    fn check(&mut self, entry: usize, operator: &'p Operator) -> Result<(), VerifyError> {
        if let Some(input) = operator.input() {
            let known = input.index() < self.plan.operators.len();
            ensure(known, Table::Operators, entry, Fault::Index)?;
            // One chain: the input is the entry before.
            let before = entry.checked_sub(1) == Some(input.index());
            ensure(before, Table::Operators, entry, Fault::Order)?;
        }
        self.follows(entry, operator)?;
        match *operator {
            Operator::Scan { stream } => self.scan(entry, stream),
            Operator::Filter { program, predicate, .. } => {
                self.program(entry, program)?;
                self.boolean(entry, predicate)?;
                self.defined.thin();
                Ok(())
            }
            Operator::Window(ref table) => {
                self.window(entry, table)?;
                self.defined.thin(); // of late rows
                Ok(())
            }
            Operator::Aggregate(ref table) => self.aggregate(entry, table),
            Operator::Project { program, .. } => self.program(entry, program),
            Operator::Sort(ref table) => self.sort(entry, table),
            Operator::Emit { output, columns, .. } => self.emit(entry, output, columns),
        }
    }

    /// Whether the operator may stand behind the one before it.
    fn follows(&self, entry: usize, operator: &Operator) -> Result<(), VerifyError> {
        use Operator::{Aggregate, Emit, Filter, Project, Scan, Sort, Window};
        let holds = match operator {
            Scan { .. } => self.previous.is_none(),
            Filter { .. } | Window(_) | Project { .. } => {
                matches!(
                    self.previous,
                    Some(Scan { .. } | Filter { .. } | Aggregate(_) | Project { .. })
                )
            }
            Aggregate(_) => {
                matches!(
                    self.previous,
                    Some(Scan { .. } | Filter { .. } | Window(_) | Aggregate(_) | Project { .. })
                )
            }
            Sort(_) => matches!(self.previous, Some(Filter { .. } | Aggregate(_) | Project { .. })),
            Emit { .. } => {
                matches!(
                    self.previous,
                    Some(Filter { .. } | Aggregate(_) | Project { .. } | Sort(_))
                )
            }
        };
        ensure(holds, Table::Operators, entry, Fault::Order)
    }

    fn scan(&mut self, entry: usize, id: StreamId) -> Result<(), VerifyError> {
        let stream = self.plan.streams.get(id.index());
        let stream = stream.ok_or(refuse(Table::Operators, entry, Fault::Index))?;
        self.scanned = Some((id, stream));
        Ok(())
    }

    fn program(&mut self, entry: usize, range: Range) -> Result<(), VerifyError> {
        let (next, len) = (self.next_instruction, self.plan.instructions.len());
        self.next_instruction = following(range, next, len, Table::Operators, entry)?;
        let columns = match self.scanned {
            Some((_, stream)) if !self.aggregated => Some(stream.fields.of(self.plan.fields)),
            _ => None,
        };
        let mut program = Program {
            plan: self.plan,
            functions: self.functions,
            next_call: &mut self.next_call,
            next_argument: &mut self.next_argument,
            columns,
            defined: &mut self.defined,
            guard: None,
        };
        for (step, i) in range.of(self.plan.instructions).iter().zip(next..) {
            program.check(i, step)?;
        }
        Ok(())
    }

    fn boolean(&self, entry: usize, id: RegisterId) -> Result<(), VerifyError> {
        let register = present(self.plan, &self.defined, id, Table::Operators, entry)?;
        ensure(register.data_type == DataType::Boolean, Table::Operators, entry, Fault::Type)
    }

    fn window(&mut self, entry: usize, table: &WindowTable) -> Result<(), VerifyError> {
        let ensure = |holds, fault| ensure(holds, Table::Operators, entry, fault);
        let event = self.scanned.and_then(|(_, stream)| stream.time);
        let before = self.stages.last();
        match table.time {
            TimeSource::Event => ensure(before.is_none() && event.is_some(), Fault::Order)?,
            TimeSource::Clock | TimeSource::Rows => ensure(before.is_none(), Fault::Order)?,
            TimeSource::Window(time) => {
                // Results that leave in the order of the time, each once.
                let in_order = match before {
                    Some(Combine::Pane(_) | Combine::Stacks(_) | Combine::Running(_)) => true,
                    Some(Combine::Sessions) => time != WindowTime::Start && !self.by_state,
                    _ => false,
                };
                ensure(in_order && !self.leaves_again, Fault::Order)?;
            }
        }
        let is_event = table.time == TimeSource::Event;
        let has_clock = is_event || table.lateness == 0 && table.late.is_none();
        ensure(has_clock, Fault::Order)?;
        let lengths = [table.lateness, table.max_ahead, table.idle_timeout];
        ensure(lengths.iter().all(|n| (0..=LENGTH_LIMIT).contains(n)), Fault::Capacity)?;
        match table.shape {
            WindowShape::Slide { .. } | WindowShape::Cumulate { .. } => {
                let panes = Panes::of(table, delay(self.plan, table));
                let panes = panes.ok_or(refuse(Table::Operators, entry, Fault::Capacity))?;
                ensure(panes.length <= LENGTH_LIMIT, Fault::Capacity)?;
                ensure(panes.offset.unsigned_abs() <= LENGTH_LIMIT as u64, Fault::Capacity)?;
                ensure(panes.held() <= i64::from(u16::MAX), Fault::Capacity)?;
            }
            WindowShape::Session { gap } => {
                ensure((1..=LENGTH_LIMIT).contains(&gap), Fault::Capacity)?;
                ensure(matches!(table.time, TimeSource::Event | TimeSource::Clock), Fault::Order)?;
            }
            WindowShape::State { program, begin, end } => {
                ensure(before.is_none() && table.lateness == 0, Fault::Order)?;
                ensure(matches!(table.time, TimeSource::Event | TimeSource::Clock), Fault::Order)?;
                self.program(entry, program)?;
                self.boolean(entry, begin)?;
                self.boolean(entry, end)?;
            }
        }
        if let Some(output) = table.late {
            // Records of the stream, as they came.
            let known = self.plan.outputs.get(output.index());
            let known = known.ok_or(refuse(Table::Operators, entry, Fault::Index))?;
            let stream = self.plan.streams.first().map(|s| s.fields.of(self.plan.fields));
            let same = stream.is_some_and(|fields| fields == known.fields.of(self.plan.fields));
            ensure(output.index() > 0 && same, Fault::Type)?;
            self.outputs = 2;
        }
        Ok(())
    }

    fn sort(&mut self, entry: usize, table: &SortTable) -> Result<(), VerifyError> {
        let ensure = |holds, fault| ensure(holds, Table::Operators, entry, fault);
        let windowed = self.stages.last().is_some_and(|c| *c != Combine::Whole);
        ensure(!self.stages.is_empty() && (windowed || !self.leaves_again), Fault::Order)?;
        ensure(!self.leaves_again, Fault::Order)?;
        let keys = self.list(entry, table.keys)?;
        ensure(keys.len() <= 16, Fault::Count)?;
        for id in keys {
            present(self.plan, &self.defined, *id, Table::Operators, entry)?;
        }
        // All that a window can have, or all that can leave.
        let held = table.offset.saturating_add(table.limit).min(self.groups.max(1));
        let fits = (1..=MAX_GROUPS).contains(&table.capacity) && table.limit > 0;
        ensure(fits && held == table.capacity, Fault::Capacity)
    }

    fn aggregate(&mut self, entry: usize, table: &AggregateTable) -> Result<(), VerifyError> {
        let ensure = |holds, fault| ensure(holds, Table::Operators, entry, fault);
        self.program(entry, table.program)?;
        let plan = self.plan;
        let keys = self.list(entry, table.keys)?;
        let key_results = self.list(entry, table.key_results)?;
        let window_results = self.list(entry, table.window_results)?;
        let window = layout::window(plan, table);
        let combine = layout::combine(plan, table);
        ensure(self.stages.len() < MAX_STAGES, Fault::Count)?;
        // Only what leaves last leaves more than once, or can make room.
        ensure(!self.leaves_again, Fault::Order)?;

        ensure((1..=MAX_GROUPS).contains(&table.groups), Fault::Capacity)?;
        ensure(
            !keys.is_empty() || table.groups == 1 || combine == Combine::Sessions,
            Fault::Capacity,
        )?;
        let slots = layout::aggregate_layout(plan, table).slots;
        ensure(slots < u64::from(u32::MAX) - 1, Fault::Capacity)?;
        if let EmitMode::Every(interval) = table.emit {
            ensure((1..=LENGTH_LIMIT).contains(&interval), Fault::Capacity)?;
        }
        ensure(
            !table.retract
                || table.emit != EmitMode::Final
                || window.is_some_and(|w| w.lateness > 0),
            Fault::Order,
        )?;
        if table.on_full == OnFull::CloseOldest {
            let whole = matches!(combine, Combine::Whole | Combine::Pane(_) | Combine::Sessions);
            ensure(whole && self.stages.is_empty(), Fault::Order)?;
        }

        ensure(key_results.len() == keys.len(), Fault::Count)?;
        for (key, result) in keys.iter().zip(key_results) {
            let key = present(plan, &self.defined, *key, Table::Operators, entry)?;
            let result = self.register(entry, *result)?;
            ensure(key.data_type == result.data_type, Fault::Type)?;
            ensure(key.nullable == result.nullable, Fault::Nullability)?;
        }
        ensure(window_results.len() == if window.is_some() { 2 } else { 0 }, Fault::Count)?;
        for id in window_results {
            let register = self.register(entry, *id)?;
            let data_type = match window {
                Some(WindowTable { time: TimeSource::Rows, .. }) => DataType::BigInt,
                _ => DataType::Timestamp,
            };
            ensure(register.data_type == data_type, Fault::Type)?;
            ensure(!register.nullable, Fault::Nullability)?;
        }

        let (next, len) = (self.next_aggregate, plan.aggregates.len());
        self.next_aggregate = following(table.aggregates, next, len, Table::Operators, entry)?;
        let aggregates = table.aggregates.of(plan.aggregates);
        let can_be_empty = keys.is_empty() && window.is_none();
        for (aggregate, i) in aggregates.iter().zip(next..) {
            super::aggregate::verify(plan, &self.defined, i, aggregate, can_be_empty)?;
        }

        // From here on rows are groups.
        self.aggregated = true;
        self.groups = table.groups;
        self.leaves_again = table.emit != EmitMode::Final || window.is_some_and(|w| w.lateness > 0);
        self.retracts = table.retract;
        self.by_state =
            matches!(window, Some(WindowTable { shape: WindowShape::State { .. }, .. }));
        let pushed = self.stages.push(combine);
        ensure(pushed.is_ok(), Fault::Count)?;
        self.defined = Defined::NONE;
        let results = aggregates.iter().map(|a| a.result);
        for id in key_results.iter().chain(window_results).copied().chain(results) {
            ensure(!self.defined.is_present(id), Fault::Order)?; // two results in one register
            self.defined.write(id);
        }
        Ok(())
    }

    fn emit(&self, entry: usize, output: OutputId, columns: Range) -> Result<(), VerifyError> {
        let ensure = |holds, fault| ensure(holds, Table::Operators, entry, fault);
        ensure(output.index() < self.plan.outputs.len(), Fault::Index)?;
        ensure(output == OutputId(0), Fault::Index)?;
        let fields = self.plan.output(output).fields;
        let columns = self.list(entry, columns)?;
        ensure(columns.len() == fields.len(), Fault::Count)?;
        if self.retracts {
            let flag =
                fields.first().is_some_and(|f| f.data_type == DataType::Boolean && !f.nullable);
            ensure(flag, Fault::Type)?;
        }
        // What says that a row is taken back is written with the record.
        let written = usize::from(self.retracts);
        for (id, field) in columns.iter().zip(fields).skip(written) {
            let column = present(self.plan, &self.defined, *id, Table::Operators, entry)?;
            ensure(column.data_type == field.data_type, Fault::Type)?;
            ensure(field.nullable || !column.nullable, Fault::Nullability)?;
        }
        Ok(())
    }

    fn list(&self, entry: usize, range: Range) -> Result<&'p [RegisterId], VerifyError> {
        let end = usize::from(range.start).saturating_add(usize::from(range.len));
        ensure(end <= self.plan.lists.len(), Table::Operators, entry, Fault::Index)?;
        Ok(range.of(self.plan.lists))
    }

    fn register(&self, entry: usize, id: RegisterId) -> Result<&Register, VerifyError> {
        self.plan.registers.get(id.index()).ok_or(refuse(Table::Operators, entry, Fault::Index))
    }
}
