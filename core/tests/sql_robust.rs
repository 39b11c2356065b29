//! No input makes the compiler panic, overflow the stack, or give a plan that `verify` refuses.
#![cfg(feature = "sql")]

use proptest::prelude::*;
use ringql_core::function::ALL;
use ringql_core::plan::verify::verify;
use ringql_core::sql::{CompileErrorKind, Options, compile};

const STREAM: &str = "CREATE STREAM s (ts TIMESTAMP, a INTEGER, b BIGINT UNSIGNED, c REAL NOT NULL, \
     d DOUBLE, e BOOLEAN, f VARCHAR(9), g TINYINT, WATERMARK FOR ts AS ts - INTERVAL '2' SECOND);";

const WORDS: &[&str] = &[
    "SELECT",
    "FROM",
    "s",
    "WHERE",
    "GROUP",
    "BY",
    "HAVING",
    "SETTINGS",
    "max_groups",
    "=",
    "64",
    "TUMBLE",
    "(",
    ")",
    ",",
    "ts",
    "INTERVAL",
    "'1'",
    "SECOND",
    "window_start",
    "a",
    "b",
    "c",
    "d",
    "e",
    "f",
    "g",
    "+",
    "-",
    "*",
    "/",
    "%",
    "<",
    "<>",
    "AND",
    "OR",
    "NOT",
    "IS",
    "NULL",
    "TRUE",
    "BETWEEN",
    "IN",
    "CASE",
    "WHEN",
    "THEN",
    "ELSE",
    "END",
    "COALESCE",
    "NULLIF",
    "CAST",
    "AS",
    "INTEGER",
    "VARCHAR",
    "::",
    "COUNT",
    "SUM",
    "AVG",
    "MIN",
    "MAX",
    "ABS",
    "1",
    "300",
    "1.5",
    "1e3",
    "''",
    "'x'",
    ".",
    ";",
    "CREATE",
    "STREAM",
    "WATERMARK",
    "FOR",
    "INSERT",
    "INTO",
    "EMIT",
    "FINAL",
    "JOIN",
    "ORDER",
    "LIMIT",
    "OVER",
    "DISTINCT",
    "UNION",
    "WITH",
    "TABLE",
    "DESCRIPTOR",
    "\"q\"",
    "?",
    "||",
    "[",
    "]",
    "{",
    "}",
    "@",
    "$1",
    "-- x\n",
    "/*",
    "*/",
    "é",
    "\t",
    "\n",
];

const QUERIES: &[&str] = &[
    "SELECT a, c * 1.8 + 32 AS f FROM s WHERE c > 30.0 AND g <> 3",
    "SELECT COUNT(*), AVG(c), MIN(d), MAX(f) FROM s WHERE g = 1 GROUP BY f, e HAVING SUM(a) > 2",
    "SELECT window_start, a, SUM(c) FROM TUMBLE(s, ts, INTERVAL '1' SECOND) GROUP BY window_start, a",
    "SELECT CASE WHEN a > 0 THEN a * a WHEN a % 2 = 1 THEN 1 END, COALESCE(a, g, 1) FROM s",
    "INSERT INTO x SELECT f, NULLIF(f, 'x'), CAST(a AS VARCHAR(3)), ts - INTERVAL 5 MINUTE FROM s \
     WHERE a NOT IN (1, 2, NULL) OR b BETWEEN 1 AND 2 SETTINGS max_groups = 3, on_full = 'drop_new'",
    "SELECT COUNT(*) FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '5' MINUTE)) GROUP BY \
     window_end EMIT FINAL",
];

fn compiles_or_not(sql: &str) -> bool {
    match compile(sql, &Options { batch_rows: 16, ..Options::default() }) {
        Ok(program) => {
            for query in &program.queries {
                let plan = query.plan();
                if let Err(error) = verify(&plan, &ALL) {
                    panic!("{error}: {sql}\n{:#?}", plan.instructions);
                }
            }
            true
        }
        Err(error) => {
            let report = error.render(sql, "x");
            assert!(report.contains(&format!("--> x:{}:{}\n", error.line(), error.column())));
            assert!(error.line() <= sql.split('\n').count().max(1), "{report}");
            false
        }
    }
}

/// An expression, mostly of a fitting type.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "a", "b", "c", "d", "e", "f", "g", "ts", "1", "0", "-3", "300", "1.5", "NULL", "TRUE",
        "'7'",
    ])
    .prop_map(String::from);
    leaf.prop_recursive(5, 40, 4, |x| {
        prop_oneof![
            (x.clone(), x.clone(), prop::sample::select(vec!["+", "-", "*", "/", "%"]))
                .prop_map(|(a, b, op)| format!("({a} {op} {b})")),
            (x.clone(), x.clone(), prop::sample::select(vec!["=", "<", ">=", "<>"]))
                .prop_map(|(a, b, op)| format!("({a} {op} {b})")),
            (x.clone(), x.clone(), prop::sample::select(vec!["AND", "OR"]))
                .prop_map(|(a, b, op)| format!("({a} {op} {b})")),
            (x.clone(), x.clone(), x.clone(), x.clone())
                .prop_map(|(a, b, c, d)| format!("CASE WHEN {a} THEN {b} WHEN {c} THEN {d} END")),
            (x.clone(), x.clone()).prop_map(|(a, b)| format!("COALESCE({a}, {b})")),
            (x.clone(), x.clone()).prop_map(|(a, b)| format!("NULLIF({a}, {b})")),
            (x.clone(), x.clone(), x.clone()).prop_map(|(a, b, c)| format!("({a} IN ({b}, {c}))")),
            x.clone().prop_map(|a| format!("(NOT {a})")),
            x.clone().prop_map(|a| format!("ABS({a})")),
            x.clone().prop_map(|a| format!("(-{a})")),
            x.clone().prop_map(|a| format!("({a} IS NULL)")),
            x.clone().prop_map(|a| format!("({a} IS TRUE)")),
            (x, prop::sample::select(vec!["INTEGER", "DOUBLE", "BOOLEAN", "VARCHAR", "UTINYINT"]))
                .prop_map(|(a, t)| format!("CAST({a} AS {t})")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn random_words(words in prop::collection::vec(prop::sample::select(WORDS), 0..40)) {
        compiles_or_not(&format!("{STREAM}\n{}", words.join(" ")));
        compiles_or_not(&words.join(""));
    }

    #[test]
    fn random_text(text in ".{0,80}") {
        compiles_or_not(&text);
        compiles_or_not(&format!("{STREAM} SELECT {text} FROM s"));
    }

    #[test]
    fn changed_queries(
        which in 0..QUERIES.len(),
        changes in prop::collection::vec((0..60usize, 0..4u8, prop::sample::select(WORDS)), 1..4),
    ) {
        let mut words: Vec<&str> = QUERIES[which].split(' ').collect();
        for (at, kind, word) in changes {
            let at = at % words.len();
            match kind {
                0 => words[at] = word,
                1 => words.insert(at, word),
                2 if words.len() > 1 => { words.remove(at); }
                _ => words.swap(at, 0),
            }
        }
        compiles_or_not(&format!("{STREAM}\n{}", words.join(" ")));
    }

    #[test]
    fn random_expressions(x in expression(), y in expression(), z in expression(), shape in 0..6) {
        let sql = match shape {
            0 => format!("SELECT {x}, {y} AS y, {z} FROM s WHERE {z}"),
            1 => format!("SELECT {x} FROM s WHERE {x} = {y} AND {z}"),
            2 => format!("SELECT MIN({x}), COUNT({y}), COUNT(*) FROM s WHERE {z} HAVING MIN({x}) IS NOT NULL"),
            3 => format!("SELECT NOT {x}, ({x}) + ({y}), -({y}), ({x} IS NULL) = TRUE FROM s GROUP BY {x}, {y}"),
            4 => format!("SELECT NOT (NOT {x}), -(-{y}), COUNT(*) FROM s GROUP BY NOT {x}, -{y}"),
            _ => format!(
                "SELECT {x}, window_end, MAX({y}), {x} IS NULL FROM TUMBLE(s, ts, INTERVAL '1' SECOND) \
                 WHERE {z} GROUP BY window_start, {x} HAVING MAX({y}) = MIN({y}) OR {x} IS NULL"
            ),
        };
        compiles_or_not(&format!("{STREAM}\n{sql}"));
    }
}

#[test]
fn queries_compile() {
    for query in QUERIES {
        assert!(compiles_or_not(&format!("{STREAM}\n{query}")), "{query}");
    }
}

/// Long chains of each kind, up to what the compiler takes and beyond.
#[test]
fn long_and_deep() {
    let select = |x: &str| format!("{STREAM} SELECT {x} FROM s");
    for n in [10, 45, 61, 1_300, 2_000, 10_000] {
        for (open, middle, close, join) in [
            ("", "a", "", " + "),
            ("", "c", "", " / "),
            ("", "a = 1", "", " OR "),
            ("", "e", "", " AND "),
            ("", "a", "", ", "),
            ("(", "a", ")", ""),
            ("- ", "a", "", ""),
            ("NOT ", "e", "", ""),
            ("", "a", "::INTEGER", ""),
            ("", "a", " IS NULL", ""),
            ("ABS(", "a", ")", ""),
            ("CASE WHEN e THEN ", "a", " END", ""),
            ("CASE ", "a", " WHEN 1 THEN 2 END", ""),
            ("COALESCE(a, ", "a", ")", ""),
            ("a + (", "a", ")", ""),
            ("a IN (", "a", ")", ""),
            ("(SELECT ", "a", ")", ""),
            ("a[", "a", "]", ""),
            ("", "a", ".b", ""),
            ("INTERVAL ", "1", "", ""),
            ("CAST(", "a", " AS INTEGER)", ""),
        ] {
            let x = if join.is_empty() {
                format!("{}{middle}{}", open.repeat(n), close.repeat(n))
            } else {
                vec![middle; n].join(join)
            };
            compiles_or_not(&select(&x));
            compiles_or_not(&format!("{STREAM} SELECT a FROM s WHERE {x}"));
            compiles_or_not(&format!("{STREAM} SELECT COUNT(*) FROM s GROUP BY {x}"));
        }
        compiles_or_not(&"(".repeat(n));
        compiles_or_not(&format!("SELECT * FROM {}", "(".repeat(n)));
        compiles_or_not(&format!("{STREAM} SELECT * FROM {}s{}", "(".repeat(n), ")".repeat(n)));
        compiles_or_not(&format!("{STREAM} {}", "SELECT a FROM s UNION ".repeat(n)));
        compiles_or_not(&format!("CREATE STREAM s (a {})", "ARRAY<".repeat(n)));
        compiles_or_not(&format!("CREATE STREAM s (a INTEGER{})", "[]".repeat(n)));
        compiles_or_not(&";".repeat(n));
        compiles_or_not(&"TABLE(T(TABLE s,DESCRIPTOR(t)".repeat(n));
    }
}

#[test]
fn limits_are_limits() {
    let many = |n: usize| {
        let list: Vec<String> = (0..n).map(|i| format!("a = {i}")).collect();
        compile(
            &format!("{STREAM} SELECT a FROM s WHERE {}", list.join(" OR ")),
            &Options::default(),
        )
    };
    assert!(many(1_000).is_ok());
    assert_eq!(many(2_000).unwrap_err().kind(), CompileErrorKind::Limit);
    let long = " ".repeat(1 << 21);
    assert_eq!(compile(&long, &Options::default()).unwrap_err().kind(), CompileErrorKind::Limit);
}
