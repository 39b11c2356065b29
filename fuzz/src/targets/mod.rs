//! The fuzz targets: each takes any bytes and panics if there is something wrong.
#![allow(missing_docs, unreachable_pub)] // a test of core takes this folder in, too

pub mod plan;
pub mod prepared;
mod records;
pub mod sql;
pub mod text;

use ringql_core::counters::Counters;
use ringql_core::plan::Plan;
use ringql_core::plan::op::{OutputId, StreamId};
use ringql_core::record::RecordRef;

use crate::common::Random;
use crate::common::run::leaves_by_polls;
use crate::support::run::{Chance, Outcome, run, run_columns};

/// Plans with larger arenas are not run: zeroing them would take most of the time.
const MAX_ARENA: usize = 8 << 20;

/// A number that follows from all of the bytes (FNV-1a).
fn seed(data: &[u8]) -> u64 {
    data.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3)
    })
}

/// Runs two forms of one query over the same records, the second in pieces and column by column:
/// results and counters must be the same (those that polls do not decide) and, of plans that are
/// `compiled`, values of their types if the records are. False if the arena is too large.
fn runs_alike(
    one: &Plan<'_>,
    other: &Plan<'_>,
    pool: &[u8],
    compiled: bool,
    random: &mut Random,
) -> bool {
    if one.arena_bytes().max(other.arena_bytes()) > MAX_ARENA {
        return false;
    }
    let input = one.input(StreamId(0));
    let rows = random.below(24);
    let sound = random.one_in(2);
    let records = records::records(input, rows, sound, pool, random);
    let whole = run(one, &records, Chance::default());
    let chance = Chance { cuts: Some(random.next()), sink: Some(random.next()) };
    let pieces = run_columns(other, &records, chance);
    if !leaves_by_polls(one) {
        assert_eq!(whole.error, pieces.error);
        assert_eq!(whole.records, pieces.records);
        assert_eq!(whole.counters, pieces.counters);
    } else if whole.error.is_none() && pieces.error.is_none() {
        // What was read, and what no window took, does not depend on polls.
        let taken = |c: Counters| (c.rows_in, c.filtered, c.late, c.ahead);
        assert_eq!(taken(whole.counters), taken(pieces.counters));
    }
    look_at(one, &whole, sound && compiled);
    true
}

/// Prints all results. Those of sound records are sound.
fn look_at(plan: &Plan<'_>, outcome: &Outcome, sound: bool) {
    let schema = plan.output(OutputId(0));
    for record in outcome.records.chunks_exact(schema.layout().record_size) {
        let mut text = String::new();
        ringql_core::fmt::write_csv_row(&mut text, schema, record).expect("records can be printed");
        let record = RecordRef::new(schema, record).expect("a whole record");
        if sound {
            assert_eq!(record.check(), Ok(()), "{text}");
        }
    }
}
