//! `SETTINGS on_error`: a value that can't be computed is NULL and counted, or stops the query
//! before its record, whatever the batch size.
#![cfg(feature = "sql")]
#![allow(missing_docs)]

mod common;

use common::Random;
use ringql_core::counters::{Counters, Failure};
use ringql_core::error::RunError;
use ringql_core::plan::op::{OutputId, StreamId};
use ringql_core::query::{Query, Stop};
use ringql_core::record::RecordMut;
use ringql_core::ring::{RecordSink, RecordSource};
use ringql_core::sql::{Options, compile};

const STREAM: &str = "CREATE STREAM s (ts TIMESTAMP NOT NULL, k INTEGER NOT NULL, v INTEGER, \
                      WATERMARK FOR ts AS ts);\n";

struct Run {
    result: Result<(), RunError>,
    output: Vec<u8>,
    record_size: usize,
    counters: Counters,
}

/// Runs a query over rows (k, v), one second apart.
fn run(select: &str, on_error: &str, batch_rows: u16, rows: &[(i32, i32)]) -> Run {
    let sql = format!("{STREAM}{select} SETTINGS on_error = '{on_error}'");
    let options = Options { batch_rows, ..Options::default() };
    let owned = compile(&sql, &options).unwrap().queries.remove(0);
    let plan = owned.plan();
    let schema = plan.input(StreamId(0));
    let size = schema.layout().record_size;
    let mut input = vec![0; rows.len() * size];
    for (i, (bytes, &(k, v))) in input.chunks_mut(size).zip(rows).enumerate() {
        let mut record = RecordMut::new(schema, bytes).unwrap();
        let ts = i64::try_from(i).unwrap() * 1_000_000;
        record.value_mut(0).unwrap().copy_from_slice(&ts.to_le_bytes());
        record.value_mut(1).unwrap().copy_from_slice(&k.to_le_bytes());
        record.value_mut(2).unwrap().copy_from_slice(&v.to_le_bytes());
    }
    let mut arena = vec![0u64; plan.arena_bytes().div_ceil(8)];
    let mut query = Query::new(&plan, bytemuck::cast_slice_mut(&mut arena)).unwrap();
    let record_size = plan.output(OutputId(0)).layout().record_size;
    let mut room = vec![0; (rows.len() + 1) * record_size];
    let mut sink = RecordSink::new(&mut room);
    let mut source = RecordSource::new(&input, size);
    let result = loop {
        match query.poll(&mut source, &mut sink) {
            Ok(progress) if progress.stop == Stop::Finished => break Ok(()),
            Ok(_) => {}
            Err(error) => break Err(error),
        }
    };
    Run { result, output: sink.written().to_vec(), record_size, counters: query.counters() }
}

/// Directly, behind a filter, in a filter, under a CASE, in a group's argument.
const DIRECT: [&str; 5] = [
    "SELECT k, v + 2147483000 AS x FROM s",
    "SELECT v + 2147483000 AS x FROM s WHERE k % 3 <> 0",
    "SELECT k FROM s WHERE v + 2147483000 > 0",
    "SELECT CASE WHEN k % 2 = 0 THEN v + 2147483000 ELSE v END AS x FROM s",
    "SELECT CAST(v + 0.0 AS TINYINT) AS x FROM s WHERE k > 1",
];

#[test]
fn stop_leaves_what_null_gives_before_the_record() {
    let mut random = Random::new(7);
    let mut stopped = 0;
    for case in 0..200 {
        let rows: Vec<(i32, i32)> = (0..1 + random.below(150))
            .map(|_| {
                let v = if random.one_in(60) { 1_000 } else { random.below(100) };
                (random.below(9) as i32, v as i32)
            })
            .collect();
        for select in DIRECT {
            // The oracle: one row after the other, until one of them has an error.
            let bad =
                rows.iter().position(|&row| run(select, "null", 1, &[row]).counters.errors() > 0);
            let before = run(select, "null", 1, &rows[..bad.unwrap_or(rows.len())]);
            assert_eq!((before.result, before.counters.errors()), (Ok(()), 0));
            for batch_rows in [1, 7, 64, 1024] {
                let run = run(select, "stop", batch_rows, &rows);
                assert_eq!(run.result.is_err(), bad.is_some(), "{case} {select}");
                assert!(run.output == before.output, "{case} {select} {batch_rows}");
                assert_eq!(run.counters, before.counters, "{case} {select} {batch_rows}");
                stopped += u32::from(run.result.is_err());
            }
        }
    }
    assert!(stopped > 500);
}

#[test]
fn an_aggregate_stops_before_the_record_too() {
    let mut rows = vec![(1, 5), (2, 6), (1, 7)];
    rows.push((2, 2_147_483_647));
    rows.push((1, 8));
    let select = "SELECT k, SUM(v + 1) AS x FROM s GROUP BY k";
    for batch_rows in [1, 2, 3, 1024] {
        let run = run(select, "stop", batch_rows, &rows);
        assert_eq!(run.result, Err(RunError::Failed(Failure::Arithmetic)));
        assert_eq!((run.counters.rows_in, run.counters.errors()), (3, 0));
        assert!(run.output.is_empty());
    }
}

#[test]
fn groups_leave_until_one_fails() {
    let rows = [(1, 5), (2, 6), (3, 2_000_000_000), (4, 1)];
    let select = "SELECT k, CAST(SUM(v) * 2 AS INTEGER) AS x FROM s GROUP BY k";
    for batch_rows in [1, 3, 1024] {
        let run = run(select, "stop", batch_rows, &rows);
        assert_eq!(run.result, Err(RunError::GroupFailed(Failure::Cast)));
        assert_eq!(run.output.len(), 2 * run.record_size);
        assert_eq!((run.counters.rows_in, run.counters.errors()), (4, 0));
    }
}

#[test]
fn a_sum_that_does_not_fit_stops() {
    // Values of k that a result can take, and v: group 2 has the sum or average that does not fit.
    let rows = [(1, 1), (2, 1), (2, 1), (3, 1)];
    let sum = |value: &str| format!("SUM({value})");
    let most = "9223372036854775807";
    for x in [
        sum(&format!("CASE k WHEN 2 THEN {most} ELSE v END")),
        sum(&format!("CASE k WHEN 2 THEN -{most} - v ELSE v END")),
        sum(&format!("CAST(CASE k WHEN 2 THEN {most} ELSE v END AS BIGINT UNSIGNED)")),
        sum("CASE k WHEN 2 THEN CAST(9e37 AS DECIMAL(38, 0)) ELSE v END"),
        "AVG(CASE k WHEN 2 THEN CAST(9e37 AS DECIMAL(38, 0)) ELSE v END)".to_owned(),
    ] {
        for (select, before) in [
            (format!("SELECT k, {x} AS x FROM s GROUP BY k"), 1),
            (format!("SELECT k, {x} AS x FROM s GROUP BY k HAVING {x} IS NOT NULL"), 1),
            (format!("SELECT {x} AS x, COUNT(*) AS n FROM s"), 0),
            (
                format!(
                    "SELECT k, {x} AS x FROM TUMBLE(s, ts, INTERVAL '10' SECOND) \
                     GROUP BY k, window_start, window_end"
                ),
                1,
            ),
        ] {
            for batch_rows in [1, 3, 1024] {
                let stopped = run(&select, "stop", batch_rows, &rows);
                let error = RunError::GroupFailed(Failure::Arithmetic);
                assert_eq!(stopped.result, Err(error), "{select}");
                assert_eq!(stopped.output.len(), before * stopped.record_size, "{select}");
                assert_eq!((stopped.counters.rows_in, stopped.counters.errors()), (4, 0));

                let null = run(&select, "null", batch_rows, &rows);
                assert_eq!((null.result, null.counters.errors()), (Ok(()), 1), "{select}");
                assert!(null.output.starts_with(&stopped.output), "{select}");
            }
        }
    }
}
