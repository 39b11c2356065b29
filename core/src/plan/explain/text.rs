//! An explanation as text of at most 100 columns.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use super::value::duration;
use super::{EventTimeEntry, Explanation, OperatorEntry, Part, Records, State};

/// Columns of a line.
const WIDTH: usize = 100;
/// Columns of a cell: longer names and constants are cut.
const CELL: usize = 26;

impl Explanation {
    /// The explanation as text, no line of which is longer than 100 characters.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = Lines(String::new());
        let features = if self.features.is_empty() { "none" } else { &self.features };
        let arena = &self.arena;
        out.line(0, &format!("plan   {} bytes; uses: {features}", self.plan_bytes));
        out.line(0, &format!("batch  {} rows", self.batch_rows));
        out.line(
            0,
            &format!(
                "arena  {} bytes = header {} + streams {} + calls {} + registers {} + operators {}",
                arena.total,
                arena.header,
                arena.streams,
                arena.calls,
                arena.registers,
                arena.operators
            ),
        );
        for stream in &self.streams {
            out.records("stream", stream);
        }
        for output in &self.outputs {
            out.records("output", output);
        }
        out.line(0, "");
        out.line(0, "operators");
        for operator in &self.operators {
            out.operator(operator);
        }
        out.line(0, "");
        out.line(0, "registers");
        out.registers(self);
        out.0
    }
}

struct Lines(String);

impl Lines {
    /// A line, cut to the width, without blanks at its end. A line break in it becomes a blank.
    fn line(&mut self, indent: usize, text: &str) {
        let line = format!("{:indent$}{text}", "").replace(char::is_control, " ");
        self.0 += &cut(line.trim_end(), WIDTH);
        self.0.push('\n');
    }

    /// A list with commas, as many to a line as fit, lines behind the first further in.
    fn list(&mut self, indent: usize, text: &str) {
        let mut line = String::new();
        for (i, item) in text.split(", ").enumerate() {
            let room = WIDTH.saturating_sub(indent + 4 + ", ,".len());
            let separator = if i == 0 { "" } else { ", " };
            if i > 0 && line.chars().count() + item.chars().count() > room {
                self.line(indent, &format!("{line},"));
                line = format!("    {item}");
            } else {
                line = format!("{line}{separator}{item}");
            }
        }
        self.line(indent, &line);
    }

    /// Lines of cells, each column as wide as its widest cell; the columns in `right` are numbers,
    /// set flush right.
    fn table(&mut self, indent: usize, right: &[usize], rows: &[Vec<String>]) {
        let rows: Vec<Vec<String>> = rows.iter().map(|row| cells(row)).collect();
        self.whole_table(indent, right, &rows);
    }

    /// The same with no cell cut.
    fn whole_table(&mut self, indent: usize, right: &[usize], rows: &[Vec<String>]) {
        let columns = rows.first().map_or(0, Vec::len);
        let width = |column: usize| {
            rows.iter().filter_map(|row| row.get(column)).map(|c| c.chars().count()).max()
        };
        let widths: Vec<usize> = (0..columns).map(|c| width(c).unwrap_or(0)).collect();
        for row in rows {
            let cells = row.iter().zip(&widths).enumerate().map(|(i, (cell, width))| {
                match right.contains(&i) {
                    true => format!("{cell:>width$}"),
                    false => format!("{cell:width$}"),
                }
            });
            self.line(indent, &cells.collect::<Vec<_>>().join("  "));
        }
    }

    fn records(&mut self, what: &str, records: &Records) {
        self.line(0, "");
        let name = if records.name.is_empty() { "" } else { " " };
        self.line(
            0,
            &format!("{what}{name}{}: records of {} bytes", records.name, records.record_bytes),
        );
        if let Some(EventTimeEntry { column, delay_micros }) = &records.event_time {
            let delay = duration(*delay_micros);
            self.line(2, &format!("event time {column}, watermark {delay} behind"));
        }
        let mut rows = vec![heading(&["column", "type", "null", "offset", "bytes"])];
        rows.extend(records.columns.iter().map(|c| {
            let null = if c.nullable { "" } else { "not null" };
            vec![
                c.name.clone(),
                c.data_type.clone(),
                null.to_owned(),
                c.offset.to_string(),
                c.bytes.to_string(),
            ]
        }));
        if let Some(at) = records.validity_offset {
            let bytes = records.columns.len().div_ceil(8).to_string();
            rows.push(vec![
                "(validity)".to_owned(),
                String::new(),
                String::new(),
                at.to_string(),
                bytes,
            ]);
        }
        self.table(2, &[3, 4], &rows);
    }

    fn operator(&mut self, operator: &OperatorEntry) {
        let input = operator.input.map_or(String::new(), |input| format!(" <- {input}"));
        let OperatorEntry { operator: id, name, summary, .. } = operator;
        self.list(2, &format!("{id} {name}{input}: {summary}"));
        if !operator.program.is_empty() {
            let mut rows = vec![heading(&["at", "opcode", "kind", "dst", "a", "b", "meaning"])];
            rows.extend(operator.program.iter().map(|step| {
                vec![
                    step.instruction.to_string(),
                    step.op.to_owned(),
                    step.kind.to_owned(),
                    step.dst.clone().unwrap_or_default(),
                    step.a.clone().unwrap_or_default(),
                    step.b.clone().unwrap_or_default(),
                    step.meaning.clone(),
                ]
            }));
            self.table(6, &[0], &rows);
        }
        if !operator.aggregates.is_empty() {
            let mut rows = vec![heading(&["aggregate", "result", "offset", "bytes"])];
            rows.extend(operator.aggregates.iter().map(|a| {
                vec![
                    a.function.clone(),
                    a.result.clone(),
                    a.offset.to_string(),
                    a.bytes.to_string(),
                ]
            }));
            self.table(6, &[2, 3], &rows);
        }
        if let Some(state) = &operator.state {
            self.state(state);
        }
    }

    fn state(&mut self, state: &State) {
        self.line(6, &format!("state: {} bytes at {}", state.bytes, state.offset));
        let mut rows = vec![heading(&["bytes", "how many x bytes each", "what"])];
        rows.extend(state.parts.iter().map(|part| {
            let Part { name, meaning, split, bytes } = part;
            vec![bytes.to_string(), split.clone(), format!("{name}: {meaning}")]
        }));
        self.whole_table(8, &[0], &rows);
    }

    fn registers(&mut self, explanation: &Explanation) {
        let names = ["register", "type", "null", "offset", "bytes", "holds"];
        let mut rows = vec![heading(&names)];
        rows.extend(explanation.registers.iter().map(|r| {
            let null = if r.nullable { "" } else { "not null" };
            vec![
                format!("r{}", r.register),
                r.data_type.clone(),
                null.to_owned(),
                r.offset.to_string(),
                r.bytes.to_string(),
                r.holds.clone().unwrap_or_default(),
            ]
        }));
        self.table(2, &[3, 4], &rows);
    }
}

fn heading(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// The cells of a row, all but the last cut to the width of a cell.
fn cells(row: &[String]) -> Vec<String> {
    let last = row.len().saturating_sub(1);
    let cells = row.iter().enumerate().map(
        |(i, cell)| {
            if i == last { cell.clone() } else { cut(cell, CELL) }
        },
    );
    cells.collect()
}

/// The first `width` characters; the last of them says that there were more.
fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(width.saturating_sub(1)).collect();
    short.push('…');
    short
}
