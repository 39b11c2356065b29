//! Q1 to Q4 as this design has them: trees.

use super::value::{Expression, Operation, Value};

/// A column of the result.
#[derive(Clone, Debug)]
pub(super) enum Select {
    Of(Expression),
    WindowStart,
    Aggregate(Function, Expression),
}

/// An aggregate function.
#[derive(Clone, Copy, Debug)]
pub(super) enum Function {
    Count,
    Avg,
    Min,
    Max,
}

/// A query.
#[derive(Clone, Debug)]
pub struct Statement {
    /// Columns of the result and their names.
    pub(super) select: Vec<(String, Select)>,
    pub(super) filter: Option<Expression>,
    pub(super) group_by: Vec<String>,
    /// Length of tumbling windows, microseconds.
    pub(super) window: Option<i64>,
}

impl Statement {
    /// Whether rows are folded, rather than passed on.
    pub(super) fn aggregates(&self) -> bool {
        self.select.iter().any(|(_, select)| matches!(select, Select::Aggregate(..)))
    }
}

/// Q1 to Q4.
///
/// # Panics
/// At any other name.
#[must_use]
pub fn statement(name: &str) -> Statement {
    use Function::{Avg, Count, Max, Min};
    let column = Expression::column;
    let aggregate =
        |name: &str, function, of: &str| (name.to_owned(), Select::Aggregate(function, column(of)));
    let of = |name: &str| (name.to_owned(), Select::Of(column(name)));
    let count = aggregate("count", Count, "device");
    let all = |select: &[(String, Select)]| select.to_vec();
    let avg = aggregate("avg", Avg, "temp");
    let max = aggregate("max", Max, "temp");
    let none = Statement { select: Vec::new(), filter: None, group_by: Vec::new(), window: None };
    match name {
        "Q1" => {
            let warm = column("temp").with(Operation::Greater, Value::Float(30.0));
            let right = column("status").with(Operation::NotEqual, Value::Integer(3));
            let scaled = column("temp").with(Operation::Multiply, Value::Float(1.8));
            let f = scaled.with(Operation::Add, Value::Float(32.0));
            let select = all(&[of("device"), ("f".into(), Select::Of(f))]);
            Statement { select, filter: Some(warm.and(right)), ..none }
        }
        "Q2" => {
            let filter = column("status").with(Operation::Equal, Value::Integer(1));
            let min = aggregate("min", Min, "humidity");
            let select = all(&[count, avg, min, aggregate("max", Max, "humidity")]);
            Statement { select, filter: Some(filter), ..none }
        }
        "Q3" => {
            let select = all(&[of("device"), count, avg, max]);
            Statement { select, group_by: vec!["device".into()], ..none }
        }
        "Q4" => {
            let start = ("window_start".to_owned(), Select::WindowStart);
            let select = all(&[start, of("device"), count, avg, max]);
            let group_by = vec!["device".into()];
            Statement { select, group_by, window: Some(1_000_000), ..none }
        }
        other => panic!("{other} is not among Q1 to Q4"),
    }
}
