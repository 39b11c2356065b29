//! Where decoded plans lie: tables of fixed capacity.

use heapless::{String, Vec};
use serde::Deserialize;

use super::{Features, is_canonical, unwrap};
use crate::error::{DecodeError, Table};
use crate::plan::op::{Instruction, Register, RegisterId};
use crate::plan::signature::Signatures;
use crate::plan::verify::verify;
use crate::plan::{Aggregate, Argument, Call, Constant, OnError, Operator, Output, Plan, Stream};
use crate::schema::Field;

/// Streams that [`PlanTables`] hold.
pub const MAX_STREAMS: usize = 4;
/// Outputs that [`PlanTables`] hold.
pub const MAX_OUTPUTS: usize = 4;
/// Operators that [`PlanTables`] hold.
pub const MAX_OPERATORS: usize = 16;
/// Aggregates that [`PlanTables`] hold.
pub const MAX_AGGREGATES: usize = 32;

/// Tables for a plan that is decoded from bytes: no allocation, capacities chosen by you.
///
/// - `FIELDS`: columns of inputs and outputs together;
/// - `REGISTERS`: registers, and as many constants and calls;
/// - `INSTRUCTIONS`: instructions, and as many entries of [`Plan::lists`] and [`Plan::arguments`];
/// - `TEXTS`: bytes of names and text constants, and as many of [`Plan::bytes`].
///
/// The others are small and fixed: [`MAX_STREAMS`], [`MAX_OUTPUTS`], [`MAX_OPERATORS`],
/// [`MAX_AGGREGATES`]. A plan that does not fit is refused with the table's name and both numbers.
/// [`SmallPlan`] and [`HostPlan`] have capacities for common cases.
///
/// ```
/// use ringql_core::error::DecodeError;
/// use ringql_core::function::ALL;
/// use ringql_core::plan::wire::PlanTables;
///
/// type MyPlan = PlanTables<24, 32, 40, 256>;
/// const { assert!(size_of::<MyPlan>() < 5 * 1024) };
/// assert_eq!(MyPlan::decode(b"RQLP\x01\x00", &ALL).err(), Some(DecodeError::Version {
///     found: 1,
///     supported: 2,
/// }));
/// ```
#[derive(Clone, Debug)]
pub struct PlanTables<
    const FIELDS: usize,
    const REGISTERS: usize,
    const INSTRUCTIONS: usize,
    const TEXTS: usize,
> {
    batch_rows: u16,
    on_error: OnError,
    streams: Vec<Stream, MAX_STREAMS>,
    outputs: Vec<Output, MAX_OUTPUTS>,
    fields: Vec<Field, FIELDS>,
    constants: Vec<Constant, REGISTERS>,
    registers: Vec<Register, REGISTERS>,
    instructions: Vec<Instruction, INSTRUCTIONS>,
    operators: Vec<Operator, MAX_OPERATORS>,
    aggregates: Vec<Aggregate, MAX_AGGREGATES>,
    lists: Vec<RegisterId, INSTRUCTIONS>,
    calls: Vec<Call, REGISTERS>,
    arguments: Vec<Argument, INSTRUCTIONS>,
    texts: String<TEXTS>,
    bytes: Vec<u8, TEXTS>,
}

/// Tables of under 6 KiB, for plans of a dozen output columns on a device.
pub type SmallPlan = PlanTables<32, 48, 64, 512>;

/// Tables of about 100 KiB, for plans on a host.
pub type HostPlan = PlanTables<512, 1024, 2048, 16_384>;

impl<const FIELDS: usize, const REGISTERS: usize, const INSTRUCTIONS: usize, const TEXTS: usize>
    PlanTables<FIELDS, REGISTERS, INSTRUCTIONS, TEXTS>
{
    /// Empty tables. It is `const`: they can lie in a static.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            batch_rows: 0,
            on_error: OnError::Null,
            streams: Vec::new(),
            outputs: Vec::new(),
            fields: Vec::new(),
            constants: Vec::new(),
            registers: Vec::new(),
            instructions: Vec::new(),
            operators: Vec::new(),
            aggregates: Vec::new(),
            lists: Vec::new(),
            calls: Vec::new(),
            arguments: Vec::new(),
            texts: String::new(),
            bytes: Vec::new(),
        }
    }

    /// Decodes and verifies a plan that calls `functions` into new tables.
    ///
    /// # Errors
    /// See [`DecodeError`].
    pub fn decode(bytes: &[u8], functions: &dyn Signatures) -> Result<Self, DecodeError> {
        let mut tables = Self::new();
        tables.load(bytes, functions)?;
        Ok(tables)
    }

    /// Decodes and verifies a plan that calls `functions` into these tables, in place of what they held. After an error
    /// they are empty.
    ///
    /// # Errors
    /// See [`DecodeError`].
    pub fn load(
        &mut self,
        bytes: &[u8],
        functions: &dyn Signatures,
    ) -> Result<Plan<'_>, DecodeError> {
        if let Err(error) = self.try_load(bytes, functions) {
            self.clear();
            return Err(error);
        }
        Ok(self.plan())
    }

    /// The plan: the one last loaded, or one without any entries (which no query accepts).
    #[must_use]
    pub fn plan(&self) -> Plan<'_> {
        Plan {
            batch_rows: self.batch_rows,
            on_error: self.on_error,
            streams: &self.streams,
            outputs: &self.outputs,
            fields: &self.fields,
            constants: &self.constants,
            registers: &self.registers,
            instructions: &self.instructions,
            operators: &self.operators,
            aggregates: &self.aggregates,
            lists: &self.lists,
            calls: &self.calls,
            arguments: &self.arguments,
            texts: &self.texts,
            bytes: &self.bytes,
        }
    }

    /// The recipe: the envelope, then table by table, then what holds of all of them.
    fn try_load(&mut self, bytes: &[u8], functions: &dyn Signatures) -> Result<(), DecodeError> {
        let (features, body) = unwrap(bytes)?;
        self.clear();
        let mut rest = body;
        self.batch_rows = take(&mut rest, Table::Header, 0)?;
        self.on_error = take(&mut rest, Table::Header, 0)?;
        table(&mut rest, &mut self.streams, Table::Streams)?;
        table(&mut rest, &mut self.outputs, Table::Outputs)?;
        table(&mut rest, &mut self.fields, Table::Fields)?;
        table(&mut rest, &mut self.constants, Table::Constants)?;
        table(&mut rest, &mut self.registers, Table::Registers)?;
        table(&mut rest, &mut self.instructions, Table::Instructions)?;
        table(&mut rest, &mut self.operators, Table::Operators)?;
        table(&mut rest, &mut self.aggregates, Table::Aggregates)?;
        table(&mut rest, &mut self.lists, Table::Lists)?;
        table(&mut rest, &mut self.calls, Table::Calls)?;
        table(&mut rest, &mut self.arguments, Table::Arguments)?;
        texts(&mut rest, &mut self.texts)?;
        byte_pool(&mut rest, &mut self.bytes)?;

        let plan = self.plan();
        if !rest.is_empty() || !is_canonical(&plan, body) {
            return Err(DecodeError::NotCanonical);
        }
        let used = Features::of(&plan);
        if features != used {
            return Err(DecodeError::Features { stated: features.bits(), used: used.bits() });
        }
        verify(&plan, functions).map_err(DecodeError::Verify)
    }

    fn clear(&mut self) {
        self.batch_rows = 0;
        self.on_error = OnError::Null;
        self.streams.clear();
        self.outputs.clear();
        self.fields.clear();
        self.constants.clear();
        self.registers.clear();
        self.instructions.clear();
        self.operators.clear();
        self.aggregates.clear();
        self.lists.clear();
        self.calls.clear();
        self.arguments.clear();
        self.texts.clear();
        self.bytes.clear();
    }
}

impl<const FIELDS: usize, const REGISTERS: usize, const INSTRUCTIONS: usize, const TEXTS: usize>
    Default for PlanTables<FIELDS, REGISTERS, INSTRUCTIONS, TEXTS>
{
    fn default() -> Self {
        Self::new()
    }
}

/// Takes one value off the front of `rest`.
fn take<'b, T: Deserialize<'b>>(
    rest: &mut &'b [u8],
    table: Table,
    entry: usize,
) -> Result<T, DecodeError> {
    let entry = u16::try_from(entry).unwrap_or(u16::MAX);
    let (value, after) =
        postcard::take_from_bytes(rest).map_err(|_| DecodeError::Entry { table, entry })?;
    *rest = after;
    Ok(value)
}

/// Takes a count that is within `capacity`.
fn count(rest: &mut &[u8], table: Table, capacity: usize) -> Result<usize, DecodeError> {
    let needed: u32 = take(rest, table, 0)?;
    usize::try_from(needed).ok().filter(|n| *n <= capacity).ok_or(DecodeError::Capacity {
        table,
        needed,
        capacity,
    })
}

/// Takes a count and as many entries.
fn table<'b, T: Deserialize<'b>, const N: usize>(
    rest: &mut &'b [u8],
    entries: &mut Vec<T, N>,
    table: Table,
) -> Result<(), DecodeError> {
    for entry in 0..count(rest, table, N)? {
        let value = take(rest, table, entry)?;
        // There is room: the count was checked.
        entries.push(value).map_err(|_| DecodeError::Entry { table, entry: u16::MAX })?;
    }
    Ok(())
}

/// Takes a count and as many bytes.
fn pool<'b>(rest: &mut &'b [u8], of: Table, capacity: usize) -> Result<&'b [u8], DecodeError> {
    let len = count(rest, of, capacity)?;
    let not_there = DecodeError::Entry { table: of, entry: 0 };
    let (bytes, after) = rest.split_at_checked(len).ok_or(not_there)?;
    *rest = after;
    Ok(bytes)
}

/// Takes the text pool.
fn texts<const N: usize>(rest: &mut &[u8], texts: &mut String<N>) -> Result<(), DecodeError> {
    let bytes = pool(rest, Table::Texts, N)?;
    let text = core::str::from_utf8(bytes).map_err(|_| DecodeError::NotUtf8)?;
    texts.push_str(text).map_err(|_| DecodeError::Entry { table: Table::Texts, entry: 0 })
}

/// Takes the byte pool.
fn byte_pool<const N: usize>(rest: &mut &[u8], bytes: &mut Vec<u8, N>) -> Result<(), DecodeError> {
    let taken = pool(rest, Table::Bytes, N)?;
    let full = DecodeError::Entry { table: Table::Bytes, entry: 0 };
    bytes.extend_from_slice(taken).map_err(|_| full)
}
