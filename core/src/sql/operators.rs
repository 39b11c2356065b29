//! Operators, CASE and CAST.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::slice;

use sqlparser::ast::{self, BinaryOperator, UnaryOperator};

use super::bind::{Binder, Bound, Clause, Form};
use super::error::{CompileError, CompileErrorKind as Kind};
use super::implicit::as_decimal;
use super::source::Extent;
use super::tree::{Expr, NodeId};
use super::types::{Mismatch, Type, Use, arithmetic, literal_type, number_of};
use crate::plan::op::Op;
use crate::types::DataType;

type Result<T> = core::result::Result<T, CompileError>;

/// The first ungrouped column of several expressions.
pub(super) fn first_free(parts: &[&Bound]) -> Option<Extent> {
    parts.iter().find_map(|p| p.free)
}

impl<'a> Binder<'a> {
    pub(super) fn unary(
        &mut self,
        op: UnaryOperator,
        inner: &'a ast::Expr,
        or: Extent,
    ) -> Result<Bound> {
        let bound = self.bind(inner, or)?;
        let first = bound.extent.first.saturating_sub(1);
        let extent = Extent { first, last: bound.extent.last };
        let free = bound.free;
        match op {
            UnaryOperator::Not => {
                let condition = self.condition(&bound)?;
                // NOT NOT x is x, but not among groups: where NOT x is a key there is no x.
                if self.clause == Clause::Where
                    && let Expr::Unary(Op::Not, inner) = self.tree.node(condition).expr
                {
                    return self.made(Ok(inner), extent, free);
                }
                let node = self.tree.not(condition);
                self.made(node, extent, free)
            }
            UnaryOperator::Minus | UnaryOperator::Plus => {
                let minus = op == UnaryOperator::Minus;
                let form = match bound.form {
                    Form::Integer(v) => Form::Integer(if minus { -v } else { v }),
                    Form::Decimal(d) if minus => Form::Decimal(match d.strip_prefix('-') {
                        Some(d) => d.into(),
                        None => format!("-{d}"),
                    }),
                    Form::Decimal(d) => Form::Decimal(d),
                    Form::Null => {
                        let node = self.tree.null(DataType::BigInt);
                        return self.made(node, extent, free);
                    }
                    Form::Node(id) if self.tree.data_type(id).is_numeric() => {
                        let node = if minus { self.tree.negate(id) } else { Ok(id) };
                        return self.made(node, extent, free);
                    }
                    Form::Node(id) if self.tree.data_type(id).is_decimal() => {
                        return if minus { self.call("-", &[bound], extent) } else { Ok(bound) };
                    }
                    Form::Node(_) if minus && self.is_callable("-", slice::from_ref(&bound)) => {
                        return self.call("-", &[bound], extent);
                    }
                    Form::Node(_) | Form::Text(_) => {
                        let t = self.type_name(self.type_of(&bound));
                        let sign = if minus { '-' } else { '+' };
                        let message = format!("{sign} takes a number, not {t}");
                        let help = number_of(self.type_of(&bound));
                        return Err(self.error(extent, Kind::Type, message, help));
                    }
                };
                Ok(Bound { form, extent, free })
            }
            sign => self.call(&sign.to_string(), &[bound], extent),
        }
    }

    /// Binary operators: a chain like `a + b + c` is taken apart in a loop, not by recursion.
    pub(super) fn chain(&mut self, expr: &'a ast::Expr, or: Extent) -> Result<Bound> {
        let mut links: Vec<(&BinaryOperator, &'a ast::Expr)> = Vec::new();
        let mut first = expr;
        while let ast::Expr::BinaryOp { left, op, right } = first {
            links.push((op, right));
            first = left;
        }
        links.reverse();
        if links.is_empty() {
            return self.bind(expr, or);
        }
        let mut links = links.as_slice();
        let mut all = self.bind(first, or)?;
        while let Some((&(op, right), rest)) = links.split_first() {
            let run = match op {
                BinaryOperator::And | BinaryOperator::Or => {
                    1 + rest.iter().take_while(|(next, _)| *next == op).count()
                }
                _ => 1,
            };
            all = match (op, right) {
                (BinaryOperator::And, _) => self.connect(Op::And, all, &links[..run])?,
                (BinaryOperator::Or, _) => self.connect(Op::Or, all, &links[..run])?,
                _ => {
                    let right = self.bind(right, all.extent)?;
                    self.binary(op, &all, &right)?
                }
            };
            links = &links[run..];
        }
        Ok(all)
    }

    /// `a AND b AND c` as a balanced tree.
    fn connect(
        &mut self,
        op: Op,
        first: Bound,
        links: &[(&BinaryOperator, &'a ast::Expr)],
    ) -> Result<Bound> {
        let (mut extent, mut free) = (first.extent, first.free);
        let mut conditions = Vec::from([self.condition(&first)?]);
        for (_, right) in links {
            let right = self.bind_maybe(right, extent)?;
            conditions.push(self.condition(&right)?);
            extent = extent.to(right.extent);
            free = free.or(right.free);
        }
        let node = self.balanced(op, &conditions, extent)?;
        self.made(Ok(node), extent, free)
    }

    pub(super) fn balanced(&mut self, op: Op, all: &[NodeId], extent: Extent) -> Result<NodeId> {
        let (left, right) = all.split_at(all.len() / 2);
        match (left, right) {
            ([], [one]) => Ok(*one),
            _ => {
                let (a, b) = (self.balanced(op, left, extent)?, self.balanced(op, right, extent)?);
                self.tree.logic(op, a, b).map_err(|r| self.refused(r, extent))
            }
        }
    }

    fn binary(&mut self, op: &BinaryOperator, a: &Bound, b: &Bound) -> Result<Bound> {
        let extent = a.extent.to(b.extent);
        let free = first_free(&[a, b]);
        let op = match op {
            BinaryOperator::Plus => Op::Add,
            BinaryOperator::Minus => Op::Sub,
            BinaryOperator::Multiply => Op::Mul,
            BinaryOperator::Divide => Op::Div,
            BinaryOperator::Modulo => Op::Mod,
            BinaryOperator::Eq => Op::Eq,
            BinaryOperator::NotEq => Op::Ne,
            BinaryOperator::Lt => Op::Lt,
            BinaryOperator::LtEq => Op::Le,
            BinaryOperator::Gt => Op::Gt,
            BinaryOperator::GtEq => Op::Ge,
            sign => {
                let (name, negated) = match sign {
                    BinaryOperator::PGLikeMatch => ("like", false),
                    BinaryOperator::PGNotLikeMatch => ("like", true),
                    BinaryOperator::PGILikeMatch => ("ilike", false),
                    BinaryOperator::PGNotILikeMatch => ("ilike", true),
                    sign => (&*sign.to_string(), false),
                };
                let bound = self.call(name, &[a.clone(), b.clone()], extent)?;
                return self.negated(bound, negated);
            }
        };
        if matches!(op, Op::Add | Op::Sub | Op::Mul | Op::Div | Op::Mod) {
            return self.calculate(op, a, b, extent);
        }
        let node = self.comparison(op, a, b)?;
        self.made(Ok(node), extent, free)
    }

    /// `+ - * / %`: opcodes over numbers, and functions over other types.
    pub(super) fn calculate(
        &mut self,
        op: Op,
        a: &Bound,
        b: &Bound,
        extent: Extent,
    ) -> Result<Bound> {
        let free = first_free(&[a, b]);
        let (of_a, of_b) = (self.type_of(a), self.type_of(b));
        if let Some(node) = self.shift(op, a, b) {
            return self.made(node, extent, free);
        }
        if let (Type::Known(t), Type::Null) | (Type::Null, Type::Known(t)) = (of_a, of_b)
            && t.is_decimal()
        {
            // It has no digits: DuckDB gives it no type either.
            let node = self.tree.null(DataType::Integer);
            return self.made(node, extent, free);
        }
        let common = arithmetic(of_a, of_b);
        let t = match common {
            // Two DOUBLEs have a quotient where two integers of any kinds don't have a common type;
            // DuckDB divides DECIMALs as DOUBLEs, too.
            Err(Mismatch::HugeInt | Mismatch::Decimal) | Ok(_)
                if op == Op::Div && !is_real(&common) =>
            {
                DataType::Double
            }
            // No DECIMAL holds both: DuckDB takes the remainder of DOUBLEs.
            Err(Mismatch::Decimal) if op == Op::Mod && !exact(of_a, of_b) => DataType::Double,
            Err(Mismatch::Decimal) => return self.call(sign(op), &[a.clone(), b.clone()], extent),
            Ok(t) if t.is_decimal() => {
                return self.call(sign(op), &[a.clone(), b.clone()], extent);
            }
            Ok(t) => t,
            Err(Mismatch::HugeInt) => return Err(self.huge(extent)),
            Err(Mismatch::Types) => {
                let parts = [a.clone(), b.clone()];
                let sign = sign(op);
                // Which type a text would be there, nobody can know.
                let is_text = [of_a, of_b].contains(&Type::Text);
                return match !is_text && self.is_callable(sign, &parts) {
                    true => self.call(sign, &parts, extent),
                    false => Err(self.no_arithmetic(sign, of_a, of_b, extent)),
                };
            }
        };
        let (a, b) = (self.coerce(a, t)?, self.coerce(b, t)?);
        let node = self.tree.arithmetic(op, a, b);
        self.made(node, extent, free)
    }

    fn no_arithmetic(&self, sign: &str, a: Type, b: Type, extent: Extent) -> CompileError {
        use DataType::{Date, Interval, Time, Timestamp, TimestampTz};
        let any = |types: &[DataType]| types.iter().any(|t| [a, b].contains(&Type::Known(*t)));
        let both_stamps = |t| a == t && b == t;
        let help = if both_stamps(Type::Known(Timestamp)) || both_stamps(Type::Known(TimestampTz)) {
            "subtract them, or add an INTERVAL"
        } else if any(&[Date]) {
            "add or subtract days or an INTERVAL: d + 1, d + INTERVAL '1' MONTH"
        } else if any(&[Timestamp, TimestampTz, Time]) {
            "add or subtract an INTERVAL: ts + INTERVAL '5' SECOND"
        } else if any(&[Interval]) {
            "add it to a date or a time, or multiply or divide it by a number"
        } else if any(&[DataType::Uuid]) {
            number_of(Type::Known(DataType::Uuid))
        } else if let Type::Known(t @ DataType::Varbinary(_)) = a {
            number_of(Type::Known(t))
        } else {
            number_of(b)
        };
        let (a, b) = (self.type_name(a), self.type_name(b));
        let message = format!("{sign} takes numbers, not {a} and {b}");
        self.error(extent, Kind::Type, message, help)
    }

    /// Two values compared, as their common type.
    pub(super) fn comparison(&mut self, op: Op, a: &Bound, b: &Bound) -> Result<NodeId> {
        let extent = a.extent.to(b.extent);
        let parts = [a.clone(), b.clone()];
        let types = [self.type_of(a), self.type_of(b)];
        let decimal = |t: &Type| matches!(t, Type::Known(t) if t.is_decimal());
        if types.iter().any(decimal)
            && types.iter().all(|t| digits(*t).is_some())
            && !exact(types[0], types[1])
        {
            let bound = self.call(sign(op), &parts, extent)?;
            return self.settle(&bound);
        }
        let usage = if matches!(op, Op::Eq | Op::Ne) { Use::Equal } else { Use::Order };
        let t = self.unify(&parts, usage, "a comparison").map_err(|e| self.whole(e, a, b))?;
        let (a, b) = (self.compared(a, t)?, self.compared(b, t)?);
        self.tree.compare(op, a, b).map_err(|r| self.refused(r, extent))
    }

    /// An error about two sides, shown over both.
    fn whole(&self, error: CompileError, a: &Bound, b: &Bound) -> CompileError {
        if error.kind() != Kind::Type {
            return error;
        }
        let (message, help) = (String::from(error.message()), String::from(error.help()));
        self.error(a.extent.to(b.extent), Kind::Type, message, help)
    }

    /// A side of a comparison. Texts of different lengths compare as they are.
    pub(super) fn compared(&mut self, bound: &Bound, t: DataType) -> Result<NodeId> {
        match (&bound.form, t) {
            (Form::Node(id), DataType::Varchar(_) | DataType::Varbinary(_))
                if self.tree.data_type(*id).same_family(t) =>
            {
                Ok(*id)
            }
            (Form::Text(text), DataType::Varchar(_)) => {
                let own = self.text_type(text, bound.extent)?;
                self.coerce(bound, own)
            }
            _ => self.coerce(bound, t),
        }
    }
}

/// An operator as it is written.
const fn sign(op: Op) -> &'static str {
    match op {
        Op::Add => "+",
        Op::Sub => "-",
        Op::Mul => "*",
        Op::Div => "/",
        Op::Mod => "%",
        Op::Eq => "=",
        Op::Ne => "<>",
        Op::Lt => "<",
        Op::Le => "<=",
        Op::Gt => ">",
        _ => ">=",
    }
}

/// The digits of the DECIMAL that a type's values are, and how many are behind the point.
fn digits(t: Type) -> Option<(u8, u8)> {
    match t {
        Type::Known(t) => as_decimal(t),
        Type::Integer(v) => as_decimal(literal_type(v)?),
        Type::Text | Type::Null => None,
    }
}

/// Whether there is a DECIMAL that holds all values of both.
fn exact(a: Type, b: Type) -> bool {
    let Some(((p, s), (q, t))) = digits(a).zip(digits(b)) else { return false };
    (p - s).max(q - t) + s.max(t) <= DataType::MAX_DECIMAL
}

/// Whether two numbers divide as they are.
fn is_real(t: &core::result::Result<DataType, Mismatch>) -> bool {
    matches!(t, Ok(t) if t.is_float())
}
