//! Q3 by hand for any number of devices.

use crate::data::Reading;
use crate::hand::GroupRow;

#[derive(Clone, Copy)]
struct Group {
    device: u32,
    max: f32,
    count: u64,
    sum: f64,
}

const NONE: u32 = u32::MAX;

/// Q3 by open addressing (Fibonacci hashing, linear probing) in a table that `devices` fill by half
/// at most.
///
/// # Panics
/// If there are more devices than that.
pub fn q3_of(rows: &[Reading], devices: usize, mut write: impl FnMut(GroupRow)) {
    let size = (devices * 2).next_power_of_two().max(2);
    let shift = 32 - size.trailing_zeros();
    let empty = Group { device: NONE, max: f32::NEG_INFINITY, count: 0, sum: 0.0 };
    let mut slots = vec![empty; size];
    let mut used: Vec<u32> = Vec::with_capacity(devices);
    for r in rows {
        let mut at = (r.device.wrapping_mul(0x9E37_79B1) >> shift) as usize;
        let group = loop {
            let group = &mut slots[at & (size - 1)];
            if group.device == r.device {
                break group;
            }
            if group.device == NONE {
                assert!(used.len() < devices, "more than {devices} devices");
                group.device = r.device;
                used.push((at & (size - 1)) as u32);
                break group;
            }
            at += 1;
        };
        group.count += 1;
        group.sum += f64::from(r.temp);
        group.max = if r.temp > group.max { r.temp } else { group.max };
    }
    for at in used {
        let Group { device, max, count, sum } = slots[at as usize];
        write(GroupRow { window_start: 0, device, max, count, avg: sum / count as f64 });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::readings;
    use crate::hand;

    #[test]
    fn it_says_what_q3_says() {
        let rows = readings(50_000);
        let (mut one, mut other) = (Vec::new(), Vec::new());
        hand::q3(&rows, |row| one.push(row));
        q3_of(&rows, 1_000, |row| other.push(row));
        assert_eq!(one, other);
    }
}
