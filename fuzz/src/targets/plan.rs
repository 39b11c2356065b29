//! Any bytes as a plan: refused, or it runs to its end over any records.
//!
//! The bytes are the body of a plan's form behind one byte, a seed of the records. The header and
//! the checksum are added, so that the fuzzer need not find them.

use std::cell::RefCell;

use crc::{CRC_32_ISO_HDLC, Crc};
use ringql_core::error::DecodeError;
use ringql_core::function::ALL;
use ringql_core::plan::explain::Explanation;
use ringql_core::plan::wire::{self, HostPlan};

use super::{runs_alike, seed};
use crate::common::Random;

const CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

/// The length of a plan's header.
pub const HEADER: usize = 14;

/// Whether the plan was accepted and run.
pub fn run(data: &[u8]) -> bool {
    thread_local! {
        static TABLES: RefCell<Box<HostPlan>> = RefCell::new(Box::new(HostPlan::new()));
    }
    let body = data.get(1..).unwrap_or_default();
    let mut bytes = enveloped(body, 0);
    TABLES.with_borrow_mut(|tables| {
        if let Err(DecodeError::Features { used, .. }) = tables.load(&bytes, &ALL) {
            bytes = enveloped(body, used);
        }
        let Ok(plan) = tables.load(&bytes, &ALL) else { return false };
        assert_eq!(wire::to_vec(&plan), Ok(bytes), "two forms of one plan");
        let explanation = Explanation::of(&plan, &ALL);
        assert_eq!(explanation.arena.total, plan.arena_bytes() as u64);
        assert!(!explanation.text().is_empty());
        runs_alike(&plan, &plan, body, false, &mut Random::new(seed(data)))
    })
}

/// A body with the header and the checksum.
fn enveloped(body: &[u8], features: u32) -> Vec<u8> {
    let mut bytes = wire::MAGIC.to_vec();
    bytes.extend_from_slice(&wire::VERSION.to_le_bytes());
    bytes.extend_from_slice(&features.to_le_bytes());
    bytes.extend_from_slice(&(body.len() as u32).to_le_bytes());
    assert_eq!(bytes.len(), HEADER);
    bytes.extend_from_slice(body);
    let sum = CRC.checksum(&bytes);
    bytes.extend_from_slice(&sum.to_le_bytes());
    bytes
}
