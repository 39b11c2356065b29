//! SQL to plans (feature `sql`): parse, bind, fold constants, lower to the tables of a [`Plan`].
//!
//! | file | what it does |
//! |---|---|
//! | `dialect.rs`, `source.rs`, `rewrite.rs`, `parse.rs`, `tail.rs` | text to tokens with places, to statements |
//! | `expression.rs`, `primary.rs` | the grammar of expressions |
//! | `ddl.rs` | `CREATE STREAM` to a [`StreamDefinition`] |
//! | `types.rs`, `literal.rs`, `interval.rs` | which types go together, and constants of them |
//! | `select.rs` and `select/` | clauses of a query; refuses by name what is not supported |
//! | `relation.rs` | what a query reads: a stream, another query, windows |
//! | `bind.rs`, `scope.rs`, `operators.rs`, `shift.rs`, `conditional.rs`, `cast.rs`, `functions.rs`, `aggregates.rs`, `coerce.rs` | expressions to a typed graph |
//! | `name.rs` | names of result columns, as DuckDB gives them |
//! | `tree.rs`, `fold.rs` | the typed graph: each value once, constants computed |
//! | `emit.rs`, `registers.rs` | the graph to instructions, values to registers |
//! | `lower.rs`, `assemble.rs` | a query to operators, all tables to a plan |
//! | `error.rs`, `hints.rs` | what is wrong, where, and what would be accepted |
//!
//! # What is meant
//! On a finished input the result is what DuckDB gives for the same query over the same rows, with
//! the names and types that it gives. The exceptions:
//!
//! - A number with a decimal point is REAL beside REAL and DOUBLE otherwise (DuckDB: DECIMAL).
//! - SUM of integers is BIGINT (DuckDB: HUGEINT). What else DuckDB makes HUGEINT is refused.
//! - VARCHAR has a length, the most bytes that a value takes.
//! - A value that fails (integer overflow, `% 0`, a CAST that does not fit) is NULL and counted,
//!   where DuckDB fails the query. It is counted only where SQL needs it: not in a branch of CASE
//!   that is not taken, not behind an AND, OR or COALESCE that is decided. A constant that fails is
//!   refused.
//! - Text literals are converted where they are compared, not in arithmetic.
//!
//! ```
//! use ringql_core::sql::{Options, compile};
//!
//! let program = compile(
//!     "CREATE STREAM s (
//!          ts TIMESTAMP, device INTEGER UNSIGNED NOT NULL, temp REAL,
//!          WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
//!      );
//!      INSERT INTO per_second
//!      SELECT window_start, device, COUNT(*) AS n, AVG(temp) AS temp
//!      FROM TUMBLE(s, ts, INTERVAL '1' SECOND)
//!      GROUP BY window_start, device
//!      SETTINGS max_groups = 64;",
//!     &Options::default(),
//! )?;
//! let plan = program.queries[0].plan();
//! assert_eq!(plan.outputs[0].name.of(plan.texts), "per_second");
//! assert!(plan.arena_bytes() < 100_000);
//! # Ok::<(), ringql_core::sql::CompileError>(())
//! ```

mod aggregates;
mod assemble;
mod bind;
mod branches;
mod call;
mod cast;
mod coerce;
mod coercion;
mod conditional;
mod ddl;
mod dialect;
mod emit;
mod error;
mod expression;
mod fold;
mod forms;
mod functions;
mod hints;
mod implicit;
mod interval;
mod literal;
mod lower;
mod name;
mod named;
mod nodes;
mod operators;
mod parse;
mod predicates;
mod primary;
mod registers;
mod relation;
mod rewrite;
mod scope;
mod select;
mod shift;
mod source;
mod tail;
#[cfg(test)]
mod tests;
mod tree;
mod types;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::function::{self, Functions};
pub use crate::nearest::nearest;
use crate::plan::EventTime;
#[cfg(doc)]
use crate::plan::Plan;
use crate::schema::{Field, Schema};
pub use assemble::OwnedPlan;
pub use error::{CompileError, CompileErrorKind};
pub use implicit::implicit_conversions;
use parse::{Name, Statement};
use select::Context;
use source::Source;

/// How to compile.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Rows of a batch, 1 to 32,768 (others are brought into that range). `SETTINGS batch_rows`
    /// of a query comes first. A device takes few, a host about 1,024.
    pub batch_rows: u16,
    /// What SQL can call: every built-in function, and yours if you add some
    /// ([`Functions::with`]).
    pub functions: Functions<'static>,
}

impl Default for Options {
    fn default() -> Self {
        Self { batch_rows: 1024, functions: function::ALL }
    }
}

/// What a SQL text defines, in the order of its statements.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Program {
    /// One per `CREATE STREAM`.
    pub streams: Vec<StreamDefinition>,
    /// One per query. A query reads a stream that is defined before it.
    pub queries: Vec<OwnedPlan>,
}

/// What a `CREATE STREAM` defines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamDefinition {
    /// The stream's name, as written.
    pub name: String,
    /// Its columns; they define the layout of its records ([`crate::record`]).
    pub fields: Vec<Field>,
    /// The pool of their names.
    pub texts: String,
    /// Its event time, if there is a `WATERMARK FOR`.
    pub time: Option<EventTime>,
    /// The options of `WITH (key = 'value')`, in written order: keys in lower case, each one of
    /// `source`, `format` and `epoch_unit`.
    pub with: Vec<(String, String)>,
}

impl StreamDefinition {
    /// The columns as a schema.
    ///
    /// ```
    /// use ringql_core::sql::{Options, compile};
    /// let program = compile("CREATE STREAM s (id BIGINT, temp REAL)", &Options::default())?;
    /// let schema = program.streams[0].schema();
    /// assert_eq!(schema.position("TEMP"), Some(1));
    /// assert_eq!(schema.layout().record_size, 16); // 8 + 4 + 1 byte of validity, rounded up
    /// # Ok::<(), ringql_core::sql::CompileError>(())
    /// ```
    #[must_use]
    pub fn schema(&self) -> Schema<'_> {
        Schema { fields: &self.fields, texts: &self.texts }
    }
}

/// Compiles a SQL text: any number of statements, with `;` in between.
///
/// Statements are `CREATE STREAM`, `CREATE VIEW`, `SELECT` and `INSERT INTO sink SELECT`. The plans need no
/// further check, but [`Query::new`](crate::query::Query::new) verifies them all the same.
///
/// ```
/// use ringql_core::sql::{Options, compile};
///
/// let sql = "CREATE STREAM s (temp REAL NOT NULL);
///            SELECT temp * 1.8 + 32 AS f FROM s WHERE temp > 30";
/// let program = compile(sql, &Options { batch_rows: 64, ..Options::default() })?;
/// assert_eq!(program.streams[0].name, "s");
/// let plan = program.queries[0].plan();
/// assert_eq!(plan.batch_rows, 64);
/// assert_eq!(plan.instructions.len(), 5); // load, >, and behind the filter load, *, +
/// # Ok::<(), ringql_core::sql::CompileError>(())
/// ```
///
/// # Errors
/// The first thing in the text that is wrong or not supported, with its place; see
/// [`CompileError`]. Nothing is ever ignored.
pub fn compile(sql: &str, options: &Options) -> Result<Program, CompileError> {
    let source = source::Source::new(sql)?;
    let mut program = Program::default();
    let mut views: Vec<select::View> = Vec::new();
    for statement in parse::parse(&source)? {
        match statement {
            Statement::CreateStream(create) => {
                unused(&source, &program.streams, &views, &create.name)?;
                let stream = create.define(&source)?;
                program.streams.push(stream);
            }
            Statement::CreateView(name, query) => {
                unused(&source, &program.streams, &views, &name)?;
                let context = Context::new(&source, &program.streams, &views, options);
                select::check(&context, &query)?;
                views.push(select::View { name, query });
            }
            Statement::Query(query) => {
                let context = Context::new(&source, &program.streams, &views, options);
                let plan = select::compile(&context, &query)?;
                program.queries.push(plan);
            }
        }
    }
    Ok(program)
}

/// Refuses a name that a stream or a view has already.
fn unused(
    source: &Source,
    streams: &[StreamDefinition],
    views: &[select::View],
    name: &Name,
) -> Result<(), CompileError> {
    let same = |other: &str| other.eq_ignore_ascii_case(&name.text);
    let what = if streams.iter().any(|s| same(&s.name)) {
        "streams"
    } else if views.iter().any(|v| same(&v.name.text)) {
        "views"
    } else {
        return Ok(());
    };
    Err(source.error(
        name.extent,
        CompileErrorKind::Ambiguous,
        format!("there are two {what} {}", name.text),
        format!("names of {what} differ by more than upper and lower case"),
    ))
}
