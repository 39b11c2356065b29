//! GROUP BY and SELECT DISTINCT: keys, windows, and what stands behind the groups.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::vec::Vec;

use sqlparser::ast;

use super::super::bind::{Binder, Bound, Clause};
use super::super::error::CompileErrorKind as Kind;
use super::super::literal::Literal;
use super::super::lower::{Grouping, Rewrite, Shape, Stage};
use super::super::relation::{Place, Time, Windows};
use super::super::source::Extent;
use super::super::tree::{Edge, Expr, NodeId, Refused, Tree};
use super::order::Ordering;
use super::window::{Call, Function};
use super::{Column, Query, Result, shape};
use crate::plan::layout::MAX_STAGES;
use crate::plan::op::Op;
use crate::plan::{TimeSource, WindowTime};
use crate::types::DataType;

fn unnested(mut expr: &ast::Expr) -> &ast::Expr {
    while let ast::Expr::Nested(inner) = expr {
        expr = inner;
    }
    expr
}

/// The window function that an expression calls.
fn window_call(expr: &ast::Expr) -> Option<(&'static Function, &ast::Function)> {
    let ast::Expr::Function(call) = unnested(expr) else { return None };
    let [ast::ObjectNamePart::Identifier(name)] = &*call.name.0 else { return None };
    Function::find(&name.value).map(|function| (function, call))
}

impl<'a> Binder<'a> {
    /// The tokens of a call.
    fn call_extent(&self, call: &ast::Function, or: Extent) -> Extent {
        let name = match &*call.name.0 {
            [ast::ObjectNamePart::Identifier(name)] => self.source.extent(name.span, or),
            _ => or,
        };
        self.through_parenthesis(name)
    }

    /// `TUMBLE_START(ts, size)` and the like: columns of the windows of GROUP BY.
    pub(in super::super) fn window_edge(
        &mut self,
        call: &'a ast::Function,
        or: Extent,
    ) -> Result<Option<Bound>> {
        let [ast::ObjectNamePart::Identifier(name)] = &*call.name.0 else { return Ok(None) };
        let upper = name.value.to_ascii_uppercase();
        let Some((function, edge)) = upper.rsplit_once('_') else { return Ok(None) };
        let edge = match edge {
            "START" => Edge::Start,
            "END" => Edge::End,
            _ => return Ok(None),
        };
        let function = Function::find(function).filter(|f| f.in_groups().is_some());
        let Some(function) = function else { return Ok(None) };
        let extent = self.call_extent(call, or);
        let usage = function.in_groups().unwrap_or_default();
        let Some(windows) = self.from.windows.clone() else {
            let message = format!("{upper} without windows of {}", function.name);
            return Err(self.error(extent, Kind::Grouping, message, usage));
        };
        let call = Call::in_expression(self.source, function, call, extent)?;
        let own = shape::bind(self, &call)?;
        if (own.time, own.shape) != (windows.time, windows.shape) {
            let message = format!("{upper} is of other windows than those of the query");
            let help = "give it the arguments of the window, or write window_start, window_end";
            return Err(self.error(extent, Kind::Grouping, message, help));
        }
        self.column(Place::Window(edge), extent).map(Some)
    }
}

impl<'a> Query<'a> {
    /// `GROUP BY TUMBLE(ts, size)`: windows as if they stood in FROM.
    pub(super) fn group_window(&mut self) -> Result<()> {
        for expr in self.parts.group_by {
            let Some((function, call)) = window_call(expr) else { continue };
            let b = &mut self.binder;
            let extent = b.call_extent(call, b.source.find(self.parts.extent, &["GROUP", "BY"]));
            if function.in_groups().is_none() {
                let what = format!("{} in GROUP BY", function.name);
                return Err(b.source.unsupported(extent, what, function.usage));
            }
            if b.from.windows.is_some() {
                let message = "the query has two windows";
                let help = "write one: in FROM and then GROUP BY window_start, or in GROUP BY";
                return Err(b.error(extent, Kind::Ambiguous, message, help));
            }
            let call = Call::in_expression(b.source, function, call, extent)?;
            b.from.windows = Some(shape::bind(b, &call)?);
        }
        Ok(())
    }

    /// GROUP BY: expressions, places in the SELECT list, or names given there.
    pub(super) fn group_by(&mut self) -> Result<()> {
        let b = &mut self.binder;
        b.clause = Clause::GroupBy;
        b.visible = b.aliases.len();
        let or = b.source.find(self.parts.extent, &["GROUP", "BY"]);
        let mut edges: Option<Extent> = None;
        let mut of_window = Vec::new();
        for expr in self.parts.group_by {
            if window_call(expr).is_some() {
                if let Some(windows) = &self.binder.from.windows {
                    of_window.extend(windows.edges());
                    edges = Some(windows.extent);
                }
                continue;
            }
            let bound = self.group_key(expr, or)?;
            let b = &mut self.binder;
            let node = b.settle(&bound)?;
            let edge = b.from.windows.as_ref().and_then(|w| w.edge(node));
            if edge.is_some() {
                edges = edges.or(Some(bound.extent));
                of_window.push(node);
            } else if b.tree.any(node, &|expr| matches!(expr, Expr::Window(_))) {
                let message = "an expression of the ends of a window in GROUP BY";
                let help = "group by window_start or window_end itself";
                return Err(b.source.unsupported(bound.extent, message, help));
            } else if !b.keys.contains(&node) {
                b.keys.push(node);
            }
        }
        if let Some(extent) = edges {
            self.by_window(&of_window, extent)?;
        }
        Ok(())
    }

    /// Groups are of windows: some of the columns of the window are among the keys.
    fn by_window(&mut self, edges: &[NodeId], extent: Extent) -> Result<()> {
        let b = &mut self.binder;
        let Some(windows) = &b.from.windows else { return Ok(()) };
        let only_start = edges.iter().all(|&node| node == windows.start);
        if only_start && matches!(windows.shape, Shape::Cumulate { .. }) {
            let message = "window_start does not tell the windows of CUMULATE apart";
            let help = "several of them start together: group by window_end too, or by it alone";
            return Err(b.error(extent, Kind::Grouping, message, help));
        }
        b.keys.extend(windows.edges());
        Ok(())
    }

    fn group_key(&mut self, expr: &'a ast::Expr, or: Extent) -> Result<Bound> {
        let b = &mut self.binder;
        match unnested(expr) {
            ast::Expr::Value(ast::ValueWithSpan {
                value: ast::Value::Number(digits, false),
                span,
            }) if digits.bytes().all(|d| d.is_ascii_digit()) => {
                let extent = b.source.extent(*span, or);
                let place = digits.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
                Self::item(b, self.parts.items, place, extent)
            }
            ast::Expr::Tuple(list) if list.is_empty() => {
                let help = "leave GROUP BY out to aggregate over everything";
                Err(b.source.unsupported(or, "GROUP BY ()", help))
            }
            _ => b.bind(expr, or),
        }
    }

    /// `GROUP BY 2`: the second of the SELECT list.
    fn item(
        b: &mut Binder<'a>,
        items: &'a [ast::SelectItem],
        place: Option<usize>,
        extent: Extent,
    ) -> Result<Bound> {
        let expr = match place.and_then(|p| items.get(p)) {
            Some(
                ast::SelectItem::UnnamedExpr(expr)
                | ast::SelectItem::ExprWithAlias { expr, alias: _ },
            ) => expr,
            Some(_) => {
                let help = "name what to group by";
                return Err(b.source.unsupported(extent, "GROUP BY the place of a *", help));
            }
            None => {
                let message = format!(
                    "there is no such column of the SELECT list: it has {} of them",
                    items.len()
                );
                return Err(b.error(extent, Kind::Unknown, message, "places count from 1"));
            }
        };
        b.bind(expr, extent)
    }

    /// SELECT DISTINCT: the columns are the keys.
    pub(super) fn distinct(&mut self, columns: &mut [Column]) -> Result<()> {
        let Some(extent) = self.parts.distinct else { return Ok(()) };
        let b = &mut self.binder;
        let nodes: Vec<NodeId> = columns.iter().map(|c| c.node).collect();
        let edge = |node: &NodeId| b.from.windows.as_ref().is_some_and(|w| w.edge(*node).is_some());
        let edges: Vec<NodeId> = nodes.iter().copied().filter(edge).collect();
        if !b.aggregates.is_empty() || !b.keys.is_empty() {
            // Groups are distinct if all that makes them is there.
            let by_window = b.keys.iter().any(edge);
            let missing = |key: &&NodeId| !edge(key) && !nodes.contains(key);
            if b.keys.iter().any(|key| missing(&key)) || by_window && edges.is_empty() {
                let help = "select all that is in GROUP BY: its rows are distinct then";
                return Err(b.source.unsupported(extent, "SELECT DISTINCT of groups", help));
            }
            return Ok(());
        }
        if b.from.windows.is_some() && edges.is_empty() {
            let help = "select window_start too: rows are distinct in their window";
            let what = "SELECT DISTINCT over windows without a column of theirs";
            return Err(b.source.unsupported(extent, what, help));
        }
        for (&node, column) in nodes.iter().zip(columns) {
            column.free = None;
            if edges.contains(&node) {
                continue;
            }
            if b.tree.any(node, &|expr| matches!(expr, Expr::Window(_))) {
                let what = "SELECT DISTINCT of an expression of the ends of a window";
                let help = "select window_start and window_end themselves";
                return Err(b.source.unsupported(extent, what, help));
            }
            if !b.keys.contains(&node) {
                b.keys.push(node);
            }
        }
        if edges.is_empty() { Ok(()) } else { self.by_window(&edges, extent) }
    }

    /// Groups and aggregates, if there are any; columns are then in terms of their results.
    pub(super) fn grouping(
        &mut self,
        columns: &mut [Column],
        having: &mut Option<Column>,
        order: &mut Option<Ordering>,
    ) -> Result<()> {
        let b = &mut self.binder;
        let extent = Extent::one(self.parts.extent.first);
        let is_edge = |k: &NodeId| b.from.windows.as_ref().is_some_and(|w| w.edge(*k).is_some());
        let by_window = b.keys.iter().any(is_edge);
        if let Some(windows) = &b.from.windows
            && !windows.by_row
            && !by_window
        {
            let message = format!("{} without GROUP BY window_start", windows.name);
            let help = "its windows are known of groups: add GROUP BY window_start, window_end";
            return Err(b.source.unsupported(windows.extent, message, help));
        }
        if b.aggregates.is_empty() && b.keys.is_empty() {
            return Ok(());
        }
        let keys_of_order = order.iter_mut().flat_map(|o| &mut o.keys).map(|key| &mut key.column);
        let mut all: Vec<&mut Column> =
            columns.iter_mut().chain(having.as_mut()).chain(keys_of_order).collect();
        for column in &all {
            let Some(extent) = column.free else { continue };
            let help = "add it to GROUP BY, or take an aggregate of it: MIN(x), MAX(x), AVG(x)";
            let message = "this column is neither in GROUP BY nor in an aggregate";
            return Err(b.error(extent, Kind::Grouping, message, help));
        }
        let keys: Vec<NodeId> = b.keys.iter().copied().filter(|k| !is_edge(k)).collect();
        let windows = b.from.windows.take().filter(|_| by_window);
        if let Some(windows) = &windows {
            partition(b, windows, &keys)?;
        }
        let results = Results::new(&mut b.tree, &keys, b.aggregates.len(), windows.as_ref());
        let Results { keys: key_results, ends, aggregates, last, known } =
            results.map_err(|r| b.refused(r, extent))?;
        let mut rewrite = Rewrite { tree: &mut b.tree, known };
        for column in &mut all {
            match rewrite.node(column.node) {
                Ok(new) => column.node = new,
                Err(refused) => return Err(b.refused(refused, extent)),
            }
        }
        if b.from.relation.groups() >= MAX_STAGES {
            let message = format!("there are more than {MAX_STAGES} levels of groups of groups");
            return Err(b.error(extent, Kind::Limit, message, "put several of them into one"));
        }
        let of_group = windows.as_ref().is_some_and(|w| w.shape.is_of_group());
        let relation = &mut b.from.relation;
        relation.times = windows.as_ref().map_or_else(Vec::new, |w| times(w, &ends, last));
        let groups = if keys.is_empty() && !of_group { 1 } else { self.max_groups };
        relation.stages.extend(windows.map(|w| Stage::Window(w.time, w.shape)));
        relation.stages.push(Stage::Group(Grouping {
            keys,
            aggregates: core::mem::take(&mut b.aggregates),
            key_results,
            window_results: ends,
            results: aggregates,
            groups,
        }));
        let having = having.as_ref().map(|h| h.node);
        let having = having.filter(|&n| b.tree.constant(n) != Some(&Literal::TRUE));
        relation.stages.extend(having.map(Stage::Filter));
        Ok(())
    }
}

/// The nodes of groups' results.
struct Results {
    keys: Vec<NodeId>,
    /// Start and end of the window.
    ends: Vec<NodeId>,
    aggregates: Vec<NodeId>,
    last: Option<NodeId>,
    /// What is before the aggregate, and the same behind it.
    known: BTreeMap<NodeId, NodeId>,
}

impl Results {
    fn new(
        tree: &mut Tree,
        keys: &[NodeId],
        aggregates: usize,
        windows: Option<&Windows>,
    ) -> core::result::Result<Self, Refused> {
        let mut known = BTreeMap::new();
        let mut result = |tree: &mut Tree, node: NodeId, nullable: bool| {
            let result = tree.result_of(node, nullable)?;
            known.insert(node, result);
            Ok(result)
        };
        let mut of_keys = Vec::with_capacity(keys.len());
        for &key in keys {
            let nullable = tree.node(key).nullable;
            of_keys.push(result(tree, key, nullable)?);
        }
        let mut ends = Vec::new();
        for node in windows.iter().flat_map(|w| [w.start, w.end]) {
            ends.push(result(tree, node, false)?);
        }
        let mut of_aggregates = Vec::with_capacity(aggregates);
        for i in 0..aggregates {
            let index = u16::try_from(i).map_err(|_| Refused::TooMany)?;
            // It was made when the call was bound.
            let node = tree.aggregate(index).ok_or(Refused::TooMany)?;
            let nullable = tree.node(node).nullable;
            of_aggregates.push(result(tree, node, nullable)?);
        }
        let last = match (windows.and_then(|w| w.last), &*ends) {
            (Some(last), &[_, end]) => {
                let one = tree.literal(Literal::Bits(1), DataType::Timestamp)?;
                let of_result = tree.arithmetic(Op::Sub, end, one)?;
                known.insert(last, of_result);
                Some(of_result)
            }
            _ => None,
        };
        Ok(Self { keys: of_keys, ends, aggregates: of_aggregates, last, known })
    }
}

/// What of the groups' windows can be the time of other windows.
fn times(windows: &Windows, ends: &[NodeId], last: Option<NodeId>) -> Vec<(NodeId, Time)> {
    let refused = match (windows.shape, windows.time) {
        (Shape::State { .. }, _) => Some(Time::Refused {
            what: "a window over STATE_WINDOW",
            help: "nothing bounds how long its windows are open: group them without windows",
        }),
        (_, TimeSource::Rows) => Some(Time::Refused {
            what: "a window over COUNT_WINDOW",
            help: "the ends of its windows are numbers of rows, not times",
        }),
        _ => None,
    };
    let start = match windows.shape {
        Shape::Session { .. } => Time::Refused {
            what: "a window over the window_start of SESSION",
            help: "sessions leave by their ends: take window_end or window_time",
        },
        _ => Time::Source(TimeSource::Window(WindowTime::Start)),
    };
    let end = Time::Source(TimeSource::Window(WindowTime::End));
    let mut times: Vec<_> = ends
        .iter()
        .zip([start, end])
        .map(|(&node, time)| (node, refused.unwrap_or(time)))
        .collect();
    let of_last = Time::Source(TimeSource::Window(WindowTime::Last));
    times.extend(last.map(|node| (node, refused.unwrap_or(of_last))));
    times
}

/// Checks that Flink's PARTITION BY of sessions names the keys of the groups.
fn partition(b: &mut Binder<'_>, windows: &Windows, keys: &[NodeId]) -> Result<()> {
    let (Some(partition), Shape::Session { .. }) = (windows.partition, windows.shape) else {
        return Ok(());
    };
    let mut named = Vec::new();
    for i in partition.iter().flat_map(|extent| extent.first + 2..=extent.last) {
        let sqlparser::tokenizer::Token::Word(word) = b.source.token(i) else { continue };
        let Some((_, place)) = b.from.find(&word.value) else {
            let at = Extent::one(i);
            let message = format!("there is no column {} in {}", word.value, b.from.name);
            let help = super::super::ddl::did_you_mean(&word.value, b.from.names());
            return Err(b.error(at, Kind::Unknown, message, help));
        };
        let node = b.from.node(&mut b.tree, place);
        named.push(node.map_err(|r| b.refused(r, Extent::one(i)))?);
    }
    if keys.iter().all(|key| named.contains(key)) && named.iter().all(|n| keys.contains(n)) {
        return Ok(());
    }
    let what = "SESSION with a PARTITION BY that is not the GROUP BY";
    let help = "sessions are of each group: write TABLE(SESSION(TABLE s PARTITION BY (key), \
                DESCRIPTOR(ts), gap)) and GROUP BY key, window_start, window_end";
    Err(b.source.unsupported(partition.unwrap_or(windows.extent), what, help))
}
