//! One row of the table, measured in a process of its own, as the allocator is one per process.

use std::path::Path;
use std::time::{Duration, Instant};

use super::{Design, Input, Outcome, Reading, run, statement};
use crate::check;
use crate::data::readings;
use crate::queries;
use crate::rings::one_thread;
use crate::run::{CollectingSink, CountingSink, arena, plan};

/// Records of `S` that are measured.
pub const ROWS: usize = 200_000;
/// Runs, of which the best counts.
const RUNS: usize = 3;
/// The same of RingQL, whose runs are short.
const RINGQL_RUNS: usize = 30;

/// What a row of the table changes, and what it keeps of the rows before it.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// What it is called in the table.
    pub name: &'static str,
    /// The design with it.
    pub design: Design,
    /// How RingQL does the same; `None` if it has nothing that this could change.
    pub ringql: Option<Ringql>,
    /// Whether the allocator is mimalloc instead of the system's.
    pub mimalloc: bool,
}

/// How RingQL reads the file.
#[derive(Clone, Copy, Debug)]
pub enum Ringql {
    /// From the file, in batches of so many rows.
    Batches(u16),
    /// The same, through a bounded ring before the query and one behind it.
    Rings(u16),
}

const BASE: Design = Design {
    clones: true,
    bounded: false,
    batch: 100,
    synchronous: false,
    simd: false,
    input: Reading::Read,
};
const UNCLONED: Design = Design { clones: false, ..BASE };
const BOUNDED: Design = Design { bounded: true, ..UNCLONED };
const BATCHED: Design = Design { batch: 1_000, ..BOUNDED };
const SYNCHRONOUS: Design = Design { synchronous: true, ..BATCHED };
const LANES: Design = Design { simd: true, ..SYNCHRONOUS };
const MAPPED: Design = Design { input: Reading::Mapped, ..LANES };
/// In place of mapping.
const RING: Design = Design { input: Reading::Ring, ..LANES };

const fn step(name: &'static str, design: Design, ringql: Option<Ringql>) -> Step {
    Step { name, design, ringql, mimalloc: false }
}

/// The way from the design as it was, each step upon those before (batches go on at 1,000).
pub const STEPS: [Step; 12] = [
    step("as it was, batches of 100", BASE, Some(Ringql::Batches(100))),
    step("clones gone", UNCLONED, None),
    step("bounded channel", BOUNDED, Some(Ringql::Rings(100))),
    step("batches of 1,000", BATCHED, Some(Ringql::Batches(1_000))),
    step("batches of 5,000", Design { batch: 5_000, ..BOUNDED }, Some(Ringql::Batches(5_000))),
    step("batches of 10,000", Design { batch: 10_000, ..BOUNDED }, Some(Ringql::Batches(10_000))),
    step("batches of 20,000", Design { batch: 20_000, ..BOUNDED }, Some(Ringql::Batches(20_000))),
    step("synchronous hot path", SYNCHRONOUS, None),
    Step { mimalloc: true, ..step("mimalloc", SYNCHRONOUS, Some(Ringql::Batches(1_000))) },
    Step { mimalloc: true, ..step("SIMD aggregation", LANES, None) },
    Step { mimalloc: true, ..step("file mapped", MAPPED, Some(Ringql::Batches(1_000))) },
    Step { mimalloc: true, ..step("file through io_uring", RING, Some(Ringql::Batches(1_000))) },
];

/// Measures what the arguments say and prints it: `QUERY STEP FILE`, and seconds of total, read,
/// process, write, then RingQL's total or 0. It prints nothing if the kernel lacks
/// what the step is about.
///
/// # Panics
/// If an argument is wrong, or a result.
pub fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, query, step, file] = &arguments[..] else { panic!("QUERY STEP FILE") };
    let step = STEPS[step.parse::<usize>().expect("a step's number")];
    let file = Path::new(file);
    if step.design.input == Reading::Ring && !Input::has_io_uring() {
        return;
    }
    let expected = check::by_hand(query, &readings(ROWS));

    let go = |keep| {
        let input = Input::open(file, step.design.input, step.design.batch);
        run(step.design, statement(query), input, keep)
    };
    check::same(query, go(true).rows, expected.clone());
    let best = (0..RUNS).map(|_| go(false)).min_by_key(|outcome| outcome.total);
    let Outcome { total, read, process, write, .. } = best.expect("a run");
    let ringql =
        step.ringql.map_or(Duration::ZERO, |how| ringql(query, how, &step, file, expected));
    for duration in [total, read, process, write, ringql] {
        print!("{} ", duration.as_secs_f64());
    }
    println!();
}

fn ringql(
    query: &str,
    how: Ringql,
    step: &Step,
    file: &Path,
    expected: Vec<check::Row>,
) -> Duration {
    let (_, sql) = queries::ALL.into_iter().find(|(name, _)| *name == query).expect("a query");
    let (Ringql::Batches(batch_rows) | Ringql::Rings(batch_rows)) = how;
    let plan = plan(sql, batch_rows);
    let mut arena = arena(&plan);
    let open = || Input::open(file, step.design.input, batch_rows.into());
    let mut sink = CollectingSink::default();
    match how {
        Ringql::Batches(_) => open().run(&plan, &mut arena, &mut sink),
        Ringql::Rings(_) => {
            let records = std::fs::read(file).expect("a file");
            one_thread(&plan, &mut arena, &records, 24, |results| sink.records.extend(results));
        }
    }
    check::same(query, check::decode(&plan.plan(), &sink.records), expected);
    let mut once = || {
        let start = Instant::now();
        match how {
            Ringql::Batches(_) => open().run(&plan, &mut arena, &mut CountingSink::default()),
            Ringql::Rings(_) => {
                let records = std::fs::read(file).expect("a file");
                one_thread(&plan, &mut arena, &records, 24, |results| {
                    _ = std::hint::black_box(results)
                });
            }
        }
        start.elapsed()
    };
    (0..RINGQL_RUNS).map(|_| once()).min().expect("a run")
}
