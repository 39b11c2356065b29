//! The expression table: one 8-byte entry per step, and one line of truth per opcode.

mod cast;

use serde::{Deserialize, Serialize};

pub use cast::{cast_can_fail, cast_defined, integer_range, text_len};

use crate::types::{DataType, Kind};

macro_rules! index {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "defmt", derive(defmt::Format))]
        #[repr(transparent)]
        pub struct $name(pub u16);

        impl $name {
            /// As an index into a slice.
            #[must_use]
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

index!(
    /// A column of a stream: its place in the stream's fields.
    ColumnId
);
index!(
    /// A register: a typed vector of B values in the arena.
    RegisterId
);
index!(
    /// An entry of the operator table.
    OperatorId
);
index!(
    /// An entry of the constant table.
    ConstantId
);
index!(
    /// A stream (an input) of the plan.
    StreamId
);
index!(
    /// An output of the plan.
    OutputId
);

index!(
    /// An entry of the call table.
    CallId
);

/// The stable name of a function in a plan: a hash of its name and its parameters' types, so that
/// a plan finds the function that it was compiled for, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(transparent)]
pub struct FunctionId(pub u32);

/// A register, a constant or a column, in two bytes.
///
/// The highest bit marks a constant; a column appears only in [`Op::Load`], which knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(transparent)]
pub struct Operand(pub u16);

/// What an [`Operand`] of a kernel stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A vector.
    Register(RegisterId),
    /// The same value in every row.
    Constant(ConstantId),
}

impl Operand {
    /// No operand.
    pub const NONE: Self = Self(0);
    const CONSTANT: u16 = 0x8000;

    /// An operand that is a register.
    #[must_use]
    pub const fn register(r: RegisterId) -> Self {
        Self(r.0)
    }

    /// An operand that is a constant.
    #[must_use]
    pub const fn constant(c: ConstantId) -> Self {
        Self(c.0 | Self::CONSTANT)
    }

    /// An operand of [`Op::Load`].
    #[must_use]
    pub const fn column(c: ColumnId) -> Self {
        Self(c.0)
    }

    /// The operand of [`Op::Call`].
    #[must_use]
    pub const fn call(c: CallId) -> Self {
        Self(c.0)
    }

    /// The register or constant.
    #[must_use]
    pub const fn source(self) -> Source {
        if self.0 & Self::CONSTANT == 0 {
            Source::Register(RegisterId(self.0))
        } else {
            Source::Constant(ConstantId(self.0 & !Self::CONSTANT))
        }
    }
}

/// What an opcode takes as an operand. `verify` and `explain` read this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Nothing: the operand is [`Operand::NONE`].
    Nothing,
    /// A column of the scanned stream, of the entry's kind.
    Column,
    /// A register of the entry's kind.
    Register,
    /// A constant of the entry's kind.
    Constant,
    /// A register or a constant of the entry's kind.
    Either,
    /// A BOOLEAN register.
    Mask,
    /// An entry of the call table.
    Call,
}

/// What an opcode writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writes {
    /// Nothing: `dst` is register 0 and unused.
    Nothing,
    /// A register of the entry's kind.
    Same,
    /// A BOOLEAN register.
    Mask,
    /// A register of any type: the conversion goes to its type.
    Any,
}

/// Which kinds an opcode is defined on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kinds {
    /// All of them.
    All,
    /// Integers and floats.
    Numbers,
    /// REAL and DOUBLE.
    Floats,
    /// BOOLEAN only.
    Bool,
    /// TIMESTAMP only (i64 microseconds).
    Time,
}

impl Kinds {
    /// Whether `kind` is one of them. (That a [`Kind::I64`] is a TIMESTAMP, the register tells.)
    #[must_use]
    pub const fn accept(self, kind: Kind) -> bool {
        match self {
            Self::All => true,
            Self::Numbers => {
                !matches!(kind, Kind::Bool | Kind::Text | Kind::I128 | Kind::Interval | Kind::Uuid)
            }
            Self::Floats => matches!(kind, Kind::F32 | Kind::F64),
            Self::Bool => matches!(kind, Kind::Bool),
            Self::Time => matches!(kind, Kind::I64),
        }
    }
}

/// The truth about one opcode.
#[derive(Clone, Copy, Debug)]
pub struct OpInfo {
    /// Its name in `EXPLAIN`.
    pub name: &'static str,
    /// What it computes, in `EXPLAIN`: `{a}`, `{b}` and `{type}` stand for the operands and the
    /// type of the result.
    pub text: &'static str,
    /// The kinds it works on.
    pub kinds: Kinds,
    /// Operand `a`.
    pub a: Takes,
    /// Operand `b`.
    pub b: Takes,
    /// The result.
    pub writes: Writes,
    /// Whether a row can fail (the result is then NULL and a counter grows).
    pub fallible: bool,
}

macro_rules! opcodes {
    ($($(#[$doc:meta])* $op:ident $name:literal $text:literal $kinds:ident ($a:ident, $b:ident) -> $writes:ident $fallible:literal;)*) => {
        /// An opcode of the expression table.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "defmt", derive(defmt::Format))]
        #[repr(u8)]
        pub enum Op {
            $($(#[$doc])* $op,)*
        }

        impl Op {
            /// Every opcode.
            pub const ALL: &'static [Self] = &[$(Self::$op),*];

            /// Name, kinds, operands and result of this opcode.
            #[must_use]
            pub const fn info(self) -> OpInfo {
                match self {
                    $(Self::$op => OpInfo {
                        name: $name,
                        text: $text,
                        kinds: Kinds::$kinds,
                        a: Takes::$a,
                        b: Takes::$b,
                        writes: Writes::$writes,
                        fallible: $fallible,
                    },)*
                }
            }
        }
    };
}

opcodes! {
    /// `dst` = column `a` of the scanned stream, selected rows only.
    Load "load" "{a}" All (Column, Nothing) -> Same false;
    /// `dst[i]` = `a[selection[i]]`: a value computed before a filter, for the rows it kept.
    Gather "gather" "{a} of the rows kept" All (Register, Nothing) -> Same false;
    /// `dst` = constant `a` in every row.
    Constant "constant" "{a}" All (Constant, Nothing) -> Same false;
    /// `dst` = NULL in every row.
    Null "null" "NULL" All (Nothing, Nothing) -> Same false;
    /// `dst` = `a`.
    Copy "copy" "{a}" All (Either, Nothing) -> Same false;
    /// `a + b`; integer overflow is NULL and counted.
    Add "add" "{a} + {b}" Numbers (Register, Either) -> Same true;
    /// `a - b`.
    Sub "sub" "{a} - {b}" Numbers (Register, Either) -> Same true;
    /// `a * b`.
    Mul "mul" "{a} * {b}" Numbers (Register, Either) -> Same true;
    /// `a / b` on REAL and DOUBLE (IEEE 754); integers are converted before.
    Div "div" "{a} / {b}" Floats (Register, Either) -> Same false;
    /// `a % b`, sign of `a`; an integer `% 0` is NULL and counted.
    Mod "mod" "{a} % {b}" Numbers (Register, Either) -> Same true;
    /// `-a`.
    Neg "neg" "-{a}" Numbers (Register, Nothing) -> Same true;
    /// `ABS(a)`.
    Abs "abs" "ABS({a})" Numbers (Register, Nothing) -> Same true;
    /// `a = b`. Floats: NaN equals NaN and is above all other values, here and below.
    Eq "eq" "{a} = {b}" All (Register, Either) -> Mask false;
    /// `a <> b`.
    Ne "ne" "{a} <> {b}" All (Register, Either) -> Mask false;
    /// `a < b`.
    Lt "lt" "{a} < {b}" All (Register, Either) -> Mask false;
    /// `a <= b`.
    Le "le" "{a} <= {b}" All (Register, Either) -> Mask false;
    /// `a > b`.
    Gt "gt" "{a} > {b}" All (Register, Either) -> Mask false;
    /// `a >= b`.
    Ge "ge" "{a} >= {b}" All (Register, Either) -> Mask false;
    /// `a AND b`, three-valued.
    And "and" "{a} AND {b}" Bool (Mask, Mask) -> Mask false;
    /// `a OR b`, three-valued.
    Or "or" "{a} OR {b}" Bool (Mask, Mask) -> Mask false;
    /// `NOT a`, three-valued.
    Not "not" "NOT {a}" Bool (Mask, Nothing) -> Mask false;
    /// `a IS NULL`.
    IsNull "is null" "{a} IS NULL" All (Register, Nothing) -> Mask false;
    /// `a IS NOT NULL`.
    IsNotNull "is not null" "{a} IS NOT NULL" All (Register, Nothing) -> Mask false;
    /// `dst` = `b` where `a` is true; other rows of `dst` keep their value. CASE is built of these.
    Blend "blend" "{b} where {a}" All (Mask, Either) -> Same false;
    /// `a` where it is not NULL, else `b`.
    Coalesce "coalesce" "COALESCE({a}, {b})" All (Register, Either) -> Same false;
    /// `a`, but NULL where `b` is true.
    NullIf "nullif" "{a}, NULL where {b}" All (Register, Mask) -> Same false;
    /// `a` (of the entry's kind) converted to the type of `dst`; what does not fit is NULL and counted.
    Cast "cast" "CAST({a} AS {type})" All (Register, Nothing) -> Any true;
    /// From here on, failed rows count only where `a` is true (a CASE branch, the right of an AND).
    Guard "guard" "failed rows count where {a}" Bool (Mask, Nothing) -> Nothing false;
    /// Failed rows count everywhere again.
    Unguard "unguard" "failed rows count everywhere" Bool (Nothing, Nothing) -> Nothing false;
    /// Start of the tumbling window of `b` microseconds that holds timestamp `a`.
    WindowStart "window start" "start of the window of {b} that holds {a}" Time (Register, Constant) -> Same true;
    /// `dst` = call `a` of the call table.
    Call "call" "{a}" All (Call, Nothing) -> Same false;
    /// `dst` = the query's clock: NULL until the host or device has set it.
    Now "now" "NOW()" Time (Nothing, Nothing) -> Same false;
    /// Like CAST, but what does not fit is NULL without being counted.
    TryCast "try cast" "TRY_CAST({a} AS {type})" All (Register, Nothing) -> Any false;
}

impl Op {
    /// Whether a row can fail on this kind: arithmetic on floats never does. A
    /// [`Cast`](Self::Cast) depends on its types: see [`cast_can_fail`].
    ///
    /// ```
    /// use ringql_core::plan::op::Op;
    /// use ringql_core::types::Kind;
    /// assert!(Op::Add.can_fail(Kind::I32));
    /// assert!(!Op::Add.can_fail(Kind::F32));
    /// ```
    #[must_use]
    pub const fn can_fail(self, kind: Kind) -> bool {
        self.info().fallible && !matches!(kind, Kind::F32 | Kind::F64)
    }
}

/// One step of an expression: 8 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Instruction {
    /// What to do.
    pub op: Op,
    /// On which kind (of the operands; of the result where there are none).
    pub kind: Kind,
    /// The register that is written.
    pub dst: RegisterId,
    /// First operand.
    pub a: Operand,
    /// Second operand.
    pub b: Operand,
}

/// A vector of `batch_rows` values in the arena, with a validity mask if it is nullable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Register {
    /// Type of its values.
    pub data_type: DataType,
    /// Whether it has a validity mask.
    pub nullable: bool,
    /// First byte in the arena; see [`crate::plan::layout`].
    pub offset: u32,
}
