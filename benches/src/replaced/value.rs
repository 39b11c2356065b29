//! Records as maps, and expressions that are walked.

use std::collections::HashMap;
use std::sync::Arc;

/// A value of a record.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// Whole numbers.
    Integer(i64),
    /// Numbers.
    Float(f64),
    /// Microseconds since 1970.
    Timestamp(i64),
    /// Truth values.
    Boolean(bool),
}

impl Value {
    /// As a number.
    pub(super) const fn float(&self) -> f64 {
        match self {
            Self::Integer(value) | Self::Timestamp(value) => *value as f64,
            Self::Float(value) => *value,
            Self::Boolean(value) => *value as u8 as f64,
        }
    }

    /// A part of a group's key.
    pub(super) fn key(&self) -> String {
        match self {
            Self::Integer(value) | Self::Timestamp(value) => value.to_string(),
            Self::Float(value) => value.to_string(),
            Self::Boolean(value) => value.to_string(),
        }
    }
}

/// Columns by name.
pub(super) type Fields = HashMap<String, Value>;

/// A record that is passed on.
pub(super) type Record = Arc<Fields>;

/// What an expression does with two values.
#[derive(Clone, Copy, Debug)]
pub(super) enum Operation {
    Add,
    Multiply,
    Greater,
    Equal,
    NotEqual,
    And,
}

/// An expression over a record.
#[derive(Clone, Debug)]
pub(super) enum Expression {
    Column(String),
    Literal(Value),
    Binary(Box<Expression>, Operation, Box<Expression>),
}

impl Expression {
    pub(super) fn column(name: &str) -> Self {
        Self::Column(name.into())
    }

    pub(super) fn with(self, operation: Operation, value: Value) -> Self {
        Self::Binary(self.into(), operation, Self::Literal(value).into())
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self::Binary(self.into(), Operation::And, other.into())
    }

    /// Its value for a record.
    ///
    /// # Panics
    /// If the record lacks a column.
    pub(super) fn of(&self, fields: &Fields) -> Value {
        match self {
            Self::Column(name) => fields[name].clone(),
            Self::Literal(value) => value.clone(),
            Self::Binary(left, operation, right) => {
                let (left, right) = (left.of(fields), right.of(fields));
                let (a, b) = (left.float(), right.float());
                match operation {
                    Operation::Add => Value::Float(a + b),
                    Operation::Multiply => Value::Float(a * b),
                    Operation::Greater => Value::Boolean(a > b),
                    Operation::Equal => Value::Boolean(a == b),
                    Operation::NotEqual => Value::Boolean(a != b),
                    Operation::And => {
                        let both = left == Value::Boolean(true) && right == Value::Boolean(true);
                        Value::Boolean(both)
                    }
                }
            }
        }
    }
}
