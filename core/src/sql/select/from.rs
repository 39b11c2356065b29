//! FROM: a stream, a view, a subquery; perhaps in windows.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use sqlparser::ast::{self, Spanned};

use super::super::ddl::did_you_mean;
use super::super::error::{CompileError, CompileErrorKind as Kind};
use super::super::parse::QueryStatement;
use super::super::relation::{From, Relation, Time};
use super::super::rewrite::SUBQUERY;
use super::super::source::{Extent, Source};
use super::super::tree::{Refused, Tree};
use super::clauses::Parts;
use super::window::{self, Call, Function};
use super::{Context, view};
use crate::nearest::nearest;
use crate::plan::TimeSource;

type Result<T> = core::result::Result<T, CompileError>;

const ONE_STREAM: &str = "a query reads one stream: SELECT ... FROM stream";
const FUNCTIONS: &str = "windows are TUMBLE, HOP, CUMULATE, SESSION, COUNT_WINDOW and STATE_WINDOW: write FROM \
     TUMBLE(stream, ts, INTERVAL '1' SECOND)";

/// Reads the FROM of a query: its rows, and the call that puts them into windows.
pub(super) fn read<'a>(
    context: &Context<'a>,
    tree: &mut Tree,
    statement: &'a QueryStatement,
    parts: &Parts<'a>,
) -> Result<(From<'a>, Option<Call<'a>>)> {
    let source = context.source;
    let from = source.find(parts.extent, &["FROM"]);
    let or = Extent::one(from.last + 1);
    let (name, alias, args) = match parts.from {
        ast::TableFactor::Table {
            name,
            alias,
            args,
            with_hints,
            version,
            with_ordinality,
            partitions,
            json_path,
            sample,
            index_hints,
        } => {
            let plain = with_hints.is_empty()
                && version.is_none()
                && !with_ordinality
                && partitions.is_empty()
                && json_path.is_none()
                && sample.is_none()
                && index_hints.is_empty();
            if !plain {
                let extent = source.extent(name.span(), or);
                let behind = Extent::one(extent.last + 1);
                return Err(source.unsupported(behind, "this clause of FROM", ONE_STREAM));
            }
            (name, alias, args)
        }
        other => return Err(refuse(source, other, from)),
    };
    let [ast::ObjectNamePart::Identifier(ident)] = &*name.0 else {
        let extent = source.extent(name.span(), or);
        let help = "names of streams have one part";
        return Err(source.unsupported(extent, "a name of several parts", help));
    };
    let extent = source.extent(ident.span, or);
    if ident.quote_style == Some('\'') {
        let message = format!("expected the name of a stream, found '{}'", ident.value);
        let help = "a stream is defined by CREATE STREAM and has a name without single quotes";
        return Err(source.error(extent, Kind::Syntax, message, help));
    }
    let alias = alias.as_ref().map(|a| read_alias(source, a, or)).transpose()?;
    let Some(ast::TableFunctionArgs { args, settings }) = args else {
        let from = rows(context, tree, statement, ident, extent)?;
        return Ok((From { name: alias.unwrap_or(from.name), ..from }, None));
    };
    if settings.is_some() {
        let help = "SETTINGS stand at the end of the query";
        return Err(source.unsupported(extent, "SETTINGS inside of a call", help));
    }
    let Some(function) = Function::find(&ident.value) else {
        let message = format!("there is no function {} for FROM", ident.value);
        let near = nearest(&ident.value, window::FUNCTIONS.iter().map(|f| f.name));
        let help = near.map_or(FUNCTIONS.to_string(), |near| format!("did you mean {near}?"));
        return Err(source.error(extent, Kind::Unknown, message, help));
    };
    let call = Call::in_from(source, function, args, extent.first)?;
    let stream = call.stream(source)?;
    let at = source.extent(stream.span, call.extent);
    let from = rows(context, tree, statement, stream, at)?;
    Ok((From { name: alias.unwrap_or(from.name), ..from }, Some(call)))
}

fn refuse(source: &Source, factor: &ast::TableFactor, or: Extent) -> CompileError {
    let behind = Extent::one(or.last + 1);
    let rest = Extent { first: or.last + 1, last: source.tokens().len() - 1 };
    let find = |word: &str| source.find(rest, &[word]);
    match factor {
        ast::TableFactor::NestedJoin { .. } => source.unsupported(behind, "JOIN", ONE_STREAM),
        ast::TableFactor::MatchRecognize { .. } => {
            source.unsupported(find("MATCH_RECOGNIZE"), "MATCH_RECOGNIZE", ONE_STREAM)
        }
        ast::TableFactor::UNNEST { .. } => source.unsupported(behind, "UNNEST", ONE_STREAM),
        ast::TableFactor::TableFunction { .. } => {
            source.unsupported(behind, "TABLE(...)", FUNCTIONS)
        }
        ast::TableFactor::Pivot { .. } => source.unsupported(find("PIVOT"), "PIVOT", ONE_STREAM),
        ast::TableFactor::Unpivot { .. } => {
            source.unsupported(find("UNPIVOT"), "UNPIVOT", ONE_STREAM)
        }
        _ => source.unsupported(behind, "this kind of FROM", ONE_STREAM),
    }
}

fn read_alias(source: &Source, alias: &ast::TableAlias, or: Extent) -> Result<String> {
    let ast::TableAlias { explicit: _, name, columns, at } = alias;
    let extent = source.extent(name.span, or);
    if !columns.is_empty() || at.is_some() {
        let behind = Extent::one(extent.last + 1);
        let help = "name columns in the SELECT list: SELECT a AS x";
        return Err(source.unsupported(behind, "a list of column names after an alias", help));
    }
    Ok(name.value.clone())
}

/// The rows that a name stands for: of a stream, a view or a subquery.
fn rows<'a>(
    context: &Context<'a>,
    tree: &mut Tree,
    statement: &'a QueryStatement,
    ident: &ast::Ident,
    extent: Extent,
) -> Result<From<'a>> {
    let same = |name: &str| name.eq_ignore_ascii_case(&ident.value);
    let subquery = statement.subqueries.iter().find(|(e, _)| e.first == extent.first);
    let (name, relation) = if let Some((_, query)) = subquery {
        (SUBQUERY.to_string(), view::rows(context, tree, query)?)
    } else if let Some(stream) = context.streams.iter().find(|s| same(&s.name)) {
        let times = match stream.time {
            Some(time) => {
                let column = tree.column(time.column, crate::types::DataType::Timestamp, false);
                let column = column.map_err(|_: Refused| too_many(context.source, extent))?;
                Vec::from([(column, Time::Source(TimeSource::Event))])
            }
            None => Vec::new(),
        };
        (stream.name.clone(), Relation { stream, columns: None, stages: Vec::new(), times })
    } else if let Some(i) = context.views.iter().position(|v| same(&v.name.text)) {
        // A view knows those that are defined before it.
        let (before, rest) = context.views.split_at(i);
        let Some(view) = rest.first() else { return Err(unknown(context, ident, extent)) };
        let context = Context { views: before, ..*context };
        (view.name.text.clone(), view::rows(&context, tree, &view.query)?)
    } else {
        return Err(unknown(context, ident, extent));
    };
    Ok(From { relation, name, windows: None })
}

fn too_many(source: &Source, extent: Extent) -> CompileError {
    source.error(extent, Kind::Limit, "the query has too many expressions", "split it")
}

fn unknown(context: &Context<'_>, ident: &ast::Ident, extent: Extent) -> CompileError {
    let streams = context.streams.iter().map(|s| &*s.name);
    let names = streams.chain(context.views.iter().map(|v| &*v.name.text));
    let help = match names.clone().next() {
        None => "define it first: CREATE STREAM name (column TYPE, ...)".into(),
        Some(_) => did_you_mean(&ident.value, names),
    };
    let message = match context.views {
        [] => format!("there is no stream {}", ident.value),
        _ => format!("there is no stream or view {}", ident.value),
    };
    context.source.error(extent, Kind::Unknown, message, help)
}
