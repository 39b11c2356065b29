//! The host's side of RingQL: rings between threads, readers and writers of files and pipes, and the
//! pipeline that runs a query over them. The `ringql` program is built of these.
//!
//! ```text
//! input::Reader -> ring -> ringql_core::query::Query -> ring -> output::Writer
//! ```
//!
//! ```
//! use ringql_core::plan::op::OutputId;
//! use ringql_core::sql;
//! use ringql_runtime::{input, output, pipeline};
//!
//! let program = sql::compile(
//!     "CREATE STREAM readings (sensor VARCHAR(8), temp REAL);
//!      SELECT sensor, MAX(temp) AS high FROM readings GROUP BY sensor;",
//!     &sql::Options::default(),
//! )?;
//! let plan = program.queries[0].plan();
//!
//! let csv = Box::new("sensor,temp\nhall,19.5\nroof,31\nhall,21\n".as_bytes());
//! let schema = program.streams[0].schema().into();
//! let options = input::ReadOptions::default();
//! let reader = input::reader(input::Format::Csv, "readings.csv", csv, schema, options);
//! let schema = plan.output(OutputId(0)).into();
//! let writer = output::writer(output::Format::Csv, Box::new(std::io::stdout()), schema);
//!
//! let summary = pipeline::run(&plan, reader, writer, &pipeline::Options::default());
//! assert_eq!(summary.result?, pipeline::Ending::Finished);
//! assert_eq!((summary.counters.rows_in, summary.counters.rows_out), (3, 2));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![forbid(unsafe_code)]

mod arena;
pub mod input;
pub mod output;
pub mod pipeline;
pub mod ring;

pub use arena::Arena;
