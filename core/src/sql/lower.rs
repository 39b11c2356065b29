//! A bound query to operators: scan; filters, windows and aggregates; project, sort, emit.

use alloc::string::String;
use alloc::vec::Vec;

use super::StreamDefinition;
use super::assemble::{Around, Folded, OwnedPlan, TooLarge, Work, assemble};
use super::emit::{Emitter, ValueId};
use super::literal::Literal;
use super::registers::Outside;
use super::tree::{Expr, NodeId, Tree};
use crate::plan::{AggregateFunction, EmitMode, OnError, OnFull, TimeSource};
use crate::schema::{Field, Text};
use crate::types::DataType;

/// A query whose names and types are known.
#[derive(Debug)]
pub(super) struct BoundQuery<'s> {
    pub(super) stream: &'s StreamDefinition,
    pub(super) sink: String,
    pub(super) limits: Limits,
    /// What happens to the rows of the stream, in this order.
    pub(super) stages: Vec<Stage>,
    /// Names of the result's columns, and what they hold.
    pub(super) columns: Vec<(String, NodeId)>,
    pub(super) order: Option<Order>,
}

/// What EMIT and SETTINGS say.
#[derive(Clone, Debug)]
pub(super) struct Limits {
    pub(super) batch_rows: u16,
    pub(super) on_error: OnError,
    pub(super) on_full: OnFull,
    pub(super) emit: EmitMode,
    pub(super) retract: bool,
    /// Microseconds, of windows over the stream's event time.
    pub(super) lateness: i64,
    pub(super) max_ahead: i64,
    pub(super) idle_timeout: i64,
    /// The output of late records.
    pub(super) late: Option<String>,
}

/// A step from the rows of a stream to those of the result. What stands behind a group is in terms
/// of its [`Expr::Result`]s.
#[derive(Clone, Debug)]
pub(super) enum Stage {
    Filter(NodeId),
    Window(TimeSource, Shape),
    Group(Grouping),
}

/// Which rows make a window; see [`WindowShape`](crate::plan::WindowShape).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Slide { pane: i64, offset: i64, size: u16, every: u16 },
    Cumulate { pane: i64, offset: i64, steps: u16 },
    Session { gap: i64 },
    State { begin: NodeId, end: NodeId },
}

impl Shape {
    /// Whether each group has windows of its own.
    pub(super) const fn is_of_group(&self) -> bool {
        matches!(self, Self::Session { .. } | Self::State { .. })
    }
}

/// Groups and aggregates.
#[derive(Clone, Debug)]
pub(super) struct Grouping {
    pub(super) keys: Vec<NodeId>,
    pub(super) aggregates: Vec<Call>,
    /// The nodes of the groups' results: keys, both ends of the window if there is one, and
    /// aggregates.
    pub(super) key_results: Vec<NodeId>,
    pub(super) window_results: Vec<NodeId>,
    pub(super) results: Vec<NodeId>,
    /// Groups that can be there at once.
    pub(super) groups: u32,
}

/// ORDER BY and LIMIT.
#[derive(Clone, Debug)]
pub(super) struct Order {
    /// What rows are ordered by, whether it descends, and whether NULLs come first.
    pub(super) keys: Vec<(NodeId, bool, bool)>,
    pub(super) offset: u32,
    /// `None` for all rows.
    pub(super) limit: Option<u32>,
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
    let mut lowering =
        Lowering { e: Emitter::new(tree), outside: Outside::default(), held: Vec::new() };
    let mut work = Vec::from([Work::Scan]);
    let is_group = |stage: &Stage| matches!(stage, Stage::Group(_));
    let last = query.stages.iter().rposition(is_group);
    for (i, stage) in query.stages.iter().enumerate() {
        match stage {
            Stage::Filter(predicate) => work.push(lowering.filter(*predicate)),
            Stage::Window(time, shape) => work.push(lowering.window(*time, *shape)),
            Stage::Group(grouping) => {
                let work_of = lowering.group(grouping, &query.limits, last == Some(i));
                work.push(work_of);
            }
        }
    }
    let keys = query.order.iter().flat_map(|order| &order.keys).map(|&(id, ..)| id);
    let ids = query.columns.iter().map(|&(_, id)| id);
    let (program, mut columns) = lowering.values(ids.chain(keys));
    let keys = columns.split_off(query.columns.len());
    work.push(Work::Project { program });
    if let Some(order) = &query.order {
        // All groups of a window, or those that leave.
        let groups = last.and_then(|i| match &query.stages[i] {
            Stage::Group(grouping) => Some(grouping.groups),
            _ => None,
        });
        work.push(lowering.order(order, keys, groups.unwrap_or(1)));
    }
    let mut outputs: Vec<_> = query
        .columns
        .iter()
        .map(|(name, id)| {
            let node = tree.node(*id);
            (&**name, node.data_type, node.nullable)
        })
        .collect();
    if query.limits.retract {
        // The engine writes it.
        let retraction = lowering.e.register(DataType::Boolean, false);
        lowering.outside.own.push(retraction);
        columns.insert(0, retraction);
        outputs.insert(0, (RETRACTION, DataType::Boolean, false));
    }
    work.push(Work::Emit { columns });
    let around = Around { stream: query.stream, sink: &query.sink, limits: &query.limits, outputs };
    let Lowering { e, outside, held: _ } = lowering;
    assemble(&around, &work, e, &outside)
}

/// The first column of a result with retractions.
pub(super) const RETRACTION: &str = "retraction";

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
        limits: Limits {
            batch_rows: 1,
            on_error: OnError::Null,
            on_full: OnFull::Error,
            emit: EmitMode::Final,
            retract: false,
            lateness: 0,
            max_ahead: 0,
            idle_timeout: 0,
            late: None,
        },
        stages: Vec::new(),
        columns: [(String::new(), id)].into(),
        order: None,
    };
    query(tree, &bound).ok()
}

struct Lowering<'t> {
    e: Emitter<'t>,
    outside: Outside,
    /// The conditions of a state window, until its aggregate has read them.
    held: Vec<ValueId>,
}

impl Lowering<'_> {
    fn filter(&mut self, predicate: NodeId) -> Work {
        let (program, values) = self.values([predicate].into_iter());
        self.e.thin();
        Work::Filter { program, predicate: values[0] }
    }

    fn window(&mut self, time: TimeSource, shape: Shape) -> Work {
        let conditions = match shape {
            Shape::State { begin, end } => {
                let (program, values) = self.values([begin, end].into_iter());
                self.held = values.clone();
                Some((program, values[0], values[1]))
            }
            _ => None,
        };
        self.e.thin(); // of late rows
        Work::Window { time, shape, conditions }
    }

    fn order(&mut self, order: &Order, keys: Vec<ValueId>, groups: u32) -> Work {
        let bits = |bit: fn(&(NodeId, bool, bool)) -> bool| {
            let set = (0..).zip(&order.keys).filter(|(_, key)| bit(key));
            set.fold(0u16, |bits, (i, _)| bits | 1 << i)
        };
        let held = order.limit.map(|limit| order.offset.saturating_add(limit));
        Work::Sort {
            keys,
            descending: bits(|key| key.1),
            nulls_first: bits(|key| key.2),
            offset: order.offset,
            limit: order.limit.unwrap_or(u32::MAX),
            capacity: held.map_or(groups, |held| held.min(groups)),
        }
    }

    /// A program that computes these values, for whoever reads them when it has ended.
    fn values(&mut self, ids: impl Iterator<Item = NodeId>) -> (usize, Vec<ValueId>) {
        let values: Vec<_> = ids.map(|id| self.e.value(id)).collect();
        let program = self.e.end_program();
        self.outside.read.extend(values.iter().map(|&v| (program, v)));
        (program, values)
    }

    fn group(&mut self, grouping: &Grouping, limits: &Limits, is_last: bool) -> Work {
        let read = |call: &Call| call.arguments.iter().copied().chain(call.filter).collect();
        let read = grouping.aggregates.iter().flat_map::<Vec<_>, _>(read);
        let (program, values) = self.values(grouping.keys.iter().copied().chain(read));
        // The aggregate reads what the window computed.
        self.outside.read.extend(self.held.drain(..).map(|value| (program, value)));
        let (keys, read) = values.split_at(grouping.keys.len());
        let mut read = read.iter().copied();

        let nodes = [&grouping.key_results, &grouping.window_results, &grouping.results];
        let given = self.e.group(nodes.into_iter().flatten().copied());
        self.outside.given.extend(given.iter().map(|&v| (program + 1, v)));
        let (key_results, rest) = given.split_at(grouping.key_results.len());
        let (window_results, results) = rest.split_at(grouping.window_results.len());
        Work::Aggregate {
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
            groups: grouping.groups,
            on_full: limits.on_full,
            emit: if is_last { limits.emit } else { EmitMode::Final },
            retract: is_last && limits.retract,
        }
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
            | Expr::Aggregate(_)
            | Expr::Window(_)
            | Expr::Result(_) => id,
        };
        self.known.insert(id, new);
        Ok(new)
    }
}
