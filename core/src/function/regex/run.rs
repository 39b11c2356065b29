//! Searching a text with a compiled pattern: a byte at a time, no memory but registers.

use super::form::{Automaton, Before, MATCH, MAX_REGISTERS, PLACE, STOP, UNSET};

/// No place.
const NONE: u32 = u32::MAX;

/// The places of the groups of a match.
#[derive(Clone, Copy, Debug)]
pub(super) struct Places([u32; MAX_REGISTERS]);

impl Places {
    const NOWHERE: Self = Self([NONE; MAX_REGISTERS]);

    /// Where group `number`, among those that are found, starts and ends; `None` if it matched
    /// nothing.
    pub(super) fn group(&self, number: usize) -> Option<(usize, usize)> {
        match self.0.get(number.checked_mul(2)?..)? {
            [NONE, ..] | [_, NONE, ..] => None,
            // An automaton that SQL did not make might have them the other way round.
            [start, end, ..] if start <= end => Some((*start as usize, *end as usize)),
            _ => None,
        }
    }

    fn act(&mut self, pairs: &[[u8; 2]], place: usize) {
        for [to, from] in pairs {
            let value = match *from {
                // A text has at most 65,535 bytes.
                PLACE => place as u32,
                UNSET => NONE,
                from => self.0.get(usize::from(from)).copied().unwrap_or(NONE),
            };
            if let Some(register) = self.0.get_mut(usize::from(*to)) {
                *register = value;
            }
        }
    }
}

impl Automaton<'_> {
    /// The state after `state` for a class of bytes.
    #[inline]
    fn step(&self, state: u16, class: u16) -> u16 {
        let cell = self.next.get(usize::from(state) + usize::from(class));
        cell.map_or(self.stop, |cell| u16::from_le_bytes(*cell))
    }

    /// Whether the pattern matches anywhere.
    #[inline]
    pub(super) fn is_match(&self, text: &[u8]) -> bool {
        let [mut state, ..] = self.start;
        for byte in text {
            state = self.step(state, self.classes[usize::from(*byte)].into());
            if state >= self.action {
                let flags = self.action(state).map_or(STOP, |(flags, _)| flags);
                if flags & (MATCH | STOP) != 0 {
                    return flags & MATCH != 0;
                }
            }
        }
        let state = self.step(state, self.width.wrapping_sub(1));
        self.action(state).is_some_and(|(flags, _)| flags & MATCH != 0)
    }

    /// The groups of the leftmost match that starts at `from` or behind.
    pub(super) fn find(&self, text: &[u8], from: usize) -> Option<Places> {
        let before = match from.checked_sub(1).and_then(|last| text.get(last)) {
            Some(byte) => Before::behind(*byte),
            None => Before::Start,
        };
        let mut state = *self.start.get(before as usize)?;
        let (mut places, mut found) = (Places::NOWHERE, None);
        for (byte, place) in text.get(from..)?.iter().zip(from..) {
            state = self.step(state, self.classes[usize::from(*byte)].into());
            if state >= self.action {
                let (flags, pairs) = self.action(state)?;
                places.act(pairs, place);
                if flags & MATCH != 0 {
                    found = Some(());
                }
                if flags & STOP != 0 {
                    return found.map(|()| places);
                }
            }
        }
        let state = self.step(state, self.width.wrapping_sub(1));
        if let Some((flags, pairs)) = self.action(state) {
            places.act(pairs, text.len());
            if flags & MATCH != 0 {
                found = Some(());
            }
        }
        found.map(|()| places)
    }
}
