//! Nothing is allocated from the first poll to the last, over a million records, in each of the
//! reference queries. (`ringql-core` has no allocator to call but that of feature `sql`; this shows
//! that nothing under it, `sqlparser` or the standard library, is reached from `poll` either.)

use ringql_benches::data::{Reading, readings};
use ringql_benches::queries::ALL;
use ringql_benches::run::{CountingSink, arena, plan};
use ringql_core::counters::Counters;
use ringql_core::query::{Query, Stop};
use ringql_core::ring::RecordSource;

const ROWS: usize = 1_000_000;

#[test]
fn poll_allocates_nothing() {
    let readings = readings(ROWS);
    let records = bytemuck::cast_slice(&readings);
    for (name, sql) in ALL {
        let plan = plan(sql, 1_024);
        let mut arena = arena(&plan);
        let mut sink = CountingSink::default();
        let mut counters = Counters::default();
        let plan = plan.plan();
        let arena = arena.bytes();
        let mut query = Query::new(&plan, arena).expect("a compiled plan starts");
        let mut source = RecordSource::new(records, size_of::<Reading>());
        let allocations = allocation_counter::measure(|| {
            while query.poll(&mut source, &mut sink).expect("no error").stop != Stop::Finished {}
            counters = query.counters();
        });
        println!("{name}: {allocations:?}, {counters:?}");
        assert_eq!(allocations.count_total, 0, "{name} allocates");
        assert_eq!(counters.rows_in, ROWS as u64, "{name} reads everything");
        assert_eq!(counters.rows_out, sink.rows as u64);
        assert!(counters.rows_out > 0, "{name} has results");
    }
}

/// Otherwise zero would mean nothing.
#[test]
fn the_counter_counts() {
    let info = allocation_counter::measure(|| drop(std::hint::black_box(vec![1u8; 100])));
    assert_eq!((info.count_total, info.bytes_total), (1, 100));
}
