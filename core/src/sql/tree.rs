//! Expressions as a typed graph in which every value stands once: equal expressions are the same
//! node, so common subexpressions are shared by construction. Constants are folded as nodes are
//! made, and what can be decided without a row is decided here.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::hash::{Hash, Hasher};

use super::fold;
use super::literal::Literal;
use crate::function::{Function, FunctionId, Functions, Nulls, Shape};
use crate::plan::op::{ColumnId, Op, cast_can_fail};
use crate::types::DataType;

/// Deepest expression: a bound on the recursion over the graph.
const MAX_DEPTH: u16 = 200;
/// Most nodes of a query.
const MAX_NODES: usize = 20_000;

/// A node of the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct NodeId(u32);

/// An end of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Edge {
    Start,
    End,
}

/// What a node computes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Expr {
    /// A column of the stream.
    Column(ColumnId),
    /// The same value in every row.
    Constant(Literal),
    /// NULL in every row.
    Null,
    /// NEG, ABS, NOT, IS NULL, IS NOT NULL, and CAST and TRY_CAST to the node's type.
    Unary(Op, NodeId),
    /// Arithmetic, comparisons, AND, OR, COALESCE, and NULLIF (a value, and where it is NULL).
    Binary(Op, NodeId, NodeId),
    /// A call of a function, and whether a row can fail in it.
    Call { function: FunctionId, arguments: Box<[NodeId]>, fails: bool },
    /// The query's clock.
    Now,
    /// Start of the window of so many microseconds that holds a timestamp.
    WindowStart(NodeId, i64),
    /// The value of the first branch whose condition is true.
    Case { branches: Box<[(NodeId, NodeId)]>, otherwise: NodeId },
    /// A group's key.
    Key(u16),
    /// A group's aggregate.
    Aggregate(u16),
    /// An end of a group's window.
    Window(Edge),
}

/// A node: an expression and what is known of its value.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) expr: Expr,
    pub(super) data_type: DataType,
    pub(super) nullable: bool,
    /// Whether a row can fail here or in what it is computed from.
    pub(super) fallible: bool,
    depth: u16,
}

/// Why a node can't be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    TooDeep,
    TooMany,
    /// A constant expression has no value.
    Constant(fold::Failure),
}

/// The graph.
#[derive(Debug)]
pub(super) struct Tree {
    functions: Functions<'static>,
    nodes: Vec<Node>,
    index: BTreeMap<u64, Vec<NodeId>>,
}

/// FNV-1a: spreads what an index of a few thousand nodes needs.
struct Fnv(u64);

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

type Made = Result<NodeId, Refused>;

impl Tree {
    /// A graph without nodes, over these functions.
    pub(super) fn new(functions: Functions<'static>) -> Self {
        Self { functions, nodes: Vec::new(), index: BTreeMap::new() }
    }

    /// What can be called.
    pub(super) const fn functions(&self) -> Functions<'static> {
        self.functions
    }

    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    pub(super) fn data_type(&self, id: NodeId) -> DataType {
        self.node(id).data_type
    }

    /// The constant that a node is, if it is one.
    pub(super) fn constant(&self, id: NodeId) -> Option<&Literal> {
        match &self.node(id).expr {
            Expr::Constant(literal) => Some(literal),
            _ => None,
        }
    }

    pub(super) fn is_null(&self, id: NodeId) -> bool {
        self.node(id).expr == Expr::Null
    }

    /// What the node is computed from.
    pub(super) fn inputs(&self, id: NodeId) -> Vec<NodeId> {
        match &self.node(id).expr {
            Expr::Unary(_, a) | Expr::WindowStart(a, _) => [*a].into(),
            Expr::Binary(_, a, b) => [*a, *b].into(),
            Expr::Call { arguments, .. } => arguments.to_vec(),
            Expr::Case { branches, otherwise } => {
                branches.iter().flat_map(|&(c, v)| [c, v]).chain([*otherwise]).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The node of an expression; it is made if there is none yet.
    fn add(&mut self, expr: Expr, data_type: DataType, nullable: bool, fails: bool) -> Made {
        let mut hasher = Fnv(0xcbf2_9ce4_8422_2325);
        (&expr, data_type).hash(&mut hasher);
        let hash = hasher.finish();
        let same = |id: &&NodeId| {
            let node = self.node(**id);
            node.expr == expr && node.data_type == data_type && node.nullable == nullable
        };
        if let Some(id) = self.index.get(&hash).and_then(|ids| ids.iter().find(same)) {
            return Ok(*id);
        }
        if self.nodes.len() >= MAX_NODES {
            return Err(Refused::TooMany);
        }
        let id = NodeId(u32::try_from(self.nodes.len()).map_err(|_| Refused::TooMany)?);
        self.nodes.push(Node { expr, data_type, nullable, fallible: fails, depth: 0 });
        for input in self.inputs(id) {
            let (depth, fallible) = (self.node(input).depth + 1, self.node(input).fallible);
            let node = &mut self.nodes[id.0 as usize];
            node.depth = node.depth.max(depth);
            node.fallible |= fallible;
        }
        if self.node(id).depth > MAX_DEPTH {
            self.nodes.pop();
            return Err(Refused::TooDeep);
        }
        self.index.entry(hash).or_default().push(id);
        Ok(id)
    }

    /// The same, and its value instead if its inputs are constants.
    fn folded(&mut self, expr: Expr, data_type: DataType, nullable: bool, fails: bool) -> Made {
        let id = self.add(expr, data_type, nullable, fails)?;
        let is_constant = |id| self.constant(id).is_some() || self.is_null(id);
        if !self.inputs(id).into_iter().all(is_constant) {
            return Ok(id);
        }
        match fold::evaluate(self, id).map_err(Refused::Constant)? {
            Some(literal) => self.literal(literal, data_type),
            None => self.null(data_type),
        }
    }

    pub(super) fn column(&mut self, column: ColumnId, data_type: DataType, nullable: bool) -> Made {
        self.add(Expr::Column(column), data_type, nullable, false)
    }

    pub(super) fn literal(&mut self, literal: Literal, data_type: DataType) -> Made {
        self.add(Expr::Constant(literal), data_type, false, false)
    }

    pub(super) fn boolean(&mut self, value: bool) -> Made {
        let literal = if value { Literal::TRUE } else { Literal::FALSE };
        self.literal(literal, DataType::Boolean)
    }

    pub(super) fn null(&mut self, data_type: DataType) -> Made {
        self.add(Expr::Null, data_type, true, false)
    }

    /// A value of the groups that leave an aggregate.
    pub(super) fn result(&mut self, expr: Expr, data_type: DataType, nullable: bool) -> Made {
        self.add(expr, data_type, nullable, false)
    }

    /// The node of an aggregate's result.
    pub(super) fn aggregate(&self, index: u16) -> Option<NodeId> {
        let at = self.nodes.iter().position(|n| n.expr == Expr::Aggregate(index))?;
        u32::try_from(at).ok().map(NodeId)
    }

    /// `-a`, `ABS(a)`.
    pub(super) fn sign(&mut self, op: Op, a: NodeId) -> Made {
        let Node { data_type, nullable, .. } = *self.node(a);
        if self.is_null(a) || (op == Op::Abs && data_type.is_unsigned()) {
            return Ok(a);
        }
        let fails = op.can_fail(data_type.kind());
        self.folded(Expr::Unary(op, a), data_type, nullable || fails, fails)
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
        if signature.nulls == Nulls::Strict && arguments.iter().any(|&id| self.is_null(id)) {
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
            _ => None,
        };
        Shape { data_type, value }
    }

    /// The query's clock.
    pub(super) fn now(&mut self) -> Made {
        self.add(Expr::Now, DataType::Timestamp, true, false)
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
            _ => self.sign(op, a),
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
