//! SQL to plan to results: a text is refused with a place in it, or its plans survive the way over
//! the wire and give the same results in batches of any size.
//!
//! The bytes are the SQL and, behind a zero byte, what goes into the records. A text that does not
//! start with CREATE gets [`STREAM`] in front.

use std::cell::RefCell;

use ringql_core::error::DecodeError;
use ringql_core::function::ALL;
use ringql_core::plan::Plan;
use ringql_core::plan::explain::Explanation;
use ringql_core::plan::source::plan_source;
use ringql_core::plan::wire::{self, HostPlan};

use super::{runs_alike, seed};
use crate::common::Random;
use crate::support::compiled;

/// A column of every type, with the names that the expressions of `core/tests/duckdb/functions` use.
pub const STREAM: &str = "CREATE STREAM a (
    b BOOLEAN, c BOOLEAN NOT NULL, i1 TINYINT, i2 SMALLINT, i4 INTEGER, i8 BIGINT,
    u1 TINYINT UNSIGNED, u2 SMALLINT UNSIGNED, u4 INTEGER UNSIGNED NOT NULL, u8 BIGINT UNSIGNED,
    r REAL, d DOUBLE, e DOUBLE NOT NULL, h SMALLINT NOT NULL, i INTEGER, j4 INTEGER, k INTEGER,
    m BIGINT, n INTEGER NOT NULL, n8 BIGINT, y INTEGER, mo INTEGER, da INTEGER,
    dec9 DECIMAL(9,3), dec18 DECIMAL(18,6), dec38 DECIMAL(38,10), p4 DECIMAL(4,1),
    w18 DECIMAL(18,0), w38 DECIMAL(38,0), z38 DECIMAL(38,38),
    s VARCHAR(40), t VARCHAR(16) NOT NULL, p VARCHAR(16), ch CHAR(5),
    bl VARBINARY(24), bm VARBINARY(16) NOT NULL,
    dt DATE, du DATE, tm TIME, ts TIMESTAMP NOT NULL, tu TIMESTAMP, tz TIMESTAMP WITH TIME ZONE,
    iv INTERVAL, iw INTERVAL, uu UUID, uv UUID,
    WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
);
";

/// Rows of a batch, large first.
const BATCHES: [(u16, u16); 4] = [(64, 1), (16, 3), (8, 2), (24, 7)];

/// How many queries of the text ran.
pub fn run(data: &[u8]) -> usize {
    let mut parts = data.splitn(2, |byte| *byte == 0);
    let text = String::from_utf8_lossy(parts.next().unwrap_or_default());
    let pool = parts.next().unwrap_or(data);
    let is_whole = text.get(..6).is_some_and(|word| word.eq_ignore_ascii_case("CREATE"));
    let sql = if is_whole { text.into_owned() } else { format!("{STREAM}{text}") };

    let mut random = Random::new(seed(data));
    let (large, small) = BATCHES[random.below(BATCHES.len())];
    let program = match compiled(&sql, large) {
        Ok(program) => program,
        Err(error) => {
            let lines = sql.split('\n').count();
            assert!((1..=lines).contains(&error.line()), "{error}");
            assert!(error.render(&sql, "text.sql").contains(error.message()), "{error}");
            return 0;
        }
    };
    // What compiles for a batch size does for a smaller one.
    let other = compiled(&sql, small).expect("a smaller batch");
    assert_eq!(program.streams, other.streams);
    let pairs = program.queries.iter().zip(&other.queries).take(4);
    pairs
        .filter(|(one, other)| {
            explains(&one.plan());
            decoded(&other.plan(), |other| runs_alike(&one.plan(), other, pool, true, &mut random))
        })
        .count()
}

fn explains(plan: &Plan<'_>) {
    let explanation = Explanation::of(plan, &ALL);
    assert_eq!(explanation.arena.total, plan.arena_bytes() as u64);
    assert!(explanation.text().lines().all(|line| line.chars().count() <= 100));
    assert!(!explanation.dot().is_empty() && !plan_source(plan, "PLAN").is_empty());
}

/// Hands on the plan after its way over the wire; false if it is too long for the tables.
fn decoded(plan: &Plan<'_>, then: impl FnOnce(&Plan<'_>) -> bool) -> bool {
    thread_local! {
        static TABLES: RefCell<Box<HostPlan>> = RefCell::new(Box::new(HostPlan::new()));
    }
    let bytes = wire::to_vec(plan).expect("a plan has a form");
    TABLES.with_borrow_mut(|tables| match tables.load(&bytes, &ALL) {
        Ok(decoded) => {
            assert_eq!(wire::to_vec(&decoded).as_ref(), Ok(&bytes));
            then(&decoded)
        }
        Err(DecodeError::Capacity { .. }) => false,
        Err(error) => panic!("a compiled plan is refused: {error}"),
    })
}
