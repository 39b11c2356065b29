//! The graph to instructions: each value is computed once in a program, and values computed before
//! a filter are gathered behind it. Registers are virtual here: see `registers.rs`.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use super::literal::Literal;
use super::tree::{Expr, Node, NodeId, Tree};
use crate::plan::op::{ColumnId, FunctionId, Op, cast_can_fail};
use crate::types::{DataType, Kind};

/// A virtual register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ValueId(pub(super) usize);

/// What a virtual register holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value {
    pub(super) data_type: DataType,
    pub(super) nullable: bool,
    /// How many guards deep something fallible was computed for it; 0: failures count everywhere.
    guarded: usize,
}

/// An operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arg {
    None,
    Value(ValueId),
    /// A constant, by its place among the literals.
    Constant(usize),
    /// A call, by its place among the calls.
    Call(usize),
    Column(ColumnId),
}

/// An instruction over virtual registers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) program: usize,
    pub(super) op: Op,
    pub(super) kind: Kind,
    pub(super) dst: Option<ValueId>,
    pub(super) a: Arg,
    pub(super) b: Arg,
    /// The mask under which it counts failed rows.
    pub(super) guard: Option<ValueId>,
}

/// A call over virtual registers.
#[derive(Clone, Debug)]
pub(super) struct CallStep {
    pub(super) function: FunctionId,
    /// Whether a row can fail in it.
    fails: bool,
    pub(super) arguments: Vec<(DataType, Arg)>,
}

/// Writes programs, one after another.
#[derive(Debug)]
pub(super) struct Emitter<'t> {
    tree: &'t Tree,
    pub(super) steps: Vec<Step>,
    pub(super) values: Vec<Value>,
    /// Constants: what they are, and whether they are texts is in the literal.
    pub(super) literals: Vec<Literal>,
    pub(super) calls: Vec<CallStep>,
    program: usize,
    /// Values of the rows at hand: a layer for the program and one for each guard in it.
    layers: Vec<BTreeMap<NodeId, ValueId>>,
    /// Values of the rows before they were thinned out.
    earlier: BTreeMap<NodeId, ValueId>,
    /// Whether columns can be loaded.
    scans: bool,
    /// The masks of the guards that are open.
    guards: Vec<ValueId>,
    /// The guard that the machine has.
    active: Option<ValueId>,
}

impl<'t> Emitter<'t> {
    pub(super) fn new(tree: &'t Tree) -> Self {
        Self {
            tree,
            steps: Vec::new(),
            values: Vec::new(),
            literals: Vec::new(),
            calls: Vec::new(),
            program: 0,
            layers: [BTreeMap::new()].into(),
            earlier: BTreeMap::new(),
            scans: true,
            guards: Vec::new(),
            active: None,
        }
    }

    /// Ends a program; returns its number. The next one sees the same rows.
    pub(super) fn end_program(&mut self) -> usize {
        self.active = None;
        self.program += 1;
        self.program - 1
    }

    /// An operator thins rows out: what was computed before can only be gathered.
    pub(super) fn thin(&mut self) {
        let Some(layer) = self.layers.last_mut() else { return };
        let before = core::mem::take(layer);
        // Of two times that rows are thinned out, gathering goes back before the first.
        if self.earlier.is_empty() {
            let (tree, scans) = (self.tree, self.scans);
            let worth = |id: &NodeId| match tree.node(*id).expr {
                Expr::Column(_) => !scans,
                Expr::Constant(_) | Expr::Null => false,
                _ => true,
            };
            self.earlier = before.into_iter().filter(|(id, _)| worth(id)).collect();
        }
    }

    /// An aggregate follows: rows are groups now, and these are the values that they have.
    pub(super) fn group(&mut self, results: impl Iterator<Item = NodeId>) -> Vec<ValueId> {
        self.scans = false;
        self.earlier.clear();
        self.layers = [BTreeMap::new()].into();
        results
            .map(|id| {
                let value = self.fresh(id);
                self.keep(id, value);
                value
            })
            .collect()
    }

    /// A new virtual register for a node's value.
    fn fresh(&mut self, id: NodeId) -> ValueId {
        let node = self.tree.node(id);
        self.register(node.data_type, node.nullable)
    }

    fn register(&mut self, data_type: DataType, nullable: bool) -> ValueId {
        self.values.push(Value { data_type, nullable, guarded: 0 });
        ValueId(self.values.len() - 1)
    }

    fn keep(&mut self, id: NodeId, value: ValueId) {
        if let Some(layer) = self.layers.last_mut() {
            layer.insert(id, value);
        }
    }

    fn find(&self, id: NodeId) -> Option<ValueId> {
        self.layers.iter().rev().find_map(|layer| layer.get(&id).copied())
    }

    fn literal(&mut self, literal: &Literal) -> Arg {
        let found = self.literals.iter().position(|l| l == literal);
        Arg::Constant(found.unwrap_or_else(|| {
            self.literals.push(literal.clone());
            self.literals.len() - 1
        }))
    }

    fn kind_of(&self, value: ValueId) -> Kind {
        self.values[value.0].data_type.kind()
    }

    /// Appends an instruction.
    fn push(&mut self, op: Op, kind: Kind, dst: Option<ValueId>, a: Arg, b: Arg) {
        let fails = match (op, a, dst) {
            (Op::Cast, Arg::Value(a), Some(dst)) => {
                cast_can_fail(self.values[a.0].data_type, self.values[dst.0].data_type)
            }
            (Op::Call, Arg::Call(call), _) => self.calls[call].fails,
            _ => op.can_fail(kind),
        };
        let guard = self.guards.last().copied().filter(|_| fails);
        if fails && self.active != guard {
            let (op, a) = guard.map_or((Op::Unguard, Arg::None), |g| (Op::Guard, Arg::Value(g)));
            let program = self.program;
            let kind = Kind::Bool;
            self.steps.push(Step { program, op, kind, dst: None, a, b: Arg::None, guard: None });
            self.active = guard;
        }
        if let Some(dst) = dst {
            let of = |arg| match arg {
                Arg::Value(v) => self.values[v.0].guarded,
                Arg::Call(call) => {
                    let guarded = self.calls[call].arguments.iter().map(|(_, arg)| match arg {
                        Arg::Value(v) => self.values[v.0].guarded,
                        _ => 0,
                    });
                    guarded.max().unwrap_or(0)
                }
                _ => 0,
            };
            let own = if fails { self.guards.len() } else { 0 };
            let guarded = own.max(of(a)).max(of(b)).max(of(Arg::Value(dst)));
            self.values[dst.0].guarded = guarded;
        }
        self.steps.push(Step { program: self.program, op, kind, dst, a, b, guard });
    }

    /// The register of a node's value; it is computed if it is not there yet.
    pub(super) fn value(&mut self, id: NodeId) -> ValueId {
        if let Some(value) = self.find(id) {
            return value;
        }
        let tree = self.tree;
        let Node { data_type, .. } = *tree.node(id);
        let kind = data_type.kind();
        if let Some(&before) = self.earlier.get(&id) {
            let dst = self.fresh(id);
            self.push(Op::Gather, kind, Some(dst), Arg::Value(before), Arg::None);
            self.keep(id, dst);
            return dst;
        }
        let dst = match &tree.node(id).expr {
            Expr::Column(column) => {
                let dst = self.fresh(id);
                self.push(Op::Load, kind, Some(dst), Arg::Column(*column), Arg::None);
                dst
            }
            Expr::Constant(literal) => {
                let (dst, a) = (self.fresh(id), self.literal(literal));
                self.push(Op::Constant, kind, Some(dst), a, Arg::None);
                dst
            }
            Expr::Unary(op, a) => {
                let a = self.value(*a);
                let dst = self.fresh(id);
                self.push(*op, self.kind_of(a), Some(dst), Arg::Value(a), Arg::None);
                dst
            }
            Expr::Binary(op @ (Op::And | Op::Or), a, b) => self.connective(id, *op, *a, *b),
            Expr::Binary(Op::Coalesce, a, b) => {
                let first = self.value(*a);
                let rest = self.guarded(*b, |e| e.mask(Op::IsNull, first));
                let dst = self.fresh(id);
                self.push(Op::Coalesce, kind, Some(dst), Arg::Value(first), rest);
                dst
            }
            Expr::Binary(op, a, b) => {
                let a = self.value(*a);
                // A mask is a register.
                let b = match op {
                    Op::NullIf => Arg::Value(self.value(*b)),
                    _ => self.operand(*b),
                };
                let dst = self.fresh(id);
                self.push(*op, self.kind_of(a), Some(dst), Arg::Value(a), b);
                dst
            }
            Expr::Call { function, arguments, fails } => {
                let arguments = arguments.iter();
                let arguments = arguments.map(|&id| (tree.data_type(id), self.operand(id)));
                let arguments = arguments.collect();
                self.calls.push(CallStep { function: *function, fails: *fails, arguments });
                let call = Arg::Call(self.calls.len() - 1);
                let dst = self.fresh(id);
                self.push(Op::Call, kind, Some(dst), call, Arg::None);
                dst
            }
            Expr::Now => {
                let dst = self.fresh(id);
                self.push(Op::Now, kind, Some(dst), Arg::None, Arg::None);
                dst
            }
            Expr::WindowStart(time, size) => {
                let time = self.value(*time);
                let (dst, b) = (self.fresh(id), self.literal(&Literal::Bits(size.cast_unsigned())));
                self.push(Op::WindowStart, kind, Some(dst), Arg::Value(time), b);
                dst
            }
            Expr::Case { branches, otherwise } => self.case(id, branches, *otherwise),
            // A group's result that is not there can't be asked for.
            Expr::Null | Expr::Key(_) | Expr::Aggregate(_) | Expr::Window(_) => {
                let dst = self.fresh(id);
                self.push(Op::Null, kind, Some(dst), Arg::None, Arg::None);
                dst
            }
        };
        self.keep(id, dst);
        dst
    }

    /// A node's value as a second operand: a constant as it is, else its register.
    fn operand(&mut self, id: NodeId) -> Arg {
        match self.tree.constant(id) {
            Some(literal) => self.literal(literal),
            None => Arg::Value(self.value(id)),
        }
    }

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
    fn guarded(&mut self, id: NodeId, mask: impl FnOnce(&mut Self) -> ValueId) -> Arg {
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
    fn mask(&mut self, op: Op, a: ValueId) -> ValueId {
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
    fn connective(&mut self, id: NodeId, op: Op, a: NodeId, b: NodeId) -> ValueId {
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
    fn case(&mut self, id: NodeId, branches: &[(NodeId, NodeId)], otherwise: NodeId) -> ValueId {
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
