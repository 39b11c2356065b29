//! Making the nodes of a tree: operators, casts, calls and CASE, each with its type and what can be
//! said of it at once.

use alloc::vec::Vec;

use super::fold;
use super::literal::Literal;
use super::tree::{Expr, Made, Node, NodeId, Refused, Tree};
use crate::function::{Function, Nulls, Prepared, Shape};
use crate::plan::op::{Op, cast_can_fail};
use crate::types::DataType;

impl Tree {
    /// `-a`.
    pub(super) fn negate(&mut self, a: NodeId) -> Made {
        let Node { data_type, nullable, .. } = *self.node(a);
        if self.is_null(a) {
            return Ok(a);
        }
        let fails = Op::Neg.can_fail(data_type.kind());
        self.folded(Expr::Unary(Op::Neg, a), data_type, nullable || fails, fails)
    }

    /// `+ - * / %` over two values of a type.
    pub(super) fn arithmetic(&mut self, op: Op, a: NodeId, b: NodeId) -> Made {
        let data_type = self.data_type(a);
        if self.is_null(a) || self.is_null(b) {
            return self.null(data_type);
        }
        // A constant stands on the right where that makes no difference.
        let swap = matches!(op, Op::Add | Op::Mul) && self.constant(a).is_some();
        let (a, b) = if swap { (b, a) } else { (a, b) };
        let fails = op.can_fail(data_type.kind());
        let nullable = self.node(a).nullable || self.node(b).nullable || fails;
        self.folded(Expr::Binary(op, a, b), data_type, nullable, fails)
    }

    /// A comparison of two values of one type.
    pub(super) fn compare(&mut self, op: Op, a: NodeId, b: NodeId) -> Made {
        if self.is_null(a) || self.is_null(b) {
            return self.null(DataType::Boolean);
        }
        let flipped = match op {
            Op::Lt => Op::Gt,
            Op::Le => Op::Ge,
            Op::Gt => Op::Lt,
            Op::Ge => Op::Le,
            same => same,
        };
        let swap = self.constant(a).is_some();
        let (op, a, b) = if swap { (flipped, b, a) } else { (op, a, b) };
        let nullable = self.node(a).nullable || self.node(b).nullable;
        self.folded(Expr::Binary(op, a, b), DataType::Boolean, nullable, false)
    }

    /// `a AND b`, `a OR b`.
    pub(super) fn logic(&mut self, op: Op, a: NodeId, b: NodeId) -> Made {
        // TRUE decides an OR, FALSE an AND; the other one changes nothing.
        let decides = if op == Op::Or { Literal::TRUE } else { Literal::FALSE };
        for (this, other) in [(a, b), (b, a)] {
            if let Some(literal) = self.constant(this) {
                return Ok(if *literal == decides { this } else { other });
            }
        }
        if a == b {
            return Ok(a);
        }
        let nullable = self.node(a).nullable || self.node(b).nullable;
        self.folded(Expr::Binary(op, a, b), DataType::Boolean, nullable, false)
    }

    /// `NOT a`. (`NOT NOT a` is not `a`: where `NOT a` is a key of groups there is no `a`.)
    pub(super) fn not(&mut self, a: NodeId) -> Made {
        if self.is_null(a) {
            return Ok(a);
        }
        let nullable = self.node(a).nullable;
        self.folded(Expr::Unary(Op::Not, a), DataType::Boolean, nullable, false)
    }

    /// `a IS NULL`, `a IS NOT NULL`.
    pub(super) fn null_test(&mut self, op: Op, a: NodeId) -> Made {
        if !self.node(a).nullable || self.is_null(a) {
            return self.boolean(self.is_null(a) == (op == Op::IsNull));
        }
        self.add(Expr::Unary(op, a), DataType::Boolean, false, false)
    }

    /// `a` where it is not NULL, else `b`, which has a type of the same family.
    pub(super) fn coalesce(&mut self, a: NodeId, b: NodeId, data_type: DataType) -> Made {
        if self.is_null(a) {
            return Ok(b);
        }
        if !self.node(a).nullable || self.is_null(b) || a == b {
            return Ok(a);
        }
        let nullable = self.node(b).nullable;
        self.add(Expr::Binary(Op::Coalesce, a, b), data_type, nullable, false)
    }

    /// `a`, but NULL where the BOOLEAN `mask` is true.
    pub(super) fn null_if(&mut self, a: NodeId, mask: NodeId) -> Made {
        let data_type = self.data_type(a);
        if self.is_null(mask) || self.constant(mask) == Some(&Literal::FALSE) || self.is_null(a) {
            return Ok(a);
        }
        if self.constant(mask).is_some() {
            return self.null(data_type);
        }
        self.add(Expr::Binary(Op::NullIf, a, mask), data_type, true, false)
    }

    pub(super) fn cast(&mut self, a: NodeId, to: DataType) -> Made {
        let Node { data_type: from, nullable, .. } = *self.node(a);
        if from == to {
            return Ok(a);
        }
        if self.is_null(a) {
            return self.null(to);
        }
        let fails = cast_can_fail(from, to);
        self.folded(Expr::Unary(Op::Cast, a), to, nullable || fails, fails)
    }

    /// A CAST that gives NULL, and counts nothing, where a value does not fit.
    pub(super) fn try_cast(&mut self, a: NodeId, to: DataType) -> Made {
        if !cast_can_fail(self.data_type(a), to) {
            return self.cast(a, to);
        }
        if self.is_null(a) {
            return self.null(to);
        }
        self.folded(Expr::Unary(Op::TryCast, a), to, true, false)
    }

    /// A call of a function with arguments of types that it takes.
    pub(super) fn call(&mut self, function: &Function, arguments: &[NodeId]) -> Made {
        let shapes: Vec<_> = arguments.iter().map(|&id| self.shape(id)).collect();
        let signature = &function.signature;
        let internal = Refused::Constant(fold::Failure::Internal);
        let data_type = signature.result(&shapes).ok_or(internal)?;
        // There is no kernel without the literal that it needs.
        let decides = |id| signature.nulls == Nulls::Strict || self.data_type(id) == Prepared::TYPE;
        if arguments.iter().any(|&id| self.is_null(id) && decides(id)) {
            return self.null(data_type);
        }
        let fails = signature.can_fail(&shapes, data_type.text_capacity().unwrap_or(0));
        let nullable = |&id: &NodeId| self.node(id).nullable;
        let all = !arguments.is_empty() && arguments.iter().all(nullable);
        let gives_null = signature.gives_null(arguments.iter().any(nullable), all);
        let (function, arguments) = (function.id(), arguments.into());
        self.folded(
            Expr::Call { function, arguments, fails },
            data_type,
            gives_null || fails,
            fails,
        )
    }

    /// Whether a function has a result for arguments of these types.
    pub(super) fn takes(&self, function: &Function, arguments: &[NodeId]) -> bool {
        let shapes: Vec<_> = arguments.iter().map(|&id| self.shape(id)).collect();
        function.signature.result(&shapes).is_some()
    }

    fn shape(&self, id: NodeId) -> Shape {
        let data_type = self.data_type(id);
        let value = match self.constant(id) {
            Some(Literal::Bits(bits)) if data_type.is_integer() => Some(bits.cast_signed()),
            Some(Literal::Bytes(bytes)) if data_type == Prepared::TYPE => Shape::begins_with(bytes),
            _ => None,
        };
        Shape { data_type, value }
    }

    /// The query's clock.
    pub(super) fn now(&mut self) -> Made {
        self.add(Expr::Now, DataType::TimestampTz, true, false)
    }

    pub(super) fn window_start(&mut self, time: NodeId, size: i64) -> Made {
        self.add(Expr::WindowStart(time, size), DataType::Timestamp, true, true)
    }

    /// CASE: values and `otherwise` have types of the same family.
    pub(super) fn case(
        &mut self,
        branches: &[(NodeId, NodeId)],
        mut otherwise: NodeId,
        data_type: DataType,
    ) -> Made {
        let mut kept = Vec::with_capacity(branches.len());
        for &(condition, value) in branches {
            match self.constant(condition) {
                Some(&Literal::TRUE) => {
                    otherwise = value;
                    break;
                }
                Some(_) => {}
                None if self.is_null(condition) => {}
                None => kept.push((condition, value)),
            }
        }
        if kept.iter().all(|&(_, value)| value == otherwise) {
            return Ok(otherwise);
        }
        let nullable =
            kept.iter().map(|&(_, v)| v).chain([otherwise]).any(|v| self.node(v).nullable);
        let branches = kept.into_boxed_slice();
        self.add(Expr::Case { branches, otherwise }, data_type, nullable, false)
    }

    /// The node of a unary operator, whichever it is.
    pub(super) fn unary(&mut self, op: Op, a: NodeId, data_type: DataType) -> Made {
        match op {
            Op::Not => self.not(a),
            Op::IsNull | Op::IsNotNull => self.null_test(op, a),
            Op::Cast => self.cast(a, data_type),
            Op::TryCast => self.try_cast(a, data_type),
            _ => self.negate(a),
        }
    }

    /// The node of a binary operator, whichever it is.
    pub(super) fn binary(&mut self, op: Op, a: NodeId, b: NodeId, data_type: DataType) -> Made {
        match op {
            Op::And | Op::Or => self.logic(op, a, b),
            Op::Coalesce => self.coalesce(a, b, data_type),
            Op::NullIf => self.null_if(a, b),
            Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge => self.compare(op, a, b),
            _ => self.arithmetic(op, a, b),
        }
    }
}
