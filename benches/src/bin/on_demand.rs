//! RingQL as one of the engines that `benches/peers/compare.py` compares: it makes the records,
//! then runs queries on demand.
//!
//!     on_demand export ROWS DEVICES FILE
//!     on_demand serve row-major|columnar ROWS DEVICES
//!
//! The latter is told what to do by lines on its standard input and answers each with a line:
//! `time QUERY` with the seconds that one run took; `rows QUERY ROWS FILE`, with "done" when the
//! result of the first `ROWS` records lies in the file, a record after the other.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::error::Error;
use std::hint::black_box;
use std::io::{BufRead, Write, stdin, stdout};
use std::time::Instant;
use std::{env, fs};

use ringql_benches::columns::Columns;
use ringql_benches::data::{DEVICES, Random, Reading, readings};
use ringql_benches::queries;
use ringql_benches::run::{CollectingSink, CountingSink, arena, plan, run, run_from};
use ringql_core::ring::ColumnSource;
use ringql_core::sql::OwnedPlan;
use ringql_runtime::Arena;

const BATCH_ROWS: u16 = 1024;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match *args {
        ["export", rows, devices, path] => {
            let rows = make(rows.parse()?, devices.parse()?);
            fs::write(path, bytemuck::cast_slice(&rows))?;
            Ok(())
        }
        ["serve", layout, rows, devices] => {
            serve(layout, &make(rows.parse()?, devices.parse()?), devices)
        }
        _ => Err("expected `export` or `serve`, see the source".into()),
    }
}

/// Records of `S`, or the same with other devices if there are not as many as `S` has.
fn make(rows: usize, devices: u32) -> Vec<Reading> {
    let mut rows = readings(rows);
    if devices != DEVICES {
        let mut random = Random::new(u64::from(devices));
        rows.iter_mut().for_each(|row| row.device = random.below(devices));
    }
    rows
}

fn serve(layout: &str, rows: &[Reading], devices: &str) -> Result<(), Box<dyn Error>> {
    let columns = (layout == "columnar").then(|| Columns::from(rows));
    let mut queries = HashMap::new();
    println!("{}", env!("CARGO_PKG_VERSION"));
    for line in stdin().lock().lines() {
        let line = line?;
        match *line.split('\t').collect::<Vec<_>>() {
            ["time", query] => {
                let (plan, arena) = match queries.entry(query.to_owned()) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(new) => {
                        let plan = compile(query, devices)?;
                        let arena = arena(&plan);
                        new.insert((plan, arena))
                    }
                };
                println!("{}", time(plan, arena, rows, columns.as_ref()));
            }
            ["rows", query, count, path] => {
                let plan = compile(query, devices)?;
                let rows = &rows[..rows.len().min(count.parse()?)];
                fs::write(path, collect(&plan, rows, columns.is_some()))?;
                println!("done");
            }
            _ => return Err(format!("not understood: {line}").into()),
        }
        stdout().flush()?;
    }
    Ok(())
}

fn compile(query: &str, devices: &str) -> Result<OwnedPlan, Box<dyn Error>> {
    let found = queries::ALL.iter().find(|(name, _)| *name == query);
    let (_, sql) = found.ok_or_else(|| format!("no query {query}"))?;
    let grouped = sql.contains("GROUP BY");
    let settings = if grouped && devices != DEVICES.to_string() {
        format!(" SETTINGS max_groups = {devices}")
    } else {
        String::new()
    };
    Ok(plan(&format!("{sql}{settings}"), BATCH_ROWS))
}

/// Seconds of a run.
fn time(plan: &OwnedPlan, arena: &mut Arena, rows: &[Reading], columns: Option<&Columns>) -> f64 {
    let mut sink = CountingSink::default();
    let start = Instant::now();
    if let Some(columns) = columns {
        let values = columns.values();
        run_from(plan, arena, ColumnSource::new(&values, rows.len()), &mut sink);
    } else {
        let records = bytemuck::cast_slice(black_box(rows));
        run(plan, arena, records, size_of::<Reading>(), &mut sink);
    }
    black_box(sink.rows);
    start.elapsed().as_secs_f64()
}

fn collect(plan: &OwnedPlan, rows: &[Reading], columnar: bool) -> Vec<u8> {
    let mut sink = CollectingSink::default();
    let mut arena = arena(plan);
    if columnar {
        let columns = Columns::from(rows);
        let values = columns.values();
        run_from(plan, &mut arena, ColumnSource::new(&values, rows.len()), &mut sink);
    } else {
        let records = bytemuck::cast_slice(rows);
        run(plan, &mut arena, records, size_of::<Reading>(), &mut sink);
    }
    sink.records
}
