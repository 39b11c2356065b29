//! `S`: records in event-time order, from a fixed seed.

use bytemuck::{Pod, Zeroable};

/// One record of `S`: 24 bytes, as the stream's schema lays it out.
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
#[repr(C)]
pub struct Reading {
    /// Event time, microseconds; on average 1 ms apart.
    pub ts: i64,
    /// 1,000 values, uniform.
    pub device: u32,
    /// 15 to 35.
    pub temp: f32,
    /// 20 to 90.
    pub humidity: f32,
    /// 0 to 7.
    pub status: u8,
    /// The record's padding.
    pub padding: [u8; 3],
}

/// The first event time: 2026-01-01 00:00:00 UTC.
pub const START: i64 = 1_767_225_600_000_000;

/// Devices of `S`.
pub const DEVICES: u32 = 1_000;

/// A small deterministic generator of random numbers (xorshift64*, Vigna 2016).
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// A generator with a fixed seed (any number).
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// The next number; its high bits are the best.
    pub const fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number below `n`.
    pub const fn below(&mut self, n: u32) -> u32 {
        (((self.next() >> 32) * n as u64) >> 32) as u32
    }

    /// A number from `low` up to `high`.
    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * (self.next() >> 40) as f32 / (1 << 24) as f32
    }
}

/// The first `rows` records of `S`.
#[must_use]
pub fn readings(rows: usize) -> Vec<Reading> {
    let mut random = Random::new(2026);
    let mut ts = START;
    (0..rows)
        .map(|_| {
            ts += i64::from(random.below(2_001));
            Reading {
                ts,
                device: random.below(DEVICES),
                temp: random.between(15.0, 35.0),
                humidity: random.between(20.0, 90.0),
                status: random.below(8) as u8,
                padding: [0; 3],
            }
        })
        .collect()
}
