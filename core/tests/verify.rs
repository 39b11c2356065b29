//! `verify`: the samples pass, and each rule refuses what breaks it.
#![allow(missing_docs)]

mod common;

use common::{Tables, r, samples};
use ringql_core::error::{Fault, Table, VerifyError};
use ringql_core::function::ALL;
use ringql_core::plan::op::{
    ColumnId, Instruction, Op, Operand, OperatorId, OutputId, Register, RegisterId, StreamId,
};
use ringql_core::plan::verify::{MAX_GROUPS, MAX_REGISTERS, verify};
use ringql_core::plan::{
    Aggregate, AggregateFunction, AggregateTable, Constant, EventTime, Operator, Range, TimeSource,
    WindowShape, WindowTable, WindowTime,
};
use ringql_core::schema::Text;
use ringql_core::time::LENGTH_LIMIT;
use ringql_core::types::DataType;

#[test]
fn entries_are_of_fixed_size() {
    assert_eq!(size_of::<Instruction>(), 8);
    assert_eq!(size_of::<Register>(), 12);
    assert_eq!(size_of::<Constant>(), 8);
    assert_eq!(size_of::<Aggregate>(), 24);
    assert_eq!(size_of::<AggregateTable>(), 48);
    assert_eq!(size_of::<Operator>(), 64);
    assert_eq!(size_of::<ringql_core::schema::Field>(), 12);
    assert_eq!(size_of::<ringql_core::plan::Stream>(), 24);
    assert_eq!(size_of::<ringql_core::plan::Output>(), 8);
}

#[test]
fn the_samples_are_right() {
    for (name, tables) in samples::all() {
        assert_eq!(verify(&tables.plan(), &ALL), Ok(()), "{name}");
    }
}

/// Changes a sample and expects it to be refused so.
#[track_caller]
fn refused(
    sample: fn() -> Tables,
    change: impl FnOnce(&mut Tables),
    table: Table,
    entry: u16,
    fault: Fault,
) {
    let mut tables = sample();
    change(&mut tables);
    assert_eq!(verify(&tables.plan(), &ALL), Err(VerifyError { table, entry, fault }));
}

/// The same, with all offsets of the arena set right after the change.
#[track_caller]
fn refused_sealed(
    sample: fn() -> Tables,
    change: impl FnOnce(&mut Tables),
    table: Table,
    entry: u16,
    fault: Fault,
) {
    let change_and_seal = |t: &mut Tables| {
        change(t);
        *t = std::mem::take(t).seal();
    };
    refused(sample, change_and_seal, table, entry, fault);
}

/// A change that is still a plan that runs.
#[track_caller]
fn accepted(sample: fn() -> Tables, change: impl FnOnce(&mut Tables)) {
    let mut tables = sample();
    change(&mut tables);
    assert_eq!(verify(&tables.seal().plan(), &ALL), Ok(()));
}

use samples::{filter_project, global_aggregate, group_having, tumble};

#[test]
fn header() {
    for rows in [0, 32_769, u16::MAX] {
        refused(tumble, |t| t.batch_rows = rows, Table::Header, 0, Fault::Capacity);
    }
    accepted(tumble, |t| t.batch_rows = 32_768);
    accepted(tumble, |t| t.batch_rows = 1);
    let register = Register { data_type: DataType::BigInt, nullable: false, offset: 0 };
    let many = |n| move |t: &mut Tables| t.registers.resize(n, register);
    accepted(tumble, many(MAX_REGISTERS));
    refused(tumble, many(MAX_REGISTERS + 1), Table::Registers, 4096, Fault::Count);
    let many = |n| move |t: &mut Tables| t.constants.resize(n, Constant(0));
    accepted(tumble, many(32_768));
    refused(tumble, many(32_769), Table::Constants, 32_768, Fault::Count);
    let long = |n| move |t: &mut Tables| t.texts = "x".repeat(n);
    accepted(tumble, long(65_535));
    refused(tumble, long(65_536), Table::Texts, 65_535, Fault::Count);
}

#[test]
fn streams_and_outputs() {
    refused(tumble, |t| t.streams.clear(), Table::Streams, 0, Fault::Count);
    refused(tumble, |t| t.streams.push(t.streams[0]), Table::Streams, 1, Fault::Count);
    refused(tumble, |t| t.outputs.clear(), Table::Outputs, 0, Fault::Count);
    refused(tumble, |t| t.outputs.push(t.outputs[0]), Table::Outputs, 1, Fault::Order);

    let name = Text { offset: 3, len: 200 };
    refused(tumble, |t| t.streams[0].name = name, Table::Streams, 0, Fault::Index);
    refused(tumble, |t| t.outputs[0].name = name, Table::Outputs, 0, Fault::Index);
    refused(tumble, |t| t.fields[4].name = name, Table::Fields, 4, Fault::Index);
    let half = |t: &mut Tables| {
        t.texts.push('é');
        t.fields[4].name = Text { offset: t.texts.len() as u16 - 1, len: 1 };
    };
    refused(tumble, half, Table::Fields, 4, Fault::Index);

    refused(tumble, |t| t.streams[0].fields.len = 11, Table::Streams, 0, Fault::Index);
    refused(tumble, |t| t.streams[0].fields.start = 1, Table::Streams, 0, Fault::Order);
    refused(tumble, |t| t.outputs[0].fields.start = 4, Table::Outputs, 0, Fault::Order);
    refused(tumble, |t| t.outputs[0].fields.len = 4, Table::Fields, 9, Fault::Count);
    refused(tumble, |t| t.outputs[0].fields = Range::EMPTY, Table::Outputs, 0, Fault::Capacity);

    refused(tumble, |t| t.fields[3].offset = 17, Table::Fields, 3, Fault::Offset);
    let varchar = |n| move |t: &mut Tables| t.fields[4].data_type = DataType::Varchar(n);
    refused(tumble, varchar(0), Table::Fields, 4, Fault::Capacity);
    refused(tumble, varchar(4097), Table::Fields, 4, Fault::Capacity);
    accepted(tumble, varchar(4096));
    let wide = |t: &mut Tables| {
        let wide = ["a"; 16].map(|name| (name, DataType::Varchar(4096), false));
        *t = Tables::new(1);
        t.stream("s", &wide, None);
        t.output(&[("a", DataType::BigInt, false)]);
    };
    refused(tumble, wide, Table::Streams, 0, Fault::Capacity);

    let time = |column, delay| {
        move |t: &mut Tables| {
            t.streams[0].time =
                Some(EventTime { column: ColumnId(column), delay, punctuation: None });
        }
    };
    refused(tumble, time(5, 0), Table::Streams, 0, Fault::Index);
    refused(tumble, time(1, 0), Table::Streams, 0, Fault::Type);
    refused(tumble, time(0, -1), Table::Streams, 0, Fault::Capacity);
    refused(tumble, time(0, LENGTH_LIMIT + 1), Table::Streams, 0, Fault::Capacity);
    refused(tumble, |t| t.fields[0].nullable = true, Table::Streams, 0, Fault::Nullability);
}

#[test]
fn registers_and_arena() {
    let varchar = |t: &mut Tables| t.registers[0].data_type = DataType::Varchar(0);
    refused(filter_project, varchar, Table::Registers, 0, Fault::Capacity);
    refused(filter_project, |t| t.registers[3].offset += 8, Table::Registers, 3, Fault::Offset);
    let state = |t: &mut Tables| t.operators[1].set_state(0);
    refused(filter_project, state, Table::Operators, 1, Fault::Offset);
    refused(tumble, |t| t.aggregates[2].state += 1, Table::Aggregates, 2, Fault::Offset);
    // 255 windows of 16 million groups: more than 4 GiB.
    let huge = |t: &mut Tables| {
        aggregate(t).groups = MAX_GROUPS;
        t.streams[0].time = Some(EventTime { column: ColumnId(0), delay: 254, punctuation: None });
        window(t).shape = slide(1, 1, 1);
    };
    refused(tumble, huge, Table::Header, 0, Fault::Capacity);
}

fn aggregate(t: &mut Tables) -> &mut AggregateTable {
    let tables = t.operators.iter_mut().filter_map(|o| match o {
        Operator::Aggregate(table) => Some(table),
        _ => None,
    });
    tables.last().unwrap()
}

fn retarget(t: &mut Tables) {
    for i in 1..t.operators.len() {
        let before = OperatorId(i as u16 - 1);
        match &mut t.operators[i] {
            Operator::Scan { .. } => {}
            Operator::Filter { input, .. }
            | Operator::Project { input, .. }
            | Operator::Emit { input, .. } => *input = before,
            Operator::Window(table) => table.input = before,
            Operator::Aggregate(table) => table.input = before,
            Operator::Sort(table) => table.input = before,
        }
    }
}

fn window(t: &mut Tables) -> &mut WindowTable {
    let Operator::Window(table) = &mut t.operators[1] else { panic!() };
    table
}

const fn slide(pane: i64, size: u16, every: u16) -> WindowShape {
    WindowShape::Slide { pane, offset: 0, size, every }
}

#[test]
fn operators_stand_in_an_order_that_can_run() {
    let ops = Table::Operators;
    refused(tumble, |t| t.operators.clear(), ops, 0, Fault::Count);
    refused(tumble, |t| t.operators.truncate(3), ops, 3, Fault::Count);
    refused(tumble, |t| t.operators.rotate_left(1), ops, 0, Fault::Order);
    let twice = |t: &mut Tables, i: usize| {
        t.operators.insert(i, t.operators[i]);
        retarget(t);
    };
    refused(tumble, |t| twice(t, 0), ops, 1, Fault::Order); // scan
    refused(tumble, |t| twice(t, 1), ops, 2, Fault::Order); // tumble
    refused(tumble, |t| twice(t, 2), ops, 3, Fault::Order); // aggregate
    refused(tumble, |t| twice(t, 3), ops, 4, Fault::Order); // emit
    let without_aggregate = |t: &mut Tables| {
        t.operators.remove(2);
        retarget(t);
    };
    refused(tumble, without_aggregate, ops, 2, Fault::Order);
    let input = |i, of| {
        move |t: &mut Tables| {
            if let Operator::Emit { input, .. } = &mut t.operators[i] {
                *input = OperatorId(of);
            }
        }
    };
    refused(tumble, input(3, 3), ops, 3, Fault::Order);
    refused(tumble, input(3, 1), ops, 3, Fault::Order);
    refused(tumble, input(3, 4), ops, 3, Fault::Index);
    let filter_last = |t: &mut Tables| {
        t.operators.swap(1, 2);
        retarget(t);
    };
    refused(filter_project, filter_last, ops, 1, Fault::Order); // its program comes later
    let scan = |id| move |t: &mut Tables| t.operators[0] = Operator::Scan { stream: StreamId(id) };
    refused(tumble, scan(1), ops, 0, Fault::Index);
}

#[test]
fn programs_and_aggregates_fill_their_tables() {
    let program = |start, len| {
        move |t: &mut Tables| {
            let Operator::Filter { program, .. } = &mut t.operators[1] else { panic!() };
            *program = Range { start, len };
        }
    };
    refused(filter_project, program(1, 4), Table::Operators, 1, Fault::Order);
    refused(filter_project, program(0, 10), Table::Operators, 1, Fault::Index);
    refused(filter_project, program(0, 4), Table::Operators, 1, Fault::Order); // no predicate
    refused(filter_project, program(0, 6), Table::Operators, 2, Fault::Order);
    let more = |t: &mut Tables| t.instructions.push(t.instructions[0]);
    refused(filter_project, more, Table::Instructions, 9, Fault::Count);
    let more = |t: &mut Tables| t.aggregates.push(t.aggregates[0]);
    refused(tumble, more, Table::Aggregates, 3, Fault::Count);
    refused(tumble, |t| aggregate(t).aggregates.start = 1, Table::Operators, 2, Fault::Index);
    refused(tumble, |t| aggregate(t).aggregates.len = 2, Table::Operators, 3, Fault::Order);
}

#[test]
fn filter_tumble_emit() {
    let predicate = |id| {
        move |t: &mut Tables| {
            let Operator::Filter { predicate, .. } = &mut t.operators[1] else { panic!() };
            *predicate = RegisterId(id);
        }
    };
    refused(filter_project, predicate(0), Table::Operators, 1, Fault::Type);
    refused(filter_project, predicate(9), Table::Operators, 1, Fault::Index);
    refused(filter_project, predicate(5), Table::Operators, 1, Fault::Order);

    let shape = |shape| move |t: &mut Tables| window(t).shape = shape;
    let at = Table::Operators;
    refused(tumble, shape(slide(0, 1, 1)), at, 1, Fault::Capacity);
    refused(tumble, shape(slide(-1, 1, 1)), at, 1, Fault::Capacity);
    refused(tumble, shape(slide(1, 0, 1)), at, 1, Fault::Capacity);
    refused(tumble, shape(slide(1, 1, 0)), at, 1, Fault::Capacity);
    refused(tumble, shape(slide(LENGTH_LIMIT + 1, 1, 1)), at, 1, Fault::Capacity);
    accepted(tumble, shape(slide(LENGTH_LIMIT, 1, 1)));
    accepted(tumble, shape(slide(1_000_000, 7, 2)));
    accepted(tumble, shape(slide(1_000_000, 2, 7)));
    refused(tumble, shape(slide(1, 1, 1)), at, 1, Fault::Capacity); // 2,500,001 panes
    let cumulate = |pane, steps| WindowShape::Cumulate { pane, offset: -5, steps };
    accepted(tumble, shape(cumulate(1_000_000, 60)));
    refused(tumble, shape(cumulate(1_000_000, 0)), at, 1, Fault::Capacity);
    accepted(tumble, shape(WindowShape::Session { gap: 1 }));
    refused(tumble, shape(WindowShape::Session { gap: 0 }), at, 1, Fault::Capacity);
    let offset = |offset| WindowShape::Slide { pane: 10_000_000, offset, size: 1, every: 1 };
    accepted(tumble, shape(offset(-LENGTH_LIMIT)));
    refused(tumble, shape(offset(i64::MIN)), at, 1, Fault::Capacity);
    refused(tumble, |t| window(t).lateness = -1, at, 1, Fault::Capacity);
    refused(tumble, |t| window(t).max_ahead = -1, at, 1, Fault::Capacity);
    refused(tumble, |t| window(t).idle_timeout = LENGTH_LIMIT + 1, at, 1, Fault::Capacity);
    refused(tumble, |t| window(t).late = Some(OutputId(0)), at, 1, Fault::Type);
    refused(tumble, |t| window(t).late = Some(OutputId(1)), at, 1, Fault::Index);
    let before = TimeSource::Window(WindowTime::End);
    refused(tumble, |t| window(t).time = before, at, 1, Fault::Order);
    refused(tumble, |t| t.streams[0].time = None, Table::Operators, 1, Fault::Order);

    let columns = |range: Range| {
        move |t: &mut Tables| {
            let Operator::Emit { columns, .. } = t.operators.last_mut().unwrap() else { panic!() };
            *columns = range;
        }
    };
    refused(tumble, columns(Range { start: 4, len: 4 }), Table::Operators, 3, Fault::Count);
    refused(tumble, columns(Range { start: 7, len: 5 }), Table::Operators, 3, Fault::Index);
    refused(tumble, columns(Range { start: 3, len: 5 }), Table::Operators, 3, Fault::Type);
    let not_computed = |t: &mut Tables| *t.lists.last_mut().unwrap() = RegisterId(1);
    refused(tumble, not_computed, Table::Operators, 3, Fault::Order);
    let nullable = |t: &mut Tables| t.registers[5].nullable = true;
    refused_sealed(tumble, nullable, Table::Operators, 3, Fault::Nullability);
    let output = |t: &mut Tables| {
        let Operator::Emit { output, .. } = &mut t.operators[3] else { panic!() };
        *output = OutputId(1);
    };
    refused(tumble, output, Table::Operators, 3, Fault::Index);
}

#[test]
fn aggregate_operator() {
    let at = Table::Operators;
    refused(tumble, |t| aggregate(t).groups = 0, at, 2, Fault::Capacity);
    refused(tumble, |t| aggregate(t).groups = MAX_GROUPS + 1, at, 2, Fault::Capacity);
    refused(global_aggregate, |t| aggregate(t).groups = 2, at, 2, Fault::Capacity);
    refused(tumble, |t| aggregate(t).keys.len = 10, at, 2, Fault::Index);
    refused(tumble, |t| aggregate(t).keys.len = 2, at, 2, Fault::Count);
    refused(tumble, |t| aggregate(t).window_results = Range::EMPTY, at, 2, Fault::Count);
    let window = |t: &mut Tables| aggregate(t).window_results = Range { start: 0, len: 2 };
    refused(group_having, window, at, 1, Fault::Count);
    refused(tumble, |t| t.lists[5] = RegisterId(5), at, 2, Fault::Type);
    refused(tumble, |t| t.lists[5] = RegisterId(3), at, 2, Fault::Order); // start and end in one
    let nullable = |t: &mut Tables| t.registers[4].nullable = true;
    refused_sealed(tumble, nullable, at, 2, Fault::Nullability);
    refused(tumble, |t| t.lists[2] = RegisterId(2), at, 2, Fault::Order);
    refused(tumble, |t| t.lists[3] = RegisterId(5), at, 2, Fault::Type);
    let nullable = |t: &mut Tables| t.registers[2].nullable = true;
    refused_sealed(tumble, nullable, at, 2, Fault::Nullability);
    refused(tumble, |t| t.lists[3] = RegisterId(99), at, 2, Fault::Index);
}

#[test]
fn aggregate_functions() {
    use AggregateFunction::{Avg, Count, CountAll, Max, Min, Sum};
    let at = Table::Aggregates;
    let function = |i: usize, f| move |t: &mut Tables| t.aggregates[i].function = f;
    refused(tumble, |t| t.aggregates[0].arguments.len = 1, at, 0, Fault::Operand);
    refused(tumble, function(1, CountAll), at, 1, Fault::Operand);
    refused(tumble, function(1, Count), at, 1, Fault::Type);
    refused(tumble, function(2, Avg), at, 2, Fault::Type);
    accepted(tumble, function(1, Sum));
    accepted(tumble, function(2, Min));
    refused(tumble, |t| t.lists[0].0 = 77, at, 1, Fault::Index);
    refused(tumble, |t| t.aggregates[1].arguments.start = 77, at, 1, Fault::Index);
    refused(tumble, |t| t.lists[0].0 = 2, at, 1, Fault::Order);
    refused(tumble, |t| t.aggregates[1].result.0 = 77, at, 1, Fault::Index);
    refused(tumble, |t| t.aggregates[1].result.0 = 7, at, 1, Fault::Type);
    let one_result_for_two = |t: &mut Tables| {
        t.aggregates[2] = t.aggregates[1];
        t.fields[9].data_type = DataType::Double;
    };
    refused(tumble, one_result_for_two, Table::Operators, 2, Fault::Order);

    // A sum of integers can overflow, and a query without groups can have no rows.
    let not_null = |i: usize| move |t: &mut Tables| t.registers[i].nullable = false;
    refused_sealed(group_having, not_null(3), at, 0, Fault::Nullability);
    for (register, aggregate) in [(5, 1), (6, 2), (7, 3)] {
        refused_sealed(global_aggregate, not_null(register), at, aggregate, Fault::Nullability);
    }
    assert_eq!(Max.result_type(DataType::Boolean, 0), Some(DataType::Boolean));
    assert_eq!(Min.result_type(DataType::Timestamp, 0), Some(DataType::Timestamp));
    assert_eq!(Avg.result_type(DataType::Boolean, 0), None);
    assert_eq!(Sum.result_type(DataType::Varchar(3), 0), None);
    assert_eq!(Count.result_type(DataType::Varchar(3), 0), Some(DataType::BigInt));
}

/// The second aggregate of `tumble` as another function over a DOUBLE, with these constants.
fn other(function: AggregateFunction, constants: &[u64]) -> impl FnOnce(&mut Tables) {
    move |t: &mut Tables| {
        t.registers[1].data_type = DataType::Double;
        t.fields[2].data_type = DataType::Double; // the column that it is loaded from
        t.fields[2].offset = 16;
        t.fields[3].offset = 24;
        t.fields[4].offset = 28;
        t.instructions[1].kind = ringql_core::types::Kind::F64;
        t.registers[7].data_type = DataType::Double; // MAX(temp)
        t.fields[9].data_type = DataType::Double;
        t.registers[6].nullable = true;
        t.fields[8].nullable = true;
        let aggregate = &mut t.aggregates[1];
        aggregate.function = function;
        aggregate.parameters =
            Range { start: t.constants.len() as u16, len: constants.len() as u16 };
        t.constants.extend(constants.iter().map(|bits| Constant(*bits)));
        *t = std::mem::take(t).seal();
    }
}

#[test]
fn the_parts_of_an_aggregate() {
    use AggregateFunction::{Ewma, QuantileCont, StddevPop, StringAgg, Twa};
    let at = Table::Aggregates;
    let then = |function, constants: &'static [u64], change: fn(&mut Aggregate)| {
        move |t: &mut Tables| {
            other(function, constants)(t);
            change(&mut t.aggregates[1]);
            *t = std::mem::take(t).seal();
        }
    };
    const HALF: &[u64] = &[0.5f64.to_bits()];
    const TWO: &[u64] = &[2f64.to_bits()];
    accepted(tumble, other(StddevPop, &[]));
    accepted(tumble, other(Ewma, HALF));
    accepted(tumble, then(QuantileCont, HALF, |a| a.capacity = 1));
    refused(tumble, other(Ewma, &[]), at, 1, Fault::Operand);
    refused(tumble, other(StddevPop, HALF), at, 1, Fault::Operand);
    refused(tumble, other(Ewma, TWO), at, 1, Fault::Capacity);
    refused(tumble, other(QuantileCont, HALF), at, 1, Fault::Capacity);
    refused(tumble, then(StddevPop, &[], |a| a.capacity = 1), at, 1, Fault::Capacity);
    refused(tumble, then(StddevPop, &[], |a| a.distinct = true), at, 1, Fault::Operand);
    refused(tumble, then(Ewma, HALF, |a| a.parameters.start = 99), at, 1, Fault::Index);
    refused(tumble, then(Twa, &[], |a| a.capacity = 1), at, 1, Fault::Operand);
    // The argument as the time.
    let no_time = then(Twa, &[], |a| (a.capacity, a.arguments.len) = (1, 2));
    refused(tumble, no_time, at, 1, Fault::Type);
    refused(tumble, then(StringAgg, HALF, |a| a.capacity = 1), at, 1, Fault::Type);
    let filter = then(StddevPop, &[], |a| a.filter = Some(RegisterId(0)));
    refused(tumble, filter, at, 1, Fault::Type);
    let filter = then(StddevPop, &[], |a| a.filter = Some(RegisterId(2)));
    refused(tumble, filter, at, 1, Fault::Order);
}

#[test]
fn columns_and_full_registers_are_out_of_reach_behind_an_aggregate() {
    let load = |t: &mut Tables| {
        let step = Instruction { op: Op::Load, a: Operand(0), ..t.instructions[3] };
        t.instructions[3] = step;
    };
    refused(group_having, load, Table::Instructions, 3, Fault::Order);
    let gather = |t: &mut Tables| t.instructions[3].a = r(RegisterId(0));
    refused(group_having, gather, Table::Instructions, 3, Fault::Order);
    // Behind a filter only `gather` reads what was computed before it.
    let copy = |t: &mut Tables| t.instructions[3].op = Op::Copy;
    refused(group_having, copy, Table::Instructions, 3, Fault::Order);
}
