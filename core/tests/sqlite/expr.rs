//! Random expressions of a wanted type, in RingQL's SQL and, with the same meaning, in SQLite's.

use ringql_core::types::DataType::{self, *};

use super::common::Random;
use super::data::{COLUMNS, NUMBERS, WORDS};
use super::types::{ALL, INTEGERS, arithmetic, common, range};

/// One expression in both languages.
#[derive(Clone, Debug)]
pub(crate) struct Expr {
    pub(crate) ring: String,
    pub(crate) lite: String,
    pub(crate) t: DataType,
    /// No float value is larger. It keeps infinity and NaN out, which SQLite does not have.
    pub(crate) most: f64,
    /// Of a float: that it is a multiple of 1/4 and sums of it are exact.
    pub(crate) exact: bool,
    /// That no column is in it: the compiler refuses constants that overflow.
    pub(crate) constant: bool,
}

impl Expr {
    pub(crate) fn new(ring: impl Into<String>, lite: impl Into<String>, t: DataType) -> Self {
        let most = if t.is_integer() { range(t).1 as f64 + 1.0 } else { 1.0 };
        Self { ring: ring.into(), lite: lite.into(), t, most, exact: false, constant: false }
    }

    pub(crate) fn most(self, most: f64) -> Self {
        Self { most, ..self }
    }

    /// SQLite's text of the value converted without loss or as RingQL rounds it.
    pub(crate) fn to(&self, t: DataType) -> String {
        match (self.t, t) {
            (from, Double) if from.is_integer() => format!("CAST({} AS REAL)", self.lite),
            (from, Real) if from.is_integer() => format!("f32({})", self.lite),
            _ => self.lite.clone(),
        }
    }
}

/// Makes expressions over leaves: columns, or keys and aggregates.
pub(crate) struct Generator<'r> {
    pub(crate) random: &'r mut Random,
    pub(crate) leaves: Vec<Expr>,
}

/// The columns of the stream.
pub(crate) fn columns() -> Vec<Expr> {
    let leaf = |&(name, t, _): &(&str, DataType, bool)| {
        let leaf = Expr::new(name, name, t);
        if t.is_float() { Expr { exact: true, ..leaf.most(1_000.0) } } else { leaf }
    };
    COLUMNS.iter().map(leaf).collect()
}

impl Generator<'_> {
    pub(crate) fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.random.below(from.len())].clone()
    }

    pub(crate) fn any(&mut self, depth: usize) -> Expr {
        let t = self.pick(&ALL);
        self.of(t, depth)
    }

    /// An expression of type `t`.
    pub(crate) fn of(&mut self, t: DataType, depth: usize) -> Expr {
        if depth == 0 || self.random.one_in(6) {
            return self.leaf(t);
        }
        match self.random.below(10) {
            0 => self.case(t, depth),
            1 => self.coalesce(t, depth),
            2 => self.nullif(t, depth),
            3 => self.cast(t, depth),
            _ => match t {
                Boolean => self.predicate(depth),
                Real | Double => self.float(t, depth),
                Varchar(_) => self.leaf(t),
                _ => self.integer(t, depth),
            },
        }
    }

    pub(crate) fn leaf(&mut self, t: DataType) -> Expr {
        let of_type: Vec<Expr> = self.leaves.iter().filter(|l| l.t == t).cloned().collect();
        if of_type.is_empty() || self.random.one_in(8) {
            self.constant(t)
        } else {
            self.pick(&of_type)
        }
    }

    /// A constant that has type `t` wherever it stands.
    pub(crate) fn constant(&mut self, t: DataType) -> Expr {
        Expr { constant: true, ..self.any_constant(t) }
    }

    fn any_constant(&mut self, t: DataType) -> Expr {
        if self.random.one_in(10) {
            return Expr::new(format!("CAST(NULL AS {t})"), "NULL", t);
        }
        match t {
            Boolean => {
                let v = self.random.below(2);
                Expr::new(["false", "true"][v], v.to_string(), t)
            }
            Varchar(_) => {
                let words = if self.random.one_in(2) { &WORDS[..] } else { &NUMBERS[..] };
                let text = format!("'{}'", self.pick(words));
                Expr::new(text.clone(), text, t)
            }
            Real | Double => {
                let v = ["0.5", "2.25", "-1.75", "100.0", "0.1"][self.random.below(5)];
                let lite = if t == Real { format!("f32({v})") } else { v.to_owned() };
                Expr::new(format!("CAST({v} AS {t})"), lite, t).most(100.0)
            }
            _ => {
                let v = self.whole(t);
                Expr::new(format!("CAST({v} AS {t})"), v.to_string(), t)
            }
        }
    }

    /// A number that fits `t`.
    fn whole(&mut self, t: DataType) -> i64 {
        let (low, high) = range(t);
        let v = [0, 1, 2, 3, 5, 10, 100, -1, -2, -7, 300, 70_000][self.random.below(12)];
        if (low..=high).contains(&v) { v } else { 4 }
    }

    /// Two expressions whose types give `t`.
    fn pair(
        &mut self,
        t: DataType,
        depth: usize,
        rule: fn(DataType, DataType) -> Option<DataType>,
    ) -> (Expr, Expr) {
        let numbers = ALL.iter().filter(|t| t.is_numeric());
        let pairs = numbers.clone().flat_map(|a| numbers.clone().map(move |b| (*a, *b)));
        let mut pairs: Vec<_> = pairs.filter(|&(a, b)| rule(a, b) == Some(t)).collect();
        pairs.push((t, t));
        let (a, b) = if self.random.one_in(2) { (t, t) } else { self.pick(&pairs) };
        (self.of(a, depth - 1), self.of(b, depth - 1))
    }

    fn integer(&mut self, t: DataType, depth: usize) -> Expr {
        let (low, high) = range(t);
        let fit = |lite: String| format!("fit({lite}, {low}, {high})");
        // SQLite can't tell sums above 2^63.
        let operators: &[&str] = if t == UBigInt { &["-", "%"] } else { &["+", "-", "*", "%"] };
        match self.random.below(8) {
            0 => {
                let a = self.of(t, depth - 1);
                if a.constant {
                    return a;
                }
                Expr::new(format!("-({})", a.ring), fit(format!("-({})", a.lite)), t)
            }
            1 => {
                let a = self.of(t, depth - 1);
                if a.constant {
                    return a;
                }
                let lite = format!("abs(nullif({}, {low}))", a.lite);
                let lite = if low == 0 { a.lite } else { lite };
                Expr::new(format!("ABS({})", a.ring), lite, t)
            }
            kind => {
                let op = self.pick(operators);
                let (a, b) = if kind < 5 {
                    let a = self.of(t, depth - 1);
                    let v = self.whole(t).max(low);
                    let v = if v < 0 && op == "%" { 3 } else { v };
                    let v = Expr::new(v.to_string(), v.to_string(), t);
                    (a, Expr { constant: true, ..v })
                } else {
                    self.pair(t, depth, arithmetic)
                };
                if a.constant && b.constant {
                    return self.constant(t);
                }
                let (a, b) = if op != "%" && self.random.one_in(2) { (b, a) } else { (a, b) };
                let lite = format!("({} {op} {})", a.lite, b.lite);
                let lite = if op == "%" && low < 0 {
                    let (x, y) = (&a.lite, &b.lite);
                    format!("CASE WHEN {y} = -1 AND {x} = {low} THEN NULL ELSE {lite} END")
                } else {
                    fit(lite)
                };
                Expr::new(format!("({} {op} {})", a.ring, b.ring), lite, t)
            }
        }
    }

    fn float(&mut self, t: DataType, depth: usize) -> Expr {
        let rounded = |lite: String| if t == Real { format!("f32({lite})") } else { lite };
        let (a, b) = match self.random.below(6) {
            0 => {
                let a = self.of(t, depth - 1);
                let (ring, lite) = match self.random.below(2) {
                    0 => (format!("-({})", a.ring), format!("-({})", a.lite)),
                    _ => (format!("ABS({})", a.ring), format!("abs({})", a.lite)),
                };
                return Expr { ring, lite, ..a };
            }
            1 => {
                // A literal takes the type of what it meets.
                let v = ["0.5", "1.1", "3.0", "7"][self.random.below(4)];
                let lite = if v == "7" { "7.0" } else { v };
                let a = self.of(t, depth - 1);
                (a, Expr::new(v, rounded(lite.to_owned()), t).most(7.0))
            }
            2 => return self.quotient(t, depth),
            _ => self.pair(t, depth, arithmetic),
        };
        let op = self.pick(&["+", "-", "*"]);
        let most = if op == "*" { a.most * b.most } else { a.most + b.most };
        if most > if t == Real { 1e30 } else { 1e200 } {
            return self.leaf(t);
        }
        let lite = rounded(format!("({} {op} {})", a.to(t), b.to(t)));
        let exact = a.exact && b.exact && most < 1e5 && op != "*";
        let constant = a.constant && b.constant;
        Expr {
            exact,
            constant,
            ..Expr::new(format!("({} {op} {})", a.ring, b.ring), lite, t).most(most)
        }
    }

    /// Of two integers it is a DOUBLE. What is divided by is an integer, or a float column, or an
    /// aggregate of one: above 1e-9 unless it is 0, and then it is NULL.
    fn quotient(&mut self, t: DataType, depth: usize) -> Expr {
        let integers = t == Double && self.random.one_in(2);
        let (a, b) = if integers {
            let (a, b) = (self.pick(&INTEGERS), self.pick(&INTEGERS));
            (self.of(a, depth - 1), self.of(b, depth - 1))
        } else {
            let b = if self.random.one_in(2) { t } else { SmallInt };
            (self.of(t, depth - 1), self.leaf(b))
        };
        let most = a.most * 1e9;
        if most > 1e200 || (t == Real && most > 1e30) {
            return self.leaf(t);
        }
        let (x, y) = (a.to(t), format!("nullif({}, 0)", b.to(t)));
        let lite = if t == Real { format!("f32({x} / {y})") } else { format!("({x} / {y})") };
        Expr::new(format!("({} / NULLIF({}, 0))", a.ring, b.ring), lite, t).most(most)
    }

    fn predicate(&mut self, depth: usize) -> Expr {
        let boolean = |ring: String, lite: String| Expr::new(ring, lite, Boolean);
        match self.random.below(9) {
            0 => {
                let a = self.of(Boolean, depth - 1);
                boolean(format!("(NOT {})", a.ring), format!("(NOT {})", a.lite))
            }
            1 | 2 => {
                let (a, b) = (self.of(Boolean, depth - 1), self.of(Boolean, depth - 1));
                let op = self.pick(&["AND", "OR"]);
                let both = |a: &str, b: &str| format!("({a} {op} {b})");
                boolean(both(&a.ring, &b.ring), both(&a.lite, &b.lite))
            }
            3 => {
                let a = self.any(depth - 1);
                let is = self.pick(&["IS NULL", "IS NOT NULL"]);
                boolean(format!("({} {is})", a.ring), format!("({} {is})", a.lite))
            }
            4 => {
                let (t, of) = self.comparable(3, depth);
                let [x, low, high] = &of[..] else { unreachable!() };
                let not = self.pick(&["", "NOT "]);
                let between = |x, a, b| format!("({x} {not}BETWEEN {a} AND {b})");
                boolean(
                    between(x.ring.clone(), low.ring.clone(), high.ring.clone()),
                    between(x.to(t), low.to(t), high.to(t)),
                )
            }
            5 => {
                let count = 2 + self.random.below(3);
                let (t, of) = self.comparable(count, depth);
                let not = self.pick(&["", "NOT "]);
                let list =
                    |all: Vec<String>| format!("({} {not}IN ({}))", all[0], all[1..].join(", "));
                boolean(
                    list(of.iter().map(|e| e.ring.clone()).collect()),
                    list(of.iter().map(|e| e.to(t)).collect()),
                )
            }
            _ => {
                let (t, of) = self.comparable(2, depth);
                let op = self.pick(&["=", "<>", "<", "<=", ">", ">="]);
                let both = |a: &str, b: &str| format!("({a} {op} {b})");
                boolean(both(&of[0].ring, &of[1].ring), both(&of[0].to(t), &of[1].to(t)))
            }
        }
    }

    /// Some expressions, and the type in which they are compared.
    fn comparable(&mut self, count: usize, depth: usize) -> (DataType, Vec<Expr>) {
        let mut t = self.pick(&ALL);
        let mut of = vec![self.of(t, depth - 1)];
        while of.len() < count {
            let next = if self.random.one_in(2) { t } else { self.pick(&ALL) };
            if let Some(both) = common(t, next) {
                t = both;
                of.push(self.of(next, depth - 1));
            }
        }
        (t, of)
    }

    fn case(&mut self, t: DataType, depth: usize) -> Expr {
        let (when, other) = (self.of(Boolean, depth - 1), self.of(Boolean, depth - 1));
        let (a, b) = self.results(t, depth);
        let c = self.of(t, depth - 1);
        let most = a.most.max(b.most).max(c.most);
        let (ring, lite) = match self.random.below(3) {
            0 => {
                let case = |when: &str, a: &str, b: &str| {
                    format!("CASE WHEN {when} THEN {a} ELSE {b} END")
                };
                (case(&when.ring, &a.ring, &b.ring), case(&when.lite, &a.to(t), &b.to(t)))
            }
            1 => {
                let case = |when: [&str; 2], a: &str, b: &str| {
                    format!("CASE WHEN {} THEN {a} WHEN {} THEN {b} END", when[0], when[1])
                };
                (
                    case([&when.ring, &other.ring], &a.ring, &b.ring),
                    case([&when.lite, &other.lite], &a.to(t), &b.to(t)),
                )
            }
            _ => {
                // Each value behind WHEN is compared with the first for itself.
                let x = self.any(depth - 1);
                let y = self.partner(&x, depth);
                let z = self.partner(&x, depth);
                let ring = |a: &str, b: &str, c: &str| {
                    let (x, y, z) = (&x.ring, &y.ring, &z.ring);
                    format!("CASE {x} WHEN {y} THEN {a} WHEN {z} THEN {b} ELSE {c} END")
                };
                let lite = |a: &str, b: &str, c: &str| {
                    let [y, z] = [&y, &z].map(|other| {
                        let k = common(x.t, other.t).expect("a partner");
                        format!("{} = {}", x.to(k), other.to(k))
                    });
                    format!("CASE WHEN {y} THEN {a} WHEN {z} THEN {b} ELSE {c} END")
                };
                (ring(&a.ring, &b.ring, &c.ring), lite(&a.to(t), &b.to(t), &c.to(t)))
            }
        };
        let exact = a.exact && b.exact && c.exact;
        let constant = a.constant && b.constant && c.constant;
        Expr {
            exact,
            constant,
            ..Expr::new(format!("({ring})"), format!("({lite})"), t).most(most)
        }
    }

    /// An expression that can be compared with `x`.
    fn partner(&mut self, x: &Expr, depth: usize) -> Expr {
        let t = self.pick(&ALL);
        self.of(common(x.t, t).map_or(x.t, |_| t), depth - 1)
    }

    /// Two expressions whose common type is `t`.
    fn results(&mut self, t: DataType, depth: usize) -> (Expr, Expr) {
        if t.is_numeric() {
            return self.pair(t, depth, common);
        }
        (self.of(t, depth - 1), self.of(t, depth - 1))
    }

    fn coalesce(&mut self, t: DataType, depth: usize) -> Expr {
        let (a, b) = self.results(t, depth);
        let most = a.most.max(b.most);
        let ring = format!("COALESCE({}, {})", a.ring, b.ring);
        let both = Expr::new(ring, format!("coalesce({}, {})", a.to(t), b.to(t)), t).most(most);
        Expr { constant: a.constant && b.constant, ..both }
    }

    fn nullif(&mut self, t: DataType, depth: usize) -> Expr {
        let a = self.of(t, depth - 1);
        let other = if self.random.one_in(2) { t } else { self.pick(&ALL) };
        let (other, k) = common(t, other).map_or((t, t), |k| (other, k));
        let b = self.of(other, depth - 1);
        let lite = format!("CASE WHEN {} = {} THEN NULL ELSE {} END", a.to(k), b.to(k), a.lite);
        Expr { ring: format!("NULLIF({}, {})", a.ring, b.ring), lite, ..a }
    }
}
