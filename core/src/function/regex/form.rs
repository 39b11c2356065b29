//! The bytes of a compiled pattern: a deterministic automaton as a table.
//!
//! All numbers are little-endian. A *state* is named by the place of its row, `number * width`, so
//! that a step is one addition and one load.
//!
//! | bytes | what |
//! |---|---|
//! | 1 | the version of this form, 1 |
//! | 1 | G: how many groups' places are found, 0 if only whether there is a match |
//! | 1 | registers, at least 2 G, at most [`MAX_REGISTERS`] |
//! | 1 | 0 |
//! | 2 | W, the width of a row: classes of bytes, and one for the end of the text |
//! | 2 | R: states that have a row |
//! | 2 | A: the first state with an action, as a number |
//! | 2 | N: all states; those from R on stop |
//! | 8 | the start states: at the text's start, behind a line feed, behind a letter, a digit or `_` of ASCII, behind another byte |
//! | 256 | the class of each byte, below W - 1 |
//! | 2 R W | a row per state: the next state for each class, and at last for the end of the text |
//! | 2 (N - A) | where the action of a state from A on starts in the actions |
//! | rest | actions |
//!
//! An action is done when its state is entered by the byte at some *place* (or by the end, whose
//! place is the text's length): a byte of flags ([`MATCH`]: a match ended here; [`STOP`]: nothing
//! behind can change the result; the states from R on have it, and no others), a count, and as
//! many pairs: the register that is set, and the register whose value it gets, or [`PLACE`], or
//! [`UNSET`]. Registers 2 g and 2 g + 1 are the start and the end of what group number g, among
//! those that are found, matched; the others are the automaton's memory.
//!
//! So what is known of a place is known one byte later, which is how `$` and `\b` are decided.
//!
//! # Limits
//! [`MAX_BYTES`] a pattern, [`MAX_REGISTERS`] registers of 4 bytes on the stack.

/// Most bytes of a compiled pattern.
pub(super) const MAX_BYTES: usize = 16 * 1024;

/// Most registers of an automaton.
pub(super) const MAX_REGISTERS: usize = 40;

/// The version of the form.
pub(super) const VERSION: u8 = 1;

/// Flag of an action: a match ended here, and its groups are in the registers.
pub(super) const MATCH: u8 = 1;
/// Flag of an action: the result is known.
pub(super) const STOP: u8 = 2;

/// A source of a register: the place of the byte.
pub(super) const PLACE: u8 = 254;
/// A source of a register: no place.
pub(super) const UNSET: u8 = 255;

/// What stands before the place where a search starts: the number of its start state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Before {
    /// Nothing.
    Start,
    /// A line feed.
    Newline,
    /// A letter, a digit or `_` of ASCII.
    Word,
    /// Another byte.
    Other,
}

impl Before {
    /// All of them, in the form's order.
    #[cfg(feature = "sql")]
    pub(super) const ALL: [Self; 4] = [Self::Start, Self::Newline, Self::Word, Self::Other];

    /// What a byte is to what stands behind it.
    pub(super) const fn behind(byte: u8) -> Self {
        match byte {
            b'\n' => Self::Newline,
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_' => Self::Word,
            _ => Self::Other,
        }
    }
}

/// Bytes of the form without tables.
pub(super) const HEADER: usize = 20;

/// A compiled pattern, its parts found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Automaton<'a> {
    pub(super) groups: u8,
    pub(super) registers: u8,
    pub(super) width: u16,
    /// The first state with an action, and the first without a row.
    pub(super) action: u16,
    pub(super) stop: u16,
    pub(super) start: [u16; 4],
    pub(super) classes: &'a [u8; 256],
    pub(super) next: &'a [[u8; 2]],
    /// Where the actions of the states start.
    pub(super) offsets: &'a [[u8; 2]],
    pub(super) actions: &'a [u8],
}

impl<'a> Automaton<'a> {
    /// Finds the parts; `None` if there are too few bytes for them.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let (header, rest) = bytes.split_first_chunk::<HEADER>()?;
        let [VERSION, groups, registers, 0, numbers @ ..] = header else { return None };
        let (numbers, _) = numbers.as_chunks::<2>();
        let [width, rows, action, states, start @ ..] = numbers else { return None };
        let [width, rows, action, states] =
            [width, rows, action, states].map(|number| u16::from_le_bytes(*number));
        let mut starts = [0; 4];
        for (to, from) in starts.iter_mut().zip(start) {
            *to = u16::from_le_bytes(*from);
        }
        let (classes, rest) = rest.split_first_chunk::<256>()?;
        let cells = usize::from(rows).checked_mul(width.into())?;
        let (next, rest) = rest.split_at_checked(cells.checked_mul(2)?)?;
        let with_action = usize::from(states.checked_sub(action)?);
        let (offsets, actions) = rest.split_at_checked(with_action.checked_mul(2)?)?;
        Some(Self {
            groups: *groups,
            registers: *registers,
            width,
            action: action.checked_mul(width)?,
            stop: rows.checked_mul(width)?,
            start: starts,
            classes,
            next: next.as_chunks().0,
            offsets: offsets.as_chunks().0,
            actions,
        })
    }

    /// The action of a state, if it has one: flags and pairs.
    #[inline]
    pub(super) fn action(&self, state: u16) -> Option<(u8, &'a [[u8; 2]])> {
        let number = state.checked_sub(self.action)?.checked_div(self.width)?;
        let offset = u16::from_le_bytes(*self.offsets.get(usize::from(number))?);
        self.action_at(offset)
    }

    fn action_at(&self, offset: u16) -> Option<(u8, &'a [[u8; 2]])> {
        let [flags, count, rest @ ..] = self.actions.get(usize::from(offset)..)? else {
            return None;
        };
        Some((*flags, rest.as_chunks().0.get(..usize::from(*count))?))
    }

    /// Whether every state is one, every class too, and actions only touch their registers, so
    /// that a search finds all that it looks for.
    fn is_valid(&self) -> bool {
        let (action, stop) = (usize::from(self.action), usize::from(self.stop));
        let width = usize::from(self.width);
        let end = action.saturating_add(self.offsets.len().saturating_mul(width));
        let registers = usize::from(self.registers);
        let is_state = |state: usize| state < end && state.is_multiple_of(width);
        let is_next = |bytes: &[u8; 2]| is_state(u16::from_le_bytes(*bytes).into());
        let mut offsets = self.offsets.iter().zip(0u16..);
        width > 1
            && end <= usize::from(u16::MAX)
            && action <= stop
            && stop <= end
            && registers <= MAX_REGISTERS
            && registers >= usize::from(self.groups).saturating_mul(2)
            && self.classes.iter().all(|class| usize::from(*class) + 1 < width)
            && self.next.iter().all(is_next)
            // A search starts at a row.
            && self.start.iter().all(|s| is_state((*s).into()) && usize::from(*s) < action)
            && offsets.all(|(offset, number)| {
                let stops = action.saturating_add(usize::from(number).saturating_mul(width)) >= stop;
                self.action_at(u16::from_le_bytes(*offset)).is_some_and(|(flags, pairs)| {
                    flags <= MATCH | STOP
                        && (flags & STOP != 0) == stops
                        && pairs.iter().all(|[to, from]| {
                            usize::from(*to) < registers
                                && (usize::from(*from) < registers || *from >= PLACE)
                        })
                })
            })
    }
}

/// Whether bytes are a compiled pattern of so many groups that runs safely.
pub(super) fn check(bytes: &[u8], groups: impl Fn(u8) -> bool) -> bool {
    bytes.len() <= MAX_BYTES
        && Automaton::read(bytes).is_some_and(|a| groups(a.groups) && a.is_valid())
}
