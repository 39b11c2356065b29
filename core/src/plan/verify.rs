//! `verify`: every index, type, offset and capacity of a plan, checked once.
//!
//! After it, running the plan cannot meet a bad table: whoever wrote it, it runs safely. It
//! allocates nothing, does not recurse, and reads each entry a bounded number of times. It reads
//! in this order, and the first fault it meets is the one it reports:
//!
//! 1. **Header**: `batch_rows` is 1 to [`MAX_BATCH_ROWS`]; no table has more than 65,535 entries
//!    (registers: [`MAX_REGISTERS`], constants: 32,768).
//! 2. **Streams and outputs**: one stream, for now; one output, and one of late records. Names lie in the text pool, on character
//!    boundaries. Fields stand in the field table without gap or overlap, streams before outputs;
//!    types are in range ([`DataType::is_defined`]); each offset is the record layout's; a
//!    record has 1 to [`MAX_RECORD`] bytes. An event time is a TIMESTAMP NOT NULL column with a
//!    delay from 0 to [`LENGTH_LIMIT`].
//! 3. **Registers**: their types, of which CHAR is none.
//! 4. **Operators**, one after another (`verify/chain.rs`): what may follow what, and each one's
//!    own parameters.
//! 5. With each operator its **program**, instruction by instruction (`verify/program.rs`):
//!    opcode and kind, operands `a` and `b`, the written register, types, NULLs. Programs stand in
//!    the instruction table without gap or overlap, in the operators' order; calls and their
//!    arguments in their tables, in the instructions' order (`verify/call.rs`).
//! 6. **Aggregates**, with their operator (`verify/aggregate.rs`): arguments, constants, capacity
//!    and result. They too stand without gap.
//! 7. **Arena**: it has at most `u32::MAX` bytes, and every offset is the layout's
//!    ([`layout::walk`]).
//!
//! # Which registers can be read
//!
//! Registers hold the rows that an operator sees, and a filter or a window thins those out. So
//! `verify` keeps two sets (`verify/defined.rs`):
//!
//! - *present*: written since rows were last thinned out, one value for each of the rows that are
//!   left. All operands come from here, with one exception:
//! - *full*: written while no row was thinned out, one value for each row of the batch (of the
//!   stream, or of the groups that leave an aggregate). [`Op::Gather`](super::op::Op::Gather)
//!   reads these, and only where rows were thinned out.
//!
//! An [`Operator::Filter`] and an [`Operator::Window`] empty *present*; an
//! [`Operator::Aggregate`] empties both and then its results are in both.
//!
//! ```
//! use ringql_core::plan::{Plan, verify::verify};
//! use ringql_core::error::{Fault, Table, VerifyError};
//! use ringql_core::function::ALL;
//!
//! let plan = Plan { batch_rows: 0, ..Plan::EMPTY };
//! let refused = VerifyError { table: Table::Header, entry: 0, fault: Fault::Capacity };
//! assert_eq!(verify(&plan, &ALL), Err(refused));
//! ```

mod aggregate;
mod call;
mod chain;
mod defined;
mod program;

use super::layout::{self, Place};
use super::op::Register;
use super::signature::Signatures;
use super::{Plan, Range};
use crate::error::{Fault, Table, VerifyError};
use crate::schema::{Layout, Text};
use crate::time::LENGTH_LIMIT;
use crate::types::DataType;

#[cfg(doc)]
use super::Operator;

/// Most rows of a batch.
pub const MAX_BATCH_ROWS: u16 = 32_768;
/// Most registers of a plan: `verify` keeps two bits for each, on the stack.
pub const MAX_REGISTERS: usize = 4_096;
/// Most constants of a plan: an [`Operand`](super::op::Operand) has 15 bits for them.
const MAX_CONSTANTS: usize = 32_768;
/// Most bytes of a record.
pub const MAX_RECORD: usize = 65_535;
/// Most groups of an aggregate operator, in one window.
pub const MAX_GROUPS: u32 = 16_777_215;

/// Checks a plan that calls `functions`, in the order given at the top of this module.
///
/// # Errors
/// The first entry that is wrong, and what is wrong with it.
pub fn verify(plan: &Plan<'_>, functions: &dyn Signatures) -> Result<(), VerifyError> {
    header(plan)?;
    schemas(plan)?;
    registers(plan)?;
    chain::verify(plan, functions)?;
    arena(plan)
}

/// An error about entry `entry` of `table`.
fn refuse(table: Table, entry: usize, fault: Fault) -> VerifyError {
    VerifyError { table, entry: u16::try_from(entry).unwrap_or(u16::MAX), fault }
}

/// `Ok` if `holds`, else an error about entry `entry` of `table`.
fn ensure(holds: bool, table: Table, entry: usize, fault: Fault) -> Result<(), VerifyError> {
    if holds { Ok(()) } else { Err(refuse(table, entry, fault)) }
}

fn header(plan: &Plan<'_>) -> Result<(), VerifyError> {
    let rows = plan.batch_rows;
    ensure((1..=MAX_BATCH_ROWS).contains(&rows), Table::Header, 0, Fault::Capacity)?;
    let u16_max = usize::from(u16::MAX);
    for (table, entries, most) in [
        (Table::Streams, plan.streams.len(), u16_max),
        (Table::Outputs, plan.outputs.len(), u16_max),
        (Table::Fields, plan.fields.len(), u16_max),
        (Table::Constants, plan.constants.len(), MAX_CONSTANTS),
        (Table::Registers, plan.registers.len(), MAX_REGISTERS),
        (Table::Instructions, plan.instructions.len(), u16_max),
        (Table::Operators, plan.operators.len(), u16_max),
        (Table::Aggregates, plan.aggregates.len(), u16_max),
        (Table::Lists, plan.lists.len(), u16_max),
        (Table::Calls, plan.calls.len(), MAX_CONSTANTS),
        (Table::Arguments, plan.arguments.len(), u16_max),
        (Table::Texts, plan.texts.len(), u16_max),
        (Table::Bytes, plan.bytes.len(), u16_max),
    ] {
        ensure(entries <= most, table, most, Fault::Count)?;
    }
    Ok(())
}

fn schemas(plan: &Plan<'_>) -> Result<(), VerifyError> {
    ensure(plan.streams.len() == 1, Table::Streams, plan.streams.len().min(1), Fault::Count)?;
    // The second is of late records.
    let outputs = plan.outputs.len();
    ensure((1..=2).contains(&outputs), Table::Outputs, outputs.min(2), Fault::Count)?;
    let mut next_field = 0;
    for (i, stream) in plan.streams.iter().enumerate() {
        text(plan, stream.name, Table::Streams, i)?;
        next_field = record(plan, stream.fields, next_field, Table::Streams, i)?;
        let Some(time) = stream.time else { continue };
        let column = stream.fields.of(plan.fields).get(time.column.index());
        let column = column.ok_or(refuse(Table::Streams, i, Fault::Index))?;
        let is_timestamp = column.data_type == DataType::Timestamp;
        ensure(is_timestamp, Table::Streams, i, Fault::Type)?;
        ensure(!column.nullable, Table::Streams, i, Fault::Nullability)?;
        ensure((0..=LENGTH_LIMIT).contains(&time.delay), Table::Streams, i, Fault::Capacity)?;
        if let Some(column) = time.punctuation {
            let field = stream.fields.of(plan.fields).get(column.index());
            let field = field.ok_or(refuse(Table::Streams, i, Fault::Index))?;
            let is_boolean = field.data_type == DataType::Boolean;
            ensure(is_boolean, Table::Streams, i, Fault::Type)?;
        }
    }
    for (i, output) in plan.outputs.iter().enumerate() {
        text(plan, output.name, Table::Outputs, i)?;
        next_field = record(plan, output.fields, next_field, Table::Outputs, i)?;
    }
    ensure(next_field == plan.fields.len(), Table::Fields, next_field, Fault::Count)
}

/// Checks the fields of a stream or output, which start at `next_field`; returns where they end.
fn record(
    plan: &Plan<'_>,
    range: Range,
    next_field: usize,
    table: Table,
    entry: usize,
) -> Result<usize, VerifyError> {
    let end = following(range, next_field, plan.fields.len(), table, entry)?;
    let fields = range.of(plan.fields);
    let mut bytes = 0;
    for (field, i) in fields.iter().zip(next_field..) {
        text(plan, field.name, Table::Fields, i)?;
        data_type(field.data_type, Table::Fields, i)?;
        let offset = Layout::place(bytes, field.data_type);
        ensure(usize::from(field.offset) == offset, Table::Fields, i, Fault::Offset)?;
        bytes = offset.saturating_add(field.data_type.size());
    }
    let size = Layout::of(fields).record_size;
    ensure((1..=MAX_RECORD).contains(&size), table, entry, Fault::Capacity)?;
    Ok(end)
}

/// The end of a range that starts at `next`, the end of the one before it, and lies in a table of
/// `len` entries. A range of no entries may start anywhere in it.
fn following(
    range: Range,
    next: usize,
    len: usize,
    table: Table,
    entry: usize,
) -> Result<usize, VerifyError> {
    let start = usize::from(range.start);
    let end = start.saturating_add(usize::from(range.len));
    ensure(end <= len, table, entry, Fault::Index)?;
    if range.len == 0 {
        return Ok(next);
    }
    ensure(start == next, table, entry, Fault::Order)?;
    Ok(end)
}

/// Checks that a text lies in the pool, on character boundaries.
fn text(plan: &Plan<'_>, text: Text, table: Table, entry: usize) -> Result<(), VerifyError> {
    let start = usize::from(text.offset);
    let found = plan.texts.get(start..start.saturating_add(usize::from(text.len)));
    ensure(found.is_some(), table, entry, Fault::Index)
}

fn data_type(data_type: DataType, table: Table, entry: usize) -> Result<(), VerifyError> {
    ensure(data_type.is_defined(), table, entry, Fault::Capacity)
}

fn registers(plan: &Plan<'_>) -> Result<(), VerifyError> {
    for (i, register) in plan.registers.iter().enumerate() {
        data_type(register.data_type, Table::Registers, i)?;
        let is_char = matches!(register.data_type, DataType::Char(_));
        ensure(!is_char, Table::Registers, i, Fault::Type)?;
    }
    Ok(())
}

/// Checks every offset against the layout's.
fn arena(plan: &Plan<'_>) -> Result<(), VerifyError> {
    let fits = u32::try_from(layout::arena_bytes(plan)).is_ok_and(|n| n < u32::MAX);
    ensure(fits, Table::Header, 0, Fault::Capacity)?;
    let mut result = Ok(());
    layout::walk(plan, |place, offset| {
        let (table, entry, found) = match place {
            Place::Register(i) => {
                (Table::Registers, i, plan.registers.get(i).map(|r: &Register| r.offset))
            }
            Place::Operator(i) => match plan.operators.get(i).map(super::Operator::state) {
                Some(None) => return, // it has no state
                found => (Table::Operators, i, found.flatten()),
            },
            Place::Aggregate(i) => (Table::Aggregates, i, plan.aggregates.get(i).map(|a| a.state)),
        };
        if result.is_ok() {
            result = ensure(found.map(u64::from) == Some(offset), table, entry, Fault::Offset);
        }
    });
    result
}
