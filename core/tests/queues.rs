//! A query between two `heapless::spsc` queues of a few records, as on a device, gives what it gives
//! over memory: nothing is lost where the one runs empty or the other full.

mod common;
mod support;

use common::Random;
use heapless::spsc::Queue;
use ringql_core::query::{Query, Stop};
use ringql_core::ring::{QueueSink, QueueSource};
use support::run::{Chance, run};
use support::values::{Value, records};
use support::{compiled, input, output};

const SQL: &str = "CREATE STREAM s (ts TIMESTAMP, k INTEGER NOT NULL, v REAL NOT NULL,
        WATERMARK FOR ts AS ts - INTERVAL '1' SECOND);
    SELECT window_start, k, COUNT(*) AS n, MAX(v) AS v FROM TUMBLE(s, ts, INTERVAL '1' SECOND)
    GROUP BY window_start, k SETTINGS max_groups = 8";
const IN: usize = 16;
const OUT: usize = 32;

#[test]
fn queues_lose_nothing() {
    for seed in 0..60 {
        let mut random = Random::new(seed);
        let program = compiled(SQL, [1, 4, 16][random.below(3)]).expect("a query");
        let plan = program.queries[0].plan();
        assert_eq!(input(&plan).layout().record_size, IN);
        assert_eq!(output(&plan).layout().record_size, OUT);
        let rows = (0..500).map(|i| {
            let ts = i * 50_000 - random.below(3_000_000) as i64;
            let k = Value::Int(random.below(8) as i128);
            vec![Value::Time(ts), k, Value::Float(random.below(9) as f64)]
        });
        let rows: Vec<_> = rows.collect();
        let records = records(program.streams[0].schema(), &rows);
        let expected = run(&plan, &records, Chance::default());
        assert!(expected.counters.late > 0 && expected.counters.rows_out > 50);

        let mut arena = vec![0u64; plan.arena_bytes().div_ceil(8)];
        let mut query = Query::new(&plan, bytemuck::cast_slice_mut(&mut arena)).expect("starts");
        let (mut inputs, mut outputs) = (Queue::<[u8; IN], 6>::new(), Queue::<[u8; OUT], 4>::new());
        let (mut producer, consumer) = inputs.split();
        let (results, mut results_end) = outputs.split();
        let mut source = QueueSource::<_, 4>::new(consumer);
        let mut sink = QueueSink::<_, 3>::new(results);
        let mut given = records.chunks_exact(IN);
        let mut taken = Vec::new();
        loop {
            for _ in 0..random.below(7) {
                let Some(record) = given.clone().next() else { break };
                let record: [u8; IN] = record.try_into().expect("a record");
                // A full queue gives the record back; it comes again.
                if producer.enqueue(record).is_err() {
                    break;
                }
                given.next();
            }
            if given.len() == 0 {
                source.end();
            }
            let progress = query.poll(&mut source, &mut sink).expect("no error");
            for _ in 0..random.below(3) {
                taken.extend(results_end.dequeue().into_iter().flatten());
            }
            if progress.stop == Stop::Finished {
                taken.extend(std::iter::from_fn(|| results_end.dequeue()).flatten());
                break;
            }
        }
        assert!(taken == expected.records, "seed {seed}");
        assert_eq!(query.counters(), expected.counters, "seed {seed}");
    }
}
