//! Expressions as queries of the stream, and what RingQL makes of them.

use ringql_core::batch::Batch;
use ringql_core::counters::Counters;
use ringql_core::plan::Plan;
use ringql_core::plan::op::{OutputId, StreamId};
use ringql_core::query::{Query, Stop};
use ringql_core::record::RecordRef;
use ringql_core::ring::RecordSink;
use ringql_core::sql::{CompileError, Options, OwnedPlan, compile};
use ringql_core::types::DataType;

use crate::ends::Steps;

/// The plan of `SELECT expression FROM s`.
///
/// # Errors
/// What the compiler refuses.
pub fn plan(stream: &str, expression: &str, batch_rows: u16) -> Result<OwnedPlan, CompileError> {
    let sql = format!("{stream};\nSELECT {expression} AS x FROM s");
    let options = Options { batch_rows, ..Options::default() };
    let program = compile(&sql, &options)?;
    Ok(program.queries.into_iter().next().expect("a query"))
}

/// What a plan made of records.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The output records.
    pub records: Vec<u8>,
    /// The counters at the end.
    pub counters: Counters,
    /// The rows in which a value failed and the kinds of failures as letters, only known if rows were
    /// run one by one: `a`rithmetic, `c`ast, te`x`t, `t`ime, `f`unction.
    pub failed: Vec<(usize, String)>,
}

/// Runs a plan over records, at most `step` of them at each poll.
///
/// # Panics
/// If the query stops or loses a row, which no expression explains.
#[must_use]
pub fn run(plan: &Plan<'_>, records: &[u8], step: usize) -> Outcome {
    let size = plan.input(StreamId(0)).layout().record_size;
    let rows = records.len() / size;
    // An arena is a run of aligned bytes.
    let mut arena = vec![0; plan.arena_bytes() + 16];
    let skip = arena.as_ptr().align_offset(16);
    let arena = &mut arena[skip..skip + plan.arena_bytes()];
    let mut query = Query::new(plan, arena).expect("a compiled plan starts");
    let mut out = vec![0; plan.output(OutputId(0)).layout().record_size * rows];
    let mut sink = RecordSink::new(&mut out);
    let batch = Batch::records(records, size).expect("whole records");
    let mut source = Steps::new(batch);
    let mut failed = Vec::new();
    loop {
        source.room = step;
        let before = query.counters();
        let progress = query.poll(&mut source, &mut sink).expect("an expression stops no query");
        let kinds = kinds(&before, &query.counters());
        if !kinds.is_empty() {
            failed.push((before.rows_in as usize, kinds));
        }
        if progress.stop == Stop::Finished {
            break;
        }
    }
    let counters = query.counters();
    assert_eq!(counters.rows_out, rows as u64);
    Outcome { records: out, counters, failed }
}

/// The kinds of failures that were counted in between.
fn kinds(before: &Counters, after: &Counters) -> String {
    let all = |c: &Counters| {
        [
            ('a', c.arithmetic_errors),
            ('c', c.cast_errors),
            ('x', c.text_errors),
            ('t', c.time_errors),
            ('f', c.function_errors),
        ]
    };
    let pairs = all(before).into_iter().zip(all(after));
    pairs.filter(|(before, after)| before != after).map(|(_, (letter, _))| letter).collect()
}

/// Runs a plan over whole batches and, if something failed, once more row by row to know where.
///
/// # Panics
/// If the two runs differ.
#[must_use]
pub fn evaluate(plan: &Plan<'_>, records: &[u8]) -> Outcome {
    let whole = run(plan, records, usize::MAX);
    if whole.counters.errors() == 0 {
        return Outcome { failed: Vec::new(), ..whole };
    }
    let single = run(plan, records, 1);
    assert!(whole.records == single.records, "row by row it is something else");
    assert_eq!(whole.counters, single.counters);
    single
}

/// The type of a plan's result.
#[must_use]
pub fn data_type(plan: &Plan<'_>) -> DataType {
    plan.output(OutputId(0)).fields[0].data_type
}

/// The bytes of each result; `None` is NULL.
pub fn values<'r>(
    plan: &Plan<'r>,
    records: &'r [u8],
) -> impl Iterator<Item = Option<&'r [u8]>> + use<'r> {
    let schema = plan.output(OutputId(0));
    records
        .chunks_exact(schema.layout().record_size)
        .map(move |record| RecordRef::new(schema, record).expect("a whole record").get(0))
}
