//! RingQL as one of the engines that `benches/peers/compare.py` compares: it makes the records,
//! then runs queries on demand.
//!
//!     on_demand export ROWS DEVICES FILE TRADES FILE
//!     on_demand serve row-major|columnar ROWS DEVICES TRADES
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
use ringql_benches::data::{DEVICES, Reading, readings};
use ringql_benches::queries;
use ringql_benches::run::{
    BATCH_ROWS, CollectingSink, CountingSink, arena, plan, plan_over, run, run_from,
};
use ringql_benches::trades::{Trade, TradeColumns, trades};
use ringql_benches::variants::of_devices;
use ringql_core::ring::{ColumnSource, Sink};
use ringql_core::sql::OwnedPlan;
use ringql_runtime::Arena;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match *args {
        ["export", rows, devices, readings, count, trades_path] => {
            fs::write(readings, bytemuck::cast_slice(&make(rows.parse()?, devices.parse()?)))?;
            fs::write(trades_path, bytemuck::cast_slice(&trades(count.parse()?)))?;
            Ok(())
        }
        ["serve", layout, rows, devices, count] => {
            let (rows, trades) = (make(rows.parse()?, devices.parse()?), trades(count.parse()?));
            let data = Data {
                columns: (layout == "columnar")
                    .then(|| (Columns::from(&*rows), TradeColumns::from(&*trades))),
                rows,
                trades,
                devices: devices.parse()?,
            };
            serve(&data)
        }
        _ => Err("expected `export` or `serve`, see the source".into()),
    }
}

/// Records of `S`, or the same with other devices if there are not as many as `S` has.
fn make(rows: usize, devices: u32) -> Vec<Reading> {
    let rows = readings(rows);
    if devices == DEVICES { rows } else { of_devices(&rows, devices) }
}

/// What the queries run over.
struct Data {
    rows: Vec<Reading>,
    trades: Vec<Trade>,
    /// Both in columns, if queries are to read these.
    columns: Option<(Columns, TradeColumns)>,
    devices: u32,
}

impl Data {
    /// Runs a plan over the first records of what `query` reads, as many as there are or `most`.
    fn run(
        &self,
        query: &str,
        plan: &OwnedPlan,
        arena: &mut Arena,
        most: usize,
        sink: &mut impl Sink,
    ) {
        let of_trades = query.starts_with('V');
        let rows = if of_trades { self.trades.len() } else { self.rows.len() }.min(most);
        match black_box(&self.columns) {
            Some((_, columns)) if of_trades => {
                run_from(plan, arena, ColumnSource::new(&columns.values(), rows), sink);
            }
            Some((columns, _)) => {
                run_from(plan, arena, ColumnSource::new(&columns.values(), rows), sink);
            }
            None if of_trades => {
                let records = bytemuck::cast_slice(black_box(&self.trades[..rows]));
                run(plan, arena, records, size_of::<Trade>(), sink);
            }
            None => {
                let records = bytemuck::cast_slice(black_box(&self.rows[..rows]));
                run(plan, arena, records, size_of::<Reading>(), sink);
            }
        }
    }

    fn compile(&self, query: &str) -> Result<OwnedPlan, Box<dyn Error>> {
        let mut over_trades = queries::OVER_TRADES.iter();
        if let Some((_, sql)) = over_trades.find(|(name, _)| *name == query) {
            return Ok(plan_over(queries::TRADES, sql, BATCH_ROWS));
        }
        let found = queries::ALL.iter().find(|(name, _)| *name == query);
        let (_, sql) = found.ok_or_else(|| format!("no query {query}"))?;
        let settings = if sql.contains("GROUP BY") && self.devices != DEVICES {
            format!(" SETTINGS max_groups = {}", self.devices)
        } else {
            String::new()
        };
        Ok(plan(&format!("{sql}{settings}"), BATCH_ROWS))
    }
}

fn serve(data: &Data) -> Result<(), Box<dyn Error>> {
    let mut queries = HashMap::new();
    println!("{}", env!("CARGO_PKG_VERSION"));
    for line in stdin().lock().lines() {
        let line = line?;
        match *line.split('\t').collect::<Vec<_>>() {
            ["time", query] => {
                let (plan, arena) = match queries.entry(query.to_owned()) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(new) => {
                        let plan = data.compile(query)?;
                        let arena = arena(&plan);
                        new.insert((plan, arena))
                    }
                };
                let mut sink = CountingSink::default();
                let start = Instant::now();
                data.run(query, plan, arena, usize::MAX, &mut sink);
                black_box(sink.rows);
                println!("{}", start.elapsed().as_secs_f64());
            }
            ["rows", query, count, path] => {
                let plan = data.compile(query)?;
                let mut sink = CollectingSink::default();
                data.run(query, &plan, &mut arena(&plan), count.parse()?, &mut sink);
                fs::write(path, sink.records)?;
                println!("done");
            }
            _ => return Err(format!("not understood: {line}").into()),
        }
        stdout().flush()?;
    }
    Ok(())
}
