//! A producer thread and a query thread with a lock-free ring between them: what an acquisition
//! thread and a processing thread do.
//!
//!     cargo run --release -p ringql-examples --bin two_threads

use std::thread;
use std::time::Instant;

use ringql_core::query::{Query, Stop};
use ringql_core::ring::{RecordSink, Sink};
use ringql_core::sql::{Options, compile};
use ringql_runtime::Arena;
use ringql_runtime::ring::record_ring;

const SQL: &str = "
    CREATE STREAM samples (sensor INTEGER UNSIGNED NOT NULL, value REAL NOT NULL);
    SELECT sensor, COUNT(*), AVG(value), MIN(value), MAX(value) FROM samples GROUP BY sensor
";
const ROWS: u32 = 50_000_000;
const RECORD_SIZE: usize = 8;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let program = compile(SQL, &Options::default())?;
    let plan = program.queries.first().ok_or("no query")?.plan();
    let mut arena = Arena::new(&plan)?;
    let mut query = Query::new(&plan, arena.bytes())?;
    let (mut ring_sink, mut source) = record_ring(RECORD_SIZE, 16 * 1024);

    let start = Instant::now();
    let producer = thread::spawn(move || {
        let mut next = 0u32;
        while next < ROWS {
            // Records are made in the ring's own memory.
            let written = ring_sink.write(RECORD_SIZE, 1024, |room| {
                let mut rows = 0;
                for slot in room.chunks_exact_mut(RECORD_SIZE).take((ROWS - next) as usize) {
                    let sensor = next % 8;
                    slot[..4].copy_from_slice(&sensor.to_le_bytes());
                    slot[4..].copy_from_slice(&((next % 1000) as f32).to_le_bytes());
                    next += 1;
                    rows += 1;
                }
                (rows, rows)
            });
            if written.is_none() {
                std::hint::spin_loop();
            }
        }
        ring_sink.end();
    });

    let mut block = [0; 4096];
    let mut sink = RecordSink::new(&mut block);
    while query.poll(&mut source, &mut sink)?.stop != Stop::Finished {}
    producer.join().map_err(|_| "the producer panicked")?;
    let seconds = start.elapsed().as_secs_f64();

    let schema = plan.output(ringql_core::plan::op::OutputId(0));
    let mut text = String::new();
    ringql_core::fmt::write_csv_header(&mut text, schema)?;
    for record in sink.written().chunks_exact(schema.layout().record_size) {
        ringql_core::fmt::write_csv_row(&mut text, schema, record)?;
    }
    print!("{text}");
    println!("{:.0} million records a second", f64::from(ROWS) / seconds / 1e6);
    Ok(())
}
