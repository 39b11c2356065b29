//! The loop: read, process, write, with channels between them.

use std::cell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, mpsc};
use tokio::task::{LocalSet, spawn_local, yield_now};

use super::engine::Engine;
use super::statement::{Select, Statement};
use super::value::{Fields, Record, Value};
use super::{Design, Input};
use crate::check::{Cell, Row};

/// Batches that a bounded channel holds.
const BOUND: usize = 4;

/// What a run took and gave.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// From the first record to the last.
    pub total: Duration,
    /// Reading the file and making records.
    pub read: Duration,
    /// In the engine, with the locks that are taken for each record.
    pub process: Duration,
    /// In the writer.
    pub write: Duration,
    /// The result rows, if they were asked for.
    pub rows: Vec<Row>,
}

impl Outcome {
    /// The rest: channels, scheduling, and giving memory back.
    #[must_use]
    pub fn framework(&self) -> Duration {
        self.total.saturating_sub(self.read + self.process + self.write)
    }
}

/// Runs a query over an input, all on this thread; keeps the result rows if `keep`.
///
/// # Panics
/// If the input can't be read.
pub fn run(design: Design, statement: Statement, input: Input, keep: bool) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let start = Instant::now();
    let clock = Rc::new(cell::Cell::new(Duration::ZERO));
    let reader = Reader { input, batch: design.batch, clock: Rc::clone(&clock) };
    let mut job = Job::new(design, statement, keep, Rc::clone(&clock));
    let outcome = LocalSet::new().block_on(&runtime, async {
        if design.bounded {
            let (sender, mut receiver) = mpsc::channel(BOUND);
            spawn_local(async move {
                let mut reader = reader;
                while let Some(batch) = reader.read().await {
                    sender.send(batch).await.expect("a receiver");
                    yield_now().await;
                }
            });
            while let Some(batch) = receiver.recv().await {
                job.take(batch).await;
            }
        } else {
            let (sender, mut receiver) = mpsc::unbounded_channel();
            spawn_local(async move {
                let mut reader = reader;
                while let Some(batch) = reader.read().await {
                    sender.send(batch).expect("a receiver");
                    yield_now().await;
                }
            });
            while let Some(batch) = receiver.recv().await {
                job.take(batch).await;
            }
        }
        job.finish().await
    });
    Outcome { total: start.elapsed(), read: clock.get(), ..outcome }
}

struct Reader {
    input: Input,
    batch: usize,
    /// Time spent reading.
    clock: Rc<cell::Cell<Duration>>,
}

impl Reader {
    async fn read(&mut self) -> Option<Vec<Record>> {
        let start = Instant::now();
        let records = self.input.read(self.batch);
        self.clock.set(self.clock.get() + start.elapsed());
        Some(records).filter(|records| !records.is_empty())
    }
}

/// Takes result rows and counts them, as RingQL's sink does here.
struct Writer {
    columns: Vec<String>,
    kept: Option<Vec<Row>>,
    count: usize,
}

impl Writer {
    async fn write(&mut self, results: Vec<Record>) {
        self.count += results.len();
        if let Some(kept) = &mut self.kept {
            kept.extend(results.iter().map(|fields| row(&self.columns, fields)));
        }
    }
}

fn row(columns: &[String], fields: &Fields) -> Row {
    let cell = |name: &String| match fields[name] {
        Value::Integer(value) | Value::Timestamp(value) => Cell::Int(value),
        Value::Float(value) => Cell::Real(value),
        Value::Boolean(value) => Cell::Int(value.into()),
    };
    columns.iter().map(cell).collect()
}

/// The loop's middle and end.
struct Job {
    design: Design,
    engine: Arc<Mutex<Engine>>,
    writer: Arc<Mutex<Writer>>,
    outcome: Outcome,
    /// The reader's.
    clock: Rc<cell::Cell<Duration>>,
}

impl Job {
    fn new(
        design: Design,
        statement: Statement,
        keep: bool,
        clock: Rc<cell::Cell<Duration>>,
    ) -> Self {
        let name = |(name, _): &(String, Select)| name.clone();
        let columns = statement.select.iter().map(name).collect();
        let writer = Writer { columns, kept: keep.then(Vec::new), count: 0 };
        Self {
            design,
            engine: Arc::new(Mutex::new(Engine::new(statement, design.simd))),
            writer: Arc::new(Mutex::new(writer)),
            outcome: Outcome::default(),
            clock,
        }
    }

    async fn take(&mut self, batch: Vec<Record>) {
        let (start, read) = (Instant::now(), self.clock.get());
        let mut results = Vec::new();
        if self.design.synchronous {
            let mut engine = self.engine.lock().await;
            if self.design.clones {
                let own: Vec<Record> = batch.iter().map(clone).collect();
                engine.process_all(&own, &mut results);
            } else {
                engine.process_all(&batch, &mut results);
            }
        } else {
            for record in &batch {
                let mut engine = self.engine.lock().await;
                if self.design.clones {
                    engine.process(&clone(record), &mut results);
                } else {
                    engine.process(record, &mut results);
                }
            }
        }
        // Tokio lets the reader run after 128 locks, however free they are.
        let read = self.clock.get() - read;
        self.outcome.process += start.elapsed().saturating_sub(read);
        self.write(results).await;
    }

    async fn write(&mut self, results: Vec<Record>) {
        let start = Instant::now();
        let results =
            if self.design.clones { results.iter().map(clone).collect() } else { results };
        self.writer.lock().await.write(results).await;
        self.outcome.write += start.elapsed();
    }

    async fn finish(mut self) -> Outcome {
        let start = Instant::now();
        let mut results = Vec::new();
        self.engine.lock().await.close(&mut results);
        self.outcome.process += start.elapsed();
        self.write(results).await;
        let mut writer = self.writer.lock().await;
        assert!(writer.count > 0, "there are results");
        let rows = writer.kept.take().unwrap_or_default();
        Outcome { rows, ..self.outcome.clone() }
    }
}

/// All of a record, not the reference.
fn clone(record: &Record) -> Record {
    Arc::new((**record).clone())
}
