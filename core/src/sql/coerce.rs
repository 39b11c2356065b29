//! Conversions that SQL does not write: literals take the type of what they meet, operands and
//! results one type together.

use alloc::format;
use alloc::string::ToString;

use super::bind::{Binder, Bound, Form};
use super::error::{CompileError, CompileErrorKind as Kind};
use super::literal::{self, Literal};
use super::source::Extent;
use super::tree::{NodeId, Refused};
use super::types::{Mismatch, Type, Use, common, default_of};
use crate::plan::op::{cast_defined, integer_range};
use crate::types::DataType;

impl Binder<'_> {
    /// The expression converted to a type.
    pub(super) fn coerce(&mut self, bound: &Bound, to: DataType) -> Result<NodeId, CompileError> {
        let extent = bound.extent;
        let node = match &bound.form {
            Form::Node(id) => self.tree.cast(*id, to),
            Form::Null => self.tree.null(to),
            Form::Integer(value) => match literal::of_integer(*value, to) {
                Some(literal) => self.tree.literal(literal, to),
                None => return Err(self.out_of_range(&value.to_string(), to, extent)),
            },
            // Its text is that of its value: of a DOUBLE, if it has more digits than a DECIMAL.
            Form::Decimal(_) if matches!(to, DataType::Varchar(_)) => {
                let own = self.settle(bound)?;
                self.tree.cast(own, to)
            }
            Form::Decimal(digits) => match literal::of_decimal(digits, to) {
                Some(literal) => self.tree.literal(literal, to),
                None => return Err(self.out_of_range(digits, to, extent)),
            },
            Form::Text(text) => return self.coerce_text(text, to, extent),
        };
        node.map_err(|r| self.refused(r, extent))
    }

    fn out_of_range(&self, value: &str, to: DataType, extent: Extent) -> CompileError {
        let help = match (integer_range(to), to) {
            (Some((least, most)), _) => format!("{to} holds {least} to {most}"),
            (_, DataType::Decimal(p, s)) => {
                format!("{to} has {} digits before the point", p.saturating_sub(s))
            }
            _ => "choose a type that holds it".into(),
        };
        self.error(extent, Kind::Value, format!("{value} does not fit {to}"), help)
    }

    /// A text literal is converted here, by the machine that would convert it in a row.
    fn coerce_text(
        &mut self,
        text: &str,
        to: DataType,
        extent: Extent,
    ) -> Result<NodeId, CompileError> {
        let own = self.text_type(text, extent)?;
        let literal = Literal::Text(text.into());
        // A literal fits a longer VARCHAR as it is.
        let fits = matches!((own, to), (DataType::Varchar(a), DataType::Varchar(b)) if a <= b);
        let node = if fits {
            self.tree.literal(literal, to)
        } else {
            self.tree.literal(literal, own).and_then(|id| self.tree.cast(id, to))
        };
        node.map_err(|refused| match refused {
            Refused::Constant(_) => {
                let help = match to {
                    DataType::Timestamp => "write it like '2010-01-31 12:30:00.5'",
                    DataType::TimestampTz => "write it like '2010-01-31 12:30:00.5+01:00'",
                    DataType::Date => "write it like '2010-01-31'",
                    DataType::Time => "write it like '12:30:00.5'",
                    DataType::Interval => "write it like '1 month 2 days 03:04:05'",
                    DataType::Uuid => "write it like 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'",
                    DataType::Varbinary(_) => "write printable ASCII, and \\xAB for other bytes",
                    DataType::Boolean => "write 'true' or 'false'",
                    DataType::Varchar(_) => "",
                    _ => "write a number without quotes",
                };
                self.error(extent, Kind::Value, format!("'{text}' can't be read as {to}"), help)
            }
            other => self.refused(other, extent),
        })
    }

    /// The type of a text literal: a VARCHAR as long as it.
    pub(super) fn text_type(&self, text: &str, extent: Extent) -> Result<DataType, CompileError> {
        match u16::try_from(text.len()) {
            Ok(n) if n <= DataType::MAX_VARCHAR => Ok(DataType::Varchar(n.max(1))),
            _ => {
                let message = format!("the text is longer than {} bytes", DataType::MAX_VARCHAR);
                Err(self.error(extent, Kind::Limit, message, "join shorter ones: x || y"))
            }
        }
    }

    /// The expression with a type for good: a literal's own if it met nothing.
    pub(super) fn settle(&mut self, bound: &Bound) -> Result<NodeId, CompileError> {
        if let Form::Text(text) = &bound.form {
            let own = self.text_type(text, bound.extent)?;
            return self.coerce(bound, own);
        }
        match default_of(self.type_of(bound)) {
            Ok(Type::Known(t)) => self.coerce(bound, t),
            _ => match &bound.form {
                Form::Integer(v) => {
                    let help = format!("write {v}.0 for a DOUBLE");
                    let message = format!("{v} has more than 38 digits");
                    Err(self.error(bound.extent, Kind::Value, message, help))
                }
                _ => Err(self.huge(bound.extent)),
            },
        }
    }

    /// The expression as a condition. DuckDB takes numbers and texts there, too.
    pub(super) fn condition(&mut self, bound: &Bound) -> Result<NodeId, CompileError> {
        if let Type::Known(t) = self.type_of(bound)
            && !cast_defined(t, DataType::Boolean)
        {
            let message = format!("a condition is BOOLEAN, not {t}");
            return Err(self.error(bound.extent, Kind::Type, message, "compare it with something"));
        }
        self.coerce(bound, DataType::Boolean)
    }

    /// What DuckDB would make a HUGEINT.
    pub(super) fn huge(&self, extent: Extent) -> CompileError {
        let message = "this needs more than 64 bits: BIGINT UNSIGNED together with a signed number";
        let help = "CAST one side to the type of the other: CAST(x AS BIGINT)";
        self.error(extent, Kind::Type, message, help)
    }

    /// Binds expressions that become one type together, and finds that type.
    pub(super) fn unify(
        &self,
        parts: &[Bound],
        usage: Use,
        what: &str,
    ) -> Result<DataType, CompileError> {
        let mut all = None;
        let mut seen = Extent::one(0);
        let mut length = 1;
        for part in parts {
            let own = self.type_of(part);
            if let Form::Text(text) = &part.form {
                let DataType::Varchar(n) = self.text_type(text, part.extent)? else { continue };
                length = length.max(n);
            }
            all = Some(match all {
                Some(all) => common(all, own, usage).map_err(|m| {
                    // CASE starts with its ELSE value: the types stand as in the text.
                    match part.extent.first < seen.first {
                        true => self.mismatch(m, own, all, seen, what),
                        false => self.mismatch(m, all, own, part.extent, what),
                    }
                })?,
                None => own,
            });
            if own != Type::Null {
                seen = part.extent;
            }
        }
        let extent = parts.iter().map(|p| p.extent).reduce(Extent::to);
        match default_of(all.unwrap_or(Type::Null)) {
            Ok(Type::Known(DataType::Varchar(n))) => Ok(DataType::Varchar(n.max(length))),
            Ok(Type::Known(t)) => Ok(t),
            Ok(_) => Ok(DataType::Varchar(length)),
            Err(_) => Err(self.huge(extent.unwrap_or(Extent::one(0)))),
        }
    }

    pub(super) fn mismatch(
        &self,
        mismatch: Mismatch,
        a: Type,
        b: Type,
        extent: Extent,
        what: &str,
    ) -> CompileError {
        if mismatch == Mismatch::HugeInt {
            return self.huge(extent);
        }
        let help = match (a, b) {
            (Type::Known(DataType::Timestamp), _) | (_, Type::Known(DataType::Timestamp))
                if usage_is_comparison(what) =>
            {
                "a TIMESTAMP compares with TIMESTAMP '2010-01-31 12:30:00' or CAST(x AS TIMESTAMP)"
            }
            (Type::Known(a), Type::Known(b)) if !cast_defined(a, b) && !cast_defined(b, a) => {
                "no CAST goes from one to the other; a text holds both: CAST(x AS VARCHAR)"
            }
            _ => "CAST one side to the type of the other",
        };
        let (a, b) = (self.type_name(a), self.type_name(b));
        let message = if usage_is_comparison(what) {
            format!("{a} can't be compared with {b}")
        } else {
            format!("{what} can't mix {a} and {b}")
        };
        self.error(extent, Kind::Type, message, help)
    }
}

fn usage_is_comparison(what: &str) -> bool {
    !matches!(what, "CASE" | "COALESCE")
}
