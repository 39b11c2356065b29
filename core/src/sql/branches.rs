//! Instructions of AND, OR and CASE: what is not needed fails nobody.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use super::emit::{Arg, Emitter, ValueId};
use super::literal::Literal;
use super::tree::{Expr, NodeId};
use crate::plan::op::{Op, cast_can_fail};
use crate::types::{DataType, Kind};

impl Emitter<'_> {
    /// Whether computing the node would count failed rows.
    fn would_fail(&self, id: NodeId) -> bool {
        let mut seen = BTreeSet::new();
        let mut open = Vec::from([id]);
        while let Some(id) = open.pop() {
            let known = self.find(id).is_some() || self.earlier.contains_key(&id);
            if known || !self.tree.node(id).fallible || !seen.insert(id) {
                continue;
            }
            let inputs = self.tree.inputs(id);
            if inputs.iter().all(|&i| !self.tree.node(i).fallible) {
                return true;
            }
            let own = match self.tree.node(id).expr {
                Expr::Unary(Op::Cast, a) => {
                    cast_can_fail(self.tree.data_type(a), self.tree.data_type(id))
                }
                Expr::Unary(op, a) | Expr::Binary(op, a, _) => {
                    op.can_fail(self.tree.data_type(a).kind())
                }
                Expr::Call { fails, .. } => fails,
                Expr::WindowStart(..) => true,
                _ => false,
            };
            if own {
                return true;
            }
            open.extend(inputs);
        }
        false
    }

    /// An operand for which failed rows count only where the mask is true.
    pub(super) fn guarded(&mut self, id: NodeId, mask: impl FnOnce(&mut Self) -> ValueId) -> Arg {
        if !self.would_fail(id) {
            return self.operand(id);
        }
        let mut mask = mask(self);
        if let Some(&outer) = self.guards.last() {
            mask = self.both(outer, mask);
        }
        self.guards.push(mask);
        self.layers.push(BTreeMap::new());
        let operand = self.operand(id);
        let depth = self.guards.len();
        self.guards.pop();
        // What counted failures only under the guard is computed again outside.
        for (id, value) in self.layers.pop().unwrap_or_default() {
            if self.values[value.0].guarded < depth {
                self.keep(id, value);
            }
        }
        operand
    }

    /// `a AND b` of two masks that are never NULL, or where NULL is as good as false.
    fn both(&mut self, a: ValueId, b: ValueId) -> ValueId {
        let nullable = self.values[a.0].nullable || self.values[b.0].nullable;
        let dst = self.register(DataType::Boolean, nullable);
        self.push(Op::And, Kind::Bool, Some(dst), Arg::Value(a), Arg::Value(b));
        dst
    }

    /// A mask made of one value: IS NULL, NOT.
    pub(super) fn mask(&mut self, op: Op, a: ValueId) -> ValueId {
        let nullable = op == Op::Not && self.values[a.0].nullable;
        let dst = self.register(DataType::Boolean, nullable);
        self.push(op, self.kind_of(a), Some(dst), Arg::Value(a), Arg::None);
        dst
    }

    /// The mask with its NULLs made `true` or `false`.
    fn decided(&mut self, a: ValueId, null: bool) -> ValueId {
        if !self.values[a.0].nullable {
            return a;
        }
        let dst = self.register(DataType::Boolean, false);
        let null = self.literal(if null { &Literal::TRUE } else { &Literal::FALSE });
        self.push(Op::Coalesce, Kind::Bool, Some(dst), Arg::Value(a), null);
        dst
    }

    /// AND and OR: the right side counts failed rows only where the left does not decide.
    pub(super) fn connective(&mut self, id: NodeId, op: Op, a: NodeId, b: NodeId) -> ValueId {
        let left = self.value(a);
        let right = self.guarded(b, |e| {
            if op == Op::And {
                return e.decided(left, true);
            }
            let is_true = e.decided(left, false);
            e.mask(Op::Not, is_true)
        });
        let right = match right {
            Arg::Value(value) => value,
            _ => self.value(b),
        };
        let dst = self.fresh(id);
        self.push(op, Kind::Bool, Some(dst), Arg::Value(left), Arg::Value(right));
        dst
    }

    /// CASE: starts with the ELSE value, then blends in the branches from the last to the first,
    /// so that the first whose condition is true stays.
    pub(super) fn case(
        &mut self,
        id: NodeId,
        branches: &[(NodeId, NodeId)],
        otherwise: NodeId,
    ) -> ValueId {
        let kind = self.tree.data_type(id).kind();
        let conditions = self.conditions(branches, otherwise);
        let rest = conditions.as_ref().and_then(|c| c.last().and_then(|&(_, _, rest)| rest));
        let start = match rest {
            Some(rest) => self.guarded(otherwise, |_| rest),
            None if self.tree.is_null(otherwise) => Arg::None,
            None => self.operand(otherwise),
        };
        let dst = self.fresh(id);
        let op = match start {
            Arg::None => Op::Null,
            Arg::Constant(_) => Op::Constant,
            _ => Op::Copy,
        };
        self.push(op, kind, Some(dst), start, Arg::None);
        for (i, &(condition, value)) in branches.iter().enumerate().rev() {
            let (mask, value) = match conditions.as_ref().and_then(|c| c.get(i)) {
                Some(&(mask, taken, _)) => (mask, self.guarded(value, |_| taken)),
                None => (self.value(condition), self.operand(value)),
            };
            self.push(Op::Blend, kind, Some(dst), Arg::Value(mask), value);
        }
        dst
    }

    /// If a branch can fail: for each branch its condition, a mask of the rows that take it, and
    /// one of the rows that take neither it nor one before it (if something behind it can fail).
    fn conditions(
        &mut self,
        branches: &[(NodeId, NodeId)],
        otherwise: NodeId,
    ) -> Option<Vec<(ValueId, ValueId, Option<ValueId>)>> {
        let fails = |e: &Self, id| e.would_fail(id);
        let values = branches.iter().map(|&(_, value)| value);
        let later = branches.iter().skip(1).map(|&(condition, _)| condition);
        if !values.chain(later).chain([otherwise]).any(|id| fails(self, id)) {
            return None;
        }
        let mut masks = Vec::with_capacity(branches.len());
        let mut rest: Option<ValueId> = None;
        for (i, &(condition, value)) in branches.iter().enumerate() {
            let before = rest;
            let mask = match before {
                Some(before) => match self.guarded(condition, |_| before) {
                    Arg::Value(mask) => mask,
                    _ => self.value(condition),
                },
                None => self.value(condition),
            };
            let taken = match before {
                Some(before) if self.would_fail(value) => self.both(before, mask),
                _ => mask,
            };
            let mut behind = branches.iter().skip(i + 1).flat_map(|&(c, v)| [c, v]);
            rest = if behind.any(|id| self.would_fail(id)) || self.would_fail(otherwise) {
                let not_null = self.decided(mask, false);
                let not = self.mask(Op::Not, not_null);
                Some(before.map_or(not, |before| self.both(before, not)))
            } else {
                None
            };
            masks.push((mask, taken, rest));
        }
        Some(masks)
    }
}
