//! Predicates: IS, BETWEEN and IN.

use alloc::vec::Vec;

use sqlparser::ast;

use super::bind::{Binder, Bound, Form};
use super::error::{CompileError, CompileErrorKind as Kind};
use super::operators::first_free;
use super::source::Extent;
use super::types::Use;
use crate::plan::op::Op;
use crate::types::DataType;

type Result<T> = core::result::Result<T, CompileError>;

impl<'a> Binder<'a> {
    /// `a IS [NOT] DISTINCT FROM b`: never NULL.
    pub(super) fn distinct(
        &mut self,
        a: &'a ast::Expr,
        b: &'a ast::Expr,
        wanted: bool,
        or: Extent,
    ) -> Result<Bound> {
        let (a, b) = (self.bind(a, or)?, self.bind(b, or)?);
        let extent = a.extent.to(b.extent);
        let free = first_free(&[&a, &b]);
        let equal = self.comparison(Op::Eq, &a, &b)?;
        let (a, b) = (self.settle(&a)?, self.settle(&b)?);
        let tree = &mut self.tree;
        // Where the comparison is NULL, both are equal if both are NULL.
        let node = tree.null_test(Op::IsNull, a).and_then(|a| {
            let b = tree.null_test(Op::IsNull, b)?;
            let both = tree.logic(Op::And, a, b)?;
            let same = tree.coalesce(equal, both, DataType::Boolean)?;
            if wanted { tree.not(same) } else { Ok(same) }
        });
        self.made(node, extent, free)
    }

    pub(super) fn null_test(&mut self, op: Op, inner: &'a ast::Expr, or: Extent) -> Result<Bound> {
        let bound = self.bind(inner, or)?;
        let extent = self.through(bound.extent, &["IS", "NOT", "NULL", "ISNULL", "NOTNULL"]);
        let node = self.settle(&bound)?;
        let node = self.tree.null_test(op, node);
        self.made(node, extent, bound.free)
    }

    /// `x IS UNKNOWN`: NULL as a condition.
    pub(super) fn is_unknown(&mut self, op: Op, inner: &'a ast::Expr, or: Extent) -> Result<Bound> {
        let bound = self.bind(inner, or)?;
        let extent = self.through(bound.extent, &["IS", "NOT", "UNKNOWN"]);
        let node = self.condition(&bound)?;
        let node = self.tree.null_test(op, node);
        self.made(node, extent, bound.free)
    }

    /// `x IS [NOT] TRUE`, `x IS [NOT] FALSE`: never NULL.
    pub(super) fn truth_test(
        &mut self,
        inner: &'a ast::Expr,
        wanted: bool,
        negated: bool,
        or: Extent,
    ) -> Result<Bound> {
        let bound = self.bind(inner, or)?;
        let word = if wanted { "TRUE" } else { "FALSE" };
        let extent = self.through(bound.extent, &["IS", "NOT", word]);
        let condition = self.condition(&bound)?;
        let tree = &mut self.tree;
        // NULL is neither: it counts as the other one.
        let node = tree
            .boolean(!wanted)
            .and_then(|other| tree.coalesce(condition, other, DataType::Boolean));
        let node = node.and_then(|n| if wanted == negated { tree.not(n) } else { Ok(n) });
        self.made(node, extent, bound.free)
    }

    pub(super) fn between(
        &mut self,
        expr: &'a ast::Expr,
        negated: bool,
        low: &'a ast::Expr,
        high: &'a ast::Expr,
        or: Extent,
    ) -> Result<Bound> {
        let parts = [self.bind(expr, or)?, self.bind(low, or)?, self.bind(high, or)?];
        let extent = parts[0].extent.to(parts[2].extent);
        let t = self.unify(&parts, Use::Order, "BETWEEN")?;
        let x = self.compared(&parts[0], t)?;
        let (low, high) = (self.compared(&parts[1], t)?, self.compared(&parts[2], t)?);
        let tree = &mut self.tree;
        let node = tree.compare(Op::Ge, x, low).and_then(|above| {
            let below = tree.compare(Op::Le, x, high)?;
            tree.logic(Op::And, above, below)
        });
        let bound = self.made(node, extent, first_free(&parts.each_ref()))?;
        self.negated(bound, negated)
    }

    pub(super) fn in_list(
        &mut self,
        expr: &'a ast::Expr,
        list: &'a [ast::Expr],
        negated: bool,
        or: Extent,
    ) -> Result<Bound> {
        let mut parts = Vec::from([self.bind(expr, or)?]);
        let extent = self.through(parts[0].extent, &["NOT", "IN"]);
        let extent = Extent { first: extent.first, last: self.source.closing(extent.last + 1) };
        if list.is_empty() {
            let message = "IN has an empty list";
            return Err(self.error(extent, Kind::Syntax, message, "write x IN (1, 2, 3)"));
        }
        for item in list {
            parts.push(self.bind(item, extent)?);
        }
        let t = self.unify(&parts, Use::Equal, "IN")?;
        let x = self.compared(&parts[0], t)?;
        let mut tests = Vec::with_capacity(list.len());
        for item in &parts[1..] {
            let item = self.compared(item, t)?;
            tests.push(self.tree.compare(Op::Eq, x, item).map_err(|r| self.refused(r, extent))?);
        }
        let any = self.balanced(Op::Or, &tests, extent)?;
        let free = parts.iter().find_map(|p| p.free);
        let bound = self.made(Ok(any), extent, free)?;
        self.negated(bound, negated)
    }

    /// `NOT BETWEEN`, `NOT IN`, `NOT LIKE`: NOT over what could be a key itself.
    pub(super) fn negated(&mut self, bound: Bound, negated: bool) -> Result<Bound> {
        match bound.form {
            Form::Node(node) if negated => {
                let node = self.tree.not(node);
                self.made(node, bound.extent, bound.free)
            }
            _ => Ok(bound),
        }
    }
}
