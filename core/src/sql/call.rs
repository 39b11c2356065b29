//! Calls of functions: which overload is meant, and its arguments converted to what it takes.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::bind::{Binder, Bound, Form};
use super::coercion::{cost, of_class};
use super::error::{CompileError, CompileErrorKind as Kind};
use super::implicit::as_decimal;
use super::literal::Literal;
use super::source::Extent;
use super::tree::NodeId;
use super::types::{Mismatch, Type, Use, arithmetic, default_of, literal_type};
use crate::function::{Class, Function, MAX_ARGUMENTS, Param, Prepared, Problem};
use crate::types::DataType;

type Result<T> = core::result::Result<T, CompileError>;

/// An overload, and how far the arguments are from what it takes.
struct Candidate {
    function: &'static Function,
    cost: u32,
    /// What T is.
    t: Option<DataType>,
}

impl Binder<'_> {
    /// Whether there is a function of this name, in lower case.
    pub(super) fn is_function(&self, name: &str) -> bool {
        self.tree.functions().iter().any(|f| is_named(f, name))
    }

    /// Whether a function takes a literal at this place among its arguments.
    pub(super) fn takes_literal(&self, name: &str, at: usize) -> bool {
        let literal = |f: &Function| matches!(f.signature.param(at), Some(Param::Prepared(_)));
        self.tree.functions().iter().any(|f| is_named(f, name) && literal(f))
    }

    /// A call of a function by its name, in lower case, or of an operator by its sign.
    pub(super) fn call(&mut self, name: &str, parts: &[Bound], extent: Extent) -> Result<Bound> {
        let free = parts.iter().find_map(|p| p.free);
        let functions = self.tree.functions();
        let overloads: Vec<_> = functions.iter().filter(|f| is_named(f, name)).collect();
        let Some(Candidate { function, t, .. }) = self.nearest_overload(&overloads, parts) else {
            return Err(self.no_overload(name, &overloads, parts, extent));
        };
        let mut arguments = Vec::with_capacity(parts.len());
        for (at, part) in parts.iter().enumerate() {
            let Some(param) = function.signature.param(at) else { continue };
            let behind = parts.get(at + 1..).unwrap_or_default();
            arguments.push(self.argument_of(param, part, behind, t)?);
        }
        if !self.tree.takes(function, &arguments) {
            return Err(self.no_overload(name, &overloads, parts, extent));
        }
        let node = self.tree.call(function, &arguments);
        self.made(node, extent, free)
    }

    /// Whether a function or an operator takes such arguments.
    pub(super) fn is_callable(&self, name: &str, parts: &[Bound]) -> bool {
        let functions = self.tree.functions();
        functions.iter().any(|f| is_named(f, name) && self.candidate(f, parts).is_some())
    }

    /// The overload that costs least. Of several it is the first that can prepare its literals: what
    /// DATE_PART gives depends on the part.
    fn nearest_overload(
        &self,
        overloads: &[&'static Function],
        parts: &[Bound],
    ) -> Option<Candidate> {
        let all = overloads.iter().filter_map(|function| self.candidate(function, parts));
        let mut all: Vec<Candidate> = all.collect();
        let least = all.iter().map(|candidate| candidate.cost).min()?;
        all.retain(|candidate| candidate.cost == least);
        let at = match all.len() {
            1 => 0,
            _ => all.iter().position(|c| self.can_prepare(c.function, parts)).unwrap_or(0),
        };
        Some(all.swap_remove(at))
    }

    /// Whether a function can prepare the literals among its arguments.
    fn can_prepare(&self, function: &Function, parts: &[Bound]) -> bool {
        parts.iter().enumerate().all(|(at, part)| match function.signature.param(at) {
            Some(Param::Prepared(prepared)) if self.type_of(part) != Type::Null => {
                let behind = parts.get(at + 1..).unwrap_or(&[]);
                self.prepare(prepared, part, behind).is_ok()
            }
            _ => true,
        })
    }

    /// The bytes of a literal, given the arguments behind it.
    fn prepare(
        &self,
        prepared: &Prepared,
        part: &Bound,
        behind: &[Bound],
    ) -> core::result::Result<Vec<u8>, Problem> {
        let text = self.constant_text(part).unwrap_or_default();
        let constant = |part: &Bound| match part.form {
            Form::Integer(number) => Some(number.to_string()),
            _ => self.constant_text(part),
        };
        let behind: Vec<_> = behind.iter().map(constant).collect();
        (prepared.compile)(&text, &behind)
    }

    /// How well an overload fits; `None` if it does not.
    fn candidate(&self, function: &'static Function, parts: &[Bound]) -> Option<Candidate> {
        if !function.signature.takes(parts.len()) {
            return None;
        }
        let is_t =
            |&(at, _): &(usize, &Bound)| matches!(function.signature.param(at), Some(Param::T(_)));
        let shared: Vec<Bound> =
            parts.iter().enumerate().filter(is_t).map(|(_, part)| part.clone()).collect();
        let class = function.signature.params.iter().find_map(|p| match p {
            Param::T(class) => Some(*class),
            _ => None,
        });
        let t = match class {
            Some(class) => Some(self.shared_type(&shared, class)?),
            None => None,
        };
        let is_literal = |param: &Param| matches!(param, Param::Prepared(_));
        let first_literal = function.signature.params.iter().position(is_literal);
        let mut sum = 0;
        for (at, part) in parts.iter().enumerate() {
            // What stands behind a literal is a part of it, and not NULL: the options of a pattern.
            let is_behind = first_literal.is_some_and(|first| first < at);
            if is_behind
                && self.type_of(part) == Type::Null
                && function.signature.param(at).is_some_and(is_literal)
            {
                return None;
            }
            sum += self.distance(function.signature.param(at)?, part, t)?;
        }
        Some(Candidate { function, cost: sum, t })
    }

    /// The type that arguments of one type T take: numbers as for `+`, others as for CASE.
    fn shared_type(&self, parts: &[Bound], class: Class) -> Option<DataType> {
        if class == Class::All {
            return self.unify(parts, Use::Mix, "a call").ok();
        }
        let (first, rest) = parts.split_first()?;
        let mut all = self.type_of(first);
        for part in rest {
            all = Type::Known(match arithmetic(all, self.type_of(part)) {
                // Of any digits: they go to a float alone.
                Err(Mismatch::Decimal) => DataType::Decimal(1, 0),
                t => t.ok()?,
            });
        }
        let t = match all {
            Type::Known(t) => t,
            literal => arithmetic(literal, Type::Null).ok()?,
        };
        of_class(t, class)
    }

    /// How far an argument is from what a place takes.
    fn distance(&self, param: &Param, part: &Bound, t: Option<DataType>) -> Option<u32> {
        let own = self.type_of(part);
        match param {
            Param::Is(is) => cost(own, *is),
            // What CASE would mix goes together here, too: BOOLEAN and INTEGER.
            Param::T(Class::All) => Some(cost(own, t?).unwrap_or(110)),
            Param::T(_) => cost(own, t?),
            Param::Text => match own {
                Type::Known(DataType::Varchar(_)) | Type::Text => Some(0),
                Type::Null => Some(1),
                _ => None,
            },
            Param::AsText => match own {
                Type::Known(DataType::Varchar(_)) | Type::Text => Some(0),
                _ => Some(cost(own, DataType::Varchar(1)).unwrap_or(149)),
            },
            Param::Printed => Some(0),
            Param::Bytes => match own {
                Type::Known(DataType::Varbinary(_)) => Some(0),
                Type::Null => Some(1),
                _ => None,
            },
            Param::Prepared(_) if own == Type::Null => Some(1),
            Param::Decimal => cost(own, DataType::Decimal(1, 0)),
            Param::Prepared(_) => self.constant_text(part).map(|_| 0),
        }
    }

    /// The text that an argument is, if it is a constant one.
    fn constant_text(&self, part: &Bound) -> Option<String> {
        match &part.form {
            Form::Text(text) => Some(text.clone()),
            Form::Node(id) => match self.tree.constant(*id) {
                Some(Literal::Text(text)) => Some(text.clone()),
                _ => None,
            },
            _ => None,
        }
    }

    /// An argument as its place takes it, given those behind it.
    fn argument_of(
        &mut self,
        param: &Param,
        part: &Bound,
        behind: &[Bound],
        t: Option<DataType>,
    ) -> Result<NodeId> {
        match param {
            Param::Is(is) => self.coerce(part, *is),
            Param::T(_) => match t {
                Some(t) => self.compared(part, t),
                None => self.settle(part),
            },
            Param::Text if matches!(part.form, Form::Null) => {
                self.coerce(part, DataType::Varchar(1))
            }
            Param::AsText | Param::Printed => {
                let as_it_is = match param {
                    Param::Printed => printed(self.type_of(part)),
                    _ => None,
                };
                let to = as_it_is.map_or_else(|| self.any_varchar(part), Ok)?;
                self.coerce(part, to)
            }
            Param::Decimal => {
                let own = match default_of(self.type_of(part)) {
                    Ok(Type::Known(t)) => as_decimal(t),
                    _ => None,
                };
                let (width, scale) = own.unwrap_or((1, 0));
                self.coerce(part, DataType::Decimal(width, scale))
            }
            Param::Bytes if matches!(part.form, Form::Null) => {
                self.coerce(part, DataType::Varbinary(1))
            }
            Param::Text | Param::Bytes => self.settle(part),
            Param::Prepared(_) if self.type_of(part) == Type::Null => {
                self.tree.null(Prepared::TYPE).map_err(|r| self.refused(r, part.extent))
            }
            Param::Prepared(prepared) => {
                let bytes = self.prepare(prepared, part, behind).map_err(|problem| {
                    let Problem { text, behind: at } = problem;
                    let wrong = at.checked_sub(1).and_then(|i| behind.get(i)).unwrap_or(part);
                    let help = format!("{} must be a literal that can be read", prepared.what);
                    let (message, help) = text.split_once('\n').unwrap_or((&text, &help));
                    self.error(wrong.extent, Kind::Value, message, help)
                })?;
                let node = self.tree.literal(Literal::Bytes(bytes), Prepared::TYPE);
                node.map_err(|r| self.refused(r, part.extent))
            }
        }
    }

    fn no_overload(
        &self,
        name: &str,
        overloads: &[&'static Function],
        parts: &[Bound],
        extent: Extent,
    ) -> CompileError {
        let upper = name.to_ascii_uppercase();
        let types: Vec<_> = parts.iter().map(|p| self.type_name(self.type_of(p))).collect();
        let taken: Vec<_> = overloads.iter().map(|f| shown(f)).collect();
        if parts.len() > MAX_ARGUMENTS {
            let message = format!("{upper} has {} arguments", parts.len());
            let help = format!("a call takes at most {MAX_ARGUMENTS}: nest several calls");
            return self.error(extent, Kind::Limit, message, help);
        }
        // A place for a literal is the usual reason.
        for overload in overloads.iter().filter(|f| f.signature.takes(parts.len())) {
            let param = |at| overload.signature.param(at);
            let wrong = parts.iter().enumerate().find(|(at, part)| match param(*at) {
                Some(Param::Is(is)) => cost(self.type_of(part), *is).is_none(),
                Some(Param::Prepared(_)) => self.constant_text(part).is_none(),
                _ => false,
            });
            if let Some((at, part)) = wrong
                && let Some(Param::Prepared(prepared)) = param(at)
            {
                let message = format!("{} of {upper} must be a text literal", prepared.what);
                let help = "it is prepared when the query is compiled, so it can't change by row";
                return self.error(part.extent, Kind::Type, message, help);
            }
        }
        let message = format!("{upper} does not take ({})", types.join(", "));
        self.error(extent, Kind::Type, message, format!("it takes {}", taken.join(" or ")))
    }
}

/// What a format takes a value of the type as, if not as its text.
fn printed(t: Type) -> Option<DataType> {
    match t {
        Type::Known(t) if t.is_decimal() => Some(DataType::Double),
        Type::Known(t) if t.is_numeric() || t == DataType::Boolean => Some(t),
        Type::Integer(value) => literal_type(value),
        Type::Known(_) | Type::Text | Type::Null => None,
    }
}

fn is_named(function: &Function, name: &str) -> bool {
    function.signature.name == name || function.doc.aliases.contains(&name)
}

/// A function with what it takes and gives, as the reference and messages show it.
pub(super) fn shown(function: &Function) -> String {
    let signature = &function.signature;
    let mut params: Vec<String> = signature.params.iter().map(param).collect();
    if signature.variadic {
        params.push("...".to_string());
    }
    match (signature.name.chars().all(|c| c.is_ascii_punctuation()), &*params) {
        (true, [a, b]) => format!("{a} {} {b}", signature.name),
        (true, [a]) => format!("{}{a}", signature.name),
        _ => format!("{}({})", signature.name, params.join(", ")),
    }
}

fn param(param: &Param) -> String {
    match param {
        Param::Is(t) => t.to_string(),
        Param::Text => "VARCHAR".into(),
        Param::AsText | Param::Printed => "any".into(),
        Param::Bytes => "VARBINARY".into(),
        Param::Decimal => "DECIMAL".into(),
        Param::T(Class::Integers) => "integer".into(),
        Param::T(Class::Floats) => "float".into(),
        Param::T(Class::Numbers) => "number".into(),
        Param::T(Class::Signed) => "signed integer".into(),
        Param::T(Class::Unsigned) => "unsigned integer".into(),
        Param::T(Class::All) => "T".into(),
        Param::Prepared(prepared) => prepared.what.into(),
    }
}
