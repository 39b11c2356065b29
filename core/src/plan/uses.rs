//! What a plan uses: so that a program with a plan that is known while it is built links nothing else.
//!
//! Everything that runs a query is generic over a [`Uses`], whose constant [`Set`] says which opcodes,
//! kinds, operators, windows and aggregate functions there can be. Where one of them is dispatched the
//! set is asked too, so that the compiler leaves out what can't come. There is one machine: queries
//! over plans that come at run time use [`Everything`], and nothing is asked.
//!
//! A plan that is known gives a type: [`Known`]. Its set is made from the plan itself, and a query of
//! that type runs no other plan, so it can't meet what was left out.

use core::fmt::Debug;

use super::aggregates::AggregateFunction;
use super::aggregates::rules::{Family, Shape};
use super::layout::{self, Combine};
use super::op::{Instruction, Op, Source, StreamId};
use super::{AggregateTable, EmitMode, OnError, OnFull, Operator, Plan, TimeSource, WindowTable};
use crate::schema::Field;
use crate::types::{DataType, Kind};

/// A plan that is known while the program is built. `query!` and build scripts (with
/// [`plan_source`](super::source)) make these.
///
/// [`Query::start`](crate::query::Query::start) does not verify it again on the device: the plan must be
/// one that [`verify`](super::verify::verify) takes, as every plan that SQL is compiled to is. (A debug
/// build asks.) What another plan does is of no use, but safe: results that mean nothing, or a
/// [`RunError`](crate::error::RunError).
///
/// ```
/// use ringql_core::plan::{Plan, uses::Known};
/// # const PLAN: Plan<'static> = Plan::EMPTY; // in a program: include!(".../plan.rs")
/// struct Temperatures;
///
/// impl Known for Temperatures {
///     const PLAN: Plan<'static> = PLAN;
/// }
/// ```
pub trait Known: 'static {
    /// The plan.
    const PLAN: Plan<'static>;
    /// Whether to link, beside the loops that any rows go through, those for rows that are alone, for
    /// whole words of a mask and the like: fewer instructions a record for more flash.
    const FAST: bool = false;
}

/// What a query can meet: the plan of a [`Known`], or [`Everything`].
pub trait Uses: 'static {
    /// What it is.
    const SET: Set;
    /// The plan, if it is known.
    const PLAN: Option<Plan<'static>>;
    /// What a query keeps of its plan: nothing if that is known.
    type Kept<T: Debug>: Keep<T> + Debug;
}

/// The known plan, or the one that was given: where a query runs, all that it reads of a known plan is
/// constant.
#[inline(always)]
pub(crate) const fn plan<'p, U: Uses>(given: &'p Plan<'p>) -> &'p Plan<'p> {
    match const { &U::PLAN } {
        Some(known) => known,
        None => given,
    }
}

/// The columns of the stream that a known plan scans, or those given.
#[inline(always)]
pub(crate) const fn fields<U: Uses>(given: &[Field]) -> &[Field] {
    match const {
        match &U::PLAN {
            Some(plan) => Some(plan.input(StreamId(0)).fields),
            None => None,
        }
    } {
        Some(known) => known,
        None => given,
    }
}

/// Room for a value that there is only where a plan comes at run time.
pub trait Keep<T> {
    /// Room with the value in it.
    fn new(value: impl FnOnce() -> T) -> Self;
    /// The value.
    fn get(&self) -> Option<&T>;
}

/// A value.
#[derive(Clone, Copy, Debug)]
pub struct Kept<T>(T);

impl<T> Keep<T> for Kept<T> {
    fn new(value: impl FnOnce() -> T) -> Self {
        Self(value())
    }

    #[inline(always)]
    fn get(&self) -> Option<&T> {
        Some(&self.0)
    }
}

impl<T> Keep<T> for () {
    fn new(_: impl FnOnce() -> T) -> Self {}

    #[inline(always)]
    fn get(&self) -> Option<&T> {
        None
    }
}

impl<K: Known> Uses for K {
    const SET: Set = Set::of(&K::PLAN).with_speed(K::FAST);
    const PLAN: Option<Plan<'static>> = Some(K::PLAN);
    type Kept<T: Debug> = ();
}

/// Whatever a plan can have: of queries whose plan comes at run time.
#[derive(Clone, Copy, Debug)]
pub struct Everything;

impl Uses for Everything {
    const SET: Set = Set::ALL;
    const PLAN: Option<Plan<'static>> = None;
    type Kept<T: Debug> = Kept<T>;
}

/// Kinds of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kinds(u16);

impl Kinds {
    /// None.
    pub const NONE: Self = Self(0);
    /// Every kind.
    pub const ALL: Self = Self(u16::MAX);

    /// Whether `kind` is one of them.
    #[must_use]
    #[inline(always)]
    pub const fn has(self, kind: Kind) -> bool {
        self.0 >> kind as u8 & 1 != 0
    }

    /// Whether one of them has values of so many bytes, that are neither bits nor texts.
    #[must_use]
    pub const fn has_size(self, size: usize) -> bool {
        let mut i = 0;
        while i < Kind::ALL.len() {
            let kind = Kind::ALL[i];
            if self.has(kind) && kind.size() == size && !matches!(kind, Kind::Bool | Kind::Text) {
                return true;
            }
            i += 1;
        }
        false
    }

    /// The same without floats.
    #[must_use]
    pub const fn has_plain_size(self, size: usize) -> bool {
        Self(self.0 & !(1 << Kind::F32 as u8 | 1 << Kind::F64 as u8)).has_size(size)
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    const fn with(self, kind: Kind) -> Self {
        Self(self.0 | 1 << kind as u8)
    }

    const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// What a plan uses. The fields are read where a query runs; more comes with what is pruned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Set {
    /// Of each opcode: the kinds that it works on.
    ops: [Kinds; Op::ALL.len()],
    /// Of each opcode: the kinds whose operand `b` is a constant, and is a register.
    constants: [Kinds; Op::ALL.len()],
    registers: [Kinds; Op::ALL.len()],
    /// Of each family of aggregate functions: the kinds of first arguments.
    folded: [Kinds; Family::COUNT],
    /// Kinds that are converted, and to which types.
    pub(crate) casts: Casts,
    /// The kinds of output columns.
    pub(crate) emitted: Kinds,
    /// The kinds of key columns.
    pub(crate) keys: Kinds,
    /// Whether any register can be NULL.
    pub(crate) nulls: bool,
    /// Whether a constant is NaN.
    pub(crate) nan: bool,
    /// Whether common shapes go ways of their own: [`Known::FAST`].
    pub(crate) fast: bool,
    /// Whether a failed row stops the query.
    pub(crate) stops: bool,
    /// Filters of rows of the stream, and of groups.
    pub(crate) filter: bool,
    /// Rows go through to records without groups.
    pub(crate) direct: bool,
    /// Groups.
    pub(crate) aggregate: bool,
    /// More than one stage of groups.
    pub(crate) stages: bool,
    /// Rows that are held and leave in an order.
    pub(crate) sort: bool,
    /// A SELECT list that computes.
    pub(crate) project: bool,
    /// A batch has more than 64 rows.
    pub(crate) wide: bool,
    /// Windows.
    pub(crate) window: bool,
    /// Windows by event time.
    pub(crate) event: bool,
    /// Windows by the query's clock, or closed by it.
    pub(crate) clock: bool,
    /// Windows of rows.
    pub(crate) rows: bool,
    /// Windows by the time of other windows.
    pub(crate) windows_of_windows: bool,
    /// Records that are too far ahead are refused.
    pub(crate) ahead: bool,
    /// Punctuation.
    pub(crate) punctuation: bool,
    /// Closed windows take late records.
    pub(crate) lateness: bool,
    /// Late records have an output.
    pub(crate) late: bool,
    /// Windows that are a pane each.
    pub(crate) panes: bool,
    /// Windows by two stacks.
    pub(crate) stacks: bool,
    /// Windows by a running pane.
    pub(crate) running: bool,
    /// Windows from their panes each time.
    pub(crate) each: bool,
    /// Sessions, and windows by state.
    pub(crate) sessions: bool,
    /// Groups without a window.
    pub(crate) whole: bool,
    /// Groups that leave as they change.
    pub(crate) changes: bool,
    /// They leave at multiples of an interval.
    pub(crate) every: bool,
    /// They are taken back first.
    pub(crate) retract: bool,
    /// Aggregates without keys.
    pub(crate) unkeyed: bool,
    /// Keys of one number.
    pub(crate) number_keys: bool,
    /// Other keys.
    pub(crate) long_keys: bool,
    /// Policies of full groups.
    pub(crate) error_full: bool,
    pub(crate) drop_new: bool,
    pub(crate) evict: bool,
    pub(crate) close_oldest: bool,
    /// An aggregate counts only some values: FILTER, or an argument that can be NULL.
    pub(crate) misses: bool,
    /// An aggregate has a FILTER.
    pub(crate) filtered: bool,
    /// MIN, and MAX.
    pub(crate) least: bool,
    pub(crate) greatest: bool,
    /// All rows of a batch go to one group, or each to its own.
    pub(crate) one_group: bool,
    pub(crate) each_group: bool,
    /// Aggregates that keep structs.
    pub(crate) structs: bool,
}

/// Which conversions there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Casts {
    /// Of each kind of number: the kinds of numbers that it becomes.
    numbers: [Kinds; Kind::ALL.len()],
    pub(crate) text: bool,
    pub(crate) decimal: bool,
    pub(crate) time: bool,
    pub(crate) bytes: bool,
    pub(crate) same: bool,
}

impl Casts {
    const NONE: Self = Self {
        numbers: [Kinds::NONE; Kind::ALL.len()],
        text: false,
        decimal: false,
        time: false,
        bytes: false,
        same: false,
    };
    const ALL: Self = Self {
        numbers: [Kinds::ALL; Kind::ALL.len()],
        text: true,
        decimal: true,
        time: true,
        bytes: true,
        same: true,
    };

    /// The kinds of numbers that become others.
    pub(crate) const fn from(&self) -> Kinds {
        let mut all = Kinds::NONE;
        let mut i = 0;
        while i < self.numbers.len() {
            if !self.numbers[i].is_empty() {
                all = all.with(Kind::ALL[i]);
            }
            i += 1;
        }
        all
    }

    /// The kinds that numbers of a kind become.
    pub(crate) const fn to(&self, from: Kind) -> Kinds {
        self.numbers[from as usize]
    }

    /// With what `convert` of `expr/cast.rs` does for these types.
    const fn with(mut self, from: DataType, to: DataType) -> Self {
        use DataType::{
            Date, Decimal, Interval, Time, Timestamp, TimestampTz, Uuid, Varbinary, Varchar,
        };
        match (from, to) {
            (Varchar(_), _) | (_, Varchar(_)) => self.text = true,
            (Decimal(..), _) | (_, Decimal(..)) => self.decimal = true,
            (Date | Time | Timestamp | TimestampTz, _) => self.time = true,
            (Varbinary(_) | Uuid, Varbinary(_)) => self.bytes = true,
            (Interval, _) | (Uuid, _) => self.same = true,
            _ => {
                let from = from.kind() as usize;
                self.numbers[from] = self.numbers[from].with(to.kind());
            }
        }
        self
    }
}

impl Set {
    /// Everything.
    pub const ALL: Self = Self {
        ops: [Kinds::ALL; Op::ALL.len()],
        constants: [Kinds::ALL; Op::ALL.len()],
        registers: [Kinds::ALL; Op::ALL.len()],
        folded: [Kinds::ALL; Family::COUNT],
        casts: Casts::ALL,
        emitted: Kinds::ALL,
        keys: Kinds::ALL,
        nulls: true,
        nan: true,
        fast: true,
        stops: true,
        filter: true,
        direct: true,
        aggregate: true,
        stages: true,
        sort: true,
        project: true,
        wide: true,
        window: true,
        event: true,
        clock: true,
        rows: true,
        windows_of_windows: true,
        ahead: true,
        punctuation: true,
        lateness: true,
        late: true,
        panes: true,
        stacks: true,
        running: true,
        each: true,
        sessions: true,
        whole: true,
        changes: true,
        every: true,
        retract: true,
        unkeyed: true,
        number_keys: true,
        long_keys: true,
        error_full: true,
        drop_new: true,
        evict: true,
        close_oldest: true,
        misses: true,
        filtered: true,
        least: true,
        greatest: true,
        one_group: true,
        each_group: true,
        structs: true,
    };

    /// Nothing.
    const NONE: Self = Self {
        ops: [Kinds::NONE; Op::ALL.len()],
        constants: [Kinds::NONE; Op::ALL.len()],
        registers: [Kinds::NONE; Op::ALL.len()],
        folded: [Kinds::NONE; Family::COUNT],
        casts: Casts::NONE,
        emitted: Kinds::NONE,
        keys: Kinds::NONE,
        nulls: false,
        nan: false,
        fast: false,
        stops: false,
        filter: false,
        direct: false,
        aggregate: false,
        stages: false,
        sort: false,
        project: false,
        wide: false,
        window: false,
        event: false,
        clock: false,
        rows: false,
        windows_of_windows: false,
        ahead: false,
        punctuation: false,
        lateness: false,
        late: false,
        panes: false,
        stacks: false,
        running: false,
        each: false,
        sessions: false,
        whole: false,
        changes: false,
        every: false,
        retract: false,
        unkeyed: false,
        number_keys: false,
        long_keys: false,
        error_full: false,
        drop_new: false,
        evict: false,
        close_oldest: false,
        misses: false,
        filtered: false,
        least: false,
        greatest: false,
        one_group: false,
        each_group: false,
        structs: false,
    };

    /// What a plan uses.
    #[must_use]
    pub const fn of(plan: &Plan<'_>) -> Self {
        let mut set = Self::NONE;
        set.stops = matches!(plan.on_error, OnError::Stop);
        set.wide = plan.batch_rows > 64;
        let mut i = 0;
        while i < plan.registers.len() {
            set.nulls |= plan.registers[i].nullable;
            i += 1;
        }
        i = 0;
        while i < plan.instructions.len() {
            set = set.with_instruction(plan, &plan.instructions[i]);
            i += 1;
        }
        let mut stages = 0;
        i = 0;
        while i < plan.operators.len() {
            match &plan.operators[i] {
                Operator::Scan { .. } => {}
                Operator::Filter { .. } => set.filter = true,
                Operator::Window(table) => set = set.with_window(plan, table),
                Operator::Aggregate(table) => {
                    stages += 1;
                    set = set.with_aggregate(plan, table);
                }
                Operator::Project { .. } => set.project = true,
                Operator::Sort(_) => set.sort = true,
                Operator::Emit { columns, .. } => {
                    let mut at = 0;
                    while at < columns.len as usize {
                        if let Some(r) = layout::listed(plan, columns.start as usize + at) {
                            set.emitted = set.emitted.with(r.data_type.kind());
                        }
                        at += 1;
                    }
                }
            }
            i += 1;
        }
        set.direct = stages == 0;
        set.stages = stages > 1;
        set
    }

    /// With faster ways beside the general ones, or without.
    const fn with_speed(mut self, fast: bool) -> Self {
        self.fast = fast;
        // A batch of which all rows have one key goes to its group at once.
        self.one_group |= fast;
        self
    }

    const fn with_instruction(mut self, plan: &Plan<'_>, i: &Instruction) -> Self {
        let op = i.op as usize;
        self.ops[op] = self.ops[op].with(i.kind);
        match i.b.source() {
            Source::Constant(id) => {
                self.constants[op] = self.constants[op].with(i.kind);
                if id.index() < plan.constants.len() {
                    let bits = plan.constants[id.index()].0;
                    self.nan |= match i.kind {
                        Kind::F32 => f32::from_bits(bits as u32).is_nan(),
                        Kind::F64 => f64::from_bits(bits).is_nan(),
                        _ => false,
                    };
                }
            }
            Source::Register(_) => self.registers[op] = self.registers[op].with(i.kind),
        }
        if matches!(i.op, Op::Cast | Op::TryCast)
            && let Source::Register(from) = i.a.source()
            && let Some(from) = layout::register(plan, from)
            && let Some(to) = layout::register(plan, i.dst)
        {
            self.casts = self.casts.with(from.data_type, to.data_type);
        }
        self
    }

    const fn with_window(mut self, plan: &Plan<'_>, table: &WindowTable) -> Self {
        self.window = true;
        match table.time {
            TimeSource::Event => self.event = true,
            TimeSource::Clock => self.clock = true,
            TimeSource::Rows => self.rows = true,
            TimeSource::Window(_) => self.windows_of_windows = true,
        }
        self.clock |= table.idle_timeout > 0;
        self.ahead |= table.max_ahead > 0;
        self.lateness |= table.lateness > 0;
        self.late |= table.late.is_some();
        if let [stream, ..] = plan.streams
            && let Some(time) = stream.time
        {
            self.punctuation |= time.punctuation.is_some();
        }
        self
    }

    const fn with_aggregate(mut self, plan: &Plan<'_>, table: &AggregateTable) -> Self {
        self.aggregate = true;
        match layout::combine(plan, table) {
            Combine::Whole => self.whole = true,
            Combine::Pane(_) => self.panes = true,
            Combine::Stacks(_) => self.stacks = true,
            Combine::Running(_) => self.running = true,
            Combine::Each(_) => self.each = true,
            Combine::Sessions => self.sessions = true,
        }
        match table.emit {
            EmitMode::Final => {}
            EmitMode::Changes => self.changes = true,
            EmitMode::Every(_) => {
                self.changes = true;
                self.every = true;
            }
        }
        self.changes |= self.lateness;
        self.retract |= table.retract;
        match table.on_full {
            OnFull::Error => self.error_full = true,
            OnFull::DropNew => self.drop_new = true,
            OnFull::EvictOldest => self.evict = true,
            OnFull::CloseOldest => self.close_oldest = true,
        }
        let mut at = 0;
        while at < table.keys.len as usize {
            if let Some(r) = layout::listed(plan, table.keys.start as usize + at) {
                self.keys = self.keys.with(r.data_type.kind());
            }
            at += 1;
        }
        match layout::listed(plan, table.keys.start as usize) {
            _ if table.keys.len == 0 => self.unkeyed = true,
            Some(key) if table.keys.len == 1 && !key.nullable => self.number_keys = true,
            _ => self.long_keys = true,
        }
        if self.number_keys && layout::key_words(plan, table.keys) > 1 {
            self.long_keys = true;
        }
        let keyed = layout::key_words(plan, table.keys) > 0;
        self.one_group |= !keyed;
        self.each_group |= keyed || self.window;
        at = table.aggregates.start as usize;
        let end = at + table.aggregates.len as usize;
        while at < end && at < plan.aggregates.len() {
            let aggregate = &plan.aggregates[at];
            let shape = Shape::of(plan, aggregate, keyed);
            let family = shape.family as usize;
            self.folded[family] = self.folded[family].with(shape.argument.kind());
            self.misses |= shape.can_miss;
            self.filtered |= aggregate.filter.is_some();
            self.structs |= shape.slot.is_some();
            let is_min =
                matches!(aggregate.function, AggregateFunction::Min | AggregateFunction::BoolAnd);
            let is_best = matches!(shape.family, Family::Best);
            self.least |= is_best && is_min;
            self.greatest |= is_best && !is_min;
            self.each_group |= aggregate.filter.is_some();
            at += 1;
        }
        self
    }

    /// The kinds that an opcode works on.
    #[must_use]
    pub const fn op(&self, op: Op) -> Kinds {
        self.ops[op as usize]
    }

    /// Whether there is any of these opcodes.
    #[must_use]
    pub const fn any(&self, ops: &[Op]) -> bool {
        !self.kinds(ops).is_empty()
    }

    /// The kinds that any of these opcodes works on.
    #[must_use]
    pub const fn kinds(&self, ops: &[Op]) -> Kinds {
        let mut all = Kinds::NONE;
        let mut i = 0;
        while i < ops.len() {
            all = all.or(self.op(ops[i]));
            i += 1;
        }
        all
    }

    /// The kinds of these opcodes' operands `b` that are constants.
    #[must_use]
    pub(crate) const fn constants(&self, ops: &[Op]) -> Kinds {
        let mut all = Kinds::NONE;
        let mut i = 0;
        while i < ops.len() {
            all = all.or(self.constants[ops[i] as usize]);
            i += 1;
        }
        all
    }

    /// The kinds of these opcodes' operands `b` that are registers.
    #[must_use]
    pub(crate) const fn registers(&self, ops: &[Op]) -> Kinds {
        let mut all = Kinds::NONE;
        let mut i = 0;
        while i < ops.len() {
            all = all.or(self.registers[ops[i] as usize]);
            i += 1;
        }
        all
    }

    /// The kinds of first arguments of a family of aggregate functions; that of COUNT(*) is BIGINT.
    #[must_use]
    pub(crate) const fn folded(&self, family: Family) -> Kinds {
        self.folded[family as usize]
    }

    /// Whether there is any of a family.
    #[must_use]
    pub(crate) const fn folds(&self, family: Family) -> bool {
        !self.folded(family).is_empty()
    }

    /// Whether states are merged with others.
    #[must_use]
    pub(crate) const fn merges(&self) -> bool {
        self.stacks || self.running || self.each || self.sessions
    }
}
