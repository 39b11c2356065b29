//! Values in lines: the escaped form of the tables of `core/tests/duckdb/functions`.

const ESCAPES: [(char, char); 6] =
    [('\\', '\\'), ('\t', 't'), ('\n', 'n'), ('\r', 'r'), ('\0', '0'), ('|', 'p')];

/// A value in a line; `None` is NULL.
#[must_use]
pub fn escape(value: Option<&str>) -> String {
    let Some(text) = value else { return "NULL".into() };
    if matches!(text, "NULL" | "!") {
        return format!("\\&{text}");
    }
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match ESCAPES.iter().find(|(raw, _)| *raw == c) {
            Some((_, letter)) => escaped.extend(['\\', *letter]),
            None => escaped.push(c),
        }
    }
    escaped
}

/// The value of a cell; `None` is NULL.
#[must_use]
pub fn unescape(cell: &str) -> Option<String> {
    if cell == "NULL" {
        return None;
    }
    let mut text = String::with_capacity(cell.len());
    let mut chars = cell.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            text.push(c);
        } else if let Some(letter) = chars.next() {
            let escape = ESCAPES.iter().find(|(_, known)| *known == letter);
            text.extend(escape.map(|(raw, _)| raw));
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_escaped_comes_back() {
        for text in ["", "a\tb\\n\n\r\0|", "NULL", "!", "\\&", "ä"] {
            assert_eq!(unescape(&escape(Some(text))).as_deref(), Some(text));
        }
        assert_eq!(unescape(&escape(None)), None);
    }
}
