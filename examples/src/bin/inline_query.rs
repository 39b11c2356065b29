//! A query inside a program: SQL over structs that the program already has, polled inline.
//!
//!     cargo run -p ringql-examples --bin inline_query

use bytemuck::{Pod, Zeroable};
use ringql_core::query::{Query, Stop};
use ringql_core::record::RecordRef;
use ringql_core::ring::{RecordSink, RecordSource};
use ringql_core::sql::{Options, compile};
use ringql_runtime::Arena;

/// A record as the stream below lays it out: natural alignment, padding spelt out.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct Reading {
    ts: i64,
    sensor: u16,
    padding: [u8; 2],
    celsius: f32,
}

const SQL: &str = "
    CREATE STREAM readings (
        ts TIMESTAMP NOT NULL,
        sensor SMALLINT UNSIGNED NOT NULL,
        celsius REAL NOT NULL,
        WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
    );
    SELECT window_start, sensor, COUNT(*) AS n, MAX(celsius) AS hottest
    FROM TUMBLE(readings, ts, INTERVAL '1' MINUTE)
    GROUP BY window_start, window_end, sensor
    HAVING MAX(celsius) > 21.0
    SETTINGS max_groups = 16
";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let program = compile(SQL, &Options { batch_rows: 64, ..Options::default() })?;
    let plan = program.queries.first().ok_or("no query")?.plan();
    println!("the query takes exactly {} bytes", plan.arena_bytes());

    let mut arena = Arena::new(&plan)?;
    let mut query = Query::new(&plan, arena.bytes())?;

    // Three sensors, one reading a second, for five minutes.
    let readings: Vec<Reading> = (0..300)
        .map(|second| Reading {
            ts: second * 1_000_000,
            sensor: (second % 3) as u16,
            padding: [0; 2],
            celsius: 20.0 + (second % 97) as f32 / 60.0,
        })
        .collect();
    let mut source = RecordSource::new(bytemuck::cast_slice(&readings), size_of::<Reading>());

    let schema = plan.output(ringql_core::plan::op::OutputId(0));
    let mut block = [0; 4096];
    let mut sink = RecordSink::new(&mut block);
    loop {
        let progress = query.poll(&mut source, &mut sink)?;
        for record in sink.written().chunks_exact(schema.layout().record_size) {
            let row = RecordRef::new(schema, record).ok_or("a row is a whole record")?;
            let mut line = String::new();
            for column in 0..schema.fields.len() {
                let value = row.get(column).unwrap_or(&[]);
                line.push_str(schema.name(column));
                line.push('=');
                ringql_core::fmt::write_value(&mut line, schema.fields[column].data_type, value)?;
                line.push(' ');
            }
            println!("{line}");
        }
        sink.clear();
        if progress.stop == Stop::Finished {
            break;
        }
    }
    println!("{:?}", query.counters());
    Ok(())
}
