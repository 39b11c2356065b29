//! Compiles `query.sql` to a plan, in two forms, and the sensor's CSV to records.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use ringql_core::fmt::parse_value;
use ringql_core::plan::source::plan_source;
use ringql_core::plan::wire;
use ringql_core::record::RecordMut;
use ringql_core::schema::Schema;
use ringql_core::sql::{Options, StreamDefinition, compile};

type Outcome<T> = Result<T, Box<dyn Error>>;

#[path = "src/functions.rs"]
mod functions;

const QUERY: &str = "query.sql";
const USER_QUERY: &str = "user_function.sql";
const MEMORY: &str = "memory.x";

fn main() -> ExitCode {
    match build() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Not as `main`'s result: that would print it for programmers, without line breaks.
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn build() -> Outcome<()> {
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    for file in ["build.rs", MEMORY, QUERY, USER_QUERY, "src/functions.rs"] {
        println!("cargo::rerun-if-changed={file}");
    }

    // Where the linker script of `cortex-m-rt` looks for it.
    fs::copy(MEMORY, out.join(MEMORY))?;
    println!("cargo::rustc-link-search={}", out.display());

    let sql = fs::read_to_string(QUERY)?;
    let program = compile(&sql, &Options::default()).map_err(|e| format!("{QUERY}: {e}"))?;
    let ([stream], [query]) = (&program.streams[..], &program.queries[..]) else {
        return Err(format!("{QUERY} must hold one stream and one query").into());
    };
    fs::write(out.join("plan.rs"), plan_source(&query.plan(), "PLAN"))?;
    fs::write(out.join("query.rqlp"), wire::to_vec(&query.plan())?)?;

    let sql = fs::read_to_string(USER_QUERY)?;
    let options = Options { functions: functions::FUNCTIONS, ..Options::default() };
    let user = compile(&sql, &options).map_err(|e| format!("{USER_QUERY}: {e}"))?;
    let query = user.queries.first().ok_or(format!("{USER_QUERY} must hold a query"))?;
    fs::write(out.join("user_plan.rs"), plan_source(&query.plan(), "USER_PLAN"))?;

    let csv = Path::new(source(stream).ok_or("the stream names no source")?);
    println!("cargo::rerun-if-changed={}", csv.display());
    let records = records(csv, stream.schema()).map_err(|e| format!("{}: {e}", csv.display()))?;
    fs::write(out.join("records.bin"), records)?;
    Ok(())
}

/// The file that the stream's `WITH` names.
fn source(stream: &StreamDefinition) -> Option<&str> {
    stream.with.iter().find(|(key, _)| key == "source").map(|(_, path)| path.as_str())
}

/// The rows of a CSV file as records, one after another. An empty field is NULL.
fn records(csv: &Path, schema: Schema<'_>) -> Outcome<Vec<u8>> {
    let mut reader = csv::Reader::from_path(csv)?;
    let header = reader.headers()?.clone();
    let columns: Vec<Option<usize>> = header.iter().map(|name| schema.position(name)).collect();
    let mut bytes = vec![0; schema.layout().record_size];
    let mut all = Vec::new();
    for (row, line) in reader.records().zip(2..) {
        let row = row?;
        let mut record = RecordMut::new(schema, &mut bytes).ok_or("no record")?;
        for (text, column) in row.iter().zip(&columns) {
            let Some(column) = column.filter(|_| !text.is_empty()) else { continue };
            let data_type = schema.fields[column].data_type;
            let value = record.value_mut(column).ok_or("no such column")?;
            parse_value(data_type, text.as_bytes(), value)
                .map_err(|e| format!("line {line}: {} `{text}` {e}", schema.name(column)))?;
        }
        all.extend_from_slice(&bytes);
    }
    Ok(all)
}
