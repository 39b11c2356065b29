//! The arguments, and the help that teaches them.

use std::path::PathBuf;

use clap::{ArgGroup, Args as ClapArgs, Parser, Subcommand, ValueEnum};
use ringql_core::plan::verify::MAX_BATCH_ROWS;
use ringql_runtime::{input, output};

/// Streaming SQL over files and pipes, and plans for microcontrollers.
#[derive(Debug, Parser)]
#[command(name = "ringql", version, max_term_width = 100, arg_required_else_help = true)]
#[command(long_about = "\
Streaming SQL over files and pipes, and plans for microcontrollers.

A query file declares its streams and holds one or more queries:

    CREATE STREAM readings (
        ts      TIMESTAMP NOT NULL,
        sensor  VARCHAR(8) NOT NULL,
        temp    REAL,
        WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
    ) WITH (source = 'readings.csv');

    SELECT window_start, sensor, COUNT(*) AS n, AVG(temp) AS mean
    FROM TUMBLE(readings, ts, INTERVAL '1' HOUR)
    GROUP BY window_start, window_end, sensor;

The same query runs here over a file or a pipe, and on a device from a plan of a few hundred bytes,
with the same results.")]
#[command(after_help = "\
Examples:
  ringql run query.sql
  ringql run query.sql --input readings=today.csv --format ndjson
  ringql explain query.sql
  ringql compile query.sql -o query.rqlp

Exit status: 0 done, 1 an error in SQL, plan or data, 2 wrong usage.")]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// A command.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Run(RunArgs),
    Explain(ExplainArgs),
    Compile(CompileArgs),
    Inspect(InspectArgs),
}

/// Run a query file, a query given with -e, or a compiled plan
#[derive(Debug, ClapArgs)]
#[command(group = ArgGroup::new("what").required(true).args(["file", "sql", "plan"]))]
#[command(long_about = "\
Run a query file, a query given with -e, or a compiled plan.

Each query of the file runs from the start of its input to the end, in the order of the statements.
At the end of an input the watermark runs to the end too: every open window closes, and the results
of aggregates without a window are printed. Ctrl-C stops before that: results so far are flushed,
windows still open print nothing.

CSV in: a header row; columns are matched by name, without regard to case or order; an empty field
is NULL and \"\" an empty text. NDJSON in: one object per line. rqlr: raw fixed-layout records.
Timestamps are ISO 8601, or integers in the stream's WITH (epoch_unit = 's' | 'ms' | 'us').")]
#[command(after_help = "\
Examples:
  ringql run daily.sql
      the streams' own WITH (source = '...'), relative to daily.sql; a table on a terminal, else CSV
  ringql run daily.sql --input readings=today.csv --output daily.csv
  gunzip -c all.csv.gz | ringql run daily.sql --input readings=- | head
  ringql run -e \"CREATE STREAM s (v INTEGER); SELECT v * 2 AS twice FROM s\" --input s=v.csv
  ringql run --plan daily.rqlp --input readings=today.rqlr --format ndjson
  ringql run alarms.sql --output hot=hot.csv --output cold=cold.csv
      the queries of alarms.sql say INSERT INTO hot SELECT ... and INSERT INTO cold SELECT ...")]
pub(crate) struct RunArgs {
    /// The query file
    #[arg(value_name = "QUERY.sql")]
    pub(crate) file: Option<PathBuf>,

    /// The query itself
    #[arg(short = 'e', long = "execute", value_name = "SQL", allow_hyphen_values = true)]
    pub(crate) sql: Option<String>,

    /// A compiled plan; its stream's name is the one to use in --input
    #[arg(long, value_name = "PLAN.rqlp")]
    pub(crate) plan: Option<PathBuf>,

    /// Where a stream comes from: a file, or - for standard input; can be repeated
    #[arg(short, long, value_name = "NAME=PATH")]
    pub(crate) input: Vec<String>,

    /// The format of all inputs, whatever their extensions are (standard input is CSV without it)
    #[arg(long, value_name = "FORMAT")]
    pub(crate) input_format: Option<InputFormat>,

    /// Where results go: a file, or - for standard output; SINK=PATH routes the queries that say
    /// INSERT INTO SINK; can be repeated
    #[arg(short, long, value_name = "[SINK=]PATH")]
    pub(crate) output: Vec<String>,

    /// The format of all outputs [default: table on a terminal, else csv]
    #[arg(short, long)]
    pub(crate) format: Option<OutputFormat>,

    /// Rows that the query handles at once; results do not depend on it
    #[arg(long, value_name = "N", default_value_t = HOST_BATCH, conflicts_with = "plan")]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=MOST_BATCH))]
    pub(crate) batch_size: u16,

    /// What to do with a row that can't be read: stop with an error that names it, or leave it out
    /// and count it
    #[arg(long, value_name = "WHAT", default_value = "error")]
    pub(crate) on_bad_row: OnBadRow,

    /// Print no warnings and no progress
    #[arg(short, long)]
    pub(crate) quiet: bool,

    /// Print counters and times to standard error
    #[arg(long)]
    #[arg(long_help = "\
Print counters and times to standard error: `read` is spent in the reader (waiting for a pipe
included), `process` in the query, `write` in the writer, `waiting` on the query's thread with nothing
to do until another thread has something for it, and `framework` is all else there")]
    pub(crate) stats: bool,

    /// Read, query and write by turns on one thread instead of three
    #[arg(long)]
    pub(crate) single_thread: bool,
}

/// Show what a query does and what it costs, to the byte
#[derive(Debug, ClapArgs)]
#[command(group = ArgGroup::new("what").required(true).args(["file", "sql"]))]
#[command(after_help = "\
Examples:
  ringql explain daily.sql
  ringql explain daily.sql --format dot | dot -Tsvg > daily.svg
  ringql explain daily.sql --batch-size 16      # as it would be on a device

JSON is one object, or an array of them if the file holds several queries.")]
pub(crate) struct ExplainArgs {
    /// The query file
    #[arg(value_name = "QUERY.sql")]
    pub(crate) file: Option<PathBuf>,

    /// The query itself
    #[arg(short = 'e', long = "execute", value_name = "SQL", allow_hyphen_values = true)]
    pub(crate) sql: Option<String>,

    /// How to show it
    #[arg(short, long, default_value = "text")]
    pub(crate) format: ExplainFormat,

    /// Rows of a batch: most of the memory that a query needs grows with it
    #[arg(long, value_name = "N", default_value_t = HOST_BATCH)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=MOST_BATCH))]
    pub(crate) batch_size: u16,
}

/// Compile a query to a plan: the bytes that a device loads
#[derive(Debug, ClapArgs)]
#[command(group = ArgGroup::new("what").required(true).args(["file", "sql"]))]
#[command(long_about = "\
Compile a query to a plan: the bytes that a device loads.

The file holds exactly one query. What the plan needs on the device is shown by `ringql inspect`.")]
#[command(after_help = "\
Examples:
  ringql compile daily.sql -o daily.rqlp
  ringql compile daily.sql -o daily.rqlp --batch-size 8    # less memory, more calls
  ringql inspect daily.rqlp")]
pub(crate) struct CompileArgs {
    /// The query file
    #[arg(value_name = "QUERY.sql")]
    pub(crate) file: Option<PathBuf>,

    /// The query itself
    #[arg(short = 'e', long = "execute", value_name = "SQL", allow_hyphen_values = true)]
    pub(crate) sql: Option<String>,

    /// The plan file to write
    #[arg(short, long, value_name = "PLAN.rqlp")]
    pub(crate) output: PathBuf,

    /// Rows of a batch: most of the memory that a query needs grows with it
    #[arg(long, value_name = "N", default_value_t = DEVICE_BATCH)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=MOST_BATCH))]
    pub(crate) batch_size: u16,
}

/// Show what is in a plan, as explain shows a query
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Example:
  ringql inspect daily.rqlp")]
pub(crate) struct InspectArgs {
    /// The plan file
    #[arg(value_name = "PLAN.rqlp")]
    pub(crate) plan: PathBuf,

    /// How to show it
    #[arg(short, long, default_value = "text")]
    pub(crate) format: ExplainFormat,
}

/// Rows of a batch on a host: enough to pay for the dispatch, few enough to stay in the cache.
const HOST_BATCH: u16 = 1024;
/// Rows of a batch on a device, where memory is dear.
const DEVICE_BATCH: u16 = 32;
const MOST_BATCH: i64 = MAX_BATCH_ROWS as i64;

/// `--input-format`
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum InputFormat {
    /// A header row and comma-separated values
    Csv,
    /// One JSON object per line
    Ndjson,
    /// Raw fixed-layout records
    Rqlr,
}

impl From<InputFormat> for input::Format {
    fn from(format: InputFormat) -> Self {
        match format {
            InputFormat::Csv => Self::Csv,
            InputFormat::Ndjson => Self::Ndjson,
            InputFormat::Rqlr => Self::Rqlr,
        }
    }
}

/// `--format` of `run`
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum OutputFormat {
    /// For reading, in pages of up to 1,000 rows
    Table,
    /// A header row and comma-separated values
    Csv,
    /// One JSON object per row
    Ndjson,
    /// Raw fixed-layout records
    Rqlr,
}

impl From<OutputFormat> for output::Format {
    fn from(format: OutputFormat) -> Self {
        match format {
            OutputFormat::Table => Self::Table,
            OutputFormat::Csv => Self::Csv,
            OutputFormat::Ndjson => Self::Ndjson,
            OutputFormat::Rqlr => Self::Rqlr,
        }
    }
}

/// `--on-bad-row`
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum OnBadRow {
    /// Stop with an error that names the row
    Error,
    /// Leave it out and count it
    Skip,
}

impl From<OnBadRow> for input::OnBadRow {
    fn from(what: OnBadRow) -> Self {
        match what {
            OnBadRow::Error => Self::Error,
            OnBadRow::Skip => Self::Skip,
        }
    }
}

/// `--format` of `explain` and `inspect`
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ExplainFormat {
    /// For reading
    Text,
    /// For programs
    Json,
    /// For Graphviz
    Dot,
}
