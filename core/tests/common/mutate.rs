//! Changes a plan's tables at random: any member of any entry.

use ringql_core::plan::aggregates::Info;
use ringql_core::plan::op::{ColumnId, Op, Operand, OperatorId, OutputId, RegisterId};
use ringql_core::plan::{
    Constant, EmitMode, EventTime, OnFull, Operator, Range, TimeSource, WindowShape, WindowTable,
    WindowTime,
};
use ringql_core::schema::Text;
use ringql_core::types::{DataType, Kind};

use super::{Random, Tables};

pub const DATA_TYPES: [DataType; 13] = [
    DataType::Boolean,
    DataType::TinyInt,
    DataType::SmallInt,
    DataType::Integer,
    DataType::BigInt,
    DataType::UTinyInt,
    DataType::USmallInt,
    DataType::UInteger,
    DataType::UBigInt,
    DataType::Real,
    DataType::Double,
    DataType::Timestamp,
    DataType::Varchar(9),
];

const KINDS: [Kind; 12] = [
    Kind::Bool,
    Kind::I8,
    Kind::I16,
    Kind::I32,
    Kind::I64,
    Kind::U8,
    Kind::U16,
    Kind::U32,
    Kind::U64,
    Kind::F32,
    Kind::F64,
    Kind::Text,
];

/// Changes one to three members. In half of the cases offsets are set right again, so that what
/// lies behind those checks is reached.
pub fn tables(t: &mut Tables, random: &mut Random) {
    for _ in 0..=random.below(3) {
        one(t, random);
    }
    if random.one_in(2) {
        *t = std::mem::take(t).seal();
    }
}

fn one(t: &mut Tables, random: &mut Random) {
    match random.below(24) {
        0 => t.batch_rows = u16_near(t.batch_rows, random),
        1 => stream(t, random),
        2 => with(&mut t.outputs, random, |o, random| match random.below(2) {
            0 => text(&mut o.name, random),
            _ => range(&mut o.fields, random),
        }),
        3 | 4 => with(&mut t.fields, random, |f, random| match random.below(4) {
            0 => text(&mut f.name, random),
            1 => data_type(&mut f.data_type, random),
            2 => f.nullable = !f.nullable,
            _ => f.offset = u16_near(f.offset, random),
        }),
        5 => with(&mut t.constants, random, |c, random| {
            *c = Constant(u64_near(c.0, random));
        }),
        6..=8 => with(&mut t.registers, random, |r, random| match random.below(3) {
            0 => data_type(&mut r.data_type, random),
            1 => r.nullable = !r.nullable,
            _ => r.offset = u64_near(r.offset.into(), random) as u32,
        }),
        9..=14 => with(&mut t.instructions, random, |i, random| match random.below(5) {
            0 => i.op = pick(Op::ALL, random),
            1 => i.kind = pick(&KINDS, random),
            2 => i.dst = RegisterId(u16_near(i.dst.0, random)),
            3 => i.a = Operand(u16_near(i.a.0, random)),
            _ => i.b = Operand(u16_near(i.b.0, random)),
        }),
        15..=18 => with(&mut t.operators, random, operator),
        19 | 20 => with(&mut t.aggregates, random, |a, random| match random.below(8) {
            0 => {
                let all: Vec<_> = Info::ALL.iter().map(|info| info.function).collect();
                a.function = pick(&all, random);
            }
            1 => range(&mut a.arguments, random),
            2 => range(&mut a.parameters, random),
            3 => a.capacity = u16_near(a.capacity, random),
            4 => a.distinct = !a.distinct,
            5 => {
                a.filter = match a.filter {
                    Some(_) => None,
                    None => Some(RegisterId(random.below(8) as u16)),
                }
            }
            6 => a.result = RegisterId(u16_near(a.result.0, random)),
            _ => a.state = u64_near(a.state.into(), random) as u32,
        }),
        21 => with(&mut t.lists, random, |r, random| *r = RegisterId(u16_near(r.0, random))),
        22 => {
            let at = random.below(t.texts.len());
            if t.texts.is_char_boundary(at) {
                t.texts.truncate(at);
                t.texts.push('é');
            }
        }
        _ => shape(t, random),
    }
}

/// Removes, repeats or swaps entries.
fn shape(t: &mut Tables, random: &mut Random) {
    fn entries<T: Clone>(v: &mut Vec<T>, random: &mut Random) {
        if v.is_empty() {
            return;
        }
        let (at, other) = (random.below(v.len()), random.below(v.len()));
        match random.below(4) {
            0 => drop(v.remove(at)),
            1 => v.insert(other, v[at].clone()),
            2 => v.push(v[at].clone()),
            _ => v.swap(at, other),
        }
    }
    match random.below(9) {
        0 => entries(&mut t.streams, random),
        1 => entries(&mut t.outputs, random),
        2 => entries(&mut t.fields, random),
        3 => entries(&mut t.constants, random),
        4 => entries(&mut t.registers, random),
        5 => entries(&mut t.instructions, random),
        6 => entries(&mut t.operators, random),
        7 => entries(&mut t.aggregates, random),
        _ => entries(&mut t.lists, random),
    }
}

fn stream(t: &mut Tables, random: &mut Random) {
    with(&mut t.streams, random, |s, random| match random.below(5) {
        0 => text(&mut s.name, random),
        1 => range(&mut s.fields, random),
        2 => s.time = None,
        _ => {
            let time =
                s.time.unwrap_or(EventTime { column: ColumnId(0), delay: 0, punctuation: None });
            s.time = Some(match random.below(3) {
                2 => EventTime {
                    punctuation: Some(ColumnId(u16_near(time.column.0, random))),
                    ..time
                },
                0 => EventTime { column: ColumnId(u16_near(time.column.0, random)), ..time },
                _ => EventTime { delay: i64_near(time.delay, random), ..time },
            });
        }
    });
}

fn operator(operator: &mut Operator, random: &mut Random) {
    match operator {
        Operator::Scan { stream } => stream.0 = u16_near(stream.0, random),
        Operator::Filter { input, program, predicate, state } => match random.below(4) {
            0 => id(input, random),
            1 => range(program, random),
            2 => predicate.0 = u16_near(predicate.0, random),
            _ => *state = u64_near((*state).into(), random) as u32,
        },
        Operator::Window(table) => window(table, random),
        Operator::Sort(table) => match random.below(7) {
            0 => id(&mut table.input, random),
            1 => range(&mut table.keys, random),
            2 => table.descending = u16_near(table.descending, random),
            3 => table.offset = u64_near(table.offset.into(), random) as u32,
            4 => table.limit = u64_near(table.limit.into(), random) as u32,
            5 => table.capacity = u64_near(table.capacity.into(), random) as u32,
            _ => table.state = u64_near(table.state.into(), random) as u32,
        },
        Operator::Aggregate(table) => match random.below(11) {
            0 => id(&mut table.input, random),
            1 => range(&mut table.program, random),
            2 => range(&mut table.keys, random),
            3 => range(&mut table.key_results, random),
            4 => range(&mut table.aggregates, random),
            5 => range(&mut table.window_results, random),
            6 => table.groups = u64_near(table.groups.into(), random) as u32,
            7 => table.on_full = pick(&ON_FULL, random),
            8 => {
                let every = EmitMode::Every(i64_near(1_000_000, random));
                table.emit = pick(&[EmitMode::Final, EmitMode::Changes, every], random);
            }
            9 => table.retract = !table.retract,
            _ => table.state = u64_near(table.state.into(), random) as u32,
        },
        Operator::Project { input, program } => match random.below(2) {
            0 => id(input, random),
            _ => range(program, random),
        },
        Operator::Emit { input, output, columns } => match random.below(3) {
            0 => id(input, random),
            1 => *output = OutputId(u16_near(output.0, random)),
            _ => range(columns, random),
        },
    }
}

const ON_FULL: [OnFull; 4] =
    [OnFull::Error, OnFull::DropNew, OnFull::EvictOldest, OnFull::CloseOldest];

fn window(table: &mut WindowTable, random: &mut Random) {
    match random.below(9) {
        0 => id(&mut table.input, random),
        1 => {
            let windows = [WindowTime::Start, WindowTime::End, WindowTime::Last];
            let window = TimeSource::Window(pick(&windows, random));
            let all = [TimeSource::Event, TimeSource::Clock, TimeSource::Rows, window];
            table.time = pick(&all, random);
        }
        2 => table.lateness = i64_near(table.lateness, random),
        3 => table.max_ahead = i64_near(table.max_ahead, random),
        4 => table.idle_timeout = i64_near(table.idle_timeout, random),
        5 => table.late = pick(&[None, Some(OutputId(0)), Some(OutputId(1))], random),
        6 => table.state = u64_near(table.state.into(), random) as u32,
        7 => {
            let (pane, offset) = (i64_near(1_000_000, random), i64_near(0, random));
            let (size, every) = (u16_near(3, random), u16_near(2, random));
            table.shape = pick(
                &[
                    WindowShape::Slide { pane, offset, size, every },
                    WindowShape::Cumulate { pane, offset, steps: size },
                    WindowShape::Session { gap: pane },
                    WindowShape::State {
                        program: Range::EMPTY,
                        begin: RegisterId(size),
                        end: RegisterId(every),
                    },
                ],
                random,
            );
        }
        _ => match &mut table.shape {
            WindowShape::Slide { pane, offset, size, every } => match random.below(4) {
                0 => *pane = i64_near(*pane, random),
                1 => *offset = i64_near(*offset, random),
                2 => *size = u16_near(*size, random),
                _ => *every = u16_near(*every, random),
            },
            WindowShape::Cumulate { pane, offset, steps } => match random.below(3) {
                0 => *pane = i64_near(*pane, random),
                1 => *offset = i64_near(*offset, random),
                _ => *steps = u16_near(*steps, random),
            },
            WindowShape::Session { gap } => *gap = i64_near(*gap, random),
            WindowShape::State { program, begin, end } => match random.below(3) {
                0 => range(program, random),
                1 => begin.0 = u16_near(begin.0, random),
                _ => end.0 = u16_near(end.0, random),
            },
        },
    }
}

fn with<T>(entries: &mut [T], random: &mut Random, change: impl FnOnce(&mut T, &mut Random)) {
    let at = random.below(entries.len());
    if let Some(entry) = entries.get_mut(at) {
        change(entry, random);
    }
}

fn pick<T: Copy>(of: &[T], random: &mut Random) -> T {
    of[random.below(of.len())]
}

fn id(id: &mut OperatorId, random: &mut Random) {
    id.0 = u16_near(id.0, random);
}

fn text(text: &mut Text, random: &mut Random) {
    match random.below(2) {
        0 => text.offset = u16_near(text.offset, random),
        _ => text.len = u16_near(text.len, random),
    }
}

fn range(range: &mut Range, random: &mut Random) {
    match random.below(2) {
        0 => range.start = u16_near(range.start, random),
        _ => range.len = u16_near(range.len, random),
    }
}

fn data_type(data_type: &mut DataType, random: &mut Random) {
    *data_type = match pick(&DATA_TYPES, random) {
        DataType::Varchar(n) => DataType::Varchar(u16_near(n, random)),
        other => other,
    };
}

/// A number close by, small, or anything.
fn u16_near(n: u16, random: &mut Random) -> u16 {
    u64_near(n.into(), random) as u16
}

fn i64_near(n: i64, random: &mut Random) -> i64 {
    u64_near(n.cast_unsigned(), random).cast_signed()
}

fn u64_near(n: u64, random: &mut Random) -> u64 {
    match random.below(8) {
        0 | 1 => n.wrapping_add(1),
        2 => n.wrapping_sub(1),
        3 | 4 => random.below(24) as u64,
        5 => n ^ 1 << random.below(64),
        6 => u64::MAX >> random.below(64),
        _ => random.next() >> random.below(64),
    }
}
