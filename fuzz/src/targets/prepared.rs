//! Any bytes in place of what a pattern, format or zone was prepared as: refused, or the function
//! runs over any records.
//!
//! The first byte is the number of an entry of [`CALLS`], the second a seed of the records.

use ringql_core::function::{ALL, Prepared};
use ringql_core::plan::op::{Operand, Source};
use ringql_core::plan::verify::verify;
use ringql_core::plan::{Constant, Plan, Range};
use ringql_core::sql::OwnedPlan;

use super::sql::STREAM;
use super::{runs_alike, seed};
use crate::common::Random;
use crate::support::compiled;

/// A call of each function that reads such bytes.
pub const CALLS: [&str; 14] = [
    "regexp_matches(s, '(a+|b)c')",
    "regexp_full_match(s, '[a-z]*', 'i')",
    "regexp_extract(s, '(\\d+)-(\\w*)', 2)",
    "regexp_replace(s, '(a)(b)?', '\\2x\\1', 'g')",
    "s SIMILAR TO '%(b|d)_'",
    "strftime(ts, '%Y-%m-%d %H:%M:%S.%f %a %j %%')",
    "strftime(dt, '%d %B %U')",
    "strptime(s, '%Y-%m-%d %H:%M:%S')",
    "try_strptime(s, '%d.%m.%y %z')",
    "tz AT TIME ZONE '+05:30'",
    "date_trunc('quarter', ts)",
    "date_part('isoyear', ts)",
    "format('{:>8} {}', s, i4)",
    "printf('%5.2f %s', d, s)",
];

/// Whether the bytes were accepted and run.
pub fn run(data: &[u8]) -> bool {
    thread_local! {
        static PLANS: Vec<OwnedPlan> = CALLS.map(plan).into();
    }
    let Some((&[number, _], bytes)) = data.split_first_chunk() else { return false };
    PLANS.with(|plans| {
        let plan = plans[usize::from(number) % plans.len()].plan();
        let (constants, pool) = replaced(&plan, bytes);
        let plan = Plan { constants: &constants, bytes: &pool, ..plan };
        verify(&plan, &ALL).is_ok()
            && runs_alike(&plan, &plan, bytes, false, &mut Random::new(seed(data)))
    })
}

fn plan(call: &str) -> OwnedPlan {
    let sql = format!("{STREAM}SELECT {call} FROM a");
    match compiled(&sql, 16) {
        Ok(mut program) => program.queries.remove(0),
        Err(error) => panic!("{}", error.render(&sql, "text.sql")),
    }
}

/// What the first argument of this sort was prepared as.
pub fn original(call: &str) -> Vec<u8> {
    let owned = plan(call);
    let plan = owned.plan();
    let at = place(&plan).expect("an argument of this sort");
    plan.constants[at].as_bytes().of(plan.bytes).to_vec()
}

/// The number of its constant.
fn place(plan: &Plan<'_>) -> Option<usize> {
    let argument = plan.arguments.iter().find(|a| a.data_type == Prepared::TYPE)?;
    match Operand::source(argument.operand) {
        Source::Constant(constant) => Some(constant.index()),
        _ => None,
    }
}

/// The constants and the byte pool with other bytes for it.
fn replaced(plan: &Plan<'_>, bytes: &[u8]) -> (Vec<Constant>, Vec<u8>) {
    let mut constants = plan.constants.to_vec();
    let len = bytes.len().min(32_000);
    if let Some(constant) = place(plan).and_then(|at| constants.get_mut(at)) {
        *constant = Constant::bytes(Range { start: plan.bytes.len() as u16, len: len as u16 });
    }
    (constants, [plan.bytes, &bytes[..len]].concat())
}
