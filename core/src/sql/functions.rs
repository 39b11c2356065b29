//! Functions that are operators or forms of CASE, and which function a call means.

use alloc::format;
use alloc::vec::Vec;

use sqlparser::ast;

use super::aggregates::Written;
use super::bind::{Binder, Bound};
use super::error::{CompileError, CompileErrorKind as Kind};
use super::expression::FUNCTIONS as CALLS;
use super::forms::is_operator;
use super::source::Extent;
use super::types::FUNCTIONS;
use crate::nearest::nearest;
use crate::plan::aggregates::Info;
use crate::plan::op::Op;
use crate::types::DataType;

type Result<T> = core::result::Result<T, CompileError>;

/// The arguments of a call.
pub(super) enum Arguments<'a> {
    Star,
    List(Vec<&'a ast::Expr>),
}

/// Functions of other rooms, or of other databases, to be refused by name.
const WINDOWS: [&str; 6] = ["tumble", "hop", "session", "cumulate", "count_window", "state_window"];

/// Aggregates of DuckDB whose results are lists or maps.
const LISTS: [&str; 6] =
    ["list", "array_agg", "map", "histogram_exact", "list_agg", "json_group_array"];

/// Functions whose results nobody can foretell.
const CHANCE: [&str; 6] = ["random", "rand", "setseed", "uuid", "gen_random_uuid", "nextval"];

/// What the functions of the query's clock give.
fn clock(name: &str) -> Option<DataType> {
    Some(match name {
        "now" | "current_timestamp" | "get_current_timestamp" | "transaction_timestamp" => {
            DataType::TimestampTz
        }
        "today" | "current_date" => DataType::Date,
        "localtimestamp" | "current_localtimestamp" => DataType::Timestamp,
        _ => return None,
    })
}

impl<'a> Binder<'a> {
    pub(super) fn function(&mut self, call: &'a ast::Function, or: Extent) -> Result<Bound> {
        let ast::Function {
            name,
            uses_odbc_syntax: _,
            parameters,
            args,
            within_group,
            filter,
            null_treatment,
            over,
        } = call;
        let [ast::ObjectNamePart::Identifier(ident)] = &*name.0 else {
            let what = "a function of another schema";
            return Err(self.source.unsupported(or, what, "write the name of the function alone"));
        };
        let at = self.source.extent(ident.span, or);
        let extent = if is_operator(call) { at } else { self.through_parenthesis(at) };
        let lower = ident.value.to_ascii_lowercase();
        let upper = ident.value.to_ascii_uppercase();
        // `expression.rs` refuses these by their words.
        let plain = over.is_none()
            && within_group.is_empty()
            && null_treatment.is_none()
            && matches!(parameters, ast::FunctionArguments::None);
        if !plain {
            return Err(self.source.unsupported(extent, "this form of a call", CALLS));
        }
        let aggregate = Info::named(&lower);
        let special =
            FUNCTIONS.contains(&&*lower) || clock(&lower).is_some() || aggregate.is_some();
        let known = special || self.is_function(&lower);
        if !known || ident.quote_style.is_some() {
            return Err(self.unknown_function(&lower, &ident.value, at));
        }
        let (distinct, arguments) = self.arguments(args, extent)?;
        if let Some(info) = aggregate {
            let filter = filter.as_deref();
            let call = Written { info, upper: &upper, distinct, filter, extent };
            return self.aggregate(&call, arguments);
        }
        if distinct || filter.is_some() {
            let what = if distinct { "DISTINCT" } else { "FILTER" };
            let message = format!("{upper} is no aggregate and takes no {what}");
            let help = "aggregates take it: COUNT(DISTINCT x), SUM(x) FILTER (WHERE c)";
            return Err(self.error(extent, Kind::Syntax, message, help));
        }
        let Arguments::List(list) = arguments else {
            let help = format!("write {upper}(x)");
            return Err(self.error(extent, Kind::Syntax, format!("{upper} takes no *"), help));
        };
        let in_turn = matches!(&*lower, "coalesce" | "ifnull" | "if" | "iff");
        let parts: Vec<Bound> = (0..)
            .zip(list)
            .map(|(i, a)| {
                match in_turn && i > 0 {
                    true => self.bind_maybe(a, extent),
                    false => self.bind(a, extent),
                }
                .map_err(|error| self.without_quotes(&lower, i, a, error))
            })
            .collect::<Result<_>>()?;
        let extent = match is_operator(call) {
            true => parts.iter().map(|p| p.extent).reduce(Extent::to).unwrap_or(extent),
            false => extent,
        };
        if let Some(t) = clock(&lower) {
            let [] = *parts else {
                let message = format!("{upper}() takes no arguments");
                return Err(self.error(extent, Kind::Syntax, message, format!("write {upper}()")));
            };
            let node = self.tree.now().and_then(|now| self.tree.cast(now, t));
            return self.made(node, extent, None);
        }
        if !special {
            return self.call(&lower, &parts, extent);
        }
        match (&*lower, &*parts) {
            ("add", [a, b]) => self.calculate(Op::Add, a, b, extent),
            ("subtract", [a, b]) => self.calculate(Op::Sub, a, b, extent),
            ("multiply", [a, b]) => self.calculate(Op::Mul, a, b, extent),
            ("mod", [a, b]) => self.calculate(Op::Mod, a, b, extent),
            ("if" | "iff", [condition, then, otherwise]) => {
                self.choice(condition, then, otherwise, extent)
            }
            ("nullif", [a, b]) => self.null_if(a, b, extent),
            ("coalesce", [_, ..]) | ("ifnull", [_, _]) => self.coalesce(&parts, extent),
            _ => {
                let takes = match &*lower {
                    "coalesce" => "one argument or more: COALESCE(x, y)".into(),
                    "if" | "iff" => format!("three arguments: {upper}(condition, x, y)"),
                    _ => format!("two arguments: {upper}(x, y)"),
                };
                let message = format!("{upper} takes {takes}");
                Err(self.error(
                    extent,
                    Kind::Syntax,
                    message,
                    "give it as many; CASE WHEN c THEN x END takes any number",
                ))
            }
        }
    }

    /// An argument is refused: `day` where 'day' is meant says so.
    fn without_quotes(
        &self,
        name: &str,
        at: usize,
        argument: &ast::Expr,
        error: CompileError,
    ) -> CompileError {
        match argument {
            ast::Expr::Identifier(ident)
                if error.kind() == Kind::Unknown && self.takes_literal(name, at) =>
            {
                error.with_help(&format!("write it in single quotes: '{}'", ident.value))
            }
            _ => error,
        }
    }

    fn unknown_function(&self, lower: &str, written: &str, at: Extent) -> CompileError {
        if CHANCE.contains(&lower) {
            let upper = written.to_ascii_uppercase();
            let help =
                "a query gives the same results whenever it runs: send such a value in a column";
            let message = format!("{upper} is refused: its results can't be foretold");
            return self.error(at, Kind::Unsupported, message, help);
        }
        if LISTS.contains(&lower) {
            let message =
                format!("{} is refused: there are no lists", written.to_ascii_uppercase());
            let help = "STRING_AGG(x, ',') joins texts, APPROX_TOP_K(x, k) gives JSON";
            return self.error(at, Kind::Unsupported, message, help);
        }
        if WINDOWS.contains(&lower) {
            let upper = written.to_ascii_uppercase();
            let message = format!("{upper} in an expression");
            let help = "windows stand in FROM: FROM TUMBLE(stream, ts, INTERVAL '1' SECOND) \
                        GROUP BY window_start";
            return self.source.unsupported(at, message, help);
        }
        let message = format!("there is no function {written} (yet)");
        let functions = self.tree.functions();
        let names = functions
            .iter()
            .flat_map(|f| [f.signature.name].into_iter().chain(f.doc.aliases.iter().copied()))
            .filter(|name| name.starts_with(|c: char| c.is_ascii_alphabetic()));
        let aggregates = Info::ALL.iter();
        let aggregates =
            aggregates.flat_map(|i| [i.name].into_iter().chain(i.doc.aliases.iter().copied()));
        let help = match nearest(lower, FUNCTIONS.iter().copied().chain(aggregates).chain(names)) {
            Some(near) => format!("did you mean {}?", near.to_ascii_uppercase()),
            None => CALLS.into(),
        };
        self.error(at, Kind::Unknown, message, help)
    }

    /// Whether there is a DISTINCT, and the arguments.
    fn arguments(
        &self,
        args: &'a ast::FunctionArguments,
        extent: Extent,
    ) -> Result<(bool, Arguments<'a>)> {
        let refuse = |what| Err(self.source.unsupported(extent, what, CALLS));
        let ast::FunctionArguments::List(list) = args else {
            return refuse("this form of a call");
        };
        let ast::FunctionArgumentList { duplicate_treatment, args, clauses } = list;
        if !clauses.is_empty() {
            return refuse("this form of a call");
        }
        let distinct = *duplicate_treatment == Some(ast::DuplicateTreatment::Distinct);
        let mut list = Vec::with_capacity(args.len());
        for arg in args {
            match arg {
                ast::FunctionArg::Unnamed(ast::FunctionArgExpr::Expr(expr)) => list.push(expr),
                ast::FunctionArg::Unnamed(ast::FunctionArgExpr::Wildcard) if args.len() == 1 => {
                    return Ok((distinct, Arguments::Star));
                }
                _ => return refuse("this form of an argument"),
            }
        }
        Ok((distinct, Arguments::List(list)))
    }
}
