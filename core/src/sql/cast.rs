//! CAST and `::`.

use alloc::format;

use sqlparser::ast;
use sqlparser::tokenizer::Token;

use super::bind::{Binder, Bound, Form};
use super::ddl::refuse_type;
use super::error::{CompileError, CompileErrorKind as Kind};
use super::literal::decimal_text;
use super::source::Extent;
use super::types::{Named, Type, fits, named};
use crate::plan::op::{cast_defined, text_len};
use crate::types::DataType;

type Result<T> = core::result::Result<T, CompileError>;

impl<'a> Binder<'a> {
    pub(super) fn cast(
        &mut self,
        kind: &ast::CastKind,
        expr: &'a ast::Expr,
        data_type: &'a ast::DataType,
        format: bool,
        or: Extent,
    ) -> Result<Bound> {
        let bound = self.bind(expr, or)?;
        let inner = bound.extent;
        // CAST(x AS TYPE) or x::TYPE
        let type_first = inner.last + 2;
        let (extent, type_extent) = if *kind == ast::CastKind::DoubleColon {
            let mut last = type_first;
            if *self.source.token(last + 1) == Token::LParen {
                last = self.source.closing(last + 1);
            }
            let words = ["UNSIGNED", "PRECISION", "VARYING", "WITHOUT", "WITH", "TIME", "ZONE"];
            while words.iter().any(|w| self.source.is_word(last + 1, w)) {
                last += 1;
            }
            (Extent { first: inner.first, last }, Extent { first: type_first, last })
        } else {
            let first = inner.first.saturating_sub(2);
            let last = self.source.closing(inner.first.saturating_sub(1));
            (Extent { first, last }, Extent { first: type_first, last: last.saturating_sub(1) })
        };
        let written = self.source.written(type_extent);
        let place = core::ptr::from_ref(data_type);
        self.type_names.insert(place, super::name::of_type(data_type, written));
        match kind {
            ast::CastKind::Cast | ast::CastKind::DoubleColon => {}
            ast::CastKind::TryCast | ast::CastKind::SafeCast => {
                let help = "CAST gives NULL and counts the row where a value does not fit";
                let what = if *kind == ast::CastKind::TryCast { "TRY_CAST" } else { "SAFE_CAST" };
                return Err(self.source.unsupported(extent, what, help));
            }
        }
        if format {
            return Err(self.source.unsupported(type_extent, "CAST with FORMAT", ""));
        }
        let to = match named(data_type) {
            Named::Type(t) => t,
            Named::AnyVarchar => self.any_varchar(&bound)?,
            other => return Err(refuse_type(self.source, other, type_extent)),
        };
        let from = match (&bound.form, self.type_of(&bound)) {
            (_, Type::Known(t)) => t,
            // A literal that does not fit is an error of its own.
            (Form::Integer(v), _) if to.is_integer() && fits(*v, to) => to,
            (Form::Integer(_) | Form::Decimal(_), _) => DataType::Double,
            _ => to,
        };
        if !cast_defined(from, to) {
            let message =
                format!("{} can't be converted to {to}", self.type_name(Type::Known(from)));
            let help = "TIMESTAMP converts to and from VARCHAR only";
            return Err(self.error(extent, Kind::Type, message, help));
        }
        let node = self.coerce(&Bound { extent, ..bound.clone() }, to)?;
        self.made(Ok(node), extent, bound.free)
    }

    /// The VARCHAR that holds every text of the expression.
    pub(super) fn any_varchar(&self, bound: &Bound) -> Result<DataType> {
        Ok(match &bound.form {
            Form::Node(id) => DataType::Varchar(text_len(self.tree.data_type(*id))),
            Form::Text(text) => self.text_type(text, bound.extent)?,
            Form::Integer(value) => self.text_type(&format!("{value}"), bound.extent)?,
            Form::Decimal(digits) => {
                self.text_type(&decimal_text(&digits.replace('_', "")), bound.extent)?
            }
            Form::Null => DataType::Varchar(1),
        })
    }
}
