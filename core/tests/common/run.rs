//! Runs any plan that `verify` accepts over random records.

use ringql_core::batch::{Batch, ColumnValues};
use ringql_core::error::RunError;
use ringql_core::plan::op::{OutputId, StreamId};
use ringql_core::plan::{EmitMode, Operator, Plan, WindowShape};
use ringql_core::query::{Query, Stop};
use ringql_core::ring::{ColumnSource, RecordSink, RecordSource, Source};
use ringql_core::schema::{Field, Schema};
use ringql_core::types::DataType;

use super::Random;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Finished,
    GroupsFull,
    /// A value failed, and the plan stops then.
    Failed,
    /// The arena is above [`MAX_ARENA`]; it was not run.
    Large,
}

/// What a run may take, bytes.
const MAX_ARENA: usize = 1 << 20;

/// Runs the plan to its end over random records: at once, cut at random, and column by column.
/// Panics if it contradicts itself, does not end, or gives other results for another cut or form.
pub fn run(plan: &Plan<'_>, random: &mut Random) -> Outcome {
    if plan.arena_bytes() > MAX_ARENA {
        return Outcome::Large;
    }
    let schema = plan.input(StreamId(0));
    let record_size = schema.layout().record_size;
    let rows = 1 + random.below(40);
    let records = records(&schema, rows, random);
    let whole = results(plan, rows, random, RecordSource::new(&records, record_size));
    if leaves_by_polls(plan) {
        return whole.0;
    }
    let cuts = Cuts { source: RecordSource::new(&records, record_size), random: Random::new(3) };
    assert_eq!(whole, results(plan, rows, random, cuts), "cut at other rows");
    let columns = columns(&schema, &records);
    let columns: Vec<_> = columns
        .iter()
        .map(|(values, validity)| ColumnValues { values, validity: Some(validity) })
        .collect();
    assert_eq!(whole, results(plan, rows, random, ColumnSource::new(&columns, rows)), "columns");
    whole.0
}

/// Whether rows leave before their windows close, or again after: which do depends on where polls
/// end.
pub fn leaves_by_polls(plan: &Plan<'_>) -> bool {
    plan.operators.iter().any(|operator| match operator {
        Operator::Aggregate(table) => table.emit != EmitMode::Final,
        Operator::Window(table) => table.lateness > 0,
        _ => false,
    })
}

/// How a run ends, and the records that it writes.
fn results(
    plan: &Plan<'_>,
    rows: usize,
    random: &mut Random,
    mut source: impl Source,
) -> (Outcome, Vec<u8>) {
    let size = plan.output(OutputId(0)).layout().record_size;
    let mut block = vec![0xAA; size * (1 + random.below(5))];
    let mut sink = RecordSink::new(&mut block);
    let mut written = Vec::new();
    let bytes = plan.arena_bytes();
    let mut arena = vec![u64::MAX; bytes.div_ceil(8)];
    let arena = bytemuck::cast_slice_mut(&mut arena);
    let mut query = Query::new(plan, &mut arena[..bytes]).expect("the plan is verified");
    query.set_clock(Some(1_700_000_000_000_000));
    let mut idle = 0;
    // A poll reads a row or writes one: rows in, and groups out at most as many and one, in each of
    // the windows that a row can be in.
    let most = (4 * rows + 4).saturating_mul(4 * overlap(plan));
    for _ in 0..most.min(20_000) {
        let polled = query.poll(&mut source, &mut sink);
        written.extend_from_slice(sink.written());
        sink.clear();
        match polled {
            Ok(progress) if progress.stop == Stop::Finished => {
                let counters = query.counters();
                assert_eq!(counters.rows_in, rows as u64);
                assert_eq!(counters.rows_out, (written.len() / size) as u64);
                return (Outcome::Finished, written);
            }
            Ok(progress) => {
                idle = if progress.rows_in + progress.rows_out == 0 { idle + 1 } else { 0 };
                assert!(idle < 4, "polls do nothing");
            }
            Err(RunError::GroupsFull { .. }) => return (Outcome::GroupsFull, written),
            Err(RunError::Failed(_) | RunError::GroupFailed(_)) => {
                return (Outcome::Failed, written);
            }
            Err(error) => panic!("{error}"),
        }
    }
    assert!(most > 20_000, "the query does not end");
    (Outcome::Large, written)
}

/// How many windows a row can be in, over all stages.
fn overlap(plan: &Plan<'_>) -> usize {
    plan.operators.iter().fold(1, |all: usize, operator| {
        let Operator::Window(table) = operator else { return all };
        all.saturating_mul(match table.shape {
            WindowShape::Slide { size, every, .. } => usize::from(size.div_ceil(every.max(1))),
            WindowShape::Cumulate { steps, .. } => steps.into(),
            WindowShape::Session { .. } | WindowShape::State { .. } => 1,
        })
    })
}

/// A source that lends fewer rows than it could.
struct Cuts<'a> {
    source: RecordSource<'a>,
    random: Random,
}

impl Source for Cuts<'_> {
    fn read<R>(
        &mut self,
        max_rows: usize,
        consume: impl FnOnce(Batch<'_>) -> (usize, R),
    ) -> Option<R> {
        self.source.read(1 + self.random.below(max_rows), consume)
    }

    fn is_finished(&self) -> bool {
        self.source.is_finished()
    }
}

/// The records' columns: values, and a validity bitmap.
fn columns(schema: &Schema<'_>, records: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let layout = schema.layout();
    let column = |(i, field): (usize, &Field)| {
        let at = usize::from(field.offset);
        let (mut values, mut validity) = (Vec::new(), vec![0; records.len() / 8 + 1]);
        for (row, record) in records.chunks_exact(layout.record_size).enumerate() {
            values.extend_from_slice(&record[at..at + field.data_type.size()]);
            let valid = layout.validity.is_none_or(|at| record[at + i / 8] >> (i % 8) & 1 != 0);
            validity[row / 8] |= u8::from(valid) << (row % 8);
        }
        (values, validity)
    };
    schema.fields.iter().enumerate().map(column).collect()
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
            // Of types of more than 8 bytes any bytes will do.
            for (byte, v) in value.iter_mut().zip(v.to_le_bytes().into_iter().cycle()) {
                *byte = v;
            }
        }
    }
}
