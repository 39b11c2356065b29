//! Variants of `S`: with NULLs, with a text as the key, with more devices or uneven ones, and out of
//! order.

use bytemuck::{Pod, Zeroable};
use ringql_core::batch::ColumnValues;

use crate::columns::Columns;
use crate::data::{Random, Reading};

/// `S` where all but the time can be NULL.
pub const WITH_NULLS: &str = "CREATE STREAM s (
    ts TIMESTAMP NOT NULL,
    device INTEGER UNSIGNED,
    temp REAL,
    humidity REAL,
    status TINYINT UNSIGNED,
    WATERMARK FOR ts AS ts
);
";

/// `S` where the device is a text.
pub const NAMED: &str = "CREATE STREAM s (
    ts TIMESTAMP NOT NULL,
    device VARCHAR(16) NOT NULL,
    temp REAL NOT NULL,
    humidity REAL NOT NULL,
    status TINYINT UNSIGNED NOT NULL,
    WATERMARK FOR ts AS ts
);
";

/// `S` with a watermark that trails by two seconds.
pub const DELAYED: &str = "CREATE STREAM s (
    ts TIMESTAMP NOT NULL,
    device INTEGER UNSIGNED NOT NULL,
    temp REAL NOT NULL,
    humidity REAL NOT NULL,
    status TINYINT UNSIGNED NOT NULL,
    WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
);
";

/// Percent of the values that are NULL.
const NULLS: u32 = 10;
/// How far a record may be behind, microseconds.
const BEHIND: u32 = 2_000_000;

/// Records of which each value but the time is NULL with the same chance: as [`WITH_NULLS`] lays
/// them out, and in columns.
#[derive(Debug)]
pub struct Nullable {
    /// The records; a validity bitmap stands where `S` has padding.
    pub records: Vec<Reading>,
    columns: Columns,
    validity: [Vec<u8>; 4],
}

impl Nullable {
    /// NULLs in place of some of the values.
    #[must_use]
    pub fn of(rows: &[Reading]) -> Self {
        let mut random = Random::new(10);
        let mut validity: [Vec<u8>; 4] = std::array::from_fn(|_| vec![0; rows.len().div_ceil(8)]);
        let mut records = rows.to_vec();
        for (row, record) in records.iter_mut().enumerate() {
            let mut bits = 1;
            for (column, validity) in validity.iter_mut().enumerate() {
                if random.below(100) >= NULLS {
                    bits |= 2 << column;
                    validity[row / 8] |= 1 << (row % 8);
                }
            }
            let is = |column: u8| bits >> column & 1 != 0;
            *record = Reading {
                ts: record.ts,
                device: if is(1) { record.device } else { 0 },
                temp: if is(2) { record.temp } else { 0.0 },
                humidity: if is(3) { record.humidity } else { 0.0 },
                status: if is(4) { record.status } else { 0 },
                padding: [bits, 0, 0],
            };
        }
        Self { columns: Columns::from(&*records), records, validity }
    }

    /// What a [`ColumnSource`](ringql_core::ring::ColumnSource) takes.
    #[must_use]
    pub fn values(&self) -> [ColumnValues<'_>; 5] {
        let mut values = self.columns.values();
        for (column, validity) in values.iter_mut().skip(1).zip(&self.validity) {
            column.validity = Some(validity);
        }
        values
    }
}

/// A record of [`NAMED`]: 40 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
#[repr(C)]
pub struct Named {
    ts: i64,
    device_len: u16,
    device: [u8; 16],
    gap: [u8; 2],
    temp: f32,
    humidity: f32,
    status: u8,
    padding: [u8; 3],
}

/// Records whose device is a text of 16 bytes, in rows and in columns.
#[derive(Debug)]
pub struct NamedRows {
    /// The records.
    pub records: Vec<Named>,
    columns: Columns,
    devices: Vec<u8>,
}

impl NamedRows {
    /// Names in place of numbers.
    #[must_use]
    pub fn of(rows: &[Reading]) -> Self {
        let named = |r: &Reading| Named {
            ts: r.ts,
            device_len: 16,
            device: *b"device-000000000",
            gap: [0; 2],
            temp: r.temp,
            humidity: r.humidity,
            status: r.status,
            padding: [0; 3],
        };
        let mut records: Vec<Named> = rows.iter().map(named).collect();
        let mut devices = Vec::with_capacity(rows.len() * 18);
        for (named, row) in records.iter_mut().zip(rows) {
            let mut rest = row.device;
            for digit in named.device[7..].iter_mut().rev() {
                *digit = b'0' + (rest % 10) as u8;
                rest /= 10;
            }
            devices.extend(named.device_len.to_le_bytes());
            devices.extend(named.device);
        }
        Self { records, columns: Columns::from(rows), devices }
    }

    /// What a [`ColumnSource`](ringql_core::ring::ColumnSource) takes.
    #[must_use]
    pub fn values(&self) -> [ColumnValues<'_>; 5] {
        let mut values = self.columns.values();
        values[1].values = &self.devices;
        values
    }
}

/// The same records of so many devices, chosen uniformly.
#[must_use]
pub fn of_devices(rows: &[Reading], devices: u32) -> Vec<Reading> {
    let mut random = Random::new(devices.into());
    rows.iter().map(|row| Reading { device: random.below(devices), ..*row }).collect()
}

/// The same records of so many devices by Zipf's law: the n-th is 1/n as frequent as the first.
#[must_use]
pub fn zipf(rows: &[Reading], devices: u32) -> Vec<Reading> {
    let mut sum = 0.0;
    let sums: Vec<f64> = (1..=devices)
        .map(|rank| {
            sum += 1.0 / f64::from(rank);
            sum
        })
        .collect();
    let mut random = Random::new(1_949);
    let device = |row: &Reading| {
        let at = sum * (random.next() >> 11) as f64 / (1u64 << 53) as f64;
        let rank = sums.partition_point(|sum| *sum <= at) as u32;
        // Frequent devices are no neighbours.
        let device = (u64::from(rank.min(devices - 1)) * 7_919 % u64::from(devices)) as u32;
        Reading { device, ..*row }
    };
    rows.iter().map(device).collect()
}

/// The same records in the order in which they come if each is late by up to two seconds.
#[must_use]
pub fn out_of_order(rows: &[Reading]) -> Vec<Reading> {
    let mut random = Random::new(2_000);
    let mut arrivals: Vec<(i64, Reading)> =
        rows.iter().map(|row| (row.ts + i64::from(random.below(BEHIND)), *row)).collect();
    arrivals.sort_by_key(|(arrival, _)| *arrival);
    arrivals.into_iter().map(|(_, row)| row).collect()
}
