//! A query: its clauses in the order in which they mean something.

mod clauses;
mod columns;
mod from;
mod group;
mod order;
mod results;
mod settings;
mod shape;
mod view;
mod window;

use alloc::string::String;
use alloc::vec::Vec;

use sqlparser::ast;

use super::aggregates::Room;
use super::assemble::{OwnedPlan, TooLarge};
use super::bind::{Binder, Clause};
use super::error::{CompileError, CompileErrorKind as Kind};
use super::lower::{self, BoundQuery, Order, Stage};
use super::parse::QueryStatement;
use super::relation::Relation;
use super::scope::Alias;
use super::source::{Extent, Source};
use super::tree::{NodeId, Refused, Tree};
use super::{Options, StreamDefinition, name};
use clauses::Parts;
use settings::Settings;
pub(super) use view::View;

type Result<T> = core::result::Result<T, CompileError>;

/// What a query can read, and how.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) source: &'a Source,
    pub(super) streams: &'a [StreamDefinition],
    pub(super) views: &'a [View],
    pub(super) options: &'a Options,
    /// How many views deep it is.
    depth: usize,
    max_groups: u32,
    room: Room,
}

impl<'a> Context<'a> {
    pub(super) const fn new(
        source: &'a Source,
        streams: &'a [StreamDefinition],
        views: &'a [View],
        options: &'a Options,
    ) -> Self {
        let (max_groups, room) = (settings::MAX_GROUPS, Room::DEFAULT);
        Self { source, streams, views, options, depth: 0, max_groups, room }
    }

    /// Whether a stream or view is called so.
    pub(super) fn has(&self, name: &str) -> bool {
        let mut streams = self.streams.iter().map(|s| &*s.name);
        let mut views = self.views.iter().map(|v| &*v.name.text);
        streams.any(|s| s.eq_ignore_ascii_case(name)) || views.any(|v| v.eq_ignore_ascii_case(name))
    }
}

/// Compiles one query.
pub(super) fn compile(context: &Context<'_>, statement: &QueryStatement) -> Result<OwnedPlan> {
    let source = context.source;
    if let Some(sink) = &statement.sink
        && context.has(&sink.text)
    {
        let help = "give the output a name of its own; the program says where it goes";
        return Err(source.unsupported(sink.extent, "INSERT INTO a stream", help));
    }
    let settings = Settings::read(source, &statement.settings, context.options)?;
    let Settings { max_groups, room, .. } = settings;
    let context = Context { max_groups, room, ..*context };
    let tree = Tree::new(context.options.functions);
    let Rows { tree, relation, order } = bind(&context, tree, statement)?;
    let sink = statement.sink.as_ref();
    let limits = settings.limits(&context, &relation, order.as_ref(), statement)?;
    let bound = BoundQuery {
        stream: relation.stream,
        sink: sink.map_or(String::new(), |s| s.text.clone()),
        limits,
        stages: relation.stages,
        columns: relation.columns.unwrap_or_default(),
        order: order.map(|(order, _)| order),
    };
    lower::query(&tree, &bound).map_err(|e| too_large(source, e, statement.extent))
}

/// Checks the query of a view, which nobody may read.
pub(super) fn check(context: &Context<'_>, statement: &QueryStatement) -> Result<()> {
    let mut tree = Tree::new(context.options.functions);
    view::rows(context, &mut tree, statement).map(|_| ())
}

/// The rows of a query.
struct Rows<'a> {
    tree: Tree,
    relation: Relation<'a>,
    /// ORDER BY and LIMIT, and where they stand.
    order: Option<(Order, Extent)>,
}

fn bind<'a>(context: &Context<'a>, tree: Tree, statement: &'a QueryStatement) -> Result<Rows<'a>> {
    let source = context.source;
    let (select, order) = clauses::query(source, &statement.query, statement.extent)?;
    let parts = clauses::select(source, select, order, statement.extent)?;
    let mut tree = tree;
    let (from, call) = from::read(context, &mut tree, statement, &parts)?;
    tree.start_query();
    let binder = Binder {
        source,
        tree,
        from,
        clause: Clause::Where,
        aliases: aliases(&parts),
        visible: 0,
        keys: Vec::new(),
        aggregates: Vec::new(),
        within: None,
        room: context.room,
        type_names: name::TypeNames::new(),
        nesting: 0,
    };
    let mut query = Query { binder, parts, max_groups: context.max_groups };
    if let Some(call) = call {
        let windows = shape::bind(&mut query.binder, &call)?;
        query.binder.from.windows = Some(windows);
    }
    query.group_window()?;
    if let Some(filter) = query.filter()? {
        query.binder.from.relation.stages.push(Stage::Filter(filter));
    }
    query.group_by()?;
    query.binder.clause = Clause::Results;
    let mut columns = query.columns()?;
    let mut having = query.having()?;
    query.distinct(&mut columns)?;
    let mut order = query.order(&columns)?;
    query.grouping(&mut columns, &mut having, &mut order)?;
    let Binder { tree, from, .. } = query.binder;
    let mut relation = from.relation;
    relation.columns = Some(columns.into_iter().map(|c| (c.name, c.node)).collect());
    let order = match order {
        Some(order) => Some(order.finish(source, &tree, &relation)?),
        None => None,
    };
    Ok(Rows { tree, relation, order: order.and_then(|(order, at)| Some((order?, at))) })
}

fn aliases<'a>(parts: &Parts<'a>) -> Vec<Alias<'a>> {
    let alias = |item: &'a ast::SelectItem| match item {
        ast::SelectItem::ExprWithAlias { expr, alias } => Some(Alias { name: alias, expr }),
        _ => None,
    };
    parts.items.iter().filter_map(alias).collect()
}

fn too_large(source: &Source, error: TooLarge, extent: Extent) -> CompileError {
    let (message, help) = match error {
        TooLarge::Record => ("a result row is longer than 65,535 bytes", "select fewer columns"),
        TooLarge::Texts => ("names and texts take more than 65,535 bytes", "shorten them"),
        TooLarge::Registers => ("the query needs more registers than a plan has", "split it"),
        TooLarge::Tables => ("the query needs more table entries than a plan has", "split it"),
        TooLarge::Windows => {
            let from = source.find(extent, &["FROM"]);
            let message = "more than 65,535 windows would be open at once";
            let help =
                "make the window larger, or the watermark's delay or allowed_lateness smaller";
            return source.error(Extent::one(from.last + 1), Kind::Limit, message, help);
        }
        TooLarge::Arena => (
            "the query needs more than 4 GiB of state",
            "lower max_groups or batch_rows in SETTINGS, shorten VARCHARs, or use larger windows",
        ),
    };
    source.error(Extent::one(extent.first), Kind::Limit, message, help)
}

/// A column of the result.
struct Column {
    name: String,
    node: NodeId,
    /// A column in it that is neither grouped nor in an aggregate.
    free: Option<Extent>,
}

impl Column {
    /// The same value, without a name.
    const fn copy(&self) -> Self {
        Self { name: String::new(), node: self.node, free: self.free }
    }
}

struct Query<'a> {
    binder: Binder<'a>,
    parts: Parts<'a>,
    max_groups: u32,
}

impl Query<'_> {
    fn made(&self, node: core::result::Result<NodeId, Refused>, extent: Extent) -> Result<NodeId> {
        node.map_err(|r| self.binder.refused(r, extent))
    }

    /// WHERE; nothing if it is always true.
    fn filter(&mut self) -> Result<Option<NodeId>> {
        let Some(selection) = self.parts.selection else { return Ok(None) };
        let b = &mut self.binder;
        b.visible = b.aliases.len();
        let or = b.source.find(self.parts.extent, &["WHERE"]);
        let bound = b.bind(selection, or)?;
        let node = b.condition(&bound)?;
        Ok(Some(node).filter(|&n| b.tree.constant(n) != Some(&super::literal::Literal::TRUE)))
    }

    fn having(&mut self) -> Result<Option<Column>> {
        let Some(having) = self.parts.having else { return Ok(None) };
        let b = &mut self.binder;
        b.visible = b.aliases.len();
        let or = b.source.find(self.parts.extent, &["HAVING"]);
        let bound = b.bind(having, or)?;
        let node = b.condition(&bound)?;
        if b.aggregates.is_empty() && b.keys.is_empty() {
            let help = "a condition on rows stands in WHERE";
            let message = "HAVING without groups or aggregates";
            return Err(b.source.unsupported(or, message, help));
        }
        Ok(Some(Column { name: String::new(), node, free: bound.free }))
    }
}
