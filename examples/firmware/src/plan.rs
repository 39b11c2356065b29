//! What `build.rs` made of `query.sql`, `user_function.sql` and of the sensor's records.

use ringql_core::plan::Plan;
use ringql_core::plan::op::{OutputId, StreamId};
use ringql_core::plan::uses::Known;

mod generated {
    include!(concat!(env!("OUT_DIR"), "/plan.rs"));
    include!(concat!(env!("OUT_DIR"), "/user_plan.rs"));
}

/// The plan, as tables in flash.
pub const PLAN: Plan<'static> = generated::PLAN;

/// The plan of `user_function.sql`.
pub const USER_PLAN: Plan<'static> = generated::USER_PLAN;

/// The query of `query.sql`: what its plan does not use is not linked.
pub struct Daily;

impl Known for Daily {
    const PLAN: Plan<'static> = PLAN;
}

/// The same for more flash and less time.
pub struct DailyFast;

impl Known for DailyFast {
    const PLAN: Plan<'static> = PLAN;
    const FAST: bool = true;
}

/// The query of `user_function.sql`.
pub struct User;

impl Known for User {
    const PLAN: Plan<'static> = USER_PLAN;
}

/// The same plan as the file that a host would send.
pub static FILE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/query.rqlp"));

/// RAM that the query's state takes, exactly.
pub const ARENA_BYTES: usize = PLAN.arena_bytes();

/// Rows of a batch.
pub const BATCH_ROWS: usize = PLAN.batch_rows as usize;

/// Bytes of one record of the stream.
pub const RECORD_BYTES: usize = PLAN.input(StreamId(0)).layout().record_size;

/// Bytes of one result record of either plan.
pub const RESULT_BYTES: usize = {
    let (a, b) = (PLAN.output(OutputId(0)).layout(), USER_PLAN.output(OutputId(0)).layout());
    if a.record_size > b.record_size { a.record_size } else { b.record_size }
};

/// A record of the stream. A `repr(C)` struct of the same layout would do as well; bytes are
/// what this sensor has.
pub type Record = [u8; RECORD_BYTES];

/// What the sensor will measure, in flash.
pub static RECORDS: &[Record] =
    include_bytes!(concat!(env!("OUT_DIR"), "/records.bin")).as_chunks().0;
