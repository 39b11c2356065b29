//! Intervals as values, and timestamps moved by them.

use sqlparser::ast;
use sqlparser::tokenizer::Token;

use super::bind::{Binder, Bound, Form};
use super::error::CompileError;
use super::interval::{self, Interval};
use super::literal::Literal;
use super::source::Extent;
use super::tree::Made;
use super::types::Type;
use crate::plan::op::Op;
use crate::types::{DataType, Span};

type Result<T> = core::result::Result<T, CompileError>;

impl<'a> Binder<'a> {
    fn interval(&self, interval: &ast::Interval, or: Extent) -> Result<(Interval, Extent)> {
        let extent = self.interval_extent(interval, or);
        let read = interval::read(interval).map_err(|bad| bad.error(self.source, extent))?;
        Ok((read, extent))
    }

    fn interval_extent(&self, interval: &ast::Interval, or: Extent) -> Extent {
        use ast::Spanned;
        let value = self.source.extent(interval.value.span(), or);
        let mut first = value.first.saturating_sub(1);
        // Parentheses and a sign are not in the parser's span.
        while first > 0 && !self.source.is_word(first, "INTERVAL") {
            first -= 1;
        }
        let last = if *self.source.token(value.last + 1) == Token::RParen {
            value.last + 1
        } else {
            value.last
        };
        let last = last + usize::from(interval.leading_field.is_some());
        Extent { first, last }
    }

    /// An INTERVAL as a value of its own. `INTERVAL (n) DAY` is TO_DAYS(n).
    pub(super) fn interval_value(
        &mut self,
        interval: &'a ast::Interval,
        or: Extent,
    ) -> Result<Bound> {
        if let Some((name, value)) = interval::call(interval) {
            let n = self.bind(value, or)?;
            let extent = self.interval_extent(interval, or);
            return self.call(&name, &[n], extent);
        }
        let (read, extent) = self.interval(interval, or)?;
        let literal = Literal::Bytes(read.span.to_le_bytes().into());
        let node = self.tree.literal(literal, DataType::Interval);
        self.made(node, extent, None)
    }

    /// A timestamp plus or minus a constant INTERVAL of a fixed length: plain arithmetic.
    pub(super) fn shift(&mut self, op: Op, a: &Bound, b: &Bound) -> Option<Made> {
        let (time, length) = match (op, self.fixed(a), self.fixed(b)) {
            (Op::Add | Op::Sub, None, Some(micros)) => (a, micros),
            (Op::Add, Some(micros), None) => (b, micros),
            _ => return None,
        };
        let (Form::Node(node), Type::Known(t)) = (&time.form, self.type_of(time)) else {
            return None;
        };
        if !matches!(t, DataType::Timestamp | DataType::TimestampTz) {
            return None;
        }
        let length = self.tree.literal(Literal::Bits(length.cast_unsigned()), t);
        Some(length.and_then(|length| self.tree.arithmetic(op, *node, length)))
    }

    /// The microseconds of a constant INTERVAL without months: a day has 24 hours.
    fn fixed(&self, bound: &Bound) -> Option<i64> {
        let Form::Node(node) = bound.form else { return None };
        match self.tree.constant(node) {
            Some(Literal::Bytes(bytes)) if self.tree.data_type(node) == DataType::Interval => {
                interval::fixed(Span::from_le_bytes(*bytes.first_chunk()?))
            }
            _ => None,
        }
    }
}
