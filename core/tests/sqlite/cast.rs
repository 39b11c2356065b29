//! Random CASTs.

use ringql_core::types::DataType::{self, *};

use super::expr::{Expr, Generator};
use super::types::{ALL, TEXT, range};

impl Generator<'_> {
    /// A CAST to `t`.
    pub(crate) fn cast(&mut self, t: DataType, depth: usize) -> Expr {
        let from = self.pick(&ALL);
        // Texts of floats are not SQLite's, and of texts only those of column `t` are numbers.
        let (from, a) = match (from, t) {
            (Real | Double, Varchar(_)) => (Integer, self.of(Integer, depth - 1)),
            (Varchar(_), Varchar(_)) => return self.leaf(t),
            (Varchar(_), _) => match self.leaves.iter().find(|l| l.ring == "t") {
                Some(t) => (TEXT, t.clone()),
                None => return self.leaf(t),
            },
            _ => (from, self.of(from, depth - 1)),
        };
        if a.constant {
            return self.constant(t);
        }
        let (low, high) = range(t);
        let x = &a.lite;
        let digits = format!("ltrim({x}, '-') <> '' AND ltrim({x}, '-') NOT GLOB '*[^0-9]*'");
        let lite = match (from, t) {
            (Varchar(_), Boolean) => {
                format!("CASE {x} WHEN '0' THEN 0 WHEN '1' THEN 1 END")
            }
            (Varchar(_), Real | Double) => {
                format!("CASE WHEN {digits} THEN CAST({x} AS REAL) END")
            }
            (Varchar(_), _) => {
                format!("CASE WHEN {digits} THEN fit(CAST({x} AS INTEGER), {low}, {high}) END")
            }
            (Boolean, Varchar(_)) => format!("CASE {x} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END"),
            (_, Varchar(_)) => format!("CAST({x} AS TEXT)"),
            (Boolean, Real | Double) => format!("CAST({x} AS REAL)"),
            (Boolean, _) => x.clone(),
            (_, Boolean) => format!("({x} <> 0)"),
            // SQLite has no integers from 2^63 on.
            (Real | Double, UBigInt) if a.most > 1e18 => return self.leaf(t),
            (Real | Double, t) if t.is_integer() => format!("fit(half_even({x}), {low}, {high})"),
            (Double, Real) if a.most > 1e30 => return self.leaf(t),
            (Double, Real) => format!("f32({x})"),
            (_, t) if t.is_integer() => format!("fit({x}, {low}, {high})"),
            _ => a.to(t),
        };
        let most = if from == TEXT { 70_000.0 } else { a.most };
        let lite = format!("({lite})");
        let exact = a.exact && t.is_float();
        Expr { exact, ..Expr::new(format!("CAST({} AS {t})", a.ring), lite, t).most(most) }
    }
}
