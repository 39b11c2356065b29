//! Operators, CASE and CAST.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use sqlparser::ast::{self, BinaryOperator, UnaryOperator};
use sqlparser::tokenizer::Token;

use super::bind::{Binder, Bound, Clause, Form};
use super::error::{CompileError, CompileErrorKind as Kind};
use super::implicit::as_decimal;
use super::interval::{self, Interval};
use super::literal::Literal;
use super::source::Extent;
use super::tree::{Expr, NodeId};
use super::types::{Mismatch, Type, Use, arithmetic, literal_type};
use crate::plan::op::Op;
use crate::types::DataType;

type Result<T> = core::result::Result<T, CompileError>;

/// The first ungrouped column of several expressions.
fn first_free(parts: &[&Bound]) -> Option<Extent> {
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
                        let node = if minus { self.tree.sign(Op::Neg, id) } else { Ok(id) };
                        return self.made(node, extent, free);
                    }
                    Form::Node(id) if self.tree.data_type(id).is_decimal() => {
                        return if minus { self.call("-", &[bound], extent) } else { Ok(bound) };
                    }
                    Form::Node(_) | Form::Text(_) => {
                        let t = self.type_name(self.type_of(&bound));
                        let sign = if minus { '-' } else { '+' };
                        let message = format!("{sign} takes a number, not {t}");
                        return Err(self.error(extent, Kind::Type, message, ""));
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
        let Some(&(op, _)) = links.first() else { return self.bind(expr, or) };
        // An interval can stand first, before + alone.
        let mut links = links.as_slice();
        let mut all = match (first, op) {
            (ast::Expr::Interval(interval), BinaryOperator::Plus) => {
                let right = links.first().map_or(first, |&(_, right)| right);
                links = links.get(1..).unwrap_or(&[]);
                let time = self.bind(right, or)?;
                let (_, at) = self.interval(interval, or)?;
                match self.fixed(&time, interval) {
                    Some(micros) => self.shift(Op::Add, &time, micros, at.to(time.extent))?,
                    None => {
                        let interval = self.interval_value(interval, or)?;
                        self.binary(op, &interval, &time)?
                    }
                }
            }
            _ => self.bind(first, or)?,
        };
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
                (BinaryOperator::Plus | BinaryOperator::Minus, ast::Expr::Interval(interval)) => {
                    let (_, at) = self.interval(interval, all.extent)?;
                    let add = if *op == BinaryOperator::Plus { Op::Add } else { Op::Sub };
                    match self.fixed(&all, interval) {
                        Some(micros) => self.shift(add, &all, micros, all.extent.to(at))?,
                        None => {
                            let interval = self.interval_value(interval, all.extent)?;
                            self.binary(op, &all, &interval)?
                        }
                    }
                }
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
            let right = self.bind(right, extent)?;
            conditions.push(self.condition(&right)?);
            extent = extent.to(right.extent);
            free = free.or(right.free);
        }
        let node = self.balanced(op, &conditions, extent)?;
        self.made(Ok(node), extent, free)
    }

    fn balanced(&mut self, op: Op, all: &[NodeId], extent: Extent) -> Result<NodeId> {
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
            sign => return self.call(&sign.to_string(), &[a.clone(), b.clone()], extent),
        };
        if matches!(op, Op::Add | Op::Sub | Op::Mul | Op::Div | Op::Mod) {
            return self.calculate(op, a, b, extent);
        }
        let node = self.comparison(op, a, b)?;
        self.made(Ok(node), extent, free)
    }

    /// `+ - * / %` over numbers.
    pub(super) fn calculate(
        &mut self,
        op: Op,
        a: &Bound,
        b: &Bound,
        extent: Extent,
    ) -> Result<Bound> {
        let free = first_free(&[a, b]);
        let (of_a, of_b) = (self.type_of(a), self.type_of(b));
        let time = Type::Known(DataType::Timestamp);
        let no_shift = of_a == time && of_b == Type::Null && matches!(op, Op::Add | Op::Sub);
        if no_shift || (of_a == Type::Null && of_b == time && op == Op::Add) {
            // NULL is no interval either.
            let node = self.tree.null(DataType::Timestamp);
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
            Err(Mismatch::Types) => return Err(self.no_arithmetic(op, of_a, of_b, extent)),
        };
        let (a, b) = (self.coerce(a, t)?, self.coerce(b, t)?);
        let node = self.tree.arithmetic(op, a, b);
        self.made(node, extent, free)
    }

    fn no_arithmetic(&self, op: Op, a: Type, b: Type, extent: Extent) -> CompileError {
        let sign = sign(op);
        let time = Type::Known(DataType::Timestamp);
        let help = if a == time && b == time {
            "compare them, or subtract an INTERVAL"
        } else if a == time || b == time {
            "add or subtract an INTERVAL: ts + INTERVAL '5' SECOND"
        } else {
            "CAST them to a number: CAST(x AS DOUBLE)"
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

    fn interval(&self, interval: &ast::Interval, or: Extent) -> Result<(Interval, Extent)> {
        use ast::Spanned;
        let value = self.source.extent(interval.value.span(), or);
        let mut first = value.first.saturating_sub(1);
        // Parentheses and a sign are not in the parser's span.
        while first > 0 && !self.source.is_word(first, "INTERVAL") {
            first -= 1;
        }
        let last = if *self.source.token(value.last + 1) == Token::RParen {
            value.last + 1
        } else {
            value.last
        };
        let last = last + usize::from(interval.leading_field.is_some());
        let extent = Extent { first, last };
        interval::read(interval).map(|read| (read, extent)).map_err(|bad| {
            let (message, help) = bad.message();
            self.error(extent, Kind::Value, message, help)
        })
    }

    /// An INTERVAL as a value of its own.
    pub(super) fn interval_value(&mut self, interval: &ast::Interval, or: Extent) -> Result<Bound> {
        let (read, extent) = self.interval(interval, or)?;
        let literal = Literal::Bytes(read.span.to_le_bytes().into());
        let node = self.tree.literal(literal, DataType::Interval);
        self.made(node, extent, None)
    }

    /// A TIMESTAMP plus or minus an INTERVAL of a fixed length is plain arithmetic.
    fn fixed(&self, time: &Bound, interval: &ast::Interval) -> Option<i64> {
        match self.type_of(time) {
            Type::Known(DataType::Timestamp) | Type::Null => {
                interval::read(interval).ok()?.fixed().ok()
            }
            _ => None,
        }
    }

    /// A timestamp plus or minus so many microseconds.
    fn shift(&mut self, op: Op, time: &Bound, micros: i64, extent: Extent) -> Result<Bound> {
        let node = self.coerce(time, DataType::Timestamp)?;
        let bits = Literal::Bits(micros.cast_unsigned());
        let node = self
            .tree
            .literal(bits, DataType::Timestamp)
            .and_then(|length| self.tree.arithmetic(op, node, length));
        self.made(node, extent, time.free)
    }

    /// `a IS [NOT] DISTINCT FROM b`: never NULL.
    pub(super) fn distinct(
        &mut self,
        a: &'a ast::Expr,
        b: &'a ast::Expr,
        wanted: bool,
        or: Extent,
    ) -> Result<Bound> {
        let (a, b) = (self.bind(a, or)?, self.bind(b, or)?);
        let extent = a.extent.to(b.extent);
        let free = first_free(&[&a, &b]);
        let equal = self.comparison(Op::Eq, &a, &b)?;
        let (a, b) = (self.settle(&a)?, self.settle(&b)?);
        let tree = &mut self.tree;
        // Where the comparison is NULL, both are equal if both are NULL.
        let node = tree.null_test(Op::IsNull, a).and_then(|a| {
            let b = tree.null_test(Op::IsNull, b)?;
            let both = tree.logic(Op::And, a, b)?;
            let same = tree.coalesce(equal, both, DataType::Boolean)?;
            if wanted { tree.not(same) } else { Ok(same) }
        });
        self.made(node, extent, free)
    }

    pub(super) fn null_test(&mut self, op: Op, inner: &'a ast::Expr, or: Extent) -> Result<Bound> {
        let bound = self.bind(inner, or)?;
        let extent = self.through(bound.extent, &["IS", "NOT", "NULL", "ISNULL", "NOTNULL"]);
        let node = self.settle(&bound)?;
        let node = self.tree.null_test(op, node);
        self.made(node, extent, bound.free)
    }

    /// `x IS UNKNOWN`: NULL as a condition.
    pub(super) fn is_unknown(&mut self, op: Op, inner: &'a ast::Expr, or: Extent) -> Result<Bound> {
        let bound = self.bind(inner, or)?;
        let extent = self.through(bound.extent, &["IS", "NOT", "UNKNOWN"]);
        let node = self.condition(&bound)?;
        let node = self.tree.null_test(op, node);
        self.made(node, extent, bound.free)
    }

    /// `x IS [NOT] TRUE`, `x IS [NOT] FALSE`: never NULL.
    pub(super) fn truth_test(
        &mut self,
        inner: &'a ast::Expr,
        wanted: bool,
        negated: bool,
        or: Extent,
    ) -> Result<Bound> {
        let bound = self.bind(inner, or)?;
        let word = if wanted { "TRUE" } else { "FALSE" };
        let extent = self.through(bound.extent, &["IS", "NOT", word]);
        let condition = self.condition(&bound)?;
        let tree = &mut self.tree;
        // NULL is neither: it counts as the other one.
        let node = tree
            .boolean(!wanted)
            .and_then(|other| tree.coalesce(condition, other, DataType::Boolean));
        let node = node.and_then(|n| if wanted == negated { tree.not(n) } else { Ok(n) });
        self.made(node, extent, bound.free)
    }

    pub(super) fn between(
        &mut self,
        expr: &'a ast::Expr,
        negated: bool,
        low: &'a ast::Expr,
        high: &'a ast::Expr,
        or: Extent,
    ) -> Result<Bound> {
        let parts = [self.bind(expr, or)?, self.bind(low, or)?, self.bind(high, or)?];
        let extent = parts[0].extent.to(parts[2].extent);
        let t = self.unify(&parts, Use::Order, "BETWEEN")?;
        let x = self.compared(&parts[0], t)?;
        let (low, high) = (self.compared(&parts[1], t)?, self.compared(&parts[2], t)?);
        let tree = &mut self.tree;
        let node = tree.compare(Op::Ge, x, low).and_then(|above| {
            let below = tree.compare(Op::Le, x, high)?;
            tree.logic(Op::And, above, below)
        });
        let bound = self.made(node, extent, first_free(&parts.each_ref()))?;
        self.negated(bound, negated)
    }

    pub(super) fn in_list(
        &mut self,
        expr: &'a ast::Expr,
        list: &'a [ast::Expr],
        negated: bool,
        or: Extent,
    ) -> Result<Bound> {
        let mut parts = Vec::from([self.bind(expr, or)?]);
        let extent = self.through(parts[0].extent, &["NOT", "IN"]);
        let extent = Extent { first: extent.first, last: self.source.closing(extent.last + 1) };
        if list.is_empty() {
            let message = "IN has an empty list";
            return Err(self.error(extent, Kind::Syntax, message, "write x IN (1, 2, 3)"));
        }
        for item in list {
            parts.push(self.bind(item, extent)?);
        }
        let t = self.unify(&parts, Use::Equal, "IN")?;
        let x = self.compared(&parts[0], t)?;
        let mut tests = Vec::with_capacity(list.len());
        for item in &parts[1..] {
            let item = self.compared(item, t)?;
            tests.push(self.tree.compare(Op::Eq, x, item).map_err(|r| self.refused(r, extent))?);
        }
        let any = self.balanced(Op::Or, &tests, extent)?;
        let free = parts.iter().find_map(|p| p.free);
        let bound = self.made(Ok(any), extent, free)?;
        self.negated(bound, negated)
    }

    /// `NOT BETWEEN`, `NOT IN`: NOT over what could be a key itself.
    fn negated(&mut self, bound: Bound, negated: bool) -> Result<Bound> {
        match bound.form {
            Form::Node(node) if negated => {
                let node = self.tree.not(node);
                self.made(node, bound.extent, bound.free)
            }
            _ => Ok(bound),
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
