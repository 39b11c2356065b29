//! CASE, IF, COALESCE and NULLIF.

use alloc::vec::Vec;

use sqlparser::ast;

use super::bind::{Binder, Bound, Form};
use super::error::CompileError;
use super::source::Extent;
use super::tree::NodeId;
use super::types::Use;
use crate::plan::op::Op;
use crate::types::DataType;

type Result<T> = core::result::Result<T, CompileError>;

impl<'a> Binder<'a> {
    pub(super) fn case(
        &mut self,
        operand: Option<&'a ast::Expr>,
        conditions: &'a [ast::CaseWhen],
        otherwise: Option<&'a ast::Expr>,
        extent: Extent,
    ) -> Result<Bound> {
        let operand = operand.map(|o| self.bind(o, extent)).transpose()?;
        let mut free = operand.as_ref().and_then(|o| o.free);
        // The ELSE value decides the type first, as in DuckDB.
        let mut values = Vec::from([match otherwise {
            Some(otherwise) => self.bind(otherwise, extent)?,
            None => Bound { form: Form::Null, extent, free: None },
        }]);
        let mut tests = Vec::new();
        for ast::CaseWhen { condition, result } in conditions {
            let condition = self.bind(condition, extent)?;
            free = free.or(condition.free);
            tests.push(match &operand {
                Some(operand) => self.comparison(Op::Eq, operand, &condition)?,
                None => self.condition(&condition)?,
            });
            values.push(self.bind(result, extent)?);
        }
        self.chosen(&tests, &values, free, extent)
    }

    /// `IF(condition, then, otherwise)`
    pub(super) fn choice(
        &mut self,
        condition: &Bound,
        then: &Bound,
        otherwise: &Bound,
        extent: Extent,
    ) -> Result<Bound> {
        let test = self.condition(condition)?;
        self.chosen(&[test], &[otherwise.clone(), then.clone()], condition.free, extent)
    }

    /// A CASE whose ELSE value comes first.
    fn chosen(
        &mut self,
        tests: &[NodeId],
        values: &[Bound],
        free: Option<Extent>,
        extent: Extent,
    ) -> Result<Bound> {
        let free = free.or(values.iter().find_map(|v| v.free));
        if values.iter().all(|v| matches!(v.form, Form::Null)) {
            return Ok(Bound { form: Form::Null, extent, free });
        }
        let t = self.unify(values, Use::Mix, "CASE")?;
        let values = self.mixed(values, t)?;
        let Some((otherwise, values)) = values.split_first() else {
            return Ok(Bound { form: Form::Null, extent, free });
        };
        let branches: Vec<_> = tests.iter().copied().zip(values.iter().copied()).collect();
        let node = self.tree.case(&branches, *otherwise, t);
        self.made(node, extent, free)
    }

    /// Results of one type. Texts of all lengths up to the type's stay as they are.
    pub(super) fn mixed(&mut self, parts: &[Bound], t: DataType) -> Result<Vec<NodeId>> {
        parts.iter().map(|part| self.compared(part, t)).collect()
    }

    pub(super) fn null_if(&mut self, a: &Bound, b: &Bound, extent: Extent) -> Result<Bound> {
        if matches!(a.form, Form::Null) {
            return Ok(Bound { extent, ..a.clone() });
        }
        let mask = self.comparison(Op::Eq, a, b)?;
        let value = self.settle(a)?;
        let node = self.tree.null_if(value, mask);
        self.made(node, extent, a.free.or(b.free))
    }

    pub(super) fn coalesce(&mut self, parts: &[Bound], extent: Extent) -> Result<Bound> {
        let free = parts.iter().find_map(|p| p.free);
        if parts.iter().all(|p| matches!(p.form, Form::Null)) {
            return Ok(Bound { form: Form::Null, extent, free });
        }
        let t = self.unify(parts, Use::Mix, "COALESCE")?;
        let nodes = self.mixed(parts, t)?;
        // From the first value that can't be NULL on, nothing more is needed.
        let end = nodes.iter().position(|&n| !self.tree.node(n).nullable);
        let nodes = end.and_then(|end| nodes.get(..=end)).unwrap_or(&nodes);
        let mut all = nodes.iter().copied();
        let mut node = all.next().map_or_else(|| self.tree.null(t), Ok);
        for next in all {
            node = node.and_then(|node| self.tree.coalesce(node, next, t));
        }
        self.made(node, extent, free)
    }
}
