//! The generated source compiles where nothing is imported, and is the same plan.

mod common;

#[allow(missing_docs, unreachable_pub)]
mod plans {
    include!("data/source/plans.rs");
}

use common::samples;
use ringql_core::function::ALL;
use ringql_core::plan::verify::verify;

/// The arena of a plan in flash, sized while compiling.
static ARENA: [u64; plans::TUMBLE.arena_bytes() / 8] = [0; plans::TUMBLE.arena_bytes() / 8];

#[test]
fn the_constants_are_the_plans() {
    assert_eq!(plans::FILTER_PROJECT, samples::filter_project().plan());
    assert_eq!(plans::GLOBAL_AGGREGATE, samples::global_aggregate().plan());
    assert_eq!(plans::GROUP_HAVING, samples::group_having().plan());
    assert_eq!(plans::TUMBLE, samples::tumble().plan());
    assert_eq!(plans::TEXTS, samples::texts().plan());
    assert_eq!(verify(&plans::TUMBLE, &ALL), Ok(()));
    assert_eq!(size_of_val(&ARENA), samples::tumble().plan().arena_bytes());
}
