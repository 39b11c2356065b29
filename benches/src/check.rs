//! Result rows as values, so that what different programs give for one query can be compared.

use ringql_core::plan::Plan;
use ringql_core::plan::op::OutputId;
use ringql_core::record::RecordRef;
use ringql_core::types::DataType;

use crate::data::Reading;
use crate::hand::{self, GroupRow, Q1Row, Q2Row, Q5Row};
use crate::hand_trades::{self, MovingRow, TradeRow, VolumeRow};
use crate::trades::Trade;

/// A value of a result row.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// NULL.
    Null,
    /// Whole numbers and times.
    Int(i64),
    /// REAL and DOUBLE.
    Real(f64),
    /// VARCHAR.
    Text(String),
}

/// A result row.
pub type Row = Vec<Cell>;

/// The rows in a plan's result records.
///
/// # Panics
/// At a column of a type that no reference query has.
#[must_use]
pub fn decode(plan: &Plan<'_>, records: &[u8]) -> Vec<Row> {
    let schema = plan.output(OutputId(0));
    let cell = |record: &RecordRef<'_>, column: usize| {
        let Some(bytes) = record.get(column) else { return Cell::Null };
        let word = || u64::from_le_bytes(bytes.try_into().expect("8 bytes"));
        let half = || u32::from_le_bytes(bytes.try_into().expect("4 bytes"));
        match schema.fields[column].data_type {
            DataType::Timestamp | DataType::BigInt | DataType::UBigInt => Cell::Int(word() as i64),
            DataType::Integer => Cell::Int((half() as i32).into()),
            DataType::UInteger => Cell::Int(half().into()),
            DataType::Real => Cell::Real(f32::from_bits(half()).into()),
            DataType::Double => Cell::Real(f64::from_bits(word())),
            DataType::Varchar(_) => {
                let text = record.text(column).unwrap_or_default();
                Cell::Text(String::from_utf8_lossy(text).into_owned())
            }
            other => panic!("no reference query has a result of {other}"),
        }
    };
    let row = |bytes| {
        let record = RecordRef::new(schema, bytes).expect("a record");
        (0..schema.fields.len()).map(|column| cell(&record, column)).collect()
    };
    records.chunks_exact(schema.layout().record_size).map(row).collect()
}

/// Checks that both are the same rows in any order; reals but for rounding, which depends on the
/// order of additions.
///
/// # Panics
/// If they are not.
pub fn same(what: &str, mut found: Vec<Row>, mut expected: Vec<Row>) {
    assert_eq!(found.len(), expected.len(), "rows of {what}");
    found.sort_by(order);
    expected.sort_by(order);
    for (found, expected) in found.iter().zip(&expected) {
        let equal = |(a, b): (&Cell, &Cell)| match (a, b) {
            (Cell::Real(a), Cell::Real(b)) => (a - b).abs() <= 1e-6 * a.abs().max(b.abs()),
            (a, b) => a == b,
        };
        let all = found.len() == expected.len() && found.iter().zip(expected).all(equal);
        assert!(all, "{what}: {found:?} instead of {expected:?}");
    }
}

fn order(a: &Row, b: &Row) -> std::cmp::Ordering {
    let rank = |cell: &Cell| match cell {
        Cell::Null => 0,
        Cell::Int(_) => 1,
        Cell::Real(_) => 2,
        Cell::Text(_) => 3,
    };
    let mut cells = a.iter().zip(b).map(|(a, b)| match (a, b) {
        (Cell::Int(a), Cell::Int(b)) => a.cmp(b),
        (Cell::Real(a), Cell::Real(b)) => a.total_cmp(b),
        (Cell::Text(a), Cell::Text(b)) => a.cmp(b),
        (a, b) => rank(a).cmp(&rank(b)),
    });
    cells.find(|order| order.is_ne()).unwrap_or_else(|| a.len().cmp(&b.len()))
}

/// The last row of each group: what is left of changes once all have left. The first `keys` cells
/// of a row are the group's.
#[must_use]
pub fn last_of_each(rows: Vec<Row>, keys: usize) -> Vec<Row> {
    let mut indexed: Vec<(usize, Row)> = rows.into_iter().enumerate().collect();
    let key = |row: &Row| row[..keys].to_vec();
    indexed.sort_by(|a, b| order(&key(&a.1), &key(&b.1)).then(b.0.cmp(&a.0)));
    indexed.dedup_by(|later, first| key(&later.1) == key(&first.1));
    indexed.into_iter().map(|(_, row)| row).collect()
}

/// A query's result rows by the loop that is written by hand.
///
/// # Panics
/// If `name` is none of Q1 to Q5.
#[must_use]
pub fn by_hand(name: &str, rows: &[Reading]) -> Vec<Row> {
    let mut found = Vec::new();
    match name {
        "Q1" => {
            let mut out = [Q1Row::default(); 2048];
            for row in rows {
                if hand::q1_plain(std::slice::from_ref(row), &mut out) == 1 {
                    found.push(out[0].into());
                }
            }
        }
        "Q2" => found.push(hand::q2(rows).into()),
        "Q3" => hand::q3(rows, |row| found.push(Row::from(row)[1..].to_vec())),
        "Q4" => hand::q4(rows, |row| found.push(row.into())),
        "Q5" => hand::q5(rows, |row| found.push(row.into())),
        other => panic!("{other} is not written by hand"),
    }
    found
}

/// The same of V0 to V3.
///
/// # Panics
/// If `name` is none of them.
#[must_use]
pub fn trades_by_hand(name: &str, rows: &[Trade]) -> Vec<Row> {
    let mut found = Vec::new();
    match name {
        "V0" => hand_trades::v0(rows, |row| found.push(Row::from(row)[1..].to_vec())),
        "V1" => hand_trades::v1(rows, |row| found.push(row.into())),
        "V2" => hand_trades::v2(rows, |row| found.push(row.into())),
        "V3" => hand_trades::v3(rows, false, |row| found.push(row.into())),
        other => panic!("{other} is not written by hand"),
    }
    found
}

fn text(bytes: &[u8]) -> Cell {
    Cell::Text(String::from_utf8_lossy(bytes).into_owned())
}

impl From<Q1Row> for Row {
    fn from(row: Q1Row) -> Self {
        vec![Cell::Int(row.device.into()), Cell::Real(row.f.into())]
    }
}

impl From<Q2Row> for Row {
    fn from(row: Q2Row) -> Self {
        let (min, max) = (Cell::Real(row.min.into()), Cell::Real(row.max.into()));
        vec![Cell::Int(row.count as i64), Cell::Real(row.avg), min, max]
    }
}

impl From<GroupRow> for Row {
    fn from(row: GroupRow) -> Self {
        let keys = [Cell::Int(row.window_start), Cell::Int(row.device.into())];
        let values = [Cell::Int(row.count as i64), Cell::Real(row.avg), Cell::Real(row.max.into())];
        keys.into_iter().chain(values).collect()
    }
}

impl From<Q5Row> for Row {
    fn from(row: Q5Row) -> Self {
        vec![Cell::Int(row.window_start), Cell::Real(row.avg)]
    }
}

impl From<TradeRow> for Row {
    fn from(row: TradeRow) -> Self {
        let quantity = Cell::Int(row.quantity.into());
        vec![text(&row.trader), text(&row.symbol), Cell::Real(row.price), quantity]
    }
}

impl From<MovingRow> for Row {
    fn from(row: MovingRow) -> Self {
        vec![Cell::Int(row.end), Cell::Real(row.avg), Cell::Real(row.min), Cell::Real(row.max)]
    }
}

impl From<VolumeRow> for Row {
    fn from(row: VolumeRow) -> Self {
        let keys = [Cell::Int(row.window_start), text(&row.trader), text(&row.symbol)];
        let values = [Cell::Int(row.count as i64), Cell::Real(row.avg), Cell::Int(row.quantity)];
        keys.into_iter().chain(values).chain([Cell::Real(row.volume)]).collect()
    }
}
