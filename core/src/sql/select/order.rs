//! ORDER BY, LIMIT, OFFSET and FETCH FIRST: the order of the rows of each window.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use sqlparser::ast;

use super::super::bind::Binder;
use super::super::error::{CompileError, CompileErrorKind as Kind};
use super::super::lower::Order;
use super::super::relation::Relation;
use super::super::source::{Extent, Source};
use super::super::tree::{NodeId, Tree};
use super::{Column, Query, Result, shape};

/// Most keys that rows are ordered by.
const MAX_KEYS: usize = 16;

/// The clauses of a query that order and limit its rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clauses<'a> {
    pub(super) by: Option<&'a ast::OrderBy>,
    pub(super) limit: Option<&'a ast::LimitClause>,
    pub(super) fetch: Option<&'a ast::Fetch>,
}

/// One thing that rows are ordered by.
pub(super) struct Key {
    pub(super) column: Column,
    descending: bool,
    nulls_first: bool,
}

/// What the clauses mean.
pub(super) struct Ordering {
    pub(super) keys: Vec<Key>,
    offset: u32,
    limit: Option<u32>,
    /// Where they begin.
    extent: Extent,
}

impl<'a> Query<'a> {
    /// ORDER BY and LIMIT over the columns of the result.
    pub(super) fn order(&mut self, columns: &[Column]) -> Result<Option<Ordering>> {
        let Clauses { by, limit, fetch } = self.parts.order;
        if by.is_none() && limit.is_none() && fetch.is_none() {
            return Ok(None);
        }
        let within = self.parts.extent;
        let b = &mut self.binder;
        b.visible = b.aliases.len();
        let words: [&[&str]; 4] = [&["ORDER", "BY"], &["LIMIT"], &["OFFSET"], &["FETCH"]];
        let places = words.iter().map(|words| b.source.find(within, words));
        let extent = places.filter(|at| at.first > within.first).min_by_key(|at| at.first);
        let extent = extent.unwrap_or(within);
        let mut keys = Vec::new();
        match by.map(|by| &by.kind) {
            Some(ast::OrderByKind::All(options)) => {
                for column in columns {
                    keys.push(key(b.source, extent, column.copy(), options)?);
                }
            }
            Some(ast::OrderByKind::Expressions(list)) => {
                for ast::OrderByExpr { expr, options, with_fill } in list {
                    if with_fill.is_some() {
                        let help = "a window has the rows that it has";
                        return Err(b.source.unsupported(extent, "WITH FILL", help));
                    }
                    let column = by_column(b, expr, columns, extent)?;
                    keys.push(key(b.source, extent, column, options)?);
                }
            }
            None => {}
        }
        if keys.len() > MAX_KEYS {
            let message = format!("ORDER BY has more than {MAX_KEYS} expressions");
            return Err(b.error(extent, Kind::Limit, message, "leave the last ones out"));
        }
        let (offset, limit) = limits(b.source, within, limit, fetch)?;
        Ok(Some(Ordering { keys, offset, limit, extent }))
    }
}

/// What an expression of ORDER BY means: a place in the SELECT list, a name given there, or itself.
fn by_column<'a>(
    b: &mut Binder<'a>,
    expr: &'a ast::Expr,
    columns: &[Column],
    or: Extent,
) -> Result<Column> {
    let mut inner = expr;
    while let ast::Expr::Nested(nested) = inner {
        inner = nested;
    }
    let bound = match inner {
        ast::Expr::Value(ast::ValueWithSpan { value: ast::Value::Number(digits, false), span })
            if digits.bytes().all(|d| d.is_ascii_digit()) =>
        {
            let place = digits.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
            return place.and_then(|p| columns.get(p)).map(Column::copy).ok_or_else(|| {
                let message =
                    format!("there is no such column of the result: it has {}", columns.len());
                b.error(b.source.extent(*span, or), Kind::Unknown, message, "places count from 1")
            });
        }
        // What the result calls so comes first.
        ast::Expr::Identifier(ident) => {
            let extent = b.source.extent(ident.span, or);
            match b.alias(ident, extent)? {
                Some(bound) => bound,
                None => b.bind(expr, or)?,
            }
        }
        _ => b.bind(expr, or)?,
    };
    let node = b.settle(&bound)?;
    Ok(Column { name: String::new(), node, free: bound.free })
}

fn key(
    source: &Source,
    extent: Extent,
    column: Column,
    options: &ast::OrderByOptions,
) -> Result<Key> {
    let ast::OrderByOptions { sort, nulls_first } = options;
    let descending = match sort {
        None | Some(ast::OrderBySort::Asc) => false,
        Some(ast::OrderBySort::Desc) => true,
        Some(_) => {
            let help = "write ORDER BY x ASC or ORDER BY x DESC";
            return Err(source.unsupported(extent, "ORDER BY ... USING", help));
        }
    };
    // NULLs are last whichever way it goes, as in DuckDB.
    Ok(Key { column, descending, nulls_first: nulls_first.unwrap_or(false) })
}

/// OFFSET, and LIMIT or FETCH FIRST.
fn limits(
    source: &Source,
    within: Extent,
    clause: Option<&ast::LimitClause>,
    fetch: Option<&ast::Fetch>,
) -> Result<(u32, Option<u32>)> {
    let at = |word: &str| source.find(within, &[word]);
    let (mut offset, mut limit) = (0, None);
    match clause {
        Some(ast::LimitClause::LimitOffset { limit: rows, offset: skipped, limit_by }) => {
            if !limit_by.is_empty() {
                let help = "put the keys into GROUP BY, or write a query for each";
                return Err(source.unsupported(at("LIMIT"), "LIMIT BY", help));
            }
            if let Some(ast::Offset { value, rows: _ }) = skipped {
                offset = number(source, at("OFFSET"), value, "OFFSET", 0)?;
            }
            if let Some(rows) = rows {
                limit = Some(number(source, at("LIMIT"), rows, "LIMIT", 1)?);
            }
        }
        Some(ast::LimitClause::OffsetCommaLimit { .. }) => {
            let help = "write LIMIT 10 OFFSET 5";
            return Err(source.unsupported(at("LIMIT"), "LIMIT with a comma", help));
        }
        None => {}
    }
    if let Some(ast::Fetch { with_ties, percent, quantity }) = fetch {
        let at = at("FETCH");
        if *with_ties || *percent || limit.is_some() {
            let help = "write FETCH FIRST 10 ROWS ONLY, or LIMIT 10";
            return Err(source.unsupported(at, "this form of FETCH", help));
        }
        limit = Some(match quantity {
            Some(rows) => number(source, at, rows, "FETCH FIRST", 1)?,
            None => 1,
        });
    }
    Ok((offset, limit))
}

fn number(source: &Source, at: Extent, expr: &ast::Expr, what: &str, least: u32) -> Result<u32> {
    let value = match expr {
        ast::Expr::Value(ast::ValueWithSpan {
            value: ast::Value::Number(digits, false), ..
        }) => digits.replace('_', "").parse::<u32>().ok(),
        _ => None,
    };
    value.filter(|n| (least..u32::MAX).contains(n)).ok_or_else(|| {
        let message = format!("{what} is a whole number from {least} to 4,294,967,294");
        let behind = Extent::one(at.last + 1);
        source.error(behind, Kind::Value, message, format!("write {what} 10"))
    })
}

impl Ordering {
    /// The order of the rows that leave; `None` if there is nothing to order or limit.
    pub(super) fn finish(
        self,
        source: &Source,
        tree: &Tree,
        relation: &Relation<'_>,
    ) -> core::result::Result<(Option<Order>, Extent), CompileError> {
        let Self { keys, offset, limit, extent } = self;
        if !relation.is_grouped() {
            let what = "ORDER BY or LIMIT of the rows of a stream";
            let help = "a stream has no last row: put rows into groups or windows, and order those: \
                        FROM TUMBLE(stream, ts, INTERVAL '1' MINUTE) GROUP BY window_start, ...";
            return Err(source.unsupported(extent, what, help));
        }
        if shape::is_of_group(&relation.stages) {
            let what = "ORDER BY or LIMIT of windows that each group has for itself";
            let help = "a SESSION or STATE_WINDOW is one row: order the rows of TUMBLE, HOP, CUMULATE \
                        or COUNT_WINDOW";
            return Err(source.unsupported(extent, what, help));
        }
        let is_constant = |node: NodeId| tree.constant(node).is_some() || tree.is_null(node);
        let keys = keys.into_iter().filter(|key| !is_constant(key.column.node));
        let keys: Vec<_> =
            keys.map(|key| (key.column.node, key.descending, key.nulls_first)).collect();
        if keys.is_empty() && offset == 0 && limit.is_none() {
            return Ok((None, extent));
        }
        Ok((Some(Order { keys, offset, limit }), extent))
    }
}
