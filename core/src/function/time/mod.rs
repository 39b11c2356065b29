//! Functions of dates, times, timestamps and intervals.

mod arithmetic;
mod bucket;
mod difference;
mod epoch;
mod finite;
mod format;
mod interval;
mod make;
mod name;
mod part;
mod parts;
mod pattern;
mod read;
mod trunc;
mod zone;

pub use arithmetic::ARITHMETIC;
pub use bucket::BUCKET;
pub use difference::DIFFERENCE;
pub use epoch::EPOCH;
pub use finite::FINITE;
pub use format::FORMAT;
pub use interval::{FRACTIONS, INTERVAL};
pub use make::MAKE;
pub use name::NAME;
pub use parts::{CALENDAR_PARTS, CLOCK_PARTS, PARTS, SPAN_PARTS, ZONE_PARTS};
pub use read::READ;
pub use trunc::TRUNC;
pub use zone::ZONE;

use crate::error::RunError;
use crate::expr::call::{Input, Invocation};
use crate::expr::rows::{Arguments, Read};
use crate::plan::signature::Prepared;

/// Microseconds of an hour and of a minute.
const HOUR: i64 = 3_600_000_000;
const MINUTE: i64 = 60_000_000;

/// The argument of a call that is no prepared literal.
struct Value<X>(X);

impl<'a, X: Read<'a>> Arguments<'a> for Value<X> {
    type Columns = X::Column;

    fn columns(call: &Invocation<'a>) -> Result<Self::Columns, RunError> {
        let all = (0..call.arguments()).map(|at| call.input(at));
        let mut values = all.filter(|input| !input.is_ok_and(is_prepared));
        X::column(values.next().ok_or(RunError::Internal)??, call.rows())
    }

    fn at(columns: &Self::Columns, row: usize) -> Self {
        Self(X::at(columns, row))
    }
}

fn is_prepared(input: Input<'_>) -> bool {
    input.data_type == Prepared::TYPE
}

/// The bytes of a call's prepared literal.
fn prepared<'a>(call: &Invocation<'a>) -> &'a [u8] {
    let all = (0..call.arguments()).filter_map(|at| call.input(at).ok());
    all.filter(|input| is_prepared(*input)).map(|input| input.prepared()).next().unwrap_or(&[])
}
