//! One CSV row into its fields (RFC 4180).
//!
//! Not the `csv` crate, because two things must be known that it does not tell: whether an empty
//! field was quoted (an empty text, and not NULL), and whether the last quote was ever closed.

use memchr::{memchr, memchr_iter};

/// A field of a row: the part of it without its quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    start: usize,
    end: usize,
    pub(super) quoted: bool,
    /// Whether it has doubled quotes, each of which stands for one.
    doubled: bool,
}

/// Why a row is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SplitError {
    /// The last field's quote is not closed: the row goes on after the line break, if it does.
    Open,
    /// Something stands between a closing quote and the next comma.
    AfterQuote,
}

/// Splits a row, without its line break, into `fields`.
pub(super) fn split(row: &[u8], fields: &mut Vec<Span>) -> Result<(), SplitError> {
    fields.clear();
    let plain = |start, end| Span { start, end, quoted: false, doubled: false };
    if memchr(b'"', row).is_none() {
        let end = row.strip_suffix(b"\r").unwrap_or(row).len();
        let mut start = 0;
        for comma in memchr_iter(b',', row) {
            fields.push(plain(start, comma));
            start = comma + 1;
        }
        fields.push(plain(start, end));
        return Ok(());
    }
    let mut at = 0;
    loop {
        let next = if row.get(at) == Some(&b'"') {
            let field = quoted(row, at + 1)?;
            fields.push(field);
            match row.get(field.end + 1..) {
                None | Some([] | [b'\r']) => return Ok(()),
                Some([b',', ..]) => field.end + 1,
                Some(_) => return Err(SplitError::AfterQuote),
            }
        } else {
            let rest = row.get(at..).unwrap_or(&[]);
            let Some(len) = memchr(b',', rest) else {
                let end = at + rest.strip_suffix(b"\r").unwrap_or(rest).len();
                fields.push(plain(at, end));
                return Ok(());
            };
            fields.push(plain(at, at + len));
            at + len
        };
        at = next + 1;
    }
}

/// The field whose first byte after the quote is at `start`.
fn quoted(row: &[u8], start: usize) -> Result<Span, SplitError> {
    let mut doubled = false;
    let mut from = start;
    loop {
        let end =
            from + row.get(from..).and_then(|rest| memchr(b'"', rest)).ok_or(SplitError::Open)?;
        if row.get(end + 1) != Some(&b'"') {
            return Ok(Span { start, end, quoted: true, doubled });
        }
        doubled = true;
        from = end + 2;
    }
}

impl Span {
    /// The field's text; `scratch` holds it if it is not in the row as it is.
    pub(super) fn text<'a>(&self, row: &'a [u8], scratch: &'a mut Vec<u8>) -> &'a [u8] {
        let text = row.get(self.start..self.end).unwrap_or(&[]);
        if !self.doubled {
            return text;
        }
        scratch.clear();
        let mut rest = text;
        while let Some(quote) = memchr(b'"', rest) {
            let (part, after) = rest.split_at(quote + 1);
            scratch.extend_from_slice(part);
            rest = after.get(1..).unwrap_or(&[]);
        }
        scratch.extend_from_slice(rest);
        scratch
    }

    /// Whether it is NULL: nothing at all, not even quotes.
    pub(super) const fn is_null(&self) -> bool {
        !self.quoted && self.start == self.end
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(row: &str) -> Result<Vec<(String, bool)>, SplitError> {
        let mut fields = Vec::new();
        split(row.as_bytes(), &mut fields)?;
        let text = |f: &Span| f.text(row.as_bytes(), &mut Vec::new()).to_vec();
        Ok(fields.iter().map(|f| (String::from_utf8(text(f)).unwrap(), f.quoted)).collect())
    }

    fn plain(fields: &[&str]) -> Result<Vec<(String, bool)>, SplitError> {
        Ok(fields.iter().map(|f| ((*f).to_owned(), false)).collect())
    }

    #[test]
    fn fields() {
        assert_eq!(texts("a,b"), plain(&["a", "b"]));
        assert_eq!(texts(""), plain(&[""]));
        assert_eq!(texts(",,"), plain(&["", "", ""]));
        assert_eq!(texts("a,b\r"), plain(&["a", "b"]));
        assert_eq!(texts("5\" pipe,x"), plain(&["5\" pipe", "x"]));
        let quoted = |text: &str| (text.to_owned(), true);
        let bare = |text: &str| (text.to_owned(), false);
        assert_eq!(texts("\"\",\"a,\"\"b\""), Ok(vec![quoted(""), quoted("a,\"b")]));
        assert_eq!(texts("x,\"\"\r"), Ok(vec![bare("x"), quoted("")]));
        assert_eq!(texts("\"a\","), Ok(vec![quoted("a"), bare("")]));
        assert_eq!(texts("\"a\r\nb\",c\r"), Ok(vec![quoted("a\r\nb"), bare("c")]));
        assert_eq!(texts("\"a\"b"), Err(SplitError::AfterQuote));
        assert_eq!(texts("x,\"a"), Err(SplitError::Open));
        assert_eq!(texts("\"a\"\""), Err(SplitError::Open));
        assert_eq!(texts("\""), Err(SplitError::Open));
    }

    proptest! {
        /// Whatever core writes is read back, and the `csv` crate reads the same.
        #[test]
        fn written_rows_read_back(
            row in prop::collection::vec(prop::option::of("[a\",\n\r é]{0,6}"), 1..6),
        ) {
            let mut text = String::new();
            for (i, field) in row.iter().enumerate() {
                if i > 0 {
                    text.push(',');
                }
                if let Some(field) = field {
                    ringql_core::fmt::write_csv_text(&mut text, field.as_bytes()).unwrap();
                }
            }
            let mut fields = Vec::new();
            split(text.as_bytes(), &mut fields).unwrap();
            let mut scratch = Vec::new();
            let back: Vec<Option<String>> = fields
                .iter()
                .map(|f| {
                    let value = f.text(text.as_bytes(), &mut scratch).to_vec();
                    (!f.is_null()).then(|| String::from_utf8(value).unwrap())
                })
                .collect();
            prop_assert_eq!(&back, &row);

            text.push('\n');
            let mut theirs = csv::ReaderBuilder::new()
                .has_headers(false)
                .from_reader(text.as_bytes());
            if let Some(record) = theirs.records().next() {
                let record = record.unwrap();
                let ours: Vec<_> = row.iter().map(|f| f.as_deref().unwrap_or("")).collect();
                prop_assert_eq!(record.iter().collect::<Vec<_>>(), ours);
            }
        }

        #[test]
        fn any_bytes_split_or_not(row in prop::collection::vec(
            prop::sample::select(b"a\",\r\n".to_vec()), 0..12,
        )) {
            let mut fields = Vec::new();
            if split(&row, &mut fields).is_ok() {
                prop_assert!(!fields.is_empty());
            }
        }
    }
}
