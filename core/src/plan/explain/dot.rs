//! An explanation as a Graphviz graph.

use alloc::format;
use alloc::string::String;

use super::{Explanation, OperatorEntry, Records};

impl Explanation {
    /// The operator graph in Graphviz's dot language: `dot -Tsvg`.
    #[must_use]
    pub fn dot(&self) -> String {
        let mut dot = String::from("digraph plan {\n");
        dot += "  graph [rankdir=TB, labelloc=t, fontname=monospace";
        let title = format!(
            "plan {} bytes, arena {} bytes, batches of {} rows",
            self.plan_bytes, self.arena.total, self.batch_rows
        );
        dot += &format!(", label={}];\n", quoted(&title));
        dot += "  node [shape=box, fontname=monospace];\n";
        for operator in &self.operators {
            let id = operator.operator;
            dot += &format!("  op{id} [label={}];\n", quoted(&label(operator)));
        }
        for (i, stream) in self.streams.iter().enumerate() {
            dot += &end("in", "stream", i, stream);
        }
        for (i, output) in self.outputs.iter().enumerate() {
            dot += &end("out", "output", i, output);
        }
        for operator in &self.operators {
            let id = operator.operator;
            if let Some(stream) = operator.stream {
                dot += &format!("  in{stream} -> op{id};\n");
            }
            if let Some(input) = operator.input {
                dot += &format!("  op{input} -> op{id};\n");
            }
            if let Some(output) = operator.output {
                dot += &format!("  op{id} -> out{output};\n");
            }
        }
        dot + "}\n"
    }
}

/// A stream or output.
fn end(prefix: &str, what: &str, i: usize, records: &Records) -> String {
    let space = if records.name.is_empty() { "" } else { " " };
    let mut text = format!("{what}{space}{}\n{} bytes", records.name, records.record_bytes);
    for column in &records.columns {
        let null = if column.nullable { "" } else { " not null" };
        text += &format!("\n{} {}{null}", column.name, column.data_type);
    }
    text.push('\n');
    format!("  {prefix}{i} [shape=ellipse, label={}];\n", quoted(&text))
}

/// What is written in an operator's box, in lines.
fn label(operator: &OperatorEntry) -> String {
    let mut label = format!("{} {}: {}\n", operator.operator, operator.name, operator.summary);
    for step in &operator.program {
        match &step.dst {
            Some(dst) => label += &format!("{dst} = {}\n", step.meaning),
            None => label += &format!("{}\n", step.meaning),
        }
    }
    for aggregate in &operator.aggregates {
        label += &format!("{} = {}\n", aggregate.result, aggregate.function);
    }
    if let Some(state) = &operator.state {
        label += &format!("state {} bytes\n", state.bytes);
    }
    label
}

/// A string of the dot language, its lines set flush left.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted += "\\\"",
            '\\' => quoted += "\\\\",
            '\n' => quoted += "\\l",
            c if c.is_control() => quoted.push(' '),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
