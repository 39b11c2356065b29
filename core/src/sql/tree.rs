//! Expressions as a typed graph in which every value stands once: equal expressions are the same
//! node, so common subexpressions are shared by construction. Constants are folded as nodes are
//! made, and what can be decided without a row is decided here.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::hash::{Hash, Hasher};

use super::fold;
use super::literal::Literal;
use crate::function::{FunctionId, Functions};
use crate::plan::op::{ColumnId, Op};
use crate::types::DataType;

/// Deepest expression: a bound on the recursion over the graph.
const MAX_DEPTH: u16 = 200;
/// Most nodes of a query.
const MAX_NODES: usize = 20_000;

/// A node of the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct NodeId(u32);

/// What of a window is a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Edge {
    Start,
    End,
    /// The last microsecond in it.
    Last,
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
    /// An aggregate of the query that is bound, before its groups are known.
    Aggregate(u16),
    /// A column of the windows of the query that is bound, before its groups are known.
    Window(Edge),
    /// A value of the groups that leave an aggregate: a key, an end of a window, an aggregate.
    Result(u16),
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
    /// How many expressions deep it is that not every row computes what is made.
    pub(super) lenient: usize,
    nodes: Vec<Node>,
    index: BTreeMap<u64, Vec<NodeId>>,
    /// Where the nodes of the query that is bound start.
    query: usize,
    /// How many results of groups there are.
    results: u16,
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

pub(super) type Made = Result<NodeId, Refused>;

impl Tree {
    /// A graph without nodes, over these functions.
    pub(super) fn new(functions: Functions<'static>) -> Self {
        let index = BTreeMap::new();
        Self { functions, lenient: 0, nodes: Vec::new(), index, query: 0, results: 0 }
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
    pub(super) fn add(
        &mut self,
        expr: Expr,
        data_type: DataType,
        nullable: bool,
        fails: bool,
    ) -> Made {
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
    pub(super) fn folded(
        &mut self,
        expr: Expr,
        data_type: DataType,
        nullable: bool,
        fails: bool,
    ) -> Made {
        let id = self.add(expr, data_type, nullable, fails)?;
        let is_constant = |id| self.constant(id).is_some() || self.is_null(id);
        if !self.inputs(id).into_iter().all(is_constant) {
            return Ok(id);
        }
        match fold::evaluate(self, id) {
            Ok(Some(literal)) => self.literal(literal, data_type),
            Ok(None) => self.null(data_type),
            // Perhaps no row gets there; one that does fails then.
            Err(fold::Failure::Row(_)) if self.lenient > 0 => Ok(id),
            Err(failure) => Err(Refused::Constant(failure)),
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

    /// What stands for a value of groups that are not known yet.
    pub(super) fn result(&mut self, expr: Expr, data_type: DataType, nullable: bool) -> Made {
        self.add(expr, data_type, nullable, false)
    }

    /// A new value of groups, of the type of this node.
    pub(super) fn result_of(&mut self, id: NodeId, nullable: bool) -> Made {
        let index = self.results;
        self.results = index.checked_add(1).ok_or(Refused::TooMany)?;
        self.add(Expr::Result(index), self.data_type(id), nullable, false)
    }

    /// Another query is bound: its aggregates are others.
    pub(super) fn start_query(&mut self) {
        self.query = self.nodes.len();
        let nodes = &self.nodes;
        for ids in self.index.values_mut() {
            let is_other = |id: &NodeId| {
                let node = nodes.get(id.0 as usize);
                node.is_none_or(|n| !matches!(n.expr, Expr::Aggregate(_)))
            };
            ids.retain(is_other);
        }
    }

    /// The node of an aggregate of the query that is bound.
    pub(super) fn aggregate(&self, index: u16) -> Option<NodeId> {
        let mut nodes = self.nodes.iter().skip(self.query);
        let at = nodes.position(|n| n.expr == Expr::Aggregate(index))?;
        u32::try_from(self.query + at).ok().map(NodeId)
    }

    /// Whether a node is computed from another one for which this holds.
    pub(super) fn any(&self, id: NodeId, holds: &impl Fn(&Expr) -> bool) -> bool {
        let mut seen = BTreeSet::new();
        let mut left = Vec::from([id]);
        while let Some(id) = left.pop() {
            if holds(&self.node(id).expr) {
                return true;
            }
            left.extend(self.inputs(id).into_iter().filter(|&input| seen.insert(input)));
        }
        false
    }
}
