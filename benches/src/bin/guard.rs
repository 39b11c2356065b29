//! What `cargo xtask bench --guard` counts the instructions of, under valgrind: one piece of work
//! by its name. Only what [`measured`] calls counts.
//!
//!     guard list
//!     guard cpu
//!     guard NAME

use std::env;
use std::hint::black_box;

use ringql_benches::columns::Columns;
use ringql_benches::data::{Reading, readings};
use ringql_benches::queries::{self, STREAM};
use ringql_benches::run::{CountingSink, arena, plan, run, run_from};
use ringql_core::function::ALL;
use ringql_core::plan::wire::{self, HostPlan};
use ringql_core::ring::ColumnSource;
use ringql_core::sql::{Options, compile};

const ROWS: usize = 200_000;

/// A name, the query, and what is done with it.
type Work = (&'static str, &'static str, fn(&str));

const WORK: [Work; 14] = [
    ("Q1", queries::Q1, |sql| records(sql, 1024)),
    ("Q1 B=32", queries::Q1, |sql| records(sql, 32)),
    ("Q1 B=1", queries::Q1, |sql| records(sql, 1)),
    ("Q2", queries::Q2, |sql| records(sql, 1024)),
    ("Q3", queries::Q3, |sql| records(sql, 1024)),
    ("Q4", queries::Q4, |sql| records(sql, 1024)),
    ("Q5", queries::Q5, |sql| records(sql, 1024)),
    ("Q1 columnar", queries::Q1, columnar),
    ("Q2 columnar", queries::Q2, columnar),
    ("Q3 columnar", queries::Q3, columnar),
    ("Q4 columnar", queries::Q4, columnar),
    ("Q5 columnar", queries::Q5, columnar),
    ("Q4 SQL to plan", queries::Q4, to_plan),
    ("Q4 decode and verify", queries::Q4, decode),
];

fn main() {
    let name = env::args().nth(1).unwrap_or_default();
    match &*name {
        "list" => WORK.iter().for_each(|(name, ..)| println!("{name}")),
        "cpu" => println!("{}", cpu()),
        _ => {
            let found = WORK.iter().find(|(known, ..)| *known == name);
            let (_, sql, work) = found.unwrap_or_else(|| panic!("no work {name:?}"));
            work(sql);
        }
    }
}

/// What decides which loops `ringql-core` chooses at run time.
fn cpu() -> String {
    #[cfg(target_arch = "x86_64")]
    let widest = [
        ("avx512", is_x86_feature_detected!("avx512f")),
        ("avx2", is_x86_feature_detected!("avx2")),
        ("sse2", true),
    ];
    #[cfg(not(target_arch = "x86_64"))]
    let widest = [("baseline", true)];
    let found = widest.iter().find(|(_, has)| *has).map_or("", |(name, _)| name);
    format!("{} {found}", env::consts::ARCH)
}

/// The counter is on while this runs.
#[inline(never)]
fn measured(work: &mut dyn FnMut()) {
    work();
}

fn records(sql: &str, batch_rows: u16) {
    let rows = readings(ROWS);
    let plan = plan(sql, batch_rows);
    let mut arena = arena(&plan);
    let mut sink = CountingSink::default();
    let records = bytemuck::cast_slice(black_box(&rows));
    measured(&mut || {
        run(&plan, &mut arena, records, size_of::<Reading>(), &mut sink);
    });
    assert!(sink.rows > 0, "no results");
}

fn columnar(sql: &str) {
    let columns = Columns::from(&*readings(ROWS));
    let values = columns.values();
    let plan = plan(sql, 1024);
    let mut arena = arena(&plan);
    let mut sink = CountingSink::default();
    measured(&mut || {
        run_from(&plan, &mut arena, ColumnSource::new(&values, ROWS), &mut sink);
    });
    assert!(sink.rows > 0, "no results");
}

fn to_plan(sql: &str) {
    let sql = format!("{STREAM}{sql}");
    measured(&mut || {
        let program = compile(black_box(&sql), &Options::default());
        assert!(black_box(program).is_ok(), "it compiles");
    });
}

fn decode(sql: &str) {
    let plan = plan(sql, 1024);
    let bytes = wire::to_vec(&plan.plan()).expect("it can be encoded");
    let mut tables = Box::new(HostPlan::new());
    measured(&mut || {
        assert!(black_box(&mut tables).load(black_box(&bytes), &ALL).is_ok(), "it is valid");
    });
}
