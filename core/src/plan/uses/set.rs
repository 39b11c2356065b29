//! The set of what a plan uses.

use super::{Casts, Kinds};
use crate::plan::aggregates::AggregateFunction;
use crate::plan::aggregates::rules::{Family, Shape};
use crate::plan::layout::{self, Combine};
use crate::plan::op::{Instruction, Op, Source};
use crate::plan::{
    AggregateTable, EmitMode, OnError, OnFull, Operator, Plan, TimeSource, WindowTable,
};
use crate::types::Kind;

#[cfg(doc)]
use super::Known;

macro_rules! set {
    ($($(#[$doc:meta])* $flag:ident,)*) => {
        /// What a plan uses. The members are read where a query runs.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct Set {
            /// Of each opcode: the kinds that it works on.
            ops: [Kinds; Op::ALL.len()],
            /// Of each opcode: the kinds whose operand `b` is a constant.
            constants: [Kinds; Op::ALL.len()],
            /// Of each opcode: the kinds whose operand `b` is a register.
            registers: [Kinds; Op::ALL.len()],
            /// Of each family of aggregate functions: the kinds of first arguments.
            folded: [Kinds; Family::COUNT],
            /// Which conversions there are.
            pub(crate) casts: Casts,
            /// The kinds of output columns.
            pub(crate) emitted: Kinds,
            /// The kinds of key columns.
            pub(crate) keys: Kinds,
            $($(#[$doc])* pub(crate) $flag: bool,)*
        }

        impl Set {
            const fn filled(kinds: Kinds, casts: Casts, flag: bool) -> Self {
                Self {
                    ops: [kinds; Op::ALL.len()],
                    constants: [kinds; Op::ALL.len()],
                    registers: [kinds; Op::ALL.len()],
                    folded: [kinds; Family::COUNT],
                    casts,
                    emitted: kinds,
                    keys: kinds,
                    $($flag: flag,)*
                }
            }
        }
    };
}

set! {
    /// Whether any register can be NULL.
    nulls,
    /// Whether a constant is NaN.
    nan,
    /// Whether common shapes go ways of their own: [`Known::FAST`].
    fast,
    /// Whether a failed row stops the query.
    stops,
    /// Filters of rows of the stream, and of groups.
    filter,
    /// Rows go through to records without groups.
    direct,
    /// Groups.
    aggregate,
    /// More than one stage of groups.
    stages,
    /// Rows that are held and leave in an order.
    sort,
    /// A SELECT list that computes.
    project,
    /// A batch has more than 64 rows.
    wide,
    /// Windows.
    window,
    /// Windows by the query's clock, or closed by it.
    clock,
    /// Windows of rows.
    rows,
    /// Late records have an output.
    late,
    /// Windows that are a pane each.
    panes,
    /// Windows by two stacks.
    stacks,
    /// Windows by a running pane.
    running,
    /// Windows from their panes each time.
    each,
    /// Sessions, and windows by state.
    sessions,
    /// Groups that leave as they change.
    changes,
    /// They leave at multiples of an interval.
    every,
    /// They are taken back first.
    retract,
    /// Keys of one number.
    number_keys,
    /// Other keys.
    long_keys,
    /// `on_full = 'evict_oldest'`.
    evict,
    /// `on_full = 'close_oldest'`.
    close_oldest,
    /// An aggregate counts only some values: FILTER, or an argument that can be NULL.
    misses,
    /// An aggregate has a FILTER.
    filtered,
    /// MIN, and MAX.
    least,
    greatest,
    /// All rows of a batch go to one group, or each to its own.
    one_group,
    each_group,
    /// Aggregates that keep structs.
    structs,
}

impl Set {
    /// Everything.
    pub const ALL: Self = Self::filled(Kinds::ALL, Casts::ALL, true);
    /// Nothing.
    const NONE: Self = Self::filled(Kinds::NONE, Casts::NONE, false);

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
                Operator::Window(table) => set = set.with_window(table),
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
    pub(super) const fn with_speed(mut self, fast: bool) -> Self {
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

    const fn with_window(mut self, table: &WindowTable) -> Self {
        self.window = true;
        self.clock |= matches!(table.time, TimeSource::Clock) || table.idle_timeout > 0;
        self.rows |= matches!(table.time, TimeSource::Rows);
        self.late |= table.late.is_some();
        self
    }

    const fn with_aggregate(mut self, plan: &Plan<'_>, table: &AggregateTable) -> Self {
        self.aggregate = true;
        match layout::combine(plan, table) {
            Combine::Whole => {}
            Combine::Pane(_) => self.panes = true,
            Combine::Stacks(_) => self.stacks = true,
            Combine::Running(_) => self.running = true,
            Combine::Each(_) => self.each = true,
            Combine::Sessions => self.sessions = true,
        }
        self.changes |= layout::aggregate_layout(plan, table).notes_changes;
        self.every |= matches!(table.emit, EmitMode::Every(_));
        self.retract |= table.retract;
        self.evict |= matches!(table.on_full, OnFull::EvictOldest);
        self.close_oldest |= matches!(table.on_full, OnFull::CloseOldest);
        let mut at = 0;
        while at < table.keys.len as usize {
            if let Some(r) = layout::listed(plan, table.keys.start as usize + at) {
                self.keys = self.keys.with(r.data_type.kind());
            }
            at += 1;
        }
        match layout::listed(plan, table.keys.start as usize) {
            _ if table.keys.len == 0 => {}
            // As `operator/keys.rs` has it.
            Some(key)
                if table.keys.len == 1 && !key.nullable && is_integer(key.data_type.kind()) =>
            {
                self.number_keys = true;
            }
            _ => self.long_keys = true,
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

const fn is_integer(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::I8 | Kind::I16 | Kind::I32 | Kind::I64 | Kind::U8 | Kind::U16 | Kind::U32 | Kind::U64
    )
}
