//! `S` in columns.

use ringql_core::batch::ColumnValues;

use crate::data::Reading;

/// Records of `S`, a run of memory for each column.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    /// Event time, microseconds.
    pub ts: Vec<i64>,
    /// The device.
    pub device: Vec<u32>,
    /// Temperatures.
    pub temp: Vec<f32>,
    /// Humidities.
    pub humidity: Vec<f32>,
    /// States.
    pub status: Vec<u8>,
}

impl From<&[Reading]> for Columns {
    fn from(rows: &[Reading]) -> Self {
        Self {
            ts: rows.iter().map(|r| r.ts).collect(),
            device: rows.iter().map(|r| r.device).collect(),
            temp: rows.iter().map(|r| r.temp).collect(),
            humidity: rows.iter().map(|r| r.humidity).collect(),
            status: rows.iter().map(|r| r.status).collect(),
        }
    }
}

impl Columns {
    /// What a [`ColumnSource`](ringql_core::ring::ColumnSource) takes.
    #[must_use]
    pub fn values(&self) -> [ColumnValues<'_>; 5] {
        let values: [&[u8]; 5] = [
            bytemuck::cast_slice(&self.ts),
            bytemuck::cast_slice(&self.device),
            bytemuck::cast_slice(&self.temp),
            bytemuck::cast_slice(&self.humidity),
            &self.status,
        ];
        values.map(|values| ColumnValues { values, validity: None })
    }
}
