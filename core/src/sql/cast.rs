//! CAST, TRY_CAST and `::`.

use alloc::format;

use sqlparser::ast;
use sqlparser::tokenizer::Token;

use super::bind::{Binder, Bound, Form};
use super::ddl::refuse_type;
use super::error::{CompileError, CompileErrorKind as Kind};
use super::named::{Named, named};
use super::source::Extent;
use super::types::{Type, fits, literal_type};
use crate::plan::op::{Op, cast_defined, text_len};
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
        let op = match kind {
            ast::CastKind::Cast | ast::CastKind::DoubleColon => Op::Cast,
            ast::CastKind::TryCast => Op::TryCast,
            ast::CastKind::SafeCast => {
                let help = "write TRY_CAST: NULL where a value does not fit, without counting it";
                return Err(self.source.unsupported(extent, "SAFE_CAST", help));
            }
        };
        if format {
            return Err(self.source.unsupported(type_extent, "CAST with FORMAT", ""));
        }
        let to = self.target(data_type, &bound, type_extent)?;
        let from = match (&bound.form, self.type_of(&bound)) {
            (_, Type::Known(t)) => t,
            // A literal that does not fit is an error of its own.
            (Form::Integer(v), _) if to.is_integer() && fits(*v, to) => to,
            (Form::Integer(v), _) => literal_type(*v).unwrap_or(DataType::Double),
            _ => to,
        };
        if !cast_defined(from, to) {
            let message =
                format!("{} can't be converted to {to}", self.type_name(Type::Known(from)));
            return Err(self.error(extent, Kind::Type, message, converts(from)));
        }
        let free = bound.free;
        let bound = Bound { extent, ..bound };
        if op == Op::Cast {
            let node = self.coerce(&bound, to)?;
            return self.made(Ok(node), extent, free);
        }
        // A literal that does not fit is NULL here, so it is converted as a row's value would be.
        let node = match bound.form {
            Form::Null => self.tree.null(to).map_err(|r| self.refused(r, extent))?,
            _ => {
                let own = self.settle(&bound)?;
                self.tree.try_cast(own, to).map_err(|r| self.refused(r, extent))?
            }
        };
        self.made(Ok(node), extent, free)
    }

    /// The type that a CAST of an expression names.
    pub(super) fn target(
        &self,
        data_type: &ast::DataType,
        bound: &Bound,
        extent: Extent,
    ) -> Result<DataType> {
        match named(data_type) {
            // The bytes of a record end a CHAR(n) at a zero; a value of an expression has a length.
            Named::Type(t) => Ok(t.loaded()),
            Named::AnyVarchar => self.any_varchar(bound),
            Named::AnyVarbinary => self.any_varbinary(bound),
            other => Err(refuse_type(self.source, other, extent)),
        }
    }

    /// The VARBINARY that holds the bytes of every value of the expression.
    fn any_varbinary(&self, bound: &Bound) -> Result<DataType> {
        let text = match (&bound.form, self.type_of(bound)) {
            (Form::Text(text), _) => self.text_type(text, bound.extent)?,
            (_, Type::Known(t)) => t,
            _ => DataType::Varchar(1),
        };
        Ok(DataType::Varbinary(match text {
            DataType::Varchar(n) | DataType::Varbinary(n) => n,
            other => u16::try_from(other.size()).unwrap_or(DataType::MAX_VARCHAR),
        }))
    }

    /// The VARCHAR that holds every text of the expression.
    pub(super) fn any_varchar(&self, bound: &Bound) -> Result<DataType> {
        let longest = |t| DataType::Varchar(text_len(t).min(DataType::MAX_VARCHAR));
        Ok(match (&bound.form, self.type_of(bound)) {
            (Form::Text(text), _) => self.text_type(text, bound.extent)?,
            (Form::Integer(value), _) => self.text_type(&format!("{value}"), bound.extent)?,
            (_, Type::Known(t)) => longest(t),
            _ => DataType::Varchar(1),
        })
    }
}

/// What a type converts to, for help.
const fn converts(from: DataType) -> &'static str {
    match from {
        DataType::Date => "DATE converts to TIMESTAMP, TIMESTAMPTZ and VARCHAR",
        DataType::Timestamp => "TIMESTAMP converts to DATE, TIME, TIMESTAMPTZ and VARCHAR",
        DataType::TimestampTz => "TIMESTAMPTZ converts to DATE, TIMESTAMP and VARCHAR",
        DataType::Time => "TIME converts to and from VARCHAR only, and from TIMESTAMP",
        DataType::Interval => "INTERVAL converts to and from VARCHAR only",
        DataType::Uuid => "UUID converts to VARBINARY, and to and from VARCHAR",
        DataType::Varbinary(_) => "VARBINARY converts to and from VARCHAR only, and from UUID",
        _ => "numbers convert to each other, and all types to and from VARCHAR",
    }
}
