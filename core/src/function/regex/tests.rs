//! The automata against the `regex` crate, on random patterns and texts, and with random bytes.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use proptest::prelude::*;
use proptest::sample::select;
use regex::bytes::{Captures, Regex};

use super::compile::{Goal, Options, compile};
use super::form::{Automaton, MAX_BYTES, MAX_REGISTERS, check};
use crate::function::rows::TextWriter;

/// A pattern in both syntaxes. The crate's `\b` is one of Unicode unless told otherwise.
type Pair = (String, String);

fn atom() -> impl Strategy<Value = Pair> {
    let same = [
        "a",
        "b",
        "c",
        "ab",
        "ä",
        "ß",
        ".",
        "[ab]",
        "[^a]",
        "[a-c]",
        "[^ab\\n]",
        "[ä-ü]",
        "\\n",
        "^",
        "$",
        "\\A",
        "\\z",
        "(?i:a)",
        "(?i:[bk])",
        "(?s:.)",
        "(?m:^)",
        "(?m:$)",
        "",
        "日|b",
    ];
    let different = [
        ("\\b", "(?-u:\\b)"),
        ("\\B", "(?-u:\\B)"),
        ("\\w", "[0-9A-Za-z_]"),
        ("\\W", "[^0-9A-Za-z_]"),
        ("\\s", "[\\t\\n\\x0c\\r ]"),
    ];
    let same = same.map(|p| (p.to_owned(), p.to_owned()));
    let different = different.map(|(ours, theirs)| (ours.to_owned(), theirs.to_owned()));
    select([same.as_slice(), different.as_slice()].concat())
}

fn pattern() -> impl Strategy<Value = Pair> {
    let repetitions = ["*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,2}?", "{1,}"];
    atom().prop_recursive(4, 24, 4, move |inner| {
        let list = prop::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            list.clone().prop_map(|list| list.into_iter().unzip::<_, _, String, String>()),
            list.prop_map(|list| {
                let (ours, theirs): (Vec<_>, Vec<_>) = list.into_iter().unzip();
                (format!("(?:{})", ours.join("|")), format!("(?:{})", theirs.join("|")))
            }),
            inner.clone().prop_map(|(ours, theirs)| (format!("({ours})"), format!("({theirs})"))),
            (inner, select(repetitions.to_vec())).prop_map(|((ours, theirs), times)| {
                (format!("(?:{ours}){times}"), format!("(?:{theirs}){times}"))
            }),
        ]
    })
}

/// Mostly texts that the patterns match, and some that are not UTF-8.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let parts: [&[u8]; 13] = [
        b"a",
        b"a",
        b"b",
        b"b",
        b"c",
        b"K",
        b"_",
        b" ",
        b"\n",
        "ä".as_bytes(),
        "日".as_bytes(),
        "\u{212a}".as_bytes(),
        b"\xe4",
    ];
    prop::collection::vec(select(parts.to_vec()), 0..9).prop_map(|parts| parts.concat())
}

fn compiled(pattern: &str, goal: Goal) -> Result<Vec<u8>, String> {
    compile(pattern, Options::default(), goal).map_err(|problem| problem.text)
}

fn replaced(table: &[u8], text: &[u8], all: bool) -> Vec<u8> {
    let mut room = [0; 400];
    let mut out = TextWriter::new(&mut room);
    let automaton = Automaton::read(table).unwrap();
    super::replace::one(&automaton, text, b"<\\0|\\1>", all, &mut out);
    assert!(!out.is_full());
    out.written().to_vec()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn the_regex_crate_agrees(
        (ours, theirs) in pattern(),
        texts in prop::collection::vec(text(), 8),
    ) {
        // A group more, so that there is one.
        let (ours, theirs) = (format!("{ours}()"), format!("{theirs}()"));
        let regex = Regex::new(&theirs).unwrap();
        let full = Regex::new(&format!("\\A(?:{theirs})\\z")).unwrap();
        let search_table = compiled(&ours, Goal::Search).unwrap();
        let full_table = compiled(&ours, Goal::Full).unwrap();
        let groups = u32::try_from(regex.captures_len() - 1).unwrap();
        // With many groups there can be too many registers.
        let each: Vec<_> = (0..=groups).filter_map(|g| compiled(&ours, Goal::Group(g)).ok()).collect();
        let all = compiled(&ours, Goal::Groups(1));
        for text in &texts {
            // The crate's is one of bytes: it is found within characters.
            if ours.contains("\\B") && !text.is_ascii() {
                continue;
            }
            prop_assert_eq!(Automaton::read(&search_table).unwrap().is_match(text), regex.is_match(text));
            prop_assert_eq!(Automaton::read(&full_table).unwrap().is_match(text), full.is_match(text));
            let captures = regex.captures(text);
            if each.len() == groups as usize + 1 {
                for (group, table) in each.iter().enumerate() {
                    prop_assert!(check(table, |groups| groups == 1));
                    let found = Automaton::read(table).unwrap().find(text, 0);
                    prop_assert_eq!(found.is_some(), captures.is_some());
                    let place = captures.as_ref().and_then(|c| c.get(group)).map(|m| (m.start(), m.end()));
                    prop_assert_eq!(found.and_then(|places| places.group(0)), place, "group {}", group);
                }
            }
            if let Ok(table) = &all {
                prop_assert!(check(table, |groups| groups == 2));
                let new = |c: &Captures<'_>| {
                    [&b"<"[..], &c[0], b"|", c.get(1).map_or(&b""[..], |m| m.as_bytes()), b">"].concat()
                };
                prop_assert_eq!(replaced(table, text, false), regex.replacen(text, 1, new).into_owned());
                // RE2 does not look for an empty match within a character.
                if text.is_ascii() {
                    prop_assert_eq!(replaced(table, text, true), regex.replace_all(text, new).into_owned());
                }
            }
        }
    }

    #[test]
    fn any_bytes_run_or_are_refused(
        (ours, _) in pattern(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(),
        text in text(),
        junk in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        let mut table = compiled(&format!("{ours}()"), Goal::Groups(1)).unwrap_or_default();
        for (at, byte) in changes {
            if !table.is_empty() {
                let at = at.index(table.len());
                table[at] = byte;
            }
        }
        let cut = &table[..cut.index(table.len() + 1)];
        for bytes in [&table, cut, &junk] {
            // What is refused never runs; if it did, it would not panic either.
            let _ = check(bytes, |_| true);
            if let Some(automaton) = Automaton::read(bytes) {
                let _ = automaton.is_match(&text);
                let _ = automaton.find(&text, 0);
                let mut room = [0; 64];
                super::replace::one(&automaton, &text, b"", true, &mut TextWriter::new(&mut room));
            }
        }
    }
}

#[test]
fn tables_that_lie_are_refused() {
    let table = compiled("(a)b|c", Goal::Group(1)).unwrap();
    let groups = |groups| groups == 1;
    assert!(check(&table, groups));
    let changed = |at: usize, to: u8| {
        let mut table = table.clone();
        table[at] = to;
        check(&table, groups)
    };
    assert!(!changed(0, 2), "the version");
    assert!(!changed(1, 0), "fewer groups");
    assert!(!changed(2, 1), "too few registers");
    assert!(!changed(2, MAX_REGISTERS as u8 + 1), "too many registers");
    assert!(!changed(12, 1), "a start state within a row");
    assert!(!changed(13, 255), "no start state");
    assert!(!changed(20, 200), "no class");
    assert!(!changed(276, 1), "the next state is within a row");
    assert!(!changed(277, 255), "no next state");
    assert!(!changed(table.len() - 1, 77), "no register");
    assert!((0..table.len()).all(|len| !check(&table[..len], groups)), "cut off");
    assert!(!check(&vec![1; MAX_BYTES + 1], groups));
}

#[test]
fn faults_are_named_with_their_place() {
    let fault = |pattern: &str| compiled(pattern, Goal::Search).unwrap_err();
    for (pattern, at, what) in [
        ("ab(c", 3, "a ( that is not closed"),
        ("ab)c", 3, "a ) that closes nothing"),
        ("ä[b", 2, "a [ that is not closed"),
        ("x[b-a]", 3, "b-a: a range has its lowest character first"),
        ("a**", 3, "*: it repeats a repetition"),
        ("a{2}{3}", 5, "{3}: it repeats a repetition"),
        ("a|*", 3, "*: it has nothing to repeat"),
        ("a{2,1}", 2, "{2,1}: a repetition has at most 1000"),
        ("(a{1000}){2}", 1, "repetitions within repetitions"),
        ("x(?=a)", 2, "(?=: there are (?:...)"),
        ("(?i-)a", 1, "(?i-): there are (?:...)"),
        ("(?P<a b>x)", 1, "(?P<a b>: a group is named"),
        ("x\\1", 2, "\\1: no back references"),
        ("x\\Z", 2, "\\Z: there is no such escape"),
        ("x\\C", 2, "\\C: it would take characters apart"),
        ("x\\", 2, "a \\ at the end"),
        ("\\pX", 1, "\\pX: there are the general categories"),
        ("[[:foo:]]", 2, "[:foo:]: there are [:alpha:]"),
        ("[a-\\d]", 4, "\\d: there is no such escape"),
    ] {
        let message = fault(pattern);
        let wanted = format!("character {at} of {pattern:?}: {what}");
        assert!(message.contains(&wanted), "{message} is not {wanted}");
    }
    let deep = "(".repeat(200) + &")".repeat(200);
    assert!(fault(&deep).contains("groups are nested 100 deep at most"));
}

/// Chains of states are the worst case of making an automaton small: minutes, if nothing stops it.
#[test]
fn a_long_chain_is_refused_in_time() {
    let start = std::time::Instant::now();
    let chain = "a".repeat(16_000);
    assert!(compiled(&chain, Goal::Full).unwrap_err().contains("far more than"));
    assert!(start.elapsed().as_secs() < 60);
}

#[test]
fn what_is_too_large_is_refused_with_its_size() {
    let message = compiled("[ab]*a[ab]{10}", Goal::Full).unwrap_err();
    let size: usize =
        message.split("it takes ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    // 2^11 states of a, b, other bytes and the end.
    assert!((4 * 2 * 2048..4 * 2 * 2048 + 400).contains(&size), "{message}");
    assert!(message.contains("at most 16384; use narrower classes"), "{message}");
    assert!(compiled("[ab]*a[ab]{8}", Goal::Full).is_ok());
    assert!(compiled("[ab]*a[ab]{40}", Goal::Full).unwrap_err().contains("far more than"));
    assert!(compiled("(?:(?:\\pL{10}){10}){10}", Goal::Full).unwrap_err().contains("more than"));
}
