//! Markdown, and figures in it.

use std::fmt::Write as _;

use serde_json::Value;

pub(super) fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

pub(super) fn string(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// A figure; not a number if there is none.
pub(super) fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

/// A whole number, thousands apart.
pub(super) fn count(value: &Value) -> String {
    let digits = format!("{:.0}", value.as_f64().unwrap_or(f64::NAN));
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Three digits that matter, or all before the point.
pub(in super::super) fn figure(value: f64) -> String {
    match value {
        _ if value >= 99.95 => count(&value.round().into()),
        _ if value >= 9.995 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// A table of Markdown, figures to the right.
pub(super) fn table(head: &[&str], lines: &[Vec<String>]) -> String {
    let mut text = format!("| {} |\n|---|{}\n", head.join(" | "), "---:|".repeat(head.len() - 1));
    for line in lines {
        let _ = writeln!(text, "| {} |", line.join(" | "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_three_digits() {
        let figures = [0.4567, 9.994, 9.996, 45.67, 99.96, 456.7, 1_234.5, 12_345_678.0];
        let expected = ["0.46", "9.99", "10.0", "45.7", "100", "457", "1,235", "12,345,678"];
        assert_eq!(figures.map(figure), expected);
    }

    #[test]
    fn tables_are_markdown() {
        let lines = [vec!["Q1".to_owned(), "2".to_owned()]];
        assert_eq!(table(&["", "rate"], &lines), "|  | rate |\n|---|---:|\n| Q1 | 2 |\n");
    }
}
