//! Functions: a signature and the kernel that computes it, and the sets of them that a query uses.

use core::fmt;

use super::call::Invocation;
use crate::counters::Failure;
use crate::error::RunError;
use crate::plan::Plan;
use crate::plan::op::FunctionId;
use crate::plan::signature::{Nulls, Param, Returns, Signature, Signatures};
use crate::types::DataType;

/// A kernel over a whole batch.
pub type VectorKernel = fn(&mut Invocation<'_>) -> Result<(), RunError>;

/// How a function is computed.
#[derive(Clone, Copy)]
pub enum Kernel {
    /// Over a whole batch.
    Vector(VectorKernel),
    /// A row at a time.
    Row(RowKernel),
}

/// A kernel over the arguments of one row, all of one type.
#[derive(Clone, Copy)]
pub enum RowKernel {
    /// Over DOUBLEs.
    F64(fn(&[f64]) -> f64),
    /// Over REALs.
    F32(fn(&[f32]) -> f32),
    /// Over BIGINTs.
    I64(fn(&[i64]) -> i64),
    /// Over INTEGERs.
    I32(fn(&[i32]) -> i32),
}

/// Most arguments of a [`RowKernel`].
pub const MAX_ROW_ARGUMENTS: usize = 8;

impl fmt::Debug for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vector(_) => f.write_str("Vector"),
            Self::Row(kernel) => kernel.fmt(f),
        }
    }
}

impl fmt::Debug for RowKernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::F64(_) => "F64",
            Self::F32(_) => "F32",
            Self::I64(_) => "I64",
            Self::I32(_) => "I32",
        })
    }
}

/// What the SQL reference says of a function.
#[cfg(feature = "sql")]
#[derive(Clone, Copy, Debug, Default)]
pub struct Doc {
    /// What it computes.
    pub text: &'static str,
    /// A constant expression that shows it.
    pub example: &'static str,
    /// Other names in SQL.
    pub aliases: &'static [&'static str],
}

/// A function of SQL. It is `const`: only what a query's set of functions names is linked.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    id: FunctionId,
    /// What it takes and gives.
    pub signature: Signature,
    /// How it is computed.
    pub kernel: Kernel,
    /// What the reference says.
    #[cfg(feature = "sql")]
    pub doc: Doc,
}

impl Function {
    /// A function that never fails and gives NULL where an argument is NULL.
    #[must_use]
    pub const fn new(
        name: &'static str,
        params: &'static [Param],
        returns: Returns,
        kernel: VectorKernel,
    ) -> Self {
        Self::over(name, params, returns, Kernel::Vector(kernel))
    }

    /// A function of a row's arguments, all of the kernel's type as is the result: for your own
    /// functions. The kernel does not see rows in which an argument is NULL.
    ///
    /// ```
    /// use ringql_core::function::{ALL, Function, Functions, RowKernel};
    /// use ringql_core::sql::{Options, compile};
    ///
    /// /// Magnus formula: the dew point in degrees Celsius.
    /// fn dew_point(x: &[f64]) -> f64 {
    ///     let [celsius, percent] = *x else { return f64::NAN };
    ///     let gamma = (percent / 100.0).ln() + 17.62 * celsius / (243.12 + celsius);
    ///     243.12 * gamma / (17.62 - gamma)
    /// }
    /// const MINE: &[Function] = &[Function::per_row("dew_point", 2, RowKernel::F64(dew_point))];
    /// const FUNCTIONS: Functions<'static> = ALL.with(MINE);
    ///
    /// let sql = "CREATE STREAM s (temp REAL, humidity REAL);
    ///            SELECT dew_point(temp, humidity) AS dew FROM s";
    /// let program = compile(sql, &Options { functions: FUNCTIONS, ..Options::default() })?;
    /// // Query::with_functions(&program.queries[0].plan(), FUNCTIONS, &mut arena) runs it.
    /// # Ok::<(), ringql_core::sql::CompileError>(())
    /// ```
    ///
    /// # Panics
    /// When the constant is made, if `arguments` is more than [`MAX_ROW_ARGUMENTS`].
    #[must_use]
    pub const fn per_row(name: &'static str, arguments: usize, kernel: RowKernel) -> Self {
        const fn params(all: &'static [Param], arguments: usize) -> &'static [Param] {
            assert!(arguments <= MAX_ROW_ARGUMENTS, "a function of a row has too many arguments");
            all.split_at(arguments).0
        }
        const fn alike(t: DataType) -> [Param; MAX_ROW_ARGUMENTS] {
            [Param::Is(t); MAX_ROW_ARGUMENTS]
        }
        const F64: &[Param] = &alike(DataType::Double);
        const F32: &[Param] = &alike(DataType::Real);
        const I64: &[Param] = &alike(DataType::BigInt);
        const I32: &[Param] = &alike(DataType::Integer);
        let (all, t) = match kernel {
            RowKernel::F64(_) => (F64, DataType::Double),
            RowKernel::F32(_) => (F32, DataType::Real),
            RowKernel::I64(_) => (I64, DataType::BigInt),
            RowKernel::I32(_) => (I32, DataType::Integer),
        };
        Self::over(name, params(all, arguments), Returns::Is(t), Kernel::Row(kernel))
    }

    /// The same with any sort of kernel.
    const fn over(
        name: &'static str,
        params: &'static [Param],
        returns: Returns,
        kernel: Kernel,
    ) -> Self {
        let nulls = Nulls::Strict;
        let signature = Signature { name, params, variadic: false, returns, nulls, fails: None };
        Self {
            id: signature.id(),
            signature,
            kernel,
            #[cfg(feature = "sql")]
            doc: Doc { text: "", example: "", aliases: &[] },
        }
    }

    /// Its last parameter can be repeated.
    #[must_use]
    pub const fn variadic(mut self) -> Self {
        self.signature.variadic = true;
        self.id = self.signature.id();
        self
    }

    /// It can fail in a row, for this reason.
    #[must_use]
    pub const fn fails(mut self, failure: Failure) -> Self {
        self.signature.fails = Some(failure);
        self
    }

    /// When it gives NULL.
    #[must_use]
    pub const fn nulls(mut self, nulls: Nulls) -> Self {
        self.signature.nulls = nulls;
        self
    }

    /// What the reference says: a sentence, and a constant expression as an example.
    #[must_use]
    #[cfg_attr(not(feature = "sql"), allow(unused_variables, unused_mut))]
    pub const fn doc(mut self, text: &'static str, example: &'static str) -> Self {
        #[cfg(feature = "sql")]
        {
            self.doc.text = text;
            self.doc.example = example;
        }
        self
    }

    /// Other names in SQL.
    #[must_use]
    #[cfg_attr(not(feature = "sql"), allow(unused_variables, unused_mut))]
    pub const fn alias(mut self, names: &'static [&'static str]) -> Self {
        #[cfg(feature = "sql")]
        {
            self.doc.aliases = names;
        }
        self
    }

    /// The id that plans call it by.
    #[must_use]
    pub const fn id(&self) -> FunctionId {
        self.id
    }
}

/// Functions that belong together: a title in the reference, and the functions.
pub type Family<'a> = (&'static str, &'a [Function]);

/// A set of functions: families of them, and functions of your own.
///
/// [`ALL`](crate::function::ALL) has every built-in one. A plan that calls others is refused.
#[derive(Clone, Copy, Debug, Default)]
pub struct Functions<'a> {
    families: &'a [Family<'a>],
    own: &'a [Function],
}

/// Where [`Functions::own`] are.
const OWN: u16 = 0xff;

impl<'a> Functions<'a> {
    /// No function at all.
    pub const NONE: Self = Self { families: &[], own: &[] };

    /// The functions of families, at most 255 of at most 256 functions each: more are not found.
    #[must_use]
    pub const fn new(families: &'a [Family<'a>]) -> Self {
        Self { families, own: &[] }
    }

    /// The same and functions of your own, at most 256. Where both have one of a name and
    /// parameters, yours is called.
    #[must_use]
    pub const fn with(self, own: &'a [Function]) -> Self {
        Self { own, ..self }
    }

    /// The place of a function, for [`Functions::get`].
    pub(crate) fn place(&self, id: FunctionId) -> Option<u16> {
        let within = |family: &[Function]| {
            family.iter().take(256).position(|f| f.id == id).and_then(|at| u16::try_from(at).ok())
        };
        if let Some(at) = within(self.own) {
            return Some(OWN << 8 | at);
        }
        let families = self.families.iter().take(OWN.into()).enumerate();
        for (number, (_, family)) in families {
            if let Some(at) = within(family) {
                return Some(u16::try_from(number).ok()? << 8 | at);
            }
        }
        None
    }

    /// The function at a place.
    #[inline]
    pub(crate) fn get(&self, place: u16) -> Option<&'a Function> {
        let (family, at) = (place >> 8, usize::from(place & 0xff));
        if family == OWN {
            return self.own.get(at);
        }
        let (_, family) = self.families.get(usize::from(family))?;
        family.get(at)
    }

    /// The function that plans call by this id.
    #[must_use]
    pub fn find(&self, id: FunctionId) -> Option<&'a Function> {
        self.get(self.place(id)?)
    }

    /// The functions that a plan calls, as many as it has calls: a program that starts its query with
    /// those alone links no others.
    ///
    /// ```
    /// # use ringql_core::plan::Plan;
    /// use ringql_core::function::{ALL, Function, Functions};
    /// # const PLAN: Plan<'static> = Plan::EMPTY; // in a program: include!(".../plan.rs")
    /// const CALLED: [Function; PLAN.calls.len()] = ALL.called(&PLAN);
    /// const FUNCTIONS: Functions<'static> = Functions::NONE.with(&CALLED);
    /// ```
    ///
    /// # Panics
    /// When the constant is made, if the plan has another number of calls, or calls one that is not in
    /// the set.
    #[must_use]
    pub const fn called<const N: usize>(&self, plan: &Plan<'_>) -> [Function; N] {
        assert!(plan.calls.len() == N, "as many functions as calls");
        let none =
            Function::new("", &[], Returns::Is(DataType::Boolean), |_| Err(RunError::Internal));
        let mut called = [none; N];
        let mut i = 0;
        while i < N {
            let Some(function) = self.known(plan.calls[i].function) else {
                panic!("the plan calls a function that is not in the set");
            };
            called[i] = function;
            i += 1;
        }
        called
    }

    /// [`find`](Self::find) while a constant is made.
    const fn known(&self, id: FunctionId) -> Option<Function> {
        const fn within(family: &[Function], id: FunctionId) -> Option<Function> {
            let mut i = 0;
            while i < family.len() {
                if family[i].id.0 == id.0 {
                    return Some(family[i]);
                }
                i += 1;
            }
            None
        }
        let mut found = within(self.own, id);
        let mut i = 0;
        while i < self.families.len() && found.is_none() {
            found = within(self.families[i].1, id);
            i += 1;
        }
        found
    }

    /// The families, for the reference.
    #[must_use]
    pub const fn families(&self) -> &'a [Family<'a>] {
        self.families
    }

    /// All of them, your own first.
    pub fn iter(&self) -> impl Iterator<Item = &'a Function> + use<'a> {
        self.own.iter().chain(self.families.iter().flat_map(|(_, family)| family.iter()))
    }
}

impl Signatures for Functions<'_> {
    fn signature(&self, id: FunctionId) -> Option<&Signature> {
        self.find(id).map(|f| &f.signature)
    }
}
