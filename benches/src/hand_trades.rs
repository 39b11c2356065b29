//! The queries over trades written by hand, over records.

use crate::trades::{GROUPS, Trade};

/// A result row of V0 and V1 (which has the trader too).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TradeRow {
    /// `trader`; empty for V0.
    pub trader: [u8; 20],
    /// `symbol`
    pub symbol: [u8; 10],
    /// `price`
    pub price: f64,
    /// `quantity`
    pub quantity: i32,
}

/// V0.
pub fn v0(rows: &[Trade], mut write: impl FnMut(TradeRow)) {
    for r in rows {
        let (price, quantity) = (r.price, r.quantity);
        write(TradeRow { trader: [0; 20], symbol: r.symbol, price, quantity });
    }
}

/// V1. All rows pass, so that a branch costs nothing.
pub fn v1(rows: &[Trade], mut write: impl FnMut(TradeRow)) {
    for r in rows {
        if r.amount > 100.0 {
            let (price, quantity) = (r.price, r.quantity);
            write(TradeRow { trader: r.trader, symbol: r.symbol, price, quantity });
        }
    }
}

/// A result row of V2.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MovingRow {
    /// `window_end`: rows so far.
    pub end: i64,
    /// `AVG(price)`
    pub avg: f64,
    /// `MIN(price)`
    pub min: f64,
    /// `MAX(price)`
    pub max: f64,
}

const LAST: usize = 100;

/// V2, of whole windows only, by two stacks: the first holds what aggregates from each row to the block's end, the other
/// the running aggregate of the block after it. Nothing is subtracted, so nothing drifts.
pub fn v2(rows: &[Trade], mut write: impl FnMut(MovingRow)) {
    #[derive(Clone, Copy)]
    struct Fold {
        sum: f64,
        min: f64,
        max: f64,
    }
    const NOTHING: Fold = Fold { sum: 0.0, min: f64::INFINITY, max: f64::NEG_INFINITY };
    let merge = |a: Fold, b: Fold| Fold {
        sum: a.sum + b.sum,
        min: if b.min < a.min { b.min } else { a.min },
        max: if b.max > a.max { b.max } else { a.max },
    };
    let one = |r: &Trade| Fold { sum: r.price, min: r.price, max: r.price };
    let mut front = [NOTHING; LAST + 1];
    for (block, of_block) in rows.chunks(LAST).enumerate() {
        let mut back = NOTHING;
        for (at, r) in of_block.iter().enumerate() {
            back = merge(back, one(r));
            let all = merge(front[at + 1], back);
            let end = block * LAST + at + 1;
            if end >= LAST {
                let (avg, min, max) = (all.sum / LAST as f64, all.min, all.max);
                write(MovingRow { end: end as i64, avg, min, max });
            }
        }
        front[LAST] = NOTHING;
        for (at, r) in of_block.iter().enumerate().rev() {
            front[at] = merge(one(r), front[at + 1]);
        }
    }
}

/// A result row of V3.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct VolumeRow {
    /// `window_start`
    pub window_start: i64,
    /// `trader`
    pub trader: [u8; 20],
    /// `symbol`
    pub symbol: [u8; 10],
    /// `COUNT(*)`
    pub count: u64,
    /// `AVG(price)`
    pub avg: f64,
    /// `SUM(quantity)`
    pub quantity: i64,
    /// `SUM(price * quantity)`
    pub volume: f64,
}

#[derive(Clone, Copy, Default)]
struct Group {
    trader: [u8; 20],
    symbol: [u8; 10],
    count: u64,
    price: f64,
    quantity: i64,
    volume: f64,
}

impl Group {
    fn row(&self, window_start: i64) -> VolumeRow {
        let Self { trader, symbol, count, quantity, volume, .. } = *self;
        VolumeRow {
            window_start,
            trader,
            symbol,
            count,
            avg: self.price / count as f64,
            quantity,
            volume,
        }
    }
}

/// V3 by open addressing (keys and state in one slot, a multiply for each 8 bytes of the key); with
/// `changes` also a row for each record.
pub fn v3(rows: &[Trade], changes: bool, mut write: impl FnMut(VolumeRow)) {
    const SIZE: i64 = 60_000_000;
    const SLOTS: usize = (2 * GROUPS).next_power_of_two();
    let mut slots = vec![Group::default(); SLOTS];
    let mut used: Vec<u32> = Vec::with_capacity(SLOTS);
    let (mut start, mut end) = (i64::MIN, i64::MIN);
    for r in rows {
        if r.ts >= end {
            close(&mut slots, &mut used, |group| write(group.row(start)));
            start = r.ts - r.ts.rem_euclid(SIZE);
            end = start + SIZE;
        }
        let mut at = hash(r);
        let group = loop {
            let place = at % SLOTS;
            if slots[place].count == 0 {
                used.push(place as u32);
                slots[place] = Group { trader: r.trader, symbol: r.symbol, ..Group::default() };
                break &mut slots[place];
            }
            if slots[place].trader == r.trader && slots[place].symbol == r.symbol {
                break &mut slots[place];
            }
            at += 1;
        };
        group.count += 1;
        group.price += r.price;
        group.quantity += i64::from(r.quantity);
        group.volume += r.price * f64::from(r.quantity);
        if changes {
            write(group.row(start));
        }
    }
    close(&mut slots, &mut used, |group| write(group.row(start)));
}

fn close(slots: &mut [Group], used: &mut Vec<u32>, mut write: impl FnMut(&Group)) {
    for at in used.drain(..) {
        let group = &mut slots[at as usize];
        write(group);
        group.count = 0;
    }
}

fn hash(r: &Trade) -> usize {
    let mut hash = 0u64;
    for part in [&r.trader[..8], &r.trader[8..16], &r.trader[12..], &r.symbol[..8], &r.symbol[2..]]
    {
        let part: [u8; 8] = part.try_into().expect("8 bytes");
        hash = (hash.rotate_left(5) ^ u64::from_le_bytes(part)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
    // The highest bits: what differs in the last bytes of a part reaches no others.
    (hash >> 53) as usize
}
