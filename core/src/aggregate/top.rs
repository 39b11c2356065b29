//! `APPROX_TOP_K(x, k)`: space-saving (Metwally, Agrawal, El Abbadi 2005, "Efficient computation of
//! frequent and top-k elements in data streams"), merged as Agarwal et al. (2012, "Mergeable
//! summaries") show.
//!
//! Of n values and m counters every value that is more frequent than n / m is among them, and a
//! count is too high by at most n / m: exactly right while there are at most m different values.
//!
//! A state is how many counters are in use, and the counters: a count, how much of it may be
//! another value's, and the value.

use core::cmp::Ordering;
use core::fmt::Write;

use crate::counters::Counters;
use crate::error::RunError;
use crate::expr::frame::{Vector, VectorMut};
use crate::plan::aggregates::rules::{COUNTER_BYTES, STATE_HEADER, value_bytes};
use crate::plan::uses::Uses;
use crate::types::{DataType, Kind};

use super::result::{Outcome, write_texts};
use super::{Groups, States, cell};

const HEADER: usize = STATE_HEADER as usize;
const VALUE_AT: usize = COUNTER_BYTES as usize;

#[derive(Clone, Copy)]
struct Rule {
    kind: Kind,
    /// Bytes of a counter.
    width: usize,
}

/// The counters in use, and those that are free.
struct Top<'a> {
    used: usize,
    header: &'a mut [u8],
    counters: &'a mut [u8],
}

impl Rule {
    fn of<U: Uses>(states: &States<'_, U>) -> Self {
        let width = VALUE_AT + value_bytes(states.argument) as usize;
        Self { kind: states.kind(), width }
    }

    /// Adds to the counter of a value, or takes over the least one.
    fn add(&self, top: &mut Top<'_>, value: &[u8], by: u64, wrong: u64) -> Result<(), RunError> {
        let (mut least, mut least_at) = (u64::MAX, 0);
        for (at, counter) in
            top.counters.chunks_exact_mut(self.width.max(1)).enumerate().take(top.used)
        {
            if cell::compare(self.kind, value_of(counter), value) == Ordering::Equal {
                set(
                    counter,
                    count(counter).saturating_add(by),
                    error(counter).saturating_add(wrong),
                );
                return Ok(());
            }
            let now = count(counter);
            if now < least {
                (least, least_at) = (now, at);
            }
        }
        let free = top.counters.chunks_exact_mut(self.width.max(1)).nth(top.used);
        match free {
            Some(counter) => {
                top.used += 1;
                cell::put(top.header, &(top.used as u32).to_le_bytes())?;
                set(counter, by, wrong);
                cell::put(counter.get_mut(VALUE_AT..).ok_or(RunError::Internal)?, value)
            }
            None => {
                let counter = top.counters.chunks_exact_mut(self.width.max(1)).nth(least_at);
                let counter = counter.ok_or(RunError::Internal)?;
                set(counter, least.saturating_add(by), least.saturating_add(wrong));
                cell::put(counter.get_mut(VALUE_AT..).ok_or(RunError::Internal)?, value)
            }
        }
    }
}

fn word(counter: &[u8], at: usize) -> u64 {
    let bytes = counter.get(at..).and_then(|bytes| bytes.first_chunk());
    u64::from_le_bytes(bytes.copied().unwrap_or_default())
}

fn count(counter: &[u8]) -> u64 {
    word(counter, 0)
}

fn error(counter: &[u8]) -> u64 {
    word(counter, 8)
}

fn value_of(counter: &[u8]) -> &[u8] {
    counter.get(VALUE_AT..).unwrap_or(&[])
}

fn set(counter: &mut [u8], count: u64, error: u64) {
    if let Some((first, rest)) = counter.split_first_chunk_mut::<8>() {
        *first = count.to_le_bytes();
        if let Some(second) = rest.first_chunk_mut::<8>() {
            *second = error.to_le_bytes();
        }
    }
}

fn parts(state: &mut [u8]) -> Result<Top<'_>, RunError> {
    let (header, counters) = state.split_at_mut_checked(HEADER).ok_or(RunError::Internal)?;
    let used = u32::from_le_bytes(header.first_chunk().copied().unwrap_or_default()) as usize;
    Ok(Top { used, header, counters })
}

/// The counters of a state that are in use.
fn used<'a>(state: &'a [u8], rule: &Rule) -> impl Iterator<Item = &'a [u8]> + Clone {
    let used = u32::from_le_bytes(state.first_chunk().copied().unwrap_or_default()) as usize;
    state.get(HEADER..).unwrap_or(&[]).chunks_exact(rule.width.max(1)).take(used)
}

pub(super) fn update<U: Uses>(
    states: &mut States<'_, U>,
    x: &Vector<'_>,
    groups: Groups<'_>,
    rows: usize,
) -> Result<(), RunError> {
    let rule = Rule::of(states);
    states.each_row(x, groups, rows, |state, row| {
        rule.add(&mut parts(state)?, cell::of(x, row)?, 1, 0)
    })
}

pub(super) fn merge<U: Uses>(
    states: &mut States<'_, U>,
    into: &[u32],
    from: &[u32],
) -> Result<(), RunError> {
    let rule = Rule::of(states);
    states.each_pair(into, from, |into, from| {
        let capacity = into.len().saturating_sub(HEADER).checked_div(rule.width).unwrap_or(0);
        // A loop: `min` divides by the width.
        let least = |state: &[u8]| {
            let (mut all, mut least) = (0, u64::MAX);
            for counter in used(state, &rule) {
                all += 1;
                least = least.min(count(counter));
            }
            if all == capacity && all > 0 { least } else { 0 }
        };
        // A value that is missing on one side may have been there as often as the least one.
        let (own, other) = (least(into), least(from));
        let mut top = parts(into)?;
        for counter in top.counters.chunks_exact_mut(rule.width.max(1)).take(top.used) {
            let same = |new: &&[u8]| {
                cell::compare(rule.kind, value_of(counter), value_of(new)) == Ordering::Equal
            };
            let (more, wrong) = match used(from, &rule).find(same) {
                Some(new) => (count(new), error(new)),
                None => (other, other),
            };
            set(counter, count(counter).saturating_add(more), error(counter).saturating_add(wrong));
        }
        // Those that only `from` has take the places of lesser ones. One that both have and that lost
        // its place so does not come back: what it would count is not more than the least one.
        for new in used(from, &rule) {
            let mut all = top.counters.chunks_exact(rule.width.max(1)).take(top.used);
            let known = all.any(|counter| {
                cell::compare(rule.kind, value_of(counter), value_of(new)) == Ordering::Equal
            });
            if known {
                continue;
            }
            let (amount, wrong) = (count(new).saturating_add(own), error(new).saturating_add(own));
            place(&mut top, &rule, value_of(new), amount, wrong)?;
        }
        Ok(())
    })
}

/// Puts a counter into a free place, or into that of the least one if that is less.
fn place(
    top: &mut Top<'_>,
    rule: &Rule,
    value: &[u8],
    amount: u64,
    wrong: u64,
) -> Result<(), RunError> {
    let at = match top.counters.chunks_exact(rule.width.max(1)).nth(top.used) {
        Some(_) => {
            top.used += 1;
            cell::put(top.header, &(top.used as u32).to_le_bytes())?;
            top.used - 1
        }
        None => {
            let all = top.counters.chunks_exact(rule.width.max(1)).enumerate();
            let least = all.map(|(at, counter)| (count(counter), at)).min();
            match least {
                Some((least, at)) if least < amount => at,
                _ => return Ok(()),
            }
        }
    };
    let counter =
        top.counters.chunks_exact_mut(rule.width.max(1)).nth(at).ok_or(RunError::Internal)?;
    set(counter, amount, wrong);
    cell::put(counter.get_mut(VALUE_AT..).ok_or(RunError::Internal)?, value)
}

pub(super) fn finish<U: Uses>(
    states: &mut States<'_, U>,
    dst: &mut VectorMut<'_>,
    slots: &[u32],
    counters: &mut Counters,
) -> Result<(), RunError> {
    let rule = Rule::of(states);
    let data_type = states.argument;
    let k = states.parameter(0).map_or(0, |c| c.0);
    write_texts(dst, slots, counters, |slot, out| {
        let state: &[u8] = states.slot(slot as usize).ok_or(RunError::Internal)?;
        // The most frequent first, equally frequent ones in the order of values.
        let order = |a: &[u8], b: &[u8]| {
            let values = || cell::compare(rule.kind, value_of(a), value_of(b));
            count(b).cmp(&count(a)).then_with(values)
        };
        let mut last: Option<&[u8]> = None;
        for _ in 0..k {
            let rest = used(state, &rule).filter(|c| last.is_none_or(|l| order(l, c).is_lt()));
            let Some(next) = rest.min_by(|a, b| order(a, b)) else { break };
            let _ = out.write_str(if last.is_none() { "[[" } else { ",[" });
            let _ = write_json(out, data_type, value_of(next));
            let _ = out.write_char(',');
            let _ = crate::fmt::TextForm::write(count(next), out);
            let _ = out.write_char(']');
            last = Some(next);
        }
        if last.is_none() {
            return Ok(Outcome::Null);
        }
        let _ = out.write_char(']');
        Ok(Outcome::Value(()))
    })
}

/// Writes a value as JSON (RFC 8259): finite numbers and BOOLEANs as they are, all else as a text.
fn write_json(out: &mut impl Write, data_type: DataType, value: &[u8]) -> core::fmt::Result {
    let plain = match data_type {
        DataType::Boolean => true,
        DataType::Real | DataType::Double => cell::float(data_type.kind(), value).is_finite(),
        t => t.is_integer() || t.is_decimal(),
    };
    if plain {
        return crate::fmt::write_cast(out, data_type, value);
    }
    out.write_char('"')?;
    crate::fmt::write_cast(&mut Escaped(out), data_type, value)?;
    out.write_char('"')
}

/// Escapes what a text in JSON can't have.
struct Escaped<'a, W>(&'a mut W);

impl<W: Write> Write for Escaped<'_, W> {
    fn write_str(&mut self, s: &str) -> core::fmt::Result {
        s.chars().try_for_each(|c| match c {
            '"' | '\\' => {
                self.0.write_char('\\')?;
                self.0.write_char(c)
            }
            '\x08' => self.0.write_str("\\b"),
            '\t' => self.0.write_str("\\t"),
            '\n' => self.0.write_str("\\n"),
            '\x0c' => self.0.write_str("\\f"),
            '\r' => self.0.write_str("\\r"),
            '\0'..='\x1f' => {
                let digit = |n: u32| char::from_digit(n & 15, 16).unwrap_or('0');
                self.0.write_str("\\u00")?;
                self.0.write_char(digit(c as u32 >> 4))?;
                self.0.write_char(digit(c as u32))
            }
            c => self.0.write_char(c),
        })
    }
}
