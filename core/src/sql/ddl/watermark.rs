//! The event time of a stream: `WATERMARK FOR ts AS ts - INTERVAL ... PUNCTUATION column`.

use alloc::format;

use sqlparser::ast;

use super::super::error::{CompileError, CompileErrorKind as Kind};
use super::super::interval;
use super::super::parse::{Name, Statements};
use super::super::source::{Extent, Source};
use super::{Column, CreateStream, did_you_mean};
use crate::plan::EventTime;
use crate::plan::op::ColumnId;
use crate::types::DataType;

#[derive(Debug)]
pub(super) struct Watermark {
    column: Name,
    delay: i64,
    /// The column that tells punctuation.
    punctuation: Option<Name>,
    /// From WATERMARK on.
    pub(super) extent: Extent,
}

/// `WATERMARK FOR ts AS ts [- INTERVAL ...] [PUNCTUATION column]`
pub(super) fn parse(p: &mut Statements<'_>) -> Result<Watermark, CompileError> {
    let first = p.at();
    p.parser.advance_token();
    p.parser.advance_token();
    let column = p.name("the column of the event time")?;
    p.expect_word("AS", "AS")?;
    let start = p.at();
    let expr = p.parser.parse_expr().map_err(|e| p.syntax(e))?;
    let of = Extent { first: start, last: p.at() - 1 };
    let help =
        format!("write WATERMARK FOR {0} AS {0}, or AS {0} - INTERVAL '5' SECOND", column.text);
    let refuse = || {
        let message = "a watermark is the event time, or the event time less an interval";
        p.source.error(of, Kind::Type, message, help.clone())
    };
    let (ident, delay) = match &expr {
        ast::Expr::Identifier(ident) => (ident, 0),
        ast::Expr::BinaryOp { left, op: ast::BinaryOperator::Minus, right } => {
            let (ast::Expr::Identifier(ident), ast::Expr::Interval(interval)) = (&**left, &**right)
            else {
                return Err(refuse());
            };
            let at = Extent { first: of.first + 2, ..of };
            let delay = interval::read(interval)
                .and_then(|read| read.fixed())
                .map_err(|bad| bad.error(p.source, at))?;
            (ident, delay)
        }
        _ => return Err(refuse()),
    };
    if !ident.value.eq_ignore_ascii_case(&column.text) {
        return Err(refuse());
    }
    if delay < 0 {
        let extent = Extent { first: of.first + 2, ..of };
        let message = "the watermark would run ahead of the event time";
        return Err(p.source.error(extent, Kind::Value, message, "the delay must be 0 or more"));
    }
    let punctuation = match p.word("PUNCTUATION") {
        true => Some(p.name("the column that tells punctuation")?),
        false => None,
    };
    let extent = Extent { first, last: p.at().saturating_sub(1) };
    Ok(Watermark { column, delay, punctuation, extent })
}

impl CreateStream {
    pub(super) fn event_time(&self, source: &Source) -> Result<Option<EventTime>, CompileError> {
        let Some(Watermark { column: name, delay, punctuation, .. }) = &self.watermark else {
            return Ok(None);
        };
        let (id, column) = self.find(source, name)?;
        if column.data_type != DataType::Timestamp {
            let message = format!(
                "the watermark's column {} is {}, not TIMESTAMP",
                column.name.text, column.data_type
            );
            let help = format!("declare it as {} TIMESTAMP", column.name.text);
            return Err(source.error(name.extent, Kind::Type, message, help));
        }
        if column.nullable == Some(true) {
            return Err(source.error(
                column.extent,
                Kind::Type,
                format!("the watermark's column {} can't be NULL", column.name.text),
                "leave NULL out: the watermark makes the column NOT NULL",
            ));
        }
        let punctuation = match punctuation {
            Some(name) => Some(self.punctuation(source, name)?),
            None => None,
        };
        Ok(Some(EventTime { column: id, delay: *delay, punctuation }))
    }

    fn punctuation(&self, source: &Source, name: &Name) -> Result<ColumnId, CompileError> {
        let (id, column) = self.find(source, name)?;
        if column.data_type == DataType::Boolean {
            return Ok(id);
        }
        let (text, is) = (&column.name.text, column.data_type);
        let message = format!("the column of PUNCTUATION {text} is {is}, not BOOLEAN");
        let help = format!(
            "declare it as {text} BOOLEAN: it is true in a record that moves the watermark to its \
             own event time"
        );
        Err(source.error(name.extent, Kind::Type, message, help))
    }

    /// A column that the watermark names.
    fn find(&self, source: &Source, name: &Name) -> Result<(ColumnId, &Column), CompileError> {
        let same = |c: &Column| c.name.text.eq_ignore_ascii_case(&name.text);
        let found = self.columns.iter().position(same);
        let found = found.and_then(|i| Some((ColumnId(u16::try_from(i).ok()?), &self.columns[i])));
        found.ok_or_else(|| {
            let names = self.columns.iter().map(|c| &*c.name.text);
            let message = format!("there is no column {} in {}", name.text, self.name.text);
            source.error(name.extent, Kind::Unknown, message, did_you_mean(&name.text, names))
        })
    }
}
