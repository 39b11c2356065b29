//! Misspellings: the known name that is nearest to one.

use alloc::vec::Vec;

/// The name among `known` that `name` is most likely a misspelling of, if one is near.
///
/// ```
/// use ringql_core::sql::nearest;
/// assert_eq!(nearest("tmep", ["ts", "temp"].into_iter()), Some("temp"));
/// assert_eq!(nearest("speed", ["ts", "temp"].into_iter()), None);
/// ```
pub fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let limit = (name.chars().count() / 3).clamp(1, 3);
    known
        .map(|k| (distance(name, k), k))
        .filter(|&(d, _)| d <= limit)
        .min_by_key(|&(d, _)| d)
        .map(|(_, k)| k)
}

/// Edits between two names without regard to case; a swap of neighbours is one edit.
fn distance(a: &str, b: &str) -> usize {
    const LONGEST: usize = 64;
    let lower =
        |s: &str| s.chars().take(LONGEST).map(|c| c.to_ascii_lowercase()).collect::<Vec<_>>();
    let (a, b) = (lower(a), lower(b));
    let mut rows = [[0usize; LONGEST + 1]; 3];
    for (j, cell) in rows[0].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=a.len() {
        let (now, last, before) = (i % 3, (i + 2) % 3, (i + 1) % 3);
        rows[now][0] = i;
        for j in 1..=b.len() {
            let same = usize::from(a[i - 1] != b[j - 1]);
            let mut best =
                (rows[last][j - 1] + same).min(rows[last][j] + 1).min(rows[now][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[before][j - 2] + 1);
            }
            rows[now][j] = best;
        }
    }
    rows[a.len() % 3][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        assert_eq!(distance("temp", "temp"), 0);
        assert_eq!(distance("TEMP", "temp"), 0);
        assert_eq!(distance("tmep", "temp"), 1);
        assert_eq!(distance("tem", "temp"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", ""), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn nearest_is_near() {
        let known = ["device", "temp", "humidity"];
        assert_eq!(nearest("devcie", known.into_iter()), Some("device"));
        assert_eq!(nearest("humdity", known.into_iter()), Some("humidity"));
        assert_eq!(nearest("speed", known.into_iter()), None);
        assert_eq!(nearest("x", ["y"].into_iter()), Some("y"));
    }
}
