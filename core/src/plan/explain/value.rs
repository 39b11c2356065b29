//! Operands, constants and names as text.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use crate::fmt::write_value;
use crate::plan::aggregates::Parameter;
use crate::plan::op::{Instruction, Op, Operand, RegisterId, Source, StreamId, Takes};
use crate::plan::signature::{Prepared, Signatures};
use crate::plan::{Aggregate, AggregateFunction, Constant, Operator, Plan};
use crate::schema::Schema;
use crate::types::{DataType, Kind};

/// What registers hold, where a column of an input or output tells. A register that is used again
/// for something else has several names.
pub(super) struct Names<'a> {
    input: Schema<'a>,
    functions: &'a dyn Signatures,
    held: Vec<Vec<&'a str>>,
}

impl<'a> Names<'a> {
    pub(super) fn of(plan: &Plan<'a>, functions: &'a dyn Signatures) -> Self {
        let input = plan.input(StreamId(0));
        let mut names = Self { input, functions, held: vec![Vec::new(); plan.registers.len()] };
        for entry in plan.instructions.iter().filter(|entry| entry.op == Op::Load) {
            names.add(entry.dst, input.name(entry.a.0.into()));
        }
        for operator in plan.operators {
            let Operator::Emit { output, columns, .. } = operator else { continue };
            let fields = plan.output(*output).fields;
            for (register, field) in columns.of(plan.lists).iter().zip(fields) {
                names.add(*register, field.name.of(plan.texts));
            }
        }
        names
    }

    fn add(&mut self, register: RegisterId, name: &'a str) {
        if let Some(held) = self.held.get_mut(register.index())
            && !held.contains(&name)
        {
            held.push(name);
        }
    }

    /// The names of what a register holds.
    pub(super) fn held(&self, register: RegisterId) -> Option<String> {
        self.held.get(register.index()).filter(|names| !names.is_empty()).map(|n| n.join(", "))
    }
}

/// An operand, if the opcode takes one.
pub(super) fn operand(
    plan: &Plan<'_>,
    names: &Names<'_>,
    entry: &Instruction,
    takes: Takes,
    operand: Operand,
) -> Option<String> {
    match (takes, operand.source()) {
        (Takes::Nothing, _) => None,
        (Takes::Column, _) => Some(match names.input.name(operand.0.into()) {
            "" => format!("column {}", operand.0),
            name => name.to_owned(),
        }),
        (Takes::Call, _) => Some(call(plan, names, operand)),
        (_, Source::Register(id)) => Some(format!("r{}", id.0)),
        (_, Source::Constant(id)) => Some(match plan.constants.get(id.index()) {
            Some(value) => constant(plan, entry, *value),
            None => format!("constant {}", id.0),
        }),
    }
}

/// A constant, as the instruction takes it.
fn constant(plan: &Plan<'_>, entry: &Instruction, value: Constant) -> String {
    if entry.op == Op::WindowStart {
        return duration(value.0.cast_signed());
    }
    let type_of = |id: RegisterId| plan.registers.get(id.index()).map(|r| r.data_type);
    // It has the type of what it stands beside.
    let beside = match entry.a.source() {
        Source::Register(id) if entry.op.info().a == Takes::Register => type_of(id),
        _ => type_of(entry.dst),
    };
    match beside {
        Some(data_type) => literal(plan, data_type, value),
        None => value.0.to_string(),
    }
}

/// A constant of a type.
pub(super) fn literal(plan: &Plan<'_>, data_type: DataType, value: Constant) -> String {
    let mut text = String::new();
    let written = match data_type {
        DataType::Varchar(_) => {
            let text = value.as_text().of(plan.texts).escape_debug().to_string();
            return format!("'{}'", text.replace("\\'", "''").replace("\\\"", "\""));
        }
        DataType::Varbinary(_) => {
            let bytes = value.as_bytes().of(plan.bytes);
            return bytes.iter().fold("X'".to_owned(), |text, b| text + &format!("{b:02X}")) + "'";
        }
        t if t.kind().size() == 16 => write_value(&mut text, t, value.as_bytes().of(plan.bytes)),
        t => write_value(&mut text, t, &value.0.to_le_bytes()),
    };
    match written {
        Ok(()) => text,
        Err(_) => value.0.to_string(),
    }
}

/// A call with its arguments; a function that is not known by its id.
fn call(plan: &Plan<'_>, names: &Names<'_>, operand: Operand) -> String {
    let Some(call) = plan.calls.get(usize::from(operand.0)) else {
        return format!("call {}", operand.0);
    };
    let function = names.functions.signature(call.function);
    let arguments = call.arguments.of(plan.arguments).iter().map(|a| match a.operand.source() {
        Source::Register(id) => format!("r{}", id.0),
        Source::Constant(id) => match plan.constants.get(id.index()) {
            Some(_) if a.data_type == Prepared::TYPE => "(prepared)".to_owned(),
            Some(value) => literal(plan, a.data_type, *value),
            None => format!("constant {}", id.0),
        },
    });
    let arguments: Vec<_> = arguments.collect();
    match function.map(|f| f.name) {
        Some(sign) if sign.bytes().all(|b| b.is_ascii_punctuation()) => {
            arguments.join(&format!(" {sign} "))
        }
        Some(name) => format!("{name}({})", arguments.join(", ")),
        None => format!("function {:#010x}({})", call.function.0, arguments.join(", ")),
    }
}

/// An aggregate: its function, arguments and constants.
pub(super) fn function(plan: &Plan<'_>, aggregate: &Aggregate) -> String {
    let info = aggregate.function.info();
    let name = info.name.to_ascii_uppercase();
    let arguments = aggregate.arguments.of(plan.lists).iter().map(|r| format!("r{}", r.0));
    let constants = aggregate.parameters.of(plan.constants).iter().zip(info.parameters);
    let constants = constants.map(|(constant, parameter)| match parameter {
        Parameter::Separator => format!("{:?}", constant.as_text().of(plan.texts)),
        Parameter::Count(_) => constant.0.to_string(),
        _ => f64::from_bits(constant.0).to_string(),
    });
    let mut all: Vec<_> = arguments.chain(constants).collect();
    if aggregate.function == AggregateFunction::CountAll {
        all.push("*".to_owned());
    }
    let distinct = if aggregate.distinct { "DISTINCT " } else { "" };
    let filter = aggregate.filter.map_or(String::new(), |r| format!(" FILTER (WHERE r{})", r.0));
    format!("{name}({distinct}{}){filter}", all.join(", "))
}

/// The name of a kind: that of its Rust type.
pub(super) const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Bool => "bool",
        Kind::I8 => "i8",
        Kind::I16 => "i16",
        Kind::I32 => "i32",
        Kind::I64 => "i64",
        Kind::U8 => "u8",
        Kind::U16 => "u16",
        Kind::U32 => "u32",
        Kind::U64 => "u64",
        Kind::F32 => "f32",
        Kind::F64 => "f64",
        Kind::Text => "text",
        Kind::I128 => "i128",
        Kind::Interval => "interval",
        Kind::Uuid => "uuid",
    }
}

/// Registers, as `r1, r2`.
pub(super) fn list(registers: &[RegisterId]) -> String {
    let registers: Vec<_> = registers.iter().map(|r| format!("r{}", r.0)).collect();
    registers.join(", ")
}

/// So many of something.
pub(super) fn count(n: u64, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// Microseconds in the largest unit that makes them whole; seconds with a fraction otherwise.
pub(super) fn duration(micros: i64) -> String {
    const UNITS: [(i64, &str); 4] =
        [(86_400_000_000, "day"), (3_600_000_000, "hour"), (60_000_000, "minute"), (1, "")];
    match UNITS.into_iter().find(|(unit, _)| micros != 0 && micros % unit == 0) {
        Some((unit, name)) if unit > 1 => {
            let n = micros / unit;
            format!("{n} {name}{}", if n == 1 { "" } else { "s" })
        }
        _ => {
            let sign = if micros < 0 { "-" } else { "" };
            let micros = micros.unsigned_abs();
            let fraction = format!("{:06}", micros % 1_000_000);
            let fraction = fraction.trim_end_matches('0');
            let point = if fraction.is_empty() { "" } else { "." };
            format!("{sign}{}{point}{fraction} s", micros / 1_000_000)
        }
    }
}

/// Puts operands into an opcode's text.
pub(super) fn fill(template: &str, a: &str, b: &str, data_type: &str) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, behind) = after.split_once('}').unwrap_or((after, ""));
        text += before;
        text += match name {
            "a" => a,
            "b" => b,
            _ => data_type,
        };
        rest = behind;
    }
    text + rest
}
