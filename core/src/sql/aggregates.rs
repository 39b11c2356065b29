//! Calls of aggregate functions: arguments of the types that they take, constants, DISTINCT, FILTER
//! and the event time that goes along unwritten.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use sqlparser::ast;

use super::bind::{Binder, Bound, Clause};
use super::error::{CompileError, CompileErrorKind as Kind};
use super::functions::Arguments;
use super::literal::Literal;
use super::lower::Call;
use super::relation;
use super::source::Extent;
use super::tree::{Expr, NodeId, Refused};
use super::types::{Type, number_of};
use crate::plan::aggregates::{self, Distinct, Info, Parameter, Takes, Time};
use crate::plan::op::Register;
use crate::plan::{AggregateFunction as F, TimeSource, WindowTime};
use crate::types::DataType;

type Result<T> = core::result::Result<T, CompileError>;

/// The room of aggregates' states: SETTINGS `max_values`, `max_distinct` and `max_text`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    pub(super) values: u16,
    pub(super) distinct: u16,
    pub(super) text: u16,
}

impl Room {
    pub(super) const DEFAULT: Self = Self { values: 64, distinct: 64, text: 256 };
}

/// A call as it is written.
pub(super) struct Written<'a, 'n> {
    pub(super) info: &'static Info,
    /// Its name in capitals.
    pub(super) upper: &'n str,
    pub(super) distinct: bool,
    pub(super) filter: Option<&'a ast::Expr>,
    pub(super) extent: Extent,
}

impl<'a> Binder<'a> {
    pub(super) fn aggregate(
        &mut self,
        written: &Written<'a, '_>,
        arguments: Arguments<'a>,
    ) -> Result<Bound> {
        let &Written { info, upper, distinct, filter, extent } = written;
        self.is_allowed(upper, extent)?;
        let mut call = Call {
            function: info.function,
            distinct: distinct && info.distinct == Distinct::Kept,
            filter: None,
            arguments: Vec::new(),
            parameters: Vec::new(),
            capacity: 0,
        };
        let list = match arguments {
            Arguments::Star if info.function == F::Count => Vec::new(),
            Arguments::Star => {
                let message = format!("{upper} takes no *");
                let help = format!("write {}; only COUNT(*) counts rows", usage(info, upper));
                return Err(self.error(extent, Kind::Syntax, message, help));
            }
            Arguments::List(list) => list,
        };
        if distinct && info.distinct == Distinct::Refused {
            let help = "COUNT, SUM, AVG, MEDIAN and QUANTILE_CONT and _DISC take DISTINCT";
            return Err(self.source.unsupported(extent, format!("DISTINCT in {upper}"), help));
        }
        let outer = self.within;
        self.within = Some(info.name);
        let bound = self.parts(written, list, &mut call);
        let condition = match (filter, &bound) {
            (Some(filter), Ok(())) => {
                self.within = Some("filter");
                Some(self.bind(filter, extent).and_then(|bound| self.condition(&bound)))
            }
            _ => None,
        };
        self.within = outer;
        bound?;
        call.filter = condition.transpose()?;
        // It leaves nothing out.
        call.filter = call.filter.filter(|&f| self.tree.constant(f) != Some(&Literal::TRUE));
        self.counted(&mut call);
        if let Some(room) = self.room_of(&call) {
            call.capacity = room;
        }
        let Some((data_type, nullable)) = self.result_of(&call) else {
            let help = format!("write {}", usage(info, upper));
            return Err(self.error(extent, Kind::Type, format!("{upper} has no result"), help));
        };
        let index = self.aggregates.iter().position(|c| *c == call).unwrap_or_else(|| {
            self.aggregates.push(call);
            self.aggregates.len() - 1
        });
        let Ok(index) = u16::try_from(index) else {
            let message = "the query has too many aggregates";
            return Err(self.error(extent, Kind::Limit, message, "split it"));
        };
        let node = self.tree.result(Expr::Aggregate(index), data_type, nullable);
        self.made(node, extent, None)
    }

    /// Refuses an aggregate where none can be.
    fn is_allowed(&self, upper: &str, extent: Extent) -> Result<()> {
        let (message, help) = match (self.clause, self.within) {
            (Clause::Where, _) => {
                (format!("{upper} can't stand in WHERE"), "a condition on groups stands in HAVING")
            }
            (Clause::GroupBy, _) => (
                format!("{upper} can't stand in GROUP BY"),
                "group by columns, not by what is computed of a group",
            ),
            (_, Some(outer)) => {
                let outer = outer.to_ascii_uppercase();
                (format!("{upper} stands inside of {outer}"), "aggregates can't be nested")
            }
            _ => return Ok(()),
        };
        Err(self.error(extent, Kind::Grouping, message, help))
    }

    /// Arguments, constants and the event time.
    fn parts(
        &mut self,
        written: &Written<'a, '_>,
        list: Vec<&'a ast::Expr>,
        call: &mut Call,
    ) -> Result<()> {
        let &Written { info, upper, extent, .. } = written;
        if info.function == F::Count && list.is_empty() && !written.distinct {
            return Ok(());
        }
        let (takes, most) = (info.takes.len(), info.takes.len() + info.parameters.len());
        if !(takes + info.least_parameters()..=most).contains(&list.len()) {
            let number = match takes + info.least_parameters() {
                1 => "one argument".into(),
                2 => "two arguments".into(),
                n => format!("{n} arguments"),
            };
            let message = format!("{upper} takes {number}");
            let help = format!("write {}", usage(info, upper));
            return Err(self.error(extent, Kind::Syntax, message, help));
        }
        for (at, argument) in list.into_iter().enumerate() {
            let bound = self.bind(argument, extent)?;
            match (info.takes.get(at), info.parameters.get(at.saturating_sub(takes))) {
                (Some(takes), _) => {
                    let node = self.taken(info.function, *takes, upper, &bound)?;
                    call.arguments.push(node);
                }
                (None, Some(parameter)) => {
                    let literal = self.parameter(*parameter, upper, &bound, &call.parameters)?;
                    call.parameters.push(literal);
                }
                (None, None) => {}
            }
        }
        if info.parameters == [Parameter::Separator] && call.parameters.is_empty() {
            call.parameters.push(Literal::Text(",".into()));
        }
        if info.time == Time::Unused {
            return Ok(());
        }
        match self.event_time() {
            Some(node) => call.arguments.push(node.map_err(|r| self.refused(r, extent))?),
            None if info.time == Time::Needed => {
                let stream = &self.from.name;
                let message = format!("{upper} needs event time, and {stream} has none");
                let help = "add WATERMARK FOR ts AS ts to its columns";
                return Err(self.error(extent, Kind::Type, message, help));
            }
            None => {}
        }
        Ok(())
    }

    /// The time of a row: the stream's event time, or that of a window.
    fn event_time(&mut self) -> Option<core::result::Result<NodeId, Refused>> {
        let relation = &self.from.relation;
        if relation.is_grouped() {
            // The ends of a window are never NULL; its last microsecond is computed.
            let find = |time| {
                let source = relation::Time::Source(TimeSource::Window(time));
                relation.times.iter().find(|(_, t)| *t == source)
            };
            // That by which the rows are put into windows, if they are.
            let own = self.from.windows.as_ref().and_then(|windows| match windows.time {
                TimeSource::Window(WindowTime::Start) => find(WindowTime::Start),
                _ => None,
            });
            let known = own.or_else(|| find(WindowTime::End)).or_else(|| find(WindowTime::Start));
            return known.map(|&(node, _)| Ok(node));
        }
        let column = relation.stream.time?.column;
        let field = relation.stream.fields.get(column.index())?;
        Some(self.tree.column(column, field.data_type.loaded(), field.nullable))
    }

    /// The argument of an aggregate, of a type that it takes.
    fn taken(&mut self, function: F, takes: Takes, upper: &str, bound: &Bound) -> Result<NodeId> {
        let own = self.type_of(bound);
        let is_number = |t: DataType| t.is_numeric() || t.is_decimal();
        let to = match (takes, own) {
            (Takes::Text, _) => Some(self.any_varchar(bound)?),
            (Takes::Double, Type::Known(t)) if !is_number(t) => None,
            (Takes::Double, Type::Text) => None,
            (Takes::Double, _) => Some(DataType::Double),
            (Takes::Line | Takes::Order, Type::Known(t)) if t.is_integer() => {
                Some(DataType::Double)
            }
            (Takes::Line | Takes::Order, Type::Integer(_) | Type::Null) => Some(DataType::Double),
            (Takes::Boolean, Type::Null) => Some(DataType::Boolean),
            (Takes::Number, Type::Known(DataType::Boolean)) if function == F::Sum => {
                Some(DataType::Integer)
            }
            _ => None,
        };
        if let Some(to) = to {
            return self.coerce(bound, to);
        }
        let node = self.settle(bound)?;
        let t = self.tree.data_type(node);
        if takes.accepts(t) {
            return Ok(node);
        }
        let (what, help) = match takes {
            Takes::Boolean => ("a BOOLEAN", "compare it with something: x > 0"),
            Takes::Integer => ("an integer", "CAST it to one: CAST(x AS BIGINT)"),
            Takes::Line => ("a number or a time", "QUANTILE_DISC takes any type"),
            _ if t == DataType::Timestamp => ("a number", "MIN and MAX take a TIMESTAMP"),
            _ => ("a number", number_of(Type::Known(t))),
        };
        let message = format!("{upper} takes {what}, not {t}");
        Err(self.error(bound.extent, Kind::Type, message, help))
    }

    /// A constant of an aggregate.
    fn parameter(
        &mut self,
        parameter: Parameter,
        upper: &str,
        bound: &Bound,
        before: &[Literal],
    ) -> Result<Literal> {
        let (to, wanted) = match parameter {
            Parameter::Fraction => (DataType::Double, "a number from 0 to 1".into()),
            Parameter::Weight => (DataType::Double, "a number above 0, at most 1".into()),
            Parameter::Bound => (DataType::Double, "a number, and low is below high".into()),
            Parameter::Count(most) => {
                (DataType::BigInt, format!("a whole number from 1 to {most}"))
            }
            Parameter::Separator => (DataType::Varchar(1), "a text".into()),
        };
        let is_text = matches!(self.type_of(bound), Type::Text | Type::Known(DataType::Varchar(_)));
        let fits = match self.type_of(bound) {
            _ if parameter == Parameter::Separator => is_text,
            Type::Known(t) => t.is_numeric() || t.is_decimal(),
            Type::Integer(_) => true,
            _ => false,
        };
        let literal = match (fits, parameter) {
            (false, _) => None,
            (true, Parameter::Separator) => {
                let node = self.settle(bound)?;
                self.tree.constant(node).cloned()
            }
            (true, _) => {
                let node = self.coerce(bound, to)?;
                self.tree.constant(node).cloned()
            }
        };
        let accepted = match (&literal, before.last()) {
            (Some(Literal::Bits(bits)), Some(Literal::Bits(before))) => {
                parameter.accepts(*bits, Some(*before))
            }
            (Some(Literal::Bits(bits)), _) => parameter.accepts(*bits, None),
            (other, _) => other.is_some(),
        };
        literal.filter(|_| accepted).ok_or_else(|| {
            let what = parameter.name(before.len());
            let message = format!("{what} of {upper} is {wanted}");
            let help = "it is a constant: the same for all rows";
            self.error(bound.extent, Kind::Value, message, help)
        })
    }

    /// `COUNT(x)` of an x that is never NULL counts rows.
    fn counted(&self, call: &mut Call) {
        let nullable = |&id: &NodeId| self.tree.node(id).nullable;
        if call.function == F::Count && !call.distinct && !call.arguments.iter().any(nullable) {
            call.function = F::CountAll;
            call.arguments.clear();
        }
    }

    /// The room of a call's state, if it needs some.
    fn room_of(&self, call: &Call) -> Option<u16> {
        let keeps_values = call.function.keeps_values(false);
        match call.function.info().room {
            _ if call.distinct && !keeps_values => Some(self.room.distinct),
            aggregates::Room::None => None,
            aggregates::Room::Values => Some(match count(call) {
                0 => self.room.values,
                k => self.room.values.max(u16::try_from(k).unwrap_or(u16::MAX)),
            }),
            aggregates::Room::Text => Some(self.room.text),
        }
    }

    /// The type of an aggregate's result, and whether it can be NULL.
    fn result_of(&self, call: &Call) -> Option<(DataType, bool)> {
        let first = call.arguments.first().map(|&id| self.tree.node(id));
        let data_type = first.map_or(DataType::BigInt, |node| node.data_type);
        let nullable = first.is_some_and(|node| node.nullable);
        let register = Register { data_type, nullable, offset: 0 };
        let can_be_empty = self.keys.is_empty() || call.filter.is_some();
        let room = call.function.text_room(data_type, count(call), call.capacity);
        let result = call.function.result_type(data_type, room)?;
        let null = call.function.gives_null(&register, can_be_empty) || call.distinct;
        Some((result, null))
    }
}

/// The constant whole number of a call; 0 if it has none.
fn count(call: &Call) -> u64 {
    let parameters = call.function.info().parameters.iter().zip(&call.parameters);
    let mut counts = parameters.filter_map(|(parameter, literal)| match (parameter, literal) {
        (Parameter::Count(_), Literal::Bits(bits)) => Some(*bits),
        _ => None,
    });
    counts.next().unwrap_or(0)
}

/// How a call is written.
fn usage(info: &Info, upper: &str) -> String {
    format!("{upper}({})", info.arguments())
}
