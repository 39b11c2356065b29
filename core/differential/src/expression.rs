//! Expressions as trees, and their text.

/// A text with a `$` for each part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expression {
    form: String,
    parts: Vec<Expression>,
}

impl Expression {
    /// An expression of parts.
    #[must_use]
    pub fn new(form: impl Into<String>, parts: Vec<Self>) -> Self {
        Self { form: form.into(), parts }
    }

    /// A column or a literal.
    #[must_use]
    pub fn leaf(text: impl Into<String>) -> Self {
        Self::new(text, Vec::new())
    }

    /// The text in SQL.
    #[must_use]
    pub fn sql(&self) -> String {
        self.text(&|text| text)
    }

    /// The text for DuckDB with RingQL's rule for failures: what fails is NULL, and the rest goes on.
    #[must_use]
    pub fn tried(&self) -> String {
        self.text(&|text| format!("TRY({text})"))
    }

    fn text(&self, whole: &dyn Fn(String) -> String) -> String {
        if self.parts.is_empty() {
            return self.form.clone();
        }
        let mut parts = self.parts.iter();
        let mut text = String::new();
        for (i, between) in self.form.split('$').enumerate() {
            if i > 0 {
                text.push_str(&parts.next().expect("a part for each $").text(whole));
            }
            text.push_str(between);
        }
        assert!(parts.next().is_none(), "a $ for each part: {}", self.form);
        whole(text)
    }
}
