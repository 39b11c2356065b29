//! The rows of a stream in other orders.

use differential::columns::Row;
use differential::random::Random;

/// The rows in another order, in which none comes when the watermark has passed it, if the order
/// that they are in is such a one.
///
/// Each waits a random time of up to the watermark's delay: what comes before a row is then at most
/// the delay ahead of it.
#[must_use]
pub fn permuted(rows: &[Row], times: &[i64], delay: i64, random: &mut Random) -> Vec<Row> {
    let mut order: Vec<(i64, u64, usize)> = (0..rows.len())
        .map(|i| {
            let wait = (random.bits() % (delay as u64 + 1)) as i64;
            (times[i] + wait, random.bits(), i)
        })
        .collect();
    order.sort_unstable();
    order.into_iter().map(|(.., i)| rows[i].clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_permutation_is_late() {
        let mut random = Random::new(1);
        let times: Vec<i64> = (0..200).map(|i| i / 3 * 10).collect();
        let rows: Vec<Row> = times.iter().map(|t| vec![Some(t.to_string())]).collect();
        let mut moved = 0;
        for _ in 0..50 {
            let other = permuted(&rows, &times, 35, &mut random);
            let mut highest = i64::MIN;
            for row in &other {
                let time: i64 = row[0].as_deref().unwrap().parse().unwrap();
                highest = highest.max(time);
                assert!(time >= highest - 35);
            }
            moved += usize::from(other != rows);
            assert_eq!(other.len(), rows.len());
        }
        assert_eq!(moved, 50);
    }
}
