//! CSV in: columns matched by the header's names, an empty field is NULL.

use memchr::{memchr, memchr_iter};
use ringql_core::record::RecordMut;
use ringql_core::schema::Schema;
use ringql_core::sql::nearest;
use ringql_core::types::DataType;

use super::lines::{End, Lines};
use super::rows::RowFormat;
use super::split::{Span, SplitError, split};
use super::value::{EpochUnit, complaint, null_complaint, set_text};
use super::{Bytes, InputError, Place, Warn};

/// A reader of CSV rows.
pub(super) struct Csv {
    file: String,
    lines: Lines,
    unit: EpochUnit,
    warn: Warn,
    /// The stream's column that each field of a row goes to; `None` before the header was read.
    columns: Option<Vec<Option<usize>>>,
    fields: Vec<Span>,
    scratch: Vec<u8>,
    /// Whether the current row has line breaks inside quotes.
    has_breaks: bool,
}

impl Csv {
    pub(super) fn new(file: &str, bytes: Bytes, unit: EpochUnit, warn: Warn) -> Self {
        Self {
            file: file.to_owned(),
            lines: Lines::new(bytes),
            unit,
            warn,
            columns: None,
            fields: Vec::new(),
            scratch: Vec::new(),
            has_breaks: false,
        }
    }

    fn bad(&self, place: Place, what: impl Into<String>) -> InputError {
        InputError::bad(&self.file, place, what)
    }

    /// Finds the next row's end and splits it into `self.fields`; `None` at the end of the input.
    /// A row that can't be split is consumed.
    fn row(&mut self) -> Result<Option<End>, InputError> {
        let io = |file: &str, e| InputError::io(file, e);
        let Some(mut end) = self.lines.line().map_err(|e| io(&self.file, e))? else {
            return Ok(None);
        };
        let first = end;
        self.has_breaks = false;
        loop {
            match split(self.lines.text(end), &mut self.fields) {
                Ok(()) => return Ok(Some(end)),
                Err(SplitError::Open) => {
                    // Only another quote can close it: go to the end of the line with the next one.
                    let longer = self.closing_line(end.len).map_err(|e| io(&self.file, e))?;
                    if let Some(longer) = longer {
                        self.has_breaks = true;
                        end = longer;
                        continue;
                    }
                    let line = Place::Line(self.lines.number());
                    self.lines.consume(first, 1);
                    return Err(self.bad(line, "a quoted field is never closed"));
                }
                Err(SplitError::AfterQuote) => {
                    let line = Place::Line(self.lines.number());
                    self.consume(end);
                    let what = "a quote inside a quoted field must be doubled";
                    return Err(self.bad(line, what));
                }
            }
        }
    }

    /// The end of the first line with a quote after the `len` bytes that are split already.
    fn closing_line(&mut self, len: usize) -> std::io::Result<Option<End>> {
        let mut from = len + 1;
        loop {
            match self.lines.end_after(from)? {
                Some(end) if end.len > from => {
                    if memchr(b'"', self.lines.text(end).get(from..).unwrap_or(&[])).is_some() {
                        return Ok(Some(end));
                    }
                    from = end.len + 1;
                }
                Some(end) if end.len == from => from += 1,
                _ => return Ok(None),
            }
        }
    }

    fn consume(&mut self, end: End) {
        let text = self.lines.text(end);
        let breaks = if self.has_breaks { memchr_iter(b'\n', text).count() } else { 0 };
        self.lines.consume(end, breaks as u64 + 1);
    }

    /// Reads the header row and matches its names with the stream's.
    fn header(&mut self, schema: Schema<'_>) -> Result<Vec<Option<usize>>, InputError> {
        let Some(end) = self.row().map_err(|e| whole_file(e, "header"))? else {
            return Err(self.bad(Place::File, "is empty: a CSV file starts with a header row"));
        };
        let line = self.lines.text(end);
        if line.trim_ascii_end().contains(&b'\r') {
            let what = "its lines end with CR alone: they should end with LF or CR LF";
            return Err(self.bad(Place::File, what));
        }
        let mut columns = Vec::new();
        let mut unused = Vec::new();
        for (i, field) in self.fields.iter().enumerate() {
            let name = field.text(self.lines.text(end), &mut self.scratch);
            let name =
                if i == 0 { name.strip_prefix(b"\xef\xbb\xbf").unwrap_or(name) } else { name };
            let name = String::from_utf8_lossy(name.trim_ascii()).into_owned();
            let column = schema.position(&name);
            if column.is_some() && columns.contains(&column) {
                let what = format!("the header has the column \"{name}\" twice");
                return Err(self.bad(Place::File, what));
            }
            if column.is_none() {
                unused.push(name);
            }
            columns.push(column);
        }
        if columns.iter().all(Option::is_none) {
            let what = format!(
                "the header has no column of the stream: it is \"{}\", separated by commas",
                String::from_utf8_lossy(self.lines.text(end).trim_ascii_end())
            );
            return Err(self.bad(Place::File, what));
        }
        self.consume(end);
        for (column, field) in schema.fields.iter().enumerate() {
            if columns.contains(&Some(column)) {
                continue;
            }
            let name = schema.name(column);
            if !field.nullable {
                let what = format!(
                    "the header has no column \"{name}\", which the stream declares NOT NULL"
                );
                return Err(self.bad(Place::File, what));
            }
            self.warn_missing(name, &unused);
        }
        Ok(columns)
    }

    /// A column may be missing, but often it is only misspelled.
    fn warn_missing(&self, name: &str, unused: &[String]) {
        let near = nearest(name, unused.iter().map(|u| &**u));
        let hint = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
        let file = &self.file;
        self.warn.say(&format!("{file} has no column {name}: it is NULL in every row{hint}"));
    }

    fn fill(
        &mut self,
        schema: Schema<'_>,
        columns: &[Option<usize>],
        end: End,
        record: &mut RecordMut<'_>,
    ) -> Result<(), String> {
        if self.fields.len() != columns.len() {
            let (fields, names) = (self.fields.len(), columns.len());
            return Err(format!("the row has {fields} fields and the header {names}"));
        }
        for (span, column) in self.fields.iter().zip(columns) {
            let Some(column) = *column else { continue };
            let Some(field) = schema.fields.get(column) else { continue };
            let text = span.text(self.lines.text(end), &mut self.scratch);
            let is_text = matches!(
                field.data_type,
                DataType::Varchar(_) | DataType::Char(_) | DataType::Varbinary(_)
            );
            if span.is_null() || (text.is_empty() && !is_text) {
                if field.nullable {
                    continue;
                }
                let hint = if is_text { " (an empty text is written \"\")" } else { "" };
                return Err(null_complaint(schema, column) + hint);
            }
            set_text(record, column, field, text, self.unit)
                .map_err(|e| complaint(schema, column, text, e))?;
        }
        Ok(())
    }
}

/// An error about the header is one about the file: there are no rows to go on with.
fn whole_file(e: InputError, part: &str) -> InputError {
    match e {
        InputError::Bad { file, what, .. } => {
            InputError::Bad { file, place: Place::File, what: format!("{part}: {what}") }
        }
        other => other,
    }
}

impl RowFormat for Csv {
    fn at_hand(&mut self) -> bool {
        self.lines.at_hand()
    }

    fn next(&mut self, schema: Schema<'_>, record: &mut RecordMut<'_>) -> Result<bool, InputError> {
        let columns = match self.columns.take() {
            Some(columns) => columns,
            None => self.header(schema)?,
        };
        let done = self.next_row(schema, &columns, record);
        self.columns = Some(columns);
        done
    }
}

impl Csv {
    fn next_row(
        &mut self,
        schema: Schema<'_>,
        columns: &[Option<usize>],
        record: &mut RecordMut<'_>,
    ) -> Result<bool, InputError> {
        loop {
            let Some(end) = self.row()? else { return Ok(false) };
            // A blank line is no row, unless a row of one column can look like that.
            let blank = matches!(self.lines.text(end), [] | [b'\r']) && columns.len() > 1;
            let line = Place::Line(self.lines.number());
            let filled = if blank { Ok(()) } else { self.fill(schema, columns, end, record) };
            self.consume(end);
            if !blank {
                return filled.map(|()| true).map_err(|what| self.bad(line, what));
            }
        }
    }
}

#[cfg(test)]
#[path = "csv_tests.rs"]
mod tests;
