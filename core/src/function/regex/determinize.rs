//! A nondeterministic automaton to a deterministic one that knows where groups matched.
//!
//! `regex-automata`'s own deterministic automata find no groups, or (its one-pass ones) only those
//! of few patterns. This is the subset construction with *tags* (Laurikari 2000): a state is the
//! list of the threads that a backtracking matcher would try, in its order, each with the registers
//! that hold its groups' places. A step moves the threads and copies registers; which copies is
//! known in advance, so it is a part of the state that is entered. Registers are numbered by
//! first use in the list, so equal lists are equal states.

use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;

use regex_automata::nfa::thompson::{NFA, State};
use regex_automata::util::look::{Look, LookSet};
use regex_automata::util::primitives::StateID;

use super::form::{Before, MATCH, MAX_REGISTERS, PLACE, STOP, UNSET};

/// Most threads that are moved before a pattern is given up: a bound on the time of compiling.
const MAX_WORK: usize = 5_000_000;
/// Most cells of the table before it is made small: a bound on memory.
const MAX_CELLS: usize = 100_000;

/// What is done when a state is entered.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Action {
    pub(super) flags: u8,
    /// Registers set and where from, one after another.
    pub(super) pairs: Vec<[u8; 2]>,
}

/// A deterministic automaton.
#[derive(Debug)]
pub(super) struct Machine {
    /// The action of each state. Those that stop have no row.
    pub(super) actions: Vec<Action>,
    /// For each state the next one by class; the last is for the end of the text.
    pub(super) rows: Vec<Vec<usize>>,
    pub(super) start: [usize; 4],
    pub(super) classes: [u8; 256],
    pub(super) registers: usize,
}

/// Why there is no automaton.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TooLarge {
    Table,
    Registers,
}

/// A state: what stands before it, its threads, and what was done to enter it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Threads {
    before: u8,
    /// Where each thread is, the first one preferred.
    at: Vec<StateID>,
    /// The tags of each thread: a register, or [`UNSET`].
    tags: Vec<u8>,
    action: Action,
}

/// Makes `nfa` deterministic. `slots` are its slots that are found, start and end of each group;
/// without any, only whether there is a match.
///
/// # Errors
/// [`TooLarge`].
pub(super) fn determinize(nfa: &NFA, start: StateID, slots: &[usize]) -> Result<Machine, TooLarge> {
    let looks = nfa.look_set_any();
    let mut kinds: Vec<(u8, bool)> = Vec::new();
    let mut units: Vec<Option<u8>> = Vec::new();
    let mut classes = [0; 256];
    for (byte, class) in (0..=u8::MAX).zip(&mut classes) {
        let inside = looks.contains(Look::WordAsciiNegate) && is_inside(byte);
        let kind = (nfa.byte_classes().get(byte), inside);
        let found = kinds.iter().position(|other| *other == kind);
        // There are at most 256.
        *class = found.unwrap_or(kinds.len()) as u8;
        if found.is_none() {
            kinds.push(kind);
            units.push(Some(byte));
        }
    }
    units.push(None);
    let mut builder = Builder {
        nfa,
        slots,
        looks,
        numbers: BTreeMap::new(),
        states: Vec::new(),
        seen: vec![false; nfa.states().len()],
        work: 0,
        registers: slots.len(),
    };
    let mut starts = [0; 4];
    for (number, before) in starts.iter_mut().zip(Before::ALL) {
        let before = builder.kept(before);
        let tags = vec![UNSET; slots.len()];
        let action = Action::default();
        *number = builder.number(Threads { before, at: vec![start], tags, action });
    }
    let mut rows: Vec<Vec<usize>> = Vec::new();
    while let Some(from) = builder.states.get(rows.len()).cloned() {
        let mut row = Vec::new();
        if from.action.flags & STOP == 0 {
            for unit in &units {
                let to = builder.step(&from, *unit)?;
                row.push(builder.number(to));
            }
        }
        rows.push(row);
        if builder.work > MAX_WORK || rows.len().saturating_mul(units.len()) > MAX_CELLS {
            return Err(TooLarge::Table);
        }
    }
    let actions = builder.states.into_iter().map(|state| state.action).collect();
    Ok(Machine { actions, rows, start: starts, classes, registers: builder.registers })
}

/// Whether a byte stands within a character of UTF-8, so that before it is no place: RE2 has `\B`
/// there too, and its results are no texts then.
const fn is_inside(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

struct Builder<'a> {
    nfa: &'a NFA,
    slots: &'a [usize],
    looks: LookSet,
    numbers: BTreeMap<Threads, usize>,
    states: Vec<Threads>,
    seen: Vec<bool>,
    work: usize,
    registers: usize,
}

impl Builder<'_> {
    /// The number of a state.
    fn number(&mut self, threads: Threads) -> usize {
        if let Some(number) = self.numbers.get(&threads) {
            return *number;
        }
        self.states.push(threads.clone());
        self.numbers.insert(threads, self.states.len() - 1);
        self.states.len() - 1
    }

    /// What stands before a state, as far as the pattern looks at it.
    fn kept(&self, before: Before) -> u8 {
        let words = self.looks.contains_word();
        let lines = self.looks.contains(Look::StartLF);
        let starts = lines || self.looks.contains(Look::Start);
        let kept = match before {
            Before::Start => starts,
            Before::Newline => lines,
            Before::Word => words,
            Before::Other => true,
        };
        (if kept { before } else { Before::Other }) as u8
    }

    /// Whether a look-around holds between what stands before and the next byte.
    fn holds(look: Look, before: u8, next: Option<u8>) -> bool {
        let is = |it: Before| before == it as u8;
        let word_next = next.is_some_and(|byte| Before::behind(byte) == Before::Word);
        match look {
            Look::Start => is(Before::Start),
            Look::End => next.is_none(),
            Look::StartLF => is(Before::Start) || is(Before::Newline),
            Look::EndLF => next.is_none_or(|byte| byte == b'\n'),
            Look::WordAscii => is(Before::Word) != word_next,
            Look::WordAsciiNegate => is(Before::Word) == word_next && !next.is_some_and(is_inside),
            // The parser makes no others.
            _ => false,
        }
    }

    /// The state behind `from` when the next byte is `next`, or the text ends.
    fn step(&mut self, from: &Threads, next: Option<u8>) -> Result<Threads, TooLarge> {
        let count = self.slots.len();
        self.seen.fill(false);
        let mut entered = vec![false; if next.is_some() { self.seen.len() } else { 0 }];
        let (mut at, mut tags): (Vec<StateID>, Vec<u8>) = (Vec::new(), Vec::new());
        let mut matched: Option<Vec<u8>> = None;
        let mut stack: Vec<(StateID, Vec<u8>)> = Vec::new();
        for (index, id) in from.at.iter().enumerate() {
            let own = from.tags.get(index * count..(index + 1) * count).unwrap_or_default();
            stack.push((*id, own.to_vec()));
            while let Some((id, mut own)) = stack.pop() {
                self.work += 1;
                match self.seen.get_mut(id.as_usize()) {
                    Some(seen) if !*seen => *seen = true,
                    _ => continue,
                }
                let target = match self.nfa.state(id) {
                    State::ByteRange { trans } => {
                        next.filter(|byte| trans.matches_byte(*byte)).map(|_| trans.next)
                    }
                    State::Sparse(sparse) => next.and_then(|byte| sparse.matches_byte(byte)),
                    State::Dense(dense) => next.and_then(|byte| dense.matches_byte(byte)),
                    State::Look { look, next: to } => {
                        if Self::holds(*look, from.before, next) {
                            stack.push((*to, own));
                        }
                        continue;
                    }
                    State::Union { alternates } => {
                        stack.extend(alternates.iter().rev().map(|to| (*to, own.clone())));
                        continue;
                    }
                    State::BinaryUnion { alt1, alt2 } => {
                        stack.push((*alt2, own.clone()));
                        stack.push((*alt1, own));
                        continue;
                    }
                    State::Capture { next: to, slot, .. } => {
                        let found = self.slots.iter().position(|wanted| *wanted == slot.as_usize());
                        if let Some(tag) = found.and_then(|tag| own.get_mut(tag)) {
                            *tag = PLACE;
                        }
                        stack.push((*to, own));
                        continue;
                    }
                    State::Fail => continue,
                    State::Match { .. } => {
                        matched = Some(own);
                        stack.clear();
                        break;
                    }
                };
                if let Some(target) = target
                    && let Some(entered) = entered.get_mut(target.as_usize())
                    && !*entered
                {
                    *entered = true;
                    at.push(target);
                    tags.extend(own);
                }
            }
            if matched.is_some() {
                break;
            }
        }
        if count == 0 && matched.is_some() {
            at.clear();
        }
        let before = match next {
            Some(byte) if !at.is_empty() => self.kept(Before::behind(byte)),
            _ => Before::Other as u8,
        };
        let action = self.action(&mut tags, matched, at.is_empty())?;
        Ok(Threads { before, at, tags, action })
    }

    /// Gives the values in `tags` registers by first use, and says how they get there.
    fn action(
        &mut self,
        tags: &mut [u8],
        matched: Option<Vec<u8>>,
        stop: bool,
    ) -> Result<Action, TooLarge> {
        let results = self.slots.len();
        let mut flags = if stop { STOP } else { 0 };
        let mut moves: Vec<[u8; 2]> = Vec::new();
        let mut sources: Vec<u8> = Vec::new();
        for tag in tags.iter_mut().filter(|tag| **tag != UNSET) {
            let found = sources.iter().position(|source| source == tag);
            let index = found.unwrap_or_else(|| {
                sources.push(*tag);
                sources.len() - 1
            });
            // One register is kept to turn cycles of copies.
            if results + index + 1 >= MAX_REGISTERS {
                return Err(TooLarge::Registers);
            }
            *tag = (results + index) as u8;
        }
        for (register, source) in (results..).zip(sources) {
            moves.push([register as u8, source]);
        }
        if let Some(values) = matched {
            flags |= MATCH;
            moves.extend((0u8..).zip(values).map(|(result, value)| [result, value]));
        }
        moves.retain(|[to, from]| to != from);
        let pairs = in_order(moves);
        for [to, from] in &pairs {
            let used = [*to, *from].into_iter().filter(|r| usize::from(*r) < MAX_REGISTERS);
            self.registers = self.registers.max(used.max().map_or(0, |r| usize::from(r) + 1));
        }
        Ok(Action { flags, pairs })
    }
}

/// Copies that happen at once as copies one after another.
fn in_order(mut moves: Vec<[u8; 2]>) -> Vec<[u8; 2]> {
    const SPARE: u8 = MAX_REGISTERS as u8 - 1;
    let mut ordered = Vec::with_capacity(moves.len());
    while let Some(first) = moves.first().copied() {
        let free = moves.iter().position(|[to, _]| moves.iter().all(|[_, from]| from != to));
        if let Some(free) = free {
            ordered.push(moves.remove(free));
            continue;
        }
        // All are parts of cycles: what the first overwrites is kept elsewhere.
        let [to, _] = first;
        ordered.push([SPARE, to]);
        for [_, from] in &mut moves {
            if *from == to {
                *from = SPARE;
            }
        }
    }
    ordered
}
