//! Expressions of SQL to nodes of the graph: names are resolved, types decided, conversions made
//! explicit. Every field of what `sqlparser` gives is looked at; what is not supported is refused.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use sqlparser::ast;
use sqlparser::tokenizer::Token;

use super::error::{CompileError, CompileErrorKind as Kind};
use super::expression::OPERATORS;
use super::fold::Failure;
use super::literal::{self, Literal};
use super::lower::Call;
use super::relation::From;
use super::scope::Alias;
use super::source::{Extent, Source};
use super::tree::{NodeId, Refused, Tree};
use super::types::{Type, literal_type};
use crate::counters;
use crate::plan::op::Op;
use crate::types::DataType;

/// Deepest nesting of a SQL expression: a bound on recursion. The parser has its own, lower one
/// for parentheses; this one also counts what it reads in a loop, like `x::INT::TEXT`.
const MAX_NESTING: usize = 60;

/// What can be written.
const LITERALS: &str = "literals are numbers, 'text', X'AB', TRUE, FALSE, NULL, INTERVAL '1 day', and \
    a type before a text: DATE '2020-02-29'";

/// An expression that is bound.
#[derive(Clone, Debug)]
pub(super) struct Bound {
    pub(super) form: Form,
    pub(super) extent: Extent,
    /// A column in it that is neither grouped nor in an aggregate.
    pub(super) free: Option<Extent>,
}

/// A literal keeps what is written until it meets a type.
#[derive(Clone, Debug)]
pub(super) enum Form {
    Node(NodeId),
    Integer(i128),
    /// A decimal number, as it is written.
    Decimal(String),
    Text(String),
    Null,
}

/// Which clause is bound; aggregates can't be everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clause {
    Where,
    GroupBy,
    /// SELECT or HAVING.
    Results,
}

/// Binds the expressions of one query.
#[derive(Debug)]
pub(super) struct Binder<'a> {
    pub(super) source: &'a Source,
    pub(super) tree: Tree,
    pub(super) from: From<'a>,
    pub(super) clause: Clause,
    pub(super) aliases: Vec<Alias<'a>>,
    /// How many of the aliases can be used.
    pub(super) visible: usize,
    /// What the query is grouped by, ends of windows included.
    pub(super) keys: Vec<NodeId>,
    pub(super) aggregates: Vec<Call>,
    /// The room that aggregates' states have.
    pub(super) room: super::aggregates::Room,
    /// The aggregate function whose argument is bound.
    pub(super) within: Option<&'static str>,
    /// How the types of CASTs are written, for names of columns.
    pub(super) type_names: super::name::TypeNames,
    pub(super) nesting: usize,
}

impl<'a> Binder<'a> {
    pub(super) fn error(
        &self,
        extent: Extent,
        kind: Kind,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> CompileError {
        self.source.error(extent, kind, message, help)
    }

    /// Why the graph does not take a node.
    pub(super) fn refused(&self, refused: Refused, extent: Extent) -> CompileError {
        let (kind, message, help) = match refused {
            Refused::TooDeep => {
                (Kind::Limit, "the expression is nested too deeply", "split it into smaller ones")
            }
            Refused::TooMany => {
                (Kind::Limit, "the query has too many expressions", "split it into several")
            }
            Refused::Constant(Failure::Row(counters::Failure::Arithmetic)) => (
                Kind::Value,
                "this constant has no value: it overflows its type, or divides by 0",
                "divide by something else, or CAST an operand to a larger type: DECIMAL(38, 0)",
            ),
            Refused::Constant(Failure::Row(counters::Failure::Cast)) => (
                Kind::Value,
                "this constant can't be converted to the type that is needed",
                "write one that can be; TRY_CAST(x AS type) would be NULL",
            ),
            Refused::Constant(Failure::Row(failure)) => {
                let message = format!("this constant has no value: {failure}");
                let help = "write a constant for which it has one, or NULL";
                return self.error(extent, Kind::Value, message, help);
            }
            Refused::Constant(Failure::Internal) => {
                (Kind::Limit, "this constant can't be computed", "write its value itself")
            }
        };
        self.error(extent, kind, message, help)
    }

    pub(super) fn is_key(&self, node: NodeId) -> bool {
        self.within.is_some() || self.keys.contains(&node)
    }

    /// A bound node made of others.
    pub(super) fn made(
        &self,
        node: Result<NodeId, Refused>,
        extent: Extent,
        free: Option<Extent>,
    ) -> Result<Bound, CompileError> {
        let node = node.map_err(|r| self.refused(r, extent))?;
        let free = if self.is_key(node) { None } else { free };
        Ok(Bound { form: Form::Node(node), extent, free })
    }

    pub(super) fn type_of(&self, bound: &Bound) -> Type {
        match &bound.form {
            Form::Node(id) => Type::Known(self.tree.data_type(*id)),
            Form::Integer(value) => Type::Integer(*value),
            Form::Decimal(digits) => {
                Type::Known(literal::decimal_type(digits).unwrap_or(DataType::Double))
            }
            Form::Text(_) => Type::Text,
            Form::Null => Type::Null,
        }
    }

    /// What to call a type in a message.
    pub(super) fn type_name(&self, t: Type) -> String {
        match t {
            Type::Known(t) => t.to_string(),
            Type::Integer(v) => literal_type(v).map_or("HUGEINT".into(), |t| t.to_string()),
            Type::Text => "VARCHAR".into(),
            Type::Null => "NULL".into(),
        }
    }

    /// Binds an expression. `or` is the place to show where the parser tells none.
    pub(super) fn bind(&mut self, expr: &'a ast::Expr, or: Extent) -> Result<Bound, CompileError> {
        if self.nesting >= MAX_NESTING {
            let message = "the expression is nested too deeply";
            return Err(self.error(or, Kind::Limit, message, "split it into smaller ones"));
        }
        self.nesting += 1;
        let bound = self.bind_inner(expr, or);
        self.nesting -= 1;
        bound
    }

    /// Binds an expression that not every row computes: a constant in it may fail.
    pub(super) fn bind_maybe(
        &mut self,
        expr: &'a ast::Expr,
        or: Extent,
    ) -> Result<Bound, CompileError> {
        self.tree.lenient += 1;
        let bound = self.bind(expr, or);
        self.tree.lenient -= 1;
        bound
    }

    fn bind_inner(&mut self, expr: &'a ast::Expr, or: Extent) -> Result<Bound, CompileError> {
        use ast::Expr as Sql;
        match expr {
            Sql::Identifier(ident) => self.identifier(ident, or),
            Sql::CompoundIdentifier(parts) => self.qualified(parts, or),
            Sql::Value(value) => self.literal(value, or),
            Sql::Nested(inner) => {
                let bound = self.bind(inner, or)?;
                let extent = self.source.with_parentheses(bound.extent);
                Ok(Bound { extent, ..bound })
            }
            Sql::TypedString(typed) => self.typed_text(typed, or),
            Sql::Interval(interval) => self.interval_value(interval, or),
            Sql::UnaryOp { op, expr } => self.unary(*op, expr, or),
            Sql::BinaryOp { .. } => self.chain(expr, or),
            Sql::IsNull(inner) => self.null_test(Op::IsNull, inner, or),
            Sql::IsNotNull(inner) => self.null_test(Op::IsNotNull, inner, or),
            Sql::IsUnknown(inner) => self.is_unknown(Op::IsNull, inner, or),
            Sql::IsNotUnknown(inner) => self.is_unknown(Op::IsNotNull, inner, or),
            Sql::IsTrue(inner) => self.truth_test(inner, true, false, or),
            Sql::IsNotTrue(inner) => self.truth_test(inner, true, true, or),
            Sql::IsFalse(inner) => self.truth_test(inner, false, false, or),
            Sql::IsNotFalse(inner) => self.truth_test(inner, false, true, or),
            Sql::IsDistinctFrom(a, b) => self.distinct(a, b, true, or),
            Sql::IsNotDistinctFrom(a, b) => self.distinct(a, b, false, or),
            Sql::Between { expr, negated, low, high } => {
                self.between(expr, *negated, low, high, or)
            }
            Sql::InList { expr, list, negated } => self.in_list(expr, list, *negated, or),
            Sql::Case { case_token, end_token, operand, conditions, else_result } => {
                let start = self.source.extent(case_token.0.span, or);
                let extent = start.to(self.source.extent(end_token.0.span, or));
                self.case(operand.as_deref(), conditions, else_result.as_deref(), extent)
            }
            Sql::Cast { kind, expr, data_type, format } => {
                self.cast(kind, expr, data_type, format.is_some(), or)
            }
            Sql::Function(function) => match self.window_edge(function, or)? {
                Some(edge) => Ok(edge),
                None => self.function(function, or),
            },
            other => Err(self.refuse(other, or)),
        }
    }

    /// Refuses an expression by name. Most of what is not supported, `expression.rs` refuses.
    fn refuse(&self, expr: &ast::Expr, or: Extent) -> CompileError {
        use ast::Expr as Sql;
        let list = "GROUP BY takes a list of expressions";
        let (extent, what, help) = match expr {
            Sql::GroupingSets(_) => (or, "GROUPING SETS", list),
            Sql::Cube(_) => (or, "CUBE", list),
            Sql::Rollup(_) => (or, "ROLLUP", list),
            _ => (or, "this expression", OPERATORS),
        };
        self.source.unsupported(extent, what, help)
    }

    fn literal(
        &mut self,
        value: &'a ast::ValueWithSpan,
        or: Extent,
    ) -> Result<Bound, CompileError> {
        let extent = self.source.extent(value.span, or);
        let form = match &value.value {
            ast::Value::Number(digits, false) => self.number(digits, extent)?,
            ast::Value::SingleQuotedString(text) => Form::Text(text.clone()),
            ast::Value::HexStringLiteral(digits) => return self.bytes(digits, extent),
            ast::Value::Boolean(value) => {
                let node = self.tree.boolean(*value);
                return self.made(node, extent, None);
            }
            ast::Value::Null => Form::Null,
            ast::Value::Placeholder(_) => {
                let help = "write the value itself";
                return Err(self.source.unsupported(extent, "a parameter of a query", help));
            }
            _ => {
                return Err(self.source.unsupported(extent, "this kind of literal", LITERALS));
            }
        };
        Ok(Bound { form, extent, free: None })
    }

    fn number(&mut self, digits: &str, extent: Extent) -> Result<Form, CompileError> {
        let bad = |b: &Self| {
            b.error(
                extent,
                Kind::Value,
                format!("{digits} is not a number that fits"),
                "numbers are like 42, 1.5 and 1e3",
            )
        };
        if digits.contains(['e', 'E']) {
            let value: f64 = digits.replace('_', "").parse().map_err(|_| bad(self))?;
            let node = self.tree.literal(Literal::Bits(value.to_bits()), DataType::Double);
            return Ok(Form::Node(node.map_err(|r| self.refused(r, extent))?));
        }
        if digits.contains('.') {
            return Ok(Form::Decimal(digits.into()));
        }
        literal::integer(digits).map(Form::Integer).ok_or_else(|| bad(self))
    }

    /// `X'AB01'`
    fn bytes(&mut self, digits: &str, extent: Extent) -> Result<Bound, CompileError> {
        let pairs = digits.as_bytes().chunks(2).map(|pair| {
            let text = core::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2)?;
            u8::from_str_radix(text, 16).ok()
        });
        let Some(bytes) = pairs.collect::<Option<Vec<u8>>>() else {
            let message = "this is not a whole number of hexadecimal bytes";
            return Err(self.error(extent, Kind::Value, message, "write X'' or X'01AB'"));
        };
        match u16::try_from(bytes.len()) {
            Ok(n) if n <= DataType::MAX_VARCHAR => {
                let node = self.tree.literal(Literal::Bytes(bytes), DataType::Varbinary(n.max(1)));
                self.made(node, extent, None)
            }
            _ => {
                let message = format!("there are more than {} bytes", DataType::MAX_VARCHAR);
                Err(self.error(extent, Kind::Limit, message, "send longer ones in columns"))
            }
        }
    }

    /// `TYPE '...'`, like `DATE '2020-02-29'`.
    fn typed_text(
        &mut self,
        typed: &'a ast::TypedString,
        or: Extent,
    ) -> Result<Bound, CompileError> {
        let ast::TypedString { data_type, value, uses_odbc_syntax } = typed;
        let text = self.source.extent(value.span, or);
        // TIMESTAMP WITH TIME ZONE '...'
        let words = data_type.to_string().split_whitespace().count();
        let first = text.first.saturating_sub(words);
        let of_type = Extent { first, last: text.first.saturating_sub(1) };
        let extent = Extent { first, last: text.last };
        let ast::Value::SingleQuotedString(text) = &value.value else {
            return Err(self.source.unsupported(
                extent,
                "this kind of literal",
                "write a text: DATE '2024-02-29'",
            ));
        };
        if *uses_odbc_syntax {
            return Err(self.source.unsupported(extent, "this kind of literal", LITERALS));
        }
        let bound = Bound { form: Form::Text(text.clone()), extent, free: None };
        let to = self.target(data_type, &bound, of_type)?;
        let node = self.coerce(&bound, to)?;
        self.made(Ok(node), extent, None)
    }

    /// The extent from the start of `from` through the tokens behind it, as many as are these.
    pub(super) fn through(&self, from: Extent, words: &[&str]) -> Extent {
        let mut last = from.last;
        for word in words {
            if self.source.is_word(last + 1, word) {
                last += 1;
            }
        }
        Extent { first: from.first, last }
    }

    /// The extent from the start of `from` through the parenthesis that opens after it.
    pub(super) fn through_parenthesis(&self, from: Extent) -> Extent {
        let open = (from.last + 1..from.last + 4).find(|&i| *self.source.token(i) == Token::LParen);
        let last = open.map_or(from.last, |open| self.source.closing(open));
        Extent { first: from.first, last }
    }
}
