//! GROUP BY: folds rows into the groups of their windows, and lets groups leave.

use crate::counters::Counters;
use crate::error::RunError;
use crate::expr::frame::Frame;
use crate::plan::layout::{AggregateLayout, Combine, window};
use crate::plan::op::RegisterId;
use crate::plan::{AggregateTable, EmitMode, OnFull, Plan, TimeSource, WindowShape, WindowTable};
use crate::time::panes::Panes;

use super::groups::{CHANGES, CLOSING, LATE, NO_GROUP, NOTHING, ONE, Progress, Table};
use super::keys;
use super::panes::{Leaving, ring};
use super::sessions::{Reached, Rule};
use super::window::RowPanes;

/// An aggregate operator over its state.
#[derive(Debug)]
pub(crate) struct Aggregate<'a> {
    table: Table<'a>,
    /// The window entry; without one there is a single window.
    window: Option<&'a WindowTable>,
}

/// The rows that are folded, and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rows<'a> {
    /// How many.
    pub(crate) count: usize,
    /// Their panes.
    pub(crate) panes: RowPanes<'a>,
    /// The pane that the watermark is in, and where that begins.
    pub(crate) bound: i64,
    /// See `bound`.
    pub(crate) watermark: i64,
}

/// How far a batch was folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Folded {
    /// All of it.
    All,
    /// Up to that row, which needs a place that there is not.
    Full(usize),
    /// Up to that row: groups leave first to make room.
    Leaves(usize),
}

impl<'a> Aggregate<'a> {
    /// The operator of `entry`, whose state is at the start of `state`.
    pub(crate) fn new(
        plan: &'a Plan<'a>,
        entry: &'a AggregateTable,
        layout: &'a AggregateLayout,
        state: &'a mut [u8],
    ) -> Result<Self, RunError> {
        let table = Table::new(plan, entry, layout, state)?;
        Ok(Self { table, window: window(plan, entry) })
    }

    /// Makes all groups of all panes new.
    pub(crate) fn start(&mut self) -> Result<(), RunError> {
        self.table.start()
    }

    /// Where it is.
    pub(crate) fn progress(&mut self) -> &mut Progress {
        self.table.progress
    }

    const fn panes(&self) -> Option<Panes> {
        match self.table.layout.combine {
            Combine::Pane(p) | Combine::Stacks(p) | Combine::Running(p) | Combine::Each(p) => {
                Some(p)
            }
            Combine::Whole | Combine::Sessions => None,
        }
    }

    /// The rule of sessions, and whether they are windows by state.
    fn sessions(&self, watermark: i64) -> Option<(Rule, bool)> {
        let window = self.window?;
        match window.shape {
            WindowShape::Session { gap } => {
                Some((Rule { gap, watermark, lateness: window.lateness }, false))
            }
            WindowShape::State { .. } => Some((Rule { gap: 0, watermark, lateness: 0 }, true)),
            _ => None,
        }
    }

    /// Folds rows, whose keys and arguments are in their registers, into groups. `time(row)` is a
    /// row's time, for sessions.
    pub(crate) fn update(
        &mut self,
        frame: &Frame<'_>,
        rows: Rows<'_>,
        time: impl Fn(usize) -> i64,
        counters: &mut Counters,
    ) -> Result<Folded, RunError> {
        let (plan, entry, count) = (self.table.plan, self.table.entry, rows.count);
        if count == 0 {
            return Ok(Folded::All);
        }
        let width = self.table.layout.key_words as usize;
        let keys = entry.keys.of(plan.lists);
        let lone = keys::Lone::of(frame, keys, count)?;
        if width > 0 && lone.is_none() {
            let words = self.table.batch_keys.get_mut(..count * width);
            keys::encode(
                frame,
                plan.registers,
                keys,
                width,
                count,
                words.ok_or(RunError::Internal)?,
            )?;
        }
        if let Some((rule, by_state)) = self.sessions(rows.watermark) {
            return self.update_sessions(frame, lone, count, &rule, by_state, time, counters);
        }
        if let Some(p) = self.panes() {
            let high = rows.bound.saturating_add(p.ahead).saturating_add(1);
            self.table.progress.high = self.table.progress.high.max(high);
        }
        let mut done = 0;
        let mut folded = Folded::All;
        if width == 0 {
            if let RowPanes::One(pane) = rows.panes {
                self.table.present(pane.into())?.insert(0);
            } else {
                self.table.batch_groups.get_mut(..count).ok_or(RunError::Internal)?.fill(0);
                self.table.enter(rows.panes, 0, count)?;
            }
            done = count;
        }
        while done < count {
            let found = self.table.find(lone, done, count)?;
            self.table.enter(rows.panes, done, done + found)?;
            done += found;
            if done == count || self.reclaim()? {
                continue;
            }
            match entry.on_full {
                OnFull::Error => {
                    folded = Folded::Full(done);
                    break;
                }
                OnFull::DropNew => {
                    *self.table.batch_groups.get_mut(done).ok_or(RunError::Internal)? = NO_GROUP;
                    counters.dropped += 1;
                    self.table.progress.dropped += 1;
                    done += 1;
                }
                OnFull::EvictOldest => {
                    // Rows that the batch has for it already go with it.
                    self.evict(done, counters)?;
                }
                OnFull::CloseOldest => {
                    self.table.progress.job = ONE;
                    self.table.progress.cursor = self.table.directory().0.oldest();
                    self.table.progress.until = self.table.progress.low;
                    folded = Folded::Leaves(done);
                    break;
                }
            }
        }
        self.table.progress.rows += done as u64;
        let one = match rows.panes {
            RowPanes::One(pane) if width == 0 => Some(pane as usize),
            _ => None,
        };
        if let (Some(pane), true) =
            (one, self.table.layout.notes_changes || !self.table.records.is_empty())
        {
            self.table.batch_groups.get_mut(..done).ok_or(RunError::Internal)?.fill(pane as u32);
        }
        self.fold(frame, done, one, rows.bound)?;
        self.fold_merged(frame, rows, done)?;
        Ok(folded)
    }

    /// Folds the first `rows` rows of `batch_groups`, and notes what that changes.
    fn fold(
        &mut self,
        frame: &Frame<'_>,
        rows: usize,
        one: Option<usize>,
        bound: i64,
    ) -> Result<(), RunError> {
        // The list is lent out: states and lists lie apart.
        let groups = core::mem::take(&mut self.table.batch_groups);
        let folded = match groups.get(..rows) {
            Some(rows) => self.table.update(frame, rows, one),
            None => Err(RunError::Internal),
        };
        self.table.batch_groups = groups;
        folded?;
        if !self.table.records.is_empty() {
            for group in self.table.batch_groups.get(..rows).ok_or(RunError::Internal)? {
                if let Some(records) = self.table.records.get_mut(*group as usize) {
                    *records = records.saturating_add(1);
                }
            }
        }
        if self.table.layout.notes_changes {
            // Groups whose window has not left yet leave with it.
            let closed = |p: Panes| {
                let here = ring(&p, bound) as i64;
                move |pane: usize| {
                    (pane as i64 - here).checked_rem_euclid(p.held()).unwrap_or(0) > p.ahead
                }
            };
            match self.panes().filter(|_| self.table.entry.emit == EmitMode::Final) {
                Some(p) => self.table.note_changes(rows, closed(p))?,
                None => self.table.note_changes(rows, |_| true)?,
            }
        }
        Ok(())
    }

    /// Folds rows of panes that were merged into others there too. These are late, and few.
    fn fold_merged(
        &mut self,
        frame: &Frame<'_>,
        rows: Rows<'_>,
        count: usize,
    ) -> Result<(), RunError> {
        let (Some(p), RowPanes::Each(panes)) = (self.panes(), rows.panes) else { return Ok(()) };
        if !matches!(self.table.layout.combine, Combine::Stacks(_) | Combine::Running(_)) {
            return Ok(());
        }
        let here = ring(&p, rows.bound) as i64;
        let pane_of = |row: usize| {
            let place = i64::from(panes.get(row).copied().unwrap_or(0));
            // At most `ahead` panes beyond the bound, else before it.
            let after = place.wrapping_sub(here).checked_rem_euclid(p.held()).unwrap_or(0);
            let after = if after > p.ahead { after - p.held() } else { after };
            rows.bound.saturating_add(after)
        };
        let oldest = (0..count).map(pane_of).min().unwrap_or(rows.bound);
        if oldest >= self.table.progress.merged {
            return Ok(());
        }
        let groups = self.table.groups();
        let running = self.table.layout.panes as usize;
        for target in self.table.progress.low.max(oldest.saturating_sub(p.held()))
            ..=self.table.progress.merged
        {
            // The last round is the running pane's.
            let last = target == self.table.progress.merged;
            if !last && target >= self.table.progress.front {
                continue;
            }
            let set = if last { running } else { ring(&p, target) };
            let mut any = false;
            for row in 0..count {
                let pane = pane_of(row);
                let (range, in_running) = self.table.merged_from(&p, pane);
                let also = if last { in_running } else { range.contains(&target) };
                let group = self.table.batch_groups.get(row).copied().unwrap_or(NO_GROUP);
                let slot = if also && group != NO_GROUP {
                    any = true;
                    let place = group as usize - (ring(&p, pane) * groups).min(group as usize);
                    self.table.present(set)?.insert(place);
                    (set * groups + place) as u32
                } else {
                    NO_GROUP
                };
                *self.table.slots.get_mut(row).ok_or(RunError::Internal)? = slot;
            }
            if any {
                let slots = core::mem::take(&mut self.table.slots);
                let folded = match slots.get(..count) {
                    Some(slots) => self.table.update(frame, slots, None),
                    None => Err(RunError::Internal),
                };
                self.table.slots = slots;
                folded?;
            }
        }
        Ok(())
    }

    /// Makes places free whose keys are in no window.
    fn reclaim(&mut self) -> Result<bool, RunError> {
        let (is_session, groups) =
            (self.table.layout.combine == Combine::Sessions, self.table.layout.groups);
        let sets = self.table.layout.sets as usize;
        let words = crate::plan::layout::bits_words(groups) as usize;
        let (mut directory, present, heads) = self.table.directory();
        directory.reclaim(|word| {
            if is_session {
                let heads = heads.get(word * 64..).unwrap_or(&[]).iter().take(64);
                return heads
                    .enumerate()
                    .fold(0, |bits, (i, head)| bits | u64::from(*head != NO_GROUP) << i);
            }
            (0..sets)
                .fold(0, |bits, set| bits | present.get(set * words + word).copied().unwrap_or(0))
        })
    }

    /// Forgets the oldest group, also in the batch's first `rows` rows.
    fn evict(&mut self, rows: usize, counters: &mut Counters) -> Result<(), RunError> {
        let place = self.table.directory().0.evict()?;
        let groups = self.table.groups();
        let mut gone: u64 = 0;
        for group in self.table.batch_groups.get_mut(..rows).ok_or(RunError::Internal)? {
            if *group != NO_GROUP && (*group as usize).checked_rem(groups) == Some(place as usize) {
                *group = NO_GROUP;
                gone += 1;
            }
        }
        gone += self.forget_place(place as usize)?;
        self.table.progress.evicted += gone;
        counters.evicted += gone;
        Ok(())
    }

    /// Makes the group at a place new in every pane. Returns the records that were in it.
    fn forget_place(&mut self, place: usize) -> Result<u64, RunError> {
        let groups = self.table.groups();
        let mut records = 0;
        for set in 0..self.table.layout.sets as usize {
            if !self.table.present(set)?.remove(place) {
                continue;
            }
            let slot = set * groups + place;
            records += u64::from(self.table.records.get(slot).copied().unwrap_or(0));
            if self.table.layout.notes_changes && set < self.table.layout.panes as usize {
                self.table.changed(set)?.remove(place);
            }
            *self.table.slots.get_mut(0).ok_or(RunError::Internal)? = slot as u32;
            self.table.reset_slots(1)?;
        }
        Ok(records)
    }

    #[allow(clippy::too_many_arguments)]
    fn update_sessions(
        &mut self,
        frame: &Frame<'_>,
        lone: Option<keys::Lone<'_>>,
        count: usize,
        rule: &Rule,
        by_state: bool,
        time: impl Fn(usize) -> i64,
        counters: &mut Counters,
    ) -> Result<Folded, RunError> {
        let keyless = self.table.layout.key_words == 0;
        let conditions = match self.window.map(|window| window.shape) {
            Some(WindowShape::State { begin, end, .. }) => {
                Some((frame.get(begin)?, frame.get(end)?))
            }
            _ => None,
        };
        let mut done = 0;
        let mut folded = Folded::All;
        if keyless {
            self.table.batch_groups.get_mut(..count).ok_or(RunError::Internal)?.fill(0);
        }
        while done < count {
            let found = if keyless { count - done } else { self.table.find(lone, done, count)? };
            let (mut late, mut outside) = (0, 0);
            let (reached, merges) = match &conditions {
                Some((begin, end)) => {
                    let to = done + found;
                    let reached =
                        self.table.put_into_states(begin, end, &time, done, to, &mut outside)?;
                    (reached, 0)
                }
                None => self.table.put_into_sessions(rule, &time, done, done + found, &mut late)?,
            };
            counters.late += late;
            counters.filtered += outside;
            let end = match reached {
                Reached::End => done + found,
                Reached::Row(row) => row,
            };
            self.table.merged_sessions(merges)?;
            self.fold_sessions(frame, done, end)?;
            done = end;
            if done == count {
                break;
            }
            // The row needs a place for its key, or a session. What the merges released may do.
            if merges > 0 || (reached == Reached::End && self.reclaim()?) {
                continue;
            }
            // Sessions that wait for late rows go first, but not with rows that have not left.
            let makes_room =
                matches!(self.table.entry.on_full, OnFull::EvictOldest | OnFull::CloseOldest);
            if makes_room && rule.lateness > 0 && self.table.changed(0)?.next(0).is_some() {
                self.emit_changes(0);
                folded = Folded::Leaves(done);
                break;
            }
            let oldest_leaves = match self.table.entry.on_full {
                OnFull::Error => {
                    folded = Folded::Full(done);
                    break;
                }
                OnFull::DropNew => {
                    *self.table.batch_groups.get_mut(done).ok_or(RunError::Internal)? = NO_GROUP;
                    counters.dropped += 1;
                    self.table.progress.dropped += 1;
                    done += 1;
                    continue;
                }
                OnFull::EvictOldest => {
                    let before = self.table.progress.evicted;
                    let evicted = self.table.evict_session(rule, by_state)?;
                    counters.evicted += self.table.progress.evicted - before;
                    !evicted
                }
                OnFull::CloseOldest => true,
            };
            if oldest_leaves {
                if by_state {
                    self.table.end_oldest_state()?;
                }
                self.table.progress.job = ONE;
                folded = Folded::Leaves(done);
                break;
            }
        }
        if folded == Folded::All && by_state {
            // Any pane will do: what has ended leaves.
            self.close(0, 0)?;
        }
        Ok(folded)
    }

    /// Folds rows `from..to`, which have sessions.
    fn fold_sessions(&mut self, frame: &Frame<'_>, from: usize, to: usize) -> Result<(), RunError> {
        if from == to {
            return Ok(());
        }
        self.table.progress.rows += (to - from) as u64;
        for row in from..to {
            let id = self.table.batch_groups.get(row).copied().unwrap_or(NO_GROUP);
            if id < LATE {
                self.table.present(0)?.insert(id as usize);
            }
        }
        self.fold(frame, to, None, i64::MAX)?;
        // They are done with: another round of this batch must not fold them again.
        for group in self.table.batch_groups.get_mut(..to).ok_or(RunError::Internal)? {
            if *group != LATE {
                *group = NO_GROUP;
            }
        }
        Ok(())
    }

    /// Notes where the watermark starts.
    pub(crate) fn begin(&mut self, bound: i64) {
        if let Some(p) = self.panes() {
            self.table.begin(&p, bound, self.first_window());
        }
    }

    /// Lets windows leave that end at or before pane `until`; the watermark was in `bound`.
    pub(crate) fn close(&mut self, until: i64, bound: i64) -> Result<(), RunError> {
        if until == i64::MAX
            && let Some((_, true)) = self.sessions(0)
        {
            self.table.end_states()?;
        }
        if self.table.is_busy() {
            self.table.also_close(until);
        } else if self.table.layout.notes_changes && self.table.layout.combine != Combine::Whole {
            // What closes may hold changes that have not left.
            self.table.leave_changes(self.first_taking(bound), until);
        } else {
            self.table.close(until);
        }
        Ok(())
    }

    /// Whether a row came too late for its session.
    pub(crate) fn is_late(&self, row: usize) -> bool {
        self.table.batch_groups.get(row) == Some(&LATE)
    }

    /// The time of the window that leaves next, for the stage behind.
    pub(crate) fn next_window(&mut self, watermark: i64) -> Result<(i64, i64), RunError> {
        if let Some((rule, by_state)) = self.sessions(watermark) {
            let id = self.table.first_due(&rule, by_state, i64::MAX)?.ok_or(RunError::Internal)?;
            let session = self.table.sessions.get(id as usize).ok_or(RunError::Internal)?;
            return Ok((session.start, session.last.saturating_add(rule.gap)));
        }
        let Some(p) = self.panes() else { return Ok((0, 0)) };
        let window = self.table.progress.window;
        Ok((p.start(p.first(window)), p.start(p.end(window))))
    }

    /// Where windows are from which rows can still leave, once none is leaving: their start and
    /// end are no earlier.
    pub(crate) fn horizon(&self, watermark: i64) -> Option<(i64, i64)> {
        let Some(p) = self.panes() else { return Some((i64::MIN, watermark)) };
        let window = self.table.progress.window;
        (window != super::window::NEW).then(|| (p.start(p.first(window)), p.start(p.end(window))))
    }

    /// Lets groups leave that changed.
    pub(crate) fn emit_changes(&mut self, bound: i64) {
        if !self.table.is_busy() && self.table.layout.notes_changes {
            self.table.leave_changes(self.first_taking(bound), super::window::NEW);
        }
    }

    fn first_taking(&self, bound: i64) -> i64 {
        self.panes().map_or(0, |p| p.taking(bound).max(self.first_window()))
    }

    /// The first window that there can be: rows are counted from 0.
    const fn first_window(&self) -> i64 {
        match self.window {
            Some(window) if matches!(window.time, TimeSource::Rows) => 0,
            _ => i64::MIN,
        }
    }

    /// Whether groups are on their way out; goes to the next window of which some are.
    pub(crate) fn is_leaving(&mut self, bound: i64, watermark: i64) -> Result<bool, RunError> {
        if !self.table.is_busy() {
            return Ok(false);
        }
        if let Some((rule, by_state)) = self.sessions(watermark) {
            let job = self.table.progress.job;
            let limit = if self.table.progress.until == i64::MAX || by_state || job == ONE {
                i64::MAX
            } else {
                watermark
            };
            let more = match job {
                CHANGES => {
                    let from = self.table.progress.cursor as usize;
                    self.table.changed(0)?.next(from).is_some()
                }
                _ => self.table.first_due(&rule, by_state, limit)?.is_some(),
            };
            if !more && job == CHANGES {
                self.table.end_changes();
                return self.is_leaving(bound, watermark);
            }
            if !more {
                self.table.progress.job = NOTHING;
            }
            return Ok(more);
        }
        let Some(p) = self.panes() else { return self.is_whole_leaving() };
        match self.table.progress.job {
            ONE => self.next_of_one(&p),
            CHANGES => {
                let more = self.table.next_change(&p, bound)?;
                Ok(more || self.table.is_busy() && self.table.next_window(&p)?)
            }
            _ => self.table.next_window(&p),
        }
    }

    /// Whether groups leave only if they changed. (The one group of a query without keys is there
    /// without rows too.)
    fn leaves_changes(&self) -> bool {
        let empty = self.table.layout.key_words == 0 && self.table.progress.rows == 0;
        self.table.entry.emit != EmitMode::Final && !empty
    }

    fn is_whole_leaving(&mut self) -> Result<bool, RunError> {
        let from = self.table.progress.cursor as usize;
        let more = match self.table.progress.job {
            ONE => true,
            job if job == CHANGES || self.leaves_changes() => {
                self.table.changed(0)?.next(from).is_some()
            }
            _ if self.table.layout.key_words == 0 => from == 0,
            _ => self.table.present(0)?.next(from).is_some(),
        };
        if !more {
            self.table.progress.job = NOTHING;
        }
        Ok(more)
    }

    /// The next pane that holds the one group that leaves to make room.
    fn next_of_one(&mut self, p: &Panes) -> Result<bool, RunError> {
        let place = self.table.progress.cursor as usize;
        while self.table.progress.until < self.table.progress.high {
            if self.table.present(ring(p, self.table.progress.until))?.contains(place) {
                return Ok(true);
            }
            self.table.progress.until += 1;
        }
        self.make_room(place)?;
        Ok(false)
    }

    fn make_room(&mut self, place: usize) -> Result<(), RunError> {
        self.forget_place(place)?;
        self.table.directory().0.evict()?;
        self.table.end_changes();
        Ok(())
    }

    /// Writes the results of the next groups, at most `max`, to their registers, and returns how
    /// many they are. All are of one window, or `same` says that their windows' ends agree.
    pub(crate) fn leave(
        &mut self,
        frame: &mut Frame<'_>,
        max: usize,
        watermark: i64,
        same: impl Fn(i64, i64) -> bool,
        counters: &mut Counters,
    ) -> Result<usize, RunError> {
        if let Some((rule, by_state)) = self.sessions(watermark) {
            return self.leave_sessions(frame, &rule, by_state, max, same, counters);
        }
        let Some(p) = self.panes() else { return self.leave_whole(frame, max, counters) };
        let leaving = if self.table.makes_room() {
            let pane = self.table.progress.until;
            *self.table.scratch.get_mut(0).ok_or(RunError::Internal)? = self.table.progress.cursor;
            self.table.list_slots(1, ring(&p, pane) * self.table.groups())?;
            self.table.progress.until += 1;
            Leaving { count: 1, start: p.start(pane), end: p.start(pane + 1), window: pane }
        } else {
            self.table.leave_window(&p, max)?
        };
        let count = leaving.count;
        self.fill_window(frame, count, |_| (leaving.start, leaving.end))?;
        self.table.write_results(frame, count, counters)?;
        let job = self.table.progress.job;
        let changes = job == CHANGES || self.table.entry.emit != EmitMode::Final;
        if changes && job != ONE && matches!(self.table.layout.combine, Combine::Pane(_)) {
            let set = ring(&p, p.at(leaving.start));
            for i in 0..count {
                let place = self.table.from.get(i).copied().unwrap_or(NO_GROUP) as usize;
                self.table.changed(set)?.remove(place);
            }
        }
        if !self.table.left.is_empty() {
            // In `scratch`, where each row's last one is kept.
            for i in 0..count {
                let place = self.table.from.get(i).copied().ok_or(RunError::Internal)?;
                *self.table.scratch.get_mut(i).ok_or(RunError::Internal)? =
                    self.table.left_slot(&p, leaving.window, place);
            }
        }
        Ok(count)
    }

    /// Forgets groups that have left for good: after [`leave`](Self::leave), once their rows are
    /// written.
    pub(crate) fn left(&mut self, count: usize, watermark: i64) -> Result<(), RunError> {
        let job = self.table.progress.job;
        if let Some((rule, by_state)) = self.sessions(watermark) {
            let all = self.table.progress.until == i64::MAX || by_state || job == ONE;
            if job == CHANGES {
                self.table.taken_back(count)?;
            } else if rule.lateness == 0 || all {
                self.table.left_due(count)?;
            }
            if job == ONE {
                self.table.end_changes();
            }
            return Ok(());
        }
        match self.panes() {
            Some(p) => self.table.left_window(&p, count),
            None if job == ONE => {
                let place = self.table.progress.cursor as usize;
                self.make_room(place)
            }
            None => Ok(()),
        }
    }

    /// What a retraction needs: where the rows are that groups left with, and the list of those of
    /// the `count` groups that leave now.
    pub(crate) fn left_rows(&mut self, count: usize) -> Option<(&[u32], &mut [u8])> {
        if self.table.left.is_empty() {
            return None;
        }
        let slots = match self.table.layout.combine {
            Combine::Whole => self.table.slots.get(..count)?,
            _ => self.table.scratch.get(..count)?,
        };
        Some((slots, self.table.left))
    }

    fn leave_whole(
        &mut self,
        frame: &mut Frame<'_>,
        max: usize,
        counters: &mut Counters,
    ) -> Result<usize, RunError> {
        let leaves_changes = self.leaves_changes();
        let table = &mut self.table;
        let mut count = 0;
        let mut at = table.progress.cursor as usize;
        let changes = table.progress.job == CHANGES || leaves_changes;
        if table.progress.job == ONE || table.layout.key_words == 0 && !changes {
            *table.scratch.get_mut(0).ok_or(RunError::Internal)? = table.progress.cursor;
            (count, at) = (1, at + 1);
        } else {
            while count < max
                && let Some(place) =
                    if changes { table.changed(0)? } else { table.present(0)? }.next(at)
            {
                if changes {
                    table.changed(0)?.remove(place);
                }
                *table.scratch.get_mut(count).ok_or(RunError::Internal)? = place as u32;
                count += 1;
                at = place + 1;
            }
        }
        table.list_slots(count, 0)?;
        table.write_results(frame, count, counters)?;
        if table.progress.job != ONE {
            table.progress.cursor = at as u32;
        }
        Ok(count)
    }

    fn leave_sessions(
        &mut self,
        frame: &mut Frame<'_>,
        rule: &Rule,
        by_state: bool,
        max: usize,
        same: impl Fn(i64, i64) -> bool,
        counters: &mut Counters,
    ) -> Result<usize, RunError> {
        let job = self.table.progress.job;
        let everything = self.table.progress.until == i64::MAX || by_state || job == ONE;
        let limit = if everything { i64::MAX } else { rule.watermark };
        let count = if job == CHANGES {
            let only_left = self.table.entry.emit == EmitMode::Final;
            self.table.list_changed(only_left, max)?
        } else {
            let most = if job == ONE { 1 } else { max };
            self.table.leave_due(rule, by_state, limit, most, same)?.count
        };
        if job == CLOSING && self.table.entry.emit != EmitMode::Final {
            // They have left with their last change.
            if rule.lateness == 0 || limit == i64::MAX {
                self.table.left_due(count)?;
            }
            return Ok(0);
        }
        self.fill_sessions(frame, count, if by_state { 0 } else { rule.gap })?;
        self.table.write_results(frame, count, counters)?;
        Ok(count)
    }

    fn fill_sessions(
        &mut self,
        frame: &mut Frame<'_>,
        count: usize,
        gap: i64,
    ) -> Result<(), RunError> {
        let [start, end] = *self.window_results() else { return Err(RunError::Internal) };
        for (register, is_end) in [(start, false), (end, true)] {
            let (mut dst, _) = frame.split(register)?;
            let times = dst.of::<i64>(count)?;
            for (time, id) in times.iter_mut().zip(&*self.table.slots) {
                let session = self.table.sessions.get(*id as usize).ok_or(RunError::Internal)?;
                *time = if is_end { session.last.saturating_add(gap) } else { session.start };
            }
        }
        Ok(())
    }

    fn window_results(&self) -> &'a [RegisterId] {
        self.table.entry.window_results.of(self.table.plan.lists)
    }

    fn fill_window(
        &mut self,
        frame: &mut Frame<'_>,
        count: usize,
        window: impl Fn(usize) -> (i64, i64),
    ) -> Result<(), RunError> {
        if let [start, end] = *self.window_results() {
            let (from, to) = window(0);
            for (register, time) in [(start, from), (end, to)] {
                frame.split(register)?.0.of::<i64>(count)?.fill(time);
            }
        }
        Ok(())
    }
}
