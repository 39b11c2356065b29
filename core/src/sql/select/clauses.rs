//! A query taken apart, clause by clause.

use sqlparser::ast;

use super::super::error::{CompileError, CompileErrorKind as Kind};
use super::super::source::{Extent, Source};
use super::order::Clauses;

/// The clauses of a SELECT that RingQL knows.
#[derive(Debug)]
pub(super) struct Parts<'a> {
    pub(super) items: &'a [ast::SelectItem],
    pub(super) from: &'a ast::TableFactor,
    pub(super) selection: Option<&'a ast::Expr>,
    pub(super) group_by: &'a [ast::Expr],
    pub(super) having: Option<&'a ast::Expr>,
    /// Where DISTINCT stands.
    pub(super) distinct: Option<Extent>,
    pub(super) order: Clauses<'a>,
    /// Where each clause starts, for messages.
    pub(super) extent: Extent,
}

/// Finds clauses by their words and refuses them.
struct Refuser<'s> {
    source: &'s Source,
    extent: Extent,
}

impl Refuser<'_> {
    /// Refuses a clause, shown by its words, if it is there.
    fn unless(&self, absent: bool, words: &[&str], help: &str) -> Result<(), CompileError> {
        if absent {
            return Ok(());
        }
        Err(self.refuse(words, help))
    }

    fn refuse(&self, words: &[&str], help: &str) -> CompileError {
        let extent = self.source.find(self.extent, words);
        self.source.unsupported(extent, words.join(" "), help)
    }
}

const ONE_STREAM: &str = "a query reads one stream: SELECT ... FROM stream";
const SHAPE: &str = "a query is SELECT ... FROM stream [WHERE ...] [GROUP BY ...] [HAVING ...] \
                     [ORDER BY ...] [LIMIT ...] [EMIT ...] [SETTINGS ...]";

/// The SELECT that a query is.
pub(super) fn query<'a>(
    source: &Source,
    query: &'a ast::Query,
    extent: Extent,
) -> Result<(&'a ast::Select, Clauses<'a>), CompileError> {
    let refuser = Refuser { source, extent };
    let ast::Query {
        with,
        body,
        order_by,
        limit_clause,
        fetch,
        locks,
        for_clause,
        settings,
        format_clause,
        pipe_operators,
    } = query;
    refuser.unless(
        with.is_none(),
        &["WITH"],
        "write the query without common table expressions",
    )?;
    let select = match &**body {
        ast::SetExpr::Select(select) => select,
        ast::SetExpr::Query(_) => {
            let at = Extent::one(extent.first);
            return Err(source.unsupported(at, "a query in parentheses", SHAPE));
        }
        ast::SetExpr::SetOperation { op, set_quantifier: _, left: _, right: _ } => {
            let word = match op {
                ast::SetOperator::Union => "UNION",
                ast::SetOperator::Except => "EXCEPT",
                ast::SetOperator::Intersect => "INTERSECT",
                ast::SetOperator::Minus => "MINUS",
            };
            return Err(refuser.refuse(&[word], ONE_STREAM));
        }
        ast::SetExpr::Values(_) => {
            return Err(source.unsupported(Extent::one(extent.first), "VALUES", ONE_STREAM));
        }
        ast::SetExpr::Insert(_)
        | ast::SetExpr::Update(_)
        | ast::SetExpr::Delete(_)
        | ast::SetExpr::Merge(_)
        | ast::SetExpr::Table(_) => {
            return Err(source.unsupported(Extent::one(extent.first), "this statement", SHAPE));
        }
    };
    refuser.unless(locks.is_empty(), &["FOR"], SHAPE)?;
    refuser.unless(for_clause.is_none(), &["FOR"], SHAPE)?;
    refuser.unless(settings.is_none(), &["SETTINGS"], SHAPE)?;
    refuser.unless(format_clause.is_none(), &["FORMAT"], SHAPE)?;
    if !pipe_operators.is_empty() {
        return Err(source.unsupported(extent, "the pipe operator |>", SHAPE));
    }
    let by = order_by.as_ref();
    let plain = by.is_none_or(|by| by.interpolate.is_none());
    refuser.unless(plain, &["INTERPOLATE"], SHAPE)?;
    Ok((select, Clauses { by, limit: limit_clause.as_ref(), fetch: fetch.as_ref() }))
}

/// The clauses of a SELECT.
pub(super) fn select<'a>(
    source: &Source,
    select: &'a ast::Select,
    order: Clauses<'a>,
    extent: Extent,
) -> Result<Parts<'a>, CompileError> {
    let refuser = Refuser { source, extent };
    let ast::Select {
        select_token: _,
        optimizer_hints,
        distinct,
        select_modifiers,
        top,
        top_before_distinct: _, // says where TOP is
        projection,
        exclude,
        into,
        from,
        lateral_views,
        prewhere,
        selection,
        connect_by,
        group_by,
        cluster_by,
        distribute_by,
        sort_by,
        having,
        named_window,
        qualify,
        window_before_qualify: _, // says where QUALIFY is
        value_table_mode,
        flavor,
    } = select;
    let distinct = match distinct {
        None => None,
        Some(ast::Distinct::Distinct) => Some(source.find(extent, &["DISTINCT"])),
        Some(ast::Distinct::All) => return Err(refuser.refuse(&["ALL"], SHAPE)),
        Some(ast::Distinct::On(_)) => {
            let help = "write GROUP BY x and aggregates of the other columns: MIN(y), MAX(y)";
            return Err(refuser.refuse(&["DISTINCT", "ON"], help));
        }
    };
    refuser.unless(optimizer_hints.is_empty(), &["SELECT"], SHAPE)?;
    refuser.unless(select_modifiers.is_none(), &["SELECT"], SHAPE)?;
    refuser.unless(top.is_none(), &["TOP"], SHAPE)?;
    refuser.unless(exclude.is_none(), &["EXCLUDE"], "name the columns that are wanted")?;
    refuser.unless(into.is_none(), &["INTO"], "write INSERT INTO sink SELECT ...")?;
    refuser.unless(lateral_views.is_empty(), &["LATERAL"], ONE_STREAM)?;
    refuser.unless(prewhere.is_none(), &["PREWHERE"], "write WHERE")?;
    refuser.unless(connect_by.is_empty(), &["CONNECT"], SHAPE)?;
    refuser.unless(cluster_by.is_empty(), &["CLUSTER", "BY"], SHAPE)?;
    refuser.unless(distribute_by.is_empty(), &["DISTRIBUTE", "BY"], SHAPE)?;
    refuser.unless(sort_by.is_empty(), &["SORT", "BY"], "write ORDER BY")?;
    refuser.unless(named_window.is_empty(), &["WINDOW"], "windows stand in FROM: TUMBLE(...)")?;
    refuser.unless(qualify.is_none(), &["QUALIFY"], "conditions on groups stand in HAVING")?;
    refuser.unless(value_table_mode.is_none(), &["SELECT"], SHAPE)?;
    refuser.unless(*flavor == ast::SelectFlavor::Standard, &["FROM"], SHAPE)?;
    let group_by = match group_by {
        ast::GroupByExpr::All(_) => {
            refuser.unless(false, &["GROUP", "BY", "ALL"], "name what to group by")?;
            &[]
        }
        ast::GroupByExpr::Expressions(expressions, modifiers) => {
            refuser.unless(modifiers.is_empty(), &["WITH"], SHAPE)?;
            expressions.as_slice()
        }
    };
    let [table] = from.as_slice() else {
        if from.is_empty() {
            let message = "the query reads no stream";
            return Err(source.error(extent, Kind::Syntax, message, ONE_STREAM));
        }
        let mut behind = source.find(extent, &["FROM"]);
        behind.last = extent.last;
        let at = Extent::one(source.comma(behind));
        return Err(source.unsupported(at, "FROM with several streams", ONE_STREAM));
    };
    let ast::TableWithJoins { relation, joins } = table;
    if !joins.is_empty() {
        // CROSS JOIN, LEFT JOIN ...: all have the word.
        let at = source.find(extent, &["JOIN"]);
        return Err(source.unsupported(at, "JOIN", ONE_STREAM));
    }
    Ok(Parts {
        items: projection,
        from: relation,
        selection: selection.as_ref(),
        group_by,
        having: having.as_ref(),
        distinct,
        order,
        extent,
    })
}
