//! The reference queries written by hand: what a good Rust programmer would write for the same
//! rows in memory, result rows written to a buffer. Each returns the rows written.

use crate::data::Reading;
use bytemuck::{Pod, Zeroable};

/// A result row of Q1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Pod, Zeroable)]
#[repr(C)]
pub struct Q1Row {
    /// `device`
    pub device: u32,
    /// `f`
    pub f: f32,
}

/// A result row of Q2.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Q2Row {
    /// `COUNT(*)`
    pub count: u64,
    /// `AVG(temp)`
    pub avg: f64,
    /// `MIN(humidity)`
    pub min: f32,
    /// `MAX(humidity)`
    pub max: f32,
}

/// A result row of Q3, and of Q4 with its window.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct GroupRow {
    /// `window_start`; 0 for Q3.
    pub window_start: i64,
    /// `device`
    pub device: u32,
    /// `MAX(temp)`
    pub max: f32,
    /// `COUNT(*)`
    pub count: u64,
    /// `AVG(temp)`
    pub avg: f64,
}

/// A result row of Q5.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Q5Row {
    /// `window_start`
    pub window_start: i64,
    /// `AVG(temp)`
    pub avg: f64,
}

/// Q1 with an `if`: every mispredicted branch costs.
pub fn q1_plain(rows: &[Reading], out: &mut [Q1Row]) -> usize {
    let mut n = 0;
    for r in rows {
        if r.temp > 30.0 && r.status != 3 {
            out[n % out.len()] = Q1Row { device: r.device, f: r.temp * 1.8 + 32.0 };
            n += 1;
        }
    }
    n
}

/// Q1 without branches: writes always, advances by the condition.
pub fn q1_branch_free(rows: &[Reading], out: &mut [Q1Row; 2048]) -> usize {
    let mut n = 0;
    for rows in rows.chunks(1024) {
        let mut k = 0;
        for r in rows {
            out[k % 2048] = Q1Row { device: r.device, f: r.temp * 1.8 + 32.0 };
            k += usize::from((r.temp > 30.0) & (r.status != 3));
        }
        std::hint::black_box(&*out);
        n += k;
    }
    n
}

/// Q2.
#[must_use]
pub fn q2(rows: &[Reading]) -> Q2Row {
    let (mut count, mut sum) = (0u64, 0.0);
    let (mut min, mut max) = (f32::INFINITY, f32::NEG_INFINITY);
    for r in rows {
        if r.status == 1 {
            count += 1;
            sum += f64::from(r.temp);
            min = if r.humidity < min { r.humidity } else { min };
            max = if r.humidity > max { r.humidity } else { max };
        }
    }
    Q2Row { count, avg: sum / count as f64, min, max }
}

#[derive(Clone, Copy)]
struct Group {
    device: u32,
    max: f32,
    count: u64,
    sum: f64,
}

const NONE: u32 = u32::MAX;

/// An open-addressing table of groups with the key and the state in one slot (Fibonacci hashing,
/// linear probing), for at most 1,365 devices.
pub(crate) struct Table {
    slots: Vec<Group>,
    used: Vec<u32>,
}

const SLOTS: usize = 2048;

impl Table {
    pub(crate) fn new() -> Self {
        let empty = Group { device: NONE, max: f32::NEG_INFINITY, count: 0, sum: 0.0 };
        Self { slots: vec![empty; SLOTS], used: Vec::with_capacity(SLOTS) }
    }

    #[inline]
    pub(crate) fn add(&mut self, device: u32, temp: f32) {
        let mut at = (device.wrapping_mul(0x9E37_79B1) >> 21) as usize;
        loop {
            let group = &mut self.slots[at % SLOTS];
            if group.device == device {
                group.count += 1;
                group.sum += f64::from(temp);
                group.max = if temp > group.max { temp } else { group.max };
                return;
            }
            if group.device == NONE {
                *group = Group { device, max: temp, count: 1, sum: temp.into() };
                self.used.push((at % SLOTS) as u32);
                return;
            }
            at += 1;
        }
    }

    /// Writes the groups in order of first appearance and forgets them.
    pub(crate) fn drain(&mut self, window_start: i64, mut write: impl FnMut(GroupRow)) {
        for at in self.used.drain(..) {
            let group = &mut self.slots[at as usize];
            let Group { device, max, count, sum } = *group;
            write(GroupRow { window_start, device, max, count, avg: sum / count as f64 });
            group.device = NONE;
        }
    }
}

/// Q3 by open addressing.
pub fn q3(rows: &[Reading], write: impl FnMut(GroupRow)) {
    let mut table = Table::new();
    for r in rows {
        table.add(r.device, r.temp);
    }
    table.drain(0, write);
}

/// Q4 by open addressing: one window is open at a time, as rows come in order.
pub fn q4(rows: &[Reading], mut write: impl FnMut(GroupRow)) {
    const SIZE: i64 = 1_000_000;
    let mut table = Table::new();
    let mut start = i64::MIN;
    let mut end = i64::MIN;
    for r in rows {
        if r.ts >= end {
            table.drain(start, &mut write);
            start = r.ts - r.ts.rem_euclid(SIZE);
            end = start + SIZE;
        }
        table.add(r.device, r.temp);
    }
    table.drain(start, write);
}

/// Sum and count of the rows of a second.
#[derive(Clone, Copy, Default)]
struct Pane {
    sum: f64,
    count: u64,
}

/// Q5 by panes of a second: each window is the sum of ten. Rows come in order.
pub fn q5(rows: &[Reading], write: impl FnMut(Q5Row)) {
    q5_of(rows.len(), |at| rows[at].ts, |at, end| fold_pane(&rows[at..], end), write);
}

/// Q5 over `len` rows: `ts` of one, and `fold` of those from one on that come before a time, which
/// returns their sum of `temp` and how many they are.
pub(crate) fn q5_of(
    len: usize,
    ts: impl Fn(usize) -> i64,
    fold: impl Fn(usize, i64) -> (f64, usize),
    mut write: impl FnMut(Q5Row),
) {
    const PANE: i64 = 1_000_000;
    const PANES: i64 = 10;
    let mut panes = [Pane::default(); PANES as usize];
    // The window that ends with a pane leaves when the pane does.
    let mut leave = |panes: &[Pane; PANES as usize], pane: i64| {
        let all = panes.iter().fold(Pane::default(), |all, pane| Pane {
            sum: all.sum + pane.sum,
            count: all.count + pane.count,
        });
        if all.count > 0 {
            let window_start = (pane - PANES + 1) * PANE;
            write(Q5Row { window_start, avg: all.sum / all.count as f64 });
        }
        all.count > 0
    };
    let place = |pane: i64| pane.rem_euclid(PANES) as usize;
    let mut at = 0;
    let mut open: Option<i64> = None;
    while at < len {
        let pane = ts(at).div_euclid(PANE);
        if let Some(before) = open {
            for passed in before..pane {
                if !leave(&panes, passed) {
                    break; // a gap: nothing is left in any pane
                }
                panes[place(passed + 1)] = Pane::default();
            }
            if pane - before >= PANES {
                panes = [Pane::default(); PANES as usize];
            }
        }
        open = Some(pane);
        let (sum, count) = fold(at, (pane + 1) * PANE);
        panes[place(pane)] = Pane { sum, count: count as u64 };
        at += count;
    }
    if let Some(last) = open {
        for passed in last..last + PANES {
            leave(&panes, passed);
            panes[place(passed + 1)] = Pane::default();
        }
    }
}

/// The sum of `temp`, and how many rows come before `end`. Eight sums, as one would wait for each
/// addition.
fn fold_pane(rows: &[Reading], end: i64) -> (f64, usize) {
    let mut sums = [0.0; 8];
    let mut count = 0;
    for rows in rows.as_chunks::<8>().0 {
        if rows[7].ts >= end {
            break;
        }
        for (sum, r) in sums.iter_mut().zip(rows) {
            *sum += f64::from(r.temp);
        }
        count += rows.len();
    }
    let mut sum = sums.iter().sum();
    for r in rows[count..].iter().take_while(|r| r.ts < end) {
        sum += f64::from(r.temp);
        count += 1;
    }
    (sum, count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::readings;
    use std::collections::BTreeMap;

    #[test]
    fn panes_make_windows() {
        let mut rows = readings(50_000);
        // A gap of some panes, and one of more than a window.
        for (at, gap) in [(10_000, 3_000_000), (30_000, 25_000_000)] {
            rows[at..].iter_mut().for_each(|r| r.ts += gap);
        }
        let mut windows: BTreeMap<i64, (f64, u64)> = BTreeMap::new();
        for r in &rows {
            let last = r.ts.div_euclid(1_000_000);
            for start in last - 9..=last {
                let (sum, count) = windows.entry(start * 1_000_000).or_default();
                *sum += f64::from(r.temp);
                *count += 1;
            }
        }
        let mut found = Vec::new();
        q5(&rows, |row| found.push(row));
        assert_eq!(found.len(), windows.len());
        for (row, (start, (sum, count))) in found.iter().zip(windows) {
            assert_eq!(row.window_start, start);
            assert!((row.avg / (sum / count as f64) - 1.0).abs() < 1e-12);
        }
    }
}
