//! Where two texts differ.

/// Where two texts differ first, told by line; `None` when they are equal bytes.
pub(crate) fn first(expected: &[u8], actual: &[u8]) -> Option<String> {
    if expected == actual {
        return None;
    }
    // Lines keep their ends, so that a missing newline is a difference too.
    let mut expected = expected.split_inclusive(|byte| *byte == b'\n');
    let mut actual = actual.split_inclusive(|byte| *byte == b'\n');
    let mut line = 1;
    loop {
        let pair = (expected.next(), actual.next());
        if pair.0 != pair.1 {
            return Some(format!(
                "line {line} differs\n  host:     {}\n  firmware: {}",
                shown(pair.0),
                shown(pair.1)
            ));
        }
        line += 1;
    }
}

fn shown(line: Option<&[u8]>) -> String {
    line.map_or("(no more lines)".to_owned(), |bytes| format!("\"{}\"", bytes.escape_ascii()))
}

#[cfg(test)]
mod tests {
    use super::first;

    #[test]
    fn equal_texts_do_not_differ() {
        assert_eq!(first(b"", b""), None);
        assert_eq!(first(b"a\nb\n", b"a\nb\n"), None);
    }

    #[test]
    fn the_first_different_line_is_named() {
        let told = first(b"a\nb\nc\n", b"a\nx\nc\n");
        let told = told.expect("they differ");
        assert!(told.starts_with("line 2 differs"), "{told}");
        assert!(told.contains("\"b\\n\"") && told.contains("\"x\\n\""), "{told}");
    }

    #[test]
    fn a_missing_end_is_a_difference() {
        for (host, firmware) in [("a\nb\n", "a\n"), ("a\n", "a"), ("", "a"), ("a", "")] {
            assert!(first(host.as_bytes(), firmware.as_bytes()).is_some());
        }
    }
}
