//! Runs any plan that `verify` accepts over random records.

use ringql_core::error::RunError;
use ringql_core::plan::Plan;
use ringql_core::plan::op::{OutputId, StreamId};
use ringql_core::query::{Query, Stop};
use ringql_core::ring::{RecordSink, RecordSource};
use ringql_core::schema::Schema;
use ringql_core::types::DataType;

use super::Random;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Finished,
    GroupsFull,
    /// The arena is above [`MAX_ARENA`]; it was not run.
    Large,
}

/// What a run may take, bytes.
const MAX_ARENA: usize = 1 << 20;

/// Runs the plan to its end. Panics if it contradicts itself or does not end.
pub fn run(plan: &Plan<'_>, random: &mut Random) -> Outcome {
    let bytes = plan.arena_bytes();
    if bytes > MAX_ARENA {
        return Outcome::Large;
    }
    let schema = plan.input(StreamId(0));
    let record_size = schema.layout().record_size;
    let rows = 1 + random.below(40);
    let records = records(&schema, rows, random);
    let mut source = RecordSource::new(&records, record_size);
    let size = plan.output(OutputId(0)).layout().record_size;
    let mut block = vec![0xAA; size * (1 + random.below(5))];
    let mut sink = RecordSink::new(&mut block);
    let mut arena = vec![u64::MAX; bytes.div_ceil(8)];
    let arena = bytemuck::cast_slice_mut(&mut arena);
    let mut query = Query::new(plan, &mut arena[..bytes]).expect("the plan is verified");
    // A poll reads a row or writes one: rows in, and groups out at most as many and one.
    for _ in 0..4 * rows + 4 {
        match query.poll(&mut source, &mut sink) {
            Ok(progress) => match progress.stop {
                Stop::Finished => {
                    assert_eq!(query.counters().rows_in, rows as u64);
                    return Outcome::Finished;
                }
                Stop::SinkFull => sink.clear(),
                Stop::WantsInput => {}
            },
            Err(RunError::GroupsFull { .. }) => return Outcome::GroupsFull,
            Err(error) => panic!("{error}"),
        }
    }
    panic!("the query does not end");
}

/// Records of plausible values, extreme ones, and bytes that are nothing valid.
pub fn records(schema: &Schema<'_>, rows: usize, random: &mut Random) -> Vec<u8> {
    let layout = schema.layout();
    let mut records = vec![0; layout.record_size * rows];
    let mut now = 1_000_000_000_000_000_i64;
    for record in records.chunks_exact_mut(layout.record_size) {
        for byte in record.iter_mut() {
            *byte = random.next() as u8;
        }
        now += random.below(700_000) as i64;
        for field in schema.fields {
            let at = usize::from(field.offset);
            let value = &mut record[at..at + field.data_type.size()];
            if random.one_in(10) {
                continue; // leave any bytes
            }
            value_of(field.data_type, value, now, random);
        }
    }
    records
}

fn value_of(data_type: DataType, value: &mut [u8], now: i64, random: &mut Random) {
    let small = random.below(9) as i64;
    let extreme = random.one_in(8);
    match data_type {
        DataType::Varchar(n) => {
            let text = ["", "x", "17", "-4", "3000000000", "über", "2024-01-01", "true"];
            let text = text[random.below(text.len())].as_bytes();
            let text = &text[..text.len().min(n.into())];
            value[..2].copy_from_slice(&(text.len() as u16).to_le_bytes());
            value[2..2 + text.len()].copy_from_slice(text);
        }
        DataType::Boolean => value[0] = random.below(2) as u8,
        DataType::Real => {
            let v = if extreme { f32::NAN } else { small as f32 * 4.5 };
            value.copy_from_slice(&v.to_le_bytes());
        }
        DataType::Double => {
            let v = if extreme { f64::MAX } else { small as f64 * 1e9 };
            value.copy_from_slice(&v.to_le_bytes());
        }
        DataType::Timestamp => {
            let far = [i64::MIN, i64::MAX, 1 << 62, -(1 << 62), 0, (1 << 62) + 1];
            let late = random.below(4_000_000) as i64;
            let v = if random.one_in(30) { far[random.below(far.len())] } else { now - late };
            value.copy_from_slice(&v.to_le_bytes());
        }
        _ => {
            let v = if extreme { i64::MAX << random.below(63) } else { small };
            value.copy_from_slice(&v.to_le_bytes()[..value.len()]);
        }
    }
}
