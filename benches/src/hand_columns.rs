//! The reference queries written by hand over columns. Like [`crate::hand`]: result rows are written
//! to a buffer.

use crate::columns::Columns;
use crate::hand::{GroupRow, Q1Row, Q2Row, Q5Row, Table, q5_of};

/// Q1 without branches: writes always, advances by the condition. Returns the rows written.
pub fn q1(columns: &Columns, out: &mut [Q1Row; 2048]) -> usize {
    let mut n = 0;
    let status = columns.status.chunks(1024);
    for ((device, temp), status) in
        columns.device.chunks(1024).zip(columns.temp.chunks(1024)).zip(status)
    {
        let mut k = 0;
        for ((device, temp), status) in device.iter().zip(temp).zip(status) {
            out[k % 2048] = Q1Row { device: *device, f: temp * 1.8 + 32.0 };
            k += usize::from((*temp > 30.0) & (*status != 3));
        }
        std::hint::black_box(&*out);
        n += k;
    }
    n
}

/// Q2 in eight lanes that take each row, or what changes nothing in place of it.
#[must_use]
pub fn q2(columns: &Columns) -> Q2Row {
    const LANES: usize = 8;
    let (mut counts, mut sums) = ([0u64; LANES], [0.0; LANES]);
    let (mut mins, mut maxs) = ([f32::INFINITY; LANES], [f32::NEG_INFINITY; LANES]);
    let mut fold = |lane: usize, temp: f32, humidity: f32, status: u8| {
        let is_in = status == 1;
        counts[lane] += u64::from(is_in);
        sums[lane] += f64::from(if is_in { temp } else { 0.0 });
        mins[lane] = mins[lane].min(if is_in { humidity } else { f32::INFINITY });
        maxs[lane] = maxs[lane].max(if is_in { humidity } else { f32::NEG_INFINITY });
    };
    let (temps, rest_temps) = columns.temp.as_chunks::<LANES>();
    let (humidities, rest_humidities) = columns.humidity.as_chunks::<LANES>();
    let (states, rest_states) = columns.status.as_chunks::<LANES>();
    for ((temp, humidity), status) in temps.iter().zip(humidities).zip(states) {
        for lane in 0..LANES {
            fold(lane, temp[lane], humidity[lane], status[lane]);
        }
    }
    for ((temp, humidity), status) in rest_temps.iter().zip(rest_humidities).zip(rest_states) {
        fold(0, *temp, *humidity, *status);
    }
    let count = counts.iter().sum();
    Q2Row {
        count,
        avg: sums.iter().sum::<f64>() / count as f64,
        min: mins.into_iter().fold(f32::INFINITY, f32::min),
        max: maxs.into_iter().fold(f32::NEG_INFINITY, f32::max),
    }
}

/// Q3 by open addressing.
pub fn q3(columns: &Columns, write: impl FnMut(GroupRow)) {
    let mut table = Table::new();
    for (device, temp) in columns.device.iter().zip(&columns.temp) {
        table.add(*device, *temp);
    }
    table.drain(0, write);
}

/// Q4 by open addressing: one window is open at a time, as rows come in order.
pub fn q4(columns: &Columns, mut write: impl FnMut(GroupRow)) {
    const SIZE: i64 = 1_000_000;
    let mut table = Table::new();
    let (mut start, mut end) = (i64::MIN, i64::MIN);
    for ((ts, device), temp) in columns.ts.iter().zip(&columns.device).zip(&columns.temp) {
        if *ts >= end {
            table.drain(start, &mut write);
            start = ts - ts.rem_euclid(SIZE);
            end = start + SIZE;
        }
        table.add(*device, *temp);
    }
    table.drain(start, write);
}

/// Q5 by panes of a second, whose rows are found by binary search: they come in order.
pub fn q5(columns: &Columns, write: impl FnMut(Q5Row)) {
    let fold = |at: usize, end: i64| {
        // A pane has about 1,000 rows: a few steps, then halving.
        let mut far = 1_024;
        while columns.ts.get(at + far).is_some_and(|ts| *ts < end) {
            far *= 2;
        }
        let near = &columns.ts[at..columns.ts.len().min(at + far)];
        let count = near.partition_point(|ts| *ts < end);
        let (eights, rest) = columns.temp[at..at + count].as_chunks::<8>();
        let mut sums = [0.0; 8];
        for temps in eights {
            for (sum, temp) in sums.iter_mut().zip(temps) {
                *sum += f64::from(*temp);
            }
        }
        let rest: f64 = rest.iter().map(|temp| f64::from(*temp)).sum();
        (sums.iter().sum::<f64>() + rest, count)
    };
    q5_of(columns.ts.len(), |at| columns.ts[at], fold, write);
}
