//! Functions of your own in SQL, on a host: the functions and the query of the firmware's example
//! of the same name, over the same file.
//!
//!     cargo run --release -p ringql-examples --bin user_function

use std::fs::File;
use std::io;
use std::path::Path;

use ringql_core::plan::op::OutputId;
use ringql_core::sql;
use ringql_runtime::{input, output, pipeline};

#[allow(unreachable_pub)] // it is a library's there
#[path = "../../firmware/src/functions.rs"]
mod functions;

const SQL: &str = include_str!("../../firmware/user_function.sql");

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let functions = functions::FUNCTIONS;
    let options = sql::Options { functions, ..sql::Options::default() };
    let program = sql::compile(SQL, &options).map_err(|e| e.render(SQL, "user_function.sql"))?;
    let stream = program.streams.first().ok_or("no stream")?;
    let plan = program.queries.first().ok_or("no query")?.plan();

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/noaa_hourly_2010.csv");
    let name = path.display().to_string();
    let csv = Box::new(File::open(&path)?);
    let options = input::ReadOptions::default();
    let reader = input::reader(input::Format::Csv, &name, csv, stream.schema().into(), options);
    let schema = plan.output(OutputId(0)).into();
    let writer = output::writer(output::Format::Csv, Box::new(io::stdout()), schema);

    let options = pipeline::Options { functions: Some(functions), ..Default::default() };
    let summary = pipeline::run(&plan, reader, writer, &options);
    summary.result?;
    eprintln!("{} values were not plausible", summary.counters.function_errors);
    Ok(())
}
