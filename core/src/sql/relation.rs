//! What a query reads: a stream, or the rows of another query, in windows or not.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::StreamDefinition;
use super::lower::{Shape, Stage};
use super::source::Extent;
use super::tree::{Edge, NodeId, Refused, Tree};
use crate::plan::TimeSource;
use crate::plan::op::ColumnId;

pub(super) const WINDOW_START: &str = "window_start";
pub(super) const WINDOW_END: &str = "window_end";
pub(super) const WINDOW_TIME: &str = "window_time";

/// Rows: where they come from, and what was done with them.
#[derive(Clone, Debug)]
pub(super) struct Relation<'a> {
    pub(super) stream: &'a StreamDefinition,
    /// Of a query, its columns and what they hold; a stream has those of its definition.
    pub(super) columns: Option<Vec<(String, NodeId)>>,
    pub(super) stages: Vec<Stage>,
    /// What holds the time of a row.
    pub(super) times: Vec<(NodeId, Time)>,
}

/// What can be the time of windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Time {
    Source(TimeSource),
    /// A column of windows of which there can be no windows: what to say instead.
    Refused {
        what: &'static str,
        help: &'static str,
    },
}

impl Relation<'_> {
    /// How many times rows were grouped.
    pub(super) fn groups(&self) -> usize {
        self.stages.iter().filter(|stage| matches!(stage, Stage::Group(_))).count()
    }

    /// Whether rows are groups.
    pub(super) fn is_grouped(&self) -> bool {
        self.groups() > 0
    }

    fn names(&self) -> impl Iterator<Item = &str> + Clone {
        let schema = self.stream.schema();
        let (count, own) = match &self.columns {
            Some(columns) => (0, &columns[..]),
            None => (schema.fields.len(), &[][..]),
        };
        (0..count).map(move |i| schema.name(i)).chain(own.iter().map(|(name, _)| &**name))
    }

    /// The node of a column of its own.
    pub(super) fn node(&self, tree: &mut Tree, index: usize) -> Result<NodeId, Refused> {
        if let Some(columns) = &self.columns {
            return columns.get(index).map(|&(_, node)| node).ok_or(Refused::TooMany);
        }
        let field = self.stream.fields.get(index).ok_or(Refused::TooMany)?;
        // A record has fewer than 65,536 columns.
        tree.column(ColumnId(index as u16), field.data_type.loaded(), field.nullable)
    }

    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.names().position(|c| c.eq_ignore_ascii_case(name))
    }
}

/// The windows that rows are put into.
#[derive(Clone, Debug)]
pub(super) struct Windows {
    /// The function that makes them, in capitals.
    pub(super) name: &'static str,
    pub(super) time: TimeSource,
    pub(super) shape: Shape,
    /// The columns of a row's window.
    pub(super) start: NodeId,
    pub(super) end: NodeId,
    /// `None` for windows of rows.
    pub(super) last: Option<NodeId>,
    /// Whether a row tells its window.
    pub(super) by_row: bool,
    /// The call, for messages.
    pub(super) extent: Extent,
    /// Flink's PARTITION BY of its sessions, if that is the spelling.
    pub(super) partition: Option<Option<Extent>>,
}

impl Windows {
    /// What of the window a node is.
    pub(super) fn edge(&self, node: NodeId) -> Option<Edge> {
        let edges = [(self.start, Edge::Start), (self.end, Edge::End)];
        let last = self.last.map(|last| (last, Edge::Last));
        edges.into_iter().chain(last).find(|&(n, _)| n == node).map(|(_, edge)| edge)
    }

    /// The columns of the window.
    pub(super) fn edges(&self) -> impl Iterator<Item = NodeId> + use<> {
        [self.start, self.end].into_iter().chain(self.last)
    }
}

/// Where a column of FROM comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Own(usize),
    Window(Edge),
}

/// FROM.
#[derive(Clone, Debug)]
pub(super) struct From<'a> {
    pub(super) relation: Relation<'a>,
    /// What the rows are called in this query.
    pub(super) name: String,
    pub(super) windows: Option<Windows>,
}

impl From<'_> {
    fn edges(&self) -> impl Iterator<Item = (&'static str, Edge)> + Clone + use<> {
        let has = |edge| match &self.windows {
            Some(windows) => edge != Edge::Last || windows.last.is_some(),
            None => false,
        };
        let all = [
            (WINDOW_START, Edge::Start, has(Edge::Start)),
            (WINDOW_END, Edge::End, has(Edge::End)),
            (WINDOW_TIME, Edge::Last, has(Edge::Last)),
        ];
        all.into_iter().filter(|(_, _, has)| *has).map(|(name, edge, _)| (name, edge))
    }

    /// Names of columns, for "did you mean".
    pub(super) fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.relation.names().chain(self.edges().map(|(name, _)| name))
    }

    /// The columns of `*`, and their names.
    pub(super) fn star(&self) -> Vec<(String, Place)> {
        let own = (0..).zip(self.relation.names()).filter(|(_, name)| {
            // Columns of windows hide those of the windows before.
            !self.edges().any(|(edge, _)| edge.eq_ignore_ascii_case(name))
        });
        let edges = self.edges().filter(|(_, edge)| *edge != Edge::Last);
        own.map(|(i, name)| (name.to_string(), Place::Own(i)))
            .chain(edges.map(|(name, edge)| (name.to_string(), Place::Window(edge))))
            .collect()
    }

    /// The column of this name, and how it is written where it is defined.
    pub(super) fn find(&self, name: &str) -> Option<(&str, Place)> {
        let edge = self.edges().find(|(edge, _)| edge.eq_ignore_ascii_case(name));
        if let Some((name, edge)) = edge {
            return Some((name, Place::Window(edge)));
        }
        let same = |(_, c): &(usize, &str)| c.eq_ignore_ascii_case(name);
        let own = self.relation.names().enumerate().find(same);
        own.map(|(i, name)| (name, Place::Own(i)))
    }

    /// The node of a column.
    pub(super) fn node(&self, tree: &mut Tree, place: Place) -> Result<NodeId, Refused> {
        match (place, &self.windows) {
            (Place::Own(index), _) => self.relation.node(tree, index),
            (Place::Window(Edge::Start), Some(windows)) => Ok(windows.start),
            (Place::Window(Edge::End), Some(windows)) => Ok(windows.end),
            (Place::Window(Edge::Last), Some(Windows { last: Some(last), .. })) => Ok(*last),
            _ => Err(Refused::TooMany),
        }
    }
}
