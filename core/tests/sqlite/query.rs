//! Random queries in both languages.

use ringql_core::types::DataType;

use super::common::Random;
use super::expr::{Expr, Generator, columns};
use super::types::ALL;

/// A query, and the types of its columns.
#[derive(Debug)]
pub(crate) struct Query {
    pub(crate) ring: String,
    pub(crate) lite: String,
    pub(crate) types: Vec<DataType>,
}

/// A query of a random kind.
pub(crate) fn query(random: &mut Random) -> Query {
    match random.below(5) {
        0 | 1 => project(random),
        2 => aggregate(random, 0),
        _ => {
            let keys = 1 + random.below(3);
            aggregate(random, keys)
        }
    }
}

const DEPTH: usize = 3;

fn project(random: &mut Random) -> Query {
    let mut generator = Generator { random, leaves: columns() };
    let count = 1 + generator.random.below(3);
    let items: Vec<Expr> = (0..count).map(|_| generator.any(DEPTH)).collect();
    let filter = filter(&mut generator);
    let clauses = |of: fn(&Expr) -> &str| select(&items, of) + &clause("WHERE", &filter, of);
    Query {
        ring: clauses(|e| &e.ring),
        lite: clauses(|e| &e.lite) + " ORDER BY rowid",
        types: items.iter().map(|e| e.t).collect(),
    }
}

fn aggregate(random: &mut Random, keys: usize) -> Query {
    let mut generator = Generator { random, leaves: columns() };
    let filter = filter(&mut generator);
    let keys: Vec<Expr> = (0..keys)
        .map(|_| {
            let t = generator.pick(&ALL);
            let depth = generator.random.below(3);
            // A key that is constant would be the place of a column in SQLite.
            let key = generator.of(t, depth);
            if key.lite.contains(char::is_alphabetic) { key } else { generator.pick(&columns()) }
        })
        .collect();
    let count = 1 + generator.random.below(4);
    let aggregates: Vec<Expr> = (0..count).map(|_| one(&mut generator)).collect();

    let mut leaves = keys.clone();
    leaves.extend(aggregates.iter().cloned());
    let mut generator = Generator { random: generator.random, leaves: leaves.clone() };
    let mut items = Vec::new();
    for leaf in &leaves {
        match generator.random.below(4) {
            // One aggregate stays: without any it would be no aggregate query.
            0 if items.len() + 1 < leaves.len() => items.push(generator.of(leaf.t, 2)),
            _ => items.push(leaf.clone()),
        }
    }
    let having = generator.random.one_in(3).then(|| generator.of(DataType::Boolean, 2));
    let clauses = |of: fn(&Expr) -> &str| {
        let mut sql = select(&items, of) + &clause("WHERE", &filter, of);
        if !keys.is_empty() {
            sql += " GROUP BY ";
            sql += &keys.iter().map(of).collect::<Vec<_>>().join(", ");
        }
        sql + &clause("HAVING", &having, of)
    };
    let order = if keys.is_empty() { "" } else { " ORDER BY min(rowid)" };
    Query {
        ring: clauses(|e| &e.ring) + " SETTINGS max_groups = 64",
        lite: clauses(|e| &e.lite) + order,
        types: items.iter().map(|e| e.t).collect(),
    }
}

fn filter(generator: &mut Generator<'_>) -> Option<Expr> {
    generator.random.one_in(2).then(|| generator.of(DataType::Boolean, 2))
}

/// An aggregate function over a random argument.
fn one(generator: &mut Generator<'_>) -> Expr {
    use DataType::{BigInt, Double, Real};
    let call = |name: &str, a: &Expr, t| {
        let lite = format!("{name}({})", a.lite);
        Expr::new(format!("{name}({})", a.ring), lite, t)
    };
    match generator.random.below(8) {
        0 => Expr::new("COUNT(*)", "count(*)", BigInt),
        1 => {
            let a = generator.any(2);
            call("COUNT", &a, BigInt)
        }
        2 | 3 => {
            let t = generator.pick(&ALL);
            let a = generator.of(t, 2);
            let name = generator.pick(&["MIN", "MAX"]);
            Expr { most: a.most, exact: a.exact, ..call(name, &a, t) }
        }
        4 | 5 => {
            // SQLite's SUM of integers is an error where it overflows.
            let t = generator.pick(
                &ALL.map(|t| if t.is_integer() && t.size() < 8 { t } else { DataType::Integer }),
            );
            let a = generator.of(t, 2);
            let name = generator.pick(&["SUM", "AVG"]);
            let t = if name == "SUM" { BigInt } else { Double };
            Expr { most: 1e12, ..call(name, &a, t) }
        }
        _ => {
            // Sums that are exact in any order; SQLite has one of its own.
            let t = generator.pick(&[Real, Double]);
            let mut a = generator.of(t, 2);
            while !a.exact || a.most > 1e5 {
                a = generator.of(t, 1);
            }
            let name = generator.pick(&["SUM", "AVG"]);
            Expr { most: a.most * 64.0, ..call(name, &a, Double) }
        }
    }
}

fn select(items: &[Expr], of: fn(&Expr) -> &str) -> String {
    let list = items.iter().enumerate().map(|(i, e)| format!("{} AS x{i}", of(e)));
    format!("SELECT {} FROM n", list.collect::<Vec<_>>().join(", "))
}

fn clause(word: &str, condition: &Option<Expr>, of: fn(&Expr) -> &str) -> String {
    condition.as_ref().map_or(String::new(), |c| format!(" {word} {}", of(c)))
}
