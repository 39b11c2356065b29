//! A query: its clauses in the order in which they mean something.

mod clauses;
mod from;
mod settings;

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use sqlparser::ast::{self, Spanned};

use super::assemble::{OwnedPlan, TooLarge, panes};
use super::bind::{Binder, Bound, Clause};
use super::error::{CompileError, CompileErrorKind as Kind};
use super::lower::{self, BoundQuery, Grouping, Rewrite};
use super::parse::QueryStatement;
use super::scope::Alias;
use super::source::{Extent, Source};
use super::tree::{Edge, Expr, NodeId, Refused, Tree};
use super::{Options, StreamDefinition, name};
use crate::types::DataType;
use clauses::Parts;
use settings::Settings;

type Result<T> = core::result::Result<T, CompileError>;

/// Compiles one query.
pub(super) fn compile(
    source: &Source,
    streams: &[StreamDefinition],
    statement: &QueryStatement,
    options: &Options,
) -> Result<OwnedPlan> {
    if let Some(sink) = &statement.sink
        && streams.iter().any(|s| s.name.eq_ignore_ascii_case(&sink.text))
    {
        let help = "give the output a name of its own; the program says where it goes";
        return Err(source.unsupported(sink.extent, "INSERT INTO a stream", help));
    }
    let settings = Settings::read(source, &statement.settings, options)?;
    let select = clauses::query(source, &statement.query, statement.extent)?;
    let parts = clauses::select(source, select, statement.extent)?;
    let mut tree = Tree::new(options.functions);
    let from = from::read(source, &mut tree, streams, &parts)?;
    let stream = from.stream;
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
        room: settings.room,
        type_names: name::TypeNames::new(),
        nesting: 0,
    };
    let mut query = Query { binder, parts };
    let filter = query.filter()?;
    query.group_by()?;
    query.binder.clause = Clause::Results;
    let mut columns = query.columns()?;
    let having = query.having()?;
    let grouping = query.grouping(&settings, &mut columns, having)?;
    let extent = query.parts.extent;
    let Query { binder: Binder { tree, .. }, .. } = query;
    let bound = BoundQuery {
        stream,
        sink: statement.sink.as_ref().map_or(String::new(), |s| s.text.clone()),
        batch_rows: settings.batch_rows,
        on_error: settings.on_error,
        filter,
        grouping,
        columns: columns.into_iter().map(|c| (c.name, c.node)).collect(),
    };
    lower::query(&tree, &bound).map_err(|e| too_large(source, e, extent))
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
        TooLarge::Windows => (
            "more than 65,535 windows would be open at once",
            "make the window larger or the watermark's delay smaller",
        ),
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

struct Query<'a> {
    binder: Binder<'a>,
    parts: Parts<'a>,
}

impl<'a> Query<'a> {
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

    /// GROUP BY: expressions, places in the SELECT list, or names given there.
    fn group_by(&mut self) -> Result<()> {
        let group_by = self.parts.group_by;
        let b = &mut self.binder;
        b.clause = Clause::GroupBy;
        b.visible = b.aliases.len();
        let or = b.source.find(self.parts.extent, &["GROUP", "BY"]);
        for expr in group_by {
            let mut inner = expr;
            while let ast::Expr::Nested(nested) = inner {
                inner = nested;
            }
            let place = match inner {
                ast::Expr::Value(ast::ValueWithSpan {
                    value: ast::Value::Number(digits, false),
                    span,
                }) if digits.bytes().all(|d| d.is_ascii_digit()) => {
                    Some((digits.as_str(), b.source.extent(*span, or)))
                }
                _ => None,
            };
            let bound = match place {
                Some((digits, extent)) => {
                    let item = self.parts.items;
                    let place = digits.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
                    Self::item(b, item, place, extent)?
                }
                None => {
                    if matches!(inner, ast::Expr::Tuple(list) if list.is_empty()) {
                        let help = "leave GROUP BY out to aggregate over everything";
                        return Err(b.source.unsupported(or, "GROUP BY ()", help));
                    }
                    b.bind(expr, or)?
                }
            };
            let node = b.settle(&bound)?;
            if !b.keys.contains(&node) {
                b.keys.push(node);
            }
        }
        Ok(())
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

    /// The SELECT list.
    fn columns(&mut self) -> Result<Vec<Column>> {
        let items = self.parts.items;
        let or = Extent::one(self.parts.extent.first);
        let mut columns = Vec::new();
        self.binder.visible = 0;
        for item in items {
            let b = &mut self.binder;
            match item {
                ast::SelectItem::UnnamedExpr(expr) => columns.push(self.column(expr, None, or)?),
                ast::SelectItem::ExprWithAlias { expr, alias } => {
                    columns.push(self.column(expr, Some(alias), or)?);
                    self.binder.visible += 1;
                }
                ast::SelectItem::Wildcard(options) => {
                    let at = b.source.extent(options.wildcard_token.0.span, or);
                    plain_star(b.source, options, at)?;
                    self.star(at, &mut columns)?;
                }
                ast::SelectItem::QualifiedWildcard(kind, options) => {
                    let ast::SelectItemQualifiedWildcardKind::ObjectName(name) = kind else {
                        return Err(b.source.unsupported(
                            or,
                            "a * behind an expression",
                            "list the columns",
                        ));
                    };
                    let at = b.source.extent(name.span(), or);
                    let at = Extent { first: at.first, last: at.last + 2 };
                    plain_star(b.source, options, at)?;
                    match &*name.0 {
                        [ast::ObjectNamePart::Identifier(ident)] => b.is_stream(ident, at)?,
                        _ => {
                            return Err(b.source.unsupported(
                                at,
                                "a name of several parts",
                                "write stream.*",
                            ));
                        }
                    }
                    self.star(at, &mut columns)?;
                }
                ast::SelectItem::ExprWithAliases { expr, aliases: _ } => {
                    let at = b.source.extent(expr.span(), or);
                    return Err(b.source.unsupported(
                        at,
                        "a list of names",
                        "give one name: x AS a",
                    ));
                }
            }
        }
        Ok(columns)
    }

    fn column(
        &mut self,
        expr: &'a ast::Expr,
        alias: Option<&ast::Ident>,
        or: Extent,
    ) -> Result<Column> {
        let b = &mut self.binder;
        let bound = b.bind(expr, or)?;
        let node = b.settle(&bound)?;
        let name = match alias {
            Some(alias) => alias.value.clone(),
            None => self.name(expr),
        };
        Ok(Column { name, node, free: bound.free })
    }

    /// The name of a column without an alias: the stream's own name of a column, else the text.
    fn name(&self, expr: &ast::Expr) -> String {
        let b = &self.binder;
        let own = match expr {
            ast::Expr::Nested(inner) => return self.name(inner),
            ast::Expr::Identifier(ident) => Some(ident),
            ast::Expr::CompoundIdentifier(parts) => parts.last(),
            _ => None,
        };
        let Some(own) = own else { return name::of(expr, &b.type_names) };
        let index = b.from.position(&own.value);
        let known = index.and_then(|i| b.from.columns().nth(i));
        known.map_or_else(|| own.value.clone(), ToString::to_string)
    }

    fn star(&mut self, at: Extent, columns: &mut Vec<Column>) -> Result<()> {
        let names: Vec<String> = self.binder.from.columns().map(ToString::to_string).collect();
        for (i, name) in names.into_iter().enumerate() {
            let from = self.binder.from.clone();
            let node = from.node(&mut self.binder.tree, i);
            let node = self.made(node, at)?;
            let free = if self.binder.is_key(node) { None } else { Some(at) };
            columns.push(Column { name, node, free });
        }
        Ok(())
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

    /// Groups and aggregates, if there are any; the columns are then in terms of their results.
    fn grouping(
        &mut self,
        settings: &Settings,
        columns: &mut [Column],
        having: Option<Column>,
    ) -> Result<Option<Grouping>> {
        let b = &mut self.binder;
        if b.aggregates.is_empty() && b.keys.is_empty() {
            return Ok(None);
        }
        for column in columns.iter().chain(&having) {
            let Some(extent) = column.free else { continue };
            let help = "add it to GROUP BY, or take an aggregate of it: MIN(x), MAX(x), AVG(x)";
            let message = "this column is neither in GROUP BY nor in an aggregate";
            return Err(b.error(extent, Kind::Grouping, message, help));
        }
        let extent = Extent::one(self.parts.extent.first);
        // Ends of a window among the keys make groups per window.
        let tumbling =
            b.from.window.filter(|w| b.keys.iter().any(|k| [w.start, w.end].contains(k)));
        let is_edge = |k: &NodeId| tumbling.is_some_and(|w| [w.start, w.end].contains(k));
        let keys: Vec<NodeId> = b.keys.iter().copied().filter(|k| !is_edge(k)).collect();
        if let (Some(window), Some(time)) = (tumbling, b.from.stream.time)
            && panes(time, window.size).is_none()
        {
            let at = b.source.find(self.parts.extent, &["FROM"]);
            return Err(too_large(b.source, TooLarge::Windows, Extent::one(at.first + 1)));
        }
        let tree = &mut b.tree;
        let results = results(tree, &keys, &b.aggregates);
        let edges = match tumbling {
            Some(_) => [Edge::Start, Edge::End]
                .into_iter()
                .map(|e| tree.result(Expr::Window(e), DataType::Timestamp, false))
                .collect(),
            None => Ok(Vec::new()),
        };
        let (Ok((key_results, results)), Ok(window_results)) = (results, edges) else {
            return Err(b.refused(Refused::TooMany, extent));
        };
        let mut known: BTreeMap<NodeId, NodeId> =
            keys.iter().copied().zip(key_results.iter().copied()).collect();
        if let (Some(window), [start, end]) = (tumbling, &*window_results) {
            known.extend([(window.start, *start), (window.end, *end)]);
        }
        let mut rewrite = Rewrite { tree, known };
        let mut all = columns.iter_mut().map(|c| &mut c.node).collect::<Vec<_>>();
        let mut having = having.map(|h| h.node);
        all.extend(having.as_mut());
        for node in all {
            match rewrite.node(*node) {
                Ok(new) => *node = new,
                Err(refused) => return Err(b.refused(refused, extent)),
            }
        }
        let tree = &b.tree;
        let having = having.filter(|&n| tree.constant(n) != Some(&super::literal::Literal::TRUE));
        Ok(Some(Grouping {
            window: tumbling.map(|w| w.size),
            keys,
            aggregates: core::mem::take(&mut b.aggregates),
            key_results,
            window_results,
            results,
            max_groups: settings.max_groups,
            on_full: settings.on_full,
            having,
        }))
    }
}

/// The nodes of keys and aggregates behind the aggregate.
fn results(
    tree: &mut Tree,
    keys: &[NodeId],
    calls: &[lower::Call],
) -> core::result::Result<(Vec<NodeId>, Vec<NodeId>), Refused> {
    let mut key_results = Vec::with_capacity(keys.len());
    for (i, &key) in keys.iter().enumerate() {
        let (data_type, nullable) = (tree.data_type(key), tree.node(key).nullable);
        let index = u16::try_from(i).map_err(|_| Refused::TooMany)?;
        key_results.push(tree.result(Expr::Key(index), data_type, nullable)?);
    }
    let mut results = Vec::with_capacity(calls.len());
    for i in 0..calls.len() {
        let index = u16::try_from(i).map_err(|_| Refused::TooMany)?;
        // It was made when the call was bound.
        results.push(tree.aggregate(index).ok_or(Refused::TooMany)?);
    }
    Ok((key_results, results))
}

/// Refuses what can stand behind a `*`.
fn plain_star(source: &Source, options: &ast::WildcardAdditionalOptions, at: Extent) -> Result<()> {
    let ast::WildcardAdditionalOptions {
        wildcard_token: _,
        opt_ilike,
        opt_exclude,
        opt_except,
        opt_replace,
        opt_rename,
        opt_alias,
    } = options;
    let plain = opt_ilike.is_none()
        && opt_exclude.is_none()
        && opt_except.is_none()
        && opt_replace.is_none()
        && opt_rename.is_none()
        && opt_alias.is_none();
    if plain {
        return Ok(());
    }
    let behind = Extent::one(at.last + 1);
    let what = format!("* {}", source.text(behind.first).to_ascii_uppercase());
    Err(source.unsupported(behind, what, "name the columns that are wanted"))
}
