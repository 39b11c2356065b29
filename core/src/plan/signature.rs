//! Signatures of functions: what a call takes and gives. The binder finds overloads by them,
//! `verify` checks calls against them, and the SQL reference prints them.

use super::op::FunctionId;
use crate::counters::Failure;
use crate::types::DataType;

/// What a function takes in one place.
#[derive(Clone, Copy, Debug)]
pub enum Param {
    /// This type.
    Is(DataType),
    /// VARCHAR of any length.
    Text,
    /// A value of any type, as its text.
    AsText,
    /// A number or a BOOLEAN as it is; a value of any other type as its text.
    Printed,
    /// VARBINARY of any length.
    Bytes,
    /// DECIMAL of any precision and scale.
    Decimal,
    /// The type T of the call, which all places of this sort share: one of a class.
    T(Class),
    /// A literal that is prepared when SQL is compiled, such as a pattern.
    Prepared(Prepared),
}

/// Types that a [`Param::T`] can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The eight integers.
    Integers,
    /// REAL and DOUBLE.
    Floats,
    /// Integers and floats.
    Numbers,
    /// Every type.
    All,
    /// The four integers with a sign.
    Signed,
    /// The four without.
    Unsigned,
}

impl Class {
    /// Whether a type is one of the class.
    #[must_use]
    pub const fn contains(self, t: DataType) -> bool {
        match self {
            Self::Integers => t.is_integer(),
            Self::Floats => t.is_float(),
            Self::Numbers => t.is_numeric(),
            Self::All => true,
            Self::Signed => t.is_integer() && !t.is_unsigned(),
            Self::Unsigned => t.is_unsigned(),
        }
    }
}

/// How a literal becomes bytes of a plan that a kernel reads instead of it.
#[derive(Clone, Copy, Debug)]
pub struct Prepared {
    /// What the literal is, in messages: "a pattern".
    pub what: &'static str,
    /// Whether bytes are what a kernel can read safely: `verify` asks.
    pub check: fn(&[u8]) -> bool,
    /// The bytes of a literal, given the arguments behind it that are constants, as texts.
    #[cfg(feature = "sql")]
    pub compile: Compile,
}

/// Why a literal can't be prepared.
#[cfg(feature = "sql")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// A message; what would be accepted may follow on a second line.
    pub text: alloc::string::String,
    /// Which argument is wrong: 0 is the literal itself, 1 the one behind it.
    pub behind: usize,
}

#[cfg(feature = "sql")]
impl<T: Into<alloc::string::String>> From<T> for Problem {
    fn from(text: T) -> Self {
        Self { text: text.into(), behind: 0 }
    }
}

/// See [`Prepared::compile`].
#[cfg(feature = "sql")]
pub type Compile =
    fn(&str, &[Option<alloc::string::String>]) -> Result<alloc::vec::Vec<u8>, Problem>;

impl Prepared {
    /// The type of the argument: bytes of no column.
    pub const TYPE: DataType = DataType::Varbinary(0);
}

/// What is known of an argument before a row is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Its type.
    pub data_type: DataType,
    /// Its value, if it is a constant whole number. Of a prepared literal it is the number that its
    /// first two bytes are, little-endian, in which it can say how long a result gets.
    pub value: Option<i64>,
}

impl Shape {
    /// The value of a prepared literal.
    pub(crate) fn begins_with(bytes: &[u8]) -> Option<i64> {
        bytes.first_chunk().map(|bytes| u16::from_le_bytes(*bytes).into())
    }

    /// Most bytes of a text or of bytes; 0 for other types.
    #[must_use]
    pub const fn len(self) -> u32 {
        match self.data_type {
            DataType::Varchar(n) | DataType::Varbinary(n) => n as u32,
            _ => 0,
        }
    }

    /// Whether there are no bytes.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.len() == 0
    }
}

/// What a function gives.
#[derive(Clone, Copy, Debug)]
pub enum Returns {
    /// This type.
    Is(DataType),
    /// The type T of the call.
    T,
    /// VARCHAR of at most so many bytes. Where that is more than a VARCHAR has
    /// ([`Returns::UNBOUNDED`]: nobody knows), longer results fail ([`Failure::Text`]).
    Text(fn(&[Shape]) -> u32),
    /// VARBINARY, likewise.
    Bytes(fn(&[Shape]) -> u32),
    /// What a rule says; `None` if it takes no such arguments.
    Rule(fn(&[Shape]) -> Option<DataType>),
}

impl Returns {
    /// The length of a text that is not known before a row is seen.
    pub const UNBOUNDED: u32 = u32::MAX;
    /// The room that such a text gets.
    pub const ROOM: u16 = 256;
}

/// When a function gives NULL, failures aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nulls {
    /// Where an argument is NULL; the kernel sees no such row. The usual rule.
    Strict,
    /// Where all arguments are NULL; the kernel looks at NULLs itself.
    IfAll,
    /// Never; the kernel looks at NULLs itself.
    Never,
    /// Also otherwise; the kernel looks at NULLs itself.
    Sometimes,
}

/// What a call of a function takes and gives.
#[derive(Clone, Copy, Debug)]
pub struct Signature {
    /// Its name in SQL, lower case.
    pub name: &'static str,
    /// What it takes.
    pub params: &'static [Param],
    /// Whether the last of them can be repeated.
    pub variadic: bool,
    /// What it gives.
    pub returns: Returns,
    /// When it gives NULL.
    pub nulls: Nulls,
    /// Why it fails in a row, if it can. (A text that is too long fails as [`Failure::Text`].)
    pub fails: Option<Failure>,
}

/// Most arguments of a call.
pub const MAX_ARGUMENTS: usize = 16;

impl Signature {
    /// The id that plans call the function by: FNV-1a over the name and the parameters.
    #[must_use]
    pub const fn id(&self) -> FunctionId {
        let mut hash = fnv(0x811c_9dc5, self.name.as_bytes());
        let mut i = 0;
        while i < self.params.len() {
            hash = match self.params[i] {
                Param::Is(t) => fnv(hash, &[b'=', type_tag(t)]),
                Param::Text => fnv(hash, b"text"),
                Param::AsText => fnv(hash, b"any"),
                Param::Printed => fnv(hash, b"printed"),
                Param::Bytes => fnv(hash, b"bytes"),
                Param::Decimal => fnv(hash, b"decimal"),
                Param::T(class) => fnv(hash, &[b'T', class as u8]),
                Param::Prepared(prepared) => fnv(hash, prepared.what.as_bytes()),
            };
            i += 1;
        }
        FunctionId(fnv(hash, if self.variadic { b"..." } else { b"" }))
    }

    /// What stands in place `at`.
    #[must_use]
    pub fn param(&self, at: usize) -> Option<&Param> {
        let last = self.params.len().checked_sub(1)?;
        self.params.get(if self.variadic { at.min(last) } else { at })
    }

    /// Whether it takes so many arguments.
    #[must_use]
    pub const fn takes(&self, arguments: usize) -> bool {
        let (least, variadic) = (self.params.len(), self.variadic);
        arguments <= MAX_ARGUMENTS
            && (arguments == least || variadic && arguments > least && least > 0)
    }

    /// The type T of a call.
    #[must_use]
    pub fn type_of_call(&self, shapes: &[Shape]) -> Option<DataType> {
        let is_t = |&(at, _): &(usize, &Shape)| matches!(self.param(at), Some(Param::T(_)));
        let mut all = shapes.iter().enumerate().filter(is_t).map(|(_, shape)| shape.data_type);
        let first = all.next()?;
        Some(all.fold(first, |t, other| match (t, other) {
            (DataType::Varchar(a), DataType::Varchar(b)) => DataType::Varchar(a.max(b)),
            (DataType::Varbinary(a), DataType::Varbinary(b)) => DataType::Varbinary(a.max(b)),
            _ => t,
        }))
    }

    /// The type of a call's result; `None` if it does not take such arguments. A text's length can
    /// be more than a VARCHAR has: see [`Signature::text_len`].
    #[must_use]
    pub fn result(&self, shapes: &[Shape]) -> Option<DataType> {
        if !self.takes(shapes.len()) {
            return None;
        }
        let t = self.type_of_call(shapes);
        let fits = |(at, shape): (usize, &Shape)| match (self.param(at), shape.data_type) {
            (Some(Param::Is(is)), t) => *is == t,
            (Some(Param::Text | Param::AsText | Param::Printed), DataType::Varchar(n)) => n > 0,
            (Some(Param::Printed), t) => t.is_numeric() || t == DataType::Boolean,
            (Some(Param::Bytes), DataType::Varbinary(n)) => n > 0,
            (Some(Param::Decimal), DataType::Decimal(..)) => true,
            (Some(Param::T(class)), own) => {
                class.contains(own) && t.is_some_and(|t| t.same_family(own))
            }
            (Some(Param::Prepared(_)), t) => t == Prepared::TYPE,
            _ => false,
        };
        if !shapes.iter().enumerate().all(fits) {
            return None;
        }
        match self.returns {
            Returns::Is(t) => Some(t),
            Returns::T => t,
            Returns::Text(_) => Some(DataType::Varchar(room(self.text_len(shapes)?))),
            Returns::Bytes(_) => Some(DataType::Varbinary(room(self.text_len(shapes)?))),
            Returns::Rule(rule) => rule(shapes),
        }
    }

    /// Most bytes of a text that the call can give; `None` if it gives no text or has a type of
    /// its own.
    #[must_use]
    pub fn text_len(&self, shapes: &[Shape]) -> Option<u32> {
        match self.returns {
            Returns::Text(len) | Returns::Bytes(len) => Some(len(shapes)),
            _ => None,
        }
    }

    /// Whether a row can fail when the result has `room` bytes: then it is NULL and counted.
    #[must_use]
    pub fn can_fail(&self, shapes: &[Shape], room: u16) -> bool {
        self.fails.is_some() || self.text_len(shapes).is_some_and(|len| len > u32::from(room))
    }

    /// Whether a row of the result can be NULL, failures aside, given whether any and whether all
    /// of the arguments can be.
    #[must_use]
    pub const fn gives_null(&self, any: bool, all: bool) -> bool {
        match self.nulls {
            Nulls::Strict => any,
            Nulls::IfAll => all,
            Nulls::Never => false,
            Nulls::Sometimes => true,
        }
    }
}

/// The room for a text of at most `len` bytes.
fn room(len: u32) -> u16 {
    match u16::try_from(len) {
        Ok(len) => len.clamp(1, DataType::MAX_VARCHAR),
        Err(_) if len == Returns::UNBOUNDED => Returns::ROOM,
        Err(_) => DataType::MAX_VARCHAR,
    }
}

/// A number for a type that never changes.
const fn type_tag(t: DataType) -> u8 {
    match t {
        DataType::Boolean => 1,
        DataType::TinyInt => 2,
        DataType::SmallInt => 3,
        DataType::Integer => 4,
        DataType::BigInt => 5,
        DataType::UTinyInt => 6,
        DataType::USmallInt => 7,
        DataType::UInteger => 8,
        DataType::UBigInt => 9,
        DataType::Real => 10,
        DataType::Double => 11,
        DataType::Timestamp => 12,
        DataType::Varchar(_) => 13,
        DataType::Decimal(..) => 14,
        DataType::Date => 15,
        DataType::Time => 16,
        DataType::Interval => 17,
        DataType::TimestampTz => 18,
        DataType::Char(_) => 19,
        DataType::Varbinary(_) => 20,
        DataType::Uuid => 21,
    }
}

/// FNV-1a, 32 bits (Fowler, Noll, Vo; draft-eastlake-fnv).
const fn fnv(mut hash: u32, bytes: &[u8]) -> u32 {
    let mut i = 0;
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u32).wrapping_mul(0x0100_0193);
        i += 1;
    }
    (hash ^ 0xff).wrapping_mul(0x0100_0193)
}

/// The signatures that a plan's calls are found among.
pub trait Signatures {
    /// The signature of a function; `None` if it is not known here.
    fn signature(&self, id: FunctionId) -> Option<&Signature>;
}
