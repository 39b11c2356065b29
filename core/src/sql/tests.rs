//! What queries become: instructions, registers, operators.

mod expressions;
mod views;
mod windows;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{CompileErrorKind, Options, OwnedPlan, compile};
use crate::plan::op::{Op, Operand, Source, Takes};
use crate::plan::verify::verify;
use crate::plan::{AggregateFunction, Operator, TimeSource, WindowShape};
use crate::types::DataType;

const S: &str = "CREATE STREAM s (ts TIMESTAMP, device INTEGER UNSIGNED NOT NULL, \
    temp REAL NOT NULL, humidity REAL NOT NULL, status TINYINT UNSIGNED NOT NULL, \
    n INTEGER, name VARCHAR(8), ok BOOLEAN, WATERMARK FOR ts AS ts - INTERVAL '2' SECOND);\n";

fn plan(sql: &str) -> OwnedPlan {
    let text = format!("{S}{sql}");
    let mut program = compile(&text, &Options::default())
        .unwrap_or_else(|e| panic!("{}", e.render(&text, "test")));
    let owned = program.queries.remove(0);
    verify(&owned.plan(), &crate::function::ALL)
        .unwrap_or_else(|e| panic!("{e}\n{}", dump(&owned)));
    owned
}

/// The plan of an expression over `s`.
fn expression(x: &str) -> OwnedPlan {
    plan(&format!("SELECT {x} FROM s"))
}

/// The instructions, one a line.
fn dump(owned: &OwnedPlan) -> String {
    let plan = owned.plan();
    let operand = |takes: Takes, x: Operand| match (takes, x.source()) {
        (Takes::Nothing, _) => String::new(),
        (Takes::Column, _) => {
            format!(" {}", plan.input(crate::plan::op::StreamId(0)).name(x.0.into()))
        }
        (_, Source::Register(r)) => format!(" r{}", r.0),
        (_, Source::Constant(c)) => format!(" {:#x}", plan.constants[c.index()].0),
    };
    let mut text = String::new();
    for operator in plan.operators {
        let (program, also) = match operator {
            Operator::Filter { program, predicate, .. } => (*program, format!(" r{}", predicate.0)),
            Operator::Project { program, .. } => (*program, String::new()),
            Operator::Aggregate(table) => (table.program, String::new()),
            _ => continue,
        };
        for step in program.of(plan.instructions) {
            let info = step.op.info();
            let (a, b) = (operand(info.a, step.a), operand(info.b, step.b));
            text += &match step.op {
                Op::Guard | Op::Unguard => format!("{}{a}\n", info.name),
                _ => format!("r{} = {}{a}{b}\n", step.dst.0, info.name),
            };
        }
        text += &format!("{}{also}\n", operator.name());
    }
    text
}

fn ops(owned: &OwnedPlan) -> Vec<Op> {
    owned.plan().instructions.iter().map(|i| i.op).collect()
}

fn count(owned: &OwnedPlan, op: Op) -> usize {
    ops(owned).into_iter().filter(|o| *o == op).count()
}

fn operators(owned: &OwnedPlan) -> Vec<&'static str> {
    owned.plan().operators.iter().map(Operator::name).collect()
}

#[test]
fn filter_and_project() {
    let q1 = plan("SELECT device, temp * 1.8 + 32 AS f FROM s WHERE temp > 30.0 AND status <> 3");
    assert_eq!(
        dump(&q1),
        "r0 = load temp\n\
         r1 = gt r0 0x41f00000\n\
         r2 = load status\n\
         r3 = ne r2 0x3\n\
         r4 = and r1 r3\n\
         filter r4\n\
         r5 = load device\n\
         r0 = load temp\n\
         r6 = mul r0 0x3fe66666\n\
         r0 = add r6 0x42000000\n\
         project\n"
    );
    assert_eq!(operators(&q1), ["scan", "filter", "project", "emit"]);
}

#[test]
fn aggregates() {
    let q2 =
        plan("SELECT COUNT(*), AVG(temp), MIN(humidity), MAX(humidity) FROM s WHERE status = 1");
    assert_eq!(operators(&q2), ["scan", "filter", "aggregate", "emit"]);
    assert_eq!(count(&q2, Op::Load), 3);
    let q3 = plan("SELECT device, COUNT(*), AVG(temp), MAX(temp) FROM s GROUP BY device");
    assert_eq!(ops(&q3), [Op::Load, Op::Load]);
    // A result takes the register of an argument that is not read any more.
    assert_eq!(q3.plan().registers.len(), 4);
    let q4 = plan(
        "SELECT window_start, device, COUNT(*), AVG(temp), MAX(temp) FROM \
         TUMBLE(s, ts, INTERVAL '1' SECOND) GROUP BY window_start, window_end, device",
    );
    assert_eq!(operators(&q4), ["scan", "window", "aggregate", "emit"]);
    let Operator::Window(window) = q4.plan().operators[1] else { panic!() };
    let shape = WindowShape::Slide { pane: 1_000_000, offset: 0, size: 1, every: 1 };
    assert_eq!((window.time, window.shape), (TimeSource::Event, shape));
    let Operator::Aggregate(table) = q4.plan().operators[2] else { panic!() };
    assert_eq!((table.keys.len, table.groups), (1, 1024));
}

#[test]
fn flink_spelling_is_the_same() {
    let ours = plan("SELECT COUNT(*) FROM TUMBLE(s, ts, INTERVAL '1' DAY) GROUP BY window_end");
    let flinks = plan(
        "SELECT COUNT(*) FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '1' DAY)) \
         GROUP BY window_end EMIT FINAL",
    );
    assert_eq!(ours, flinks);
}

#[test]
fn aggregates_share_states() {
    let twice = plan(
        "SELECT SUM(n), SUM(n) + 1, COUNT(*), COUNT(device), COUNT(n) FROM s HAVING SUM(n) > 1",
    );
    let functions: Vec<_> = twice.plan().aggregates.iter().map(|a| a.function).collect();
    use AggregateFunction::{Count, CountAll, Sum};
    assert_eq!(functions, [Sum, CountAll, Count]); // COUNT(device): it is never NULL
}

/// What is made of keys stays made of keys: no simplification goes back to what they are made of.
#[test]
fn keys_stay_keys() {
    for (key, x) in [
        ("NOT ok", "NOT (NOT ok)"),
        ("n + 1", "(n + 1) * 2 + (n + 1)"),
        ("CAST(n AS BIGINT)", "CAST(CAST(n AS BIGINT) AS INTEGER)"),
        ("n IS NULL", "(n IS NULL) IS NOT TRUE"),
        ("-n", "-(-n)"),
        ("n > 1", "CASE WHEN n > 1 THEN n > 1 ELSE NOT (n > 1) END"),
        ("COALESCE(n, 1)", "COALESCE(COALESCE(n, 1), 2)"),
        ("n BETWEEN 1 AND 2", "n NOT BETWEEN 1 AND 2"),
        ("n IN (1, 2)", "NOT (n NOT IN (1, 2))"),
    ] {
        plan(&format!("SELECT {x}, COUNT(*) FROM s GROUP BY {key} HAVING {x} IS NOT NULL"));
    }
}

#[test]
fn nothing_stands_twice() {
    let p = plan("SELECT temp * 2, humidity * 2, n * 2, name = 'temp', name FROM s WHERE n <> 2");
    let plan = p.plan();
    let mut constants: Vec<_> = plan.constants.iter().map(|c| c.0).collect();
    constants.sort_unstable();
    constants.dedup();
    assert_eq!(constants.len(), plan.constants.len());
    assert_eq!(plan.texts.matches("temp").count(), 3); // in two names of columns, too
}

#[test]
fn streams_are_defined() {
    let program = compile(
        "CREATE STREAM Sensor (\"Ts\" TIMESTAMP, id SMALLINT UNSIGNED NOT NULL, label TEXT(5), \
         WATERMARK FOR ts AS TS) WITH (SOURCE = 'a.csv', format = 'csv', epoch_unit = 'ms');",
        &Options::default(),
    )
    .unwrap();
    let stream = &program.streams[0];
    assert_eq!((stream.name.as_str(), stream.fields.len()), ("Sensor", 3));
    let types: Vec<_> = stream.fields.iter().map(|f| (f.data_type, f.nullable, f.offset)).collect();
    assert_eq!(
        types,
        [
            (DataType::Timestamp, false, 0),
            (DataType::USmallInt, false, 8),
            (DataType::Varchar(5), true, 10)
        ]
    );
    assert_eq!(stream.schema().name(0), "Ts");
    assert_eq!(stream.time.map(|t| (t.column.0, t.delay)), Some((0, 0)));
    let with: Vec<_> = stream.with.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    assert_eq!(with, [("source", "a.csv"), ("format", "csv"), ("epoch_unit", "ms")]);
}

#[test]
fn settings() {
    let text = format!(
        "{S}SELECT device, COUNT(*) FROM s GROUP BY device SETTINGS max_groups = 64, \
         on_full = 'drop_new', batch_rows = 32; INSERT INTO out SELECT n FROM s;"
    );
    let program = compile(&text, &Options { batch_rows: 0, ..Options::default() }).unwrap();
    let plan = program.queries[0].plan();
    assert_eq!((plan.batch_rows, program.queries[1].plan().batch_rows), (32, 1));
    let Operator::Aggregate(table) = plan.operators[1] else { panic!() };
    assert_eq!((table.groups, table.on_full), (64, crate::plan::OnFull::DropNew));
    assert_eq!(
        program.queries[1].plan().outputs[0].name.of(program.queries[1].plan().texts),
        "out"
    );
}

#[test]
fn error_kinds() {
    let kind = |sql: &str| compile(&format!("{S}{sql}"), &Options::default()).unwrap_err().kind();
    assert_eq!(kind("SELECT FROM s"), CompileErrorKind::Syntax);
    assert_eq!(kind("SELECT n FROM s LIMIT 1"), CompileErrorKind::Unsupported);
    assert_eq!(kind("SELECT x FROM s"), CompileErrorKind::Unknown);
    assert_eq!(kind("CREATE STREAM s (a REAL)"), CompileErrorKind::Ambiguous);
    assert_eq!(kind("SELECT ts + n FROM s"), CompileErrorKind::Type);
    assert_eq!(kind("SELECT 2147483647 + 1 FROM s"), CompileErrorKind::Value);
    assert_eq!(kind("SELECT n, COUNT(*) FROM s"), CompileErrorKind::Grouping);
}

#[test]
fn alias_of_an_interval() {
    for x in ["INTERVAL '5 minutes'", "INTERVAL '00:05'", "INTERVAL '5' MINUTE"] {
        assert_eq!(expression(&format!("{x} a")), expression(&format!("{x} AS a")));
    }
}
