//! Views and subqueries: the rows of a query are what another one reads.

use alloc::format;

use super::super::error::{CompileError, CompileErrorKind as Kind};
use super::super::parse::{Name, QueryStatement};
use super::super::relation::Relation;
use super::super::source::Extent;
use super::super::tree::Tree;
use super::{Context, bind};

type Result<T> = core::result::Result<T, CompileError>;

/// What a `CREATE VIEW` defines.
#[derive(Debug)]
pub(in super::super) struct View {
    pub(in super::super) name: Name,
    pub(in super::super) query: QueryStatement,
}

/// Deepest nesting of views: a bound on recursion.
const MAX_VIEWS: usize = 16;

/// The rows of a view or a subquery.
pub(super) fn rows<'a>(
    context: &Context<'a>,
    tree: &mut Tree,
    query: &'a QueryStatement,
) -> Result<Relation<'a>> {
    let source = context.source;
    let first = Extent::one(query.extent.first);
    if context.depth >= MAX_VIEWS {
        let message = format!("there are more than {MAX_VIEWS} views over views");
        return Err(source.error(first, Kind::Limit, message, "put several of them into one"));
    }
    if let Some(emit) = query.emit {
        let help = "it stands behind the query that reads the view: results of a view are final";
        return Err(source.unsupported(emit.extent, "EMIT inside of a view", help));
    }
    if let Some(setting) = query.settings.first() {
        let help = "they stand behind the query that reads the view, and hold for all of it";
        return Err(source.unsupported(setting.key.extent, "SETTINGS inside of a view", help));
    }
    let context = Context { depth: context.depth + 1, ..*context };
    let rows =
        bind(&context, core::mem::replace(tree, Tree::new(context.options.functions)), query)?;
    *tree = rows.tree;
    if let Some((_, extent)) = rows.order {
        let help = "order the rows of the query that reads the view";
        let what = "ORDER BY or LIMIT inside of a view";
        return Err(source.unsupported(extent, what, help));
    }
    let columns = rows.relation.columns.iter().flatten();
    for (i, (name, _)) in columns.clone().enumerate() {
        if columns.clone().take(i).any(|(other, _)| other.eq_ignore_ascii_case(name)) {
            let message = format!("there are two columns {name} in the view");
            let help = "give one another name: x AS name";
            return Err(source.error(first, Kind::Ambiguous, message, help));
        }
    }
    Ok(rows.relation)
}
