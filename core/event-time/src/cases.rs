//! Cases, and the text that they are kept in: lines of cells with tabs in between.
//!
//! | line | cells |
//! |---|---|
//! | `stream` | its statement, its watermark's delay in microseconds |
//! | `row` | a row of the stream above |
//! | `case` | a name, a query over the stream above, [`Results`], [`Case`]'s flags, tolerances |
//! | `out` | a row that the query above must give |
//!
//! A value is its text as CAST writes it, NULL is `NULL`; what is escaped is told in
//! `core/tests/duckdb/functions/generate.py`. Tolerances have spaces in between, one for each
//! column of `out`: `=`, or by how much of its value (or of 1, for a smaller one) a float may
//! differ.

use differential::columns::Row;
use differential::escape::unescape;

/// A stream and its rows.
#[derive(Clone, Debug)]
pub struct Stream {
    /// The statement that defines it; its first column is the event time.
    pub sql: String,
    /// How far the watermark trails, microseconds.
    pub delay: i64,
    /// Its rows in the order of their arrival.
    pub rows: Vec<Row>,
}

/// How a query's result records make the rows that are expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Results {
    /// `rows`: in any order.
    Rows,
    /// `ordered N`: those that have the first N columns in common, a window's, in the order that is
    /// expected, one after another.
    Ordered(usize),
    /// `changes N`: of those that have the first N columns in common only the last.
    Changes(usize),
    /// `retractions`: the first column says which take an earlier one back.
    Retractions,
}

/// A query over a stream, and what it must give.
#[derive(Clone, Debug)]
pub struct Case {
    /// Which case of its run.
    pub name: String,
    /// Which of [`Cases::streams`].
    pub stream: usize,
    /// The query.
    pub sql: String,
    /// What its records are.
    pub results: Results,
    /// Flag `p`: any order of the rows within the watermark's delay gives the same.
    pub is_permutable: bool,
    /// Flag `c`: rows come one by one, when the query's clock shows their event time.
    pub has_clock: bool,
    /// For each column: by how much it may differ.
    pub tolerances: Vec<f64>,
    /// The rows.
    pub expected: Vec<Row>,
}

/// Streams and the cases over them.
#[derive(Clone, Debug, Default)]
pub struct Cases {
    /// The streams.
    pub streams: Vec<Stream>,
    /// The cases.
    pub cases: Vec<Case>,
}

impl Cases {
    /// Reads the text of cases.
    ///
    /// # Errors
    /// The first line that is none.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut all = Self::default();
        for line in text.lines() {
            all.line(line).ok_or_else(|| format!("no line of a case: {line:?}"))?;
        }
        Ok(all)
    }

    fn line(&mut self, line: &str) -> Option<()> {
        let mut cells = line.split('\t');
        let what = cells.next()?;
        let cells: Vec<Option<String>> = cells.map(unescape).collect();
        let cell = |i: usize| cells.get(i)?.clone();
        match what {
            "stream" => {
                let (sql, delay) = (cell(0)?, cell(1)?.parse().ok()?);
                self.streams.push(Stream { sql, delay, rows: Vec::new() });
            }
            "row" => self.streams.last_mut()?.rows.push(cells),
            "case" => {
                let flags = cell(3)?;
                let tolerances = cell(4)?.split(' ').map(tolerance).collect::<Option<_>>()?;
                self.cases.push(Case {
                    name: cell(0)?,
                    stream: self.streams.len().checked_sub(1)?,
                    sql: cell(1)?,
                    results: results(&cell(2)?)?,
                    is_permutable: flags.contains('p'),
                    has_clock: flags.contains('c'),
                    tolerances,
                    expected: Vec::new(),
                });
            }
            "out" => self.cases.last_mut()?.expected.push(cells),
            _ => return None,
        }
        Some(())
    }
}

fn results(text: &str) -> Option<Results> {
    let (word, columns) = text.split_once(' ').unwrap_or((text, "0"));
    let columns = columns.parse().ok()?;
    match word {
        "rows" => Some(Results::Rows),
        "ordered" => Some(Results::Ordered(columns)),
        "changes" => Some(Results::Changes(columns)),
        "retractions" => Some(Results::Retractions),
        _ => None,
    }
}

fn tolerance(text: &str) -> Option<f64> {
    if text == "=" { Some(0.0) } else { text.parse().ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_read() {
        let text = "stream\tCREATE STREAM s (ts TIMESTAMP)\t5\nrow\t2024-01-01\n\
                    case\t7\tSELECT 1\tchanges 2\tp\t= 1e-9\nout\t1\tNULL\n";
        let all = Cases::parse(text).unwrap();
        assert_eq!((all.streams[0].delay, all.streams[0].rows.len()), (5, 1));
        let case = &all.cases[0];
        assert_eq!((case.results, case.is_permutable), (Results::Changes(2), true));
        assert_eq!(case.tolerances, [0.0, 1e-9]);
        assert_eq!(case.expected, [[Some("1".to_owned()), None]]);
        assert!(Cases::parse("row\t1").is_err());
        assert!(Cases::parse("else").is_err());
    }
}
