//! Random expressions whose types are right.

use ringql_core::types::DataType::{self, *};

use crate::calls::{self, Call, Place};
use crate::columns::{COLUMNS, Column};
use crate::expression::Expression;
use crate::literal;
use crate::random::Random;

/// The types that expressions have.
pub const TYPES: &[DataType] = &[
    Boolean,
    TinyInt,
    SmallInt,
    Integer,
    BigInt,
    UTinyInt,
    USmallInt,
    UInteger,
    UBigInt,
    Real,
    Double,
    Decimal(9, 3),
    Decimal(18, 6),
    Decimal(38, 10),
    Date,
    Time,
    Timestamp,
    TimestampTz,
    Interval,
    Varchar(32),
    Varbinary(16),
    Uuid,
];

const NUMBERS: &[DataType] = &[
    TinyInt,
    SmallInt,
    Integer,
    BigInt,
    UTinyInt,
    USmallInt,
    UInteger,
    Real,
    Double,
    Decimal(9, 3),
];

/// Most operators and calls inside one another.
const DEPTH: usize = 5;

/// Makes expressions, one after another.
#[derive(Debug)]
pub struct Generator {
    random: Random,
    calls: Vec<Call>,
}

impl Generator {
    /// A generator that makes some calls.
    #[must_use]
    pub fn new(seed: u64, calls: Vec<Call>) -> Self {
        Self { random: Random::new(seed), calls }
    }

    /// The next expression, and whether another libm can give other last digits.
    pub fn expression(&mut self) -> (Expression, bool) {
        let depth = 1 + self.random.below(DEPTH);
        // A call of any function as often as an expression of any type.
        if self.random.one_in(2) && !self.calls.is_empty() {
            let call = self.calls[self.random.below(self.calls.len())].clone();
            return (self.call(&call, depth), call.is_approximate());
        }
        let t = self.random.pick(TYPES);
        (self.of(t, depth), false)
    }

    /// An expression of a type: operators and calls at most `depth` inside one another.
    fn of(&mut self, t: DataType, depth: usize) -> Expression {
        if depth == 0 || self.random.one_in(5) {
            return self.leaf(t);
        }
        let depth = depth - 1;
        match self.random.below(8) {
            0 => self.cast(t, depth),
            1 | 2 => self.choice(t, depth),
            3 | 4 => self.call_giving(t, depth),
            _ => match t {
                Boolean => self.condition(depth),
                t if t.is_numeric() || t.is_decimal() => self.arithmetic(t, depth),
                _ => self.call_giving(t, depth),
            },
        }
    }

    fn leaf(&mut self, t: DataType) -> Expression {
        let columns: Vec<&Column> = COLUMNS.iter().filter(|c| like(c.data_type, t)).collect();
        if !self.random.one_in(4) {
            return Expression::leaf(self.random.pick(&columns).name);
        }
        Expression::leaf(literal::of(t, &mut self.random))
    }

    /// A type that goes to `t` by itself: mostly `t`.
    fn near(&mut self, t: DataType) -> DataType {
        match t {
            t if (t.is_numeric() || t.is_decimal()) && self.random.one_in(4) => {
                self.random.pick(NUMBERS)
            }
            Timestamp if self.random.one_in(6) => Date,
            other => other,
        }
    }

    fn pair(&mut self, t: DataType, depth: usize) -> Vec<Expression> {
        let other = self.near(t);
        vec![self.of(t, depth), self.of(other, depth)]
    }

    fn cast(&mut self, t: DataType, depth: usize) -> Expression {
        let from = match self.random.below(3) {
            0 => Varchar(32),
            1 => self.near(t),
            _ => self.random.pick(TYPES),
        };
        let inner = self.of(if casts(from, t) { from } else { Varchar(32) }, depth);
        let name = literal::type_name(t);
        let form = match self.random.below(4) {
            0 => format!("TRY_CAST($ AS {name})"),
            1 => format!("($)::{name}"),
            _ => format!("CAST($ AS {name})"),
        };
        Expression::new(form, vec![inner])
    }

    /// CASE and its like.
    fn choice(&mut self, t: DataType, depth: usize) -> Expression {
        let (a, b) = (self.of(t, depth), self.of(t, depth));
        match self.random.below(7) {
            0 => Expression::new("COALESCE($, $)", vec![a, b]),
            1 => Expression::new("NULLIF($, $)", vec![a, b]),
            2 => {
                let condition = self.of(Boolean, depth);
                Expression::new("CASE WHEN $ THEN $ END", vec![condition, a])
            }
            3 => {
                let of = self.random.pick(TYPES);
                let mut parts = self.pair(of, depth);
                parts.extend([a, b]);
                Expression::new("CASE $ WHEN $ THEN $ ELSE $ END", parts)
            }
            4 => {
                let (first, second) = (self.of(Boolean, depth), self.of(Boolean, depth));
                let other = self.near(t);
                let parts = vec![first, a, second, b, self.of(other, depth)];
                Expression::new("CASE WHEN $ THEN $ WHEN $ THEN $ ELSE $ END", parts)
            }
            _ => {
                let condition = self.of(Boolean, depth);
                Expression::new("CASE WHEN $ THEN $ ELSE $ END", vec![condition, a, b])
            }
        }
    }

    fn condition(&mut self, depth: usize) -> Expression {
        let t = self.random.pick(TYPES);
        let boolean = |g: &mut Self| g.of(Boolean, depth);
        match self.random.below(16) {
            0 | 1 => Expression::new("($ AND $)", vec![boolean(self), boolean(self)]),
            2 | 3 => Expression::new("($ OR $)", vec![boolean(self), boolean(self)]),
            4 => Expression::new("(NOT $)", vec![boolean(self)]),
            5 => {
                let tests = ["TRUE", "NOT TRUE", "FALSE", "NOT FALSE", "UNKNOWN", "NOT UNKNOWN"];
                let form = format!("($ IS {})", self.random.pick(&tests));
                Expression::new(form, vec![boolean(self)])
            }
            6 => Expression::new("($ IS NULL)", vec![self.of(t, depth)]),
            7 => Expression::new("($ IS NOT NULL)", vec![self.of(t, depth)]),
            8 => Expression::new("($ IS DISTINCT FROM $)", self.pair(t, depth)),
            9 => Expression::new("($ IS NOT DISTINCT FROM $)", self.pair(t, depth)),
            10 => {
                let parts = vec![self.of(t, depth), self.leaf(t), self.leaf(t)];
                let not = self.random.pick(&["", "NOT "]);
                Expression::new(format!("($ {not}BETWEEN $ AND $)"), parts)
            }
            11 => {
                let parts = vec![self.of(t, depth), self.leaf(t), self.leaf(t), self.leaf(t)];
                let not = self.random.pick(&["", "NOT "]);
                Expression::new(format!("($ {not}IN ($, $, $))"), parts)
            }
            _ => {
                let sign = self.random.pick(&["=", "<>", "<", "<=", ">", ">="]);
                Expression::new(format!("($ {sign} $)"), self.pair(t, depth))
            }
        }
    }

    fn arithmetic(&mut self, t: DataType, depth: usize) -> Expression {
        if self.random.one_in(10) {
            return Expression::new("(- $)", vec![self.of(t, depth)]);
        }
        let signs: &[&str] = match t {
            Double => &["+", "-", "*", "/", "%"],
            _ => &["+", "-", "*", "%"],
        };
        let sign = self.random.pick(signs);
        let mut parts = self.pair(t, depth);
        if self.random.one_in(2) {
            parts.reverse();
        }
        Expression::new(format!("($ {sign} $)"), parts)
    }

    /// A call that gives a type, if there is one.
    fn call_giving(&mut self, t: DataType, depth: usize) -> Expression {
        let giving: Vec<&Call> = self.calls.iter().filter(|call| like(call.result, t)).collect();
        if giving.is_empty() {
            return self.choice(t, depth);
        }
        let call = self.random.pick(&giving).clone();
        let made = self.call(&call, depth);
        // As a REAL it has the same digits by every libm.
        match call.is_approximate() {
            true => Expression::new("CAST($ AS REAL)", vec![made]),
            false => made,
        }
    }

    fn call(&mut self, call: &Call, depth: usize) -> Expression {
        let mut places = call.places.clone();
        if let Some(last) = places.last().copied().filter(|_| call.function.signature.variadic) {
            places.extend(vec![last; self.random.below(3)]);
        }
        let parts = places.iter().map(|place| self.argument(*place, depth)).collect();
        calls::written(call.function.signature.name, parts)
    }

    fn argument(&mut self, place: Place, depth: usize) -> Expression {
        match place {
            Place::Of(t) => self.of(t, depth.saturating_sub(1)),
            Place::Any => {
                let t = if self.random.one_in(2) { Varchar(32) } else { self.random.pick(TYPES) };
                self.of(t, depth.saturating_sub(1))
            }
            Place::Small if self.random.one_in(3) => Expression::leaf("(i1 % 8)"),
            Place::Small => Expression::leaf(self.random.below(12).to_string()),
            Place::Literal(some) => Expression::leaf(self.random.pick(some)),
        }
    }
}

/// Whether values of two types are alike to a generator.
fn like(a: DataType, b: DataType) -> bool {
    match (a, b) {
        (Char(_), Varchar(_)) => true,
        (Decimal(p, _), Decimal(q, _)) => p <= q,
        (a, b) => a.same_family(b),
    }
}

/// Whether DuckDB has a CAST.
fn casts(from: DataType, to: DataType) -> bool {
    let number = |t: DataType| t == Boolean || t.is_numeric() || t.is_decimal();
    match (from, to) {
        (_, Varchar(_)) | (Varchar(_), _) => true,
        (Date, Timestamp | TimestampTz) | (Timestamp | TimestampTz, Date) => true,
        (Timestamp, TimestampTz | Time) | (TimestampTz, Timestamp) => true,
        (from, to) => like(from, to) || number(from) && number(to),
    }
}
