//! The graph to instructions: each value is computed once in a program, and values computed before
//! a filter are gathered behind it. Registers are virtual here: see `registers.rs`.

use alloc::collections::BTreeMap;
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
    pub(super) guarded: usize,
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
    pub(super) tree: &'t Tree,
    pub(super) steps: Vec<Step>,
    pub(super) values: Vec<Value>,
    /// Constants: what they are, and whether they are texts is in the literal.
    pub(super) literals: Vec<Literal>,
    pub(super) calls: Vec<CallStep>,
    pub(super) program: usize,
    /// Values of the rows at hand: a layer for the program and one for each guard in it.
    pub(super) layers: Vec<BTreeMap<NodeId, ValueId>>,
    /// Values of the rows before they were thinned out.
    pub(super) earlier: BTreeMap<NodeId, ValueId>,
    thinned: bool,
    /// Whether columns can be loaded.
    scans: bool,
    /// The masks of the guards that are open.
    pub(super) guards: Vec<ValueId>,
    /// The guard that the machine has.
    pub(super) active: Option<ValueId>,
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
            thinned: false,
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
        if !core::mem::replace(&mut self.thinned, true) {
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
        self.thinned = false;
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
    pub(super) fn fresh(&mut self, id: NodeId) -> ValueId {
        let node = self.tree.node(id);
        self.register(node.data_type, node.nullable)
    }

    pub(super) fn register(&mut self, data_type: DataType, nullable: bool) -> ValueId {
        self.values.push(Value { data_type, nullable, guarded: 0 });
        ValueId(self.values.len() - 1)
    }

    pub(super) fn keep(&mut self, id: NodeId, value: ValueId) {
        if let Some(layer) = self.layers.last_mut() {
            layer.insert(id, value);
        }
    }

    pub(super) fn find(&self, id: NodeId) -> Option<ValueId> {
        self.layers.iter().rev().find_map(|layer| layer.get(&id).copied())
    }

    pub(super) fn literal(&mut self, literal: &Literal) -> Arg {
        let found = self.literals.iter().position(|l| l == literal);
        Arg::Constant(found.unwrap_or_else(|| {
            self.literals.push(literal.clone());
            self.literals.len() - 1
        }))
    }

    pub(super) fn kind_of(&self, value: ValueId) -> Kind {
        self.values[value.0].data_type.kind()
    }

    /// Appends an instruction.
    pub(super) fn push(&mut self, op: Op, kind: Kind, dst: Option<ValueId>, a: Arg, b: Arg) {
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
            Expr::Null | Expr::Result(_) | Expr::Aggregate(_) | Expr::Window(_) => {
                let dst = self.fresh(id);
                self.push(Op::Null, kind, Some(dst), Arg::None, Arg::None);
                dst
            }
        };
        self.keep(id, dst);
        dst
    }

    /// A node's value as a second operand: a constant as it is, else its register.
    pub(super) fn operand(&mut self, id: NodeId) -> Arg {
        match self.tree.constant(id) {
            Some(literal) => self.literal(literal),
            None => Arg::Value(self.value(id)),
        }
    }
}
