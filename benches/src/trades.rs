//! `trades`: what streaming engines are usually shown with. Deterministic, in event-time order.

use bytemuck::{Pod, Zeroable};
use ringql_core::batch::ColumnValues;

use crate::data::{Random, START};

/// One trade: 64 bytes, as the stream's schema lays it out.
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
#[repr(C)]
pub struct Trade {
    /// Event time, microseconds; on average 1 ms apart.
    pub ts: i64,
    /// Over 100, so that all pass.
    pub amount: f64,
    /// 10 to 500.
    pub price: f64,
    /// 1 to 1,000.
    pub quantity: i32,
    /// Length of the trader's name.
    pub trader_len: u16,
    /// 50 traders with names of 20 characters.
    pub trader: [u8; 20],
    /// Length of the symbol.
    pub symbol_len: u16,
    /// 20 symbols of 10 characters.
    pub symbol: [u8; 10],
    /// The record's padding.
    pub padding: [u8; 2],
}

/// Groups by trader and symbol.
pub const GROUPS: usize = 50 * 20;

/// The first `rows` trades.
#[must_use]
pub fn trades(rows: usize) -> Vec<Trade> {
    let mut random = Random::new(1792);
    let mut ts = START;
    let text = |text: String| text.into_bytes();
    let traders: Vec<[u8; 20]> = (0..50)
        .map(|i| text(format!("trader-of-house-{i:04}")).try_into().expect("20 bytes"))
        .collect();
    let symbols: Vec<[u8; 10]> =
        (0..20).map(|i| text(format!("SYMBOL{i:04}")).try_into().expect("10 bytes")).collect();
    (0..rows)
        .map(|_| {
            ts += i64::from(random.below(2_001));
            Trade {
                ts,
                amount: random.between(101.0, 10_000.0).into(),
                price: random.between(10.0, 500.0).into(),
                quantity: random.below(1_000) as i32 + 1,
                trader_len: 20,
                trader: traders[random.below(50) as usize],
                symbol_len: 10,
                symbol: symbols[random.below(20) as usize],
                padding: [0; 2],
            }
        })
        .collect()
}

/// Trades, a run of memory for each column.
#[derive(Clone, Debug, Default)]
pub struct TradeColumns {
    columns: [Vec<u8>; 6],
}

impl From<&[Trade]> for TradeColumns {
    fn from(rows: &[Trade]) -> Self {
        fn column<const N: usize>(rows: &[Trade], offset: usize) -> Vec<u8> {
            let value = |row| &bytemuck::bytes_of::<Trade>(row)[offset..offset + N];
            rows.iter().flat_map(value).copied().collect()
        }
        Self {
            columns: [
                column::<8>(rows, 0),
                column::<8>(rows, 8),
                column::<8>(rows, 16),
                column::<4>(rows, 24),
                column::<22>(rows, 28),
                column::<12>(rows, 50),
            ],
        }
    }
}

impl TradeColumns {
    /// What a [`ColumnSource`](ringql_core::ring::ColumnSource) takes.
    #[must_use]
    pub fn values(&self) -> [ColumnValues<'_>; 6] {
        self.columns.each_ref().map(|values| ColumnValues { values, validity: None })
    }
}
