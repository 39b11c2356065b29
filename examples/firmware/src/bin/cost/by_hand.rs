//! The query as one would write it by hand for just this stream: two open days (the watermark is
//! an hour behind), up to 8 stations each, found by linear search.

use ringql_firmware::plan::{RECORDS, Record};

const DAY: i64 = 86_400_000_000;
const DELAY: i64 = 3_600_000_000;
const STATIONS: usize = 8;

#[derive(Clone, Copy)]
struct Group {
    station: [u8; 3],
    count: u32,
    min: f32,
    max: f32,
    sum: f64,
}

const NEW: Group =
    Group { station: [0; 3], count: 0, min: f32::INFINITY, max: f32::NEG_INFINITY, sum: 0.0 };

/// An open day.
struct Day {
    groups: [Group; STATIONS],
    used: usize,
}

impl Day {
    const EMPTY: Self = Self { groups: [NEW; STATIONS], used: 0 };

    /// Folds a measurement in; `None` if there is no room for its station.
    fn update(&mut self, station: [u8; 3], temp: f32) -> Option<()> {
        let known = self.groups.iter().take(self.used).position(|g| g.station == station);
        let at = known.unwrap_or_else(|| {
            self.used += 1;
            self.used - 1
        });
        let group = self.groups.get_mut(at)?;
        group.station = station;
        group.count += 1;
        group.min = if temp < group.min { temp } else { group.min };
        group.max = if temp > group.max { temp } else { group.max };
        group.sum += f64::from(temp);
        Some(())
    }

    /// Hands the results out and is empty again.
    fn close(&mut self, start: i64, mut result: impl FnMut(&Group, i64, f64)) {
        for group in self.groups.iter().take(self.used) {
            result(group, start, group.sum / f64::from(group.count));
        }
        *self = Self::EMPTY;
    }
}

/// Runs over all records and hands results to `result`. `None` if there are too many stations.
pub(crate) fn run(mut result: impl FnMut([u8; 3], i64, u32, f32, f32, f64)) -> Option<()> {
    let mut results = |g: &Group, start: i64, mean: f64| {
        result(g.station, start, g.count, g.min, g.max, mean);
    };
    let [mut today, mut tomorrow] = [Day::EMPTY, Day::EMPTY];
    let mut start = None;
    for record in RECORDS {
        let (ts, station, temp) = fields(record)?;
        let mut first = *start.get_or_insert_with(|| (ts - DELAY) - (ts - DELAY).rem_euclid(DAY));
        while ts - DELAY >= first + DAY {
            today.close(first, &mut results);
            core::mem::swap(&mut today, &mut tomorrow);
            first += DAY;
            start = Some(first);
        }
        if ts >= first + DAY {
            tomorrow.update(station, temp)?;
        } else if ts >= first {
            today.update(station, temp)?;
        }
    }
    let first = start?;
    today.close(first, &mut results);
    tomorrow.close(first + DAY, &mut results);
    Some(())
}

/// `ts`, `station` and `temp_f`. All stations have three letters.
fn fields(record: &Record) -> Option<(i64, [u8; 3], f32)> {
    let ts = i64::from_le_bytes(*record.first_chunk()?);
    let station = *record.get(10..)?.first_chunk()?;
    let temp = f32::from_le_bytes(*record.get(16..)?.first_chunk()?);
    Some((ts, station, temp))
}
