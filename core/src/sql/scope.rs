//! What names mean in a query: columns of what it reads, columns of its windows, aliases.

use alloc::format;

use sqlparser::ast::{self, Ident};

use super::bind::{Binder, Bound, Clause, Form};
use super::ddl::did_you_mean;
use super::error::{CompileError, CompileErrorKind as Kind};
use super::relation::{Place, WINDOW_END, WINDOW_START, WINDOW_TIME};
use super::source::Extent;
use crate::nearest::nearest;

/// A column of the SELECT list that has a name of its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Alias<'a> {
    pub(super) name: &'a Ident,
    pub(super) expr: &'a ast::Expr,
}

impl<'a> Binder<'a> {
    /// A column, else what the SELECT list calls so.
    pub(super) fn identifier(
        &mut self,
        ident: &'a Ident,
        or: Extent,
    ) -> Result<Bound, CompileError> {
        let extent = self.source.extent(ident.span, or);
        if let Some((_, place)) = self.from.find(&ident.value) {
            return self.column(place, extent);
        }
        self.alias(ident, extent)?.ok_or_else(|| self.unknown_column(ident, extent))
    }

    /// What the SELECT list calls so.
    pub(super) fn alias(
        &mut self,
        ident: &Ident,
        extent: Extent,
    ) -> Result<Option<Bound>, CompileError> {
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
            return Ok(Some(Bound { extent, free, ..bound }));
        }
        match self.aliases.iter().find(|a| name(a)) {
            Some(alias) => Err(self.error(
                extent,
                Kind::Unknown,
                format!("{} is used before it is defined", alias.name.value),
                "a name given in the SELECT list is known to the expressions behind it",
            )),
            None => Ok(None),
        }
    }

    fn unknown_column(&self, ident: &Ident, extent: Extent) -> CompileError {
        let name = &*ident.value;
        let from = &self.from.name;
        let message = format!("there is no column {name} in {from}");
        let mut windows = [WINDOW_START, WINDOW_END, WINDOW_TIME].into_iter();
        let is_window = windows.any(|w| name.eq_ignore_ascii_case(w));
        let relation = &self.from.relation;
        let help = match relation.stream.time {
            _ if is_window && self.from.windows.is_some() => {
                "windows of rows have a window_start and a window_end".into()
            }
            Some(time) if is_window && relation.columns.is_none() => {
                let ts = relation.stream.schema().name(time.column.index());
                format!("windows come from FROM TUMBLE({from}, {ts}, INTERVAL '1' SECOND)")
            }
            _ => {
                let aliases = self.aliases.iter().take(self.visible).map(|a| &*a.name.value);
                match nearest(name, self.from.names().chain(aliases)) {
                    Some(near) => format!("did you mean {near}?"),
                    None if ident.quote_style.is_some() => {
                        format!("a text stands in single quotes: '{name}'")
                    }
                    None => did_you_mean(name, self.from.names()),
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
        let (place, extent) = self.qualified_place(parts, or)?;
        self.column(place, extent)
    }

    /// The column that `stream.column` is.
    pub(super) fn qualified_place(
        &self,
        parts: &[Ident],
        or: Extent,
    ) -> Result<(Place, Extent), CompileError> {
        let at = |i: &Ident| self.source.extent(i.span, or);
        let [stream, column] = parts else {
            let extent = parts.first().map_or(or, at).to(parts.last().map_or(or, at));
            let help = "write stream.column, or the column alone";
            return Err(self.source.unsupported(extent, "a name of more than two parts", help));
        };
        let (first, extent) = (at(stream), at(stream).to(at(column)));
        self.is_stream(stream, first)?;
        match self.from.find(&column.value) {
            Some((_, place)) => Ok((place, extent)),
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

    pub(super) fn column(&mut self, place: Place, extent: Extent) -> Result<Bound, CompileError> {
        let node = self.from.node(&mut self.tree, place);
        let node = node.map_err(|r| self.refused(r, extent))?;
        if let (Place::Window(_), Some(windows)) = (place, &self.from.windows)
            && !windows.by_row
            && (self.clause == Clause::Where || self.within.is_some())
        {
            let name = windows.name;
            let message = match self.clause {
                Clause::Where => format!("the windows of {name} are not known in WHERE"),
                _ => format!("the windows of {name} are not known inside of an aggregate"),
            };
            let help = "they are known of groups: in GROUP BY, HAVING, SELECT and ORDER BY";
            return Err(self.error(extent, Kind::Grouping, message, help));
        }
        let free = if self.is_key(node) { None } else { Some(extent) };
        Ok(Bound { form: Form::Node(node), extent, free })
    }
}
