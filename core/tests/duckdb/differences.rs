//! The differences from DuckDB on purpose.

use super::evaluate::words;

/// Those of one family.
pub(crate) struct Differences(Vec<Difference>);

struct Difference {
    expression: &'static str,
    place: &'static str,
    value: &'static str,
    used: bool,
}

impl Differences {
    pub(crate) fn of(family: &str) -> Self {
        let lines = include_str!("functions/differences.tsv").lines();
        let entries = lines.filter(|line| !line.starts_with('#')).filter_map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            let [of, expression, place, value, reason] = *cells else { panic!("{line}") };
            assert!(!reason.is_empty(), "{line}");
            (of == family).then_some(Difference { expression, place, value, used: false })
        });
        Self(entries.collect())
    }

    /// RingQL's value of an expression at a place, if it differs there.
    pub(crate) fn find(&mut self, expression: &str, data_type: &str, place: &str) -> Option<&str> {
        let entry = self.0.iter_mut().find(|entry| {
            let covers = match entry.expression.split_once(':') {
                Some(("type", of)) => of == data_type,
                Some(("column", name)) => words(expression).any(|word| word == name),
                _ => entry.expression == expression,
            };
            covers && entry.place == place
        })?;
        entry.used = true;
        Some(entry.value)
    }

    /// What no longer differs.
    pub(crate) fn unused(&self) -> impl Iterator<Item = String> {
        self.0.iter().filter(|entry| !entry.used).map(|entry| {
            format!("differences.tsv: {} at {} no longer differs", entry.expression, entry.place)
        })
    }
}
