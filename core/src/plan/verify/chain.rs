//! The operator table: what may follow what, and each operator's own parameters.
//!
//! For now the table is one chain: each operator but the last has one consumer, the next entry.
//!
//! | operator  | its input is                        | and                                        |
//! |-----------|-------------------------------------|--------------------------------------------|
//! | scan      | nothing: it is the first entry      | once                                       |
//! | filter    | scan, filter or aggregate           | predicate: a BOOLEAN register, present     |
//! | tumble    | scan or filter                      | once, and only an aggregate follows it     |
//! | aggregate | scan, filter or tumble              | once                                       |
//! | project   | scan, filter, aggregate or project  |                                            |
//! | emit      | filter, aggregate or project        | once: it is the last entry                 |

use super::defined::Defined;
use super::program::{Program, present};
use super::{MAX_GROUPS, ensure, following, refuse};
use crate::error::{Fault, Table, VerifyError};
use crate::plan::op::{OutputId, Register, RegisterId, StreamId};
use crate::plan::signature::Signatures;
use crate::plan::{AggregateTable, EventTime, Operator, Plan, Range, Stream};
use crate::time::LENGTH_LIMIT;
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
            Operator::Tumble { stream, size, panes, .. } => {
                self.tumble(entry, stream, size, panes)?;
                self.defined.thin(); // of late rows
                Ok(())
            }
            Operator::Aggregate(ref table) => self.aggregate(entry, table),
            Operator::Project { program, .. } => self.program(entry, program),
            Operator::Emit { output, columns, .. } => self.emit(entry, output, columns),
        }
    }

    /// Whether the operator may stand behind the one before it.
    fn follows(&self, entry: usize, operator: &Operator) -> Result<(), VerifyError> {
        use Operator::{Aggregate, Emit, Filter, Project, Scan, Tumble};
        let holds = match (self.previous, operator) {
            (None, Scan { .. }) => true,
            (Some(Scan { .. } | Filter { .. } | Aggregate(_)), Filter { .. }) => true,
            (Some(Scan { .. } | Filter { .. }), Tumble { .. } | Aggregate(_)) => !self.aggregated,
            (Some(Tumble { .. }), Aggregate(_)) => true,
            (Some(Scan { .. } | Filter { .. } | Aggregate(_) | Project { .. }), Project { .. }) => {
                true
            }
            (Some(Filter { .. } | Aggregate(_) | Project { .. }), Emit { .. }) => true,
            _ => false,
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

    fn tumble(
        &self,
        entry: usize,
        stream: StreamId,
        size: i64,
        panes: u16,
    ) -> Result<(), VerifyError> {
        let known = stream.index() < self.plan.streams.len();
        ensure(known, Table::Operators, entry, Fault::Index)?;
        let time = match self.scanned {
            Some((id, stream_of_rows)) if id == stream => stream_of_rows.time,
            _ => None,
        };
        let EventTime { delay, .. } = time.ok_or(refuse(Table::Operators, entry, Fault::Order))?;
        ensure((1..=LENGTH_LIMIT).contains(&size), Table::Operators, entry, Fault::Capacity)?;
        // Of the windows of an open row's event time, up to `delay` behind the latest one.
        let open = delay.unsigned_abs().div_ceil(size.unsigned_abs().max(1)).saturating_add(1);
        ensure(u64::from(panes) == open, Table::Operators, entry, Fault::Capacity)
    }

    fn aggregate(&mut self, entry: usize, table: &AggregateTable) -> Result<(), VerifyError> {
        let ensure = |holds, fault| ensure(holds, Table::Operators, entry, fault);
        self.program(entry, table.program)?;
        let plan = self.plan;
        let keys = self.list(entry, table.keys)?;
        let key_results = self.list(entry, table.key_results)?;
        let window_results = self.list(entry, table.window_results)?;
        let panes = match self.previous {
            Some(Operator::Tumble { panes, .. }) => Some(*panes),
            _ => None,
        };

        ensure((1..=MAX_GROUPS).contains(&table.groups), Fault::Capacity)?;
        ensure(!keys.is_empty() || table.groups == 1, Fault::Capacity)?;
        let slots = table.groups.checked_mul(u32::from(panes.unwrap_or(1)));
        ensure(slots.is_some(), Fault::Capacity)?;

        ensure(key_results.len() == keys.len(), Fault::Count)?;
        for (key, result) in keys.iter().zip(key_results) {
            let key = present(plan, &self.defined, *key, Table::Operators, entry)?;
            let result = self.register(entry, *result)?;
            ensure(key.data_type == result.data_type, Fault::Type)?;
            ensure(key.nullable == result.nullable, Fault::Nullability)?;
        }
        ensure(window_results.len() == if panes.is_some() { 2 } else { 0 }, Fault::Count)?;
        for id in window_results {
            let register = self.register(entry, *id)?;
            ensure(register.data_type == DataType::Timestamp, Fault::Type)?;
            ensure(!register.nullable, Fault::Nullability)?;
        }

        let (next, len) = (self.next_aggregate, plan.aggregates.len());
        self.next_aggregate = following(table.aggregates, next, len, Table::Operators, entry)?;
        let aggregates = table.aggregates.of(plan.aggregates);
        let can_be_empty = keys.is_empty() && panes.is_none();
        for (aggregate, i) in aggregates.iter().zip(next..) {
            super::aggregate::verify(plan, &self.defined, i, aggregate, can_be_empty)?;
        }

        // From here on rows are groups.
        self.aggregated = true;
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
        let fields = self.plan.output(output).fields;
        let columns = self.list(entry, columns)?;
        ensure(columns.len() == fields.len(), Fault::Count)?;
        for (id, field) in columns.iter().zip(fields) {
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
