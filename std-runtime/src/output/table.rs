//! Rows as a table for reading.
//!
//! A table's widths depend on all its rows, and a result can be endless: so it comes in pages of up
//! to 1,000 rows, each with its own header. While rows come slowly, a page goes out a second after
//! its first row.

use std::io;
use std::time::{Duration, Instant};

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{Cell, CellAlignment};
use ringql_core::fmt::write_cast;
use ringql_core::record::RecordRef;

use super::{Bytes, Writer, misfit};
use crate::input::OwnedSchema;

/// Rows of a page.
const PAGE: usize = 1_000;
/// How long a page waits for more rows.
const PATIENCE: Duration = Duration::from_secs(1);

/// Tables.
pub(super) struct Table {
    out: Bytes,
    schema: OwnedSchema,
    record_size: usize,
    page: Vec<Vec<String>>,
    first_row: Option<Instant>,
    has_page: bool,
}

impl Table {
    pub(super) fn new(out: Bytes, schema: OwnedSchema) -> Self {
        let record_size = schema.schema().layout().record_size.max(1);
        Self { out, schema, record_size, page: Vec::new(), first_row: None, has_page: false }
    }

    fn write_page(&mut self) -> io::Result<()> {
        let schema = self.schema.schema();
        let mut table = comfy_table::Table::new();
        table.load_style(UTF8_FULL_CONDENSED);
        table.set_header((0..schema.fields.len()).map(|column| visible(schema.name(column))));
        table.add_rows(self.page.drain(..).map(|row| {
            row.into_iter().zip(schema.fields).map(|(text, field)| {
                let right = field.data_type.is_numeric() || field.data_type.is_decimal();
                Cell::new(text).set_alignment(if right {
                    CellAlignment::Right
                } else {
                    CellAlignment::Left
                })
            })
        }));
        self.first_row = None;
        self.has_page = true;
        writeln!(self.out, "{table}")
    }
}

impl Writer for Table {
    fn write(&mut self, records: &[u8]) -> io::Result<()> {
        for record in records.chunks_exact(self.record_size) {
            let schema = self.schema.schema();
            let record = RecordRef::new(schema, record).ok_or_else(|| misfit(std::fmt::Error))?;
            let mut row = Vec::with_capacity(schema.fields.len());
            for (column, field) in schema.fields.iter().enumerate() {
                let mut text = String::new();
                match record.get(column) {
                    Some(bytes) => {
                        write_cast(&mut text, field.data_type, bytes).map_err(misfit)?;
                    }
                    None => text.push_str("NULL"),
                }
                row.push(visible(&text));
            }
            self.page.push(row);
            self.first_row.get_or_insert_with(Instant::now);
            if self.page.len() >= PAGE {
                self.write_page()?;
            }
        }
        Ok(())
    }

    fn idle(&mut self) -> io::Result<()> {
        match self.first_row {
            Some(first) if first.elapsed() > PATIENCE => self.flush(),
            _ => Ok(()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.page.is_empty() {
            self.write_page()?;
        }
        self.out.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        if !self.has_page && self.page.is_empty() {
            self.write_page()?;
        }
        self.flush()
    }
}

/// A text without control characters, which would move the terminal's cursor or worse.
fn visible(text: &str) -> String {
    if !text.contains(char::is_control) {
        return text.to_owned();
    }
    let mut out = String::new();
    for c in text.chars() {
        if c.is_control() { out.extend(c.escape_default()) } else { out.push(c) }
    }
    out
}
