//! A bound query to operators: scan, filter, tumble, aggregate, filter, project, emit.

use alloc::string::String;
use alloc::vec::Vec;

use super::StreamDefinition;
use super::assemble::{Folded, OwnedPlan, Shape, TooLarge, Work, assemble};
use super::emit::{Emitter, ValueId};
use super::literal::Literal;
use super::registers::Outside;
use super::tree::{Edge, Expr, NodeId, Tree};
use crate::plan::{AggregateFunction, OnError, OnFull};
use crate::schema::{Field, Text};
use crate::types::DataType;

/// A query whose names and types are known.
#[derive(Debug)]
pub(super) struct BoundQuery<'s> {
    pub(super) stream: &'s StreamDefinition,
    pub(super) sink: String,
    pub(super) batch_rows: u16,
    pub(super) on_error: OnError,
    pub(super) filter: Option<NodeId>,
    pub(super) grouping: Option<Grouping>,
    /// Names of the result's columns, and what they hold.
    pub(super) columns: Vec<(String, NodeId)>,
}

/// Groups and aggregates. What stands behind them is in terms of [`Expr::Key`],
/// [`Expr::Aggregate`] and [`Expr::Window`].
#[derive(Debug)]
pub(super) struct Grouping {
    /// Microseconds of a tumbling window, if groups are per window.
    pub(super) window: Option<i64>,
    pub(super) keys: Vec<NodeId>,
    pub(super) aggregates: Vec<Call>,
    /// The nodes of the groups' results: keys, both ends of the window if there is one, and
    /// aggregates.
    pub(super) key_results: Vec<NodeId>,
    pub(super) window_results: Vec<NodeId>,
    pub(super) results: Vec<NodeId>,
    pub(super) max_groups: u32,
    pub(super) on_full: OnFull,
    pub(super) having: Option<NodeId>,
}

/// An aggregate: a function and what it folds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) function: AggregateFunction,
    pub(super) distinct: bool,
    pub(super) filter: Option<NodeId>,
    /// The event time last, if the function uses it.
    pub(super) arguments: Vec<NodeId>,
    pub(super) parameters: Vec<Literal>,
    pub(super) capacity: u16,
}

/// Makes the plan of a query.
pub(super) fn query(tree: &Tree, query: &BoundQuery<'_>) -> Result<OwnedPlan, TooLarge> {
    let mut lowering = Lowering { e: Emitter::new(tree), outside: Outside::default() };
    let mut work = Vec::from([Work::Scan]);
    if let Some(predicate) = query.filter {
        work.push(lowering.filter(predicate));
    }
    if let Some(grouping) = &query.grouping {
        lowering.group(grouping, &mut work);
        if let Some(predicate) = grouping.having {
            work.push(lowering.filter(predicate));
        }
    }
    let (project, columns) = lowering.values(query.columns.iter().map(|&(_, id)| id));
    work.push(Work::Project { program: project });
    work.push(Work::Emit { columns });
    let outputs = query.columns.iter().map(|(name, id)| {
        let node = tree.node(*id);
        (&**name, node.data_type, node.nullable)
    });
    let shape = Shape {
        stream: query.stream,
        sink: &query.sink,
        batch_rows: query.batch_rows,
        on_error: query.on_error,
        outputs: outputs.collect(),
    };
    let Lowering { e, outside } = lowering;
    assemble(&shape, &work, e, &outside)
}

/// Makes a plan that computes one constant expression, over a stream of one BOOLEAN.
pub(super) fn constant(tree: &Tree, id: NodeId) -> Option<OwnedPlan> {
    let name = Text { offset: 0, len: 0 };
    let field = Field { name, data_type: DataType::Boolean, nullable: false, offset: 0 };
    let stream = StreamDefinition {
        name: String::new(),
        fields: [field].into(),
        texts: String::new(),
        time: None,
        with: Vec::new(),
    };
    let bound = BoundQuery {
        stream: &stream,
        sink: String::new(),
        batch_rows: 1,
        on_error: OnError::Null,
        filter: None,
        grouping: None,
        columns: [(String::new(), id)].into(),
    };
    query(tree, &bound).ok()
}

struct Lowering<'t> {
    e: Emitter<'t>,
    outside: Outside,
}

impl Lowering<'_> {
    fn filter(&mut self, predicate: NodeId) -> Work {
        let (program, values) = self.values([predicate].into_iter());
        self.e.thin();
        Work::Filter { program, predicate: values[0] }
    }

    /// A program that computes these values, for whoever reads them when it has ended.
    fn values(&mut self, ids: impl Iterator<Item = NodeId>) -> (usize, Vec<ValueId>) {
        let values: Vec<_> = ids.map(|id| self.e.value(id)).collect();
        let program = self.e.end_program();
        self.outside.read.extend(values.iter().map(|&v| (program, v)));
        (program, values)
    }

    fn group(&mut self, grouping: &Grouping, work: &mut Vec<Work>) {
        if let Some(size) = grouping.window {
            work.push(Work::Tumble { size });
            self.e.thin();
        }
        let read = |call: &Call| call.arguments.iter().copied().chain(call.filter).collect();
        let read = grouping.aggregates.iter().flat_map::<Vec<_>, _>(read);
        let (program, values) = self.values(grouping.keys.iter().copied().chain(read));
        let (keys, read) = values.split_at(grouping.keys.len());
        let mut read = read.iter().copied();

        let nodes = [&grouping.key_results, &grouping.window_results, &grouping.results];
        let given = self.e.group(nodes.into_iter().flatten().copied());
        self.outside.given.extend(given.iter().map(|&v| (program + 1, v)));
        let (key_results, rest) = given.split_at(grouping.key_results.len());
        let (window_results, results) = rest.split_at(grouping.window_results.len());
        work.push(Work::Aggregate {
            program,
            keys: keys.into(),
            key_results: key_results.into(),
            window_results: window_results.into(),
            aggregates: grouping
                .aggregates
                .iter()
                .zip(results)
                .map(|(call, &result)| Folded {
                    call: call.clone(),
                    arguments: read.by_ref().take(call.arguments.len()).collect(),
                    filter: call.filter.and_then(|_| read.next()),
                    result,
                })
                .collect(),
            groups: if keys.is_empty() { 1 } else { grouping.max_groups },
            on_full: grouping.on_full,
        });
    }
}

/// Puts groups' results in the place of what they are: the same expression behind the aggregate.
pub(super) struct Rewrite<'t> {
    pub(super) tree: &'t mut Tree,
    /// Nodes before the aggregate, and what they are behind it.
    pub(super) known: alloc::collections::BTreeMap<NodeId, NodeId>,
}

impl Rewrite<'_> {
    pub(super) fn node(&mut self, id: NodeId) -> Result<NodeId, super::tree::Refused> {
        if let Some(&known) = self.known.get(&id) {
            return Ok(known);
        }
        let data_type = self.tree.data_type(id);
        let expr = self.tree.node(id).expr.clone();
        let new = match expr {
            Expr::Unary(op, a) => {
                let a = self.node(a)?;
                self.tree.unary(op, a, data_type)?
            }
            Expr::Binary(op, a, b) => {
                let (a, b) = (self.node(a)?, self.node(b)?);
                self.tree.binary(op, a, b, data_type)?
            }
            Expr::Call { function, arguments, .. } => {
                let mut new = Vec::with_capacity(arguments.len());
                for &argument in &arguments {
                    new.push(self.node(argument)?);
                }
                match self.tree.functions().find(function) {
                    Some(function) => self.tree.call(function, &new)?,
                    None => id,
                }
            }
            Expr::WindowStart(time, size) => {
                let time = self.node(time)?;
                self.tree.window_start(time, size)?
            }
            Expr::Case { branches, otherwise } => {
                let mut new = Vec::with_capacity(branches.len());
                for &(condition, value) in &branches {
                    new.push((self.node(condition)?, self.node(value)?));
                }
                let otherwise = self.node(otherwise)?;
                self.tree.case(&new, otherwise, data_type)?
            }
            Expr::Column(_)
            | Expr::Constant(_)
            | Expr::Null
            | Expr::Now
            | Expr::Key(_)
            | Expr::Aggregate(_)
            | Expr::Window(Edge::Start | Edge::End) => id,
        };
        self.known.insert(id, new);
        Ok(new)
    }
}
