//! What names mean in a query: columns of its stream, ends of its window, aliases.

use alloc::format;
use alloc::string::String;

use sqlparser::ast::{self, Ident};

use super::StreamDefinition;
use super::bind::{Binder, Bound, Form};
use super::ddl::did_you_mean;
use super::error::{CompileError, CompileErrorKind as Kind};
use super::literal::Literal;
use super::source::Extent;
use super::tree::{NodeId, Refused, Tree};
use crate::nearest::nearest;
use crate::plan::op::{ColumnId, Op};
use crate::types::DataType;

/// FROM: a stream, perhaps in windows.
#[derive(Clone, Debug)]
pub(super) struct From<'a> {
    pub(super) stream: &'a StreamDefinition,
    /// What the stream is called in this query.
    pub(super) name: String,
    pub(super) window: Option<Tumbling>,
}

/// TUMBLE: windows over an event time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tumbling {
    /// The start and the end of a row's window, as expressions.
    pub(super) start: NodeId,
    pub(super) end: NodeId,
    /// Microseconds.
    pub(super) size: i64,
}

impl Tumbling {
    pub(super) fn new(tree: &mut Tree, time: ColumnId, size: i64) -> Result<Self, Refused> {
        let time = tree.column(time, DataType::Timestamp, false)?;
        let start = tree.window_start(time, size)?;
        let length = tree.literal(Literal::Bits(size.cast_unsigned()), DataType::Timestamp)?;
        let end = tree.arithmetic(Op::Add, start, length)?;
        Ok(Self { start, end, size })
    }
}

/// A column of the SELECT list that has a name of its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Alias<'a> {
    pub(super) name: &'a Ident,
    pub(super) expr: &'a ast::Expr,
}

pub(super) const WINDOW_START: &str = "window_start";
pub(super) const WINDOW_END: &str = "window_end";

impl<'a> From<'a> {
    /// The names of all columns, in the order of `*`.
    pub(super) fn columns(&self) -> impl Iterator<Item = &'a str> + Clone {
        let schema = self.stream.schema();
        let window: &[&str] = match self.window {
            Some(_) => &[WINDOW_START, WINDOW_END],
            None => &[],
        };
        (0..schema.fields.len()).map(move |i| schema.name(i)).chain(window.iter().copied())
    }

    /// The node of a column, by its place in the order of `*`.
    pub(super) fn node(&self, tree: &mut Tree, index: usize) -> Result<NodeId, Refused> {
        let fields = &self.stream.fields;
        if let Some(field) = fields.get(index) {
            // A record has fewer than 65,536 columns.
            return tree.column(ColumnId(index as u16), field.data_type.loaded(), field.nullable);
        }
        match self.window {
            Some(window) if index == fields.len() => Ok(window.start),
            Some(window) => Ok(window.end),
            None => Err(Refused::TooMany),
        }
    }

    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.columns().position(|c| c.eq_ignore_ascii_case(name))
    }
}

impl<'a> Binder<'a> {
    /// A column, else what the SELECT list calls so.
    pub(super) fn identifier(
        &mut self,
        ident: &'a Ident,
        or: Extent,
    ) -> Result<Bound, CompileError> {
        let extent = self.source.extent(ident.span, or);
        if let Some(index) = self.from.position(&ident.value) {
            return self.column(index, extent);
        }
        let name = |alias: &Alias<'_>| alias.name.value.eq_ignore_ascii_case(&ident.value);
        let visible = self.aliases.get(..self.visible).unwrap_or(&[]);
        if visible.iter().filter(|a| name(a)).count() > 1 {
            let message = format!("{} is the name of two columns of the result", ident.value);
            return Err(self.error(extent, Kind::Ambiguous, message, "give one another name"));
        }
        if let Some(alias) = visible.iter().find(|a| name(a)).copied() {
            // What is meant is what the alias stands for, at this place.
            let visible = self.visible;
            self.visible = self.aliases.iter().position(name).unwrap_or(0);
            let bound = self.bind(alias.expr, extent);
            self.visible = visible;
            let bound = bound?;
            let free = bound.free.map(|_| extent);
            return Ok(Bound { extent, free, ..bound });
        }
        if let Some(alias) = self.aliases.iter().find(|a| name(a)) {
            return Err(self.error(
                extent,
                Kind::Unknown,
                format!("{} is used before it is defined", alias.name.value),
                "a name given in the SELECT list is known to the expressions behind it",
            ));
        }
        Err(self.unknown_column(ident, extent))
    }

    fn unknown_column(&self, ident: &Ident, extent: Extent) -> CompileError {
        let name = &*ident.value;
        let stream = &self.from.name;
        let message = format!("there is no column {name} in {stream}");
        let is_window = [WINDOW_START, WINDOW_END].iter().any(|w| name.eq_ignore_ascii_case(w));
        let help = match self.from.stream.time {
            Some(time) if is_window => {
                let ts = self.from.stream.schema().name(time.column.index());
                format!("windows come from FROM TUMBLE({stream}, {ts}, INTERVAL '1' SECOND)")
            }
            _ => {
                let aliases = self.aliases.iter().take(self.visible).map(|a| &*a.name.value);
                match nearest(name, self.from.columns().chain(aliases)) {
                    Some(near) => format!("did you mean {near}?"),
                    None if ident.quote_style.is_some() => {
                        format!("a text stands in single quotes: '{name}'")
                    }
                    None => did_you_mean(name, self.from.columns()),
                }
            }
        };
        self.error(extent, Kind::Unknown, message, help)
    }

    /// `stream.column`
    pub(super) fn qualified(
        &mut self,
        parts: &'a [Ident],
        or: Extent,
    ) -> Result<Bound, CompileError> {
        let at = |i: &Ident| self.source.extent(i.span, or);
        let [stream, column] = parts else {
            let extent = parts.first().map_or(or, at).to(parts.last().map_or(or, at));
            let help = "write stream.column, or the column alone";
            return Err(self.source.unsupported(extent, "a name of more than two parts", help));
        };
        let (first, extent) = (at(stream), at(stream).to(at(column)));
        self.is_stream(stream, first)?;
        match self.from.position(&column.value) {
            Some(index) => self.column(index, extent),
            None => Err(self.unknown_column(column, at(column))),
        }
    }

    /// Checks the name in front of a column or a star.
    pub(super) fn is_stream(&self, name: &Ident, extent: Extent) -> Result<(), CompileError> {
        let known = &self.from.name;
        if name.value.eq_ignore_ascii_case(known) {
            return Ok(());
        }
        let message = format!("{} is not the stream of this query", name.value);
        let help = format!("the stream is called {known} here");
        Err(self.error(extent, Kind::Unknown, message, help))
    }

    fn column(&mut self, index: usize, extent: Extent) -> Result<Bound, CompileError> {
        let node = self.from.node(&mut self.tree, index);
        let node = node.map_err(|r| self.refused(r, extent))?;
        let free = if self.is_key(node) { None } else { Some(extent) };
        Ok(Bound { form: Form::Node(node), extent, free })
    }
}
