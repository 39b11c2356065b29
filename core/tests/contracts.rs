//! Sources that break their contract: a query neither loses rows silently nor runs for ever.
#![cfg(feature = "sql")]

use ringql_core::batch::Batch;
use ringql_core::error::RunError;
use ringql_core::query::{Query, Stop};
use ringql_core::ring::{RecordSink, Source};
use ringql_core::sql::{Options, compile};

/// Lends all its records whatever it is asked for.
struct Generous {
    rest: Vec<u8>,
}

impl Source for Generous {
    fn read<R>(&mut self, _: usize, consume: impl FnOnce(Batch<'_>) -> (usize, R)) -> Option<R> {
        let batch = Batch::records(&self.rest, 1).filter(|batch| batch.rows() > 0)?;
        let (done, result) = consume(batch);
        self.rest.drain(..done);
        Some(result)
    }

    fn is_finished(&self) -> bool {
        self.rest.is_empty()
    }
}

/// Lends no rows, again and again.
struct Empty;

impl Source for Empty {
    fn read<R>(&mut self, _: usize, consume: impl FnOnce(Batch<'_>) -> (usize, R)) -> Option<R> {
        Some(consume(Batch::columns(&[], 0)).1)
    }

    fn is_finished(&self) -> bool {
        false
    }
}

const SQL: &str = "CREATE STREAM s (b BOOLEAN NOT NULL); SELECT COUNT(*) FROM s WHERE b";

#[test]
fn a_source_that_lends_more_than_it_is_asked_for() {
    let program = compile(SQL, &Options { batch_rows: 64, ..Options::default() }).unwrap();
    let plan = program.queries[0].plan();
    let mut arena = vec![0u64; plan.arena_bytes().div_ceil(8)];
    let mut query = Query::new(&plan, bytemuck::cast_slice_mut(&mut arena)).unwrap();
    let mut block = [0; 64];
    let mut sink = RecordSink::new(&mut block);
    let mut source = Generous { rest: vec![1; 200] };
    while query.poll(&mut source, &mut sink).unwrap().stop != Stop::Finished {}
    assert_eq!(sink.written(), 200i64.to_le_bytes());
    assert_eq!((query.counters().rows_in, query.counters().filtered), (200, 0));
}

#[test]
fn a_source_that_lends_no_rows() {
    let program = compile(SQL, &Options { batch_rows: 64, ..Options::default() }).unwrap();
    let plan = program.queries[0].plan();
    let mut arena = vec![0u64; plan.arena_bytes().div_ceil(8)];
    let mut query = Query::new(&plan, bytemuck::cast_slice_mut(&mut arena)).unwrap();
    let mut block = [0; 64];
    let polled = query.poll(&mut Empty, &mut RecordSink::new(&mut block));
    assert_eq!(polled, Err(RunError::BadBatch));
}
