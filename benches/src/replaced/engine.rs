//! What happens to a record: filter, group, fold; groups leave with their window.

use std::collections::HashMap;
use std::sync::Arc;

use super::statement::{Function, Select, Statement};
use super::value::{Fields, Record, Value};

/// A query with what it has folded so far.
#[derive(Debug)]
pub(super) struct Engine {
    statement: Statement,
    groups: HashMap<Vec<String>, Group>,
    /// Start of the open window, microseconds. Records come in order.
    window: i64,
    simd: bool,
}

#[derive(Debug)]
struct Group {
    /// The group's first record: where columns of the key are taken from.
    first: Record,
    accumulators: Vec<Accumulator>,
}

#[derive(Clone, Copy, Debug)]
struct Accumulator {
    count: u64,
    sum: f64,
    min: f64,
    max: f64,
}

const EMPTY: Accumulator =
    Accumulator { count: 0, sum: 0.0, min: f64::INFINITY, max: f64::NEG_INFINITY };

impl Accumulator {
    fn add(&mut self, value: f64) {
        self.count += 1;
        self.sum += value;
        self.min = self.min.min(value);
        self.max = self.max.max(value);
    }

    /// The same of many values, in lanes.
    fn add_all(&mut self, values: &[f64]) {
        const LANES: usize = 8;
        let (mut sums, mut mins, mut maxs) =
            ([0.0; LANES], [f64::INFINITY; LANES], [f64::NEG_INFINITY; LANES]);
        let (lanes, rest) = values.as_chunks::<LANES>();
        for values in lanes {
            for (lane, value) in values.iter().enumerate() {
                sums[lane] += value;
                mins[lane] = if *value < mins[lane] { *value } else { mins[lane] };
                maxs[lane] = if *value > maxs[lane] { *value } else { maxs[lane] };
            }
        }
        self.count += (lanes.len() * LANES) as u64;
        self.sum += sums.iter().sum::<f64>();
        self.min = mins.into_iter().fold(self.min, f64::min);
        self.max = maxs.into_iter().fold(self.max, f64::max);
        rest.iter().for_each(|value| self.add(*value));
    }

    fn result(&self, function: Function) -> Value {
        match function {
            Function::Count => Value::Integer(self.count as i64),
            Function::Avg => Value::Float(self.sum / self.count as f64),
            Function::Min => Value::Float(self.min),
            Function::Max => Value::Float(self.max),
        }
    }
}

impl Engine {
    pub(super) fn new(statement: Statement, simd: bool) -> Self {
        Self { statement, groups: HashMap::new(), window: i64::MIN, simd }
    }

    /// Takes a batch; what results from it goes to `out`.
    pub(super) fn process_all(&mut self, records: &[Record], out: &mut Vec<Record>) {
        if self.simd && self.statement.aggregates() && self.statement.group_by.is_empty() {
            self.fold_in_lanes(records);
        } else {
            records.iter().for_each(|record| self.process(record, out));
        }
    }

    /// Takes a record; what results from it goes to `out`.
    pub(super) fn process(&mut self, record: &Record, out: &mut Vec<Record>) {
        if !self.passes(record) {
            return;
        }
        if !self.statement.aggregates() {
            let column = |(name, select): &(String, Select)| match select {
                Select::Of(expression) => (name.clone(), expression.of(record)),
                _ => unreachable!("only what aggregates has windows"),
            };
            out.push(Arc::new(self.statement.select.iter().map(column).collect()));
            return;
        }
        if let Some(size) = self.statement.window {
            let ts = match record["ts"] {
                Value::Timestamp(ts) => ts,
                _ => unreachable!("times are timestamps"),
            };
            let start = ts - ts.rem_euclid(size);
            if start > self.window {
                self.close(out);
                self.window = start;
            }
        }
        let key = self.statement.group_by.iter().map(|name| record[name].key()).collect();
        let group = self.groups.entry(key).or_insert_with(|| Group {
            first: Arc::clone(record),
            accumulators: vec![EMPTY; self.statement.select.len()],
        });
        for ((_, select), accumulator) in self.statement.select.iter().zip(&mut group.accumulators)
        {
            if let Select::Aggregate(_, expression) = select {
                accumulator.add(expression.of(record).float());
            }
        }
    }

    fn passes(&self, record: &Record) -> bool {
        let filter = self.statement.filter.as_ref();
        filter.is_none_or(|filter| filter.of(record) == Value::Boolean(true))
    }

    fn fold_in_lanes(&mut self, records: &[Record]) {
        let passing: Vec<&Record> = records.iter().filter(|record| self.passes(record)).collect();
        let Some(first) = passing.first() else { return };
        let group = self.groups.entry(Vec::new()).or_insert_with(|| Group {
            first: Arc::clone(first),
            accumulators: vec![EMPTY; self.statement.select.len()],
        });
        for ((_, select), accumulator) in self.statement.select.iter().zip(&mut group.accumulators)
        {
            if let Select::Aggregate(_, expression) = select {
                let values: Vec<f64> =
                    passing.iter().map(|record| expression.of(record).float()).collect();
                accumulator.add_all(&values);
            }
        }
    }

    /// Lets all groups leave.
    pub(super) fn close(&mut self, out: &mut Vec<Record>) {
        for (_, group) in self.groups.drain() {
            let columns = self.statement.select.iter().zip(&group.accumulators);
            let fields: Fields = columns
                .map(|((name, select), accumulator)| {
                    let value = match select {
                        Select::Of(expression) => expression.of(&group.first),
                        Select::WindowStart => Value::Timestamp(self.window),
                        Select::Aggregate(function, _) => accumulator.result(*function),
                    };
                    (name.clone(), value)
                })
                .collect();
            out.push(Arc::new(fields));
        }
    }
}
