//! What groups give: keys, ends of windows, aggregates; and what of it is a time of other windows.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::vec::Vec;

use sqlparser::tokenizer::Token;

use super::super::bind::Binder;
use super::super::ddl::did_you_mean;
use super::super::error::CompileErrorKind as Kind;
use super::super::literal::Literal;
use super::super::lower::Shape;
use super::super::relation::{Time, Windows};
use super::super::source::Extent;
use super::super::tree::{NodeId, Refused, Tree};
use super::Result;
use crate::plan::op::Op;
use crate::plan::{TimeSource, WindowTime};
use crate::types::DataType;

/// The nodes of groups' results.
pub(super) struct Results {
    pub(super) keys: Vec<NodeId>,
    /// Start and end of the window.
    pub(super) ends: Vec<NodeId>,
    pub(super) aggregates: Vec<NodeId>,
    pub(super) last: Option<NodeId>,
    /// What is before the aggregate, and the same behind it.
    pub(super) known: BTreeMap<NodeId, NodeId>,
}

impl Results {
    pub(super) fn new(
        tree: &mut Tree,
        keys: &[NodeId],
        aggregates: usize,
        windows: Option<&Windows>,
    ) -> core::result::Result<Self, Refused> {
        let mut known = BTreeMap::new();
        let mut result = |tree: &mut Tree, node: NodeId, nullable: bool| {
            let result = tree.result_of(node, nullable)?;
            known.insert(node, result);
            Ok(result)
        };
        let mut of_keys = Vec::with_capacity(keys.len());
        for &key in keys {
            let nullable = tree.node(key).nullable;
            of_keys.push(result(tree, key, nullable)?);
        }
        let mut ends = Vec::new();
        for node in windows.iter().flat_map(|w| [w.start, w.end]) {
            ends.push(result(tree, node, false)?);
        }
        let mut of_aggregates = Vec::with_capacity(aggregates);
        for i in 0..aggregates {
            let index = u16::try_from(i).map_err(|_| Refused::TooMany)?;
            // It was made when the call was bound.
            let node = tree.aggregate(index).ok_or(Refused::TooMany)?;
            let nullable = tree.node(node).nullable;
            of_aggregates.push(result(tree, node, nullable)?);
        }
        let last = match (windows.and_then(|w| w.last), &*ends) {
            (Some(last), &[_, end]) => {
                let one = tree.literal(Literal::Bits(1), DataType::Timestamp)?;
                let of_result = tree.arithmetic(Op::Sub, end, one)?;
                known.insert(last, of_result);
                Some(of_result)
            }
            _ => None,
        };
        Ok(Self { keys: of_keys, ends, aggregates: of_aggregates, last, known })
    }
}

/// What of the groups' windows can be the time of other windows.
pub(super) fn times(
    windows: &Windows,
    ends: &[NodeId],
    last: Option<NodeId>,
) -> Vec<(NodeId, Time)> {
    let refused = match (windows.shape, windows.time) {
        (Shape::State { .. }, _) => Some(Time::Refused {
            what: "a window over STATE_WINDOW",
            help: "nothing bounds how long its windows are open: group them without windows",
        }),
        (_, TimeSource::Rows) => Some(Time::Refused {
            what: "a window over COUNT_WINDOW",
            help: "the ends of its windows are numbers of rows, not times",
        }),
        _ => None,
    };
    let start = match windows.shape {
        Shape::Session { .. } => Time::Refused {
            what: "a window over the window_start of SESSION",
            help: "sessions leave by their ends: take window_end or window_time",
        },
        _ => Time::Source(TimeSource::Window(WindowTime::Start)),
    };
    let end = Time::Source(TimeSource::Window(WindowTime::End));
    let mut times: Vec<_> = ends
        .iter()
        .zip([start, end])
        .map(|(&node, time)| (node, refused.unwrap_or(time)))
        .collect();
    let of_last = Time::Source(TimeSource::Window(WindowTime::Last));
    times.extend(last.map(|node| (node, refused.unwrap_or(of_last))));
    times
}

/// Checks that Flink's PARTITION BY of sessions names the keys of the groups.
pub(super) fn partition(b: &mut Binder<'_>, windows: &Windows, keys: &[NodeId]) -> Result<()> {
    let (Some(partition), Shape::Session { .. }) = (windows.partition, windows.shape) else {
        return Ok(());
    };
    let mut named = Vec::new();
    for i in partition.iter().flat_map(|extent| extent.first + 2..=extent.last) {
        let Token::Word(word) = b.source.token(i) else { continue };
        let Some((_, place)) = b.from.find(&word.value) else {
            let at = Extent::one(i);
            let message = format!("there is no column {} in {}", word.value, b.from.name);
            let help = did_you_mean(&word.value, b.from.names());
            return Err(b.error(at, Kind::Unknown, message, help));
        };
        let node = b.from.node(&mut b.tree, place);
        named.push(node.map_err(|r| b.refused(r, Extent::one(i)))?);
    }
    if keys.iter().all(|key| named.contains(key)) && named.iter().all(|n| keys.contains(n)) {
        return Ok(());
    }
    let what = "SESSION with a PARTITION BY that is not the GROUP BY";
    let help = "sessions are of each group: write TABLE(SESSION(TABLE s PARTITION BY (key), \
                DESCRIPTOR(ts), gap)) and GROUP BY key, window_start, window_end";
    Err(b.source.unsupported(partition.unwrap_or(windows.extent), what, help))
}
