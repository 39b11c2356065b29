//! Rows beside expected ones.

use std::cmp::Ordering;

use differential::columns::Row;
use differential::escape::escape;

use crate::cases::{Case, Results};

/// How many rows of each side a message shows.
const SHOWN: usize = 12;

/// Compares the rows that are left of a case's results with what is expected.
///
/// # Errors
/// The rows that only one side has.
pub fn compare(case: &Case, found: &[Row]) -> Result<(), String> {
    let (found, expected) = match case.results {
        Results::Ordered(columns) => (windows(found, columns)?, windows(&case.expected, columns)?),
        _ => (found.to_vec(), case.expected.clone()),
    };
    if found.iter().chain(&expected).any(|row| row.len() != case.tolerances.len()) {
        return Err(format!("{} columns are expected", case.tolerances.len()));
    }
    let is_ordered = matches!(case.results, Results::Ordered(_));
    let sorted = |mut rows: Vec<Row>| {
        if !is_ordered {
            rows.sort_by(|a, b| order(a, b, &case.tolerances));
        }
        rows
    };
    let (found, expected) = (sorted(found), sorted(expected));
    let same = |(a, b): (&Row, &Row)| same_row(a, b, &case.tolerances);
    if found.len() == expected.len() && found.iter().zip(&expected).all(same) {
        return Ok(());
    }
    Err(difference(found, expected, &case.tolerances))
}

/// Windows in the order of their first columns, the rows of each as they are.
fn windows(rows: &[Row], columns: usize) -> Result<Vec<Row>, String> {
    let key = |row: &Row| row.iter().take(columns).cloned().collect::<Vec<_>>();
    let mut windows: Vec<&[Row]> = rows.chunk_by(|a, b| key(a) == key(b)).collect();
    windows.sort_by_key(|rows| key(&rows[0]));
    match windows.windows(2).find(|pair| key(&pair[0][0]) == key(&pair[1][0])) {
        Some(pair) => Err(format!("a window's rows are apart: {:?}", key(&pair[0][0]))),
        None => Ok(windows.concat()),
    }
}

/// By the exact columns, then by the numbers in the others.
fn order(a: &Row, b: &Row, tolerances: &[f64]) -> Ordering {
    let exact = |row: &Row| {
        let cells = row.iter().zip(tolerances);
        cells.filter(|(_, t)| **t == 0.0).map(|(cell, _)| canonical(cell)).collect::<Vec<_>>()
    };
    let numbers = |row: &Row| {
        let cells = row.iter().zip(tolerances);
        cells.filter(|(_, t)| **t > 0.0).map(|(cell, _)| number(cell)).collect::<Vec<_>>()
    };
    let by_number = || {
        let pairs = numbers(a).into_iter().zip(numbers(b));
        pairs.map(|(a, b)| a.total_cmp(&b)).find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
    };
    exact(a).cmp(&exact(b)).then_with(by_number)
}

/// NULL comes first.
fn number(cell: &Option<String>) -> f64 {
    cell.as_deref().and_then(|text| text.parse().ok()).unwrap_or(f64::NEG_INFINITY)
}

/// The same text for texts of the same float.
fn canonical(cell: &Option<String>) -> Option<String> {
    let text = cell.as_deref()?;
    let is_float = text.contains(['.', 'e']);
    match text.parse::<f64>() {
        Ok(value) if is_float => Some(format!("{value:?}")),
        _ => Some(text.to_owned()),
    }
}

fn same_row(a: &Row, b: &Row, tolerances: &[f64]) -> bool {
    a.iter().zip(b).zip(tolerances).all(|((a, b), tolerance)| same(a, b, *tolerance))
}

fn same(a: &Option<String>, b: &Option<String>, tolerance: f64) -> bool {
    if canonical(a) == canonical(b) {
        return true;
    }
    let (Some(a), Some(b)) = (a, b) else { return false };
    let (Ok(a), Ok(b)) = (a.parse::<f64>(), b.parse::<f64>()) else { return false };
    (a - b).abs() <= tolerance * a.abs().max(b.abs()).max(1.0)
}

/// What only one side has.
fn difference(found: Vec<Row>, expected: Vec<Row>, tolerances: &[f64]) -> String {
    let (counts, mut missing) = ((expected.len(), found.len()), expected);
    let mut extra = Vec::new();
    for row in found {
        match missing.iter().position(|other| same_row(&row, other, tolerances)) {
            Some(at) => drop(missing.remove(at)),
            None => extra.push(row),
        }
    }
    let shown = |rows: &[Row]| {
        let line = |row: &Row| {
            let cells: Vec<String> = row.iter().map(|v| escape(v.as_deref())).collect();
            format!("\n    {}", cells.join(" | "))
        };
        let rest = rows.len().saturating_sub(SHOWN);
        let rest = if rest == 0 { String::new() } else { format!("\n    and {rest} more") };
        rows.iter().take(SHOWN).map(line).collect::<String>() + &rest
    };
    if missing.is_empty() && extra.is_empty() {
        return "the rows are in another order".to_owned();
    }
    format!(
        "{} rows are expected, {} are there\n  not there:{}\n  not expected:{}",
        counts.0,
        counts.1,
        shown(&missing),
        shown(&extra),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(results: Results, tolerances: &[f64], expected: &[[&str; 2]]) -> Case {
        Case {
            name: String::new(),
            stream: 0,
            sql: String::new(),
            results,
            is_permutable: false,
            has_clock: false,
            tolerances: tolerances.to_vec(),
            expected: rows(expected),
        }
    }

    fn rows(rows: &[[&str; 2]]) -> Vec<Row> {
        let cell = |v: &&str| (*v != "NULL").then(|| (*v).to_owned());
        rows.iter().map(|r| r.iter().map(cell).collect()).collect()
    }

    #[test]
    fn rows_in_any_order() {
        let case = case(Results::Rows, &[0.0, 1e-9], &[["a", "1.0"], ["b", "NULL"]]);
        assert_eq!(compare(&case, &rows(&[["b", "NULL"], ["a", "1.0000000001"]])), Ok(()));
        assert!(compare(&case, &rows(&[["b", "NULL"], ["a", "1.00001"]])).is_err());
        assert!(compare(&case, &rows(&[["b", "0.0"], ["a", "1.0"]])).is_err());
        assert!(compare(&case, &rows(&[["a", "1.0"]])).is_err());
        assert!(compare(&case, &rows(&[["a", "1"], ["a", "1"], ["b", "NULL"]])).is_err());
    }

    #[test]
    fn windows_in_any_order_their_rows_in_one() {
        let expected = [["1", "b"], ["1", "a"], ["2", "c"]];
        let case = case(Results::Ordered(1), &[0.0, 0.0], &expected);
        assert_eq!(compare(&case, &rows(&[["2", "c"], ["1", "b"], ["1", "a"]])), Ok(()));
        assert!(compare(&case, &rows(&[["2", "c"], ["1", "a"], ["1", "b"]])).is_err());
        assert!(compare(&case, &rows(&[["1", "b"], ["2", "c"], ["1", "a"]])).is_err());
    }

    #[test]
    fn texts_of_one_float() {
        let case = case(Results::Rows, &[0.0, 0.0], &[["1e300", "x"]]);
        assert_eq!(compare(&case, &rows(&[["1e+300", "x"]])), Ok(()));
        assert!(compare(&case, &rows(&[["1.1e300", "x"]])).is_err());
    }
}
