//! Plans with random faults, in their tables and in their bytes: each is refused, or it runs over
//! random records to its end: without a panic, without contradicting itself, and with the same
//! results cut at other rows and column by column.
//!
//! Seeds are fixed. How many were accepted is asserted too: a `verify` that refuses everything
//! would pass otherwise.
#![allow(missing_docs)]

mod common;

use common::run::{Outcome, run};
use common::{Random, Tables, mutate, samples};
use crc::{CRC_32_ISO_HDLC, Crc};
use ringql_core::error::DecodeError;
use ringql_core::function::ALL;
use ringql_core::plan::verify::verify;
use ringql_core::plan::wire::{self, HostPlan};

const CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

#[derive(Debug, Default)]
struct Count {
    plans: u32,
    refused: u32,
    /// Accepted with the same meaning: equal but for texts.
    unchanged: u32,
    /// Accepted and run to the end.
    finished: u32,
    /// Accepted and run until the group table was full.
    full: u32,
    /// Accepted, but the arena is above what this test gives.
    large: u32,
}

impl Count {
    /// Runs an accepted plan; says which one if that panics.
    fn accept(&mut self, tables: &Tables, original: &Tables, random: &mut Random, what: &str) {
        let renamed = Tables { texts: original.texts.clone(), ..tables.clone() };
        if renamed == *original {
            self.unchanged += 1;
            return;
        }
        let result =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run(&tables.plan(), random)));
        match result {
            Ok(Outcome::Finished) => self.finished += 1,
            Ok(Outcome::GroupsFull | Outcome::Failed) => self.full += 1,
            Ok(Outcome::Large) => self.large += 1,
            Err(_) => panic!("{what}: accepted, but does not run: {tables:#?}"),
        }
    }

    fn check(&self, plans: u32, accepted: u32) {
        println!("{self:?}");
        assert_eq!(self.plans, plans);
        assert!(self.refused > plans / 2, "{self:?}");
        assert!(self.finished + self.full >= accepted, "{self:?}");
        assert!(self.large < self.finished / 2, "{self:?}");
    }
}

/// Random walks: what was accepted is changed further, for a while.
#[test]
fn tables_with_faults() {
    const EACH: u32 = 20_000;
    let mut count = Count::default();
    for (name, original) in samples::all() {
        let mut base = original.clone();
        for seed in 0..EACH {
            if seed % 100 == 0 {
                base = original.clone();
            }
            let mut random = Random::new(seed.into());
            let mut tables = base.clone();
            mutate::tables(&mut tables, &mut random);
            count.plans += 1;
            if verify(&tables.plan(), &ALL).is_err() {
                count.refused += 1;
                continue;
            }
            count.accept(&tables, &base, &mut random, &format!("{name} {seed}"));
            base = tables;
        }
    }
    count.check(EACH * 5, 4_000);
}

#[test]
fn bytes_with_faults() {
    const EACH: u32 = 20_000;
    let mut count = Count::default();
    let mut decoded = Box::new(HostPlan::new());
    for (name, original) in samples::all() {
        let mut bytes = vec![0; wire::encoded_len(&original.plan()).unwrap()];
        wire::encode(&original.plan(), &mut bytes).unwrap();
        for seed in 0..EACH {
            let mut random = Random::new(seed.into());
            let mut bytes = bytes.clone();
            for _ in 0..=random.below(2) {
                damage(&mut bytes, &mut random);
            }
            fix(&mut bytes);
            if let Err(DecodeError::Features { used, .. }) = decoded.load(&bytes, &ALL) {
                bytes[6..10].copy_from_slice(&used.to_le_bytes());
                fix(&mut bytes);
            }
            count.plans += 1;
            match decoded.load(&bytes, &ALL) {
                Ok(plan) => {
                    let mut again = vec![0; bytes.len()];
                    assert_eq!(wire::encode(&plan, &mut again), Ok(bytes.len()));
                    assert_eq!(again, bytes, "{name} {seed}: two forms of one plan");
                    let what = format!("{name} {seed}");
                    count.accept(&Tables::of(&plan), &original, &mut random, &what);
                }
                Err(_) => count.refused += 1,
            }
        }
    }
    count.check(EACH * 5, 4_000);
}

/// Changes a byte of the body, removes one, or puts one in.
fn damage(bytes: &mut Vec<u8>, random: &mut Random) {
    let at = 14 + random.below(bytes.len() - 18);
    match random.below(8) {
        0 => drop(bytes.remove(at)),
        1 => bytes.insert(at, random.next() as u8),
        2 | 3 => bytes[at] ^= 1 << random.below(8),
        4 => bytes[at] = bytes[at].wrapping_add(1),
        5 => bytes[at] = bytes[at].wrapping_sub(1),
        6 => bytes[at] = random.below(16) as u8,
        _ => bytes[at] = random.next() as u8,
    }
}

/// Puts a right length and checksum on changed bytes.
fn fix(bytes: &mut [u8]) {
    let end = bytes.len() - 4;
    bytes[10..14].copy_from_slice(&(end as u32 - 14).to_le_bytes());
    let sum = CRC.checksum(&bytes[..end]);
    bytes[end..].copy_from_slice(&sum.to_le_bytes());
}
