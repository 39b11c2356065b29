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
        self.text(&|form| form)
    }

    /// The text for DuckDB with AND and OR that don't look at their right side where the left one
    /// decides. (DuckDB always looks, and fails where that fails.)
    #[must_use]
    pub fn lazy(&self) -> String {
        self.text(&|form| match form {
            AND => "lazy_and($, $)",
            OR => "lazy_or($, $)",
            other => other,
        })
    }

    fn text(&self, form_of: &dyn Fn(&str) -> &str) -> String {
        if self.parts.is_empty() {
            return self.form.clone();
        }
        let mut parts = self.parts.iter();
        let mut text = String::new();
        for (i, between) in form_of(&self.form).split('$').enumerate() {
            if i > 0 {
                text.push_str(&parts.next().expect("a part for each $").text(form_of));
            }
            text.push_str(between);
        }
        assert!(parts.next().is_none(), "a $ for each part: {}", self.form);
        text
    }
}

/// The form of `AND`.
pub const AND: &str = "($ AND $)";
/// The form of `OR`.
pub const OR: &str = "($ OR $)";
