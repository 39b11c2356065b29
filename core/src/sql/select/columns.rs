//! The SELECT list.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use sqlparser::ast::{self, Spanned};

use super::super::bind::Binder;
use super::super::name;
use super::super::source::{Extent, Source};
use super::{Column, Query, Result};

impl<'a> Query<'a> {
    /// The SELECT list.
    pub(super) fn columns(&mut self) -> Result<Vec<Column>> {
        let items = self.parts.items;
        let or = Extent::one(self.parts.extent.first);
        let mut columns = Vec::new();
        self.binder.visible = 0;
        for item in items {
            let b = &mut self.binder;
            match item {
                ast::SelectItem::UnnamedExpr(expr) => columns.push(self.column(expr, None, or)?),
                ast::SelectItem::ExprWithAlias { expr, alias } => {
                    columns.push(self.column(expr, Some(alias), or)?);
                    self.binder.visible += 1;
                }
                ast::SelectItem::Wildcard(options) => {
                    let at = b.source.extent(options.wildcard_token.0.span, or);
                    plain_star(b.source, options, at)?;
                    self.star(at, &mut columns)?;
                }
                ast::SelectItem::QualifiedWildcard(kind, options) => {
                    let ast::SelectItemQualifiedWildcardKind::ObjectName(name) = kind else {
                        return Err(b.source.unsupported(
                            or,
                            "a * behind an expression",
                            "list the columns",
                        ));
                    };
                    let at = b.source.extent(name.span(), or);
                    let at = Extent { first: at.first, last: at.last + 2 };
                    plain_star(b.source, options, at)?;
                    match &*name.0 {
                        [ast::ObjectNamePart::Identifier(ident)] => b.is_stream(ident, at)?,
                        _ => {
                            return Err(b.source.unsupported(
                                at,
                                "a name of several parts",
                                "write stream.*",
                            ));
                        }
                    }
                    self.star(at, &mut columns)?;
                }
                ast::SelectItem::ExprWithAliases { expr, aliases: _ } => {
                    let at = b.source.extent(expr.span(), or);
                    return Err(b.source.unsupported(
                        at,
                        "a list of names",
                        "give one name: x AS a",
                    ));
                }
            }
        }
        Ok(columns)
    }

    fn column(
        &mut self,
        expr: &'a ast::Expr,
        alias: Option<&ast::Ident>,
        or: Extent,
    ) -> Result<Column> {
        let b = &mut self.binder;
        let bound = b.bind(expr, or)?;
        let node = b.settle(&bound)?;
        let name = match alias {
            Some(alias) => alias.value.clone(),
            None => self.name(expr),
        };
        Ok(Column { name, node, free: bound.free })
    }

    /// The name of a column without an alias: the stream's own name of a column, else the text.
    fn name(&self, expr: &ast::Expr) -> String {
        let b = &self.binder;
        let own = match expr {
            ast::Expr::Nested(inner) => return self.name(inner),
            ast::Expr::Identifier(ident) => Some(ident),
            ast::Expr::CompoundIdentifier(parts) => parts.last(),
            _ => None,
        };
        let Some(own) = own else { return name::of(expr, &b.type_names) };
        let known = b.from.find(&own.value);
        known.map_or_else(|| own.value.clone(), |(name, _)| name.to_string())
    }

    fn star(&mut self, at: Extent, columns: &mut Vec<Column>) -> Result<()> {
        for (name, place) in self.binder.from.star() {
            let Binder { from, tree, .. } = &mut self.binder;
            let node = from.node(tree, place);
            let node = self.made(node, at)?;
            let free = if self.binder.is_key(node) { None } else { Some(at) };
            columns.push(Column { name, node, free });
        }
        Ok(())
    }
}

/// Refuses what can stand behind a `*`.
fn plain_star(source: &Source, options: &ast::WildcardAdditionalOptions, at: Extent) -> Result<()> {
    let ast::WildcardAdditionalOptions {
        wildcard_token: _,
        opt_ilike,
        opt_exclude,
        opt_except,
        opt_replace,
        opt_rename,
        opt_alias,
    } = options;
    let plain = opt_ilike.is_none()
        && opt_exclude.is_none()
        && opt_except.is_none()
        && opt_replace.is_none()
        && opt_rename.is_none()
        && opt_alias.is_none();
    if plain {
        return Ok(());
    }
    let behind = Extent::one(at.last + 1);
    let what = format!("* {}", source.text(behind.first).to_ascii_uppercase());
    Err(source.unsupported(behind, what, "name the columns that are wanted"))
}
