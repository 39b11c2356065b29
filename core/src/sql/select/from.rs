//! FROM: a stream, or a tumbling window over one.

use alloc::format;
use alloc::string::String;

use sqlparser::ast::{self, Spanned};
use sqlparser::tokenizer::Token;

use super::super::StreamDefinition;
use super::super::ddl::did_you_mean;
use super::super::error::{CompileError, CompileErrorKind as Kind};
use super::super::interval;
use super::super::scope::{From, Tumbling, WINDOW_END, WINDOW_START};
use super::super::source::{Extent, Source};
use super::super::tree::Tree;
use super::clauses::Parts;
use crate::plan::EventTime;

const WINDOWS: &str = "write FROM TUMBLE(stream, ts, INTERVAL '1' SECOND)";
const ONE_STREAM: &str = "a query reads one stream: SELECT ... FROM stream";

/// Reads the FROM of a query.
pub(super) fn read<'a>(
    source: &Source,
    tree: &mut Tree,
    streams: &'a [StreamDefinition],
    parts: &Parts<'_>,
) -> Result<From<'a>, CompileError> {
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
        let stream = find(source, streams, ident, extent)?;
        let name = alias.unwrap_or_else(|| stream.name.clone());
        return Ok(From { stream, name, window: None });
    };
    if settings.is_some() {
        let help = "SETTINGS stand at the end of the query";
        return Err(source.unsupported(extent, "SETTINGS inside of a call", help));
    }
    if !ident.value.eq_ignore_ascii_case("TUMBLE") {
        let upper = ident.value.to_ascii_uppercase();
        let known = ["HOP", "SESSION", "CUMULATE", "COUNT_WINDOW", "STATE_WINDOW"];
        if known.contains(&&*upper) {
            return Err(source.unsupported(extent, upper, WINDOWS));
        }
        let message = format!("there is no function {} for FROM", ident.value);
        return Err(source.error(extent, Kind::Unknown, message, WINDOWS));
    }
    let call = Extent { first: extent.first, last: source.closing(extent.first + 1) };
    let (stream, window) = tumble(source, tree, streams, args, call)?;
    let name = alias.unwrap_or_else(|| stream.name.clone());
    Ok(From { stream, name, window: Some(window) })
}

/// The tokens of a call's argument.
fn argument(source: &Source, call: Extent, index: usize) -> Extent {
    let (mut depth, mut found, mut first) = (0usize, 0, call.first + 2);
    for i in call.first + 2..=call.last {
        match source.token(i) {
            Token::LParen => depth += 1,
            Token::Comma | Token::RParen if depth == 0 => {
                if found == index {
                    return Extent { first, last: i - 1 };
                }
                (found, first) = (found + 1, i + 1);
            }
            Token::RParen => depth -= 1,
            _ => {}
        }
    }
    call
}

fn refuse(source: &Source, factor: &ast::TableFactor, or: Extent) -> CompileError {
    let behind = Extent::one(or.last + 1);
    let rest = Extent { first: or.last + 1, last: source.tokens().len() - 1 };
    let find = |word: &str| source.find(rest, &[word]);
    match factor {
        ast::TableFactor::Derived { .. } => {
            source.unsupported(behind, "a subquery in FROM", ONE_STREAM)
        }
        ast::TableFactor::NestedJoin { .. } => source.unsupported(behind, "JOIN", ONE_STREAM),
        ast::TableFactor::MatchRecognize { .. } => {
            source.unsupported(find("MATCH_RECOGNIZE"), "MATCH_RECOGNIZE", ONE_STREAM)
        }
        ast::TableFactor::UNNEST { .. } => source.unsupported(behind, "UNNEST", ONE_STREAM),
        ast::TableFactor::TableFunction { .. } => source.unsupported(behind, "TABLE(...)", WINDOWS),
        ast::TableFactor::Pivot { .. } => source.unsupported(find("PIVOT"), "PIVOT", ONE_STREAM),
        ast::TableFactor::Unpivot { .. } => {
            source.unsupported(find("UNPIVOT"), "UNPIVOT", ONE_STREAM)
        }
        _ => source.unsupported(behind, "this kind of FROM", ONE_STREAM),
    }
}

fn read_alias(
    source: &Source,
    alias: &ast::TableAlias,
    or: Extent,
) -> Result<String, CompileError> {
    let ast::TableAlias { explicit: _, name, columns, at } = alias;
    let extent = source.extent(name.span, or);
    if !columns.is_empty() || at.is_some() {
        let behind = Extent::one(extent.last + 1);
        let help = "name columns in the SELECT list: SELECT a AS x";
        return Err(source.unsupported(behind, "a list of column names after an alias", help));
    }
    Ok(name.value.clone())
}

fn find<'a>(
    source: &Source,
    streams: &'a [StreamDefinition],
    ident: &ast::Ident,
    extent: Extent,
) -> Result<&'a StreamDefinition, CompileError> {
    let same = |s: &&StreamDefinition| s.name.eq_ignore_ascii_case(&ident.value);
    streams.iter().find(same).ok_or_else(|| {
        let names = streams.iter().map(|s| &*s.name);
        let help = match streams {
            [] => "define it first: CREATE STREAM name (column TYPE, ...)".into(),
            _ => did_you_mean(&ident.value, names),
        };
        let message = format!("there is no stream {}", ident.value);
        source.error(extent, Kind::Unknown, message, help)
    })
}

/// `TUMBLE(stream, ts, INTERVAL ...)`
fn tumble<'a>(
    source: &Source,
    tree: &mut Tree,
    streams: &'a [StreamDefinition],
    args: &[ast::FunctionArg],
    call: Extent,
) -> Result<(&'a StreamDefinition, Tumbling), CompileError> {
    use ast::{Expr, FunctionArg, FunctionArgExpr};
    let expr = |arg| match arg {
        &FunctionArg::Unnamed(FunctionArgExpr::Expr(ref expr)) => Some(expr),
        _ => None,
    };
    let args: Option<alloc::vec::Vec<&Expr>> = args.iter().map(expr).collect();
    let wrong = |extent| source.error(extent, Kind::Syntax, "TUMBLE has other arguments", WINDOWS);
    let args = args.ok_or_else(|| wrong(call))?;
    if let [_, _, _, offset] = *args {
        let _ = offset;
        return Err(source.unsupported(
            argument(source, call, 3),
            "TUMBLE with an offset",
            WINDOWS,
        ));
    }
    let [stream, time, size] = *args else { return Err(wrong(call)) };
    let Expr::Identifier(stream) = stream else {
        return Err(wrong(source.extent(stream.span(), call)));
    };
    let stream = find(source, streams, stream, source.extent(stream.span, call))?;
    let at = source.extent(time.span(), call);
    let ident = match time {
        Expr::Identifier(ident) => ident,
        _ => return Err(wrong(at)),
    };
    let schema = stream.schema();
    let Some(EventTime { column, .. }) = stream.time else {
        let message = format!("the stream {} has no event time", stream.name);
        let help = format!("add WATERMARK FOR {0} AS {0} to its columns", ident.value);
        return Err(source.error(at, Kind::Type, message, help));
    };
    let event_time = schema.name(column.index());
    if !ident.value.eq_ignore_ascii_case(event_time) {
        if schema.position(&ident.value).is_none() {
            let message = format!("there is no column {} in {}", ident.value, stream.name);
            let help = format!("the event time of {} is {event_time}", stream.name);
            return Err(source.error(at, Kind::Unknown, message, help));
        }
        let message = format!("{} is not the event time of {}", ident.value, stream.name);
        let help = format!("its WATERMARK is FOR {event_time}");
        return Err(source.error(at, Kind::Type, message, help));
    }
    let at = argument(source, call, 2);
    let Expr::Interval(size) = size else {
        let message = "the size of a window is an INTERVAL";
        return Err(source.error(at, Kind::Type, message, WINDOWS));
    };
    let size =
        interval::read(size).and_then(|read| read.fixed()).map_err(|bad| bad.error(source, at))?;
    if size <= 0 {
        let message = "the size of a window is above 0";
        return Err(source.error(at, Kind::Value, message, WINDOWS));
    }
    for name in [WINDOW_START, WINDOW_END] {
        if schema.position(name).is_some() {
            let message = format!("{} has a column {name} of its own", stream.name);
            let help = "TUMBLE adds columns of these names: call the stream's column otherwise";
            return Err(source.error(call, Kind::Ambiguous, message, help));
        }
    }
    let window = Tumbling::new(tree, column, size).map_err(|_| {
        source.error(call, Kind::Limit, "the query has too many expressions", "split it")
    })?;
    Ok((stream, window))
}
