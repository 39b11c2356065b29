//! A case in all ways: batches of several sizes, rows and columns, random cuts and full sinks,
//! other orders of the rows.

use std::panic;

use differential::columns::{Row, records};
use differential::random::Random;
use ringql_core::fmt::parse_cast;
use ringql_core::plan::Plan;
use ringql_core::plan::op::{OutputId, StreamId};
use ringql_core::sql::{CompileError, Options, OwnedPlan, compile};
use ringql_core::types::DataType;

use crate::cases::{Case, Results, Stream};
use crate::compare::compare;
use crate::order::permuted;
use crate::rows::{left, rows};
use crate::run::{Outcome, Way, run};

/// Rows of a batch, one of which is chosen by chance.
const BATCHES: [u16; 4] = [1, 7, 64, 1024];

/// What became of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It gives what is expected.
    Same,
    /// It does not compile: why not.
    Refused(String),
    /// It gives something else: what, and in which way.
    Differs(String),
}

/// The plan of a case's query.
///
/// # Errors
/// What the compiler refuses.
///
/// # Panics
/// If the text has no query.
pub fn plan(stream: &Stream, case: &Case, batch_rows: u16) -> Result<OwnedPlan, CompileError> {
    let sql = format!("{};\n{}", stream.sql, case.sql);
    let program = compile(&sql, &Options { batch_rows, ..Options::default() })?;
    Ok(program.queries.into_iter().next().expect("a query"))
}

/// Runs a case in all ways. A panic is a difference, too.
#[must_use]
pub fn check(stream: &Stream, case: &Case) -> Verdict {
    let checked = panic::catch_unwind(|| match plan(stream, case, 1024) {
        Err(error) => Verdict::Refused(error.message().to_owned()),
        Ok(whole) => match in_all_ways(stream, case, &whole) {
            Ok(()) => Verdict::Same,
            Err(what) => Verdict::Differs(what),
        },
    });
    checked.unwrap_or_else(|what| {
        let text = what.downcast_ref::<String>().map(String::as_str);
        let text = text.or(what.downcast_ref::<&str>().copied());
        Verdict::Differs(format!("a panic: {}", text.unwrap_or("without a message")))
    })
}

fn in_all_ways(stream: &Stream, case: &Case, whole: &OwnedPlan) -> Result<(), String> {
    let mut random = Random::new(case.name.bytes().fold(1, |n, b| n * 31 + u64::from(b)));
    let input = whole.plan().input(StreamId(0));
    let all = records(input, &stream.rows);
    let times = times(stream);
    let clock = case.has_clock.then_some(&*times);

    let way = Way { clock, ..Way::default() };
    let first = run(&whole.plan(), &all, way)?;
    judge(case, &whole.plan(), &first)?;

    let batch_rows = random.pick(&BATCHES);
    let said = |what: String| format!("in batches of {batch_rows}, cut, {what}");
    let cut = plan(stream, case, batch_rows).map_err(|e| said(e.message().to_owned()))?;
    let way = Way { is_columnar: random.one_in(2), chance: Some(random.bits()), clock };
    let second = run(&cut.plan(), &all, way).map_err(said)?;
    judge(case, &cut.plan(), &second).map_err(said)?;
    // When changes leave depends on the polls.
    let is_final = matches!(case.results, Results::Rows | Results::Ordered(_));
    if is_final && first != second {
        let (a, b) = (first.counters, second.counters);
        return Err(said(format!("bytes, order or counters are other ones: {a:?}, {b:?}")));
    }

    if case.is_permutable {
        let other = permuted(&stream.rows, &times, stream.delay, &mut random);
        let said = |what: String| {
            let times: Vec<&str> = other.iter().filter_map(|row| row[0].as_deref()).collect();
            format!("with the rows in another order, {what}\n  order: {}", times.join(", "))
        };
        let way = Way { is_columnar: random.one_in(2), chance: Some(random.bits()), clock: None };
        let third = run(&cut.plan(), &records(input, &other), way).map_err(said)?;
        judge(case, &cut.plan(), &third).map_err(said)?;
    }
    Ok(())
}

fn judge(case: &Case, plan: &Plan<'_>, outcome: &Outcome) -> Result<(), String> {
    let rows = rows(plan.output(OutputId(0)), &outcome.records);
    compare(case, &left(rows, case.results)?)
}

/// The event times.
///
/// # Panics
/// If a stream's first column has none.
#[must_use]
pub fn times(stream: &Stream) -> Vec<i64> {
    let time = |row: &Row| {
        let mut bytes = [0; 8];
        let text = row.first()?.as_deref()?;
        parse_cast(DataType::Timestamp, text.as_bytes(), &mut bytes).ok()?;
        Some(i64::from_le_bytes(bytes))
    };
    stream.rows.iter().map(|row| time(row).expect("a time")).collect()
}
