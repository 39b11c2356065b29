//! Plans as Rust source: for a build script that compiles SQL, so that the tables lie in flash and
//! nothing is decoded.
//!
//! The source needs nothing but the crate `ringql-core` and is the same for the same plan.

use alloc::format;
use alloc::string::{String, ToString};

use super::op::{ColumnId, FunctionId, Instruction, OperatorId, Register, RegisterId, StreamId};
use super::{
    Aggregate, AggregateTable, Argument, Call, Constant, EventTime, Operator, Output, Plan, Range,
    SortTable, Stream, TimeSource, WindowShape, WindowTable, wire,
};
use crate::schema::{Field, Text};
use crate::types::DataType;

/// What the entries are written with.
const IMPORTS: &str = "    #[allow(unused_imports)]
    use ::ringql_core::{
        plan::op::{
            ColumnId, FunctionId, Instruction, Op, Operand, OperatorId, OutputId, Register,
            RegisterId, StreamId,
        },
        plan::{
            Aggregate, AggregateFunction, AggregateTable, Argument, Call, Constant, EventTime,
            EmitMode, OnError, OnFull, Operator, Output, Plan, Range, SortTable,
            Stream, TimeSource, WindowShape, WindowTable, WindowTime,
        },
        schema::{Field, Text},
        types::{DataType, Kind},
    };
";

/// Rust source of `pub const NAME: ringql_core::plan::Plan<'static>`, to `include!`.
///
/// `name` must be an identifier that a constant can have. The plan is not verified here; a query
/// over it does that when it starts.
///
/// ```
/// use ringql_core::plan::{Plan, source::plan_source};
/// # let plan = Plan { batch_rows: 1, ..Plan::EMPTY };
/// let source = plan_source(&plan, "PLAN");
/// assert!(source.contains("pub const PLAN: ::ringql_core::plan::Plan<'static> = {"));
/// ```
#[must_use]
pub fn plan_source(plan: &Plan<'_>, name: &str) -> String {
    let mut out = String::new();
    if let Ok(bytes) = wire::encoded_len(plan) {
        let arena = plan.arena_bytes();
        out += &format!("/// A plan of {bytes} bytes on the wire; its arena has {arena} bytes.\n");
    }
    out += &format!("pub const {name}: ::ringql_core::plan::Plan<'static> = {{\n{IMPORTS}");
    out += &format!("    Plan {{\n        batch_rows: {},\n", plan.batch_rows);
    out += &format!("        on_error: OnError::{:?},\n", plan.on_error);
    let name_of = |text: Text| text.of(plan.texts);
    table(&mut out, "streams", plan.streams, |s| (stream(s), name_of(s.name).into()));
    table(&mut out, "outputs", plan.outputs, |o| (output(o), name_of(o.name).into()));
    table(&mut out, "fields", plan.fields, |f| (field(f), name_of(f.name).into()));
    table(&mut out, "constants", plan.constants, |c| (constant(c), String::new()));
    table(&mut out, "registers", plan.registers, |r| (register(r), String::new()));
    table(&mut out, "instructions", plan.instructions, |i| (instruction(i), String::new()));
    table(&mut out, "operators", plan.operators, |o| (operator(o), String::new()));
    table(&mut out, "aggregates", plan.aggregates, |a| (aggregate(a), String::new()));
    table(&mut out, "lists", plan.lists, |r| (register_id(*r), String::new()));
    table(&mut out, "calls", plan.calls, |c| (call(c), String::new()));
    table(&mut out, "arguments", plan.arguments, |a| (argument(a), String::new()));
    out += &format!("        texts: {:?},\n", plan.texts);
    out += &format!("        bytes: b\"{}\",\n    }}\n}};\n", plan.bytes.escape_ascii());
    out
}

/// A table: an entry a line, with its name behind it.
fn table<T>(out: &mut String, name: &str, entries: &[T], entry: impl Fn(&T) -> (String, String)) {
    if entries.is_empty() {
        *out += &format!("        {name}: &[],\n");
        return;
    }
    *out += &format!("        {name}: &[\n");
    for (source, comment) in entries.iter().map(entry) {
        *out += &format!("            {source},");
        if !comment.is_empty() {
            *out += &format!(" // {}", comment.escape_debug());
        }
        out.push('\n');
    }
    *out += "        ],\n";
}

fn text(t: Text) -> String {
    format!("Text {{ offset: {}, len: {} }}", t.offset, t.len)
}

fn range(r: Range) -> String {
    match r {
        Range::EMPTY => "Range::EMPTY".to_string(),
        Range { start, len } => format!("Range {{ start: {start}, len: {len} }}"),
    }
}

fn register_id(RegisterId(id): RegisterId) -> String {
    format!("RegisterId({id})")
}

fn operator_id(OperatorId(id): OperatorId) -> String {
    format!("OperatorId({id})")
}

fn stream_id(StreamId(id): StreamId) -> String {
    format!("StreamId({id})")
}

fn data_type(t: DataType) -> String {
    // The derived Debug form is the variant, with its length if it has one.
    format!("DataType::{t:?}")
}

fn stream(s: &Stream) -> String {
    let time = match s.time {
        Some(EventTime { column: ColumnId(column), delay, punctuation }) => {
            let punctuation = match punctuation {
                Some(ColumnId(column)) => format!("Some(ColumnId({column}))"),
                None => "None".to_string(),
            };
            format!(
                "Some(EventTime {{ column: ColumnId({column}), delay: {delay}, \
                 punctuation: {punctuation} }})"
            )
        }
        None => "None".to_string(),
    };
    format!("Stream {{ name: {}, fields: {}, time: {time} }}", text(s.name), range(s.fields))
}

fn output(o: &Output) -> String {
    format!("Output {{ name: {}, fields: {} }}", text(o.name), range(o.fields))
}

fn field(f: &Field) -> String {
    let (name, t) = (text(f.name), data_type(f.data_type));
    let Field { nullable, offset, .. } = f;
    format!("Field {{ name: {name}, data_type: {t}, nullable: {nullable}, offset: {offset} }}")
}

fn constant(c: &Constant) -> String {
    format!("Constant({:#x})", c.0)
}

fn register(r: &Register) -> String {
    let Register { nullable, offset, .. } = r;
    let t = data_type(r.data_type);
    format!("Register {{ data_type: {t}, nullable: {nullable}, offset: {offset} }}")
}

fn instruction(i: &Instruction) -> String {
    let Instruction { op, kind, .. } = i;
    let (dst, a, b) = (register_id(i.dst), i.a.0, i.b.0);
    format!(
        "Instruction {{ op: Op::{op:?}, kind: Kind::{kind:?}, dst: {dst}, a: Operand({a:#x}), \
         b: Operand({b:#x}) }}"
    )
}

fn call(c: &Call) -> String {
    let FunctionId(id) = c.function;
    format!("Call {{ function: FunctionId({id:#x}), arguments: {} }}", range(c.arguments))
}

fn argument(a: &Argument) -> String {
    let (t, operand) = (data_type(a.data_type), a.operand.0);
    format!("Argument {{ data_type: {t}, operand: Operand({operand:#x}) }}")
}

fn operator(o: &Operator) -> String {
    match *o {
        Operator::Scan { stream } => format!("Operator::Scan {{ stream: {} }}", stream_id(stream)),
        Operator::Filter { input, program, predicate, state } => format!(
            "Operator::Filter {{ input: {}, program: {}, predicate: {}, state: {state} }}",
            operator_id(input),
            range(program),
            register_id(predicate),
        ),
        Operator::Window(ref table) => window_table(table),
        Operator::Sort(ref table) => sort_table(table),
        Operator::Aggregate(ref table) => aggregate_table(table),
        Operator::Project { input, program } => format!(
            "Operator::Project {{ input: {}, program: {} }}",
            operator_id(input),
            range(program)
        ),
        Operator::Emit { input, output, columns } => format!(
            "Operator::Emit {{ input: {}, output: OutputId({}), columns: {} }}",
            operator_id(input),
            output.0,
            range(columns),
        ),
    }
}

fn aggregate_table(t: &AggregateTable) -> String {
    let members = [
        ("input", operator_id(t.input)),
        ("program", range(t.program)),
        ("keys", range(t.keys)),
        ("key_results", range(t.key_results)),
        ("aggregates", range(t.aggregates)),
        ("window_results", range(t.window_results)),
        ("groups", t.groups.to_string()),
        ("on_full", format!("OnFull::{:?}", t.on_full)),
        ("emit", format!("EmitMode::{:?}", t.emit)),
        ("retract", t.retract.to_string()),
        ("state", t.state.to_string()),
    ];
    entry("Aggregate(AggregateTable", &members)
}

/// An operator of which the entry is a struct of its own.
fn entry(name: &str, members: &[(&str, String)]) -> String {
    let mut source = format!("Operator::{name} {{\n");
    for (name, value) in members {
        source += &format!("                {name}: {value},\n");
    }
    source + "            })"
}

fn window_table(t: &WindowTable) -> String {
    let time = match t.time {
        TimeSource::Window(time) => format!("TimeSource::Window(WindowTime::{time:?})"),
        time => format!("TimeSource::{time:?}"),
    };
    let shape = match t.shape {
        WindowShape::State { program, begin, end } => format!(
            "State {{ program: {}, begin: {}, end: {} }}",
            range(program),
            register_id(begin),
            register_id(end)
        ),
        shape => format!("{shape:?}"),
    };
    let members = [
        ("input", operator_id(t.input)),
        ("time", time),
        ("shape", format!("WindowShape::{shape}")),
        ("lateness", t.lateness.to_string()),
        ("max_ahead", t.max_ahead.to_string()),
        ("idle_timeout", t.idle_timeout.to_string()),
        ("late", t.late.map_or("None".into(), |o| format!("Some(OutputId({}))", o.0))),
        ("state", t.state.to_string()),
    ];
    entry("Window(WindowTable", &members)
}

fn sort_table(t: &SortTable) -> String {
    let members = [
        ("input", operator_id(t.input)),
        ("keys", range(t.keys)),
        ("descending", t.descending.to_string()),
        ("nulls_first", t.nulls_first.to_string()),
        ("offset", t.offset.to_string()),
        ("limit", t.limit.to_string()),
        ("capacity", t.capacity.to_string()),
        ("state", t.state.to_string()),
    ];
    entry("Sort(SortTable", &members)
}

fn aggregate(a: &Aggregate) -> String {
    let Aggregate { function, distinct, capacity, state, .. } = a;
    let filter = match a.filter {
        Some(register) => format!("Some({})", register_id(register)),
        None => "None".to_string(),
    };
    format!(
        "Aggregate {{ function: AggregateFunction::{function:?}, distinct: {distinct}, \
         filter: {filter}, arguments: {}, parameters: {}, capacity: {capacity}, result: {}, \
         state: {state} }}",
        range(a.arguments),
        range(a.parameters),
        register_id(a.result),
    )
}
