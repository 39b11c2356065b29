use std::io::Read;
use std::sync::Mutex;
use std::sync::atomic::Ordering;

use ringql_core::sql::{self, Program};

use super::*;
use crate::input::{self, OwnedSchema, ReadOptions};
use crate::output;

fn compile(query: &str, batch_rows: u16) -> Program {
    let sql = format!("CREATE STREAM s (a INTEGER NOT NULL, b VARCHAR(8)); {query}");
    sql::compile(&sql, &sql::Options { batch_rows, ..sql::Options::default() }).unwrap()
}

fn csv(rows: usize) -> String {
    (0..rows).fold("a,b\n".to_owned(), |text, n| text + &format!("{n},{}\n", n % 7))
}

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Runs a query over an input to an output, both ways, which must agree.
fn run_both(
    query: &str,
    batch_rows: u16,
    bytes: impl Fn() -> input::Bytes,
    output: impl Fn(Shared) -> output::Bytes,
) -> (String, Summary) {
    let program = compile(query, batch_rows);
    let plan = program.queries[0].plan();
    let once = |single_thread| {
        let schema: OwnedSchema = program.streams[0].schema().into();
        let reader =
            input::reader(input::Format::Csv, "s.csv", bytes(), schema, ReadOptions::default());
        let shared = Shared::default();
        let schema = plan.output(OutputId(0)).into();
        let writer = output::writer(output::Format::Csv, output(shared.clone()), schema);
        let options = Options { single_thread, ..Options::default() };
        let summary = run(&plan, reader, writer, &options);
        (shared, summary)
    };
    let (on_one, one) = once(true);
    let (on_three, three) = once(false);
    assert_eq!(on_one.text(), on_three.text());
    assert_eq!(format!("{:?}", one.result), format!("{:?}", three.result));
    (on_one.text(), three)
}

fn input(text: String) -> impl Fn() -> input::Bytes {
    move || Box::new(io::Cursor::new(text.clone().into_bytes()))
}

fn to_memory(shared: Shared) -> output::Bytes {
    Box::new(shared)
}

#[test]
fn rows_pass_in_order_whatever_the_batch() {
    let expected = (0..10_000).filter(|n| n % 3 == 0);
    let expected = expected.fold("d\n".to_owned(), |text, n| text + &format!("{}\n", n * 2));
    for batch_rows in [1, 7, 64, 1024] {
        let query = "SELECT a * 2 AS d FROM s WHERE a % 3 = 0";
        let (out, summary) = run_both(query, batch_rows, input(csv(10_000)), to_memory);
        assert_eq!(out, expected);
        assert_eq!(summary.result.unwrap(), Ending::Finished);
        assert_eq!((summary.counters.rows_in, summary.counters.rows_out), (10_000, 3_334));
        assert_eq!(summary.counters.filtered, 6_666);
    }
}

#[test]
fn groups_leave_at_the_end_of_the_input() {
    let query = "SELECT b, COUNT(*) AS n FROM s GROUP BY b";
    let (out, _) = run_both(query, 64, input(csv(700)), to_memory);
    assert_eq!(out, (0..7).fold("b,n\n".to_owned(), |text, b| text + &format!("{b},100\n")));
}

#[test]
fn a_reader_that_fails_leaves_the_rows_before() {
    let text = csv(5_000) + "x,1\n1,1\n";
    let (out, summary) = run_both("SELECT a FROM s", 64, input(text.clone()), to_memory);
    assert_eq!(out.lines().count(), 5_001);
    let error = summary.result.unwrap_err().to_string();
    assert_eq!(error, "s.csv:5002: column \"a\" (INTEGER): \"x\" is not a number");
    let (out, _) = run_both("SELECT COUNT(*) AS n FROM s", 64, input(text), to_memory);
    assert_eq!(out, "");
}

struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("no such luck"))
    }
}

#[test]
fn an_input_that_breaks() {
    let broken = || Box::new("a,b\n1,2\n".as_bytes().chain(Broken)) as input::Bytes;
    let (out, summary) = run_both("SELECT a FROM s", 64, broken, to_memory);
    assert_eq!(out, "a\n1\n");
    assert_eq!(summary.result.unwrap_err().to_string(), "s.csv: can't be read: no such luck");
}

#[test]
fn a_query_that_fails() {
    let query = "SELECT a, COUNT(*) AS n FROM s GROUP BY a SETTINGS max_groups = 100";
    let (out, summary) = run_both(query, 64, input(csv(5_000)), to_memory);
    assert_eq!(out, "");
    assert!(matches!(
        summary.result,
        Err(PipelineError::Query { error: RunError::GroupsFull { capacity: 100 }, .. })
    ));
    assert_eq!(summary.counters.rows_in, 100);
}

/// Takes some bytes, then fails.
struct Full(usize, io::ErrorKind);

impl io::Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(self.1.into());
        }
        let n = bytes.len().min(self.0);
        self.0 -= n;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_writer_that_fails() {
    let full = |_| Box::new(Full(1_000, io::ErrorKind::StorageFull)) as output::Bytes;
    let (_, summary) = run_both("SELECT a FROM s", 64, input(csv(500_000)), full);
    assert!(matches!(summary.result, Err(PipelineError::Write(_))));
    assert!(summary.counters.rows_in < 500_000);
    let closed = |_| Box::new(Full(1_000, io::ErrorKind::BrokenPipe)) as output::Bytes;
    let (_, summary) = run_both("SELECT a FROM s", 64, input(csv(500_000)), closed);
    assert_eq!(summary.result.unwrap(), Ending::Closed);
    // The failure can also come when all that is left is to flush.
    let (_, summary) = run_both("SELECT COUNT(*) AS n FROM s", 64, input(csv(5)), |_| {
        Box::new(Full(0, io::ErrorKind::StorageFull))
    });
    assert!(matches!(summary.result, Err(PipelineError::Write(_))));
}

/// Sets a flag once so much was read, and then waits for ever.
struct Endless(Arc<AtomicBool>, usize);

impl Read for Endless {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        if self.1 == 0 {
            self.0.store(true, Ordering::Relaxed);
            loop {
                std::thread::park();
            }
        }
        self.1 -= 1;
        room[..4].copy_from_slice(b"1,2\n");
        Ok(4)
    }
}

#[test]
fn it_can_be_stopped_while_the_reader_waits() {
    let program = compile("SELECT a FROM s", 64);
    let plan = program.queries[0].plan();
    let options = Options::default();
    let text = "a,b\n".as_bytes().chain(Endless(Arc::clone(&options.stop), 100));
    let schema = program.streams[0].schema().into();
    let reader =
        input::reader(input::Format::Csv, "s", Box::new(text), schema, ReadOptions::default());
    let shared = Shared::default();
    let schema = plan.output(OutputId(0)).into();
    let writer = output::writer(output::Format::Csv, Box::new(shared.clone()), schema);
    let summary = run(&plan, reader, writer, &options);
    assert_eq!(summary.result.unwrap(), Ending::Stopped);
    let rows = shared.text().lines().skip(1).count() as u64;
    assert_eq!(rows, summary.counters.rows_out);
    assert!(shared.text().ends_with('\n'));
}

#[test]
fn times_add_up() {
    let program = compile("SELECT a FROM s", 64);
    let plan = program.queries[0].plan();
    for single_thread in [true, false] {
        let schema = program.streams[0].schema().into();
        let bytes = Box::new(io::Cursor::new(csv(20_000).into_bytes()));
        let options = ReadOptions::default();
        let reader = input::reader(input::Format::Csv, "s", bytes, schema, options);
        let schema = plan.output(OutputId(0)).into();
        let writer = output::writer(output::Format::Csv, Box::new(io::sink()), schema);
        let options = Options { single_thread, ..Options::default() };
        let Times { read, process, write, waiting, framework, wall } =
            run(&plan, reader, writer, &options).times;
        assert!(read > Duration::ZERO && process > Duration::ZERO && write > Duration::ZERO);
        let others = if single_thread { read + write } else { waiting };
        assert_eq!(process + others + framework, wall);
        assert_eq!(waiting > Duration::ZERO, !single_thread);
    }
}
