//! What a call of a window function means: which time, and which rows make a window.

use alloc::format;
use alloc::string::ToString;

use sqlparser::ast::{self, Expr as Sql, Spanned};

use super::super::bind::Binder;
use super::super::ddl::did_you_mean;
use super::super::error::{CompileError, CompileErrorKind as Kind};
use super::super::interval;
use super::super::literal::Literal;
use super::super::lower::{Shape, Stage};
use super::super::relation::{Place, Time, WINDOW_END, WINDOW_START, WINDOW_TIME, Windows};
use super::super::source::Extent;
use super::super::tree::{Edge, Expr, NodeId, Refused};
use super::window::{Argument, Call};
use crate::plan::TimeSource;
use crate::plan::op::Op;
use crate::time::LENGTH_LIMIT;
use crate::types::DataType;

type Result<T> = core::result::Result<T, CompileError>;

/// The windows that a call makes.
pub(super) fn bind<'a>(b: &mut Binder<'a>, call: &Call<'a>) -> Result<Windows> {
    own_columns(b, call)?;
    let function = call.function.name;
    let (time, node) = match function {
        "COUNT_WINDOW" => (rows(b, call)?, None),
        "STATE_WINDOW" => (state_time(b, call)?, None),
        "SESSION" if b.from.relation.is_grouped() => {
            let help = "put its rows into windows of TUMBLE, HOP or CUMULATE";
            return Err(b.source.unsupported(call.extent, "SESSION over groups", help));
        }
        _ => time(b, call)?,
    };
    let shape = shape(b, call)?;
    let by_row = node.filter(|_| function == "TUMBLE");
    let edges = match (by_row, shape) {
        (Some(time), Shape::Slide { pane, offset, .. }) => edges_of_row(b, time, pane, offset),
        _ => edges_of_groups(b, time),
    };
    let (start, end, last) = edges.map_err(|r| b.refused(r, call.extent))?;
    Ok(Windows {
        name: function,
        time,
        shape,
        start,
        end,
        last,
        by_row: by_row.is_some(),
        extent: call.extent,
        partition: call.partition,
    })
}

/// Refuses a stream whose columns are called as those of windows.
fn own_columns(b: &Binder<'_>, call: &Call<'_>) -> Result<()> {
    let relation = &b.from.relation;
    if relation.columns.is_some() {
        return Ok(()); // they are hidden
    }
    for name in [WINDOW_START, WINDOW_END, WINDOW_TIME] {
        if relation.position(name).is_some() {
            let message = format!("{} has a column {name} of its own", relation.stream.name);
            let help = format!(
                "{} adds columns of these names: call the stream's column otherwise",
                call.function.name
            );
            return Err(b.error(call.extent, Kind::Ambiguous, message, help));
        }
    }
    Ok(())
}

type Edges = (NodeId, NodeId, Option<NodeId>);

/// The ends of the window that holds a time.
fn edges_of_row(
    b: &mut Binder<'_>,
    time: NodeId,
    size: i64,
    offset: i64,
) -> core::result::Result<Edges, Refused> {
    let tree = &mut b.tree;
    let mut constant =
        |length: i64| tree.literal(Literal::Bits(length.cast_unsigned()), DataType::Timestamp);
    let (length, shift, one) = (constant(size)?, constant(offset)?, constant(1)?);
    let start = match offset {
        0 => tree.window_start(time, size)?,
        _ => {
            let shifted = tree.arithmetic(Op::Sub, time, shift)?;
            let start = tree.window_start(shifted, size)?;
            tree.arithmetic(Op::Add, start, shift)?
        }
    };
    let end = tree.arithmetic(Op::Add, start, length)?;
    Ok((start, end, Some(tree.arithmetic(Op::Sub, end, one)?)))
}

/// What stands for the ends of a group's window.
fn edges_of_groups(b: &mut Binder<'_>, time: TimeSource) -> core::result::Result<Edges, Refused> {
    let is_rows = time == TimeSource::Rows;
    let data_type = if is_rows { DataType::BigInt } else { DataType::Timestamp };
    let mut edge = |edge| b.tree.result(Expr::Window(edge), data_type, false);
    let (start, end) = (edge(Edge::Start)?, edge(Edge::End)?);
    let last = if is_rows { None } else { Some(edge(Edge::Last)?) };
    Ok((start, end, last))
}

/// The time of windows of rows: how many of the stream's there were.
fn rows(b: &Binder<'_>, call: &Call<'_>) -> Result<TimeSource> {
    match b.from.relation.stages.first() {
        None => Ok(TimeSource::Rows),
        Some(_) => {
            let what = "COUNT_WINDOW over rows that were filtered or grouped before";
            let help = "it counts the records of a stream: write FROM COUNT_WINDOW(stream, 100)";
            Err(b.source.unsupported(call.extent, what, help))
        }
    }
}

fn state_time(b: &Binder<'_>, call: &Call<'_>) -> Result<TimeSource> {
    let relation = &b.from.relation;
    if relation.is_grouped() {
        let help = "its conditions are on the records of a stream";
        return Err(b.source.unsupported(call.extent, "STATE_WINDOW over groups", help));
    }
    if relation.stream.time.is_some() {
        return Ok(TimeSource::Event);
    }
    Err(no_event_time(b, call.extent, "ts"))
}

fn no_event_time(b: &Binder<'_>, extent: Extent, name: &str) -> CompileError {
    let message = format!("the stream {} has no event time", b.from.relation.stream.name);
    let help = format!("add WATERMARK FOR {name} AS {name} to its columns");
    b.error(extent, Kind::Type, message, help)
}

/// Whether an expression is `PROCTIME()`.
fn is_clock(expr: &Sql) -> bool {
    matches!(expr, Sql::Function(call) if call.name.to_string().eq_ignore_ascii_case("PROCTIME"))
}

/// What gives rows their time, and the column that it is.
fn time(b: &mut Binder<'_>, call: &Call<'_>) -> Result<(TimeSource, Option<NodeId>)> {
    let Argument { expr, extent } = call.required(b.source, "TIMECOL")?;
    let at = b.source.extent(expr.span(), extent);
    if is_clock(expr) {
        if b.from.relation.is_grouped() {
            let help = "name a time of its windows: TUMBLE(view, window_end, size)";
            return Err(b.source.unsupported(extent, "PROCTIME() over groups", help));
        }
        return Ok((TimeSource::Clock, None));
    }
    let (name, place) = match expr {
        Sql::Identifier(ident) => {
            let place = b.from.relation.position(&ident.value).map(Place::Own);
            (&*ident.value, place)
        }
        Sql::CompoundIdentifier(parts) => {
            let (place, _) = b.qualified_place(parts, at)?;
            (parts.last().map_or("", |ident| &*ident.value), Some(place))
        }
        _ => {
            return Err(call.wrong(b.source, at));
        }
    };
    if b.from.relation.columns.is_none() && b.from.relation.stream.time.is_none() {
        return Err(no_event_time(b, at, name));
    }
    let Some(place) = place else { return Err(unknown_time(b, at, name)) };
    let node = b.from.node(&mut b.tree, place).map_err(|r| b.refused(r, at))?;
    let found = b.from.relation.times.iter().find(|(time, _)| *time == node);
    match found.map(|(_, time)| *time) {
        Some(Time::Source(source)) => Ok((source, Some(node))),
        Some(Time::Refused { what, help }) => Err(b.source.unsupported(at, what, help)),
        None => Err(no_time(b, at, name)),
    }
}

fn unknown_time(b: &Binder<'_>, at: Extent, name: &str) -> CompileError {
    let relation = &b.from.relation;
    let message = format!("there is no column {name} in {}", b.from.name);
    let help = match (relation.stream.time, &relation.columns) {
        (Some(time), None) => {
            let event_time = relation.stream.schema().name(time.column.index());
            format!("the event time of {} is {event_time}", b.from.name)
        }
        _ => did_you_mean(name, b.from.names()),
    };
    b.error(at, Kind::Unknown, message, help)
}

/// A column that is no time of windows.
fn no_time(b: &Binder<'_>, at: Extent, name: &str) -> CompileError {
    let (relation, from) = (&b.from.relation, &b.from.name);
    if let (Some(time), None) = (relation.stream.time, &relation.columns) {
        let message = format!("{name} is not the event time of {from}");
        let help =
            format!("its WATERMARK is FOR {}", relation.stream.schema().name(time.column.index()));
        return b.error(at, Kind::Type, message, help);
    }
    let message = format!("{name} is not a time of the rows of {from}");
    let columns = relation.columns.iter().flatten();
    let is_time = |node: &NodeId| {
        relation.times.iter().any(|(t, time)| t == node && matches!(time, Time::Source(_)))
    };
    let times: alloc::vec::Vec<&str> =
        columns.filter(|(_, node)| is_time(node)).map(|(name, _)| &**name).collect();
    let help = match (&*times, relation.is_grouped()) {
        ([], true) => format!("group {from} by windows, and select window_end in it"),
        ([], false) => format!("select the event time in {from}"),
        (times, _) => format!("its times are {}", times.join(", ")),
    };
    b.error(at, Kind::Type, message, help)
}

fn shape<'a>(b: &mut Binder<'a>, call: &Call<'a>) -> Result<Shape> {
    Ok(match call.function.name {
        "TUMBLE" => {
            let size = length(b, call, "SIZE", "the size")?;
            let offset = offset(b, call)?.rem_euclid(size);
            Shape::Slide { pane: size, offset, size: 1, every: 1 }
        }
        "HOP" => {
            let hop = length(b, call, "SLIDE", "the hop")?;
            let size = length(b, call, "SIZE", "the size")?;
            slide(b, call, size, hop, offset(b, call)?.rem_euclid(hop))?
        }
        "CUMULATE" => {
            let step = length(b, call, "STEP", "the step")?;
            let max = length(b, call, "SIZE", "the largest size")?;
            if max % step != 0 {
                let at = call.required(b.source, "SIZE")?.extent;
                let message = "the largest size of CUMULATE is a multiple of its step";
                let help = "with steps of INTERVAL '1' MINUTE it can be INTERVAL '1' HOUR";
                return Err(b.error(at, Kind::Value, message, help));
            }
            let offset = offset(b, call)?.rem_euclid(max);
            let steps = panes(b, call, max / step)?;
            Shape::Cumulate { pane: step, offset, steps }
        }
        "SESSION" => Shape::Session { gap: length(b, call, "GAP", "the gap")? },
        "COUNT_WINDOW" => {
            let size = count(b, call, "SIZE")?;
            let every = match call.argument("SLIDE") {
                Some(_) => count(b, call, "SLIDE")?,
                None => size,
            };
            slide(b, call, size, every, 0)?
        }
        _ => {
            let mut condition = |place| {
                let Argument { expr, extent } = call.required(b.source, place)?;
                let bound = b.bind(expr, extent)?;
                b.condition(&bound)
            };
            Shape::State { begin: condition("BEGIN")?, end: condition("END")? }
        }
    })
}

/// Windows of `size` that begin every `every`: of panes as long as both allow.
fn slide(b: &Binder<'_>, call: &Call<'_>, size: i64, every: i64, offset: i64) -> Result<Shape> {
    let (mut pane, mut rest) = (size, every);
    while rest != 0 {
        (pane, rest) = (rest, pane % rest);
    }
    let (size, every) = (panes(b, call, size / pane)?, panes(b, call, every / pane)?);
    Ok(Shape::Slide { pane, offset, size, every })
}

fn panes(b: &Binder<'_>, call: &Call<'_>, panes: i64) -> Result<u16> {
    u16::try_from(panes).map_err(|_| {
        let message =
            format!("{} cuts a window into {panes} panes: 65,535 are the most", call.function.name);
        let help = "panes are as long as size and hop allow: make one a multiple of the other, or \
                    the shorter one longer";
        b.error(call.extent, Kind::Limit, message, help)
    })
}

/// An argument that is an INTERVAL of a fixed length, perhaps with a sign in front.
fn interval(b: &Binder<'_>, call: &Call<'_>, argument: Argument<'_>, what: &str) -> Result<i64> {
    let (sign, expr) = match argument.expr {
        Sql::UnaryOp { op: ast::UnaryOperator::Minus, expr } => (-1, &**expr),
        other => (1, other),
    };
    let Sql::Interval(interval) = expr else {
        let message = format!("{what} of {} is an INTERVAL", call.function.name);
        return Err(b.error(argument.extent, Kind::Type, message, call.usage()));
    };
    let read = interval::read(interval).and_then(|read| read.fixed());
    let length = read.map_err(|bad| bad.error(b.source, argument.extent))?;
    if length.unsigned_abs() > LENGTH_LIMIT.unsigned_abs() {
        let message = format!("{what} of {} is longer than 36,000 years", call.function.name);
        let help = "write a shorter INTERVAL";
        return Err(b.error(argument.extent, Kind::Value, message, help));
    }
    Ok(sign * length)
}

/// A length above 0.
fn length(b: &Binder<'_>, call: &Call<'_>, place: &str, what: &str) -> Result<i64> {
    let argument = call.required(b.source, place)?;
    let length = interval(b, call, argument, what)?;
    if length > 0 {
        return Ok(length);
    }
    let message = format!("{what} of {} is above 0", call.function.name);
    Err(b.error(argument.extent, Kind::Value, message, call.usage()))
}

/// Where windows begin, other than at 1970-01-01.
fn offset(b: &Binder<'_>, call: &Call<'_>) -> Result<i64> {
    call.argument("OFFSET").map_or(Ok(0), |argument| interval(b, call, argument, "the offset"))
}

/// A number of rows.
fn count(b: &Binder<'_>, call: &Call<'_>, place: &str) -> Result<i64> {
    let argument = call.required(b.source, place)?;
    let number = match argument.expr {
        Sql::Value(ast::ValueWithSpan { value: ast::Value::Number(digits, false), span: _ }) => {
            digits.replace('_', "").parse().ok().filter(|n| (1..=LENGTH_LIMIT).contains(n))
        }
        _ => None,
    };
    number.ok_or_else(|| {
        let message = "the rows of COUNT_WINDOW are a whole number from 1 on";
        b.error(argument.extent, Kind::Value, message, call.usage())
    })
}

/// Whether each of the groups that leave these stages has windows of its own.
pub(super) fn is_of_group(stages: &[Stage]) -> bool {
    let last = stages.iter().rposition(|stage| matches!(stage, Stage::Group(_)));
    let before = last.and_then(|i| i.checked_sub(1)).and_then(|i| stages.get(i));
    matches!(before, Some(Stage::Window(_, shape)) if shape.is_of_group())
}
