//! What a plan uses: so that a program with a plan that is known while it is built links nothing else.
//!
//! Everything that runs a query is generic over a [`Uses`], whose constant [`Set`] says which opcodes,
//! kinds, operators, windows and aggregate functions there can be. Where one of them is dispatched the
//! set is asked too, so that the compiler leaves out what can't come. There is one machine: queries
//! over plans that come at run time use [`Everything`], and nothing is asked.
//!
//! A plan that is known gives a type: [`Known`]. Its set is made from the plan itself, and a query of
//! that type runs no other plan, so it can't meet what was left out.

mod kinds;
mod set;

use core::fmt::Debug;

use super::Plan;
use super::op::StreamId;
use crate::schema::Field;
pub use kinds::{Casts, Kinds};
pub use set::Set;

/// A plan that is known while the program is built. `query!` and build scripts (with
/// [`plan_source`](super::source)) make these.
///
/// [`Query::start`](crate::query::Query::start) does not verify it again on the device: the plan must be
/// one that [`verify`](super::verify::verify) takes, as every plan that SQL is compiled to is. (A debug
/// build asks.) What another plan does is of no use, but safe: results that mean nothing, or a
/// [`RunError`](crate::error::RunError).
///
/// ```
/// use ringql_core::plan::{Plan, uses::Known};
/// # const PLAN: Plan<'static> = Plan::EMPTY; // in a program: include!(".../plan.rs")
/// struct Temperatures;
///
/// impl Known for Temperatures {
///     const PLAN: Plan<'static> = PLAN;
/// }
/// ```
pub trait Known: 'static {
    /// The plan.
    const PLAN: Plan<'static>;
    /// Whether to link, beside the loops that any rows go through, those for rows that are alone, for
    /// whole words of a mask and the like: fewer instructions a record for more flash.
    const FAST: bool = false;
}

/// What a query can meet: the plan of a [`Known`], or [`Everything`].
pub trait Uses: 'static {
    /// What it is.
    const SET: Set;
    /// The plan, if it is known.
    const PLAN: Option<Plan<'static>>;
    /// What a query keeps of its plan: nothing if that is known.
    type Kept<T: Debug>: Keep<T> + Debug;
}

/// The known plan, or the one that was given: where a query runs, all that it reads of a known plan is
/// constant.
#[inline(always)]
pub(crate) const fn plan<'p, U: Uses>(given: &'p Plan<'p>) -> &'p Plan<'p> {
    match const { &U::PLAN } {
        Some(known) => known,
        None => given,
    }
}

/// The columns of the stream that a known plan scans, or those given.
#[inline(always)]
pub(crate) const fn fields<U: Uses>(given: &[Field]) -> &[Field] {
    match const {
        match &U::PLAN {
            Some(plan) => Some(plan.input(StreamId(0)).fields),
            None => None,
        }
    } {
        Some(known) => known,
        None => given,
    }
}

/// Room for a value that there is only where a plan comes at run time.
pub trait Keep<T> {
    /// Room with the value in it.
    fn new(value: impl FnOnce() -> T) -> Self;
    /// The value.
    fn get(&self) -> Option<&T>;
}

/// A value.
#[derive(Clone, Copy, Debug)]
pub struct Kept<T>(T);

impl<T> Keep<T> for Kept<T> {
    fn new(value: impl FnOnce() -> T) -> Self {
        Self(value())
    }

    #[inline(always)]
    fn get(&self) -> Option<&T> {
        Some(&self.0)
    }
}

impl<T> Keep<T> for () {
    fn new(_: impl FnOnce() -> T) -> Self {}

    #[inline(always)]
    fn get(&self) -> Option<&T> {
        None
    }
}

impl<K: Known> Uses for K {
    const SET: Set = Set::of(&K::PLAN).with_speed(K::FAST);
    const PLAN: Option<Plan<'static>> = Some(K::PLAN);
    type Kept<T: Debug> = ();
}

/// Whatever a plan can have: of queries whose plan comes at run time.
#[derive(Clone, Copy, Debug)]
pub struct Everything;

impl Uses for Everything {
    const SET: Set = Set::ALL;
    const PLAN: Option<Plan<'static>> = None;
    type Kept<T: Debug> = Kept<T>;
}
