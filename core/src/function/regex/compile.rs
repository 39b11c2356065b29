//! A pattern and its options, as SQL has them, to the bytes of [`super::form`].

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use regex_automata::nfa::thompson::{Compiler, Config, WhichCaptures};
use regex_syntax::hir::{Hir, Look};

use super::determinize::{Machine, TooLarge, determinize};
use super::form::{HEADER, MAX_BYTES, MAX_REGISTERS, STOP, VERSION};
use super::parse::{Flags, Pattern, literal, parse};
use crate::function::Problem;

/// Most bytes that the nondeterministic automaton takes while it is made.
const MAX_NFA: usize = 1 << 20;

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Goal {
    /// Whether there is a match anywhere.
    Search,
    /// Whether the whole text matches.
    Full,
    /// What one group matched.
    Group(u32),
    /// What the groups from 0 to this one matched.
    Groups(u32),
}

/// What a text of options asks for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Options {
    flags: Flags,
    literal: bool,
    /// `g`: all matches are replaced.
    pub(super) global: bool,
}

impl Options {
    /// Reads the letters of options; a later one counts more.
    ///
    /// # Errors
    /// What is wrong with them.
    pub(super) fn read(letters: &str) -> Result<Self, String> {
        let mut options = Self::default();
        for letter in letters.chars() {
            match letter {
                'c' => options.flags.fold = false,
                'i' => options.flags.fold = true,
                'l' => options.literal = true,
                'm' | 'n' | 'p' => options.flags.dot_newline = false,
                's' => options.flags.dot_newline = true,
                'g' => options.global = true,
                // DuckDB takes white space.
                ' ' | '\t' | '\n' => {}
                _ => {
                    return Err(format!(
                        "{letter:?} is no option: there are i (either case), c (exact case), \
                         s (. matches a line feed), m, n and p (it does not), l (no pattern but a \
                         plain text) and, to replace all, g"
                    ));
                }
            }
        }
        Ok(options)
    }
}

/// Compiles a pattern.
///
/// # Errors
/// What is wrong with it and where, or that it is too large.
pub(super) fn compile(pattern: &str, options: Options, goal: Goal) -> Result<Vec<u8>, Problem> {
    let read = match options.literal {
        true => Ok(literal(pattern, options.flags)),
        false => parse(pattern, options.flags),
    };
    let Pattern { hir, groups } = read.map_err(|fault| {
        format!("this is no pattern; character {} of {pattern:?}: {}", fault.at, fault.what)
    })?;
    let (hir, first, last) = match goal {
        Goal::Search => (hir, 1, 0),
        Goal::Full => {
            (Hir::concat([Hir::look(Look::Start), hir, Hir::look(Look::End)].into()), 1, 0)
        }
        // A group that the pattern does not have matches nothing.
        Goal::Group(group) if group > groups => (Hir::fail(), 0, 0),
        Goal::Group(group) => (hir, group, group),
        Goal::Groups(last) if last > groups => {
            let text = format!(
                "there is no group {last} in the pattern {pattern:?}\n\
                 \\0 is what the pattern matched, \\1 what its first (...) did, \\\\ a single \\"
            );
            return Err(Problem { text, behind: 1 });
        }
        Goal::Groups(last) => (hir, 0, last),
    };
    let slots: Vec<usize> =
        (first..=last).flat_map(|group| [2 * group as usize, 2 * group as usize + 1]).collect();
    let captures = if slots.is_empty() { WhichCaptures::None } else { WhichCaptures::All };
    let config = Config::new().utf8(false).which_captures(captures).nfa_size_limit(Some(MAX_NFA));
    let large = |size: String| {
        format!(
            "the pattern {pattern:?} is too large: it takes {size} bytes, and a pattern has at \
             most {MAX_BYTES}; use narrower classes, such as [A-Za-z] for \\pL and [ -~] for ., \
             fewer counted repetitions, such as x* for x{{0,99}}, or several smaller patterns"
        )
    };
    let nfa = Compiler::new()
        .configure(config)
        .build_from_hir(&hir)
        .map_err(|_| large(format!("more than {MAX_NFA}")))?;
    let start = match goal {
        Goal::Full => nfa.start_anchored(),
        _ => nfa.start_unanchored(),
    };
    let machine = determinize(&nfa, start, &slots).map_err(|too| match too {
        TooLarge::Table => large(format!("far more than {MAX_BYTES}")),
        TooLarge::Registers => format!(
            "the pattern {pattern:?} has too many ways to match: {MAX_REGISTERS} places can be \
             remembered; say more exactly where its groups begin and end"
        ),
    })?;
    let bytes = machine
        .minimized()
        .and_then(|machine| encoded(&machine, slots.len() / 2))
        .ok_or_else(|| large(format!("far more than {MAX_BYTES}")))?;
    match bytes.len() <= MAX_BYTES {
        true => Ok(bytes),
        false => Err(large(format!("{}", bytes.len())).into()),
    }
}

/// The bytes of an automaton; `None` if its numbers are too large for them.
fn encoded(machine: &Machine, groups: usize) -> Option<Vec<u8>> {
    let number = |n: usize| u16::try_from(n).ok();
    let width = machine.rows.iter().map(Vec::len).max()?;
    let states = machine.actions.len();
    number(states.checked_mul(width)?)?;
    let rows = machine.actions.iter().position(|a| a.flags & STOP != 0).unwrap_or(states);
    let plain = |a: &super::determinize::Action| a.flags == 0 && a.pairs.is_empty();
    let action = machine.actions.iter().position(|a| !plain(a)).unwrap_or(states);
    let mut bytes = Vec::with_capacity(HEADER + 256 + 2 * rows * width);
    bytes.extend([VERSION, u8::try_from(groups).ok()?, u8::try_from(machine.registers).ok()?, 0]);
    let starts = machine.start.iter().map(|state| state * width);
    for n in [width, rows, action, states].into_iter().chain(starts) {
        bytes.extend(number(n)?.to_le_bytes());
    }
    bytes.extend(machine.classes);
    for cell in machine.rows.iter().take(rows).flatten() {
        bytes.extend(number(cell * width)?.to_le_bytes());
    }
    let (mut actions, mut places): (Vec<u8>, Vec<usize>) = (Vec::new(), Vec::new());
    for action in machine.actions.iter().skip(action) {
        let mut own = [action.flags, u8::try_from(action.pairs.len()).ok()?].to_vec();
        own.extend(action.pairs.as_flattened());
        let found = actions.windows(own.len()).position(|window| window == own);
        places.push(found.unwrap_or(actions.len()));
        if found.is_none() {
            actions.extend(own);
        }
    }
    for place in places {
        bytes.extend(number(place)?.to_le_bytes());
    }
    bytes.extend(actions);
    Some(bytes)
}
