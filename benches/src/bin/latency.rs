//! Prints the latency from a record to its result, through a ring between two threads that spin, at
//! 1 million records a second.
//!
//!     cargo run --release -p ringql-benches --bin latency
//!
//! "From due" counts from the microsecond for which the record was offered, so that what waits
//! while a thread is not running counts too; "from push" from when it went into the ring. Both
//! threads need a core for themselves: where other programs run on them, or both share one, what
//! is measured is the scheduler's time slice, some milliseconds.

use std::hint::spin_loop;
use std::thread;
use std::time::Instant;

use ringql_benches::data::{Reading, readings};
use ringql_benches::queries::STREAM;
use ringql_benches::run::{arena, plan_over, run_from};
use ringql_core::plan::op::OutputId;
use ringql_core::ring::Sink;
use ringql_runtime::ring::record_ring;

/// Records, one each microsecond.
const ROWS: usize = 3_000_000;
const RING_ROWS: usize = 65_536;
/// Nanoseconds from one record to the next.
const APART: u64 = 1_000;
/// What 99 % should be under, nanoseconds.
const IN_TIME: u64 = 20_000;

/// Queries whose results say when the last of their records was pushed (`ts`, nanoseconds since the
/// start) and which it was (`device`).
const QUERIES: [(&str, &str); 2] = [
    (
        "filter and project, 22 % pass",
        "SELECT ts, device, temp * 1.8 + 32 AS f FROM s WHERE temp > 30.0 AND status <> 3",
    ),
    (
        "changes of 1,000 groups",
        "SELECT MAX(ts) AS ts, MAX(device) AS device, COUNT(*), AVG(temp) FROM s
         GROUP BY device % 1000 EMIT CHANGES",
    ),
];

/// Takes the latencies of results.
struct Latencies {
    start: Instant,
    /// Where `ts` and `device` lie in a result.
    at: [usize; 2],
    buffer: Vec<u8>,
    /// The latest record that a result was of.
    last_row: u32,
    from_due: Vec<u64>,
    from_push: Vec<u64>,
}

impl Sink for Latencies {
    fn write<R>(
        &mut self,
        record_size: usize,
        max_rows: usize,
        fill: impl FnOnce(&mut [u8]) -> (usize, R),
    ) -> Option<R> {
        let rows = (self.buffer.len() / record_size).min(max_rows);
        let (written, result) = fill(&mut self.buffer[..rows * record_size]);
        let now = nanoseconds(self.start);
        for record in self.buffer[..written * record_size].chunks_exact(record_size) {
            let [ts, device] = self.at.map(|at| &record[at..]);
            let pushed = u64::from_le_bytes(*ts.first_chunk().expect("8 bytes"));
            let row = u32::from_le_bytes(*device.first_chunk().expect("4 bytes"));
            self.last_row = self.last_row.max(row);
            self.from_push.push(now.saturating_sub(pushed));
            self.from_due.push(now.saturating_sub(u64::from(row) * APART));
        }
        Some(result)
    }
}

fn nanoseconds(start: Instant) -> u64 {
    start.elapsed().as_nanos() as u64
}

fn main() {
    let rows = readings(ROWS);
    println!("{ROWS} records, one each microsecond; microseconds from a record to its result");
    println!(
        "{:<32}{:>6}{:>9}{:>46}{:>46}",
        "", "B", "results", "from due: p50, p99, p99.9, max; % under 20", "from push: the same"
    );
    for (name, sql) in QUERIES {
        for batch_rows in [16, 64, 1024] {
            let (due, push) = measure(&rows, sql, batch_rows);
            let results = due.len();
            println!("{name:<32}{batch_rows:>6}{results:>9}{:>46}{:>46}", list(due), list(push));
        }
    }
}

/// The percentiles, and how many percent are in time.
fn list(mut latencies: Vec<u64>) -> String {
    latencies.sort_unstable();
    let last = latencies.len() - 1;
    let of = |part: f64| latencies[(last as f64 * part) as usize] as f64 / 1e3;
    let in_time = latencies.partition_point(|latency| *latency < IN_TIME);
    let percent = 100.0 * in_time as f64 / latencies.len() as f64;
    format!("{:.1}, {:.1}, {:.1}, {:.0}; {percent:.1}", of(0.5), of(0.99), of(0.999), of(1.0))
}

fn measure(rows: &[Reading], sql: &str, batch_rows: u16) -> (Vec<u64>, Vec<u64>) {
    let plan = plan_over(STREAM, sql, batch_rows);
    let mut arena = arena(&plan);
    let (mut ring, source) = record_ring(size_of::<Reading>(), RING_ROWS);
    let at = {
        let plan = plan.plan();
        let schema = plan.output(OutputId(0));
        ["ts", "device"].map(|name| {
            let column = schema.position(name).expect("a column of the result");
            schema.fields[column].offset.into()
        })
    };
    let start = Instant::now();
    let mut sink = Latencies {
        start,
        at,
        buffer: vec![0; 1 << 16],
        last_row: 0,
        from_due: Vec::with_capacity(ROWS),
        from_push: Vec::with_capacity(ROWS),
    };
    thread::scope(|scope| {
        scope.spawn(move || {
            for (row, reading) in rows.iter().enumerate() {
                let due = row as u64 * APART;
                let mut now = nanoseconds(start);
                while now < due {
                    spin_loop();
                    now = nanoseconds(start);
                }
                let record = Reading { ts: now as i64, device: row as u32, ..*reading };
                while ring.push(bytemuck::bytes_of(&record)) == 0 {
                    spin_loop();
                }
            }
            ring.end();
        });
        run_from(&plan, &mut arena, source, &mut sink);
    });
    let passing = |r: &&Reading| r.temp > 30.0 && r.status != 3;
    if sql.contains("WHERE") {
        assert_eq!(sink.from_due.len(), rows.iter().filter(passing).count(), "result rows");
    } else {
        assert_eq!(sink.last_row as usize, rows.len() - 1, "the last record's group has left");
    }
    (sink.from_due, sink.from_push)
}
