//! Panes: time cut into pieces of one length, of which windows are made, so that a record goes to
//! one pane however many windows overlap (Li, Maier, Tufte, Papadimos, Tucker: "No pane, no gain",
//! SIGMOD Record 34(1), 2005).
//!
//! Panes are numbered: pane 0 begins at the offset. Windows are numbered too, by their ends:
//! window k of SLIDE has panes `k * every .. k * every + size`; window k of CUMULATE ends with
//! pane k and begins with the multiple of `steps` at or below it.

use crate::plan::{WindowShape, WindowTable};

/// The panes and windows of a window entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Panes {
    /// Length of a pane, microseconds or rows, above 0.
    pub length: i64,
    /// Where pane 0 begins.
    pub offset: i64,
    /// Panes of the longest window, above 0.
    pub size: i64,
    /// Panes from the start of a window to that of the next, above 0; of CUMULATE, as many as the
    /// longest has.
    pub every: i64,
    /// Panes for which a closed window still takes records.
    pub lateness: i64,
    /// Panes that a record can be ahead of the one that the watermark is in.
    pub ahead: i64,
    /// Whether each pane ends a window.
    pub cumulates: bool,
}

impl Panes {
    /// The panes of an entry whose watermark trails by `delay`; `None` for windows without panes,
    /// and for lengths that are not above 0.
    #[must_use]
    pub const fn of(entry: &WindowTable, delay: i64) -> Option<Self> {
        let (length, offset, size, every, cumulates) = match entry.shape {
            WindowShape::Slide { pane, offset, size, every } => (pane, offset, size, every, false),
            WindowShape::Cumulate { pane, offset, steps } => (pane, offset, steps, steps, true),
            WindowShape::Session { .. } | WindowShape::State { .. } => return None,
        };
        if length <= 0 || size == 0 || every == 0 || entry.lateness < 0 || delay < 0 {
            return None;
        }
        Some(Self {
            length,
            offset,
            size: size as i64,
            every: every as i64,
            lateness: div_ceil(entry.lateness, length),
            ahead: div_ceil(delay, length),
            cumulates,
        })
    }

    /// Panes that can hold records at once: those of the windows that are open or still take late
    /// records, and those ahead of the watermark. Saturates.
    #[must_use]
    #[inline(always)]
    pub const fn held(&self) -> i64 {
        self.size.saturating_add(self.lateness).saturating_add(self.ahead)
    }

    /// The place of a pane in a ring of as many as are [`held`](Self::held).
    #[inline(always)]
    pub(crate) const fn ring(&self, pane: i64) -> usize {
        match pane.checked_rem_euclid(self.held()) {
            Some(place) => place as usize,
            None => 0,
        }
    }

    /// The pane that holds `time`.
    #[must_use]
    #[inline(always)]
    pub const fn at(&self, time: i64) -> i64 {
        floor_div(time.saturating_sub(self.offset), self.length)
    }

    /// The first microsecond, or row, of a pane.
    #[must_use]
    #[inline(always)]
    pub const fn start(&self, pane: i64) -> i64 {
        pane.saturating_mul(self.length).saturating_add(self.offset)
    }

    /// The first pane of a window.
    #[must_use]
    #[inline(always)]
    pub const fn first(&self, window: i64) -> i64 {
        if self.cumulates {
            floor_div(window, self.every).saturating_mul(self.every)
        } else {
            window.saturating_mul(self.every)
        }
    }

    /// The pane behind the last of a window.
    #[must_use]
    #[inline(always)]
    pub const fn end(&self, window: i64) -> i64 {
        if self.cumulates {
            window.saturating_add(1)
        } else {
            window.saturating_mul(self.every).saturating_add(self.size)
        }
    }

    /// The first window that ends behind `pane`: it is open while the watermark is in that pane.
    #[must_use]
    #[inline(always)]
    pub const fn open(&self, pane: i64) -> i64 {
        if self.cumulates {
            pane
        } else {
            floor_div(pane.saturating_sub(self.size), self.every).saturating_add(1)
        }
    }

    /// The first window that takes records while the watermark is in `pane`.
    #[must_use]
    #[inline(always)]
    pub const fn taking(&self, pane: i64) -> i64 {
        self.open(pane.saturating_sub(self.lateness))
    }

    /// Whether `pane` is in a window that takes records while the watermark is in `bound`.
    #[must_use]
    #[inline(always)]
    pub const fn takes(&self, pane: i64, bound: i64) -> bool {
        self.gap(pane) < 0 && self.last(pane).saturating_add(self.lateness) > bound
    }

    /// Whether `pane` lies between windows: 0 or more if it does.
    #[must_use]
    #[inline(always)]
    pub const fn gap(&self, pane: i64) -> i64 {
        let first = floor_div(pane, self.every).saturating_mul(self.every);
        pane.saturating_sub(first).saturating_sub(self.size)
    }

    /// The end of the last window that holds `pane`, which is in one.
    #[inline(always)]
    const fn last(&self, pane: i64) -> i64 {
        floor_div(pane, self.every).saturating_mul(self.every).saturating_add(self.size)
    }
}

/// The quotient rounded down; 0 for a divisor of 0.
const fn floor_div(a: i64, b: i64) -> i64 {
    match a.checked_div_euclid(b) {
        Some(quotient) => quotient,
        None => 0,
    }
}

/// The quotient of numbers that are not below 0, rounded up.
const fn div_ceil(a: i64, b: i64) -> i64 {
    match (a as u64).checked_div(b as u64) {
        Some(quotient) if (quotient as i64).saturating_mul(b) < a => quotient as i64 + 1,
        Some(quotient) => quotient as i64,
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn panes(size: i64, every: i64, cumulates: bool, lateness: i64) -> Panes {
        Panes { length: 10, offset: 3, size, every, lateness, ahead: 2, cumulates }
    }

    /// What the formulas say, by looking at every window.
    #[test]
    fn windows_are_where_counting_finds_them() {
        for (size, every) in [(1, 1), (3, 1), (5, 2), (2, 5), (4, 4), (7, 3)] {
            for lateness in [0, 1, 3] {
                let p = panes(size, every, false, lateness);
                check(&p, -60..60);
                check(&panes(size, size, true, lateness), -60..60);
            }
        }
    }

    fn check(p: &Panes, windows: core::ops::Range<i64>) {
        for bound in -10..10 {
            let open = windows.clone().find(|&k| p.end(k) > bound).unwrap();
            assert_eq!(p.open(bound), open, "{p:?} {bound}");
            let taking = windows.clone().find(|&k| p.end(k) + p.lateness > bound).unwrap();
            assert_eq!(p.taking(bound), taking);
            assert!(bound + p.ahead - p.first(taking) < p.held(), "{p:?} {bound}");
            for pane in bound - 20..bound + 3 {
                let takes = |k: i64| {
                    (p.first(k)..p.end(k)).contains(&pane) && p.end(k) + p.lateness > bound
                };
                assert_eq!(
                    p.takes(pane, bound),
                    windows.clone().any(takes),
                    "{p:?} {pane} {bound}"
                );
            }
        }
    }

    #[test]
    fn panes_of_times() {
        let p = panes(3, 1, false, 0);
        assert_eq!([-8, -7, 2, 3, 12, 13].map(|t| p.at(t)), [-2, -1, -1, 0, 0, 1]);
        assert_eq!([-1, 0, 1].map(|i| p.start(i)), [-7, 3, 13]);
    }
}
