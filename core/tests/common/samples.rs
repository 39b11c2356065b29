//! The sample plans: each kind of operator, most opcodes.

use ringql_core::plan::op::{Op, Operand, OperatorId, OutputId, StreamId};
use ringql_core::plan::{
    AggregateFunction, AggregateTable, EmitMode, OnFull, Operator, Range, TimeSource, WindowShape,
    WindowTable,
};
use ringql_core::types::{DataType, Kind};

use super::{Column, Tables, r};

const NONE: Operand = Operand::NONE;

const SENSORS: [Column<'static>; 5] = [
    ("ts", DataType::Timestamp, false),
    ("device", DataType::UInteger, false),
    ("temp", DataType::Real, false),
    ("humidity", DataType::Real, false),
    ("status", DataType::UTinyInt, false),
];

/// All of them, with names.
pub fn all() -> Vec<(&'static str, Tables)> {
    vec![
        ("filter_project", filter_project()),
        ("global_aggregate", global_aggregate()),
        ("group_having", group_having()),
        ("tumble", tumble()),
        ("texts", texts()),
    ]
}

fn emit(t: &mut Tables, columns: &[ringql_core::plan::op::RegisterId]) {
    let columns = t.list(columns);
    t.operators.push(Operator::Emit { input: t.last(), output: OutputId(0), columns });
}

/// `SELECT device, temp * 1.8 + 32 AS f FROM s WHERE temp > 30.0 AND status <> 3`
pub fn filter_project() -> Tables {
    let mut t = Tables::new(8);
    t.stream("s", &SENSORS, None);
    t.output(&[("device", DataType::UInteger, false), ("f", DataType::Real, false)]);
    t.operators.push(Operator::Scan { stream: StreamId(0) });

    let temp = t.load(2);
    let status = t.load(4);
    let hot = t.register(DataType::Boolean, false);
    let not_3 = t.register(DataType::Boolean, false);
    let both = t.register(DataType::Boolean, false);
    let c30 = t.constant(30f32.to_bits().into());
    let c3 = t.constant(3);
    t.step(Op::Gt, Kind::F32, hot, r(temp), c30);
    t.step(Op::Ne, Kind::U8, not_3, r(status), c3);
    t.step(Op::And, Kind::Bool, both, r(hot), r(not_3));
    let program = t.program(0);
    t.operators.push(Operator::Filter { input: t.last(), program, predicate: both, state: 0 });

    let start = t.instructions.len();
    let device = t.load(1);
    let kept = t.register(DataType::Real, false);
    let scaled = t.register(DataType::Real, false);
    let f = t.register(DataType::Real, false);
    let c18 = t.constant(1.8f32.to_bits().into());
    let c32 = t.constant(32f32.to_bits().into());
    t.step(Op::Gather, Kind::F32, kept, r(temp), NONE);
    t.step(Op::Mul, Kind::F32, scaled, r(kept), c18);
    t.step(Op::Add, Kind::F32, f, r(scaled), c32);
    t.operators.push(Operator::Project { input: t.last(), program: t.program(start) });
    emit(&mut t, &[device, f]);
    t.seal()
}

/// `SELECT COUNT(*), AVG(temp), MIN(humidity), MAX(humidity) FROM s WHERE status = 1`
pub fn global_aggregate() -> Tables {
    let mut t = Tables::new(16);
    t.stream("s", &SENSORS, None);
    t.output(&[
        ("count_star()", DataType::BigInt, false),
        ("avg(temp)", DataType::Double, true),
        ("min(humidity)", DataType::Real, true),
        ("max(humidity)", DataType::Real, true),
    ]);
    t.operators.push(Operator::Scan { stream: StreamId(0) });
    let status = t.load(4);
    let is_1 = t.register(DataType::Boolean, false);
    let c1 = t.constant(1);
    t.step(Op::Eq, Kind::U8, is_1, r(status), c1);
    let program = t.program(0);
    t.operators.push(Operator::Filter { input: t.last(), program, predicate: is_1, state: 0 });

    let start = t.instructions.len();
    let temp = t.load(2);
    let humidity = t.load(3);
    let count = t.register(DataType::BigInt, false);
    let avg = t.register(DataType::Double, true);
    let min = t.register(DataType::Real, true);
    let max = t.register(DataType::Real, true);
    t.aggregate(AggregateFunction::CountAll, None, count);
    t.aggregate(AggregateFunction::Avg, Some(temp), avg);
    t.aggregate(AggregateFunction::Min, Some(humidity), min);
    t.aggregate(AggregateFunction::Max, Some(humidity), max);
    t.operators.push(Operator::Aggregate(AggregateTable {
        input: t.last(),
        program: t.program(start),
        keys: Range::EMPTY,
        key_results: Range::EMPTY,
        aggregates: Range { start: 0, len: 4 },
        window_results: Range::EMPTY,
        groups: 1,
        on_full: OnFull::Error,
        emit: EmitMode::Final,
        retract: false,
        state: 0,
    }));
    emit(&mut t, &[count, avg, min, max]);
    t.seal()
}

/// `SELECT station, SUM(v) AS total, COUNT(v) AS n FROM m GROUP BY station HAVING SUM(v) > 10`
/// (`station` and `v` can be NULL)
pub fn group_having() -> Tables {
    let mut t = Tables::new(7);
    t.stream("m", &[("station", DataType::SmallInt, true), ("v", DataType::Integer, true)], None);
    t.output(&[
        ("station", DataType::SmallInt, true),
        ("total", DataType::BigInt, true),
        ("n", DataType::BigInt, false),
    ]);
    t.operators.push(Operator::Scan { stream: StreamId(0) });
    let station = t.load(0);
    let v = t.load(1);
    let key = t.register(DataType::SmallInt, true);
    let sum = t.register(DataType::BigInt, true);
    let count = t.register(DataType::BigInt, false);
    t.aggregate(AggregateFunction::Sum, Some(v), sum);
    t.aggregate(AggregateFunction::Count, Some(v), count);
    let program = t.program(0);
    let keys = t.list(&[station]);
    let key_results = t.list(&[key]);
    t.operators.push(Operator::Aggregate(AggregateTable {
        input: OperatorId(0),
        program,
        keys,
        key_results,
        aggregates: Range { start: 0, len: 2 },
        window_results: Range::EMPTY,
        groups: 5,
        on_full: OnFull::DropNew,
        emit: EmitMode::Final,
        retract: false,
        state: 0,
    }));

    let start = t.instructions.len();
    let large = t.register(DataType::Boolean, true);
    let c10 = t.constant(10);
    t.step(Op::Gt, Kind::I64, large, r(sum), c10);
    let program = t.program(start);
    t.operators.push(Operator::Filter { input: t.last(), program, predicate: large, state: 0 });

    let start = t.instructions.len();
    let station = t.register(DataType::SmallInt, true);
    let total = t.register(DataType::BigInt, true);
    let n = t.register(DataType::BigInt, false);
    t.step(Op::Gather, Kind::I16, station, r(key), NONE);
    t.step(Op::Gather, Kind::I64, total, r(sum), NONE);
    t.step(Op::Gather, Kind::I64, n, r(count), NONE);
    t.operators.push(Operator::Project { input: t.last(), program: t.program(start) });
    emit(&mut t, &[station, total, n]);
    t.seal()
}

/// Q4: `SELECT window_start, device, COUNT(*), AVG(temp), MAX(temp)
/// FROM TUMBLE(s, ts, INTERVAL '1' SECOND) GROUP BY window_start, window_end, device`
/// with a watermark 2.5 seconds behind.
pub fn tumble() -> Tables {
    let mut t = Tables::new(16);
    t.stream("s", &SENSORS, Some((0, 2_500_000)));
    t.output(&[
        ("window_start", DataType::Timestamp, false),
        ("device", DataType::UInteger, false),
        ("count_star()", DataType::BigInt, false),
        ("avg(temp)", DataType::Double, false),
        ("max(temp)", DataType::Real, false),
    ]);
    t.operators.push(Operator::Scan { stream: StreamId(0) });
    t.operators.push(Operator::Window(WindowTable {
        input: t.last(),
        time: TimeSource::Event,
        shape: WindowShape::Slide { pane: 1_000_000, offset: 0, size: 1, every: 1 },
        lateness: 0,
        max_ahead: 0,
        idle_timeout: 0,
        late: None,
        state: 0,
    }));
    let device = t.load(1);
    let temp = t.load(2);
    let key = t.register(DataType::UInteger, false);
    let start = t.register(DataType::Timestamp, false);
    let end = t.register(DataType::Timestamp, false);
    let count = t.register(DataType::BigInt, false);
    let avg = t.register(DataType::Double, false);
    let max = t.register(DataType::Real, false);
    t.aggregate(AggregateFunction::CountAll, None, count);
    t.aggregate(AggregateFunction::Avg, Some(temp), avg);
    t.aggregate(AggregateFunction::Max, Some(temp), max);
    let keys = t.list(&[device]);
    let key_results = t.list(&[key]);
    let window_results = t.list(&[start, end]);
    t.operators.push(Operator::Aggregate(AggregateTable {
        input: t.last(),
        program: t.program(0),
        keys,
        key_results,
        aggregates: Range { start: 0, len: 3 },
        window_results,
        groups: 6,
        on_full: OnFull::Error,
        emit: EmitMode::Final,
        retract: false,
        state: 0,
    }));
    emit(&mut t, &[start, key, count, avg, max]);
    t.seal()
}

/// Texts, CASE, COALESCE, NULLIF, CAST, IS NULL, integers that overflow:
/// `SELECT COALESCE(name, 'nobody'), CASE WHEN n > 5 THEN 'many' ELSE name END,
/// CAST(n AS VARCHAR(11)), CAST(name AS INTEGER) + n, NULLIF(n, 0) IS NULL, -(n % 7), on, at
/// FROM t WHERE name <> 'x' OR name IS NULL`
pub fn texts() -> Tables {
    let mut t = Tables::new(5);
    let columns = [
        ("name", DataType::Varchar(9), true),
        ("n", DataType::Integer, false),
        ("on", DataType::Boolean, true),
        ("at", DataType::Timestamp, false),
    ];
    t.stream("t", &columns, Some((3, 0)));
    t.output(&[
        ("name", DataType::Varchar(9), false),
        ("case", DataType::Varchar(12), true),
        ("digits", DataType::Varchar(11), false),
        ("sum", DataType::Integer, true),
        ("zero", DataType::Boolean, false),
        ("rest", DataType::Integer, true),
        ("on", DataType::Boolean, true),
        ("day", DataType::Timestamp, true),
    ]);
    t.operators.push(Operator::Scan { stream: StreamId(0) });
    let name = t.load(0);
    let not_x = t.register(DataType::Boolean, true);
    let missing = t.register(DataType::Boolean, false);
    let either = t.register(DataType::Boolean, true);
    let x = t.text_constant("x");
    t.step(Op::Ne, Kind::Text, not_x, r(name), x);
    t.step(Op::IsNull, Kind::Text, missing, r(name), NONE);
    t.step(Op::Or, Kind::Bool, either, r(not_x), r(missing));
    let program = t.program(0);
    t.operators.push(Operator::Filter { input: t.last(), program, predicate: either, state: 0 });

    let start = t.instructions.len();
    let kept = t.register(DataType::Varchar(9), true);
    t.step(Op::Gather, Kind::Text, kept, r(name), NONE);
    let named = t.register(DataType::Varchar(9), false);
    let nobody = t.text_constant("nobody");
    t.step(Op::Coalesce, Kind::Text, named, r(kept), nobody);

    let n = t.load(1);
    let many = t.register(DataType::Boolean, false);
    let case = t.register(DataType::Varchar(12), true);
    let (c5, many_text) = (t.constant(5), t.text_constant("many"));
    t.step(Op::Gt, Kind::I32, many, r(n), c5);
    t.step(Op::Copy, Kind::Text, case, r(kept), NONE);
    t.step(Op::Blend, Kind::Text, case, r(many), many_text);

    let digits = t.register(DataType::Varchar(11), false);
    t.step(Op::Cast, Kind::I32, digits, r(n), NONE);
    let number = t.register(DataType::Integer, true);
    let sum = t.register(DataType::Integer, true);
    let few = t.register(DataType::Boolean, false);
    t.step(Op::Not, Kind::Bool, few, r(many), NONE);
    t.step(Op::Guard, Kind::Bool, ringql_core::plan::op::RegisterId(0), r(few), NONE);
    t.step(Op::Cast, Kind::Text, number, r(kept), NONE);
    t.step(Op::Add, Kind::I32, sum, r(number), r(n));
    t.step(Op::Unguard, Kind::Bool, ringql_core::plan::op::RegisterId(0), NONE, NONE);

    let is_0 = t.register(DataType::Boolean, false);
    let unless_0 = t.register(DataType::Integer, true);
    let zero = t.register(DataType::Boolean, false);
    let c0 = t.constant(0);
    t.step(Op::Eq, Kind::I32, is_0, r(n), c0);
    t.step(Op::NullIf, Kind::I32, unless_0, r(n), r(is_0));
    t.step(Op::IsNull, Kind::I32, zero, r(unless_0), NONE);

    let rest = t.register(DataType::Integer, true);
    let minus = t.register(DataType::Integer, true);
    let c7 = t.constant(7);
    t.step(Op::Mod, Kind::I32, rest, r(n), c7);
    t.step(Op::Neg, Kind::I32, minus, r(rest), NONE);
    let on = t.load(2);
    let at = t.load(3);
    let day = t.register(DataType::Timestamp, true);
    let c_day = t.constant(86_400_000_000);
    t.step(Op::WindowStart, Kind::I64, day, r(at), c_day);
    t.operators.push(Operator::Project { input: t.last(), program: t.program(start) });
    emit(&mut t, &[named, case, digits, sum, zero, minus, on, day]);
    t.seal()
}
